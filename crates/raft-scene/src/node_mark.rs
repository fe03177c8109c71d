//! A node: its disc, ring, glyph, vote pips, words and log.

use crate::geometry::{Point, Rectangle};
use crate::hit::Hit;
use crate::layout::{ASIDE, Layout, MARGIN, Obstacles, PIP_DISTANCE, PIP_RADIUS};
use crate::log_mark::{Known, LogMark, log_mark};
use crate::member::MemberKind;
use crate::node_state::Saying;
use crate::path::PathData;
use crate::stage::Metrics;
use crate::text_mark::{Anchor, TextMark, Tone, text_width};
use raft_core::{NodeId, Term};

/// What a node is, as it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum NodeRole {
    /// It follows.
    Follower,
    /// It asks whether it would win, before it stands for election.
    PreCandidate,
    /// It stands for election.
    Candidate,
    /// It leads.
    Leader,
    /// It believes that it leads, but a later term has a leader.
    StaleLeader,
    /// It is down.
    Crashed,
}

impl NodeRole {
    /// Every role.
    pub const ALL: [NodeRole; 6] = [
        NodeRole::Follower,
        NodeRole::PreCandidate,
        NodeRole::Candidate,
        NodeRole::Leader,
        NodeRole::StaleLeader,
        NodeRole::Crashed,
    ];

    /// The end of a CSS class, and the word for it: `follower`, `pre-candidate`,
    /// `candidate`, `leader`, `stale-leader`, `crashed`.
    pub const fn name(self) -> &'static str {
        match self {
            NodeRole::Follower => "follower",
            NodeRole::PreCandidate => "pre-candidate",
            NodeRole::Candidate => "candidate",
            NodeRole::Leader => "leader",
            NodeRole::StaleLeader => "stale-leader",
            NodeRole::Crashed => "crashed",
        }
    }

    /// The token of its outline; that of its fill has `-fill` after it.
    pub const fn token(self) -> &'static str {
        match self {
            NodeRole::Follower => "follower",
            NodeRole::PreCandidate | NodeRole::Candidate => "candidate",
            NodeRole::Leader | NodeRole::StaleLeader => "leader",
            NodeRole::Crashed => "crashed",
        }
    }

    /// The glyph that says the same without colour.
    pub const fn glyph(self) -> Option<Glyph> {
        match self {
            NodeRole::Follower => None,
            NodeRole::PreCandidate | NodeRole::Candidate => Some(Glyph::RaisedHand),
            NodeRole::Leader | NodeRole::StaleLeader => Some(Glyph::Crown),
            NodeRole::Crashed => Some(Glyph::Cross),
        }
    }
}

/// The sign of a role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Glyph {
    /// A leader.
    Crown,
    /// A candidate; hollow for one that only asks yet.
    RaisedHand,
    /// Crashed.
    Cross,
}

/// What the ring around a node measures. How full it is, is a matter of every frame:
/// see [`Motion::fractions`](crate::Motion).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum RingKind {
    /// Nothing: the node is down.
    #[default]
    None,
    /// The time left before it would stand for election, by its own clock.
    ElectionTimeout,
    /// What is left of a leader's lease, by its own clock.
    Lease,
    /// The time left before a leader's next heartbeats, by its own clock.
    Heartbeat,
}

impl RingKind {
    /// The end of a CSS class: `none`, `election-timeout`, `lease`, `heartbeat`.
    pub const fn name(self) -> &'static str {
        match self {
            RingKind::None => "none",
            RingKind::ElectionTimeout => "election-timeout",
            RingKind::Lease => "lease",
            RingKind::Heartbeat => "heartbeat",
        }
    }
}

/// How a voter answered a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vote {
    /// It gave its vote: a filled pip.
    Granted,
    /// It refused: a crossed pip.
    Refused,
    /// No answer yet: a hollow pip.
    Open,
}

impl Vote {
    /// The end of a CSS class: `granted`, `refused`, `open`.
    pub const fn name(self) -> &'static str {
        match self {
            Vote::Granted => "granted",
            Vote::Refused => "refused",
            Vote::Open => "open",
        }
    }
}

/// One voter's pip beside a candidate.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PipMark {
    /// Whose vote.
    pub voter: NodeId,
    /// How it answered.
    pub vote: Vote,
    /// Where.
    pub center: Point,
    /// How large.
    pub radius: f32,
}

/// How far something has come: a bar, and the part of it that is done.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct ProgressMark {
    /// The whole.
    pub track: Rectangle,
    /// What is done of it, from its left.
    pub done: Rectangle,
}

