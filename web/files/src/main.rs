//! Reads and writes files for the page: scenarios as TOML and JSON, traces, ours and others',
//! and figures. That is larger than all that most readers ever load, so it is a wasm of its
//! own, which the page fetches when somebody has a file (web/src/files.rs).
//!
//! The two share no memory. What passes between them is text: a run is the hash of a link.
//! Each answer is a list of texts, of which the first says what it is; `wrong` is followed by
//! sentences for the reader.

mod browser;
mod figure;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use figure::What;
use raft_core::Micros;
use raft_scene::TimelineIndex;
use raft_sim::trace::observed::{OBSERVED_FORMAT, Observation};
use raft_sim::{
    Document, Plan, Scenario, ScenarioError, Step, Timeline, format_steps, parse_steps, sort_steps,
    trace, write_trace,
};
use std::cell::RefCell;
use std::sync::Arc;
use wasm_bindgen::prelude::wasm_bindgen;

/// How many errors are told: what has more is no scenario at all.
const MOST_ERRORS: usize = 20;

fn main() {}

thread_local! {
    /// The trace of another implementation that was read last: figures are drawn of it.
    static OBSERVED: RefCell<Option<(Observation, TimelineIndex)>> = const { RefCell::new(None) };
    /// What can be saved: the last text that was written, or figure that was drawn.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Reads a file: a scenario as TOML or JSON, or a trace. Of a run the answer is `run`, with the
/// hash of a link; of another implementation's trace `observed`, with how many microseconds it
/// takes and how the rules stand in it.
#[wasm_bindgen]
pub fn read(text: &str) -> Vec<String> {
    let told = match trace_of(text) {
        None => read_scenario(text),
        Some(Whose::Ours) => read_trace(text),
        Some(Whose::Observed) => read_observed(text),
    };
    told.unwrap_or_else(|wrong| answer("wrong", wrong))
}

/// Writes a run: `toml` and `json` as a scenario that has the interventions in its schedule,
/// `jsonl` as a trace. The answer is `text`, with the text.
#[wasm_bindgen]
pub fn write(format: &str, packed: &[u8], seed: &str, interventions: &str) -> Vec<String> {
    match written(format, packed, seed, interventions) {
        Ok(text) => {
            LAST.set(text.clone());
            answer("text", vec![text])
        }
        Err(wrong) => answer("wrong", wrong),
    }
}

/// Draws a moment, in microseconds: of a run of ours, or, where none is given, of the trace
/// that was read last. The answer is `figure`, with the address of an image.
#[wasm_bindgen]
pub fn draw(
    what: &str,
    theme: &str,
    at: &str,
    packed: &[u8],
    seed: &str,
    interventions: &str,
) -> Vec<String> {
    let drawn = drawn(What::read(what), theme, at, (packed, seed, interventions));
    let shown = drawn.and_then(|svg| {
        let address = browser::show(&svg).ok_or(vec!["It could not be shown.".to_owned()])?;
        LAST.set(svg);
        Ok(address)
    });
    shown.map_or_else(|wrong| answer("wrong", wrong), |address| answer("figure", vec![address]))
}

/// Has the browser save what was written or drawn last under this name; a figure as pixels
/// where the name ends in `.png`. The answer is `saved`.
#[wasm_bindgen]
pub async fn save(name: &str) -> Vec<String> {
    let last = LAST.with_borrow(String::clone);
    let kind = if name.ends_with(".svg") { "image/svg+xml" } else { "text/plain" };
    let saved = match name.ends_with(".png") {
        true => browser::save_picture(name, &last).await,
        false => browser::save_text(name, &last, kind),
    };
    match saved {
        Ok(()) => answer("saved", Vec::new()),
        Err(_) => answer("wrong", vec!["The browser does not let this page save it.".to_owned()]),
    }
}

fn answer(what: &str, mut sentences: Vec<String>) -> Vec<String> {
    sentences.insert(0, what.to_owned());
    sentences
}

enum Whose {
    Ours,
    Observed,
}

/// A trace says in its first line that it is one, and whose.
fn trace_of(text: &str) -> Option<Whose> {
    let first = text.trim_start().lines().next().unwrap_or_default();
    if !first.starts_with('{') || !first.contains("\"format\"") {
        None
    } else if first.contains(OBSERVED_FORMAT) {
        Some(Whose::Observed)
    } else {
        Some(Whose::Ours)
    }
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
    // That the head can be read is not enough: each line is what the run gives.
    trace::check(text.as_bytes()).map_err(|error| vec![format!("{error}.")])?;
    let plan = trace::plan_of(text.as_bytes()).map_err(|error| vec![format!("{error}.")])?;
    let interventions = format_steps(plan.interventions());
    Ok(answer("run", vec![hash(plan.scenario(), Some(plan.seed()), &interventions)]))
}

fn read_observed(text: &str) -> Result<Vec<String>, Vec<String>> {
    let observation =
        Observation::read(text.as_bytes()).map_err(|error| vec![format!("{error}.")])?;
    let mut told = vec![observation.verdict.until.0.to_string()];
    told.extend(observation.verdict.to_string().lines().map(str::to_owned));
    let index = TimelineIndex::of_observed(&observation);
    OBSERVED.set(Some((observation, index)));
    Ok(answer("observed", told))
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
    let (mut scenario, seed, steps) = run_of(packed, seed, interventions)?;
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

/// A run as the page names it.
fn run_of(
    packed: &[u8],
    seed: &str,
    interventions: &str,
) -> Result<(Scenario, u64, Vec<Step>), Vec<String>> {
    let document = Document::from_packed(packed).map_err(|error| vec![error.to_string()])?;
    let scenario = document.scenario().map_err(sentences)?;
    let seed = seed.parse().map_err(|_| vec![format!("“{seed}” is no seed.")])?;
    let steps = parse_steps(interventions).map_err(|error| vec![error.to_string()])?;
    Ok((scenario, seed, steps))
}

fn drawn(
    what: What,
    theme: &str,
    at: &str,
    (packed, seed, interventions): (&[u8], &str, &str),
) -> Result<String, Vec<String>> {
    let at = Micros(at.parse().map_err(|_| vec![format!("“{at}” is no moment.")])?);
    if packed.is_empty() {
        return OBSERVED.with_borrow(|observed| match observed {
            Some((observation, index)) => figure::of_observed(observation, index, at, what, theme),
            None => Err(vec!["There is nothing to draw.".to_owned()]),
        });
    }
    let (scenario, seed, steps) = run_of(packed, seed, interventions)?;
    let plan = Plan::new(scenario, seed, steps).map_err(sentences)?;
    figure::of_run(plan, at, what, theme)
}

fn sentences(errors: Vec<ScenarioError>) -> Vec<String> {
    let told = errors.iter().take(MOST_ERRORS);
    let mut told: Vec<String> = told.map(|error| format!("{error}.").replace("..", ".")).collect();
    if errors.len() > MOST_ERRORS {
        told.push(format!("And {} more.", errors.len() - MOST_ERRORS));
    }
    told
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
        let scenario = Document::from_packed(&packed)
            .and_then(|document| Ok(document.scenario().expect("a scenario")));
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
        for (format, packed, seed, steps) in [
            ("toml", vec![255], "7", ""),
            ("json", packed("leader-crash"), "x", ""),
            ("jsonl", packed("leader-crash"), "7", "5:explode"),
        ] {
            assert_eq!(write(format, &packed, seed, steps)[0], "wrong");
        }
    }

    const OBSERVED: &str = include_str!("../../../crates/raft-sim/TRACE.md");

    /// The trace that the format's own description has for an example.
    fn example() -> &'static str {
        let (_, rest) = OBSERVED.split_once("```json\n").expect("an example");
        rest.split_once("```").expect("its end").0
    }

    #[test]
    fn anothers_trace_is_judged_and_drawn() {
        let told = read(example());
        assert_eq!(told[..2], ["observed", "42000"], "{told:?}");
        assert!(told.join(" ").contains("Election Safety: holds"), "{told:?}");
        for (what, says) in [(What::Stage, "n2"), (What::Timeline, "n3"), (What::Log, "n1")] {
            let svg = drawn(what, "light", "30000", (&[], "", "")).expect("a figure");
            assert!(svg.starts_with("<svg") && svg.contains(says), "{what:?}: {svg}");
            assert!(svg.contains("example 1.0"));
        }
        let two_leaders = example().replace("n2\",\"role\":\"follower", "n2\",\"role\":\"leader");
        let told = read(&two_leaders).join(" ");
        assert!(
            told.contains("Election Safety: violated")
                && told.contains("line 12: Election Safety violated"),
            "{told}"
        );
        let cut_off = &example()[..400];
        assert!(read(cut_off).join(" ").contains("line 4"), "{:?}", read(cut_off));
    }

    #[test]
    fn a_figure_of_the_run_on_screen_is_that_of_the_command() {
        let run = &packed("leader-crash")[..];
        for what in [What::Stage, What::Timeline, What::Log] {
            let svg = drawn(what, "dark", "650000", (run, "7", DONE)).expect("a figure");
            assert!(
                svg.contains("leader-crash · seed 7 · at 650.0 ms · with 2 interventions"),
                "{svg}"
            );
        }
        assert!(drawn(What::Stage, "dark", "soon", (run, "7", DONE)).is_err());
    }
}
