//! Round trips between real places, as they were measured.

use crate::network::RoundTrip;
use alloc::vec::Vec;
use raft_core::{Micros, NodeId};

/// Five regions of a public cloud, for a cluster with a node in each: in the order of the
/// nodes, A to E.
pub const FIVE_REGIONS: [&str; 5] =
    ["East US", "West US 2", "West Europe", "Japan East", "Brazil South"];

/// What Microsoft publishes for these regions of Azure, in whole milliseconds there and back:
/// "Azure network round-trip latency statistics" (learn.microsoft.com/azure/networking/
/// azure-network-latency), the 95th percentile of probes each minute over the 30 days that
/// ended on July 30, 2026. Of the two directions of a pair, which differ by some
/// milliseconds, it is the one from the first to the second.
const MEASURED: [(NodeId, NodeId, u64); 10] = [
    (NodeId::B, NodeId::A, 76),
    (NodeId::C, NodeId::A, 91),
    (NodeId::D, NodeId::A, 165),
    (NodeId::E, NodeId::A, 121),
    (NodeId::C, NodeId::B, 153),
    (NodeId::D, NodeId::B, 103),
    (NodeId::E, NodeId::B, 179),
    (NodeId::D, NodeId::C, 242),
    (NodeId::E, NodeId::C, 191),
    (NodeId::D, NodeId::E, 275),
];

/// The round trips between [`FIVE_REGIONS`]: for [`NetworkPlan::measured`]. They are those of
/// nearly the slowest probes; what was published says nothing of the others, so whoever wants
/// jitter chooses it.
///
/// [`NetworkPlan::measured`]: crate::NetworkPlan::measured
pub fn five_regions() -> Vec<RoundTrip> {
    let measured = MEASURED.iter();
    measured
        .map(|(from, to, millis)| RoundTrip {
            from: *from,
            to: *to,
            span: Micros::from_millis(*millis),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_core::NodeSet;

    #[test]
    fn each_pair_of_regions_was_measured_once() {
        let pairs: Vec<NodeSet> =
            five_regions().iter().map(|it| NodeSet::only(it.from).with(it.to)).collect();
        for (place, pair) in pairs.iter().enumerate() {
            assert!(pair.len() == 2 && !pairs[..place].contains(pair));
            assert!(pair.iter().all(|node| NodeSet::first(5).contains(node)));
        }
        assert_eq!(pairs.len(), 5 * 4 / 2);
    }
}
