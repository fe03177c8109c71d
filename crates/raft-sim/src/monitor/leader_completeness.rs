//! Leader Completeness: "if a log entry is committed in a given term, then that
//! entry will be present in the logs of the leaders for all higher-numbered terms"
//! (paper, Figure 3).
//!
//! Committed is what a leader's commit index covers, in the term that it leads: also where
//! it steps down with that commit, since what was committed is its own removal. A leader that
//! doesn't know yet that it is deposed may commit as well: what it commits must be in the logs
//! that later leaders came into office with.

use super::checked::Checked;
use super::election_safety::{ElectionSafety, Leadership};
use super::violation::Evidence;
use crate::shelf::Shelf;
use litemap::LiteMap;
use raft_core::{Index, Log, LogEnd, NodeId, Term};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Committed {
    entry: Term,
    by: NodeId,
    // The earliest term in which it was.
    committed_in: Term,
    is_reported: bool,
}

/// Every committed entry, by index.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct LeaderCompleteness {
    committed: Shelf<Committed>,
    // The latest term in which any of them was.
    latest: Term,
    // Up to where what each leader committed has been looked at.
    seen: LiteMap<NodeId, Index>,
    // Up to where each node's log holds all of them.
    pub(super) checked: Checked,
}

impl LeaderCompleteness {
    /// These entries were committed before the run, in the term of the last of them.
    pub(super) fn begin_with(&mut self, by: NodeId, log: &Log) {
        let committed_in = log.end().term;
        for (_, entry) in log.iter() {
            self.committed.push(Committed {
                entry: entry.term,
                by,
                committed_in,
                is_reported: false,
            });
        }
        self.latest = committed_in;
    }

    /// A node has come into office.
    pub(super) fn elected(&mut self, term: Term, node: NodeId, log: &Log) -> Option<Evidence> {
        self.seen.remove(&node);
        let mut evidence = None;
        let from = self.checked.of(node);
        let mut holds_all_up_to = Some(from);
        for number in from.0 + 1..=self.committed.len() as u64 {
            let index = Index(number);
            let Some((place, committed)) = self.at(index) else { break };
            let holds = log.term_at(index);
            if holds == Some(committed.entry) || committed.is_reported {
                holds_all_up_to = holds_all_up_to.map(|_| index);
                continue;
            }
            if let Some(last) = holds_all_up_to.take() {
                self.checked.set(node, last);
            }
            if committed.committed_in < term {
                let found = missing(index, &committed, term, node, holds);
                evidence.get_or_insert(found);
                self.mark(place);
            }
        }
        if let Some(last) = holds_all_up_to {
            self.checked.set(node, last);
        }
        evidence
    }

    /// A node's log is what it was up to here, and not after.
    pub(super) fn rewritten(&mut self, node: NodeId, kept: Index) {
        self.checked.kept_up_to(node, kept);
    }

    /// The term of the entry that was committed first at an index, if any was.
    pub(super) fn term_at(&self, index: Index) -> Option<Term> {
        self.at(index).map(|(_, committed)| committed.entry)
    }

    fn at(&self, index: Index) -> Option<(usize, Committed)> {
        let place = usize::try_from(index.0.checked_sub(1)?).ok()?;
        Some((place, *self.committed.get(place)?))
    }

    /// A leader's commit index covers its log up to `commit_index`.
    pub(super) fn commits(
        &mut self,
        term: Term,
        node: NodeId,
        log: &Log,
        commit_index: Index,
        elections: &ElectionSafety,
    ) -> Option<Evidence> {
        let seen = self.seen.get(&node).copied().unwrap_or_default();
        // What its log lacks so far it is just about to write.
        let to = commit_index.min(log.last_index());
        if to <= seen {
            return None;
        }
        self.seen.insert(node, to);
        // What is known to be committed in this term already, or before, is no news.
        let known = if self.latest <= term { self.committed.len() as u64 } else { 0 };
        self.latest = self.latest.max(term);
        let mut evidence = None;
        for index in seen.0.max(known) + 1..=to.0 {
            let place = usize::try_from(index - 1).ok()?;
            let entry = log.term_at(Index(index))?;
            let new = Committed { entry, by: node, committed_in: term, is_reported: false };
            match self.committed.get(place) {
                None => self.committed.push(new),
                // It counts from the earliest term in which it was committed.
                Some(known) if known.entry == entry && known.committed_in > term => {
                    let is_reported = known.is_reported;
                    if let Some(known) = self.committed.get_mut(place) {
                        *known = Committed { is_reported, ..new };
                    }
                }
                Some(_) => continue,
            }
            for (later, Leadership { node, log, .. }) in elections.later_than(term) {
                let holds = log.term_at(Index(index));
                let is_reported = self.committed.get(place).is_some_and(|it| it.is_reported);
                if holds != Some(entry) && !is_reported {
                    evidence.get_or_insert(missing(Index(index), &new, later, *node, holds));
                    self.mark(place);
                }
            }
        }
        evidence
    }

    /// A node that starts anew starts with nothing committed.
    pub(super) fn restarted(&mut self, node: NodeId) {
        self.seen.remove(&node);
    }

    /// One report for an entry that is lost, however many leaders lack it.
    fn mark(&mut self, place: usize) {
        if let Some(committed) = self.committed.get_mut(place) {
            committed.is_reported = true;
        }
    }
}

fn missing(
    index: Index,
    committed: &Committed,
    leader_term: Term,
    leader: NodeId,
    holds: Option<Term>,
) -> Evidence {
    Evidence::CommittedEntryMissing {
        entry: LogEnd { index, term: committed.entry },
        committed_by: committed.by,
        committed_in: committed.committed_in,
        leader,
        leader_term,
        holds,
    }
}
