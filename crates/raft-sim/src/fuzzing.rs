//! What must hold of whatever is read, for a fuzzer that thinks of the bytes: `fuzz/` beside
//! this crate's `src/`. Nothing makes reading panic; what is refused is refused with its
//! place, in a sentence; what is accepted says the same in every form, and runs. The fuzzer
//! holds the memory that it takes against a limit (`cargo xtask verify`). Each target says
//! whether the bytes were accepted.
//!
//! What it has found worth keeping is read again by the tests below.

use crate::document::{Document, MOST_PACKED_BYTES, MOST_TEXT_BYTES};
use crate::record::Record;
use crate::scenario::{Plan, ScenarioError};
use crate::trace::observed::Observation;
use crate::trace::{self, TraceError, TraceProblem};
use crate::world::World;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Runs are not followed further: reading is what is looked at.
const MOST_EVENTS: u64 = 100;
/// An error is a place and a sentence for a person, and not the text again.
const LONGEST_SENTENCE: usize = 2_500;

/// A scenario as TOML.
///
/// # Panics
/// If reading it does, or breaks a promise.
pub fn scenario_toml(bytes: &[u8]) -> bool {
    core::str::from_utf8(bytes).is_ok_and(|text| scenario_text(text, Document::from_toml(text)))
}

/// A scenario as JSON.
///
/// # Panics
/// If reading it does, or breaks a promise.
pub fn scenario_json(bytes: &[u8]) -> bool {
    core::str::from_utf8(bytes).is_ok_and(|text| scenario_text(text, Document::from_json(text)))
}

fn scenario_text(text: &str, read: Result<Document, Vec<ScenarioError>>) -> bool {
    match read {
        Ok(document) => {
            let plan = plan_of(&document);
            runs(plan.expect("what is read from a text can be run"));
            says_the_same_in_every_form(&document);
            true
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "it is refused without a reason");
            // What is missing at the end is on the line after it.
            let lines = text.lines().count() + 1;
            for error in &errors {
                let line = error.line.map_or(1, |line| line as usize);
                assert!(line >= 1 && line <= lines, "{error}: there are {lines} lines");
                // Or it is about the whole.
                let is_whole = text.len() > MOST_TEXT_BYTES
                    || error.message.ends_with("where a scenario is a table");
                let has_place = error.line.is_some() || !error.field.is_empty() || is_whole;
                assert!(has_place, "where? {error}");
                is_a_sentence(&error.to_string());
            }
            false
        }
    }
}

/// A packed scenario.
///
/// # Panics
/// If reading it does, or breaks a promise.
pub fn scenario_packed(bytes: &[u8]) -> bool {
    match Document::from_packed(bytes) {
        Ok(document) => {
            // One byte more or less, where a number is not written in the shortest way.
            let packed = document.to_packed();
            assert!(packed.len() <= bytes.len().max(MOST_PACKED_BYTES));
            assert_eq!(Document::from_packed(&packed).as_ref(), Ok(&document));
            match plan_of(&document) {
                Ok(plan) => {
                    runs(plan);
                    says_the_same_in_every_form(&document);
                    true
                }
                Err(errors) => {
                    errors.iter().for_each(|error| is_a_sentence(&error.to_string()));
                    false
                }
            }
        }
        Err(error) => {
            is_a_sentence(&error.to_string());
            false
        }
    }
}

fn plan_of(document: &Document) -> Result<Plan, Vec<ScenarioError>> {
    Plan::new(document.scenario()?, 1, Vec::new())
}

/// TOML, JSON and the packed form are one document; and it is that of its scenario.
fn says_the_same_in_every_form(document: &Document) {
    let toml = document.to_toml();
    assert_eq!(Document::from_toml(&toml).as_ref(), Ok(document), "{toml}");
    let json = document.to_json();
    assert_eq!(Document::from_json(&json).as_ref(), Ok(document), "{json}");
    assert_eq!(Document::from_packed(&document.to_packed()).as_ref(), Ok(document));
    let scenario = document.scenario().expect("it was read");
    assert_eq!(Document::of(&scenario).scenario(), Ok(scenario));
}

