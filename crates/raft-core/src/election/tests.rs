//! Elections, after the paper's sections 5.2 and 5.4.1 and the dissertation's 4.2.3.

use super::*;
use crate::log::{Log, LogEnd, Term};
use crate::message::{AppendAnswer, AppendReply, Round};
use crate::node::Input;
use crate::testing::*;
use alloc::format;
use alloc::vec::Vec;
use proptest::prelude::*;

const SOME_LOGS: [&[u64]; 8] =
    [&[], &[1], &[1, 1], &[1, 1, 1], &[2], &[1, 2], &[1, 1, 2], &[2, 2, 2]];

// Who gets a vote (5.2, 5.4.1).

#[test]
fn a_candidate_whose_log_is_not_as_up_to_date_gets_no_vote() {
    //  voter     candidate   granted
    for (voter, candidate, is_expected) in [
        (&[1, 1, 1][..], &[1, 1][..], false), // shorter
        (&[1, 1, 1], &[1, 1, 1], true),       // the same
        (&[1, 1, 1], &[1, 1, 1, 1], true),    // longer
        (&[1, 1, 2], &[1, 1, 1, 1], false),   // longer, but an earlier last term
        (&[1, 1, 1, 1], &[1, 2], true),       // shorter, but a later last term
        (&[], &[], true),
        (&[1], &[], false),
    ] {
        let mut server = Server::start(Start { term: 2, log: voter, ..Start::default() });
        let seen = server.hear(B, 3, ask_vote(candidate));
        assert_eq!(is_granted(seen.reply()), is_expected, "{voter:?} asked by {candidate:?}");
        if !is_expected {
            let refusal = VoteRefusal::LogBehind { candidate: end(candidate), voter: end(voter) };
            assert_eq!(
                seen.reply(),
                &Message::RequestVoteReply(VoteAnswer::Refused(refusal)),
                "the refusal carries its reason"
            );
        }
    }
}

/// What a voter was when it was asked.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Was {
    Follower { voted_for: Option<NodeId> },
    Candidate,
    Leader,
}

/// A server A of three in term 2 with this log.
fn voter(was: Was, log: &[u64]) -> Server {
    let no_op_at_start_of_term = false;
    let settings = Settings { no_op_at_start_of_term, ..Settings::default() };
    let start = Start { log, settings, term: 1, ..Start::default() };
    match was {
        Was::Follower { voted_for } => Server::start(Start { term: 2, voted_for, ..start }),
        Was::Candidate => {
            let mut server = Server::start(start);
            server.wake();
            server
        }
        Was::Leader => Server::leader(start),
    }
}

#[test]
fn a_vote_is_given_in_just_the_cases_that_figure_2_lists() {
    let mut cases = 0;
    for was in [
        Was::Follower { voted_for: None },
        Was::Follower { voted_for: Some(B) },
        Was::Follower { voted_for: Some(C) },
        Was::Candidate,
        Was::Leader,
    ] {
        for mine in SOME_LOGS {
            let before = voter(was, mine);
            for theirs in SOME_LOGS {
                for term in 1..=3 {
                    cases += 1;
                    let mut server = before.clone();
                    let seen = server.hear(B, term, ask_vote(theirs));

                    // "1. Reply false if term < currentTerm. 2. If votedFor is null or
                    // candidateId, and candidate's log is at least as up-to-date as
                    // receiver's log, grant vote." And 5.4.1: "If the logs have last
                    // entries with different terms, then the log with the later term is
                    // more up-to-date. If the logs end with the same term, then
                    // whichever log is longer is more up-to-date."
                    let (my_last, their_last) = (mine.last(), theirs.last());
                    let is_up_to_date = if my_last == their_last {
                        theirs.len() >= mine.len()
                    } else {
                        their_last > my_last
                    };
                    let has_vote = match was {
                        _ if term > 2 => true,
                        Was::Follower { voted_for } => voted_for.is_none_or(|id| id == B),
                        Was::Candidate | Was::Leader => false,
                    };
                    let expected = term >= 2 && has_vote && is_up_to_date;

                    let at = format!("{was:?} {mine:?}, asked in term {term} with {theirs:?}");
                    assert_eq!(is_granted(seen.reply()), expected, "{at}");
                    assert_eq!(server.term(), term.max(2), "{at}");
                    assert_eq!(seen.sent[0].term, Term(term.max(2)), "{at}");
                    let voted = server.node.view().voted_for();
                    if expected {
                        assert_eq!(voted, Some(B), "{at}");
                        assert_eq!(server.disk.hard_state.voted_for, Some(B), "{at}");
                    } else if term <= 2 {
                        assert_eq!(voted, before.node.view().voted_for(), "{at}");
                        assert_eq!(server.node.view().is_leader(), was == Was::Leader, "{at}");
                    } else {
                        assert_eq!(voted, None, "{at}");
                    }
                    // The timer restarts only for a vote given; a leader that is one no
                    // longer needs one too.
                    let must_draw = expected || (was == Was::Leader && term > 2);
                    assert_eq!(seen.drew_a_timeout(), must_draw, "{at}");
                }
            }
        }
    }
    assert_eq!(cases, 5 * 8 * 8 * 3);
}

