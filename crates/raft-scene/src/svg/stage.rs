//! The stage of a figure.

use super::legend::{self, Legend, Sample};
use super::log_grid::{self, Look};
use super::paper::Paper;
use super::{Caption, FigureView, Sheet, TooSmall};
use crate::geometry::Point;
use crate::link_mark::{LinkMark, LinkState};
use crate::member::MemberKind;
use crate::message_mark::{MarkKind, Motion, count_stroke, motion};
use crate::node_mark::{Glyph, NodeMark, NodeRole, RingKind, Vote};
use crate::path::{PathData, push_number};
use crate::stage::{Stage, StageView, stage};
use crate::text_mark::Tone;
use crate::timeline_index::TimelineIndex;
use raft_core::Micros;
use raft_sim::World;

/// The least box in which everything of a stage fits.
const LEAST: (f32, f32) = (320.0, 240.0);
/// For how long the end of a lost message is shown.
const LOST_FOR: Micros = Micros::from_millis(6);

/// A moment of a run of ours as a figure: `world` is the world after the last event at or
/// before `at`.
pub fn stage_figure(
    world: &World,
    at: Micros,
    index: &TimelineIndex,
    caption: &Caption,
    view: &FigureView,
) -> Result<String, TooSmall> {
    let lost = index.lost_between(Micros(at.0.saturating_sub(LOST_FOR.0)), at);
    stage_figure_of(caption, view, &mut |width, height| {
        let mut view = StageView::of_size(width, height);
        view.stale = index.stale().to_vec();
        let stage = stage(world, at, &view);
        let motion = motion(world, at, &stage, &lost);
        (stage, motion)
    })
}

/// A moment as a figure, whoever knows what it looks like in a box of a width and height.
pub fn stage_figure_of(
    caption: &Caption,
    view: &FigureView,
    scene: &mut dyn FnMut(f32, f32) -> (Stage, Motion),
) -> Result<String, TooSmall> {
    // What occurs does not depend on the size, but how high the legend is depends on it.
    let usual = (view.width * 0.59).clamp(LEAST.1, 1_200.0);
    let (first, moving) = scene(view.width.max(LEAST.0), usual);
    let sheet = Sheet::new(view, caption, legend_of(&first, &moving));
    let room = sheet.room(LEAST, usual)?;
    let (stage, motion) = scene(view.width, room);
    let description = &stage.description;
    Ok(sheet.paint(room, description, |paper| paint(paper, &stage, &motion)))
}

fn legend_of(stage: &Stage, motion: &Motion) -> Legend {
    let mut legend = Legend::default();
    for role in NodeRole::ALL {
        // Followers are what the others are not.
        if role != NodeRole::Follower && stage.nodes.iter().any(|node| node.role == role) {
            legend.add(Sample::Node(role), legend::role(role));
        }
    }
    if stage.nodes.iter().any(|node| node.member == MemberKind::Learner) {
        legend.add(Sample::Learner, "learner");
    }
    for kind in MarkKind::ALL {
        if motion.layers.iter().any(|layer| layer.kind == kind && !layer.path.is_empty()) {
            legend.add(Sample::Message(kind), legend::message(kind));
        }
    }
    for (vote, means) in [
        (Vote::Granted, "its vote is there"),
        (Vote::Refused, "it refused"),
        (Vote::Open, "no answer yet"),
    ] {
        if stage.nodes.iter().any(|node| node.pips.iter().any(|pip| pip.vote == vote)) {
            legend.add(Sample::Pip(vote), means);
        }
    }
    let has_ring = |kind| stage.nodes.iter().any(|node| node.ring == kind);
    let mut left = Vec::new();
    if has_ring(RingKind::ElectionTimeout) {
        left.push("before an election");
    }
    if has_ring(RingKind::Lease) {
        left.push("of a leader's lease");
    }
    if has_ring(RingKind::Heartbeat) {
        left.push("before a leader's heartbeats");
    }
    if !left.is_empty() {
        legend.add(Sample::Ring, format!("time left {}", left.join(", ")));
    }
    let cells = || stage.nodes.iter().flat_map(|node| &node.log.cells);
    for (is_committed, is_durable, means) in [
        (true, true, "committed"),
        (true, false, "committed, not on this disk"),
        (false, true, "not committed"),
        (false, false, "not on disk yet"),
    ] {
        let such = |cell: &&crate::CellMark| {
            (cell.is_committed, cell.is_durable) == (is_committed, is_durable)
        };
        if let Some(cell) = cells().find(such) {
            let look = Look { color: cell.color, is_committed, is_durable, ..Look::default() };
            legend.add(Sample::Cell(look), means);
        }
    }
    if let Some(wall) = &stage.wall
        && wall.sides.iter().any(|side| !side.area.is_empty())
    {
        legend.add(Sample::Tint, "can make no majority");
    }
    if stage.links.iter().any(|link| matches!(link.state, LinkState::CutOneWay { .. })) {
        legend.add(Sample::OneWay, "open one way only");
    }
    legend
}

