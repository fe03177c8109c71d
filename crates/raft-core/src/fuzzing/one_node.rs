//! One node, told anything by anyone: what a schedule is made of, and what must hold after
//! each step.

use super::bytes::Bytes;
use crate::testing::*;
use crate::*;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A term as it is, or near the node's own: most messages of other terms say little.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SaidTerm {
    Any(u64),
    OwnPlus(u64),
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Hear {
        from: NodeId,
        to: NodeId,
        term: SaidTerm,
        body: Message,
    },
    /// A message that fits the log of the node, entries and all.
    HearLeader {
        from: NodeId,
        term: SaidTerm,
        previous: usize,
        new: u64,
        commit: u64,
    },
    /// A part of a snapshot that fits the node, from its offset to the end: the snapshot ends
    /// so many places after the log's base, in this term or else in that of the log's entry.
    HearSnapshot {
        from: NodeId,
        term: SaidTerm,
        ahead: u64,
        end_term: Option<u64>,
        total_bytes: u64,
        offset: u64,
    },
    /// Who gets a snapshot answers the chunk that is under way to it, and wants another.
    WantChunk {
        from: NodeId,
        offset: u64,
    },
    /// The driver takes a snapshot of what it was handed, applied or not.
    TakeSnapshot,
    Tell(Input),
    /// The disk and the state machine do what they were asked for.
    Finish,
    FinishOneWrite,
    Clock(u64),
    Deadline,
    Restart,
}

/// What a node has shown so far, and must not take back.
#[derive(Default)]
struct Record {
    term: Term,
    votes: BTreeMap<Term, NodeId>,
    /// What was handed over to be applied and is in no snapshot since.
    committed: BTreeMap<Index, Entry>,
    /// The last entry that was handed over, by itself or in a snapshot.
    handed_over: Index,
}

impl Record {
    fn check(&mut self, server: &Server, is_real_raft: bool) {
        let view = server.node.view();
        let log = view.log();
        assert!(view.term() >= self.term, "terms only grow");
        self.term = view.term();
        if let Some(vote) = view.voted_for() {
            let first = *self.votes.entry(view.term()).or_insert(vote);
            assert!(first == vote || !is_real_raft, "one vote a term");
        }
        assert!(view.applied_index() <= view.commit_index());
        assert!(view.commit_index() <= log.last_index());
        assert!(view.durable_index() <= log.last_index());
        let disk = &server.disk;
        for (log, snapshot) in [(log, view.snapshot()), (&disk.log, disk.snapshot.as_ref())] {
            let covered = snapshot.map_or(Index::ZERO, |snapshot| snapshot.end.index);
            assert!(log.base().index <= covered, "what is gone from a log is in a snapshot");
            assert!(covered <= log.last_index(), "and the log goes on from there");
        }
        assert!(view.snapshot().is_none_or(|it| it.end.index <= view.commit_index()));
        let mut terms = terms(log);
        terms.insert(0, log.base().term.0);
        assert!(terms.is_sorted(), "terms in a log never fall: {terms:?}");
        assert!(terms.last().is_none_or(|last| *last <= view.term().0), "nor pass the node's");
        if is_real_raft {
            for (index, entry) in &self.committed {
                let now = log.get(*index);
                assert!(now.is_none_or(|now| now == entry), "what is committed stays");
            }
        }
        if let RoleView::Leader(leader) = view.role() {
            for follower in view.membership().voters.without(view.id()).iter() {
                let progress = leader.progress(follower).expect("a leader knows each follower");
                assert!(progress.match_index < progress.next_index);
                assert!(progress.next_index <= log.last_index().next());
            }
        }
    }

    fn take(&mut self, seen: Seen, is_real_raft: bool) {
        // A node hands over one or the other in one step, and after a restart the snapshot first.
        for snapshot in seen.restored {
            let end = snapshot.end.index;
            assert!(end >= self.handed_over || !is_real_raft, "nothing handed over is taken back");
            self.handed_over = end;
            self.committed.clear();
        }
        for (index, entry) in seen.applied {
            // Modified Raft may take back what was committed.
            let is_next = index == self.handed_over.next();
            assert!(is_next || !is_real_raft, "entries are handed over in order: {index}");
            self.handed_over = index;
            self.committed.insert(index, entry);
        }
    }
}

