//! The fields of a TOML table, taken one by one; what is wrong with them is collected.

use super::notation;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;
use core::str::FromStr;
use raft_core::Micros;
use raft_sim::Occasion;
use raft_sim::document::words::Words;
use raft_sim::document::{Expectation, Lines, Worded, suggestion, toml_table};
use toml::de::{DeTable, DeValue};

/// Something that is wrong in one of a lesson's files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// In which file.
    pub file: String,
    /// In which line of it, from 1, where that is known.
    pub line: Option<u32>,
    /// What, and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        // A lesson that comes without its files has no lines.
        if let Some(line @ 1..) = self.line {
            write!(formatter, ", line {line}")?;
        }
        write!(formatter, ": {}", self.message)
    }
}

impl core::error::Error for Problem {}

/// What has been found wrong so far, with the text that it is found in.
#[derive(Clone, Debug)]
pub(crate) struct Problems {
    file: Rc<str>,
    lines: Rc<Lines>,
    found: Rc<RefCell<Vec<Problem>>>,
}

impl Problems {
    pub(crate) fn of(file: &str, text: &str) -> Problems {
        Problems { file: file.into(), lines: Rc::new(Lines::of(text)), found: Rc::default() }
    }

    /// The table that the text is, or why it is none.
    pub(crate) fn table<'t>(&self, text: &'t str) -> Result<DeTable<'t>, Vec<Problem>> {
        toml_table(text, &self.lines).map_err(|errors| {
            for (line, message) in notation::faults(text, &errors) {
                self.say(line, message);
            }
            self.all()
        })
    }

    fn line_at(&self, place: usize) -> u32 {
        self.lines.line_at(place)
    }

    pub(crate) fn say(&self, line: Option<u32>, message: impl Into<String>) {
        let (file, message) = (self.file.to_string(), message.into());
        self.found.borrow_mut().push(Problem { file, line, message });
    }

    /// Something is wrong in a file beside this one.
    pub(crate) fn say_of(&self, file: &str, line: Option<u32>, message: impl Into<String>) {
        let (file, message) = (file.to_string(), message.into());
        self.found.borrow_mut().push(Problem { file, line, message });
    }

    /// All of them, in the order of the lines, this file's first.
    pub(crate) fn all(&self) -> Vec<Problem> {
        let mut all = self.found.borrow().clone();
        let is_beside = |problem: &Problem| *problem.file != *self.file;
        all.sort_by(|one, other| {
            let key = |it: &Problem| (is_beside(it), it.line);
            key(one).cmp(&key(other)).then_with(|| one.file.cmp(&other.file))
        });
        all
    }
}

/// A table, and which of its fields somebody asked for.
#[derive(Debug)]
pub(crate) struct Fields<'t> {
    table: &'t DeTable<'t>,
    /// Where it begins.
    pub(crate) line: u32,
    /// What it is, for a message: `a step`.
    what: &'static str,
    asked: RefCell<Vec<&'static str>>,
    pub(crate) problems: Problems,
}

