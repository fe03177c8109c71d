//! What makes the tests short: one server with a disk and a clock of its own.

use crate::*;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

pub(crate) const A: NodeId = NodeId::A;
pub(crate) const B: NodeId = NodeId::B;
pub(crate) const C: NodeId = NodeId::C;
pub(crate) const D: NodeId = NodeId::D;
pub(crate) const E: NodeId = NodeId::E;

/// The shortest election timeout of the default settings.
pub(crate) const TIMEOUT: Micros = Micros::from_millis(150);

/// The usual settings with this rule left out.
pub(crate) fn flawed(flaw: Flaw) -> Settings {
    Settings { flaws: Flaws::NONE.with(flaw), ..Settings::default() }
}

pub(crate) fn entry(term: u64) -> Entry {
    Entry { term: Term(term), payload: Payload::NoOp }
}

/// A log written as the terms of its entries.
pub(crate) fn log(terms: &[u64]) -> Log {
    let mut log = Log::new();
    for term in terms {
        log.append(entry(*term));
    }
    log
}

pub(crate) fn terms(log: &Log) -> Vec<u64> {
    log.iter().map(|(_, entry)| entry.term.0).collect()
}

/// Its last place: the length, and the term of the last entry.
pub(crate) fn end(terms: &[u64]) -> LogEnd {
    log(terms).end()
}

pub(crate) fn command() -> Command {
    Command((*b"x = 1").into())
}

pub(crate) fn propose() -> Input {
    Input::Propose { request: RequestId(0), command: command() }
}

pub(crate) fn read(request: u64, mode: ReadMode) -> Input {
    Input::Read { request: RequestId(request), mode }
}

pub(crate) fn ask_vote(log: &[u64]) -> Message {
    Message::RequestVote(RequestVote { log_end: end(log), by_transfer: false })
}

pub(crate) fn granted() -> Message {
    Message::RequestVoteReply(VoteAnswer::Granted)
}

pub(crate) fn is_granted(message: &Message) -> bool {
    *message == granted()
}

/// What a leader with this log sends from just after `previous` up to `last`.
pub(crate) fn append(leader: &[u64], previous: u64, last: u64, commit: u64) -> Message {
    append_in_round(leader, previous, last, commit, 1)
}

pub(crate) fn append_in_round(
    leader: &[u64],
    previous: u64,
    last: u64,
    commit: u64,
    round: u64,
) -> Message {
    Message::AppendEntries(AppendEntries {
        previous: end(&leader[..previous as usize]),
        entries: leader[previous as usize..last as usize].iter().map(|term| entry(*term)).collect(),
        commit_index: Index(commit),
        round: Round(round),
        confirms_read: false,
    })
}

pub(crate) fn accepted(match_index: u64, round: u64) -> Message {
    let answer = AppendAnswer::Accepted { match_index: Index(match_index) };
    Message::AppendEntriesReply(AppendReply { round: Round(round), answer })
}

pub(crate) fn conflict(refused: u64, hint: LogEnd, round: u64) -> Message {
    let answer = AppendAnswer::Conflict { refused: Index(refused), hint };
    Message::AppendEntriesReply(AppendReply { round: Round(round), answer })
}

/// A state machine that keeps all that it was ever told, in two numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct State {
    /// The last entry that was applied.
    pub(crate) index: Index,
    /// A digest of that and every entry before.
    pub(crate) digest: u64,
}

impl State {
    fn apply(&mut self, index: Index, entry: &Entry) {
        let mut hasher = std::hash::DefaultHasher::new();
        (self.digest, entry).hash(&mut hasher);
        *self = State { index, digest: hasher.finish() };
    }

    fn encode(self) -> Arc<[u8]> {
        [self.index.0.to_le_bytes(), self.digest.to_le_bytes()].concat().into()
    }

    /// The state in a snapshot; of one that no server took, none.
    fn decode(data: &[u8]) -> Option<State> {
        let (index, digest) = data.split_first_chunk()?;
        let digest = u64::from_le_bytes(digest.try_into().ok()?);
        Some(State { index: Index(u64::from_le_bytes(*index)), digest })
    }
}

/// How a server begins. `Start { log: &[1, 1, 2], ..Start::default() }`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start<'a> {
    pub(crate) id: NodeId,
    /// How many servers the cluster has, this one among them.
    pub(crate) of: u8,
    pub(crate) term: u64,
    pub(crate) voted_for: Option<NodeId>,
    pub(crate) log: &'a [u64],
    pub(crate) settings: Settings,
    pub(crate) seed: u64,
    pub(crate) now: Micros,
}

impl Default for Start<'_> {
    fn default() -> Self {
        Start {
            id: A,
            of: 3,
            term: 0,
            voted_for: None,
            log: &[],
            settings: Settings::default(),
            seed: 7,
            now: Micros::from_secs(1),
        }
    }
}

/// One server with a disk and a clock. The disk is done at once unless it is slow;
/// the state machine likewise.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Server {
    pub(crate) node: Node,
    pub(crate) disk: Durable,
    pub(crate) state: State,
    pub(crate) now: Micros,
    pub(crate) disk_is_slow: bool,
    pub(crate) applies_slowly: bool,
    pub(crate) writes_under_way: VecDeque<Write>,
}

