//! What a scenario expects is counted as a reader of the record would count it.

use raft_core::{Micros, Transition};
use raft_sim::{Expectation, Expectations, Happening, Plan, Property, Scenario, Timeline, Verdict};
use std::sync::Arc;

const SEEDS: u64 = 20;

fn ms(millis: u64) -> Micros {
    Micros::from_millis(millis)
}

fn expect(what: &str) -> Expectation {
    Expectation {
        what: what.parse().expect("it is an occasion"),
        at_least: 1,
        at_most: None,
        from: Micros::ZERO,
        until: None,
        since: None,
    }
}

fn never(what: &str) -> Expectation {
    Expectation { at_least: 0, at_most: Some(0), ..expect(what) }
}

/// The run, and what came of each of these expectations; the last verdict is of violations.
fn judge(name: &str, seed: u64, expectations: Vec<Expectation>) -> (Timeline, Vec<Verdict>) {
    let scenario = raft_scenarios::by_name(name).expect("it is built in");
    let plan = Plan::new(Scenario { expectations, ..scenario }, seed, Vec::new());
    let plan = Arc::new(plan.expect("it can be"));
    let mut judge = Expectations::of(plan.scenario());
    let timeline = Timeline::new(plan);
    timeline.records().for_each(|record| judge.observe(&record));
    let verdicts = judge.verdicts();
    (timeline, verdicts)
}

/// When somebody was elected.
fn elections(timeline: &Timeline) -> Vec<Micros> {
    let elected = timeline.records().filter(|record| {
        matches!(record.what, Happening::Node { transition: Transition::BecameLeader { .. }, .. })
    });
    elected.map(|record| record.at).collect()
}

#[test]
fn counts_and_spans_are_those_of_the_record() {
    for seed in 0..SEEDS {
        let between = |from, until| Expectation {
            from,
            until: Some(until),
            ..expect("anyone becomes leader")
        };
        let spans = [
            (Micros::ZERO, ms(250)),
            (ms(100), ms(1_000)),
            (ms(1_000), ms(1_300)),
            (ms(2_000), ms(2_000)),
        ];
        let expectations = spans
            .iter()
            .flat_map(|(from, until)| {
                let once = between(*from, *until);
                let none = Expectation { at_least: 0, at_most: Some(0), ..once.clone() };
                let two = Expectation { at_least: 2, at_most: Some(2), ..once.clone() };
                [once, none, two]
            })
            .collect();
        let (timeline, verdicts) = judge("leader-crash", seed, expectations);
        let elections = elections(&timeline);
        for (place, (from, until)) in spans.iter().enumerate() {
            let count = elections.iter().filter(|at| from <= *at && *at <= until).count();
            let holds = [0, 1, 2].map(|which| verdicts[place * 3 + which].holds);
            assert_eq!(holds, [count >= 1, count == 0, count == 2], "seed {seed}: {verdicts:?}");
        }
    }
}

#[test]
fn a_span_after_an_occasion_begins_with_it() {
    for seed in 0..SEEDS {
        let since = |what: &str| Some(what.parse().expect("it is an occasion"));
        let after_crash = |until| Expectation {
            until: Some(until),
            since: since("leader crashes"),
            ..expect("anyone becomes leader")
        };
        let expectations = vec![
            after_crash(ms(1)),
            after_crash(ms(1_000)),
            Expectation { since: since("leader crashes"), ..never("leader crashes") },
            Expectation { since: since("B restarts in term 9"), ..never("B crashes in term 9") },
        ];
        let (timeline, verdicts) = judge("leader-crash", seed, expectations);
        let elections = elections(&timeline);
        let within = elections.iter().any(|at| ms(1_000) < *at && *at <= ms(2_000));
        let holds: Vec<bool> = verdicts.iter().map(|verdict| verdict.holds).collect();
        // What counts from something that never happens doesn't hold, even if it counts none.
        assert_eq!(holds, [false, within, true, false, true], "seed {seed}: {verdicts:?}");
        assert!(verdicts[3].found.contains("never happened"), "{}", verdicts[3]);
    }
}

#[test]
fn a_violation_fails_a_run_unless_it_is_expected_then() {
    let stale = "linearizability is violated";
    let shown = (0..SEEDS).find_map(|seed| {
        let (timeline, verdicts) = judge("phantom-leader-lease", seed, Vec::new());
        let violations = timeline.records().filter_map(|record| match &record.what {
            Happening::Violated(violation) => Some(violation.clone()),
            _ => None,
        });
        let violations: Vec<_> = violations.collect();
        assert_eq!(verdicts.len(), 1);
        assert_eq!(verdicts[0].holds, violations.is_empty(), "{}", verdicts[0]);
        violations.first().map(|first| {
            assert_eq!(first.property, Property::Linearizability);
            assert!(verdicts[0].found.contains(&first.to_string()), "{}", verdicts[0]);
            (seed, first.at)
        })
    });
    let (seed, at) = shown.expect("most seeds show it");
    let wide = Expectation { from: ms(600), ..expect(stale) };
    let early = Expectation { until: Some(Micros(at.0 - 1)), ..expect(stale) };
    let perhaps = Expectation { at_least: 0, ..expect("anything is violated") };
    for (expectation, holds) in [
        (wide, [true, true]),
        (early, [false, false]),
        (perhaps, [true, true]),
        (never(stale), [false, false]),
        (expect("election-safety is violated"), [false, false]),
    ] {
        let (_, verdicts) = judge("phantom-leader-lease", seed, vec![expectation]);
        assert_eq!([verdicts[0].holds, verdicts[1].holds], holds, "{verdicts:?}");
    }
}

#[test]
fn a_verdict_says_what_was_expected_what_was_found_and_when() {
    let expectations = vec![
        Expectation { until: Some(ms(500)), ..expect("anyone becomes leader") },
        Expectation { at_least: 3, from: ms(10), ..expect("client 1 is answered") },
        never("stale-leader commits"),
    ];
    let (timeline, verdicts) = judge("leader-crash", 1, expectations);
    let first = elections(&timeline)[0];
    let texts: Vec<String> = verdicts.iter().map(ToString::to_string).collect();
    let begins = format!(
        "expected “anyone becomes leader” at least once until 500.0 ms; found it once, at {first} by "
    );
    assert!(texts[0].starts_with(&begins), "{}", texts[0]);
    assert!(
        texts[1].starts_with("expected “client 1 is answered” at least 3 times from 10.0 ms on")
    );
    assert_eq!(texts[2], "expected “stale-leader commits” never; found it never");
    assert_eq!(texts[3], "expected nothing violated; found nothing");
}

#[test]
fn expectations_that_can_not_be_are_named_with_their_field() {
    let scenario = raft_scenarios::by_name("leader-crash").expect("it is built in");
    for (expectation, says) in [
        (
            expect("H crashes"),
            "expectations[0].what: “H crashes” at least once: there is no node H",
        ),
        (expect("client 9 asks"), "there is no client 9"),
        (
            Expectation { at_most: Some(1), at_least: 2, ..expect("A crashes") },
            "less than at_least",
        ),
        (
            Expectation { from: ms(2), until: Some(ms(1)), ..expect("A crashes") },
            "until must not be before from",
        ),
        (Expectation { until: Some(Micros::MAX), ..expect("A crashes") }, "after the run's end"),
    ] {
        let scenario = Scenario { expectations: vec![expectation], ..scenario.clone() };
        let errors = Plan::new(scenario, 1, Vec::new()).expect_err("it can't be");
        let errors = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        assert!(errors.contains(says), "{errors}");
    }
}
