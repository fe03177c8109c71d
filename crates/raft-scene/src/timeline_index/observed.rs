//! Another implementation's run, sorted for the same diagram.

use super::{Fault, Found, OperationSpan, TimelineIndex};
use crate::message_mark::MarkKind;
use crate::node_mark::NodeRole;
use raft_core::{Micros, NodeId};
use raft_sim::trace::observed::{
    Observation, Observed, ObservedMessage, ObservedOutcome, ObservedRole, Rule,
};
use raft_sim::{Key, LossCause, MessageId, OperationId, Outcome, Property, Request, Value};
use std::collections::BTreeMap;

/// What the names of a trace are to the diagram, which knows numbers.
#[derive(Default)]
struct Numbers {
    nodes: BTreeMap<String, NodeId>,
    clients: BTreeMap<String, u32>,
    operations: BTreeMap<u64, OperationId>,
    /// Those on their way.
    messages: BTreeMap<u64, MessageId>,
}

impl TimelineIndex {
    /// Goes through another implementation's trace, once. In place of an event stands the
    /// number of the line: from 2, since the first is the head.
    pub fn of_observed(observation: &Observation) -> TimelineIndex {
        let ids = (0..).map_while(NodeId::new);
        let mut numbers = Numbers::default();
        numbers.nodes.extend(observation.head.nodes.iter().cloned().zip(ids));
        let mut index = TimelineIndex {
            nodes: u8::try_from(observation.head.nodes.len()).unwrap_or(u8::MAX),
            duration: observation.verdict.until,
            roles: vec![Vec::new(); observation.head.nodes.len()],
            ..TimelineIndex::default()
        };
        index.names.nodes.clone_from(&observation.head.nodes);
        for node in numbers.nodes.values() {
            index.role(*node, Micros::ZERO, NodeRole::Follower);
        }
        let mut ends = ends_of_messages(observation).into_iter();
        for (line, number) in observation.lines.iter().zip(2..) {
            index.observe(&mut numbers, &mut ends, (line.at, number), &line.what);
        }
        for found in &observation.verdict.violations {
            let Some(property) = property_of(&found.rule) else { continue };
            if property == Property::Linearizability {
                let ended =
                    |span: &&OperationSpan| span.ended.is_some() && span.event == found.line;
                index.stale.extend(index.operations.iter().find(ended).map(|span| span.id));
            }
            index.violations.push(Found {
                at: found.at,
                event: found.line,
                property,
                description: found.to_string(),
            });
        }
        index.shrink();
        index
    }

    fn observe(
        &mut self,
        numbers: &mut Numbers,
        ends: &mut impl Iterator<Item = Option<Micros>>,
        (at, event): (Micros, u64),
        what: &Observed,
    ) {
        // Every name is one of the head's: the trace was checked.
        let node = |name: &String| numbers.nodes.get(name).copied();
        match what {
            Observed::Role { node: name, role, .. } => {
                let Some(node) = node(name) else { return };
                let role = role_of(*role);
                // To follow in a later term is to follow; to stand again is not to stand.
                if role != NodeRole::Follower || self.role_at(node, at) != Some(role) {
                    self.role(node, at, role);
                }
            }
            Observed::Crashed { node: name } => {
                let Some(node) = node(name) else { return };
                self.role(node, at, NodeRole::Crashed);
                self.breaks(at, Fault::Down(node));
            }
            Observed::Restarted { node: name, .. } => {
                let Some(node) = node(name) else { return };
                self.role(node, at, NodeRole::Follower);
                self.mends(at, |fault| *fault == Fault::Down(node));
            }
            Observed::Sent { message, from, to, kind, entries, refused } => {
                let (Some(from), Some(to)) = (node(from), node(to)) else { return };
                let kind = kind_of(*kind, *entries, *refused);
                let ends_at = ends.next().flatten().unwrap_or(self.duration);
                let id = self.messages.sent_as((from, to, kind), at, ends_at);
                numbers.messages.insert(*message, id);
            }
            Observed::Delivered { message } => {
                if let Some(id) = numbers.messages.remove(message) {
                    self.messages.arrived(id, at);
                }
            }
            Observed::Lost { message } => {
                if let Some(id) = numbers.messages.remove(message) {
                    self.messages.lost(id, LossCause::Dropped, at);
                }
            }
            Observed::OperationBegan { operation, client, key, write } => {
                let next = numbers.clients.len() as u32 + 1;
                let number = *numbers.clients.entry(client.clone()).or_insert(next);
                if number == next {
                    self.clients = number;
                    self.names.clients.push(client.clone());
                }
                let id = OperationId(self.operations.len() as u32);
                numbers.operations.insert(*operation, id);
                // What it is about is told by its name.
                let key_here = Key::default();
                let (request, asks) = match write {
                    Some(value) => (
                        Request::Write { key: key_here, value: Value::default() },
                        format!("write {key}={value}"),
                    ),
                    None => (Request::Read { key: key_here, mode: None }, format!("read {key}")),
                };
                self.names.operations.push((asks, String::new()));
                self.operations.push(OperationSpan {
                    id,
                    client: number,
                    request,
                    began_at: at,
                    ended: None,
                    event,
                });
            }
            Observed::OperationEnded { operation, outcome } => {
                let Some(id) = numbers.operations.get(operation) else { return };
                let place = id.0 as usize;
                let (Some(span), Some((_, found))) =
                    (self.operations.get_mut(place), self.names.operations.get_mut(place))
                else {
                    return;
                };
                let outcome = match outcome {
                    ObservedOutcome::Written => Outcome::Written,
                    ObservedOutcome::Found(value) => {
                        *found = value.clone().unwrap_or_else(|| "nothing".to_string());
                        Outcome::Found { value: Value::default(), basis: None }
                    }
                    ObservedOutcome::Refused => Outcome::Refused,
                    ObservedOutcome::GaveUp => Outcome::GaveUp,
                };
                (span.ended, span.event) = (Some((at, outcome)), event);
            }
            Observed::Voted { .. }
            | Observed::Appended { .. }
            | Observed::Truncated { .. }
            | Observed::Snapshot { .. }
            | Observed::Committed { .. }
            | Observed::Applied { .. }
            | Observed::Configuration { .. } => {}
        }
    }
}