pub(crate) fn run(settings: Settings, of: u8, steps: Vec<Step>) {
    let mut is_real_raft = settings.flaws.is_none();
    let mut server = Server::start(Start { of, settings, ..Start::default() });
    server.disk_is_slow = true;
    server.applies_slowly = true;
    let mut record = Record::default();
    for step in steps {
        if let Step::Tell(Input::Settings(settings)) = &step {
            // What was done without a rule stays done, with that rule back in force.
            is_real_raft &= settings.get().flaws.is_none();
        }
        let own = server.term();
        let said = |term: SaidTerm| match term {
            SaidTerm::Any(term) => Term(term),
            SaidTerm::OwnPlus(more) => Term(own.saturating_add(more).saturating_sub(1)),
        };
        let seen = match step {
            Step::Hear { from, to, term, body } => {
                server.tell(Input::Receive(Envelope { from, to, term: said(term), body }))
            }
            Step::HearLeader { from, term, previous, new, commit } => {
                let log = server.node.view().log();
                let index = Index(log.base().index.0 + log.len().min(previous as u64));
                let append = AppendEntries {
                    previous: LogEnd { index, term: log.term_at(index).expect("it is there") },
                    entries: (0..new).map(|_| entry(own)).collect(),
                    commit_index: Index(commit),
                    round: Round(1),
                    confirms_read: false,
                };
                server.hear(from, said(term).0, Message::AppendEntries(append))
            }
            Step::HearSnapshot { from, term, ahead, end_term, total_bytes, offset } => {
                let view = server.node.view();
                let index = Index(view.log().base().index.0.saturating_add(ahead));
                let there = view.log().term_at(index).unwrap_or(Term(own));
                let part = InstallSnapshot {
                    end: LogEnd { index, term: end_term.map_or(there, Term) },
                    membership: *view.membership(),
                    total_bytes,
                    offset,
                    chunk: (offset..total_bytes).map(|byte| byte as u8).collect(),
                    round: Round(1),
                };
                server.hear(from, said(term).0, Message::InstallSnapshot(part))
            }
            Step::WantChunk { from, offset } => {
                let RoleView::Leader(leader) = server.node.view().role() else { continue };
                let Some(PaceView::Snapshot(sending)) = leader.progress(from).map(|it| it.pace)
                else {
                    continue;
                };
                let reply = InstallSnapshotReply {
                    round: Round(1),
                    end: sending.end,
                    offset: sending.received_bytes,
                    answer: SnapshotAnswer::Wants { offset },
                };
                server.hear(from, own, Message::InstallSnapshotReply(reply))
            }
            Step::TakeSnapshot => server.take_snapshot(),
            // A report may be of a write that was asked for, and then it must be true.
            Step::Tell(Input::Durable(write)) => {
                let is_asked_for = server.writes_under_way.iter().any(|asked| asked.id == write);
                if is_asked_for {
                    while server.writes_under_way.front().is_some_and(|asked| asked.id <= write) {
                        let asked = server.writes_under_way.pop_front().expect("it is there");
                        server.disk.write(asked.change);
                    }
                }
                server.tell(Input::Durable(write))
            }
            Step::Tell(input) => server.tell(input),
            Step::Finish => {
                let seen = server.finish_writes();
                record.take(seen, is_real_raft);
                server.tell(Input::Applied(server.node.view().commit_index()))
            }
            Step::FinishOneWrite => server.finish_write(),
            Step::Clock(now) => {
                server.now = Micros(now);
                server.tell(Input::Wake)
            }
            Step::Deadline => match server.node.deadline() {
                Some(_) => server.wake(),
                None => server.tell(Input::Wake),
            },
            Step::Restart => {
                let seen = server.crash_and_restart();
                let kept = &server.disk;
                record = Record {
                    term: kept.hard_state.term,
                    // A vote that was not durable was not given.
                    votes: kept
                        .hard_state
                        .voted_for
                        .map(|vote| (kept.hard_state.term, vote))
                        .into_iter()
                        .collect(),
                    ..Record::default()
                };
                seen
            }
        };
        record.take(seen, is_real_raft);
        record.check(&server, is_real_raft);
    }
}

