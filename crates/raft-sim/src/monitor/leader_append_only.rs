//! Leader Append-Only: "a leader never overwrites or deletes entries in its log; it
//! only appends new entries" (paper, Figure 3).

use super::violation::Evidence;
use raft_core::{Index, Log, LogEnd, NodeId, Term};

/// A leader of `term` asks to write its log from `first` on. `log` is what it was.
pub(super) fn check(leader: NodeId, term: Term, log: &Log, first: Index) -> Option<Evidence> {
    let last = log.end();
    if first > last.index {
        return None;
    }
    let first = LogEnd { index: first, term: log.term_at(first).unwrap_or_default() };
    Some(Evidence::LeaderWroteOver { leader, term, first, last })
}
