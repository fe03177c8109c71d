//! The schema of observed traces takes every line that the documentation shows, and every
//! line that a run of ours is told in; and refuses what the reader refuses.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod golden;

use raft_sim::trace::observed::{observed, schema};
use serde_json::{Value, json};

/// Whether a value fits a schema, by the words of JSON Schema that ours uses. Any other
/// word is an error of this test, which would have to learn it.
fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    let Value::Object(words) = schema else { return schema.as_bool() == Some(true) };
    words.iter().all(|(word, says)| match (word.as_str(), says) {
        ("$schema" | "title" | "description" | "$defs" | "format" | "default", _) => true,
        ("$ref", says) => {
            let path = says.as_str().and_then(|path| path.strip_prefix('#')).expect("a path");
            fits(root, root.pointer(path).expect("it is defined"), value)
        }
        ("anyOf", says) => list(says).iter().any(|says| fits(root, says, value)),
        ("oneOf", says) => list(says).iter().filter(|says| fits(root, says, value)).count() == 1,
        ("const", says) => says == value,
        ("enum", says) => list(says).contains(value),
        ("type", Value::Array(says)) => says.iter().any(|says| is_of(says, value)),
        ("type", says) => is_of(says, value),
        ("minimum", says) => {
            value.as_i64().is_none_or(|value| value >= says.as_i64().expect("one"))
        }
        ("maximum", says) => {
            value.as_u64().is_none_or(|value| value <= says.as_u64().expect("one"))
        }
        ("required", says) => {
            list(says).iter().all(|name| value.get(name.as_str().expect("a name")).is_some())
        }
        ("properties", Value::Object(says)) => {
            says.iter().all(|(name, says)| value.get(name).is_none_or(|it| fits(root, says, it)))
        }
        ("additionalProperties", Value::Bool(false)) => {
            let known = words.get("properties");
            let is_known = |name: &String| known.is_some_and(|known| known.get(name).is_some());
            value.as_object().is_none_or(|fields| fields.keys().all(is_known))
        }
        ("items", says) => {
            value.as_array().is_none_or(|items| items.iter().all(|it| fits(root, says, it)))
        }
        _ => panic!("what does {word}: {says} mean?"),
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("what is {other}?"),
    }
}

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
