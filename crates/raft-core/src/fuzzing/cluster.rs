//! A small cluster in which anything may be lost, doubled, late or forgotten: what a schedule is
//! made of, and what must hold after each step.

use super::bytes::Bytes;
use crate::testing::*;
use crate::*;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// What may happen next. The numbers choose among what is there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Deliver(u16),
    /// The oldest messages arrive, in order.
    DeliverMany(u8),
    Lose(u16),
    Double(u16),
    /// Time passes for all, up to the next deadline and a little more.
    Wait(u8),
    /// The clock jumps to the deadline of this one. The others' go along.
    Fire(u8),
    /// One disk finishes one write, or all finish all.
    Disk(u8),
    Crash(u8),
    /// One state machine becomes slow, or applies all that it was handed.
    Apply(u8),
    Transfer(u8, u8),
    Reconfigure(u8, Reconfiguration),
    Propose(u8),
    /// It takes a snapshot of what it has applied.
    Snapshot(u8),
    Read(u8, ReadMode),
    /// From now on, messages from the first to the second are lost; or arrive again.
    Cut(u8, u8),
    Heal,
}

/// How fast the clock of the server at this place runs, in hundredths: within the
/// bound that leases keep, the first the slowest.
fn rate(place: usize) -> u32 {
    [100, 110, 103, 107, 100][place % 5]
}

/// The cluster, and what has been seen of it so far.
pub(crate) struct Cluster {
    servers: Vec<Server>,
    /// True time; a server's clock runs up to a tenth faster.
    now: Micros,
    under_way: Vec<Envelope>,
    cut: Vec<(u8, u8)>,
    pub(crate) leaders: BTreeMap<Term, NodeId>,
    /// Each entry that was applied anywhere, and the term of the first who did.
    pub(crate) committed: BTreeMap<Index, (Entry, Term)>,
    /// What the first state machine that applied an entry was then.
    states: BTreeMap<Index, State>,
    pub(crate) snapshots_installed: usize,
    /// The leader's log when last seen, for Leader Append-Only.
    leader_logs: BTreeMap<Term, Log>,
    /// What was committed when each read came.
    reads: BTreeMap<RequestId, Index>,
    pub(crate) reads_answered: usize,
    pub(crate) reads_answered_by_followers: usize,
    logs_may_differ: bool,
}

impl Cluster {
    fn new(of: u8, settings: Settings) -> Cluster {
        let start = |id| Start { id, of, settings, seed: id.number().into(), ..Start::default() };
        let start = |id: NodeId| {
            let now = Start::default().now.scaled(rate(id.number().into()), 100);
            Server::start(Start { now, ..start(id) })
        };
        // Five there are; the configuration begins with the first of them.
        let mut servers: Vec<Server> = NodeSet::first(5).iter().map(start).collect();
        for server in &mut servers {
            server.disk_is_slow = true;
        }
        Cluster {
            servers,
            now: Start::default().now,
            under_way: Vec::new(),
            cut: Vec::new(),
            leaders: BTreeMap::new(),
            committed: BTreeMap::new(),
            states: BTreeMap::new(),
            snapshots_installed: 0,
            leader_logs: BTreeMap::new(),
            reads: BTreeMap::new(),
            reads_answered: 0,
            reads_answered_by_followers: 0,
            logs_may_differ: false,
        }
    }

