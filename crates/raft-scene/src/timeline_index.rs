//! A run's record, sorted once so that any span of it is found at once.

use crate::message_mark::{LostMessage, MarkKind};
use crate::node_mark::NodeRole;
use raft_core::quorum::is_quorum;
use raft_core::{CommitCause, Envelope, Membership, Micros, NodeId, NodeSet, Transition};
use raft_sim::{
    Evidence, Happening, Key, LossCause, MessageId, OperationId, Outcome, Property, Record,
    Request, Timeline, Value,
};

/// What one can jump to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Landmark {
    /// A node stands for election, or wins one.
    Election,
    /// A leader's commit index goes up.
    Commit,
    /// Something breaks, or is mended.
    Fault,
    /// A property is violated.
    Violation,
    /// A client's operation begins or ends.
    Operation,
}

impl Landmark {
    /// Every kind.
    pub const ALL: [Landmark; 5] = [
        Landmark::Election,
        Landmark::Commit,
        Landmark::Fault,
        Landmark::Violation,
        Landmark::Operation,
    ];

    /// What a record is a landmark of.
    pub const fn of(record: &Record) -> Option<Landmark> {
        match &record.what {
            Happening::Node {
                transition:
                    Transition::BecamePreCandidate { .. }
                    | Transition::BecameCandidate { .. }
                    | Transition::BecameLeader { .. },
                ..
            } => Some(Landmark::Election),
            Happening::Node {
                transition: Transition::CommitAdvanced { because: CommitCause::Counted { .. }, .. },
                ..
            } => Some(Landmark::Commit),
            // At time zero every node starts: nothing was broken.
            Happening::Restarted { .. } if record.at.0 > 0 => Some(Landmark::Fault),
            Happening::Crashed { .. }
            | Happening::Paused { .. }
            | Happening::Resumed { .. }
            | Happening::DiskStalled { .. }
            | Happening::DiskUnstalled { .. }
            | Happening::DiskLost { .. }
            | Happening::Parted { .. }
            | Happening::LinkCut { .. }
            | Happening::LinkMended { .. }
            | Happening::Healed
            | Happening::ClockSet { .. }
            | Happening::ClockStepped { .. }
            | Happening::TimeoutForced { .. } => Some(Landmark::Fault),
            Happening::Violated(_) => Some(Landmark::Violation),
            Happening::OperationBegan { .. } | Happening::OperationEnded { .. } => {
                Some(Landmark::Operation)
            }
            _ => None,
        }
    }
}

/// A message from its beginning to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageSpan {
    /// Its name.
    pub id: MessageId,
    /// Who sent it.
    pub from: NodeId,
    /// Whom it is for.
    pub to: NodeId,
    /// How it is drawn while it is on its way.
    pub kind: MarkKind,
    /// When it left.
    pub sent_at: Micros,
    /// The event in which it left.
    pub sent_in: u64,
    /// When it arrived or died; when it would have, if the run ended first.
    pub ended_at: Micros,
    /// The event in which it arrived or died; `None` if the run ended first.
    pub ended_in: Option<u64>,
    /// Why it died, and where along its way, in thousandths.
    pub lost: Option<(LossCause, u16)>,
    /// Which of the timeline's records tells that it was sent.
    pub record: usize,
}

/// A span in which a node was of one role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RoleSpan {
    pub(crate) from: Micros,
    pub(crate) to: Micros,
    pub(crate) role: NodeRole,
}

/// An operation from its beginning to its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct OperationSpan {
    pub(crate) id: OperationId,
    pub(crate) client: u32,
    pub(crate) request: Request,
    pub(crate) began_at: Micros,
    pub(crate) ended: Option<(Micros, Outcome)>,
    pub(crate) event: u64,
}

/// What was broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    Wall {
        groups: Vec<NodeSet>,
        /// Those whose group was no majority when the wall went up.
        minorities: NodeSet,
    },
    Down(NodeId),
    Paused(NodeId),
    /// It takes a snapshot before anything else.
    Busy(NodeId),
    Stalled(NodeId),
    Cut {
        from: NodeId,
        to: NodeId,
    },
}

