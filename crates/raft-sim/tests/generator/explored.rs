//! How much a lot of schedules did: a search that found nothing is worth as much as
//! the things that happened in it.

use raft_core::{Index, Membership, Payload, ReadBasis, StepDownCause, Transition};
use raft_sim::{Happening, Outcome, Record, World};
use std::fmt;

/// What happened in some schedules, counted.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Explored {
    pub(crate) schedules: u64,
    pub(crate) events: u64,
    pub(crate) messages: u64,
    pub(crate) elections: u64,
    pub(crate) commits: u64,
    pub(crate) removals_of_entries: u64,
    pub(crate) crashes: u64,
    pub(crate) pauses: u64,
    pub(crate) stalls: u64,
    pub(crate) snapshots_beside: u64,
    pub(crate) snapshots_that_block: u64,
    pub(crate) clock_steps: u64,
    pub(crate) single_changes: u64,
    pub(crate) joint_changes: u64,
    pub(crate) learner_changes: u64,
    pub(crate) removed_leaders: u64,
    pub(crate) transfers: u64,
    pub(crate) snapshots_taken: u64,
    pub(crate) snapshots_installed: u64,
    pub(crate) fast_forwards: u64,
    pub(crate) writes: u64,
    pub(crate) reads_by_round: u64,
    pub(crate) reads_by_lease: u64,
    pub(crate) reads_through_log: u64,
    pub(crate) read_indices_for_followers: u64,
    // Of the schedule that is being counted: what was applied somewhere.
    applied: Index,
    membership: Option<Membership>,
}

impl Explored {
    /// Takes note of something that happened.
    pub(crate) fn see(&mut self, record: &Record) {
        match &record.what {
            Happening::Delivered { .. } => self.messages += 1,
            Happening::Crashed { .. } => self.crashes += 1,
            Happening::Paused { .. } => self.pauses += 1,
            Happening::DiskStalled { .. } => self.stalls += 1,
            Happening::SnapshotBegun { blocks: true, .. } => self.snapshots_that_block += 1,
            Happening::SnapshotBegun { blocks: false, .. } => self.snapshots_beside += 1,
            Happening::ClockStepped { .. } => self.clock_steps += 1,
            Happening::Node { transition, .. } => match transition {
                Transition::BecameLeader { .. } => self.elections += 1,
                Transition::CommitAdvanced { .. } => self.commits += 1,
                Transition::EntriesRemoved { .. } => self.removals_of_entries += 1,
                Transition::TransferTold { .. } => self.transfers += 1,
                Transition::ReadIndexGiven { .. } => self.read_indices_for_followers += 1,
                Transition::SnapshotTaken { .. } => self.snapshots_taken += 1,
                Transition::SnapshotInstalled { .. } => self.snapshots_installed += 1,
                Transition::FastForwarded { .. } => self.fast_forwards += 1,
                Transition::SteppedDown { because: StepDownCause::Removed, .. } => {
                    self.removed_leaders += 1;
                }
                _ => {}
            },
            Happening::Applied { index, entry, .. } if *index > self.applied => {
                self.applied = *index;
                if let Payload::Configuration(new) = &entry.payload {
                    self.changed(*new);
                }
            }
            Happening::OperationEnded { outcome, .. } => match outcome {
                Outcome::Written => self.writes += 1,
                Outcome::Found { basis: Some(ReadBasis::Round(_)), .. } => self.reads_by_round += 1,
                Outcome::Found { basis: Some(ReadBasis::Lease { .. }), .. } => {
                    self.reads_by_lease += 1
                }
                Outcome::Found { basis: Some(ReadBasis::Log { .. }), .. } => {
                    self.reads_through_log += 1
                }
                Outcome::Found { basis: None, .. } | Outcome::Refused | Outcome::GaveUp => {}
            },
            _ => {}
        }
    }

    /// A configuration is committed: it is applied somewhere.
    fn changed(&mut self, new: Membership) {
        let old = self.membership.replace(new);
        if old == Some(new) {
            // Written a second time, where configurations count when applied.
        } else if new.is_joint() {
            self.joint_changes += 1;
        } else if old.is_some_and(|old| old.voters == new.voters) {
            self.learner_changes += 1;
        } else if old.is_none_or(|old| !old.is_joint()) {
            self.single_changes += 1;
        }
    }

    /// Everything that schedules with everything switched on must do, with how often
    /// they did.
    pub(crate) fn counts(&self) -> [(&'static str, u64); 22] {
        [
            ("elections", self.elections),
            ("commits", self.commits),
            ("removals of entries", self.removals_of_entries),
            ("crashes", self.crashes),
            ("pauses", self.pauses),
            ("stalled disks", self.stalls),
            ("snapshots taken beside the process", self.snapshots_beside),
            ("snapshots that block the process", self.snapshots_that_block),
            ("steps of clocks", self.clock_steps),
            ("changes by one server", self.single_changes),
            ("joint changes", self.joint_changes),
            ("changes of learners", self.learner_changes),
            ("leaders that removed themselves", self.removed_leaders),
            ("transfers", self.transfers),
            ("snapshots taken", self.snapshots_taken),
            ("snapshots installed", self.snapshots_installed),
            ("followers fast-forwarded", self.fast_forwards),
            ("writes", self.writes),
            ("reads by a round", self.reads_by_round),
            ("reads by a lease", self.reads_by_lease),
            ("reads through the log", self.reads_through_log),
            ("read indices given to followers", self.read_indices_for_followers),
        ]
    }

    /// A schedule is over.
    pub(crate) fn end(&mut self, world: &World) {
        self.schedules += 1;
        self.events += world.events();
        self.applied = Index::ZERO;
        self.membership = None;
    }

    /// A schedule begins.
    pub(crate) fn begin(&mut self, beginning: Membership) {
        self.membership = Some(beginning);
    }
}

impl fmt::Display for Explored {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explored { schedules, events, messages, .. } = self;
        write!(formatter, "{schedules} schedules, {events} events, {messages} messages delivered")?;
        self.counts().iter().try_for_each(|(what, count)| write!(formatter, ", {count} {what}"))
    }
}

/// Says how much a test has looked at, in a line that `cargo xtask` collects. It goes past the
/// test harness, which keeps to itself what a test that passes prints.
pub(crate) fn say_explored(what: &str) {
    use std::io::Write as _;
    // Nobody may be listening: the test is worth as much.
    let _ = std::io::stderr().write_all(format!("explored: {what}\n").as_bytes());
}