/// A node.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeMark {
    /// Which.
    pub id: NodeId,
    /// Its letter.
    pub name: String,
    /// The middle of its disc.
    pub center: Point,
    /// How large the disc is; the ring around it is [`Metrics::ring_radius`](crate::Metrics).
    pub radius: f32,
    /// What it is.
    pub role: NodeRole,
    /// The sign of its role.
    pub glyph: Option<Glyph>,
    /// The glyph as path data, in place; empty where there is none. Fill it; stroke
    /// the cross.
    pub glyph_path: String,
    /// Where its letter stands.
    pub name_at: TextMark,
    /// `term 3`; where there is no room, only `3`. Empty for a crashed node.
    pub term_line: TextMark,
    /// Its term; while it is down, what its disk holds.
    pub term: Term,
    /// What the ring around it measures.
    pub ring: RingKind,
    /// How the ring is meant: [`Tone::Bad`] around a stale leader, else the role's colour.
    pub ring_tone: Tone,
    /// One pip a voter, for a candidate.
    pub pips: Vec<PipMark>,
    /// What it is and does, in a word or three.
    pub role_line: TextMark,
    /// What is not as one would expect: its clock, its disk, its lease.
    pub notes: Vec<TextMark>,
    /// What it is to the configuration in force; the outline of a learner is dashed.
    pub member: MemberKind,
    /// While it gets a snapshot, how much of it is there.
    pub progress: Option<ProgressMark>,
    /// Its log.
    pub log: LogMark,
    /// Whether it is the selected one.
    pub is_selected: bool,
    /// One sentence for who can't see it.
    pub description: String,
}

/// What there is to draw of a node, before it is known where.
pub(crate) struct Face<'a> {
    pub(crate) id: NodeId,
    pub(crate) name: String,
    pub(crate) role: NodeRole,
    pub(crate) term: Term,
    pub(crate) ring: RingKind,
    /// Who answered it how, if it is a candidate.
    pub(crate) votes: Vec<(NodeId, Vote)>,
    pub(crate) role_line: Saying,
    pub(crate) notes: Vec<Saying>,
    pub(crate) member: MemberKind,
    /// While it gets a snapshot, how much of it is there, from 0 to 1. The first note tells
    /// of it.
    pub(crate) progress: Option<f32>,
    pub(crate) known: Known<'a>,
    pub(crate) description: String,
}

/// Makes the marks of all nodes: first what must have room, then what may.
pub(crate) fn nodes(faces: Vec<Face<'_>>, layout: &Layout, selected: Option<Hit>) -> Vec<NodeMark> {
    let mut obstacles = Obstacles::of(layout);
    let mut marks: Vec<(NodeMark, Vec<Saying>)> = Vec::new();
    for (face, center) in faces.iter().zip(&layout.centers) {
        let mut mark = node(face, layout, *center, selected);
        mark.log = log_mark(&face.known, layout, mark.center, &obstacles);
        obstacles.take(mark.log.bounds());
        marks.push((mark, face.notes.clone()));
    }
    for ((mark, _), face) in marks.iter_mut().zip(&faces) {
        place_role_line(mark, &face.role_line, layout, &mut obstacles);
    }
    for (mark, notes) in &mut marks {
        // All on one line where they fit, else line by line.
        if !layout.is_compact
            && let Some(saying) = Saying::joined(notes)
            && place_note(mark, &saying, layout, &mut obstacles)
        {
            notes.clear();
        }
    }
    for line in 0..3 {
        for (mark, notes) in &mut marks {
            if let Some(saying) = notes.get(line) {
                place_note(mark, saying, layout, &mut obstacles);
            }
        }
    }
    for ((mark, _), face) in marks.iter_mut().zip(&faces) {
        mark.progress = face.progress.and_then(|share| progress(mark, share));
    }
    marks.into_iter().map(|(mark, _)| mark).collect()
}

/// A bar below the note that tells of it; there is room between two lines.
fn progress(mark: &NodeMark, share: f32) -> Option<ProgressMark> {
    let note = mark.notes.first()?.bounds();
    let size = mark.notes.first()?.size;
    let track =
        Rectangle::new(note.x, note.bottom() + size * 0.05, note.width, (size * 0.22).max(2.0));
    let done = Rectangle { width: track.width * share.clamp(0.0, 1.0), ..track };
    Some(ProgressMark { track, done })
}

