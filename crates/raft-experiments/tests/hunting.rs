//! A hunt finds what a rule that is left out breaks, and makes it small enough to read;
//! in real Raft it finds nothing.

use raft_core::{Breaks, Flaw, Flaws, Micros, NodeId, NodeSet, ReadMode, Settings};
use raft_experiments::{
    Find, Hunt, Outcome, Progress, first_violation, interventions, with_faults,
};
use raft_sim::{ClientPlan, Key, Plan, Property, Scenario, Work};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const fn ms(millis: u64) -> Micros {
    Micros::from_millis(millis)
}

fn client(work: Work, stuck_to: Option<NodeId>) -> ClientPlan {
    ClientPlan {
        work,
        key: Key(0),
        starts_at: ms(300),
        stops_at: Micros::MAX,
        rest: ms(20),
        patience: ms(60),
        stuck_to,
        keeps_session: true,
        tries_again: true,
    }
}

/// A cluster with a client that writes, and nothing that says how anything might break.
fn cluster(nodes: u8, flaws: Flaws) -> Scenario {
    Scenario {
        nodes,
        clients: vec![client(Work::Write, None)],
        script: Vec::new(),
        settings: Settings { flaws, max_entries_per_message: 1, ..Settings::default() },
        duration: ms(3_000),
        ..raft_scenarios::by_name("leader-crash").expect("it is built in")
    }
}

fn hunt(scenario: Scenario, of: Option<Property>, attempts: u64, jobs: u32) -> Outcome {
    let hunt = Hunt { scenario, first: 0, attempts, jobs, of };
    hunt.run(&AtomicBool::new(false), |_| {}).expect("the scenario can be")
}

/// What is found, having checked that it is what it says.
fn find(scenario: Scenario, property: Property, attempts: u64) -> Find {
    let Outcome::Found(find) = hunt(scenario, Some(property), attempts, 2) else {
        panic!("{property}: nothing found in {attempts} attempts");
    };
    for attempt in [&find.found, &find.shrunk] {
        let plan = Plan::new(attempt.scenario.clone(), attempt.seed, Vec::new());
        let again = first_violation(Arc::new(plan.expect("it ran")), Some(property));
        assert_eq!(again.as_ref(), Some(&attempt.violation));
    }
    let (before, after) = (&find.found.scenario, &find.shrunk.scenario);
    println!(
        "{property}: attempt {}: {} interventions, {} after {} runs",
        find.found.seed,
        interventions(before),
        interventions(after),
        find.runs
    );
    assert!(interventions(after) <= interventions(before));
    *find
}

#[test]
fn a_rule_left_out_is_found_and_what_breaks_it_is_a_dozen_interventions_at_most() {
    for (flaw, nodes, property) in [
        (Flaw::VoteWithoutComparingLogs, 5, Property::LeaderCompleteness),
        (Flaw::CompareOnlyLogLength, 5, Property::LeaderCompleteness),
        (Flaw::AcknowledgeBeforeFsync, 5, Property::LeaderCompleteness),
        (Flaw::FixedQuorumOfTwo, 5, Property::ElectionSafety),
        (Flaw::FixedQuorumOfThree, 6, Property::ElectionSafety),
        (Flaw::ReadBeforeFirstCommit, 5, Property::Linearizability),
    ] {
        let find = find(cluster(nodes, Flaws::NONE.with(flaw)), property, 5_000);
        assert!(interventions(&find.shrunk.scenario) <= 12, "{flaw:?}: {find:?}");
        assert!(find.shrunk.scenario.settings.flaws.has(flaw), "without it nothing breaks");
    }
}

