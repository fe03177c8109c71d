//! Files for the page: reads and writes scenarios as TOML and JSON and traces, ours and
//! others', and draws figures; with the dialog for all that. It is as large as all else that
//! a reader ever loads, so it is a wasm of its own, which the page fetches when it is wanted
//! (web/src/files.rs).
//!
//! The two share no memory. What passes between them is text: a run is the hash of a link.

mod browser;
// As the page has them.
#[path = "../../src/clipboard.rs"]
mod clipboard;
#[path = "../../src/dialog.rs"]
mod dialog;
mod figure;
mod files_dialog;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use files_dialog::{Files, Given, Props};
use js_sys::Function;
use raft_core::Micros;
use raft_scene::TimelineIndex;
use raft_scene::svg::FigureOf;
use raft_sim::trace::observed::{OBSERVED_FORMAT, Observation};
use raft_sim::{
    Document, Plan, Scenario, ScenarioError, Step, Timeline, format_steps, parse_steps, sort_steps,
    trace, write_trace,
};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use yew::{AppHandle, Callback};

/// How many errors are told: what has more is no scenario at all.
const MOST_ERRORS: usize = 20;

fn main() {}

thread_local! {
    /// The dialog, once it was opened, and what it shows.
    static DIALOG: Cell<Option<(AppHandle<Files>, Props)>> = const { Cell::new(None) };
    /// Where it is, and whom to tell when it fails.
    static LAST_WORDS: Cell<Option<(web_sys::Element, Function)>> =
        const { Cell::new(None) };
    /// The trace of another implementation that was read last: figures are drawn of it.
    static OBSERVED: RefCell<Option<(Observation, TimelineIndex)>> = const { RefCell::new(None) };
}

/// Opens the dialog on a run that is on screen at a moment, in microseconds, with a file or a
/// text that was given. `answer` is told the hash of a run that is to be opened, what is wrong
/// with the dialog itself, or, when it was closed, nothing.
#[wasm_bindgen]
pub fn show(
    packed: &[u8],
    seed: &str,
    interventions: &str,
    at: &str,
    given: JsValue,
    answer: Function,
) {
    let broken = answer.clone();
    let answer = Callback::from(move |hash: Option<String>| {
        let _ = answer.call1(&JsValue::NULL, &hash.into());
    });
    let run = match Run::read(packed, seed, interventions, at) {
        Ok(run) => run,
        Err(wrong) => return answer.emit(Some(wrong.join(" "))),
    };
    let given = match given.as_string() {
        Some(text) => Some(Given::Text(text)),
        None => given.dyn_into().ok().map(Given::File),
    };
    let props = Props { run, is_open: true, given, answer };
    let dialog = match DIALOG.take() {
        Some((mut dialog, _)) => {
            dialog.update(props.clone());
            dialog
        }
        None => {
            let Some(place) = browser::place() else { return };
            tell_panics(place.clone(), broken);
            yew::Renderer::<Files>::with_root_and_props(place, props.clone()).render()
        }
    };
    DIALOG.set(Some((dialog, props)));
}

/// Closes it.
#[wasm_bindgen]
pub fn hide() {
    if let Some((mut dialog, props)) = DIALOG.take() {
        let props = Props { is_open: false, given: None, ..props };
        dialog.update(props.clone());
        DIALOG.set(Some((dialog, props)));
    }
}

/// Whoever reads what others wrote may fail at it: then the dialog goes, and the page goes on.
/// It is told by a second argument that this wasm is of no use any more.
fn tell_panics(place: web_sys::Element, answer: Function) {
    LAST_WORDS.set(Some((place, answer)));
    // Through Yew, which would put a hook of its own in the place of ours.
    yew::set_custom_panic_hook(Box::new(|panic| {
        // What it is made of is in no state to be taken apart.
        std::mem::forget(DIALOG.take());
        if let Some((place, answer)) = LAST_WORDS.take() {
            place.remove();
            let wrong =
                format!("Reading or writing a file failed, by a fault of Raftlab's. {panic}");
            let _ = answer.call2(&JsValue::NULL, &wrong.into(), &JsValue::TRUE);
        }
    }));
}

/// A run that is on screen.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Run {
    scenario: Scenario,
    seed: u64,
    interventions: Vec<Step>,
    at: Micros,
}