/// What a server wanted done.
#[derive(Default, Debug)]
pub(crate) struct Seen {
    pub(crate) sent: Vec<Envelope>,
    pub(crate) writes: Vec<Change>,
    pub(crate) applied: Vec<(Index, Entry)>,
    pub(crate) restored: Vec<Snapshot>,
    /// The state after each entry that was applied and each snapshot.
    pub(crate) states: Vec<State>,
    pub(crate) answers: Vec<(RequestId, Answer)>,
    pub(crate) transitions: Vec<Transition>,
}

impl Seen {
    pub(crate) fn sent_to(&self, to: NodeId) -> Vec<&Message> {
        self.sent.iter().filter(|sent| sent.to == to).map(|sent| &sent.body).collect()
    }

    /// The only message that was sent.
    #[track_caller]
    pub(crate) fn reply(&self) -> &Message {
        match &self.sent[..] {
            [only] => &only.body,
            others => panic!("one message was expected: {others:?}"),
        }
    }

    /// The entries sent to one server, as (the place before them, their terms).
    pub(crate) fn entries_to(&self, to: NodeId) -> Vec<(u64, Vec<u64>)> {
        self.sent_to(to)
            .into_iter()
            .filter_map(|message| match message {
                Message::AppendEntries(append) => Some((
                    append.previous.index.0,
                    append.entries.iter().map(|entry| entry.term.0).collect(),
                )),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn vote_asked_of(&self, of: NodeId) -> bool {
        self.sent_to(of).iter().any(|message| matches!(message, Message::RequestVote(_)))
    }

    pub(crate) fn ignored_because(&self) -> Option<IgnoreCause> {
        self.transitions.iter().find_map(|transition| match transition {
            Transition::Ignored { because, .. } => Some(*because),
            _ => None,
        })
    }

    pub(crate) fn drew_a_timeout(&self) -> bool {
        self.transitions.iter().any(|seen| matches!(seen, Transition::TimeoutDrawn { .. }))
    }

    pub(crate) fn round_started(&self) -> Option<Round> {
        self.transitions.iter().find_map(|transition| match transition {
            Transition::RoundStarted { round, .. } => Some(*round),
            _ => None,
        })
    }

    pub(crate) fn lease_until(&self) -> Option<Micros> {
        self.transitions.iter().find_map(|transition| match transition {
            Transition::RoundConfirmed { lease_until, .. } => *lease_until,
            _ => None,
        })
    }

    /// The requests whose reads may be answered now.
    pub(crate) fn reads_ready(&self) -> Vec<u64> {
        self.answers
            .iter()
            .filter(|(_, answer)| matches!(answer, Answer::ReadReady { .. }))
            .map(|(request, _)| request.0)
            .collect()
    }
}

impl Server {
    pub(crate) fn start(start: Start<'_>) -> Server {
        let mut disk = Durable::new(Membership::of(NodeSet::first(start.of)));
        disk.hard_state = HardState { term: Term(start.term), voted_for: start.voted_for };
        disk.log = log(start.log);
        let settings = start.settings.check().expect("these settings can be");
        let node = Node::restore(start.id, settings, start.seed, disk.clone(), start.now);
        let mut server = Server {
            node,
            disk,
            state: State::default(),
            now: start.now,
            disk_is_slow: false,
            applies_slowly: false,
            writes_under_way: VecDeque::new(),
        };
        server.drain();
        server
    }

    /// A leader of `start.term + 1` that everyone voted for.
    pub(crate) fn leader(start: Start<'_>) -> Server {
        let mut server = Server::start(start);
        server.win();
        server
    }

    pub(crate) fn term(&self) -> u64 {
        self.node.view().term().0
    }

    pub(crate) fn log(&self) -> Vec<u64> {
        terms(self.node.view().log())
    }

    pub(crate) fn commit_index(&self) -> u64 {
        self.node.view().commit_index().0
    }

    pub(crate) fn is_leader(&self) -> bool {
        self.node.view().is_leader()
    }

    pub(crate) fn is_candidate(&self) -> bool {
        matches!(self.node.view().role(), RoleView::Candidate { .. })
    }

    /// Whom it follows.
    pub(crate) fn follows(&self) -> Option<NodeId> {
        match self.node.view().role() {
            RoleView::Follower { leader } => leader,
            _ => None,
        }
    }

    #[track_caller]
    pub(crate) fn progress(&self, of: NodeId) -> ProgressView {
        match self.node.view().role() {
            RoleView::Leader(leader) => leader.progress(of).expect("it is a follower"),
            _ => panic!("it does not lead"),
        }
    }

    #[track_caller]
    pub(crate) fn newest_round(&self) -> u64 {
        match self.node.view().role() {
            RoleView::Leader(leader) => leader.newest_round().0,
            _ => panic!("it does not lead"),
        }
    }

    pub(crate) fn tell(&mut self, input: Input) -> Seen {
        self.node.handle(self.now, input);
        self.drain()
    }

    pub(crate) fn hear(&mut self, from: NodeId, term: u64, body: Message) -> Seen {
        let to = self.node.view().id();
        self.tell(Input::Receive(Envelope { from, to, term: Term(term), body }))
    }

    /// It waits until it wants to be woken, and is.
    pub(crate) fn wake(&mut self) -> Seen {
        self.now = self.now.max(self.node.deadline().expect("it waits for something"));
        self.tell(Input::Wake)
    }

    /// Its election timeout runs out, and all others vote for it.
    pub(crate) fn win(&mut self) -> Seen {
        self.wake();
        let term = self.term();
        let mut seen = Seen::default();
        let others = self.node.view().membership().voters.without(self.node.view().id());
        for voter in others.iter() {
            let more = self.hear(voter, term, granted());
            if !more.sent.is_empty() {
                seen = more;
            }
        }
        assert!(self.is_leader());
        seen
    }

    /// The disk finishes its oldest write.
    pub(crate) fn finish_write(&mut self) -> Seen {
        let Some(write) = self.writes_under_way.pop_front() else { return Seen::default() };
        self.disk.write(write.change);
        self.tell(Input::Durable(write.id))
    }

    /// The disk finishes all that it was asked for, as one.
    pub(crate) fn finish_writes(&mut self) -> Seen {
        let Some(last) = self.writes_under_way.back().map(|write| write.id) else {
            return Seen::default();
        };
        while let Some(write) = self.writes_under_way.pop_front() {
            self.disk.write(write.change);
        }
        self.tell(Input::Durable(last))
    }

    /// It takes a snapshot of what it has applied.
    pub(crate) fn take_snapshot(&mut self) -> Seen {
        let State { index, .. } = self.state;
        self.tell(Input::SnapshotTaken { index, data: self.state.encode() })
    }

    /// It loses all that was not durable, and starts anew.
    pub(crate) fn crash_and_restart(&mut self) -> Seen {
        let view = self.node.view();
        let (id, settings) = (view.id(), view.settings().check().expect("they were checked"));
        self.writes_under_way.clear();
        let seed = self.now.0.wrapping_mul(64) + u64::from(id.number());
        self.state = State::default();
        self.node = Node::restore(id, settings, seed, self.disk.clone(), self.now);
        self.drain()
    }

    fn drain(&mut self) -> Seen {
        let mut seen = Seen::default();
        loop {
            while let Some(output) = self.node.poll() {
                match output {
                    Output::Send(envelope) => seen.sent.push(envelope),
                    Output::Write(write) => {
                        seen.writes.push(write.change.clone());
                        self.writes_under_way.push_back(write);
                    }
                    Output::Apply { index, entry } => {
                        self.state.apply(index, &entry);
                        seen.states.push(self.state);
                        seen.applied.push((index, entry));
                        if !self.applies_slowly {
                            self.node.handle(self.now, Input::Applied(index));
                        }
                    }
                    Output::Restore(snapshot) => {
                        let end = snapshot.end.index;
                        let none = State { index: end, digest: 0 };
                        self.state = State::decode(&snapshot.data).unwrap_or(none);
                        seen.states.push(self.state);
                        seen.restored.push(snapshot);
                        if !self.applies_slowly {
                            self.node.handle(self.now, Input::Applied(end));
                        }
                    }
                    Output::Answer { request, answer } => seen.answers.push((request, answer)),
                    Output::Transition(transition) => seen.transitions.push(transition),
                }
            }
            if self.disk_is_slow {
                return seen;
            }
            let Some(write) = self.writes_under_way.pop_front() else { return seen };
            self.disk.write(write.change);
            self.node.handle(self.now, Input::Durable(write.id));
        }
    }
}

/// The cases of a property that were looked at: says so after the last of them.
#[cfg(test)]
pub(crate) struct Cases(core::sync::atomic::AtomicU64);

#[cfg(test)]
impl Cases {
    pub(crate) const fn none() -> Cases {
        Cases(core::sync::atomic::AtomicU64::new(0))
    }

    /// One more of `all` of them is begun.
    pub(crate) fn one_more(&self, all: u32, what: &str) {
        let before = self.0.fetch_add(1, core::sync::atomic::Ordering::Relaxed);
        if before + 1 == u64::from(all) {
            explored(format_args!("{all} schedules ({what})"));
        }
    }
}

/// How many cases of a property are looked at: `PROPTEST_CASES` says otherwise, for a longer look.
#[cfg(test)]
pub(crate) fn cases(usual: u32) -> u32 {
    let said = std::env::var("PROPTEST_CASES").ok().and_then(|said| said.parse().ok());
    said.unwrap_or(usual)
}

/// Says how much a test has looked at, in a line that `cargo xtask` collects. It goes past the
/// test harness, which keeps to itself what a test that passes prints.
#[cfg(test)]
pub(crate) fn explored(what: core::fmt::Arguments<'_>) {
    use std::io::Write as _;
    // Nobody may be listening: the test is worth as much.
    let _ = std::io::stderr().write_all(std::format!("explored: {what}\n").as_bytes());
}
