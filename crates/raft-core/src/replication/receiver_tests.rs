//! AppendEntries, the receiver's part (paper, Figure 2 and section 5.3).

use super::*;
use crate::log::Term;
use crate::message::Round;
use crate::node::Input;
use crate::persistence::Change;
use crate::testing::*;
use alloc::vec;
use proptest::prelude::*;

fn follower(term: u64, log: &[u64]) -> Server {
    Server::start(Start { term, log, ..Start::default() })
}

/// "1. Reply false if term < currentTerm."
#[test]
fn a_message_from_a_stale_leader_is_answered_so_that_it_steps_down() {
    let mut leader = Server::leader(Start { id: B, term: 1, log: &[1], ..Start::default() });
    let mut server = follower(3, &[1, 3]);
    let before = (server.log(), server.node.view().election_timer());
    let seen = server.hear(B, 2, append(&[1, 2], 1, 2, 2));
    assert_eq!((server.log(), server.node.view().election_timer()), before, "it is not followed");
    assert_eq!((server.follows(), server.commit_index()), (None, 0));
    assert_eq!(seen.sent[0].term, Term(3));
    leader.tell(Input::Receive(seen.sent[0].clone()));
    assert_eq!((leader.is_leader(), leader.term()), (false, 3));
}

/// "2. Reply false if log doesn't contain an entry at prevLogIndex whose term matches
/// prevLogTerm." The refusal says where the leader may look next.
#[test]
fn entries_after_a_place_that_does_not_match_are_refused_with_a_hint() {
    //  mine            leader's             previous  hint
    for (mine, leader, previous, hint) in [
        (&[1, 1][..], &[1, 1, 1, 1][..], 3, &[1, 1][..]), // mine is too short
        (&[], &[1, 1], 2, &[]),
        (&[1, 2, 2], &[1, 1, 1], 3, &[1]), // another term there: skip all of it
        (&[1, 1, 1, 2, 2, 3, 3], &[1, 1, 1, 5, 5, 5, 5], 7, &[1, 1, 1, 2, 2, 3, 3]),
        (&[4, 4, 4], &[1, 1, 1], 2, &[]), // all of mine is of a later term
    ] {
        let mut server = follower(6, mine);
        let seen = server.hear(B, 6, append(leader, previous, previous, 0));
        assert_eq!(seen.reply(), &conflict(previous, end(hint), 1), "{mine:?} {leader:?}");
        assert_eq!(server.log(), mine);
    }
}

/// "3. If an existing entry conflicts with a new one (same index but different terms),
/// delete the existing entry and all that follow it. 4. Append any new entries not
/// already in the log."
#[test]
fn from_the_first_conflict_on_the_leader_s_entries_take_the_place_of_others() {
    //   index      1 2 3 4 5
    //   mine       1 1 2 2 2
    //   leader     1 1 2 3
    let mut server = follower(3, &[1, 1, 2, 2, 2]);
    let seen = server.hear(B, 3, append(&[1, 1, 2, 3], 2, 4, 0));
    assert_eq!(server.log(), [1, 1, 2, 3]);
    assert_eq!(seen.reply(), &accepted(4, 1));
    let write = Change::Log { first: Index(4), entries: vec![entry(3)] };
    assert_eq!(seen.writes, [write], "what matches is not written again");
    let (first, last) = (Index(4), Index(5));
    let removed = Transition::EntriesRemoved { first, last, committed: false };
    assert!(seen.transitions.contains(&removed));
    assert_eq!(server.disk.log, log(&[1, 1, 2, 3]));
}

#[test]
fn an_old_append_entries_does_not_remove_later_entries() {
    let leader = [1, 1, 2, 2];
    let mut server = follower(2, &leader);
    for (previous, last) in [(0, 0), (0, 1), (1, 3), (2, 2), (3, 4)] {
        let seen = server.hear(B, 2, append(&leader, previous, last, 0));
        assert_eq!(server.log(), leader);
        assert!(seen.writes.is_empty());
        assert_eq!(seen.reply(), &accepted(last, 1), "it speaks for no more than was asked");
    }
}

/// "5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of
/// last new entry)."
#[test]
fn a_follower_commits_no_further_than_the_last_new_entry() {
    //  mine: 1 1 2 2    leader: 1 1 3 3    only what the message covers is the leader's
    let mut server = follower(3, &[1, 1, 2, 2]);
    let seen = server.hear(B, 3, append(&[1, 1, 3, 3], 1, 2, 4));
    assert_eq!((server.commit_index(), server.log()), (2, vec![1, 1, 2, 2]));
    assert_eq!(seen.applied.len(), 2);
    server.hear(B, 3, append(&[1, 1, 3, 3], 2, 4, 3));
    assert_eq!(server.commit_index(), 3);
    server.hear(B, 3, append(&[1, 1, 3, 3], 2, 4, 1));
    assert_eq!(server.commit_index(), 3, "it never goes back");
}

