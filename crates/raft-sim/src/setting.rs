//! What can be set anew while a cluster runs: two runs that are the same up to a moment,
//! and differ in one setting from then on, show what that setting does.
//!
//! What can't be set so, and why:
//!
//! * *How many nodes there are.* Who is a member is in the log, and changes by way of it
//!   (`add-voter:D`, `remove:A`); machines that wait to be added are the scenario's.
//! * *From when on a configuration counts.* Every server must go by the same rule at every
//!   moment, and those that are down, or stand still, can't be told:
//!   [`Input::Settings`](raft_core::Input::Settings).
//! * *How much a link carries, and whether it keeps the order.* What is under way was sent by
//!   the old rule, and what is sent by the new one would meet it on the same link.
//! * *How long a snapshot takes.* One may be under way.
//! * *What a node's disk holds, what the draws come to, who asks, and when the run ends*: that
//!   is what the run is of, not how it is set.
//!
//! A clock's rate is set by an action of its own, `clock:A:4/5`: it is one node's.

mod table;
mod text;

pub use table::{SETTINGS, SettingGroup, SettingKind, SettingRow, Unit};

use crate::document::words::named;
use crate::document::{Between, Preset};
use crate::latency::Latency;
use alloc::format;
use alloc::string::{String, ToString};
use raft_core::{DriftBound, Flaw, Micros, NodeId, ReadMode, Settings};
use serde::{Deserialize, Serialize};

/// One setting, and what it is from a moment on, on every node at once. A node that is
/// down has it when it starts again.
// New ones go to the end: a packed document has their places.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// Whether a node asks before it stands for election.
    PreVote(bool),
    /// Whether a leader that no majority answers steps down.
    CheckQuorum(bool),
    /// The lease that leaders answer reads from, by the clocks' drift bound; `None` for
    /// none. A lease brings the stickiness with it that it rests on.
    Lease(Option<DriftBound>),
    /// How clients ask for what they read, whatever their plans say.
    Reads(ReadMode),
    /// How often a leader sends a round of heartbeats.
    Heartbeat(Micros),
    /// From the shortest election timeout to the longest.
    ElectionTimeout(Between),
    /// Both of these as a real system has them by default.
    Timing(#[serde(with = "named")] Preset),
    /// Whether a server that hears a leader ignores requests for its vote. Without it, there
    /// is no lease either, which rests on it.
    Stickiness(bool),
    /// Whether a follower takes reads, and asks its leader for the read index.
    FollowerReads(bool),
    /// Whether a new leader begins its term with an entry that holds nothing.
    NoOp(bool),
    /// The most entries that one AppendEntries carries.
    MaxEntries(u32),
    /// The most messages with entries that a leader has under way to one follower.
    InFlight(u32),
    /// How many entries a learner may lack and still be made a voter.
    PromotionLag(u64),
    /// How many entries a node applies before it takes the next snapshot; `None`: only when
    /// it is told to.
    SnapshotEvery(Option<u64>),
    /// How many of the entries that a snapshot covers stay in the log.
    SnapshotKept(u64),
    /// The most bytes of a snapshot that one message carries.
    SnapshotChunk(u32),
    /// How long a message takes between nodes: on every link, also on those for which the
    /// scenario has a latency of their own.
    Latency(Latency),
    /// How many of a million messages between nodes are lost on the way.
    Loss(u32),
    /// How many of a million messages that arrive do so a second time, late.
    Duplicates(u32),
    /// How long a message takes between a client and a node.
    ClientLatency(Latency),
    /// How long an fsync takes.
    Fsync {
        /// On whose disk; `None`: on every one.
        node: Option<NodeId>,
        /// How long.
        latency: Latency,
    },
    /// Whether a rule of Raft is left out. From the first that is, the run is one of
    /// *modified Raft*, with all rules back in force as well: what was done meanwhile stays
    /// done.
    Flaw {
        /// Which rule.
        #[serde(with = "named")]
        flaw: Flaw,
        /// Whether it is left out.
        is_on: bool,
    },
}

