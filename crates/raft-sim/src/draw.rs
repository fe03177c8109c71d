//! Random draws that don't depend on each other.
//!
//! Every draw is a pure function of (seed, what it is for, who, which one in
//! order). The latency of the third AppendEntries from A to B does not change
//! because a client was added, so two worlds that differ in one setting stay
//! comparable. Nothing here is wider or narrower on a 32-bit machine.

use raft_core::{MessageKind, NodeId};

/// What a draw is for, and for whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// The seed of a node's own generator, for its `boot`-th start.
    NodeSeed { node: NodeId, boot: u64 },
    /// How long the `nth` message of a kind takes from one node to another.
    Latency { from: NodeId, to: NodeId, kind: MessageKind, nth: u64 },
    /// Whether it is lost on the way.
    Loss { from: NodeId, to: NodeId, kind: MessageKind, nth: u64 },
    /// Whether it arrives a second time.
    Duplicate { from: NodeId, to: NodeId, kind: MessageKind, nth: u64 },
    /// How long after the first time.
    LatencyOfDuplicate { from: NodeId, to: NodeId, kind: MessageKind, nth: u64 },
    /// How long a node's `nth` fsync takes.
    Fsync { node: NodeId, nth: u64 },
    /// How long a node's `nth` snapshot takes.
    Snapshot { node: NodeId, nth: u64 },
    /// How long a client's `nth` message takes, in either direction.
    ClientLatency { client: u32, nth: u64 },
}

fn mix(state: u64, word: u64) -> u64 {
    // SplitMix64's finaliser over the running state: each word changes every bit.
    let mut mixed = state.wrapping_add(word).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The draw: 64 bits, each as likely as any.
pub(crate) fn draw(seed: u64, purpose: Purpose) -> u64 {
    let (tag, who, nth) = match purpose {
        Purpose::NodeSeed { node, boot } => (1, u64::from(node.number()), boot),
        Purpose::Latency { from, to, kind, nth } => (2, link(from, to, kind), nth),
        Purpose::Loss { from, to, kind, nth } => (3, link(from, to, kind), nth),
        Purpose::Fsync { node, nth } => (4, u64::from(node.number()), nth),
        Purpose::ClientLatency { client, nth } => (5, u64::from(client), nth),
        Purpose::Duplicate { from, to, kind, nth } => (6, link(from, to, kind), nth),
        Purpose::LatencyOfDuplicate { from, to, kind, nth } => (7, link(from, to, kind), nth),
        Purpose::Snapshot { node, nth } => (8, u64::from(node.number()), nth),
    };
    mix(mix(mix(mix(0, seed), tag), who), nth)
}

fn link(from: NodeId, to: NodeId, kind: MessageKind) -> u64 {
    (u64::from(from.number()) << 16) | (u64::from(to.number()) << 8) | kind_number(kind)
}

/// A number for each kind that never changes, so that old links keep their meaning.
const fn kind_number(kind: MessageKind) -> u64 {
    match kind {
        MessageKind::RequestVote => 0,
        MessageKind::RequestVoteReply => 1,
        MessageKind::AppendEntries => 2,
        MessageKind::AppendEntriesReply => 3,
        MessageKind::RequestPreVote => 4,
        MessageKind::RequestPreVoteReply => 5,
        MessageKind::TimeoutNow => 6,
        MessageKind::InstallSnapshot => 7,
        MessageKind::InstallSnapshotReply => 8,
        MessageKind::RequestReadIndex => 9,
        MessageKind::RequestReadIndexReply => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn draws_for_different_purposes_differ() {
        let kinds = [MessageKind::RequestVote, MessageKind::AppendEntries];
        let mut seen = BTreeSet::new();
        let mut count = 0;
        for nth in 0..50 {
            for kind in kinds {
                for (from, to) in [(NodeId::A, NodeId::B), (NodeId::B, NodeId::A)] {
                    seen.insert(draw(1, Purpose::Latency { from, to, kind, nth }));
                    seen.insert(draw(1, Purpose::Loss { from, to, kind, nth }));
                    count += 2;
                }
            }
            seen.insert(draw(1, Purpose::Fsync { node: NodeId::A, nth }));
            seen.insert(draw(2, Purpose::Fsync { node: NodeId::A, nth }));
            count += 2;
        }
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn a_draw_is_the_same_next_year() {
        let third = Purpose::Latency {
            from: NodeId::A,
            to: NodeId::B,
            kind: MessageKind::AppendEntries,
            nth: 3,
        };
        assert_eq!(draw(42, third), 1_262_835_139_020_238_747);
    }
}