#[test]
fn a_leader_says_why_it_does_not_vote() {
    let mut leader = Server::leader(Start::default());
    let refused = VoteAnswer::Refused(VoteRefusal::IsLeader);
    let seen = leader.hear(B, 1, ask_vote(&[1]));
    assert_eq!(seen.reply(), &Message::RequestVoteReply(refused));
}

#[test]
fn the_same_candidate_may_ask_again_and_the_disk_is_spared() {
    let mut server = Server::start(Start { term: 2, voted_for: Some(B), ..Start::default() });
    let seen = server.hear(B, 2, ask_vote(&[]));
    assert!(is_granted(seen.reply()));
    assert!(seen.writes.is_empty());
}

#[test]
fn a_server_votes_whatever_its_own_configuration_says_of_the_candidate() {
    let mut server = Server::start(Start::default());
    assert!(is_granted(server.hear(E, 1, ask_vote(&[])).reply()));
}

// What must be durable first (Figure 2: persistent state).

#[test]
fn a_vote_is_not_sent_before_it_is_durable() {
    let mut server = Server::start(Start::default());
    server.disk_is_slow = true;
    let seen = server.hear(B, 1, ask_vote(&[]));
    assert!(seen.sent.is_empty());
    let hard_state = HardState { term: Term(1), voted_for: Some(B) };
    assert_eq!(seen.writes, [crate::Change::HardState(hard_state)], "term and vote in one write");
    assert_eq!(server.node.view().held().count(), 1);
    assert!(is_granted(server.finish_write().reply()));
    assert_eq!(server.disk.hard_state, hard_state);
}

#[test]
fn a_refusal_waits_for_its_term_too() {
    let mut server = Server::start(Start { log: &[1], term: 1, ..Start::default() });
    server.disk_is_slow = true;
    assert!(server.hear(B, 2, ask_vote(&[])).sent.is_empty());
    assert!(!is_granted(server.finish_write().reply()));
}

#[test]
fn a_server_that_crashes_before_its_vote_is_durable_has_not_voted() {
    let mut server = Server::start(Start::default());
    server.disk_is_slow = true;
    server.hear(B, 1, ask_vote(&[]));
    server.crash_and_restart();
    server.disk_is_slow = false;
    assert!(is_granted(server.hear(C, 1, ask_vote(&[])).reply()));
}

#[test]
fn a_server_votes_once_a_term_also_after_a_restart() {
    let mut server = Server::start(Start::default());
    assert!(is_granted(server.hear(B, 1, ask_vote(&[])).reply()));
    server.crash_and_restart();
    let refused = VoteAnswer::Refused(VoteRefusal::AlreadyVotedFor(B));
    assert_eq!(server.hear(C, 1, ask_vote(&[1, 1])).reply(), &Message::RequestVoteReply(refused));
    assert!(is_granted(server.hear(B, 1, ask_vote(&[])).reply()));
}

