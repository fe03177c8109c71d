//! Log Matching: "if two logs contain an entry with the same index and term, then
//! the logs are identical in all entries up through the given index" (paper, Figure 3).
//!
//! It is enough that every entry ever written, named by its index and term, holds
//! one thing and stands after an entry of one term: its predecessor is then the
//! same entry everywhere, and so on down to the first.

use super::violation::Evidence;
use crate::shelf::Shelf;

use alloc::vec::Vec;
use litemap::LiteMap;
use raft_core::{Entry, Index, LogEnd, NodeId, Payload, Term};

/// An entry as it was first written.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Written {
    term: Term,
    previous: Option<Term>,
    payload: Payload,
    by: NodeId,
    is_reported: bool,
}

/// Every entry that was ever written, by index: as a rule one at each, more where leaders
/// of different terms left theirs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct LogMatching {
    first: Shelf<Option<Written>>,
    others: LiteMap<usize, Vec<Written>>,
}

impl LogMatching {
    /// A node writes an entry after one of term `previous`; `None` where there is nothing.
    pub(super) fn written(
        &mut self,
        node: NodeId,
        index: Index,
        entry: &Entry,
        previous: Option<Term>,
    ) -> Option<Evidence> {
        let place = usize::try_from(index.previous().0).ok()?;
        // What is there and agrees is only read, so that clones go on sharing it.
        let Some(written) = self.of_term(place, entry.term) else {
            let new = Written {
                term: entry.term,
                previous,
                payload: entry.payload.clone(),
                by: node,
                is_reported: false,
            };
            match self.first.get(place) {
                Some(Some(_)) => self.others.entry(place).or_default().push(new),
                _ => self.first.set(place, new),
            }
            return None;
        };
        if (written.payload == entry.payload && written.previous == previous) || written.is_reported
        {
            return None;
        }
        let name = LogEnd { index, term: entry.term };
        let evidence = if written.payload == entry.payload {
            Evidence::PredecessorsDiffer {
                entry: name,
                first: (written.by, written.previous),
                second: (node, previous),
            }
        } else {
            Evidence::EntriesDiffer { entry: name, first: written.by, second: node }
        };
        let first = self.first.get_mut(place).and_then(Option::as_mut);
        let mut there = first.into_iter().chain(self.others.get_mut(&place).into_iter().flatten());
        if let Some(written) = there.find(|it| it.term == entry.term) {
            written.is_reported = true;
        }
        Some(evidence)
    }

    /// What was first written at a place in a term.
    fn of_term(&self, place: usize, term: Term) -> Option<&Written> {
        let first = self.first.get(place)?.as_ref();
        let others = || self.others.get(&place).into_iter().flatten();
        first.filter(|it| it.term == term).or_else(|| others().find(|it| it.term == term))
    }
}
