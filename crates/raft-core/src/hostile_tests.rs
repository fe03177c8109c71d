//! Inputs from anyone: no message, report or clock makes a node panic, forget a vote,
//! go back in its terms or hand over what is not committed.

use crate::testing::*;
use crate::*;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use proptest::prelude::*;

/// A number that something could go wrong with.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        8 => 0u64..8,
        1 => Just(u64::MAX),
        1 => Just(u64::MAX - 1),
        1 => Just(1u64 << 32),
        1 => any::<u64>(),
    ]
}

fn node() -> impl Strategy<Value = NodeId> {
    prop_oneof![6 => 0u8..3, 1 => 3u8..64].prop_map(|n| NodeId::new(n).expect("below 64"))
}

fn place() -> impl Strategy<Value = LogEnd> {
    (number(), number()).prop_map(|(term, index)| LogEnd { term: Term(term), index: Index(index) })
}

fn nodes() -> impl Strategy<Value = NodeSet> {
    prop::collection::vec(node(), 0..4).prop_map(NodeSet::from_iter)
}

fn reconfiguration() -> impl Strategy<Value = Reconfiguration> {
    prop_oneof![
        node().prop_map(Reconfiguration::AddLearner),
        node().prop_map(Reconfiguration::AddVoter),
        node().prop_map(Reconfiguration::Remove),
        (nodes(), nodes())
            .prop_map(|(voters, learners)| Reconfiguration::Joint { voters, learners }),
    ]
}

/// A configuration, also one of nobody or in which a server is of two kinds.
fn membership() -> impl Strategy<Value = Membership> {
    (nodes(), nodes(), nodes()).prop_map(|(voters, outgoing, learners)| Membership {
        voters,
        outgoing,
        learners,
    })
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let payload = prop_oneof![
        3 => Just(Payload::NoOp),
        3 => Just(Payload::Command(command())),
        1 => membership().prop_map(Payload::Configuration),
    ];
    let entry = (number(), payload).prop_map(|(term, payload)| Entry { term: Term(term), payload });
    prop::collection::vec(entry, 0..5)
}

fn refusal() -> impl Strategy<Value = VoteRefusal> {
    prop_oneof![
        Just(VoteRefusal::StaleTerm),
        Just(VoteRefusal::IsLeader),
        node().prop_map(VoteRefusal::AlreadyVotedFor),
        (place(), place())
            .prop_map(|(candidate, voter)| VoteRefusal::LogBehind { candidate, voter }),
    ]
}

fn answer() -> impl Strategy<Value = AppendAnswer> {
    prop_oneof![
        number().prop_map(|index| AppendAnswer::Accepted { match_index: Index(index) }),
        (number(), place())
            .prop_map(|(refused, hint)| AppendAnswer::Conflict { refused: Index(refused), hint }),
        Just(AppendAnswer::StaleTerm),
    ]
}

fn message() -> BoxedStrategy<Message> {
    prop_oneof![
        1 => (place(), any::<bool>()).prop_map(|(log_end, by_transfer)| {
            Message::RequestVote(RequestVote { log_end, by_transfer })
        }),
        1 => (number(), place()).prop_map(|(for_term, log_end)| {
            Message::RequestPreVote(RequestPreVote { for_term: Term(for_term), log_end })
        }),
        1 => (number(), prop_oneof![Just(VoteAnswer::Granted), refusal().prop_map(VoteAnswer::Refused)])
            .prop_map(|(for_term, answer)| {
                Message::RequestPreVoteReply(PreVoteReply { for_term: Term(for_term), answer })
            }),
        1 => Just(Message::TimeoutNow),
        2 => Just(Message::RequestVoteReply(VoteAnswer::Granted)),
        1 => refusal().prop_map(|because| {
            Message::RequestVoteReply(VoteAnswer::Refused(because))
        }),
        3 => (place(), entries(), number(), number(), any::<bool>()).prop_map(
            |(previous, entries, commit, round, confirms_read)| {
                Message::AppendEntries(AppendEntries {
                    previous,
                    entries,
                    commit_index: Index(commit),
                    round: Round(round),
                    confirms_read,
                })
            }
        ),
        3 => (number(), answer()).prop_map(|(round, answer)| {
            Message::AppendEntriesReply(AppendReply { round: Round(round), answer })
        }),
    ]
    .boxed()
}

/// A term as it is, or near the node's own: most messages of other terms say little.
#[derive(Clone, Copy, Debug)]
enum SaidTerm {
    Any(u64),
    OwnPlus(u64),
}

#[derive(Clone, Debug)]
enum Step {
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
    Tell(Input),
    /// The disk and the state machine do what they were asked for.
    Finish,
    FinishOneWrite,
    Clock(u64),
    Deadline,
    Restart,
}

