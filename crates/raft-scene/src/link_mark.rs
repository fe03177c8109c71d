//! A link between two nodes.

use crate::geometry::Point;
use crate::layout::Layout;
use crate::path::PathData;
use raft_core::NodeId;
use raft_sim::World;

/// What gets through a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum LinkState {
    /// Everything.
    #[default]
    Whole,
    /// Nothing, either way.
    Cut,
    /// Nothing from `from` to `to`; all the other way.
    CutOneWay {
        /// From here ...
        from: NodeId,
        /// ... nothing reaches there.
        to: NodeId,
    },
}

impl LinkState {
    /// The end of a CSS class: `whole`, `cut`, `one-way`.
    pub const fn name(self) -> &'static str {
        match self {
            LinkState::Whole => "whole",
            LinkState::Cut => "cut",
            LinkState::CutOneWay { .. } => "one-way",
        }
    }
}

/// A link between two nodes, both ways: one line.
#[derive(Clone, PartialEq, Debug)]
pub struct LinkMark {
    /// One end, the lower of the two ids.
    pub one: NodeId,
    /// The other end.
    pub other: NodeId,
    /// Where the line begins, at the rim of `one`.
    pub start: Point,
    /// Where it ends, at the rim of `other`.
    pub end: Point,
    /// What gets through.
    pub state: LinkState,
    /// The line, as path data: stroke it; dotted where `state` is `Cut`. A link that
    /// is cut one way is drawn as the way that is open, with a head where it arrives.
    pub line: String,
    /// The cross on the way that is cut, as path data to stroke; else empty.
    pub cross: String,
    /// A sentence, where there is something to say: `Nothing gets from A to B.`
    pub description: String,
}

/// What gets through the link between two nodes of a world.
pub(crate) fn state_of(world: &World, one: NodeId, other: NodeId) -> LinkState {
    let network = world.network();
    match (network.is_cut(one, other), network.is_cut(other, one)) {
        (false, false) => LinkState::Whole,
        (true, true) => LinkState::Cut,
        (true, false) => LinkState::CutOneWay { from: one, to: other },
        (false, true) => LinkState::CutOneWay { from: other, to: one },
    }
}

/// Every link between two of these nodes of a stage.
pub(crate) fn links(
    layout: &Layout,
    ids: &[NodeId],
    state_of: impl Fn(NodeId, NodeId) -> LinkState,
) -> Vec<LinkMark> {
    let mut marks = Vec::new();
    for (place, one) in ids.iter().enumerate() {
        for (other_place, other) in ids.iter().enumerate().skip(place + 1) {
            let (Some(here), Some(there)) =
                (layout.centers.get(place), layout.centers.get(other_place))
            else {
                continue;
            };
            let state = state_of(*one, *other);
            marks.push(link(layout, (*one, *here), (*other, *there), state));
        }
    }
    marks
}

fn link(
    layout: &Layout,
    (one, here): (NodeId, Point),
    (other, there): (NodeId, Point),
    state: LinkState,
) -> LinkMark {
    let (start, end) = rims(here, there, layout.metrics.outer_radius());
    let (mut line, mut cross, mut description) = (String::new(), String::new(), String::new());
    line.segment(start, end);
    match state {
        LinkState::Whole => {}
        LinkState::Cut => description = format!("Nothing gets through between {one} and {other}."),
        LinkState::CutOneWay { from, to } => {
            let (tail, head) = if from == other { (start, end) } else { (end, start) };
            let size = layout.metrics.message_radius;
            let back = head.towards(tail, size * 1.6 / head.distance(tail).max(1.0));
            let aside = across(tail, head, size * 0.7);
            line.move_to(Point::new(back.x + aside.x, back.y + aside.y));
            line.line_to(head);
            line.line_to(Point::new(back.x - aside.x, back.y - aside.y));
            // On the lane of the way that is cut, a third of the way out.
            let lane = across(head, tail, size * 0.9);
            let at = head.towards(tail, 0.36);
            cross.cross(Point::new(at.x + lane.x, at.y + lane.y), size * 0.6);
            description = format!("Nothing gets from {from} to {to}; the way back is open.");
        }
    }
    LinkMark { one, other, start, end, state, line, cross, description }
}

/// Where a straight way between two nodes leaves the one and meets the other.
pub(crate) fn rims(from: Point, to: Point, outer: f32) -> (Point, Point) {
    let distance = from.distance(to).max(1.0);
    let share = ((outer + 1.0) / distance).min(0.5);
    (from.towards(to, share), to.towards(from, share))
}

/// To the right hand of who goes from `from` to `to`, `length` far.
pub(crate) fn across(from: Point, to: Point, length: f32) -> Point {
    let distance = from.distance(to).max(0.001);
    Point::new(-(to.y - from.y) / distance * length, (to.x - from.x) / distance * length)
}