fn node(face: &Face<'_>, layout: &Layout, center: Point, selected: Option<Hit>) -> NodeMark {
    let metrics = &layout.metrics;
    let Face { id, role, term, .. } = *face;
    let radius = metrics.node_radius;
    let name = face.name.clone();
    // A name that is longer than a letter is as small as it must be to stay within the disc.
    let room = (radius * 1.7 / text_width(&name, metrics.name_size).max(1.0)).min(1.0);
    let name_at = TextMark {
        text: name.clone(),
        at: Point::new(center.x, center.y + radius * 0.18),
        anchor: Anchor::Middle,
        tone: Tone::Plain,
        size: metrics.name_size * room,
    };
    NodeMark {
        id,
        name,
        center,
        radius,
        role,
        glyph: role.glyph(),
        glyph_path: role.glyph().map(|glyph| glyph_path(glyph, center, radius)).unwrap_or_default(),
        name_at,
        term_line: term_line(role, term, center, metrics),
        term,
        ring: face.ring,
        ring_tone: if role == NodeRole::StaleLeader { Tone::Bad } else { Tone::Plain },
        pips: pips(&face.votes, layout, center),
        role_line: TextMark::default(),
        notes: Vec::new(),
        member: face.member,
        progress: None,
        log: LogMark::default(),
        is_selected: selected == Some(Hit::Node(id)),
        description: face.description.clone(),
    }
}

fn term_line(role: NodeRole, term: Term, center: Point, metrics: &Metrics) -> TextMark {
    let size = metrics.label_size;
    let radius = metrics.node_radius;
    let mut text = String::new();
    if role != NodeRole::Crashed {
        text = format!("term {term}");
        if text_width(&text, size) > radius * 1.5 {
            text = term.to_string();
        }
    }
    let at = Point::new(center.x, center.y + (radius * 0.6).max(radius * 0.18 + size * 0.95));
    TextMark { text, at, anchor: Anchor::Middle, tone: Tone::Plain, size }
}

/// Pips stand on an arc below the node; where the log is below, above it.
fn pips(votes: &[(NodeId, Vote)], layout: &Layout, center: Point) -> Vec<PipMark> {
    let radius = layout.metrics.node_radius;
    let distance = layout.metrics.outer_radius() + radius * PIP_DISTANCE;
    let step = (130.0 / votes.len().max(2).saturating_sub(1) as f32).min(26.0).to_radians();
    let middle = votes.len().saturating_sub(1) as f32 / 2.0;
    let side = if layout.is_compact { -1.0 } else { 1.0 };
    let place = |(place, (voter, vote)): (usize, &(NodeId, Vote))| {
        let angle = (place as f32 - middle) * step;
        let center = center.around(angle, distance, -side * distance);
        PipMark { voter: *voter, vote: *vote, center, radius: radius * PIP_RADIUS }
    };
    votes.iter().enumerate().map(place).collect()
}

pub(crate) fn glyph_path(glyph: Glyph, center: Point, radius: f32) -> String {
    // Drawn for a disc of radius 34, around its middle.
    const CROWN: [(f32, f32); 7] = [
        (-9.0, -25.0),
        (-5.0, -19.0),
        (0.0, -27.0),
        (5.0, -19.0),
        (9.0, -25.0),
        (7.0, -14.0),
        (-7.0, -14.0),
    ];
    const HAND: [(f32, f32); 20] = [
        (-3.5, -12.0),
        (-8.5, -18.0),
        (-6.8, -19.8),
        (-4.6, -17.6),
        (-4.6, -25.5),
        (-2.4, -25.5),
        (-2.4, -20.0),
        (-1.7, -20.0),
        (-1.7, -27.5),
        (0.6, -27.5),
        (0.6, -20.0),
        (1.3, -20.0),
        (1.3, -26.6),
        (3.5, -26.6),
        (3.5, -19.6),
        (4.2, -19.6),
        (4.2, -24.0),
        (6.2, -24.0),
        (6.2, -15.0),
        (4.0, -12.0),
    ];
    let scale = radius / 34.0;
    let put = |(x, y): &(f32, f32)| Point::new(center.x + x * scale, center.y + y * scale);
    let mut path = String::new();
    match glyph {
        Glyph::Crown => path.polygon(&CROWN.each_ref().map(put)),
        Glyph::RaisedHand => path.polygon(&HAND.each_ref().map(put)),
        Glyph::Cross => path.cross(put(&(0.0, -18.0)), 5.0 * scale),
    }
    path
}

