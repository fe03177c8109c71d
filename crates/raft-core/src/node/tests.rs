//! What a node makes of what it is told, whatever it is.

use super::*;
use crate::Round;
use crate::membership::NodeSet;
use crate::message::{AppendAnswer, AppendReply};
use crate::testing::*;
use crate::view::RoleView;

#[test]
fn a_server_begins_as_follower_of_nobody_with_what_its_disk_holds() {
    let start = Start { term: 4, voted_for: Some(B), log: &[1, 4], ..Start::default() };
    let server = Server::start(start);
    let view = server.node.view();
    assert!(matches!(view.role(), RoleView::Follower { leader: None }));
    assert_eq!((view.term(), view.voted_for()), (Term(4), Some(B)));
    assert_eq!((server.log().len(), view.durable_index()), (2, Index(2)));
    assert_eq!((view.commit_index(), view.applied_index()), (Index(0), Index(0)));
    assert_eq!((view.held().count(), view.writes_under_way()), (0, 0));
}

#[test]
fn a_crash_loses_just_what_was_not_durable() {
    let mut server = Server::start(Start { term: 1, ..Start::default() });
    server.disk_is_slow = true;
    server.hear(B, 1, append(&[1, 1, 1], 0, 2, 0));
    server.hear(B, 1, append(&[1, 1, 1], 2, 3, 3));
    server.hear(C, 2, ask_vote(&[1, 1, 1]));
    server.finish_write();
    assert_eq!(server.commit_index(), 3);
    server.crash_and_restart();
    assert_eq!((server.log(), server.term()), (alloc::vec![1, 1], 1));
    assert_eq!((server.node.view().voted_for(), server.commit_index()), (None, 0));
}

#[test]
fn what_is_addressed_to_another_or_comes_from_oneself_is_ignored() {
    let mut server = Server::start(Start::default());
    let before = server.clone();
    for (from, to) in [(B, C), (A, A), (A, B)] {
        let envelope = Envelope { from, to, term: Term(9), body: ask_vote(&[]) };
        let seen = server.tell(Input::Receive(envelope));
        assert_eq!(seen.ignored_because(), Some(IgnoreCause::Misaddressed));
        assert!(seen.sent.is_empty());
    }
    assert_eq!(server, before);
}

/// Term 0 is before the first: nobody can lead, vote or stand in it.
#[test]
fn messages_of_term_0_are_ignored_but_for_asking_before_standing() {
    let mut server = Server::start(Start::default());
    let before = server.clone();
    for body in
        [ask_vote(&[]), granted(), append(&[], 0, 0, 0), accepted(0, 1), Message::TimeoutNow]
    {
        let seen = server.hear(B, 0, body);
        assert_eq!(seen.ignored_because(), Some(IgnoreCause::Impossible));
        assert!(seen.sent.is_empty());
    }
    assert_eq!(server, before);
    let request = crate::RequestPreVote { for_term: Term(1), log_end: end(&[]) };
    assert_eq!(server.hear(B, 0, Message::RequestPreVote(request)).sent.len(), 1);
}

#[test]
fn a_report_of_a_write_that_is_none_does_nothing() {
    let mut server = Server::start(Start::default());
    server.disk_is_slow = true;
    server.hear(B, 1, ask_vote(&[]));
    for write in [WriteId(0), WriteId(2), WriteId(u64::MAX)] {
        let seen = server.tell(Input::Durable(write));
        assert_eq!(seen.ignored_because(), Some(IgnoreCause::NothingNew));
        assert!(seen.sent.is_empty());
    }
    assert_eq!(server.tell(Input::Durable(WriteId(1))).sent.len(), 1);
    assert!(server.tell(Input::Durable(WriteId(1))).sent.is_empty());
}

