//! The glossary: the terms of art of the field, as data, and where a text mentions them.

use crate::lesson::{PackedError, Source};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;
use serde::{Deserialize, Serialize};

/// A term of art.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Term {
    /// How it is written.
    pub term: String,
    /// How else it is written.
    pub also: Vec<String>,
    /// What it is, in one sentence.
    pub says: String,
    /// Where one reads on.
    pub source: Source,
}

impl Term {
    /// All the ways in which it is written.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        core::iter::once(&self.term).chain(&self.also).map(String::as_str)
    }

    /// Its name in a link: lower-case words joined by hyphens.
    pub fn name(&self) -> String {
        self.term.to_ascii_lowercase().replace(' ', "-")
    }
}

/// All the terms, in an order in which each uses only those before it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Glossary {
    /// The terms.
    pub terms: Vec<Term>,
}

/// Where a text mentions a term.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mention {
    /// The place of the term in the glossary.
    pub term: usize,
    /// The bytes of the text.
    pub at: Range<usize>,
}

/// The version of the packed form, which is its first byte.
const VERSION: u8 = 1;

impl Glossary {
    /// Packs it.
    pub fn to_packed(&self) -> Vec<u8> {
        // It fails only for what has no length beforehand, which a glossary doesn't have.
        postcard::to_extend(self, alloc::vec![VERSION]).unwrap_or_default()
    }

    /// Reads a packed glossary.
    ///
    /// # Errors
    /// Where it is none.
    pub fn from_packed(bytes: &[u8]) -> Result<Glossary, PackedError> {
        match bytes {
            [VERSION, packed @ ..] => postcard::from_bytes(packed).map_err(|_| PackedError),
            _ => Err(PackedError),
        }
    }

    /// The term of this name.
    pub fn named(&self, name: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.name() == name)
    }

    /// Where a text first mentions each term that it mentions, in the order of the text.
    pub fn terms_in(&self, text: &str) -> Vec<Mention> {
        Mentions::of(self).next(text)
    }
}

/// Finds the first mention of each term in a text that comes in pieces: a page marks a term
/// once.
///
/// ```text
///   The commit index of a leader      "commit index" and "leader", not "index":
///                                     where several terms begin, the longest is meant
///   a pre-vote, leadership            neither "vote" nor "leader": words are whole, and a
///                                     hyphen joins two to one
/// ```
#[derive(Clone, Debug)]
pub struct Mentions<'a> {
    glossary: &'a Glossary,
    seen: Vec<bool>,
}

impl Mentions<'_> {
    /// Before any piece.
    pub fn of(glossary: &Glossary) -> Mentions<'_> {
        Mentions { glossary, seen: alloc::vec![false; glossary.terms.len()] }
    }

    /// What the next piece mentions that none before it did.
    pub fn next(&mut self, text: &str) -> Vec<Mention> {
        let mut mentions = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..) {
            let Some(first) = rest.chars().next() else { break };
            if !is_of_word(first) || joins_what_is_before(text, at) {
                at += first.len_utf8();
                continue;
            }
            match self.longest_at(text, at) {
                Some((term, length)) => {
                    // One that was mentioned before takes its place all the same: the
                    // "index" in it is not another term.
                    let is_seen = self.seen.get_mut(term);
                    if let Some(is_seen) = is_seen.filter(|is_seen| !**is_seen) {
                        *is_seen = true;
                        mentions.push(Mention { term, at: at..at + length });
                    }
                    at += length;
                }
                None => at += first.len_utf8(),
            }
        }
        mentions
    }

    /// The term that is written here, and how many bytes it takes.
    fn longest_at(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        let mut longest: Option<(usize, usize)> = None;
        for (place, term) in self.glossary.terms.iter().enumerate() {
            for spelling in term.spellings() {
                let length = text.get(at..).and_then(|rest| written(spelling, rest));
                let is_longer = |length: usize| longest.is_none_or(|(_, other)| length > other);
                if let Some(length) = length.filter(|length| is_longer(*length)) {
                    longest = Some((place, length));
                }
            }
        }
        longest
    }
}

/// A letter of the languages that are written as English is, or a digit: the tables of all
/// alphabets would be some kilobytes of the page.
fn is_of_word(letter: char) -> bool {
    let is_accented = matches!(letter, '\u{c0}'..='\u{24f}') && !matches!(letter, '×' | '÷');
    letter.is_ascii_alphanumeric() || letter == '_' || is_accented
}

/// Whether what stands here is the rest of a word.
fn joins_what_is_before(text: &str, at: usize) -> bool {
    let mut before = text.get(..at).unwrap_or("").chars().rev();
    match before.next() {
        Some('-') => before.next().is_some_and(is_of_word),
        Some(letter) => is_of_word(letter),
        None => false,
    }
}

