//! A node's log, beside it: one cell an entry.

use crate::geometry::Rectangle;
use crate::text_mark::TextMark;
use raft_core::{Index, Term};

/// One entry of a log.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CellMark {
    /// Where it stands in the log.
    pub index: Index,
    /// Its term: the number in the cell.
    pub term: Term,
    /// Which of the term colours it has, from 1: token `term-1` and so on.
    pub color: u8,
    /// Whether the node knows it to be committed: filled, else outlined.
    pub is_committed: bool,
    /// Whether a crash would not lose it; if it would, its outline is dashed.
    pub is_durable: bool,
    /// The cell.
    pub bounds: Rectangle,
}

/// The end of a node's log, as far as there is room.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LogMark {
    /// The entries that are shown: the last ones, in order.
    pub cells: Vec<CellMark>,
    /// How many entries come before those.
    pub hidden: u64,
    /// The `…` in their stead, when some are hidden.
    pub more: Option<TextMark>,
    /// The log in words: `Log: 5 entries, the last of term 3; committed up to 4.`
    pub description: String,
}