/// Runs a plan for a while; gives what happened, and whether that is all.
fn runs(plan: Plan) -> (Vec<Record>, bool) {
    let mut world = World::new(Arc::new(plan));
    let mut records = Vec::new();
    while world.events() < MOST_EVENTS {
        if !world.step(&mut records) {
            return (records, true);
        }
    }
    let is_over = world.next_event_at().is_none();
    (records, is_over)
}

/// A trace of Raftlab's own. Whatever its head says is run, whether its digest is right
/// or not.
///
/// # Panics
/// If reading it does, or breaks a promise.
pub fn trace_ours(bytes: &[u8]) -> bool {
    if let Err(error) = trace::check(bytes) {
        has_its_line(&error, bytes);
    }
    let plan = match trace::plan_of(bytes) {
        Ok(plan) => plan,
        Err(error) => {
            has_its_line(&error, bytes);
            return false;
        }
    };
    let (records, is_over) = runs(plan.clone());
    let mut text = String::new();
    trace::write_beginning(&plan, &records, &mut text).expect("a text takes all");
    assert_eq!(trace::plan_of(text.as_bytes()).as_ref(), Ok(&plan), "{text}");
    match trace::check(text.as_bytes()) {
        Ok(verdict) => assert!(is_over && verdict.lines == text.lines().count() as u64),
        Err(error) => {
            assert!(!is_over, "{error}");
            assert!(matches!(error.problem, TraceProblem::Missing { .. }), "{error}");
            assert_eq!(error.line, text.lines().count() as u64 + 1);
        }
    }
    true
}

/// A trace of another implementation's.
///
/// # Panics
/// If reading it does, or breaks a promise.
pub fn trace_observed(bytes: &[u8]) -> bool {
    let read = Observation::read(bytes);
    match (&read, trace::check(bytes)) {
        (Ok(observation), Ok(verdict)) => {
            assert_eq!(observation.verdict, verdict);
            assert!(verdict.violations.iter().all(|it| (2..=verdict.lines + 1).contains(&it.line)));
            verdict.violations.iter().for_each(|it| is_a_sentence(&it.to_string()));
            let mut text = String::new();
            observation.write(&mut text).expect("a text takes all");
            assert_eq!(Observation::read(text.as_bytes()).as_ref(), Ok(observation), "{text}");
        }
        (Err(error), checked) => {
            has_its_line(error, bytes);
            match checked {
                Ok(_) => assert_eq!(error.problem, TraceProblem::NotObserved),
                Err(other) => has_its_line(&other, bytes),
            }
        }
        (Ok(_), Err(error)) => panic!("it is read, but not checked: {error}"),
    }
    read.is_ok()
}

fn has_its_line(error: &TraceError, bytes: &[u8]) {
    let ends = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert!((1..=ends + 2).contains(&error.line), "{error}");
    if !matches!(error.problem, TraceProblem::Scenario(_)) {
        is_a_sentence(&error.to_string());
    }
}

fn is_a_sentence(text: &str) {
    assert!(text.chars().count() <= LONGEST_SENTENCE, "{text}");
    assert!(!text.chars().any(|letter| letter.is_control()), "{text:?}");
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// What the fuzzer found worth keeping, each file read by its target.
    fn read_all(target: &str, read: fn(&[u8]) -> bool) {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
        let files = std::fs::read_dir(folder.join(target)).expect("it has a corpus");
        let mut accepted = 0;
        for file in files {
            let path = file.expect("it can be listed").path();
            std::println!("{}", path.display());
            accepted += u32::from(read(&std::fs::read(path).expect("it can be read")));
        }
        // Where all is refused at its head, nothing behind that is tried.
        assert!(accepted > 0, "{target} has nothing that is accepted");
    }

    #[test]
    fn scenarios_that_a_fuzzer_thought_of_are_read_or_refused_in_every_form() {
        read_all("scenario_toml", scenario_toml);
        read_all("scenario_json", scenario_json);
        read_all("scenario_packed", scenario_packed);
    }

    #[test]
    fn traces_that_a_fuzzer_thought_of_are_checked_or_refused_with_a_line() {
        read_all("trace_ours", trace_ours);
        read_all("trace_observed", trace_observed);
    }
}
