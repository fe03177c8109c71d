//! The log: entries, their indices and terms (paper, section 5.3).

use crate::membership::Membership;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// A term: Raft's logical clock (paper, section 5.1). Zero is before the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Command(#[cfg_attr(feature = "schema", schemars(with = "str"))] pub Arc<[u8]>);

#[cfg(feature = "serde")]
impl serde::Serialize for Command {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hexadecimal(&self.0, serializer)
    }
}

/// Bytes as hexadecimal digits, two a byte: traces are read by people too.
#[cfg(feature = "serde")]
pub(crate) fn hexadecimal<S: serde::Serializer>(
    bytes: &Arc<[u8]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    struct Hexadecimal<'a>(&'a [u8]);
    impl fmt::Display for Hexadecimal<'_> {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
        }
    }
    serializer.collect_str(&Hexadecimal(bytes))
}

/// What an entry holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogEnd {
    /// The term of the last entry, 0 for an empty log. Compared first.
    pub term: Term,
    /// The index of the last entry. Compared between equal terms only.
    pub index: Index,
}

const CHUNK_ENTRIES: u64 = 64;
/// How many chunks are folded into a block.
const BLOCK_CHUNKS: u64 = 64;

type Chunk = Arc<Vec<Entry>>;
type Block = Arc<Vec<Chunk>>;

/// A log. Clones share their entries in chunks, so that keeping a copy of a
/// node, as timelines and model checkers do, costs little.
///
/// Its first entries may be gone, because a snapshot covers them (paper, section 7).
/// Of those it remembers the last one's place and term, the *base*: that is what
/// AppendEntries and votes still ask for.
///
/// ```text
///   index     1 2 3 4 5 6 7 8
///   whole     1 1 2 2 2 3 3 3
///   compacted       [2] 2 3 3 3      base: index 4 of term 2; the first entry is 5
/// ```
///
/// The chunks that are long past are folded into blocks, so that a clone of a long log
/// copies a pointer for each 4096 entries, and some for those at its end:
///
/// ```text
///   blocks   [■■■■■■■■] [■■■■■■■■]      64 chunks each
///   chunks                         ■ ■ ■ ■      and here one goes on
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Log {
    // The last entry that is no longer there; zero at first.
    base: LogEnd,
    // Chunk k of a whole log holds the entries 64k+1 ..= 64k+64. Of a compacted log the
    // chunks before the one of the first entry are gone, and that one is cut at its
    // front. Every chunk but the last reaches to its end, and none is empty. Block b
    // holds the chunks 64b ..= 64b+63, the first block only those that are there; the
    // chunks of the last entry's block are not folded. So equal logs have equal blocks
    // and chunks, and the derived Eq and Hash are right.
    blocks: Vec<Block>,
    chunks: Vec<Chunk>,
}

impl Log {
    /// An empty log.
    pub const fn new() -> Log {
        Log::after(LogEnd { term: Term(0), index: Index::ZERO })
    }

    /// A log without entries that goes on after `base`.
    pub const fn after(base: LogEnd) -> Log {
        Log { base, blocks: Vec::new(), chunks: Vec::new() }
    }

    /// The last entry that is no longer there, because a snapshot covers it; index 0 of
    /// term 0 where the log is whole.
    pub const fn base(&self) -> LogEnd {
        self.base
    }

    /// The index of the first entry that is there, or would be.
    pub const fn first_index(&self) -> Index {
        self.base.index.next()
    }

    /// Which chunk the first entry is in, or would be.
    const fn first_chunk(&self) -> u64 {
        self.base.index.0 / CHUNK_ENTRIES
    }

    /// Which chunk the first is that is not folded.
    fn first_unfolded(&self) -> u64 {
        match self.blocks.len() as u64 {
            0 => self.first_chunk(),
            blocks => (self.first_chunk() / BLOCK_CHUNKS + blocks) * BLOCK_CHUNKS,
        }
    }

    fn chunk(&self, number: u64) -> Option<&Chunk> {
        let first_unfolded = self.first_unfolded();
        if let Some(place) = number.checked_sub(first_unfolded) {
            return self.chunks.get(usize::try_from(place).ok()?);
        }
        let (block, place) = self.folded_place_of(number)?;
        self.blocks.get(block)?.get(place)
    }

