//! State Machine Safety: "if a server has applied a log entry at a given index to
//! its state machine, no other server will ever apply a different log entry for the
//! same index" (paper, Figure 3). Nor the same server, after a restart; and a snapshot
//! stands for the entries that it covers.

use super::violation::Evidence;
use crate::shelf::Shelf;
use crate::state_machine::{Put, StateMachine};
use alloc::collections::BTreeMap;
use raft_core::{Entry, Index, Log, LogEnd, NodeId, Payload};

#[derive(Clone, PartialEq, Eq, Debug)]
struct Applied {
    entry: Entry,
    by: NodeId,
    is_reported: bool,
}

/// Every entry that was applied, by index.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct StateMachineSafety {
    applied: Shelf<Applied>,
    last: BTreeMap<NodeId, Index>,
}

impl StateMachineSafety {
    /// A node's state machine applies an entry.
    pub(super) fn applied(
        &mut self,
        node: NodeId,
        index: Index,
        entry: &Entry,
    ) -> Option<Evidence> {
        let last = self.last.entry(node).or_default();
        let after = core::mem::replace(last, index);
        if index > after.next() {
            return Some(Evidence::AppliedOutOfOrder { node, after, index });
        }
        let place = usize::try_from(index.0.checked_sub(1)?).ok()?;
        let Some(first) = self.applied.get(place) else {
            self.applied.push(Applied { entry: entry.clone(), by: node, is_reported: false });
            return None;
        };
        if first.entry == *entry || first.is_reported {
            return None;
        }
        let evidence = Evidence::AppliedDifferently {
            index,
            first: (first.by, first.entry.term),
            second: (node, entry.term),
        };
        if let Some(first) = self.applied.get_mut(place) {
            first.is_reported = true;
        }
        Some(evidence)
    }

    /// A node's state machine was replaced by `machine`, which stands for the entries up
    /// to `end`: it must be what applying those comes to, sessions and all.
    pub(super) fn restored(
        &mut self,
        node: NodeId,
        end: LogEnd,
        machine: &StateMachine,
    ) -> Option<Evidence> {
        self.last.insert(node, end.index);
        let mut expected = StateMachine::default();
        let mut last = LogEnd::default();
        for (applied, index) in self.applied.iter().zip(1..=end.index.0) {
            last = LogEnd { index: Index(index), term: applied.entry.term };
            if let Payload::Command(command) = &applied.entry.payload
                && let Some(put) = Put::decode(command)
            {
                expected.apply(put);
            }
        }
        (last != end || expected != *machine).then_some(Evidence::RestoredDifferently {
            node,
            end,
            last,
        })
    }

    /// A log with the entries that a snapshot stands for put back in front: they were
    /// applied somewhere. So the monitors see whole logs, whoever drops entries.
    pub(super) fn whole(&self, log: Log) -> Log {
        let base = log.base().index;
        if base == Index::ZERO {
            return log;
        }
        let mut whole = Log::new();
        for applied in self.applied.iter() {
            if whole.last_index() == base {
                break;
            }
            whole.append(applied.entry.clone());
        }
        if whole.end() != log.base() {
            // It stands for something that nobody applied; what comes after it is what there is.
            return log;
        }
        for (_, entry) in log.iter() {
            whole.append(entry.clone());
        }
        whole
    }

    /// A node that starts anew applies its log from the beginning.
    pub(super) fn restarted(&mut self, node: NodeId) {
        self.last.remove(&node);
    }
}
