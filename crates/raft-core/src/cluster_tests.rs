//! A small cluster in which anything may be lost, doubled, late or forgotten: the five
//! properties of the paper's Figure 3 after each step, and reads that see what was
//! committed before they came.

use crate::fuzzing::cluster::{Step, run};
use crate::testing::{Cases, cases, explored};
use crate::*;
use alloc::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

fn server() -> impl Strategy<Value = NodeId> {
    (0u8..5).prop_map(|number| NodeId::new(number).expect("a small number"))
}

fn reconfiguration() -> impl Strategy<Value = Reconfiguration> {
    let servers = || prop::collection::vec(server(), 0..4).prop_map(NodeSet::from_iter);
    prop_oneof![
        server().prop_map(Reconfiguration::AddLearner),
        server().prop_map(Reconfiguration::AddVoter),
        server().prop_map(Reconfiguration::Remove),
        (servers(), servers())
            .prop_map(|(voters, learners)| Reconfiguration::Joint { voters, learners }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let mode = prop_oneof![
        2 => Just(ReadMode::ReadIndex),
        2 => Just(ReadMode::Lease),
        1 => Just(ReadMode::Log),
    ];
    prop_oneof![
        6 => any::<u16>().prop_map(Step::Deliver),
        8 => (1u8..40).prop_map(Step::DeliverMany),
        1 => any::<u16>().prop_map(Step::Lose),
        1 => any::<u16>().prop_map(Step::Double),
        4 => any::<u8>().prop_map(Step::Wait),
        3 => any::<u8>().prop_map(Step::Fire),
        6 => any::<u8>().prop_map(Step::Disk),
        1 => any::<u8>().prop_map(Step::Crash),
        1 => any::<u8>().prop_map(Step::Apply),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(from, to)| Step::Transfer(from, to)),
        2 => (any::<u8>(), reconfiguration())
            .prop_map(|(server, change)| Step::Reconfigure(server, change)),
        5 => any::<u8>().prop_map(Step::Propose),
        3 => any::<u8>().prop_map(Step::Snapshot),
        3 => (any::<u8>(), mode).prop_map(|(server, mode)| Step::Read(server, mode)),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(from, to)| Step::Cut(from, to)),
        2 => Just(Step::Heal),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let bound = Some(DriftBound { numerator: 11, denominator: 10 });
    (any::<[bool; 6]>(), 1u32..5, 0u64..4, 1u32..20).prop_map(
        move |(
            [stickiness, leases, no_op, pre_vote, check_quorum, applied],
            most,
            entries_kept_after_snapshot,
            snapshot_chunk_bytes,
        )| Settings {
            entries_kept_after_snapshot,
            snapshot_chunk_bytes,
            configurations_in_force: if applied {
                InForce::WhenApplied
            } else {
                InForce::WhenAppended
            },
            stickiness,
            lease: bound.filter(|_| stickiness && leases),
            no_op_at_start_of_term: no_op,
            pre_vote,
            check_quorum,
            max_entries_per_message: most,
            // As few as two, so that it is reached.
            reads_through_followers: most % 2 == 0,
            in_flight_messages_max: most.div_ceil(2),
            ..Settings::default()
        },
    )
}

/// Schedules with many changes of the members and many restarts.
fn changing_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => step(),
        1 => (any::<u8>(), reconfiguration())
            .prop_map(|(server, change)| Step::Reconfigure(server, change)),
        1 => any::<u8>().prop_map(Step::Crash),
        2 => (10u8..40).prop_map(Step::DeliverMany),
        1 => Just(Step::Disk(u8::MAX)),
    ]
}

/// How many cases of each property, unless more are asked for.
const CASES: u32 = 300;

proptest! {
    #![proptest_config(Config::with_cases(cases(CASES)))]
    #[test]
    fn the_five_properties_and_reads_hold_whatever_happens(
        of in 1u8..6,
        settings in settings(),
        steps in prop::collection::vec(step(), 0..250),
    ) {
        static BEGUN: Cases = Cases::none();
        BEGUN.one_more(cases(CASES), "raft-core alone");
        if let Err(broken) = run(of, settings, &steps) {
            panic!("{broken}");
        }
    }

    #[test]
    fn after_the_last_fault_a_leader_is_elected_and_all_logs_become_one(
        of in 1u8..6,
        settings in settings(),
        steps in prop::collection::vec(step(), 0..100),
    ) {
        static BEGUN: Cases = Cases::none();
        BEGUN.one_more(cases(CASES), "raft-core alone, settled");
        let settings = Settings { no_op_at_start_of_term: true, ..settings };
        let settled = run(of, settings, &steps).and_then(|mut cluster| cluster.settle());
        prop_assert_eq!(settled, Ok(()));
    }

    /// What a server goes by after a restart is the point of these: `WhenApplied` keeps
    /// nothing on disk but the log.
    #[test]
    fn configurations_that_count_when_applied_are_safe_and_live_over_restarts(
        of in 1u8..6,
        settings in settings(),
        steps in prop::collection::vec(changing_step(), 0..250),
    ) {
        static BEGUN: Cases = Cases::none();
        BEGUN.one_more(cases(CASES), "raft-core alone, configurations in force when applied");
        let configurations_in_force = InForce::WhenApplied;
        let settings = Settings { configurations_in_force, ..settings };
        if let Err(broken) = run(of, settings, &steps) {
            panic!("{broken}");
        }
        let settings = Settings { no_op_at_start_of_term: true, ..settings };
        let settled = run(of, settings, &steps).and_then(|mut cluster| cluster.settle());
        prop_assert_eq!(settled, Ok(()));
    }
}

