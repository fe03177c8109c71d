//! The lessons of the course.
//!
//! A lesson is a folder that people write: `lesson.toml` says which runs it tells of, on which
//! occasions its steps begin, what it claims and what it asks; `lesson.md` tells it. When this
//! is built they are read, checked and packed; whoever shows a lesson carries neither the
//! files nor what reads them. Tests play each with many seeds ([`check`]).
//!
//! ```text
//!   lessons/03-a-clean-election/lesson.toml, lesson.md
//!        |  text::read: every error at once, with its file and line      (feature text)
//!        v
//!     Lesson --to_packed--> what is built in, what a link carries
//!        |  Lookout watches each run; Telling::of
//!        v
//!     Telling: when each step comes, values, claims, answers
//! ```

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "text")]
pub mod check;
pub mod file;
mod glossary;
#[cfg(feature = "text")]
pub mod ledger;
mod lesson;
mod narration;
mod reference;
mod telling;
#[cfg(feature = "text")]
pub mod text;

pub use glossary::{Glossary, Mention, Mentions, Term};
pub use lesson::{
    Begins, Choice, Claim, Holds, Item, Kind, Lesson, MOST_PACKED_BYTES, Measure, Number,
    PackedError, Quantity, Question, Right, RunOf, Source, Step, Value,
};
pub use narration::{Block, Link, Piece, Said};
pub use reference::{Reference, Work};
pub use telling::{Answer, Comes, Lookout, Measured, NoAnswer, Seen, Telling, tell};

/// What is known of a lesson of the course without unpacking it.
#[derive(Debug)]
pub struct BuiltIn {
    /// Its place in the course, from 1.
    pub number: u8,
    /// Its name in a link.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it is about, together with others of the course.
    pub group: &'static str,
    /// What it is about, in a sentence or two.
    pub summary: &'static str,
    #[cfg(feature = "built-in")]
    packed: &'static [u8],
}

static BUILT_IN: &[BuiltIn] = include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

#[cfg(feature = "built-in")]
impl BuiltIn {
    /// The lesson.
    pub fn lesson(&self) -> Lesson {
        Lesson::from_packed(self.packed).expect("it was packed when this was built")
    }

    /// The lesson as a link carries it.
    pub const fn packed(&self) -> &'static [u8] {
        self.packed
    }
}

/// The glossary, packed: [`Glossary::from_packed`] reads it.
#[cfg(feature = "built-in")]
pub static GLOSSARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/glossary"));

/// The glossary of the field's terms of art.
#[cfg(feature = "built-in")]
pub fn glossary() -> Glossary {
    Glossary::from_packed(GLOSSARY).expect("it was packed when this was built")
}

/// The lessons of the course, in order.
pub fn list() -> &'static [BuiltIn] {
    BUILT_IN
}

/// The lesson of this name.
pub fn named(name: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|it| it.name == name)
}
