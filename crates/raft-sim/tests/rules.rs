//! What is done on an occasion is done then, whatever the seed.

#[allow(dead_code, reason = "rules are drawn here, and few schedules")]
mod generator;

use generator::{Leaning, occasions};
use proptest::prelude::*;
use raft_core::{Flaws, Index, Message, Micros, NodeId, Term, Transition};
use raft_sim::{Happening, MOST_STEPS, Plan, Record, Rule, Scenario, Timeline, World};
use std::sync::Arc;

const SEEDS: u64 = 40;

fn rule(when: &str, action: &str) -> Rule {
    Rule {
        when: when.parse().expect("it is an occasion"),
        nth: 1,
        since: Micros::ZERO,
        delay: Micros::ZERO,
        every: false,
        action: action.parse().expect("it is an action"),
    }
}

/// Five nodes, a client that writes, and nothing but these rules.
fn scenario(rules: Vec<Rule>) -> Scenario {
    let scenario = raft_scenarios::by_name("leader-crash").expect("it is built in");
    Scenario { script: Vec::new(), rules, ..scenario }
}

fn run(rules: Vec<Rule>, seed: u64) -> Timeline {
    Timeline::new(Arc::new(Plan::new(scenario(rules), seed, Vec::new()).expect("it can be")))
}

