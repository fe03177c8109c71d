//! The space-time diagram: a lane a node and a client, time from left to right.

use crate::axis;
use crate::geometry::{Point, Rectangle, distance_to_segment};
use crate::message_mark::MarkKind;
use crate::node_mark::NodeRole;
use crate::path::PathData;
use crate::text_mark::{Anchor, TextMark, Tone, text_width};
use crate::timeline_index::{Fault, MessageSpan, OperationSpan, TimelineIndex};
use crate::words;
use raft_core::{Micros, NodeId, NodeSet};
use raft_sim::{OperationId, Outcome, Property};

/// The box to fill.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TimelineView {
    /// How wide the box is.
    pub width: f32,
    /// How high the box is.
    pub height: f32,
    /// Whether to leave room for the lanes' names, the axis and the clients; without,
    /// only the nodes' lanes are drawn, as in an embedded page.
    pub is_full: bool,
}

/// Whose lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LaneOf {
    /// A node's.
    Node(NodeId),
    /// A client's; 0 is whoever sits in front of the page.
    Client(u32),
}

/// A lane.
#[derive(Clone, PartialEq, Debug)]
pub struct LaneMark {
    /// Whose.
    pub of: LaneOf,
    /// Its name: `A`, `c1`, `you`. At the left; empty where there is no room.
    pub label: TextMark,
    /// The middle of the lane.
    pub y: f32,
}

/// Where nodes are of one role, on all lanes: one path to fill.
#[derive(Clone, PartialEq, Debug)]
pub struct RoleBand {
    /// The role; never [`NodeRole::StaleLeader`].
    pub role: NodeRole,
    /// Path data.
    pub path: String,
}

/// The messages of one kind: one path to stroke and one to fill.
#[derive(Clone, PartialEq, Debug)]
pub struct Strand {
    /// The kind; [`MarkKind::Lost`] for those that died: stroke them dashed.
    pub kind: MarkKind,
    /// Their lines, to stroke.
    pub lines: String,
    /// Dots where they arrived, to fill; for lost ones crosses, to stroke.
    pub ends: String,
}

/// The time in which something was broken.
#[derive(Clone, PartialEq, Debug)]
pub struct FaultMark {
    /// The shading.
    pub bounds: Rectangle,
    /// What it was: `partition {A} | {B C D E}`, `A is down`, `A → B cut`.
    pub label: String,
}

/// An operation: a bar from question to answer.
#[derive(Clone, PartialEq, Debug)]
pub struct OperationMark {
    /// Its name.
    pub operation: OperationId,
    /// The client; 0 is whoever sits in front of the page.
    pub client: u32,
    /// The bar.
    pub bounds: Rectangle,
    /// What it was: on the bar or right of it; empty where there is no room.
    pub label: TextMark,
    /// How it went.
    pub tone: Tone,
    /// Whether it is part of a violation.
    pub is_stale: bool,
    /// The event in which it ended; in which it began, as long as it goes on.
    pub event: u64,
    /// One sentence.
    pub description: String,
}

/// The operations that went one way, on all lanes: one path to fill.
#[derive(Clone, PartialEq, Debug)]
pub struct OperationBand {
    /// How they went.
    pub tone: Tone,
    /// Path data.
    pub path: String,
}

/// A round moment on the axis.
#[derive(Clone, PartialEq, Debug)]
pub struct TickMark {
    /// When.
    pub at: Micros,
    /// Where.
    pub x: f32,
    /// `450 ms`, above the lanes; empty without an axis.
    pub label: TextMark,
}

/// A violation.
#[derive(Clone, PartialEq, Debug)]
pub struct ViolationMark {
    /// Where: the top of the mark.
    pub at: Point,
    /// The event in which it was found.
    pub event: u64,
    /// Which property.
    pub property: Property,
    /// One sentence.
    pub description: String,
}

/// The space-time diagram of a span of a run.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TimelineMarks {
    /// Where time is drawn: from its left edge to its right.
    pub plot: Rectangle,
    /// When its left edge is.
    pub from: Micros,
    /// When its right edge is.
    pub to: Micros,
    /// The lanes, from the top.
    pub lanes: Vec<LaneMark>,
    /// The ticks of the axis.
    pub ticks: Vec<TickMark>,
    /// What was broken, behind everything.
    pub faults: Vec<FaultMark>,
    /// The roles.
    pub roles: Vec<RoleBand>,
    /// The messages; none where they would be too many to tell apart.
    pub strands: Vec<Strand>,
    /// Where `strands` leaves messages out: how busy it is, as one faint path to fill.
    pub density: String,
    /// What the clients did; none where they would be too many to tell apart.
    pub operations: Vec<OperationMark>,
    /// Where `operations` leaves them out: all of them, by how they went.
    pub operation_bands: Vec<OperationBand>,
    /// What went wrong.
    pub violations: Vec<ViolationMark>,
}

