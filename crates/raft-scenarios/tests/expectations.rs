//! What a scenario says that it comes to, it comes to: seed after seed.

use raft_sim::{Expectations, Plan, Property, Scenario, World};
use std::sync::Arc;

/// How many seeds each scenario is played with ...
const SEEDS: u64 = 200;
/// ... and those that are about a lease: a stale read in one of a thousand is one too many.
const SEEDS_OF_LEASES: u64 = 1_000;

/// Plays a scenario: what does not hold of what it expects, and whether a read was stale.
fn failures(scenario: Scenario, seed: u64) -> (Vec<String>, bool) {
    let mut judge = Expectations::of(&scenario);
    let plan = Plan::new(scenario, seed, Vec::new()).expect("it was checked when it was built");
    let mut world = World::new(Arc::new(plan));
    let mut records = Vec::new();
    while world.step(&mut records) {
        records.drain(..).for_each(|record| judge.observe(&record));
    }
    let verdicts = judge.verdicts().into_iter();
    let failed = verdicts.filter(|verdict| !verdict.holds).map(|verdict| verdict.to_string());
    let stale = &world.monitors().standing(Property::Linearizability).violation;
    (failed.collect(), stale.is_some())
}

fn play(name: &str, seeds: u64) -> u64 {
    let scenario = raft_scenarios::by_name(name).expect("it is built in");
    let mut stale = 0;
    for seed in 0..seeds {
        let (failed, is_stale) = failures(scenario.clone(), seed);
        assert!(failed.is_empty(), "{name}, seed {seed}: {failed:#?}");
        stale += u64::from(is_stale);
    }
    stale
}

#[test]
fn every_scenario_comes_to_what_it_says() {
    for name in raft_scenarios::names() {
        play(name, SEEDS);
    }
}

#[test]
fn every_scenario_says_what_it_comes_to() {
    for scenario in raft_scenarios::all() {
        assert!(!scenario.expectations.is_empty(), "{}", scenario.name);
    }
}

/// An expectation is worth something where a run without what the scenario is about fails it.
#[test]
fn a_scenario_without_its_faults_does_not_come_to_what_it_says() {
    for (name, setting) in [
        ("leader-crash", "nobody crashes"),
        ("two-data-centres", "no wall"),
        ("deaf-follower", "no link is cut"),
        ("deaf-leader", "no link is cut"),
        ("flaw-count-learners", "no wall"),
        ("suspended-leader", "no suspension"),
        ("snapshot-that-blocks", "no snapshot"),
    ] {
        let scenario = raft_scenarios::by_name(name).expect("it is built in");
        let (failed, _) = failures(Scenario { script: Vec::new(), ..scenario }, 1);
        assert!(!failed.is_empty(), "{name} where {setting}");
    }
}

/// A leader whose clock is slow, or stood still, or was set back, or a follower's that is
/// fast: with those a read is stale in nearly every run. With the bound, by ReadIndex, with
/// the leader's clock fast, paused with its clock running on, set forward: in none.
#[test]
fn a_lease_is_broken_by_these_clocks_and_by_no_others() {
    for name in ["phantom-leader-lease", "suspended-leader", "fast-follower", "stepped-clock"] {
        let stale = play(name, SEEDS_OF_LEASES);
        println!("{name}: a stale read in {stale} of {SEEDS_OF_LEASES} runs");
        assert!(stale * 10 > SEEDS_OF_LEASES * 9, "{name}: {stale}");
    }
    for name in [
        "phantom-leader-read-index",
        "phantom-leader-bound",
        "fast-leader-lease",
        "fast-leader-read-index",
        "paused-leader",
        "fast-follower-bound",
        "stepped-clock-forward",
    ] {
        assert_eq!(play(name, SEEDS_OF_LEASES), 0, "{name}");
    }
}
