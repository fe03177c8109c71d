//! A list of numbers that never go down, in a byte or two each: the times of events, and
//! the events of a kind.

use alloc::vec::Vec;

/// A number in full for each so many: as far as one reads on to find any other.
const SPAN: usize = 64;

/// A list of numbers of which none is below the one before it. It keeps the steps from
/// one to the next, seven bits a byte, and every 64th number in full.
///
/// ```text
///   numbers      1000  1250  1250  1900 ... | 9000  9020 ...
///   in full      1000                       | 9000
///   steps              250    0    650      |       20         two bytes, one, two; one
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ascending {
    steps: Vec<u8>,
    marks: Vec<Mark>,
    len: usize,
    last: u64,
}

/// A number in full.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Mark {
    number: u64,
    /// Where the step to the number after it begins.
    steps_from: usize,
}

impl Ascending {
    /// A list of nothing.
    pub const fn new() -> Ascending {
        Ascending { steps: Vec::new(), marks: Vec::new(), len: 0, last: 0 }
    }

    /// How many numbers there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The last number.
    pub fn last(&self) -> Option<u64> {
        (!self.is_empty()).then_some(self.last)
    }

    /// Appends a number. One below the last is taken for as large as the last.
    pub fn push(&mut self, number: u64) {
        debug_assert!(number >= self.last, "{number} is below {}", self.last);
        if self.len.is_multiple_of(SPAN) {
            self.last = number.max(self.last);
            self.marks.push(Mark { number: self.last, steps_from: self.steps.len() });
        } else {
            let mut step = number.saturating_sub(self.last);
            self.last += step;
            while step >= 0x80 {
                self.steps.push(step as u8 | 0x80);
                step >>= 7;
            }
            self.steps.push(step as u8);
        }
        self.len += 1;
    }

    /// The number at a place, counted from 0.
    pub fn get(&self, place: usize) -> Option<u64> {
        self.from(place).next()
    }

    /// Every number from a place on, counted from 0.
    pub fn from(&self, place: usize) -> impl Iterator<Item = u64> {
        let mut reading = self.reading(place / SPAN);
        for _ in 0..place % SPAN {
            reading.next();
        }
        reading
    }

    /// Every number.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.reading(0)
    }

    fn reading(&self, mark: usize) -> Reading<'_> {
        let steps_from = self.marks.get(mark).map_or(self.steps.len(), |mark| mark.steps_from);
        Reading { list: self, place: mark * SPAN, number: 0, byte: steps_from }
    }

    /// How many numbers are not above `most`.
    pub fn count_to(&self, most: u64) -> usize {
        let marks = self.marks.partition_point(|mark| mark.number <= most);
        let Some(mark) = marks.checked_sub(1) else { return 0 };
        mark * SPAN + self.reading(mark).take(SPAN).take_while(|number| *number <= most).count()
    }

    /// How many numbers are below `limit`.
    pub fn count_below(&self, limit: u64) -> usize {
        limit.checked_sub(1).map_or(0, |most| self.count_to(most))
    }

    /// The first number above `than`.
    pub fn next_above(&self, than: u64) -> Option<u64> {
        self.get(self.count_to(than))
    }

    /// The last number below `than`.
    pub fn last_below(&self, than: u64) -> Option<u64> {
        self.get(self.count_below(than).checked_sub(1)?)
    }

    /// Keeps the first `len` numbers.
    pub fn truncate(&mut self, len: usize) {
        let Some(last) = len.checked_sub(1).filter(|_| len < self.len) else {
            if len == 0 {
                *self = Ascending::new();
            }
            return;
        };
        let mut reading = self.reading(last / SPAN);
        let number = reading.by_ref().take(last % SPAN + 1).last().unwrap_or_default();
        let bytes = reading.byte;
        self.steps.truncate(bytes);
        self.marks.truncate(len.div_ceil(SPAN));
        (self.len, self.last) = (len, number);
    }

    /// Gives back the memory that was set aside for more numbers.
    pub fn shrink(&mut self) {
        self.steps.shrink_to_fit();
        self.marks.shrink_to_fit();
    }
}

/// Where one reads.
struct Reading<'a> {
    list: &'a Ascending,
    place: usize,
    number: u64,
    byte: usize,
}

impl Iterator for Reading<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.place >= self.list.len {
            return None;
        }
        if self.place.is_multiple_of(SPAN) {
            self.number = self.list.marks.get(self.place / SPAN)?.number;
        } else {
            let mut shift = 0;
            loop {
                let byte = *self.list.steps.get(self.byte)?;
                self.byte += 1;
                self.number += u64::from(byte & 0x7f) << shift;
                if byte & 0x80 == 0 {
                    break;
                }
                shift += 7;
            }
        }
        self.place += 1;
        Some(self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps() -> impl Strategy<Value = Vec<u64>> {
        let step = prop_oneof![4 => 0u64..300, 2 => 0u64..30_000, 1 => 0u64..u64::MAX / 1_000];
        prop::collection::vec(step, 0..400)
    }

    proptest! {
        /// The compact list against the obvious one.
        #[test]
        fn it_behaves_as_a_plain_list(
            steps in steps(),
            cut in 0usize..450,
            probes in prop::collection::vec(any::<u64>(), 0..4),
        ) {
            let mut plain: Vec<u64> = Vec::new();
            let mut list = Ascending::new();
            for step in &steps {
                let number = plain.last().copied().unwrap_or(0) + step;
                plain.push(number);
                list.push(number);
            }
            // Cut, and grown again: as if it had never been longer.
            plain.truncate(cut);
            list.truncate(cut);
            for step in steps.iter().take(90) {
                let number = plain.last().copied().unwrap_or(0).saturating_add(*step);
                plain.push(number);
                list.push(number);
            }
            prop_assert_eq!(list.len(), plain.len());
            prop_assert_eq!(list.last(), plain.last().copied());
            prop_assert!(list.iter().eq(plain.iter().copied()));
            prop_assert!(list.from(cut / 2).eq(plain.iter().skip(cut / 2).copied()));
            for place in 0..plain.len() + 1 {
                prop_assert_eq!(list.get(place), plain.get(place).copied());
            }
            let near = plain.iter().flat_map(|n| [n.saturating_sub(1), *n, n.saturating_add(1)]);
            for probe in probes.into_iter().chain(near) {
                let to = plain.partition_point(|number| *number <= probe);
                let below = plain.partition_point(|number| *number < probe);
                prop_assert_eq!(list.count_to(probe), to);
                prop_assert_eq!(list.count_below(probe), below);
                prop_assert_eq!(list.next_above(probe), plain.get(to).copied());
                let before = below.checked_sub(1).map(|place| plain[place]);
                prop_assert_eq!(list.last_below(probe), before);
            }
        }
    }

    #[test]
    fn small_steps_take_a_byte() {
        let mut list = Ascending::new();
        (0..6_400).for_each(|number| list.push(number * 100));
        assert_eq!(list.steps.len(), 6_300);
    }
}
