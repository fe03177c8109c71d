//! An order that explains a history: for each operation a moment, between its beginning and
//! its end, at which it may be taken to have happened at once.
//!
//! It is made of the clusters of [the monitor](crate::Monitors): a write, and the reads that
//! found its value. X must stand before Y where an operation of X has ended before one of Y
//! began: `X.first_end < Y.last_start`. In a history that is linearizable the clusters are
//! in such an order once they are sorted by the earlier of their `first_end` and
//! `last_start`, those whose last start is not after their first end going first where two
//! are alike:
//!
//! ```text
//!   forward  first_end ├───┤ last_start   all of it lies between other forward ones
//!   backward last_start ├───┤ first_end   lies in no forward one
//! ```
//!
//! The value that a key held when the run began was there before everything. One that was asked
//! for before the run may have taken effect at any time: its cluster has no write, and stands
//! where its reads are.
//!
//! Within a cluster the write goes first, then the reads as they began; and each takes the
//! first moment that is not before that of the one before it. What no order explains is left
//! out: the reads that the monitor left out, and those of a write that was refused.

use crate::history::{History, Operation, OperationId, Outcome, Request};
use crate::state_machine::{Key, Value};
use crate::world::World;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use raft_core::Micros;

/// An operation, as far as it matters here.
#[derive(Clone, Copy)]
struct Span {
    id: OperationId,
    is_write: bool,
    is_refused: bool,
    began_at: Micros,
    /// A write without an answer may take effect at any time.
    ended_at: Option<Micros>,
}

impl Span {
    fn of(id: OperationId, operation: &Operation) -> Option<(Value, Span)> {
        let ended = operation.ended;
        let (value, is_write) = match (operation.request, ended.map(|(_, outcome)| outcome)) {
            (Request::Write { value, .. }, _) => (value, true),
            (Request::Read { .. }, Some(Outcome::Found { value, .. })) => (value, false),
            (Request::Read { .. }, _) => return None,
        };
        let answered = ended.filter(|(_, outcome)| *outcome != Outcome::GaveUp);
        let span = Span {
            id,
            is_write,
            is_refused: ended.is_some_and(|(_, outcome)| outcome == Outcome::Refused),
            began_at: operation.began_at,
            ended_at: answered.map(|(at, _)| at),
        };
        Some((value, span))
    }

    fn end(&self) -> Micros {
        self.ended_at.unwrap_or(Micros::MAX)
    }
}

/// A write and the reads that found its value.
struct Cluster {
    /// `None`: before everything.
    first_end: Option<Micros>,
    last_start: Micros,
    spans: Vec<Span>,
}

impl Cluster {
    /// The cluster of a value, if anyone saw that it took effect.
    fn of(mut spans: Vec<Span>, is_first_value: bool) -> Option<Cluster> {
        let is_seen = spans.iter().any(|span| span.ended_at.is_some());
        if !is_seen || spans.iter().any(|span| span.is_refused) {
            return None;
        }
        spans.sort_by_key(|span| (!span.is_write, span.began_at));
        let first_end = spans.iter().map(Span::end).min()?;
        Some(Cluster {
            first_end: (!is_first_value).then_some(first_end),
            last_start: spans.iter().map(|span| span.began_at).max()?,
            spans,
        })
    }

    fn key(&self) -> (Option<Micros>, bool) {
        let is_forward = self.first_end < Some(self.last_start);
        (self.first_end.min(Some(self.last_start)), is_forward)
    }
}

impl World {
    /// For each operation so far that has one, a moment at which it may be taken to have
    /// happened: key by key, each in an order that explains what everyone was told but those
    /// whom none does, whose reads have no moment.
    pub fn linearization(&self) -> Vec<(OperationId, Micros)> {
        let registers = self.monitors.registers();
        moments(&self.history, |key| registers.first_value(key), |id| registers.is_left_out(id))
    }
}

/// The same of a history alone, of keys that nobody wrote to before it. `stale` are the reads
/// that no order explains: [`World::linearization`] knows them all.
pub fn linearization(history: &History, stale: &[OperationId]) -> Vec<(OperationId, Micros)> {
    moments(history, |_| Value::default(), |id| stale.contains(&id))
}

