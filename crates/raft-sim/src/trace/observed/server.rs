//! What is told of one server so far.

use super::ObservedRole;
use alloc::vec::Vec;
use raft_core::{Index, LogEnd, Membership, Term};

/// One server.
pub(super) struct Server {
    pub(super) is_up: bool,
    /// In which of its lives it is.
    pub(super) life: u64,
    pub(super) role: ObservedRole,
    /// Its current term, and the line that told it.
    pub(super) term: (Term, u64),
    /// The latest term in which it voted or led, and the line: that is on its disk.
    pub(super) bound_by: (Term, u64),
    /// The last entry of its log.
    pub(super) end: LogEnd,
    /// Up to where a snapshot stands for its log.
    pub(super) base: Index,
    /// The same two as they were in this life before each change that took something away: a
    /// snapshot, or entries over others. What was not on its disk in a crash is undone.
    pub(super) before: Vec<(Index, LogEnd)>,
    pub(super) commit_index: Index,
    /// The last index that it applied in this life, if it has applied any.
    pub(super) applied: Option<Index>,
    pub(super) membership: Membership,
}

impl Server {
    pub(super) const fn new(membership: Membership) -> Server {
        Server {
            is_up: true,
            life: 0,
            role: ObservedRole::Follower,
            term: (Term(0), 1),
            bound_by: (Term(0), 1),
            end: LogEnd { index: Index(0), term: Term(0) },
            base: Index::ZERO,
            before: Vec::new(),
            commit_index: Index::ZERO,
            applied: None,
            membership,
        }
    }

    pub(super) fn leads(&self) -> bool {
        self.role == ObservedRole::Leader
    }
}