/// When each message ended, in the order in which they were sent; `None` for one that
/// is on its way at the end.
fn ends_of_messages(observation: &Observation) -> Vec<Option<Micros>> {
    let mut ends = Vec::new();
    let mut under_way = BTreeMap::new();
    for line in &observation.lines {
        match &line.what {
            Observed::Sent { message, .. } => {
                under_way.insert(*message, ends.len());
                ends.push(None);
            }
            Observed::Delivered { message } | Observed::Lost { message } => {
                if let Some(place) = under_way.remove(message)
                    && let Some(end) = ends.get_mut(place)
                {
                    *end = Some(line.at);
                }
            }
            _ => {}
        }
    }
    ends
}

pub(crate) const fn role_of(role: ObservedRole) -> NodeRole {
    match role {
        ObservedRole::Follower => NodeRole::Follower,
        ObservedRole::PreCandidate => NodeRole::PreCandidate,
        ObservedRole::Candidate => NodeRole::Candidate,
        ObservedRole::Leader => NodeRole::Leader,
    }
}

pub(crate) const fn kind_of(kind: ObservedMessage, entries: u64, refused: bool) -> MarkKind {
    match kind {
        ObservedMessage::RequestVote => MarkKind::VoteRequest,
        ObservedMessage::RequestPreVote => MarkKind::PreVoteRequest,
        ObservedMessage::RequestVoteReply | ObservedMessage::RequestPreVoteReply if refused => {
            MarkKind::VoteRefused
        }
        ObservedMessage::RequestVoteReply | ObservedMessage::RequestPreVoteReply => {
            MarkKind::VoteGranted
        }
        ObservedMessage::AppendEntries if entries > 0 => MarkKind::Entries,
        ObservedMessage::AppendEntries => MarkKind::Heartbeat,
        ObservedMessage::InstallSnapshot => MarkKind::Snapshot,
        ObservedMessage::TimeoutNow => MarkKind::TimeoutNow,
        ObservedMessage::RequestReadIndex => MarkKind::ReadCheck,
        _ if refused => MarkKind::Refused,
        ObservedMessage::AppendEntriesReply
        | ObservedMessage::InstallSnapshotReply
        | ObservedMessage::RequestReadIndexReply => MarkKind::Accepted,
    }
}

/// The property that a rule for observed traces belongs to, as the marks know them.
fn property_of(rule: &str) -> Option<Property> {
    let rule = Rule::ALL.into_iter().find(|known| known.to_string() == rule)?;
    Some(match rule {
        Rule::Terms | Rule::Votes | Rule::ElectionSafety => Property::ElectionSafety,
        Rule::LeaderAppendOnly => Property::LeaderAppendOnly,
        Rule::LogMatching => Property::LogMatching,
        Rule::Commitment | Rule::LeaderCompleteness => Property::LeaderCompleteness,
        Rule::StateMachineSafety => Property::StateMachineSafety,
        Rule::Linearizability => Property::Linearizability,
    })
}