/// "If commitIndex > lastApplied: increment lastApplied, apply log[lastApplied]."
#[test]
fn committed_entries_are_handed_over_once_each_and_in_order() {
    let leader = [1, 1, 2, 2, 2];
    let mut server = follower(2, &[]);
    let mut applied = vec![];
    for (last, commit) in [(2, 1), (3, 3), (3, 2), (5, 4), (5, 5)] {
        applied.extend(server.hear(B, 2, append(&leader, 0, last, commit)).applied);
    }
    let expected = leader.iter().zip(1..).map(|(term, index)| (Index(index), entry(*term)));
    assert_eq!(applied, expected.collect::<Vec<_>>());
}

proptest! {
    /// One message of any kind against any log, compared with Figure 2 done on a vector.
    #[test]
    fn a_follower_s_log_becomes_what_figure_2_says(
        common in 0usize..4, mine in prop::collection::vec(2u64..5, 0..5),
        theirs in prop::collection::vec(2u64..6, 0..5),
        previous in 0usize..9, count in 0usize..9, commit in 0u64..12,
    ) {
        let with_common = |mut rest: Vec<u64>| {
            rest.sort_unstable();
            rest.splice(0..0, core::iter::repeat_n(1, common));
            rest
        };
        let (mine, theirs) = (with_common(mine), with_common(theirs));
        // As in Raft, the same term at the same place means the same log up to it: the
        // part of mine that is not the leader's is of other terms from its first entry on.
        let parts_at = mine.iter().zip(&theirs).take_while(|(mine, theirs)| mine == theirs).count();
        prop_assume!(
            mine.iter().zip(&theirs).skip(parts_at).all(|(mine, theirs)| mine != theirs)
        );
        let previous = previous.min(theirs.len());
        let last = (previous + count).min(theirs.len());
        let mut server = follower(6, &mine);
        let seen = server.hear(B, 6, append(&theirs, previous as u64, last as u64, commit));

        let matches = previous <= parts_at;
        let mut expected = mine.clone();
        if matches && last > parts_at {
            expected.truncate(parts_at);
            expected.extend(&theirs[parts_at..last]);
        }
        prop_assert_eq!(server.log(), expected.clone());
        prop_assert_eq!(server.disk.log, log(&expected));
        if matches {
            prop_assert_eq!(seen.reply(), &accepted(last as u64, 1));
            prop_assert_eq!(server.node.view().commit_index().0, commit.min(last as u64));
        } else {
            let Message::AppendEntriesReply(reply) = seen.reply() else {
                panic!("an answer was expected");
            };
            prop_assert!(matches!(reply.answer, AppendAnswer::Conflict { .. }), "{reply:?}");
            prop_assert_eq!(server.node.view().commit_index().0, 0);
        }
    }
}

#[test]
fn committed_entries_are_never_overwritten() {
    let mut server = follower(3, &[1, 2]);
    server.hear(B, 3, append(&[1, 2, 3], 2, 3, 2));
    let seen = server.hear(B, 3, append(&[1, 3], 1, 2, 0));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::OverwritesCommitted));
    assert_eq!((server.log(), seen.sent.len(), seen.writes.len()), (vec![1, 2, 3], 0, 0));
}

#[test]
fn a_term_has_one_leader_and_a_second_is_ignored() {
    let mut server = follower(1, &[]);
    server.hear(B, 1, append(&[1], 0, 1, 0));
    let timer = server.node.view().election_timer();
    let mut leader = Server::leader(Start::default());
    for server in [&mut server, &mut leader] {
        let seen = server.hear(C, 1, append(&[1, 1], 0, 2, 1));
        assert_eq!(seen.ignored_because(), Some(IgnoreCause::SecondLeaderOfTerm));
        assert_eq!((seen.sent.len(), server.log()), (0, vec![1]));
    }
    assert_eq!(server.node.view().election_timer(), timer);
    assert!(leader.is_leader());
}