impl TimelineMarks {
    /// Where a time is; outside of the plot for a time outside of the span.
    pub fn x_of(&self, at: Micros) -> f32 {
        let span = (self.to - self.from).0.max(1) as f64;
        let passed = at.0 as f64 - self.from.0 as f64;
        self.plot.x + (passed / span) as f32 * self.plot.width
    }

    /// The time at a place; places left or right of the plot count as its edges.
    pub fn time_at(&self, x: f32) -> Micros {
        let fraction = f64::from((x - self.plot.x) / self.plot.width.max(1.0)).clamp(0.0, 1.0);
        self.from + Micros((fraction * (self.to - self.from).0 as f64) as u64)
    }

    /// From where to where a message's line runs, as far as it is in the span; `None` where
    /// none of it is.
    pub fn line_of(&self, message: &MessageSpan) -> Option<(Point, Point)> {
        let (start, end) = self.whole_line(message)?;
        self.clipped(start, end)
    }

    /// The message whose line is nearest to a place, of those within `reach` pixels.
    pub fn message_at(
        &self,
        index: &TimelineIndex,
        place: Point,
        reach: f32,
    ) -> Option<MessageSpan> {
        // Where there are more than can be told apart, only some are drawn.
        let is_drawn = |message: &MessageSpan| {
            let kind = if message.lost.is_some() { MarkKind::Lost } else { message.kind };
            self.strands.iter().any(|strand| strand.kind == kind)
        };
        index
            .sent_between(Micros(self.from.0.saturating_sub(index.longest().0 + 1)), self.to)
            .filter(is_drawn)
            .filter_map(|message| {
                let (start, end) = self.line_of(&message)?;
                Some((distance_to_segment(place, start, end), message))
            })
            .filter(|(distance, _)| *distance <= reach)
            .min_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, message)| message)
    }

    fn whole_line(&self, message: &MessageSpan) -> Option<(Point, Point)> {
        let leaves = self.lane_y(LaneOf::Node(message.from))?;
        let arrives = self.lane_y(LaneOf::Node(message.to))?;
        // One that died goes as far as it came.
        let share = message.lost.map_or(1.0, |(_, permille)| f32::from(permille) / 1_000.0);
        let start = Point::new(self.x_of(message.sent_at), leaves);
        let end = Point::new(self.x_of(message.ended_at), leaves + (arrives - leaves) * share);
        Some((start, end))
    }
}

/// More messages than this can't be told apart: heartbeats and their answers are left
/// out first, then all.
const MOST_MESSAGES: usize = 400;
/// More operations than this are drawn as bands, without words.
const MOST_OPERATIONS: usize = 300;
/// The width of a column of the density, in pixels.
const COLUMN: f32 = 4.0;
pub(crate) const LABEL_SIZE: f32 = 11.0;

/// The space-time diagram of a span of a run.
pub fn timeline_marks(
    index: &TimelineIndex,
    from: Micros,
    to: Micros,
    view: &TimelineView,
) -> TimelineMarks {
    let to = to.max(from + Micros(1));
    let (left, top, right) = if view.is_full {
        (index.names.widest(LABEL_SIZE).min(view.width / 4.0).max(26.0) + 14.0, 20.0, 22.0)
    } else {
        (4.0, 2.0, 4.0)
    };
    let plot = Rectangle::new(
        left,
        top,
        (view.width - left - right).max(1.0),
        (view.height - top - 4.0).max(1.0),
    );
    let mut marks = TimelineMarks { plot, from, to, ..TimelineMarks::default() };
    let pitch = marks.lay_lanes(index, view.is_full);
    marks.ticks = axis::ticks(&marks, view);
    marks.shade_faults(index, pitch);
    marks.band_roles(index, pitch);
    marks.weave(index, pitch);
    marks.lay_operations(index, pitch, view.is_full);
    for found in &index.violations {
        if (from..=to).contains(&found.at) {
            marks.violations.push(ViolationMark {
                at: Point::new(marks.x_of(found.at), plot.y),
                event: found.event,
                property: found.property,
                description: found.description.clone(),
            });
        }
    }
    marks
}

