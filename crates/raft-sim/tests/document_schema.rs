//! The schema of a scenario takes the JSON of every scenario that is built in, and refuses
//! what the reader refuses.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod json_schema;

use json_schema::fits;
use raft_sim::Document;
use raft_sim::document::schema;
use serde_json::{Value, json};

#[test]
fn every_built_in_scenario_fits_the_schema() {
    let schema = Value::from(schema());
    for scenario in raft_scenarios::all() {
        let json = Document::of(&scenario).to_json();
        let value: Value = serde_json::from_str(&json).expect("it is JSON");
        assert!(fits(&schema, &schema, &value), "{json}");
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let schema = Value::from(schema());
    let good = json!({
        "raftlab": 1, "nodes": 3, "duration": "1 s",
        "network": { "latency": { "normal": { "mean": "5 ms", "deviation": "1 ms" } } },
        "steps": [{ "at": "1 ms", "do": "heal" }],
    });
    assert!(fits(&schema, &schema, &good));
    assert!(Document::from_json(&good.to_string()).is_ok());
    for (path, wrong) in [
        ("", json!({ "planets": 9 })),
        ("", json!({ "raftlab": 2 })),
        ("", json!({ "nodes": "three" })),
        ("", json!({ "raft": { "prevote": true } })),
        ("", json!({ "raft": { "flaws": ["no-such-flaw"] } })),
        ("/network", json!({ "latency": { "cubic": "5 ms" } })),
        ("/steps/0", json!({ "when": "now" })),
    ] {
        let mut bad = good.clone();
        let place = bad.pointer_mut(path).and_then(Value::as_object_mut).expect("a table");
        place.extend(wrong.as_object().expect("a table").clone());
        assert!(!fits(&schema, &schema, &bad), "{bad}");
        assert!(Document::from_json(&bad.to_string()).is_err(), "{bad}");
    }
    for latency in [
        json!("0.4-1.2 ms"),
        json!({ "log-normal": { "median": "5 ms", "p99": "40 ms" } }),
        json!({ "quantiles": { "min": "1 ms", "p10": "2 ms", "p50": "3 ms", "p90": "5 ms", "p99": "9 ms", "max": "1 s" } }),
    ] {
        let mut other = good.clone();
        other["network"]["latency"] = latency;
        assert!(fits(&schema, &schema, &other), "{other}");
        assert!(Document::from_json(&other.to_string()).is_ok(), "{other}");
    }
    let missing = json!({ "raftlab": 1, "nodes": 3 });
    assert!(!fits(&schema, &schema, &missing));
}

#[test]
fn every_way_to_say_how_long_something_takes_fits_the_schema() {
    let schema = Value::from(schema());
    for latency in [
        json!("5 ms"),
        json!("0.4-1.2 ms"),
        json!({ "normal": { "mean": "5 ms", "deviation": "1 ms" } }),
        json!({ "log-normal": { "median": "5 ms", "p99": "40 ms" } }),
        json!({ "quantiles": { "min": "1 ms", "p10": "2 ms", "p50": "3 ms", "p90": "5 ms",
            "p99": "9 ms", "max": "1 s" } }),
    ] {
        let document = json!({ "raftlab": 1, "nodes": 3, "duration": "1 s",
            "network": { "latency": latency } });
        assert!(fits(&schema, &schema, &document), "{document}");
        assert!(Document::from_json(&document.to_string()).is_ok(), "{document}");
    }
}

/// Whoever writes a scenario reads in the schema what each field means.
#[test]
fn every_field_is_described() {
    fn look(schema: &Value, path: &str) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            for (name, field) in properties {
                let is_described = field["description"].as_str().is_some_and(|it| !it.is_empty())
                    || field.get("$ref").is_some();
                assert!(is_described, "{path}.{name}");
            }
        }
    }
    let schema = Value::from(schema());
    look(&schema, "");
    for (name, part) in schema["$defs"].as_object().expect("it has parts") {
        look(part, name);
    }
}
