//! What else could have happened: runs that are the same up to a moment.

#[allow(dead_code, reason = "other tests use the rest")]
mod generator;

use generator::Leaning;
use proptest::prelude::*;
use raft_core::{DriftBound, Flaw, Flaws, Micros, NodeId, ReadBasis, ReadMode};
use raft_sim::document::words::Choice as _;
use raft_sim::document::{Between, Preset};
use raft_sim::{
    Action, BranchId, Branches, Document, Happening, Latency, MessageName, Outcome, Plan,
    Quantiles, Record, Setting, Step, Timeline, Who, parse_steps, workload,
};
use std::sync::Arc;

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::Crash(Who::Leader)),
        Just(Action::Isolate(Who::Node(NodeId::A))),
        Just(Action::Heal),
        Just(Action::Write(Who::Leader)),
        setting().prop_map(Action::Set),
        (message(), 0u8..3, 1u64..=60_000_000).prop_map(|(message, what, by)| match what {
            0 => Action::DropMessage(message),
            1 => Action::DelayMessage { message, by: Micros(by) },
            _ => Action::DeliverMessage(message),
        }),
    ]
}

/// One of the first that two of three nodes send each other.
fn message() -> impl Strategy<Value = MessageName> {
    let node = |number| NodeId::new(number).expect("a small number");
    (0u8..3, 1u8..3, 1u64..100).prop_map(move |(from, step, nth)| MessageName {
        from: node(from),
        to: node((from + step) % 3),
        nth,
    })
}

fn setting() -> impl Strategy<Value = Setting> {
    let number = || any::<u16>().prop_map(|number| 1 + u32::from(number));
    let span = || (1u64..60_000_000).prop_map(Micros);
    let shape = || {
        (any::<prop::sample::Index>(), prop::array::uniform6(1u64..10_000_000)).prop_map(
            |(shape, mut spans)| {
                spans.sort_unstable();
                let [min, p10, p50, p90, p99, max] = spans.map(Micros);
                let (quantiles, median) = (Quantiles { min, p10, p50, p90, p99, max }, p50);
                let shapes = [
                    Latency::Constant(p50),
                    Latency::Uniform { min, max },
                    Latency::Normal { mean: p50, deviation: min },
                    Latency::LogNormal { median, p99: median.scaled(3, 2) },
                    Latency::Quantiles(quantiles),
                ];
                shapes[shape.index(shapes.len())]
            },
        )
    };
    let of_nodes = prop_oneof![
        any::<bool>().prop_map(Setting::PreVote),
        any::<bool>().prop_map(Setting::CheckQuorum),
        any::<bool>().prop_map(Setting::Stickiness),
        any::<bool>().prop_map(Setting::FollowerReads),
        any::<bool>().prop_map(Setting::NoOp),
        Just(Setting::Lease(None)),
        (1u32..4).prop_map(|more| {
            Setting::Lease(Some(DriftBound { numerator: 9 + more, denominator: 10 }))
        }),
        span().prop_map(Setting::Heartbeat),
        (span(), span()).prop_map(|(one, other)| {
            Setting::ElectionTimeout(Between { min: one.min(other), max: one.max(other) })
        }),
        prop::sample::select(Preset::ALL).prop_map(Setting::Timing),
        number().prop_map(Setting::MaxEntries),
        number().prop_map(Setting::InFlight),
        any::<u16>().prop_map(|lag| Setting::PromotionLag(lag.into())),
        any::<u16>().prop_map(|kept| Setting::SnapshotKept(kept.into())),
        number().prop_map(Setting::SnapshotChunk),
        (prop::sample::select(Flaw::ALL), any::<bool>())
            .prop_map(|(flaw, is_on)| Setting::Flaw { flaw, is_on }),
    ];
    let others = prop_oneof![
        Just(Setting::Reads(ReadMode::ReadIndex)),
        Just(Setting::Reads(ReadMode::Lease)),
        Just(Setting::Reads(ReadMode::Log)),
        Just(Setting::SnapshotEvery(None)),
        number().prop_map(|every| Setting::SnapshotEvery(Some(every.into()))),
        shape().prop_map(Setting::Latency),
        shape().prop_map(Setting::ClientLatency),
        (0u32..=1_000_000).prop_map(Setting::Loss),
        (0u32..=1_000_000).prop_map(Setting::Duplicates),
        (prop::option::of((0u8..3).prop_filter_map("a node", NodeId::new)), shape())
            .prop_map(|(node, latency)| Setting::Fsync { node, latency }),
    ];
    prop_oneof![of_nodes, others]
}

