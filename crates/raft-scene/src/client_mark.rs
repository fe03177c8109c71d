//! A client: what it asks, or was told last.

use crate::geometry::Rectangle;
use crate::text_mark::{TextMark, Tone};
use raft_sim::OperationId;

/// A client's box.
#[derive(Clone, PartialEq, Debug)]
pub struct ClientMark {
    /// Its number, 1 and up; 0 is whoever sits in front of the page.
    pub number: u32,
    /// The box.
    pub bounds: Rectangle,
    /// `client 1`, or `you`.
    pub title: TextMark,
    /// `read x → 1   STALE`
    pub line: TextMark,
    /// How it went: quiet while it rests, notable while it waits, good, bad.
    pub tone: Tone,
    /// The operation that the line tells of.
    pub operation: Option<OperationId>,
    /// Whether what it was told is part of a violation.
    pub is_stale: bool,
    /// One sentence for who can't see it.
    pub description: String,
}
