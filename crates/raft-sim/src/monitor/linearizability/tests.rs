//! The zones against a search through every order (Wing and Gong, "Testing and
//! Verifying Concurrent Objects", 1993), and cases told one by one.

use super::*;
use crate::history::{Outcome, Request};
use alloc::string::ToString;
use alloc::vec::Vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use raft_core::{NodeId, ReadBasis, ReadMode, Round};

const X: Key = Key(0);

/// One operation of a small history, in microseconds.
#[derive(Clone, Copy, Debug)]
struct Small {
    /// What a write writes; a read has none.
    writes: Option<u64>,
    /// What a read finds.
    finds: u64,
    began_at: u64,
    /// `None` as long as nobody has answered; a read without an answer says nothing.
    ended_at: Option<u64>,
    is_refused: bool,
    /// Where it stands in the list.
    place: usize,
}

fn write(value: u64, began_at: u64, ended_at: Option<u64>) -> Small {
    Small { writes: Some(value), finds: 0, began_at, ended_at, is_refused: false, place: 0 }
}

fn read(finds: u64, began_at: u64, ended_at: u64) -> Small {
    Small { writes: None, finds, began_at, ended_at: Some(ended_at), is_refused: false, place: 0 }
}

/// Whether some order of these operations, each at a moment between its ends,
/// explains what every read found. Tries them all.
fn some_order_explains(operations: &[Small], done: u32, value: u64) -> bool {
    let is_left = |place: usize| done & (1 << place) == 0;
    let must_come = |operation: &Small| operation.ended_at.is_some();
    let left = || operations.iter().enumerate().filter(|(place, _)| is_left(*place));
    if left().all(|(_, operation)| !must_come(operation)) {
        return true;
    }
    left().any(|(place, operation)| {
        // It may come next only if no other that is left had ended before it began.
        let is_too_early = left()
            .any(|(_, other)| other.ended_at.is_some_and(|ended_at| ended_at < operation.began_at));
        if is_too_early || operation.writes.is_none() && operation.finds != value {
            return false;
        }
        some_order_explains(operations, done | 1 << place, operation.writes.unwrap_or(value))
    })
}

/// The same question put to the search: refused writes are left out.
fn is_linearizable(operations: &[Small]) -> bool {
    let counted: Vec<Small> = operations
        .iter()
        .filter(|it| !it.is_refused && (it.writes.is_some() || it.ended_at.is_some()))
        .copied()
        .collect();
    some_order_explains(&counted, 0, 0)
}

/// What the monitor says to a history, told in the order of time: what it finds,
/// and the place of the read at whose end it finds it.
fn watch(operations: &[Small]) -> Vec<(usize, Evidence)> {
    let mut moments: Vec<(u64, bool, usize)> = Vec::new();
    for (place, operation) in operations.iter().enumerate() {
        moments.push((operation.began_at, false, place));
        moments.extend(operation.ended_at.map(|ended_at| (ended_at, true, place)));
    }
    moments.sort_unstable();
    let (mut monitor, mut history) = (Linearizability::default(), History::default());
    let mut names: Vec<Option<OperationId>> = alloc::vec![None; operations.len()];
    let mut found = Vec::new();
    for (at, is_end, place) in moments {
        let at = Micros(at);
        let Small { writes, finds, is_refused, .. } = operations[place];
        let request = match writes {
            Some(value) => Request::Write { key: X, value: Value(value) },
            None => Request::Read { key: X, mode: Some(ReadMode::ReadIndex) },
        };
        let Some(operation) = names[place].filter(|_| is_end) else {
            let operation = history.begin(place as u32, request, at);
            names[place] = Some(operation);
            if let Some(value) = writes {
                monitor.write_began(operation, X, Value(value), at);
            }
            continue;
        };
        let began_at = history.get(operation).expect("it began").began_at;
        let value = Value(writes.unwrap_or(finds));
        let ended = Ended { operation, key: X, value, began_at, ended_at: at };
        let outcome = match writes {
            Some(_) if is_refused => Outcome::Refused,
            Some(_) => Outcome::Written,
            None => Outcome::Found { value, basis: Some(ReadBasis::Round(Round(1))) },
        };
        history.end(operation, at, outcome, Some(NodeId::A));
        match (writes, is_refused) {
            (Some(_), true) => {
                found.extend(monitor.write_refused(X, value, &history).map(|it| (place, it)));
            }
            (Some(_), false) => monitor.write_ended(ended),
            (None, _) => {
                found.extend(monitor.read_ended(ended, &history).map(|evidence| (place, evidence)));
            }
        }
    }
    found
}