#[test]
fn an_apply_report_counts_no_further_than_what_was_handed_over_and_never_back() {
    let mut server = Server::start(Start { term: 1, ..Start::default() });
    server.applies_slowly = true;
    server.hear(B, 1, append(&[1, 1, 1], 0, 3, 2));
    for (report, applied) in [(1, 1), (u64::MAX, 2), (0, 2)] {
        server.tell(Input::Applied(Index(report)));
        assert_eq!(server.node.view().applied_index(), Index(applied));
    }
}

#[test]
fn terms_and_votes_that_change_together_are_one_write() {
    let mut server = Server::start(Start { term: 1, ..Start::default() });
    assert_eq!(server.hear(B, 5, ask_vote(&[])).writes.len(), 1);
    assert_eq!(server.wake().writes.len(), 1);
    assert_eq!(server.hear(B, 6, granted()).writes.len(), 1, "its no-op");
}

#[test]
fn a_term_that_was_only_seen_is_made_durable_too() {
    let mut server = Server::start(Start { term: 1, ..Start::default() });
    let reply = AppendReply { round: Round(1), answer: AppendAnswer::StaleTerm };
    server.hear(B, 7, Message::AppendEntriesReply(reply));
    server.crash_and_restart();
    assert_eq!(server.term(), 7);
}

#[test]
fn waking_before_the_deadline_does_nothing() {
    let mut candidate = Server::start(Start::default());
    candidate.wake();
    let follower = Server::start(Start::default());
    for mut server in [follower, candidate, Server::leader(Start::default())] {
        let before = server.node.clone();
        server.now = server.node.deadline().expect("each waits for something") - Micros(1);
        assert!(server.tell(Input::Wake).transitions.is_empty());
        assert_eq!(server.node, before);
    }
}

#[test]
fn the_same_inputs_give_the_same_node() {
    let run = || {
        let mut server = Server::start(Start { of: 5, ..Start::default() });
        server.win();
        server.tell(propose());
        server.hear(B, 1, conflict(0, end(&[]), 1));
        server.hear(C, 1, accepted(2, 1));
        server.hear(D, 3, ask_vote(&[1, 3]));
        server.wake();
        server
    };
    assert_eq!(run(), run());
}

#[test]
fn a_server_that_follows_is_woken_at_its_timeout_and_a_leader_for_its_heartbeat() {
    let mut server = Server::start(Start::default());
    let (_, deadline) = server.node.view().election_timer().expect("a follower has one");
    assert_eq!(server.node.deadline(), Some(deadline));
    server.win();
    assert_eq!(server.node.view().election_timer(), None);
    assert_eq!(server.node.deadline(), Some(server.now + Micros::from_millis(50)));
}

#[test]
fn a_configuration_of_nobody_waits_for_nobody() {
    let mut server = Server::start(Start { of: 0, ..Start::default() });
    assert_eq!(server.node.view().membership().voters, NodeSet::EMPTY);
    assert_eq!(server.node.deadline(), None);
    server.tell(Input::Campaign);
    server.tell(propose());
    assert_eq!((server.term(), server.log().len()), (0, 0));
}

#[test]
fn with_its_flaw_a_later_term_in_an_answer_deposes_nobody() {
    let stale = AppendReply { round: Round(1), answer: AppendAnswer::StaleTerm };
    for (settings, goes_on) in
        [(Settings::default(), false), (flawed(Flaw::IgnoreTermInReply), true)]
    {
        let start = Start { settings, ..Start::default() };
        let mut leader = Server::leader(start);
        leader.hear(B, 9, Message::AppendEntriesReply(stale));
        assert_eq!((leader.is_leader(), leader.term() == 1), (goes_on, goes_on));
        let mut candidate = Server::start(start);
        candidate.wake();
        let refused = VoteAnswer::Refused(VoteRefusal::StaleTerm);
        candidate.hear(B, 9, Message::RequestVoteReply(refused));
        assert_eq!((candidate.is_candidate(), candidate.term() == 1), (goes_on, goes_on));
        // A later term in a request deposes them all the same.
        leader.hear(B, 9, append(&[], 0, 0, 0));
        assert!(!leader.is_leader());
    }
}
