//! Whether a lesson is true: each step comes, in order, each claim holds and each question
//! has one answer, seed after seed.

mod why;

use crate::lesson::{Holds, Kind, Lesson, Quantity, RunOf};
use crate::telling::{Answer, Comes, Lookout, NoAnswer, Seen, Telling};
use crate::text::{Problem, Read, ReadWhen, Told};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use raft_core::{Micros, Term};
use raft_sim::{Plan, Watch, World};

/// What came of a check.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Checked {
    /// What is not so, and should be.
    pub problems: Vec<Problem>,
    /// What is not so either, and may come of one of the problems.
    pub may_follow: Vec<Problem>,
    /// What may be said more strongly, or may not be as it was meant.
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

    /// With which seed it was not so, and why.
    fn first(&self) -> Option<String> {
        if let Some(why) = &self.with_own {
            return Some(format!("with the lesson's own seed, {why}"));
        }
        let of = self.held + self.failed;
        let (seed, why) = self.first.as_ref()?;
        Some(format!("not so in {} of {of} runs: with seed {seed}, {why}", self.failed))
    }

    /// What is wrong with it, if it is to hold so; and whether it could be said more strongly.
    fn judged(&self, holds: Holds) -> (Option<String>, bool) {
        if self.with_own.is_some() {
            return (self.first(), false);
        }
        let mended = |mend: &str| self.first().map(|first| format!("{first}; {mend}"));
        match holds {
            Holds::Always if self.failed > 0 => {
                (mended("say so by holds = \"mostly\" or \"this seed\", in the text too"), false)
            }
            Holds::Mostly if self.failed > 0 && self.failed >= self.held => {
                (mended("say holds = \"this seed\", in the text too"), false)
            }
            Holds::Always => (None, false),
            Holds::Mostly | Holds::ThisSeed => {
                (None, self.failed == 0 && self.held >= SEEDS_TO_SAY_MORE)
            }
        }
    }
}

/// So many seeds it takes to say that something may be said more strongly.
const SEEDS_TO_SAY_MORE: u64 = 20;

/// One of a lesson's runs, played.
struct Played {
    lookout: Lookout,
    /// Of each rule of the scenario, why it did not act.
    rules: Vec<Result<(), String>>,
}

fn play(lesson: &Lesson, run: &RunOf, place: u8, seed: u64) -> Result<Played, String> {
    let mut lookout = Lookout::of(lesson, place)?;
    let plan = Plan::new(run.scenario([])?, seed, Vec::new())
        .map_err(|errors| errors.first().map_or(String::new(), ToString::to_string))?;
    let plan = Arc::new(plan);
    let rules = &plan.scenario().rules;
    let mut watch = Watch::of(plan.scenario(), rules.iter().map(|rule| &rule.when));
    let mut counts = alloc::vec![0u32; rules.len()];
    let mut world = World::new(plan.clone());
    let mut records = Vec::new();
    while world.step(&mut records) {
        for record in records.drain(..) {
            lookout.observe(&record);
            let moment = watch.observe(&record.what);
            for (rule, count) in rules.iter().zip(&mut counts) {
                if record.at >= rule.since && moment.is(&rule.when) {
                    *count = count.saturating_add(1);
                }
            }
        }
    }
    let rules = rules.iter().zip(counts).map(|(rule, count)| match count {
        count if count >= rule.nth => Ok(()),
        0 => Err(format!("“{}” never comes", rule.when)),
        count => {
            let when = &rule.when;
            Err(format!("“{when}” comes only {}, and nth is {}", why::times(count), rule.nth))
        }
    });
    Ok(Played { lookout, rules: rules.collect() })
}

