//! What a reader has answered, kept where the browser lets us keep something; without that it
//! is as new at the next visit.
//!
//! A line a lesson: `the-term who=right why=wrong`.

use crate::theme::storage;

const KEY: &str = "raftlab-lessons";

/// What was answered in a lesson: each question's name, and whether rightly.
pub(crate) fn kept(lesson: &str) -> Vec<(String, bool)> {
    answers(&text(), lesson)
}

/// Keeps what was answered, in place of what was kept of that lesson.
pub(crate) fn keep(lesson: &str, answers: &[(&str, bool)]) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(KEY, &with(&text(), lesson, answers));
    }
}

fn text() -> String {
    storage().and_then(|storage| storage.get_item(KEY).ok()?).unwrap_or_default()
}

fn answers(text: &str, lesson: &str) -> Vec<(String, bool)> {
    let line = text.lines().find(|line| line.split(' ').next() == Some(lesson));
    let words = line.into_iter().flat_map(|line| line.split(' ').skip(1));
    let read = words.filter_map(|word| match word.split_once('=')? {
        (name, "right") => Some((name.to_owned(), true)),
        (name, "wrong") => Some((name.to_owned(), false)),
        // Written by hand, or by another version.
        _ => None,
    });
    read.collect()
}

fn with(text: &str, lesson: &str, answers: &[(&str, bool)]) -> String {
    let others = text.lines().filter(|line| line.split(' ').next() != Some(lesson));
    let mut lines: Vec<String> = others.map(str::to_owned).collect();
    if !answers.is_empty() {
        let mut line = lesson.to_owned();
        for (name, is_right) in answers {
            line.push_str(&format!(" {name}={}", if *is_right { "right" } else { "wrong" }));
        }
        lines.push(line);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{answers, with};

    #[test]
    fn each_lesson_keeps_its_own() {
        let text = with("", "the-term", &[("who", true), ("why", false)]);
        let text = with(&text, "snapshots", &[("what", true)]);
        assert_eq!(answers(&text, "the-term"), [("who".into(), true), ("why".into(), false)]);
        assert_eq!(answers(&text, "snapshots"), [("what".into(), true)]);
        let text = with(&text, "the-term", &[]);
        assert_eq!(answers(&text, "the-term"), []);
        assert_eq!(answers(&text, "snapshots").len(), 1);
    }

    #[test]
    fn what_is_no_answer_is_passed_by() {
        assert_eq!(answers("the-term who=maybe x why=wrong", "the-term"), [("why".into(), false)]);
        assert_eq!(answers("", "the-term"), []);
    }
}