#[test]
fn a_vote_of_a_term_that_is_over_may_still_be_released() {
    let mut server = Server::start(Start::default());
    server.disk_is_slow = true;
    server.hear(B, 1, ask_vote(&[]));
    server.hear(C, 2, ask_vote(&[]));
    let seen = server.finish_writes();
    let said: Vec<(NodeId, Term)> = seen.sent.iter().map(|sent| (sent.to, sent.term)).collect();
    assert_eq!(said, [(B, Term(1)), (C, Term(2))], "each in the term in which it was given");
}

#[test]
fn a_candidate_asks_only_once_its_own_vote_is_durable() {
    let mut server = Server::start(Start { of: 5, ..Start::default() });
    server.disk_is_slow = true;
    let seen = server.wake();
    assert!(server.is_candidate() && seen.sent.is_empty());
    let seen = server.finish_write();
    assert_eq!(seen.sent.len(), 4);
    assert!([B, C, D, E].iter().all(|voter| seen.vote_asked_of(*voter)));
    assert_eq!(server.disk.hard_state, HardState { term: Term(1), voted_for: Some(A) });
}

#[test]
fn a_candidate_s_own_vote_counts_once_it_is_durable() {
    let mut server = Server::start(Start::default());
    server.disk_is_slow = true;
    server.wake();
    server.hear(B, 1, granted());
    assert!(server.is_candidate(), "B's vote alone is no majority of three");
    server.finish_write();
    assert!(server.is_leader());
}

#[test]
fn a_candidate_s_vote_of_an_earlier_term_does_not_count_for_the_next() {
    let mut server = Server::start(Start { of: 1, ..Start::default() });
    server.disk_is_slow = true;
    server.wake();
    server.wake();
    assert_eq!(server.term(), 2);
    server.finish_write();
    assert!(server.is_candidate(), "only the vote of term 1 is durable");
    server.finish_write();
    assert!(server.is_leader());
}

// Candidates (Figure 2).

#[test]
fn a_timeout_makes_a_candidate_of_the_next_term_that_votes_for_itself_and_asks_all_others() {
    let start = Start { of: 5, term: 3, voted_for: Some(B), log: &[1, 3], ..Start::default() };
    let mut server = Server::start(start);
    let (timeout, deadline) = server.node.view().election_timer().expect("a follower has one");
    server.now = deadline - Micros(1);
    assert!(server.tell(Input::Wake).transitions.is_empty(), "not before the timeout");
    let seen = server.wake();
    assert_eq!((server.term(), server.node.view().voted_for()), (4, Some(A)));
    assert!(seen.drew_a_timeout());
    let because = CandidateCause::TimeoutFired { timeout };
    assert!(seen.transitions.contains(&Transition::BecameCandidate { term: Term(4), because }));
    for voter in [B, C, D, E] {
        assert_eq!(seen.sent_to(voter), [&ask_vote(&[1, 3])]);
    }
}

#[test]
fn a_candidate_that_nobody_answers_stands_again_in_a_new_term() {
    let mut server = Server::start(Start::default());
    for term in 1..=4 {
        let seen = server.wake();
        assert!(server.is_candidate() && seen.vote_asked_of(B) && seen.drew_a_timeout());
        assert_eq!(server.term(), term);
    }
}

#[test]
fn votes_from_a_majority_make_a_leader_and_fewer_do_not() {
    for of in 1..=7u8 {
        let mut server = Server::start(Start { of, ..Start::default() });
        server.wake();
        for other in 1..of {
            let votes = other;
            assert_eq!(server.is_leader(), votes > of / 2, "{votes} of {of}");
            let from = NodeId::new(other).expect("a small number");
            server.hear(from, 1, granted());
        }
        assert!(server.is_leader(), "all of {of}");
    }
}