/// The history as it was known once the operation at `last` had ended: of those that
/// end later, no more is known than that they began. Where several end at that moment,
/// those after it in the order of the list had not ended.
fn as_known_at_end_of(operations: &[Small], last: usize) -> Vec<Small> {
    let now = (operations[last].ended_at.expect("it ends"), last);
    operations
        .iter()
        .enumerate()
        .filter(|(_, operation)| operation.began_at <= now.0)
        .map(|(place, operation)| {
            let ended_at = operation.ended_at.filter(|ended_at| (*ended_at, place) <= now);
            let is_refused = operation.is_refused && ended_at.is_some();
            Small { ended_at, is_refused, place, ..*operation }
        })
        .collect()
}

fn small_history() -> impl Strategy<Value = Vec<Small>> {
    let operation = (any::<bool>(), 0u64..7, 0u64..16, 0u64..9, 0u8..12);
    prop::collection::vec(operation, 1..9).prop_map(|drawn| {
        let mut value = 0;
        drawn
            .into_iter()
            .map(|(is_write, finds, began_at, span, fate)| {
                let ended_at = Some(began_at + span);
                if !is_write {
                    return read(finds, began_at, began_at + span);
                }
                value += 1;
                match fate {
                    0 => Small { is_refused: true, ..write(value, began_at, ended_at) },
                    1 | 2 => write(value, began_at, None),
                    _ => write(value, began_at, ended_at),
                }
            })
            .collect()
    })
}

/// Histories that are mostly right, as a run's are: the value found is that of a
/// register that does each operation at some moment between its ends, now and then
/// another.
fn plausible_history() -> impl Strategy<Value = Vec<Small>> {
    let operation = (any::<bool>(), 0u64..24, 0u64..9, 0u64..9, 0u8..40);
    prop::collection::vec(operation, 1..10).prop_map(|drawn| {
        let mut operations: Vec<(u64, Small)> = Vec::new();
        let mut value = 0;
        for (is_write, began_at, before, after, fate) in drawn {
            let acts_at = began_at + before;
            let ended_at = acts_at + after;
            let operation = if is_write {
                value += 1;
                write(value, began_at, (fate > 4).then_some(ended_at))
            } else {
                Small { finds: u64::from(fate), ..read(0, began_at, ended_at) }
            };
            operations.push((acts_at, operation));
        }
        operations.sort_by_key(|(acts_at, _)| *acts_at);
        let (mut holds, mut held_before) = (0, 0);
        for (_, operation) in &mut operations {
            match operation.writes {
                Some(value) => (holds, held_before) = (value, holds),
                None if operation.finds < 20 => operation.finds = held_before,
                None => operation.finds = holds,
            }
        }
        operations.into_iter().map(|(_, operation)| operation).collect()
    })
}

fn agree(operations: &[Small]) -> Result<(), TestCaseError> {
    let found = watch(operations);
    prop_assert_eq!(found.is_empty(), is_linearizable(operations), "{:?}", found);
    // It is found at the very answer that makes it so, not later.
    if let Some((place, _)) = found.first() {
        prop_assert!(!is_linearizable(&as_known_at_end_of(operations, *place)));
        let mut before = operations.to_vec();
        before[*place].is_refused = false;
        let mut before = as_known_at_end_of(&before, *place);
        let last = before.iter_mut().find(|it| it.place == *place).expect("it is known");
        last.ended_at = None;
        prop_assert!(is_linearizable(&before));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn any_history_gets_the_verdict_of_a_search_through_every_order(history in small_history()) {
        agree(&history)?;
    }

    #[test]
    fn a_plausible_history_gets_the_verdict_of_a_search(history in plausible_history()) {
        agree(&history)?;
    }
}

#[test]
fn both_verdicts_are_frequent_among_plausible_histories() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = plausible_history();
    let wrong = (0..2_000)
        .filter(|_| {
            let history = strategy.new_tree(&mut runner).expect("it draws").current();
            !watch(&history).is_empty()
        })
        .count();
    assert!((200..1_800).contains(&wrong), "{wrong} of 2,000 are not linearizable");
}

