//! Any instant, forwards and backwards, is the one that stepping comes to.

#[allow(dead_code, reason = "other tests use the rest")]
mod generator;

use generator::{Leaning, plan, scenario};
use proptest::prelude::*;
use raft_core::Flaws;
use raft_sim::{Plan, Timeline, World};
use std::sync::Arc;

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
        prop_assert_eq!(&records[..], timeline.records_of(events));
    }

    #[test]
    fn two_runs_of_a_plan_are_the_same(plan in any_plan()) {
        let (first, second) = (Timeline::new(plan.clone()), Timeline::new(plan));
        prop_assert!(first.records() == second.records());
    }
}
