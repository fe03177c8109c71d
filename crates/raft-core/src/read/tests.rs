//! Reads that don't go through the log (dissertation, section 6.4).

use super::*;
use crate::flaws::Flaws;
use crate::node::Input;
use crate::settings::{DriftBound, Settings};
use crate::testing::*;
use alloc::vec::Vec;

const BOTH: [ReadMode; 2] = [ReadMode::ReadIndex, ReadMode::Lease];

fn leased() -> Settings {
    Settings { stickiness: true, lease: Some(DriftBound::NONE), ..Settings::default() }
}

/// A leader of term 1 that has committed its no-op, its round 1 confirmed by B.
fn settled_leader() -> Server {
    let mut leader = Server::leader(Start { settings: leased(), ..Start::default() });
    leader.hear(B, 1, accepted(1, 1));
    assert_eq!(leader.commit_index(), 1);
    leader
}

fn waits_for(seen: &Seen) -> Option<ReadWait> {
    seen.transitions.iter().find_map(|transition| match transition {
        Transition::ReadAccepted { waits_for, .. } => Some(*waits_for),
        _ => None,
    })
}

fn confirming_rounds(seen: &Seen) -> usize {
    let confirms =
        |seen: &&Transition| matches!(seen, Transition::RoundStarted { confirms_read: true, .. });
    seen.transitions.iter().filter(confirms).count()
}

#[test]
fn a_server_that_does_not_lead_says_who_does() {
    let mut server = Server::start(Start { term: 1, ..Start::default() });
    server.hear(B, 1, append(&[], 0, 0, 0));
    for mode in BOTH {
        let seen = server.tell(read(5, mode));
        assert_eq!(seen.answers, [(RequestId(5), Answer::NotLeader { leader: Some(B) })]);
    }
}

#[test]
fn a_read_waits_for_the_first_commit_of_the_term() {
    for mode in BOTH {
        let start = Start { term: 1, log: &[1, 1], settings: leased(), ..Start::default() };
        let mut leader = Server::leader(start);
        // B answers the round, so that the lease is good, but lacks the no-op.
        leader.hear(B, 2, accepted(2, 1));
        let seen = leader.tell(read(1, mode));
        assert_eq!(waits_for(&seen), Some(ReadWait::FirstCommitOfTerm));
        leader.wake();
        assert!(leader.hear(B, 2, accepted(2, 2)).reads_ready().is_empty(), "{mode:?}");
        let seen = leader.hear(B, 2, accepted(3, 2));
        match mode {
            ReadMode::Lease => assert_eq!(seen.reads_ready(), [1]),
            _ => {
                assert!(seen.reads_ready().is_empty());
                assert_eq!(leader.hear(C, 2, accepted(0, 3)).reads_ready(), [1]);
            }
        }
    }
}

#[test]
fn what_earlier_terms_committed_is_not_enough_to_read() {
    // Committed under an earlier leader, as this one was told when it followed.
    let mut server = Server::start(Start { settings: leased(), ..Start::default() });
    server.hear(B, 1, append(&[1, 1], 0, 2, 2));
    assert_eq!(server.commit_index(), 2);
    server.win();
    server.hear(C, 2, accepted(2, 1));
    assert_eq!(server.commit_index(), 2);
    for mode in BOTH {
        let seen = server.tell(read(1, mode));
        assert_eq!(waits_for(&seen), Some(ReadWait::FirstCommitOfTerm));
    }
}

#[test]
fn a_read_is_not_confirmed_by_a_round_sent_before_it_came() {
    let mut leader = settled_leader();
    leader.wake();
    let old = leader.newest_round();
    let seen = leader.tell(read(1, ReadMode::ReadIndex));
    assert_eq!(waits_for(&seen), Some(ReadWait::Round(Round(old + 1))));
    assert_eq!(seen.round_started(), Some(Round(old + 1)), "it is not kept waiting");
    assert_eq!(confirming_rounds(&seen), 1);
    for voter in [B, C] {
        assert!(leader.hear(voter, 1, accepted(1, old)).reads_ready().is_empty());
    }
    let seen = leader.hear(C, 1, accepted(1, old + 1));
    let basis = ReadBasis::Round(Round(old + 1));
    let answer = Answer::ReadReady { read_index: Index(1), basis };
    assert_eq!(seen.answers, [(RequestId(1), answer)]);
}

