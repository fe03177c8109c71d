//! The five properties of the paper's Figure 3, looked at from outside: at what servers
//! apply, and at their logs.

use super::projection::{Fingerprint, Project, Renaming};
use crate::testing::Server;
use crate::*;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// One of the five.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Property {
    ElectionSafety,
    LeaderAppendOnly,
    LogMatching,
    LeaderCompleteness,
    StateMachineSafety,
}

impl Property {
    pub(super) const ALL: [Property; 5] = [
        Property::ElectionSafety,
        Property::LeaderAppendOnly,
        Property::LogMatching,
        Property::LeaderCompleteness,
        Property::StateMachineSafety,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Property::ElectionSafety => "Election Safety",
            Property::LeaderAppendOnly => "Leader Append-Only",
            Property::LogMatching => "Log Matching",
            Property::LeaderCompleteness => "Leader Completeness",
            Property::StateMachineSafety => "State Machine Safety",
        }
    }
}

/// What has been, as far as the properties ask: it is no part of any server.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct History {
    /// "At most one leader can be elected in a given term."
    pub(super) leaders: BTreeMap<Term, NodeId>,
    /// What was applied at each index from 1 on, and the term of the server that was first
    /// to do so: the leader that committed it.
    pub(super) committed: Vec<(Entry, Term)>,
}

impl History {
    /// This server won.
    pub(super) fn won(&mut self, term: Term, id: NodeId) -> Result<(), Property> {
        let first = *self.leaders.entry(term).or_insert(id);
        if first == id { Ok(()) } else { Err(Property::ElectionSafety) }
    }

    /// A server in `term` applied this. "No other server will ever apply a different
    /// log entry for the same index."
    pub(super) fn applied(
        &mut self,
        index: Index,
        entry: &Entry,
        term: Term,
    ) -> Result<(), Property> {
        let place = index.0 as usize - 1;
        match self.committed.get(place) {
            Some((first, _)) if first == entry => Ok(()),
            None if place == self.committed.len() => {
                self.committed.push((entry.clone(), term));
                Ok(())
            }
            // A gap is a violation too: what it skips was never applied.
            _ => Err(Property::StateMachineSafety),
        }
    }
}

impl Project for History {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        let History { leaders, committed } = self;
        into.write(leaders.len() as u64);
        for (term, id) in leaders {
            into.write(term.0);
            into.write(names.of(*id).number().into());
        }
        into.write(committed.len() as u64);
        for (entry, term) in committed {
            entry.project(names, into);
            into.write(term.0);
        }
    }
}

/// "A leader never overwrites or deletes entries in its log; it only appends new entries."
pub(super) fn only_appended(before: &Server, after: &Server) -> bool {
    let (before, after) = (before.node.view(), after.node.view());
    let leads_on = before.is_leader() && after.is_leader() && before.term() == after.term();
    !leads_on || before.log().iter().all(|(index, entry)| after.log().get(index) == Some(entry))
}

/// "If two logs contain an entry with the same index and term, then the logs are identical
/// in all entries up through the given index."
pub(super) fn logs_match(left: &Log, right: &Log) -> bool {
    let mut differ = false;
    left.iter().zip(right.iter()).all(|((_, left), (_, right))| {
        differ |= left != right;
        !differ || left.term != right.term
    })
}

/// "If a log entry is committed in a given term, then that entry will be present in the
/// logs of the leaders for all higher-numbered terms."
pub(super) fn is_complete(leader: &Server, history: &History) -> bool {
    let view = leader.node.view();
    let mut earlier = (1..).zip(&history.committed).filter(|(_, (_, by))| *by < view.term());
    earlier.all(|(index, (entry, _))| view.log().get(Index(index)) == Some(entry))
}
