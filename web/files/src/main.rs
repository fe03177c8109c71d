//! Reads and writes files for the page: scenarios as TOML and JSON, and traces, ours and
//! others'. Their parsers are larger than all that most readers ever load, so they are a wasm
//! of their own, which the page fetches when somebody has a file (web/src/files.rs).
//!
//! The two share no memory. What passes between them is text: a run is the hash of a link.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use raft_sim::{
    Document, Plan, Scenario, ScenarioError, Timeline, format_steps, parse_steps, sort_steps,
    trace, write_trace,
};
use std::sync::Arc;
use wasm_bindgen::prelude::wasm_bindgen;

fn main() {}

/// Reads a file: a scenario as TOML or JSON, or a trace. The first text says what came of it:
/// `run`, with the hash of a link next; `observed`, a trace of another implementation's; or
/// `wrong`. Sentences for the reader follow, one a line of the answer.
#[wasm_bindgen]
pub fn read(text: &str) -> Vec<String> {
    let told = if is_trace(text) { read_trace(text) } else { read_scenario(text) };
    told.unwrap_or_else(|wrong| answer("wrong", wrong))
}

/// Writes a run: `toml` and `json` as a scenario that has the interventions in its schedule,
/// `jsonl` as a trace. The first text is `text`, with the text next, or `wrong`, with sentences.
#[wasm_bindgen]
pub fn write(format: &str, packed: &[u8], seed: &str, interventions: &str) -> Vec<String> {
    match written(format, packed, seed, interventions) {
        Ok(text) => answer("text", vec![text]),
        Err(wrong) => answer("wrong", wrong),
    }
}

fn answer(what: &str, mut sentences: Vec<String>) -> Vec<String> {
    sentences.insert(0, what.to_owned());
    sentences
}

/// A trace says in its first line that it is one.
fn is_trace(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or_default();
    first.starts_with('{') && first.contains("\"format\"")
}

fn read_scenario(text: &str) -> Result<Vec<String>, Vec<String>> {
    let document = match text.trim_start().starts_with('{') {
        true => Document::from_json(text),
        false => Document::from_toml(text),
    };
    let scenario = document.and_then(|document| document.scenario()).map_err(sentences)?;
    Ok(answer("run", vec![hash(&scenario, scenario.seed, "")]))
}

fn read_trace(text: &str) -> Result<Vec<String>, Vec<String>> {
    let verdict = trace::check(text.as_bytes()).map_err(|error| vec![format!("{error}.")])?;
    let lines = verdict.to_string().lines().map(str::to_owned).collect();
    let trace::Origin::Ours { .. } = verdict.origin else { return Ok(answer("observed", lines)) };
    let plan = trace::plan_of(text.as_bytes()).map_err(|error| vec![format!("{error}.")])?;
    let interventions = format_steps(plan.interventions());
    let hash = hash(plan.scenario(), Some(plan.seed()), &interventions);
    let mut told = answer("run", vec![hash]);
    told.extend(lines);
    Ok(told)
}

fn hash(scenario: &Scenario, seed: Option<u64>, interventions: &str) -> String {
    let packed = Document::of(scenario).to_packed();
    let mut hash = format!("#own={}", URL_SAFE_NO_PAD.encode(packed));
    if let Some(seed) = seed {
        hash.push_str(&format!("&seed={seed}"));
    }
    if !interventions.is_empty() {
        hash.push_str(&format!("&do={interventions}"));
    }
    hash
}