#[test]
fn only_granted_votes_of_this_term_by_members_count_and_each_once() {
    let refused = Message::RequestVoteReply(VoteAnswer::Refused(VoteRefusal::IsLeader));
    let start = Start { of: 5, term: 1, ..Start::default() };
    for (from, term, answer, cause) in [
        (B, 2, granted(), Some(IgnoreCause::NothingNew)), // twice
        (C, 1, granted(), Some(IgnoreCause::StaleTerm)),
        (NodeId::new(9).expect("small"), 2, granted(), Some(IgnoreCause::NotAMember)),
        (C, 2, refused.clone(), None),
    ] {
        let mut server = Server::start(start);
        server.wake();
        server.hear(B, 2, granted());
        let seen = server.hear(from, term, answer);
        assert!(server.is_candidate(), "{from} in term {term}");
        assert_eq!(seen.ignored_because(), cause);
        server.hear(D, 2, granted());
        assert!(server.is_leader(), "A, B and D are three of five");
    }
}

#[test]
fn a_vote_that_comes_after_the_election_is_ignored() {
    let mut server = Server::leader(Start::default());
    assert_eq!(server.hear(C, 1, granted()).ignored_because(), Some(IgnoreCause::WrongRole));
    let mut server = Server::start(Start { term: 1, ..Start::default() });
    assert_eq!(server.hear(C, 1, granted()).ignored_because(), Some(IgnoreCause::WrongRole));
}

#[test]
fn a_candidate_that_hears_the_leader_of_its_term_follows_it() {
    let mut server = Server::start(Start::default());
    server.wake();
    let seen = server.hear(B, 1, append(&[1], 0, 1, 0));
    assert_eq!((server.follows(), server.term()), (Some(B), 1));
    assert!(seen.drew_a_timeout());
    assert_eq!(server.node.view().voted_for(), Some(A), "the vote of the term stays given");
    let because = StepDownCause::LeaderOfThisTerm { leader: B };
    assert!(
        seen.transitions.contains(&Transition::SteppedDown { was: Office::Candidate, because })
    );
}

#[test]
fn a_candidate_that_hears_a_leader_of_an_earlier_term_goes_on() {
    let mut server = Server::start(Start { term: 4, ..Start::default() });
    server.wake();
    let seen = server.hear(B, 4, append(&[4], 0, 1, 0));
    assert!(server.is_candidate());
    assert_eq!(seen.sent[0].term, Term(5));
    assert!(!seen.drew_a_timeout());
}

#[test]
fn a_later_term_in_any_message_makes_a_follower_of_anyone() {
    let start = Start { term: 1, ..Start::default() };
    let mut candidate = Server::start(start);
    candidate.wake();
    let stale = AppendReply { round: Round(1), answer: AppendAnswer::StaleTerm };
    for before in [Server::start(Start { term: 2, ..start }), candidate, Server::leader(start)] {
        for message in [
            ask_vote(&[]),
            Message::RequestVoteReply(VoteAnswer::Refused(VoteRefusal::StaleTerm)),
            append(&[2], 0, 1, 0),
            Message::AppendEntriesReply(stale),
        ] {
            let mut server = before.clone();
            server.hear(C, 9, message.clone());
            assert!(!server.is_leader() && !server.is_candidate(), "{message:?}");
            assert_eq!(server.term(), 9);
            assert_eq!(server.disk.hard_state.term, Term(9));
            assert!(server.node.deadline() >= Some(server.now), "its election timer runs");
        }
    }
}

#[test]
fn a_server_that_does_not_vote_never_stands() {
    let mut server = Server::start(Start { id: D, ..Start::default() });
    assert_eq!(server.node.deadline(), None);
    server.now = Micros::from_secs(3_600);
    server.tell(Input::Wake);
    server.tell(Input::Campaign);
    assert_eq!((server.term(), server.is_candidate()), (0, false));
}