    fn tell(&mut self, place: usize, input: Input) -> Result<(), &'static str> {
        let seen = self.servers[place].tell(input);
        self.take(place, seen)
    }

    fn take(&mut self, place: usize, seen: Seen) -> Result<(), &'static str> {
        let id = self.servers[place].node.view().id();
        self.under_way.extend(seen.sent);
        self.logs_may_differ |= !seen.writes.is_empty();
        let term = self.servers[place].node.view().term();
        for (index, entry) in seen.applied {
            let first = self.committed.entry(index).or_insert_with(|| (entry.clone(), term));
            if first.0 != entry {
                return Err("State Machine Safety: two entries applied at one index");
            }
        }
        // Whether entry by entry or by a snapshot: the same state everywhere.
        for state in seen.states {
            if *self.states.entry(state.index).or_insert(state) != state {
                return Err("State Machine Safety: two states after one index");
            }
        }
        for transition in &seen.transitions {
            if let Transition::SnapshotInstalled { .. } = transition {
                self.snapshots_installed += 1;
            }
            let Transition::BecameLeader { term, .. } = transition else { continue };
            if *self.leaders.entry(*term).or_insert(id) != id {
                return Err("Election Safety: two leaders in one term");
            }
            let log = self.servers[place].node.view().log();
            // Of all later terms; a leader of an earlier one, that was elected by votes
            // that came late, need not have it.
            let mut earlier = self.committed.iter().filter(|(_, (_, by))| by < term);
            let holds = |index: Index, entry: &Entry| match log.get(index) {
                Some(there) => there == entry,
                // It is in the snapshot; of the last one there the log still knows the term.
                None => {
                    log.term_at(index).map_or(index < log.base().index, |term| term == entry.term)
                }
            };
            if !earlier.all(|(index, (entry, _))| holds(*index, entry)) {
                return Err("Leader Completeness: a leader lacks a committed entry");
            }
        }
        for (request, answer) in seen.answers {
            if let Answer::ReadReady { read_index, .. } = answer {
                self.reads_answered += 1;
                let is_leader = self.servers[place].is_leader();
                self.reads_answered_by_followers += usize::from(!is_leader);
                if read_index < self.reads[&request] {
                    return Err("a read misses what was committed before it came");
                }
            }
        }
        Ok(())
    }

    fn check_logs(&mut self) -> Result<(), &'static str> {
        if !core::mem::take(&mut self.logs_may_differ) {
            return Ok(());
        }
        for server in &self.servers {
            let view = server.node.view();
            if view.is_leader() {
                let log = view.log();
                if let Some(before) = self.leader_logs.insert(view.term(), log.clone())
                    && !before.iter().all(|(index, entry)| {
                        index <= log.base().index || log.get(index) == Some(entry)
                    })
                {
                    return Err("Leader Append-Only: a leader's log has changed");
                }
            }
        }
        for (place, left) in self.servers.iter().enumerate() {
            let left = left.node.view().log();
            for right in &self.servers[..place] {
                let right = right.node.view().log();
                let mut differs = false;
                for (index, left) in left.iter() {
                    let Some(right) = right.get(index) else { continue };
                    differs |= left != right;
                    if differs && left.term == right.term {
                        return Err("Log Matching: one term at one index, and yet they differ");
                    }
                }
            }
        }
        Ok(())
    }

    fn pass_time(&mut self, span: Micros) -> Result<(), &'static str> {
        self.now = self.now + span;
        for place in 0..self.servers.len() {
            let server = &mut self.servers[place];
            server.now = self.now.scaled(rate(place), 100);
            if server.node.deadline().is_some_and(|deadline| deadline <= server.now) {
                self.tell(place, Input::Wake)?;
            }
        }
        Ok(())
    }

    fn deliver(&mut self, place: usize) -> Result<(), &'static str> {
        let message = self.under_way.remove(place);
        let (from, to) = (message.from.number(), message.to.number());
        if self.cut.contains(&(from, to)) {
            return Ok(());
        }
        self.tell(to.into(), Input::Receive(message))
    }

    fn finish_writes(&mut self) -> Result<(), &'static str> {
        for place in 0..self.servers.len() {
            let seen = self.servers[place].finish_writes();
            self.take(place, seen)?;
        }
        Ok(())
    }

    fn apply(&mut self, place: usize) -> Result<(), &'static str> {
        let handed_over = self.servers[place].node.view().commit_index();
        self.tell(place, Input::Applied(handed_over))
    }

    /// One of those that believe to lead; sometimes, or where there is none, another.
    fn a_leader(&self, which: u8) -> usize {
        let leaders: Vec<usize> =
            (0..self.servers.len()).filter(|place| self.servers[*place].is_leader()).collect();
        let which = usize::from(which);
        if leaders.is_empty() || which % 8 == 0 {
            which / 8 % self.servers.len()
        } else {
            leaders[which / 8 % leaders.len()]
        }
    }

    fn step(&mut self, step: Step, number: u64) -> Result<(), &'static str> {
        let count = self.servers.len();
        let which = |server: u8| usize::from(server) % count;
        let waiting = self.under_way.len();
        match step {
            Step::Deliver(n) if waiting > 0 => self.deliver(usize::from(n) % waiting)?,
            Step::DeliverMany(n) => {
                for _ in 0..usize::from(n).min(waiting) {
                    self.deliver(0)?;
                }
            }
            Step::Lose(n) if waiting > 0 => {
                self.under_way.remove(usize::from(n) % waiting);
            }
            Step::Double(n) if waiting > 0 => {
                self.under_way.push(self.under_way[usize::from(n) % waiting].clone());
            }
            Step::Wait(n) => self.pass_time(Micros(u64::from(n) * 400))?,
            Step::Fire(n) => {
                let server = &self.servers[which(n)];
                let deadline = server.node.deadline().unwrap_or(server.now);
                let at = (deadline + Micros(1)).scaled(100, rate(which(n))) + Micros(1);
                self.pass_time(at - self.now)?;
            }
            Step::Disk(n) if n < 64 => {
                let seen = self.servers[which(n)].finish_write();
                self.take(which(n), seen)?;
            }
            Step::Disk(_) => self.finish_writes()?,
            Step::Crash(n) => {
                let seen = self.servers[which(n)].crash_and_restart();
                self.logs_may_differ = true;
                self.take(which(n), seen)?;
            }
            Step::Apply(n) if n < 64 => self.servers[which(n)].applies_slowly = true,
            Step::Apply(n) => self.apply(which(n))?,
            Step::Transfer(from, to) => {
                let to = self.servers[which(to)].node.view().id();
                self.tell(self.a_leader(from), Input::Transfer(to))?;
            }
            Step::Reconfigure(n, change) => {
                let request = RequestId(number);
                self.tell(self.a_leader(n), Input::Reconfigure { request, change })?;
            }
            Step::Propose(n) => {
                let command = Command(number.to_le_bytes().into());
                let request = RequestId(number);
                self.tell(self.a_leader(n), Input::Propose { request, command })?;
            }
            Step::Snapshot(n) => {
                let place = if n % 2 == 0 { self.a_leader(n) } else { which(n) };
                let seen = self.servers[place].take_snapshot();
                self.take(place, seen)?;
            }
            Step::Read(n, mode) => {
                let committed = self.committed.keys().next_back().copied().unwrap_or_default();
                self.reads.insert(RequestId(number), committed);
                // Of a leader, or of any server, which may ask its leader.
                let place = if n % 2 == 0 { which(n / 2) } else { self.a_leader(n) };
                self.tell(place, read(number, mode))?;
            }
            Step::Cut(from, to) => self.cut.push((which(from) as u8, which(to) as u8)),
            Step::Heal => self.cut.clear(),
            Step::Deliver(_) | Step::Lose(_) | Step::Double(_) => {}
        }
        self.check_logs()
    }

    /// Disks that work, links that work: a leader within a few timeouts, one log.
    pub(crate) fn settle(&mut self) -> Result<(), &'static str> {
        self.cut.clear();
        for place in 0..self.servers.len() {
            self.servers[place].applies_slowly = false;
            self.apply(place)?;
        }
        for _ in 0..400 {
            self.pass_time(Micros::from_millis(10))?;
            for _ in 0..50 {
                self.finish_writes()?;
                for _ in 0..self.under_way.len() {
                    self.deliver(0)?;
                }
                if self.under_way.is_empty() {
                    break;
                }
            }
            self.check_logs()?;
            // One of the leaders has all its members with it.
            let is_settled =
                self.servers.iter().filter(|server| server.is_leader()).any(|leader| {
                    let view = leader.node.view();
                    view.commit_index() == view.log().last_index()
                        && view.membership().everyone().iter().all(|member| {
                            let member = self.servers[usize::from(member.number())].node.view();
                            // By Log Matching the rest is the same as well.
                            member.log().end() == view.log().end()
                                && member.commit_index() == view.commit_index()
                        })
                });
            if is_settled {
                return Ok(());
            }
        }
        Err("no leader, or logs that differ, four seconds after the last fault")
    }
}

