//! The two works that lessons point to, and the sections that they have.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// A work that a rule of the protocol is found in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Work {
    /// Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", the
    /// extended version.
    Paper,
    /// Ongaro, "Consensus: Bridging Theory and Practice", 2014.
    Dissertation,
}

/// The sections of the paper, and how many figures it has.
const PAPER: (&str, u8) =
    ("1 2 3 4 5 5.1 5.2 5.3 5.4 5.4.1 5.4.2 5.4.3 5.5 5.6 6 7 8 9 9.1 9.2 9.3 10 11 12", 16);
/// The sections of the dissertation, as its LaTeX source has them; of chapters 7 and 11, the
/// user study and related work, they are not listed.
const DISSERTATION: &str = "1 2 2.1 2.2 2.3 3 3.1 3.2 3.3 3.4 3.5 3.6 3.6.1 3.6.2 3.6.3 3.7 3.8 3.9 \
     3.10 3.11 4 4.1 4.2 4.2.1 4.2.2 4.2.3 4.2.4 4.3 4.4 4.5 5 5.1 5.1.1 5.1.2 5.1.3 5.2 5.3 5.3.1 \
     5.3.2 5.3.3 5.4 5.4.1 5.4.2 5.5 6 6.1 6.2 6.3 6.4 6.4.1 6.5 7 8 8.1 8.2 8.3 8.4 9 9.1 9.2 9.3 \
     9.4 9.5 9.6 9.7 10 10.1 10.1.1 10.2 10.2.1 10.2.2 10.3 10.4 11 12 12.1 12.1.1 12.1.2 12.1.3 12.2";
/// How many figures its chapters have, where they have any, except 7 and 11.
const DISSERTATION_FIGURES: [(&str, u8); 7] =
    [("2", 4), ("3", 8), ("4", 8), ("5", 5), ("6", 3), ("9", 10), ("10", 3)];

impl Work {
    /// Its name, as it begins a reference.
    pub const fn name(self) -> &'static str {
        match self {
            Work::Paper => "paper",
            Work::Dissertation => "dissertation",
        }
    }

    /// Where one reads it.
    pub const fn address(self) -> &'static str {
        match self {
            Work::Paper => "https://raft.github.io/raft.pdf",
            Work::Dissertation => {
                "https://github.com/ongardie/dissertation/blob/master/stanford.pdf"
            }
        }
    }
}

/// A section or a figure of one of the works: `paper 5.2`, `dissertation 6.4.1`,
/// `paper figure 8`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reference {
    /// Of which.
    pub work: Work,
    /// Whether it is a figure.
    pub is_figure: bool,
    /// Its number, such as `6.4.1`.
    pub number: String,
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figure = if self.is_figure { "figure " } else { "" };
        write!(formatter, "{} {figure}{}", self.work.name(), self.number)
    }
}

fn figures_of(chapter: &str) -> u8 {
    let known = DISSERTATION_FIGURES.iter().find(|(known, _)| *known == chapter);
    known.map_or(0, |(_, figures)| *figures)
}

fn is_among(list: &str, number: &str) -> bool {
    list.split_whitespace().any(|known| known == number)
}

impl FromStr for Reference {
    type Err = String;

    /// Reads `paper 5.2`, in a link also `paper:5.2`.
    fn from_str(text: &str) -> Result<Reference, String> {
        let mut words = text.split([' ', ':']).filter(|word| !word.is_empty());
        let work = match words.next() {
            Some("paper") => Work::Paper,
            Some("dissertation") => Work::Dissertation,
            _ => {
                return Err(format!(
                    "“{text}” is no reference: write paper 5.2, dissertation 6.4.1 or paper figure 8"
                ));
            }
        };
        let (is_figure, number) = match (words.next(), words.next(), words.next()) {
            (Some("figure"), Some(number), None) => (true, number),
            (Some(number), None, None) => (false, number),
            _ => return Err(format!("“{text}” needs one section, such as {} 4", work.name())),
        };
        let is_there = match (work, is_figure) {
            (Work::Paper, false) => is_among(PAPER.0, number),
            (Work::Paper, true) => {
                number.parse::<u8>().is_ok_and(|figure| (1..=PAPER.1).contains(&figure))
            }
            (Work::Dissertation, false) => is_among(DISSERTATION, number),
            (Work::Dissertation, true) => {
                number.split_once('.').is_some_and(|(chapter, figure)| {
                    let figures = figures_of(chapter);
                    figure.parse::<u8>().is_ok_and(|figure| (1..=figures).contains(&figure))
                })
            }
        };
        if is_there {
            return Ok(Reference { work, is_figure, number: number.to_owned() });
        }
        let what = if is_figure { "figure" } else { "section" };
        Err(match (work, is_figure) {
            (Work::Paper, true) => {
                format!("the paper has figures 1 to {}, and no {number}", PAPER.1)
            }
            (Work::Paper, false) => {
                format!("the paper has no section {number}; it has {}", nearby(PAPER.0, number))
            }
            (Work::Dissertation, false) => format!(
                "dissertation {number} is not among the sections that we know: {}",
                nearby(DISSERTATION, number)
            ),
            (Work::Dissertation, true) => {
                let chapter = number.split('.').next().unwrap_or(number);
                match figures_of(chapter) {
                    0 => format!(
                        "we know of no {what} {number} in the dissertation: write chapter and number, such as 4.2"
                    ),
                    figures => format!(
                        "chapter {chapter} of the dissertation has figures {chapter}.1 to {chapter}.{figures}, and no {number}"
                    ),
                }
            }
        })
    }
}

/// The sections of the same chapter.
fn nearby(list: &str, number: &str) -> String {
    let chapter = number.split('.').next().unwrap_or(number);
    let mut found = String::new();
    for known in list.split_whitespace() {
        if known.split('.').next() == Some(chapter) {
            if !found.is_empty() {
                found.push_str(", ");
            }
            found.push_str(known);
        }
    }
    if found.is_empty() { "chapters 1 to 12".to_string() } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_that_exists_is_a_reference() {
        for text in [
            "paper 5.2",
            "dissertation 6.4.1",
            "paper figure 8",
            "dissertation figure 3.7",
            "dissertation 12.2",
        ] {
            let read: Reference = text.parse().expect(text);
            assert_eq!(read.to_string(), text);
        }
        assert_eq!("paper:5.4.1".parse::<Reference>(), "paper 5.4.1".parse());
    }

    #[test]
    fn a_section_that_does_not_exist_is_none_and_those_beside_it_are_named() {
        for (text, says) in [
            ("paper 5.7", "it has 5, 5.1, 5.2"),
            ("paper figure 17", "figures 1 to 16"),
            ("dissertation 6.4.2", "6.4, 6.4.1, 6.5"),
            ("dissertation 7.1", "is not among the sections that we know: 7"),
            ("dissertation 13", "chapters 1 to 12"),
            ("dissertation figure 4", "has figures 4.1 to 4.8, and no 4"),
            ("dissertation figure 3.9", "has figures 3.1 to 3.8, and no 3.9"),
            ("dissertation figure 8.1", "such as 4.2"),
            ("thesis 4", "write paper 5.2"),
            ("paper", "needs one section"),
            ("", "is no reference"),
        ] {
            let error = text.parse::<Reference>().expect_err(text);
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
