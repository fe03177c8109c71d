//! Every setting as data: what it is called, what its value can be, and what is in force.
//! Whoever offers them is a table, too.

use super::{Setting, text};
use crate::document::words::Choice;
use crate::document::{Between, Preset};
use crate::world::World;
use alloc::string::String;
use raft_core::Settings;

/// What settings are about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SettingGroup {
    /// How long nodes wait for each other.
    Timing,
    /// What an operator may choose of the protocol.
    Protocol,
    /// How much goes in a message.
    Batching,
    /// When nodes take snapshots, and how those travel.
    Snapshots,
    /// The links.
    Network,
    /// The disks.
    Disks,
    /// How clients ask.
    Clients,
    /// Which rules are left out.
    Flaws,
}

impl SettingGroup {
    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            SettingGroup::Timing => "Timing",
            SettingGroup::Protocol => "Protocol",
            SettingGroup::Batching => "Batching",
            SettingGroup::Snapshots => "Snapshots",
            SettingGroup::Network => "Network",
            SettingGroup::Disks => "Disks",
            SettingGroup::Clients => "Clients",
            SettingGroup::Flaws => "Rules left out",
        }
    }
}

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unit {
    /// Microseconds.
    Micros,
    /// Log entries.
    Entries,
    /// Messages.
    Messages,
    /// Bytes.
    Bytes,
    /// Of a million messages.
    PerMillion,
}

/// What a setting's value can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingKind {
    /// `on` or `off`.
    OnOff,
    /// One of these: each as its text has it, and how it is called.
    Choice(&'static [(&'static str, &'static str)]),
    /// A whole number.
    Number {
        /// Of what.
        unit: Unit,
        /// The least.
        least: u64,
        /// The most.
        most: u64,
        /// Whether it may be `off` instead.
        may_be_off: bool,
    },
    /// `shortest-longest`, in microseconds; one number is both.
    Range {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A ratio of at least 1, such as `11/10`, or `off`.
    Ratio,
    /// How long something takes, in microseconds: `5000`, `400-1200`, `normal-5000-1000` (mean
    /// and deviation), `log-normal-5000-40000` (median and 99 of 100), or `quantiles-` and
    /// the least, 10, 50, 90 and 99 of 100, and the most. A minute at most.
    Latency,
    /// `NAME:on` or `NAME:off`, for each of [`Flaw::ALL`](raft_core::Flaw::ALL): which are left
    /// out, `world.settings().flaws` says.
    Flaw,
}

/// A setting that can be changed while a cluster runs: by the action `set:NAME:VALUE`.
#[derive(Clone, Copy, Debug)]
pub struct SettingRow {
    /// Its name in that action.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// What it is about.
    pub group: SettingGroup,
    /// What its value can be.
    pub kind: SettingKind,
    /// A text that sets it: the name, and a value.
    pub example: &'static str,
    in_force: fn(&World) -> Option<Setting>,
}

impl SettingRow {
    /// The row of a setting.
    pub fn of(setting: Setting) -> Option<&'static SettingRow> {
        SETTINGS.iter().find(|row| row.name == setting.name())
    }

    /// The value that is in force in a world, as the action has it after the name. `None` where
    /// there is not one: clients that ask in different ways, timing that is no system's, and
    /// the flaws, of which each is on or off.
    pub fn in_force(&self, world: &World) -> Option<String> {
        (self.in_force)(world).map(|setting| text::value(&setting))
    }
}

const MINUTE: u64 = 60_000_000;

const fn number(unit: Unit, least: u64, most: u64) -> SettingKind {
    SettingKind::Number { unit, least, most, may_be_off: false }
}

/// The preset whose timing that is.
fn preset(settings: &Settings) -> Option<Preset> {
    let Settings { election_timeout_min, election_timeout_max, heartbeat_interval, .. } = *settings;
    let timeouts = Between { min: election_timeout_min, max: election_timeout_max };
    Preset::ALL.iter().copied().find(|preset| {
        preset.election_timeout() == timeouts && preset.heartbeat_interval() == heartbeat_interval
    })
}

