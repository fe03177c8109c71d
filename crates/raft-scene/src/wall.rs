//! The wall between the groups of a parted cluster.

use crate::text_mark::TextMark;
use raft_core::{Micros, NodeSet};

/// One group of a parted cluster.
#[derive(Clone, PartialEq, Debug)]
pub struct SideMark {
    /// Who is in it.
    pub group: NodeSet,
    /// Its area, as path data to fill. Only sides that are tinted have one.
    pub area: String,
    /// Whether it is tinted: it can make no majority.
    pub is_tinted: bool,
}

/// A wall.
#[derive(Clone, PartialEq, Debug)]
pub struct WallMark {
    /// Its sides, the group that can make a majority first.
    pub sides: Vec<SideMark>,
    /// The wall itself, as path data to stroke, dashed.
    pub line: String,
    /// `partition {A} | {B C D E} since 412.0 ms`
    pub label: TextMark,
    /// Since when it stands.
    pub since: Micros,
    /// One sentence for who can't see it.
    pub description: String,
}
