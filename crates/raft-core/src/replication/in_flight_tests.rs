//! How much a leader has under way to one follower, and what it repeats.

use crate::testing::*;
use crate::*;
use alloc::vec;

/// A leader of term 1 that replicates to B, and may have this many messages under way.
fn leader(in_flight_messages_max: u32) -> Server {
    let settings = Settings { in_flight_messages_max, ..Settings::default() };
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    leader.hear(B, 1, accepted(1, 1));
    leader
}

#[test]
fn at_the_limit_entries_wait_and_go_in_one_message_once_a_place_is_free() {
    let mut leader = leader(2);
    assert_eq!(leader.tell(propose()).entries_to(B), [(1, vec![1])]);
    assert_eq!(leader.tell(propose()).entries_to(B), [(2, vec![1])]);
    assert_eq!(leader.progress(B).messages_in_flight, 2);
    for _ in 0..3 {
        assert_eq!(leader.tell(propose()).entries_to(B), [], "two are under way");
    }
    assert_eq!(leader.hear(B, 1, accepted(2, 1)).entries_to(B), [(3, vec![1; 3])]);
    assert_eq!(leader.progress(B).messages_in_flight, 2);
    leader.hear(B, 1, accepted(6, 1));
    assert_eq!(leader.progress(B).messages_in_flight, 0, "an answer answers those before it too");
}

#[test]
fn at_the_limit_heartbeats_go_on_without_entries() {
    let mut leader = leader(1);
    leader.tell(propose());
    leader.tell(propose());
    assert_eq!(leader.wake().entries_to(B), [(2, vec![])], "it says where the entries end");
    assert_eq!(leader.progress(B).messages_in_flight, 1, "it takes no place");
    let read = leader.tell(read(1, ReadMode::ReadIndex));
    assert_eq!(read.entries_to(B), [(2, vec![])]);
}

#[test]
fn messages_that_are_lost_take_no_place_for_ever() {
    let mut leader = leader(2);
    for _ in 0..4 {
        leader.tell(propose()); // Two of these go, and are lost.
    }
    leader.wake();
    let seen = leader.hear(B, 1, conflict(3, end(&[1]), 2));
    assert_eq!(seen.entries_to(B), [(1, vec![1; 4])]);
    assert!(leader.progress(B).pace == PaceView::Probe);
    leader.hear(B, 1, accepted(5, 2));
    assert_eq!(leader.progress(B).messages_in_flight, 0);
    assert_eq!(leader.tell(propose()).entries_to(B), [(5, vec![1])]);
}

#[test]
fn answers_that_are_lost_are_made_up_for_by_a_heartbeat_s() {
    let mut leader = leader(2);
    for _ in 0..3 {
        leader.tell(propose()); // Two of these arrive; nobody hears of it.
    }
    leader.wake();
    assert_eq!(leader.hear(B, 1, accepted(3, 2)).entries_to(B), [(3, vec![1])]);
}

#[test]
fn old_and_doubled_answers_free_no_places() {
    let mut leader = leader(3);
    for _ in 0..3 {
        leader.tell(propose());
    }
    leader.hear(B, 1, accepted(3, 1));
    for old in [accepted(3, 1), accepted(2, 1), accepted(0, 1), conflict(2, end(&[1]), 1)] {
        leader.hear(B, 1, old);
        assert_eq!(leader.progress(B).messages_in_flight, 1);
    }
}

/// Reads bring as many rounds as there are reads one after the other; each must not bring
/// the same entries on the way once more.
#[test]
fn rounds_for_reads_do_not_repeat_the_entries_of_a_probe_that_waits() {
    let mut leader = Server::leader(Start { term: 1, log: &[1; 5], ..Start::default() });
    leader.hear(C, 2, accepted(6, 1));
    assert_eq!(
        leader.hear(B, 2, conflict(5, end(&[1]), 1)).entries_to(B),
        [(1, vec![1, 1, 1, 1, 2])]
    );
    for request in 1..4 {
        let seen = leader.tell(read(request, ReadMode::ReadIndex));
        assert_eq!(seen.entries_to(B), [(1, vec![])]);
        let round = leader.newest_round();
        assert_eq!(leader.hear(C, 2, accepted(6, round)).reads_ready(), [request]);
    }
    // The probe was lost: the answer to one of these does its work, and a regular
    // heartbeat would have.
    let round = leader.newest_round();
    let repeated = leader.clone().wake().entries_to(B);
    assert_eq!(repeated, [(1, vec![1, 1, 1, 1, 2])]);
    assert_eq!(leader.hear(B, 2, accepted(1, round)).entries_to(B), [(1, vec![1, 1, 1, 1, 2])]);
}

#[test]
fn each_follower_has_a_limit_of_its_own() {
    let mut leader = leader(1);
    leader.hear(C, 1, accepted(1, 1));
    let seen = leader.tell(propose());
    assert_eq!((seen.entries_to(B), seen.entries_to(C)), (vec![(1, vec![1])], vec![(1, vec![1])]));
    leader.hear(B, 1, accepted(2, 1));
    let seen = leader.tell(propose());
    assert_eq!((seen.entries_to(B), seen.entries_to(C)), (vec![(2, vec![1])], vec![]));
}

/// A follower that lags needs many messages, and there may be no proposal that brings them
/// along: each answer must not bring just one.
#[test]
fn a_follower_that_lags_gets_as_many_messages_at_a_time_as_may_be_under_way() {
    let settings =
        Settings { max_entries_per_message: 2, in_flight_messages_max: 3, ..Settings::default() };
    let start = Start { term: 1, log: &[1; 9], settings, ..Start::default() };
    let mut leader = Server::leader(start);
    let probe = leader.hear(B, 2, conflict(9, end(&[1]), 1));
    assert_eq!(probe.entries_to(B), [(1, vec![1, 1])], "a probe goes alone");
    let seen = leader.hear(B, 2, accepted(3, 1));
    assert_eq!(seen.entries_to(B), [(3, vec![1, 1]), (5, vec![1, 1]), (7, vec![1, 1])]);
    assert_eq!(leader.hear(B, 2, accepted(5, 1)).entries_to(B), [(9, vec![2])]);
    assert_eq!(leader.progress(B).messages_in_flight, 3);
}