impl TimelineMarks {
    /// Gives the height of a lane.
    fn lay_lanes(&mut self, index: &TimelineIndex, is_full: bool) -> f32 {
        let nodes = (0..index.nodes).filter_map(NodeId::new).map(LaneOf::Node);
        let clients = (1..=index.clients)
            .chain(index.has_person.then_some(0))
            .filter(|_| is_full)
            .map(LaneOf::Client);
        let lanes: Vec<LaneOf> = nodes.chain(clients).collect();
        let pitch = (self.plot.height / lanes.len().max(1) as f32).min(34.0);
        for (place, of) in lanes.into_iter().enumerate() {
            let y = self.plot.y + (place as f32 + 0.5) * pitch;
            let text = match of {
                _ if !is_full || pitch < 9.0 => String::new(),
                LaneOf::Node(id) => index.names.node(id),
                LaneOf::Client(number) => index.names.lane_of_client(number),
            };
            let label = TextMark {
                text,
                at: Point::new(self.plot.x - 10.0, y + LABEL_SIZE * 0.36),
                anchor: Anchor::End,
                tone: Tone::Quiet,
                size: LABEL_SIZE,
            };
            self.lanes.push(LaneMark { of, label, y });
        }
        pitch
    }

    fn lane_y(&self, of: LaneOf) -> Option<f32> {
        // Nodes come first, in the order of their ids.
        match of {
            LaneOf::Node(id) => self.lanes.get(usize::from(id.number())).map(|lane| lane.y),
            LaneOf::Client(_) => self.lanes.iter().find(|lane| lane.of == of).map(|lane| lane.y),
        }
    }

    /// The part of a span of time that is in the plot: from where, how wide.
    fn within(&self, from: Micros, to: Micros) -> Option<(f32, f32)> {
        if to < self.from || from > self.to {
            return None;
        }
        let left = self.x_of(from.max(self.from));
        Some((left, self.x_of(to.min(self.to)) - left))
    }

    fn shade_faults(&mut self, index: &TimelineIndex, pitch: f32) {
        for span in &index.faults {
            let Some((x, width)) = self.within(span.from, span.to.min(index.duration)) else {
                continue;
            };
            let (lanes, label) = match &span.fault {
                Fault::Down(node) => {
                    (NodeSet::only(*node), format!("{} is down", index.names.node(*node)))
                }
                Fault::Paused(node) => (NodeSet::only(*node), format!("{node} stands still")),
                Fault::Busy(node) => (NodeSet::only(*node), format!("{node} takes a snapshot")),
                Fault::Stalled(node) => (NodeSet::only(*node), format!("{node}'s disk stalls")),
                Fault::Cut { from, to } => (NodeSet::only(*to), format!("{from} → {to} cut")),
                Fault::Wall { groups, minorities } => (
                    *minorities,
                    format!("partition {}", words::groups(groups, |it| it.to_string())),
                ),
            };
            let mut bounds: Vec<Rectangle> = Vec::new();
            for node in lanes.iter() {
                let Some(y) = self.lane_y(LaneOf::Node(node)) else { continue };
                let top = y - pitch / 2.0;
                match bounds.last_mut() {
                    // Neighbours' lanes are shaded as one.
                    Some(last) if (last.bottom() - top).abs() < 0.5 => last.height += pitch,
                    _ => bounds.push(Rectangle::new(x, top, width, pitch)),
                }
            }
            let faults =
                bounds.into_iter().map(|bounds| FaultMark { bounds, label: label.clone() });
            self.faults.extend(faults);
        }
    }

    fn band_roles(&mut self, index: &TimelineIndex, pitch: f32) {
        for role in NodeRole::ALL {
            if role == NodeRole::StaleLeader {
                continue;
            }
            let height = match role {
                NodeRole::Follower | NodeRole::Crashed => (pitch * 0.24).clamp(1.5, 6.0),
                _ => (pitch * 0.36).clamp(2.5, 9.0),
            };
            let mut path = String::new();
            for (lane, spans) in self.lanes.iter().zip(&index.roles) {
                let first = spans.partition_point(|span| span.to < self.from);
                let seen = spans[first..].iter().take_while(|span| span.from <= self.to);
                for span in seen.filter(|span| span.role == role) {
                    if let Some((x, width)) = self.within(span.from, span.to) {
                        let y = lane.y - height / 2.0;
                        // Even what takes no time is seen.
                        path.rectangle(Rectangle::new(x, y, width.max(1.0), height));
                    }
                }
            }
            if !path.is_empty() {
                self.roles.push(RoleBand { role, path });
            }
        }
    }

