//! What one can jump to in a run: the next election, the last fault.

use crate::ascending::Ascending;
use crate::record::{Happening, Record};
use raft_core::{CommitCause, Transition};

/// What one can jump to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Landmark {
    /// A node stands for election, or wins one.
    Election,
    /// A node that was asked for its vote grants or refuses it.
    Vote,
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
    pub const ALL: [Landmark; 6] = [
        Landmark::Election,
        Landmark::Vote,
        Landmark::Commit,
        Landmark::Fault,
        Landmark::Violation,
        Landmark::Operation,
    ];

    /// What a record is a landmark of.
    pub const fn of(record: &Record) -> Option<Landmark> {
        match &record.what {
            Happening::Node { transition, .. } => match transition {
                Transition::BecamePreCandidate { .. }
                | Transition::BecameCandidate { .. }
                | Transition::BecameLeader { .. } => Some(Landmark::Election),
                Transition::VoteGranted { .. } | Transition::VoteRefused { .. } => {
                    Some(Landmark::Vote)
                }
                Transition::CommitAdvanced { because: CommitCause::Counted { .. }, .. } => {
                    Some(Landmark::Commit)
                }
                _ => None,
            },
            // At time zero every node starts: nothing was broken.
            Happening::Restarted { .. } if record.at.0 > 0 => Some(Landmark::Fault),
            Happening::Crashed { .. }
            | Happening::Paused { .. }
            | Happening::Resumed { .. }
            | Happening::DiskStalled { .. }
            | Happening::DiskUnstalled { .. }
            | Happening::DiskLost { .. }
            | Happening::Parted { .. }
            | Happening::LinkCut { .. }
            | Happening::LinkSlowed { .. }
            | Happening::LinkMadeLossy { .. }
            | Happening::LinkMended { .. }
            | Happening::Healed
            | Happening::MessageDropped { .. }
            | Happening::MessageDelayed { .. }
            | Happening::MessageHurried { .. }
            | Happening::ClockSet { .. }
            | Happening::ClockStepped { .. }
            | Happening::TimeoutForced { .. } => Some(Landmark::Fault),
            Happening::Violated(_) => Some(Landmark::Violation),
            Happening::OperationBegan { .. } | Happening::OperationEnded { .. } => {
                Some(Landmark::Operation)
            }
            _ => None,
        }
    }
}

/// The events of a run in which there is a landmark, by kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Landmarks {
    events: [Ascending; Landmark::ALL.len()],
}

impl Landmarks {
    pub(crate) fn of(&self, landmark: Landmark) -> &Ascending {
        &self.events[landmark as usize]
    }

    /// Takes note of what happened. Records come in order.
    pub(crate) fn take(&mut self, record: &Record) {
        let Some(landmark) = Landmark::of(record) else { return };
        let events = &mut self.events[landmark as usize];
        if events.last() != Some(record.event) {
            events.push(record.event);
        }
    }

    /// Those of the first `events` events.
    pub(crate) fn up_to(&self, events: u64) -> Landmarks {
        let mut kept = self.clone();
        for list in &mut kept.events {
            list.truncate(list.count_to(events));
        }
        kept
    }

    pub(crate) fn shrink(&mut self) {
        self.events.iter_mut().for_each(Ascending::shrink);
    }
}
