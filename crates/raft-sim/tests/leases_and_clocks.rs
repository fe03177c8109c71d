//! What a lease rests on, and what breaks it: clocks that are slow, fast, step, or stand
//! still with their machine (dissertation, section 6.4.1).
//!
//! A leader counts its lease on its own clock from when it sent a round that a majority
//! acknowledged; each of those keeps its promise not to vote on its own.

use raft_core::{DriftBound, Micros, NodeId};
use raft_sim::{
    ClientPlan, Happening, Outcome, Plan, Property, Rate, Scenario, Timeline, Work, parse_steps,
};
use std::sync::Arc;

const A: NodeId = NodeId::A;
const B: NodeId = NodeId::B;
const TENTH: DriftBound = DriftBound { numerator: 11, denominator: 10 };
const TWICE: DriftBound = DriftBound { numerator: 2, denominator: 1 };

/// Five nodes with quick links and true clocks, led by A; one client writes, one reads from A
/// by lease, again and again.
fn cluster(bound: DriftBound, steps: &str) -> Scenario {
    let mut scenario = raft_scenarios::by_name("phantom-leader-lease").expect("it is built in");
    scenario.settings.lease = Some(bound);
    scenario.clocks.clear();
    scenario.script = parse_steps(&format!("10000:timeout:A,{steps}")).expect("they are steps");
    scenario.duration = Micros::from_millis(1_600);
    for client in &mut scenario.clients {
        *client = ClientPlan { stops_at: scenario.duration, ..*client };
    }
    scenario
}

/// In how many of the first runs a read was stale; nothing else may be violated.
fn stale(scenario: &Scenario, runs: u64) -> u64 {
    let is_stale = |seed: &u64| {
        let plan = Plan::new(scenario.clone(), *seed, Vec::new()).expect("it can be");
        let timeline = Timeline::new(Arc::new(plan));
        let mut is_stale = false;
        for record in timeline.records() {
            let Happening::Violated(violation) = &record.what else { continue };
            assert_eq!(violation.property, Property::Linearizability, "seed {seed}: {violation}");
            is_stale = true;
        }
        let by_lease = timeline.records().any(|record| {
            matches!(
                record.what,
                Happening::OperationEnded {
                    outcome: Outcome::Found { basis: Some(raft_core::ReadBasis::Lease { .. }), .. },
                    ..
                }
            )
        });
        assert!(by_lease, "reads are answered by lease while all is well (seed {seed})");
        is_stale
    };
    (0..runs).filter(is_stale).count() as u64
}

const RUNS: u64 = 200;

#[test]
fn a_leader_whose_machine_is_suspended_answers_an_old_value_when_it_wakes() {
    // Its clock stood while the others elected a leader and wrote; by it, the lease goes on.
    let steps = "700000:isolate:A,700000:suspend:A,1200000:resume:A";
    for bound in [TENTH, DriftBound::NONE] {
        let count = stale(&cluster(bound, steps), RUNS);
        println!("{count} of {RUNS} with the bound {bound:?}");
        assert!(count * 10 > RUNS * 9);
    }
}

#[test]
fn a_leader_that_was_paused_while_its_clock_ran_on_answers_nothing_old() {
    // The lease has run out when it wakes, and a value that it read before was right then.
    let steps = "700000:isolate:A,700000:pause:A,1200000:resume:A";
    for bound in [TENTH, DriftBound::NONE] {
        assert_eq!(stale(&cluster(bound, steps), RUNS), 0);
    }
}

#[test]
fn a_clock_that_steps_breaks_a_lease_whatever_its_bound() {
    // The leader's steps back: its lease is as much longer.
    let back = "700000:isolate:A,700000:step:A:-600000";
    let count = stale(&cluster(TWICE, back), RUNS);
    println!("{count} of {RUNS}");
    assert!(count * 10 > RUNS * 9);
    assert_eq!(stale(&cluster(TWICE, "700000:isolate:A"), RUNS), 0);
    // The leader's steps forward, or a follower's back: that costs availability only.
    for steps in
        ["700000:isolate:A,700000:step:A:+600000", "700000:isolate:A,700000:step:B:-600000"]
    {
        assert_eq!(stale(&cluster(TWICE, steps), RUNS), 0);
    }
}

/// Three nodes. C missed the last rounds that A had acknowledged, and B's clock may be fast;
/// then A is cut off from both. Timeouts are 300 ms, and all but alike.
///
/// ```text
///   540 ms  A's heartbeats to C get lost from now on; B acknowledges every round
///   700 ms  A is cut off: its lease lasts until 1,000 ms, unless it kept a bound
///   850 ms  for B, if its clock runs twice as fast, 300 ms have passed: it stands, and C,
///           which has heard of no leader for 300 ms, votes for it
/// ```
fn three_nodes(bound: DriftBound, rate_of_b: Rate) -> Scenario {
    let scenario = cluster(bound, "540000:cut:A-C,700000:isolate:A");
    let mut scenario = Scenario { nodes: 3, clocks: vec![(B, rate_of_b)], ..scenario };
    scenario.settings.election_timeout_min = Micros::from_millis(300);
    scenario.settings.election_timeout_max = Micros::from_millis(310);
    // A candidate that finds no voters changes nothing.
    scenario.settings.pre_vote = true;
    scenario
}

const FAST: Rate = Rate { numerator: 2, denominator: 1 };

#[test]
fn a_fast_follower_is_a_danger_where_the_other_has_missed_the_last_round() {
    let count = stale(&three_nodes(DriftBound::NONE, FAST), RUNS);
    println!("{count} of {RUNS}");
    assert!(count * 10 > RUNS * 9);
    // With the bound kept, or a clock that is true or slow, it is none.
    assert_eq!(stale(&three_nodes(TWICE, FAST), RUNS), 0);
    assert_eq!(stale(&three_nodes(DriftBound::NONE, Rate::TRUE), RUNS), 0);
    let slow = Rate { numerator: 1, denominator: 2 };
    assert_eq!(stale(&three_nodes(DriftBound::NONE, slow), RUNS), 0);
}

#[test]
fn a_fast_follower_finds_no_voters_where_all_have_heard_the_last_round() {
    let fast = |scenario: Scenario| Scenario { clocks: vec![(B, FAST)], ..scenario };
    let mut scenario = fast(three_nodes(DriftBound::NONE, FAST));
    scenario.script.retain(|step| step.action.to_string() != "cut:A-C");
    assert_eq!(stale(&scenario, RUNS), 0);
    let mut scenario = fast(cluster(DriftBound::NONE, "700000:isolate:A"));
    scenario.settings.pre_vote = true;
    assert_eq!(stale(&scenario, RUNS), 0);
    assert!(scenario.clients.iter().any(|it| it.stuck_to == Some(A) && it.work != Work::Write));
}
