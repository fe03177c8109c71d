//! Traces of our own, read back: what was written is accepted with the verdicts of its
//! run, whatever was changed is refused with its line, and what is no trace at all is
//! refused in words.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod generator;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod golden;

use generator::Leaning;
use proptest::prelude::*;
use raft_core::{Flaw, Flaws, Micros, NodeId};
use raft_sim::trace::{Limits, Origin, TraceError, TraceProblem, Verdict, check, check_within};
use raft_sim::{Action, Plan, Property, Step, Timeline, Who, trace, write_trace};
use std::sync::{Arc, LazyLock};

fn text(timeline: &Timeline) -> String {
    let mut text = String::new();
    write_trace(timeline, &mut text).expect("a text takes all");
    text
}

/// A short run with a leader, writes, reads and a crash; the lines of its trace.
static SHORT: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut scenario = raft_scenarios::by_name("phantom-leader-lease").expect("it is built in");
    scenario.duration = Micros::from_millis(320);
    // They are of the whole run.
    scenario.expectations.clear();
    scenario.script.retain(|step| step.at <= scenario.duration);
    let crash = Step { at: Micros::from_millis(300), action: Action::Crash(Who::Leader) };
    let plan = Plan::new(scenario, 42, vec![crash]).expect("it can be");
    let text = text(&Timeline::new(Arc::new(plan)));
    text.split_inclusive('\n').map(str::to_string).collect()
});

fn checked(text: impl AsRef<[u8]>) -> Result<Verdict, TraceError> {
    check(text.as_ref())
}

fn refused(text: impl AsRef<[u8]>) -> TraceError {
    checked(text).expect_err("it must be refused")
}

#[test]
fn a_trace_that_is_read_back_has_the_verdicts_of_its_run() {
    for scenario in raft_scenarios::all() {
        let timeline = golden::timeline(&scenario.name, 42);
        let text = text(&timeline);
        let verdict = checked(&text).unwrap_or_else(|error| panic!("{}: {error}", scenario.name));
        let end = timeline.world_after(timeline.events());
        for (property, checked) in Property::ALL.into_iter().zip(&verdict.rules) {
            assert_eq!(checked.rule, property.to_string());
            assert_eq!(checked.checks, end.monitors().standing(property).checks);
        }
        let told: Vec<(usize, &str)> = text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains("\"what\":{\"violated\""))
            .collect();
        assert_eq!(verdict.violations.len(), told.len(), "{}", scenario.name);
        for (found, (place, line)) in verdict.violations.iter().zip(told) {
            assert_eq!(found.line, place as u64 + 1);
            assert!(line.starts_with(&format!("{{\"at\":{}", found.at.0)), "{line}");
        }
        assert_eq!(verdict.lines, text.lines().count() as u64);
    }
}

#[test]
fn a_verdict_says_in_sentences_what_was_checked() {
    let verdict = checked(text(&golden::timeline("phantom-leader-lease", 42))).expect("it is ours");
    let said = verdict.to_string();
    for sentence in [
        "A trace of Raftlab's: phantom-leader-lease, seed 42; ",
        "Made again from its head, the run is the same, byte for byte.",
        "Election Safety: holds (",
        "Linearizability: violated (",
        ": Linearizability violated at ",
    ] {
        assert!(said.contains(sentence), "{said}");
    }
    assert!(!said.contains("modified"), "{said}");
}

#[test]
fn a_run_without_a_rule_is_called_modified_raft() {
    let flaws = Flaws::NONE.with(Flaw::ALL[0]);
    let scenario = generator::scenario(1, Leaning::Any, flaws);
    let text = text(&Timeline::new(generator::plan(scenario, 1)));
    let verdict = checked(&text).expect("it is ours");
    assert!(matches!(verdict.origin, Origin::Ours { is_modified_raft: true, .. }));
    assert!(verdict.to_string().contains("modified Raft"), "{verdict}");
}

