//! Whether a lesson is true: each step comes, in order, each claim holds and each question
//! has one answer, seed after seed.

use crate::lesson::{Holds, Lesson};
use crate::telling::{NoAnswer, Telling, tell};
use crate::text::{Problem, Read};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What came of a check.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Checked {
    /// What is not so, and should be.
    pub problems: Vec<Problem>,
    /// What may be said more strongly.
    pub notes: Vec<Problem>,
}

/// In how many runs something was so, and the first in which it was not.
#[derive(Clone, Default)]
struct Score {
    held: u64,
    failed: u64,
    first: Option<(u64, String)>,
    with_own: Option<String>,
}

impl Score {
    fn note(&mut self, seed: u64, is_own: bool, outcome: Result<(), String>) {
        match outcome {
            Ok(()) if !is_own => self.held += 1,
            Ok(()) => {}
            Err(why) => {
                if is_own {
                    self.with_own = Some(why.clone());
                } else {
                    self.failed += 1;
                }
                self.first.get_or_insert((seed, why));
            }
        }
    }

    /// What is wrong with it, if it is to hold so; and whether it could be said more strongly.
    fn judged(&self, holds: Holds) -> (Option<String>, bool) {
        let of = self.held + self.failed;
        let first = || match &self.first {
            Some((seed, why)) => format!("with seed {seed}, {why}"),
            None => String::new(),
        };
        if let Some(why) = &self.with_own {
            return (Some(format!("with the lesson's own seed, {why}")), false);
        }
        match holds {
            Holds::Always if self.failed > 0 => {
                let mend = "say so by holds = \"mostly\" or \"this seed\", in the text too";
                (
                    Some(format!("not so in {} of {of} runs: {}; {mend}", self.failed, first())),
                    false,
                )
            }
            Holds::Mostly if self.failed >= self.held && of > 0 => {
                let mend = "say holds = \"this seed\", in the text too";
                (
                    Some(format!("not so in {} of {of} runs: {}; {mend}", self.failed, first())),
                    false,
                )
            }
            Holds::Always => (None, false),
            Holds::Mostly | Holds::ThisSeed => (None, self.failed == 0 && of >= 20),
        }
    }
}

/// Checks a lesson with its own seed and with these.
///
/// # Errors
/// Why it can't be played at all.
pub fn check(read: &Read, seeds: impl IntoIterator<Item = u64>) -> Result<Checked, String> {
    let Read { lesson, lines } = read;
    let mut steps = alloc::vec![Score::default(); lesson.steps.len()];
    let mut values = alloc::vec![Score::default(); lesson.values.len()];
    let mut answers = alloc::vec![Score::default(); lesson.questions.len()];
    let mut claims: Vec<Vec<Score>> =
        lesson.steps.iter().map(|step| alloc::vec![Score::default(); step.claims.len()]).collect();
    let mut scenario = Score::default();
    let own = [(lesson.seed, true)];
    for (seed, is_own) in own.into_iter().chain(seeds.into_iter().map(|seed| (seed, false))) {
        let telling = tell(lesson, seed)?;
        for (place, score) in steps.iter_mut().enumerate() {
            score.note(seed, is_own, step(lesson, &telling, place));
        }
        for (value, score) in telling.values.iter().zip(&mut values) {
            let outcome = value.map(|_| ()).ok_or_else(|| "there is none".to_owned());
            score.note(seed, is_own, outcome);
        }
        for (verdict, score) in telling.claims.iter().flatten().zip(claims.iter_mut().flatten()) {
            let outcome = if verdict.holds { Ok(()) } else { Err(verdict.to_string()) };
            score.note(seed, is_own, outcome);
        }
        for (answer, score) in telling.answers.iter().zip(&mut answers) {
            score.note(seed, is_own, answer.as_ref().map(|_| ()).map_err(why));
        }
        let outcome = match telling.failures.first() {
            None => Ok(()),
            Some(verdict) => Err(verdict.to_string()),
        };
        scenario.note(seed, is_own, outcome);
    }
    let mut checked = Checked::default();
    let mut judge = |score: &Score, holds: Holds, line: Option<u32>, what: String| {
        let (wrong, could_be_stronger) = score.judged(holds);
        let file = "lesson.toml".to_owned();
        if let Some(wrong) = wrong {
            checked.problems.push(Problem { file, line, message: format!("{what}: {wrong}") });
        } else if could_be_stronger {
            let of = score.held;
            let message = format!("{what}: so with each of {of} seeds, though it says less");
            checked.notes.push(Problem { file, line, message });
        }
    };
    judge(&scenario, Holds::Always, None, "what the scenario itself expects".to_owned());
    for ((step, score), line) in lesson.steps.iter().zip(&steps).zip(&lines.steps) {
        judge(score, step.holds, Some(*line), format!("the step {}", step.name));
    }
    let lines_of_claims = lines.claims.iter().flatten();
    let of_claims = lesson.steps.iter().flat_map(|step| &step.claims);
    for ((claim, score), line) in of_claims.zip(claims.iter().flatten()).zip(lines_of_claims) {
        judge(score, claim.holds, Some(*line), "the claim".to_owned());
    }
    for ((value, score), line) in lesson.values.iter().zip(&values).zip(&lines.values) {
        judge(score, value.holds, Some(*line), format!("the value {}", value.name));
    }
    for ((question, score), line) in lesson.questions.iter().zip(&answers).zip(&lines.questions) {
        judge(score, question.holds, Some(*line), format!("the question {}", question.name));
    }
    Ok(checked)
}

/// A step comes, and later than the one before it: the page goes by events, and of two steps
/// at one event nobody would see the first.
fn step(lesson: &Lesson, telling: &Telling, place: usize) -> Result<(), String> {
    let Some(comes) = telling.steps.get(place).copied().flatten() else {
        return Err("it never comes after the step before it".to_owned());
    };
    let before = telling.steps[..place]
        .iter()
        .zip(&lesson.steps)
        .rev()
        .find_map(|(it, step)| Some(((*it)?, step)));
    let Some((before, earlier)) = before else { return Ok(()) };
    let is_later = match lesson.steps.get(place) {
        Some(step) if step.run == earlier.run => comes.event > before.event,
        _ => comes.at >= before.at,
    };
    // The run's end is a moment of its own, though no event may come with it.
    let is_later = is_later || comes.at > before.at;
    if is_later {
        Ok(())
    } else {
        Err(format!("it comes at {}, no later than {}", comes.at, earlier.name))
    }
}

fn why(no_answer: &NoAnswer) -> String {
    match no_answer {
        NoAnswer::Right(0) => "none of its choices is right".to_owned(),
        NoAnswer::Right(many) => format!("{many} of its choices are right"),
        NoAnswer::NeverHappens => "what it asks for never happens".to_owned(),
        NoAnswer::ComesBefore => {
            "what it asks for is there before it is asked: ask after an earlier step".to_owned()
        }
        NoAnswer::AtOnce => "two of its items come at the same moment".to_owned(),
        NoAnswer::StepMissing => "the step after which it is asked never comes".to_owned(),
    }
}
