//! The space-time diagram: a lane a node and a client, time from left to right.

use crate::geometry::{Point, Rectangle};
use crate::message_mark::MarkKind;
use crate::node_mark::NodeRole;
use crate::text_mark::{TextMark, Tone};
use crate::timeline_index::TimelineIndex;
use raft_core::{Micros, NodeId};
use raft_sim::{OperationId, Property};

/// The box to fill.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TimelineView {
    /// How wide the box is.
    pub width: f32,
    /// How high the box is.
    pub height: f32,
    /// Whether to leave room for the lanes' names, the axis and the clients; without,
    /// only the nodes' lanes are drawn, as in an embedded page.
    pub is_full: bool,
}

/// Whose lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LaneOf {
    /// A node's.
    Node(NodeId),
    /// A client's; 0 is whoever sits in front of the page.
    Client(u32),
}

/// A lane.
#[derive(Clone, PartialEq, Debug)]
pub struct LaneMark {
    /// Whose.
    pub of: LaneOf,
    /// Its name: `A`, `c1`, `you`. At the left; empty where there is no room.
    pub label: TextMark,
    /// The middle of the lane.
    pub y: f32,
}

/// Where nodes are of one role, on all lanes: one path to fill.
#[derive(Clone, PartialEq, Debug)]
pub struct RoleBand {
    /// The role; never [`NodeRole::StaleLeader`].
    pub role: NodeRole,
    /// Path data.
    pub path: String,
}

/// The messages of one kind: one path to stroke and one to fill.
#[derive(Clone, PartialEq, Debug)]
pub struct Strand {
    /// The kind; [`MarkKind::Lost`] for those that died: stroke them dashed.
    pub kind: MarkKind,
    /// Their lines, to stroke.
    pub lines: String,
    /// Dots where they arrived, to fill; for lost ones crosses, to stroke.
    pub ends: String,
}

/// The time in which something was broken.
#[derive(Clone, PartialEq, Debug)]
pub struct FaultMark {
    /// The shading.
    pub bounds: Rectangle,
    /// What it was: `partition {A} | {B C D E}`, `A is down`, `A → B cut`.
    pub label: String,
}

/// An operation: a bar from question to answer.
#[derive(Clone, PartialEq, Debug)]
pub struct OperationMark {
    /// Its name.
    pub operation: OperationId,
    /// The client; 0 is whoever sits in front of the page.
    pub client: u32,
    /// The bar.
    pub bounds: Rectangle,
    /// What it was: on the bar or right of it; empty where there is no room.
    pub label: TextMark,
    /// How it went.
    pub tone: Tone,
    /// Whether it is part of a violation.
    pub is_stale: bool,
    /// The event in which it ended; in which it began, as long as it goes on.
    pub event: u64,
    /// One sentence.
    pub description: String,
}

/// A round moment on the axis.
#[derive(Clone, PartialEq, Debug)]
pub struct TickMark {
    /// When.
    pub at: Micros,
    /// Where.
    pub x: f32,
    /// `450 ms`, above the lanes; empty without an axis.
    pub label: TextMark,
}

/// A violation.
#[derive(Clone, PartialEq, Debug)]
pub struct ViolationMark {
    /// Where: the top of the mark.
    pub at: Point,
    /// The event in which it was found.
    pub event: u64,
    /// Which property.
    pub property: Property,
    /// One sentence.
    pub description: String,
}

/// The space-time diagram of a span of a run.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TimelineMarks {
    /// Where time is drawn: from its left edge to its right.
    pub plot: Rectangle,
    /// When its left edge is.
    pub from: Micros,
    /// When its right edge is.
    pub to: Micros,
    /// The lanes, from the top.
    pub lanes: Vec<LaneMark>,
    /// The ticks of the axis.
    pub ticks: Vec<TickMark>,
    /// What was broken, behind everything.
    pub faults: Vec<FaultMark>,
    /// The roles.
    pub roles: Vec<RoleBand>,
    /// The messages; none where they would be too many to tell apart.
    pub strands: Vec<Strand>,
    /// Where `strands` leaves messages out: how busy it is, as one faint path to fill.
    pub density: String,
    /// What the clients did.
    pub operations: Vec<OperationMark>,
    /// What went wrong.
    pub violations: Vec<ViolationMark>,
}

impl TimelineMarks {
    /// Where a time is; outside of the plot for a time outside of the span.
    pub fn x_of(&self, at: Micros) -> f32 {
        let span = (self.to - self.from).0.max(1) as f64;
        let passed = at.0 as f64 - self.from.0 as f64;
        self.plot.x + (passed / span) as f32 * self.plot.width
    }

    /// The time at a place; places left or right of the plot count as its edges.
    pub fn time_at(&self, x: f32) -> Micros {
        let fraction = f64::from((x - self.plot.x) / self.plot.width.max(1.0)).clamp(0.0, 1.0);
        self.from + Micros((fraction * (self.to - self.from).0 as f64) as u64)
    }
}

/// The space-time diagram of a span of a run.
pub fn timeline_marks(
    index: &TimelineIndex,
    from: Micros,
    to: Micros,
    view: &TimelineView,
) -> TimelineMarks {
    let _ = (index, view);
    TimelineMarks { from, to, ..TimelineMarks::default() }
}
