//! Why something is not so: what was looked for, and when it did come, if ever.

use crate::lesson::{Begins, Kind, Lesson, Measure, Number, Quantity, Question, Right, Step};
use crate::narration::{Piece, Said};
use crate::telling::{Comes, Lookout, NoAnswer, Seen, Telling};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use raft_core::{Micros, Term};
use raft_sim::Occasion;

/// `once`, `3 times`
pub(super) fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        many => format!("{many} times"),
    }
}

/// The last step before this one that comes, and when.
fn before<'a>(lesson: &'a Lesson, telling: &Telling, place: usize) -> Option<(Comes, &'a Step)> {
    let earlier = telling.steps.get(..place)?.iter().zip(&lesson.steps);
    earlier.rev().find_map(|(comes, step)| Some(((*comes)?, step)))
}

/// A step comes, and later than the one before it: the page goes by events, and of two steps
/// at one event nobody would see the first.
pub(super) fn step(
    lesson: &Lesson,
    telling: &Telling,
    lookouts: &[Lookout],
    place: usize,
) -> Result<(), String> {
    let Some(step) = lesson.steps.get(place) else { return Ok(()) };
    let before = before(lesson, telling, place);
    let Some(comes) = telling.steps.get(place).copied().flatten() else {
        let lookout = lookouts.get(usize::from(step.run));
        return Err(match (step.begins, lookout, before) {
            (Begins::On(occasion), Some(lookout), before) => {
                never(step, &occasion, lookout, before)
            }
            _ => "it never comes".to_owned(),
        });
    };
    let Some((before, earlier)) = before else { return Ok(()) };
    let is_later =
        if step.run == earlier.run { comes.event > before.event } else { comes.at >= before.at };
    // The run's end is a moment of its own, though no event may come with it.
    if is_later || comes.at > before.at {
        Ok(())
    } else {
        Err(format!("it comes at {}, no later than the step {}", comes.at, earlier.name))
    }
}

/// Why a step on an occasion does not come.
fn never(
    step: &Step,
    occasion: &Occasion,
    lookout: &Lookout,
    before: Option<(Comes, &Step)>,
) -> String {
    let all = lookout.seen(occasion);
    let Some(last) = all.last() else { return format!("“{occasion}” never comes") };
    let Some((before, earlier)) = before else {
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
        return format!("“{occasion}” comes only {}, and nth is {}", times(count), step.nth);
    };
    let later = all.iter().filter(|seen| {
        if step.run == earlier.run { seen.event > before.event } else { seen.at >= before.at }
    });
    let later = u32::try_from(later.count()).unwrap_or(u32::MAX);
    let name = &earlier.name;
    if later > 0 {
        return format!(
            "“{occasion}” comes only {} after the step {name}, and nth is {}",
            times(later),
            step.nth
        );
    }
    let only = if all.len() == 1 { "only" } else { "last" };
    if step.run == earlier.run && last.event == before.event {
        return format!(
            "“{occasion}” comes {only} at {}, at the same moment as the step {name}: tell them in \
             one step",
            last.at
        );
    }
    format!(
        "“{occasion}” comes {only} at {}, before the step {name}, which comes at {}",
        last.at, before.at
    )
}

/// What comes with the step before is not this step: whoever wrote it may have meant it.
pub(super) fn passed_over(
    lesson: &Lesson,
    telling: &Telling,
    lookouts: &[Lookout],
    place: usize,
) -> Result<(), String> {
    let comes = telling.steps.get(place).copied().flatten();
    let (Some(step), Some(comes)) = (lesson.steps.get(place), comes) else { return Ok(()) };
    let Some((before, earlier)) = before(lesson, telling, place) else { return Ok(()) };
    let (Begins::On(occasion), true) = (step.begins, step.run == earlier.run) else {
        return Ok(());
    };
    let Some(lookout) = lookouts.get(usize::from(step.run)) else { return Ok(()) };
    if !lookout.seen(&occasion).iter().any(|seen| seen.event == before.event) {
        return Ok(());
    }
    Err(format!(
        "“{occasion}” comes at {}, at the same moment as the step {}, and is passed over: the step \
         begins at {}; if the first is meant, tell them in one step",
        before.at, earlier.name, comes.at
    ))
}

/// Why there is nothing to measure.
pub(super) fn no_measure(measure: &Measure, lookouts: &[Lookout]) -> String {
    let Some(lookout) = lookouts.get(usize::from(measure.run)) else {
        return "there is no such run".to_owned();
    };
    let mut after = Seen { event: 0, at: Micros::ZERO, node: None, term: Term(0) };
    let mut said = String::new();
    if let Some(occasion) = &measure.after {
        let Some(first) = lookout.seen(occasion).first() else {
            return format!("“{occasion}”, after which it counts, never comes");
        };
        after = *first;
        said = format!(" after “{occasion}”, at {}", first.at);
    }
    let mut until = u64::MAX;
    if let Some(occasion) = &measure.until {
        let Some(first) = lookout.seen_after(occasion, after).next() else {
            return format!("“{occasion}”, until which it counts, never comes{said}");
        };
        until = first.event;
        said.push_str(&format!(" and before “{occasion}”, at {}", first.at));
    }
    let occasion = &measure.occasion;
    let all = lookout.seen(occasion);
    let Some(last) = all.last() else { return format!("“{occasion}” never comes") };
    let is_within =
        |seen: &&Seen| (measure.after.is_none() || seen.event > after.event) && seen.event < until;
    let within: Vec<&Seen> = all.iter().filter(is_within).collect();
    let place = usize::try_from(measure.nth.saturating_sub(1)).unwrap_or(usize::MAX);
    let Some(seen) = within.get(place) else {
        let count = u32::try_from(within.len()).unwrap_or(u32::MAX);
        if count > 0 {
            return format!(
                "“{occasion}” comes only {}{said}, and nth is {}",
                times(count),
                measure.nth
            );
        }
        let only = if all.len() == 1 { "only" } else { "last" };
        return format!("“{occasion}” comes {only} at {}, and not{said}", last.at);
    };
    match &measure.quantity {
        Quantity::SpanTo(to) => format!("“{to}” never comes after “{occasion}”, at {}", seen.at),
        Quantity::Who => format!("“{occasion}” is about no node"),
        _ => "there is none".to_owned(),
    }
}

