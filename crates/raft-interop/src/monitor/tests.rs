use super::*;
use raft_core::Term;

const A: NodeId = NodeId::A;
const B: NodeId = NodeId::B;
const C: NodeId = NodeId::C;

/// A log written as the terms of its entries; each holds its own place and term.
fn log(terms: &[u64]) -> Vec<LogEntry> {
    (1u64..).zip(terms).map(|(index, term)| entry(index, *term)).collect()
}

fn entry(index: u64, term: u64) -> LogEntry {
    LogEntry { term, bytes: vec![index as u8, term as u8] }
}

#[test]
fn two_leaders_of_one_term_are_seen() {
    let mut monitor = Monitor::default();
    assert_eq!(monitor.observe(A, 2, true, log(&[1])), Ok(()));
    assert_eq!(monitor.observe(A, 3, true, log(&[1])), Ok(()));
    let violation = Violation::ElectionSafety { term: 2, first: A, second: B };
    assert_eq!(monitor.observe(B, 2, true, log(&[1])), Err(violation));
}

#[test]
fn a_leader_that_removes_entries_is_seen_and_a_follower_may() {
    let mut monitor = Monitor::default();
    assert_eq!(monitor.observe(A, 2, true, log(&[1, 2, 2])), Ok(()));
    assert_eq!(monitor.observe(A, 3, false, log(&[1, 3])), Ok(()));
    assert_eq!(monitor.observe(B, 4, true, log(&[1, 3, 4])), Ok(()));
    assert_eq!(monitor.observe(B, 5, true, log(&[1, 3])), Ok(()), "it was another term");
    let violation = Violation::LeaderAppendOnly { leader: B, term: 5 };
    assert_eq!(monitor.observe(B, 5, true, log(&[1])), Err(violation));
}

#[test]
fn logs_that_agree_on_an_entry_and_not_on_what_is_before_it_are_seen() {
    let mut monitor = Monitor::default();
    assert_eq!(monitor.observe(A, 4, false, log(&[1, 2, 4])), Ok(()));
    assert_eq!(monitor.observe(B, 4, false, log(&[1, 3])), Ok(()));
    let end = LogEnd { index: Index(3), term: Term(4) };
    let violation = Err(Violation::LogMatching { server: B, end });
    assert_eq!(monitor.observe(B, 4, false, log(&[1, 3, 4])), violation);

    let mut other = log(&[1, 2]);
    other[1].bytes = b"another".to_vec();
    let end = LogEnd { index: Index(2), term: Term(2) };
    let violation = Err(Violation::LogMatching { server: C, end });
    assert_eq!(monitor.observe(C, 4, false, other), violation);
}

#[test]
fn a_later_leader_without_a_committed_entry_is_seen() {
    let committed = || {
        let mut monitor = Monitor::default();
        assert_eq!(monitor.apply(A, 2, Index(1), entry(1, 1)), Ok(()));
        assert_eq!(monitor.apply(A, 2, Index(2), entry(2, 2)), Ok(()));
        monitor
    };
    let violation = Violation::LeaderCompleteness { leader: B, term: 3, index: Index(2) };
    assert_eq!(committed().observe(B, 3, true, log(&[1])), Err(violation.clone()));
    assert_eq!(committed().observe(B, 3, true, log(&[1, 2, 3])), Ok(()));
    assert_eq!(
        committed().observe(B, 1, true, log(&[1])),
        Ok(()),
        "an earlier one need not have it"
    );
    // The same, told in the other order.
    let mut monitor = Monitor::default();
    assert_eq!(monitor.observe(B, 3, true, log(&[1])), Ok(()));
    assert_eq!(monitor.apply(A, 2, Index(1), entry(1, 1)), Ok(()));
    assert_eq!(monitor.apply(A, 2, Index(2), entry(2, 2)), Err(violation));
}

#[test]
fn state_machines_that_part_are_seen() {
    let mut monitor = Monitor::default();
    assert_eq!(monitor.apply(A, 2, Index(1), entry(1, 1)), Ok(()));
    assert_eq!(monitor.apply(B, 2, Index(1), entry(1, 1)), Ok(()));
    let violation = Violation::StateMachineSafety { server: C, index: Index(1) };
    assert_eq!(monitor.apply(C, 2, Index(1), entry(1, 2)), Err(violation));
}

#[test]
fn a_place_left_out_or_applied_twice_is_seen_and_a_new_life_begins_at_one() {
    let mut monitor = Monitor::default();
    assert_eq!(monitor.apply(A, 1, Index(1), entry(1, 1)), Ok(()));
    assert_eq!(monitor.apply(A, 1, Index(2), entry(2, 1)), Ok(()));
    for index in [2, 4] {
        let violation = Violation::AppliedOutOfOrder { server: A, index: Index(index) };
        assert_eq!(monitor.apply(A, 1, Index(index), entry(index, 1)), Err(violation));
    }
    monitor.restarted(A);
    assert_eq!(monitor.apply(A, 1, Index(1), entry(1, 1)), Ok(()));
}