#[test]
fn numbers_that_can_not_be_are_ignored() {
    let entries = |terms: &[u64]| terms.iter().map(|term| entry(*term)).collect::<Vec<_>>();
    let place = |index, term| LogEnd { index: Index(index), term: Term(term) };
    for (previous, entries) in [
        (place(0, 0), entries(&[2, 1])),     // terms that fall
        (place(0, 0), entries(&[4])),        // of a later term than its sender's
        (place(1, 2), entries(&[1])),        // before the place that they follow
        (place(2, 4), entries(&[])),         // the same without entries
        (place(u64::MAX, 1), entries(&[1])), // past the last index
        (place(u64::MAX - 1, 1), entries(&[1])),
        (place(u64::MAX, 1), entries(&[])),
    ] {
        let mut server = follower(3, &[1]);
        let append = AppendEntries {
            previous,
            entries,
            commit_index: Index(u64::MAX),
            round: Round(1),
            confirms_read: false,
        };
        let seen = server.hear(B, 3, Message::AppendEntries(append.clone()));
        assert_eq!(seen.ignored_because(), Some(IgnoreCause::Impossible), "{append:?}");
        assert_eq!((server.log(), server.commit_index()), (vec![1], 0));
    }
}

// What must be durable first.

#[test]
fn entries_are_acknowledged_once_they_are_durable() {
    let mut server = follower(1, &[]);
    server.disk_is_slow = true;
    assert!(server.hear(B, 1, append(&[1, 1], 0, 2, 0)).sent.is_empty());
    assert_eq!(server.finish_writes().sent_to(B), [&accepted(2, 1)]);
    assert_eq!(server.disk.log, log(&[1, 1]));
}

#[test]
fn a_heartbeat_is_answered_at_once_with_what_is_durable() {
    let mut server = follower(1, &[1]);
    server.disk_is_slow = true;
    server.hear(B, 1, append(&[1, 1, 1], 1, 3, 0));
    // A heartbeat, and the same entries once more: neither brings anything new.
    for (previous, last) in [(3, 3), (1, 3), (2, 3), (1, 1), (0, 0)] {
        let seen = server.hear(B, 1, append_in_round(&[1, 1, 1], previous, last, 0, 2));
        assert_eq!(seen.reply(), &accepted(last.min(1), 2), "entry 1 is durable, 2 and 3 not yet");
    }
    assert_eq!(server.node.view().held().count(), 1, "so a slow disk doesn't pile them up");
    assert_eq!(server.finish_writes().reply(), &accepted(3, 1));
    let seen = server.hear(B, 1, append_in_round(&[1, 1, 1], 3, 3, 0, 3));
    assert_eq!(seen.reply(), &accepted(3, 3), "nor is anything lost if that answer is");
}

#[test]
fn an_answer_to_a_heartbeat_still_waits_for_its_term() {
    let mut server = follower(1, &[1]);
    server.disk_is_slow = true;
    assert!(server.hear(B, 2, append(&[1], 1, 1, 0)).sent.is_empty());
    assert_eq!(server.finish_write().reply(), &accepted(1, 1));
}

#[test]
fn an_acknowledgement_waits_for_no_more_than_the_entries_that_it_speaks_for() {
    let mut server = follower(1, &[]);
    server.disk_is_slow = true;
    server.hear(B, 1, append(&[1, 1, 1], 0, 1, 0));
    server.hear(B, 1, append(&[1, 1, 1], 1, 3, 0));
    assert_eq!(server.finish_write().reply(), &accepted(1, 1));
    assert_eq!(server.hear(B, 1, append(&[1, 1, 1], 0, 1, 0)).reply(), &accepted(1, 1));
    assert_eq!(server.finish_write().reply(), &accepted(3, 1));
}

#[test]
fn the_term_reaches_the_disk_before_entries_of_that_term() {
    let mut server = follower(1, &[]);
    server.disk_is_slow = true;
    let seen = server.hear(B, 5, append(&[5], 0, 1, 0));
    assert!(matches!(seen.writes[..], [Change::HardState(_), Change::Log { .. }]));
    server.finish_write();
    server.crash_and_restart();
    assert_eq!((server.term(), server.log()), (5, vec![]), "never the other way round");
}

#[test]
fn a_late_durability_report_for_entries_since_overwritten_acknowledges_nothing() {
    let mut server = follower(1, &[]);
    server.disk_is_slow = true;
    server.hear(B, 1, append(&[1, 1, 1], 0, 3, 0));
    //  mine 1 1 1, not durable yet; the next leader's log is 1 2 2
    server.hear(C, 2, append(&[1, 2, 2], 1, 3, 0));
    let seen = server.finish_write();
    assert!(seen.sent_to(C).is_empty(), "that entries 1 to 3 are durable meant the old ones");
    assert_eq!(server.node.view().durable_index(), Index(1));
    server.finish_write();
    assert_eq!(server.finish_write().sent_to(C), [&accepted(3, 1)]);
}