#[test]
fn what_is_read_and_written_again_is_the_same_bytes() {
    let leanings = [Leaning::Any, Leaning::Leases, Leaning::Everything];
    for (number, leaning) in (1..=12).flat_map(|number| leanings.map(|it| (number, it))) {
        let scenario = generator::scenario(number, leaning, Flaws::NONE);
        let late = Micros(scenario.duration.0 * 2 / 3);
        let interventions = vec![
            Step { at: Micros(5), action: Action::ForceTimeout(NodeId::B.into()) },
            Step { at: late, action: Action::Crash(Who::Leader) },
        ];
        let plan = Plan::new(scenario, number, interventions).expect("it can be");
        let written = text(&Timeline::new(Arc::new(plan.clone())));
        let read = trace::plan_of(written.as_bytes()).expect("it has a head");
        assert_eq!(read, plan);
        assert!(text(&Timeline::new(Arc::new(read))) == written, "{number} {leaning:?}");
        let verdict = checked(&written).unwrap_or_else(|error| panic!("{number}: {error}"));
        assert!(verdict.is_clean(), "{verdict}");
    }
}

#[test]
fn a_head_that_is_another_runs_is_refused_at_once() {
    // Each leaves a head that reads well; the digest gives it away.
    let whole = SHORT.concat();
    for (from, to) in [
        ("\"seed\":42", "\"seed\":43"),
        ("The phantom leader", "The phantom header"),
        ("\"at\":\"300 ms\"", "\"at\":\"301 ms\""),
        ("\"modified_raft\":false", "\"modified_raft\":true"),
        ("{\"format\"", "{ \"format\""),
    ] {
        let changed = whole.replacen(from, to, 1);
        assert!(changed != whole, "{from}");
        let error = refused(&changed);
        assert_eq!(error.line, 1, "{error}");
        assert!(matches!(error.problem, TraceProblem::HeadDiffers { .. }), "{error}");
    }
}

#[test]
fn what_stands_and_what_should_is_said() {
    let whole = SHORT.concat();
    let error = refused(whole.replacen("\"timeout-drawn\":{\"timeout\":", "$0", 1));
    let said = error.to_string();
    assert!(said.starts_with(&format!("line {}: ", error.line)), "{said}");
    assert!(said.contains("there stands …") && said.contains("there should stand …"), "{said}");
    assert!(said.contains("timeout-drawn\":{\"timeout\":"), "{said}");
}

#[test]
fn lines_that_are_missing_or_added_are_found() {
    let lines = &*SHORT;
    for place in 1..lines.len() {
        let without = [&lines[..place], &lines[place + 1..]].concat().concat();
        // Of equal lines in a row, the end of the row is where one is missing.
        let next_differs =
            (place..lines.len()).find(|next| lines.get(next + 1) != Some(&lines[*next]));
        let expected = next_differs.expect("the last differs from none") as u64 + 1;
        assert_eq!(refused(without).line, expected);
    }
    for place in [1, 2, lines.len() / 2, lines.len()] {
        let line = lines[place - 1].clone();
        let with = [&lines[..place], &[line], &lines[place..]].concat().concat();
        assert!(refused(with).line > place as u64);
    }
    let error = refused(lines[..lines.len() - 1].concat());
    assert!(matches!(error.problem, TraceProblem::Missing { .. }), "{error}");
    let error = refused(lines.concat() + "\n");
    assert!(matches!(error.problem, TraceProblem::Added { .. }), "{error}");
    assert_eq!(error.line, lines.len() as u64 + 1);
}

#[test]
fn what_is_no_trace_is_refused_in_words() {
    let deep = "[".repeat(100_000);
    let head = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut head: serde_json::Value = serde_json::from_str(&SHORT[0]).expect("JSON");
        change(&mut head);
        head.to_string() + "\n"
    };
    for (text, says) in [
        (String::new(), "line 1: there is nothing in it"),
        ("\n".to_string(), "line 1: a trace begins with its head"),
        ("{}".to_string(), "its format is missing"),
        ("{\"format\":\"tar\",\"version\":1}".to_string(), "its format is “tar”"),
        ("{\"format\":\"raftlab-trace\"}".to_string(), "its version is missing"),
        (head(&|head| head["version"] = 1.into()), "line 1: the trace is of version 1"),
        (head(&|head| head["version"] = 3.into()), "line 1: the trace is of version 3"),
        (head(&|head| head["version"] = (-1).into()), "line 1: a trace begins with its head"),
        (head(&|head| head["scenario"]["nodes"] = 200.into()), "nodes: 200 is not from 1 to 9"),
        (head(&|head| head["seed"] = "x".into()), "line 1: invalid type: string"),
        (head(&|head| head["scenario"]["summary"] = serde_json::Value::Null), "line 1: invalid"),
        (deep.clone(), "line 1: lists and records stand more than 64 deep"),
        (SHORT[0].clone() + &deep, "line 2: lists and records stand more than 64 deep"),
        (SHORT[0].clone() + "\"[[[[\\\"[[[\"", "line 2: the run, made again"),
    ] {
        let error = refused(&text).to_string();
        assert!(error.contains(says), "{error}");
    }
    let binary = [SHORT[0].as_bytes(), b"{\"at\":\xff\xfe}\n"].concat();
    assert_eq!(refused(binary).problem, TraceProblem::NotText { column: 7 });
    assert_eq!(refused([0x1f, 0x8b, 8, 0]).problem, TraceProblem::NotText { column: 2 });
}

