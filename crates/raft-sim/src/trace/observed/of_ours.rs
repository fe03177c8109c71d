//! A run of ours as another's trace would tell it: what an observer sees.
//!
//! It is an example of the format from which one can begin, and it lets the checks of
//! this format be held against the monitors, which see the run itself.

use super::{
    Observed, ObservedEntry, ObservedHead, ObservedLine, ObservedMessage, ObservedOutcome,
    ObservedRole, Tells,
};
use crate::history::{Outcome, Request};
use crate::initial::{self, Past};
use crate::record::{Happening, Record};
use crate::scenario::Scenario;
use crate::timeline::Timeline;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use raft_core::{
    AppendAnswer, Change, Entry, HardState, Index, Log, LogEnd, Membership, Message, Micros,
    NodeId, NodeSet, Payload, SnapshotAnswer, Term, Transition, VoteAnswer, WriteId,
};

/// What is followed of one node, to be told at the right moment.
#[derive(Clone)]
struct Followed {
    role: ObservedRole,
    term: Term,
    told: (ObservedRole, Term),
    log: Log,
    /// Writes that are not durable yet.
    writes: VecDeque<(WriteId, Written)>,
    durable: HardState,
    durable_log: Log,
}

/// What a write makes durable.
#[derive(Clone)]
enum Written {
    State(HardState),
    /// The log as it is with that write: logs share what is the same in them.
    Log(Log),
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
    observer.tell_of_the_past(scenario);
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
            log: Log::new(),
            writes: VecDeque::new(),
            durable: HardState { term: Term(0), voted_for: None },
            durable_log: Log::new(),
        }
    }
}

/// Operations from before the run are numbered from here: those of the run count from 0.
const BEFORE_THE_RUN: u64 = 1 << 32;

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

    /// What nodes begin with happened before anything is told: it is told at the beginning.
    fn tell_of_the_past(&mut self, scenario: &Scenario) {
        let past = Past::of(scenario);
        for (node, log) in &past.logs {
            let entries = log.iter().map(|(_, entry)| of_entry(entry)).collect::<Vec<_>>();
            if !entries.is_empty() {
                let node = node.to_string();
                self.tell(Observed::Appended { node, first: Index(1), entries });
            }
        }
        // A majority must be known to hold what is committed.
        for state in &scenario.initial {
            for node in state.nodes.iter() {
                let (name, disk) = (node.to_string(), initial::disk_of(scenario, node));
                if let HardState { term, voted_for: Some(candidate) } = disk.hard_state {
                    let (node, candidate) = (name.clone(), candidate.to_string());
                    self.tell(Observed::Voted { node, candidate, term });
                } else if disk.hard_state.term > Term(0) {
                    let (role, term) = (ObservedRole::Follower, disk.hard_state.term);
                    self.tell(Observed::Role { node: name.clone(), role, term });
                }
                if state.committed > Index::ZERO {
                    let (node, index) = (name.clone(), state.committed);
                    self.tell(Observed::Committed { node, index });
                }
                if let Some(snapshot) = &disk.snapshot {
                    let LogEnd { index, term } = snapshot.end;
                    self.tell(Observed::Snapshot { node: name, index, term });
                }
                let followed = self.of(node);
                (followed.durable, followed.durable_log) = (disk.hard_state, disk.log);
            }
        }
        // Of each key what it holds, and what it may come to hold. What was overwritten is
        // left out: who finds that finds what nobody had asked to write since.
        let holds = past.values.iter().map(|write| (write, true));
        let open = past.open.iter().map(|write| (write, false));
        for (number, ((key, value), is_written)) in (0..).zip(holds.chain(open)) {
            let (operation, client) = (BEFORE_THE_RUN + number, "before the run".to_string());
            let (key, write) = (key.to_string(), Some(value.to_string()));
            self.tell(Observed::OperationBegan { operation, client, key, write });
            if is_written {
                let outcome = ObservedOutcome::Written;
                self.tell(Observed::OperationEnded { operation, outcome });
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
                followed.log = followed.durable_log.clone();
                let (term, LogEnd { index, term: last_term }) = (followed.term, followed.log.end());
                let (last_index, last_term) = (Some(index), Some(last_term));
                let (node, snapshot) = (node.to_string(), Some(followed.log.base().index));
                self.tell(Observed::Restarted { node, term, last_index, last_term, snapshot });
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
                let followed = self.of(node);
                followed.role = ObservedRole::PreCandidate;
                // One that asks again is told again, though its role and term are the same.
                followed.told.0 = ObservedRole::Follower;
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
        let written = match change {
            Change::HardState(state) => Written::State(*state),
            Change::Log { first, entries } => {
                let log = &mut self.of(node).log;
                log.truncate_from(*first);
                log.extend(entries.iter().cloned());
                let entries = entries.iter().map(of_entry).collect();
                self.tell(Observed::Appended { node: name, first: *first, entries });
                Written::Log(self.of(node).log.clone())
            }
            Change::Snapshot { snapshot, keeps_later_entries, .. } => {
                let LogEnd { index, term } = snapshot.end;
                self.tell(Observed::Snapshot { node: name, index, term });
                let log = &mut self.of(node).log;
                if *keeps_later_entries {
                    log.compact_to(index);
                } else {
                    *log = Log::after(snapshot.end);
                }
                Written::Log(log.clone())
            }
        };
        self.of(node).writes.push_back((write, written));
    }

    fn durable(&mut self, node: NodeId, up_to: WriteId) {
        while self.of(node).writes.front().is_some_and(|(write, _)| *write <= up_to) {
            match self.of(node).writes.pop_front() {
                Some((_, Written::State(state))) => {
                    let before = core::mem::replace(&mut self.of(node).durable, state);
                    let HardState { term, voted_for } = state;
                    if let Some(candidate) = voted_for.filter(|_| state != before) {
                        let (node, candidate) = (node.to_string(), candidate.to_string());
                        self.tell(Observed::Voted { node, candidate, term });
                    }
                }
                Some((_, Written::Log(log))) => self.of(node).durable_log = log,
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

/// An entry, as an observer tells it.
fn of_entry(entry: &Entry) -> ObservedEntry {
    ObservedEntry { term: entry.term, value: Some(value(entry)) }
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
