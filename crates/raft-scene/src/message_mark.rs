//! What moves: messages on their way, and the rings around the nodes.

use crate::digits;
use crate::geometry::{Point, Rectangle};
use crate::link_mark::{across, rims};
use crate::node_state::ring_fraction;
use crate::path::PathData;
use crate::stage::Stage;
use raft_core::{Envelope, Message, Micros, NodeId};
use raft_sim::{LossCause, MessageId, World};

/// How far right of the middle of a link each way runs, in message radii, so that
/// what comes and what goes don't cover each other.
const LANE: f32 = 0.75;
/// How high the digits in a square are, in radii of it.
const DIGIT_HEIGHT: f32 = 1.05;
/// How wide their strokes are, in radii of it.
const DIGIT_STROKE: f32 = 0.2;

/// How a message is drawn: one shape and colour a meaning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum MarkKind {
    /// AppendEntries without entries: a dot.
    Heartbeat,
    /// AppendEntries with entries: a square, with their number beside it.
    Entries,
    /// AppendEntries that confirms a read: a diamond.
    ReadCheck,
    /// RequestVote: a filled triangle that points where it flies.
    VoteRequest,
    /// RequestPreVote: a hollow triangle that points where it flies.
    PreVoteRequest,
    /// TimeoutNow: a star.
    TimeoutNow,
    /// InstallSnapshot, a part of a snapshot: a hexagon.
    Snapshot,
    /// A vote given, or promised: a tick.
    VoteGranted,
    /// A vote refused: a cross.
    VoteRefused,
    /// Entries or a heartbeat accepted: a small tick.
    Accepted,
    /// Entries or a heartbeat refused: a small cross.
    Refused,
    /// Where a message died, a little while after: a cross in a circle.
    Lost,
}

impl MarkKind {
    /// Every kind, in the order in which they are drawn, the last on top.
    pub const ALL: [MarkKind; 12] = [
        MarkKind::Accepted,
        MarkKind::Heartbeat,
        MarkKind::Entries,
        MarkKind::ReadCheck,
        MarkKind::VoteRequest,
        MarkKind::PreVoteRequest,
        MarkKind::TimeoutNow,
        MarkKind::Snapshot,
        MarkKind::VoteGranted,
        MarkKind::Refused,
        MarkKind::VoteRefused,
        MarkKind::Lost,
    ];

    /// How a message is drawn.
    pub const fn of(envelope: &Envelope) -> MarkKind {
        use raft_core::{AppendAnswer, ReadIndexAnswer, SnapshotAnswer, VoteAnswer};
        match &envelope.body {
            Message::RequestVote(_) => MarkKind::VoteRequest,
            Message::RequestVoteReply(VoteAnswer::Granted) => MarkKind::VoteGranted,
            Message::RequestVoteReply(VoteAnswer::Refused(_)) => MarkKind::VoteRefused,
            Message::TimeoutNow => MarkKind::TimeoutNow,
            Message::RequestPreVote(_) => MarkKind::PreVoteRequest,
            Message::RequestPreVoteReply(reply) => match reply.answer {
                VoteAnswer::Granted => MarkKind::VoteGranted,
                VoteAnswer::Refused(_) => MarkKind::VoteRefused,
            },
            Message::AppendEntries(append) if !append.entries.is_empty() => MarkKind::Entries,
            Message::AppendEntries(append) if append.confirms_read => MarkKind::ReadCheck,
            Message::AppendEntries(_) => MarkKind::Heartbeat,
            Message::AppendEntriesReply(reply) => match reply.answer {
                AppendAnswer::Accepted { .. } => MarkKind::Accepted,
                AppendAnswer::Conflict { .. } | AppendAnswer::StaleTerm => MarkKind::Refused,
            },
            Message::RequestReadIndex(_) => MarkKind::ReadCheck,
            Message::RequestReadIndexReply(reply) => match reply.answer {
                ReadIndexAnswer::Confirmed { .. } => MarkKind::Accepted,
                ReadIndexAnswer::Refused(_) => MarkKind::Refused,
            },
            Message::InstallSnapshot(_) => MarkKind::Snapshot,
            Message::InstallSnapshotReply(reply) => match reply.answer {
                SnapshotAnswer::Wants { .. } | SnapshotAnswer::Installed { .. } => {
                    MarkKind::Accepted
                }
                SnapshotAnswer::StaleTerm => MarkKind::Refused,
            },
        }
    }

