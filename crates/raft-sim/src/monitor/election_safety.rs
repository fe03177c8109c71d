//! Election Safety: "at most one leader can be elected in a given term" (paper,
//! Figure 3).
//!
//! A node is a leader of a term if it says so when looked at, and also if it sends
//! AppendEntries in that term: nobody else may.

use super::violation::Evidence;
use alloc::sync::Arc;
use alloc::vec::Vec;
use litemap::{Entry as Slot, LiteMap};
use raft_core::{Log, NodeId, Term};

/// One node's time in office.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Leadership {
    pub(super) node: NodeId,
    /// In which of its lives: a node that is elected, forgets it in a crash and is
    /// elected again is two leaders, each of whom makes entries of that term.
    pub(super) boot: u64,
    /// Its log when it came into office.
    pub(super) log: Log,
}

/// Who led which term.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct ElectionSafety {
    leaders: LiteMap<Term, Arc<Leadership>>,
    // Each node's latest known office, so that a busy leader is looked up once.
    latest: LiteMap<NodeId, (Term, u64)>,
}

impl ElectionSafety {
    /// Takes note that a node leads a term. Gives its log if it is new in that
    /// office, and what that violates.
    pub(super) fn leads(
        &mut self,
        node: NodeId,
        boot: u64,
        term: Term,
        log: &Log,
    ) -> (bool, Option<Evidence>) {
        if self.latest.get(&node) == Some(&(term, boot)) {
            return (false, None);
        }
        self.latest.insert(node, (term, boot));
        match self.leaders.entry(term) {
            Slot::Vacant(slot) => {
                slot.insert(Arc::new(Leadership { node, boot, log: log.clone() }));
                (true, None)
            }
            Slot::Occupied(first) if first.get().node == node && first.get().boot == boot => {
                (false, None)
            }
            Slot::Occupied(first) => {
                let first = first.get().node;
                (true, Some(Evidence::TwoLeaders { term, first, second: node }))
            }
        }
    }

    /// The leaders, that of the latest term first.
    pub(super) fn latest_first(&self) -> impl Iterator<Item = NodeId> {
        self.leaders.values().rev().map(|leadership| leadership.node)
    }

    /// Whether a node was elected in this term and life, and in no later one.
    pub(super) fn led_last(&self, node: NodeId, office: (Term, u64)) -> bool {
        self.latest.get(&node) == Some(&office)
    }

    /// The leaders of later terms than this.
    pub(super) fn later_than(&self, term: Term) -> impl Iterator<Item = (Term, &Leadership)> {
        let first = self.leaders.find_index(&term.next()).unwrap_or_else(|place| place);
        self.leaders.iter().skip(first).map(|(term, leadership)| (*term, &**leadership))
    }
}

/// What each node's log is, from what it asked its disk to write: the whole of it, also
/// where the node keeps a snapshot in place of its first entries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Logs(Vec<Log>);

impl Logs {
    /// Makes one of what is the same in each of them and another log.
    pub(super) fn share(&mut self, with: &Log) {
        self.0.iter_mut().for_each(|log| log.share(with));
    }

    pub(super) fn of(&mut self, node: NodeId) -> &mut Log {
        let place = usize::from(node.number());
        if self.0.len() <= place {
            self.0.resize(place + 1, Log::new());
        }
        &mut self.0[place]
    }

    /// Each node's, as far as there is one.
    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeId, &Log)> {
        (0..).map_while(NodeId::new).zip(&self.0)
    }
}
