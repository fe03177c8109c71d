//! A run's record, sorted once so that any span of it is found at once.

use crate::message_mark::LostMessage;
use raft_core::Micros;
use raft_sim::{OperationId, Timeline};

/// What one can jump to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Landmark {
    /// A node stands for election, or wins one.
    Election,
    /// A leader's commit index goes up.
    Commit,
    /// Something breaks, or is mended.
    Fault,
    /// A property is violated.
    Violation,
    /// A client's operation begins or ends.
    Operation,
}

impl Landmark {
    /// Every kind.
    pub const ALL: [Landmark; 5] = [
        Landmark::Election,
        Landmark::Commit,
        Landmark::Fault,
        Landmark::Violation,
        Landmark::Operation,
    ];
}

/// A run's record, sorted by what it is about. Make it once a run.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TimelineIndex {
    lost: Vec<LostMessage>,
    stale: Vec<OperationId>,
    landmarks: [Vec<u64>; 5],
}

impl TimelineIndex {
    /// Goes through a run's record, once.
    pub fn new(timeline: &Timeline) -> TimelineIndex {
        let _ = timeline;
        TimelineIndex::default()
    }

    /// The first event after `event` in which such a thing happens.
    pub fn next_of(&self, landmark: Landmark, event: u64) -> Option<u64> {
        let events = &self.landmarks[landmark as usize];
        events.get(events.partition_point(|other| *other <= event)).copied()
    }

    /// The last event before `event` in which such a thing happens.
    pub fn previous_of(&self, landmark: Landmark, event: u64) -> Option<u64> {
        let events = &self.landmarks[landmark as usize];
        let place = events.partition_point(|other| *other < event);
        events.get(place.checked_sub(1)?).copied()
    }

    /// The operations that a violation names as the offending ones, in order.
    pub fn stale(&self) -> &[OperationId] {
        &self.stale
    }

    /// The messages that died after `from` and at or before `to`: for [`Motion`](crate::Motion), ask
    /// for the last while (0.6 s of the reader's time, say, in simulated time).
    pub fn lost_between(&self, from: Micros, to: Micros) -> &[LostMessage] {
        let first = self.lost.partition_point(|lost| lost.lost_at <= from);
        let end = self.lost.partition_point(|lost| lost.lost_at <= to);
        self.lost.get(first..end).unwrap_or_default()
    }
}
