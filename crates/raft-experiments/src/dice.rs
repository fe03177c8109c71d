//! Chance that is the same everywhere: what schedules are drawn with.

use raft_core::{Micros, NodeId, NodeSet};

/// SplitMix64 (Steele, Lea, Flood 2014) behind a few words: the same seed gives the same
/// draws on every machine.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice whose draws are a function of `seed`.
    pub const fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number of `least ..= most`; `least` where that is empty.
    pub fn of(&mut self, least: u64, most: u64) -> u64 {
        let width = u128::from(most.saturating_sub(least)) + 1;
        least + ((u128::from(self.next()) * width) >> 64) as u64
    }

    /// Whether one chance in `count` came true.
    pub fn one_in(&mut self, count: u64) -> bool {
        self.of(1, count) == 1
    }

    /// One of these; `None` of nothing.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let last = (from.len() as u64).checked_sub(1)?;
        from.get(self.of(0, last) as usize).copied()
    }

    /// A span of `least ..= most` microseconds.
    pub fn span(&mut self, least: u64, most: u64) -> Micros {
        Micros(self.of(least, most))
    }

    /// One of a cluster's nodes.
    pub fn node(&mut self, nodes: u8) -> NodeId {
        let number = self.of(0, u64::from(nodes.max(1)) - 1);
        NodeId::new(number as u8).unwrap_or(NodeId::A)
    }

    /// One of a cluster's nodes that is not this one; the same where there is no other.
    pub fn other(&mut self, node: NodeId, nodes: u8) -> NodeId {
        if nodes < 2 {
            return node;
        }
        let step = self.of(1, u64::from(nodes) - 1) as u8;
        NodeId::new((node.number() + step) % nodes).unwrap_or(node)
    }

    /// Each of a cluster's nodes with a chance of one half.
    pub fn some_nodes(&mut self, nodes: u8) -> NodeSet {
        (0..nodes).filter_map(NodeId::new).filter(|_| self.one_in(2)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_reaches_both_ends_and_nothing_past_them() {
        let mut dice = Dice::new(1);
        let drawn: Vec<u64> = (0..1_000).map(|_| dice.of(3, 6)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&3), Some(&6)));
    }

    #[test]
    fn another_node_is_another() {
        let mut dice = Dice::new(2);
        for nodes in 2..9 {
            for _ in 0..100 {
                let node = dice.node(nodes);
                let other = dice.other(node, nodes);
                assert!(other != node && other.number() < nodes);
            }
        }
    }
}
