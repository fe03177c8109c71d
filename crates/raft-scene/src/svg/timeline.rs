//! The space-time diagram of a figure.

use super::legend::{self, Legend, Sample};
use super::paper::Paper;
use super::{Caption, FigureView, Sheet, TooSmall};
use crate::geometry::{Point, Rectangle};
use crate::message_mark::MarkKind;
use crate::node_mark::NodeRole;
use crate::path::PathData;
use crate::space_time::{LABEL_SIZE, LaneOf, Strand, TimelineMarks, TimelineView, timeline_marks};
use crate::text_mark::{Anchor, TextMark, Tone, text_width};
use crate::timeline_index::TimelineIndex;
use raft_core::Micros;

/// The least width of a diagram, and the least height of a lane.
const LEAST: (f32, f32) = (320.0, 14.0);
/// How high a lane is where nobody asked for a height.
const LANE: f32 = 27.0;
/// How much room the axis and the edges take.
const EDGES: f32 = 28.0;

/// What happened between two times as a figure, with the playhead at a third.
pub fn timeline_figure(
    index: &TimelineIndex,
    (from, to): (Micros, Micros),
    at: Micros,
    caption: &Caption,
    view: &FigureView,
) -> Result<String, TooSmall> {
    let marks_of = |height: f32| {
        let view = TimelineView { width: view.width.max(LEAST.0), height, is_full: true };
        timeline_marks(index, from, to, &view)
    };
    let first = marks_of(400.0);
    let lanes = first.lanes.len().max(1) as f32;
    let sheet = Sheet::new(view, caption, legend_of(&first));
    let room = sheet.room((LEAST.0, lanes * LEAST.1 + EDGES), lanes * LANE + EDGES)?;
    let marks = marks_of(room);
    let mut description = format!("What happened between {} and {}.", marks.from, marks.to);
    for fault in &marks.faults {
        if !description.contains(&fault.label) {
            description.push_str(&format!(" {}.", fault.label));
        }
    }
    for operation in &marks.operations {
        description.push(' ');
        description.push_str(&operation.description);
    }
    for violation in &marks.violations {
        description.push_str(&format!(" {}.", violation.description));
    }
    Ok(sheet.paint(room, &description, |paper| paint(paper, &marks, at)))
}

fn legend_of(marks: &TimelineMarks) -> Legend {
    let mut legend = Legend::default();
    for band in &marks.roles {
        legend.add(Sample::Band(band.role), legend::role(band.role));
    }
    for strand in &marks.strands {
        legend.add(Sample::Strand(strand.kind), legend::message(strand.kind));
    }
    let mut faults: Vec<&str> = Vec::new();
    for fault in &marks.faults {
        if !faults.contains(&fault.label.as_str()) {
            faults.push(&fault.label);
        }
    }
    if let Some((shown, more)) = faults.split_at_checked(faults.len().min(4))
        && !shown.is_empty()
    {
        let more = if more.is_empty() { "" } else { ", …" };
        legend.add(Sample::Shade, format!("{}{more}", shown.join(", ")));
    }
    let banded = marks.operation_bands.iter().map(|band| (band.tone == Tone::Bad, band.tone));
    let single = marks.operations.iter().map(|operation| (operation.is_stale, operation.tone));
    for (is_stale, tone) in banded.chain(single) {
        let means = match (is_stale, tone) {
            (true, _) => "a stale read",
            (false, Tone::Good) => "an operation that was answered",
            (false, Tone::Quiet) => "one that waits",
            (false, _) => "one that failed",
        };
        legend.add(Sample::Bar(tone), means);
    }
    for violation in &marks.violations {
        let (name, _) = crate::words::property(violation.property);
        legend.add(Sample::Flag, format!("{name} violated"));
    }
    legend
}

fn paint(paper: &mut Paper, marks: &TimelineMarks, at: Micros) {
    let plot = &marks.plot;
    let playhead = (marks.from..=marks.to).contains(&at).then(|| marks.x_of(at));
    let moment = playhead.map(|x| moment(at, x, plot));
    for tick in &marks.ticks {
        let mut line = String::new();
        line.segment(Point::new(tick.x, plot.y), Point::new(tick.x, plot.bottom()));
        paper.path(&line).stroke("raised", 1.0).end();
        let is_hidden = moment.as_ref().is_some_and(|(bounds, _)| {
            !tick.label.text.is_empty() && bounds.overlaps(&tick.label.bounds())
        });
        if !is_hidden {
            paper.letters(&tick.label, "quiet", false);
        }
    }
    for fault in &marks.faults {
        paint_shade(paper, &fault.bounds);
    }
    if !marks.density.is_empty() {
        paper.path(&marks.density).fill("quiet").number("opacity", 0.16).end();
    }
    for lane in &marks.lanes {
        paper.letters(&lane.label, "quiet", true);
        if let LaneOf::Client(_) = lane.of {
            let mut line = String::new();
            line.segment(Point::new(plot.x, lane.y), Point::new(plot.right(), lane.y));
            paper.path(&line).stroke("line", 1.0).end();
        }
    }
    for band in &marks.roles {
        paint_band(paper, band.role, &band.path);
    }
    for strand in &marks.strands {
        paint_strand(paper, strand);
    }
    for band in &marks.operation_bands {
        paper.path(&band.path).fill(band.tone.token()).end();
    }
    for operation in &marks.operations {
        let token = operation.tone.token();
        paper.rectangle(&operation.bounds, 2.0).fill(token).end();
        let is_on_bar = operation.label.at.x < operation.bounds.right();
        if is_on_bar {
            paper.letters(&operation.label, "on-mark", false);
        } else {
            paper.label(&operation.label, false);
        }
    }
    for violation in &marks.violations {
        let mut line = String::new();
        line.segment(violation.at, Point::new(violation.at.x, plot.bottom()));
        paper.path(&line).stroke("bad", 1.4).end();
        paint_flag(paper, Point::new(violation.at.x, violation.at.y - 2.0));
    }
    if let (Some(x), Some((bounds, text))) = (playhead, moment) {
        let mut line = String::new();
        line.segment(Point::new(x, bounds.bottom()), Point::new(x, plot.bottom()));
        paper.path(&line).stroke("accent", 1.6).end();
        paper.rectangle(&bounds, 3.0).fill("accent").end();
        paper.letters(&text, "on-accent", true);
    }
}

