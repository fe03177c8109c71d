//! The logs side by side, as a figure.

use super::legend::{self, Legend, Sample};
use super::paper::Paper;
use super::{Caption, FigureView, MARGIN, Sheet, TooSmall};
use crate::geometry::{Point, Rectangle};
use crate::log_grid::{EntryKind, GridCell, GridEntry, LogGrid, LogGridView, LogRow};
use crate::node_mark::NodeRole;
use crate::path::PathData;
use crate::text_mark::{Anchor, TextMark, Tone, text_width};
use raft_core::{Index, PaceView};

const SIZE: f32 = 11.0;
const NAME_SIZE: f32 = 14.0;
const CELL: f32 = 23.0;
/// The line of the indices.
const HEAD: f32 = 24.0;
/// From one row to the next; less is too little for the pointers below the cells.
const PITCHES: (f32, f32) = (38.0, 46.0);
const NARROWEST: f32 = 24.0;
const WIDEST: f32 = 36.0;
const BETWEEN: f32 = 3.0;

/// How a cell looks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Look {
    pub(super) color: u8,
    pub(super) kind: EntryKind,
    pub(super) is_committed: bool,
    pub(super) is_durable: bool,
    pub(super) conflicts: bool,
}

impl Default for Look {
    fn default() -> Look {
        let kind = EntryKind::Command;
        Look { color: 1, kind, is_committed: true, is_durable: true, conflicts: false }
    }
}

impl Look {
    const fn of(entry: &GridEntry) -> Look {
        Look {
            color: entry.color,
            kind: entry.kind,
            is_committed: entry.is_committed,
            is_durable: entry.is_durable,
            conflicts: entry.conflicts,
        }
    }
}

/// A column of numbers right of the cells: its name, and what it says of a row.
struct Numbers {
    name: &'static str,
    of: fn(&LogRow) -> String,
}

const OWN: [Numbers; 2] = [
    Numbers { name: "commit", of: |row| row.commit_index.to_string() },
    Numbers {
        name: "applied",
        of: |row| row.applied_index.map_or_else(|| "–".to_string(), |it| it.to_string()),
    },
];
const SEEN: [Numbers; 3] = [
    Numbers {
        name: "match",
        of: |row| row.seen.map_or_else(String::new, |seen| seen.match_index.to_string()),
    },
    Numbers {
        name: "next",
        of: |row| row.seen.map_or_else(String::new, |seen| seen.next_index.to_string()),
    },
    Numbers {
        name: "sends",
        of: |row| match row.seen.map(|seen| seen.pace) {
            None => String::new(),
            Some(PaceView::Probe) => "a probe".to_string(),
            Some(PaceView::Replicate) => "entries".to_string(),
            Some(PaceView::Snapshot(_)) => "snapshot".to_string(),
        },
    },
];

/// Where things are.
struct Places {
    /// The left edge of the cells, and from one to the next.
    left: f32,
    step: f32,
    /// The right edge of each column of numbers.
    numbers: Vec<(&'static Numbers, f32)>,
    pitch: f32,
}

impl Places {
    fn top_of(&self, row: usize) -> f32 {
        HEAD + row as f32 * self.pitch + 4.0
    }

    fn cell(&self, column: usize, top: f32) -> Rectangle {
        let x = self.left + column as f32 * self.step;
        Rectangle::new(x, top, self.step - BETWEEN, CELL)
    }
}

/// The logs side by side as a figure: the end of them, or what comes before `last`, as
/// many entries as there is room for.
pub fn log_figure(
    caption: &Caption,
    view: &FigureView,
    grid_of: &dyn Fn(&LogGridView) -> LogGrid,
) -> Result<String, TooSmall> {
    let rough = grid_of(&LogGridView { columns: 1, ..LogGridView::default() });
    let words = rough.rows.iter().map(|row| text_width(&role_of(row), SIZE)).fold(0.0, f32::max);
    let names = rough.rows.iter().map(|row| text_width(&row.name, NAME_SIZE)).fold(12.0, f32::max);
    let left = MARGIN + names * 1.12 + 8.0 + words + 14.0;
    let columns: Vec<&'static Numbers> = match rough.leader {
        Some(_) => OWN.iter().chain(&SEEN).collect(),
        None => OWN.iter().collect(),
    };
    let width_of = |numbers: &Numbers| {
        let widest = rough.rows.iter().map(|row| text_width(&(numbers.of)(row), SIZE));
        widest.fold(text_width(numbers.name, SIZE), f32::max) + 10.0
    };
    let right: f32 = columns.iter().map(|numbers| width_of(numbers)).sum();
    let least = left + 3.0 * NARROWEST + right + MARGIN;
    let room = (view.width.max(least) - left - right - MARGIN).max(0.0);
    let grid =
        grid_of(&LogGridView { columns: (room / NARROWEST) as u64, ..LogGridView::default() });

