//! Paints marks into standalone SVG: figures for articles, and golden tests.

use crate::geometry::{Point, Rectangle};
use crate::link_mark::{LinkMark, LinkState};
use crate::log_mark::CellMark;
use crate::message_mark::{MarkKind, Motion};
use crate::node_mark::{Glyph, NodeMark, NodeRole, RingKind, Vote};
use crate::path::{PathData, push_number};
use crate::space_time::{LaneOf, TimelineMarks};
use crate::stage::Stage;
use crate::svg_element::Paper;
use crate::text_mark::{TextMark, Tone};
use crate::tokens::Theme;

/// A stage at one instant, as an SVG document.
pub fn paint(stage: &Stage, motion: &Motion, theme: Theme) -> String {
    let mut paper = Paper::new(stage.width, stage.height, theme, &stage.description);
    if let Some(wall) = &stage.wall {
        for side in wall.sides.iter().filter(|side| !side.area.is_empty()) {
            paper.path(&side.area).fill("bad-fill").number("opacity", 0.55).end();
        }
    }
    for link in &stage.links {
        paint_link(&mut paper, link);
    }
    if let Some(wall) = &stage.wall {
        paper.path(&wall.line).stroke("bad", 1.5).text("stroke-dasharray", "7 5").end();
        paper.label(&wall.label, false);
    }
    for (place, node) in stage.nodes.iter().enumerate() {
        let fraction = motion.fractions.get(place).copied().unwrap_or(0.0);
        paint_node(&mut paper, stage, node, fraction);
    }
    for layer in motion.layers.iter().filter(|layer| !layer.path.is_empty()) {
        let path = paper.path(&layer.path);
        let token = layer.kind.token();
        let width = stage.metrics.message_radius * 0.3;
        if layer.kind.is_filled() {
            path.fill(token).end();
        } else {
            path.stroke(token, width.max(1.6)).text("stroke-linejoin", "round").end();
        }
    }
    for count in &motion.counts {
        let size = stage.metrics.message_radius * 1.45;
        let at = Point::new(count.center.x, count.center.y + size * 0.36);
        let text = TextMark {
            text: count.count.to_string(),
            at,
            anchor: crate::Anchor::Middle,
            tone: Tone::Plain,
            size,
        };
        paper.letters(&text, "on-mark", true);
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
    paper.finish()
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

fn paint_node(paper: &mut Paper, stage: &Stage, node: &NodeMark, fraction: f32) {
    let metrics = &stage.metrics;
    let token = node.role.token();
    let is_down = node.role == NodeRole::Crashed;
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
    match node.role {
        NodeRole::Crashed => disc.text("stroke-dasharray", "4 4").end(),
        NodeRole::PreCandidate => disc.text("stroke-dasharray", "7 3").end(),
        _ => disc.end(),
    }
    if !is_down {
        paper.circle(node.center, metrics.ring_radius).stroke("track", metrics.ring_width).end();
    }
    if node.ring != RingKind::None && fraction > 0.004 {
        let color = if node.ring_tone == Tone::Bad { "bad" } else { token };
        let mut dash = String::new();
        push_number(&mut dash, fraction * 100.0);
        dash.push_str(" 100");
        let mut turn = String::from("rotate(-90 ");
        push_number(&mut turn, node.center.x);
        turn.push(' ');
        push_number(&mut turn, node.center.y);
        turn.push(')');
        paper
            .circle(node.center, metrics.ring_radius)
            .stroke(color, metrics.ring_width)
            .text("pathLength", "100")
            .text("stroke-dasharray", &dash)
            .text("transform", &turn)
            .end();
    }
    match node.glyph {
        None => {}
        Some(Glyph::Cross) => paper.path(&node.glyph_path).stroke(token, 2.5).end(),
        Some(Glyph::RaisedHand) if node.role == NodeRole::PreCandidate => {
            paper.path(&node.glyph_path).stroke(token, 1.0).end();
        }
        Some(_) => paper.path(&node.glyph_path).fill(token).end(),
    }
    paper.letters(&node.name_at, token, true);
    paper.letters(&node.term_line, token, false);
    for pip in &node.pips {
        match pip.vote {
            Vote::Granted => {
                paper.circle(pip.center, pip.radius).fill(token).stroke(token, 1.4).end()
            }
            Vote::Open | Vote::Refused => {
                paper.circle(pip.center, pip.radius).fill("surface").stroke(token, 1.4).end();
            }
        }
        if pip.vote == Vote::Refused {
            let mut cross = String::new();
            cross.cross(pip.center, pip.radius * 0.55);
            paper.path(&cross).stroke("bad", 1.4).end();
        }
    }
    paper.label(&node.role_line, node.role_line.tone == Tone::Good);
    for note in &node.notes {
        paper.label(note, false);
    }
    for cell in &node.log.cells {
        paint_cell(paper, cell, metrics.label_size);
    }
    if let Some(more) = &node.log.more {
        paper.label(more, false);
    }
}

fn paint_cell(paper: &mut Paper, cell: &CellMark, size: f32) {
    let mut color = String::from("term-");
    color.push(char::from(b'0' + cell.color));
    let ink = if cell.is_committed {
        paper.rectangle(&cell.bounds, 3.0).fill(&color).stroke("term-line", 1.0).end();
        "on-term"
    } else {
        let Rectangle { x, y, width, height } = cell.bounds;
        let inner = Rectangle::new(x + 1.0, y + 1.0, width - 2.0, height - 2.0);
        let outline = paper.rectangle(&inner, 2.5).fill("surface").stroke(&color, 2.0);
        if cell.is_durable {
            outline.end();
        } else {
            outline.text("stroke-dasharray", "3 2.5").end();
        }
        "ink"
    };
    let term = cell.term.to_string();
    let size = if term.len() > 2 { size * 0.75 } else { size };
    let center = cell.bounds.center();
    let text = TextMark {
        text: term,
        at: Point::new(center.x, center.y + size * 0.36),
        anchor: crate::Anchor::Middle,
        tone: Tone::Plain,
        size,
    };
    paper.letters(&text, ink, false);
}

/// A space-time diagram, as an SVG document.
pub fn paint_timeline(marks: &TimelineMarks, theme: Theme) -> String {
    let plot = &marks.plot;
    let (width, height) = (plot.right() + plot.x.min(22.0), plot.bottom() + 4.0);
    let description = format!("What happened between {} and {}.", marks.from, marks.to);
    let mut paper = Paper::new(width, height, theme, &description);
    for tick in &marks.ticks {
        let mut line = String::new();
        line.segment(Point::new(tick.x, plot.y), Point::new(tick.x, plot.bottom()));
        paper.path(&line).stroke("raised", 1.0).end();
        paper.letters(&tick.label, "quiet", false);
    }
    for fault in &marks.faults {
        paper.rectangle(&fault.bounds, 0.0).fill("bad").number("opacity", 0.12).end();
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
        let faint = match band.role {
            NodeRole::Follower => 0.4,
            NodeRole::Crashed => 0.25,
            _ => 1.0,
        };
        paper.path(&band.path).fill(band.role.token()).number("opacity", faint).end();
    }
    for strand in &marks.strands {
        let token = strand.kind.token();
        if strand.kind == MarkKind::Lost {
            paper.path(&strand.lines).stroke(token, 1.0).text("stroke-dasharray", "3 3").end();
            paper.path(&strand.ends).stroke(token, 1.2).end();
        } else {
            paper.path(&strand.lines).stroke(token, 1.2).end();
            paper.path(&strand.ends).fill(token).end();
        }
    }
    for operation in &marks.operations {
        let token = operation.tone.token();
        paper.rectangle(&operation.bounds, 2.0).fill(token).number("opacity", 0.9).end();
        let is_on_bar = operation.label.at.x < operation.bounds.right();
        let ink = if is_on_bar { "on-mark" } else { token };
        paper.letters(&operation.label, ink, false);
    }
    for violation in &marks.violations {
        let Point { x, y } = violation.at;
        let mut line = String::new();
        line.segment(violation.at, Point::new(x, plot.bottom()));
        paper.path(&line).stroke("bad", 1.4).end();
        let mut head = String::new();
        head.polygon(&[
            Point::new(x - 5.0, y - 7.0),
            Point::new(x + 5.0, y - 7.0),
            Point::new(x, y + 2.0),
        ]);
        paper.path(&head).fill("bad").end();
    }
    paper.finish()
}
