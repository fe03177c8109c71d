//! What a lesson says: a small part of Markdown, as data without nesting.
//!
//! Nothing in it can hold another of its kind, so reading a packed lesson from a link needs
//! no more stack than any other, and whoever shows it needs no parser and no sanitizer.

use crate::reference::Reference;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A paragraph or a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Piece>),
    /// A list.
    List {
        /// Whether its items are numbered.
        is_ordered: bool,
        /// What they say.
        items: Vec<Vec<Piece>>,
    },
}

/// A stretch of text that is all of one kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Piece {
    /// What it says.
    pub what: Said,
    /// Whether it is emphasised.
    pub is_emphasis: bool,
    /// Whether it is strong.
    pub is_strong: bool,
    /// Where it leads, if anywhere.
    pub link: Option<Link>,
}

/// What a piece says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Said {
    /// Words.
    Text(String),
    /// Words in the type of code.
    Code(String),
    /// What the run gave: the place of one of the lesson's values.
    Value(u16),
}

/// Where a link leads.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Link {
    /// To a page on the web; it begins with `https://`.
    Web(String),
    /// To a section of the paper or the dissertation.
    Section(Reference),
    /// To another lesson, by its name.
    Lesson(String),
    /// To a built-in scenario, by its name.
    Scenario(String),
}