#[test]
fn a_server_that_is_told_to_stands_at_once_and_a_leader_does_not() {
    let mut server = Server::start(Start::default());
    assert!(server.tell(Input::Campaign).vote_asked_of(C));
    let mut leader = Server::leader(Start::default());
    let seen = leader.tell(Input::Campaign);
    assert!(leader.is_leader() && seen.sent.is_empty());
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::WrongRole));
}

#[test]
fn a_cluster_of_one_elects_itself_and_commits_as_soon_as_its_disk_is_done() {
    let mut server = Server::start(Start { of: 1, ..Start::default() });
    server.disk_is_slow = true;
    server.wake();
    assert!(server.is_candidate());
    server.finish_write();
    assert!(server.is_leader());
    server.tell(propose());
    assert_eq!((server.commit_index(), server.log()), (0, alloc::vec![1, 1]));
    let seen = server.finish_writes();
    assert_eq!((server.commit_index(), seen.applied.len()), (2, 2));
    assert_eq!(server.tell(read(1, crate::ReadMode::ReadIndex)).reads_ready(), [1]);
}

#[test]
fn after_the_last_term_there_is_nobody_to_stand() {
    let mut server = Server::start(Start { term: u64::MAX, ..Start::default() });
    let seen = server.wake();
    assert!(!server.is_candidate() && seen.sent.is_empty() && seen.drew_a_timeout());
    let mut server = Server::start(Start { term: u64::MAX - 1, ..Start::default() });
    server.wake();
    assert!(server.is_candidate());
}

// Timeouts (5.2; dissertation 3.4).

proptest! {
    #[test]
    fn a_timeout_lies_between_the_shortest_and_the_longest(
        seed: u64, least in 100_000u64..400_000, width in 0u64..400_000
    ) {
        let settings = Settings {
            election_timeout_min: Micros(least),
            election_timeout_max: Micros(least + width),
            ..Settings::default()
        };
        let mut server = Server::start(Start { settings, seed, ..Start::default() });
        for _ in 0..20 {
            let (timeout, deadline) = server.node.view().election_timer().expect("no leader");
            prop_assert!((least..=least + width).contains(&timeout.0));
            prop_assert_eq!(deadline, server.now + timeout);
            prop_assert_eq!(server.node.deadline(), Some(deadline));
            server.wake();
        }
    }
}

#[test]
fn a_timeout_is_drawn_anew_each_time_and_by_each_server() {
    let timeouts = |seed: u64| -> Vec<Micros> {
        let mut server = Server::start(Start { seed, ..Start::default() });
        (0..10)
            .map(|_| {
                server.wake();
                server.node.view().election_timer().expect("no leader").0
            })
            .collect()
    };
    let (mine, yours) = (timeouts(1), timeouts(2));
    assert!(mine.iter().zip(&yours).all(|(mine, yours)| mine != yours));
    assert!(mine.windows(2).all(|pair| pair[0] != pair[1]));
    assert_eq!(mine, timeouts(1));
}

#[test]
fn with_other_timeouts_a_timeout_is_drawn_anew_and_with_the_same_it_is_not() {
    let slow = Settings {
        election_timeout_min: Micros::from_secs(10),
        election_timeout_max: Micros::from_secs(19),
        ..Settings::default()
    };
    let timer = |server: &Server| server.node.view().election_timer().expect("no leader");
    let mut server = Server::start(Start { settings: slow, ..Start::default() });
    let drawn = timer(&server);
    let others = Settings { pre_vote: true, max_entries_per_message: 1, ..slow };
    server.tell(Input::Settings(others.check().expect("they can be")));
    assert_eq!(timer(&server), drawn, "its patience is what it was");
    server.now = server.now + Micros::from_secs(5);
    server.tell(Input::Settings(Settings::default().check().expect("they can be")));
    let (timeout, deadline) = timer(&server);
    assert!(timeout >= TIMEOUT && timeout <= TIMEOUT + TIMEOUT);
    assert_eq!(deadline, server.now + timeout, "counted from now");
}