    /// The end of a CSS class: `heartbeat`, `entries`, `read-check`, `vote-request`,
    /// `pre-vote-request`, `timeout-now`, `snapshot`, `vote-granted`, `vote-refused`, `accepted`,
    /// `refused`, `lost`.
    pub const fn name(self) -> &'static str {
        match self {
            MarkKind::Heartbeat => "heartbeat",
            MarkKind::Entries => "entries",
            MarkKind::ReadCheck => "read-check",
            MarkKind::VoteRequest => "vote-request",
            MarkKind::PreVoteRequest => "pre-vote-request",
            MarkKind::TimeoutNow => "timeout-now",
            MarkKind::Snapshot => "snapshot",
            MarkKind::VoteGranted => "vote-granted",
            MarkKind::VoteRefused => "vote-refused",
            MarkKind::Accepted => "accepted",
            MarkKind::Refused => "refused",
            MarkKind::Lost => "lost",
        }
    }

    /// The token that it is coloured by.
    pub const fn token(self) -> &'static str {
        match self {
            MarkKind::Heartbeat | MarkKind::Entries | MarkKind::TimeoutNow | MarkKind::Snapshot => {
                "leader"
            }
            MarkKind::ReadCheck => "read",
            MarkKind::VoteRequest | MarkKind::PreVoteRequest | MarkKind::VoteGranted => "candidate",
            MarkKind::Accepted => "quiet",
            MarkKind::VoteRefused | MarkKind::Refused | MarkKind::Lost => "bad",
        }
    }

    /// Whether its path is filled; else it is stroked, 2 to 2.5 pixels wide.
    pub const fn is_filled(self) -> bool {
        matches!(
            self,
            MarkKind::Heartbeat
                | MarkKind::Entries
                | MarkKind::ReadCheck
                | MarkKind::VoteRequest
                | MarkKind::Snapshot
        )
    }
}

/// All messages of one kind, as one path.
#[derive(Clone, PartialEq, Debug)]
pub struct MessageLayer {
    /// Which kind.
    pub kind: MarkKind,
    /// Path data; empty when there are none.
    pub path: String,
}

/// One message on its way, for pointing at it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MessageMark {
    /// Its name. What an action calls it, `world.network().flight(id)` says: [`Flight::name`].
    ///
    /// [`Flight::name`]: raft_sim::Flight::name
    pub id: MessageId,
    /// How it is drawn.
    pub kind: MarkKind,
    /// Where it is.
    pub center: Point,
}

/// A message that died, for the little while in which its end is shown. The
/// [`TimelineIndex`](crate::TimelineIndex) has them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LostMessage {
    /// Its name.
    pub message: MessageId,
    /// Who sent it.
    pub from: NodeId,
    /// Whom it was for.
    pub to: NodeId,
    /// How it was drawn.
    pub kind: MarkKind,
    /// When it left.
    pub sent_at: Micros,
    /// When it died.
    pub lost_at: Micros,
    /// Where along its way, in thousandths.
    pub reached_permille: u16,
    /// Why.
    pub because: LossCause,
}

/// What moves, at one instant. Keep one and [`update`](Motion::update) it every
/// frame: its buffers are used again.
#[derive(Clone, PartialEq, Debug)]
pub struct Motion {
    /// For each node of the stage, in its order, how full its ring is: 0 to 1.
    pub fractions: Vec<f32>,
    /// One path a kind, in the order of [`MarkKind::ALL`].
    pub layers: Vec<MessageLayer>,
    /// How many entries each square carries: digits in it, as path data to stroke.
    pub counts: String,
    /// Every message on its way, for pointing at it.
    pub messages: Vec<MessageMark>,
}

impl Default for Motion {
    fn default() -> Motion {
        let layer = |kind| MessageLayer { kind, path: String::new() };
        Motion {
            fractions: Vec::new(),
            layers: MarkKind::ALL.map(layer).into(),
            counts: String::new(),
            messages: Vec::new(),
        }
    }
}

impl Motion {
    /// Makes this the motion of another instant: `world` is the world after the last
    /// event at or before `at`.
    pub fn update(&mut self, world: &World, at: Micros, stage: &Stage, lost: &[LostMessage]) {
        self.fractions.clear();
        self.fractions.extend(world.hosts().iter().map(|host| ring_fraction(host, at)));
        for layer in &mut self.layers {
            layer.path.clear();
        }
        self.counts.clear();
        self.messages.clear();
        for (id, flight) in world.network().flights() {
            let kind = MarkKind::of(&flight.envelope);
            let Envelope { from, to, .. } = flight.envelope;
            // One that was held up goes on from where it was then.
            let (since, begins_at) = flight.held_up;
            let span = (flight.ends_at - since).0.max(1) as f64;
            let passed = ((at - since).0 as f64 / span).min(1.0) as f32;
            let (from_there, to_there) =
                (f32::from(begins_at), f32::from(flight.reaches_permille.max(begins_at)));
            let share = (from_there + passed * (to_there - from_there)) / 1_000.0;
            let Some(center) = self.fly(stage, (id, kind), (from, to), share) else { continue };
            if let Message::AppendEntries(append) = &flight.envelope.body
                && !append.entries.is_empty()
            {
                let count = append.entries.len() as u32;
                let height = stage.metrics.message_radius * DIGIT_HEIGHT;
                digits::push_number(&mut self.counts, count, center, height);
            }
        }
        for lost in lost {
            if lost.lost_at > at {
                continue;
            }
            let share = f32::from(lost.reached_permille) / 1_000.0;
            if let Some((center, ahead)) = place_on_way(stage, lost.from, lost.to, share) {
                let layer = &mut self.layers[MarkKind::Lost.layer()];
                MarkKind::Lost.draw(&mut layer.path, center, ahead, stage.metrics.message_radius);
            }
        }
    }
}