impl Run {
    fn read(packed: &[u8], seed: &str, interventions: &str, at: &str) -> Result<Run, Vec<String>> {
        let document = Document::from_packed(packed).map_err(|error| vec![error.to_string()])?;
        let scenario = document.scenario().map_err(sentences)?;
        let seed = seed.parse().map_err(|_| vec![format!("“{seed}” is no seed.")])?;
        let interventions = parse_steps(interventions).map_err(|error| vec![error.to_string()])?;
        let at = Micros(at.parse().map_err(|_| vec![format!("“{at}” is no moment.")])?);
        Ok(Run { scenario, seed, interventions, at })
    }

    fn plan(&self) -> Result<Plan, Vec<String>> {
        Plan::new(self.scenario.clone(), self.seed, self.interventions.clone()).map_err(sentences)
    }

    /// What a file of it is called.
    fn name(&self) -> String {
        format!("{}-{}", self.scenario.name, self.seed)
    }
}

/// What was read.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Opened {
    /// A run: the hash of a link to it.
    Run(String),
    /// A trace of another implementation's: when it ends, and how the rules stand in it.
    Observed(Micros, Vec<String>),
}

/// Reads a file: a scenario as TOML or JSON, a trace, or a lesson.
///
/// # Errors
/// Everything that is wrong with it, in sentences for the reader.
pub(crate) fn read(text: &str) -> Result<Opened, Vec<String>> {
    if let Some(data) = text.trim().strip_prefix(LESSON) {
        // The page reads it, and says what is wrong with it.
        return Ok(Opened::Run(format!("#lesson-data={data}")));
    }
    match trace_of(text) {
        None => read_scenario(text),
        Some(Whose::Ours) => read_trace(text),
        Some(Whose::Observed) => read_observed(text),
    }
}

/// What the file of a lesson begins with (`raft_lessons::file`).
const LESSON: &str = "raftlab-lesson:";

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

fn read_scenario(text: &str) -> Result<Opened, Vec<String>> {
    let document = match text.trim_start().starts_with('{') {
        true => Document::from_json(text),
        false => Document::from_toml(text),
    };
    let scenario = document.and_then(|document| document.scenario()).map_err(sentences)?;
    Ok(Opened::Run(hash(&scenario, scenario.seed, "")))
}

fn read_trace(text: &str) -> Result<Opened, Vec<String>> {
    // That the head can be read is not enough: each line is what the run gives.
    trace::check(text.as_bytes()).map_err(|error| vec![format!("{error}.")])?;
    let plan = trace::plan_of(text.as_bytes()).map_err(|error| vec![format!("{error}.")])?;
    let interventions = format_steps(plan.interventions());
    Ok(Opened::Run(hash(plan.scenario(), Some(plan.seed()), &interventions)))
}