    /// Where a folded chunk is: its block, and its place in that block.
    fn folded_place_of(&self, number: u64) -> Option<(usize, usize)> {
        let first = self.first_chunk();
        let place = number.checked_sub(first.max(number / BLOCK_CHUNKS * BLOCK_CHUNKS))?;
        let block = number / BLOCK_CHUNKS - first / BLOCK_CHUNKS;
        Some((usize::try_from(block).ok()?, usize::try_from(place).ok()?))
    }

    /// Puts a chunk at the end. Where it begins a block, those before it are folded.
    fn push_chunk(&mut self, chunk: Chunk) {
        let number = self.first_unfolded() + self.chunks.len() as u64;
        if number.is_multiple_of(BLOCK_CHUNKS) && !self.chunks.is_empty() {
            self.blocks.push(Arc::new(core::mem::take(&mut self.chunks)));
        }
        self.chunks.push(chunk);
    }

    /// Keeps the chunks up to this one, and not this one. What is folded of the last
    /// entry's block is unfolded.
    fn truncate_chunks(&mut self, end: u64) {
        let kept = end.saturating_sub(self.first_unfolded());
        self.chunks.truncate(usize::try_from(kept).unwrap_or(usize::MAX));
        while self.chunks.is_empty()
            && let Some(block) = self.blocks.pop()
        {
            self.chunks = Arc::unwrap_or_clone(block);
            let kept = end.saturating_sub(self.first_unfolded());
            self.chunks.truncate(usize::try_from(kept).unwrap_or(usize::MAX));
        }
    }

    /// The index of the last entry; that of the base when empty.
    pub fn last_index(&self) -> Index {
        let base = self.base.index.0;
        let Some(last) = self.chunks.last() else { return Index(base) };
        let number = self.first_unfolded() + self.chunks.len() as u64 - 1;
        // The first chunk is cut at its front; a base before it is where it begins.
        Index(base.max(number * CHUNK_ENTRIES) + last.len() as u64)
    }

    /// The last entry's place and term; the base when empty.
    pub fn end(&self) -> LogEnd {
        let index = self.last_index();
        LogEnd { index, term: self.term_at(index).unwrap_or_default() }
    }