#[test]
fn hearing_the_leader_restarts_the_timer() {
    let mut server = Server::start(Start { term: 1, ..Start::default() });
    server.now = server.node.deadline().expect("a follower waits") - Micros(1);
    server.hear(B, 1, append(&[], 0, 0, 0));
    assert!(server.node.deadline() >= Some(server.now + TIMEOUT));
}

// Flaws.

#[test]
fn without_the_comparison_of_logs_a_short_log_gets_votes() {
    let settings = flawed(Flaw::VoteWithoutComparingLogs);
    let mut server = Server::start(Start { settings, log: &[1, 1], term: 1, ..Start::default() });
    assert!(is_granted(server.hear(B, 2, ask_vote(&[])).reply()));
}

#[test]
fn with_its_flaw_a_vote_is_sent_before_it_is_durable() {
    let settings = flawed(Flaw::AcknowledgeBeforeFsync);
    let mut server = Server::start(Start { settings, ..Start::default() });
    server.disk_is_slow = true;
    assert!(is_granted(server.hear(B, 1, ask_vote(&[])).reply()));
}

#[test]
fn with_its_flaw_a_log_of_earlier_terms_gets_votes_if_it_is_as_long() {
    let settings = flawed(Flaw::CompareOnlyLogLength);
    for (candidate, is_long_enough) in [(&[1u64, 1][..], true), (&[1, 1, 1], true), (&[9], false)] {
        let server = Server::start(Start { settings, term: 2, log: &[1, 2], ..Start::default() });
        let seen = server.clone().hear(B, 10, ask_vote(candidate));
        assert_eq!(is_granted(seen.reply()), is_long_enough, "{candidate:?}");
    }
}

#[test]
fn with_its_flaw_every_timeout_is_the_shortest() {
    let settings = flawed(Flaw::FixedElectionTimeout);
    let mut server = Server::start(Start { settings, ..Start::default() });
    for _ in 0..5 {
        assert_eq!(server.node.deadline(), Some(server.now + TIMEOUT));
        server.wake();
    }
}

#[test]
fn with_its_flaw_a_restart_forgets_the_vote_and_no_more() {
    let start = Start { settings: flawed(Flaw::VoteTwiceAfterRestart), ..Start::default() };
    let mut server = Server::start(start);
    assert!(is_granted(server.hear(B, 3, ask_vote(&[])).reply()));
    assert!(!is_granted(server.hear(C, 3, ask_vote(&[])).reply()));
    server.crash_and_restart();
    assert_eq!((server.term(), server.node.view().voted_for()), (3, None));
    assert!(is_granted(server.hear(C, 3, ask_vote(&[])).reply()));
}

#[test]
fn with_its_flaw_the_votes_of_learners_are_asked_for_and_counted() {
    let mut disk = crate::Durable::new(crate::Membership::of(NodeSet::first(3)));
    disk.membership.learners = NodeSet::only(D);
    for (settings, learners_count) in
        [(Settings::default(), false), (flawed(Flaw::CountLearners), true)]
    {
        let mut server = Server::start(Start { settings, ..Start::default() });
        let checked = settings.check().expect("these settings can be");
        server.node = crate::Node::restore(A, checked, 7, disk.clone(), server.now);
        let seen = server.wake();
        assert_eq!(seen.vote_asked_of(D), learners_count);
        server.hear(D, 1, granted());
        assert_eq!(server.is_leader(), learners_count);
    }
}

#[test]
fn the_order_of_log_ends_is_that_of_section_5_4_1_over_every_small_log() {
    let all: Vec<Log> = SOME_LOGS.iter().map(|terms| log(terms)).collect();
    for (left, right) in all.iter().flat_map(|left| all.iter().map(move |right| (left, right))) {
        let LogEnd { term, index } = left.end();
        let later = term > right.end().term;
        let longer = term == right.end().term && index > right.end().index;
        assert_eq!(left.end() > right.end(), later || longer);
    }
}
