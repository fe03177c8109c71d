//! A look inside a node, for monitors and for whoever draws it. It changes nothing.

use crate::configuration::Reconfiguration;
use crate::log::{Index, Log, LogEnd, Term};
use crate::membership::{Membership, NodeId, NodeSet};
use crate::message::{Envelope, Round};
use crate::node::{Node, Role};
use crate::persistence::WriteId;
use crate::replication::{Leader, Pace};
use crate::settings::Settings;
use crate::snapshot::Snapshot;
use crate::time::Micros;

/// A node, read-only.
#[derive(Clone, Copy, Debug)]
pub struct View<'a>(&'a Node);

/// What the node is, with what is worth knowing of that role.
#[derive(Clone, Copy, Debug)]
pub enum RoleView<'a> {
    /// It follows.
    Follower {
        /// Whom, if it knows.
        leader: Option<NodeId>,
    },
    /// It asks whether it would win, before it stands.
    PreCandidate {
        /// Who would vote for it.
        granted: NodeSet,
        /// Who would not.
        refused: NodeSet,
    },
    /// It stands for election.
    Candidate {
        /// Who voted for it, itself once its vote is durable.
        granted: NodeSet,
        /// Who refused.
        refused: NodeSet,
    },
    /// It leads.
    Leader(LeaderView<'a>),
}

/// A leader, read-only.
#[derive(Clone, Copy, Debug)]
pub struct LeaderView<'a>(&'a Leader);

/// What a leader knows of one follower's log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProgressView {
    /// The next entry that it will send.
    pub next_index: Index,
    /// The last entry that it knows to match its own, durably.
    pub match_index: Index,
    /// How it sends to it.
    pub pace: PaceView,
    /// While it replicates: how many messages with entries it has sent that are not
    /// answered yet.
    pub messages_in_flight: u64,
}

/// How a leader sends to a follower.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PaceView {
    /// It still looks for the place where the logs part: one message at a time.
    Probe,
    /// Entries go out as they come, without waiting for answers.
    Replicate,
    /// It sends its snapshot, a chunk at a time.
    Snapshot(SnapshotProgress),
}

/// How much of a snapshot has arrived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SnapshotProgress {
    /// The last entry that it covers.
    pub end: LogEnd,
    /// How many bytes of it are there, as far as is known.
    pub received_bytes: u64,
    /// Of how many.
    pub total_bytes: u64,
}

impl Node {
    /// A look inside.
    pub const fn view(&self) -> View<'_> {
        View(self)
    }
}

impl<'a> View<'a> {
    /// Which server this is.
    pub const fn id(&self) -> NodeId {
        self.0.id
    }

