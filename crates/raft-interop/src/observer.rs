//! What a cluster does, told in the format in which any Raft can be observed
//! (`raft_sim::trace::observed`): so that Raftlab checks and draws servers that it does
//! not simulate.
//!
//! An observer looks at a server after each thing that it was told, and tells what is
//! new. A vote counts once it is on the disk; a log, as the server goes by it.

use crate::server::{LogEntry, Packet, Server};
use crate::translate::our_id;
use raft::eraftpb::{self, MessageType};
use raft_core::{Index, Micros, NodeId, Term};
use raft_sim::trace::observed::{
    Observed, ObservedEntry, ObservedHead, ObservedLine, ObservedMessage, ObservedOutcome,
    ObservedRole, Tells,
};
use std::collections::BTreeMap;

/// What was told of one server last.
#[derive(Default)]
struct Told {
    role: Option<(ObservedRole, u64)>,
    vote: Option<(u64, NodeId)>,
    log: Vec<LogEntry>,
    commit_index: Index,
    /// It has started again, which is told with what it started with.
    is_new: bool,
    /// What its state machine holds: the last command that it applied.
    holds: Option<String>,
    /// The operations that it took and has not answered: by their command.
    asked: BTreeMap<Vec<u8>, u64>,
}

/// Sees a cluster and tells what it does.
pub struct Observer {
    head: ObservedHead,
    lines: Vec<ObservedLine>,
    servers: BTreeMap<NodeId, Told>,
    operations: u64,
}

/// By this a command that reads is told from one that writes.
pub(crate) const READS: &str = "read ";

impl Observer {
    pub(crate) fn new(implementation: &str, ids: impl Iterator<Item = NodeId>) -> Observer {
        let servers: BTreeMap<NodeId, Told> = ids.map(|id| (id, Told::default())).collect();
        let names = servers.keys().map(ToString::to_string).collect();
        let tells = vec![
            Tells::Votes,
            Tells::Logs,
            Tells::Commits,
            Tells::Applies,
            Tells::Messages,
            Tells::Operations,
        ];
        let head = ObservedHead::new(implementation, names, tells);
        Observer { head, lines: Vec::new(), servers, operations: 0 }
    }

    /// The first line.
    pub fn head(&self) -> &ObservedHead {
        &self.head
    }

    /// What was told, in order.
    pub fn lines(&self) -> &[ObservedLine] {
        &self.lines
    }

    /// The whole trace, as text.
    pub fn trace(&self) -> String {
        let mut text = String::new();
        let head = self.head.write(&mut text);
        let lines = self.lines.iter().try_for_each(|line| line.write(&mut text));
        head.and(lines).expect("a text takes all");
        text
    }

    fn tell(&mut self, at: Micros, what: Observed) {
        self.lines.push(ObservedLine { at, what });
    }

    /// A server was told something: tells what is new about it.
    pub(crate) fn see(
        &mut self,
        at: Micros,
        id: NodeId,
        server: &dyn Server,
        applied: &[(Index, LogEntry)],
    ) {
        let Some(mut told) = self.servers.remove(&id) else { return };
        let node = id.to_string();
        let (role, term, log) = (server.role(), server.term(), server.log());
        if std::mem::take(&mut told.is_new) {
            told.log.truncate(log.len());
            let last_index = Some(Index(told.log.len() as u64));
            let (node, term) = (node.clone(), Term(term));
            self.tell(
                at,
                Observed::Restarted { node, term, last_index, last_term: None, snapshot: None },
            );
            told.role = Some((ObservedRole::Follower, server.term()));
            (told.commit_index, told.holds) = (Index::ZERO, None);
            told.asked.clear();
        }
        let vote = server.durable_vote();
        if vote != told.vote {
            told.vote = vote;
            if let Some((term, candidate)) = vote {
                let (node, candidate) = (node.clone(), candidate.to_string());
                self.tell(at, Observed::Voted { node, candidate, term: Term(term) });
            }
        }
        if told.role.replace((role, term)) != Some((role, term)) {
            self.tell(at, Observed::Role { node: node.clone(), role, term: Term(term) });
        }
        self.tell_log(at, &node, &told.log, &log);
        told.log = log;
        let index = server.commit_index();
        if index > told.commit_index {
            told.commit_index = index;
            self.tell(at, Observed::Committed { node: node.clone(), index });
        }
        for (index, entry) in applied {
            let (term, value) = (Term(entry.term), Some(shown(entry)));
            self.tell(at, Observed::Applied { node: node.clone(), index: *index, term, value });
            self.answer(at, &mut told, entry);
        }
        self.servers.insert(id, told);
    }

    fn tell_log(&mut self, at: Micros, node: &str, before: &[LogEntry], now: &[LogEntry]) {
        let same = before.iter().zip(now).take_while(|(before, now)| before == now).count();
        let (node, first) = (node.to_string(), Index(same as u64 + 1));
        let entries: Vec<ObservedEntry> = now[same..]
            .iter()
            .map(|entry| ObservedEntry { term: Term(entry.term), value: Some(shown(entry)) })
            .collect();
        if !entries.is_empty() {
            self.tell(at, Observed::Appended { node, first, entries });
        } else if same < before.len() {
            self.tell(at, Observed::Truncated { node, first });
        }
    }

