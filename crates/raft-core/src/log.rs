//! The log: entries, their indices and terms (paper, section 5.3).

use crate::membership::Membership;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// A term: Raft's logical clock (paper, section 5.1). Zero is before the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Term(pub u64);

impl Term {
    /// The term after this one; the last term has none after it.
    #[must_use]
    pub const fn next(self) -> Term {
        Term(self.0.saturating_add(1))
    }
}

/// A place in the log. The first entry has index 1; 0 is before the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Index(pub u64);

impl Index {
    /// Before the first entry.
    pub const ZERO: Index = Index(0);

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Index {
        Index(self.0.saturating_add(1))
    }

    /// The place before this one; before the first, itself.
    #[must_use]
    pub const fn previous(self) -> Index {
        Index(self.0.saturating_sub(1))
    }
}

macro_rules! written_as_its_number {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}", self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )*};
}
written_as_its_number!(Term Index);

/// A client's command, opaque to Raft. Cloning shares the bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Command(pub Arc<[u8]>);

/// As hexadecimal digits, two a byte: traces are read by people too.
#[cfg(feature = "serde")]
impl serde::Serialize for Command {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Hexadecimal<'a>(&'a [u8]);
        impl fmt::Display for Hexadecimal<'_> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
            }
        }
        serializer.collect_str(&Hexadecimal(&self.0))
    }
}

/// What an entry holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Payload {
    /// Nothing: the entry that a new leader commits first, so that it learns
    /// what is committed (paper, section 8).
    NoOp,
    /// A command for the state machine.
    Command(Command),
    /// Who the members are from here on (dissertation, chapter 4).
    Configuration(Membership),
}

/// One entry of the log: a payload, and the term in which a leader received it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Entry {
    /// The term of the leader that created it; by it, divergence is found.
    pub term: Term,
    /// What it holds.
    pub payload: Payload,
}

/// The last entry of a log, all that a vote looks at (paper, section 5.4.1).
///
/// The order *is* the rule "at least as up to date": the later term wins, and
/// only between equal terms does the longer log.
///
/// ```
/// use raft_core::{Index, LogEnd, Term};
/// let short_but_later = LogEnd { term: Term(3), index: Index(1) };
/// let long_but_earlier = LogEnd { term: Term(2), index: Index(900) };
/// assert!(short_but_later > long_but_earlier);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LogEnd {
    /// The term of the last entry, 0 for an empty log. Compared first.
    pub term: Term,
    /// The index of the last entry. Compared between equal terms only.
    pub index: Index,
}

const CHUNK_ENTRIES: usize = 64;

/// A log. Clones share their entries in chunks, so that keeping a copy of a
/// node, as timelines and model checkers do, costs little.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Log {
    // Every chunk but the last holds exactly CHUNK_ENTRIES, and the last is not
    // empty: equal logs have equal chunks, so the derived Eq and Hash are right.
    chunks: Vec<Arc<Vec<Entry>>>,
}

impl Log {
    /// An empty log.
    pub const fn new() -> Log {
        Log { chunks: Vec::new() }
    }

    /// The index of the last entry; 0 when empty.
    pub fn last_index(&self) -> Index {
        match self.chunks.last() {
            None => Index::ZERO,
            Some(last) => Index(((self.chunks.len() - 1) * CHUNK_ENTRIES + last.len()) as u64),
        }
    }

    /// The last entry's place and term.
    pub fn end(&self) -> LogEnd {
        let index = self.last_index();
        LogEnd { index, term: self.term_at(index).unwrap_or_default() }
    }

    /// The entry at `index`, if there is one.
    pub fn get(&self, index: Index) -> Option<&Entry> {
        let offset = usize::try_from(index.0.checked_sub(1)?).ok()?;
        self.chunks.get(offset / CHUNK_ENTRIES)?.get(offset % CHUNK_ENTRIES)
    }

