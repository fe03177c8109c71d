//! What stands above a figure: of which run it is, and of which moment.

use super::MARGIN;
use super::paper::Paper;
use crate::geometry::Point;
use crate::text_mark::{Anchor, TextMark, Tone, text_width};
use crate::timeline_index::Found;
use raft_core::Micros;
use raft_sim::Plan;

const TITLE_SIZE: f32 = 15.0;
const LINE_SIZE: f32 = 11.0;
/// Bold letters are wider than what is reckoned with.
const BOLD: f32 = 1.12;

/// What stands above a figure.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Caption {
    /// What it is about.
    pub title: String,
    /// How to get the same picture again: scenario, seed, moment.
    pub source: String,
    /// What nobody may overlook: rules that are left out, promises that are broken.
    pub warnings: Vec<String>,
}

impl Caption {
    /// The caption of a moment of a run of ours, at which these violations have come to
    /// light: the last of them is told.
    pub fn of_run(plan: &Plan, at: Micros, violations: &[Found]) -> Caption {
        let scenario = plan.scenario();
        let mut source = format!("{} · seed {} · at {at}", scenario.name, plan.seed());
        match plan.interventions().len() {
            0 => {}
            1 => source.push_str(" · with 1 intervention"),
            many => source.push_str(&format!(" · with {many} interventions")),
        }
        let flaws = plan.flaws_by(at);
        let mut warnings: Vec<String> = flaws
            .iter()
            .map(|flaw| format!("modified Raft, left out: {}", flaw.removes()))
            .collect();
        warnings.extend(last_of(violations));
        Caption { title: scenario.title.clone(), source, warnings }
    }

    /// The caption of a moment of another implementation's run.
    #[cfg(feature = "observed")]
    pub fn of_observed(
        observation: &raft_sim::trace::observed::Observation,
        at: Micros,
        violations: &[Found],
    ) -> Caption {
        Caption {
            title: format!("A trace of {}", observation.head.implementation),
            source: format!("observed · at {at}"),
            warnings: last_of(violations).into_iter().collect(),
        }
    }

    /// Breaks it into lines that a figure of this width has room for.
    pub(super) fn lay(&self, width: f32) -> Head {
        let room = (width - 2.0 * MARGIN).max(1.0);
        let mut lines = Vec::new();
        let mut top = 10.0;
        let mut add = |text: &str, tone: Tone, size: f32, wider: f32| {
            for text in broken(text, size, room / wider) {
                top += size * 1.35;
                let at = Point::new(MARGIN, top - size * 0.35);
                lines.push(TextMark { text, at, anchor: Anchor::Start, tone, size });
            }
        };
        add(&self.title, Tone::Plain, TITLE_SIZE, BOLD);
        add(&self.source, Tone::Quiet, LINE_SIZE, 1.0);
        for warning in &self.warnings {
            add(warning, Tone::Bad, LINE_SIZE, 1.0);
        }
        Head { lines, height: top + 6.0 }
    }
}

fn last_of(violations: &[Found]) -> Option<String> {
    let last = violations.last()?;
    Some(match violations.len() {
        1 => last.description.clone(),
        many => format!("{} ({many} violations so far)", last.description),
    })
}

/// A caption that is laid out.
pub(super) struct Head {
    lines: Vec<TextMark>,
    pub(super) height: f32,
}

impl Head {
    pub(super) fn paint(&self, paper: &mut Paper) {
        for line in &self.lines {
            paper.letters(line, line.tone.token(), line.size > LINE_SIZE);
        }
    }
}

/// A text in lines of at most this width, broken between words; a word that is longer
/// than a line is broken where the line ends.
fn broken(text: &str, size: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
        if text_width(&longer, size) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            line.push(letter);
            if text_width(&line, size) > room && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(letter);
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_between_words_and_a_word_only_where_it_must_be() {
        assert_eq!(broken("one two three", 10.0, 1_000.0), ["one two three"]);
        let lines = broken("one two three four five", 10.0, 60.0);
        assert!(lines.len() > 1 && lines.join(" ") == "one two three four five", "{lines:?}");
        let lines = broken("aVeryLongWordWithoutAnEnd", 10.0, 60.0);
        assert!(lines.len() > 1 && lines.concat() == "aVeryLongWordWithoutAnEnd", "{lines:?}");
        assert!(lines.iter().all(|line| text_width(line, 10.0) <= 60.0));
        assert!(broken("", 10.0, 60.0).is_empty());
    }
}
