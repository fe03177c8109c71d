//! Each built-in scenario comes to the end that its summary states, seed after seed.

use raft_core::{
    CommitCause, DriftBound, Index, Micros, NodeId, NodeSet, Payload, ReadBasis, Term, Transition,
};
use raft_sim::{
    Happening, Operation, OperationId, Outcome, Plan, Property, Put, Rate, Request, Scenario,
    Timeline, Value, World,
};
use std::collections::BTreeSet;
use std::sync::Arc;

const SEEDS: u64 = 200;

fn built_in(name: &str) -> Scenario {
    raft_scenarios::by_name(name).expect("it is built in")
}

fn run(scenario: Scenario, seed: u64) -> Timeline {
    Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be")))
}

fn ms(millis: u64) -> Micros {
    Micros::from_millis(millis)
}

fn world_at(timeline: &Timeline, at: Micros) -> World {
    timeline.world_after(timeline.events_by(at))
}

fn end_of(timeline: &Timeline) -> World {
    timeline.world_after(timeline.events())
}

/// Each transition of a node, when it happened and whose it is.
fn transitions(timeline: &Timeline) -> impl Iterator<Item = (Micros, NodeId, Transition)> + '_ {
    timeline.records().filter_map(|record| match &record.what {
        Happening::Node { node, transition } => Some((record.at, *node, *transition)),
        _ => None,
    })
}

/// Who was elected, when, and for which term.
fn elections(timeline: &Timeline) -> Vec<(Micros, NodeId, Term)> {
    transitions(timeline)
        .filter_map(|(at, node, transition)| match transition {
            Transition::BecameLeader { term, .. } => Some((at, node, term)),
            _ => None,
        })
        .collect()
}

fn violations(timeline: &Timeline) -> Vec<String> {
    let told = timeline.records().filter_map(|record| match &record.what {
        Happening::Violated(violation) => Some(violation.to_string()),
        _ => None,
    });
    told.collect()
}

fn assert_nothing_violated(timeline: &Timeline) {
    assert_eq!(violations(timeline), Vec::<String>::new(), "seed {}", timeline.plan().seed());
}

/// The values of all writes that clients were told are done.
fn acknowledged(world: &World) -> BTreeSet<Value> {
    let done = world.history().operations().filter_map(|(_, operation)| {
        match (operation.request, operation.ended) {
            (Request::Write { value, .. }, Some((_, Outcome::Written))) => Some(value),
            _ => None,
        }
    });
    done.collect()
}

/// The values of all writes in a node's log up to its commit index.
fn committed_at(world: &World, id: NodeId) -> BTreeSet<Value> {
    let view = world.host(id).and_then(|host| host.node()).expect("it is up").view();
    let entries = view.log().iter().take_while(|(index, _)| *index <= view.commit_index());
    entries
        .filter_map(|(_, entry)| match &entry.payload {
            Payload::Command(command) => Put::decode(command).map(|put| put.value),
            _ => None,
        })
        .collect()
}

fn assert_no_acknowledged_write_is_lost(timeline: &Timeline) {
    let world = end_of(timeline);
    let leader = world.leader().expect("somebody leads");
    let kept = committed_at(&world, leader);
    let acknowledged = acknowledged(&world);
    assert!(acknowledged.len() > 5, "clients wrote");
    let lost: Vec<_> = acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "seed {}: {lost:?} are lost", timeline.plan().seed());
}

fn assert_all_have_caught_up(timeline: &Timeline) {
    let world = end_of(timeline);
    let leader = world.leader().expect("somebody leads");
    let leader = world.host(leader).and_then(|host| host.node()).expect("it is up").view();
    for host in world.hosts() {
        let view = host.node().expect("everyone is up").view();
        let seed = timeline.plan().seed();
        assert_eq!(view.log(), leader.log(), "seed {seed}: {}", view.id());
        assert_eq!(view.applied_index(), leader.log().last_index(), "seed {seed}: {}", view.id());
        assert_eq!(view.term(), leader.term());
    }
    let mut machines = world.hosts().iter().map(|host| host.state_machine());
    let first = machines.next();
    assert!(machines.all(|machine| Some(machine) == first));
}