#[test]
fn a_read_may_find_either_value_while_a_write_is_under_way() {
    let history = [write(1, 0, Some(5)), write(2, 10, Some(30)), read(1, 12, 14), read(2, 16, 18)];
    assert!(watch(&history).is_empty());
    let back = [write(1, 0, Some(5)), write(2, 10, Some(30)), read(2, 12, 14), read(1, 16, 18)];
    assert_eq!(watch(&back).len(), 1, "once seen, the new value stays");
}

#[test]
fn a_write_that_nobody_answered_may_take_effect_at_any_time_or_never() {
    for finds in [1, 2] {
        let history = [write(1, 0, Some(5)), write(2, 10, None), read(finds, 900, 901)];
        assert!(watch(&history).is_empty());
    }
}

#[test]
fn the_value_that_a_key_began_with_is_older_than_every_write() {
    assert!(watch(&[read(0, 0, 3), write(1, 5, Some(9)), read(0, 6, 8)]).is_empty());
    let found = watch(&[write(1, 5, Some(9)), read(0, 10, 12)]);
    let (_, evidence) = found.first().expect("a stale read");
    assert_eq!(
        evidence.to_string(),
        "read x = 0 (operation 1, by client 1, answered by A) began after write x = 1 \
         (operation 0) had completed"
    );
}

#[test]
fn a_stale_read_is_told_in_a_sentence_and_once() {
    let found = watch(&[
        write(1, 0, Some(5)),
        write(2, 10, Some(20)),
        read(1, 21, 22),
        read(1, 24, 25),
        read(2, 30, 31),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].1.to_string(),
        "read x = 1 (operation 2, by client 2, answered by A) began after write x = 2 \
         (operation 1) had completed, which began after write x = 1 (operation 0) had completed"
    );
    let named: Vec<u32> = found[0].1.operations().iter().map(|operation| operation.id.0).collect();
    assert_eq!(named, [2, 1, 0]);
}

#[test]
fn reads_of_what_was_never_written_or_was_refused_are_told() {
    let refused = Small { is_refused: true, ..write(1, 0, Some(5)) };
    let found = watch(&[refused, read(1, 6, 7), read(9, 8, 9)]);
    assert!(matches!(found[0], (1, Evidence::ReadOfRefused { .. })));
    assert!(matches!(found[1], (2, Evidence::ReadOfNothing { .. })));
    let found_first = Small { is_refused: true, ..write(1, 0, Some(9)) };
    let found = watch(&[found_first, read(1, 2, 5)]);
    assert!(matches!(found[0], (0, Evidence::ReadOfRefused { .. })), "{found:?}");
}

/// One that lags may be asked again and again.
#[test]
fn a_value_that_no_write_of_the_run_writes_is_told_once_too() {
    let (mut monitor, mut history) = (Linearizability::default(), History::default());
    monitor.overwritten_before(&[(X, Value(1))]);
    monitor.begin_with(X, Value(2));
    let mut read = |finds: u64, at: u64| {
        let at = Micros(at);
        let operation = history.begin(1, Request::Read { key: X, mode: None }, at);
        let value = Value(finds);
        let read = Ended { operation, key: X, value, began_at: at, ended_at: at };
        let evidence = monitor.read_ended(read, &history);
        assert_eq!(monitor.is_left_out(operation), finds != 2);
        evidence
    };
    for (finds, is_told) in [
        (1, true),
        (2, false),
        (1, false),
        (0, true),
        (7, true),
        (1, false),
        (0, false),
        (7, false),
    ] {
        assert_eq!(read(finds, 5).is_some(), is_told, "{finds}");
    }
    assert!(matches!(read(8, 6), Some(Evidence::ReadOfNothing { .. })));
}

/// The time for an operation doesn't grow with the history before it.
#[test]
fn a_long_history_is_looked_at_once() {
    let mut history = Vec::new();
    for nth in 0..60_000 {
        history.push(write(nth + 1, nth * 10, Some(nth * 10 + 4)));
        history.push(read(nth + 1, nth * 10 + 6, nth * 10 + 8));
    }
    let last = 60_000 * 10;
    history.push(read(7, last, last + 1));
    assert_eq!(watch(&history).len(), 1);
}
