//! The stage: what stands still between two events.

use crate::client_mark::{self, ClientMark};
use crate::hit::Hit;
use crate::layout::Layout;
use crate::link_mark::{self, LinkMark};
use crate::node_mark::{self, NodeMark, NodeRole};
use crate::node_state;
use crate::place_mark::{self, PlaceMark};
use crate::wall::{self, WallMark};
use raft_core::{Micros, NodeId};
use raft_sim::{OperationId, World};

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
    /// Stale reads: their clients' boxes are marked. The world itself knows what follows
    /// from the first violation only; the timeline's index knows all:
    /// [`TimelineIndex::stale`](crate::TimelineIndex::stale).
    pub stale: Vec<OperationId>,
}

impl StageView {
    /// The view of a box of this size, with all that fits in it.
    pub const fn of_size(width: f32, height: f32) -> StageView {
        let compact = width < 480.0;
        StageView { width, height, compact, selected: None, clients: true, stale: Vec::new() }
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
    /// The regions or data centres that several nodes stand in. Before the wall's sides, and
    /// behind everything else.
    pub places: Vec<PlaceMark>,
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
    let layout = Layout::new(world.hosts().len(), view);
    let nodes = node_mark::nodes(node_state::faces(world, at), &layout, view.selected);
    let ids: Vec<NodeId> = world.hosts().iter().map(|host| host.id()).collect();
    Stage {
        width: view.width,
        height: view.height,
        is_compact: layout.is_compact,
        metrics: layout.metrics,
        wall: wall::wall(world, &layout),
        places: place_mark::places(world, &layout),
        links: link_mark::links(&layout, &ids, |one, other| link_mark::state_of(world, one, other)),
        clients: client_mark::clients(world, &layout, &view.stale),
        description: describe(world, &nodes),
        nodes,
    }
}

fn describe(world: &World, nodes: &[NodeMark]) -> String {
    let mut text = format!("{} nodes.", nodes.len());
    match world.leader().and_then(|id| world.host(id)?.node().map(|node| (id, node.view().term())))
    {
        Some((leader, term)) => text.push_str(&format!(" {leader} leads term {term}.")),
        None => text.push_str(" Nobody leads."),
    }
    for node in nodes {
        if matches!(node.role, NodeRole::StaleLeader | NodeRole::Crashed) {
            text.push(' ');
            text.push_str(&node.description);
        }
    }
    if let Some(since) = world.network().parted_since() {
        let groups: Vec<String> =
            world.network().groups().iter().map(|it| it.to_string()).collect();
        text.push_str(&format!(" A partition since {since}: {}.", groups.join(" | ")));
    }
    text
}
