//! The notation of a file: what can be wrong with it before it says anything, in plain words.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use raft_sim::ScenarioError;
use raft_sim::document::Lines;

/// What an error of the notation begins with.
const NO_TOML: &str = "this is no TOML: ";
/// Most of what follows the first few comes of them.
const MOST_TOLD: usize = 4;

/// The text that a file is.
///
/// # Errors
/// The line of it that is no text, and how to mend that.
pub fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} has letters that are not UTF-8: save the file as UTF-8")
    })
}

/// Whether these errors are of the notation.
pub(super) fn are_of_notation(errors: &[ScenarioError]) -> bool {
    errors.first().is_some_and(|error| error.message.starts_with(NO_TOML))
}

/// What is wrong with the notation of a text, each with its line and what would be right: one
/// thing for a bracket that is not closed, whatever that makes of what follows.
pub(super) fn faults(text: &str, errors: &[ScenarioError]) -> Vec<(Option<u32>, String)> {
    let lines = Lines::of(text);
    if let Some((place, closing)) = unclosed(text) {
        let begins = text[..place].rfind('\n').map_or(0, |end| end + 1);
        let opening = text.get(begins..=place).unwrap_or("").trim();
        let wrong =
            format!("“{opening}” is not closed: write {closing} after the last of its items");
        return alloc::vec![(Some(lines.line_at(place)), wrong)];
    }
    let mut told: Vec<(Option<u32>, String)> = Vec::new();
    for error in errors {
        if !told.iter().any(|(line, _)| *line == error.line) && told.len() < MOST_TOLD {
            told.push((error.line, plainly(&error.message)));
        }
    }
    told
}

/// What the reader of TOML says, in the words of whoever writes it.
fn plainly(message: &str) -> String {
    let said = message.strip_prefix(NO_TOML).unwrap_or(message);
    for (part, plain) in [
        ("string values must be quoted", "a text stands between quotes, such as \"leader-crash\""),
        ("quote", "a quote is missing: a text stands between two, on one line"),
        ("invalid basic string", "a quote is missing: a text stands between two, on one line"),
        ("missing comma", "a comma is missing between two items"),
        ("extra comma", "here is a comma too many"),
        ("duplicate key", "this is there twice: say it once"),
        ("key with no value", "this has no value: write name = value"),
        ("missing value", "the value is missing: write name = value"),
        ("missing assignment", "this has no =: write name = value"),
        (
            "unclosed table",
            "this heading is not closed: write [name], or [[name]] for one of several",
        ),
        ("unexpected key or value", "this stands alone: write name = value, one a line"),
    ] {
        if said.contains(part) {
            return plain.to_owned();
        }
    }
    if said.starts_with("invalid") {
        return "this value is none: a text stands between quotes; a number, true and false do not"
            .to_owned();
    }
    format!("this can't be read as TOML: {said}")
}

/// The bracket that is opened for a value and not closed, and what would close it.
fn unclosed(text: &str) -> Option<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut place = 0;
    let mut has_name = false;
    while let Some(rest) = text.get(place..).filter(|rest| !rest.is_empty()) {
        if (place == 0 || text[..place].ends_with('\n')) && !is_inside_a_table(&open) {
            let line = rest.lines().next().unwrap_or("").trim_start();
            has_name = false;
            if is_heading(line) || (!open.is_empty() && is_field(line)) {
                if let Some(last) = open.pop() {
                    return Some(last);
                }
                place += rest.find('\n').map_or(rest.len(), |end| end + 1);
                continue;
            }
        }
        let step = match rest.chars().next().unwrap_or(' ') {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            quote @ ('"' | '\'') => quoted(rest, quote),
            '=' => {
                has_name = true;
                1
            }
            '[' if has_name => {
                open.push((place, ']'));
                1
            }
            '{' if has_name => {
                open.push((place, '}'));
                1
            }
            closing @ (']' | '}') if has_name || !open.is_empty() => {
                match open.pop() {
                    Some((_, expected)) if expected == closing => {}
                    other => return other,
                }
                1
            }
            letter => letter.len_utf8(),
        };
        // Items of a list need no name of their own.
        has_name |= !open.is_empty();
        place += step;
    }
    open.pop()
}

/// Within braces, a line may be a field.
fn is_inside_a_table(open: &[(usize, char)]) -> bool {
    open.last().is_some_and(|(_, closing)| *closing == '}')
}

/// `[values]`, `[[steps]]`
fn is_heading(line: &str) -> bool {
    let name = line.trim_start_matches('[');
    name.len() < line.len() && name.starts_with(|letter: char| letter.is_alphabetic())
}

/// `name = `
fn is_field(line: &str) -> bool {
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
    let rest = line.trim_start_matches(is_of_name);
    rest.len() < line.len() && rest.trim_start().starts_with('=')
}

/// How long a quoted text is, its quotes included; up to the end of the line where it isn't
/// closed.
fn quoted(text: &str, quote: char) -> usize {
    let triple = [quote; 3].iter().collect::<String>();
    if let Some(rest) = text.strip_prefix(&triple) {
        return rest.find(&triple).map_or(text.len(), |end| end + 6);
    }
    let mut is_escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        match letter {
            '\n' => return place,
            _ if is_escaped => is_escaped = false,
            '\\' if quote == '"' => is_escaped = true,
            _ if letter == quote => return place + 1,
            _ => {}
        }
    }
    text.len()
}