fn read_observed(text: &str) -> Result<Opened, Vec<String>> {
    let observation =
        Observation::read(text.as_bytes()).map_err(|error| vec![format!("{error}.")])?;
    let until = observation.verdict.until;
    let verdict = observation.verdict.to_string().lines().map(str::to_owned).collect();
    let index = TimelineIndex::of_observed(&observation);
    OBSERVED.set(Some((observation, index)));
    Ok(Opened::Observed(until, verdict))
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

/// Writes a run: `toml` and `json` as a scenario that has the interventions in its schedule,
/// `jsonl` as a trace.
///
/// # Errors
/// Why it can't be written, in sentences for the reader.
pub(crate) fn written(run: &Run, format: &str) -> Result<String, Vec<String>> {
    if format == "jsonl" {
        let mut text = String::new();
        return match write_trace(&Timeline::new(Arc::new(run.plan()?)), &mut text) {
            Ok(()) => Ok(text),
            Err(_) => Err(vec!["The trace could not be written.".to_owned()]),
        };
    }
    let mut scenario = run.scenario.clone();
    if !run.interventions.is_empty() {
        scenario.script.extend(run.interventions.iter().cloned());
        sort_steps(&mut scenario.script);
        // It said what the run comes to that nobody meddles with.
        scenario.expectations = Default::default();
    }
    scenario.seed = Some(run.seed);
    let document = Document::of(&scenario);
    Ok(if format == "json" { document.to_json() } else { document.to_toml() })
}

/// Draws a moment of a run, or, where none is given, of the trace that was read last.
///
/// # Errors
/// Why it can't be drawn, in sentences for the reader.
pub(crate) fn drawn(
    run: Option<&Run>,
    what: FigureOf,
    theme: &str,
    at: Micros,
) -> Result<String, Vec<String>> {
    match run {
        Some(run) => figure::of_run(run.plan()?, at, what, theme),
        None => OBSERVED.with_borrow(|observed| match observed {
            Some((observation, index)) => figure::of_observed(observation, index, at, what, theme),
            None => Err(vec!["There is nothing to draw.".to_owned()]),
        }),
    }
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

    fn run() -> Run {
        let scenario = raft_scenarios::by_name("leader-crash").expect("it is built in");
        Run::read(&Document::of(&scenario).to_packed(), "7", DONE, "650000").expect("a run")
    }

    fn hash_of(text: &str) -> String {
        match read(text) {
            Ok(Opened::Run(hash)) => hash,
            other => panic!("{other:?}"),
        }
    }

    fn wrong(text: &str) -> String {
        read(text).expect_err("it is wrong").join(" ")
    }

    fn plan(hash: &str) -> Plan {
        let mut packed = Vec::new();
        let (mut seed, mut steps) = ("", "");
        for part in hash.trim_start_matches('#').split('&') {
            match part.split_once('=').expect("a field") {
                ("own", own) => packed = URL_SAFE_NO_PAD.decode(own).expect("base64"),
                ("seed", text) => seed = text,
                ("do", text) => steps = text,
                other => panic!("{other:?}"),
            }
        }
        Run::read(&packed, seed, steps, "0").and_then(|run| run.plan()).expect("a plan")
    }

    fn records(plan: Plan) -> Vec<String> {
        let mut text = String::new();
        write_trace(&Timeline::new(Arc::new(plan)), &mut text).expect("it is written");
        // The head tells a schedule apart from interventions; what happens is the same.
        text.lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn a_run_survives_being_a_scenario_in_a_file() {
        let before = records(run().plan().expect("a plan"));
        for format in ["toml", "json"] {
            let hash = hash_of(&written(&run(), format).expect("a text"));
            assert!(records(plan(&hash)) == before, "{format}");
        }
    }

    #[test]
    fn a_trace_of_ours_is_the_run_again() {
        let trace = written(&run(), "jsonl").expect("a trace");
        let hash = hash_of(&trace);
        assert!(hash.contains(&format!("&seed=7&do={DONE}")), "{hash}");
        let tampered = wrong(&trace.replacen("\"term\":1", "\"term\":9", 3));
        assert!(tampered.contains("line"), "{tampered}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let all = wrong("raftlab = 1\nname = \"mine\"\nnodes = 99\ncolour = \"red\"\n");
        assert!(all.contains("line 3: nodes") && all.contains("line 4: colour"), "{all}");
        for text in ["", "{", "hello", "{\"format\":\"other\"}", "\u{0}", "= = ="] {
            assert!(!wrong(text).is_empty(), "{text}");
        }
        let many = read(&"= =\n".repeat(100)).expect_err("it is wrong");
        assert_eq!(many.len(), MOST_ERRORS + 1);
        let packed = Document::of(&run().scenario).to_packed();
        for (packed, seed, steps, at) in [
            (&[255][..], "7", "", "0"),
            (&packed, "x", "", "0"),
            (&packed, "7", "5:explode", "0"),
            (&packed, "7", "", "soon"),
        ] {
            assert!(Run::read(packed, seed, steps, at).is_err());
        }
    }

    /// The trace that the format's own description has for an example.
    fn example() -> &'static str {
        let description = include_str!("../../../crates/raft-sim/TRACE.md");
        let (_, rest) = description.split_once("```json\n").expect("an example");
        rest.split_once("```").expect("its end").0
    }

    fn verdict(text: &str) -> String {
        match read(text) {
            Ok(Opened::Observed(_, verdict)) => verdict.join(" "),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn anothers_trace_is_judged_and_drawn() {
        assert!(verdict(example()).contains("Election Safety: holds"));
        for what in FigureOf::ALL {
            let svg = drawn(None, what, "light", Micros(30_000)).expect("a figure");
            assert!(svg.starts_with("<svg") && svg.contains("example 1.0"), "{what:?}: {svg}");
            for node in ["n1", "n2", "n3"] {
                assert!(svg.contains(node), "{what:?} without {node}");
            }
        }
        let two_leaders = example().replace("n2\",\"role\":\"follower", "n2\",\"role\":\"leader");
        assert!(verdict(&two_leaders).contains("line 12: Election Safety violated"));
        let cut_off = &example()[..400];
        let last = cut_off.lines().count();
        assert!(wrong(cut_off).contains(&format!("line {last}:")), "{}", wrong(cut_off));
    }

    #[test]
    fn a_figure_of_the_run_on_screen_says_which_it_is() {
        for what in FigureOf::ALL {
            let svg = drawn(Some(&run()), what, "dark", run().at).expect("a figure");
            let says = "leader-crash · seed 7 · at 650.0 ms · with 2 interventions";
            assert!(svg.contains(says), "{what:?}: {svg}");
        }
    }
}
