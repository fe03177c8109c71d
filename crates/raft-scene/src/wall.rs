//! The wall between the groups of a parted cluster.

use crate::geometry::{Point, Rectangle, direction, distance_to_segment};
use crate::layout::{Layout, MARGIN};
use crate::path::PathData;
use crate::text_mark::{Anchor, TextMark, Tone, text_width};
use crate::words;
use raft_core::quorum::is_quorum;
use raft_core::{Micros, NodeSet};
use raft_sim::World;
use std::f32::consts::TAU;

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

/// A run of neighbours on the ring who are in one group.
struct Run {
    group: usize,
    first: usize,
    length: usize,
}

/// The wall of a world, if it has one.
///
/// One group, the one that holds the most voters, has the middle of the ring. Every
/// run of neighbours in another group is walled off from it by a curve of its own,
/// from the edge of the box between two neighbours, past the inside of the run, and
/// out again between the next two. So two nodes of different groups never share a
/// side, however the groups are mixed on the ring:
///
/// ```text
///   {A} | {B C D E}       {A C} | {B D E}
///          A                     A
///   ---------------       -----------\
///      E       B             E        \  B
///                                  /-----------
///       D     C               D   /  C
/// ```
pub(crate) fn wall(world: &World, layout: &Layout) -> Option<WallMark> {
    let groups = world.network().groups();
    let since = world.network().parted_since()?;
    let count = layout.centers.len();
    let group_of = |place: usize| {
        let id = world.hosts().get(place % count)?.id();
        groups.iter().position(|group| group.contains(id))
    };
    let group_at: Vec<Option<usize>> = (0..count).map(group_of).collect();
    let begin =
        (0..count).find(|place| group_at[*place] != group_at[(place + count - 1) % count])?;

    let membership = world.membership();
    let voters = membership.all_voters();
    let leader = world.leader();
    let inner = (0..groups.len()).max_by_key(|place| {
        let group = groups[*place];
        let leads = leader.is_some_and(|leader| group.contains(leader));
        (group.intersection(voters).len(), leads, groups.len() - place)
    })?;
    let is_tinted = |group: NodeSet| !is_quorum(&membership, group);

    let mut line = String::new();
    let mut areas = vec![String::new(); groups.len()];
    let everything_is_tinted = is_tinted(groups[inner]);
    let is_inner = |place: usize| group_at[place % count] == Some(inner);
    for run in runs(&group_at, begin).iter().filter(|run| run.group != inner) {
        let before = run.first + count - 1;
        let after = run.first + run.length;
        let bend = bend(layout, run, [!is_inner(before), !is_inner(after)]);
        // Where two walled runs meet, the first of them draws the wall between.
        bend.draw(&mut line, if is_inner(after) { 0 } else { 1 });
        if is_tinted(groups[run.group]) && !everything_is_tinted {
            let area = &mut areas[run.group];
            bend.draw(area, 0);
            bend.close_outside(area, &layout.bounds);
        }
    }
    if everything_is_tinted {
        areas[inner].rectangle(layout.bounds);
    }
    let mut sides: Vec<SideMark> = groups
        .iter()
        .zip(areas)
        .map(|(group, area)| SideMark { group: *group, area, is_tinted: is_tinted(*group) })
        .collect();
    sides.swap(0, inner);

    let named = words::groups(groups, |group| group.to_string());
    let description = format!("A partition, since {since}: {named}.");
    Some(WallMark { sides, line, label: label(layout, &named, since), since, description })
}

fn label(layout: &Layout, named: &str, since: Micros) -> TextMark {
    let size = layout.metrics.label_size;
    let ways = [
        format!("partition  {named}  since {since}"),
        format!("{named}  since {since}"),
        named.to_string(),
        format!("partition since {since}"),
    ];
    let room = layout.bounds.width - 2.0 * MARGIN;
    let text = ways.into_iter().find(|text| text_width(text, size) <= room).unwrap_or_default();
    let at = Point::new(MARGIN + 2.0, size + 5.0);
    TextMark { text, at, anchor: Anchor::Start, tone: Tone::Bad, size }
}

