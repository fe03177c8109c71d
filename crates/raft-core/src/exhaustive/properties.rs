//! The five properties of the paper's Figure 3, looked at from outside: at what servers
//! apply, and at their logs.

use super::projection::{Fingerprint, Project, Renaming};
use crate::testing::{Server, State};
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
    /// What a state machine was after each of these: the same everywhere, whether it came entry by
    /// entry or by a snapshot.
    pub(super) states: BTreeMap<Index, State>,
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

    /// A state machine was this.
    pub(super) fn was(&mut self, state: State) -> Result<(), Property> {
        let first = *self.states.entry(state.index).or_insert(state);
        if first == state { Ok(()) } else { Err(Property::StateMachineSafety) }
    }
}

impl Project for History {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        // The states follow from the entries that led to them.
        let History { leaders, committed, states: _ } = self;
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
/// What a snapshot covers it may drop.
pub(super) fn only_appended(before: &Server, after: &Server) -> bool {
    let (before, after) = (before.node.view(), after.node.view());
    let leads_on = before.is_leader() && after.is_leader() && before.term() == after.term();
    !leads_on || before.log().iter().all(|(index, entry)| holds(after.log(), index, entry))
}

/// "If two logs contain an entry with the same index and term, then the logs are identical
/// in all entries up through the given index."
pub(super) fn logs_match(left: &Log, right: &Log) -> bool {
    let mut differ = false;
    left.iter().filter_map(|(index, entry)| Some((entry, right.get(index)?))).all(
        |(left, right)| {
            differ |= left != right;
            !differ || left.term != right.term
        },
    )
}

/// "If a log entry is committed in a given term, then that entry will be present in the
/// logs of the leaders for all higher-numbered terms."
pub(super) fn is_complete(leader: &Server, history: &History) -> bool {
    let view = leader.node.view();
    let mut earlier = (1..).zip(&history.committed).filter(|(_, (_, by))| *by < view.term());
    earlier.all(|(index, (entry, _))| holds(view.log(), Index(index), entry))
}

/// Whether the entry is there, or covered by a snapshot: of the last one that is, the log still
/// knows the term.
fn holds(log: &Log, index: Index, entry: &Entry) -> bool {
    match log.get(index) {
        Some(there) => there == entry,
        None => log.term_at(index).map_or(index < log.base().index, |term| term == entry.term),
    }
}
