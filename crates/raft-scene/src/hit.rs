//! What is under a pointer.

use crate::geometry::{Point, Rectangle, distance_to_segment};
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
        .or_else(|| nearest(&mut links.filter(|(_, distance)| *distance <= LINK_REACH)))
}

/// How far from a link's line even a finger may be to mean it.
const LINK_REACH: f32 = 14.0;

/// Everything on a stage that one can point at, for who goes from one to the next by
/// keyboard: nodes, messages on their way, links, log cells, clients.
pub fn everything(stage: &Stage, motion: &Motion) -> Vec<Hit> {
    let cells = stage.nodes.iter().flat_map(|node| {
        node.log.cells.iter().map(|cell| Hit::Cell { node: node.id, index: cell.index })
    });
    let links = stage.links.iter().map(|link| Hit::Link { one: link.one, other: link.other });
    let mut all: Vec<Hit> = stage.nodes.iter().map(|node| Hit::Node(node.id)).collect();
    all.extend(motion.messages.iter().map(|message| Hit::Message(message.id)));
    all.extend(links.chain(cells));
    all.extend(stage.clients.iter().map(|client| Hit::Client(client.number)));
    all
}

/// The box around something, so that what is said of it can stand beside it; around the
/// middle of a link. `None` where it is not on the stage.
pub fn bounds_of(hit: Hit, stage: &Stage, motion: &Motion) -> Option<Rectangle> {
    let around = |center: Point, radius: f32| {
        Rectangle::new(center.x - radius, center.y - radius, radius * 2.0, radius * 2.0)
    };
    let radius = stage.metrics.message_radius;
    match hit {
        Hit::Node(id) => Some(around(stage.node(id)?.center, stage.metrics.outer_radius())),
        Hit::Message(id) => {
            let message = motion.messages.iter().find(|message| message.id == id)?;
            Some(around(message.center, radius))
        }
        Hit::Link { one, other } => {
            let link = stage.links.iter().find(|link| (link.one, link.other) == (one, other))?;
            Some(around(link.start.towards(link.end, 0.5), radius))
        }
        Hit::Cell { node, index } => {
            let cells = &stage.node(node)?.log.cells;
            Some(cells.iter().find(|cell| cell.index == index)?.bounds)
        }
        Hit::Client(number) => {
            Some(stage.clients.iter().find(|client| client.number == number)?.bounds)
        }
    }
}