    let rows = grid.rows.len() as f32;
    let sheet = Sheet::new(view, caption, legend_of(&grid));
    let usual = HEAD + rows * PITCHES.1;
    let height = sheet.room((least, HEAD + rows * PITCHES.0), usual)?;
    let step = (room / grid.width().max(1) as f32).clamp(NARROWEST, WIDEST);
    let mut at = left + step * grid.width().max(3) as f32;
    let numbers = columns.iter().map(|numbers| {
        at += width_of(numbers);
        (*numbers, at)
    });
    let places = Places {
        left,
        step,
        numbers: numbers.collect(),
        pitch: ((height - HEAD) / rows.max(1.0)).clamp(PITCHES.0, 64.0),
    };
    let mut description = grid.description.clone();
    for row in &grid.rows {
        description.push(' ');
        description.push_str(&row.description);
    }
    Ok(sheet.paint(height, &description, |paper| paint(paper, &grid, &places, names)))
}

/// `LEADER`, `follower · learner`.
fn role_of(row: &LogRow) -> String {
    let role = match row.role {
        NodeRole::Leader => "LEADER",
        NodeRole::StaleLeader => "LEADER · stale",
        NodeRole::PreCandidate => "pre-candidate",
        other => other.name(),
    };
    match row.member.says() {
        None => role.to_string(),
        Some(says) => format!("{role} · {says}"),
    }
}

fn legend_of(grid: &LogGrid) -> Legend {
    let mut legend = Legend::default();
    let entries = || {
        let cells = grid.rows.iter().flat_map(|row| &row.cells);
        cells.filter_map(|cell| match cell {
            GridCell::Entry(entry) => Some(entry),
            GridCell::Empty | GridCell::Covered => None,
        })
    };
    for (is_committed, is_durable, means) in [
        (true, true, "committed; the number is the term"),
        (true, false, "committed, not on this disk"),
        (false, true, "not committed"),
        (false, false, "not on disk yet"),
    ] {
        let found = entries()
            .find(|entry| (entry.is_committed, entry.is_durable) == (is_committed, is_durable));
        if let Some(entry) = found {
            let look = Look { kind: EntryKind::Command, conflicts: false, ..Look::of(entry) };
            legend.add(Sample::Cell(look), means);
        }
    }
    if let Some(entry) = entries().find(|entry| entry.conflicts) {
        let look = Look { kind: EntryKind::Command, ..Look::of(entry) };
        legend.add(Sample::Cell(look), "not in the leader's log");
    }
    for kind in [EntryKind::NoOp, EntryKind::Configuration] {
        if let Some(entry) = entries().find(|entry| entry.kind == kind)
            && let Some(means) = legend::entry(kind)
        {
            let look = Look { conflicts: false, ..Look::of(entry) };
            legend.add(Sample::Cell(look), means);
        }
    }
    if grid.rows.iter().any(|row| row.cells.contains(&GridCell::Covered)) {
        legend.add(Sample::Covered, "in a snapshot");
    }
    for (is_next, means) in [(false, "match index"), (true, "next index")] {
        let is_there = |row: &LogRow| {
            row.seen.is_some_and(|seen| {
                let index = if is_next { seen.next_index } else { seen.match_index };
                place_of(grid, index).is_some()
            })
        };
        if grid.rows.iter().any(is_there) {
            legend.add(Sample::Pointer { is_next }, means);
        }
    }
    legend
}

