//! The scenario that a lesson brings along: read, and where its parts are written.

use super::fields::{Fields, Problems};
use super::notation;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use raft_core::NodeSet;
use raft_sim::document::Document;
use raft_sim::{Action, ScenarioError};

/// Where a run's scenario is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ScenarioLines {
    /// In which file; `None` where it is a built-in one.
    pub file: Option<String>,
    /// The line of `lesson.toml` that names it.
    pub named: u32,
    /// The line of each rule.
    pub rules: Vec<u32>,
    /// The line of each expectation.
    pub expectations: Vec<u32>,
}

/// Reads a scenario of the lesson's own. What is wrong is said.
pub(super) fn own_scenario(
    name: &str,
    named: u32,
    text: &str,
    problems: &Problems,
) -> Option<(Document, ScenarioLines)> {
    let document = match Document::from_toml(text) {
        Ok(document) => document,
        Err(errors) if notation::are_of_notation(&errors) => {
            for (line, message) in notation::faults(text, &errors) {
                problems.say_of(name, line, message);
            }
            return None;
        }
        Err(errors) => {
            for error in errors {
                problems.say_of(name, error.line, in_words(&error));
            }
            return None;
        }
    };
    let own = Problems::of(name, text);
    let table = own.table(text).ok()?;
    let fields = Fields::of(&table, 1, "a scenario", &own);
    let lines_of = |list: &'static str, field: &'static str| -> Vec<u32> {
        fields.tables(list, "a part").iter().map(|part| part.line_of(field)).collect()
    };
    let steps = document.steps.iter().map(|step| &step.action.0).zip(lines_of("steps", "do"));
    let rules = document.rules.iter().map(|rule| &rule.action.0).zip(lines_of("rules", "do"));
    for (action, line) in steps.chain(rules) {
        if let Some(wrong) = one_sided(action, document.nodes) {
            problems.say_of(name, Some(line), wrong);
        }
    }
    let lines = ScenarioLines {
        file: Some(name.to_owned()),
        named,
        rules: lines_of("rules", "when"),
        expectations: lines_of("expectations", "what"),
    };
    Some((document, lines))
}

/// A wall round every node: it parts none of them from another. Round some of them it is one
/// between these and the others.
fn one_sided(action: &Action, nodes: u8) -> Option<String> {
    let Action::Partition(groups) = action else { return None };
    let all = NodeSet::first(nodes);
    let [only] = groups.as_slice() else { return None };
    if *only != all || nodes < 2 {
        return None;
    }
    let letters = |nodes: &mut dyn Iterator<Item = raft_core::NodeId>| -> String {
        nodes.map(|node| format!("{node}")).collect()
    };
    let half = usize::from(nodes / 2);
    let (one, other) = (letters(&mut all.iter().take(half)), letters(&mut all.iter().skip(half)));
    Some(format!(
        "do: {action} has one side only, with all nodes on it, and parts nobody: write both sides, \
         such as partition:{one}-{other}"
    ))
}

/// What is wrong, after the name of its field. Its line says which of several it is.
fn in_words(error: &ScenarioError) -> String {
    let last = error.field.rsplit('.').next().unwrap_or(&error.field);
    let name = last.split('[').next().unwrap_or(last);
    match name {
        "" => error.message.clone(),
        name => format!("{name}: {}", error.message),
    }
}