fn moments(
    history: &History,
    first_value: impl Fn(Key) -> Value,
    is_left_out: impl Fn(OperationId) -> bool,
) -> Vec<(OperationId, Micros)> {
    let mut keys: BTreeMap<Key, BTreeMap<Value, Vec<Span>>> = BTreeMap::new();
    for (id, operation) in history.operations().filter(|(id, _)| !is_left_out(*id)) {
        let Some((value, span)) = Span::of(id, operation) else { continue };
        keys.entry(operation.request.key()).or_default().entry(value).or_default().push(span);
    }
    let mut moments = Vec::new();
    for (key, clusters) in keys {
        let first = first_value(key);
        let of = |(value, spans)| Cluster::of(spans, value == first);
        let mut clusters: Vec<Cluster> = clusters.into_iter().filter_map(of).collect();
        clusters.sort_by_key(Cluster::key);
        let mut at = Micros::ZERO;
        for span in clusters.iter().flat_map(|cluster| &cluster.spans) {
            let moment = at.max(span.began_at);
            if moment <= span.end() {
                moments.push((span.id, moment));
                at = moment;
            }
        }
    }
    moments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::{Ended, Linearizability};
    use alloc::collections::BTreeSet;
    use proptest::prelude::*;

    const X: Key = Key(0);
    /// What the key held before the run, and what was asked for then and may come yet.
    const FIRST: Value = Value(2);
    const OPEN: [Value; 2] = [Value(1), Value(3)];
    /// What the run writes begins here.
    const OF_THE_RUN: u64 = 4;

    /// What a client asked and was told.
    #[derive(Clone, Copy, Debug)]
    struct Asked {
        is_write: bool,
        value: u64,
        began_at: u64,
        ended_at: Option<u64>,
        is_refused: bool,
    }

    fn write(value: u64, began_at: u64, ended_at: u64) -> Asked {
        let ended_at = Some(ended_at);
        Asked { is_write: true, value, began_at, ended_at, is_refused: false }
    }

    fn read(value: u64, began_at: u64, ended_at: u64) -> Asked {
        Asked { is_write: false, ..write(value, began_at, ended_at) }
    }

    /// A history and what the monitor makes of it, and the names of the operations.
    struct Told {
        history: History,
        registers: Linearizability,
        names: Vec<OperationId>,
        found: usize,
    }

    impl Told {
        /// Tells all, in the order of time.
        fn all(asked: &[Asked]) -> Told {
            let mut registers = Linearizability::default();
            registers.begin_with(X, FIRST);
            OPEN.iter().for_each(|value| registers.asked_before(X, *value));
            let names = alloc::vec![OperationId(u32::MAX); asked.len()];
            let mut told = Told { history: History::default(), registers, names, found: 0 };
            let mut moments: Vec<(u64, bool, usize)> = Vec::new();
            for (place, operation) in asked.iter().enumerate() {
                moments.push((operation.began_at, false, place));
                moments.extend(operation.ended_at.map(|at| (at, true, place)));
            }
            moments.sort_unstable();
            for (at, is_end, place) in moments {
                let Asked { is_write, value, began_at, is_refused, .. } = asked[place];
                let (at, value) = (Micros(at), Value(value));
                if !is_end {
                    let request = match is_write {
                        true => Request::Write { key: X, value },
                        false => Request::Read { key: X, mode: None },
                    };
                    let operation = told.history.begin(1, request, at);
                    told.names[place] = operation;
                    if is_write {
                        told.registers.write_began(operation, X, value, at);
                    }
                    continue;
                }
                let operation = told.names[place];
                let began_at = Micros(began_at);
                let ended = Ended { operation, key: X, value, began_at, ended_at: at };
                let outcome = match (is_write, is_refused) {
                    (true, true) => Outcome::Refused,
                    (true, false) => Outcome::Written,
                    (false, _) => Outcome::Found { value, basis: None },
                };
                told.history.end(operation, at, outcome, None);
                let evidence = match outcome {
                    Outcome::Found { .. } => told.registers.read_ended(ended, &told.history),
                    Outcome::Refused => told.registers.write_refused(X, value, &told.history),
                    _ => {
                        told.registers.write_ended(ended);
                        None
                    }
                };
                told.found += usize::from(evidence.is_some());
            }
            told
        }

        fn moments(&self) -> Vec<(OperationId, Micros)> {
            let Told { history, registers, .. } = self;
            moments(history, |key| registers.first_value(key), |id| registers.is_left_out(id))
        }

        /// Which of what was asked has a moment.
        fn explained(&self) -> Vec<usize> {
            let moments = self.moments();
            let has_one = |place: &usize| moments.iter().any(|(id, _)| *id == self.names[*place]);
            (0..self.names.len()).filter(has_one).collect()
        }

        /// Plays the moments back: each is within its operation, and what is read is what was
        /// written last. Nothing is left out but what must be.
        fn must_be_explained(&self) {
            let (mut value, mut now, mut open) = (FIRST, Micros::ZERO, BTreeSet::from(OPEN));
            let mut explained = BTreeSet::new();
            for (id, at) in self.moments() {
                let operation = self.history.get(id).expect("one of the history");
                let ended_at = operation.ended.map_or(Micros::MAX, |(at, _)| at);
                assert!(at >= now && at >= operation.began_at && at <= ended_at, "{id:?} at {at}");
                assert!(explained.insert(id), "{id:?} has two");
                now = at;
                match (operation.request, operation.ended) {
                    (Request::Write { value: written, .. }, _) => value = written,
                    (_, Some((_, Outcome::Found { value: found, .. }))) => {
                        if open.remove(&found) {
                            value = found;
                        }
                        assert_eq!(found, value, "{id:?}");
                    }
                    _ => panic!("{id:?} has no effect"),
                }
            }
            let operations = || self.history.operations();
            let values = |is_it: fn(&Operation) -> bool| -> BTreeSet<Value> {
                let those = operations().filter(|(_, operation)| is_it(operation));
                those.filter_map(|(id, it)| Span::of(id, it).map(|(value, _)| value)).collect()
            };
            let refused = values(|it| matches!(it.ended, Some((_, Outcome::Refused))));
            let seen: BTreeSet<Value> = operations()
                .filter(|(id, it)| it.ended.is_some() && !self.registers.is_left_out(*id))
                .filter_map(|(id, it)| Span::of(id, it).map(|(value, _)| value))
                .collect();
            for (id, operation) in operations() {
                let value = Span::of(id, operation).map(|(value, _)| value);
                let is_counted = value
                    .is_some_and(|value| seen.contains(&value) && !refused.contains(&value))
                    && !self.registers.is_left_out(id);
                assert_eq!(explained.contains(&id), is_counted, "{id:?}: {operation:?}");
            }
        }
    }

    /// What one after the other would be told who asks a register at these moments, each
    /// asked some time before and answered some time after.
    fn by_one_machine(asked: &[(u64, u64, u64, bool)]) -> Vec<Asked> {
        let mut asked: Vec<(u64, u64, u64, bool)> = asked
            .iter()
            .enumerate()
            .map(|(place, (before, after, gap, is_write))| {
                (place as u64 * 10 + gap, *before, *after, *is_write)
            })
            .collect();
        asked.sort_unstable();
        let mut value = FIRST.0;
        let mut told = Vec::new();
        for (number, (at, before, after, is_write)) in asked.into_iter().enumerate() {
            if is_write {
                value = OF_THE_RUN + number as u64;
            }
            let began_at = at.saturating_sub(before);
            told.push(Asked { is_write, ..read(value, began_at, at + after) });
        }
        told
    }

    /// Any histories, right or wrong, of few values.
    fn any_history() -> impl Strategy<Value = Vec<Asked>> {
        let operation = (any::<bool>(), 0u64..9, 0u64..16, 0u64..9, 0u8..12);
        prop::collection::vec(operation, 1..12).prop_map(|drawn| {
            let mut next = OF_THE_RUN;
            let asked = drawn.into_iter().map(|(is_write, value, began_at, span, fate)| {
                if !is_write {
                    return read(value, began_at, began_at + span);
                }
                next += 1;
                let written = write(next - 1, began_at, began_at + span);
                match fate {
                    0 => Asked { is_refused: true, ..written },
                    1 | 2 => Asked { ended_at: None, ..written },
                    _ => written,
                }
            });
            asked.collect()
        })
    }

    proptest! {
        #[test]
        fn every_operation_of_a_history_that_one_machine_made_has_a_moment_that_explains_it(
            asked in prop::collection::vec((0u64..60, 0u64..60, 0u64..10, any::<bool>()), 1..40),
        ) {
            let told = Told::all(&by_one_machine(&asked));
            prop_assert_eq!(told.found, 0);
            prop_assert_eq!(told.moments().len(), asked.len());
            told.must_be_explained();
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn whatever_the_monitor_does_not_leave_out_has_a_moment(asked in any_history()) {
            Told::all(&asked).must_be_explained();
        }
    }

    #[test]
    fn a_stale_read_has_no_moment_and_all_else_has() {
        let told =
            Told::all(&[write(4, 0, 10), write(5, 20, 30), read(5, 35, 39), read(4, 40, 50)]);
        told.must_be_explained();
        assert_eq!(told.explained(), [0, 1, 2]);
    }

    /// A violation names one read of a value. That it began first is not said.
    #[test]
    fn every_stale_read_of_a_value_has_no_moment_also_one_that_began_before_that_which_is_named() {
        let told =
            Told::all(&[write(4, 0, 10), write(5, 20, 30), read(4, 40, 50), read(4, 38, 55)]);
        assert_eq!(told.found, 1);
        told.must_be_explained();
        assert_eq!(told.explained(), [0, 1]);
    }

    #[test]
    fn no_read_of_a_refused_value_has_a_moment() {
        let refused = Asked { is_refused: true, ..write(4, 10, 20) };
        let told = Told::all(&[refused, read(4, 12, 15), read(4, 30, 35), read(2, 40, 45)]);
        assert_eq!(told.found, 1);
        told.must_be_explained();
        assert_eq!(told.explained(), [3]);
    }

    #[test]
    fn what_was_asked_for_before_the_run_takes_effect_when_it_is_found() {
        let told = Told::all(&[read(2, 100, 101), read(1, 200, 201), read(3, 300, 301)]);
        assert_eq!(told.found, 0);
        told.must_be_explained();
        let at = |place: usize, micros| (told.names[place], Micros(micros));
        assert_eq!(told.moments(), [at(0, 100), at(1, 200), at(2, 300)]);
    }

    #[test]
    fn a_write_that_nobody_answered_has_a_moment_only_once_it_was_seen() {
        let open = Asked { ended_at: None, ..write(4, 5, 0) };
        assert_eq!(Told::all(&[open]).moments(), []);
        let told = Told::all(&[open, read(4, 2, 9)]);
        assert_eq!(told.moments(), [(told.names[0], Micros(5)), (told.names[1], Micros(5))]);
    }
}