fn paint(paper: &mut Paper, stage: &Stage, motion: &Motion) {
    if let Some(wall) = &stage.wall {
        for side in wall.sides.iter().filter(|side| !side.area.is_empty()) {
            paper.path(&side.area).fill("bad-fill").number("opacity", 0.55).end();
        }
    }
    for place in &stage.places {
        let band = paper.path(&place.band).stroke("raised", place.width);
        band.text("stroke-linecap", "round").text("stroke-linejoin", "round").end();
    }
    for link in &stage.links {
        paint_link(paper, link);
    }
    if let Some(wall) = &stage.wall {
        paper.path(&wall.line).stroke("bad", 1.5).text("stroke-dasharray", "7 5").end();
    }
    // Messages pass below nodes and words, and each word has its halo.
    for layer in motion.layers.iter().filter(|layer| !layer.path.is_empty()) {
        paint_layer(paper, layer.kind, &layer.path, stage.metrics.message_radius);
    }
    if !motion.counts.is_empty() {
        let width = count_stroke(stage.metrics.message_radius);
        let digits = paper.path(&motion.counts).stroke("on-mark", width);
        digits.text("stroke-linecap", "round").text("stroke-linejoin", "round").end();
    }
    if let Some(wall) = &stage.wall {
        paper.label(&wall.label, false);
    }
    for (place, node) in stage.nodes.iter().enumerate() {
        let fraction = motion.fractions.get(place).copied().unwrap_or(0.0);
        paint_node(paper, stage, node, fraction);
    }
    for client in &stage.clients {
        let (fill, outline) = match client.tone {
            Tone::Good => ("leader-fill", "leader"),
            Tone::Bad => ("bad-fill", "bad"),
            Tone::Quiet | Tone::Plain | Tone::Notable => ("raised", "line"),
        };
        paper.rectangle(&client.bounds, 7.0).fill(fill).stroke(outline, 1.0).end();
        let title = match client.tone {
            Tone::Good | Tone::Bad => outline,
            _ => client.tone.token(),
        };
        paper.letters(&client.title, title, true);
        paper.letters(&client.line, "ink", false);
    }
}

fn paint_layer(paper: &mut Paper, kind: MarkKind, path: &str, radius: f32) {
    let path = paper.path(path);
    if kind.is_filled() {
        path.fill(kind.token()).end();
    } else {
        let width = (radius * 0.3).max(1.6);
        path.stroke(kind.token(), width).text("stroke-linejoin", "round").end();
    }
}

/// A message on its way upwards, for the legend.
pub(super) fn paint_message(paper: &mut Paper, kind: MarkKind, center: Point, radius: f32) {
    let mut path = String::new();
    kind.draw(&mut path, center, Point::new(0.0, -1.0), radius);
    paint_layer(paper, kind, &path, radius);
}

fn paint_link(paper: &mut Paper, link: &LinkMark) {
    let path = paper.path(&link.line);
    match link.state {
        LinkState::Whole => path.stroke("link", 1.2).end(),
        LinkState::Cut => path.stroke("link-cut", 1.2).text("stroke-dasharray", "2 5").end(),
        LinkState::CutOneWay { .. } => path.stroke("quiet", 1.2).end(),
    }
    if !link.cross.is_empty() {
        paper.path(&link.cross).stroke("bad", 2.0).end();
    }
}

pub(super) fn paint_one_way_sample(paper: &mut Paper, from: Point, to: Point) {
    let mut line = String::new();
    line.segment(from, to);
    line.move_to(Point::new(to.x - 6.0, to.y - 3.5));
    line.line_to(to);
    line.line_to(Point::new(to.x - 6.0, to.y + 3.5));
    paper.path(&line).stroke("quiet", 1.2).end();
    let mut cross = String::new();
    cross.cross(from.towards(to, 0.35), 3.0);
    paper.path(&cross).stroke("bad", 1.6).end();
}

