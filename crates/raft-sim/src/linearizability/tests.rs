//! The search against going through every order without a thought; that against a checker
//! of other people's is in `tests/linearizability_beside_stateright.rs`.

use super::*;
use proptest::prelude::*;

fn write(value: u64, began_at: u64, ended_at: Option<u64>) -> Interval {
    let ended_at = ended_at.map(Micros);
    Interval { effect: Effect::Write(Value(value)), began_at: Micros(began_at), ended_at }
}

fn read(value: u64, began_at: u64, ended_at: u64) -> Interval {
    let ended_at = Some(Micros(ended_at));
    Interval { effect: Effect::Read(Value(value)), began_at: Micros(began_at), ended_at }
}

/// Whether some order explains the operations that are not `done`, where the register holds
/// `holds`: each operation comes next in turn.
fn some_order_explains(operations: &[Interval], done: u32, holds: Value) -> bool {
    let left = || (0..operations.len()).filter(|place| done & (1 << place) == 0);
    if left().all(|place| operations[place].ended_at.is_none()) {
        return true;
    }
    left().any(|next| {
        let Interval { effect, began_at, .. } = operations[next];
        let comes_too_early =
            |other: usize| operations[other].ended_at.is_some_and(|ended_at| ended_at < began_at);
        if left().any(comes_too_early) {
            return false;
        }
        match effect {
            Effect::Read(value) if value != holds => false,
            Effect::Read(_) => some_order_explains(operations, done | 1 << next, holds),
            Effect::Write(value) => some_order_explains(operations, done | 1 << next, value),
        }
    })
}

/// What going through every order says, of each end in turn.
fn by_every_order(operations: &[Interval]) -> Verdict {
    let ends = in_order(operations).into_iter().filter(|(_, event, _)| *event == Event::End);
    let mut ended = BTreeSet::new();
    for (at, _, operation) in ends {
        ended.insert(operation);
        let as_known: Vec<Interval> = operations
            .iter()
            .enumerate()
            .filter(|(_, it)| it.began_at <= at)
            .map(|(place, it)| Interval {
                ended_at: it.ended_at.filter(|_| ended.contains(&place)),
                ..*it
            })
            .filter(|it| it.ended_at.is_some() || matches!(it.effect, Effect::Write(_)))
            .collect();
        if !some_order_explains(&as_known, 0, Value(0)) {
            return Verdict::NotLinearizable { operation };
        }
    }
    Verdict::Linearizable
}

/// Up to eight operations on a few values, over so short a time that much is concurrent and
/// much happens at one microsecond.
fn history() -> impl Strategy<Value = Vec<Interval>> {
    let operation = (any::<bool>(), 0u64..4, 0u64..16, 0u64..6, 0u8..5).prop_map(
        |(is_write, value, began_at, lasts, is_answered)| match is_write {
            true => write(value, began_at, (is_answered > 0).then_some(began_at + lasts)),
            false => read(value, began_at, began_at + lasts),
        },
    );
    prop::collection::vec(operation, 0..8)
}

/// The same with a value of its own for each write.
fn distinct(mut operations: Vec<Interval>) -> Vec<Interval> {
    let writes = operations.iter_mut().filter(|it| matches!(it.effect, Effect::Write(_)));
    for (operation, value) in writes.zip(1..) {
        operation.effect = Effect::Write(Value(value));
    }
    operations
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn the_search_says_what_going_through_every_order_says(operations in history()) {
        prop_assert_eq!(search(&operations, u64::MAX), by_every_order(&operations));
    }

    #[test]
    fn with_distinct_values_the_search_says_what_the_monitor_says(operations in history()) {
        let operations = distinct(operations);
        prop_assert!(has_distinct_values(&operations));
        let verdict = check_distinct(&operations);
        prop_assert_eq!(search(&operations, u64::MAX), verdict);
        prop_assert_eq!(check(&operations), verdict);
    }
}

