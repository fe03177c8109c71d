//! What is under a pointer.

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
/// Messages go before cells, cells before nodes, nodes before links.
pub fn hit_test(stage: &Stage, motion: &Motion, x: f32, y: f32, reach: f32) -> Option<Hit> {
    let _ = (stage, motion, x, y, reach);
    None
}
