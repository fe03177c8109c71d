//! A link between two nodes.

use crate::geometry::Point;
use raft_core::NodeId;

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