fn runs(group_at: &[Option<usize>], begin: usize) -> Vec<Run> {
    let count = group_at.len();
    let mut runs: Vec<Run> = Vec::new();
    for step in 0..count {
        let place = (begin + step) % count;
        let Some(group) = group_at[place] else { continue };
        match runs.last_mut() {
            Some(run) if run.group == group => run.length += 1,
            _ => runs.push(Run { group, first: place, length: 1 }),
        }
    }
    runs
}

/// Where a wall ends: a place on the edge of the box, and how it gets there.
#[derive(Clone, Copy)]
struct Exit {
    at: Point,
    /// Whether it meets the bottom; else a side.
    is_below: bool,
    /// The place that it passes on its way, above or below the outer of two neighbours.
    past: Option<Point>,
}

/// One curve of a wall.
struct Bend {
    from: Exit,
    to: Exit,
    /// From the first gate to the last.
    through: Vec<Point>,
    /// For the first and the last gate, whether another wall meets there: the way in.
    meets: [Option<Point>; 2],
}

/// The part of the stage that a node with its ring, and its log where that is below,
/// takes: a circle.
fn footprint(layout: &Layout, center: Point) -> (Point, f32) {
    let outer = layout.metrics.outer_radius();
    if !layout.is_compact {
        return (center, outer);
    }
    let log = layout.metrics.cell_height + 4.0;
    (Point::new(center.x, center.y + log / 2.0), outer + log * 0.45)
}

/// The curve around a run.
fn bend(layout: &Layout, run: &Run, meets: [bool; 2]) -> Bend {
    let count = layout.centers.len();
    let node = |place: usize| footprint(layout, layout.centers[place % count]);
    let last = run.first + run.length - 1;
    let gate = gate(layout, run.first + count - 1);
    let next_gate = self::gate(layout, last);
    let from = exit(layout, gate, run.first + count - 1);
    let to = exit(layout, next_gate, last);

    // Straight from gate to gate, but not through a disc.
    let air = layout.metrics.message_radius * 1.6;
    let mut through = vec![gate];
    for place in run.first..=last {
        let (center, radius) = node(place);
        let clear = radius + air;
        if distance_to_segment(center, gate, next_gate) < clear {
            let inward = (clear / center.distance(layout.middle).max(1.0)).min(0.9);
            through.push(center.towards(layout.middle, inward));
        }
    }
    if gate.distance(next_gate) > 1.0 {
        through.push(next_gate);
    }
    let inward = |gate: Point, meets: bool| meets.then(|| unit(gate, layout.middle));
    Bend { from, to, through, meets: [inward(gate, meets[0]), inward(next_gate, meets[1])] }
}

/// The place between a node and the next on the ring.
fn gate(layout: &Layout, place: usize) -> Point {
    let count = layout.centers.len();
    let (one, _) = footprint(layout, layout.centers[place % count]);
    let (other, _) = footprint(layout, layout.centers[(place + 1) % count]);
    one.towards(other, 0.5)
}

/// The way out between a node and the next: to the side that both are on, between the
/// two and their words.
fn exit(layout: &Layout, gate: Point, place: usize) -> Exit {
    let count = layout.centers.len();
    let (one, other) = (layout.centers[place % count], layout.centers[(place + 1) % count]);
    let (side, _) = direction(TAU * ((place % count) as f32 + 0.5) / count as f32);
    if side.abs() < 0.001 && count > 1 {
        let at = Point::new(gate.x, layout.bounds.bottom());
        return Exit { at, is_below: true, past: None };
    }
    let x = if side > 0.0 { layout.bounds.right() } else { layout.bounds.x };
    let (upper, lower) = if one.y < other.y { (one, other) } else { (other, one) };
    let outer = layout.metrics.outer_radius() + 3.0;
    let words = layout.metrics.cell_height / 2.0 + 4.0;
    let log = if layout.is_compact { layout.metrics.cell_height + 4.0 } else { 0.0 };
    let from_middle = |center: Point| (center.x - layout.middle.x).abs();
    // The outer of the two is in the way with its disc, the inner with its words.
    let is_lower_outer = from_middle(lower) > from_middle(upper);
    let (top, bottom, passed) = if is_lower_outer {
        let top = if layout.is_compact { f32::MIN } else { upper.y + words };
        (top, lower.y - outer, lower)
    } else {
        let words = words + layout.metrics.line_height();
        let bottom = if layout.is_compact { lower.y - outer } else { lower.y - words };
        (upper.y + outer + log, bottom, upper)
    };
    let y = if top <= bottom { gate.y.max(top).min(bottom) } else { (top + bottom) / 2.0 };
    let past = ((y - gate.y).abs() > 2.0).then(|| Point::new(passed.x, y));
    Exit { at: Point::new(x, y), is_below: false, past }
}