impl<'t> Fields<'t> {
    pub(crate) fn of(
        table: &'t DeTable<'t>,
        line: u32,
        what: &'static str,
        problems: &Problems,
    ) -> Fields<'t> {
        Fields { table, line, what, asked: RefCell::default(), problems: problems.clone() }
    }

    fn get(&self, name: &'static str) -> Option<(&'t DeValue<'t>, u32)> {
        if !self.asked.borrow().contains(&name) {
            self.asked.borrow_mut().push(name);
        }
        let found = self.table.iter().find(|(key, _)| key.get_ref().as_ref() == name);
        found.map(|(key, value)| (value.get_ref(), self.problems.line_at(key.span().start)))
    }

    /// The line of a field, or else of the table.
    pub(crate) fn line_of(&self, name: &'static str) -> u32 {
        self.get(name).map_or(self.line, |(_, line)| line)
    }

    pub(crate) fn say(&self, name: &'static str, message: impl fmt::Display) {
        self.problems.say(Some(self.line_of(name)), format!("{name}: {message}"));
    }

    pub(crate) fn text(&self, name: &'static str) -> Option<String> {
        match self.get(name)? {
            (DeValue::String(text), _) => Some(text.clone().into_owned()),
            _ => {
                self.say(name, "this must be a text, in quotes");
                None
            }
        }
    }

    /// A text that must be there, and say something.
    pub(crate) fn must(&self, name: &'static str) -> String {
        if self.get(name).is_none() {
            self.problems.say(Some(self.line), format!("{name} is missing: {} has one", self.what));
            return String::new();
        }
        let text = self.text(name).unwrap_or_default();
        if text.trim().is_empty() {
            self.say(name, "this must not be empty");
        }
        text
    }

    pub(crate) fn number(&self, name: &'static str) -> Option<u64> {
        match self.get(name)? {
            (DeValue::Integer(number), _) => {
                let read = u64::from_str_radix(number.as_str(), number.radix());
                if read.is_err() {
                    self.say(name, "this must be a whole number, not below 0");
                }
                read.ok()
            }
            _ => {
                self.say(name, "this must be a whole number, without quotes");
                None
            }
        }
    }

    /// Whether the field is there, whatever it is.
    pub(crate) fn has(&self, name: &'static str) -> bool {
        self.get(name).is_some()
    }

    /// A table, where the field is one; `None` where it is something else.
    pub(crate) fn table_if_one(
        &self,
        name: &'static str,
        what: &'static str,
    ) -> Option<Fields<'t>> {
        match self.get(name)? {
            (DeValue::Table(_), _) => self.table(name, what),
            _ => None,
        }
    }

    /// A number, where the field is one; `None` where it is something else.
    pub(crate) fn number_if_one(&self, name: &'static str) -> Option<u64> {
        match self.get(name)? {
            (DeValue::Integer(_), _) => self.number(name),
            _ => None,
        }
    }

    pub(crate) fn small<T: TryFrom<u64>>(&self, name: &'static str) -> Option<T> {
        let number = self.number(name)?;
        let small = T::try_from(number).ok();
        if small.is_none() {
            self.say(name, format!("{number} is too large"));
        }
        small
    }

    pub(crate) fn flag(&self, name: &'static str) -> Option<bool> {
        match self.get(name)? {
            (DeValue::Boolean(flag), _) => Some(*flag),
            _ => {
                self.say(name, "this must be true or false, without quotes");
                None
            }
        }
    }

    pub(crate) fn texts(&self, name: &'static str) -> Vec<(String, u32)> {
        let Some((value, _)) = self.get(name) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            self.say(name, "this must be a list of texts, such as [\"one\", \"two\"]");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            let line = self.problems.line_at(item.span().start);
            match item.get_ref() {
                DeValue::String(text) => texts.push((text.clone().into_owned(), line)),
                _ => {
                    self.problems.say(Some(line), format!("{name}: each must be a text, in quotes"))
                }
            }
        }
        texts
    }

    /// A list of tables, and what one of them is.
    pub(crate) fn tables(&self, name: &'static str, what: &'static str) -> Vec<Fields<'t>> {
        let Some((value, _)) = self.get(name) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            self.say(name, format!("this must be a list of tables: write [[{name}]] above each"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            let line = self.problems.line_at(item.span().start);
            match item.get_ref() {
                DeValue::Table(table) => tables.push(Fields::of(table, line, what, &self.problems)),
                _ => self.problems.say(Some(line), format!("{name}: each must be a table")),
            }
        }
        tables
    }

    pub(crate) fn table(&self, name: &'static str, what: &'static str) -> Option<Fields<'t>> {
        let (value, line) = self.get(name)?;
        match value {
            DeValue::Table(table) => Some(Fields::of(table, line, what, &self.problems)),
            _ => {
                self.say(name, "this must be a table, such as { who = \"anyone becomes leader\" }");
                None
            }
        }
    }

    /// The tables of a table, each with its own name.
    pub(crate) fn named_tables(&self, what: &'static str) -> Vec<(String, Fields<'t>)> {
        let mut tables = Vec::new();
        for (key, value) in self.table.iter() {
            let line = self.problems.line_at(key.span().start);
            match value.get_ref() {
                DeValue::Table(table) => {
                    let fields = Fields::of(table, line, what, &self.problems);
                    tables.push((key.get_ref().to_string(), fields));
                }
                _ => self.problems.say(
                    Some(line),
                    format!(
                        "{}: {what} is a table, such as {{ who = \"anyone becomes leader\" }}",
                        key.get_ref()
                    ),
                ),
            }
        }
        tables.sort_by_key(|(_, fields)| fields.line);
        tables
    }

    /// Says of each field that nobody asked for that there is none of that name.
    pub(crate) fn finish(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table.iter() {
            let name = key.get_ref().as_ref();
            if !asked.contains(&name) {
                let line = self.problems.line_at(key.span().start);
                let hint = suggestion(name, asked.iter().copied());
                self.problems.say(Some(line), format!("{} has no field {name}: {hint}", self.what));
            }
        }
    }
}

/// A field with a text of its own, such as an occasion.
pub(crate) fn parsed<T: FromStr<Err: fmt::Display>>(
    fields: &Fields<'_>,
    name: &'static str,
) -> Option<T> {
    let text = fields.text(name)?;
    text.parse().map_err(|error: T::Err| fields.say(name, error)).ok()
}

pub(crate) fn worded<T: Words>(fields: &Fields<'_>, name: &'static str) -> Option<T> {
    let text = fields.text(name)?;
    T::read(&text).map_err(|error| fields.say(name, error)).ok()
}

/// How often an occasion is expected: `what`, `at_least`, `at_most`, `from`, `until`,
/// `since`, as in a scenario.
pub(crate) fn expectation(fields: &Fields<'_>) -> Option<Expectation> {
    let what: Option<Occasion> = parsed(fields, "what");
    if what.is_none() && fields.text("what").is_none() {
        let message = "what is missing: write an occasion, such as \"anyone becomes leader\"";
        fields.problems.say(Some(fields.line), message);
    }
    let at_least = fields.small("at_least");
    let at_most = fields.small("at_most");
    let from: Option<Micros> = worded(fields, "from");
    let until: Option<Micros> = worded(fields, "until");
    let since: Option<Occasion> = parsed(fields, "since");
    Some(Expectation {
        what: Worded(what?),
        at_least,
        at_most,
        from: Worded(from.unwrap_or(Micros::ZERO)),
        until: until.map(Worded),
        since: since.map(Worded),
    })
}