/// The playhead's time above the plot: a box, and the words in it.
fn moment(at: Micros, x: f32, plot: &Rectangle) -> (Rectangle, TextMark) {
    let text = at.to_string();
    let width = text_width(&text, LABEL_SIZE) * 1.12 + 8.0;
    let left = (x - width / 2.0).min(plot.right() + 20.0 - width).max(2.0);
    let bounds = Rectangle::new(left, plot.y - 18.0, width, 15.0);
    let place = Point::new(left + width / 2.0, plot.y - 6.5);
    let (anchor, tone, size) = (Anchor::Middle, Tone::Plain, LABEL_SIZE);
    (bounds, TextMark { text, at: place, anchor, tone, size })
}

pub(super) fn paint_shade(paper: &mut Paper, bounds: &Rectangle) {
    paper.rectangle(bounds, 0.0).fill("bad").number("opacity", 0.14).end();
    // An edge above and below: a faint tint is lost in print.
    for y in [bounds.y, bounds.bottom()] {
        let mut edge = String::new();
        edge.segment(Point::new(bounds.x, y), Point::new(bounds.right(), y));
        paper.path(&edge).stroke("bad", 0.6).text("stroke-dasharray", "2 2").end();
    }
}

/// Without colours a leader is dark, a candidate an outline, a pre-candidate a dashed
/// one, and a follower pale and thin.
fn paint_band(paper: &mut Paper, role: NodeRole, path: &str) {
    let token = role.token();
    let path = paper.path(path);
    match role {
        NodeRole::Leader | NodeRole::StaleLeader => path.fill(token).end(),
        NodeRole::Candidate => path.fill("candidate-fill").stroke(token, 1.4).end(),
        NodeRole::PreCandidate => {
            path.fill("surface").stroke(token, 1.2).text("stroke-dasharray", "3 2").end();
        }
        NodeRole::Follower => path.fill(token).number("opacity", 0.4).end(),
        NodeRole::Crashed => {
            path.stroke(token, 0.8).text("stroke-dasharray", "1.5 2.5").end();
        }
    }
}

pub(super) fn paint_band_sample(paper: &mut Paper, role: NodeRole, from: Point, to: Point) {
    let height = match role {
        NodeRole::Follower | NodeRole::Crashed => 5.0,
        _ => 8.0,
    };
    let mut path = String::new();
    path.rectangle(Rectangle::new(from.x, from.y - height / 2.0, to.x - from.x, height));
    paint_band(paper, role, &path);
}

/// How wide a kind's lines are, and how they are dashed: kinds differ without colours too.
const fn line_of(kind: MarkKind) -> (f32, Option<&'static str>) {
    match kind {
        MarkKind::Heartbeat => (0.8, None),
        MarkKind::Entries => (1.6, None),
        MarkKind::ReadCheck => (1.4, Some("1.5 2.5")),
        MarkKind::VoteRequest => (1.6, Some("8 2")),
        MarkKind::PreVoteRequest => (1.2, Some("5 3")),
        MarkKind::TimeoutNow => (1.6, Some("8 2 1.5 2")),
        MarkKind::Snapshot => (3.0, None),
        MarkKind::VoteGranted => (1.2, Some("8 2 1.5 2")),
        MarkKind::Accepted => (0.7, Some("4 1.5")),
        MarkKind::VoteRefused | MarkKind::Refused => (1.0, Some("1.5 2")),
        MarkKind::Lost => (1.0, Some("3 3")),
    }
}

fn paint_strand(paper: &mut Paper, strand: &Strand) {
    let token = strand.kind.token();
    let (width, dash) = line_of(strand.kind);
    let lines = paper.path(&strand.lines).stroke(token, width);
    match dash {
        Some(dash) => lines.text("stroke-dasharray", dash).end(),
        None => lines.end(),
    }
    let ends = paper.path(&strand.ends);
    if strand.kind == MarkKind::Lost {
        ends.stroke(token, 1.2).end();
    } else {
        ends.fill(token).end();
    }
}

pub(super) fn paint_strand_sample(paper: &mut Paper, kind: MarkKind, from: Point, to: Point) {
    let (start, end) = (Point::new(from.x, from.y + 4.0), Point::new(to.x - 3.0, to.y - 4.0));
    let (mut lines, mut ends) = (String::new(), String::new());
    lines.segment(start, end);
    if kind == MarkKind::Lost {
        ends.cross(end, 2.6);
    } else {
        ends.circle(end, 2.0);
    }
    paint_strand(paper, &Strand { kind, lines, ends });
}

/// A head that points down at its place.
pub(super) fn paint_flag(paper: &mut Paper, at: Point) {
    let mut head = String::new();
    head.polygon(&[
        Point::new(at.x - 5.0, at.y - 5.0),
        Point::new(at.x + 5.0, at.y - 5.0),
        Point::new(at.x, at.y + 4.0),
    ]);
    paper.path(&head).fill("bad").end();
}