/// A schedule for one node: its settings, the size of its cluster, and the steps.
pub(crate) fn schedule(bytes: &mut Bytes<'_>) -> (Settings, u8, Vec<Step>) {
    let settings = settings(bytes);
    let of = bytes.below(5);
    let mut steps = Vec::new();
    while !bytes.is_empty() {
        steps.push(step(bytes));
    }
    (settings, of, steps)
}

fn settings(bytes: &mut Bytes<'_>) -> Settings {
    let timeout = if bytes.one_in(4) { u64::MAX / 2 } else { 150_000 };
    let sticky = bytes.below(3);
    let flaw = bytes.one_in(4).then(|| Flaw::ALL[usize::from(bytes.byte()) % Flaw::ALL.len()]);
    let settings = Settings {
        election_timeout_min: Micros(timeout),
        election_timeout_max: Micros(timeout.saturating_mul(2)),
        max_entries_per_message: 1 + u32::from(bytes.below(3)),
        in_flight_messages_max: 1 + u32::from(bytes.below(3)),
        no_op_at_start_of_term: bytes.flag(),
        pre_vote: bytes.flag(),
        check_quorum: bytes.flag(),
        reads_through_followers: true,
        stickiness: sticky > 0,
        lease: (sticky > 1).then_some(DriftBound { numerator: u32::MAX, denominator: 7 }),
        configurations_in_force: bytes.in_force(),
        entries_kept_after_snapshot: bytes.below(4).into(),
        snapshot_chunk_bytes: 1 + u32::from(bytes.below(20)),
        flaws: flaw.map_or(Flaws::NONE, |flaw| Flaws::NONE.with(flaw)),
        ..Settings::default()
    };
    if settings.check().is_ok() { settings } else { Settings::default() }
}

fn step(bytes: &mut Bytes<'_>) -> Step {
    match bytes.below(24) {
        0..=6 => {
            let to = if bytes.one_in(10) { bytes.node() } else { A };
            Step::Hear { from: bytes.node(), to, term: said_term(bytes), body: message(bytes) }
        }
        7..=9 => Step::HearLeader {
            from: bytes.node(),
            term: said_term(bytes),
            previous: bytes.below(9).into(),
            new: bytes.below(4).into(),
            commit: bytes.number(),
        },
        10..=13 => Step::Tell(input(bytes)),
        20 | 21 => Step::HearSnapshot {
            from: bytes.node(),
            term: said_term(bytes),
            ahead: bytes.below(6).into(),
            end_term: bytes.flag().then(|| bytes.number()),
            total_bytes: bytes.below(20).into(),
            offset: bytes.below(20).into(),
        },
        22 => Step::WantChunk { from: bytes.node(), offset: bytes.number() },
        23 => Step::TakeSnapshot,
        14 | 15 => Step::Finish,
        16 => Step::FinishOneWrite,
        17 => Step::Clock(bytes.number().wrapping_mul(20_000)),
        18 => Step::Deadline,
        _ => Step::Restart,
    }
}

fn said_term(bytes: &mut Bytes<'_>) -> SaidTerm {
    if bytes.one_in(6) {
        SaidTerm::Any(bytes.number())
    } else {
        SaidTerm::OwnPlus(bytes.below(3).into())
    }
}

fn input(bytes: &mut Bytes<'_>) -> Input {
    let request = RequestId(bytes.byte().into());
    match bytes.below(10) {
        0 => Input::Wake,
        8 => Input::Settings(settings(bytes).check().expect("they can be")),
        1 => Input::Campaign,
        2 => Input::Transfer(bytes.node()),
        3 => Input::Propose { request, command: command() },
        4 => Input::Reconfigure { request, change: bytes.reconfiguration(MAX_NODES) },
        5 => Input::Read { request, mode: bytes.read_mode() },
        6 => Input::Durable(WriteId(bytes.number())),
        7 => Input::SnapshotTaken { index: Index(bytes.number()), data: chunk(bytes) },
        _ => Input::Applied(Index(bytes.number())),
    }
}