/// The record as it was by a moment, without what was done at it.
fn before(timeline: &Timeline, at: Micros) -> Vec<Record> {
    let told = timeline.records().take_while(|record| record.at <= at);
    told.map(|record| Record::clone(&record)).collect()
}

fn is_same_run(one: &Timeline, other: &Timeline) -> bool {
    one.events() == other.events()
        && one.records_count() == other.records_count()
        && one.records().zip(other.records()).all(|(one, other)| *one == *other)
        && one.world_after(u64::MAX) == other.world_after(u64::MAX)
        && raft_sim::Landmark::ALL
            .iter()
            .all(|kind| one.events_of(*kind).eq(other.events_of(*kind)))
        && (0..=one.events()).all(|event| one.time_of(event) == other.time_of(event))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// An added intervention leaves the run before it as it was (ARCHITECTURE.md), and a
    /// branch is the run that its plan makes from the beginning.
    #[test]
    fn acting_leaves_the_past_as_it_was_and_a_branch_is_the_run_of_its_plan(
        number in 0u64..400,
        moments in prop::collection::vec((any::<prop::sample::Index>(), action()), 1..4),
        is_long in prop::bool::weighted(0.2),
    ) {
        let plan = if is_long {
            workload::steady(5, Micros::from_secs(45), number).expect("it can be")
        } else {
            generator::plan(generator::scenario(number, Leaning::Any, Flaws::NONE), number)
        };
        let mut branches = Branches::new(plan.clone());
        for (moment, action) in moments {
            let old = branches.current_id();
            let timeline = branches.current().timeline();
            let at = Micros(moment.index(timeline.duration().0 as usize) as u64);
            let world = timeline.world_after(timeline.events_by(at));
            let past = before(timeline, at);
            let new = branches.act(&world, at, action.clone()).expect("it can be");
            prop_assert_eq!(branches.current_id(), new);
            let branch = branches.current();
            prop_assert!(before(branch.timeline(), at).starts_with(&past) || old == new);
            prop_assert!(is_same_run(branch.timeline(), &Timeline::new(branch.timeline().plan().clone())));
            if old != new && let Some((parent, leaves_at)) = branch.leaves() {
                prop_assert!(parent < new && leaves_at <= at);
                let parent = branches.get(parent).expect("it is there");
                let common = before(parent.timeline(), leaves_at);
                let steps = |record: &&Record| record.at < leaves_at;
                let own = before(branch.timeline(), leaves_at);
                prop_assert!(common.iter().filter(steps).eq(own.iter().filter(steps)));
                if let Some((_, earlier)) = parent.leaves() {
                    prop_assert!(earlier <= leaves_at, "else it would leave the one before");
                }
            }
            // What was there is found again, and is what it was.
            let count = branches.iter().count();
            prop_assert_eq!(branches.open(plan.clone()), BranchId(0));
            prop_assert!(branches.switch_to(new) && branches.iter().count() == count);
        }
    }

    #[test]
    fn an_action_survives_its_text_and_the_forms_of_a_document(
        setting in setting(),
        action in action(),
        at in 0u32..1_000_000,
    ) {
        let step = |action| Step { at: Micros(at.into()), action };
        let mut steps = vec![step(Action::Set(setting)), step(action)];
        prop_assert_eq!(parse_steps(&raft_sim::format_steps(&steps)), Ok(steps.clone()));
        let plan = workload::steady(3, Micros::from_secs(2), 1).expect("it can be");
        let mut scenario = plan.scenario().clone();
        scenario.script.append(&mut steps);
        let document = Document::of(&scenario);
        prop_assert_eq!(document.scenario(), Ok(scenario.clone()));
        prop_assert_eq!(Document::from_json(&document.to_json()), Ok(document.clone()));
        prop_assert_eq!(Document::from_packed(&document.to_packed()), Ok(document));
    }
}

