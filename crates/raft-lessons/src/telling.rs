//! A lesson told of a run: when its steps come, what its values are, what of it holds, and
//! which answers are right.

use crate::lesson::{Begins, Kind, Lesson, Measure, Number, Quantity, Right};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use raft_core::{Micros, NodeId, Term};
use raft_sim::{Expectations, Occasion, Plan, Record, Scenario, Verdict, Watch, World};

/// An occasion that came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Its event, counted from 1; 0 is the run's beginning.
    pub event: u64,
    /// When.
    pub at: Micros,
    /// Whom it was about.
    pub node: Option<NodeId>,
    /// The term that whom it was about was in.
    pub term: Term,
}

/// What is kept of one of a lesson's runs while it is played. It is shown every record, in
/// order.
#[derive(Clone, Debug)]
pub struct Lookout {
    watch: Watch,
    occasions: Vec<Occasion>,
    seen: Vec<Vec<Seen>>,
    /// What the scenario itself expects comes before the lesson's claims.
    of_scenario: usize,
    claims: Expectations,
    rights: Expectations,
    last: Seen,
    duration: Micros,
}

impl Lookout {
    /// Before anything has happened in this run, 0 or 1, of a lesson.
    ///
    /// # Errors
    /// Where there is no such run.
    pub fn of(lesson: &Lesson, run: u8) -> Result<Lookout, String> {
        let run_of = lesson.runs.get(usize::from(run)).ok_or("there is no such run")?;
        let scenario = run_of.scenario([])?;
        let with_claims = run_of.scenario(lesson.claims_of(run).map(|claim| &claim.shown_by))?;
        let with_rights = run_of.scenario(lesson.rights_of(run))?;
        let without_its_own = Scenario {
            expectations: with_rights.expectations[scenario.expectations.len()..].to_vec(),
            ..with_rights
        };
        let occasions = lesson.occasions_of(run);
        Ok(Lookout {
            watch: Watch::of(&scenario, &occasions),
            seen: alloc::vec![Vec::new(); occasions.len()],
            occasions,
            of_scenario: scenario.expectations.len(),
            claims: Expectations::of(&with_claims),
            rights: Expectations::of(&without_its_own),
            last: Seen { event: 0, at: Micros::ZERO, node: None, term: Term(0) },
            duration: scenario.duration,
        })
    }

    /// Takes note of what happened.
    pub fn observe(&mut self, record: &Record) {
        let moment = self.watch.observe(&record.what);
        let seen =
            Seen { event: record.event, at: record.at, node: moment.node(), term: moment.term() };
        for (occasion, all) in self.occasions.iter().zip(&mut self.seen) {
            if moment.is(occasion) {
                all.push(seen);
            }
        }
        self.last = Seen { node: None, ..seen };
        self.claims.observe(record);
        self.rights.observe(record);
    }

    pub(crate) fn seen(&self, occasion: &Occasion) -> &[Seen] {
        let place = self.occasions.iter().position(|known| known == occasion);
        place.and_then(|place| self.seen.get(place)).map_or(&[], Vec::as_slice)
    }

    /// What came of what the scenario expects, and last of violations; then of what makes answers
    /// right.
    #[cfg(feature = "text")]
    pub(crate) fn verdicts(&self) -> (Vec<Verdict>, Vec<Verdict>) {
        let mut of_scenario = self.claims.verdicts();
        let last = of_scenario.pop();
        of_scenario.truncate(self.of_scenario);
        of_scenario.extend(last);
        (of_scenario, self.rights.verdicts())
    }

    /// Those after this moment of this run.
    pub(crate) fn seen_after(
        &self,
        occasion: &Occasion,
        after: Seen,
    ) -> impl Iterator<Item = &Seen> {
        self.seen(occasion).iter().filter(move |seen| seen.event > after.event)
    }

    pub(crate) fn measured(&self, measure: &Measure) -> Option<(Measured, Seen)> {
        let beginning = Seen { event: 0, at: Micros::ZERO, node: None, term: Term(0) };
        let after = match &measure.after {
            None => beginning,
            Some(after) => *self.seen(after).first()?,
        };
        let until = match &measure.until {
            None => None,
            Some(until) => Some(*self.seen_after(until, after).next()?),
        };
        // What comes with the run's first event comes after its beginning.
        let mut all = self
            .seen(&measure.occasion)
            .iter()
            .filter(|seen| measure.after.is_none() || seen.event > after.event)
            .filter(|seen| until.is_none_or(|until| seen.event < until.event));
        if measure.quantity == Quantity::Count {
            let mut count = 0u32;
            let mut last = after;
            for seen in all {
                count = count.saturating_add(1);
                last = *seen;
            }
            return Some((Measured::Count(count), last));
        }
        let seen = *all.nth(usize::try_from(measure.nth.saturating_sub(1)).ok()?)?;
        Some(match &measure.quantity {
            Quantity::Who => (Measured::Node(seen.node?), seen),
            Quantity::At => (Measured::Moment(seen.at), seen),
            Quantity::Term => (Measured::Term(seen.term), seen),
            Quantity::Count => return None,
            Quantity::SpanTo(to) => {
                let to = *self.seen_after(to, seen).next()?;
                (Measured::Span(Micros(to.at.0.saturating_sub(seen.at.0))), to)
            }
        })
    }
}

