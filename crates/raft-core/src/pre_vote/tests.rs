use crate::testing::*;
use crate::*;
use alloc::vec::Vec;

fn with_pre_vote() -> Settings {
    Settings { pre_vote: true, ..Settings::default() }
}

fn asker(log: &[u64]) -> Server {
    Server::start(Start { term: 3, log, settings: with_pre_vote(), ..Start::default() })
}

fn ask_pre_vote(for_term: u64, log: &[u64]) -> Message {
    Message::RequestPreVote(RequestPreVote { for_term: Term(for_term), log_end: end(log) })
}

fn pre_vote_answer(for_term: u64, answer: VoteAnswer) -> Message {
    Message::RequestPreVoteReply(PreVoteReply { for_term: Term(for_term), answer })
}

fn answer_of(seen: &Seen) -> VoteAnswer {
    match seen.reply() {
        Message::RequestPreVoteReply(reply) => reply.answer,
        other => panic!("an answer to a pre-vote was expected: {other:?}"),
    }
}

#[test]
fn a_timeout_asks_before_it_stands_and_changes_neither_term_nor_vote() {
    let mut server = asker(&[1, 3]);
    let before = server.disk.clone();
    let seen = server.wake();
    assert_eq!(server.term(), 3);
    assert_eq!(server.disk, before, "nothing is written");
    assert_eq!(seen.sent_to(B), [&ask_pre_vote(4, &[1, 3])]);
    assert_eq!(seen.sent_to(C), [&ask_pre_vote(4, &[1, 3])]);
    assert!(matches!(server.node.view().role(), RoleView::PreCandidate { .. }));
}

#[test]
fn a_majority_of_yes_makes_it_stand() {
    let mut server = asker(&[1, 3]);
    server.wake();
    let seen = server.hear(B, 3, pre_vote_answer(4, VoteAnswer::Granted));
    assert!(server.is_candidate());
    assert_eq!(server.term(), 4);
    assert!(seen.vote_asked_of(B) && seen.vote_asked_of(C));
}

#[test]
fn no_and_stale_and_repeated_answers_do_not() {
    let mut server =
        Server::start(Start { of: 5, term: 3, settings: with_pre_vote(), ..Start::default() });
    server.wake();
    let no = VoteAnswer::Refused(VoteRefusal::HearsLeader);
    server.hear(B, 3, pre_vote_answer(4, VoteAnswer::Granted));
    server.hear(B, 3, pre_vote_answer(4, VoteAnswer::Granted));
    server.hear(C, 3, pre_vote_answer(4, no));
    server.hear(D, 3, pre_vote_answer(3, VoteAnswer::Granted));
    assert_eq!(server.term(), 3);
    assert!(!server.is_candidate());
}

#[test]
fn an_answer_from_a_later_term_lets_the_asker_catch_up() {
    let mut server = asker(&[1, 3]);
    server.wake();
    server.hear(B, 9, pre_vote_answer(4, VoteAnswer::Refused(VoteRefusal::StaleTerm)));
    assert_eq!(server.term(), 9);
    assert_eq!(server.follows(), None);
}