#[test]
fn the_old_future_is_kept_and_the_same_deed_is_the_same_branch() {
    let plan = workload::steady(5, Micros::from_secs(3), 1).expect("it can be");
    let mut branches = Branches::new(plan);
    let at = Micros::from_millis(1_200);
    let world = |branches: &Branches| {
        let timeline = branches.current().timeline();
        timeline.world_after(timeline.events_by(at))
    };
    let trunk = world(&branches);
    let crash = branches.act(&trunk, at, Action::Crash(Who::Leader)).expect("it can be");
    let later = world(&branches);
    let then = Micros::from_millis(2_000);
    let healed = branches.act(&later, then, Action::Heal).expect("it can be");
    assert_eq!(branches.get(healed).and_then(|branch| branch.leaves()), Some((crash, then)));
    assert!(branches.switch_to(BranchId(0)) && !branches.switch_to(BranchId(9)));
    assert_eq!(branches.current().timeline().plan().interventions(), []);
    assert_eq!(branches.act(&trunk, at, Action::Crash(Who::Leader)).ok(), Some(crash));
    let other = branches.act(&trunk, at, Action::Heal).expect("it can be");
    assert_eq!(branches.get(other).and_then(|branch| branch.leaves()), Some((BranchId(0), at)));
    let i = NodeId::from_letter('I').expect("a letter");
    assert!(branches.act(&trunk, at, Action::Crash(Who::Node(i))).is_err());
    assert_eq!(branches.iter().count(), 4);
}

/// By what the reads were answered that began after a moment.
fn bases(timeline: &Timeline, from: Micros) -> Vec<ReadBasis> {
    let world = timeline.world_after(u64::MAX);
    let late = world.history().operations().filter(|(_, it)| it.began_at > from);
    let found = late.filter_map(|(_, operation)| match operation.ended {
        Some((_, Outcome::Found { basis: Some(basis), .. })) => Some(basis),
        _ => None,
    });
    found.collect()
}

#[test]
fn two_runs_that_fork_differ_in_how_reads_are_answered_and_in_nothing_before() {
    let fork = Micros::from_millis(1_500);
    for seed in 0..20 {
        let plan = workload::steady(5, Micros::from_secs(4), seed).expect("it can be");
        let with = |steps: &str| {
            let steps = parse_steps(steps).expect("they can be");
            let plan = Plan::new(plan.scenario().clone(), seed, steps).expect("it can be");
            Timeline::new(Arc::new(plan))
        };
        let by_round = with("1500000:set:reads:read-index");
        let by_lease = with("1500000:set:lease:11/10,1500000:set:reads:lease");
        assert!(before(&by_round, fork - Micros(1)) == before(&by_lease, fork - Micros(1)));
        let is_round = |basis: &ReadBasis| matches!(basis, ReadBasis::Round(_));
        let is_lease = |basis: &ReadBasis| matches!(basis, ReadBasis::Lease { .. });
        let (rounds, leases) = (bases(&by_round, fork), bases(&by_lease, fork));
        assert!(!rounds.is_empty() && rounds.iter().all(is_round), "seed {seed}: {rounds:?}");
        assert!(leases.iter().any(is_lease), "seed {seed}: {leases:?}");
        for timeline in [by_round, by_lease] {
            assert!(!timeline.records().any(|it| matches!(it.what, Happening::Violated(_))));
        }
    }
}

#[test]
fn a_node_that_stands_still_hears_of_a_setting_when_it_goes_on() {
    let plan = workload::steady(3, Micros::from_secs(3), 5).expect("it can be");
    let steps = "1000000:set:pre-vote:on,1200000:pause:follower,1300000:set:pre-vote:off,\
                 1400000:resume:A,1400000:resume:B,1400000:resume:C,1500000:crash:B,\
                 1600000:set:pre-vote:on,1700000:restart:B";
    let steps = parse_steps(steps).expect("they can be");
    let plan = Plan::new(plan.scenario().clone(), 5, steps).expect("it can be");
    let timeline = Timeline::new(Arc::new(plan));
    let on = |at: u64| {
        let world = timeline.world_after(timeline.events_by(Micros::from_millis(at)));
        let nodes = world.hosts().iter().filter_map(|host| host.node());
        nodes.filter(|node| node.view().settings().pre_vote).count()
    };
    assert_eq!([999, 1_001, 1_301, 1_401, 1_601, 1_701].map(on), [0, 3, 1, 0, 2, 3]);
}
