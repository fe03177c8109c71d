//! The short texts of nodes, sets of nodes, ratios and actions, and the names of what
//! there are a few of.

use super::words::{Choice, Worded, Words};
#[cfg(feature = "text")]
use crate::action::text::KINDS;
use crate::action::{Action, ActionError};
use crate::clock::Rate;
use crate::scenario::Work;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use raft_core::{DriftBound, Flaw, InForce, NodeId, NodeSet, ReadMode};

/// A node, by its letter.
pub type Node = Worded<NodeId>;
/// Some nodes, by their letters.
pub type Nodes = Worded<NodeSet>;

impl Words for NodeId {
    const WHAT: &'static str = "a node: one letter, such as \"B\"";

    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }

    fn read(text: &str) -> Result<NodeId, String> {
        let mut letters = text.chars();
        match (letters.next().and_then(NodeId::from_letter), letters.next()) {
            (Some(node), None) => Ok(node),
            _ => Err(format!("“{text}” is not {}", NodeId::WHAT)),
        }
    }
}

impl Words for NodeSet {
    const WHAT: &'static str = "a set of nodes: their letters, such as \"ABE\"";

    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|node| write!(formatter, "{node}"))
    }

    fn read(text: &str) -> Result<NodeSet, String> {
        text.chars().try_fold(NodeSet::EMPTY, |set, letter| match NodeId::from_letter(letter) {
            Some(node) if set.contains(node) => Err(format!("“{text}” names {node} twice")),
            Some(node) => Ok(set.with(node)),
            None => Err(format!("“{text}” is not {}", NodeSet::WHAT)),
        })
    }
}

/// The two parts of `4/5`.
fn ratio(text: &str) -> Option<(u32, u32)> {
    let (numerator, denominator) = text.split_once('/')?;
    Some((numerator.trim().parse().ok()?, denominator.trim().parse().ok()?))
}

impl Words for Rate {
    const WHAT: &'static str = "a clock's rate: a ratio to true time, such as \"1/2\"";

    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }

    fn read(text: &str) -> Result<Rate, String> {
        let (numerator, denominator) =
            ratio(text).ok_or_else(|| format!("“{text}” is not {}", Rate::WHAT))?;
        Ok(Rate { numerator, denominator })
    }
}

impl Words for DriftBound {
    const WHAT: &'static str = "a bound on clock drift: a ratio of at least 1, such as \"11/10\"";

    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.numerator, self.denominator)
    }

    fn read(text: &str) -> Result<DriftBound, String> {
        let (numerator, denominator) =
            ratio(text).ok_or_else(|| format!("“{text}” is not {}", DriftBound::WHAT))?;
        Ok(DriftBound { numerator, denominator })
    }
}

impl Words for Action {
    const WHAT: &'static str = "an action, such as \"crash:leader\" or \"partition:ABE-CD\"";

    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }

    fn read(text: &str) -> Result<Action, String> {
        #[cfg(feature = "text")]
        if let Some(kind) = text.split(':').next()
            && !KINDS.contains(&kind)
        {
            let nearest = super::text::did_you_mean(kind, KINDS);
            return Err(format!("“{text}” is no action{nearest}"));
        }
        text.parse().map_err(|error: ActionError| error.to_string())
    }
}

impl Choice for Work {
    const ALL: &'static [Work] = &[
        Work::Write,
        Work::Read(ReadMode::ReadIndex),
        Work::Read(ReadMode::Lease),
        Work::Read(ReadMode::Log),
        Work::ReadStraight,
        Work::Listed,
    ];
    const NAMES: &'static [&'static str] =
        &["write", "read-index", "read-lease", "read-log", "read-straight", "listed"];
    const WHAT: &'static str = "what a client asks for, such as \"write\" or \"read-index\"";

    fn meaning(self) -> String {
        match self {
            Work::Write => "It writes.",
            Work::Read(ReadMode::ReadIndex) => {
                "It reads; the leader asks a majority whether it still leads."
            }
            Work::Read(ReadMode::Lease) => {
                "It reads; the leader answers by its lease, and by ReadIndex where that has run out."
            }
            Work::Read(ReadMode::Log) => "It reads; the read goes through the log, as a write does.",
            Work::ReadStraight => {
                "It reads what the node that it asks has applied, leader or not: maybe an old value."
            }
            Work::Listed => "What asks lists for it, each question at its moment.",
        }
        .to_string()
    }
}

impl Choice for InForce {
    const ALL: &'static [InForce] = &[InForce::WhenAppended, InForce::WhenApplied];
    const NAMES: &'static [&'static str] = &["when-appended", "when-applied"];
    const WHAT: &'static str = "from when a configuration counts, such as \"when-appended\"";

    fn meaning(self) -> String {
        match self {
            InForce::WhenAppended => "As soon as it is in a server's log, committed or not.",
            InForce::WhenApplied => "Once it is applied, as in etcd.",
        }
        .to_string()
    }
}

impl Choice for Flaw {
    const ALL: &'static [Flaw] = Flaw::ALL;
    const NAMES: &'static [&'static str] = &FLAW_NAMES;
    const WHAT: &'static str = "a rule left out, such as \"vote-without-comparing-logs\"";

    fn meaning(self) -> String {
        format!("Removes {}.", self.removes())
    }
}

const FLAW_NAMES: [&str; Flaw::ALL.len()] = {
    let mut names = [""; Flaw::ALL.len()];
    let mut place = 0;
    while place < names.len() {
        names[place] = Flaw::ALL[place].name();
        place += 1;
    }
    names
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_chosen_has_a_name_each() {
        fn check<T: Choice + core::fmt::Debug>() {
            assert_eq!(T::ALL.len(), T::NAMES.len());
            for (one, name) in T::ALL.iter().zip(T::NAMES) {
                assert_eq!(one.name(), *name, "{one:?}");
                assert!(
                    name.bytes()
                        .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
                );
            }
        }
        check::<Work>();
        check::<InForce>();
        check::<Flaw>();
    }

    #[test]
    fn what_is_no_node_set_or_ratio_is_refused_with_an_example() {
        for (error, says) in [
            (NodeId::read("BC").err(), "“BC” is not a node: one letter, such as \"B\""),
            (NodeSet::read("A B").err(), "“A B” is not a set of nodes"),
            (NodeSet::read("ABA").err(), "“ABA” names A twice"),
            (Rate::read("0.5").err(), "“0.5” is not a clock's rate: a ratio to true time"),
            (DriftBound::read("11/").err(), "“11/” is not a bound on clock drift"),
        ] {
            let error = error.expect(says);
            assert!(error.starts_with(says), "{error}");
        }
    }
}
