//! An action that says whom it means by what he is finds him, whatever the seed.

use raft_core::{NodeId, NodeSet, Term, Transition};
use raft_sim::{Action, ActionRefusal, Happening, Plan, Scenario, Timeline, parse_steps};
use std::sync::Arc;

const SEEDS: u64 = 40;

fn run(script: &str, seed: u64) -> Timeline {
    let scenario = raft_scenarios::by_name("leader-crash").expect("it is built in");
    let script = parse_steps(script).expect("they are steps");
    let scenario = Scenario { script, ..scenario };
    Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be")))
}

/// Who was elected, in order.
fn leaders(timeline: &Timeline) -> Vec<(NodeId, Term)> {
    let elected = timeline.records().filter_map(|record| match record.what {
        Happening::Node { node, transition: Transition::BecameLeader { term, .. } } => {
            Some((node, term))
        }
        _ => None,
    });
    elected.collect()
}

/// Who crashed, restarted or was cut off, in order.
fn met(timeline: &Timeline) -> Vec<NodeId> {
    let met = timeline.records().filter_map(|record| match &record.what {
        Happening::Crashed { node, .. }
        | Happening::Restarted { node }
        | Happening::LinkCut { to: node, .. }
            if record.event > 1 =>
        {
            Some(*node)
        }
        _ => None,
    });
    met.collect()
}

#[test]
fn the_leader_then_a_follower_then_the_leader_before_are_met() {
    for seed in 0..SEEDS {
        let timeline =
            run("700000:crash:leader,1400000:crash:follower,1600000:restart:former-leader", seed);
        let leaders = leaders(&timeline);
        let (first, last) = (leaders[0].0, leaders[leaders.len() - 1].0);
        let lowest = NodeSet::first(5).without(first).without(last).iter().next();
        assert_eq!(met(&timeline), [first, lowest.expect("five less two"), first], "seed {seed}");
    }
}

#[test]
fn a_follower_that_is_none_of_these_is_none_of_these() {
    for seed in 0..SEEDS {
        let timeline = run("900000:cut:leader-follower-not-AB", seed);
        let leader = leaders(&timeline)[0].0;
        let others = NodeSet::first(5).without(NodeId::A).without(NodeId::B).without(leader);
        assert_eq!(met(&timeline), [others.iter().next().expect("five less three")]);
    }
}

#[test]
fn a_candidate_is_met_while_one_stands() {
    let mut stood = 0;
    for seed in 0..SEEDS {
        // The first of five timeouts of 150 to 300 ms runs out near 175 ms.
        let timeline = run("178000:crash:candidate", seed);
        let candidate = timeline.records().rev().find_map(|record| match record.what {
            _ if record.at.0 > 178_000 => None,
            Happening::Node { node, transition: Transition::BecameCandidate { .. } } => Some(node),
            _ => None,
        });
        match *met(&timeline) {
            [met] => {
                assert!(candidate.is_some(), "seed {seed}");
                assert!(leaders(&timeline).iter().all(|(leader, _)| *leader != met));
                stood += 1;
            }
            _ => assert!(timeline.records().any(|record| matches!(
                &record.what,
                Happening::ActionRefused {
                    action: Action::Crash(_),
                    because: ActionRefusal::Nobody
                }
            ))),
        }
    }
    assert!(stood > 5, "{stood} of {SEEDS}");
}
