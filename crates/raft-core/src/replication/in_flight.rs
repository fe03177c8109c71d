//! How many messages with entries a leader has under way to one follower.
//!
//! A leader that replicates doesn't wait for answers. Towards a follower that is slow, or
//! gone, it must stop at some point all the same, or all that it appends would be on its
//! way, an entry a message. At the limit, entries wait, and go in larger messages once
//! answers have freed places; heartbeats go on, without entries (etcd: MaxInflightMsgs).
//!
//! ```text
//!   limit 3     sent up to 4 · 5 · 6, then 7 8 9 wait      match_index 4: one place is free
//!                          5 · 6 · 9 [7 8 9 in one message]
//! ```
//!
//! Nothing that is lost blocks it for ever. The next heartbeat says where its entries end:
//! if messages were lost, the follower refuses it, and all places are free; if only answers
//! were, its answer says so.

use crate::log::Index;
use alloc::collections::VecDeque;

/// Messages with entries that a follower has not answered yet, oldest first: each by
/// its last entry.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct InFlight {
    lasts: VecDeque<Index>,
}

impl InFlight {
    pub(crate) fn count(&self) -> u64 {
        self.lasts.len() as u64
    }

    pub(crate) fn is_full(&self, most: u32) -> bool {
        self.count() >= u64::from(most)
    }

    pub(crate) fn sent_up_to(&mut self, last: Index) {
        self.lasts.push_back(last);
    }

    /// The follower has all up to `match_index`: what ends there or before is answered.
    pub(crate) fn answered_up_to(&mut self, match_index: Index) {
        while self.lasts.front().is_some_and(|last| *last <= match_index) {
            self.lasts.pop_front();
        }
    }
}
