//! What is asked: the questions of `lesson.toml`, and how each is answered.

use super::Reading;
use crate::lesson::{Choice, Item, Kind, Measure, Number, Quantity, Question, Right, Step};
use crate::narration::Block;
use crate::text::fields::{Fields, parsed};
use crate::text::markdown;
use crate::text::places::{Lines, ReadWhen};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use raft_sim::document::suggestion;

/// A question's blank is this.
const BLANK: &str = "___";

impl Reading<'_> {
    pub(super) fn questions(
        &self,
        fields: &Fields<'_>,
        steps: &[Step],
        lines: &mut Lines,
    ) -> Vec<Question> {
        let mut questions: Vec<Question> = Vec::new();
        let tables = fields.tables("questions", "a question");
        let count = tables.len();
        for fields in tables {
            let name = fields.must("name");
            if questions.iter().any(|question| question.name == name) {
                fields.say("name", format!("there is another question {name}"));
            }
            let after = fields.must("after-step");
            let step = steps.iter().position(|step| step.name == after);
            if step.is_none() && !after.is_empty() {
                let hint = suggestion(&after, steps.iter().map(|step| step.name.as_str()));
                fields.say("after-step", format!("there is no step {after}: {hint}"));
            }
            let step = step.and_then(|it| u16::try_from(it).ok());
            let ask = self.line(&fields, "ask");
            let holds = self.holds(&fields);
            let kind = self.kind(&fields);
            lines
                .told
                .extend(self.told(step.map_or(ReadWhen::First, ReadWhen::InStep), "lesson.toml"));
            let explain = fields.must("explain");
            let at = fields.line_of("explain");
            let explain: Vec<Block> = markdown::blocks(&explain, at, &self.problems, &self.known());
            lines.told.extend(self.told(ReadWhen::Afterwards, "lesson.toml"));
            if let (Some(step), Some(kind)) = (step, kind) {
                lines.questions.push(fields.line_of("after-step"));
                let answer = ["answer", "choices", "items", "answers"];
                let answer = answer.into_iter().find(|name| fields.has(name));
                lines.answers.push(fields.line_of(answer.unwrap_or("kind")));
                questions.push(Question { name, step, holds, ask, kind, explain });
            }
            fields.finish();
        }
        if count < 2 {
            self.problems.say(
                Some(fields.line),
                format!(
                    "a lesson has at least two questions, each under [[questions]]: here are {count}"
                ),
            );
        }
        questions
    }

    fn kind(&self, fields: &Fields<'_>) -> Option<Kind> {
        const KINDS: [&str; 5] = ["choice", "order", "node", "blank", "number"];
        let measured = |wanted: &str| {
            let Some(table) = fields.table_if_one("answer", "an answer") else {
                fields.say("answer", wanted);
                return None;
            };
            let measure = self.measure(&table);
            table.finish();
            measure
        };
        match fields.must("kind").as_str() {
            "choice" => {
                let mut choices = Vec::new();
                for fields in fields.tables("choices", "a choice") {
                    let text = self.line(&fields, "text");
                    let reply = fields.text("reply").unwrap_or_default();
                    let at = fields.line_of("reply");
                    let reply = markdown::line(&reply, at, &self.problems, &self.known());
                    let right = match fields.table("right-if", "what makes it right") {
                        None => {
                            let is_right = fields.flag("right").unwrap_or(false);
                            if !is_right && reply.is_empty() && !fields.has("right-if") {
                                let message = "a wrong choice has a reply, which says why it is \
                                               wrong: reply is missing";
                                self.problems.say(Some(fields.line_of("text")), message);
                            }
                            Some(Right::Always(is_right))
                        }
                        Some(table) => {
                            if fields.flag("right").is_some() {
                                fields.say("right", "right-if says whether it is right");
                            }
                            let run = self.run(&table);
                            let shown_by = self.expectation(&table, run);
                            table.finish();
                            shown_by.map(|shown_by| Right::If { run, shown_by })
                        }
                    };
                    if let Some(right) = right {
                        choices.push(Choice { text, right, reply });
                    }
                    fields.finish();
                }
                if choices.len() < 2 {
                    fields.say(
                        "choices",
                        "there must be two at least, each under [[questions.choices]]",
                    );
                }
                Some(Kind::Choice(choices))
            }
            "order" => {
                let mut items = Vec::new();
                for fields in fields.tables("items", "an item") {
                    let text = self.line(&fields, "text");
                    let (on, run) = (parsed(&fields, "when"), self.run(&fields));
                    self.names(run, on, &fields, "when");
                    items.push(Item { text, on, run });
                    fields.finish();
                }
                let on = items.iter().filter(|item| item.on.is_some()).count();
                if items.len() < 3 || (on > 0 && on < items.len()) {
                    fields.say(
                        "items",
                        "there must be three at least, and all of them with when, or none",
                    );
                }
                Some(Kind::Order(items))
            }
            "node" => measured(
                "the run gives which node it is, such as { who = \"anyone becomes leader\" }: a \
                 letter can't be the answer",
            )
            .and_then(|measure| {
                if measure.quantity == Quantity::Who {
                    return Some(Kind::Node(measure));
                }
                fields.say("answer", "a node is asked for by who");
                None
            }),
            "blank" => {
                let words: Vec<String> =
                    fields.texts("answers").into_iter().map(|(text, _)| text).collect();
                if words.is_empty() {
                    fields.say("answers", "this is needed: a list of the words that will do");
                }
                if !fields.text("ask").unwrap_or_default().contains(BLANK) {
                    fields.say("ask", format!("there must be a blank in it: {BLANK}"));
                }
                Some(Kind::Blank(words))
            }
            "number" => {
                let within = fields.number("within").unwrap_or(0);
                let answer = match fields.number_if_one("answer") {
                    Some(number) => Some(Number::Is(number)),
                    None => measured(
                        "this must be a whole number, or what of the run gives it, such as \
                         { count = \"anyone becomes candidate\" }",
                    )
                    .map(Number::Measured),
                };
                if let Some(Number::Measured(Measure { quantity: Quantity::Who, .. })) = answer {
                    fields.say("answer", "a node is no number: ask for it with kind = \"node\"");
                }
                answer.map(|answer| Kind::Number { answer, within })
            }
            "" => None,
            other => {
                fields.say("kind", format!("“{other}” is none: {}", suggestion(other, KINDS)));
                None
            }
        }
    }
}