/// A new flaw without a scenario is not caught: each has one in which it breaks what its row
/// in the table names, real Raft breaks nothing, and what a hunt makes of it is small.
#[test]
fn every_flaw_has_a_scenario_that_catches_it_and_a_hunt_makes_it_small() {
    let all = raft_scenarios::all();
    for flaw in Flaw::ALL.iter().copied() {
        let flaws = Flaws::NONE.with(flaw);
        let with = all.iter().find(|scenario| scenario.settings.flaws == flaws);
        let with = with.unwrap_or_else(|| panic!("{flaw:?} has no scenario")).clone();
        let settings = Settings { flaws: Flaws::NONE, ..with.settings };
        let without = Plan::new(Scenario { settings, ..with.clone() }, 1, Vec::new());
        let real = first_violation(Arc::new(without.expect("it can be")), None);
        assert_eq!(real, None, "{flaw:?}: real Raft breaks too");
        // That nothing good ever comes is what the scenario of a flaw of liveness expects.
        let Breaks::Safety(named) = flaw.breaks() else { continue };
        let property = Property::ALL.into_iter().find(|it| it.to_string() == named);
        let find = find(with, property.expect("it is monitored"), 1);
        assert!(interventions(&find.shrunk.scenario) <= 12, "{flaw:?}: {find:?}");
    }
}

/// The paper's Figure 8 takes small logs that differ, and no entry that opens a term.
#[test]
fn figure_8_is_found_by_hunting() {
    let mut scenario = cluster(5, Flaws::NONE.with(Flaw::CommitEarlierTermByCounting));
    scenario.settings.no_op_at_start_of_term = false;
    scenario.clients.clear();
    let find = find(scenario, Property::LeaderCompleteness, 100_000);
    assert!(interventions(&find.shrunk.scenario) <= 12, "{find:?}");
}

#[test]
fn a_change_of_the_members_in_one_jump_is_found() {
    let scenario = Scenario {
        voters: Some(NodeSet::first(3)),
        ..cluster(5, Flaws::NONE.with(Flaw::JumpToNewConfiguration))
    };
    let find = find(scenario, Property::ElectionSafety, 20_000);
    assert!(interventions(&find.shrunk.scenario) <= 12, "{find:?}");
}

#[test]
fn in_real_raft_nothing_is_found() {
    let mut scenario = cluster(5, Flaws::NONE);
    scenario.voters = Some(NodeSet::first(4));
    scenario.clients.push(client(Work::Read(ReadMode::ReadIndex), Some(NodeId::B)));
    assert_eq!(hunt(scenario, None, 500, 2), Outcome::Nothing { runs: 1_000 });
}

#[test]
fn a_hunt_finds_the_same_whatever_the_number_of_its_threads() {
    let scenario = cluster(5, Flaws::NONE.with(Flaw::CompareOnlyLogLength));
    let alone = hunt(scenario.clone(), None, 2_000, 1);
    assert!(matches!(alone, Outcome::Found(_)));
    assert_eq!(hunt(scenario, None, 2_000, 4), alone);
}

#[test]
fn a_hunt_that_is_told_to_stop_stops_and_says_so() {
    let stop = AtomicBool::new(false);
    let hunt =
        Hunt { scenario: cluster(5, Flaws::NONE), first: 0, attempts: u64::MAX, jobs: 2, of: None };
    let mut told = 0;
    let outcome = hunt.run(&stop, |progress| {
        assert!(matches!(progress, Progress::Looking { of: u64::MAX, .. }));
        told += 1;
        stop.store(told == 2, Ordering::Relaxed);
    });
    assert!(matches!(outcome, Ok(Outcome::Stopped { runs }) if runs > 0), "{outcome:?}");
}

#[test]
fn a_scenario_that_can_not_be_is_refused_before_the_hunt() {
    let hunt = Hunt { scenario: cluster(0, Flaws::NONE), first: 0, attempts: 1, jobs: 1, of: None };
    assert!(hunt.run(&AtomicBool::new(false), |_| {}).is_err());
}

#[test]
fn every_schedule_with_faults_can_be() {
    for (number, nodes) in (0..2_000).zip((1..=9).cycle()) {
        let scenario = with_faults(&cluster(nodes, Flaws::NONE), number);
        assert!(interventions(&scenario) > 0);
        let plan = Plan::new(scenario, number, Vec::new());
        assert!(plan.is_ok(), "{nodes} nodes, {number}: {plan:?}");
    }
}