    /// How many entries there are.
    pub fn len(&self) -> u64 {
        self.last_index().0 - self.base.index.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Where an entry after the base is: its chunk, and its place in that chunk.
    const fn place_of(&self, index: Index) -> Option<(u64, usize)> {
        let base = self.base.index.0;
        if index.0 <= base {
            return None;
        }
        let place = index.0 - 1;
        let number = place / CHUNK_ENTRIES;
        let cut = if number == self.first_chunk() { base % CHUNK_ENTRIES } else { 0 };
        // It is less than CHUNK_ENTRIES.
        Some((number, (place % CHUNK_ENTRIES - cut) as usize))
    }

    /// The entry at `index`, if it is there.
    pub fn get(&self, index: Index) -> Option<&Entry> {
        let (chunk, within) = self.place_of(index)?;
        self.chunk(chunk)?.get(within)
    }

    /// The term of the entry at `index`, or of the base; term 0 at index 0 of a whole
    /// log. `None` before the base, where it is not known any more, and past the end.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        if index == self.base.index {
            Some(self.base.term)
        } else {
            self.get(index).map(|entry| entry.term)
        }
    }

    /// Up to `most` entries from `first` on; none where the first of them is not there.
    pub fn entries_from(&self, first: Index, most: u32) -> Vec<Entry> {
        let Some((chunk, mut within)) = self.place_of(first) else { return Vec::new() };
        let there = self.last_index().next().0.saturating_sub(first.0);
        // It is no more than there are in memory.
        let count = there.min(most.into()) as usize;
        let mut entries = Vec::with_capacity(count);
        for chunk in (chunk..).map_while(|number| self.chunk(number)) {
            let rest = chunk.get(within..).unwrap_or_default();
            entries.extend_from_slice(&rest[..rest.len().min(count - entries.len())]);
            within = 0;
            if entries.len() == count {
                break;
            }
        }
        entries
    }

    /// Every entry that is there with its index, first to last.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Index, &Entry)> {
        (self.first_index().0..=self.last_index().0)
            .filter_map(|index| Some((Index(index), self.get(Index(index))?)))
    }

    /// Appends one entry and gives its index.
    pub fn append(&mut self, entry: Entry) -> Index {
        let index = self.last_index().next();
        match self.chunks.last_mut() {
            // The first entry of a chunk has the index 64k + 1.
            Some(last) if index.0 % CHUNK_ENTRIES != 1 => {
                let last = Arc::make_mut(last);
                if last.len() == last.capacity() {
                    let room = CHUNK_ENTRIES as usize - last.len();
                    last.reserve_exact(room.min(last.len()));
                }
                last.push(entry);
            }
            _ => self.push_chunk(Arc::new(alloc::vec![entry])),
        }
        index
    }

    /// Removes the entry at `first` and all that follow it. What comes before the base
    /// is gone already: then all that is there goes, and the base stays.
    pub fn truncate_from(&mut self, first: Index) {
        if first > self.last_index() {
            return;
        }
        let Some((chunk, within)) = self.place_of(first) else {
            return self.truncate_chunks(self.first_chunk());
        };
        self.truncate_chunks(chunk + u64::from(within > 0));
        if let (Some(last), true) = (self.chunks.last_mut(), within > 0) {
            Arc::make_mut(last).truncate(within);
        }
    }

    /// Removes the entries up to `through`, which a snapshot covers, and remembers the
    /// last of them as the base. It goes no further than the log does, and never back.
    pub fn compact_to(&mut self, through: Index) {
        let last = self.last_index();
        let through = through.min(last);
        let Some(term) = self.term_at(through) else { return };
        match self.place_of(through.next()) {
            Some((chunk, within)) if through < last => {
                let first = self.drop_chunks_before(chunk);
                if let (Some(first), true) = (first, within > 0) {
                    Arc::make_mut(first).drain(..within);
                }
            }
            _ => self.truncate_chunks(self.first_chunk()),
        }
        self.base = LogEnd { index: through, term };
    }

    /// The last index up to which two logs that begin at the same place hold the same
    /// entries; 0 where they begin at different ones. What clones share is not looked at.
    pub fn same_up_to(&self, other: &Log) -> Index {
        if self.base != other.base {
            return Index::ZERO;
        }
        let mut last = self.base.index;
        for (mine, theirs) in self.all_chunks().zip(other.all_chunks()) {
            let same = if Arc::ptr_eq(mine, theirs) {
                mine.len()
            } else {
                mine.iter().zip(theirs.iter()).take_while(|(mine, theirs)| mine == theirs).count()
            };
            last = Index(last.0 + same as u64);
            if same < mine.len() {
                break;
            }
        }
        last
    }

    fn all_chunks(&self) -> impl Iterator<Item = &Chunk> {
        self.blocks.iter().flat_map(|block| block.iter()).chain(&self.chunks)
    }

    /// Makes one of what is the same in two logs, chunk by chunk, as if one were cloned
    /// from the other: for whoever keeps many logs that are mostly alike. The log stays
    /// what it is.
    pub fn share(&mut self, with: &Log) {
        let first_block = |log: &Log| log.first_chunk() / BLOCK_CHUNKS;
        let (own, other) = (first_block(self), first_block(with));
        share_arcs(&mut self.blocks, own, &with.blocks, other);
        let (own, other) = (self.first_unfolded(), with.first_unfolded());
        share_arcs(&mut self.chunks, own, &with.chunks, other);
    }

    /// Removes the chunks before this one, which is there. Gives this one.
    fn drop_chunks_before(&mut self, number: u64) -> Option<&mut Chunk> {
        if let Some(place) = number.checked_sub(self.first_unfolded()) {
            self.blocks.clear();
            self.chunks.drain(..usize::try_from(place).ok()?);
            return self.chunks.first_mut();
        }
        let (block, place) = self.folded_place_of(number)?;
        self.blocks.drain(..block);
        let first = Arc::make_mut(self.blocks.first_mut()?);
        first.drain(..place);
        first.first_mut()
    }

    /// The last place, at or before `index`, whose term is `term` or earlier. `None`
    /// where that comes before the base, and so is not known any more.
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
    pub fn last_place_not_after(&self, index: Index, term: Term) -> Option<LogEnd> {
        let mut index = index.min(self.last_index());
        loop {
            let found = self.term_at(index)?;
            if found <= term {
                return Some(LogEnd { index, term: found });
            }
            // Index 0 has term 0, which no term comes before.
            index = Index(index.0.checked_sub(1)?);
        }
    }
}

