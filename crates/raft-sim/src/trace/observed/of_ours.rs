//! A run of ours as another's trace would tell it: what an observer sees.
//!
//! It is an example of the format from which one can begin, and it lets the checks of
//! this format be held against the monitors, which see the run itself.

use super::{
    Observed, ObservedEntry, ObservedHead, ObservedLine, ObservedMessage, ObservedOutcome,
    ObservedRole, Tells,
};
use crate::history::{Outcome, Request};
use crate::record::{Happening, Record};
use crate::timeline::Timeline;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use raft_core::{
    AppendAnswer, Change, Entry, HardState, Index, LogEnd, Membership, Message, Micros, NodeId,
    NodeSet, Payload, SnapshotAnswer, Term, Transition, VoteAnswer, WriteId,
};

/// What is followed of one node, to be told at the right moment.
#[derive(Clone)]
struct Followed {
    role: ObservedRole,
    term: Term,
    told: (ObservedRole, Term),
    last_index: Index,
    /// Writes that are not durable yet.
    writes: VecDeque<(WriteId, Durable)>,
    durable: HardState,
    durable_last: Index,
}

/// What a write makes durable.
#[derive(Clone)]
enum Durable {
    State(HardState),
    LogTo(Index),
}

/// A run of ours, as an observer tells it.
pub fn observed(timeline: &Timeline) -> (ObservedHead, Vec<ObservedLine>) {
    let scenario = timeline.plan().scenario();
    let nodes: Vec<String> =
        NodeSet::first(scenario.nodes).iter().map(|node| node.to_string()).collect();
    let tells = [
        Tells::Votes,
        Tells::Logs,
        Tells::Commits,
        Tells::Applies,
        Tells::Messages,
        Tells::Operations,
    ];
    let mut head = ObservedHead::new("raft-core", nodes, tells.to_vec());
    head.voters = Some(names(scenario.membership().voters));
    let mut observer = Observer {
        nodes: (0..scenario.nodes).map(|_| Followed::new()).collect(),
        lines: Vec::new(),
        at: Micros::ZERO,
    };
    timeline.records().for_each(|record| observer.see(&record));
    observer.tell_roles(|_| true);
    (head, observer.lines)
}

fn names(nodes: NodeSet) -> Vec<String> {
    nodes.iter().map(|node| node.to_string()).collect()
}

impl Followed {
    const fn new() -> Followed {
        Followed {
            role: ObservedRole::Follower,
            term: Term(0),
            told: (ObservedRole::Follower, Term(0)),
            last_index: Index::ZERO,
            writes: VecDeque::new(),
            durable: HardState { term: Term(0), voted_for: None },
            durable_last: Index::ZERO,
        }
    }
}

struct Observer {
    nodes: Vec<Followed>,
    lines: Vec<ObservedLine>,
    at: Micros,
}

impl Observer {
    fn tell(&mut self, what: Observed) {
        self.lines.push(ObservedLine { at: self.at, what });
    }

    fn of(&mut self, node: NodeId) -> &mut Followed {
        &mut self.nodes[usize::from(node.number())]
    }

    /// Tells role and term, if they are others than were told.
    fn tell_role(&mut self, node: NodeId) {
        let followed = self.of(node);
        let (role, term) = (followed.role, followed.term);
        if core::mem::replace(&mut followed.told, (role, term)) != (role, term) {
            self.tell(Observed::Role { node: node.to_string(), role, term });
        }
    }

    fn tell_roles(&mut self, is_known: impl Fn(&NodeId) -> bool) {
        for number in 0..self.nodes.len() {
            let node = u8::try_from(number).ok().and_then(NodeId::new);
            if let Some(node) = node.filter(&is_known) {
                self.tell_role(node);
            }
        }
    }