/// The column of an index; one past the last has a place too, for what comes next.
fn place_of(grid: &LogGrid, index: Index) -> Option<usize> {
    let is_there = index >= grid.first && index <= grid.last.next();
    is_there.then(|| usize::try_from(index.0 - grid.first.0).ok()).flatten()
}

fn text(text: impl Into<String>, at: Point, anchor: Anchor, size: f32) -> TextMark {
    TextMark { text: text.into(), at, anchor, tone: Tone::Quiet, size }
}

fn paint(paper: &mut Paper, grid: &LogGrid, places: &Places, names: f32) {
    let line = HEAD - 8.0;
    for (column, index) in grid.columns().enumerate() {
        let cell = places.cell(column, 0.0);
        let digits = index.to_string();
        let size = if text_width(&digits, 10.0) > cell.width { 7.5 } else { 10.0 };
        let at = Point::new(cell.center().x, line);
        paper.letters(&text(digits, at, Anchor::Middle, size), "quiet", false);
    }
    if grid.first > Index(1) {
        let at = Point::new(places.left - 4.0, line);
        paper.letters(&text("…", at, Anchor::End, 10.0), "quiet", false);
    }
    for (numbers, right) in &places.numbers {
        let at = Point::new(*right, line);
        paper.letters(&text(numbers.name, at, Anchor::End, SIZE), "quiet", false);
    }
    for (place, row) in grid.rows.iter().enumerate() {
        paint_row(paper, grid, places, (row, places.top_of(place)), names);
    }
}

fn paint_row(
    paper: &mut Paper,
    grid: &LogGrid,
    places: &Places,
    (row, top): (&LogRow, f32),
    names: f32,
) {
    let baseline = top + CELL / 2.0 + SIZE * 0.36;
    let token = row.role.token();
    let name = text(row.name.clone(), Point::new(MARGIN, baseline + 1.0), Anchor::Start, NAME_SIZE);
    paper.letters(&name, token, true);
    let role_at = Point::new(MARGIN + names * 1.12 + 8.0, baseline);
    let role = text(role_of(row), role_at, Anchor::Start, SIZE);
    let tone = match row.role {
        NodeRole::StaleLeader => "bad",
        NodeRole::Follower => "quiet",
        _ => token,
    };
    paper.letters(&role, tone, false);

    let covered = row.cells.iter().take_while(|cell| **cell == GridCell::Covered).count();
    if covered > 0 {
        let (first, last) = (places.cell(0, top), places.cell(covered - 1, top));
        let bounds = Rectangle::new(first.x, first.y, last.right() - first.x, CELL);
        paint_covered(paper, &bounds);
        let ways = [format!("snapshot, up to {}", row.covered.index), "snapshot".to_string()];
        if let Some(says) = ways.iter().find(|says| text_width(says, 10.0) + 8.0 < bounds.width) {
            let at = Point::new(bounds.center().x, baseline);
            paper.label(&text(says.clone(), at, Anchor::Middle, 10.0), false);
        }
    }
    for (column, cell) in row.cells.iter().enumerate() {
        if let GridCell::Entry(entry) = cell {
            let bounds = places.cell(column, top);
            paint_cell(paper, &bounds, Look::of(entry), &entry.term.to_string(), 12.0);
        }
    }
    if let Some(seen) = row.seen {
        for (is_next, index) in [(false, seen.match_index), (true, seen.next_index)] {
            if let Some(column) = place_of(grid, index) {
                let cell = places.cell(column, top);
                let at = Point::new(cell.center().x, cell.bottom() + 3.0);
                paint_pointer(paper, at, is_next);
            }
        }
    }
    if let Some(progress) = row.incoming {
        paint_progress(paper, progress, places, top);
    }
    for (numbers, right) in &places.numbers {
        let at = Point::new(*right, baseline);
        paper.letters(&text((numbers.of)(row), at, Anchor::End, SIZE), "ink", false);
    }
}

/// How much of a snapshot is there, below where the numbers stand.
fn paint_progress(
    paper: &mut Paper,
    progress: raft_core::SnapshotProgress,
    places: &Places,
    top: f32,
) {
    let Some((_, right)) = places.numbers.last() else { return };
    let share = crate::node_state::share_of(&progress);
    let track = Rectangle::new(right - 58.0, top + CELL + 1.0, 58.0, 4.0);
    paper.rectangle(&track, 1.0).fill("track").end();
    let done = Rectangle { width: track.width * share, ..track };
    if done.width > 0.05 {
        paper.rectangle(&done, 1.0).fill("leader").end();
    }
}

