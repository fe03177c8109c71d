//! AppendEntries, the leader's part, and commits (paper, Figure 2; sections 5.3 and 5.4.2).

use super::*;
use crate::log::Term;
use crate::message::Round;
use crate::node::Input;
use crate::settings::Settings;
use crate::testing::*;
use crate::view::PaceView;
use alloc::vec;
use proptest::prelude::*;

fn follower(term: u64, log: &[u64]) -> Server {
    Server::start(Start { term, log, ..Start::default() })
}

fn held_by(seen: &Seen) -> NodeSet {
    seen.transitions
        .iter()
        .find_map(|transition| match transition {
            Transition::CommitAdvanced { because: CommitCause::Counted { holders }, .. } => {
                Some(*holders)
            }
            _ => None,
        })
        .unwrap_or_default()
}

// What must be durable first.

#[test]
fn a_leader_does_not_count_its_own_entry_before_it_is_durable() {
    let mut leader = Server::leader(Start { of: 5, ..Start::default() });
    leader.disk_is_slow = true;
    leader.tell(propose());
    leader.hear(B, 1, accepted(2, 1));
    leader.hear(C, 1, accepted(2, 1));
    assert_eq!(leader.commit_index(), 1, "B and C are two of five");
    let seen = leader.finish_write();
    assert_eq!(leader.commit_index(), 2);
    assert_eq!(held_by(&seen), NodeSet::first(3));
}

#[test]
fn a_majority_of_others_commits_before_the_leader_s_own_disk_is_done() {
    let mut leader = Server::leader(Start::default());
    leader.disk_is_slow = true;
    assert_eq!(leader.tell(propose()).sent.len(), 0, "probing waits for its answer");
    leader.hear(B, 1, accepted(1, 1));
    leader.hear(C, 1, accepted(1, 1));
    leader.hear(B, 1, accepted(2, 1));
    assert_eq!(leader.commit_index(), 1);
    let seen = leader.hear(C, 1, accepted(2, 1));
    assert_eq!(leader.commit_index(), 2);
    assert_eq!(held_by(&seen), NodeSet::only(B).with(C));
}

#[test]
fn with_its_flaw_acknowledgements_do_not_wait_for_the_disk() {
    let settings = flawed(Flaw::AcknowledgeBeforeFsync);
    let mut server = Server::start(Start { settings, term: 1, ..Start::default() });
    server.disk_is_slow = true;
    assert_eq!(server.hear(B, 1, append(&[1], 0, 1, 0)).reply(), &accepted(1, 1));
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    leader.disk_is_slow = true;
    leader.tell(propose());
    leader.hear(B, 1, accepted(2, 1));
    assert_eq!(leader.commit_index(), 2);
}

// The leader's part (Figure 2, leaders).

/// "Upon election: send initial empty AppendEntries RPCs (heartbeat) to each server;
/// repeat during idle periods." With the no-op of the new term it is not quite empty.
#[test]
fn a_new_leader_tells_everyone_at_once_and_keeps_telling() {
    let mut leader = Server::start(Start { of: 5, term: 1, log: &[1, 1], ..Start::default() });
    let seen = leader.win();
    for follower in [B, C, D, E] {
        assert_eq!(seen.entries_to(follower), [(2, vec![2])]);
    }
    for _ in 0..3 {
        let due = leader.node.deadline().expect("a leader has heartbeats to send");
        assert_eq!(due, leader.now + Settings::default().heartbeat_interval);
        assert!(leader.tell(Input::Wake).sent.is_empty(), "not before they are due");
        assert_eq!(leader.wake().sent.len(), 4);
    }
}

#[test]
fn without_the_no_op_a_new_leader_s_first_message_is_empty() {
    let settings = Settings { no_op_at_start_of_term: false, ..Settings::default() };
    let mut leader = Server::start(Start { settings, term: 1, log: &[1], ..Start::default() });
    assert_eq!(leader.win().entries_to(B), [(1, vec![])]);
    assert_eq!(leader.log(), [1]);
}

/// "If command received from client: append entry to local log."
#[test]
fn a_proposal_is_appended_in_the_leader_s_term_and_sent_to_those_that_are_ready() {
    let mut leader = Server::leader(Start::default());
    leader.hear(B, 1, accepted(1, 1));
    let seen = leader.tell(propose());
    let answer = crate::Answer::Proposed { index: Index(2), term: Term(1) };
    assert_eq!(seen.answers, [(crate::RequestId(0), answer)]);
    assert_eq!(seen.entries_to(B), [(1, vec![1])]);
    assert_eq!(seen.entries_to(C), [], "C has a probe to answer first");
    assert_eq!(leader.tell(propose()).entries_to(B), [(2, vec![1])], "without waiting");
    assert_eq!(leader.hear(C, 1, accepted(1, 1)).entries_to(C), [(1, vec![1, 1])]);
    assert_eq!(leader.wake().entries_to(B), [(3, vec![])], "a heartbeat repeats nothing");
}