/// A span in which something was broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FaultSpan {
    pub(crate) from: Micros,
    pub(crate) to: Micros,
    pub(crate) fault: Fault,
}

/// A violation, as it was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Found {
    pub(crate) at: Micros,
    pub(crate) event: u64,
    pub(crate) property: Property,
    pub(crate) description: String,
}

/// A value that another had taken the place of when a read began that found it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Overtaken {
    key: Key,
    value: Value,
    since: Micros,
}

impl Overtaken {
    /// What a violation tells of, by a read that began at a time.
    pub(crate) fn by(evidence: &Evidence, began_at: Micros) -> Option<Overtaken> {
        match evidence {
            Evidence::StaleRead { read, .. } => {
                Some(Overtaken { key: read.key, value: read.value, since: began_at })
            }
            _ => None,
        }
    }

    /// Whether a read that found a value is as stale: no two writes have the same value.
    pub(crate) fn makes_stale(&self, key: Key, value: Value, began_at: Micros) -> bool {
        (self.key, self.value) == (key, value) && began_at >= self.since
    }
}

/// A run's record, sorted by what it is about. Make it once a run.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TimelineIndex {
    pub(crate) nodes: u8,
    /// The configuration that a node went by last, as far as the record has been read.
    membership: Option<Membership>,
    pub(crate) clients: u32,
    pub(crate) has_person: bool,
    pub(crate) duration: Micros,
    pub(crate) roles: Vec<Vec<RoleSpan>>,
    pub(crate) messages: Vec<MessageSpan>,
    /// No message was longer on its way.
    pub(crate) longest: Micros,
    pub(crate) operations: Vec<OperationSpan>,
    pub(crate) faults: Vec<FaultSpan>,
    pub(crate) violations: Vec<Found>,
    lost: Vec<LostMessage>,
    stale: Vec<OperationId>,
    overtaken: Vec<Overtaken>,
    landmarks: [Vec<u64>; 5],
}

impl TimelineIndex {
    /// Goes through a run's record, once.
    pub fn new(timeline: &Timeline) -> TimelineIndex {
        let scenario = timeline.plan().scenario();
        let mut index = TimelineIndex {
            nodes: scenario.nodes,
            membership: Some(scenario.membership()),
            clients: scenario.clients.len() as u32,
            duration: timeline.duration(),
            roles: vec![Vec::new(); usize::from(scenario.nodes)],
            ..TimelineIndex::default()
        };
        for (place, record) in timeline.records().iter().enumerate() {
            index.take(place, record);
        }
        index
    }

