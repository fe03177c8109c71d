//! A trace that Raftlab wrote, checked by making its run again.
//!
//! Everything in such a trace follows from its head, so there is nothing in it to be
//! trusted: the run is made anew, event by event, and each line must be the one that is
//! written then, to the byte. What is kept meanwhile is a world and a line.

use super::lines::{Lines, check_shape};
use super::{
    CheckedRule, Excerpt, Finding, Limits, Origin, TraceError, TraceProblem, Verdict, head,
};
use crate::monitor::Property;
use crate::record::Happening;
use crate::scenario::Plan;
use crate::world::World;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::io::BufRead;

/// Checks what follows the head `first`.
pub(super) fn check<R: BufRead>(
    first: &[u8],
    lines: &mut Lines<'_, R>,
    limits: &Limits,
) -> Result<Verdict, TraceError> {
    let plan = head::read(first).map_err(|problem| lines.error(problem))?;
    let mut written = String::new();
    let unwritable = |_| TraceProblem::Malformed("the run can't be written".to_string());
    head::write(&plan, &mut written).map_err(|error| lines.error(unwritable(error)))?;
    if first != written.as_bytes() {
        let (stands, should_stand) = Excerpt::of_both(first, written.as_bytes());
        return Err(lines.error(TraceProblem::HeadDiffers { stands, should_stand }));
    }
    let plan = Arc::new(plan);
    let mut world = World::new(plan.clone());
    let mut records = Vec::new();
    let mut violations = Vec::new();
    while world.step(&mut records) {
        for record in records.drain(..) {
            written.clear();
            let result = super::line(&mut written, &record);
            result.map_err(|error| lines.error(unwritable(error)))?;
            compare(lines, limits, written.as_bytes())?;
            if let Happening::Violated(violation) = record.what {
                violations.push(Finding {
                    line: lines.number(),
                    at: violation.at,
                    rule: violation.property.to_string(),
                    sentence: violation.evidence.to_string(),
                });
            }
        }
    }
    let lines_read = lines.number();
    if let Some(line) = lines.next()? {
        let stands = Excerpt::of(line);
        return Err(lines.error(TraceProblem::Added { stands }));
    }
    let rules = Property::ALL.into_iter().map(|property| {
        let checks = world.monitors().standing(property).checks;
        CheckedRule { rule: property.to_string(), checks, untold: None }
    });
    Ok(Verdict {
        origin: origin(&plan),
        lines: lines_read,
        until: plan.scenario().duration,
        rules: rules.collect(),
        violations,
        violations_left_out: 0,
    })
}

fn origin(plan: &Plan) -> Origin {
    let flaws = plan.flaws();
    Origin::Ours {
        scenario: plan.scenario().name.clone(),
        seed: plan.seed(),
        interventions: plan.interventions().len() as u64,
        is_modified_raft: !flaws.is_none(),
    }
}

/// The next line must be this one.
fn compare<R: BufRead>(
    lines: &mut Lines<'_, R>,
    limits: &Limits,
    written: &[u8],
) -> Result<(), TraceError> {
    let problem = match lines.next()? {
        Some(line) if line == written => return Ok(()),
        None => TraceProblem::Missing { should_stand: Excerpt::of(written) },
        Some(line) => match check_shape(line, limits) {
            Err(problem) => problem,
            Ok(()) => {
                let (stands, should_stand) = Excerpt::of_both(line, written);
                TraceProblem::Differs { stands, should_stand }
            }
        },
    };
    Err(lines.error(problem))
}
