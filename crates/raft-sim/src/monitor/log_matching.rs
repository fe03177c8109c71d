//! Log Matching: "if two logs contain an entry with the same index and term, then
//! the logs are identical in all entries up through the given index" (paper, Figure 3).
//!
//! It is enough that every entry ever written, named by its index and term, holds
//! one thing and stands after an entry of one term: its predecessor is then the
//! same entry everywhere, and so on down to the first.

use super::violation::Evidence;
use crate::shelf::Shelf;
use alloc::vec::Vec;
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

/// Every entry that was written at one index: as a rule one, more where leaders
/// of different terms left theirs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Place {
    first: Option<Written>,
    others: Vec<Written>,
}

/// Every entry that was ever written, by index.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct LogMatching {
    places: Shelf<Place>,
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
        let known = self.places.get(place).and_then(|there| {
            there.first.iter().chain(&there.others).position(|it| it.term == entry.term)
        });
        let Some(known) = known else {
            while self.places.len() <= place {
                self.places.push(Place::default());
            }
            let there = self.places.get_mut(place)?;
            let new = Written {
                term: entry.term,
                previous,
                payload: entry.payload.clone(),
                by: node,
                is_reported: false,
            };
            match &there.first {
                None => there.first = Some(new),
                Some(_) => there.others.push(new),
            }
            return None;
        };
        let there = self.places.get(place)?;
        let written = there.first.iter().chain(&there.others).nth(known)?;
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
        let there = self.places.get_mut(place)?;
        if let Some(written) = there.first.iter_mut().chain(&mut there.others).nth(known) {
            written.is_reported = true;
        }
        Some(evidence)
    }
}
