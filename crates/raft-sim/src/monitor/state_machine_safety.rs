//! State Machine Safety: "if a server has applied a log entry at a given index to
//! its state machine, no other server will ever apply a different log entry for the
//! same index" (paper, Figure 3). Nor the same server, after a restart; and a snapshot
//! stands for the entries that it covers.

use super::violation::Evidence;
use crate::shelf::Shelf;
use crate::state_machine::{Put, StateMachine};
use litemap::LiteMap;
use raft_core::{Entry, Index, Log, LogEnd, NodeId, Payload};

/// Who applied an entry first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Applied {
    by: NodeId,
    is_reported: bool,
}

/// After so many entries the state that they come to is kept.
const ENTRIES_A_STATE: u64 = 64;

/// Every entry that was applied, by index.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct StateMachineSafety {
    /// The entries, each as it was first applied.
    entries: Log,
    applied: Shelf<Applied>,
    /// What applying the first 64, 128 ... of them comes to.
    states: Shelf<StateMachine>,
    last: LiteMap<NodeId, Index>,
}

impl StateMachineSafety {
    /// Makes one of what is the same in what was applied and in a log.
    pub(super) fn share(&mut self, with: &Log) {
        self.entries.share(with);
    }

    /// These entries were applied before the run.
    pub(super) fn begin_with(&mut self, node: NodeId, log: &Log) {
        log.iter().for_each(|(_, entry)| self.applied_first(node, entry));
    }

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
        let (Some(first), Some(first_entry)) = (self.applied.get(place), self.entries.get(index))
        else {
            self.applied_first(node, entry);
            return None;
        };
        if first_entry == entry || first.is_reported {
            return None;
        }
        let evidence = Evidence::AppliedDifferently {
            index,
            first: (first.by, first_entry.term),
            second: (node, entry.term),
        };
        if let Some(first) = self.applied.get_mut(place) {
            first.is_reported = true;
        }
        Some(evidence)
    }

    fn applied_first(&mut self, node: NodeId, entry: &Entry) {
        let index = self.entries.append(entry.clone());
        self.applied.push(Applied { by: node, is_reported: false });
        if index.0.is_multiple_of(ENTRIES_A_STATE) {
            self.states.push(self.state_after(index));
        }
    }

    /// What applying the entries up to here comes to.
    fn state_after(&self, last: Index) -> StateMachine {
        let kept = (self.states.len() as u64).min(last.0 / ENTRIES_A_STATE);
        let kept_state = usize::try_from(kept).ok().and_then(|kept| kept.checked_sub(1));
        let mut state =
            kept_state.and_then(|place| self.states.get(place)).cloned().unwrap_or_default();
        for index in kept * ENTRIES_A_STATE + 1..=last.0 {
            if let Some(Entry { payload: Payload::Command(command), .. }) =
                self.entries.get(Index(index))
                && let Some(put) = Put::decode(command)
            {
                state.apply(put);
            }
        }
        state
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
        let index = end.index.min(self.entries.last_index());
        let last = LogEnd { index, term: self.entries.term_at(index).unwrap_or_default() };
        (last != end || self.state_after(index) != *machine)
            .then_some(Evidence::RestoredDifferently { node, end, last })
    }

    /// A log with the entries that a snapshot stands for put back in front: they were
    /// applied somewhere. So the monitors see whole logs, whoever drops entries.
    pub(super) fn whole(&self, log: Log) -> Log {
        let base = log.base().index;
        if base == Index::ZERO {
            return log;
        }
        let mut whole = self.entries.clone();
        whole.truncate_from(base.next());
        if whole.end() != log.base() {
            // It stands for something that nobody applied; what comes after it is what there is.
            return log;
        }
        whole.extend(log.iter().map(|(_, entry)| entry.clone()));
        whole
    }

    /// A node that starts anew applies its log from the beginning.
    pub(super) fn restarted(&mut self, node: NodeId) {
        self.last.remove(&node);
    }
}
