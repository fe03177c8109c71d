//! The schema of observed traces takes every line that the documentation shows, and every
//! line that a run of ours is told in; and refuses what the reader refuses. That of our own
//! takes every line of every golden trace.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod golden;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod json_schema;

use json_schema::fits;
use raft_sim::trace;
use raft_sim::trace::observed::{observed, schema};
use raft_sim::write_trace;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn the_schema_takes_what_is_written_and_read() {
    let schema = serde_json::to_value(schema()).expect("it is JSON");
    let shown = include_str!("../TRACE.md").split("```json\n").skip(1);
    let shown = shown.filter_map(|block| block.split("```").next());
    let mut lines: Vec<String> = shown.flat_map(str::lines).map(str::to_string).collect();
    for name in ["leader-crash", "phantom-leader-lease"] {
        let (_, told) = observed(&golden::timeline(name, 42));
        lines.extend(told.iter().map(ToString::to_string));
    }
    assert!(lines.len() > 1_000);
    for line in lines {
        let value: Value = serde_json::from_str(&line).expect("JSON");
        assert!(fits(&schema, &schema, &value), "{line}");
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let schema = serde_json::to_value(schema()).expect("it is JSON");
    let voted = json!({"at": 1, "what": {"voted": {"node": "a", "candidate": "b", "term": 1}}});
    assert!(fits(&schema, &schema, &voted));
    let head = json!({"format": "raftlab-observed-trace", "version": 1, "implementation": "x",
        "nodes": ["a"], "tells": ["votes"]});
    assert!(fits(&schema, &schema, &head));
    let changed = |value: &Value, pointer: &str, to: Value| {
        let mut value = value.clone();
        *value.pointer_mut(pointer).expect("it is there") = to;
        value
    };
    for wrong in [
        changed(&voted, "/at", json!(-1)),
        changed(&voted, "/at", json!(1.5)),
        changed(&voted, "/what/voted/term", json!("1")),
        changed(&voted, "/what", json!({"voted": {"node": "a", "candidate": "b"}})),
        changed(&voted, "/what", json!({"elected": {"node": "a"}})),
        changed(&voted, "/what/voted", json!({"node": "a", "candidate": "b", "term": 1, "x": 1})),
        changed(&head, "/format", json!("raftlab-trace")),
        changed(&head, "/version", json!(2)),
        changed(&head, "/tells", json!(["vote"])),
        json!({"at": 1}),
        json!([]),
    ] {
        assert!(!fits(&schema, &schema, &wrong), "{wrong}");
    }
}

/// What a line tells of: its kind, and that of what happened inside a node.
fn kinds(line: &Value) -> Vec<String> {
    let kind = |what: &Value| match what {
        Value::String(kind) => kind.clone(),
        what => what.as_object().and_then(|it| it.keys().next()).cloned().unwrap_or_default(),
    };
    vec![kind(&line["what"]), kind(&line["what"]["node"]["transition"])]
}

#[test]
fn the_schema_of_our_own_traces_takes_every_line_of_every_golden_trace() {
    let schema = serde_json::to_value(trace::schema()).expect("it is JSON");
    let (mut told, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for name in raft_scenarios::names() {
        let mut text = String::new();
        write_trace(&golden::timeline(name, 42), &mut text).expect("a text takes all");
        for line in text.lines() {
            // Lines that differ in their numbers only are of one shape.
            let is_digit = |letter: char| letter.is_ascii_digit();
            if !seen.insert(line.split(is_digit).filter(|it| !it.is_empty()).collect::<String>()) {
                continue;
            }
            let value: Value = serde_json::from_str(line).expect("JSON");
            assert!(fits(&schema, &schema, &value), "{name}: {line}");
            told.extend(kinds(&value));
        }
    }
    for kind in ["sent", "violated", "snapshot-taken", "became-leader", "vote-refused", "link-cut"]
    {
        assert!(told.contains(kind), "{kind}: {told:?}");
    }
}

#[test]
fn the_schema_of_our_own_traces_refuses_a_line_that_is_broken() {
    let schema = serde_json::to_value(trace::schema()).expect("it is JSON");
    let mut text = String::new();
    write_trace(&golden::timeline("leader-crash", 42), &mut text).expect("a text takes all");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of_kind = |kind: &str| {
        let line = lines.iter().find(|line| line["what"].get(kind).is_some());
        line.unwrap_or_else(|| panic!("nothing is {kind}")).clone()
    };
    let head = lines[0].clone();
    for (line, pointer, to) in [
        (&head, "/version", json!(1)),
        (&head, "/format", json!("raftlab-observed-trace")),
        (&head, "/scenario/nodes", json!("5")),
        (&head, "/scenario/steps/0/at", json!(10)),
        (&head, "/scenario", json!({"raftlab": 1, "nodes": 5})),
        (&of_kind("sent"), "/at", json!(-1)),
        (&of_kind("sent"), "/event", json!("1")),
        (&of_kind("sent"), "/what", json!({"flew": {}})),
        (&of_kind("sent"), "/what/sent/envelope/body", json!({"shout": {}})),
        (&of_kind("sent"), "/what/sent", json!({"message": 1})),
        (&of_kind("crashed"), "/what/crashed/node", json!("B")),
        (&of_kind("node"), "/what/node/transition", json!("danced")),
    ] {
        let mut broken = line.clone();
        assert!(fits(&schema, &schema, &broken), "{broken}");
        *broken.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} in {line}")) = to;
        assert!(!fits(&schema, &schema, &broken), "{broken}");
    }
    let mut longer = of_kind("crashed");
    longer["what"]["crashed"]["why"] = json!("a cat");
    assert!(!fits(&schema, &schema, &longer), "{longer}");
}
