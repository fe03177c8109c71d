//! A node: its disc, ring, glyph, vote pips, words and log.

use crate::geometry::Point;
use crate::log_mark::LogMark;
use crate::text_mark::{TextMark, Tone};
use raft_core::{NodeId, Term};

/// What a node is, as it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum NodeRole {
    /// It follows.
    Follower,
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
    pub const ALL: [NodeRole; 5] = [
        NodeRole::Follower,
        NodeRole::Candidate,
        NodeRole::Leader,
        NodeRole::StaleLeader,
        NodeRole::Crashed,
    ];

    /// The end of a CSS class, and the word for it: `follower`, `candidate`, `leader`,
    /// `stale-leader`, `crashed`.
    pub const fn name(self) -> &'static str {
        match self {
            NodeRole::Follower => "follower",
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
            NodeRole::Candidate => "candidate",
            NodeRole::Leader | NodeRole::StaleLeader => "leader",
            NodeRole::Crashed => "crashed",
        }
    }

    /// The glyph that says the same without colour.
    pub const fn glyph(self) -> Option<Glyph> {
        match self {
            NodeRole::Follower => None,
            NodeRole::Candidate => Some(Glyph::RaisedHand),
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
    /// A candidate.
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
    /// Its log.
    pub log: LogMark,
    /// Whether it is the selected one.
    pub is_selected: bool,
    /// One sentence for who can't see it.
    pub description: String,
}
