//! What somebody does to a message on its way: it is dropped, held up, or arrives at once.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod generator;

use generator::Leaning;
use raft_core::{Flaws, MessageKind, Micros, NodeId};
use raft_sim::{
    Action, ActionRefusal, Happening, LossCause, MessageName, NetworkPlan, Plan, Scenario, Step,
    Timeline, World, parse_steps, workload,
};
use std::collections::BTreeMap;
use std::sync::Arc;

fn steady(seconds: u64) -> Scenario {
    let plan = workload::steady(3, Micros::from_secs(seconds), 7).expect("it can be");
    plan.scenario().clone()
}

fn run(scenario: Scenario, steps: Vec<Step>) -> Timeline {
    Timeline::new(Arc::new(Plan::new(scenario, 7, steps).expect("it can be")))
}

/// A message that is on its way at a moment, and when it is to end.
fn on_its_way(timeline: &Timeline, at: Micros, place: usize) -> Option<(MessageName, Micros)> {
    let world = timeline.world_after(timeline.events_by(at));
    let mut flights = world.network().flights().filter(|(_, it)| it.ends_at > at);
    flights.nth(place).map(|(_, it)| (it.name(), it.ends_at))
}

/// What became of a message: when it ended, and why where it was lost.
fn end_of(timeline: &Timeline, name: MessageName) -> Option<(Micros, Option<LossCause>)> {
    let mut sent: BTreeMap<(NodeId, NodeId), u64> = BTreeMap::new();
    let mut id = None;
    for record in timeline.records() {
        match &record.what {
            Happening::Sent { message, envelope, .. } => {
                let nth = sent.entry((envelope.from, envelope.to)).or_default();
                *nth += 1;
                if (envelope.from, envelope.to, *nth) == (name.from, name.to, name.nth) {
                    id = Some(*message);
                }
            }
            Happening::Delivered { message } if id == Some(*message) => {
                return Some((record.at, None));
            }
            Happening::Lost { message, because } if id == Some(*message) => {
                return Some((record.at, Some(*because)));
            }
            _ => {}
        }
    }
    None
}

fn refusals(timeline: &Timeline) -> Vec<ActionRefusal> {
    let told = timeline.records().filter_map(|record| match record.what {
        Happening::ActionRefused { because, .. } => Some(because),
        _ => None,
    });
    told.collect()
}

const AT: Micros = Micros::from_millis(1_502);

#[test]
fn a_message_that_is_dropped_gets_lost_where_it_is() {
    let trunk = run(steady(3), Vec::new());
    let (name, _) = on_its_way(&trunk, AT, 0).expect("heartbeats go");
    let steps = vec![Step { at: AT, action: Action::DropMessage(name) }];
    let branch = run(steady(3), steps);
    assert_eq!(end_of(&branch, name), Some((AT, Some(LossCause::Taken))));
    assert_eq!(end_of(&trunk, name).map(|(_, lost)| lost), Some(None), "it would have arrived");
    let told = branch.records().find(|it| matches!(it.what, Happening::MessageDropped { .. }));
    assert_eq!(told.map(|record| record.at), Some(AT));
}

#[test]
fn a_message_that_is_held_up_arrives_so_much_later_however_often_it_is() {
    let trunk = run(steady(3), Vec::new());
    let (name, ends_at) = on_its_way(&trunk, AT, 0).expect("heartbeats go");
    let step = |at: Micros, by: u64| Step {
        at,
        action: Action::DelayMessage { message: name, by: Micros(by) },
    };
    let branch = run(steady(3), vec![step(AT, 40_000)]);
    assert_eq!(end_of(&branch, name), Some((ends_at + Micros(40_000), None)));
    let again = run(steady(3), vec![step(AT, 40_000), step(ends_at + Micros(1), 7)]);
    assert_eq!(end_of(&again, name), Some((ends_at + Micros(40_007), None)));
    assert_eq!(refusals(&again), []);
    // Where it was along its way it still is, and goes on from there.
    let permille = |timeline: &Timeline| {
        let world = timeline.world_after(timeline.events_by(AT));
        let id = world.network().on_its_way(name).expect("it is");
        world.network().flight(id).map(|flight| (flight.held_up, flight.sent_at))
    };
    let (((since, there), sent_at), _) = (permille(&branch).expect("it is there"), ());
    assert_eq!(since, AT);
    assert_eq!(u64::from(there), (AT - sent_at).0 * 1_000 / (ends_at - sent_at).0);
}

