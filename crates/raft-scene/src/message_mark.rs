//! What moves: messages on their way, and the rings around the nodes.

use crate::geometry::Point;
use crate::stage::Stage;
use raft_core::{Envelope, Message, Micros, NodeId};
use raft_sim::{LossCause, MessageId, World};

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
    pub const ALL: [MarkKind; 11] = [
        MarkKind::Accepted,
        MarkKind::Heartbeat,
        MarkKind::Entries,
        MarkKind::ReadCheck,
        MarkKind::VoteRequest,
        MarkKind::PreVoteRequest,
        MarkKind::TimeoutNow,
        MarkKind::VoteGranted,
        MarkKind::Refused,
        MarkKind::VoteRefused,
        MarkKind::Lost,
    ];

    /// How a message is drawn.
    pub const fn of(envelope: &Envelope) -> MarkKind {
        use raft_core::{AppendAnswer, VoteAnswer};
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
        }
    }

    /// The end of a CSS class: `heartbeat`, `entries`, `read-check`, `vote-request`,
    /// `pre-vote-request`, `timeout-now`, `vote-granted`, `vote-refused`, `accepted`, `refused`, `lost`.
    pub const fn name(self) -> &'static str {
        match self {
            MarkKind::Heartbeat => "heartbeat",
            MarkKind::Entries => "entries",
            MarkKind::ReadCheck => "read-check",
            MarkKind::VoteRequest => "vote-request",
            MarkKind::PreVoteRequest => "pre-vote-request",
            MarkKind::TimeoutNow => "timeout-now",
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
            MarkKind::Heartbeat | MarkKind::Entries | MarkKind::TimeoutNow => "leader",
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
            MarkKind::Heartbeat | MarkKind::Entries | MarkKind::ReadCheck | MarkKind::VoteRequest
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
    /// Its name.
    pub id: MessageId,
    /// How it is drawn.
    pub kind: MarkKind,
    /// Where it is.
    pub center: Point,
}

/// How many entries a square carries: white digits in it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CountMark {
    /// The middle of the square.
    pub center: Point,
    /// How many.
    pub count: u32,
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
    /// The numbers in the squares.
    pub counts: Vec<CountMark>,
    /// Every message on its way, for pointing at it.
    pub messages: Vec<MessageMark>,
}

impl Default for Motion {
    fn default() -> Motion {
        let layer = |kind| MessageLayer { kind, path: String::new() };
        Motion {
            fractions: Vec::new(),
            layers: MarkKind::ALL.map(layer).into(),
            counts: Vec::new(),
            messages: Vec::new(),
        }
    }
}

impl Motion {
    /// Makes this the motion of another instant: `world` is the world after the last
    /// event at or before `at`.
    pub fn update(&mut self, world: &World, at: Micros, stage: &Stage, lost: &[LostMessage]) {
        let _ = (world, at, lost);
        self.fractions.clear();
        self.fractions.resize(stage.nodes.len(), 0.0);
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