#[test]
fn reads_that_come_while_a_round_is_on_its_way_share_the_next() {
    let mut leader = settled_leader();
    let first = leader.tell(read(1, ReadMode::ReadIndex)).round_started().expect("a round").0;
    for request in 2..10 {
        let seen = leader.tell(read(request, ReadMode::ReadIndex));
        assert_eq!(waits_for(&seen), Some(ReadWait::Round(Round(first + 1))));
        assert_eq!(seen.round_started(), None);
    }
    let seen = leader.hear(B, 1, accepted(1, first));
    assert_eq!(seen.reads_ready(), [1]);
    assert_eq!(seen.round_started(), Some(Round(first + 1)));
    let seen = leader.hear(B, 1, accepted(1, first + 1));
    assert_eq!(seen.reads_ready(), (2..10).collect::<Vec<_>>());
    assert_eq!(seen.round_started(), None);
}

#[test]
fn reads_that_waited_for_the_first_commit_share_one_round() {
    let mut leader = Server::leader(Start::default());
    for request in 1..5 {
        leader.tell(read(request, ReadMode::ReadIndex));
    }
    let seen = leader.hear(B, 1, accepted(1, 1));
    assert_eq!((leader.commit_index(), confirming_rounds(&seen)), (1, 1));
    let round = leader.newest_round();
    assert_eq!(leader.hear(B, 1, accepted(1, round)).reads_ready(), [1, 2, 3, 4]);
}

#[test]
fn a_round_that_is_lost_is_made_up_for_by_the_next_heartbeat() {
    let mut leader = settled_leader();
    leader.tell(read(1, ReadMode::ReadIndex)); // Nobody hears of this round,
    leader.tell(read(2, ReadMode::ReadIndex));
    leader.wake(); // but of this one.
    let round = leader.newest_round();
    assert_eq!(leader.hear(B, 1, accepted(1, round)).reads_ready(), [1, 2]);
}

#[test]
fn a_lease_answers_at_once_while_it_is_good_and_by_readindex_after() {
    let mut leader = settled_leader();
    let until = leader.now + TIMEOUT;
    let seen = leader.tell(read(1, ReadMode::Lease));
    let answer = Answer::ReadReady { read_index: Index(1), basis: ReadBasis::Lease { until } };
    assert_eq!(seen.answers, [(RequestId(1), answer)]);
    assert!(seen.sent.is_empty());
    leader.now = until;
    let seen = leader.tell(read(2, ReadMode::Lease));
    assert_eq!(waits_for(&seen), Some(ReadWait::Round(Round(2))));
    assert_eq!(leader.hear(C, 1, accepted(1, 2)).reads_ready(), [2]);
    assert_eq!(leader.tell(read(3, ReadMode::Lease)).reads_ready(), [3], "that round renewed it");
}

#[test]
fn a_read_by_lease_where_leases_are_off_goes_by_readindex() {
    let mut leader = Server::leader(Start::default());
    leader.hear(B, 1, accepted(1, 1));
    let seen = leader.tell(read(1, ReadMode::Lease));
    assert_eq!(waits_for(&seen), Some(ReadWait::Round(Round(2))));
}

#[test]
fn a_read_waits_until_what_was_committed_is_applied() {
    for mode in BOTH {
        let mut leader = settled_leader();
        leader.applies_slowly = true;
        leader.tell(propose());
        leader.hear(B, 1, accepted(2, 1));
        assert_eq!(leader.commit_index(), 2);
        let seen = leader.tell(read(1, mode));
        assert!(seen.reads_ready().is_empty());
        let round = leader.newest_round();
        assert!(leader.hear(B, 1, accepted(2, round)).reads_ready().is_empty());
        assert!(leader.tell(Input::Applied(Index(1))).reads_ready().is_empty());
        let seen = leader.tell(Input::Applied(Index(2)));
        assert_eq!(seen.reads_ready(), [1]);
        let Answer::ReadReady { read_index, .. } = seen.answers[0].1 else {
            panic!("it is ready");
        };
        assert_eq!(read_index, Index(2));
    }
}