#[test]
fn a_message_that_is_to_arrive_at_once_does_also_one_that_the_network_was_to_lose() {
    for loss_per_million in [0, 1_000_000] {
        let mut scenario = steady(3);
        scenario.network.loss_per_million = loss_per_million;
        let trunk = run(scenario.clone(), Vec::new());
        let found = (1_000..2_500).find_map(|at| {
            let at = Micros::from_millis(at);
            on_its_way(&trunk, at, 0).map(|(name, _)| (name, at))
        });
        let (name, at) = found.expect("somebody sends something");
        let branch = run(scenario, vec![Step { at, action: Action::DeliverMessage(name) }]);
        assert_eq!(end_of(&branch, name), Some((at, None)));
    }
}

#[test]
fn what_is_done_to_one_message_moves_no_draw_of_another() {
    // How long each message takes, by what it is and which of its kind in order.
    let times = |timeline: &Timeline| {
        let mut sent: BTreeMap<(NodeId, NodeId, MessageKind), u64> = BTreeMap::new();
        let mut times = BTreeMap::new();
        for record in timeline.records() {
            if let Happening::Sent { envelope, ends_at, .. } = &record.what {
                let of = (envelope.from, envelope.to, envelope.body.kind());
                let nth = sent.entry(of).or_default();
                times.insert((of, *nth), *ends_at - record.at);
                *nth += 1;
            }
        }
        times
    };
    let trunk = run(steady(3), Vec::new());
    let expected = times(&trunk);
    let (name, _) = on_its_way(&trunk, AT, 0).expect("heartbeats go");
    for action in [
        Action::DropMessage(name),
        Action::DelayMessage { message: name, by: Micros(30_000) },
        Action::DeliverMessage(name),
    ] {
        let found = times(&run(steady(3), vec![Step { at: AT, action }]));
        let common = expected.keys().filter(|of| found.contains_key(of)).count();
        assert!(common * 10 > expected.len() * 9, "{common} of {}", expected.len());
        for (of, took) in &found {
            assert!(expected.get(of).is_none_or(|expected| expected == took), "{of:?}");
        }
    }
}

#[test]
fn what_is_not_on_its_way_can_not_be_dropped_held_up_or_delivered() {
    let trunk = run(steady(3), Vec::new());
    let (name, ends_at) = on_its_way(&trunk, AT, 0).expect("heartbeats go");
    let later = ends_at + Micros(1);
    for (text, at) in [
        (format!("drop:{name}"), later),
        (format!("delay:{name}:5000"), later),
        (format!("deliver:{name}"), later),
        (format!("drop:{name}"), Micros(1)),
        ("drop:A-B:1000000".to_owned(), AT),
    ] {
        let steps = parse_steps(&format!("{}:{text}", at.0)).expect("it can be");
        let branch = run(steady(3), steps);
        assert_eq!(refusals(&branch), [ActionRefusal::IsNotOnItsWay], "{text}");
    }
}

#[test]
fn through_a_wall_nothing_arrives_at_once() {
    let trunk = run(steady(3), parse_steps("1400000:isolate:leader").expect("it can be"));
    let found = (1_400..2_000).find_map(|at| {
        let at = Micros::from_millis(at);
        let world = trunk.world_after(trunk.events_by(at));
        let mut flights = world.network().flights();
        let cut = flights.find(|(_, it)| it.lost == Some(LossCause::Cut) && it.ends_at > at);
        cut.map(|(_, it)| (it.name(), at))
    });
    let (name, at) = found.expect("a leader sends heartbeats");
    let steps = format!("1400000:isolate:leader,{}:deliver:{name}", at.0);
    let branch = run(steady(3), parse_steps(&steps).expect("it can be"));
    assert_eq!(refusals(&branch), [ActionRefusal::IsCutOff]);
}

