//! What an operator may choose, and which choices can't be.

use crate::flaws::{Flaw, Flaws};
use crate::time::Micros;
use core::fmt;

/// A bound on how much faster one clock may run than another: a ratio, at least 1.
///
/// A lease is shortened by it, so that it ends before the promise on which it
/// rests does (dissertation, section 6.4.1). `1/1` keeps no bound: it trusts
/// every clock to run true.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DriftBound {
    /// The upper part of the ratio.
    pub numerator: u32,
    /// The lower part of the ratio.
    pub denominator: u32,
}

impl DriftBound {
    /// No bound: every clock is trusted.
    pub const NONE: DriftBound = DriftBound { numerator: 1, denominator: 1 };
}

/// From when on a configuration counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum InForce {
    /// As soon as it is in a server's log, committed or not (dissertation, section 4.1).
    ///
    /// Safe, if a server falls back when the entry is truncated, and a leader changes
    /// nothing before it has committed an entry of its own term (Ongaro's erratum of
    /// 2015). Live, if a server that is left out stands until it knows that to be committed.
    WhenAppended,
    /// Once it is applied, as in etcd.
    ///
    /// Safe, if the next change waits until the leader has applied this one, and a server
    /// that knows of a committed one which it has not applied doesn't stand, not after a
    /// restart either: it then knows all but the last of its log to be committed. Live, if
    /// a leader writes each configuration twice, and one that removes itself leads until
    /// the second is committed: the other servers need its vote until then, and the
    /// operator must not switch a removed server off before. The reasons are in the
    /// source, `configuration/when_applied.rs`. Where etcd differs: it keeps the applied
    /// configuration on disk, and a cluster of two can get stuck there when one is removed.
    WhenApplied,
}

/// The settings of one server. Every server of a cluster should have the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Settings {
    /// The shortest election timeout (paper, section 5.2: 150 ms).
    pub election_timeout_min: Micros,
    /// The longest election timeout, itself included (paper: 300 ms). Each
    /// timeout is drawn anew between the two.
    pub election_timeout_max: Micros,
    /// How often a leader sends a round of heartbeats.
    pub heartbeat_interval: Micros,
    /// The most entries that one AppendEntries carries, at least 1.
    pub max_entries_per_message: u32,
    /// The most messages with entries that a leader has under way to one follower without
    /// an answer, at least 1 (etcd's MaxInflightMsgs). At the limit entries wait, and go in
    /// larger messages later.
    pub in_flight_messages_max: u32,
    /// Whether a new leader begins its term with an entry that holds nothing
    /// (paper, section 8). Without it, what earlier terms left can't be committed,
    /// and no read answered, until a client writes.
    pub no_op_at_start_of_term: bool,
    /// Whether a server that has heard from a leader within the minimum election
    /// timeout ignores requests for its vote (dissertation, section 4.2.3). Leases rest on it.
    pub stickiness: bool,
    /// Whether a server asks if it would win before it stands for election, so that
    /// one that can't win disturbs nobody (dissertation, section 9.6).
    pub pre_vote: bool,
    /// Whether a leader steps down once an election timeout has passed without a
    /// round of heartbeats that a majority answered (dissertation, section 6.2).
    ///
    /// It counts from when a round was sent: heartbeat_interval and a round trip together
    /// must stay below election_timeout_min, or a healthy leader steps down.
    pub check_quorum: bool,
    /// Whether a leader may answer reads from its lease, and the bound on clock
    /// drift by which that lease is shortened (dissertation, section 6.4.1).
    ///
    /// A lease is renewed by each round of heartbeats. Where it lasts no longer than the
    /// time between two, `election_timeout_min / bound <= heartbeat_interval`, there is always
    /// a time without one, in which reads go by ReadIndex: that is allowed, and of little use.
    /// A clock that steps breaks a lease whatever its bound.
    pub lease: Option<DriftBound>,
    /// Whether a follower takes reads, and asks its leader for the read index (dissertation,
    /// section 6.4); else it says who leads.
    pub reads_through_followers: bool,
    /// Which configuration counts (dissertation, section 4.1, or etcd's way).
    pub configurations_in_force: InForce,
    /// How many entries a learner may lack and still be made a voter.
    pub promotion_lag_max: u64,
    /// How many of the entries that a snapshot covers stay in the log when a server takes
    /// it: a follower that lags by no more gets entries rather than the whole snapshot.
    pub entries_kept_after_snapshot: u64,
    /// The most bytes of a snapshot that one InstallSnapshot carries, at least 1.
    pub snapshot_chunk_bytes: u32,
    /// Rules that are left out, to show what they are for. None, in real Raft.
    pub flaws: Flaws,
}