    /// Draws the messages.
    fn weave(&mut self, index: &TimelineIndex, pitch: f32) {
        let earliest = Micros(self.from.0.saturating_sub(index.longest().0 + 1));
        let is_routine =
            |span: &MessageSpan| matches!(span.kind, MarkKind::Heartbeat | MarkKind::Accepted);
        // However many there are, no more are looked at twice than can be drawn.
        let mut density = Density::new(self);
        let (mut all, mut rest) = (Vec::new(), Vec::new());
        for span in index.sent_between(earliest, self.to) {
            if span.ended_at < self.from {
                continue;
            }
            density.count(self, &span);
            if all.len() <= MOST_MESSAGES {
                all.push(span);
            }
            if rest.len() <= MOST_MESSAGES && !is_routine(&span) {
                rest.push(span);
            }
        }
        let drawn = if all.len() <= MOST_MESSAGES {
            all
        } else {
            self.density = density.skyline(self, index, pitch);
            if rest.len() <= MOST_MESSAGES { rest } else { Vec::new() }
        };

        let mut strands: Vec<Strand> = MarkKind::ALL
            .into_iter()
            .map(|kind| Strand { kind, lines: String::new(), ends: String::new() })
            .collect();
        for span in drawn {
            let kind = if span.lost.is_some() { MarkKind::Lost } else { span.kind };
            let strand = &mut strands[kind.layer()];
            let Some((start, end)) = self.whole_line(&span) else { continue };
            let Some((first, last)) = self.clipped(start, end) else { continue };
            strand.lines.segment(first, last);
            let has_ended = span.has_ended && end.x <= self.plot.right();
            if !has_ended || end.x < self.plot.x {
                continue;
            }
            if span.lost.is_some() {
                strand.ends.cross(end, (pitch * 0.12).clamp(1.5, 3.0));
            } else {
                strand.ends.circle(end, (pitch * 0.1).clamp(1.2, 2.3));
            }
        }
        strands.retain(|strand| !strand.lines.is_empty());
        self.strands = strands;
    }

    /// The part of a line that is within the plot's left and right edges.
    fn clipped(&self, start: Point, end: Point) -> Option<(Point, Point)> {
        let (left, right) = (self.plot.x, self.plot.right());
        if end.x < left || start.x > right {
            return None;
        }
        let width = end.x - start.x;
        let at = |x: f32| start.towards(end, (x - start.x) / width);
        let first = if start.x < left && width > 0.0 { at(left) } else { start };
        let last = if end.x > right && width > 0.0 { at(right) } else { end };
        Some((first, last))
    }

    fn lay_operations(&mut self, index: &TimelineIndex, pitch: f32, is_full: bool) {
        if !is_full {
            return;
        }
        let height = (pitch * 0.4).clamp(4.0, 14.0);
        let size = (height + 1.0).clamp(9.0, LABEL_SIZE);
        // For each client, where its last label ends.
        let mut free_from = vec![f32::MIN; index.clients as usize + 1];
        let end_of = |span: &OperationSpan| span.ended.map_or(index.duration, |(at, _)| at);
        let seen: Vec<&OperationSpan> = index
            .operations
            .iter()
            .filter(|span| span.began_at <= self.to && end_of(span) >= self.from)
            .collect();
        if seen.len() > MOST_OPERATIONS {
            return self.band_operations(index, &seen, height);
        }
        for (place, span) in seen.iter().enumerate() {
            let Some(y) = self.lane_y(LaneOf::Client(span.client)) else { continue };
            let Some((x, width)) = self.within(span.began_at, end_of(span)) else { continue };
            let bounds = Rectangle::new(x, y - height / 2.0, width.max(1.5), height);
            let is_stale = index.stale().contains(&span.id);
            let (ways, tone) = in_words(index, span, is_stale);
            let next = seen[place + 1..].iter().find(|other| other.client == span.client);
            let until = next.map_or(self.plot.right(), |next| self.x_of(next.began_at) - 4.0);
            let room_of = |way: &str| text_width(way, size) + 4.0;
            let free = &mut free_from[span.client as usize];
            let beside = bounds.right() + 5.0;
            // A client that asks for two things at once has bars that lie on each other.
            let within = bounds.x + 4.0;
            let on_bar = ways
                .first()
                .filter(|way| room_of(way) <= bounds.width && height >= size && within > *free)
                .map(|way| (way.clone(), within));
            let label = on_bar.or_else(|| {
                ways.iter()
                    .find(|way| beside + room_of(way) <= until && beside > *free)
                    .map(|way| (way.clone(), beside))
            });
            if let Some((way, left)) = &label {
                *free = left + room_of(way);
            }
            let (text, left) = label.unwrap_or_else(|| (String::new(), beside));
            let what = ways.into_iter().next().unwrap_or_default();
            let label = TextMark {
                text,
                at: Point::new(left, y + size * 0.36),
                anchor: Anchor::Start,
                tone,
                size,
            };
            self.operations.push(OperationMark {
                operation: span.id,
                client: span.client,
                bounds,
                label,
                tone,
                is_stale,
                event: span.event,
                description: format!("{}: {what}.", index.names.client(span.client)),
            });
        }
    }
}