fn unit(from: Point, to: Point) -> Point {
    let distance = from.distance(to).max(0.001);
    Point::new((to.x - from.x) / distance, (to.y - from.y) / distance)
}

impl Bend {
    /// Draws it; `shorter` by 1 without the way from the last gate to the edge.
    fn draw(&self, path: &mut String, shorter: usize) {
        let mut points = vec![self.from.at];
        points.extend(self.from.past);
        let first_gate = points.len();
        points.extend(&self.through);
        let last_gate = points.len() - 1;
        points.extend(self.to.past);
        points.push(self.to.at);
        let last = points.len() - 1;
        let heading = |place: usize| match (place, self.meets) {
            (0, _) => outward(self.from, -1.0),
            _ if place == last => outward(self.to, 1.0),
            (_, [Some(inward), _]) if place == first_gate => inward,
            (_, [_, Some(inward)]) if place == last_gate => Point::new(-inward.x, -inward.y),
            _ => unit(points[place - 1], points[place + 1]),
        };
        path.move_to(points[0]);
        for place in 0..if shorter > 0 { last_gate } else { last } {
            let (from, to) = (points[place], points[place + 1]);
            let reach = from.distance(to) / 3.0;
            let (leave, arrive) = (heading(place), heading(place + 1));
            path.curve_to(
                Point::new(from.x + leave.x * reach, from.y + leave.y * reach),
                Point::new(to.x - arrive.x * reach, to.y - arrive.y * reach),
                to,
            );
        }
    }

    /// Back from the end to the beginning along the edge of the box, outside of the run.
    fn close_outside(&self, path: &mut String, bounds: &Rectangle) {
        let (width, height) = (bounds.width, bounds.height);
        // How far along the edge, clockwise from the top left.
        let along = |exit: Exit| {
            if exit.is_below {
                width + height + (width - exit.at.x)
            } else if exit.at.x > width / 2.0 {
                width + exit.at.y
            } else {
                2.0 * width + height + (height - exit.at.y)
            }
        };
        let whole = 2.0 * (width + height);
        let from = along(self.from);
        let onwards = |way: f32| way - whole * (way / whole).floor();
        let span = onwards(along(self.to) - from);
        let corners = [
            (0.0, Point::new(0.0, 0.0)),
            (width, Point::new(width, 0.0)),
            (width + height, Point::new(width, height)),
            (2.0 * width + height, Point::new(0.0, height)),
        ];
        let mut passed: Vec<(f32, Point)> = corners
            .iter()
            .map(|(at, corner)| (onwards(at - from), *corner))
            .filter(|(at, _)| *at < span)
            .collect();
        // The furthest first. What is positive is in the order of its bits.
        passed.sort_by_cached_key(|(at, _)| u64::from((whole - at).to_bits()));
        for (_, corner) in passed {
            path.line_to(corner);
        }
        path.close();
    }
}

/// The way out of the box, times `sign`.
fn outward(exit: Exit, sign: f32) -> Point {
    if exit.is_below {
        Point::new(0.0, sign)
    } else if exit.at.x > 0.0 {
        Point::new(sign, 0.0)
    } else {
        Point::new(-sign, 0.0)
    }
}
