//! Where a lesson's parts are written, for whoever finds something wrong with the run rather
//! than the text.

use super::surroundings::ScenarioLines;
use crate::lesson::Lesson;
use alloc::string::String;
use alloc::vec::Vec;

/// Where in `lesson.toml` its parts are written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lines {
    /// The line that says when each step comes.
    pub steps: Vec<u32>,
    /// The line of each claim of each step.
    pub claims: Vec<Vec<u32>>,
    /// The line of each value.
    pub values: Vec<u32>,
    /// The line that says after which step each question is asked.
    pub questions: Vec<u32>,
    /// The line of each question's answer, or of what one may choose.
    pub answers: Vec<u32>,
    /// Where the runs' scenarios are written.
    pub scenarios: Vec<ScenarioLines>,
    /// Where values are told.
    pub told: Vec<Told>,
}

impl Lines {
    /// Those of a lesson that comes without its files: none, which is line 0.
    pub fn unknown(lesson: &Lesson) -> Lines {
        let questions = alloc::vec![0; lesson.questions.len()];
        Lines {
            steps: alloc::vec![0; lesson.steps.len()],
            claims: lesson.steps.iter().map(|it| alloc::vec![0; it.claims.len()]).collect(),
            values: alloc::vec![0; lesson.values.len()],
            answers: questions.clone(),
            questions,
            scenarios: alloc::vec![ScenarioLines::default(); lesson.runs.len()],
            told: Vec::new(),
        }
    }
}

/// When a reader comes to a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadWhen {
    /// Before the run begins.
    First,
    /// In the step of this place.
    InStep(u16),
    /// Once what it speaks of has been shown: after an answer, or the last step.
    Afterwards,
}

/// Where a value is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// Its place among the values.
    pub value: u16,
    /// When a reader comes to it.
    pub when: ReadWhen,
    /// In which file.
    pub file: String,
    /// In which line.
    pub line: u32,
}