/// Checks a lesson with its own seed and with these.
///
/// # Errors
/// Why it can't be played at all.
pub fn check(read: &Read, seeds: impl IntoIterator<Item = u64>) -> Result<Checked, String> {
    let Read { lesson, lines } = read;
    let mut steps = alloc::vec![Score::default(); lesson.steps.len()];
    let mut passed_over = alloc::vec![Score::default(); lesson.steps.len()];
    let mut values = alloc::vec![Score::default(); lesson.values.len()];
    let mut answers = alloc::vec![Score::default(); lesson.questions.len()];
    // Whether the first time that one has no answer, that is because it is asked too late.
    let mut asked_too_late: Vec<Option<bool>> = alloc::vec![None; lesson.questions.len()];
    // The first choice of each that is wrong with some seed, and of which nothing is said.
    let mut without_reply: Vec<Option<(usize, u64)>> = alloc::vec![None; lesson.questions.len()];
    let mut claims: Vec<Vec<Score>> =
        lesson.steps.iter().map(|step| alloc::vec![Score::default(); step.claims.len()]).collect();
    let mut told = alloc::vec![Score::default(); lines.told.len()];
    let mut scenarios: Vec<Vec<Score>> = alloc::vec![Vec::new(); lesson.runs.len()];
    let mut rules: Vec<Vec<Score>> = alloc::vec![Vec::new(); lesson.runs.len()];
    let own = [(lesson.seed, true)];
    for (seed, is_own) in own.into_iter().chain(seeds.into_iter().map(|seed| (seed, false))) {
        let mut lookouts = Vec::new();
        for ((run, place), scores) in lesson.runs.iter().zip(0u8..).zip(&mut rules) {
            let played = play(lesson, run, place, seed)?;
            lookouts.push(played.lookout);
            scores.resize(played.rules.len(), Score::default());
            for (outcome, score) in played.rules.into_iter().zip(scores) {
                score.note(seed, is_own, outcome);
            }
        }
        let telling = Telling::of(lesson, &lookouts);
        for (lookout, scores) in lookouts.iter().zip(&mut scenarios) {
            let verdicts = lookout.verdicts().0;
            scores.resize(verdicts.len(), Score::default());
            for (verdict, score) in verdicts.iter().zip(scores) {
                let outcome = if verdict.holds { Ok(()) } else { Err(verdict.to_string()) };
                score.note(seed, is_own, outcome);
            }
        }
        for (place, (score, passed)) in steps.iter_mut().zip(&mut passed_over).enumerate() {
            score.note(seed, is_own, why::step(lesson, &telling, &lookouts, place));
            passed.note(seed, is_own, why::passed_over(lesson, &telling, &lookouts, place));
        }
        for ((value, measured), score) in lesson.values.iter().zip(&telling.values).zip(&mut values)
        {
            let outcome = match measured {
                Some(_) => Ok(()),
                None => Err(why::no_measure(&value.measure, &lookouts)),
            };
            score.note(seed, is_own, outcome);
        }
        for (verdict, score) in telling.claims.iter().flatten().zip(claims.iter_mut().flatten()) {
            let outcome = if verdict.holds { Ok(()) } else { Err(verdict.to_string()) };
            score.note(seed, is_own, outcome);
        }
        for ((((answer, question), score), too_late), place) in telling
            .answers
            .iter()
            .zip(&lesson.questions)
            .zip(&mut answers)
            .zip(&mut asked_too_late)
            .zip(0..)
        {
            let outcome = match answer {
                Ok(_) => Ok(()),
                Err(no_answer) => {
                    too_late.get_or_insert(*no_answer == NoAnswer::ComesBefore);
                    Err(why::no_answer(no_answer, lesson, question, place, &telling, &lookouts))
                }
            };
            score.note(seed, is_own, outcome);
        }
        let answered = telling.answers.iter().zip(&lesson.questions);
        for ((answer, question), found) in answered.zip(&mut without_reply) {
            if let (Ok(Answer::Choice(right)), Kind::Choice(choices)) = (answer, &question.kind) {
                let mut all = choices.iter().enumerate();
                let wrong =
                    all.find(|(place, it)| *place != usize::from(*right) && it.reply.is_empty());
                *found = found.or(wrong.map(|(place, _)| (place, seed)));
            }
        }
        for (told, score) in lines.told.iter().zip(&mut told) {
            score.note(seed, is_own, is_known(lesson, told, &telling, &lookouts));
        }
    }
    let mut checked = Checked::default();
    for (of_run, lines) in rules.iter().zip(&lines.scenarios) {
        // Of a built-in scenario its own tests say whether it is as it should be.
        let Some(file) = &lines.file else { continue };
        for (score, line) in of_run.iter().zip(&lines.rules) {
            let Some(first) = score.first() else { continue };
            let sometimes = if score.with_own.is_some() { "" } else { " in every run" };
            let message = format!("this rule does not act{sometimes}: {first}");
            let found = Problem { file: file.clone(), line: Some(*line), message };
            if score.with_own.is_some() {
                // Another rule may wait for what this one does.
                let is_first = checked.problems.is_empty();
                let all = if is_first { &mut checked.problems } else { &mut checked.may_follow };
                all.push(found);
            } else {
                checked.notes.push(found);
            }
        }
    }
    checked.notes.extend(unseen_end(read)?);
    let is_without_rule = !checked.problems.is_empty();
    let mut found = Vec::new();
    for ((of_run, lines), run) in scenarios.iter().zip(&lines.scenarios).zip(&lesson.runs) {
        for (place, score) in of_run.iter().enumerate() {
            // Not `judged`: it is not for the lesson to say that its scenario holds less often.
            let Some(wrong) = score.first() else { continue };
            let place = lines.expectations.get(place);
            found.push(match (&lines.file, place, run) {
                (Some(file), Some(line), _) => {
                    let message = format!("what the scenario itself expects: {wrong}");
                    Problem { file: file.clone(), line: Some(*line), message }
                }
                (_, _, RunOf::BuiltIn(name)) => {
                    let message = format!("what the scenario {name} itself expects: {wrong}");
                    Problem { file: "lesson.toml".to_owned(), line: Some(lines.named), message }
                }
                _ => {
                    let message = format!(
                        "the scenario: {wrong}; if that is to be, the scenario or a claim expects it"
                    );
                    Problem { file: "lesson.toml".to_owned(), line: Some(lines.named), message }
                }
            });
        }
    }
    let mut judge = |score: &Score, holds: Holds, line: u32, what: String| {
        let (wrong, could_be_stronger) = score.judged(holds);
        let (file, line) = ("lesson.toml".to_owned(), Some(line));
        if let Some(wrong) = wrong {
            found.push(Problem { file, line, message: format!("{what}: {wrong}") });
        } else if could_be_stronger {
            let of = score.held;
            let message = format!("{what}: so with each of {of} seeds, though it says less");
            checked.notes.push(Problem { file, line, message });
        }
    };
    for ((step, score), line) in lesson.steps.iter().zip(&steps).zip(&lines.steps) {
        judge(score, step.holds, *line, format!("the step {}", step.name));
    }
    let lines_of_claims = lines.claims.iter().flatten();
    let of_claims = lesson.steps.iter().flat_map(|step| &step.claims);
    for ((claim, score), line) in of_claims.zip(claims.iter().flatten()).zip(lines_of_claims) {
        judge(score, claim.holds, *line, "the claim".to_owned());
    }
    for ((value, score), line) in lesson.values.iter().zip(&values).zip(&lines.values) {
        judge(score, value.holds, *line, format!("the value {}", value.name));
    }
    for ((((question, score), too_late), line), answer) in lesson
        .questions
        .iter()
        .zip(&answers)
        .zip(&asked_too_late)
        .zip(&lines.questions)
        .zip(&lines.answers)
    {
        // Where it is asked is what is wrong then, and not what it asks.
        let line = if *too_late == Some(true) { *line } else { *answer };
        judge(score, question.holds, line, format!("the question {}", question.name));
    }
    let of_questions = lesson.questions.iter().zip(&lines.answers);
    for ((question, line), without_reply) in of_questions.zip(without_reply) {
        if let Some((place, seed)) = without_reply {
            let message = format!(
                "the question {}: choice {} is wrong with seed {seed}, and has no reply, which says \
                 why it is",
                question.name,
                place + 1
            );
            let (file, line) = ("lesson.toml".to_owned(), Some(*line));
            checked.notes.push(Problem { file, line, message });
        }
    }
    for ((told, score), place) in lines.told.iter().zip(&told).zip(0..) {
        // The same in the same line is one mistake.
        let is_first = !lines.told.iter().take(place).any(|it| it == told);
        if let Some(why) = score.with_own.as_ref().filter(|_| is_first) {
            let (file, line) = (told.file.clone(), Some(told.line));
            found.push(Problem { file, line, message: why.clone() });
        }
    }
    for (score, (step, line)) in passed_over.iter().zip(lesson.steps.iter().zip(&lines.steps)) {
        if let Some(first) = score.first() {
            let message = format!("the step {}: {first}", step.name);
            checked.notes.push(Problem {
                file: "lesson.toml".to_owned(),
                line: Some(*line),
                message,
            });
        }
    }
    if is_without_rule {
        checked.may_follow.extend(found);
    } else {
        checked.problems = found;
    }
    Ok(checked)
}

