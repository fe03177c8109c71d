//! What stands below a figure: the kinds of marks that occur in it, and what they mean.

use super::MARGIN;
use super::paper::Paper;
use super::{log_grid, stage, timeline};
use crate::geometry::{Point, Rectangle};
use crate::log_grid::EntryKind;
use crate::message_mark::MarkKind;
use crate::node_mark::{NodeRole, Vote, glyph_path};
use crate::text_mark::{Anchor, TextMark, Tone, text_width};

const SIZE: f32 = 11.0;
const ROW: f32 = 18.0;
/// From a sample to its words, and from the words to the next sample.
const GAPS: (f32, f32) = (5.0, 14.0);

/// A mark as it occurs in a figure.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Sample {
    /// A message on the stage.
    Message(MarkKind),
    /// A message on the diagram.
    Strand(MarkKind),
    /// A node on the stage.
    Node(NodeRole),
    /// A node that gets the log and does not vote.
    Learner,
    /// A candidate's pip.
    Pip(Vote),
    /// The ring around a node.
    Ring,
    /// A role on the diagram.
    Band(NodeRole),
    /// An entry.
    Cell(log_grid::Look),
    /// The entries that a snapshot stands for.
    Covered,
    /// Where the leader believes that a log matches, and what it sends next.
    Pointer { is_next: bool },
    /// The side of a wall that can make no majority.
    Tint,
    /// A link that is cut one way.
    OneWay,
    /// A fault on the diagram.
    Shade,
    /// An operation on the diagram.
    Bar(Tone),
    /// A violation on the diagram.
    Flag,
}

/// The kinds of marks that occur in a figure.
#[derive(Default)]
pub(super) struct Legend {
    items: Vec<(Sample, String)>,
    /// The middle of the left edge of each, once it is laid out.
    places: Vec<Point>,
    pub(super) height: f32,
}

impl Legend {
    /// Each kind once.
    pub(super) fn add(&mut self, sample: Sample, means: impl Into<String>) {
        let means = means.into();
        if !self.items.iter().any(|item| item.0 == sample && item.1 == means) {
            self.items.push((sample, means));
        }
    }

    /// Finds a place for each: from left to right, line by line.
    pub(super) fn lay(mut self, width: f32) -> Legend {
        let (mut x, mut y) = (MARGIN, 6.0 + ROW / 2.0);
        for (sample, means) in &self.items {
            let takes = sample.width() + GAPS.0 + text_width(means, SIZE);
            if x > MARGIN && x + takes > width - MARGIN {
                (x, y) = (MARGIN, y + ROW);
            }
            self.places.push(Point::new(x, y));
            x += takes + GAPS.1;
        }
        self.height = if self.items.is_empty() { 8.0 } else { y + ROW / 2.0 + 6.0 };
        self
    }

    pub(super) fn paint(&self, paper: &mut Paper) {
        for ((sample, means), at) in self.items.iter().zip(&self.places) {
            sample.paint(paper, *at);
            let text = TextMark {
                text: means.clone(),
                at: Point::new(at.x + sample.width() + GAPS.0, at.y + SIZE * 0.36),
                anchor: Anchor::Start,
                tone: Tone::Quiet,
                size: SIZE,
            };
            paper.letters(&text, "quiet", false);
        }
    }
}

impl Sample {
    const fn width(self) -> f32 {
        match self {
            Sample::Message(_) | Sample::Pip(_) | Sample::Flag => 13.0,
            Sample::Node(_) | Sample::Learner | Sample::Ring => 17.0,
            Sample::Pointer { .. } => 10.0,
            Sample::Cell(_) | Sample::Covered | Sample::Tint => 19.0,
            Sample::Strand(_) | Sample::Band(_) | Sample::OneWay => 24.0,
            Sample::Shade | Sample::Bar(_) => 20.0,
        }
    }