impl Setting {
    /// The nodes' settings with this one; it changes nothing where it is about what they run
    /// in, or about clients.
    pub(crate) fn applied_to(self, settings: Settings) -> Settings {
        let timing = |Between { min, max }, heartbeat_interval| Settings {
            election_timeout_min: min,
            election_timeout_max: max,
            heartbeat_interval,
            ..settings
        };
        match self {
            Setting::PreVote(pre_vote) => Settings { pre_vote, ..settings },
            Setting::CheckQuorum(check_quorum) => Settings { check_quorum, ..settings },
            Setting::Lease(None) => Settings { lease: None, ..settings },
            Setting::Lease(lease) => Settings { lease, stickiness: true, ..settings },
            Setting::Heartbeat(heartbeat_interval) => Settings { heartbeat_interval, ..settings },
            Setting::ElectionTimeout(timeouts) => timing(timeouts, settings.heartbeat_interval),
            Setting::Timing(preset) => {
                timing(preset.election_timeout(), preset.heartbeat_interval())
            }
            Setting::Stickiness(true) => Settings { stickiness: true, ..settings },
            Setting::Stickiness(false) => Settings { stickiness: false, lease: None, ..settings },
            Setting::FollowerReads(reads_through_followers) => {
                Settings { reads_through_followers, ..settings }
            }
            Setting::NoOp(no_op_at_start_of_term) => {
                Settings { no_op_at_start_of_term, ..settings }
            }
            Setting::MaxEntries(max_entries_per_message) => {
                Settings { max_entries_per_message, ..settings }
            }
            Setting::InFlight(in_flight_messages_max) => {
                Settings { in_flight_messages_max, ..settings }
            }
            Setting::PromotionLag(promotion_lag_max) => Settings { promotion_lag_max, ..settings },
            Setting::SnapshotKept(entries_kept_after_snapshot) => {
                Settings { entries_kept_after_snapshot, ..settings }
            }
            Setting::SnapshotChunk(snapshot_chunk_bytes) => {
                Settings { snapshot_chunk_bytes, ..settings }
            }
            Setting::Flaw { flaw, is_on: true } => {
                Settings { flaws: settings.flaws.with(flaw), ..settings }
            }
            Setting::Flaw { flaw, is_on: false } => {
                Settings { flaws: settings.flaws.without(flaw), ..settings }
            }
            Setting::Reads(_)
            | Setting::SnapshotEvery(_)
            | Setting::Latency(_)
            | Setting::Loss(_)
            | Setting::Duplicates(_)
            | Setting::ClientLatency(_)
            | Setting::Fsync { .. } => settings,
        }
    }

    /// What is wrong with it whatever the other settings are. Whether it goes with those, one
    /// sees when it is set.
    pub(crate) fn fault(self) -> Option<String> {
        let patient = Settings {
            election_timeout_min: Micros::MAX,
            election_timeout_max: Micros::MAX,
            ..Settings::default()
        };
        let quick = Settings { heartbeat_interval: Micros(1), ..Settings::default() };
        let others = match self {
            Setting::Heartbeat(_) => patient,
            Setting::ElectionTimeout(_) => quick,
            _ => Settings::default(),
        };
        if let Err(error) = self.applied_to(others).check() {
            return Some(error.to_string());
        }
        match self {
            Setting::Latency(latency)
            | Setting::ClientLatency(latency)
            | Setting::Fsync { latency, .. } => latency.fault().map(ToString::to_string),
            Setting::SnapshotEvery(Some(0)) => {
                Some("a snapshot covers at least 1 entry more".to_string())
            }
            Setting::ElectionTimeout(Between { max, .. }) => self.too_much(max.0),
            Setting::Heartbeat(span) => self.too_much(span.0),
            Setting::Loss(number)
            | Setting::Duplicates(number)
            | Setting::MaxEntries(number)
            | Setting::InFlight(number)
            | Setting::SnapshotChunk(number) => self.too_much(number.into()),
            Setting::PromotionLag(number)
            | Setting::SnapshotKept(number)
            | Setting::SnapshotEvery(Some(number)) => self.too_much(number),
            _ => None,
        }
    }

    /// Says so where a number is above the range of its setting.
    fn too_much(self, number: u64) -> Option<String> {
        let row = SettingRow::of(self)?;
        let (SettingKind::Number { most, .. } | SettingKind::Range { most, .. }) = row.kind else {
            return None;
        };
        (number > most).then(|| format!("{} is at most {most}, not {number}", row.name))
    }

    /// Whom it names.
    pub(crate) const fn node(self) -> Option<NodeId> {
        match self {
            Setting::Fsync { node, .. } => node,
            _ => None,
        }
    }
}