fn commit_index(world: &World, id: NodeId) -> Index {
    world.host(id).and_then(|host| host.node()).expect("it is up").view().commit_index()
}

fn term(world: &World, id: NodeId) -> Term {
    world.host(id).and_then(|host| host.node()).expect("it is up").view().term()
}

#[test]
fn leader_crash_elects_a_new_leader_at_a_higher_term_and_keeps_every_write() {
    for seed in 0..SEEDS {
        let timeline = run(built_in("leader-crash"), seed);
        assert_nothing_violated(&timeline);
        let crash = timeline.records().find_map(|record| match record.what {
            Happening::Crashed { node, .. } => Some((record.at, node)),
            _ => None,
        });
        let (crashed_at, crashed) = crash.expect("the leader crashes");
        let elections = elections(&timeline);
        let before = elections.iter().rfind(|(at, ..)| *at < crashed_at).expect("one led before");
        let after = elections.iter().find(|(at, ..)| *at > crashed_at).expect("one leads after");
        assert_eq!(before.1, crashed);
        assert_ne!(after.1, crashed);
        assert!(after.2 > before.2, "at a higher term");
        assert_no_acknowledged_write_is_lost(&timeline);
    }
}

#[test]
fn split_vote_with_a_fixed_timeout_elects_nobody_and_counts_a_term_each_200_ms() {
    for seed in 0..SEEDS {
        let timeline = run(built_in("split-vote-fixed"), seed);
        assert_nothing_violated(&timeline);
        assert_eq!(elections(&timeline), []);
        let stood: Vec<(Micros, Term)> = transitions(&timeline)
            .filter_map(|(at, _, transition)| match transition {
                Transition::BecameCandidate { term, .. } => Some((at, term)),
                _ => None,
            })
            .collect();
        let expected: Vec<(Micros, Term)> =
            (1..=10).flat_map(|nth| [(ms(200 * nth), Term(nth)); 5]).collect();
        assert_eq!(stood, expected);
    }
}

#[test]
fn split_vote_with_random_timeouts_elects_one() {
    for seed in 0..SEEDS {
        let timeline = run(built_in("split-vote-random"), seed);
        assert_nothing_violated(&timeline);
        assert!(!elections(&timeline).is_empty(), "seed {seed}: nobody was elected");
        assert!(end_of(&timeline).leader().is_some());
    }
}

#[test]
fn of_two_data_centres_that_with_the_leader_goes_on_and_the_other_only_counts_its_term() {
    for seed in 0..SEEDS {
        let timeline = run(built_in("two-data-centres"), seed);
        assert_nothing_violated(&timeline);
        let (cut, healed) = (world_at(&timeline, ms(801)), world_at(&timeline, ms(2_399)));
        assert_eq!(cut.leader(), Some(NodeId::A));
        assert_eq!(healed.leader(), Some(NodeId::A));
        let more = commit_index(&healed, NodeId::A).0 - commit_index(&cut, NodeId::A).0;
        assert!(more >= 3, "seed {seed}: the majority's side committed {more} entries");
        for minority in [NodeId::C, NodeId::D] {
            assert!(term(&healed, minority).0 >= term(&cut, minority).0 + 3, "its term rises");
            assert!(commit_index(&healed, minority) <= commit_index(&cut, NodeId::A));
        }
        let apart = elections(&timeline).into_iter().filter(|(at, ..)| *at > ms(800));
        let (at, _, new_term) = apart.clone().next().expect("one is elected in the end");
        assert!(at > ms(2_400), "seed {seed}: nobody is elected while the link is cut");
        // That term deposes A.
        let deposed = transitions(&timeline)
            .find(|(at, node, transition)| {
                *at > ms(2_400)
                    && *node == NodeId::A
                    && matches!(transition, Transition::SteppedDown { .. })
            })
            .expect("A is deposed");
        assert!(deposed.0 < at && new_term > term(&healed, NodeId::A));
        assert_no_acknowledged_write_is_lost(&timeline);
        assert_all_have_caught_up(&timeline);
    }
}

