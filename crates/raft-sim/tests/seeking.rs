//! Any instant, forwards and backwards, is the one that stepping comes to.

#[allow(dead_code, reason = "other tests use the rest")]
mod generator;

use generator::{Leaning, plan, scenario};
use proptest::prelude::*;
use raft_core::{Flaws, Micros};
use raft_sim::{Landmark, Plan, Record, Timeline, Told, World, workload};
use std::sync::{Arc, OnceLock};

fn step_to(plan: &Arc<Plan>, events: u64) -> World {
    let mut world = World::new(plan.clone());
    let mut records = Vec::new();
    while world.events() < events && world.step(&mut records) {}
    world
}

fn any_plan() -> impl Strategy<Value = Arc<Plan>> {
    (0..raft_scenarios::all().len() as u64 + 30, any::<u64>()).prop_map(|(which, seed)| {
        match raft_scenarios::all().into_iter().nth(which as usize) {
            Some(built_in) => Arc::new(Plan::new(built_in, seed, Vec::new()).expect("it can be")),
            None => plan(scenario(which, Leaning::Any, Flaws::NONE), seed),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_world_after_some_events_is_the_one_that_stepping_comes_to(
        plan in any_plan(),
        places in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
    ) {
        let timeline = Timeline::new(plan.clone());
        let mut wandering = timeline.world_after(0);
        for place in places {
            let events = place.index(timeline.events() as usize + 1) as u64;
            let stepped = step_to(&plan, events);
            prop_assert!(timeline.world_after(events) == stepped, "at {events}");
            // From wherever it was last, forwards or backwards.
            timeline.seek(&mut wandering, events);
            prop_assert!(wandering == stepped, "wandering to {events}");
        }
    }

    #[test]
    fn a_step_back_and_forward_again_changes_nothing(
        plan in any_plan(),
        place in any::<prop::sample::Index>(),
    ) {
        let timeline = Timeline::new(plan);
        let events = place.index(timeline.events() as usize) as u64 + 1;
        let there = timeline.world_after(events);
        let mut world = there.clone();
        timeline.seek(&mut world, events - 1);
        prop_assert!(world != there);
        let mut records = Vec::new();
        prop_assert!(world.step(&mut records));
        prop_assert!(world == there);
        prop_assert!(same(timeline.records_of(events), &records));
    }

    #[test]
    fn two_runs_of_a_plan_are_the_same(plan in any_plan()) {
        let (first, second) = (Timeline::new(plan.clone()), Timeline::new(plan));
        let records: Vec<Record> = second.records().map(|record| Record::clone(&record)).collect();
        prop_assert!(same(first.records(), &records));
    }
}

fn same(told: impl Iterator<Item = Told>, records: &[Record]) -> bool {
    let mut expected = records.iter();
    let mut told = told;
    told.all(|record| expected.next() == Some(&*record)) && expected.next().is_none()
}

/// A run of several keyframes, with every record that stepping through it makes.
fn long_run() -> &'static (Arc<Plan>, Vec<Record>) {
    static LONG: OnceLock<(Arc<Plan>, Vec<Record>)> = OnceLock::new();
    LONG.get_or_init(|| {
        let plan = workload::steady(5, Micros::from_secs(48), 7).expect("it can be");
        let mut records = Vec::new();
        let mut world = World::new(plan.clone());
        while world.step(&mut records) {}
        (plan, records)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Records are made again, a stretch at a time and in any order: they are those that
    /// were made first.
    #[test]
    fn records_that_are_made_again_are_the_same(
        asked in prop::collection::vec((any::<u32>(), 0u64..9_000, 0usize..40), 1..5),
        seek in any::<prop::sample::Index>(),
    ) {
        let (plan, all) = long_run();
        let mut watched = 0;
        let timeline = Timeline::watched(plan.clone(), &mut |record| {
            assert_eq!(record, &all[watched]);
            watched += 1;
        });
        prop_assert!(watched == all.len() && timeline.records_count() == watched as u64);
        prop_assert!(timeline.events() > 2 * 4_096, "more than one keyframe");
        for (first, many, from_behind) in asked {
            let first = u64::from(first) % timeline.events();
            let (low, high) = (first, first + many);
            let of = |record: &&Record| (low..=high).contains(&record.event);
            let mut expected: Vec<Record> = all.iter().filter(of).cloned().collect();
            let mut told = timeline.records_of_events(low, high);
            for _ in 0..from_behind.min(expected.len()) {
                let record = told.next_back();
                prop_assert!(record.as_deref() == expected.pop().as_ref());
            }
            prop_assert!(same(told, &expected));
            let back = timeline.records_of_events(low, high).rev();
            prop_assert_eq!(back.count(), all.iter().filter(of).count());
        }
        // The world is the same whatever was asked in between.
        let events = seek.index(timeline.events() as usize + 1) as u64;
        let at = timeline.time_of(events).expect("it is there");
        prop_assert!(timeline.events_by(at) >= events);
        prop_assert!(events == 0 || timeline.events_by(at - Micros(1)) < events);
        prop_assert!(timeline.world_after(events) == step_to(plan, events));
    }
}

#[test]
fn landmarks_are_those_of_the_record() {
    for scenario in raft_scenarios::all() {
        let plan = Arc::new(Plan::new(scenario, 42, Vec::new()).expect("it can be"));
        let timeline = Timeline::new(plan);
        for landmark in Landmark::ALL {
            let mut events: Vec<u64> = timeline
                .records()
                .filter(|record| Landmark::of(record) == Some(landmark))
                .map(|record| record.event)
                .collect();
            events.dedup();
            assert!(timeline.events_of(landmark).eq(events.iter().copied()));
            for event in 0..=timeline.events() {
                let next = events.iter().copied().find(|other| *other > event);
                let previous = events.iter().copied().rfind(|other| *other < event);
                assert_eq!(timeline.next_of(landmark, event), next);
                assert_eq!(timeline.previous_of(landmark, event), previous);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// What a world passes on its way is kept: whatever the way, also where another world goes
    /// its own, it is what the run's records are.
    #[test]
    fn what_a_world_passed_is_told_as_it_happened(
        ways in prop::collection::vec((0u8..4, any::<bool>(), any::<u32>()), 1..32),
        many in 0u64..300,
    ) {
        let (plan, all) = long_run();
        let timeline = Timeline::new(plan.clone());
        let mut worlds = [timeline.world_after(0), timeline.world_after(0)];
        for (way, which, far) in ways {
            let world = &mut worlds[usize::from(which)];
            let (at, far) = (world.events(), u64::from(far));
            let to = match way {
                0 => at + far % 400,
                1 => at.saturating_sub(far % 400),
                // About where a stretch begins.
                2 => far % 4 * 2_048 + far / 4 % 90,
                _ => far % (timeline.events() + 1),
            };
            timeline.seek(world, to);
            let high = world.events();
            let low = high.saturating_sub(many).max(1);
            let first = all.partition_point(|record| record.event < low);
            let end = all.partition_point(|record| record.event <= high);
            prop_assert!(same(timeline.records_of_events(low, high), &all[first..end]));
        }
    }
}

/// Where a stretch was forgotten and made again as far as another world went, a world beyond that
/// doesn't go on with it: what lies between is missing.
#[test]
fn a_world_beyond_what_is_known_of_its_stretch_leaves_no_gap_in_it() {
    let (plan, all) = long_run();
    let timeline = Timeline::new(plan.clone());
    let mut ahead = timeline.world_after(1_500);
    let mut behind = timeline.world_after(0);
    // Two other stretches, and the first is forgotten; then its beginning, and no more of it.
    for events in [2_100, 4_150, 100] {
        timeline.seek(&mut behind, events);
    }
    timeline.seek(&mut ahead, 1_520);
    let of = |record: &&Record| (90..=110).contains(&record.event);
    let expected: Vec<Record> = all.iter().filter(of).cloned().collect();
    assert!(same(timeline.records_of_events(90, 110), &expected));
}