#[test]
fn a_read_keeps_the_index_at_which_it_came_when_more_is_committed_meanwhile() {
    let mut leader = settled_leader();
    leader.tell(read(1, ReadMode::ReadIndex));
    leader.tell(propose());
    leader.hear(C, 1, accepted(2, 1));
    assert_eq!(leader.commit_index(), 2);
    let seen = leader.hear(B, 1, accepted(1, 2));
    let Answer::ReadReady { read_index, .. } = seen.answers[0].1 else {
        panic!("it is ready");
    };
    assert_eq!(read_index, Index(1), "it need not wait for later entries");
}

#[test]
fn a_leader_that_is_deposed_refuses_the_reads_that_it_has_not_answered() {
    let mut leader = settled_leader();
    leader.applies_slowly = true;
    leader.tell(propose());
    leader.hear(B, 1, accepted(2, 1));
    leader.tell(read(1, ReadMode::Lease)); // Waits for the state machine,
    leader.tell(read(2, ReadMode::ReadIndex)); // for a round,
    leader.tell(read(3, ReadMode::ReadIndex)); // and for the next.
    let seen = leader.hear(C, 2, accepted(0, 1));
    let refused = Answer::Refused(crate::Refusal::LostOffice);
    assert_eq!(seen.answers, [1, 2, 3].map(|request| (RequestId(request), refused)));
    assert!(leader.tell(Input::Applied(Index(2))).answers.is_empty());
}

#[test]
fn a_cut_off_leader_never_answers_by_readindex() {
    let mut leader = Server::leader(Start { of: 5, ..Start::default() });
    leader.hear(B, 1, accepted(1, 1));
    leader.hear(C, 1, accepted(1, 1));
    leader.tell(read(1, ReadMode::ReadIndex));
    for _ in 0..100 {
        assert!(leader.wake().reads_ready().is_empty());
        let round = leader.newest_round();
        assert!(leader.hear(B, 1, accepted(1, round)).reads_ready().is_empty(), "two of five");
    }
}

// Through the log.

#[test]
fn a_read_through_the_log_is_answered_once_its_own_entry_is_applied() {
    let mut leader = settled_leader();
    leader.applies_slowly = true;
    let seen = leader.tell(read(1, ReadMode::Log));
    assert_eq!(waits_for(&seen), Some(ReadWait::Entry(Index(2))));
    assert_eq!(seen.entries_to(B), [(1, alloc::vec![1])]);
    assert_eq!(leader.log(), [1, 1]);
    leader.wake();
    let round = leader.newest_round();
    let seen = leader.hear(B, 1, accepted(1, round));
    assert!(seen.reads_ready().is_empty(), "that it leads is not what this read waits for");
    let seen = leader.hear(B, 1, accepted(2, round));
    let basis = ReadBasis::Log { index: Index(2) };
    let confirmed =
        Transition::ReadConfirmed { request: RequestId(1), read_index: Index(2), basis };
    assert!(seen.transitions.contains(&confirmed));
    assert!(leader.tell(Input::Applied(Index(1))).reads_ready().is_empty());
    let seen = leader.tell(Input::Applied(Index(2)));
    let answer = Answer::ReadReady { read_index: Index(2), basis };
    assert_eq!(seen.answers, [(RequestId(1), answer)]);
}