    fn paint(self, paper: &mut Paper, at: Point) {
        let width = self.width();
        let middle = Point::new(at.x + width / 2.0, at.y);
        let right = Point::new(at.x + width, at.y);
        let area = Rectangle::new(at.x, at.y - 6.0, width, 12.0);
        match self {
            Sample::Message(kind) => stage::paint_message(paper, kind, middle, 5.5),
            Sample::Strand(kind) => timeline::paint_strand_sample(paper, kind, at, right),
            Sample::Node(role) => {
                let outline = paper.circle(middle, 7.0).fill_token(role.token(), "-fill");
                let outline = outline.stroke(role.token(), 1.4);
                match stage::dash_of(role) {
                    Some(_) => outline.text("stroke-dasharray", "2 2").end(),
                    None => outline.end(),
                }
                if let Some(glyph) = role.glyph() {
                    // The glyph sits in the upper half of a disc: here it has the whole.
                    let path = glyph_path(glyph, Point::new(middle.x, middle.y + 9.5), 16.0);
                    stage::paint_glyph(paper, role, &path, 1.4);
                }
            }
            Sample::Learner => {
                let outline = paper.circle(middle, 7.0).fill("follower-fill");
                outline.stroke("follower", 1.6).text("stroke-dasharray", "3 2.2").end();
            }
            Sample::Pip(vote) => stage::paint_pip(paper, "candidate", vote, middle, 4.5),
            Sample::Ring => {
                paper.circle(middle, 6.5).stroke("track", 2.5).end();
                stage::paint_ring(paper, middle, (6.5, 2.5), 0.66, "follower");
            }
            Sample::Band(role) => timeline::paint_band_sample(paper, role, at, right),
            Sample::Cell(look) => {
                let bounds = Rectangle::new(at.x, at.y - 7.0, width, 14.0);
                log_grid::paint_cell(paper, &bounds, look, "", 10.0);
            }
            Sample::Covered => log_grid::paint_covered(paper, &area),
            Sample::Pointer { is_next } => {
                log_grid::paint_pointer(paper, Point::new(middle.x, middle.y - 4.0), is_next)
            }
            Sample::Tint => {
                paper.rectangle(&area, 2.0).fill("bad-fill").stroke("bad", 1.0).end();
            }
            Sample::OneWay => stage::paint_one_way_sample(paper, at, right),
            Sample::Shade => timeline::paint_shade(paper, &area),
            Sample::Bar(tone) => {
                let bar = Rectangle::new(at.x, at.y - 4.0, width, 8.0);
                paper.rectangle(&bar, 2.0).fill(tone.token()).end();
            }
            Sample::Flag => timeline::paint_flag(paper, Point::new(middle.x, middle.y - 1.0)),
        }
    }
}

/// What a message of a kind says, in a word or three.
pub(super) const fn message(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Heartbeat => "heartbeat",
        MarkKind::Entries => "entries",
        MarkKind::ReadCheck => "read check",
        MarkKind::VoteRequest => "vote request",
        MarkKind::PreVoteRequest => "pre-vote request",
        MarkKind::TimeoutNow => "TimeoutNow",
        MarkKind::Snapshot => "snapshot",
        MarkKind::VoteGranted => "vote",
        MarkKind::VoteRefused => "vote refused",
        MarkKind::Accepted => "accepted",
        MarkKind::Refused => "refused",
        MarkKind::Lost => "lost",
    }
}

/// What a role is called.
pub(super) const fn role(role: NodeRole) -> &'static str {
    match role {
        NodeRole::Follower => "follower",
        NodeRole::PreCandidate => "asks before standing",
        NodeRole::Candidate => "candidate",
        NodeRole::Leader => "leader",
        NodeRole::StaleLeader => "leader of a term that is over",
        NodeRole::Crashed => "crashed",
    }
}

/// What an entry holds; nothing for an ordinary one.
pub(super) const fn entry(kind: EntryKind) -> Option<&'static str> {
    match kind {
        EntryKind::Command | EntryKind::Untold => None,
        EntryKind::NoOp => Some("the first of a leader's term: it holds nothing"),
        EntryKind::Configuration => Some("a configuration"),
    }
}
