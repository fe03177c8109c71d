use crate::testing::*;
use crate::*;

fn leader_with(settings: Settings) -> Server {
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    let (term, round) = (leader.term(), leader.newest_round());
    leader.hear(B, term, accepted(1, round));
    leader.hear(C, term, accepted(1, round));
    leader
}

fn with_leases() -> Settings {
    Settings { stickiness: true, lease: Some(DriftBound::NONE), ..Settings::default() }
}

fn is_told_to_stand(seen: &Seen, who: NodeId) -> bool {
    seen.sent_to(who).contains(&&Message::TimeoutNow)
}

#[test]
fn a_target_that_has_everything_is_told_at_once() {
    let seen = leader_with(Settings::default()).tell(Input::Transfer(B));
    assert!(is_told_to_stand(&seen, B));
    assert!(seen.sent_to(C).is_empty());
}

#[test]
fn a_target_that_lags_is_brought_up_to_date_first() {
    let mut leader = leader_with(Settings::default());
    leader.tell(propose());
    assert!(!is_told_to_stand(&leader.tell(Input::Transfer(B)), B));
    let (term, round) = (leader.term(), leader.newest_round());
    let seen = leader.hear(B, term, accepted(2, round));
    assert!(is_told_to_stand(&seen, B));
    let again = leader.hear(B, term, accepted(2, round));
    assert!(!is_told_to_stand(&again, B), "once is enough");
}

#[test]
fn commands_are_refused_meanwhile_and_taken_again_once_it_is_given_up() {
    let mut leader = leader_with(Settings::default());
    leader.tell(Input::Transfer(B));
    let refused = Answer::Refused(Refusal::HandingOver);
    assert_eq!(leader.tell(propose()).answers, [(RequestId(0), refused)]);
    let began = leader.now;
    while leader.now < began + TIMEOUT {
        leader.wake();
    }
    assert_eq!(leader.now, began + TIMEOUT, "it gives up an election timeout later");
    let answers = leader.tell(propose()).answers;
    assert!(matches!(answers[..], [(_, Answer::Proposed { .. })]));
}

#[test]
fn with_a_shorter_timeout_it_is_given_up_as_soon_as_one_that_begins_now() {
    let slow = Settings {
        election_timeout_min: Micros::from_secs(10),
        election_timeout_max: Micros::from_secs(19),
        ..Settings::default()
    };
    let mut leader = leader_with(slow);
    leader.tell(Input::Transfer(B));
    leader.now = leader.now + Micros::from_millis(40);
    let told_at = leader.now;
    leader.tell(Input::Settings(Settings::default().check().expect("they can be")));
    // A longer one, and one that is told later, put off nothing.
    leader.tell(Input::Settings(slow.check().expect("they can be")));
    leader.now = leader.now + Micros::from_millis(40);
    leader.tell(Input::Settings(Settings::default().check().expect("they can be")));
    let mut ended_at = None;
    while leader.now < told_at + TIMEOUT + TIMEOUT && ended_at.is_none() {
        let ends = leader.wake().transitions;
        let is_it = |it: &Transition| matches!(it, Transition::TransferEnded { .. });
        ended_at = ends.iter().any(is_it).then_some(leader.now);
    }
    assert_eq!(ended_at, Some(told_at + TIMEOUT));
}

#[test]
fn the_office_goes_only_to_another_voter_and_only_from_a_leader() {
    for target in [A, D] {
        let seen = leader_with(Settings::default()).tell(Input::Transfer(target));
        assert_eq!(seen.ignored_because(), Some(IgnoreCause::NotAMember));
    }
    let seen = Server::start(Start::default()).tell(Input::Transfer(B));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::WrongRole));
}

#[test]
fn the_target_stands_at_once_without_asking_and_says_by_whose_order() {
    let settings = Settings { pre_vote: true, ..with_leases() };
    let mut target = Server::start(Start { id: B, term: 3, settings, ..Start::default() });
    target.hear(A, 3, append(&[], 0, 0, 0));
    let seen = target.hear(A, 3, Message::TimeoutNow);
    assert!(target.is_candidate());
    assert_eq!(target.term(), 4);
    let request = RequestVote { log_end: LogEnd::default(), by_transfer: true };
    assert_eq!(seen.sent_to(C), [&Message::RequestVote(request)]);
}

#[test]
fn voters_that_hear_the_leader_answer_a_request_by_transfer() {
    for (by_transfer, answered) in [(true, true), (false, false)] {
        let mut voter =
            Server::start(Start { id: C, term: 3, settings: with_leases(), ..Start::default() });
        voter.hear(A, 3, append(&[], 0, 0, 0));
        let request = RequestVote { log_end: LogEnd::default(), by_transfer };
        let seen = voter.hear(B, 4, Message::RequestVote(request));
        assert_eq!(seen.sent.iter().any(|sent| is_granted(&sent.body)), answered);
    }
}

#[test]
fn nobody_but_the_leader_of_the_term_can_make_a_node_stand() {
    let mut target = Server::start(Start { id: B, term: 3, ..Start::default() });
    target.hear(C, 3, Message::TimeoutNow);
    target.hear(A, 3, append(&[], 0, 0, 0));
    target.hear(C, 3, Message::TimeoutNow);
    target.hear(A, 2, Message::TimeoutNow);
    assert_eq!(target.term(), 3);
    assert_eq!(target.follows(), Some(A));
}

/// The lease ends before the transfer, and no later round brings it back: the
/// message to stand may still be on its way.
#[test]
fn no_read_is_answered_from_the_lease_once_the_target_is_told() {
    for (flaws, from_lease) in
        [(Flaws::NONE, false), (Flaws::NONE.with(Flaw::LeaseKeptThroughTransfer), true)]
    {
        let mut leader = leader_with(Settings { flaws, ..with_leases() });
        let before = leader.tell(read(1, ReadMode::Lease));
        assert_eq!(before.reads_ready(), [1], "the lease is good");
        leader.tell(Input::Transfer(B));
        leader.wake();
        let (term, round) = (leader.term(), leader.newest_round());
        leader.hear(C, term, accepted(1, round));
        let after = leader.tell(read(2, ReadMode::Lease));
        assert_eq!(!after.reads_ready().is_empty(), from_lease);
    }
}