fn place(bytes: &mut Bytes<'_>) -> LogEnd {
    LogEnd { term: Term(bytes.number()), index: Index(bytes.number()) }
}

fn entry_of_any_kind(bytes: &mut Bytes<'_>) -> Entry {
    let term = Term(bytes.number());
    let payload = match bytes.below(8) {
        0..=2 => Payload::NoOp,
        3..=5 => Payload::Command(command()),
        _ => Payload::Configuration(membership(bytes)),
    };
    Entry { term, payload }
}

fn vote_answer(bytes: &mut Bytes<'_>) -> VoteAnswer {
    VoteAnswer::Refused(match bytes.below(8) {
        0 => VoteRefusal::StaleTerm,
        1 => VoteRefusal::IsLeader,
        2 => VoteRefusal::AlreadyVotedFor(bytes.node()),
        3 => VoteRefusal::LogBehind { candidate: place(bytes), voter: place(bytes) },
        4 => VoteRefusal::HearsLeader,
        _ => return VoteAnswer::Granted,
    })
}

fn append_answer(bytes: &mut Bytes<'_>) -> AppendAnswer {
    match bytes.below(5) {
        0..=2 => AppendAnswer::Accepted { match_index: Index(bytes.number()) },
        3 => AppendAnswer::Conflict { refused: Index(bytes.number()), hint: place(bytes) },
        _ => AppendAnswer::StaleTerm,
    }
}

fn membership(bytes: &mut Bytes<'_>) -> Membership {
    Membership {
        voters: bytes.nodes(MAX_NODES),
        outgoing: bytes.nodes(MAX_NODES),
        learners: bytes.nodes(MAX_NODES),
    }
}

fn chunk(bytes: &mut Bytes<'_>) -> Arc<[u8]> {
    (0..bytes.below(20)).collect()
}

fn snapshot_answer(bytes: &mut Bytes<'_>) -> SnapshotAnswer {
    match bytes.below(5) {
        0 | 1 => SnapshotAnswer::Wants { offset: bytes.number() },
        2 | 3 => SnapshotAnswer::Installed { match_index: Index(bytes.number()) },
        _ => SnapshotAnswer::StaleTerm,
    }
}

fn message(bytes: &mut Bytes<'_>) -> Message {
    match bytes.below(16) {
        0 => Message::RequestVote(RequestVote { log_end: place(bytes), by_transfer: bytes.flag() }),
        1 => Message::RequestPreVote(RequestPreVote {
            for_term: Term(bytes.number()),
            log_end: place(bytes),
        }),
        2 => Message::RequestPreVoteReply(PreVoteReply {
            for_term: Term(bytes.number()),
            answer: vote_answer(bytes),
        }),
        3 => Message::TimeoutNow,
        4 | 5 => Message::RequestVoteReply(vote_answer(bytes)),
        6..=8 => Message::AppendEntries(AppendEntries {
            previous: place(bytes),
            entries: (0..bytes.below(5)).map(|_| entry_of_any_kind(bytes)).collect(),
            commit_index: Index(bytes.number()),
            round: Round(bytes.number()),
            confirms_read: bytes.flag(),
        }),
        9 | 10 => Message::InstallSnapshot(InstallSnapshot {
            end: place(bytes),
            membership: membership(bytes),
            total_bytes: bytes.number(),
            offset: bytes.number(),
            chunk: chunk(bytes),
            round: Round(bytes.number()),
        }),
        11 => Message::InstallSnapshotReply(InstallSnapshotReply {
            round: Round(bytes.number()),
            end: place(bytes),
            offset: bytes.number(),
            answer: snapshot_answer(bytes),
        }),
        _ => Message::AppendEntriesReply(AppendReply {
            round: Round(bytes.number()),
            answer: append_answer(bytes),
        }),
    }
}
