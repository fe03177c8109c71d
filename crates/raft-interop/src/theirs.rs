//! A server of theirs: the `raft` crate's [`RawNode`], with a disk.
//!
//! Its `Ready` is carried out in the order that the crate's documentation asks for:
//!
//! ```text
//!   Ready ── messages() ──────────────────────────────▶ sent now: only a leader has some
//!     │
//!     └─ entries(), hs() ─▶ MemStorage, from which it reads ─▶ advance_append_async
//!             │
//!             └─▶ disk ── done ─▶ persisted_messages() sent, then on_persist_ready
//! ```
//!
//! What a crash leaves is what the disk has finished, not what `MemStorage` holds.

use crate::observer;
use crate::random::Random;
use crate::server::{
    ELECTION_TIMEOUT_MAX, ELECTION_TIMEOUT_MIN, Effects, HEARTBEAT_INTERVAL, Kind, LogEntry,
    Packet, Rules, Server,
};
use crate::translate::{self, Untranslatable};
use raft::eraftpb::{Entry, HardState, Message};
use raft::storage::MemStorage;
use raft::{Config, RawNode, StateRole};
use raft_core::{Index, LogEnd, Micros, NodeId, Term};
use raft_sim::trace::observed::ObservedRole;
use std::collections::VecDeque;

/// Their clock counts ticks. The server's own are as long as this.
const TICK: Micros = Micros::from_millis(10);

pub(crate) struct TheirServer {
    id: NodeId,
    rules: Rules,
    node: RawNode<MemStorage>,
    disk: Disk,
    /// What the disk has been asked for and has not finished.
    writes: VecDeque<Write>,
    next_tick: Micros,
    timeouts: Timeouts,
    effects: Effects,
}

/// What a crash leaves.
#[derive(Default)]
struct Disk {
    hard_state: HardState,
    entries: Vec<Entry>,
}

struct Write {
    ready: u64,
    hard_state: Option<HardState>,
    entries: Vec<Entry>,
    /// What may be said once all this is durable.
    then_send: Vec<Message>,
}

/// The crate draws its election timeouts from the thread's generator, so that no two
/// runs are the same. Here they are drawn from the run's seed, and set.
struct Timeouts {
    random: Random,
    ticks: usize,
    drawn_for: (u64, StateRole),
}

impl TheirServer {
    pub(crate) fn new(id: NodeId, rules: Rules, seed: u64) -> TheirServer {
        let (disk, now) = (Disk::default(), Micros::ZERO);
        let node = start(id, rules, &disk);
        let mut server = TheirServer {
            id,
            rules,
            node,
            disk,
            writes: VecDeque::new(),
            next_tick: now + TICK,
            timeouts: Timeouts::new(seed),
            effects: Effects::default(),
        };
        server.timeouts.set(&mut server.node);
        server
    }

    /// Carries out what it wants done since the last time.
    fn carry_out(&mut self) {
        self.timeouts.set(&mut self.node);
        while self.node.has_ready() {
            let mut ready = self.node.ready();
            self.send(ready.take_messages());
            let applied = ready.take_committed_entries();
            let write = Write {
                ready: ready.number(),
                hard_state: ready.hs().cloned(),
                entries: ready.take_entries(),
                then_send: ready.take_persisted_messages(),
            };
            {
                let mut memory = self.node.raft.raft_log.store.wl();
                memory.append(&write.entries).expect("memory takes all");
                if let Some(hard_state) = &write.hard_state {
                    memory.set_hardstate(hard_state.clone());
                }
            }
            self.node.advance_append_async(ready);
            self.writes.push_back(write);
            self.effects.writes += 1;
            let places = applied.iter().map(|entry| (Index(entry.index), shown(entry)));
            self.effects.applied.extend(places);
            self.node.advance_apply();
        }
    }

    fn send(&mut self, messages: Vec<Message>) {
        for message in messages {
            let to = translate::our_id(message.to).expect("it writes to members only");
            self.effects.packets.push((to, Packet::Theirs(message)));
        }
    }

    fn step(&mut self, message: Message) {
        // It reports messages that it has no use for as errors, where ours ignores them.
        let _ = self.node.step(message);
    }
}

fn start(id: NodeId, rules: Rules, disk: &Disk) -> RawNode<MemStorage> {
    let ticks = |span: Micros| (span.0 / TICK.0) as usize;
    let config = Config {
        id: translate::their_id(id),
        election_tick: ticks(ELECTION_TIMEOUT_MIN),
        max_election_tick: ticks(ELECTION_TIMEOUT_MAX),
        heartbeat_tick: ticks(HEARTBEAT_INTERVAL),
        // Small messages, and few under way, so that there are many of them.
        max_size_per_msg: 64,
        max_inflight_msgs: 4,
        pre_vote: rules.pre_vote,
        check_quorum: rules.check_quorum,
        ..Config::default()
    };
    let voters: Vec<u64> = (1..=u64::from(rules.servers)).collect();
    let memory = MemStorage::new_with_conf_state((voters, Vec::new()));
    memory.wl().append(&disk.entries).expect("memory takes all");
    memory.wl().set_hardstate(disk.hard_state.clone());
    let silent = slog::Logger::root(slog::Discard, slog::o!());
    RawNode::new(&config, memory, &silent).expect("this configuration can be")
}

