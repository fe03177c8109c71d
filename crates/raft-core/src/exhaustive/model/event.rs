//! What may happen to one server, and what becomes of it: worked out once, and remembered.

use super::{Cluster, Known, State};
use crate::exhaustive::projection::{Fingerprint, hears_leader};
use crate::exhaustive::properties;
use crate::node::Role;
use crate::replication::{Pace, Progress};
use crate::testing::{self, Seen, Server, command};
use crate::*;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use core::sync::atomic::Ordering::Relaxed;
use std::collections::HashMap;

/// Something that happens to one server, beside a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::exhaustive) enum Event {
    TimeoutFires,
    HeartbeatIsDue,
    /// The time for which it believes that it hears its leader is over.
    LeaderFallsSilent,
    /// A leader that checks its quorum has waited long enough for a majority.
    MajorityFallsSilent,
    TransferTakesTooLong,
    /// A leader has waited long enough for the answers to what it sent of its snapshot.
    ChunksGoUnanswered,
    /// The disk finishes its oldest write.
    WriteIsDone,
    /// The disk finishes all it was asked for, and reports the last only.
    AllWritesAreDone,
    /// A server that is down for a while is one to which nothing happens: to crash and to
    /// start again is one step.
    CrashesAndStarts,
    ClientProposes,
    /// Its driver takes a snapshot of what it has applied.
    TakesSnapshot,
    Change(Reconfiguration),
    Transfer(NodeId),
}

/// What became of a server: the same for every state in which it meets the same event.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) server: Arc<Known<Server>>,
    pub(super) sent: Vec<Arc<Known<Envelope>>>,
    pub(super) applied: Vec<(Index, Entry)>,
    pub(super) states: Vec<testing::State>,
    pub(super) won: Option<Term>,
    pub(super) broke_append_only: bool,
}

impl Outcome {
    fn is_same_as(&self, other: &Outcome) -> bool {
        // Word for word, whatever of the messages is in their projection.
        let of = |outcome: &Outcome| -> BTreeMap<u64, Envelope> {
            outcome.sent.iter().map(|sent| (sent.numbers[0], sent.value.clone())).collect()
        };
        self.server.numbers == other.server.numbers
            && of(self) == of(other)
            && (&self.applied, &self.states, self.won) == (&other.applied, &other.states, other.won)
            && self.broke_append_only == other.broke_append_only
    }
}

/// What became of a server of this fingerprint by an event of that one. In the millions of
/// states of a cluster, each server is in one of some thousands.
pub(super) type Memory = HashMap<(u64, u64), Arc<Outcome>>;

/// What a server meets.
#[derive(Clone, Copy)]
pub(super) enum Heard<'a> {
    Message(&'a Known<Envelope>),
    Event(Event),
}

impl Heard<'_> {
    fn number(self) -> u64 {
        let mut fingerprint = Fingerprint::new();
        match self {
            Heard::Message(envelope) => return envelope.numbers[0],
            Heard::Event(event) => {
                let mut hasher = std::hash::DefaultHasher::new();
                core::mem::discriminant(&event).hash(&mut hasher);
                match event {
                    Event::Change(change) => change.hash(&mut hasher),
                    Event::Transfer(target) => target.hash(&mut hasher),
                    _ => {}
                }
                fingerprint.write(hasher.finish());
            }
        }
        fingerprint.number()
    }
}

impl Cluster {
    pub(super) fn outcome_of(&self, server: &Arc<Known<Server>>, heard: Heard<'_>) -> Arc<Outcome> {
        let key = (server.numbers[0], heard.number());
        let remembered = self.memory.lock().expect("nobody panics").get(&key).cloned();
        match remembered {
            Some(outcome) if !self.checks_memory => outcome,
            remembered => {
                let outcome = Arc::new(self.work_out(&server.value, heard));
                let is_same = remembered.is_none_or(|other| other.is_same_as(&outcome));
                assert!(is_same, "a server of this projection did otherwise: {:#?}", server.value);
                self.memory.lock().expect("nobody panics").insert(key, outcome.clone());
                outcome
            }
        }
    }

    fn work_out(&self, before: &Server, heard: Heard<'_>) -> Outcome {
        let mut server = before.clone();
        let seen = match heard {
            Heard::Message(envelope) => server.tell(Input::Receive(envelope.value.clone())),
            Heard::Event(event) => self.happen(&mut server, event),
        };
        let mut won = None;
        for transition in &seen.transitions {
            let counter = match transition {
                Transition::BecameLeader { term, .. } => {
                    won = Some(*term);
                    continue;
                }
                Transition::EntriesRemoved { .. } => &self.met.entries_removed,
                Transition::VoteRefused { .. } => &self.met.votes_refused,
                Transition::SnapshotInstalled { .. } => &self.met.snapshots_installed,
                Transition::SteppedDown { because: StepDownCause::Removed, .. } => {
                    &self.met.removed_leaders
                }
                _ => continue,
            };
            counter.fetch_add(1, Relaxed);
        }
        let broke_append_only = !properties::only_appended(before, &server);
        let Seen { sent, applied, states, .. } = seen;
        let sent = sent.into_iter().map(|sent| self.known(in_round_0(sent))).collect();
        Outcome { server: self.known(server), sent, applied, states, won, broke_append_only }
    }