#[test]
fn what_is_too_much_is_not_read() {
    /// A line without an end, and how much of it was taken.
    struct Endless(u64);
    impl std::io::Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            buffer.fill(b'x');
            self.0 += buffer.len() as u64;
            Ok(buffer.len())
        }
    }
    let mut endless = Endless(0);
    let error = check(std::io::BufReader::new(&mut endless)).expect_err("it has no end");
    assert_eq!(error.problem, TraceProblem::LineTooLong { limit_bytes: 16 << 20 });
    assert!(endless.0 < 17 << 20, "{} bytes were read", endless.0);

    let whole = SHORT.concat();
    let limits = Limits { file_bytes: whole.len() as u64, ..Limits::default() };
    assert!(check_within(whole.as_bytes(), &limits).is_ok());
    let limits = Limits { file_bytes: whole.len() as u64 - 1, ..limits };
    let error = check_within(whole.as_bytes(), &limits).expect_err("it is a byte too long");
    assert_eq!(error.line, SHORT.len() as u64);
    assert!(error.to_string().contains("the most that is read"), "{error}");
    let limits = Limits { line_bytes: 500, ..Limits::default() };
    let error = check_within(whole.as_bytes(), &limits).expect_err("its head is longer");
    assert_eq!((error.line, error.problem), (1, TraceProblem::LineTooLong { limit_bytes: 500 }));
}

#[test]
fn a_file_that_can_not_be_read_is_no_panic() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is on fire"))
        }
    }
    let error = check(std::io::BufReader::new(Broken)).expect_err("it can't be read");
    assert!(error.to_string().contains("the disk is on fire"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_line_with_any_byte_changed_is_refused_with_its_number(
        line in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        by in 1u8..=255,
    ) {
        let line = line.index(SHORT.len());
        let before: usize = SHORT[..line].iter().map(String::len).sum();
        let mut changed = SHORT.concat().into_bytes();
        let byte = &mut changed[before + place.index(SHORT[line].len())];
        *byte = byte.wrapping_add(by);
        prop_assert_eq!(refused(&changed).line, line as u64 + 1);
    }

    #[test]
    fn a_trace_that_is_cut_short_anywhere_is_refused_where_it_is_cut(
        place in any::<prop::sample::Index>(),
    ) {
        let whole = SHORT.concat();
        let length = place.index(whole.len());
        let line = whole.as_bytes()[..length].iter().filter(|byte| **byte == b'\n').count() + 1;
        prop_assert_eq!(refused(&whole.as_bytes()[..length]).line, line as u64);
    }

    /// Several bytes at once, of the head above all, where what is read decides what runs.
    #[test]
    fn no_change_makes_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        digits in prop::collection::vec((any::<prop::sample::Index>(), 0u8..10), 0..12),
    ) {
        let mut changed = SHORT.concat().into_bytes();
        let head = SHORT[0].len();
        for (place, byte) in changes {
            let place = place.index(if byte.is_multiple_of(2) { head } else { changed.len() });
            changed[place] = byte;
        }
        let _ = checked(&changed);
        // A head that still reads: only its numbers are others. Nothing vouches for it but
        // its digest, so let that be no help either.
        let mut head = SHORT[0].clone().into_bytes();
        let numbers: Vec<usize> =
            (0..head.len()).filter(|place| head[*place].is_ascii_digit()).collect();
        for (place, digit) in digits {
            head[numbers[place.index(numbers.len())]] = b'0' + digit;
        }
        if let Ok(plan) = trace::plan_of(head.as_slice()) {
            let mut world = raft_sim::World::new(Arc::new(plan));
            let mut records = Vec::new();
            while world.events() < 2_000 && world.step(&mut records) {
                records.clear();
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = checked(&bytes);
        let _ = checked([SHORT[0].as_bytes(), &bytes].concat());
    }
}