fn shown(entry: &Entry) -> LogEntry {
    LogEntry { term: entry.term, bytes: entry.data.to_vec() }
}

impl Disk {
    fn write(&mut self, hard_state: Option<HardState>, entries: Vec<Entry>) {
        if let Some(first) = entries.first() {
            let kept = usize::try_from(first.index - 1).expect("it is a place in memory");
            self.entries.truncate(kept);
            self.entries.extend(entries);
        }
        if let Some(hard_state) = hard_state {
            self.hard_state = hard_state;
        }
    }
}

impl Timeouts {
    fn new(seed: u64) -> Timeouts {
        let drawn_for = (u64::MAX, StateRole::Follower);
        Timeouts { random: Random::new(seed), ticks: 0, drawn_for }
    }

    /// Draws anew when the crate does, with each new term and role, and puts what was
    /// drawn in the place of what the crate drew.
    fn set(&mut self, node: &mut RawNode<MemStorage>) {
        let now_is_for = (node.raft.term, node.raft.state);
        if self.drawn_for != now_is_for {
            self.drawn_for = now_is_for;
            let last = Micros(ELECTION_TIMEOUT_MAX.0 - 1);
            let timeout = self.random.span(ELECTION_TIMEOUT_MIN, last);
            self.ticks = (timeout.0 / TICK.0) as usize;
        }
        node.raft.set_randomized_election_timeout(self.ticks);
    }
}

impl Server for TheirServer {
    fn kind(&self) -> Kind {
        Kind::Theirs
    }

    fn receive(&mut self, _: Micros, packet: &Packet) -> Result<(), Untranslatable> {
        match packet {
            Packet::Theirs(message) => self.step(message.clone()),
            Packet::Ours(envelope) => {
                for message in translate::to_theirs(envelope)? {
                    self.step(message);
                }
            }
        }
        self.carry_out();
        Ok(())
    }

    fn deadline(&self) -> Option<Micros> {
        Some(self.next_tick)
    }

    fn wake(&mut self, now: Micros) {
        while self.next_tick <= now {
            self.next_tick = self.next_tick + TICK;
            self.node.tick();
            self.timeouts.set(&mut self.node);
        }
        self.carry_out();
    }

    fn propose(&mut self, _: Micros, command: &[u8]) -> bool {
        // A follower would hand it on to its leader; clients here talk to leaders.
        let is_taken = self.leads() && self.node.propose(Vec::new(), command.to_vec()).is_ok();
        self.carry_out();
        is_taken
    }

    fn campaign(&mut self, _: Micros) {
        // It has no use for it while it leads.
        let _ = self.node.campaign();
        self.carry_out();
    }

    fn transfer(&mut self, _: Micros, target: NodeId) {
        // A follower would hand it on to its leader.
        if self.leads() {
            self.node.transfer_leader(translate::their_id(target));
        }
        self.carry_out();
    }

    fn finish_write(&mut self, _: Micros) {
        if let Some(write) = self.writes.pop_front() {
            self.disk.write(write.hard_state, write.entries);
            self.send(write.then_send);
            self.node.on_persist_ready(write.ready);
            self.carry_out();
        }
    }

    fn restart(&mut self, now: Micros, seed: u64) {
        self.node = start(self.id, self.rules, &self.disk);
        self.writes.clear();
        self.next_tick = now + TICK;
        self.timeouts = Timeouts::new(seed);
        self.effects = Effects::default();
        self.timeouts.set(&mut self.node);
    }

    fn take_effects(&mut self) -> Effects {
        std::mem::take(&mut self.effects)
    }

    fn term(&self) -> u64 {
        self.node.raft.term
    }

    fn leads(&self) -> bool {
        self.node.raft.state == StateRole::Leader
    }

    fn role(&self) -> ObservedRole {
        match self.node.raft.state {
            StateRole::Follower => ObservedRole::Follower,
            StateRole::PreCandidate => ObservedRole::PreCandidate,
            StateRole::Candidate => ObservedRole::Candidate,
            StateRole::Leader => ObservedRole::Leader,
        }
    }

    fn durable_vote(&self) -> Option<(u64, NodeId)> {
        observer::their_vote(&self.disk.hard_state)
    }

    fn commit_index(&self) -> Index {
        Index(self.node.raft.raft_log.committed)
    }

    fn log_end(&self) -> LogEnd {
        let log = &self.node.raft.raft_log;
        LogEnd { index: Index(log.last_index()), term: Term(log.last_term()) }
    }

    fn log(&self) -> Vec<LogEntry> {
        self.node.raft.raft_log.all_entries().iter().map(shown).collect()
    }
}
