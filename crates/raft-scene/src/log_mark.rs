//! A node's log, beside it: one cell an entry.

use crate::geometry::{Point, Rectangle};
use crate::layout::{ASIDE, Layout, Obstacles};
use crate::text_mark::{Anchor, TextMark, Tone};
use crate::tokens::term_color;
use raft_core::{Index, Log, Term};

/// One entry of a log.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CellMark {
    /// Where it stands in the log.
    pub index: Index,
    /// Its term: the number in the cell.
    pub term: Term,
    /// Which of the term colours it has, from 1: token `term-1` and so on.
    pub color: u8,
    /// Whether the node knows it to be committed: filled, else outlined. Of a node
    /// that is down: whether any node knows.
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
    /// How many entries come before those, in the log or in the snapshot.
    pub hidden: u64,
    /// The `…` in their stead, when some are hidden.
    pub more: Option<TextMark>,
    /// The log in words: `Log: 5 entries, the last of term 3; committed up to 4.`
    pub description: String,
}

/// A log with what is known about it.
pub(crate) struct Known<'a> {
    pub(crate) log: &'a Log,
    pub(crate) committed: Index,
    pub(crate) durable: Index,
}

const BETWEEN: f32 = 2.0;
/// No log shows more cells than this: more tell nothing more.
const MOST_CELLS: f32 = 12.0;

/// A node's log, beside it, or below it where the layout is compact.
pub(crate) fn log_mark(
    known: &Known<'_>,
    layout: &Layout,
    center: Point,
    obstacles: &Obstacles,
) -> LogMark {
    let metrics = &layout.metrics;
    let (width, height) = (metrics.cell_width, metrics.cell_height);
    let step = width + BETWEEN;
    let outer = metrics.outer_radius();
    let goes_right = layout.goes_right(center);
    let last = known.log.last_index().0;
    let there = known.log.len();
    let (top, start, room) = if layout.is_compact {
        let top = center.y + outer + 4.0;
        let right = obstacles.room(center.x, true, top, top + height);
        let left = obstacles.room(center.x, false, top, top + height);
        (top, 0.0, right.min(left).min(outer * 1.5) * 2.0)
    } else {
        let top = center.y - height / 2.0;
        let start = if goes_right { center.x + outer + ASIDE } else { center.x - outer - ASIDE };
        (top, start, obstacles.room(start, goes_right, top, top + height))
    };

    let fitting = ((room + BETWEEN) / step).floor().clamp(0.0, MOST_CELLS);
    let more_width = metrics.label_size * 1.1;
    let mut shown = there.min(fitting as u64);
    if shown < last {
        let fitting = ((room + BETWEEN - more_width) / step).floor().clamp(1.0, MOST_CELLS);
        shown = there.min(fitting as u64);
    }
    let hidden = last - shown;
    let total = shown as f32 * step - BETWEEN + if hidden > 0 { more_width } else { 0.0 };
    let mut x = match (layout.is_compact, goes_right) {
        (true, _) => center.x - total / 2.0,
        (false, true) => start,
        (false, false) => start - total,
    };
    let more = (hidden > 0).then(|| {
        let at = Point::new(x + more_width * 0.4, top + height * 0.5 + metrics.label_size * 0.2);
        x += more_width;
        TextMark {
            text: "…".to_string(),
            at,
            anchor: Anchor::Middle,
            tone: Tone::Quiet,
            size: metrics.label_size,
        }
    });
    let cells = (hidden + 1..=last)
        .map(|index| {
            let index = Index(index);
            let term = known.log.term_at(index).unwrap_or_default();
            let bounds = Rectangle::new(x, top, width, height);
            x += step;
            CellMark {
                index,
                term,
                color: term_color(term),
                is_committed: index <= known.committed,
                is_durable: index <= known.durable,
                bounds,
            }
        })
        .collect();
    LogMark { cells, hidden, more, description: describe(known) }
}

pub(crate) fn describe(known: &Known<'_>) -> String {
    let end = known.log.end();
    if end.index == Index::ZERO {
        return "Its log is empty.".to_string();
    }
    let there = known.log.len();
    let entries = if there == 1 { "entry" } else { "entries" };
    let mut text = match known.log.base().index {
        Index(0) => format!("Its log holds {there} {entries}, the last of term {}; ", end.term),
        covered if there == 0 => return format!("A snapshot holds all up to entry {covered}."),
        covered => format!(
            "Its log holds {there} {entries} after a snapshot up to entry {covered}, the last \
             of term {}; ",
            end.term
        ),
    };
    text.push_str(&match known.committed.min(end.index) {
        Index(0) => "none is committed".to_string(),
        committed if committed == end.index => "all are committed".to_string(),
        committed => format!("committed up to {committed}"),
    });
    if known.durable < end.index {
        text.push_str(&format!(", on disk up to {}", known.durable));
    }
    text.push('.');
    text
}

impl LogMark {
    /// The box around it; no width when it is empty.
    pub(crate) fn bounds(&self) -> Rectangle {
        let (Some(first), Some(last)) = (self.cells.first(), self.cells.last()) else {
            return Rectangle::default();
        };
        let left = self.more.as_ref().map_or(first.bounds.x, |more| more.bounds().x);
        Rectangle::new(left, first.bounds.y, last.bounds.right() - left, first.bounds.height)
    }
}