fn place_role_line(
    mark: &mut NodeMark,
    saying: &Saying,
    layout: &Layout,
    obstacles: &mut Obstacles,
) {
    if layout.is_compact {
        // The disc says it already; words only for what it can't say.
        if !matches!(mark.role, NodeRole::Leader | NodeRole::Candidate | NodeRole::Crashed)
            && saying.ways.first().is_none_or(|text| text != "follower")
        {
            mark.role_line = compactly(mark, saying, layout, obstacles).unwrap_or_default();
        }
        return;
    }
    let metrics = &layout.metrics;
    let baseline = mark.center.y - metrics.cell_height / 2.0 - metrics.label_size * 0.4;
    if let Some(text) = aside(mark.center, baseline, saying, layout, obstacles) {
        mark.role_line = text;
    }
}

/// Says whether there was room.
fn place_note(
    mark: &mut NodeMark,
    saying: &Saying,
    layout: &Layout,
    obstacles: &mut Obstacles,
) -> bool {
    let text = if layout.is_compact {
        compactly(mark, saying, layout, obstacles)
    } else {
        let metrics = &layout.metrics;
        let first = mark.center.y + metrics.cell_height / 2.0 + metrics.label_size * 1.25;
        let baseline = first + mark.notes.len() as f32 * metrics.line_height();
        aside(mark.center, baseline, saying, layout, obstacles)
    };
    let is_placed = text.is_some();
    mark.notes.extend(text);
    is_placed
}

/// Outward of a node, on this baseline.
fn aside(
    center: Point,
    baseline: f32,
    saying: &Saying,
    layout: &Layout,
    obstacles: &mut Obstacles,
) -> Option<TextMark> {
    let metrics = &layout.metrics;
    let goes_right = layout.goes_right(center);
    let away = metrics.outer_radius() + ASIDE;
    let x = if goes_right { center.x + away } else { center.x - away };
    let size = metrics.label_size;
    let room = obstacles.room(x, goes_right, baseline - size * 0.8, baseline + size * 0.25);
    let text = saying.ways.iter().find(|text| text_width(text, size) <= room)?;
    let mark = TextMark {
        text: text.clone(),
        at: Point::new(x, baseline),
        anchor: if goes_right { Anchor::Start } else { Anchor::End },
        tone: saying.tone,
        size,
    };
    obstacles.take(mark.bounds());
    Some(mark)
}

/// Where the layout is compact: beside the node where there happens to be room, as there
/// is beside the one at the top, else below its log.
fn compactly(
    mark: &NodeMark,
    saying: &Saying,
    layout: &Layout,
    obstacles: &mut Obstacles,
) -> Option<TextMark> {
    let metrics = &layout.metrics;
    let texts = mark.notes.iter().chain([&mark.role_line]).filter(|text| !text.text.is_empty());
    let (below_it, beside_it): (Vec<_>, Vec<_>) =
        texts.partition(|text| text.anchor == Anchor::Middle);
    let baseline = mark.center.y + beside_it.len() as f32 * metrics.line_height();
    if below_it.is_empty()
        && let Some(text) = aside(mark.center, baseline, saying, layout, obstacles)
    {
        return Some(text);
    }
    below(mark, below_it.len(), saying, layout, obstacles)
}

/// Below a node's log, and as many lines that are there.
fn below(
    mark: &NodeMark,
    lines: usize,
    saying: &Saying,
    layout: &Layout,
    obstacles: &mut Obstacles,
) -> Option<TextMark> {
    let metrics = &layout.metrics;
    let log = if mark.log.cells.is_empty() { 0.0 } else { metrics.cell_height + 3.0 };
    let baseline = mark.center.y
        + metrics.outer_radius()
        + log
        + metrics.label_size * 1.2
        + lines as f32 * metrics.line_height();
    let size = metrics.label_size;
    let text = saying.ways.iter().find_map(|text| {
        let half = text_width(text, size) / 2.0;
        // A text near the edge moves inward.
        let x = mark.center.x.min(layout.bounds.width - MARGIN - half).max(MARGIN + half);
        let at = Point::new(x, baseline);
        let tone = saying.tone;
        let line = TextMark { text: text.clone(), at, anchor: Anchor::Middle, tone, size };
        let fits = half * 2.0 < layout.bounds.width - 2.0 * MARGIN;
        (fits && obstacles.is_free(&line.bounds())).then_some(line)
    })?;
    obstacles.take(text.bounds());
    Some(text)
}
