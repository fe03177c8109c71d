//! A lesson's folder, read.

mod narration;
mod questions;

use super::fields::{Fields, Problem, Problems, expectation, parsed, worded};
use super::markdown::{self, Known, ValueTold, plain_fault};
use super::places::{Lines, ReadWhen, Told};
use super::surroundings::{ScenarioLines, own_scenario};
use crate::lesson::{Begins, Claim, Holds, Lesson, Measure, Quantity, RunOf, Source, Step, Value};
use crate::narration::Piece;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use raft_core::{Micros, NodeSet};
use raft_sim::document::{Expectation, Worded, suggestion};
use raft_sim::{Occasion, Plan};

/// The version of the format.
const VERSION: u64 = 1;
/// The tabs of the page that a step may open.
const TABS: [&str; 7] = ["story", "nodes", "log", "rpcs", "history", "checks", "settings"];

/// A lesson that was read, and where its parts are written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Read {
    /// The lesson.
    pub lesson: Lesson,
    /// Where its parts are written.
    pub lines: Lines,
}

/// A folder's name without the number that it begins with: `03-a-clean-election`.
fn name_of(folder: &str) -> String {
    let rest = folder.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let has_number = rest.len() < folder.len();
    rest.strip_prefix('-').filter(|_| has_number).unwrap_or(folder).to_owned()
}

/// Which of several occasions is meant.
fn nth(fields: &Fields<'_>) -> u32 {
    let nth = fields.small("nth").unwrap_or(1);
    if nth == 0 {
        fields.say("nth", "occasions are counted from 1");
    }
    nth
}

fn is_name(text: &str) -> bool {
    let is_fine =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !text.is_empty() && text.chars().all(is_fine)
}

/// Reads a lesson. `folder` is the name of its folder; `file` gives the text of one of its
/// files, such as `lesson.md`, or says why it can't be read; `lessons` are the names of all
/// there are, where that is known.
///
/// # Errors
/// Everything that is wrong.
pub fn read(
    folder: &str,
    file: &mut dyn FnMut(&str) -> Result<String, String>,
    lessons: Option<&[String]>,
) -> Result<Read, Vec<Problem>> {
    let mut texts = Vec::new();
    let mut missing = Vec::new();
    for name in ["lesson.toml", "lesson.md"] {
        match file(name) {
            Ok(text) => texts.push(text),
            Err(message) => missing.push(Problem { file: name.to_owned(), line: None, message }),
        }
    }
    let [toml, narration] = texts.as_slice() else { return Err(missing) };
    let problems = Problems::of("lesson.toml", toml);
    let table = problems.table(toml)?;
    let fields = Fields::of(&table, 1, "a lesson", &problems);
    let of_narration = Problems::of("lesson.md", narration);
    let mut reading = Reading {
        problems: problems.clone(),
        values: Vec::new(),
        told: RefCell::default(),
        lessons,
        runs: 1,
        named: RefCell::default(),
        expected: RefCell::default(),
        looks: RefCell::default(),
    };
    let (lesson, lines) = reading.lesson(name_of(folder), fields, narration, &of_narration, file);
    let mut all = problems.all();
    all.extend(of_narration.all());
    if all.is_empty() { Ok(Read { lesson, lines }) } else { Err(all) }
}

struct Reading<'a> {
    problems: Problems,
    values: Vec<String>,
    told: RefCell<Vec<ValueTold>>,
    lessons: Option<&'a [String]>,
    runs: u8,
    /// Every occasion of a run that is named, with its line.
    named: RefCell<Vec<(u8, Occasion, u32)>>,
    /// Everything that is expected of a run, with its line.
    expected: RefCell<Vec<(u8, Expectation, u32)>>,
    /// The nodes to look at in a run.
    looks: RefCell<Vec<(u8, NodeSet, u32)>>,
}