    fn happen(&self, server: &mut Server, event: Event) -> Seen {
        let now = server.now;
        let wake_at = |server: &mut Server, at: Option<Micros>| {
            server.now = now.max(at.expect("the event can happen"));
            server.tell(Input::Wake)
        };
        match event {
            Event::TimeoutFires => server.wake(),
            Event::HeartbeatIsDue => {
                let due = match &server.node.role {
                    Role::Leader(leader) => Some(leader.heartbeat_due()),
                    _ => None,
                };
                wake_at(server, due)
            }
            Event::LeaderFallsSilent => {
                let minimum = self.settings.get().election_timeout_min;
                // Its timer was started then or later, and does not run out before.
                let heard_at = server.node.leader_heard_at.expect("it heard a leader");
                server.now = now.max(heard_at + minimum);
                Seen::default()
            }
            Event::MajorityFallsSilent => {
                let at = server.node.quorum_deadline();
                wake_at(server, at)
            }
            Event::TransferTakesTooLong => {
                let at = server.node.transfer_deadline();
                wake_at(server, at)
            }
            Event::ChunksGoUnanswered => {
                let minimum = self.settings.get().election_timeout_min;
                let at = chunk_sent_at(&server.node).map(|sent_at| sent_at + minimum);
                wake_at(server, at)
            }
            Event::WriteIsDone => server.finish_write(),
            Event::AllWritesAreDone => server.finish_writes(),
            Event::CrashesAndStarts => {
                let lost = server.writes_under_way.len() as u64;
                self.met.writes_lost.fetch_add(lost, Relaxed);
                server.crash_and_restart()
            }
            Event::ClientProposes => {
                server.tell(Input::Propose { request: RequestId(0), command: command() })
            }
            Event::TakesSnapshot => server.take_snapshot(),
            Event::Change(change) => {
                server.tell(Input::Reconfigure { request: RequestId(0), change })
            }
            Event::Transfer(target) => server.tell(Input::Transfer(target)),
        }
    }

    pub(super) fn events(&self, state: &State, server: &Server, offer: &mut impl FnMut(Event)) {
        let bounds = &self.scope.bounds;
        let [crashes, proposals, orders, snapshots] = state.spent;
        let node = &server.node;
        match &node.role {
            Role::Leader(leader) => {
                offer(Event::HeartbeatIsDue);
                if node.quorum_deadline().is_some() {
                    offer(Event::MajorityFallsSilent);
                }
                if chunk_sent_at(node).is_some() {
                    offer(Event::ChunksGoUnanswered);
                }
                if leader.transfer.is_some() {
                    offer(Event::TransferTakesTooLong);
                }
                if proposals < bounds.proposals {
                    offer(Event::ClientProposes);
                }
                if orders < bounds.orders {
                    self.scope.changes.iter().for_each(|change| offer(Event::Change(*change)));
                    if self.scope.transfers {
                        let others = node.membership.voters.without(node.id);
                        others.iter().for_each(|target| offer(Event::Transfer(target)));
                    }
                }
            }
            role => {
                if node.deadline().is_some() && node.hard_state.term.0 < bounds.term {
                    offer(Event::TimeoutFires);
                }
                let hears = hears_leader(self.settings.get(), node.leader_heard_at, server.now);
                let follows = matches!(role, Role::Follower { leader: Some(_) });
                if self.settings.get().pre_vote && follows && hears {
                    offer(Event::LeaderFallsSilent);
                }
            }
        }
        if !server.writes_under_way.is_empty() {
            offer(Event::WriteIsDone);
        }
        if server.writes_under_way.len() > 1 {
            offer(Event::AllWritesAreDone);
        }
        let taken = node.snapshot.as_ref().map_or(Index::ZERO, |snapshot| snapshot.end.index);
        if snapshots < bounds.snapshots && node.applied_index > taken {
            offer(Event::TakesSnapshot);
        }
        if crashes < bounds.crashes {
            offer(Event::CrashesAndStarts);
        }
    }
}

/// When a leader last sent a part of a snapshot whose answer is still out.
fn chunk_sent_at(node: &Node) -> Option<Micros> {
    let Role::Leader(leader) = &node.role else { return None };
    let sent_at = |progress: &Progress| match &progress.pace {
        Pace::Snapshot(sending) => Some(sending.sent_at),
        Pace::Probe { .. } | Pace::Replicate => None,
    };
    leader.progress.iter().map(|(_, progress)| progress).filter_map(sent_at).max()
}

/// The same message without the number of its round: see [`crate::exhaustive::projection`].
fn in_round_0(mut envelope: Envelope) -> Envelope {
    match &mut envelope.body {
        Message::AppendEntries(append) => append.round = Round(0),
        Message::AppendEntriesReply(reply) => reply.round = Round(0),
        Message::InstallSnapshot(chunk) => chunk.round = Round(0),
        Message::InstallSnapshotReply(reply) => reply.round = Round(0),
        Message::RequestVote(_)
        | Message::RequestVoteReply(_)
        | Message::RequestPreVote(_)
        | Message::RequestPreVoteReply(_)
        | Message::RequestReadIndex(_)
        | Message::RequestReadIndexReply(_)
        | Message::TimeoutNow => {}
    }
    envelope
}