    fn see(&mut self, record: &Record) {
        self.at = record.at;
        // A node's role is told once all that one moment made of it is known: before the
        // next thing that it does, or that somebody else does.
        let goes_on = |node: &NodeId| match &record.what {
            Happening::Node { node: other, transition } => other == node && is_of_role(transition),
            _ => false,
        };
        self.tell_roles(|node| !goes_on(node));
        match &record.what {
            Happening::Node { node, transition } => self.transition(*node, transition),
            Happening::WriteAsked { node, write, change } => self.asked(*node, *write, change),
            Happening::WriteDurable { node, write } => self.durable(*node, *write),
            Happening::Applied { node, index, entry } => {
                let (node, index, term) = (node.to_string(), *index, entry.term);
                self.tell(Observed::Applied { node, index, term, value: Some(value(entry)) });
            }
            Happening::Crashed { node, .. } => {
                self.tell(Observed::Crashed { node: node.to_string() })
            }
            Happening::Restarted { node } => {
                let followed = self.of(*node);
                followed.writes.clear();
                (followed.role, followed.term) = (ObservedRole::Follower, followed.durable.term);
                followed.told = (followed.role, followed.term);
                followed.last_index = followed.durable_last;
                let (term, last_index) = (followed.term, Some(followed.last_index));
                self.tell(Observed::Restarted { node: node.to_string(), term, last_index });
            }
            Happening::Sent { message, envelope, .. } => {
                let (kind, entries, refused) = ObservedMessage::of(&envelope.body);
                let (from, to) = (envelope.from.to_string(), envelope.to.to_string());
                self.tell(Observed::Sent { message: message.0, from, to, kind, entries, refused });
            }
            Happening::Delivered { message } => {
                self.tell(Observed::Delivered { message: message.0 });
            }
            Happening::Lost { message, .. } => self.tell(Observed::Lost { message: message.0 }),
            Happening::OperationBegan { operation, client, request } => {
                let write = match request {
                    Request::Write { value, .. } => Some(value.to_string()),
                    Request::Read { .. } => None,
                };
                let (client, key) = (format!("c{client}"), request.key().to_string());
                let operation = u64::from(operation.0);
                self.tell(Observed::OperationBegan { operation, client, key, write });
            }
            Happening::OperationEnded { operation, outcome, .. } => {
                let outcome = match outcome {
                    Outcome::Written => ObservedOutcome::Written,
                    Outcome::Found { value, .. } => {
                        ObservedOutcome::Found((value.0 > 0).then(|| value.to_string()))
                    }
                    Outcome::Refused => ObservedOutcome::Refused,
                    Outcome::GaveUp => ObservedOutcome::GaveUp,
                };
                let operation = u64::from(operation.0);
                self.tell(Observed::OperationEnded { operation, outcome });
            }
            _ => {}
        }
    }

    fn transition(&mut self, node: NodeId, transition: &Transition) {
        match transition {
            Transition::TermAdvanced { to, .. } => self.of(node).term = *to,
            Transition::BecamePreCandidate { .. } => {
                self.of(node).role = ObservedRole::PreCandidate;
            }
            Transition::BecameCandidate { .. } => self.of(node).role = ObservedRole::Candidate,
            Transition::BecameLeader { .. } => self.of(node).role = ObservedRole::Leader,
            Transition::SteppedDown { .. } => self.of(node).role = ObservedRole::Follower,
            Transition::CommitAdvanced { to, .. } => {
                self.tell(Observed::Committed { node: node.to_string(), index: *to });
            }
            Transition::ConfigurationAdopted { membership, .. } => {
                let Membership { voters, outgoing, learners } = *membership;
                self.tell(Observed::Configuration {
                    node: node.to_string(),
                    voters: names(voters),
                    outgoing: names(outgoing),
                    learners: names(learners),
                });
            }
            _ => {}
        }
    }

