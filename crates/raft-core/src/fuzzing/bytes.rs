//! Bytes, read as numbers, flags and servers. Any bytes will do, and none is wrong: what
//! a fuzzer changes in them changes a schedule a little.

use crate::{InForce, MAX_NODES, NodeId, NodeSet, ReadMode, Reconfiguration};

/// Bytes, read from the front. After the last there are zeros.
pub(crate) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Bytes<'a> {
        Bytes(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u8) -> u8 {
        self.byte() % end
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() % 2 == 1
    }

    /// True for one byte in so many.
    pub(crate) fn one_in(&mut self, many: u8) -> bool {
        self.byte() % many == many - 1
    }

    /// A small number, or one that something could go wrong with.
    pub(crate) fn number(&mut self) -> u64 {
        match self.byte() {
            small @ 0..=239 => u64::from(small % 10),
            240..=243 => u64::MAX,
            244..=247 => u64::MAX - 1,
            248..=251 => 1 << 32,
            _ => (0..8).fold(0, |number, _| number << 8 | u64::from(self.byte())),
        }
    }

    /// Any server that can be.
    pub(crate) fn node(&mut self) -> NodeId {
        self.node_of(MAX_NODES)
    }

    /// One of the first `count` servers, of the first five more often than not.
    fn node_of(&mut self, count: u8) -> NodeId {
        let number = self.byte();
        let count = if number < 224 { count.min(5) } else { count };
        NodeId::new(number % count).unwrap_or(NodeId::A)
    }

    /// A few of the first `count` servers.
    pub(crate) fn nodes(&mut self, count: u8) -> NodeSet {
        (0..self.below(4)).map(|_| self.node_of(count)).collect()
    }

    pub(crate) fn read_mode(&mut self) -> ReadMode {
        match self.below(5) {
            0 | 1 => ReadMode::ReadIndex,
            2 | 3 => ReadMode::Lease,
            _ => ReadMode::Log,
        }
    }

    pub(crate) fn in_force(&mut self) -> InForce {
        if self.flag() { InForce::WhenApplied } else { InForce::WhenAppended }
    }

    /// A change to servers of the first `count`.
    pub(crate) fn reconfiguration(&mut self, count: u8) -> Reconfiguration {
        match self.below(4) {
            0 => Reconfiguration::AddLearner(self.node_of(count)),
            1 => Reconfiguration::AddVoter(self.node_of(count)),
            2 => Reconfiguration::Remove(self.node_of(count)),
            _ => {
                let (voters, learners) = (self.nodes(count), self.nodes(count));
                Reconfiguration::Joint { voters, learners }
            }
        }
    }
}