#[test]
fn a_leader_with_the_minority_commits_nothing_and_its_entries_go() {
    for seed in 0..SEEDS {
        let timeline = run(built_in("two-data-centres-minority"), seed);
        assert_nothing_violated(&timeline);
        let (cut, healed) = (world_at(&timeline, ms(801)), world_at(&timeline, ms(2_399)));
        // What was on its way when the wall went up may still count; nothing else.
        let counted = transitions(&timeline).filter(|(at, node, transition)| {
            *at > ms(800)
                && *at < ms(2_400)
                && *node == NodeId::A
                && matches!(
                    transition,
                    Transition::CommitAdvanced { because: CommitCause::Counted { .. }, .. }
                )
        });
        assert!(counted.count() <= 1, "seed {seed}");
        assert_eq!(
            commit_index(&healed, NodeId::A),
            commit_index(&cut, NodeId::A)
                .max(commit_index(&world_at(&timeline, ms(830)), NodeId::A))
        );
        let elected = healed.leader().expect("the majority elects one");
        let majority = NodeSet::only(NodeId::B).with(NodeId::C).with(NodeId::D);
        assert!(majority.contains(elected));
        assert!(healed.is_stale_leader(NodeId::A), "A doesn't know that it is deposed");
        let uncommitted = commit_index(&healed, NodeId::A);
        assert!(
            healed
                .host(NodeId::A)
                .and_then(|host| host.node())
                .expect("A is up")
                .view()
                .log()
                .last_index()
                > uncommitted,
            "seed {seed}: A has taken what it can't commit"
        );
        let after = |wanted: fn(&Transition) -> bool| {
            transitions(&timeline)
                .any(|(at, node, it)| at > ms(2_400) && node == NodeId::A && wanted(&it))
        };
        assert!(after(|it| matches!(it, Transition::SteppedDown { .. })), "seed {seed}");
        assert!(
            after(|it| matches!(it, Transition::EntriesRemoved { committed: false, .. })),
            "seed {seed}: A's uncommitted entries go"
        );
        assert_no_acknowledged_write_is_lost(&timeline);
        assert_all_have_caught_up(&timeline);
    }
}

/// The reads of a run that were answered: how long each took, and by what.
fn answered_reads(timeline: &Timeline) -> Vec<(OperationId, Operation, Micros, ReadBasis)> {
    let world = end_of(timeline);
    let reads = world.history().operations().filter_map(|(id, operation)| match operation.ended {
        Some((at, Outcome::Found { basis: Some(basis), .. })) => {
            Some((id, operation.clone(), at - operation.began_at, basis))
        }
        _ => None,
    });
    reads.collect()
}

fn median_read(timeline: &Timeline) -> Micros {
    let mut spans: Vec<Micros> =
        answered_reads(timeline).into_iter().map(|(_, _, span, _)| span).collect();
    spans.sort_unstable();
    spans[spans.len() / 2]
}

#[test]
fn reads_by_lease_take_no_round_trip_and_reads_by_read_index_take_one() {
    for seed in 0..SEEDS {
        let by_round = run(built_in("reads-by-read-index"), seed);
        let by_lease = run(built_in("reads-by-lease"), seed);
        assert_nothing_violated(&by_round);
        assert_nothing_violated(&by_lease);
        let is_by_lease = |basis: &ReadBasis| matches!(basis, ReadBasis::Lease { .. });
        let reads = answered_reads(&by_lease);
        let share = reads.iter().filter(|(.., basis)| is_by_lease(basis)).count();
        assert!(share * 10 > reads.len() * 9, "nearly all are answered from the lease");
        assert!(!answered_reads(&by_round).iter().any(|(.., basis)| is_by_lease(basis)));
        let (slow, fast) = (median_read(&by_round), median_read(&by_lease));
        // A client's message takes 0.3 ms each way, one between nodes about 5 ms.
        assert_eq!(fast, Micros(600), "seed {seed}");
        assert!(slow > ms(8) && slow < ms(14), "seed {seed}: {slow}");
    }
}