    fn asked(&mut self, node: NodeId, write: WriteId, change: &Change) {
        let name = node.to_string();
        let durable = match change {
            Change::HardState(state) => Durable::State(*state),
            Change::Log { first, entries } => {
                let last = Index(first.0.saturating_add(entries.len() as u64)).previous();
                self.of(node).last_index = last;
                let entries = entries
                    .iter()
                    .map(|entry| ObservedEntry { term: entry.term, value: Some(value(entry)) })
                    .collect();
                self.tell(Observed::Appended { node: name, first: *first, entries });
                Durable::LogTo(last)
            }
            Change::Snapshot { snapshot, keeps_later_entries, .. } => {
                let LogEnd { index, term } = snapshot.end;
                self.tell(Observed::Snapshot { node: name, index, term });
                let followed = self.of(node);
                if !keeps_later_entries {
                    followed.last_index = index;
                }
                Durable::LogTo(followed.last_index)
            }
        };
        self.of(node).writes.push_back((write, durable));
    }

    fn durable(&mut self, node: NodeId, up_to: WriteId) {
        while self.of(node).writes.front().is_some_and(|(write, _)| *write <= up_to) {
            match self.of(node).writes.pop_front() {
                Some((_, Durable::State(state))) => {
                    let before = core::mem::replace(&mut self.of(node).durable, state);
                    let HardState { term, voted_for } = state;
                    if let Some(candidate) = voted_for.filter(|_| state != before) {
                        let (node, candidate) = (node.to_string(), candidate.to_string());
                        self.tell(Observed::Voted { node, candidate, term });
                    }
                }
                Some((_, Durable::LogTo(last))) => self.of(node).durable_last = last,
                None => {}
            }
        }
    }
}

/// Whether a transition is one of those that change role and term together.
const fn is_of_role(transition: &Transition) -> bool {
    matches!(
        transition,
        Transition::TermAdvanced { .. }
            | Transition::BecamePreCandidate { .. }
            | Transition::BecameCandidate { .. }
            | Transition::BecameLeader { .. }
            | Transition::SteppedDown { .. }
    )
}

/// What an entry holds, as text.
fn value(entry: &Entry) -> String {
    match &entry.payload {
        Payload::NoOp => "no-op".to_string(),
        Payload::Command(command) => {
            command.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        }
        Payload::Configuration(Membership { voters, outgoing, learners }) => {
            format!("voters {voters} outgoing {outgoing} learners {learners}")
        }
    }
}

impl ObservedMessage {
    /// What a message of ours is, how many entries it carries, and whether it is an answer
    /// that says no.
    pub fn of(message: &Message) -> (ObservedMessage, u64, bool) {
        let no = |refused: bool| (0, refused);
        let (kind, (entries, refused)) = match message {
            Message::RequestVote(_) => (ObservedMessage::RequestVote, no(false)),
            Message::RequestVoteReply(reply) => {
                (ObservedMessage::RequestVoteReply, no(*reply != VoteAnswer::Granted))
            }
            Message::RequestPreVote(_) => (ObservedMessage::RequestPreVote, no(false)),
            Message::RequestPreVoteReply(reply) => {
                (ObservedMessage::RequestPreVoteReply, no(reply.answer != VoteAnswer::Granted))
            }
            Message::AppendEntries(append) => {
                (ObservedMessage::AppendEntries, (append.entries.len() as u64, false))
            }
            Message::AppendEntriesReply(reply) => {
                let accepted = matches!(reply.answer, AppendAnswer::Accepted { .. });
                (ObservedMessage::AppendEntriesReply, no(!accepted))
            }
            Message::TimeoutNow => (ObservedMessage::TimeoutNow, no(false)),
            Message::InstallSnapshot(_) => (ObservedMessage::InstallSnapshot, no(false)),
            Message::InstallSnapshotReply(reply) => {
                let stale = matches!(reply.answer, SnapshotAnswer::StaleTerm);
                (ObservedMessage::InstallSnapshotReply, no(stale))
            }
            Message::RequestReadIndex(_) => (ObservedMessage::RequestReadIndex, no(false)),
            Message::RequestReadIndexReply(reply) => {
                let refused = matches!(reply.answer, raft_core::ReadIndexAnswer::Refused(_));
                (ObservedMessage::RequestReadIndexReply, no(refused))
            }
        };
        (kind, entries, refused)
    }
}