/// The dashes of a role's outline.
pub(super) const fn dash_of(role: NodeRole) -> Option<&'static str> {
    match role {
        NodeRole::Crashed => Some("4 4"),
        NodeRole::PreCandidate => Some("7 3"),
        _ => None,
    }
}

pub(super) fn paint_glyph(paper: &mut Paper, role: NodeRole, path: &str, cross_width: f32) {
    match role.glyph() {
        None => {}
        Some(Glyph::Cross) => paper.path(path).stroke(role.token(), cross_width).end(),
        Some(Glyph::RaisedHand) if role == NodeRole::PreCandidate => {
            paper.path(path).stroke(role.token(), 1.0).end();
        }
        Some(_) => paper.path(path).fill(role.token()).end(),
    }
}

/// A part of a ring, from the top and with the clock.
pub(super) fn paint_ring(
    paper: &mut Paper,
    center: Point,
    (radius, width): (f32, f32),
    fraction: f32,
    token: &str,
) {
    let around = radius * std::f32::consts::TAU;
    let mut dash = String::new();
    push_number(&mut dash, fraction * around);
    dash.push(' ');
    push_number(&mut dash, around);
    let mut turn = String::from("rotate(-90 ");
    push_number(&mut turn, center.x);
    turn.push(' ');
    push_number(&mut turn, center.y);
    turn.push(')');
    paper
        .circle(center, radius)
        .stroke(token, width)
        .text("stroke-dasharray", &dash)
        .text("transform", &turn)
        .end();
}

pub(super) fn paint_pip(paper: &mut Paper, token: &str, vote: Vote, center: Point, radius: f32) {
    let fill = if vote == Vote::Granted { token } else { "surface" };
    paper.circle(center, radius).fill(fill).stroke(token, 1.4).end();
    if vote == Vote::Refused {
        let mut cross = String::new();
        cross.cross(center, radius * 0.55);
        paper.path(&cross).stroke("bad", 1.4).end();
    }
}

fn paint_node(paper: &mut Paper, stage: &Stage, node: &NodeMark, fraction: f32) {
    let metrics = &stage.metrics;
    let token = node.role.token();
    let width = match node.role {
        NodeRole::Leader | NodeRole::StaleLeader => 3.0,
        _ => 2.0,
    };
    if node.is_selected {
        let radius = metrics.ring_radius + metrics.ring_width * 1.4;
        paper.circle(node.center, radius).stroke("accent", 2.0).end();
    }
    let disc =
        paper.circle(node.center, node.radius).fill_token(token, "-fill").stroke(token, width);
    match dash_of(node.role) {
        None if node.member == MemberKind::Learner => disc.text("stroke-dasharray", "6 4").end(),
        None => disc.end(),
        Some(dash) => disc.text("stroke-dasharray", dash).end(),
    }
    if node.role != NodeRole::Crashed {
        paper.circle(node.center, metrics.ring_radius).stroke("track", metrics.ring_width).end();
    }
    if node.ring != RingKind::None && fraction > 0.004 {
        let color = if node.ring_tone == Tone::Bad { "bad" } else { token };
        let ring = (metrics.ring_radius, metrics.ring_width);
        paint_ring(paper, node.center, ring, fraction, color);
    }
    paint_glyph(paper, node.role, &node.glyph_path, 2.5);
    paper.letters(&node.name_at, token, true);
    paper.letters(&node.term_line, token, false);
    for pip in &node.pips {
        paint_pip(paper, token, pip.vote, pip.center, pip.radius);
    }
    paper.label(&node.role_line, node.role_line.tone == Tone::Good);
    for note in &node.notes {
        paper.label(note, false);
    }
    if let Some(progress) = &node.progress {
        paper.rectangle(&progress.track, 1.0).fill("track").end();
        if progress.done.width > 0.05 {
            paper.rectangle(&progress.done, 1.0).fill("leader").end();
        }
    }
    for cell in &node.log.cells {
        let look = Look {
            color: cell.color,
            is_committed: cell.is_committed,
            is_durable: cell.is_durable,
            ..Look::default()
        };
        let size = metrics.label_size;
        log_grid::paint_cell(paper, &cell.bounds, look, &cell.term.to_string(), size);
    }
    if let Some(more) = &node.log.more {
        paper.label(more, false);
    }
}