    fn take(&mut self, place: usize, record: &Record) {
        let (at, event) = (record.at, record.event);
        if let Some(landmark) = Landmark::of(record) {
            let events = &mut self.landmarks[landmark as usize];
            if events.last() != Some(&event) {
                events.push(event);
            }
        }
        match &record.what {
            Happening::Sent { message, envelope, ends_at } => {
                self.sent(*message, envelope, *ends_at, (place, record));
            }
            Happening::Delivered { message } => {
                if let Some(span) = self.message_mut(*message) {
                    (span.ended_at, span.ended_in) = (at, Some(event));
                    // One that waited for a paused receiver took longer than its way.
                    let took = at - span.sent_at;
                    self.longest = self.longest.max(took);
                }
            }
            Happening::Lost { message, because } => self.lost(*message, *because, at, event),
            Happening::Node { node, transition } => match transition {
                Transition::BecamePreCandidate { .. } => {
                    self.role(*node, at, NodeRole::PreCandidate);
                }
                Transition::BecameCandidate { .. } => self.role(*node, at, NodeRole::Candidate),
                Transition::BecameLeader { .. } => self.role(*node, at, NodeRole::Leader),
                Transition::SteppedDown { .. } => self.role(*node, at, NodeRole::Follower),
                Transition::ConfigurationAdopted { membership, .. } => {
                    self.membership = Some(*membership);
                }
                _ => {}
            },
            Happening::Crashed { node, .. } => {
                self.role(*node, at, NodeRole::Crashed);
                self.mends(at, |fault| {
                    *fault == Fault::Paused(*node) || *fault == Fault::Busy(*node)
                });
                self.breaks(at, Fault::Down(*node));
            }
            Happening::Restarted { node } => {
                self.role(*node, at, NodeRole::Follower);
                self.mends(at, |fault| *fault == Fault::Down(*node));
            }
            Happening::Paused { node, .. } => self.breaks(at, Fault::Paused(*node)),
            Happening::Resumed { node } => {
                self.mends(at, |fault| *fault == Fault::Paused(*node));
            }
            Happening::SnapshotBegun { node, blocks: true, .. } => {
                self.breaks(at, Fault::Busy(*node));
            }
            Happening::SnapshotDone { node, .. } => {
                self.mends(at, |fault| *fault == Fault::Busy(*node));
            }
            Happening::DiskStalled { node } => self.breaks(at, Fault::Stalled(*node)),
            Happening::DiskUnstalled { node } | Happening::DiskLost { node, .. } => {
                self.mends(at, |fault| *fault == Fault::Stalled(*node));
            }
            Happening::Parted { groups } => {
                self.mends(at, |fault| matches!(fault, Fault::Wall { .. }));
                let is_minority = |group: &&NodeSet| {
                    self.membership.is_some_and(|members| !is_quorum(&members, **group))
                };
                let minorities = groups.iter().filter(is_minority);
                let minorities = minorities.fold(NodeSet::EMPTY, |all, group| all.union(*group));
                self.breaks(at, Fault::Wall { groups: groups.clone(), minorities });
            }
            Happening::LinkCut { from, to } => {
                self.breaks(at, Fault::Cut { from: *from, to: *to });
            }
            Happening::LinkMended { from, to } => {
                self.mends(at, |fault| *fault == Fault::Cut { from: *from, to: *to });
            }
            Happening::Healed => {
                self.mends(at, |fault| matches!(fault, Fault::Wall { .. } | Fault::Cut { .. }));
            }
            Happening::OperationBegan { operation, client, request } => {
                self.has_person |= *client == 0;
                self.operations.push(OperationSpan {
                    id: *operation,
                    client: *client,
                    request: *request,
                    began_at: at,
                    ended: None,
                    event,
                });
            }
            Happening::OperationEnded { operation, outcome, .. } => {
                if let Some(span) = self.operations.get_mut(operation.0 as usize) {
                    span.ended = Some((at, *outcome));
                    span.event = event;
                    if let Outcome::Found { value, .. } = outcome
                        && self.overtaken.iter().any(|overtaken| {
                            overtaken.makes_stale(span.request.key(), *value, span.began_at)
                        })
                        && !self.stale.contains(operation)
                    {
                        self.stale.push(*operation);
                    }
                }
            }
            Happening::Violated(violation) => {
                if let Some(read) = violation.evidence.operations().first()
                    && !read.is_write
                    && let Some(span) = self.operations.get(read.id.0 as usize)
                {
                    if !self.stale.contains(&read.id) {
                        self.stale.push(read.id);
                    }
                    self.overtaken.extend(Overtaken::by(&violation.evidence, span.began_at));
                }
                self.violations.push(Found {
                    at,
                    event,
                    property: violation.property,
                    description: violation.to_string(),
                });
            }
            _ => {}
        }
    }

    fn sent(
        &mut self,
        id: MessageId,
        envelope: &Envelope,
        ends_at: Micros,
        (place, record): (usize, &Record),
    ) {
        self.longest = self.longest.max(ends_at - record.at);
        self.messages.push(MessageSpan {
            id,
            from: envelope.from,
            to: envelope.to,
            kind: MarkKind::of(envelope),
            sent_at: record.at,
            sent_in: record.event,
            ended_at: ends_at,
            ended_in: None,
            lost: None,
            record: place,
        });
    }

    fn lost(&mut self, id: MessageId, because: LossCause, at: Micros, event: u64) {
        let Some(span) = self.message_mut(id) else { return };
        let took = at - span.sent_at;
        let permille = reached(because, span.sent_at, span.ended_at, at);
        (span.ended_at, span.ended_in) = (at, Some(event));
        span.lost = Some((because, permille));
        let lost = LostMessage {
            message: id,
            from: span.from,
            to: span.to,
            kind: span.kind,
            sent_at: span.sent_at,
            lost_at: at,
            reached_permille: permille,
            because,
        };
        self.longest = self.longest.max(took);
        self.lost.push(lost);
    }

