//! Regions and data centres: what joins the nodes that stand in one.
//!
//! A place is named beside each of its nodes (`node_state.rs`). One with several nodes is a
//! band behind them, along the ring:
//!
//! ```text
//!        A ═══╗
//!   E         ╚═ B        A and B stand in one place
//!     D      C
//! ```

use crate::layout::Layout;
use crate::path::PathData;
use raft_core::{NodeId, NodeSet};
use raft_sim::World;

/// A place with several nodes in it.
#[derive(Clone, PartialEq, Debug)]
pub struct PlaceMark {
    /// What it is called.
    pub name: String,
    /// Through the nodes, as path data to stroke as wide as [`PlaceMark::width`], with round
    /// ends. Behind the links.
    pub band: String,
    /// How wide the band is.
    pub width: f32,
}

/// The places of a scenario that several nodes stand in.
pub(crate) fn places(world: &World, layout: &Layout) -> Vec<PlaceMark> {
    let places = world.plan().scenario().places.iter();
    places
        .filter(|place| place.nodes.len() > 1)
        .map(|place| {
            let mut band = String::new();
            let count = layout.centers.len();
            for (step, at) in along_the_ring(place.nodes, count).into_iter().enumerate() {
                match step {
                    0 => band.move_to(layout.centers[at]),
                    _ => band.line_to(layout.centers[at]),
                }
            }
            let width = layout.metrics.outer_radius() * 2.0 + layout.metrics.label_size;
            PlaceMark { name: place.name.clone(), band, width }
        })
        .collect()
}

/// The places of these nodes on a ring of so many, from the first one after a gap on.
fn along_the_ring(nodes: NodeSet, count: usize) -> Vec<usize> {
    let is_in = |at: usize| NodeId::new(at as u8).is_some_and(|id| nodes.contains(id));
    let first = (0..count).find(|at| is_in(*at) && !is_in((at + count - 1) % count));
    let first = first.unwrap_or_default();
    (0..count).map(|step| (first + step) % count).filter(|at| is_in(*at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> NodeSet {
        text.bytes().filter_map(|letter| NodeId::new(letter - b'A')).collect()
    }

    #[test]
    fn a_band_goes_along_the_ring_and_not_across_it() {
        assert_eq!(along_the_ring(set("BCD"), 5), [1, 2, 3]);
        assert_eq!(along_the_ring(set("AE"), 5), [4, 0]);
        assert_eq!(along_the_ring(set("ABE"), 5), [4, 0, 1]);
        assert_eq!(along_the_ring(set("ABCDE"), 5), [0, 1, 2, 3, 4]);
        assert_eq!(along_the_ring(set("AC"), 5), [0, 2]);
    }
}