/// Makes one of what is the same in two lists, which begin at these numbers.
fn share_arcs<T: Eq>(own: &mut [Arc<T>], own_first: u64, with: &[Arc<T>], with_first: u64) {
    for (place, item) in own.iter_mut().enumerate().rev() {
        let place = (own_first + place as u64).checked_sub(with_first);
        let place = place.and_then(|place| usize::try_from(place).ok());
        let Some(other) = place.and_then(|place| with.get(place)) else { continue };
        if Arc::ptr_eq(item, other) {
            // What comes before was made one when this was.
            return;
        }
        if item == other {
            *item = other.clone();
        }
    }
}

/// Appends entries, a chunk at a time: many are cheaper so than one by one.
impl Extend<Entry> for Log {
    fn extend<Entries: IntoIterator<Item = Entry>>(&mut self, entries: Entries) {
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            // It is at most CHUNK_ENTRIES.
            let room = CHUNK_ENTRIES - self.last_index().0 % CHUNK_ENTRIES;
            let fitting = entries.by_ref().take(room as usize);
            match self.chunks.last_mut() {
                Some(last) if room < CHUNK_ENTRIES => Arc::make_mut(last).extend(fitting),
                _ => {
                    let chunk = Arc::new(fitting.collect());
                    self.push_chunk(chunk);
                }
            }
        }
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

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Append { count: u64, term: u64 },
        Extend { count: u64, term: u64 },
        TruncateFrom(u64),
        CompactTo(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            2 => (0u64..200, 1u64..9).prop_map(|(count, term)| Step::Append { count, term }),
            2 => (0u64..200, 1u64..9).prop_map(|(count, term)| Step::Extend { count, term }),
            1 => (0u64..400).prop_map(Step::TruncateFrom),
            1 => (0u64..400).prop_map(Step::CompactTo),
            // Blocks of chunks.
            1 => (4_000u64..9_000, 1u64..9).prop_map(|(count, term)| Step::Extend { count, term }),
            2 => (0u64..20_000).prop_map(Step::TruncateFrom),
            1 => (0u64..20_000).prop_map(Step::CompactTo),
        ]
    }

    proptest! {
        /// Two logs that share what a clone shares, and part somewhere.
        #[test]
        fn two_logs_are_the_same_up_to_where_they_part(
            common in 0u64..300, shared in 0u64..300, mine in 0u64..100, theirs in 0u64..100,
            same in 0u64..100, gone in 0u64..200,
        ) {
            let extended = |log: &Log, first: u64, terms: &[(u64, u64)]| {
                let mut log = log.clone();
                log.truncate_from(Index(first + 1));
                for (term, count) in terms {
                    log.extend((0..*count).map(|_| entry(*term)));
                }
                log
            };
            let mut base = log(&alloc::vec![1; common as usize]);
            base.compact_to(Index(gone));
            let one = extended(&base, common, &[(2, same), (3, mine)]);
            let at = shared.clamp(gone.min(common), common);
            let other = extended(&base, at, &[(1, common - at), (2, same), (4, theirs)]);
            let parts_at = common + same;
            prop_assert_eq!(one.same_up_to(&other), Index(parts_at));
            prop_assert_eq!(other.same_up_to(&one), Index(parts_at));
            prop_assert_eq!(one.same_up_to(&one), one.last_index());
            let elsewhere = Log::after(LogEnd { index: Index(1_000), term: Term(1) });
            prop_assert_eq!(one.same_up_to(&elsewhere), Index::ZERO);
        }

        /// The chunked log against the obvious one: a vector of all entries that ever
        /// were, and how many of them are gone.
        #[test]
        fn it_behaves_as_a_plain_vector(
            steps in prop::collection::vec(step(), 0..24),
            probe in prop_oneof![0u64..500, 0u64..20_000],
        ) {
            let mut log = Log::new();
            let mut plain: Vec<Entry> = Vec::new();
            let mut gone = 0;
            for step in steps {
                match step {
                    Step::Append { count, term } => for _ in 0..count {
                        plain.push(entry(term));
                        prop_assert_eq!(log.append(entry(term)), Index(plain.len() as u64));
                    },
                    Step::Extend { count, term } => {
                        let more = alloc::vec![entry(term); count as usize];
                        plain.extend(more.iter().cloned());
                        log.extend(more);
                    }
                    Step::TruncateFrom(first) => {
                        plain.truncate(gone.max(first.saturating_sub(1) as usize));
                        log.truncate_from(Index(first));
                    }
                    Step::CompactTo(through) => {
                        gone = gone.max(plain.len().min(through as usize));
                        log.compact_to(Index(through));
                    }
                }
                let base_term = gone.checked_sub(1).map_or(Term(0), |last| plain[last].term);
                let base = LogEnd { term: base_term, index: Index(gone as u64) };
                prop_assert_eq!(log.base(), base);
                prop_assert_eq!(log.first_index(), Index(gone as u64 + 1));
                prop_assert_eq!(log.last_index(), Index(plain.len() as u64));
                prop_assert_eq!(log.len(), (plain.len() - gone) as u64);
                prop_assert_eq!(log.is_empty(), plain.len() == gone);
                let last_term = plain.last().map_or(Term(0), |last| last.term);
                prop_assert_eq!(log.end(), LogEnd { term: last_term, index: log.last_index() });

                let rest = || (gone as u64 + 1..).map(Index).zip(&plain[gone..]);
                prop_assert!(log.iter().eq(rest()));
                prop_assert!(log.iter().rev().eq(rest().collect::<Vec<_>>().into_iter().rev()));
                let mut rebuilt = Log::after(base);
                for entry in &plain[gone..] {
                    rebuilt.append(entry.clone());
                }
                prop_assert_eq!(&log, &rebuilt, "the same entries are the same log");

                let there = (probe > gone as u64).then(|| plain.get(probe as usize - 1)).flatten();
                prop_assert_eq!(log.get(Index(probe)), there);
                let is_base = probe == gone as u64;
                let term = if is_base { Some(base_term) } else { there.map(|entry| entry.term) };
                prop_assert_eq!(log.term_at(Index(probe)), term);
                for most in [5, 150] {
                    let tail = log.entries_from(Index(probe), most);
                    if probe > gone as u64 {
                        let expected = plain.iter().skip(probe as usize - 1).take(most as usize);
                        prop_assert!(tail.iter().eq(expected));
                    } else {
                        prop_assert!(tail.is_empty(), "its first is not there");
                    }
                }
            }
        }
    }

    #[test]
    fn logs_that_are_the_same_in_part_share_that_part_and_stay_what_they_are() {
        let long = log(&[1; 9_000]);
        for (base, truncated, shared_chunks) in [(0, 9_001, 12), (0, 8_901, 11), (70, 9_001, 12)] {
            let mut other = log(&[1; 9_000]);
            other.compact_to(Index(base));
            other.truncate_from(Index(truncated));
            other.append(entry(2));
            let before = other.clone();
            other.share(&long);
            assert_eq!(other, before);
            let is_shared = |(one, other): &(&Chunk, &Chunk)| Arc::ptr_eq(one, other);
            let shared = other.chunks.iter().zip(&long.chunks).filter(is_shared).count();
            assert_eq!(shared as u64, shared_chunks, "base {base}, truncated at {truncated}");
            assert_eq!(Arc::ptr_eq(&other.blocks[0], &long.blocks[0]), base == 0);
            assert!(Arc::ptr_eq(&other.blocks[1], &long.blocks[1]));
        }
    }

    #[test]
    fn a_clone_shares_its_entries_and_keeps_them() {
        let mut log = log(&[1; 200]);
        let before = log.clone();
        log.compact_to(Index(100));
        log.truncate_from(Index(150));
        assert_eq!((log.len(), before.len()), (49, 200));
        assert!(Arc::ptr_eq(&before.chunks[3], &before.clone().chunks[3]));
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
        assert_eq!(hint, Some(LogEnd { index: Index(7), term: Term(3) }));
        let mut leader = log(&[1, 1, 1, 5, 5, 5, 5]);
        let place = |leader: &Log| leader.last_place_not_after(Index(7), Term(3));
        assert_eq!(place(&leader), Some(LogEnd { index: Index(3), term: Term(1) }));
        leader.compact_to(Index(3));
        assert_eq!(place(&leader), Some(leader.base()), "the base is a place too");
        leader.compact_to(Index(4));
        assert_eq!(place(&leader), None, "what comes before the base is not known");
        assert_eq!(leader.last_place_not_after(Index(2), Term(9)), None);
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