#[test]
fn a_proposal_elsewhere_is_answered_with_who_leads() {
    let mut server = follower(1, &[]);
    let leader = |seen: Seen| seen.answers[0].1;
    assert_eq!(leader(server.tell(propose())), crate::Answer::NotLeader { leader: None });
    server.hear(B, 1, append(&[], 0, 0, 0));
    assert_eq!(leader(server.tell(propose())), crate::Answer::NotLeader { leader: Some(B) });
    server.wake();
    assert_eq!(leader(server.tell(propose())), crate::Answer::NotLeader { leader: None });
    assert!(server.log().is_empty());
}

#[test]
fn a_message_carries_no_more_entries_than_the_settings_say() {
    let settings = Settings { max_entries_per_message: 2, ..Settings::default() };
    let start = Start { settings, term: 1, log: &[1; 6], ..Start::default() };
    let mut leader = Server::leader(start);
    assert_eq!(leader.hear(B, 2, conflict(6, end(&[]), 1)).entries_to(B), [(0, vec![1, 1])]);
    let seen = leader.hear(B, 2, accepted(2, 1));
    assert_eq!(seen.entries_to(B), [(2, vec![1, 1]), (4, vec![1, 1]), (6, vec![2])]);
    assert_eq!(leader.hear(B, 2, accepted(7, 1)).entries_to(B), []);
}

/// "If AppendEntries fails because of log inconsistency: decrement nextIndex and
/// retry", by whole terms at a time (end of section 5.3).
#[test]
fn a_refusal_sets_the_next_index_back_by_whole_terms_and_is_retried_at_once() {
    //   index      1 2 3 4 5 6 7 8
    //   leader     1 1 1 5 5 5 5 6
    //   follower   1 1 1 2 2 3 3
    let mut leader =
        Server::leader(Start { term: 5, log: &[1, 1, 1, 5, 5, 5, 5], ..Start::default() });
    let seen = leader.hear(B, 6, conflict(7, LogEnd { index: Index(7), term: Term(3) }, 1));
    assert_eq!(seen.entries_to(B), [(3, vec![5, 5, 5, 5, 6])]);
    assert_eq!(leader.progress(B).next_index, Index(4));
    assert_eq!(leader.progress(B).pace, PaceView::Probe);
    assert!(leader.tell(propose()).entries_to(B).is_empty(), "one probe at a time");
}

#[test]
fn what_was_lost_is_sent_again_after_the_next_heartbeat_s_refusal() {
    let mut leader = Server::leader(Start::default());
    leader.hear(B, 1, accepted(1, 1));
    leader.tell(propose()); // Lost.
    assert_eq!(leader.wake().entries_to(B), [(2, vec![])]);
    let seen = leader.hear(B, 1, conflict(2, end(&[1]), 2)); // What is sent now is lost too.
    assert_eq!(seen.entries_to(B), [(1, vec![1])]);
    assert_eq!(leader.wake().entries_to(B), [(1, vec![1])], "a probe is repeated by heartbeats");
    leader.hear(B, 1, accepted(2, 3));
    assert_eq!(leader.commit_index(), 2);
    assert_eq!(leader.progress(B).pace, PaceView::Replicate);
}

#[test]
fn stale_and_reordered_answers_never_move_progress_backwards() {
    let mut leader = Server::leader(Start { term: 1, log: &[1; 5], ..Start::default() });
    leader.hear(B, 2, conflict(5, end(&[1, 1]), 1));
    leader.hear(B, 2, accepted(6, 1));
    leader.tell(propose());
    let before = leader.progress(B);
    assert_eq!((before.match_index, before.next_index), (Index(6), Index(8)));
    for old in [
        conflict(5, end(&[1, 1]), 1), // the first refusal, once more
        conflict(6, end(&[]), 1),     // of what is known to match
        conflict(8, end(&[]), 1),     // of what was never sent
        conflict(u64::MAX, end(&[]), 1),
        accepted(3, 1),
        accepted(0, 0),
    ] {
        let seen = leader.hear(B, 2, old.clone());
        assert_eq!(leader.progress(B), before, "{old:?}");
        assert!(seen.sent.is_empty(), "nor is anything sent for it: {old:?}");
    }
}

#[test]
fn a_refusal_of_a_probe_that_another_has_replaced_since_is_ignored() {
    let mut leader = Server::leader(Start { term: 1, log: &[1; 8], ..Start::default() });
    leader.hear(B, 2, conflict(8, end(&[1; 4]), 1));
    leader.hear(B, 2, accepted(5, 1));
    leader.hear(B, 2, accepted(9, 1)); // Now it replicates,
    for _ in 0..4 {
        leader.tell(propose()); // from 10 to 13, and the first of these is late.
    }
    leader.hear(B, 2, conflict(12, LogEnd { index: Index(11), term: Term(2) }, 1));
    let before = leader.progress(B);
    assert_eq!((before.next_index, before.pace), (Index(12), PaceView::Probe));
    assert!(leader.hear(B, 2, conflict(10, end(&[1; 8]), 1)).sent.is_empty());
    assert_eq!(leader.progress(B), before);
}