fn step() -> BoxedStrategy<Step> {
    let term = || {
        prop_oneof![
            1 => number().prop_map(SaidTerm::Any),
            5 => (0u64..3).prop_map(SaidTerm::OwnPlus),
        ]
    };
    let input = prop_oneof![
        Just(Input::Wake),
        Just(Input::Campaign),
        (0u8..7).prop_filter_map("a node", NodeId::new).prop_map(Input::Transfer),
        Just(propose()),
        reconfiguration().prop_map(|change| Input::Reconfigure { request: RequestId(0), change }),
        (
            any::<u64>(),
            prop_oneof![Just(ReadMode::ReadIndex), Just(ReadMode::Lease), Just(ReadMode::Log)]
        )
            .prop_map(|(request, mode)| read(request, mode)),
        number().prop_map(|write| Input::Durable(WriteId(write))),
        number().prop_map(|index| Input::Applied(Index(index))),
    ];
    prop_oneof![
        8 => (node(), prop_oneof![9 => Just(A), 1 => node()], term(), message())
            .prop_map(|(from, to, term, body)| Step::Hear { from, to, term, body }),
        3 => (node(), term(), 0usize..9, 0u64..4, number()).prop_map(
            |(from, term, previous, new, commit)| {
                Step::HearLeader { from, term, previous, new, commit }
            }
        ),
        5 => input.prop_map(Step::Tell),
        3 => Just(Step::Finish),
        3 => Just(Step::FinishOneWrite),
        1 => number().prop_map(|n| Step::Clock(n.wrapping_mul(20_000))),
        2 => Just(Step::Deadline),
        1 => Just(Step::Restart),
    ]
    .boxed()
}

fn settings() -> impl Strategy<Value = Settings> {
    let some_timeout = prop_oneof![3 => Just(150_000u64), 1 => Just(u64::MAX / 2)];
    (
        some_timeout,
        1u32..4,
        any::<bool>(),
        0u8..3,
        prop_oneof![3 => Just(None), 1 => (0..Flaw::ALL.len()).prop_map(Some)],
        (any::<bool>(), any::<bool>()),
    )
        .prop_map(|(timeout, most, no_op, sticky, flaw, (pre_vote, check_quorum))| Settings {
            pre_vote,
            check_quorum,
            election_timeout_min: Micros(timeout),
            election_timeout_max: Micros(timeout.saturating_mul(2)),
            max_entries_per_message: most,
            in_flight_messages_max: most,
            no_op_at_start_of_term: no_op,
            stickiness: sticky > 0,
            lease: (sticky > 1).then_some(DriftBound { numerator: u32::MAX, denominator: 7 }),
            flaws: flaw.map_or(Flaws::NONE, |flaw| Flaws::NONE.with(Flaw::ALL[flaw])),
            ..Settings::default()
        })
}

/// What a node has shown so far, and must not take back.
#[derive(Default)]
struct Record {
    term: Term,
    votes: BTreeMap<Term, NodeId>,
    committed: Vec<Entry>,
    last_write: u64,
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
        let terms = terms(log);
        assert!(terms.is_sorted(), "terms in a log never fall: {terms:?}");
        assert!(terms.last().is_none_or(|last| *last <= view.term().0), "nor pass the node's");
        if is_real_raft {
            for (index, entry) in self.committed.iter().enumerate() {
                let now = log.get(Index(index as u64 + 1));
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
        for (index, entry) in seen.applied {
            if index.0 as usize == self.committed.len() + 1 {
                self.committed.push(entry);
            } else {
                // Modified Raft may take back what was committed.
                assert!(!is_real_raft, "entries are handed over in order: {index}");
                self.committed.truncate(index.0 as usize - 1);
                self.committed.push(entry);
            }
        }
        self.last_write += seen.writes.len() as u64;
    }
}

fn run(settings: Settings, of: u8, steps: Vec<Step>) {
    let is_real_raft = settings.flaws.is_none();
    let mut server = Server::start(Start { of, settings, ..Start::default() });
    server.disk_is_slow = true;
    server.applies_slowly = true;
    let mut record = Record::default();
    for step in steps {
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
                let mut leader = server.log();
                leader.truncate(previous);
                let previous = leader.len() as u64;
                leader.extend((0..new).map(|_| own));
                let last = leader.len() as u64;
                server.hear(from, said(term).0, append(&leader, previous, last, commit))
            }
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
                server.crash_and_restart();
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
                Seen::default()
            }
        };
        record.take(seen, is_real_raft);
        record.check(&server, is_real_raft);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn nothing_that_a_node_is_told_makes_it_panic_or_break_a_promise(
        settings in settings(),
        of in 0u8..5,
        steps in prop::collection::vec(step(), 0..60),
    ) {
        run(settings, of, steps);
    }
}
