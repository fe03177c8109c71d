//! A run's record, sorted while it is made, so that any span of it is found at once.

mod messages;
mod names;
#[cfg(feature = "observed")]
pub(crate) mod observed;

pub use messages::MessageSpan;

use crate::message_mark::LostMessage;
use crate::node_mark::NodeRole;
use crate::words;
use messages::Messages;
use names::Names;
use raft_core::quorum::is_quorum;
use raft_core::{Membership, Micros, NodeId, NodeSet, Transition};
use raft_sim::{
    Ascending, Evidence, Happening, Key, MessageId, OperationId, Outcome, Plan, Property, Record,
    Request, Timeline, Value,
};
use std::sync::Arc;

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
pub struct Found {
    /// When.
    pub at: Micros,
    /// In which event.
    pub event: u64,
    /// Of what.
    pub property: Property,
    /// The violation, in a sentence: what is violated and when, a colon, and how.
    pub description: String,
}

impl Found {
    /// What was found in two parts: what is violated and when, for a heading, and how.
    pub fn heading_and_text(&self) -> (&str, &str) {
        self.description.split_once(": ").unwrap_or(("", &self.description))
    }
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
    pub(crate) names: Names,
    /// The configuration that a node went by last, as far as the record has been read.
    membership: Option<Membership>,
    pub(crate) clients: u32,
    pub(crate) has_person: bool,
    pub(crate) duration: Micros,
    pub(crate) roles: Vec<Vec<RoleSpan>>,
    messages: Messages,
    pub(crate) operations: Vec<OperationSpan>,
    pub(crate) faults: Vec<FaultSpan>,
    pub(crate) violations: Vec<Found>,
    worth_telling: Ascending,
    stale: Vec<OperationId>,
    overtaken: Vec<Overtaken>,
}

impl TimelineIndex {
    /// Goes through a run's record, once. Where the run is yet to be made, [`of_new_run`]
    /// does both at once.
    ///
    /// [`of_new_run`]: TimelineIndex::of_new_run
    pub fn new(timeline: &Timeline) -> TimelineIndex {
        let mut index = TimelineIndex::empty(timeline.plan());
        timeline.records().for_each(|record| index.take(&record));
        index.shrink();
        index
    }

    /// Makes a run, and its index while it is made.
    pub fn of_new_run(plan: Arc<Plan>) -> (Timeline, TimelineIndex) {
        let mut index = TimelineIndex::empty(&plan);
        let timeline = Timeline::watched(plan, &mut |record| index.take(record));
        index.shrink();
        (timeline, index)
    }

    fn empty(plan: &Plan) -> TimelineIndex {
        let scenario = plan.scenario();
        TimelineIndex {
            nodes: scenario.nodes,
            membership: Some(scenario.membership()),
            clients: scenario.clients.len() as u32,
            duration: scenario.duration,
            roles: vec![Vec::new(); usize::from(scenario.nodes)],
            ..TimelineIndex::default()
        }
    }

    fn shrink(&mut self) {
        self.messages.shrink();
        self.operations.shrink_to_fit();
        self.worth_telling.shrink();
    }

    fn take(&mut self, record: &Record) {
        let (at, event) = (record.at, record.event);
        if words::is_worth_telling(&record.what) && self.worth_telling.last() != Some(event) {
            self.worth_telling.push(event);
        }
        match &record.what {
            Happening::Sent { message, envelope, ends_at } => {
                self.messages.sent(*message, envelope, at, *ends_at);
            }
            Happening::MessageDropped { reached_permille, .. } => {
                self.messages.taken_permille = *reached_permille;
            }
            Happening::MessageDelayed { message, ends_at, .. } => {
                self.messages.delayed(*message, *ends_at);
            }
            Happening::Delivered { message } => self.messages.arrived(*message, at),
            Happening::Lost { message, because } => self.messages.lost(*message, *because, at),
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

    /// A message, by its name.
    pub fn message(&self, id: MessageId) -> Option<MessageSpan> {
        self.messages.get(id)
    }

    /// The messages that left after `from` and at or before `to`, in that order.
    pub fn sent_between(&self, from: Micros, to: Micros) -> impl Iterator<Item = MessageSpan> {
        self.messages.sent_between(from, to)
    }

    /// No message was longer on its way.
    pub(crate) const fn longest(&self) -> Micros {
        self.messages.longest
    }

    /// The violations that the first `events` events brought to light, in order.
    pub fn violations_by(&self, events: u64) -> &[Found] {
        let end = self.violations.partition_point(|found| found.event <= events);
        &self.violations[..end]
    }

    /// The last event before `event` in which something is worth telling
    /// ([`words::is_worth_telling`]).
    pub fn told_before(&self, event: u64) -> Option<u64> {
        self.worth_telling.last_below(event)
    }

    /// What a node is at a moment, as far as its lane shows it.
    pub fn role_at(&self, node: NodeId, at: Micros) -> Option<NodeRole> {
        let spans = self.roles.get(usize::from(node.number()))?;
        let place = spans.partition_point(|span| span.from <= at);
        spans.get(place.checked_sub(1)?).map(|span| span.role)
    }

    /// The reads that are stale, in the order in which they were answered: those that
    /// violations name, and every later one of the same value, for a value that was
    /// overtaken once is never the latest again.
    pub fn stale(&self) -> &[OperationId] {
        &self.stale
    }

    /// The messages that died after `from` and at or before `to`: for [`Motion`](crate::Motion), ask
    /// for the last while (0.6 s of the reader's time, say, in simulated time).
    pub fn lost_between(&self, from: Micros, to: Micros) -> Vec<LostMessage> {
        self.messages.lost_between(from, to)
    }
}
