//! At-most-once: a write that its client sent again takes effect once, at one place in the
//! order of the log.
//!
//! A client that hears nothing asks again, and then the write may stand twice in the log.
//! "If a client submits a command to the service and the service's leader crashes after
//! committing the entry but before responding, the client would retry ... causing the
//! command to be executed a second time" (dissertation, section 6.3). Sessions are against
//! that: the state machine leaves out what it has done already. This looks at what state
//! machines did, by the value that tells a run's writes apart, and knows nothing of sessions.
//!
//! A server that starts anew applies its log again: the same entries, and so the same
//! places. Another place is a second effect, whoever comes to it: State Machine Safety
//! makes the entry at each place the same for all.

use super::violation::{Evidence, OperationRef};
use crate::history::{History, OperationId};
use crate::shelf::Shelf;
use crate::state_machine::{Put, Value};
use raft_core::{LogEnd, NodeId};

/// A write that a client asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Write {
    operation: OperationId,
    /// The entry by which it first took effect, and whose state machine that was.
    effect: Option<(NodeId, LogEnd)>,
    is_reported: bool,
}

/// Every write that was asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct AtMostOnce {
    // By value: those count up, and no two writes have the same.
    writes: Shelf<Option<Write>>,
}

fn place_of(value: Value) -> Option<usize> {
    usize::try_from(value.0.checked_sub(1)?).ok()
}

impl AtMostOnce {
    /// A client asks to write a value.
    pub(super) fn write_began(&mut self, operation: OperationId, value: Value) {
        let Some(place) = place_of(value) else { return };
        self.writes.set(place, Write { operation, effect: None, is_reported: false });
    }

    /// A node's state machine did what an entry asked for, and didn't leave it out.
    pub(super) fn took_effect(
        &mut self,
        node: NodeId,
        entry: LogEnd,
        put: Put,
        history: &History,
    ) -> Option<Evidence> {
        let place = place_of(put.value)?;
        let write = (*self.writes.get(place)?)?;
        let Some((first, first_entry)) = write.effect else {
            self.writes.set(place, Write { effect: Some((node, entry)), ..write });
            return None;
        };
        if first_entry.index == entry.index || write.is_reported {
            return None;
        }
        self.writes.set(place, Write { is_reported: true, ..write });
        Some(Evidence::AppliedTwice {
            write: OperationRef::of(history, write.operation, put.key, put.value),
            first: (first, first_entry),
            second: (node, entry),
        })
    }
}
