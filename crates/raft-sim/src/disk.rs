//! A disk: what is durable, what is being made so, and what a crash loses.

use crate::draw::{Purpose, draw};
use crate::latency::Latency;
use alloc::collections::VecDeque;
use raft_core::{Durable, Index, Log, Membership, Micros, NodeId, Term, Write, WriteId};

/// One node's disk. Writes become durable in order, and in groups: an fsync that
/// begins covers every write that waits at that moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disk {
    durable: Durable,
    waiting: VecDeque<Write>,
    // The last write that the fsync under way covers.
    syncing: Option<WriteId>,
    syncs: u64,
    is_stalled: bool,
    // The fsync under way would be done, were the disk not stalled.
    is_overdue: bool,
}

impl Disk {
    pub(crate) fn new(membership: Membership) -> Disk {
        Disk::with(Durable::new(membership))
    }

    /// A disk that holds this already.
    pub(crate) fn with(durable: Durable) -> Disk {
        Disk {
            durable,
            waiting: VecDeque::new(),
            syncing: None,
            syncs: 0,
            is_stalled: false,
            is_overdue: false,
        }
    }

    /// What a crash at this moment would leave.
    pub const fn durable(&self) -> &Durable {
        &self.durable
    }

    /// Makes one of what is the same in its log and another.
    pub(crate) fn share_log(&mut self, with: &Log) {
        self.durable.log.share(with);
    }

    /// How many fsyncs it has begun.
    pub(crate) const fn syncs(&self) -> u64 {
        self.syncs
    }

    /// How many writes a crash at this moment would lose.
    pub fn writes_waiting(&self) -> u32 {
        self.waiting.len() as u32
    }

    /// Whether no fsync ends for now. What is durable can still be read.
    pub const fn is_stalled(&self) -> bool {
        self.is_stalled
    }

    /// From now on no fsync ends.
    pub(crate) fn stall(&mut self) {
        self.is_stalled = true;
    }

    /// Fsyncs end again. Says whether one would have ended meanwhile, and so ends now.
    pub(crate) fn unstall(&mut self) -> bool {
        self.is_stalled = false;
        core::mem::take(&mut self.is_overdue)
    }

    /// Takes a write; it is not durable yet.
    pub(crate) fn take(&mut self, write: Write) {
        self.waiting.push_back(write);
    }

    /// Begins an fsync if there is something to sync and none under way. Gives
    /// how long it will take.
    pub(crate) fn begin_sync(&mut self, seed: u64, node: NodeId, fsync: Latency) -> Option<Micros> {
        if self.syncing.is_some() {
            return None;
        }
        self.syncing = Some(self.waiting.back()?.id);
        let nth = self.syncs;
        self.syncs += 1;
        Some(fsync.pick(draw(seed, Purpose::Fsync { node, nth })))
    }

    /// The fsync under way is done, unless the disk is stalled: what it covers is durable.
    pub(crate) fn end_sync(&mut self) -> Option<WriteId> {
        if self.is_stalled {
            self.is_overdue = true;
            return None;
        }
        let covered = self.syncing.take()?;
        while let Some(write) = self.waiting.front()
            && write.id <= covered
        {
            if let Some(write) = self.waiting.pop_front() {
                self.durable.write(write.change);
            }
        }
        Some(covered)
    }

    /// Power is lost: exactly what was not durable is gone.
    pub(crate) fn crash(&mut self) -> u32 {
        let lost = self.writes_waiting();
        self.waiting.clear();
        self.syncing = None;
        self.is_overdue = false;
        lost
    }

    /// Everything on it is gone, and an empty one is in its place. Gives how many entries,
    /// those that a snapshot covered included, and the term are forgotten.
    pub(crate) fn lose(&mut self, membership: Membership) -> (Index, Term) {
        let forgotten = (self.durable.log.last_index(), self.durable.hard_state.term);
        *self = Disk { syncs: self.syncs, ..Disk::new(membership) };
        forgotten
    }
}