    /// The settings that it runs with.
    pub const fn settings(&self) -> &'a Settings {
        self.0.settings.get()
    }

    /// Its current term.
    pub const fn term(&self) -> Term {
        self.0.hard_state.term
    }

    /// Whom it voted for in this term.
    pub const fn voted_for(&self) -> Option<NodeId> {
        self.0.hard_state.voted_for
    }

    /// What it is.
    pub const fn role(&self) -> RoleView<'a> {
        match &self.0.role {
            Role::Follower { leader } => RoleView::Follower { leader: *leader },
            Role::PreCandidate(asker) => {
                RoleView::PreCandidate { granted: asker.granted, refused: asker.refused }
            }
            Role::Candidate(candidate) => {
                RoleView::Candidate { granted: candidate.granted, refused: candidate.refused }
            }
            Role::Leader(leader) => RoleView::Leader(LeaderView(leader)),
        }
    }

    /// Whether it leads, or believes that it does.
    pub const fn is_leader(&self) -> bool {
        matches!(self.0.role, Role::Leader(_))
    }

    /// How many election timeouts it has drawn since it started.
    pub const fn timeouts_drawn(&self) -> u64 {
        self.0.random.drawn()
    }

    /// Its log, as it is in memory.
    pub const fn log(&self) -> &'a Log {
        &self.0.log
    }

    /// The snapshot that stands in place of the entries before its log's first.
    pub const fn snapshot(&self) -> Option<&'a Snapshot> {
        self.0.snapshot.as_ref()
    }

    /// Whether a snapshot of all that it has applied would be taken: it covers more than the
    /// last, and no configuration that is still to be written twice.
    pub fn may_take_snapshot(&self) -> bool {
        let applied = self.0.applied_index;
        applied > self.0.snapshot_index() && self.0.may_forget_configurations_before(applied)
    }

    /// The leader's snapshot that it is getting, if it is.
    pub fn incoming_snapshot(&self) -> Option<SnapshotProgress> {
        self.0.incoming.as_ref().map(|incoming| SnapshotProgress {
            end: incoming.end,
            received_bytes: incoming.received(),
            total_bytes: incoming.total_bytes,
        })
    }

    /// The last entry that it knows to be committed.
    pub const fn commit_index(&self) -> Index {
        self.0.commit_index
    }

    /// The last entry that its state machine has applied.
    pub const fn applied_index(&self) -> Index {
        self.0.applied_index
    }

    /// The last entry of its log that a crash would not lose.
    pub fn durable_index(&self) -> Index {
        self.0.persistence.durable_index()
    }

    /// The configuration that it goes by.
    pub const fn membership(&self) -> &'a Membership {
        &self.0.membership
    }

    /// Whether it leads, and would carry out this change of the members if it were ordered
    /// now.
    pub fn would_reconfigure(&self, change: Reconfiguration) -> bool {
        let Role::Leader(leader) = &self.0.role else { return false };
        leader.transfer.is_none() && self.0.next_membership(change).is_ok()
    }

    /// The election timeout that runs, and when it ends by the node's own clock;
    /// `None` for a leader, which has none.
    pub const fn election_timer(&self) -> Option<(Micros, Micros)> {
        match &self.0.role {
            Role::Leader(_) => None,
            Role::Follower { .. } | Role::PreCandidate(_) | Role::Candidate(_) => {
                Some((self.0.timer.timeout, self.0.timer.deadline))
            }
        }
    }

    /// Whether it would stand for election when its timeout runs out: a server that has no
    /// vote, as far as it knows, waits for its leader however long that takes.
    pub fn may_stand(&self) -> bool {
        self.0.may_stand()
    }

    /// When it last heard from a leader, by its own clock.
    pub const fn leader_heard_at(&self) -> Option<Micros> {
        self.0.leader_heard_at
    }

    /// The messages that wait for the disk, each with the write that it waits for.
    pub fn held(&self) -> impl Iterator<Item = (&'a Envelope, WriteId)> {
        self.0.persistence.held()
    }

    /// How many writes are asked for and not yet reported durable.
    pub fn writes_under_way(&self) -> u64 {
        self.0.persistence.writes_under_way()
    }
}

impl<'a> LeaderView<'a> {
    /// What it knows of a follower's log.
    pub fn progress(&self, follower: NodeId) -> Option<ProgressView> {
        self.0.progress.get(follower).map(|progress| ProgressView {
            next_index: progress.next_index,
            match_index: progress.match_index,
            messages_in_flight: progress.in_flight.count(),
            pace: match &progress.pace {
                Pace::Probe { .. } => PaceView::Probe,
                Pace::Replicate => PaceView::Replicate,
                Pace::Snapshot(sending) => PaceView::Snapshot(SnapshotProgress {
                    end: sending.snapshot.end,
                    received_bytes: sending.offset,
                    total_bytes: sending.snapshot.bytes(),
                }),
            },
        })
    }

    /// When it will send its next round of heartbeats, by its own clock.
    pub const fn heartbeat_due(&self) -> Micros {
        self.0.rounds.due
    }

    /// The newest round that it has sent.
    pub const fn newest_round(&self) -> Round {
        self.0.rounds.newest
    }

    /// When the newest round was sent that a majority has answered: it was leader then.
    pub fn confirmed_sent_at(&self) -> Option<Micros> {
        self.0.confirmed_sent_at()
    }

    /// Until when it may answer reads from its lease, by its own clock; `None`
    /// where leases are off or no majority has answered yet.
    pub fn lease_until(&self) -> Option<Micros> {
        self.0.rounds.confirmed.and_then(|confirmed| confirmed.lease_until)
    }

    /// How many reads wait to be answered.
    pub fn reads_waiting(&self) -> usize {
        self.0.reads.len()
    }
}