#[test]
fn a_refusal_always_sets_the_next_index_back_whatever_its_hint() {
    for hint in [end(&[]), end(&[1]), LogEnd { index: Index(u64::MAX), term: Term(u64::MAX) }] {
        let mut leader = Server::leader(Start { term: 1, log: &[1; 5], ..Start::default() });
        for refused in (1..=5).rev() {
            if leader.progress(B).next_index == Index(refused + 1) {
                leader.hear(B, 2, conflict(refused, hint, 1));
                assert!(leader.progress(B).next_index <= Index(refused), "{hint:?}");
            }
        }
    }
}

#[test]
fn answers_that_can_not_be_are_ignored() {
    let mut leader = Server::leader(Start::default());
    let stale = AppendReply { round: Round(1), answer: AppendAnswer::StaleTerm };
    let before = leader.clone();
    for (from, answer, cause) in [
        (B, accepted(2, 1), IgnoreCause::Impossible), // beyond the log
        (B, accepted(u64::MAX, 1), IgnoreCause::Impossible),
        (B, accepted(1, 2), IgnoreCause::Impossible), // of a round never sent
        (B, Message::AppendEntriesReply(stale), IgnoreCause::Impossible),
        (E, accepted(1, 1), IgnoreCause::NotAMember),
    ] {
        let seen = leader.hear(from, 1, answer);
        assert_eq!((seen.ignored_because(), seen.sent.len()), (Some(cause), 0));
    }
    assert_eq!(leader, before);
    let mut server = follower(1, &[]);
    let seen = server.hear(B, 1, accepted(0, 0));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::WrongRole));
    let seen = Server::leader(Start { term: 1, ..Start::default() }).hear(B, 1, accepted(1, 1));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::StaleTerm));
}

// When an entry is committed (Figure 2; section 5.4.2).

/// Figure 8 at the node: S1 leads term 4 with an entry of term 2 that is now on a
/// majority, as in (c), and must not call it committed; with its own of term 4, as in (e), it may.
#[test]
fn an_entry_of_an_earlier_term_is_not_committed_by_counting() {
    let settings = Settings { no_op_at_start_of_term: false, ..Settings::default() };
    let start = Start { of: 5, term: 3, log: &[1, 2], settings, ..Start::default() };
    let mut leader = Server::leader(start);
    leader.hear(B, 4, accepted(2, 1));
    let seen = leader.hear(C, 4, accepted(2, 1));
    assert_eq!(leader.commit_index(), 0, "A, B and C hold 1 2, and yet");
    let withheld = Transition::CommitWithheld { index: Index(2), term: Term(2) };
    assert!(seen.transitions.contains(&withheld));
    leader.tell(propose());
    leader.hear(B, 4, accepted(3, 1));
    assert_eq!(leader.commit_index(), 0);
    let seen = leader.hear(C, 4, accepted(3, 1));
    assert_eq!((leader.commit_index(), seen.applied.len()), (3, 3), "and all before it");

    let settings =
        Settings { no_op_at_start_of_term: false, ..flawed(Flaw::CommitEarlierTermByCounting) };
    let mut leader = Server::leader(Start { settings, ..start });
    leader.hear(B, 4, accepted(2, 1));
    leader.hear(C, 4, accepted(2, 1));
    assert_eq!(leader.commit_index(), 2, "with the flaw it is");
}

proptest! {
    /// "If there exists an N such that N > commitIndex, a majority of matchIndex[i] >= N,
    /// and log[N].term == currentTerm: set commitIndex = N", searched for one by one.
    #[test]
    fn the_commit_index_is_the_largest_n_of_figure_2(
        of in 1u8..8, earlier in 0usize..4, own in 0usize..4,
        matches in prop::collection::vec(0u64..9, 7),
    ) {
        let settings = Settings { no_op_at_start_of_term: false, ..Settings::default() };
        let start = Start { of, term: 1, log: &vec![1; earlier], settings, ..Start::default() };
        let mut leader = Server::leader(start);
        for _ in 0..own {
            leader.tell(propose());
        }
        let last = (earlier + own) as u64;
        let others = NodeSet::first(of).without(A);
        let mut commit = leader.node.view().commit_index().0;
        for (voter, match_index) in others.iter().zip(&matches) {
            leader.hear(voter, 2, accepted(*match_index, 1));
            let held = |n: u64| {
                let has = |voter: NodeId| leader.progress(voter).match_index.0 >= n;
                1 + others.iter().filter(|voter| has(*voter)).count()
            };
            for n in commit + 1..=last {
                if held(n) * 2 > of as usize && leader.log()[n as usize - 1] == 2 {
                    commit = n;
                }
            }
            prop_assert_eq!(leader.commit_index(), commit);
        }
    }
}