    /// The term of the entry at `index`; term 0 at index 0; `None` past the end.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        if index == Index::ZERO { Some(Term(0)) } else { self.get(index).map(|entry| entry.term) }
    }

    /// Up to `most` entries from `first` on.
    pub fn entries_from(&self, first: Index, most: u32) -> Vec<Entry> {
        let last =
            self.last_index().0.min(first.0.saturating_add(u64::from(most)).saturating_sub(1));
        (first.0..=last).filter_map(|index| self.get(Index(index)).cloned()).collect()
    }

    /// Every entry with its index, first to last.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Index, &Entry)> {
        self.chunks.iter().enumerate().flat_map(|(chunk, entries)| {
            entries.iter().enumerate().map(move |(place, entry)| {
                (Index((chunk * CHUNK_ENTRIES + place + 1) as u64), entry)
            })
        })
    }

    /// Appends one entry and gives its index.
    pub fn append(&mut self, entry: Entry) -> Index {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK_ENTRIES => Arc::make_mut(last).push(entry),
            _ => self.chunks.push(Arc::new(alloc::vec![entry])),
        }
        self.last_index()
    }

    /// Removes the entry at `first` and all that follow it.
    pub fn truncate_from(&mut self, first: Index) {
        let keep = usize::try_from(first.previous().0).unwrap_or(usize::MAX);
        if Index(keep as u64) >= self.last_index() {
            return;
        }
        self.chunks.truncate(keep.div_ceil(CHUNK_ENTRIES));
        if let Some(last) = self.chunks.last_mut() {
            let keep_in_last = (keep - 1) % CHUNK_ENTRIES + 1;
            if last.len() > keep_in_last {
                Arc::make_mut(last).truncate(keep_in_last);
            }
        }
    }

    /// The last place, at or before `index`, whose term is `term` or earlier.
    ///
    /// Two logs that part somewhere can't agree past this place, so a leader and
    /// a follower that each skip to it find where they part in one round trip a
    /// term instead of one an entry (paper, end of section 5.3).
    ///
    /// ```text
    ///   index      1 2 3 4 5 6 7
    ///   leader     1 1 1 5 5 5 5     asks: does yours have term 5 at index 7?
    ///   follower   1 1 1 2 2 3 3     no; the last of mine not after 5 is 3 at 7
    ///   leader's last place of a term not after 3, at or before 7, is index 3
    /// ```
    pub fn last_place_not_after(&self, index: Index, term: Term) -> LogEnd {
        let mut place = index.min(self.last_index());
        while place > Index::ZERO {
            match self.term_at(place) {
                Some(found) if found > term => place = place.previous(),
                _ => break,
            }
        }
        LogEnd { index: place, term: self.term_at(place).unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(term: u64) -> Entry {
        Entry { term: Term(term), payload: Payload::NoOp }
    }

    fn log(terms: &[u64]) -> Log {
        let mut log = Log::new();
        for term in terms {
            log.append(entry(*term));
        }
        log
    }

    proptest! {
        /// The chunked log against the obvious one.
        #[test]
        fn it_behaves_as_a_plain_vector(
            steps in prop::collection::vec((any::<bool>(), 0u64..200, 1u64..9), 0..60)
        ) {
            let mut log = Log::new();
            let mut plain: Vec<Entry> = Vec::new();
            for (append, place, term) in steps {
                if append {
                    for _ in 0..place {
                        plain.push(entry(term));
                        log.append(entry(term));
                    }
                } else {
                    plain.truncate(place.saturating_sub(1) as usize);
                    log.truncate_from(Index(place));
                }
                prop_assert_eq!(log.last_index(), Index(plain.len() as u64));
                prop_assert!(log.iter().map(|(_, entry)| entry).eq(plain.iter()));
                let mut rebuilt = Log::new();
                plain.iter().cloned().for_each(|entry| { rebuilt.append(entry); });
                prop_assert_eq!(&log, &rebuilt, "the same entries are the same log");
                let tail = log.entries_from(Index(place), 5);
                let from = place.max(1) as usize - 1;
                let least = if place == 0 { 4 } else { 5 };
                prop_assert!(tail.iter().eq(plain.iter().skip(from).take(least)));
            }
        }
    }

    #[test]
    fn the_later_term_is_more_up_to_date_whatever_the_length() {
        assert!(log(&[1, 1, 3]).end() > log(&[1, 1, 2, 2, 2, 2]).end());
        assert!(log(&[1, 1, 3, 3]).end() > log(&[1, 1, 3]).end());
        assert!(log(&[]).end() < log(&[1]).end());
    }

    #[test]
    fn the_place_to_back_off_to_skips_whole_terms() {
        let follower = log(&[1, 1, 1, 2, 2, 3, 3]);
        let hint = follower.last_place_not_after(Index(7), Term(5));
        assert_eq!(hint, LogEnd { index: Index(7), term: Term(3) });
        let leader = log(&[1, 1, 1, 5, 5, 5, 5]);
        assert_eq!(leader.last_place_not_after(hint.index, hint.term).index, Index(3));
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        assert_eq!(log(&[1]).get(Index(0)), None);
        assert_eq!(log(&[1]).get(Index(2)), None);
        assert_eq!(log(&[1]).get(Index(u64::MAX)), None);
        assert_eq!(log(&[1]).term_at(Index(0)), Some(Term(0)));
        assert!(log(&[1]).entries_from(Index(u64::MAX), u32::MAX).is_empty());
    }
}