/// Of two runs side by side the first is what one plays: what the second has beyond its end is
/// never seen.
fn unseen_end(read: &Read) -> Result<Option<Problem>, String> {
    let ([first, second], [_, lines]) = (&*read.lesson.runs, &*read.lines.scenarios) else {
        return Ok(None);
    };
    let [first, second] = [first.scenario([])?, second.scenario([])?].map(|it| it.duration);
    Ok((second > first).then(|| Problem {
        file: "lesson.toml".to_owned(),
        line: Some(lines.named),
        message: format!(
            "the run beside goes on until {second}, and the first one ends at {first}: what comes \
             later is never seen; give both the same duration"
        ),
    }))
}

/// Whether what a text tells has come once one reads it, and is not asked for later.
fn is_known(
    lesson: &Lesson,
    told: &Told,
    telling: &Telling,
    lookouts: &[Lookout],
) -> Result<(), String> {
    let step = match told.when {
        ReadWhen::Afterwards => return Ok(()),
        ReadWhen::First => None,
        ReadWhen::InStep(step) => Some(step),
    };
    let Some(value) = lesson.values.get(usize::from(told.value)) else { return Ok(()) };
    let measure = &value.measure;
    let Some(lookout) = lookouts.get(usize::from(measure.run)) else { return Ok(()) };
    // That it is not there at all is said elsewhere.
    let Some((_, seen)) = lookout.measured(measure) else { return Ok(()) };
    for question in &lesson.questions {
        let asks = match &question.kind {
            Kind::Node(asks) => asks,
            Kind::Number { answer: crate::lesson::Number::Measured(asks), .. } => asks,
            _ => continue,
        };
        let is_same = asks.run == measure.run
            && asks.quantity == measure.quantity
            && asks.occasion == measure.occasion
            && lookout.measured(asks).is_some_and(|(_, asked)| asked == seen);
        if is_same && step.is_none_or(|step| step <= question.step) {
            return Err(format!(
                "{{{}}} is the answer to the question {}, which is asked later: leave it out here",
                value.name, question.name
            ));
        }
    }
    // A span and a count may be told of as soon as they begin.
    let begins = match measure.quantity {
        Quantity::Who | Quantity::At | Quantity::Term => Some(seen),
        Quantity::SpanTo(_) => began(lookout, value),
        Quantity::Count => {
            measure.after.as_ref().and_then(|after| lookout.seen(after).first().copied())
        }
    };
    let Some(begins) = begins else { return Ok(()) };
    let read = match step {
        None => Some(Comes { event: 0, at: Micros::ZERO }),
        Some(step) => telling.steps.get(usize::from(step)).copied().flatten(),
    };
    let Some(read) = read else { return Ok(()) };
    if !crate::telling::is_after(&begins, read, lesson, step.unwrap_or(0), measure.run) {
        return Ok(());
    }
    let here = match step.and_then(|step| lesson.steps.get(usize::from(step))) {
        Some(step) => format!("the step {}, at {}", step.name, read.at),
        None => "the run's beginning".to_owned(),
    };
    Err(format!(
        "{{{}}} tells the future: it is of {}, after {here}: tell it in a later step",
        value.name, begins.at
    ))
}

/// The moment from which a span counts.
fn began(lookout: &Lookout, value: &crate::lesson::Value) -> Option<Seen> {
    let from = crate::lesson::Measure { quantity: Quantity::At, ..value.measure.clone() };
    let beginning = Seen { event: 0, at: Micros::ZERO, node: None, term: Term(0) };
    Some(lookout.measured(&from).map_or(beginning, |(_, seen)| seen))
}