#[test]
fn the_phantom_leader_answers_an_old_value_from_its_lease() {
    let seeds = 1_000;
    let mut stale = 0;
    for seed in 0..seeds {
        let timeline = run(built_in("phantom-leader-lease"), seed);
        let world = end_of(&timeline);
        for property in Property::ALL {
            let violation = &world.monitors().standing(property).violation;
            if property != Property::Linearizability {
                assert_eq!(*violation, None, "seed {seed}");
                continue;
            }
            let Some(violation) = violation else {
                // The others were late: a split vote, or the one whose timeout ran
                // out first lacked an entry.
                let led_by = elections(&timeline).into_iter().find(|(at, ..)| *at > ms(700));
                assert!(led_by.is_none_or(|(at, ..)| at > ms(900)), "seed {seed}: {led_by:?}");
                continue;
            };
            stale += 1;
            let operations = violation.evidence.operations();
            assert!(!operations[0].is_write && operations[0].answered_by == Some(NodeId::A));
            assert!(operations[1].answered_by != Some(NodeId::A), "the newer value is another's");
            assert!(violation.at > ms(700));
        }
    }
    println!("phantom-leader-lease: a stale read in {stale} of {seeds} seeds");
    assert!(stale * 100 >= seeds * 99, "a stale read in {stale} of {seeds} seeds only");
    let default = end_of(&run(built_in("phantom-leader-lease"), 42));
    assert!(default.monitors().standing(Property::Linearizability).violation.is_some());
}

#[test]
fn by_read_index_the_phantom_leader_answers_nothing() {
    for seed in 0..SEEDS {
        let timeline = run(built_in("phantom-leader-read-index"), seed);
        assert_nothing_violated(&timeline);
        // An answer that was on its way to the client when the wall went up arrives.
        let late = answered_reads(&timeline).into_iter().filter(|(_, operation, ..)| {
            operation.answered_by == Some(NodeId::A) && operation.began_at > ms(700)
        });
        assert_eq!(late.count(), 0, "seed {seed}");
        let elected = elections(&timeline).into_iter().any(|(at, ..)| at > ms(700));
        assert!(elected, "seed {seed}: another leads");
    }
}

#[test]
fn with_the_drift_bound_kept_the_slow_clock_does_no_harm() {
    for seed in 0..SEEDS {
        let mut scenario = built_in("phantom-leader-lease");
        scenario.settings.lease = Some(DriftBound { numerator: 2, denominator: 1 });
        let timeline = run(scenario, seed);
        assert_nothing_violated(&timeline);
        let by_lease = answered_reads(&timeline)
            .iter()
            .any(|(.., basis)| matches!(basis, ReadBasis::Lease { .. }));
        assert!(by_lease, "reads are answered by lease all the same");
    }
}

#[test]
fn a_fast_clock_of_the_leader_does_no_harm_even_without_a_bound() {
    for seed in 0..SEEDS {
        let mut scenario = built_in("phantom-leader-lease");
        scenario.clocks = vec![(NodeId::A, Rate { numerator: 2, denominator: 1 })];
        let timeline = run(scenario, seed);
        assert_nothing_violated(&timeline);
        let by_lease = answered_reads(&timeline)
            .iter()
            .any(|(.., basis)| matches!(basis, ReadBasis::Lease { .. }));
        assert!(by_lease, "reads are answered by lease all the same");
    }
}
