//! What a moment of a Raft cluster looks like and how it is told, as pure data.
//!
//! Nothing here knows a browser. The page keeps these marks on screen, and
//! [`svg`] paints the very same marks into a figure, so that a figure, a test and
//! the page can't disagree.
//!
//! ```text
//!   (World, StageView)  -> Stage          what stands still: once an event
//!   (World, at, Stage)  -> Motion         what moves: every frame
//!   (World, view)       -> LogGrid        the logs side by side, for a table
//!   Timeline            -> TimelineIndex  once a run
//!   (index, from, to)   -> TimelineMarks  the space-time diagram of a span
//!   records, messages   -> words          what it all means, in plain English
//! ```
//!
//! Positions are in CSS pixels of the box that the view gives, from its top left.

mod axis;
mod client_mark;
mod digits;
mod geometry;
mod hit;
mod layout;
mod link_mark;
mod log_grid;
mod log_mark;
mod member;
mod message_mark;
mod node_mark;
mod node_state;
#[cfg(feature = "observed")]
mod observed;
mod path;
mod place_mark;
mod space_time;
mod stage;
pub mod svg;
mod text_mark;
mod timeline_index;
mod tokens;
mod wall;
pub mod words;

pub use client_mark::ClientMark;
pub use geometry::{Point, Rectangle};
pub use hit::{Hit, bounds_of, everything, hit_test};
pub use link_mark::{LinkMark, LinkState};
pub use log_grid::{
    EntryKind, GridCell, GridEntry, LogGrid, LogGridView, LogRow, SeenByLeader, log_grid,
};
pub use log_mark::{CellMark, LogMark};
pub use member::MemberKind;
pub use message_mark::{
    LostMessage, MarkKind, MessageLayer, MessageMark, Motion, count_stroke, motion,
};
pub use node_mark::{Glyph, NodeMark, NodeRole, PipMark, ProgressMark, RingKind, Vote};
#[cfg(feature = "observed")]
pub use observed::ObservedCluster;
pub use place_mark::PlaceMark;
pub use space_time::{
    FaultMark, LaneMark, LaneOf, OperationBand, OperationMark, RoleBand, Strand, TickMark,
    TimelineMarks, TimelineView, ViolationMark, timeline_marks,
};
pub use stage::{Metrics, Stage, StageView, stage};
pub use text_mark::{Anchor, TextMark, Tone};
pub use timeline_index::{Found, MessageSpan, TimelineIndex};
pub use tokens::{TERM_COLORS, TOKENS, Theme, Token, css_variables, term_color};
pub use wall::{SideMark, WallMark};