    fn role(&mut self, node: NodeId, at: Micros, role: NodeRole) {
        let duration = self.duration;
        let Some(spans) = self.roles.get_mut(usize::from(node.number())) else { return };
        if let Some(last) = spans.last_mut() {
            last.to = at;
        }
        spans.push(RoleSpan { from: at, to: duration, role });
    }

    fn breaks(&mut self, at: Micros, fault: Fault) {
        self.faults.push(FaultSpan { from: at, to: Micros::MAX, fault });
    }

    fn mends(&mut self, at: Micros, is_mended: impl Fn(&Fault) -> bool) {
        let lasting = self.faults.iter_mut().filter(|span| span.to == Micros::MAX);
        for span in lasting.filter(|span| is_mended(&span.fault)) {
            span.to = at;
        }
    }

    fn message_mut(&mut self, id: MessageId) -> Option<&mut MessageSpan> {
        // Messages are named in the order in which they are sent.
        let place = usize::try_from(id.0).ok()?;
        self.messages.get_mut(place).filter(|span| span.id == id)
    }

    /// A message, by its name.
    pub fn message(&self, id: MessageId) -> Option<&MessageSpan> {
        self.messages.get(usize::try_from(id.0).ok()?).filter(|span| span.id == id)
    }

    /// The messages that left after `from` and at or before `to`, in that order.
    pub fn sent_between(&self, from: Micros, to: Micros) -> &[MessageSpan] {
        let first = self.messages.partition_point(|span| span.sent_at <= from);
        let end = self.messages.partition_point(|span| span.sent_at <= to);
        self.messages.get(first..end).unwrap_or_default()
    }

    /// What a node is at a moment, as far as its lane shows it.
    pub fn role_at(&self, node: NodeId, at: Micros) -> Option<NodeRole> {
        let spans = self.roles.get(usize::from(node.number()))?;
        let place = spans.partition_point(|span| span.from <= at);
        spans.get(place.checked_sub(1)?).map(|span| span.role)
    }

    /// The first event after `event` in which such a thing happens.
    pub fn next_of(&self, landmark: Landmark, event: u64) -> Option<u64> {
        let events = &self.landmarks[landmark as usize];
        events.get(events.partition_point(|other| *other <= event)).copied()
    }

    /// The last event before `event` in which such a thing happens.
    pub fn previous_of(&self, landmark: Landmark, event: u64) -> Option<u64> {
        let events = &self.landmarks[landmark as usize];
        let place = events.partition_point(|other| *other < event);
        events.get(place.checked_sub(1)?).copied()
    }

    /// The reads that are stale, in the order in which they were answered: those that
    /// violations name, and every later one of the same value, for a value that was
    /// overtaken once is never the latest again.
    pub fn stale(&self) -> &[OperationId] {
        &self.stale
    }

    /// The messages that died after `from` and at or before `to`: for [`Motion`](crate::Motion), ask
    /// for the last while (0.6 s of the reader's time, say, in simulated time).
    pub fn lost_between(&self, from: Micros, to: Micros) -> &[LostMessage] {
        let first = self.lost.partition_point(|lost| lost.lost_at <= from);
        let end = self.lost.partition_point(|lost| lost.lost_at <= to);
        self.lost.get(first..end).unwrap_or_default()
    }
}

/// Where along its way a message died. One that a wall met on its way had been meant to
/// arrive; for the others the network decides how far they get when they leave.
fn reached(because: LossCause, sent_at: Micros, ends_at: Micros, lost_at: Micros) -> u16 {
    let span = (ends_at - sent_at).0.max(1);
    match because {
        LossCause::Cut if lost_at < ends_at => ((lost_at - sent_at).0 * 1_000 / span) as u16,
        LossCause::Cut => 500,
        LossCause::Dropped => 700,
        LossCause::ReceiverDown => 1_000,
    }
}
