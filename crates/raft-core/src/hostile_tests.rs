//! Inputs from anyone: no message, report or clock makes a node panic, forget a vote,
//! go back in its terms or hand over what is not committed.

use crate::fuzzing::one_node::{SaidTerm, Step, run};
use crate::testing::*;
use crate::*;
use alloc::sync::Arc;
use alloc::vec;
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

fn chunk() -> impl Strategy<Value = Arc<[u8]>> {
    prop::collection::vec(any::<u8>(), 0..9).prop_map(Arc::from)
}

fn snapshot_answer() -> impl Strategy<Value = SnapshotAnswer> {
    prop_oneof![
        number().prop_map(|offset| SnapshotAnswer::Wants { offset }),
        number().prop_map(|index| SnapshotAnswer::Installed { match_index: Index(index) }),
        Just(SnapshotAnswer::StaleTerm),
    ]
}

fn read_mode() -> impl Strategy<Value = ReadMode> {
    prop_oneof![Just(ReadMode::ReadIndex), Just(ReadMode::Lease), Just(ReadMode::Log)]
}

fn read_index_answer() -> impl Strategy<Value = ReadIndexAnswer> {
    prop_oneof![
        number().prop_map(|index| ReadIndexAnswer::Confirmed {
            read_index: Index(index),
            basis: ReadBasis::Round(Round(index)),
        }),
        Just(ReadIndexAnswer::Refused(ReadRefusal::NotLeader)),
    ]
}

fn read_index_message() -> impl Strategy<Value = Message> {
    prop_oneof![
        (number(), read_mode()).prop_map(|(number, mode)| {
            Message::RequestReadIndex(RequestReadIndex { number: ReadNumber(number), mode })
        }),
        (number(), read_index_answer()).prop_map(|(number, answer)| {
            let number = ReadNumber(number);
            Message::RequestReadIndexReply(RequestReadIndexReply { number, answer })
        }),
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
        2 => read_index_message(),
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
        2 => (place(), membership(), number(), number(), chunk(), number()).prop_map(
            |(end, membership, total_bytes, offset, chunk, round)| {
                let round = Round(round);
                let part =
                    InstallSnapshot { end, membership, total_bytes, offset, chunk, round };
                Message::InstallSnapshot(part)
            }
        ),
        1 => (number(), place(), number(), snapshot_answer()).prop_map(
            |(round, end, offset, answer)| {
                let round = Round(round);
                Message::InstallSnapshotReply(InstallSnapshotReply { round, end, offset, answer })
            }
        ),
    ]
    .boxed()
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
        settings().prop_map(|settings| Input::Settings(settings.check().expect("they can be"))),
        (0u8..7).prop_filter_map("a node", NodeId::new).prop_map(Input::Transfer),
        Just(propose()),
        reconfiguration().prop_map(|change| Input::Reconfigure { request: RequestId(0), change }),
        (any::<u64>(), read_mode()).prop_map(|(request, mode)| read(request, mode)),
        number().prop_map(|write| Input::Durable(WriteId(write))),
        number().prop_map(|index| Input::Applied(Index(index))),
        (number(), chunk())
            .prop_map(|(index, data)| Input::SnapshotTaken { index: Index(index), data }),
    ];
    prop_oneof![
        8 => (node(), prop_oneof![9 => Just(A), 1 => node()], term(), message())
            .prop_map(|(from, to, term, body)| Step::Hear { from, to, term, body }),
        3 => (node(), term(), 0usize..9, 0u64..4, number()).prop_map(
            |(from, term, previous, new, commit)| {
                Step::HearLeader { from, term, previous, new, commit }
            }
        ),
        2 => (node(), term(), 0u64..9, prop::option::of(0u64..4), 0u64..6, 0u64..6).prop_map(
            |(from, term, ahead, end_term, total_bytes, offset)| {
                let offset = offset.min(total_bytes.saturating_sub(1));
                Step::HearSnapshot { from, term, ahead, end_term, total_bytes, offset }
            }
        ),
        1 => (node(), number()).prop_map(|(from, offset)| Step::WantChunk { from, offset }),
        2 => Just(Step::TakeSnapshot),
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
        (any::<bool>(), any::<bool>(), 0u64..4, 1u32..6),
    )
        .prop_map(|(timeout, most, no_op, sticky, flaw, others)| Settings {
            pre_vote: others.0,
            check_quorum: others.1,
            entries_kept_after_snapshot: others.2,
            snapshot_chunk_bytes: others.3,
            election_timeout_min: Micros(timeout),
            election_timeout_max: Micros(timeout.saturating_mul(2)),
            max_entries_per_message: most,
            in_flight_messages_max: most,
            reads_through_followers: most % 2 == 0,
            no_op_at_start_of_term: no_op,
            stickiness: sticky > 0,
            lease: (sticky > 1).then_some(DriftBound { numerator: u32::MAX, denominator: 7 }),
            flaws: flaw.map_or(Flaws::NONE, |flaw| Flaws::NONE.with(Flaw::ALL[flaw])),
            ..Settings::default()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(1_000)))]
    #[test]
    fn nothing_that_a_node_is_told_makes_it_panic_or_break_a_promise(
        settings in settings(),
        of in 0u8..5,
        steps in prop::collection::vec(step(), 0..60),
    ) {
        static BEGUN: Cases = Cases::none();
        BEGUN.one_more(cases(1_000), "one node, told anything by anyone");
        run(settings, of, steps);
    }
}