/// What was read off a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measured {
    /// A node.
    Node(NodeId),
    /// A moment.
    Moment(Micros),
    /// A term.
    Term(Term),
    /// How often.
    Count(u32),
    /// How long.
    Span(Micros),
}

impl fmt::Display for Measured {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Measured::Node(node) => node.fmt(formatter),
            Measured::Moment(time) | Measured::Span(time) => time.fmt(formatter),
            Measured::Term(term) => term.fmt(formatter),
            Measured::Count(count) => count.fmt(formatter),
        }
    }
}

impl Measured {
    /// As a number that a reader types: times in whole milliseconds, the nearest.
    pub const fn as_number(self) -> u64 {
        match self {
            Measured::Node(node) => node.number() as u64,
            Measured::Moment(time) | Measured::Span(time) => (time.0 + 500) / 1_000,
            Measured::Term(term) => term.0,
            Measured::Count(count) => count as u64,
        }
    }
}

/// The right answer to a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The place of one of the choices.
    Choice(u16),
    /// The places of the items, in order.
    Order(Vec<u16>),
    /// A node.
    Node(NodeId),
    /// Each of these words.
    Word(Vec<String>),
    /// A number, and how far off one may be.
    Number {
        /// Which.
        is: u64,
        /// How far.
        within: u64,
    },
}

/// Why a question has no answer in a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoAnswer {
    /// So many of its choices are right, and not one.
    Right(u16),
    /// What it asks for does not happen.
    NeverHappens,
    /// It happens before the reader is asked.
    ComesBefore,
    /// Two of its items come at the same moment.
    AtOnce,
    /// The step after which it is asked never comes.
    StepMissing,
}

/// When a step comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comes {
    /// The event, in the step's own run.
    pub event: u64,
    /// The moment, in both.
    pub at: Micros,
}

/// A lesson told of its runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Telling {
    /// When each step comes; `None` where it doesn't.
    pub steps: Vec<Option<Comes>>,
    /// What each value is; `None` where there is none.
    pub values: Vec<Option<Measured>>,
    /// What came of each claim of each step.
    pub claims: Vec<Vec<Verdict>>,
    /// The right answer to each question.
    pub answers: Vec<Result<Answer, NoAnswer>>,
    /// What of the scenarios' own expectations does not hold.
    pub failures: Vec<Verdict>,
}

impl Telling {
    /// Tells a lesson of its runs, each of which is over.
    pub fn of(lesson: &Lesson, runs: &[Lookout]) -> Telling {
        let steps = steps(lesson, runs);
        let values = lesson.values.iter().map(|value| {
            let lookout = runs.get(usize::from(value.measure.run))?;
            Some(lookout.measured(&value.measure)?.0)
        });
        let mut rights: Vec<_> = Vec::new();
        let mut of_runs: Vec<_> = Vec::new();
        let mut failures = Vec::new();
        for lookout in runs {
            rights.push(lookout.rights.verdicts().into_iter());
            let mut verdicts = lookout.claims.verdicts();
            // The last is of violations that nobody spoke of.
            failures.extend(verdicts.pop().filter(|verdict| !verdict.holds));
            let of_lesson = verdicts.split_off(lookout.of_scenario.min(verdicts.len()));
            failures.extend(verdicts.into_iter().filter(|verdict| !verdict.holds));
            of_runs.push(of_lesson.into_iter());
        }
        let claims = lesson.steps.iter().map(|step| {
            let of_step = step.claims.iter();
            of_step.filter_map(|claim| of_runs.get_mut(usize::from(claim.run))?.next()).collect()
        });
        let claims = claims.collect();
        let answers = lesson.questions.iter().map(|question| {
            let asked = steps.get(usize::from(question.step)).copied().flatten();
            match &question.kind {
                Kind::Choice(choices) => {
                    let mut right = Vec::new();
                    for (choice, place) in choices.iter().zip(0u16..) {
                        let is_right = match &choice.right {
                            Right::Always(is_right) => *is_right,
                            Right::If { run, .. } => rights
                                .get_mut(usize::from(*run))
                                .and_then(Iterator::next)
                                .is_some_and(|verdict| verdict.holds),
                        };
                        if is_right {
                            right.push(place);
                        }
                    }
                    match right.as_slice() {
                        [one] => Ok(Answer::Choice(*one)),
                        others => {
                            Err(NoAnswer::Right(u16::try_from(others.len()).unwrap_or(u16::MAX)))
                        }
                    }
                }
                Kind::Order(items) => {
                    let mut order = Vec::new();
                    for (item, place) in items.iter().zip(0u16..) {
                        let moment = match &item.on {
                            None => (Micros::ZERO, u64::from(place)),
                            Some(on) => {
                                let asked = asked.ok_or(NoAnswer::StepMissing)?;
                                let lookout = runs
                                    .get(usize::from(item.run))
                                    .ok_or(NoAnswer::NeverHappens)?;
                                let mut all = lookout.seen(on).iter();
                                let seen = all.find(|seen| {
                                    is_after(seen, asked, lesson, question.step, item.run)
                                });
                                let seen = seen.ok_or(NoAnswer::NeverHappens)?;
                                (seen.at, seen.event)
                            }
                        };
                        order.push((moment, place));
                    }
                    order.sort_unstable();
                    if order.windows(2).any(|pair| pair[0].0 == pair[1].0) {
                        return Err(NoAnswer::AtOnce);
                    }
                    Ok(Answer::Order(order.into_iter().map(|(_, place)| place).collect()))
                }
                Kind::Blank(words) => Ok(Answer::Word(words.clone())),
                Kind::Node(measure) => match later(lesson, runs, measure, asked, question.step)? {
                    Measured::Node(node) => Ok(Answer::Node(node)),
                    _ => Err(NoAnswer::NeverHappens),
                },
                Kind::Number { answer, within } => {
                    let is = match answer {
                        Number::Is(number) => *number,
                        Number::Measured(measure) => {
                            later(lesson, runs, measure, asked, question.step)?.as_number()
                        }
                    };
                    Ok(Answer::Number { is, within: *within })
                }
            }
        });
        let answers = answers.collect();
        Telling { values: values.collect(), claims, answers, failures, steps }
    }
}

