//! What is told: the sections of `lesson.md`, each under its heading.

use super::Reading;
use crate::lesson::Step;
use crate::narration::Block;
use crate::text::fields::Problems;
use crate::text::markdown::{Section, plain_fault};
use crate::text::places::{Lines, ReadWhen, Told};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use raft_sim::document::suggestion;

const WHAT_ONE_SEES: &str = "What you will see";
const OFTEN_SAID: &str = "Often said";
const IN_PRODUCTION: &str = "In production";

/// What stands under the headings that are of no step.
#[derive(Default)]
pub(super) struct Sections {
    pub(super) you_will_see: Vec<Block>,
    pub(super) often_said: Vec<Block>,
    pub(super) in_production: Vec<Block>,
}

impl Reading<'_> {
    /// What `lesson.md` tells, of which the steps take what is theirs.
    pub(super) fn sections(
        &self,
        sections: Vec<Section>,
        steps: &mut [Step],
        problems: &Problems,
        lines: &mut Lines,
        of_names: &[u32],
    ) -> Sections {
        let mut told = Sections::default();
        let afterwards = |told: Told| Told { when: ReadWhen::Afterwards, ..told };
        let mut values = self.told(ReadWhen::First, "lesson.md").peekable();
        let names: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
        let mut sections = sections.into_iter().peekable();
        while let Some(section) = sections.next() {
            let ends = sections.peek().map_or(u32::MAX, |next| next.line);
            let of_section: Vec<Told> =
                core::iter::from_fn(|| values.next_if(|it| it.line < ends)).collect();
            let heading = section.heading.trim();
            let is_empty = section.blocks.is_empty();
            let place = match heading {
                "" if is_empty => continue,
                "" => {
                    let message =
                        format!("this stands under no heading: begin with ## {WHAT_ONE_SEES}");
                    problems.say(Some(section.line), message);
                    continue;
                }
                WHAT_ONE_SEES => {
                    lines.told.extend(of_section);
                    &mut told.you_will_see
                }
                OFTEN_SAID => {
                    lines.told.extend(of_section.into_iter().map(afterwards));
                    &mut told.often_said
                }
                IN_PRODUCTION => {
                    lines.told.extend(of_section.into_iter().map(afterwards));
                    &mut told.in_production
                }
                _ => {
                    let (name, title) = heading.split_once(':').unwrap_or((heading, ""));
                    let mut all = steps.iter_mut().zip(0u16..);
                    let Some((step, place)) = all.find(|(step, _)| step.name == name.trim()) else {
                        let known = names.iter().map(String::as_str);
                        let hint = suggestion(
                            name,
                            known.chain([WHAT_ONE_SEES, OFTEN_SAID, IN_PRODUCTION]),
                        );
                        problems.say(Some(section.line), format!(
                            "“{name}” is no step of lesson.toml, and none of the other headings: {hint}"
                        ));
                        continue;
                    };
                    let of_step = of_section.into_iter();
                    lines
                        .told
                        .extend(of_step.map(|told| Told { when: ReadWhen::InStep(place), ..told }));
                    step.title = title.trim().to_owned();
                    if let Some(wrong) = plain_fault(&step.title) {
                        problems.say(Some(section.line), format!("the step's title: {wrong}"));
                    }
                    if step.title.is_empty() {
                        let message = format!("the step has no title: write ## {name}: Title");
                        problems.say(Some(section.line), message);
                    }
                    &mut step.text
                }
            };
            if is_empty {
                problems.say(Some(section.line), format!("nothing stands under “{heading}”"));
            }
            if place.is_empty() {
                *place = section.blocks;
            } else {
                problems.say(Some(section.line), format!("“{heading}” is there twice"));
            }
        }
        for (heading, blocks) in
            [(WHAT_ONE_SEES, &told.you_will_see), (IN_PRODUCTION, &told.in_production)]
        {
            if blocks.is_empty() {
                problems.say(None, format!("a lesson has a section ## {heading}"));
            }
        }
        for (step, line) in steps.iter().zip(of_names) {
            if step.text.is_empty() {
                self.problems.say(
                    Some(*line),
                    format!(
                        "nothing is told of the step {0}: lesson.md needs a section ## {0}: Title",
                        step.name
                    ),
                );
            }
        }
        told
    }
}