fn written(
    format: &str,
    packed: &[u8],
    seed: &str,
    interventions: &str,
) -> Result<String, Vec<String>> {
    let document = Document::from_packed(packed).map_err(|error| vec![error.to_string()])?;
    let mut scenario = document.scenario().map_err(sentences)?;
    let seed = seed.parse().map_err(|_| vec![format!("“{seed}” is no seed.")])?;
    let steps = parse_steps(interventions).map_err(|error| vec![error.to_string()])?;
    if format == "jsonl" {
        let plan = Plan::new(scenario, seed, steps).map_err(sentences)?;
        let mut text = String::new();
        return match write_trace(&Timeline::new(Arc::new(plan)), &mut text) {
            Ok(()) => Ok(text),
            Err(_) => Err(vec!["The trace could not be written.".to_owned()]),
        };
    }
    if !steps.is_empty() {
        scenario.script.extend(steps);
        sort_steps(&mut scenario.script);
        // It said what the run comes to that nobody meddles with.
        scenario.expectations = Default::default();
    }
    scenario.seed = Some(seed);
    let document = Document::of(&scenario);
    Ok(if format == "json" { document.to_json() } else { document.to_toml() })
}

fn sentences(errors: Vec<ScenarioError>) -> Vec<String> {
    errors.iter().map(|error| format!("{error}.").replace("..", ".")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DONE: &str = "600000:crash:leader,700000:write:B";

    fn packed(name: &str) -> Vec<u8> {
        Document::of(&raft_scenarios::by_name(name).expect("it is built in")).to_packed()
    }

    fn text(format: &str) -> String {
        let told = write(format, &packed("leader-crash"), "7", DONE);
        assert_eq!(told[0], "text", "{told:?}");
        told[1].clone()
    }

    fn plan(hash: &str) -> Plan {
        let mut packed = Vec::new();
        let (mut seed, mut steps) = (0, Vec::new());
        for part in hash.trim_start_matches('#').split('&') {
            match part.split_once('=').expect("a field") {
                ("own", own) => packed = URL_SAFE_NO_PAD.decode(own).expect("base64"),
                ("seed", text) => seed = text.parse().expect("a seed"),
                ("do", text) => steps = parse_steps(text).expect("steps"),
                other => panic!("{other:?}"),
            }
        }
        let scenario = Document::from_packed(&packed).and_then(|document| {
            Ok(document.scenario().expect("a scenario"))
        });
        Plan::new(scenario.expect("packed"), seed, steps).expect("a plan")
    }

    fn records(plan: Plan) -> Vec<String> {
        let mut text = String::new();
        write_trace(&Timeline::new(Arc::new(plan)), &mut text).expect("it is written");
        // The head tells a schedule apart from interventions; what happens is the same.
        text.lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn a_run_survives_being_a_scenario_in_a_file() {
        let scenario = raft_scenarios::by_name("leader-crash").expect("it is built in");
        let steps = parse_steps(DONE).expect("steps");
        let run = records(Plan::new(scenario, 7, steps).expect("a plan"));
        for format in ["toml", "json"] {
            let told = read(&text(format));
            assert_eq!(told[0], "run", "{told:?}");
            assert!(records(plan(&told[1])) == run, "{format}");
        }
    }

    #[test]
    fn a_trace_of_ours_is_the_run_again() {
        let trace = text("jsonl");
        let told = read(&trace);
        assert_eq!(told[0], "run", "{told:?}");
        assert!(told[1].contains(&format!("&seed=7&do={DONE}")), "{}", told[1]);
        assert!(told[3].contains("byte for byte"), "{told:?}");
        let tampered = read(&trace.replacen("\"term\":1", "\"term\":9", 3));
        assert_eq!(tampered[0], "wrong");
        assert!(tampered[1].contains("line"), "{tampered:?}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let told = read("raftlab = 1\nname = \"mine\"\nnodes = 99\ncolour = \"red\"\n");
        assert_eq!(told[0], "wrong");
        let all = told.join(" ");
        assert!(all.contains("line 3: nodes") && all.contains("line 4: colour"), "{all}");
        for text in ["", "{", "hello", "{\"format\":\"other\"}", "\u{0}", "= = ="] {
            assert_eq!(read(text)[0], "wrong", "{text}");
        }
        for (format, packed, seed, steps) in
            [("toml", vec![255], "7", ""), ("json", packed("leader-crash"), "x", ""),
             ("jsonl", packed("leader-crash"), "7", "5:explode")]
        {
            assert_eq!(write(format, &packed, seed, steps)[0], "wrong");
        }
    }
}
