//! The promise to withhold one's vote (dissertation, section 4.2.3), on which leases rest.

use super::*;
use crate::log::Term;
use crate::node::Input;
use crate::settings::DriftBound;
use crate::testing::*;

fn sticky() -> Settings {
    Settings { stickiness: true, ..Settings::default() }
}

fn leased() -> Settings {
    Settings { stickiness: true, lease: Some(DriftBound::NONE), ..Settings::default() }
}

#[test]
fn a_voter_that_hears_a_leader_ignores_requests_before_it_looks_at_their_term() {
    let mut server = Server::start(Start { settings: sticky(), ..Start::default() });
    server.hear(B, 1, append(&[1], 0, 1, 0));
    let heard = server.now;
    for term in [1, 2, 9, u64::MAX] {
        for after in [Micros::ZERO, Micros(1), TIMEOUT - Micros(1)] {
            let mut server = server.clone();
            server.now = heard + after;
            let seen = server.hear(C, term, ask_vote(&[1, 1]));
            assert!(seen.sent.is_empty() && seen.writes.is_empty() && !seen.drew_a_timeout());
            assert_eq!((server.term(), server.follows()), (1, Some(B)));
            let ignored =
                Transition::VoteIgnored { from: C, term: Term(term), leader_heard_at: heard };
            assert_eq!(seen.transitions, [ignored]);
        }
    }
    server.now = heard + TIMEOUT;
    assert!(is_granted(server.hear(C, 2, ask_vote(&[1, 1])).reply()), "the promise is over");
}

#[test]
fn the_promise_is_renewed_by_each_message_of_the_leader_also_one_that_is_refused() {
    for message in [append(&[1, 1], 0, 2, 0), append(&[1, 1], 2, 2, 0)] {
        let mut server = Server::start(Start { settings: sticky(), ..Start::default() });
        server.hear(B, 1, append(&[], 0, 0, 0));
        server.now = server.now + TIMEOUT - Micros(1);
        server.hear(B, 1, message);
        server.now = server.now + TIMEOUT - Micros(1);
        assert!(server.hear(C, 2, ask_vote(&[1, 1])).sent.is_empty());
    }
}

#[test]
fn a_stale_leader_does_not_renew_the_promise() {
    let mut server = Server::start(Start { settings: sticky(), term: 5, ..Start::default() });
    server.now = server.now + TIMEOUT;
    server.hear(B, 4, append(&[], 0, 0, 0));
    assert!(is_granted(server.hear(C, 6, ask_vote(&[])).reply()));
}

#[test]
fn without_stickiness_a_later_term_deposes_a_living_leader() {
    let mut server = Server::start(Start::default());
    server.hear(B, 1, append(&[1], 0, 1, 0));
    assert!(is_granted(server.hear(C, 2, ask_vote(&[1])).reply()));
}

#[test]
fn a_leader_within_its_own_timeout_ignores_requests_too() {
    let mut leader = Server::leader(Start { settings: sticky(), ..Start::default() });
    let sent_at = leader.now;
    leader.now = leader.now + Micros::from_millis(40);
    leader.hear(B, 1, accepted(1, 1));
    leader.now = sent_at + TIMEOUT - Micros(1);
    assert!(leader.hear(C, 2, ask_vote(&[1, 1])).sent.is_empty());
    assert!(leader.is_leader());
    leader.now = sent_at + TIMEOUT;
    assert!(is_granted(leader.hear(C, 2, ask_vote(&[1, 1])).reply()), "counted from sending");
}

#[test]
fn a_leader_that_no_majority_has_answered_ignores_nobody() {
    let mut leader = Server::leader(Start { settings: sticky(), of: 5, ..Start::default() });
    leader.hear(B, 1, accepted(1, 1));
    leader.hear(C, 2, ask_vote(&[1, 1]));
    assert!(!leader.is_leader(), "A and B are no majority of five");
}

#[test]
fn after_a_restart_the_promise_is_kept() {
    let mut server = Server::start(Start { settings: sticky(), ..Start::default() });
    server.hear(B, 1, append(&[1], 0, 1, 0));
    server.now = server.now + Micros::from_millis(100);
    server.crash_and_restart();
    server.now = server.now + TIMEOUT - Micros(1);
    assert!(server.hear(C, 2, ask_vote(&[1, 1])).sent.is_empty());
    server.now = server.now + Micros(1);
    assert!(is_granted(server.hear(C, 2, ask_vote(&[1, 1])).reply()));
}

#[test]
fn a_server_that_never_ran_has_promised_nothing() {
    let mut server = Server::start(Start { settings: sticky(), ..Start::default() });
    assert!(is_granted(server.hear(C, 1, ask_vote(&[])).reply()));
}

#[test]
fn a_promise_is_not_broken_by_being_told_to_stand() {
    // The server's own vote is a vote too: with C, that has not heard the leader
    // for long, it would make a majority while B's lease is good.
    let mut server = Server::start(Start { settings: leased(), ..Start::default() });
    server.hear(B, 1, append(&[1], 0, 1, 0));
    let seen = server.tell(Input::Campaign);
    assert!(seen.sent.is_empty() && seen.writes.is_empty());
    assert_eq!((server.term(), server.follows()), (1, Some(B)));
    server.now = server.now + TIMEOUT;
    assert!(server.tell(Input::Campaign).vote_asked_of(C));
}

#[test]
fn a_server_never_stands_by_itself_within_its_promise() {
    for seed in 0..200 {
        let mut server = Server::start(Start { settings: sticky(), seed, ..Start::default() });
        server.hear(B, 1, append(&[], 0, 0, 0));
        let heard = server.now;
        server.wake();
        assert!(server.is_candidate() && server.now >= heard + TIMEOUT);
    }
}

#[test]
fn with_its_flaw_a_restart_forgets_the_promise() {
    let flaws = crate::Flaws::NONE.with(Flaw::LeaseForgottenByRestart);
    let settings = Settings { flaws, ..sticky() };
    let mut server = Server::start(Start { settings, ..Start::default() });
    server.hear(B, 1, append(&[1], 0, 1, 0));
    server.crash_and_restart();
    assert!(is_granted(server.hear(C, 2, ask_vote(&[1])).reply()));
}