/// Found by the fuzzer: A hands over to E alone, knows that this is committed, and crashes. E
/// still goes by the joint configuration, and A's log is longer: only A can win, and its
/// snapshot has forgotten that it was a voter.
#[test]
fn a_removed_leader_whose_snapshot_forgot_that_it_was_a_voter_stands_while_it_is_needed() {
    let voters = NodeSet::only(NodeId::E);
    let learners = NodeSet::first(2);
    let settings = Settings {
        configurations_in_force: InForce::WhenApplied,
        stickiness: true,
        max_entries_per_message: 4,
        in_flight_messages_max: 1,
        entries_kept_after_snapshot: 2,
        ..Settings::default()
    };
    let steps = [
        Step::Fire(220),
        Step::Disk(64),
        Step::Disk(191),
        Step::Reconfigure(191, Reconfiguration::Joint { voters, learners }),
        Step::Disk(111),
        Step::DeliverMany(17),
        Step::Disk(105),
        Step::DeliverMany(25),
        Step::DeliverMany(17),
        Step::Disk(105),
        Step::DeliverMany(25),
        Step::Snapshot(255),
        Step::Fire(139),
        Step::Disk(210),
        Step::Crash(210),
    ];
    let settled = run(1, settings, &steps).and_then(|mut cluster| cluster.settle());
    assert_eq!(settled, Ok(()));
}

/// The schedules are worth something only if they get somewhere.
#[test]
fn the_schedules_elect_commit_and_read() {
    let (mut leaders, mut committed, mut reads, mut installed) = (0, 0, [0; 2], 0);
    let mut runner = TestRunner::new_with_rng(
        Config { failure_persistence: None, ..Config::with_cases(200) },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let counts =
        core::cell::RefCell::new((&mut leaders, &mut committed, &mut reads, &mut installed));
    runner
        .run(&prop::collection::vec(step(), 250), |steps| {
            let settings = Settings { reads_through_followers: true, ..Settings::default() };
            let cluster = run(3, settings, &steps).map_err(TestCaseError::fail)?;
            let mut counts = counts.borrow_mut();
            *counts.0 += cluster.leaders.len();
            *counts.1 += cluster.committed.len();
            counts.2[0] += cluster.reads_answered;
            counts.2[1] += cluster.reads_answered_by_followers;
            *counts.3 += cluster.snapshots_installed;
            Ok(())
        })
        .expect("real Raft holds");
    let [reads, by_followers] = reads;
    explored(format_args!(
        "200 schedules (raft-core alone: {leaders} leaders, {committed} commits, {reads} reads, \
         {by_followers} of them by followers, {installed} snapshots installed)"
    ));
    assert!(leaders > 200 && committed > 400 && reads > 100 && installed > 20);
    assert!(by_followers > 3);
}

/// Schedules in which a lot is read, by way of all servers, and most messages arrive.
fn reading_step() -> impl Strategy<Value = Step> {
    let mode = prop_oneof![3 => Just(ReadMode::ReadIndex), 1 => Just(ReadMode::Lease)];
    prop_oneof![
        4 => step(),
        4 => (any::<u8>(), mode).prop_map(|(server, mode)| Step::Read(server, mode)),
        1 => any::<u8>().prop_map(Step::Propose),
        4 => (2u8..20).prop_map(Step::DeliverMany),
        2 => any::<u16>().prop_map(Step::Deliver),
        2 => Just(Step::Disk(u8::MAX)),
    ]
}

#[test]
fn reads_by_way_of_any_server_see_what_was_committed_before_they_came() {
    let reads = core::cell::Cell::new((0, 0));
    let cases = cases(CASES);
    let mut runner = TestRunner::new_with_rng(
        Config { failure_persistence: None, ..Config::with_cases(cases) },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let schedules = (1u8..6, settings(), prop::collection::vec(reading_step(), 0..400));
    runner
        .run(&schedules, |(of, settings, steps)| {
            let settings = Settings { reads_through_followers: true, ..settings };
            let cluster = run(of, settings, &steps).map_err(TestCaseError::fail)?;
            let (all, by_followers) = reads.get();
            let by_followers = by_followers + cluster.reads_answered_by_followers;
            reads.set((all + cluster.reads_answered, by_followers));
            Ok(())
        })
        .expect("real Raft holds");
    let (all, by_followers) = reads.get();
    explored(format_args!(
        "{cases} schedules of reads (raft-core alone: {all} reads, {by_followers} by followers)"
    ));
    assert!(by_followers > cases as usize / 2);
}

/// What the same schedules find once a rule is left out.
fn first_violation(flaw: Flaw, of: u8, cases: u32) -> Option<alloc::string::String> {
    let settings = Settings {
        flaws: Flaws::NONE.with(flaw),
        stickiness: true,
        lease: Some(DriftBound { numerator: 11, denominator: 10 }),
        ..Settings::default()
    };
    let config =
        Config { failure_persistence: None, max_shrink_iters: 0, ..Config::with_cases(cases) };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let result = runner.run(&prop::collection::vec(step(), 400), |steps| {
        run(of, settings, &steps).map(|_| ()).map_err(TestCaseError::fail)
    });
    match result {
        Err(TestError::Fail(reason, _)) => Some(reason.message().into()),
        _ => None,
    }
}

#[test]
fn the_schedules_catch_votes_without_comparing_logs() {
    assert!(first_violation(Flaw::VoteWithoutComparingLogs, 3, 5_000).is_some());
}

#[test]
fn the_schedules_catch_answers_before_the_disk() {
    assert!(first_violation(Flaw::AcknowledgeBeforeFsync, 3, 5_000).is_some());
}