/// Whether an occasion of a run comes after the moment of a step, which may be of the other.
pub(crate) fn is_after(seen: &Seen, asked: Comes, lesson: &Lesson, step: u16, run: u8) -> bool {
    let step_run = lesson.steps.get(usize::from(step)).map_or(0, |step| step.run);
    if step_run == run { seen.event > asked.event } else { seen.at > asked.at }
}

/// What is measured, if it is not there yet when the question is asked.
fn later(
    lesson: &Lesson,
    runs: &[Lookout],
    measure: &Measure,
    asked: Option<Comes>,
    step: u16,
) -> Result<Measured, NoAnswer> {
    let asked = asked.ok_or(NoAnswer::StepMissing)?;
    let lookout = runs.get(usize::from(measure.run)).ok_or(NoAnswer::NeverHappens)?;
    let (measured, seen) = lookout.measured(measure).ok_or(NoAnswer::NeverHappens)?;
    // How often something never happens can be asked at any time.
    if measured == Measured::Count(0) || is_after(&seen, asked, lesson, step, measure.run) {
        Ok(measured)
    } else {
        Err(NoAnswer::ComesBefore)
    }
}

/// Each step comes after the one before it: in its own run by a later event, in the other's
/// by time.
fn steps(lesson: &Lesson, runs: &[Lookout]) -> Vec<Option<Comes>> {
    let mut so_far: Option<(u8, Comes)> = None;
    let steps = lesson.steps.iter().map(|step| {
        let lookout = runs.get(usize::from(step.run))?;
        let is_later = |seen: &&Seen| match so_far {
            None => true,
            Some((run, before)) if run == step.run => seen.event > before.event,
            Some((_, before)) => seen.at >= before.at,
        };
        let comes = match &step.begins {
            Begins::WithTheRun => Some(Comes { event: 0, at: Micros::ZERO }),
            Begins::AtTheEnd => Some(Comes { event: lookout.last.event, at: lookout.duration }),
            Begins::On(occasion) => {
                let place = usize::try_from(step.nth.saturating_sub(1)).ok()?;
                let mut later = lookout.seen(occasion).iter().filter(is_later);
                later.nth(place).map(|seen| Comes { event: seen.event, at: seen.at })
            }
        };
        if let Some(comes) = comes {
            so_far = Some((step.run, comes));
        }
        comes
    });
    steps.collect()
}

/// Plays a lesson's runs with a seed, and tells it of them.
///
/// # Errors
/// Why one of them can't be played.
pub fn tell(lesson: &Lesson, seed: u64) -> Result<Telling, String> {
    let mut lookouts = Vec::new();
    for (run, place) in lesson.runs.iter().zip(0u8..) {
        let mut lookout = Lookout::of(lesson, place)?;
        let plan = Plan::new(run.scenario([])?, seed, Vec::new())
            .map_err(|errors| errors.first().map_or(String::new(), ToString::to_string))?;
        let mut world = World::new(Arc::new(plan));
        let mut records = Vec::new();
        while world.step(&mut records) {
            records.drain(..).for_each(|record| lookout.observe(&record));
        }
        lookouts.push(lookout);
    }
    Ok(Telling::of(lesson, &lookouts))
}