impl Reading<'_> {
    fn known(&self) -> Known<'_> {
        Known { values: &self.values, told: &self.told, lessons: self.lessons }
    }

    /// Where values were told since somebody asked last: in this file, for then.
    fn told(&self, when: ReadWhen, file: &str) -> impl Iterator<Item = Told> {
        let told = self.told.take();
        let file = file.to_owned();
        told.into_iter().map(move |ValueTold { value, line }| Told {
            value,
            when,
            file: file.clone(),
            line,
        })
    }

    /// Takes note of an occasion of a run, which is the value of this field.
    fn names(&self, run: u8, occasion: Option<Occasion>, fields: &Fields<'_>, field: &'static str) {
        let named = occasion.map(|occasion| (run, occasion, fields.line_of(field)));
        self.named.borrow_mut().extend(named);
    }

    /// What is expected of a run.
    fn expectation(&self, fields: &Fields<'_>, run: u8) -> Option<Expectation> {
        let read = expectation(fields)?;
        self.names(run, Some(read.what.0), fields, "what");
        self.names(run, read.since.as_ref().map(|since| since.0), fields, "since");
        let line = ["until", "from", "at_most"].into_iter().find(|name| fields.has(name));
        self.expected.borrow_mut().push((
            run,
            read.clone(),
            fields.line_of(line.unwrap_or("what")),
        ));
        Some(read)
    }

    /// A text that must be there, and that a list shows.
    fn plain(&self, fields: &Fields<'_>, name: &'static str) -> String {
        let text = fields.must(name);
        if let Some(wrong) = plain_fault(&text) {
            fields.say(name, wrong);
        }
        text
    }

    fn lesson(
        &mut self,
        name: String,
        fields: Fields<'_>,
        narration: &str,
        of_narration: &Problems,
        file: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> (Lesson, Lines) {
        match fields.number("lesson") {
            Some(VERSION) => {}
            Some(other) => {
                fields.say("lesson", format!("this is version {other}; Raftlab reads {VERSION}"))
            }
            None if fields.has("lesson") => {}
            None => self
                .problems
                .say(Some(1), "lesson is missing: write lesson = 1, the version of the format"),
        }
        if !is_name(&name) {
            let message = format!(
                "the folder's name, {name}, is to be a number and lower-case words joined by \
                 hyphens, such as 03-a-clean-election"
            );
            self.problems.say(None, message);
        }
        let mut lines = Lines::default();
        let runs = self.runs(&fields, file, &mut lines);
        let (values, of_values) = self.values(&fields);
        lines.values = of_values;
        let (mut steps, of_names) = self.steps(&fields, &mut lines);
        let sections = markdown::sections(narration, 1, of_narration, &self.known());
        let told = self.sections(sections, &mut steps, of_narration, &mut lines, &of_names);
        let questions = self.questions(&fields, &steps, &mut lines);
        let lesson = Lesson {
            name,
            title: self.plain(&fields, "title"),
            group: self.plain(&fields, "group"),
            summary: self.plain(&fields, "summary"),
            seed: fields.number("seed").unwrap_or(42),
            runs,
            you_will_see: told.you_will_see,
            steps,
            often_said: told.often_said,
            in_production: told.in_production,
            questions,
            values,
            sources: self.sources(&fields),
        };
        for ((name, line), place) in self.values.iter().zip(&lines.values).zip(0u16..) {
            if !lines.told.iter().any(|told| told.value == place) {
                let message = format!("{name} is told nowhere: write {{{name}}}, or leave it out");
                self.problems.say(Some(*line), message);
            }
        }
        self.check_against_runs(&lesson);
        fields.finish();
        (lesson, lines)
    }

    fn runs(
        &mut self,
        fields: &Fields<'_>,
        file: &mut dyn FnMut(&str) -> Result<String, String>,
        lines: &mut Lines,
    ) -> Vec<RunOf> {
        let mut runs = Vec::new();
        let first = fields.must("scenario");
        for (field, name) in [("scenario", Some(first)), ("beside", fields.text("beside"))] {
            let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
            let named = fields.line_of(field);
            if !name.ends_with(".toml") {
                match raft_scenarios::named(&name) {
                    Some(_) => {
                        runs.push(RunOf::BuiltIn(name));
                        lines.scenarios.push(ScenarioLines { named, ..ScenarioLines::default() });
                    }
                    None => {
                        let hint = suggestion(&name, raft_scenarios::names());
                        fields.say(field, format!(
                            "there is no built-in scenario {name}: {hint} A scenario of the lesson's own \
                             is a file beside lesson.toml, such as scenario.toml"
                        ));
                    }
                }
                continue;
            }
            if name.contains(['/', '\\']) {
                fields.say(field, "the scenario's file must stand beside lesson.toml");
                continue;
            }
            match file(&name) {
                Err(message) => fields.say(field, format!("{name}: {message}")),
                Ok(text) => {
                    if let Some((document, of)) = own_scenario(&name, named, &text, &self.problems)
                    {
                        runs.push(RunOf::Own(document.to_packed()));
                        lines.scenarios.push(of);
                    }
                }
            }
        }
        self.runs = if fields.text("beside").is_some() { 2 } else { 1 };
        runs
    }

    /// Which of the runs: written 1 or 2.
    fn run(&self, fields: &Fields<'_>) -> u8 {
        match fields.number("run") {
            None | Some(1) => 0,
            Some(2) if self.runs == 2 => 1,
            Some(other) => {
                let there_are =
                    if self.runs == 2 { "1 or 2" } else { "1: there is no scenario beside" };
                fields.say("run", format!("{other} is none of the runs: it is {there_are}"));
                0
            }
        }
    }

    fn holds(&self, fields: &Fields<'_>) -> Holds {
        match fields.text("holds").as_deref() {
            None | Some("always") => Holds::Always,
            Some("mostly") => Holds::Mostly,
            Some("this seed") => Holds::ThisSeed,
            Some(other) => {
                fields.say("holds", format!("“{other}” is none of always, mostly and this seed"));
                Holds::Always
            }
        }
    }

    fn values(&mut self, fields: &Fields<'_>) -> (Vec<Value>, Vec<u32>) {
        let Some(table) = fields.table("values", "the values") else { return Default::default() };
        let mut values = Vec::new();
        let mut lines = Vec::new();
        for (name, fields) in table.named_tables("a value") {
            if !is_name(&name) {
                self.problems.say(
                    Some(fields.line),
                    format!("{name} is no name: write lower-case words joined by hyphens"),
                );
            }
            let holds = self.holds(&fields);
            if let Some(measure) = self.measure(&fields) {
                lines.push(fields.line);
                self.values.push(name.clone());
                values.push(Value { name, measure, holds });
            }
            fields.finish();
        }
        (values, lines)
    }

    /// `{ who = "anyone becomes leader", nth = 2 }` and the like.
    fn measure(&self, fields: &Fields<'_>) -> Option<Measure> {
        let mut found = Vec::new();
        for name in ["who", "at", "term", "count", "from"] {
            if fields.text(name).is_some() {
                found.push((name, parsed::<Occasion>(fields, name)));
            }
        }
        let to: Option<Occasion> = parsed(fields, "to");
        let nth = nth(fields);
        let after = parsed(fields, "after");
        let until = parsed(fields, "until");
        let run = self.run(fields);
        let (name, occasion) = match found.as_slice() {
            [one] => *one,
            others => {
                let message = format!(
                    "one of who, at, term, count, or from and to, with an occasion: here are {}",
                    others.len()
                );
                self.problems.say(Some(fields.line), message);
                return None;
            }
        };
        let quantity = match (name, to) {
            ("from", Some(to)) => Quantity::SpanTo(to),
            ("from", None) => {
                fields.say("from", "a span of time needs to as well, with an occasion");
                return None;
            }
            (_, Some(_)) => {
                fields.say("to", "this goes with from only");
                return None;
            }
            ("who", None) => Quantity::Who,
            ("at", None) => Quantity::At,
            ("term", None) => Quantity::Term,
            _ => Quantity::Count,
        };
        self.names(run, occasion, fields, name);
        self.names(run, to, fields, "to");
        self.names(run, after, fields, "after");
        self.names(run, until, fields, "until");
        Some(Measure { run, quantity, occasion: occasion?, nth, after, until })
    }

    /// The steps, and the lines of their names.
    fn steps(&mut self, fields: &Fields<'_>, lines: &mut Lines) -> (Vec<Step>, Vec<u32>) {
        let mut steps: Vec<Step> = Vec::new();
        let mut of_names = Vec::new();
        for fields in fields.tables("steps", "a step") {
            let name = fields.must("name");
            if !name.is_empty() && !is_name(&name) {
                fields.say("name", "write lower-case words joined by hyphens");
            }
            if steps.iter().any(|step| step.name == name) {
                fields.say("name", format!("there is another step {name}"));
            }
            let begins = match fields.text("when").as_deref() {
                Some("the run begins") => Begins::WithTheRun,
                Some("the run ends") => Begins::AtTheEnd,
                Some(_) => parsed(&fields, "when").map_or(Begins::WithTheRun, Begins::On),
                None => {
                    let message = "when is missing: write the run begins, the run ends, or an \
                                   occasion such as B becomes candidate";
                    self.problems.say(Some(fields.line), message);
                    Begins::WithTheRun
                }
            };
            let tab = fields.text("tab");
            if let Some(tab) = tab.as_deref().filter(|tab| !TABS.contains(tab)) {
                fields.say("tab", format!("there is no tab {tab}: {}", suggestion(tab, TABS)));
            }
            let mut of_claims = Vec::new();
            let mut claims = Vec::new();
            for fields in fields.tables("claims", "a claim") {
                let says = self.line(&fields, "says");
                let (run, holds) = (self.run(&fields), self.holds(&fields));
                if let Some(shown_by) = self.expectation(&fields, run) {
                    of_claims.push(fields.line_of("what"));
                    claims.push(Claim { says, shown_by, run, holds });
                }
                fields.finish();
            }
            of_names.push(fields.line_of("name"));
            lines.steps.push(fields.line_of("when"));
            lines.claims.push(of_claims);
            let place = u16::try_from(steps.len()).unwrap_or(u16::MAX);
            lines.told.extend(self.told(ReadWhen::InStep(place), "lesson.toml"));
            let run = self.run(&fields);
            if let Begins::On(occasion) = begins {
                self.names(run, Some(occasion), &fields, "when");
            }
            let look = worded(&fields, "look").unwrap_or(NodeSet::EMPTY);
            self.looks.borrow_mut().push((run, look, fields.line_of("look")));
            steps.push(Step {
                name,
                title: String::new(),
                begins,
                nth: nth(&fields),
                run,
                look,
                tab,
                holds: self.holds(&fields),
                text: Vec::new(),
                claims,
            });
            fields.finish();
        }
        if !(3..=8).contains(&steps.len()) {
            self.problems.say(
                Some(fields.line),
                format!(
                    "a lesson has three to eight steps, each under [[steps]]: here are {}",
                    steps.len()
                ),
            );
        }
        (steps, of_names)
    }

    /// A text that must be there, of one paragraph.
    fn line(&self, fields: &Fields<'_>, name: &'static str) -> Vec<Piece> {
        let text = fields.must(name);
        markdown::line(&text, fields.line_of(name), &self.problems, &self.known())
    }

    fn sources(&self, fields: &Fields<'_>) -> Vec<Source> {
        let mut sources = Vec::new();
        for (text, line) in fields.texts("sources") {
            match Source::read(&text) {
                Ok(source) => sources.push(source),
                Err(error) => self.problems.say(Some(line), error),
            }
        }
        if sources.is_empty() {
            fields.say("sources", "a lesson says where one reads on, such as [\"paper 5.2\"]");
        }
        sources
    }

    /// Whether what is told, claimed and asked can be of these runs: a node that there is not,
    /// a span beyond the run's end.
    fn check_against_runs(&self, lesson: &Lesson) {
        for (run, place) in lesson.runs.iter().zip(0u8..) {
            let Ok(document) = run.document() else { continue };
            let nodes = NodeSet::first(document.nodes);
            for (_, look, line) in self.looks.borrow().iter().filter(|it| it.0 == place) {
                for node in look.difference(nodes).iter() {
                    self.problems.say(Some(*line), format!("look: there is no node {node}"));
                }
            }
            let wrong_with = |expectation: Expectation| {
                let mut alone = document.clone();
                alone.expectations = alloc::vec![expectation];
                let planned =
                    alone.scenario().and_then(|scenario| Plan::new(scenario, 0, Vec::new()));
                planned.err().into_iter().flatten().map(|error| error.message)
            };
            let mut told: Vec<(u32, Occasion)> = Vec::new();
            for (_, occasion, line) in self.named.borrow().iter().filter(|it| it.0 == place) {
                // An occasion is checked as an expectation is.
                let expectation = Expectation {
                    what: Worded(*occasion),
                    at_least: None,
                    at_most: None,
                    from: Worded(Micros::ZERO),
                    until: None,
                    since: None,
                };
                for message in wrong_with(expectation) {
                    let wrong = message.rsplit(": ").next().unwrap_or(&message);
                    if !told.contains(&(*line, *occasion)) {
                        self.problems.say(Some(*line), format!("“{occasion}”: {wrong}"));
                    }
                    told.push((*line, *occasion));
                }
            }
            let is_told = |it: &Expectation| {
                let of = [Some(it.what.0), it.since.as_ref().map(|since| since.0)];
                told.iter().any(|(_, told)| of.contains(&Some(*told)))
            };
            for (_, expectation, line) in self.expected.borrow().iter().filter(|it| it.0 == place) {
                if !is_told(expectation) {
                    for message in wrong_with(expectation.clone()) {
                        self.problems.say(Some(*line), message);
                    }
                }
            }
        }
    }
}
