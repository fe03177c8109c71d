//! What is wrong at one place of a tree, as serde says it.

use super::nearest::did_you_mean;
use crate::scenario::ScenarioError;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};
use serde::de;

/// A step on the way from the whole to a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Segment {
    Field(String),
    Place(u32),
}

#[derive(Clone, Debug)]
pub(super) struct Wrong {
    /// The way to it from where it was found, the last step first.
    way_back: Vec<Segment>,
    pub(super) line: Option<u32>,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    UnknownField { name: String, known: &'static [&'static str] },
    UnknownName { name: String, known: &'static [&'static str] },
    Missing,
    Twice(&'static str),
    Is(String),
}

impl Wrong {
    const fn new(what: What) -> Wrong {
        Wrong { way_back: Vec::new(), line: None, what }
    }

    /// It is something else than it should be.
    pub(super) fn is(what: &str, expected: &dyn de::Expected) -> Wrong {
        let expected = expected.to_string();
        let expected = match expected.as_str() {
            "u8" => "a whole number from 0 to 255",
            "u16" | "u32" | "u64" => "a whole number, not below 0",
            "i8" | "i16" | "i32" | "i64" => "a whole number",
            "a boolean" => "true or false",
            "a string" => "a text",
            "a sequence" => "a list",
            other => other,
        };
        Wrong::new(What::Is(format!("{what}, where there should be {expected}")))
    }

    /// It is within this, which is on this line.
    pub(super) fn within(mut self, segment: Segment, line: Option<u32>) -> Wrong {
        self.way_back.push(segment);
        self.line = self.line.or(line);
        self
    }

    /// It is about a name on this line.
    pub(super) fn within_unnamed(mut self, line: Option<u32>) -> Wrong {
        self.line = self.line.or(line);
        self
    }

    /// The field of the table just read that this is about itself, if it is.
    pub(super) fn own_field(&self) -> Option<&str> {
        match &self.what {
            What::UnknownField { name, .. } if self.way_back.is_empty() => Some(name),
            What::Twice(name) if self.way_back.is_empty() => Some(name),
            _ => None,
        }
    }

    /// The way to it, the first step first.
    pub(super) fn segments(&self) -> Vec<Segment> {
        self.way_back.iter().rev().cloned().collect()
    }

    pub(super) const fn is_missing(&self) -> bool {
        matches!(self.what, What::Missing)
    }

    /// Such as `steps[2].do`.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for segment in self.way_back.iter().rev() {
            // A text takes whatever is written.
            let _ = match segment {
                Segment::Place(place) => write!(path, "[{place}]"),
                Segment::Field(name) => {
                    // A name may be empty; its place is still to be seen.
                    let name = if name.is_empty() { "“”" } else { name };
                    let dot = if path.is_empty() { "" } else { "." };
                    write!(path, "{dot}{name}")
                }
            };
        }
        path
    }

    /// For a person.
    pub(super) fn told(&self) -> ScenarioError {
        let message = match &self.what {
            What::UnknownField { name, known } => {
                format!("there is no field of that name{}", did_you_mean(name, known))
            }
            What::UnknownName { name, known } => {
                format!("“{name}” is none of them{}", did_you_mean(name, known))
            }
            What::Missing => "this is missing".to_string(),
            What::Twice(_) => "this is there twice: say it once".to_string(),
            What::Is(what) => what.clone(),
        };
        ScenarioError { line: self.line, ..ScenarioError::of(self.path(), message) }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told().fmt(formatter)
    }
}

impl core::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Wrong {
        Wrong::new(What::Is(message.to_string()))
    }

    fn invalid_type(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Wrong {
        let what = match unexpected {
            de::Unexpected::Bool(flag) => format!("this is {flag}"),
            de::Unexpected::Unsigned(number) => format!("this is the number {number}"),
            de::Unexpected::Signed(number) => format!("this is the number {number}"),
            de::Unexpected::Str(text) => {
                format!("this is the text “{}”", text.chars().take(40).collect::<String>())
            }
            de::Unexpected::Unit | de::Unexpected::Option => "this is nothing (null)".to_string(),
            de::Unexpected::Seq => "this is a list".to_string(),
            de::Unexpected::Map => "this is a table".to_string(),
            other => format!("this is {other}"),
        };
        Wrong::is(&what, expected)
    }

    fn invalid_value(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Wrong {
        Wrong::invalid_type(unexpected, expected)
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Wrong {
        Wrong::new(What::UnknownField { name: name.to_string(), known })
    }

    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Wrong {
        Wrong::new(What::UnknownName { name: name.to_string(), known })
    }

    fn missing_field(name: &'static str) -> Wrong {
        Wrong::new(What::Missing).within(Segment::Field(name.to_string()), None)
    }

    fn duplicate_field(name: &'static str) -> Wrong {
        Wrong::new(What::Twice(name))
    }
}