impl Default for Settings {
    /// The paper's timeouts, 150 to 300 ms, a heartbeat each 50 ms, no leases.
    fn default() -> Settings {
        Settings {
            election_timeout_min: Micros::from_millis(150),
            election_timeout_max: Micros::from_millis(300),
            heartbeat_interval: Micros::from_millis(50),
            max_entries_per_message: 64,
            in_flight_messages_max: 256,
            no_op_at_start_of_term: true,
            stickiness: false,
            pre_vote: false,
            check_quorum: false,
            lease: None,
            reads_through_followers: false,
            configurations_in_force: InForce::WhenAppended,
            promotion_lag_max: 1_000,
            entries_kept_after_snapshot: 0,
            snapshot_chunk_bytes: 64 * 1024,
            flaws: Flaws::NONE,
        }
    }
}

/// Why settings were refused. Each says what would be right.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SettingsError {
    /// A timeout or interval of zero: the node would never rest.
    ZeroTime,
    /// The shortest election timeout is longer than the longest.
    TimeoutsReversed,
    /// A follower would give up on a healthy leader between two heartbeats.
    HeartbeatNotBelowTimeout,
    /// A message that may carry no entry can never replicate one.
    NoEntriesPerMessage,
    /// A leader that may have no message under way can never replicate an entry.
    NoMessagesInFlight,
    /// A message that may carry no byte of a snapshot can never bring one across.
    NoBytesPerChunk,
    /// A lease rests on voters that withhold their votes; without stickiness they don't.
    LeaseWithoutStickiness,
    /// A drift bound below 1 would lengthen the lease past the promise.
    DriftBoundBelowOne,
    /// Two flaws that say of the same thing that it is done in two ways.
    FlawsContradict(Flaw, Flaw),
}

impl fmt::Display for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            SettingsError::ZeroTime => {
                "election_timeout_min and heartbeat_interval must be longer than zero"
            }
            SettingsError::TimeoutsReversed => {
                "election_timeout_min must not be longer than election_timeout_max"
            }
            SettingsError::HeartbeatNotBelowTimeout => {
                "heartbeat_interval must be shorter than election_timeout_min"
            }
            SettingsError::NoEntriesPerMessage => "max_entries_per_message must be at least 1",
            SettingsError::NoMessagesInFlight => "in_flight_messages_max must be at least 1",
            SettingsError::NoBytesPerChunk => "snapshot_chunk_bytes must be at least 1",
            SettingsError::LeaseWithoutStickiness => {
                "lease needs stickiness: turn stickiness on, or lease off"
            }
            SettingsError::DriftBoundBelowOne => {
                "the lease's drift bound is a ratio of at least 1, such as 11/10"
            }
            SettingsError::FlawsContradict(one, other) => {
                let (one, other) = (one.name(), other.name());
                return write!(formatter, "flaws {one} and {other} can't both be: leave one out");
            }
        };
        formatter.write_str(text)
    }
}

impl core::error::Error for SettingsError {}

/// Settings that can be: the only kind that a node takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CheckedSettings(Settings);

impl CheckedSettings {
    /// The settings.
    pub const fn get(&self) -> &Settings {
        &self.0
    }

    /// These settings, but for what a running node can't change.
    pub(crate) const fn in_place_of(self, old: CheckedSettings) -> CheckedSettings {
        let Settings { configurations_in_force, .. } = old.0;
        CheckedSettings(Settings { configurations_in_force, ..self.0 })
    }
}