/// How wide the strokes of [`Motion::counts`] are.
pub fn count_stroke(message_radius: f32) -> f32 {
    message_radius * DIGIT_STROKE
}

impl Motion {
    /// Draws a message that is `share` of its way, and says where that is.
    pub(crate) fn fly(
        &mut self,
        stage: &Stage,
        (id, kind): (MessageId, MarkKind),
        (from, to): (NodeId, NodeId),
        share: f32,
    ) -> Option<Point> {
        let (center, ahead) = place_on_way(stage, from, to, share)?;
        let layer = &mut self.layers[kind.layer()];
        kind.draw(&mut layer.path, center, ahead, stage.metrics.message_radius);
        self.messages.push(MessageMark { id, kind, center });
        Some(center)
    }
}

/// Where a message is that is `share` of its way from one node's rim to another's, and
/// the unit vector ahead of it. Each way keeps to its right.
fn place_on_way(stage: &Stage, from: NodeId, to: NodeId, share: f32) -> Option<(Point, Point)> {
    let (here, there) = (stage.node(from)?.center, stage.node(to)?.center);
    let (start, end) = rims(here, there, stage.metrics.outer_radius());
    let aside = across(here, there, stage.metrics.message_radius * LANE);
    let on_line = start.towards(end, share);
    let ahead = across(here, there, 1.0);
    // A quarter turn back from the right hand is straight ahead.
    Some((Point::new(on_line.x + aside.x, on_line.y + aside.y), Point::new(ahead.y, -ahead.x)))
}

impl MarkKind {
    /// Where its layer is among all.
    pub(crate) const fn layer(self) -> usize {
        let mut place = 0;
        while place < MarkKind::ALL.len() {
            if MarkKind::ALL[place] as u8 == self as u8 {
                return place;
            }
            place += 1;
        }
        0
    }
}

impl MarkKind {
    /// Draws one of this kind that flies `ahead`, which is a unit vector.
    pub(crate) fn draw(self, path: &mut String, center: Point, ahead: Point, radius: f32) {
        let at = |forward: f32, right: f32| {
            Point::new(
                center.x + (ahead.x * forward - ahead.y * right) * radius,
                center.y + (ahead.y * forward + ahead.x * right) * radius,
            )
        };
        match self {
            MarkKind::Heartbeat => path.circle(center, radius * 0.62),
            MarkKind::Entries => path.rectangle(Rectangle::new(
                center.x - radius,
                center.y - radius,
                radius * 2.0,
                radius * 2.0,
            )),
            MarkKind::ReadCheck => path.polygon(&[
                Point::new(center.x, center.y - radius * 1.1),
                Point::new(center.x + radius * 1.1, center.y),
                Point::new(center.x, center.y + radius * 1.1),
                Point::new(center.x - radius * 1.1, center.y),
            ]),
            MarkKind::VoteRequest | MarkKind::PreVoteRequest => {
                path.polygon(&[at(1.25, 0.0), at(-0.75, 1.05), at(-0.75, -1.05)]);
            }
            MarkKind::TimeoutNow => path.star(center, radius * 1.25),
            MarkKind::Snapshot => path.hexagon(center, radius * 1.2),
            MarkKind::VoteGranted => path.tick(center, radius),
            MarkKind::Accepted => path.tick(center, radius * 0.7),
            MarkKind::VoteRefused => path.cross(center, radius * 0.7),
            MarkKind::Refused => path.cross(center, radius * 0.5),
            MarkKind::Lost => {
                path.cross(center, radius * 0.62);
                path.circle(center, radius * 1.25);
            }
        }
    }
}

/// What moves at `at`, from scratch: see [`Motion::update`] for every frame. `lost` are
/// the messages whose end is to be shown:
/// [`TimelineIndex::lost_between`](crate::TimelineIndex::lost_between).
pub fn motion(world: &World, at: Micros, stage: &Stage, lost: &[LostMessage]) -> Motion {
    let mut motion = Motion::default();
    motion.update(world, at, stage, lost);
    motion
}