pub(crate) fn run(of: u8, settings: Settings, steps: &[Step]) -> Result<Cluster, &'static str> {
    let mut cluster = Cluster::new(of, settings);
    for (step, number) in steps.iter().zip(0..) {
        cluster.step(*step, number)?;
    }
    Ok(cluster)
}

/// A schedule for a cluster: its settings, the number of its first members, and the steps.
pub(crate) fn schedule(bytes: &mut Bytes<'_>) -> (Settings, u8, Vec<Step>) {
    let settings = settings(bytes);
    let of = 1 + bytes.below(5);
    let mut steps = Vec::new();
    while !bytes.is_empty() {
        steps.push(step(bytes));
    }
    (settings, of, steps)
}

fn settings(bytes: &mut Bytes<'_>) -> Settings {
    let stickiness = bytes.flag();
    let bound = DriftBound { numerator: 11, denominator: 10 };
    Settings {
        configurations_in_force: bytes.in_force(),
        entries_kept_after_snapshot: bytes.below(4).into(),
        snapshot_chunk_bytes: 1 + u32::from(bytes.below(19)),
        stickiness,
        lease: (bytes.flag() && stickiness).then_some(bound),
        no_op_at_start_of_term: bytes.flag(),
        pre_vote: bytes.flag(),
        check_quorum: bytes.flag(),
        reads_through_followers: true,
        max_entries_per_message: 1 + u32::from(bytes.below(4)),
        in_flight_messages_max: 1 + u32::from(bytes.below(2)),
        ..Settings::default()
    }
}

fn step(bytes: &mut Bytes<'_>) -> Step {
    match bytes.below(40) {
        0..=5 => Step::Deliver(bytes.byte().into()),
        6..=13 => Step::DeliverMany(1 + bytes.below(39)),
        14 => Step::Lose(bytes.byte().into()),
        15 => Step::Double(bytes.byte().into()),
        16..=18 => Step::Wait(bytes.byte()),
        19..=21 => Step::Fire(bytes.byte()),
        22..=26 => Step::Disk(bytes.byte()),
        27 => Step::Crash(bytes.byte()),
        28 => Step::Apply(bytes.byte()),
        29 => Step::Transfer(bytes.byte(), bytes.byte()),
        30 | 31 => Step::Reconfigure(bytes.byte(), bytes.reconfiguration(5)),
        32..=34 => Step::Propose(bytes.byte()),
        35 | 36 => Step::Read(bytes.byte(), bytes.read_mode()),
        37 => Step::Snapshot(bytes.byte()),
        38 => Step::Cut(bytes.byte(), bytes.byte()),
        _ => Step::Heal,
    }
}