impl Settings {
    /// Checks that these settings can be.
    ///
    /// # Errors
    /// The first reason why they can't.
    pub fn check(self) -> Result<CheckedSettings, SettingsError> {
        match self.errors().next() {
            Some(error) => Err(error),
            None => Ok(CheckedSettings(self)),
        }
    }

    /// Every reason why these settings can't be.
    pub fn errors(&self) -> impl Iterator<Item = SettingsError> {
        let is_zero = |time: Micros| time == Micros::ZERO;
        let contradiction = self.flaws.contradiction();
        [
            (is_zero(self.election_timeout_min) || is_zero(self.heartbeat_interval))
                .then_some(SettingsError::ZeroTime),
            (self.election_timeout_min > self.election_timeout_max)
                .then_some(SettingsError::TimeoutsReversed),
            (self.heartbeat_interval >= self.election_timeout_min)
                .then_some(SettingsError::HeartbeatNotBelowTimeout),
            (self.max_entries_per_message == 0).then_some(SettingsError::NoEntriesPerMessage),
            (self.in_flight_messages_max == 0).then_some(SettingsError::NoMessagesInFlight),
            (self.snapshot_chunk_bytes == 0).then_some(SettingsError::NoBytesPerChunk),
            (self.lease.is_some() && !self.stickiness)
                .then_some(SettingsError::LeaseWithoutStickiness),
            self.lease
                .is_some_and(|bound| bound.denominator == 0 || bound.numerator < bound.denominator)
                .then_some(SettingsError::DriftBoundBelowOne),
            contradiction.map(|(one, other)| SettingsError::FlawsContradict(one, other)),
        ]
        .into_iter()
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_can_be() {
        assert!(Settings::default().check().is_ok());
    }

    #[test]
    fn flaws_that_contradict_each_other_are_refused_and_each_alone_can_be() {
        let with = |flaws| Settings { flaws, ..Settings::default() }.check();
        for flaw in Flaw::ALL {
            assert!(with(Flaws::NONE.with(*flaw)).is_ok());
        }
        for (one, other) in [
            (Flaw::VoteWithoutComparingLogs, Flaw::CompareOnlyLogLength),
            (Flaw::FixedQuorumOfTwo, Flaw::FixedQuorumOfThree),
        ] {
            let refusal = with(Flaws::NONE.with(other).with(one)).err();
            assert_eq!(refusal, Some(SettingsError::FlawsContradict(one, other)));
        }
        let says = SettingsError::FlawsContradict(Flaw::FixedQuorumOfTwo, Flaw::FixedQuorumOfThree);
        assert_eq!(
            std::format!("{says}"),
            "flaws fixed-quorum-of-two and fixed-quorum-of-three can't both be: leave one out"
        );
    }

    #[test]
    fn what_can_not_be_is_refused_with_its_reason() {
        let base = Settings::default();
        let lease = Some(DriftBound::NONE);
        let below_one = Some(DriftBound { numerator: 9, denominator: 10 });
        for (settings, reason) in [
            (Settings { heartbeat_interval: Micros::ZERO, ..base }, SettingsError::ZeroTime),
            (Settings { election_timeout_max: Micros(1), ..base }, SettingsError::TimeoutsReversed),
            (
                Settings { heartbeat_interval: Micros::from_millis(150), ..base },
                SettingsError::HeartbeatNotBelowTimeout,
            ),
            (Settings { max_entries_per_message: 0, ..base }, SettingsError::NoEntriesPerMessage),
            (Settings { in_flight_messages_max: 0, ..base }, SettingsError::NoMessagesInFlight),
            (Settings { snapshot_chunk_bytes: 0, ..base }, SettingsError::NoBytesPerChunk),
            (Settings { lease, ..base }, SettingsError::LeaseWithoutStickiness),
            (
                Settings { lease: below_one, stickiness: true, ..base },
                SettingsError::DriftBoundBelowOne,
            ),
        ] {
            assert_eq!(settings.check(), Err(reason));
        }
    }
}
