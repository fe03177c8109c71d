//! What is played: a scenario that is built in, free play, or a scenario of the reader's
//! own that a link carries whole.

use crate::free_play::FreePlay;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use raft_sim::{Document, Scenario};
use std::rc::Rc;

/// What is played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// A scenario that is built in, by its name.
    BuiltIn(Rc<str>),
    /// Free play.
    Free(FreePlay),
    /// A scenario of the reader's own, packed as [`Document::to_packed`] does it.
    Own(Rc<[u8]>),
}

impl Default for Source {
    fn default() -> Source {
        Source::BuiltIn(raft_scenarios::OPENING.into())
    }
}

impl Source {
    /// A scenario of the reader's own.
    pub(crate) fn own(document: &Document) -> Source {
        Source::Own(document.to_packed().into())
    }

    /// Reads `scenario=`.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub(crate) fn read_name(name: &str) -> Result<Source, String> {
        match raft_scenarios::named(name) {
            Some(built_in) => Ok(Source::BuiltIn(built_in.name.into())),
            None => Err(no_such_scenario(name)),
        }
    }

    /// Reads `own=`: base64url, without padding.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read_packed(text: &str) -> Result<Source, String> {
        let broken = "The scenario in this link is broken: a part of the link may be missing.";
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| broken.to_owned())?;
        let document = Document::from_packed(&bytes)
            .map_err(|error| format!("The scenario in this link can't be read: {error}."))?;
        Ok(Source::own(&document))
    }

    /// Its text in a link: its field, or fields.
    pub(crate) fn text(&self) -> String {
        match self {
            Source::BuiltIn(name) => format!("scenario={name}"),
            Source::Free(free) => free.text(),
            Source::Own(packed) => format!("own={}", URL_SAFE_NO_PAD.encode(packed)),
        }
    }

    /// The name of a scenario that is built in.
    pub(crate) fn built_in(&self) -> Option<&str> {
        match self {
            Source::BuiltIn(name) => Some(name),
            Source::Free(_) | Source::Own(_) => None,
        }
    }

    /// The scenario.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with what would be right.
    pub(crate) fn scenario(&self) -> Result<Scenario, Vec<String>> {
        match self {
            Source::BuiltIn(name) => {
                raft_scenarios::by_name(name).ok_or_else(|| vec![no_such_scenario(name)])
            }
            Source::Free(free) => Ok(free.scenario()),
            Source::Own(packed) => {
                let document =
                    Document::from_packed(packed).map_err(|error| vec![format!("{error}.")])?;
                document.scenario().map_err(|errors| sentences(&errors))
            }
        }
    }
}

/// Errors of the simulator, as sentences.
pub(crate) fn sentences(errors: &[impl std::fmt::Display]) -> Vec<String> {
    errors.iter().map(|error| format!("{error}.").replace("..", ".")).collect()
}

fn no_such_scenario(name: &str) -> String {
    let names: Vec<&str> = raft_scenarios::names().collect();
    let hint = did_you_mean(name, &names);
    let shown = shortened(name);
    let count = names.len();
    format!("There is no scenario “{shown}”.{hint} The menu above lists all {count} of them.")
}

/// The nearest of all that there are, if one is near, as a question.
pub(crate) fn did_you_mean(name: &str, names: &[&str]) -> String {
    // A distance is quadratic in the name's length, and a link may be long.
    let nearest = (name.len() <= 64)
        .then(|| names.iter().min_by_key(|known| distance(known, name)))
        .flatten()
        .filter(|known| distance(known, name) <= known.len() / 2);
    nearest.map(|known| format!(" Did you mean {known}?")).unwrap_or_default()
}

/// How many letters to change, add or take away to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (down, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = down + 1;
        for (across, other_letter) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other_letter);
            diagonal = row[across + 1];
            row[across + 1] = changed.min(diagonal + 1).min(row[across] + 1);
        }
    }
    row[other.len()]
}

/// A text short enough for a message.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}
