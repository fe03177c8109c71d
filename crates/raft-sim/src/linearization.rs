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
//! Within a cluster the write goes first, then the reads as they began; and each takes the
//! first moment that is not before that of the one before it. What no order explains, a
//! stale read, is left out: who found it must say so.

use crate::history::{History, Operation, OperationId, Outcome, Request};
use crate::state_machine::{Key, Value};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use raft_core::Micros;

/// An operation, as far as it matters here.
#[derive(Clone, Copy)]
struct Span {
    id: OperationId,
    is_write: bool,
    began_at: Micros,
    /// A write without an answer may take effect at any time.
    ended_at: Option<Micros>,
}

impl Span {
    fn end(&self) -> Micros {
        self.ended_at.unwrap_or(Micros::MAX)
    }
}

/// What an operation wrote or found; `None` where it has no effect that anyone saw.
fn value_of(operation: &Operation) -> Option<(Value, bool)> {
    match (operation.request, operation.ended.map(|(_, outcome)| outcome)) {
        (Request::Write { .. }, Some(Outcome::Refused)) => None,
        (Request::Write { value, .. }, _) => Some((value, true)),
        (Request::Read { .. }, Some(Outcome::Found { value, .. })) => Some((value, false)),
        (Request::Read { .. }, _) => None,
    }
}

/// A write and the reads that found its value.
struct Cluster {
    first_end: Option<Micros>,
    last_start: Micros,
    spans: Vec<Span>,
}

impl Cluster {
    fn of(mut spans: Vec<Span>) -> Option<Cluster> {
        let is_written = spans.iter().any(|span| span.is_write);
        let is_seen = spans.iter().any(|span| span.ended_at.is_some());
        if !is_seen {
            return None;
        }
        spans.sort_by_key(|span| (!span.is_write, span.began_at));
        let first_end = spans.iter().map(Span::end).min()?;
        Some(Cluster {
            // The value that a key began with was there before everything.
            first_end: is_written.then_some(first_end),
            last_start: spans.iter().map(|span| span.began_at).max()?,
            spans,
        })
    }

    fn key(&self) -> (Option<Micros>, bool) {
        let is_forward = self.first_end < Some(self.last_start);
        (self.first_end.min(Some(self.last_start)), is_forward)
    }
}

/// For each operation that has one, a moment at which it may be taken to have happened: key
/// by key, each in an order that explains what everyone was told. `stale` are the reads that
/// no order explains.
pub fn linearization(history: &History, stale: &[OperationId]) -> Vec<(OperationId, Micros)> {
    let mut keys: BTreeMap<Key, BTreeMap<Value, Vec<Span>>> = BTreeMap::new();
    for (id, operation) in history.operations() {
        let Some((value, is_write)) = value_of(operation) else { continue };
        if stale.contains(&id) {
            continue;
        }
        let answered = operation.ended.filter(|(_, outcome)| *outcome != Outcome::GaveUp);
        let span = Span {
            id,
            is_write,
            began_at: operation.began_at,
            ended_at: answered.map(|(at, _)| at),
        };
        keys.entry(operation.request.key()).or_default().entry(value).or_default().push(span);
    }
    let mut moments = Vec::new();
    for clusters in keys.into_values() {
        let mut clusters: Vec<Cluster> = clusters.into_values().filter_map(Cluster::of).collect();
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
    use proptest::prelude::*;

    const X: Key = Key(0);

    /// What one after the other would be told who asks a register at these moments, each
    /// asked some time before and answered some time after.
    fn history(asked: &[(u64, u64, u64, bool)]) -> History {
        let mut asked: Vec<(u64, u64, u64, bool)> = asked
            .iter()
            .enumerate()
            .map(|(place, (before, after, gap, is_write))| {
                (place as u64 * 10 + gap, *before, *after, *is_write)
            })
            .collect();
        let mut value = Value(0);
        asked.sort_unstable();
        let mut told = Vec::new();
        for (number, (at, before, after, is_write)) in asked.into_iter().enumerate() {
            if is_write {
                value = Value(number as u64 + 1);
            }
            told.push((at.saturating_sub(before), at + after, is_write, value));
        }
        told.sort_by_key(|(began_at, ..)| *began_at);
        let mut history = History::default();
        for (began_at, ended_at, is_write, value) in told {
            let request = match is_write {
                true => Request::Write { key: X, value },
                false => Request::Read { key: X, mode: None },
            };
            let outcome = match is_write {
                true => Outcome::Written,
                false => Outcome::Found { value, basis: None },
            };
            let id = history.begin(1, request, Micros(began_at));
            history.end(id, Micros(ended_at), outcome, None);
        }
        history
    }

    /// Plays the moments back.
    fn must_explain(history: &History, moments: &[(OperationId, Micros)]) {
        let mut value = Value(0);
        let mut now = Micros::ZERO;
        for (id, at) in moments {
            let operation = history.get(*id).expect("one of the history");
            let (ended_at, outcome) = operation.ended.expect("it has ended");
            assert!(*at >= now && *at >= operation.began_at && *at <= ended_at, "{id:?} at {at}");
            now = *at;
            match (operation.request, outcome) {
                (Request::Write { value: written, .. }, _) => value = written,
                (_, Outcome::Found { value: found, .. }) => assert_eq!(found, value, "{id:?}"),
                _ => {}
            }
        }
    }

    proptest! {
        #[test]
        fn every_operation_of_a_history_that_one_machine_made_has_a_moment_that_explains_it(
            asked in prop::collection::vec((0u64..60, 0u64..60, 0u64..10, any::<bool>()), 1..40),
        ) {
            let history = history(&asked);
            let moments = linearization(&history, &[]);
            prop_assert_eq!(moments.len(), history.operations().count());
            must_explain(&history, &moments);
        }
    }

    #[test]
    fn a_stale_read_has_no_moment_and_all_else_has() {
        let mut history = History::default();
        let mut done = |request, began_at, ended_at, outcome| {
            let id = history.begin(1, request, Micros(began_at));
            history.end(id, Micros(ended_at), outcome, None);
            id
        };
        let write = |value| Request::Write { key: X, value: Value(value) };
        let read = Request::Read { key: X, mode: None };
        let found = |value| Outcome::Found { value: Value(value), basis: None };
        let one = done(write(1), 0, 10, Outcome::Written);
        let two = done(write(2), 20, 30, Outcome::Written);
        let fresh = done(read, 35, 39, found(2));
        let stale = done(read, 40, 50, found(1));
        let moments = linearization(&history, &[stale]);
        must_explain(&history, &moments);
        assert!(moments.iter().all(|(id, _)| *id != stale));
        for id in [one, two, fresh] {
            assert!(moments.iter().any(|(other, _)| *other == id), "{id:?}");
        }
    }

    #[test]
    fn a_write_that_nobody_answered_has_a_moment_only_once_it_was_seen() {
        let mut history = History::default();
        let write = history.begin(1, Request::Write { key: X, value: Value(1) }, Micros(5));
        assert_eq!(linearization(&history, &[]), []);
        let read = history.begin(2, Request::Read { key: X, mode: None }, Micros(2));
        history.end(read, Micros(9), Outcome::Found { value: Value(1), basis: None }, None);
        assert_eq!(linearization(&history, &[]), [(write, Micros(5)), (read, Micros(5))]);
    }
}