/// Every setting that can be changed while a cluster runs, in the order in which to offer them.
pub static SETTINGS: &[SettingRow] = &[
    SettingRow {
        name: "timing",
        title: "Timing preset",
        about: "Election timeouts and heartbeats as a real system has them by default.",
        group: SettingGroup::Timing,
        kind: SettingKind::Choice(&[
            ("paper", "The paper"),
            ("etcd-3.6", "etcd 3.6"),
            ("tikv-8.5", "TiKV 8.5"),
            ("cockroachdb-24.3", "CockroachDB 24.3"),
            ("yugabytedb-2024.2", "YugabyteDB 2024.2"),
            ("hashicorp-raft-1.7", "HashiCorp Raft 1.7"),
            ("consul-1.20", "Consul 1.20"),
            ("openraft-0.9", "openraft 0.9"),
            ("logcabin-1.1", "LogCabin 1.1"),
        ]),
        example: "timing:etcd-3.6",
        in_force: |world| preset(world.settings()).map(Setting::Timing),
    },
    SettingRow {
        name: "election-timeout",
        title: "Election timeout",
        about: "How long a server waits for a leader before it stands; drawn anew each time.",
        group: SettingGroup::Timing,
        // A heartbeat is shorter still.
        kind: SettingKind::Range { least: 2, most: 10 * MINUTE },
        example: "election-timeout:150000-300000",
        in_force: |world| {
            let min = world.settings().election_timeout_min;
            let max = world.settings().election_timeout_max;
            Some(Setting::ElectionTimeout(Between { min, max }))
        },
    },
    SettingRow {
        name: "heartbeat",
        title: "Heartbeat interval",
        about: "How often a leader tells its followers that it leads; below the shortest timeout.",
        group: SettingGroup::Timing,
        kind: number(Unit::Micros, 1, 10 * MINUTE),
        example: "heartbeat:50000",
        in_force: |world| Some(Setting::Heartbeat(world.settings().heartbeat_interval)),
    },
    SettingRow {
        name: "pre-vote",
        title: "Pre-vote",
        about: "A server asks whether it would win before it stands for election.",
        group: SettingGroup::Protocol,
        kind: SettingKind::OnOff,
        example: "pre-vote:on",
        in_force: |world| Some(Setting::PreVote(world.settings().pre_vote)),
    },
    SettingRow {
        name: "check-quorum",
        title: "Check-quorum",
        about: "A leader that no majority answers for an election timeout steps down.",
        group: SettingGroup::Protocol,
        kind: SettingKind::OnOff,
        example: "check-quorum:on",
        in_force: |world| Some(Setting::CheckQuorum(world.settings().check_quorum)),
    },
    SettingRow {
        name: "stickiness",
        title: "Stickiness",
        about: "A server that hears a leader ignores requests for its vote; leases rest on it.",
        group: SettingGroup::Protocol,
        kind: SettingKind::OnOff,
        example: "stickiness:on",
        in_force: |world| Some(Setting::Stickiness(world.settings().stickiness)),
    },
    SettingRow {
        name: "lease",
        title: "Leader leases",
        about: "A leader answers reads by itself for a while, shortened by a bound on how much \
                faster one clock may run than another.",
        group: SettingGroup::Protocol,
        kind: SettingKind::Ratio,
        example: "lease:11/10",
        in_force: |world| Some(Setting::Lease(world.settings().lease)),
    },
    SettingRow {
        name: "follower-reads",
        title: "Reads through followers",
        about: "A follower takes reads, and asks its leader up to where it must have applied.",
        group: SettingGroup::Protocol,
        kind: SettingKind::OnOff,
        example: "follower-reads:on",
        in_force: |world| Some(Setting::FollowerReads(world.settings().reads_through_followers)),
    },
    SettingRow {
        name: "no-op",
        title: "Entry at the start of a term",
        about: "A new leader begins with an entry that holds nothing, and so can commit what \
                earlier terms left.",
        group: SettingGroup::Protocol,
        kind: SettingKind::OnOff,
        example: "no-op:on",
        in_force: |world| Some(Setting::NoOp(world.settings().no_op_at_start_of_term)),
    },
    SettingRow {
        name: "promotion-lag",
        title: "Lag of a learner that is promoted",
        about: "How many entries a learner may lack and still be made a voter.",
        group: SettingGroup::Protocol,
        kind: number(Unit::Entries, 0, 1_000_000_000),
        example: "promotion-lag:1000",
        in_force: |world| Some(Setting::PromotionLag(world.settings().promotion_lag_max)),
    },
    SettingRow {
        name: "max-entries",
        title: "Entries in a message",
        about: "The most entries that one AppendEntries carries.",
        group: SettingGroup::Batching,
        kind: number(Unit::Entries, 1, 1_000_000),
        example: "max-entries:64",
        in_force: |world| Some(Setting::MaxEntries(world.settings().max_entries_per_message)),
    },
    SettingRow {
        name: "in-flight",
        title: "Messages under way",
        about: "The most messages with entries that a leader sends a follower without an answer.",
        group: SettingGroup::Batching,
        kind: number(Unit::Messages, 1, 1_000_000),
        example: "in-flight:256",
        in_force: |world| Some(Setting::InFlight(world.settings().in_flight_messages_max)),
    },
    SettingRow {
        name: "snapshot-every",
        title: "Snapshot every",
        about: "How many entries a node applies before it takes the next snapshot.",
        group: SettingGroup::Snapshots,
        kind: SettingKind::Number {
            unit: Unit::Entries,
            least: 1,
            most: 1_000_000_000,
            may_be_off: true,
        },
        example: "snapshot-every:100",
        in_force: |world| Some(Setting::SnapshotEvery(world.surroundings().snapshot_every)),
    },
    SettingRow {
        name: "snapshot-kept",
        title: "Entries kept behind a snapshot",
        about: "A follower that lags by no more gets entries rather than the whole snapshot.",
        group: SettingGroup::Snapshots,
        kind: number(Unit::Entries, 0, 1_000_000_000),
        example: "snapshot-kept:10",
        in_force: |world| Some(Setting::SnapshotKept(world.settings().entries_kept_after_snapshot)),
    },
    SettingRow {
        name: "snapshot-chunk",
        title: "Part of a snapshot in a message",
        about: "The most bytes of a snapshot that one message carries.",
        group: SettingGroup::Snapshots,
        kind: number(Unit::Bytes, 1, 1_000_000_000),
        example: "snapshot-chunk:65536",
        in_force: |world| Some(Setting::SnapshotChunk(world.settings().snapshot_chunk_bytes)),
    },
    SettingRow {
        name: "latency",
        title: "Latency between nodes",
        about: "How long a message takes, on every link alike.",
        group: SettingGroup::Network,
        kind: SettingKind::Latency,
        example: "latency:normal-5000-1000",
        in_force: |world| {
            let network = &world.surroundings().network;
            let is_alike = network.links.is_empty() && network.round_trips.is_empty();
            is_alike.then_some(Setting::Latency(network.latency))
        },
    },
    SettingRow {
        name: "loss",
        title: "Messages lost",
        about: "How many messages between nodes get lost on the way.",
        group: SettingGroup::Network,
        kind: number(Unit::PerMillion, 0, 1_000_000),
        example: "loss:100000",
        in_force: |world| Some(Setting::Loss(world.surroundings().network.loss_per_million)),
    },
    SettingRow {
        name: "duplicates",
        title: "Messages that arrive twice",
        about: "How many messages that arrive do so a second time, late.",
        group: SettingGroup::Network,
        kind: number(Unit::PerMillion, 0, 1_000_000),
        example: "duplicates:100000",
        in_force: |world| {
            Some(Setting::Duplicates(world.surroundings().network.duplicates_per_million))
        },
    },
    SettingRow {
        name: "client-latency",
        title: "Latency of clients",
        about: "How long a message takes between a client and a node, each way.",
        group: SettingGroup::Network,
        kind: SettingKind::Latency,
        example: "client-latency:300",
        in_force: |world| Some(Setting::ClientLatency(world.surroundings().client_latency)),
    },
    SettingRow {
        name: "fsync",
        title: "Time of an fsync",
        about: "How long a disk takes until a write is durable; fsync:B:20000 sets that of one.",
        group: SettingGroup::Disks,
        kind: SettingKind::Latency,
        example: "fsync:400-1200",
        in_force: |world| {
            let surroundings = world.surroundings();
            let latency = surroundings.fsync;
            surroundings.fsyncs.is_empty().then_some(Setting::Fsync { node: None, latency })
        },
    },
    SettingRow {
        name: "reads",
        title: "How clients read",
        about: "By asking a majority, by the leader's lease, or through the log, whatever the \
                clients' plans say.",
        group: SettingGroup::Clients,
        kind: SettingKind::Choice(&[
            ("read-index", "ReadIndex"),
            ("lease", "Lease"),
            ("log", "Through the log"),
        ]),
        example: "reads:read-index",
        in_force: |world| world.reads_in_force().map(Setting::Reads),
    },
    SettingRow {
        name: "flaw",
        title: "Rules left out",
        about: "Without one of its rules, this is modified Raft: to see what the rule is for.",
        group: SettingGroup::Flaws,
        kind: SettingKind::Flaw,
        example: "flaw:vote-without-comparing-logs:on",
        in_force: |_| None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use raft_core::Flaw;

    #[test]
    fn each_setting_has_one_row_and_its_example_sets_it() {
        let mut names: Vec<&str> = Vec::new();
        for row in SETTINGS {
            assert!(!names.contains(&row.name), "{} is there twice", row.name);
            names.push(row.name);
            let setting: Setting = row.example.parse().expect(row.example);
            assert_eq!(setting.to_string(), row.example);
            assert_eq!(SettingRow::of(setting).map(|row| row.name), Some(row.name));
            assert!(row.about.ends_with('.') && !row.title.ends_with('.'), "{}", row.name);
        }
    }

    #[test]
    fn each_choice_can_be_chosen_and_every_preset_is_one() {
        for row in SETTINGS {
            let SettingKind::Choice(choices) = row.kind else { continue };
            for (value, _) in choices {
                let text = alloc::format!("{}:{value}", row.name);
                let setting: Setting = text.parse().expect("one of its choices");
                assert_eq!(setting.to_string(), text);
            }
            if row.name == "timing" {
                assert!(choices.iter().map(|(name, _)| name).eq(Preset::NAMES));
            }
        }
    }

    #[test]
    fn each_end_of_a_range_can_be_set_and_what_is_past_it_can_not() {
        for row in SETTINGS {
            let (SettingKind::Number { least, most, .. } | SettingKind::Range { least, most }) =
                row.kind
            else {
                continue;
            };
            let set = |value: u64| alloc::format!("{}:{value}", row.name).parse::<Setting>();
            assert!(set(least).is_ok() && set(most).is_ok(), "{}", row.name);
            assert!(set(most + 1).is_err(), "{}", row.name);
            assert!(least == 0 || set(least - 1).is_err(), "{}", row.name);
        }
    }

    #[test]
    fn each_rule_can_be_left_out() {
        for flaw in Flaw::ALL {
            for is_on in [true, false] {
                let setting = Setting::Flaw { flaw: *flaw, is_on };
                assert_eq!(setting.to_string().parse(), Ok(setting));
            }
        }
    }
}
