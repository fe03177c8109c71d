//! Processes that stand still while the world goes on, and clocks that are ahead from the
//! beginning.

#[allow(dead_code, reason = "other tests use the rest")]
mod generator;

use generator::{Leaning, plan, run, scenario};
use raft_core::{Flaws, Micros, NodeId, Transition};
use raft_sim::{
    Action, ActionRefusal, Happening, LossCause, MessageId, Outcome, Plan, Record, Scenario,
    Timeline, parse_steps,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Five nodes, led by A since the beginning, a client that writes, and these steps.
fn told(steps: &str, seed: u64) -> Timeline {
    let scenario = raft_scenarios::by_name("two-data-centres").expect("it is built in");
    let script = parse_steps(&format!("10000:timeout:A,{steps}")).expect("they are steps");
    let scenario = Scenario { script, ..scenario };
    Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be")))
}

fn at(timeline: &Timeline, is_it: impl Fn(&Happening) -> bool) -> Vec<Micros> {
    timeline.records().filter(|record| is_it(&record.what)).map(|it| it.at).collect()
}

fn violations(timeline: &Timeline) -> Vec<String> {
    let violations = timeline.records().filter_map(|record| match &record.what {
        Happening::Violated(violation) => Some(violation.to_string()),
        _ => None,
    });
    violations.collect()
}

const PAUSED: Micros = Micros::from_millis(600);
const RESUMED: Micros = Micros::from_millis(1_100);

#[test]
fn a_process_that_stands_does_nothing_and_what_came_is_handled_in_order_when_it_goes_on() {
    for (seed, how) in (0..20).flat_map(|seed| [(seed, "pause"), (seed, "suspend")]) {
        let timeline = told(&format!("600000:{how}:B,1100000:resume:B"), seed);
        assert_eq!(violations(&timeline), Vec::<String>::new(), "seed {seed}, {how}");
        let (mut arrivals, mut handled, mut of_b) = (BTreeMap::new(), Vec::new(), 0);
        for record in timeline.records() {
            let stands = record.at > PAUSED && record.at < RESUMED;
            match &record.what {
                Happening::Sent { message, envelope, ends_at } => {
                    assert!(!stands || envelope.from != NodeId::B);
                    if envelope.to == NodeId::B {
                        arrivals.insert(*message, *ends_at);
                    }
                }
                Happening::Delivered { message } => {
                    let Some(arrived_at) = arrivals.remove(message) else { continue };
                    assert!(!stands, "{message:?} waits");
                    if arrived_at < record.at {
                        assert_eq!(record.at, RESUMED);
                        handled.push((arrived_at, *message));
                    }
                }
                Happening::Node { node: NodeId::B, .. }
                | Happening::Applied { node: NodeId::B, .. }
                | Happening::WriteAsked { node: NodeId::B, .. } => {
                    assert!(!stands, "{record:?}");
                    of_b += 1;
                }
                _ => {}
            }
        }
        assert!(of_b > 20 && handled.len() > 5, "{} waited (seed {seed})", handled.len());
        assert!(handled.is_sorted_by_key(|(arrived_at, _)| arrived_at));
        // What waited of a message is neither lost nor still there.
        let end = timeline.world_after(timeline.events());
        assert!(end.network().flights().all(|(_, flight)| !flight.is_waiting));
    }
}

#[test]
fn a_timer_that_ran_out_meanwhile_fires_when_the_process_goes_on_and_not_if_its_clock_stood() {
    // A wall, so that no heartbeat is among what waits.
    for seed in 0..20 {
        for (how, is_late) in [("pause", true), ("suspend", false)] {
            let steps = format!("600000:isolate:B,600000:{how}:B,1100000:resume:B");
            let timeline = told(&steps, seed);
            let stands = at(&timeline, |what| {
                let stood = matches!(
                    what,
                    Happening::Node {
                        node: NodeId::B,
                        transition: Transition::BecameCandidate { .. },
                    }
                );
                stood
            });
            let first = stands.first().copied();
            if is_late {
                assert_eq!(first, Some(RESUMED), "seed {seed}");
            } else {
                assert!(first.is_some_and(|at| at > RESUMED), "seed {seed}: {first:?}");
                let clock = timeline.world_after(timeline.events());
                let clock = clock.host(NodeId::B).expect("it is there").clock().clone();
                assert_eq!(clock.shows_at(RESUMED), PAUSED);
            }
        }
    }
}

#[test]
fn a_leader_that_stands_sends_no_heartbeats_and_another_is_elected() {
    for seed in 0..20 {
        let timeline = told("600000:pause:leader,1300000:resume:A", seed);
        assert_eq!(violations(&timeline), Vec::<String>::new());
        let elected = at(&timeline, |what| {
            matches!(
                what,
                Happening::Node { node, transition: Transition::BecameLeader { .. } }
                    if *node != NodeId::A
            )
        });
        assert!(elected.first().is_some_and(|at| *at > PAUSED), "seed {seed}");
        let deposed = at(&timeline, |what| {
            matches!(
                what,
                Happening::Node { node: NodeId::A, transition: Transition::SteppedDown { .. } }
            )
        });
        assert_eq!(deposed.first(), Some(&Micros::from_millis(1_300)), "seed {seed}");
    }
}

#[test]
fn a_crash_takes_what_waited_for_a_process_that_stood() {
    for seed in 0..20 {
        let timeline = told("600000:pause:B,900000:crash:B,1100000:restart:B", seed);
        assert_eq!(violations(&timeline), Vec::<String>::new());
        let mut waits: BTreeSet<MessageId> = BTreeSet::new();
        let mut lost = 0;
        for record in timeline.records() {
            match &record.what {
                Happening::Sent { message, envelope, ends_at } => {
                    let meanwhile = *ends_at > PAUSED && *ends_at < Micros::from_millis(900);
                    if envelope.to == NodeId::B && meanwhile {
                        waits.insert(*message);
                    }
                }
                Happening::Lost { message, because } if waits.remove(message) => {
                    assert_eq!(*because, LossCause::ReceiverDown);
                    assert_eq!(record.at, Micros::from_millis(900));
                    lost += 1;
                }
                Happening::Delivered { message } => assert!(!waits.contains(message)),
                _ => {}
            }
        }
        assert!(waits.is_empty() && lost > 3, "{lost} lost (seed {seed})");
        let end = timeline.world_after(timeline.events());
        let host = end.host(NodeId::B).expect("it is there");
        assert!(host.node().is_some() && host.pause().is_none());
    }
}

#[test]
fn what_has_arrived_at_a_process_that_stands_no_wall_can_stop() {
    let steps = "600000:pause:B,900000:isolate:B,1100000:resume:B";
    let timeline = told(steps, 3);
    let mut arrived: BTreeSet<MessageId> = BTreeSet::new();
    let mut handled = 0;
    for record in timeline.records() {
        match &record.what {
            Happening::Sent { message, envelope, ends_at }
                if envelope.to == NodeId::B
                    && (PAUSED..Micros::from_millis(900)).contains(ends_at) =>
            {
                arrived.insert(*message);
            }
            Happening::Delivered { message } => handled += u32::from(arrived.contains(message)),
            Happening::Lost { message, .. } => assert!(!arrived.contains(message)),
            _ => {}
        }
    }
    assert!(handled > 3);
}

#[test]
fn what_a_process_that_stands_can_not_do_is_refused_with_the_reason() {
    let steps = "500000:resume:B,600000:pause:A,700000:pause:A,700000:suspend:A,700000:timeout:A,\
                 700000:transfer:B,700000:remove:B,700000:snapshot:A,1000000:resume:A,\
                 1000001:crash:A,1000002:pause:A";
    let timeline = told(steps, 1);
    let refused: Vec<(String, ActionRefusal)> = timeline
        .records()
        .filter_map(|record| match &record.what {
            Happening::ActionRefused { action, because } => Some((action.to_string(), *because)),
            _ => None,
        })
        .collect();
    let paused = ["pause:A", "suspend:A", "timeout:A", "transfer:B", "remove:B", "snapshot:A"];
    let mut expected = vec![("resume:B".to_owned(), ActionRefusal::IsNotPaused)];
    expected.extend(paused.map(|action| (action.to_owned(), ActionRefusal::IsPaused)));
    expected.push(("pause:A".to_owned(), ActionRefusal::IsDown));
    assert_eq!(refused, expected);
}

/// What others see of a run, without what nodes say of their own clocks.
fn seen(records: &[Record]) -> Vec<String> {
    let told = |record: &&Record| {
        !matches!(
            record.what,
            Happening::Node {
                transition: Transition::TimeoutDrawn { .. }
                    | Transition::RoundConfirmed { .. }
                    | Transition::VoteIgnored { .. }
                    | Transition::ReadReady { .. }
                    | Transition::ReadConfirmed { .. }
                    | Transition::SteppedDown { .. },
                ..
            } | Happening::OperationEnded { outcome: Outcome::Found { .. }, .. }
        )
    };
    records.iter().filter(told).map(|record| format!("{record:?}")).collect()
}

/// Clocks that are ahead of each other, however much, are no matter: no rule compares what
/// one clock shows with what another does.
#[test]
fn how_far_clocks_are_ahead_of_each_other_changes_nothing() {
    for number in 0..150 {
        let leaning = [Leaning::Any, Leaning::ThreatenedLeases][number as usize % 2];
        let scenario = scenario(number, leaning, Flaws::NONE);
        // A step back ends at zero for a clock that shows little.
        assert!(!scenario.script.iter().any(|it| matches!(it.action, Action::StepClock { .. })));
        let ahead =
            |(place, node): (u64, NodeId)| (node, Micros(number * 7_919 + place * 10_000_019));
        let nodes = (0..scenario.nodes).filter_map(NodeId::new);
        let clock_offsets = (1..).zip(nodes).map(ahead).collect();
        let with_offsets = Scenario { clock_offsets, ..scenario.clone() };
        let records = |scenario: Scenario| {
            let mut records = Vec::new();
            run(plan(scenario, number), |record| records.push(record.clone()));
            seen(&records)
        };
        let (without, with) = (records(scenario), records(with_offsets));
        assert!(without.len() > 50);
        assert!(without == with, "schedule {number}");
    }
}

#[test]
fn a_clock_that_is_ahead_shows_it_from_the_beginning() {
    let scenario = raft_scenarios::by_name("leader-crash").expect("it is built in");
    let ahead = vec![(NodeId::C, Micros::from_secs(5))];
    let scenario = Scenario { clock_offsets: ahead, ..scenario };
    let plan = Plan::new(scenario.clone(), 1, Vec::new()).expect("it can be");
    let world = raft_sim::World::new(Arc::new(plan));
    let clock = |id| world.host(id).expect("it is there").clock().shows_at(Micros(7));
    assert_eq!((clock(NodeId::A), clock(NodeId::C)), (Micros(7), Micros(5_000_007)));
    for (offsets, says) in [
        (vec![(NodeId::A, Micros(3_600_000_001))], "clocks: A's clock is ahead by"),
        (vec![(NodeId::new(8).expect("a letter"), Micros(1))], "clocks: there is no node I"),
    ] {
        let scenario = Scenario { clock_offsets: offsets, ..scenario.clone() };
        let errors = Plan::new(scenario, 1, Vec::new()).expect_err("it can't be");
        assert!(errors[0].to_string().starts_with(says), "{}", errors[0]);
    }
}