fn errors(rules: Vec<Rule>) -> String {
    let errors = Plan::new(scenario(rules), 1, Vec::new()).expect_err("it can't be");
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The moment of the first record that is it, and its place.
fn first(timeline: &Timeline, is_it: impl Fn(&Record) -> bool) -> Option<(usize, Micros)> {
    timeline.records().enumerate().find(|(_, it)| is_it(it)).map(|(place, it)| (place, it.at))
}

fn crashes(timeline: &Timeline) -> Vec<(Micros, NodeId)> {
    let crashed = timeline.records().filter_map(|record| match record.what {
        Happening::Crashed { node, .. } => Some((record.at, node)),
        _ => None,
    });
    crashed.collect()
}

#[test]
fn whoever_stands_first_is_met_at_that_very_moment() {
    for seed in 0..SEEDS {
        let timeline = run(vec![rule("anyone becomes candidate", "crash:it")], seed);
        let stood = timeline.records().find_map(|record| match record.what {
            Happening::Node { node, transition: Transition::BecameCandidate { .. } } => {
                Some((record.at, node))
            }
            _ => None,
        });
        assert_eq!(crashes(&timeline), [stood.expect("somebody stands")], "seed {seed}");
    }
}

#[test]
fn a_delay_counts_from_the_occasion_and_a_term_is_that_of_the_deed() {
    let rules = vec![
        rule("leader commits in term 1", "crash:it"),
        Rule {
            delay: Micros::from_millis(120),
            ..rule("leader commits in term 2", "crash:leader")
        },
    ];
    let mut second_terms = 0;
    for seed in 0..SEEDS {
        let timeline = run(rules.clone(), seed);
        let crashes = crashes(&timeline);
        for (place, term) in [1, 2].into_iter().enumerate() {
            let commit = first(&timeline, |record| match record.what {
                Happening::Node { node, transition: Transition::CommitAdvanced { .. } } => {
                    let world = timeline.world_after(record.event);
                    let view = world.host(node).and_then(|it| it.node()).map(|it| it.view());
                    view.is_some_and(|view| view.is_leader() && view.term() == Term(term))
                }
                _ => false,
            });
            let Some((_, committed_at)) = commit else { continue };
            let delay = if term == 1 { Micros::ZERO } else { Micros::from_millis(120) };
            assert_eq!(crashes.get(place).map(|(at, _)| *at), Some(committed_at + delay));
            second_terms += u64::from(term == 2);
        }
    }
    assert!(second_terms > SEEDS / 2, "{second_terms} of {SEEDS} came to a second term");
}

#[test]
fn the_third_message_of_a_kind_on_a_link_is_the_third() {
    let sends = Rule { nth: 3, ..rule("A sends append-entries to C", "cut:A-C") };
    let mut cuts = 0;
    for seed in 0..SEEDS {
        let timeline = run(vec![rule("anyone draws a timeout", "timeout:A"), sends.clone()], seed);
        let sent = |record: &Record| match &record.what {
            Happening::Sent { envelope, .. } => {
                envelope.from == NodeId::A
                    && envelope.to == NodeId::C
                    && matches!(envelope.body, Message::AppendEntries(_))
            }
            _ => false,
        };
        let third = timeline.records().filter(|record| sent(record)).nth(2);
        let cut = first(&timeline, |record| matches!(record.what, Happening::LinkCut { .. }));
        assert_eq!(cut.map(|(_, at)| at), third.map(|record| record.at));
        cuts += u64::from(cut.is_some());
    }
    assert!(cuts > SEEDS / 2, "{cuts} of {SEEDS}");
}

#[test]
fn messages_that_arrive_and_entries_that_are_applied_are_occasions() {
    for seed in 0..SEEDS {
        let rules = vec![
            rule("leader applies index 5", "crash:it"),
            Rule { since: Micros(1), ..rule("D receives request-vote", "isolate:D") },
        ];
        let timeline = run(rules, seed);
        let applied = first(&timeline, |record| match record.what {
            Happening::Applied { node, index: Index(5), .. } => {
                let world = timeline.world_after(record.event - 1);
                world.leader() == Some(node)
            }
            _ => false,
        });
        assert_eq!(crashes(&timeline).first().map(|it| it.0), applied.map(|it| it.1));
        let asked = first(&timeline, |record| match record.what {
            Happening::Node { node, transition: Transition::VoteGranted { .. } }
            | Happening::Node { node, transition: Transition::VoteRefused { .. } } => {
                node == NodeId::D
            }
            _ => false,
        });
        let parted = first(&timeline, |record| matches!(record.what, Happening::Parted { .. }));
        assert!(parted.map(|it| it.1) <= asked.map(|it| it.1) || asked.is_none());
    }
}

#[test]
fn rules_that_bring_about_their_own_occasions_come_to_an_end() {
    let every = |when, action| Rule { every: true, ..rule(when, action) };
    let rules = vec![every("B crashes", "restart:it"), every("B restarts", "crash:it")];
    let timeline = run(rules, 1);
    let restarts = timeline.records().filter(|record| match record.what {
        Happening::Restarted { node } => node == NodeId::B,
        _ => false,
    });
    // Half of what the rules did; and B started once by itself.
    assert_eq!(restarts.count(), MOST_STEPS / 2 + 1);
}

#[test]
fn rules_that_can_not_be_are_named_with_their_field() {
    for (rule, says) in [
        (rule("I crashes", "heal"), "rules[0].when: when I crashes, heal: there is no node I"),
        (rule("A sends heartbeat to G", "heal"), "there is no node G"),
        (
            rule("A crashes", "restart:H"),
            "rules[0].do: when A crashes, restart:H: there is no node H",
        ),
        (rule("client 2 asks", "heal"), "there is no client 2"),
        (rule("network is parted", "crash:it"), "this is about none"),
        (Rule { nth: 0, ..rule("A crashes", "heal") }, "counted from 1"),
        (Rule { since: Micros::MAX, ..rule("A crashes", "heal") }, "after the run's end"),
    ] {
        let errors = errors(vec![rule]);
        assert!(errors.contains(says), "{errors}");
    }
    let errors = errors(vec![rule("A crashes", "heal"); 101]);
    assert!(errors.contains("rules: at most 100 rules"), "{errors}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Rules are part of the world: going back and forth makes no difference to them.
    #[test]
    fn the_same_rules_do_the_same_again_from_any_moment(number in any::<u64>(), part in 0u64..100) {
        let scenario = generator::scenario(number, Leaning::Everything, Flaws::NONE);
        let Ok(plan) = Plan::new(Scenario { rules: occasions::rules(number), ..scenario }, number, Vec::new())
        else {
            // It names a node that this cluster hasn't.
            return Ok(());
        };
        let timeline = Timeline::new(Arc::new(plan));
        let mut world: World = timeline.world_after(timeline.events() * part / 100);
        let mut expected = timeline.records_of_events(world.events() + 1, u64::MAX);
        let mut records = Vec::new();
        while world.step(&mut records) {
            for record in records.drain(..) {
                prop_assert!(expected.next().as_deref() == Some(&record));
            }
        }
        prop_assert!(expected.next().is_none());
    }
}
