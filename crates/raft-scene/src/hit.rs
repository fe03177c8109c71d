//! What is under a pointer.

use crate::geometry::{Point, distance_to_segment};
use crate::message_mark::Motion;
use crate::stage::Stage;
use raft_core::{Index, NodeId};
use raft_sim::MessageId;

/// Something on the stage that one can point at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Hit {
    /// A node.
    Node(NodeId),
    /// A message on its way.
    Message(MessageId),
    /// An entry of a node's log.
    Cell {
        /// Whose log.
        node: NodeId,
        /// Which entry.
        index: Index,
    },
    /// A link, the lower id first.
    Link {
        /// One end.
        one: NodeId,
        /// The other end.
        other: NodeId,
    },
    /// A client; 0 is whoever sits in front of the page.
    Client(u32),
}

/// What is nearest to a place, within `reach` pixels: 22 for a finger, 8 for a mouse.
/// What lies under the place itself goes first; of what is only near, the nearest.
pub fn hit_test(stage: &Stage, motion: &Motion, x: f32, y: f32, reach: f32) -> Option<Hit> {
    let place = Point::new(x, y);
    let radius = stage.metrics.message_radius;
    let messages = motion.messages.iter().map(|message| {
        (Hit::Message(message.id), (message.center.distance(place) - radius).max(0.0))
    });
    let cells = stage.nodes.iter().flat_map(|node| {
        node.log.cells.iter().map(|cell| {
            (Hit::Cell { node: node.id, index: cell.index }, cell.bounds.distance(place))
        })
    });
    let outer = stage.metrics.outer_radius();
    let nodes = stage
        .nodes
        .iter()
        .map(|node| (Hit::Node(node.id), (node.center.distance(place) - outer).max(0.0)));
    let clients = stage
        .clients
        .iter()
        .map(|client| (Hit::Client(client.number), client.bounds.distance(place)));
    // A link is thin and long: it is hit only where nothing else is near.
    let links = stage.links.iter().map(|link| {
        let distance = distance_to_segment(place, link.start, link.end);
        (Hit::Link { one: link.one, other: link.other }, distance)
    });
    let nearest = |hits: &mut dyn Iterator<Item = (Hit, f32)>| {
        hits.filter(|(_, distance)| *distance <= reach)
            .min_by(|(_, one), (_, other)| one.total_cmp(other))
            .map(|(hit, _)| hit)
    };
    nearest(&mut messages.chain(cells).chain(nodes).chain(clients))
        .or_else(|| nearest(&mut links.filter(|(_, distance)| *distance <= 8.0)))
}