/// An entry: solid where it is committed, else an outline; dashed where it is not on disk;
/// with a mark in its corner where it is no command, and struck out where the leader's
/// log has another.
pub(super) fn paint_cell(paper: &mut Paper, bounds: &Rectangle, look: Look, term: &str, size: f32) {
    let mut color = String::from("term-");
    color.push(char::from(b'0' + look.color));
    let dash = (!look.is_durable).then_some("3 2.5");
    let ink = if look.is_committed {
        let cell = paper.rectangle(bounds, 3.0).fill(&color);
        let outline = if look.is_durable { "term-line" } else { "ink" };
        let cell = cell.stroke(outline, 1.0);
        match dash {
            Some(dash) => cell.text("stroke-dasharray", dash).end(),
            None => cell.end(),
        }
        "on-term"
    } else {
        let Rectangle { x, y, width, height } = *bounds;
        let inner = Rectangle::new(x + 1.0, y + 1.0, width - 2.0, height - 2.0);
        let cell = paper.rectangle(&inner, 2.5).fill("surface").stroke(&color, 2.0);
        match dash {
            Some(dash) => cell.text("stroke-dasharray", dash).end(),
            None => cell.end(),
        }
        "ink"
    };
    let corner = Point::new(bounds.x + 2.0, bounds.y + 2.0);
    match look.kind {
        EntryKind::Command | EntryKind::Untold => {}
        EntryKind::NoOp => {
            paper.circle(Point::new(corner.x + 2.5, corner.y + 2.5), 1.7).fill(ink).end();
        }
        EntryKind::Configuration => {
            let mut mark = String::new();
            let (right, down) = (Point::new(corner.x + 7.0, corner.y), corner.y + 7.0);
            mark.polygon(&[corner, right, Point::new(corner.x, down)]);
            paper.path(&mark).fill(ink).end();
        }
    }
    if look.conflicts {
        let mut strike = String::new();
        let Rectangle { x, y, .. } = *bounds;
        strike.segment(
            Point::new(x + 2.0, bounds.bottom() - 2.0),
            Point::new(bounds.right() - 2.0, y + 2.0),
        );
        paper.path(&strike).stroke("bad", 1.6).end();
    }
    let size = if term.len() > 2 { size * 0.75 } else { size };
    let center = bounds.center();
    let at = Point::new(center.x, center.y + size * 0.36);
    let digits = text(term, at, Anchor::Middle, size);
    if look.conflicts && !look.is_committed {
        paper.label(&TextMark { tone: Tone::Plain, ..digits }, false);
    } else {
        paper.letters(&digits, ink, false);
    }
}

/// What a snapshot stands for: hatched, since it is there and yet not as entries.
pub(super) fn paint_covered(paper: &mut Paper, bounds: &Rectangle) {
    paper.rectangle(bounds, 3.0).fill("raised").stroke("quiet", 1.0).end();
    let mut hatch = String::new();
    let mut x = bounds.x + 3.0;
    while x < bounds.right() - 2.0 {
        let rise = bounds.height.min(bounds.right() - 2.0 - x);
        hatch.segment(
            Point::new(x, bounds.bottom() - 1.0),
            Point::new(x + (rise - 2.0).max(0.0), bounds.bottom() - (rise - 1.0).max(1.0)),
        );
        x += 6.0;
    }
    paper.path(&hatch).stroke("link-cut", 0.8).end();
}

/// A head that points up from below a cell: solid for what matches, hollow for what is
/// sent next.
pub(super) fn paint_pointer(paper: &mut Paper, tip: Point, is_next: bool) {
    let mut head = String::new();
    head.polygon(&[
        tip,
        Point::new(tip.x + 4.5, tip.y + 7.0),
        Point::new(tip.x - 4.5, tip.y + 7.0),
    ]);
    let head = paper.path(&head);
    if is_next {
        head.fill("surface").stroke("leader", 1.2).end();
    } else {
        head.fill("leader").end();
    }
}