#[test]
fn a_value_that_was_written_twice_may_be_found_again() {
    let mut operations = [
        write(1, 0, Some(5)),
        write(2, 10, Some(15)),
        write(1, 20, Some(25)),
        read(1, 30, 35),
        read(2, 40, 45),
    ];
    assert!(!has_distinct_values(&operations));
    assert_eq!(check(&operations), Verdict::NotLinearizable { operation: 4 });
    operations[2].ended_at = None;
    assert_eq!(check(&operations), Verdict::NotLinearizable { operation: 4 });
    // The last write without an answer may be the last of all, or the read may come first.
    operations[3] = read(2, 30, 35);
    assert_eq!(check(&operations), Verdict::Linearizable);
}

#[test]
fn the_operation_that_is_named_is_the_first_at_whose_end_no_order_is_left() {
    let operations =
        [read(1, 40, 41), read(2, 20, 60), write(1, 0, Some(5)), write(2, 10, Some(15))];
    assert_eq!(check(&operations), Verdict::NotLinearizable { operation: 0 });
}

#[test]
fn what_ends_as_another_begins_is_concurrent_with_it() {
    assert_eq!(check(&[write(1, 0, Some(5)), read(0, 5, 8)]), Verdict::Linearizable);
    let verdict = check(&[write(1, 0, Some(5)), read(0, 6, 8)]);
    assert_eq!(verdict, Verdict::NotLinearizable { operation: 1 });
}

#[test]
fn with_too_many_orders_the_search_says_so() {
    // Writes of twenty values, two of each and all at once; then the reads of what can't be
    // found any more: each set of values may have been written when the first of them ends.
    let two = |nth: u64| [write(1 + nth, 0, Some(100 + nth)), write(1 + nth, 0, Some(200 + nth))];
    let mut operations: Vec<Interval> = (0..20).flat_map(two).collect();
    operations.extend((0..20).map(|nth| read(1 + nth, 300 + nth * 2, 301 + nth * 2)));
    assert_eq!(check(&operations), Verdict::Undecided { operation: 0 });
    assert_eq!(search(&operations, 10), Verdict::Undecided { operation: 0 });
    let few = [&operations[..6], &operations[40..43]].concat();
    assert_eq!(search(&few, 10_000), Verdict::NotLinearizable { operation: 7 });
}

/// Without the savings each of these would take states without number.
#[test]
fn what_makes_no_difference_is_not_gone_through() {
    // Writes that nobody answered, of values that nobody found, and of one that many found.
    let mut operations: Vec<Interval> = (0..500).map(|nth| write(10 + nth, nth, None)).collect();
    operations.extend((0..500).map(|nth| write(1, 1_000 + nth, None)));
    operations.extend((0..500).map(|nth| write(2, 2_000 + nth * 10, Some(2_005 + nth * 10))));
    operations.extend((0..500).map(|nth| read(1 + nth % 2, 2_006 + nth * 10, 2_009 + nth * 10)));
    assert_eq!(check(&operations), Verdict::Linearizable);
    // Writes of one value that all are under way at once, and end in another order.
    let many: Vec<Interval> = (0..200).map(|nth| write(1, nth, Some(1_000 - nth))).collect();
    assert_eq!(check(&many), Verdict::Linearizable);
}

/// A history of any length that a run of ours could have, with values that repeat.
#[test]
fn a_long_history_of_few_clients_is_decided() {
    let operations: Vec<Interval> = (0..20_000)
        .flat_map(|nth| {
            let at = nth * 10;
            [write(1 + nth % 5, at, Some(at + 4)), read(1 + nth % 5, at + 3, at + 8)]
        })
        .collect();
    assert_eq!(check(&operations), Verdict::Linearizable);
    let mut wrong = operations;
    wrong.push(read(1, 200_000, 200_001));
    let verdict = Verdict::NotLinearizable { operation: wrong.len() - 1 };
    assert_eq!(check(&wrong), verdict);
}
