//! Documents as TOML and JSON, read with everything that is wrong at once.
//!
//! ```text
//!   text --toml, serde_json--> tree --reader--> Document --Plan::new--> can it be run?
//!                               ^                  |
//!                               +--- prune and try again, while something is wrong
//! ```
//!
//! serde stops at the first thing that is wrong. So what it stopped at is noted, taken out
//! of the tree, and the tree read again, until it can be read: then what is left is checked
//! as a scenario, and that is noted as well.

mod lines;
mod nearest;
mod reader;
mod tree;
mod wrong;

pub use lines::Lines;
pub(super) use nearest::did_you_mean;
pub use nearest::suggestion;
pub use tree::toml_table;

use super::Document;
use super::version::DOCUMENT_VERSION;
use crate::in_short::in_short;
use crate::scenario::{LONGEST_RUN, MOST_NODES, Plan, ScenarioError};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use reader::Reader;
use serde::Deserialize;
use tree::{Node, Value};

/// The most bytes of a text that is read: far more than any scenario takes.
pub const MOST_TEXT_BYTES: usize = 512 * 1024;
/// After so many errors, no more are looked for.
const MOST_ERRORS: usize = 32;

impl Document {
    /// The document as TOML. What is as by default is left out.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// The document as JSON, on several lines. What is as by default is left out.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads TOML, and checks that it describes a scenario that can be run.
    ///
    /// # Errors
    /// Everything that is wrong, at once, each with its line.
    pub fn from_toml(text: &str) -> Result<Document, Vec<ScenarioError>> {
        check_length(text).and_then(|()| read(Node::from_toml(text)?)).map_err(for_a_person)
    }

    /// Reads JSON, and checks that it describes a scenario that can be run.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn from_json(text: &str) -> Result<Document, Vec<ScenarioError>> {
        check_length(text).and_then(|()| read(Node::from_json(text)?)).map_err(for_a_person)
    }
}

/// Errors quote what somebody wrote, which may be anything.
fn for_a_person(errors: Vec<ScenarioError>) -> Vec<ScenarioError> {
    let in_short = |error: ScenarioError| ScenarioError {
        field: in_short(&error.field),
        line: error.line,
        message: in_short(&error.message),
    };
    errors.into_iter().map(in_short).collect()
}

fn check_length(text: &str) -> Result<(), Vec<ScenarioError>> {
    if text.len() > MOST_TEXT_BYTES {
        let most = MOST_TEXT_BYTES / 1024;
        let wrong = format!("the text is longer than {most} kB: no scenario is");
        return Err(alloc::vec![ScenarioError::of("", wrong)]);
    }
    Ok(())
}

fn read(whole: Node) -> Result<Document, Vec<ScenarioError>> {
    let Value::Table(_) = &whole.value else {
        let wrong = format!("{}, where a scenario is a table", whole.value.described());
        return Err(alloc::vec![ScenarioError::of("", wrong)]);
    };
    // Of another version nothing else can be said.
    if let Some(version) = whole.field("raftlab")
        && let Value::Whole(number) = version.value
        && number != i128::from(DOCUMENT_VERSION)
    {
        let wrong = format!("this is version {number}; Raftlab reads {DOCUMENT_VERSION}");
        let error = ScenarioError::of("raftlab", wrong);
        return Err(alloc::vec![ScenarioError { line: version.line, ..error }]);
    }
    let mut tree = whole.clone();
    let mut errors = Vec::new();
    let mut pruned: Vec<String> = Vec::new();
    let document = loop {
        if errors.len() >= MOST_ERRORS {
            break None;
        }
        let wrong = match Document::deserialize(Reader::of(&tree)) {
            Ok(document) => break Some(document),
            Err(wrong) => wrong,
        };
        let path = wrong.path();
        // Something is missing here since it was taken out: that has been said.
        if !pruned.iter().any(|gone| is_within(gone, &path)) {
            errors.push(wrong.told());
        }
        let was_pruned =
            stand_in(&mut tree, &path) || tree.prune(&wrong.segments(), wrong.is_missing());
        pruned.push(path);
        if !was_pruned {
            break None;
        }
    };
    if let Some(document) = document {
        let (scenario, mut more) = document.scenario_and_errors();
        more.extend(Plan::new(scenario, 0, Vec::new()).err().into_iter().flatten());
        if errors.is_empty() && more.is_empty() {
            return Ok(document);
        }
        let in_whole = more.into_iter().map(|error| {
            let field = tree.path_in_whole(&error.field);
            ScenarioError { line: whole.line_of(&field), field, ..error }
        });
        // What is said of a table in which something was taken out may follow from that.
        let may_follow = |error: &ScenarioError| {
            pruned.iter().any(|gone| {
                is_within(gone, &error.field)
                    || !error.field.contains('[') && top(gone) == top(&error.field)
            })
        };
        errors.extend(in_whole.filter(|error| !may_follow(error)));
    }
    errors.sort_by_key(|error| error.line);
    Err(errors)
}

/// Whether a path is that of what was taken out, or of something that it was in.
fn is_within(gone: &str, path: &str) -> bool {
    gone.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The table of the whole that a path begins with.
fn top(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

/// Puts the most that may be where something is missing that must be there, so that
/// nothing else seems wrong for that. Gives whether it did.
fn stand_in(tree: &mut Node, path: &str) -> bool {
    let value = match path {
        "raftlab" => Value::Whole(i128::from(DOCUMENT_VERSION)),
        "nodes" => Value::Whole(i128::from(MOST_NODES)),
        "duration" => Value::Text(super::Worded(LONGEST_RUN).to_string()),
        _ => return false,
    };
    tree.put(path, value);
    true
}
