//! The schema of observed traces takes every line that the documentation shows, and every
//! line that a run of ours is told in; and refuses what the reader refuses.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod golden;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod json_schema;

use json_schema::fits;
use raft_sim::trace::observed::{observed, schema};
use serde_json::{Value, json};

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