#[test]
fn where_links_keep_the_order_what_is_held_up_holds_up_what_follows() {
    let mut scenario = steady(3);
    scenario.network = NetworkPlan { in_order: true, ..scenario.network };
    let trunk = run(scenario.clone(), Vec::new());
    // Two messages on one link at one moment.
    let found = (1_000..2_900).find_map(|at| {
        let at = Micros::from_millis(at);
        let world = trunk.world_after(trunk.events_by(at));
        let names: Vec<MessageName> = (world.network().flights())
            .filter(|(_, it)| it.ends_at > at)
            .map(|(_, it)| it.name())
            .collect();
        let pair = |one: &MessageName| {
            let behind = MessageName { nth: one.nth + 1, ..*one };
            names.contains(&behind).then_some((*one, behind))
        };
        names.iter().find_map(pair).map(|pair| (pair, at))
    });
    let ((first, behind), at) = found.expect("two on one link");
    let by = Micros::from_millis(30);
    let delay = Step { at, action: Action::DelayMessage { message: first, by } };
    let branch = run(scenario.clone(), vec![delay]);
    let ends = |timeline, name| end_of(timeline, name).expect("it ends").0;
    assert_eq!(ends(&branch, first), ends(&trunk, first) + by);
    assert!(ends(&branch, behind) >= ends(&branch, first));
    let deliver = Step { at, action: Action::DeliverMessage(behind) };
    let branch = run(scenario, vec![deliver]);
    assert_eq!(refusals(&branch), [ActionRefusal::ComesAfterOthers]);
}

#[test]
fn a_message_that_comes_at_once_to_a_process_that_stands_waits_and_is_there_once() {
    let trunk = run(steady(3), Vec::new());
    let (name, _) = on_its_way(&trunk, AT, 0).expect("heartbeats go");
    let text = format!(
        "{0}:pause:{1},{0}:deliver:{name},{2}:drop:{name},{3}:resume:{1}",
        AT.0,
        name.to,
        AT.0 + 1,
        AT.0 + 100_000
    );
    let branch = run(steady(3), parse_steps(&text).expect("it can be"));
    assert_eq!(refusals(&branch), [ActionRefusal::IsNotOnItsWay], "it is there, and waits");
    assert_eq!(end_of(&branch, name), Some((AT + Micros(100_000), None)));
    let ends = branch.records().filter(|record| record.at == AT + Micros(100_000)).count();
    assert!(ends > 0);
}

/// Nothing that can happen to messages is more than what a network may do.
#[test]
fn whatever_is_done_to_messages_nothing_is_violated() {
    let (mut done, mut refused) = (0, 0);
    for number in 0..200u64 {
        let scenario = generator::scenario(number, Leaning::Everything, Flaws::NONE);
        let mut steps: Vec<Step> = Vec::new();
        for turn in 0..8 {
            let plan = Plan::new(scenario.clone(), number, steps.clone()).expect("it can be");
            let at = Micros(scenario.duration.0 * (turn + 1) / 10);
            let (mut world, mut records) = (World::new(Arc::new(plan)), Vec::new());
            while world.next_event_at().is_some_and(|next| next <= at) {
                world.step(&mut records);
            }
            let mut flights = world.network().flights().filter(|(_, it)| it.ends_at > at);
            let Some((_, flight)) = flights.nth(number as usize % 3) else { continue };
            let message = flight.name();
            let by = scenario.settings.election_timeout_min.scaled(number as u32 % 7 + 1, 4);
            steps.push(Step {
                at,
                action: match (number + turn) % 3 {
                    0 => Action::DropMessage(message),
                    1 => Action::DelayMessage { message, by },
                    _ => Action::DeliverMessage(message),
                },
            });
            done += 1;
        }
        let plan = Plan::new(scenario, number, steps.clone()).expect("it can be");
        let timeline = Timeline::new(Arc::new(plan));
        for record in timeline.records() {
            match &record.what {
                Happening::Violated(violation) => panic!("{number}: {violation}, by {steps:?}"),
                Happening::ActionRefused { action, because }
                    if steps.iter().any(|it| it.action == *action) =>
                {
                    // Behind others, behind a wall: one sees which when one tries.
                    assert!(
                        matches!(
                            because,
                            ActionRefusal::IsCutOff | ActionRefusal::ComesAfterOthers
                        ),
                        "{number}: {action}: {because:?}"
                    );
                    refused += 1;
                }
                _ => {}
            }
        }
    }
    assert!(done > 600 && refused * 4 < done, "{done} deeds, {refused} refused");
}