/// Why a question has no answer.
pub(super) fn no_answer(
    no_answer: &NoAnswer,
    lesson: &Lesson,
    question: &Question,
    place: usize,
    telling: &Telling,
    lookouts: &[Lookout],
) -> String {
    let step = lesson.steps.get(usize::from(question.step));
    let step_name = step.map_or("", |step| step.name.as_str());
    let asked = telling.steps.get(usize::from(question.step)).copied().flatten();
    match (no_answer, &question.kind) {
        (NoAnswer::StepMissing, _) => {
            format!("the step {step_name}, after which it is asked, never comes")
        }
        (NoAnswer::Right(_), Kind::Choice(_)) => rights(lesson, place, lookouts),
        (NoAnswer::NeverHappens, Kind::Node(measure))
        | (NoAnswer::NeverHappens, Kind::Number { answer: Number::Measured(measure), .. }) => {
            no_measure(measure, lookouts)
        }
        (NoAnswer::ComesBefore, _) => {
            let at = asked.map_or(String::new(), |asked| format!(", at {}", asked.at));
            format!(
                "what it asks for is there before it is asked, after the step {step_name}{at}: ask after an earlier step"
            )
        }
        (NoAnswer::NeverHappens | NoAnswer::AtOnce, Kind::Order(_)) => {
            items(lesson, question, asked, lookouts)
        }
        _ => "what it asks for never happens".to_owned(),
    }
}

/// Which of the choices are right, and why.
fn rights(lesson: &Lesson, place: usize, lookouts: &[Lookout]) -> String {
    let mut verdicts: Vec<_> = lookouts.iter().map(|it| it.verdicts().1.into_iter()).collect();
    let mut right = Vec::new();
    let mut wrong = Vec::new();
    for (question, at) in lesson.questions.iter().zip(0..) {
        let Kind::Choice(choices) = &question.kind else { continue };
        for choice in choices {
            let (is_right, because) = match &choice.right {
                Right::Always(is_right) => (*is_right, "as it is written".to_owned()),
                Right::If { run, .. } => {
                    let all = verdicts.get_mut(usize::from(*run));
                    let Some(verdict) = all.and_then(Iterator::next) else { continue };
                    (verdict.holds, verdict.to_string())
                }
            };
            if at == place {
                let words = format!("“{}” ({because})", plain(&choice.text));
                if is_right { right.push(words) } else { wrong.push(words) }
            }
        }
    }
    let (said, those) = match right.as_slice() {
        [] => ("none of its choices is right, and one must be".to_owned(), wrong),
        many => (format!("{} of its choices are right, and one must be", many.len()), right),
    };
    format!("{said}: {}", those.join(", "))
}

/// Which items can't be put in order.
fn items(
    lesson: &Lesson,
    question: &Question,
    asked: Option<Comes>,
    lookouts: &[Lookout],
) -> String {
    let (Kind::Order(items), Some(asked)) = (&question.kind, asked) else {
        return "what it asks for never happens".to_owned();
    };
    let step = lesson.steps.get(usize::from(question.step));
    let name = step.map_or("", |step| step.name.as_str());
    let mut found: Vec<(u64, Micros, String)> = Vec::new();
    for item in items {
        let Some(on) = &item.on else { continue };
        let Some(lookout) = lookouts.get(usize::from(item.run)) else { continue };
        let is_after =
            |seen: &&Seen| crate::telling::is_after(seen, asked, lesson, question.step, item.run);
        let Some(first) = lookout.seen(on).iter().find(is_after) else {
            return match lookout.seen(on).last() {
                None => format!("“{on}” never comes"),
                Some(last) => format!(
                    "“{on}” comes last at {}, and not after the step {name}, at {}",
                    last.at, asked.at
                ),
            };
        };
        let other = found.iter().find(|(event, at, _)| (*event, *at) == (first.event, first.at));
        if let Some((_, at, other)) = other {
            return format!(
                "“{other}” and “{on}” come at the same moment, {at}: leave one of them out, or make \
                 them one item"
            );
        }
        found.push((first.event, first.at, on.to_string()));
    }
    "two of its items come at the same moment".to_owned()
}

/// Words without their looks.
fn plain(pieces: &[Piece]) -> String {
    let words = pieces.iter().map(|piece| match &piece.what {
        Said::Text(words) | Said::Code(words) => words.as_str(),
        Said::Value(_) => "—",
    });
    words.collect()
}