impl TimelineMarks {
    /// Draws operations as bands: what follows at once on what went the same way is one
    /// with it, so that a long run has no more to draw than the plot has pixels.
    fn band_operations(&mut self, index: &TimelineIndex, seen: &[&OperationSpan], height: f32) {
        let tones = [Tone::Quiet, Tone::Good, Tone::Notable, Tone::Bad];
        let mut stale = index.stale().to_vec();
        stale.sort_unstable();
        let mut bands: Vec<OperationBand> =
            tones.iter().map(|tone| OperationBand { tone: *tone, path: String::new() }).collect();
        // By lane and tone: the bar that is not drawn yet.
        let mut open: Vec<[Option<Rectangle>; 4]> = vec![[None; 4]; index.clients as usize + 1];
        for span in seen {
            let Some(y) = self.lane_y(LaneOf::Client(span.client)) else { continue };
            let ended = span.ended.map_or(index.duration, |(at, _)| at);
            let Some((x, width)) = self.within(span.began_at, ended) else { continue };
            let tone = match span.ended {
                None => 0,
                Some((_, Outcome::Refused | Outcome::GaveUp)) => 2,
                Some(_) if stale.binary_search(&span.id).is_ok() => 3,
                Some(_) => 1,
            };
            let bar = Rectangle::new(x, y - height / 2.0, width.max(1.0), height);
            let waiting = &mut open[span.client as usize][tone];
            match waiting {
                Some(last) if bar.x <= last.right() + 0.75 => {
                    last.width = last.width.max(bar.right() - last.x);
                }
                _ => {
                    if let Some(last) = waiting.replace(bar) {
                        bands[tone].path.rectangle(last);
                    }
                }
            }
        }
        for lane in open {
            for (band, last) in bands.iter_mut().zip(lane) {
                last.into_iter().for_each(|bar| band.path.rectangle(bar));
            }
        }
        bands.retain(|band| !band.path.is_empty());
        self.operation_bands = bands;
    }
}

/// How many messages leave in each column.
struct Density {
    counts: Vec<u32>,
}

impl Density {
    fn new(marks: &TimelineMarks) -> Density {
        let columns = (marks.plot.width / COLUMN).ceil().max(1.0) as usize;
        Density { counts: vec![0; columns] }
    }

    fn count(&mut self, marks: &TimelineMarks, span: &MessageSpan) {
        if span.sent_at >= marks.from {
            let column = ((marks.x_of(span.sent_at) - marks.plot.x) / COLUMN) as usize;
            let last = self.counts.len() - 1;
            self.counts[column.min(last)] += 1;
        }
    }

    /// As a skyline on the last node's lane.
    fn skyline(self, marks: &TimelineMarks, index: &TimelineIndex, pitch: f32) -> String {
        let most = self.counts.iter().copied().max().unwrap_or(1).max(1) as f32;
        let ground = marks.plot.y + f32::from(index.nodes) * pitch;
        let mut path = String::new();
        for (column, count) in self.counts.into_iter().enumerate().filter(|(_, it)| *it > 0) {
            let height = pitch * 0.9 * count as f32 / most;
            let x = marks.plot.x + column as f32 * COLUMN;
            let width = COLUMN.min(marks.plot.right() - x);
            path.rectangle(Rectangle::new(x, ground - height, width, height));
        }
        path
    }
}

/// What to call an operation, the longest way first, and how it went.
fn in_words(index: &TimelineIndex, span: &OperationSpan, is_stale: bool) -> (Vec<String>, Tone) {
    let what = index.names.asks(span);
    let found = |value| index.names.found(span, value);
    match span.ended {
        None => (vec![format!("{what} …")], Tone::Quiet),
        Some((_, Outcome::Written)) => (vec![what], Tone::Good),
        Some((_, Outcome::Found { value, .. })) if is_stale => {
            let value = found(value);
            let ways =
                vec![format!("{what} → {value} (stale)"), format!("{value} stale"), "stale".into()];
            (ways, Tone::Bad)
        }
        Some((_, Outcome::Found { value, .. })) => {
            (vec![format!("{what} → {}", found(value))], Tone::Good)
        }
        Some((_, Outcome::Refused)) => (vec![format!("{what} refused")], Tone::Notable),
        Some((_, Outcome::GaveUp)) => (vec![format!("{what} gave up")], Tone::Notable),
    }
}