/// Every small case of the receiver's part: it says yes exactly when the term is
/// later, it hears no leader and leads nothing, and the log is at least as up to
/// date; and whatever it says, nothing of it changes.
#[test]
fn being_asked_changes_nothing_and_yes_means_it_would_vote() {
    let logs: [&[u64]; 4] = [&[], &[1], &[1, 1], &[1, 2]];
    let mut cases = 0;
    for mine in logs {
        for theirs in logs {
            for (own_term, for_term) in [(3, 3), (3, 4), (3, 9), (5, 4)] {
                for hears_leader in [false, true] {
                    let mut server = Server::start(Start {
                        term: own_term,
                        log: mine,
                        settings: with_pre_vote(),
                        ..Start::default()
                    });
                    server.now = server.now + Micros::from_secs(1);
                    if hears_leader {
                        let heartbeat = append(mine, mine.len() as u64, mine.len() as u64, 0);
                        server.hear(C, own_term, heartbeat);
                    }
                    let before = server.node.clone();
                    let seen = server.hear(B, for_term - 1, ask_pre_vote(for_term, theirs));
                    assert_eq!(server.node, before);
                    let yes = for_term > own_term && !hears_leader && end(theirs) >= end(mine);
                    assert_eq!(answer_of(&seen) == VoteAnswer::Granted, yes);
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, 128);
}

#[test]
fn a_server_that_would_withhold_its_vote_does_not_promise_one() {
    // After a restart it knows no leader, but keeps its promise to the one it had.
    let settings = Settings { stickiness: true, ..with_pre_vote() };
    let mut server = Server::start(Start { term: 3, settings, ..Start::default() });
    let seen = server.hear(B, 3, ask_pre_vote(4, &[]));
    assert_eq!(answer_of(&seen), VoteAnswer::Refused(VoteRefusal::HearsLeader));
    server.now = server.now + TIMEOUT;
    assert_eq!(answer_of(&server.hear(B, 3, ask_pre_vote(4, &[]))), VoteAnswer::Granted);
}

#[test]
fn a_leader_says_no() {
    let mut leader = asker(&[1, 3]);
    leader.wake();
    leader.hear(B, 3, pre_vote_answer(4, VoteAnswer::Granted));
    leader.hear(B, 4, granted());
    assert!(leader.is_leader());
    let term = leader.term();
    let seen = leader.hear(C, term + 7, ask_pre_vote(term + 8, &[1, 1, 9]));
    assert_eq!(answer_of(&seen), VoteAnswer::Refused(VoteRefusal::IsLeader));
    assert_eq!(leader.term(), term, "the asker's term is not looked at");
}

#[test]
fn a_pre_candidate_that_hears_the_leader_follows_it() {
    let mut server = asker(&[]);
    server.wake();
    server.hear(B, 3, append(&[], 0, 0, 0));
    assert_eq!(server.follows(), Some(B));
}

#[test]
fn two_that_wait_for_each_other_are_not_deadlocked() {
    // B is ahead in term, A in log: A's answer to B is no, B's term reaches A by its
    // answer to A, and A then stands in a term that B can vote in.
    let mut a = Server::start(Start {
        of: 2,
        term: 3,
        log: &[3, 3],
        settings: with_pre_vote(),
        ..Start::default()
    });
    let mut b = Server::start(Start {
        id: B,
        of: 2,
        term: 8,
        log: &[3],
        settings: with_pre_vote(),
        ..Start::default()
    });
    for _ in 0..8 {
        let mut to_b: Vec<Envelope> = a.wake().sent;
        while !to_b.is_empty() {
            let to_a: Vec<Envelope> =
                to_b.drain(..).flat_map(|envelope| b.tell(Input::Receive(envelope)).sent).collect();
            to_b = to_a
                .into_iter()
                .flat_map(|envelope| a.tell(Input::Receive(envelope)).sent)
                .collect();
        }
        if a.is_leader() {
            return;
        }
    }
    panic!("A never led");
}

#[test]
fn a_leader_that_checks_its_quorum_steps_down_when_nobody_answers() {
    let settings = Settings { check_quorum: true, ..Settings::default() };
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    let won_at = leader.now;
    let mut deposed = None;
    for _ in 0..10 {
        let seen = leader.wake();
        deposed = seen.transitions.into_iter().find_map(|seen| match seen {
            Transition::SteppedDown { was: Office::Leader, because } => Some(because),
            _ => None,
        });
        if deposed.is_some() {
            break;
        }
    }
    assert_eq!(deposed, Some(StepDownCause::LostMajority { last_confirmed_sent_at: won_at }));
    assert_eq!(leader.now, won_at + TIMEOUT, "an election timeout after it surely led");
    assert_eq!(leader.term(), 1, "stepping down changes no term");
}

#[test]
fn answers_from_a_majority_keep_it_in_office_and_without_the_setting_nothing_is_checked() {
    for check_quorum in [true, false] {
        let settings = Settings { check_quorum, ..Settings::default() };
        let mut leader = Server::leader(Start { settings, ..Start::default() });
        let term = leader.term();
        for _ in 0..40 {
            leader.wake();
            if check_quorum {
                let round = leader.newest_round();
                leader.hear(B, term, accepted(1, round));
            }
        }
        assert!(leader.is_leader());
    }
}
