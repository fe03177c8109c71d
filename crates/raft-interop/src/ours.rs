//! A server of ours: raft-core, with a disk.

use crate::server::{
    ELECTION_TIMEOUT_MAX, ELECTION_TIMEOUT_MIN, Effects, HEARTBEAT_INTERVAL, Kind, LogEntry,
    Packet, Rules, Server,
};
use crate::translate::{self, Untranslatable};
use raft_core::{
    CheckedSettings, Command, Durable, Entry, Flaws, HardState, Index, Input, LogEnd, Membership,
    Micros, Node, NodeId, NodeSet, Output, Payload, RequestId, RoleView, Settings, Write,
};
use raft_sim::trace::observed::ObservedRole;
use std::collections::VecDeque;

pub(crate) struct OurServer {
    node: Node,
    disk: Durable,
    /// What the disk has been asked for and has not finished.
    writes: VecDeque<Write>,
    effects: Effects,
}

impl OurServer {
    pub(crate) fn new(id: NodeId, rules: Rules, flaws: Flaws, seed: u64) -> OurServer {
        let disk = Durable::new(Membership::of(NodeSet::first(rules.servers)));
        let node = Node::restore(id, settings(rules, flaws), seed, disk.clone(), Micros::ZERO);
        OurServer { node, disk, writes: VecDeque::new(), effects: Effects::default() }
    }

    fn tell(&mut self, now: Micros, input: Input) {
        self.node.handle(now, input);
        while let Some(output) = self.node.poll() {
            match output {
                Output::Send(envelope) => {
                    self.effects.packets.push((envelope.to, Packet::Ours(envelope)));
                }
                Output::Write(write) => {
                    self.writes.push_back(write);
                    self.effects.writes += 1;
                }
                Output::Apply { index, entry } => {
                    self.effects.applied.push((index, shown(&entry)));
                    self.node.handle(now, Input::Applied(index));
                }
                _ => {}
            }
        }
    }
}

/// Few entries a message, so that there are many of them.
fn settings(rules: Rules, flaws: Flaws) -> CheckedSettings {
    let settings = Settings {
        election_timeout_min: ELECTION_TIMEOUT_MIN,
        election_timeout_max: Micros(ELECTION_TIMEOUT_MAX.0 - 1),
        heartbeat_interval: HEARTBEAT_INTERVAL,
        max_entries_per_message: 4,
        pre_vote: rules.pre_vote,
        check_quorum: rules.check_quorum,
        stickiness: rules.check_quorum,
        flaws,
        ..Settings::default()
    };
    settings.check().expect("these settings can be")
}

fn shown(entry: &Entry) -> LogEntry {
    let bytes = match &entry.payload {
        Payload::Command(command) => command.0.to_vec(),
        _ => Vec::new(),
    };
    LogEntry { term: entry.term.0, bytes }
}

impl Server for OurServer {
    fn kind(&self) -> Kind {
        Kind::Ours
    }

    fn receive(&mut self, now: Micros, packet: &Packet) -> Result<(), Untranslatable> {
        let envelope = match packet {
            Packet::Ours(envelope) => envelope.clone(),
            Packet::Theirs(message) => translate::to_ours(message, self.node.view().log())?,
        };
        self.tell(now, Input::Receive(envelope));
        Ok(())
    }

    fn deadline(&self) -> Option<Micros> {
        self.node.deadline()
    }

    fn wake(&mut self, now: Micros) {
        self.tell(now, Input::Wake);
    }

    fn propose(&mut self, now: Micros, command: &[u8]) -> bool {
        let before = self.node.view().log().last_index();
        let command = Command(command.into());
        self.tell(now, Input::Propose { request: RequestId(0), command });
        self.node.view().log().last_index() > before
    }

    fn campaign(&mut self, now: Micros) {
        self.tell(now, Input::Campaign);
    }

    fn transfer(&mut self, now: Micros, target: NodeId) {
        self.tell(now, Input::Transfer(target));
    }

    fn finish_write(&mut self, now: Micros) {
        if let Some(write) = self.writes.pop_front() {
            self.disk.write(write.change);
            self.tell(now, Input::Durable(write.id));
        }
    }

    fn restart(&mut self, now: Micros, seed: u64) {
        let view = self.node.view();
        let settings = view.settings().check().expect("it has run with them");
        self.node = Node::restore(view.id(), settings, seed, self.disk.clone(), now);
        self.writes.clear();
        self.effects = Effects::default();
    }

    fn take_effects(&mut self) -> Effects {
        std::mem::take(&mut self.effects)
    }

    fn term(&self) -> u64 {
        self.node.view().term().0
    }

    fn leads(&self) -> bool {
        self.node.view().is_leader()
    }

    fn role(&self) -> ObservedRole {
        match self.node.view().role() {
            RoleView::Follower { .. } => ObservedRole::Follower,
            RoleView::PreCandidate { .. } => ObservedRole::PreCandidate,
            RoleView::Candidate { .. } => ObservedRole::Candidate,
            RoleView::Leader(_) => ObservedRole::Leader,
        }
    }

    fn durable_vote(&self) -> Option<(u64, NodeId)> {
        let HardState { term, voted_for } = self.disk.hard_state;
        voted_for.map(|candidate| (term.0, candidate))
    }

    fn commit_index(&self) -> Index {
        self.node.view().commit_index()
    }

    fn log_end(&self) -> LogEnd {
        self.node.view().log().end()
    }

    fn log(&self) -> Vec<LogEntry> {
        self.node.view().log().iter().map(|(_, entry)| shown(entry)).collect()
    }
}
