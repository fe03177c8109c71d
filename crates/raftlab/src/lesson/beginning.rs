//! The beginning of a lesson that somebody is going to write: files that are true as they are.

use crate::report::{Ended, Failure};
use raft_sim::Document;
use std::fs;
use std::io::Write;
use std::path::Path;

/// The lesson that the documentation shows.
const TOML: &str = include_str!("../../../raft-lessons/example/01-a-first-lesson/lesson.toml");
const NARRATION: &str = include_str!("../../../raft-lessons/example/01-a-first-lesson/lesson.md");
/// The scenario that it is of.
const SCENARIO: &str = "leader-crash";

/// Makes a folder with the files of a small lesson, which one changes into one's own.
pub(super) fn new(folder: &Path, has_own_scenario: bool) -> crate::Result {
    let shown = folder.display();
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !is_name(&name) {
        let wrong = "the folder's name is to be a number and lower-case words joined by hyphens, \
                     such as 01-my-lesson";
        return Err(Failure::input(shown, wrong));
    }
    if folder.exists() {
        return Err(Failure::input(shown, "this is there already, and nothing in it is touched"));
    }
    let mut files = vec![("lesson.md", NARRATION.to_string())];
    if has_own_scenario {
        let own = TOML.replacen(&format!("\"{SCENARIO}\""), "\"scenario.toml\"", 1);
        let scenario = raft_scenarios::by_name(SCENARIO).expect("it is built in");
        files.push(("lesson.toml", own));
        files.push(("scenario.toml", Document::of(&scenario).to_toml()));
    } else {
        files.push(("lesson.toml", TOML.to_string()));
    }
    fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))?;
    for (name, text) in &files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| Failure::writing(&path, &error))?;
    }
    let mut stdout = anstream::stdout().lock();
    writeln!(
        stdout,
        "{shown}: a small lesson that is true as it is; change it into yours, and then"
    )?;
    writeln!(stdout, "  raftlab lesson check {shown}")?;
    Ok(Ended::Well)
}

/// `01-my-lesson`
fn is_name(name: &str) -> bool {
    let words = name.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let is_of_words =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    words.len() < name.len()
        && words.strip_prefix('-').is_some_and(|words| !words.is_empty())
        && words.chars().all(is_of_words)
}
