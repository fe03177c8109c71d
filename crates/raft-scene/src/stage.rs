//! The stage: what stands still between two events.

use crate::client_mark::ClientMark;
use crate::hit::Hit;
use crate::link_mark::LinkMark;
use crate::node_mark::NodeMark;
use crate::wall::WallMark;
use raft_core::{Micros, NodeId};
use raft_sim::World;

/// What whoever looks wants to see: the box to fill, and how.
#[derive(Clone, PartialEq, Debug)]
pub struct StageView {
    /// How wide the box is; from 320 on, everything fits.
    pub width: f32,
    /// How high the box is; from 240 on, everything fits.
    pub height: f32,
    /// The phone's layout: each log below its node. Narrow boxes take it anyway.
    pub compact: bool,
    /// What is selected.
    pub selected: Option<Hit>,
    /// Whether to show the clients' boxes, where there is room for them.
    pub clients: bool,
}

impl StageView {
    /// The view of a box of this size, with all that fits in it.
    pub const fn of_size(width: f32, height: f32) -> StageView {
        StageView { width, height, compact: width < 480.0, selected: None, clients: true }
    }
}

/// Sizes that are the same for every node of a stage.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Metrics {
    /// The radius of a node's disc.
    pub node_radius: f32,
    /// The radius of the ring around it, at the middle of its stroke.
    pub ring_radius: f32,
    /// How wide the ring's stroke is.
    pub ring_width: f32,
    /// How large a node's letter is.
    pub name_size: f32,
    /// How large small text is: roles, notes, terms.
    pub label_size: f32,
    /// How wide a log cell is.
    pub cell_width: f32,
    /// How high a log cell is.
    pub cell_height: f32,
    /// Half the width of a message's mark.
    pub message_radius: f32,
}

/// What stands still between two events.
#[derive(Clone, PartialEq, Debug)]
pub struct Stage {
    /// How wide the box is.
    pub width: f32,
    /// How high it is.
    pub height: f32,
    /// Whether logs stand below their nodes.
    pub is_compact: bool,
    /// Sizes.
    pub metrics: Metrics,
    /// The wall, when there is one. Behind everything.
    pub wall: Option<WallMark>,
    /// The links, each once.
    pub links: Vec<LinkMark>,
    /// The nodes, in the order of their ids: `nodes[2]` is C.
    pub nodes: Vec<NodeMark>,
    /// The clients that there is room for.
    pub clients: Vec<ClientMark>,
    /// The whole in one or two sentences for who can't see it.
    pub description: String,
}

impl Stage {
    /// One node.
    pub fn node(&self, id: NodeId) -> Option<&NodeMark> {
        self.nodes.get(usize::from(id.number()))
    }
}

/// What stands still at a moment: call it once an event, or when the box changes.
pub fn stage(world: &World, at: Micros, view: &StageView) -> Stage {
    let _ = (world, at);
    Stage {
        width: view.width,
        height: view.height,
        is_compact: view.compact,
        metrics: Metrics::default(),
        wall: None,
        links: Vec::new(),
        nodes: Vec::new(),
        clients: Vec::new(),
        description: String::new(),
    }
}
