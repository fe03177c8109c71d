//! Every entry that a trace tells of, once, whoever holds it.
//!
//! By Log Matching an entry's index and term say all of the log up to it. So a log is
//! known by its last entry, and what stands before that is found by going back from
//! entry to entry, by runs of one term:
//!
//! ```text
//!   index   1  2  3  4  5  6  7
//!   term    1  1  1  2  2  4  4 ◀── a log that ends with (7, 4)
//!           ╰──┬──╯  ╰─┬╯  ╰─┬╯
//!          first of the run; each knows the term before it
//! ```
//!
//! What contradicts that is a violation, and the entry stays as it was first told.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use raft_core::{Index, LogEnd, NodeId, Term};

/// An entry, as it was first told.
struct Told {
    value: Option<String>,
    /// The term of the entry before it, 0 for the beginning; `None` where a snapshot
    /// stands for that.
    previous: Option<Term>,
    /// The first of the entries of this term that stand right before it.
    run_first: Index,
    by: NodeId,
    line: u64,
}

/// Every entry that was told of.
#[derive(Default)]
pub(super) struct Entries(BTreeMap<(Index, Term), Told>);

/// What stands at a place of a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// An entry of this term.
    Holds(Term),
    /// Nothing: the log ends before it.
    Nothing,
    /// Whatever a snapshot covers, of which nothing was told.
    Covered,
}

/// How an entry differs from what was told of it before.
pub(super) struct Difference {
    /// By whom it was told first, and in which line.
    pub(super) first: (NodeId, u64),
    pub(super) what: What,
}

pub(super) enum What {
    /// It held another value.
    Values(String, String),
    /// It stood after an entry of another term.
    Previous(Term, Term),
}

impl Entries {
    /// A server holds an entry, right after `previous`. Says how it differs from what was
    /// told of that entry before, if it does.
    pub(super) fn holds(
        &mut self,
        (node, line): (NodeId, u64),
        previous: LogEnd,
        entry: LogEnd,
        value: Option<&str>,
    ) -> Option<Difference> {
        let before = self.0.get(&(previous.index, previous.term));
        let run_first = match before {
            Some(before) if previous.term == entry.term => before.run_first,
            _ => entry.index,
        };
        let Some(told) = self.0.get_mut(&(entry.index, entry.term)) else {
            let value = value.map(ToString::to_string);
            let told = Told { value, previous: Some(previous.term), run_first, by: node, line };
            self.0.insert((entry.index, entry.term), told);
            return None;
        };
        let first = (told.by, told.line);
        match told.previous {
            None => (told.previous, told.run_first) = (Some(previous.term), run_first),
            Some(other) if other != previous.term => {
                let what = What::Previous(other, previous.term);
                return Some(Difference { first, what });
            }
            Some(_) => {}
        }
        match (&told.value, value) {
            (None, Some(value)) => told.value = Some(value.to_string()),
            (Some(other), Some(value)) if other != value => {
                let what = What::Values(other.clone(), value.to_string());
                return Some(Difference { first, what });
            }
            _ => {}
        }
        None
    }

    /// A snapshot stands for a server's log up to this entry.
    pub(super) fn covered(&mut self, node: NodeId, line: u64, end: LogEnd) {
        let unknown = Told { value: None, previous: None, run_first: end.index, by: node, line };
        self.0.entry((end.index, end.term)).or_insert(unknown);
    }

    /// What an entry holds, if it was told.
    pub(super) fn value(&self, entry: LogEnd) -> Option<&str> {
        self.0.get(&(entry.index, entry.term))?.value.as_deref()
    }

    /// What stands at `index` in the log that ends with `end`.
    pub(super) fn at(&self, end: LogEnd, index: Index) -> Place {
        if index > end.index || index == Index::ZERO {
            return Place::Nothing;
        }
        match self.runs(end, index).last() {
            Some((first, term)) if *first <= index => Place::Holds(*term),
            _ => Place::Covered,
        }
    }

    /// The runs of one term in the log that ends with `end`, from the last back to the
    /// one that `index` stands in: each with its first index.
    pub(super) fn runs(&self, end: LogEnd, index: Index) -> Vec<(Index, Term)> {
        let mut runs = Vec::new();
        let mut at = end;
        // Each turn goes to a smaller index.
        while let Some(told) = self.0.get(&(at.index, at.term)) {
            runs.push((told.run_first, at.term));
            if told.run_first <= index {
                break;
            }
            let first = self.0.get(&(told.run_first, at.term));
            let Some(previous) = first.and_then(|first| first.previous) else { break };
            at = LogEnd { index: told.run_first.previous(), term: previous };
        }
        runs
    }
}