#[test]
fn what_is_committed_before_a_read_s_own_entry_does_not_confirm_it() {
    let mut leader = settled_leader();
    leader.tell(propose());
    leader.tell(read(1, ReadMode::Log));
    let is_confirmed = |seen: &Seen| {
        seen.transitions.iter().any(|seen| matches!(seen, Transition::ReadConfirmed { .. }))
    };
    assert!(!is_confirmed(&leader.hear(B, 1, accepted(2, 1))), "entry 2 is the one before");
    assert!(is_confirmed(&leader.hear(B, 1, accepted(3, 1))));
}

/// Its entry is of the leader's own term, so that its commit is the first of the term, or
/// comes after that.
#[test]
fn a_read_through_the_log_needs_no_first_commit_of_the_term() {
    let settings = Settings { no_op_at_start_of_term: false, ..Settings::default() };
    let start = Start { term: 1, log: &[1, 1], settings, ..Start::default() };
    let mut leader = Server::leader(start);
    leader.hear(B, 2, accepted(2, 1));
    leader.tell(read(1, ReadMode::ReadIndex));
    let seen = leader.tell(read(2, ReadMode::Log));
    assert_eq!(waits_for(&seen), Some(ReadWait::Entry(Index(3))));
    let seen = leader.hear(B, 2, accepted(3, 1));
    assert_eq!((leader.commit_index(), seen.reads_ready()), (3, alloc::vec![2]));
    let round = leader.newest_round();
    assert_eq!(leader.hear(B, 2, accepted(3, round)).reads_ready(), [1], "its commit helps others");
}

#[test]
fn a_read_through_the_log_is_refused_where_a_command_would_be() {
    let mut leader = settled_leader();
    leader.tell(Input::Transfer(C));
    let seen = leader.tell(read(1, ReadMode::Log));
    let refused = Answer::Refused(Refusal::HandingOver);
    assert_eq!(seen.answers, [(RequestId(1), refused)]);
    assert_eq!(leader.log(), [1]);
    let mut server = Server::start(Start { term: 1, ..Start::default() });
    server.hear(B, 1, append(&[], 0, 0, 0));
    let seen = server.tell(read(2, ReadMode::Log));
    assert_eq!(seen.answers, [(RequestId(2), Answer::NotLeader { leader: Some(B) })]);
}

#[test]
fn a_deposed_leader_does_not_answer_for_what_stands_at_its_entry_s_place_now() {
    let mut leader = settled_leader();
    leader.tell(read(1, ReadMode::Log));
    let seen = leader.hear(B, 2, append(&[1, 2], 1, 2, 2));
    let refused = Answer::Refused(Refusal::LostOffice);
    assert_eq!((leader.commit_index(), seen.answers), (2, alloc::vec![(RequestId(1), refused)]));
}

// Flaws.

#[test]
fn with_its_flaw_a_read_does_not_wait_for_the_first_commit_of_the_term() {
    for mode in BOTH {
        let flaws = Flaws::NONE.with(Flaw::ReadBeforeFirstCommit);
        let settings = Settings { flaws, ..leased() };
        let start = Start { term: 1, log: &[1, 1], settings, ..Start::default() };
        let mut leader = Server::leader(start);
        leader.hear(B, 2, accepted(0, 1));
        let seen = leader.tell(read(1, mode));
        match mode {
            ReadMode::Lease => assert_eq!(seen.reads_ready(), [1]),
            _ => {
                assert_eq!(leader.hear(B, 2, accepted(0, 2)).reads_ready(), [1]);
            }
        }
        assert_eq!(leader.commit_index(), 0, "of what the last leader committed it knows nothing");
    }
}

#[test]
fn with_its_flaw_an_answer_to_a_round_sent_before_the_read_confirms_it() {
    for (settings, takes_older) in
        [(Settings::default(), false), (flawed(Flaw::ReadConfirmedByOlderRound), true)]
    {
        let mut leader = Server::leader(Start { settings, ..Start::default() });
        leader.hear(B, 1, accepted(1, 1));
        leader.wake();
        leader.tell(read(1, ReadMode::ReadIndex));
        let is_answered = leader.hear(B, 1, accepted(1, 2)).reads_ready() == [1];
        assert_eq!(is_answered, takes_older);
    }
}
