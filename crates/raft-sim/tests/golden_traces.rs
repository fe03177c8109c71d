//! Each built-in scenario's trace is what it was: whole, by its digest, and its
//! beginning line by line, so that one sees what changed.
//!
//! After a change that is meant to change runs:
//! `RAFTLAB_BLESS=1 cargo test -p raft-sim --test golden_traces`, and read the diff.

mod golden;

use golden::{DIGESTS, digests, timeline};
use raft_sim::write_trace;
use std::path::PathBuf;

const LINES: usize = 24;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn is_blessing() -> bool {
    std::env::var_os("RAFTLAB_BLESS").is_some()
}

fn trace(name: &str, seed: u64) -> String {
    let mut text = String::new();
    write_trace(&timeline(name, seed), &mut text).expect("a text takes all");
    text
}

#[test]
fn every_trace_has_the_digest_that_it_had() {
    let now = digests();
    if is_blessing() {
        std::fs::write(file("digests.txt"), &now).expect("it can be written");
        return;
    }
    let changed: Vec<&str> =
        now.lines().filter(|line| !DIGESTS.lines().any(|golden| golden == *line)).collect();
    assert!(
        changed.is_empty() && now == DIGESTS,
        "changed (RAFTLAB_BLESS=1 if meant): {changed:?}"
    );
}

#[test]
fn every_trace_begins_as_it_began() {
    for scenario in raft_scenarios::all() {
        let now: String = trace(&scenario.name, 42).split_inclusive('\n').take(LINES).collect();
        let file = file(&format!("{}.jsonl", scenario.name));
        if is_blessing() {
            std::fs::write(&file, &now).expect("it can be written");
            continue;
        }
        let golden = std::fs::read_to_string(&file).unwrap_or_default();
        for (place, (now, golden)) in now.lines().zip(golden.lines()).enumerate() {
            assert_eq!(
                now,
                golden,
                "{} line {} (RAFTLAB_BLESS=1 if meant)",
                scenario.name,
                place + 1
            );
        }
        assert_eq!(now, golden, "{} (RAFTLAB_BLESS=1 if meant)", scenario.name);
    }
}

#[test]
fn the_same_plan_gives_the_same_trace_and_another_seed_another() {
    for scenario in raft_scenarios::all() {
        let (first, second) = (trace(&scenario.name, 7), trace(&scenario.name, 7));
        assert!(first == second, "{}", scenario.name);
        assert!(first != trace(&scenario.name, 8), "{}", scenario.name);
    }
}

/// A trace is JSON that any reader takes, has a line for each record and one for the
/// head, and no number that isn't whole.
#[test]
fn a_trace_is_one_json_object_a_line() {
    for scenario in raft_scenarios::all() {
        let timeline = timeline(&scenario.name, 42);
        let text = trace(&scenario.name, 42);
        assert_eq!(text.lines().count(), timeline.records_count() as usize + 1);
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).expect(line);
            assert!(value.is_object());
            // A reader that writes what it read gives the same bytes: whole numbers stay.
            assert_eq!(serde_json::to_string(&value).expect("it is plain"), line);
        }
        let head: serde_json::Value =
            serde_json::from_str(text.lines().next().expect("it has a head")).expect("JSON");
        assert_eq!(head["format"], "raftlab-trace");
        assert_eq!(head["seed"], 42);
        assert_eq!(head["modified_raft"], !scenario.settings.flaws.is_none());
        assert_eq!(head["scenario"]["name"], scenario.name.as_str());
    }
}