    /// A server applies an entry, and answers the client that it took it from.
    fn answer(&mut self, at: Micros, told: &mut Told, entry: &LogEntry) {
        let command = String::from_utf8_lossy(&entry.bytes);
        let is_read = command.starts_with(READS);
        if !is_read && !entry.bytes.is_empty() {
            told.holds = Some(command.to_string());
        }
        if let Some(operation) = told.asked.remove(&entry.bytes) {
            let outcome = if is_read {
                ObservedOutcome::Found(told.holds.clone())
            } else {
                ObservedOutcome::Written
            };
            self.tell(at, Observed::OperationEnded { operation, outcome });
        }
    }

    /// A client asks a server to put a command into the log; each command is another.
    pub(crate) fn asked(&mut self, at: Micros, id: NodeId, command: &str) -> u64 {
        self.operations += 1;
        let operation = self.operations;
        let write = (!command.starts_with(READS)).then(|| command.to_string());
        let (client, key) = ("client".to_string(), "register".to_string());
        self.tell(at, Observed::OperationBegan { operation, client, key, write });
        if let Some(told) = self.servers.get_mut(&id) {
            told.asked.insert(command.as_bytes().to_vec(), operation);
        }
        operation
    }

    /// The server did not take it.
    pub(crate) fn refused(&mut self, at: Micros, id: NodeId, command: &str) {
        let told = self.servers.get_mut(&id);
        if let Some(operation) = told.and_then(|told| told.asked.remove(command.as_bytes())) {
            self.tell(
                at,
                Observed::OperationEnded { operation, outcome: ObservedOutcome::Refused },
            );
        }
    }

    pub(crate) fn crashed(&mut self, at: Micros, id: NodeId) {
        self.tell(at, Observed::Crashed { node: id.to_string() });
    }

    /// A server starts again: what it starts with is told when it is seen next.
    pub(crate) fn restarts(&mut self, id: NodeId) {
        if let Some(told) = self.servers.get_mut(&id) {
            told.is_new = true;
        }
    }

    pub(crate) fn sent(&mut self, at: Micros, message: u64, from: NodeId, to: NodeId, it: &Packet) {
        let (kind, entries, refused) = match it {
            Packet::Ours(envelope) => ObservedMessage::of(&envelope.body),
            Packet::Theirs(message) => theirs(message),
        };
        let (from, to) = (from.to_string(), to.to_string());
        self.tell(at, Observed::Sent { message, from, to, kind, entries, refused });
    }

    pub(crate) fn delivered(&mut self, at: Micros, message: u64) {
        self.tell(at, Observed::Delivered { message });
    }

    pub(crate) fn lost(&mut self, at: Micros, message: u64) {
        self.tell(at, Observed::Lost { message });
    }
}

/// What an entry holds, as text: their commands here are text, and a no-op is empty.
fn shown(entry: &LogEntry) -> String {
    String::from_utf8_lossy(&entry.bytes).to_string()
}

/// What a message of theirs is in the words of the format, how many entries it carries,
/// and whether it says no. Their heartbeat is an AppendEntries without entries.
fn theirs(message: &eraftpb::Message) -> (ObservedMessage, u64, bool) {
    let kind = match message.get_msg_type() {
        MessageType::MsgRequestVote => ObservedMessage::RequestVote,
        MessageType::MsgRequestVoteResponse => ObservedMessage::RequestVoteReply,
        MessageType::MsgRequestPreVote => ObservedMessage::RequestPreVote,
        MessageType::MsgRequestPreVoteResponse => ObservedMessage::RequestPreVoteReply,
        MessageType::MsgAppendResponse | MessageType::MsgHeartbeatResponse => {
            ObservedMessage::AppendEntriesReply
        }
        MessageType::MsgSnapshot => ObservedMessage::InstallSnapshot,
        MessageType::MsgSnapStatus => ObservedMessage::InstallSnapshotReply,
        MessageType::MsgTimeoutNow => ObservedMessage::TimeoutNow,
        MessageType::MsgReadIndex => ObservedMessage::RequestReadIndex,
        MessageType::MsgReadIndexResp => ObservedMessage::RequestReadIndexReply,
        // MsgAppend and MsgHeartbeat; no other kind leaves a server of these clusters.
        _ => ObservedMessage::AppendEntries,
    };
    (kind, message.entries.len() as u64, message.reject)
}

/// A vote of theirs: 0 is their "nobody".
pub(crate) fn their_vote(state: &eraftpb::HardState) -> Option<(u64, NodeId)> {
    our_id(state.vote).ok().map(|candidate| (state.term, candidate))
}

#[cfg(test)]
mod tests;
