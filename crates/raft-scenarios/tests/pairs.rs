//! Two scenarios that are shown side by side differ in one place only: what differs in the
//! runs is then owed to that.

use raft_sim::Document;
use serde_json::Value;

/// Texts, what is expected, and what is only told of where nodes stand, are about the
/// difference: they are no part of it.
const ABOUT_IT: [&str; 6] = ["name", "title", "summary", "seed", "expectations", "places"];

fn json(name: &str) -> Value {
    let scenario = raft_scenarios::by_name(name).expect("it is built in");
    let text = Document::of(&scenario).to_json();
    let mut value: Value = serde_json::from_str(&text).expect("it is JSON");
    let fields = value.as_object_mut().expect("a document is a table");
    fields.retain(|field, _| !ABOUT_IT.contains(&field.as_str()));
    value
}

/// The places in which two values differ.
fn differences(one: &Value, other: &Value, place: &str, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let fields = one.keys().chain(other.keys().filter(|field| !one.contains_key(*field)));
            for field in fields {
                let of = |table: &serde_json::Map<String, Value>| {
                    table.get(field).cloned().unwrap_or(Value::Null)
                };
                differences(&of(one), &of(other), &format!("{place}.{field}"), found);
            }
        }
        // What is as by default is left out of the text, the table around it too.
        (Value::Null, Value::Object(only)) | (Value::Object(only), Value::Null)
            if !only.is_empty() =>
        {
            for (field, value) in only {
                differences(&Value::Null, value, &format!("{place}.{field}"), found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (at, (one, other)) in one.iter().zip(other).enumerate() {
                differences(one, other, &format!("{place}[{at}]"), found);
            }
        }
        _ if one == other => {}
        _ => found.push(format!("{place}: {one} and {other}")),
    }
}

#[test]
fn the_two_of_a_pair_differ_in_one_setting_only() {
    let mut pairs = 0;
    for one in raft_scenarios::list() {
        let Some(other) = one.counterpart else { continue };
        let back = raft_scenarios::named(other).and_then(|other| other.counterpart);
        assert_eq!(back, Some(one.name), "each is the other's");
        let mut found = Vec::new();
        differences(&json(one.name), &json(other), "", &mut found);
        assert_eq!(found.len(), 1, "{} and {other}: {found:#?}", one.name);
        pairs += 1;
    }
    assert!(pairs >= 2 * 7, "{pairs}");
}

/// So that what differs between real systems is their timing and nothing else.
#[test]
fn the_settings_of_real_systems_differ_in_the_preset_only() {
    let names: Vec<&str> =
        raft_scenarios::names().filter(|name| name.starts_with("settings-")).collect();
    assert!(names.len() >= 5);
    for pair in names.windows(2) {
        let mut found = Vec::new();
        differences(&json(pair[0]), &json(pair[1]), "", &mut found);
        assert!(found.iter().all(|place| place.starts_with(".timing.")), "{pair:?}: {found:#?}");
        assert!(!found.is_empty(), "{pair:?}");
    }
}