/// Whether a word goes on here.
fn goes_on(rest: &str) -> bool {
    let mut letters = rest.chars();
    match letters.next() {
        Some('-') => letters.next().is_some_and(is_of_word),
        Some(letter) => is_of_word(letter),
        None => false,
    }
}

/// How many bytes of the text a spelling takes that it begins with. A space may be any white
/// space. Letters may be in either case, unless the spelling has a capital.
fn written(spelling: &str, text: &str) -> Option<usize> {
    // Most don't even begin so.
    let [first, other] = [spelling, text].map(|it| it.bytes().next());
    if !first.zip(other).is_some_and(|(first, other)| first.eq_ignore_ascii_case(&other)) {
        return None;
    }
    let is_exact = spelling.chars().any(|letter| letter.is_ascii_uppercase());
    let mut rest = text;
    for letter in spelling.chars() {
        if letter == ' ' {
            let after = rest.trim_start();
            if after.len() == rest.len() {
                return None;
            }
            rest = after;
            continue;
        }
        let found = rest.chars().next()?;
        if found != letter && (is_exact || !found.eq_ignore_ascii_case(&letter)) {
            return None;
        }
        rest = rest.get(found.len_utf8()..)?;
    }
    if goes_on(rest) { None } else { Some(text.len() - rest.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use std::vec;

    fn glossary() -> Glossary {
        let term = |term: &str, also: &[&str]| Term {
            term: term.to_string(),
            also: also.iter().map(ToString::to_string).collect(),
            says: String::new(),
            source: Source::Section("paper 5.1".parse().expect("it is there")),
        };
        Glossary {
            terms: vec![
                term("index", &["indexes"]),
                term("leader", &["leaders"]),
                term("vote", &["votes"]),
                term("commit index", &[]),
                term("pre-vote", &[]),
                term("Log Matching", &[]),
                term("log", &["logs"]),
            ],
        }
    }

    fn found(text: &str) -> Vec<String> {
        let glossary = glossary();
        let mentions = glossary.terms_in(text).into_iter();
        mentions.map(|mention| text[mention.at].to_string()).collect()
    }

    #[test]
    fn each_term_is_found_where_it_is_mentioned_first() {
        assert_eq!(found("A leader, a leader's log, two logs."), ["leader", "log"]);
        let glossary = glossary();
        let mentions = glossary.terms_in("Votes for a leader; one vote.");
        assert_eq!(
            mentions,
            [Mention { term: 2, at: 0..5 }, Mention { term: 1, at: 12..18 }],
            "the first is found with its plural, and in either case"
        );
    }

    #[test]
    fn of_several_the_longest_is_meant_and_what_is_in_it_is_not_found() {
        assert_eq!(found("the commit index"), ["commit index"]);
        assert_eq!(found("the commit\n  index, and an index"), ["commit\n  index", "index"]);
        assert_eq!(
            found("commit index, then commit index again, and index"),
            ["commit index", "index"]
        );
    }

    #[test]
    fn words_are_whole_and_a_hyphen_joins_them() {
        assert_eq!(found("leadership, devoted, indexed, Logging, a_log, log2"), [""; 0]);
        assert_eq!(found("pre-vote"), ["pre-vote"]);
        assert_eq!(found("non-leader, leader-based, re-vote"), [""; 0]);
        assert_eq!(found("(leader) - vote-, “log”"), ["leader", "vote", "log"]);
        assert_eq!(found("Überleader, leaderß, der leader"), ["leader"]);
    }

    #[test]
    fn what_has_a_capital_is_found_with_it_only() {
        assert_eq!(found("Log Matching"), ["Log Matching"]);
        assert_eq!(found("log matching"), ["log"]);
        assert_eq!(found("LOG"), ["LOG"]);
    }

    #[test]
    fn a_text_may_come_in_pieces() {
        let glossary = glossary();
        let mut mentions = Mentions::of(&glossary);
        assert_eq!(mentions.next("a leader and ").len(), 1);
        assert_eq!(mentions.next("a leader’s vote"), [Mention { term: 2, at: 11 + 2..15 + 2 }]);
        assert_eq!(mentions.next(""), []);
    }

    #[test]
    fn packed_it_is_the_same_and_what_is_cut_off_is_none() {
        let glossary = glossary();
        let packed = glossary.to_packed();
        assert_eq!(Glossary::from_packed(&packed), Ok(glossary));
        for length in 0..packed.len() {
            assert_eq!(Glossary::from_packed(&packed[..length]), Err(PackedError));
        }
    }
}
