//! Reads through followers (dissertation, section 6.4).

use crate::testing::*;
use crate::*;
use alloc::vec;
use alloc::vec::Vec;

fn settings() -> Settings {
    let lease = Some(DriftBound::NONE);
    Settings { reads_through_followers: true, stickiness: true, lease, ..Settings::default() }
}

/// A follower of B in term 1 that has applied one entry.
fn follower() -> Server {
    let start = Start { term: 1, settings: settings(), ..Start::default() };
    let mut follower = Server::start(start);
    follower.hear(B, 1, append(&[1], 0, 1, 1));
    follower
}

fn requests(seen: &Seen) -> Vec<RequestReadIndex> {
    seen.sent
        .iter()
        .filter_map(|sent| match sent.body {
            Message::RequestReadIndex(request) => Some(request),
            _ => None,
        })
        .collect()
}

/// The only request that was sent.
#[track_caller]
fn request(seen: &Seen) -> RequestReadIndex {
    let requests = requests(seen);
    assert_eq!(requests.len(), 1);
    requests[0]
}

const BASIS: ReadBasis = ReadBasis::Round(Round(5));

fn confirmed(number: ReadNumber, read_index: u64) -> Message {
    let answer = ReadIndexAnswer::Confirmed { read_index: Index(read_index), basis: BASIS };
    Message::RequestReadIndexReply(RequestReadIndexReply { number, answer })
}

fn refused(number: ReadNumber, because: ReadRefusal) -> Message {
    let answer = ReadIndexAnswer::Refused(because);
    Message::RequestReadIndexReply(RequestReadIndexReply { number, answer })
}

fn answers(seen: &Seen) -> Vec<(u64, Answer)> {
    seen.answers.iter().map(|(request, answer)| (request.0, *answer)).collect()
}

fn given_up(because: ReadRefusal) -> Answer {
    Answer::Refused(Refusal::Read(because))
}

// The follower's part.

#[test]
fn a_follower_asks_its_leader_and_answers_once_it_has_applied_the_read_index() {
    let mut follower = follower();
    follower.applies_slowly = true;
    let seen = follower.tell(read(1, ReadMode::ReadIndex));
    let RequestReadIndex { number, mode } = request(&seen);
    assert_eq!((seen.sent[0].to, mode), (B, ReadMode::ReadIndex));
    assert!(follower.hear(B, 1, confirmed(number, 2)).answers.is_empty());
    follower.hear(B, 1, append(&[1, 1], 1, 2, 2));
    let seen = follower.tell(Input::Applied(Index(2)));
    let answer = Answer::ReadReady { read_index: Index(2), basis: BASIS };
    assert_eq!(answers(&seen), [(1, answer)]);
}

#[test]
fn without_the_setting_or_a_leader_or_through_the_log_it_says_who_leads() {
    let off = Settings { reads_through_followers: false, ..settings() };
    let mut server = Server::start(Start { term: 1, settings: off, ..Start::default() });
    server.hear(B, 1, append(&[], 0, 0, 0));
    let seen = server.tell(read(1, ReadMode::ReadIndex));
    assert_eq!(answers(&seen), [(1, Answer::NotLeader { leader: Some(B) })]);
    let seen = follower().tell(read(2, ReadMode::Log));
    assert_eq!(answers(&seen), [(2, Answer::NotLeader { leader: Some(B) })]);
    let mut alone = Server::start(Start { settings: settings(), ..Start::default() });
    let seen = alone.tell(read(3, ReadMode::ReadIndex));
    assert_eq!(answers(&seen), [(3, Answer::NotLeader { leader: None })]);
}

/// The request under way was sent before they came: what was committed in between
/// would be missed.
#[test]
fn reads_that_come_while_a_request_is_under_way_share_the_next() {
    let mut follower = follower();
    let first = request(&follower.tell(read(1, ReadMode::Lease)));
    for id in 2..5 {
        assert!(follower.tell(read(id, ReadMode::Lease)).sent.is_empty());
    }
    assert!(follower.tell(read(5, ReadMode::ReadIndex)).sent.is_empty());
    let seen = follower.hear(B, 1, confirmed(first.number, 1));
    assert_eq!(seen.reads_ready(), [1]);
    let second = request(&seen);
    assert_ne!(second.number, first.number);
    assert_eq!((first.mode, second.mode), (ReadMode::Lease, ReadMode::ReadIndex));
    let seen = follower.hear(B, 1, confirmed(second.number, 1));
    assert_eq!((seen.reads_ready(), requests(&seen)), (vec![2, 3, 4, 5], vec![]));
}

#[test]
fn answers_that_were_not_asked_for_are_ignored() {
    let mut follower = follower();
    let seen = follower.hear(B, 1, confirmed(ReadNumber(0), 1));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::NothingNew));
    let number = request(&follower.tell(read(1, ReadMode::ReadIndex))).number;
    let next = ReadNumber(number.0.wrapping_add(1));
    for (from, term, answer, because) in [
        (B, 1, confirmed(next, 1), IgnoreCause::NothingNew),
        (C, 1, confirmed(number, 1), IgnoreCause::NothingNew),
        (B, 0, confirmed(number, 1), IgnoreCause::Impossible),
    ] {
        let seen = follower.hear(from, term, answer);
        assert_eq!((seen.ignored_because(), seen.answers.len()), (Some(because), 0));
    }
    assert_eq!(follower.hear(B, 1, confirmed(number, 1)).reads_ready(), [1]);
    let seen = follower.hear(B, 1, confirmed(number, 1));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::NothingNew), "nor one that came twice");
}

/// An answer that was on its way when it crashed must not serve a read that came since.
#[test]
fn numbers_do_not_repeat_over_a_restart() {
    let mut numbers = std::collections::BTreeSet::new();
    let mut follower = follower();
    for start in 0..50 {
        for id in 0..3 {
            let number = request(&follower.tell(read(id, ReadMode::ReadIndex))).number;
            assert!(numbers.insert(number), "start {start}");
            follower.hear(B, 1, confirmed(number, 0));
        }
        follower.now = follower.now + Micros(1);
        follower.crash_and_restart();
        follower.hear(B, 1, append(&[1], 0, 1, 1));
    }
}

#[test]
fn a_request_is_given_up_after_the_shortest_election_timeout_and_the_next_goes_out() {
    let mut follower = follower();
    let lost = request(&follower.tell(read(1, ReadMode::ReadIndex)));
    let asked_at = follower.now;
    follower.now = asked_at + Micros::from_millis(100);
    follower.hear(B, 1, append(&[1], 1, 1, 1));
    follower.tell(read(2, ReadMode::ReadIndex));
    assert_eq!(follower.node.deadline(), Some(asked_at + TIMEOUT));
    let seen = follower.wake();
    assert_eq!(answers(&seen), [(1, given_up(ReadRefusal::TimedOut))]);
    let next = request(&seen);
    let seen = follower.hear(B, 1, confirmed(lost.number, 1));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::NothingNew), "it comes too late");
    assert_eq!(follower.hear(B, 1, confirmed(next.number, 1)).reads_ready(), [2]);
}

#[test]
fn an_index_that_no_log_reaches_is_given_up_in_time() {
    let mut follower = follower();
    let asked_at = follower.now;
    let number = request(&follower.tell(read(1, ReadMode::ReadIndex))).number;
    assert!(follower.hear(B, 1, confirmed(number, u64::MAX)).answers.is_empty());
    assert_eq!(follower.node.deadline(), Some(asked_at + TIMEOUT));
    assert_eq!(answers(&follower.wake()), [(1, given_up(ReadRefusal::TimedOut))]);
}

#[test]
fn with_a_shorter_timeout_a_read_is_given_up_as_soon_as_one_that_comes_now() {
    let slow = Settings {
        election_timeout_min: Micros::from_secs(10),
        election_timeout_max: Micros::from_secs(19),
        ..settings()
    };
    for is_confirmed in [false, true] {
        let start = Start { term: 1, settings: slow, ..Start::default() };
        let mut follower = Server::start(start);
        follower.hear(B, 1, append(&[1], 0, 1, 1));
        let number = request(&follower.tell(read(1, ReadMode::ReadIndex))).number;
        if is_confirmed {
            follower.hear(B, 1, confirmed(number, 9));
        }
        follower.now = follower.now + Micros::from_millis(40);
        let told_at = follower.now;
        follower.tell(Input::Settings(settings().check().expect("they can be")));
        // A longer one puts off nothing.
        follower.tell(Input::Settings(slow.check().expect("they can be")));
        assert_eq!(follower.node.deadline(), Some(told_at + TIMEOUT));
        assert_eq!(answers(&follower.wake()), [(1, given_up(ReadRefusal::TimedOut))]);
    }
}

#[test]
fn what_the_old_leader_was_asked_is_given_up_when_it_is_followed_no_more() {
    let pre_vote = Settings { pre_vote: true, ..settings() };
    for settings in [settings(), pre_vote] {
        let mut follower = Server::start(Start { term: 1, settings, ..Start::default() });
        let later_term = |follower: &mut Server| follower.hear(C, 2, append(&[1, 2], 0, 2, 0));
        let stands = |follower: &mut Server| {
            follower.now = follower.now + Micros::from_secs(9);
            follower.tell(Input::Campaign)
        };
        for end in [&later_term as &dyn Fn(&mut Server) -> Seen, &stands] {
            let term = follower.term();
            follower.hear(B, term, append(&[], 0, 0, 0));
            let number = request(&follower.tell(read(1, ReadMode::ReadIndex))).number;
            follower.tell(read(2, ReadMode::ReadIndex));
            let seen = end(&mut follower);
            let because = given_up(ReadRefusal::LeaderChanged);
            assert_eq!(answers(&seen), [(1, because), (2, because)]);
            assert!(follower.hear(B, follower.term(), confirmed(number, 0)).answers.is_empty());
            follower.hear(E, follower.term() + 1, granted());
        }
    }
}

/// What was committed stays committed, whoever leads.
#[test]
fn a_read_index_that_is_known_outlives_its_leader() {
    let mut follower = follower();
    follower.applies_slowly = true;
    follower.hear(B, 1, append(&[1, 1], 1, 2, 2));
    let number = request(&follower.tell(read(1, ReadMode::ReadIndex))).number;
    follower.hear(B, 1, confirmed(number, 2));
    follower.hear(C, 2, append(&[1, 1, 2], 2, 3, 2));
    assert_eq!(follower.tell(Input::Applied(Index(2))).reads_ready(), [1]);
}

#[test]
fn what_the_leader_refuses_is_refused_with_its_reason() {
    let mut follower = follower();
    let number = request(&follower.tell(read(1, ReadMode::ReadIndex))).number;
    let seen = follower.hear(B, 1, refused(number, ReadRefusal::LostOffice));
    assert_eq!(answers(&seen), [(1, given_up(ReadRefusal::LostOffice))]);
}

#[test]
fn a_learner_may_read_too() {
    let start = Start { id: E, term: 1, settings: settings(), ..Start::default() };
    let mut learner = Server::start(start);
    learner.hear(B, 1, append(&[1], 0, 1, 1));
    let number = request(&learner.tell(read(1, ReadMode::ReadIndex))).number;
    assert_eq!(learner.hear(B, 1, confirmed(number, 1)).reads_ready(), [1]);
    learner.tell(read(2, ReadMode::ReadIndex));
    assert!(learner.node.deadline().is_some(), "it never stands, but it gives up");
}

#[test]
fn a_follower_keeps_so_many_reads_and_sends_more_to_the_leader() {
    let mut follower = follower();
    let mut kept = 0;
    while follower.tell(read(kept, ReadMode::ReadIndex)).answers.is_empty() {
        kept += 1;
    }
    assert_eq!(kept, 65_536);
    let seen = follower.tell(read(kept, ReadMode::ReadIndex));
    assert_eq!(answers(&seen), [(kept, Answer::NotLeader { leader: Some(B) })]);
}

// The leader's part.

fn ask(number: u64, mode: ReadMode) -> Message {
    Message::RequestReadIndex(RequestReadIndex { number: ReadNumber(number), mode })
}

fn replies_to(seen: &Seen, to: NodeId) -> Vec<(u64, ReadIndexAnswer)> {
    seen.sent_to(to)
        .into_iter()
        .filter_map(|message| match message {
            Message::RequestReadIndexReply(reply) => Some((reply.number.0, reply.answer)),
            _ => None,
        })
        .collect()
}

/// A leader of term 1 that has committed its no-op, its round 1 confirmed by B.
fn leader() -> Server {
    let mut leader = Server::leader(Start { settings: settings(), ..Start::default() });
    leader.hear(B, 1, accepted(1, 1));
    leader
}

#[test]
fn a_leader_answers_a_follower_once_a_round_sent_since_is_confirmed_applied_or_not() {
    let mut leader = leader();
    leader.applies_slowly = true;
    leader.tell(propose());
    leader.hear(C, 1, accepted(2, 1));
    leader.wake();
    let older = leader.newest_round();
    let seen = leader.hear(B, 1, ask(7, ReadMode::ReadIndex));
    let round = seen.round_started().expect("a round of its own");
    assert!(replies_to(&seen, B).is_empty());
    assert!(replies_to(&leader.hear(C, 1, accepted(2, older)), B).is_empty(), "it is older");
    let seen = leader.hear(C, 1, accepted(2, round.0));
    let basis = ReadBasis::Round(round);
    let answer = ReadIndexAnswer::Confirmed { read_index: Index(2), basis };
    assert_eq!(replies_to(&seen, B), [(7, answer)]);
    assert_eq!(leader.node.view().applied_index(), Index(1));
}

#[test]
fn a_leader_answers_a_follower_from_its_lease_at_once() {
    let mut leader = leader();
    let seen = leader.hear(B, 1, ask(7, ReadMode::Lease));
    let until = leader.now + TIMEOUT;
    let basis = ReadBasis::Lease { until };
    let answer = ReadIndexAnswer::Confirmed { read_index: Index(1), basis };
    assert_eq!(replies_to(&seen, B), [(7, answer)]);
}

#[test]
fn a_leader_that_has_committed_nothing_in_its_term_lets_a_follower_wait() {
    let mut leader = Server::leader(Start { settings: settings(), ..Start::default() });
    for mode in [ReadMode::ReadIndex, ReadMode::Lease] {
        assert!(replies_to(&leader.hear(B, 1, ask(mode as u64, mode)), B).is_empty());
    }
    let by_lease = leader.hear(C, 1, accepted(1, 1));
    assert_eq!(replies_to(&by_lease, B).len(), 1);
    let round = leader.newest_round();
    let by_round = leader.hear(C, 1, accepted(1, round));
    assert_eq!(replies_to(&by_round, B).len(), 1);
}

#[test]
fn who_does_not_lead_or_leads_no_more_refuses() {
    let seen = follower().hear(C, 1, ask(7, ReadMode::ReadIndex));
    assert_eq!(replies_to(&seen, C), [(7, ReadIndexAnswer::Refused(ReadRefusal::NotLeader))]);
    let mut leader = leader();
    leader.hear(B, 1, ask(7, ReadMode::ReadIndex));
    let seen = leader.hear(C, 2, append(&[1, 2], 1, 2, 0));
    assert_eq!(replies_to(&seen, B), [(7, ReadIndexAnswer::Refused(ReadRefusal::LostOffice))]);
    // One of an earlier term learns the later from the answer.
    let seen = leader.hear(B, 1, ask(8, ReadMode::ReadIndex));
    assert_eq!(replies_to(&seen, B), [(8, ReadIndexAnswer::Refused(ReadRefusal::NotLeader))]);
    assert_eq!(seen.sent[0].term, Term(2));
}

#[test]
fn requests_that_can_not_be_are_ignored_and_few_of_one_follower_are_kept() {
    let mut leader = leader();
    let seen = leader.hear(E, 1, ask(1, ReadMode::ReadIndex));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::NotAMember));
    let seen = leader.hear(B, 1, ask(1, ReadMode::Log));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::Impossible));
    assert_eq!(leader.log(), [1]);
    leader.hear(B, 1, ask(1, ReadMode::ReadIndex));
    let seen = leader.hear(B, 1, ask(1, ReadMode::ReadIndex));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::NothingNew));
    for number in 2..100 {
        leader.hear(B, 1, ask(number, ReadMode::ReadIndex));
    }
    let RoleView::Leader(view) = leader.node.view().role() else { panic!("it leads") };
    assert_eq!(view.reads_waiting(), 4);
}

/// The whole way, and that a follower sees what was committed before the read came.
#[test]
fn a_follower_that_lags_reads_what_was_committed_before() {
    let start = Start { of: 2, settings: settings(), ..Start::default() };
    let mut leader = Server::start(start);
    let mut follower = Server::start(Start { id: B, ..start });
    let mut under_way = leader.win().sent;
    let mut deliver = |leader: &mut Server, follower: &mut Server, mut more: Vec<Envelope>| {
        under_way.append(&mut more);
        let mut ready = Vec::new();
        while !under_way.is_empty() {
            let message = under_way.remove(0);
            let to = if message.to == A { &mut *leader } else { &mut *follower };
            to.now = to.now.max(Micros::from_secs(2));
            let seen = to.tell(Input::Receive(message));
            ready.extend(seen.reads_ready());
            under_way.extend(seen.sent);
        }
        ready
    };
    deliver(&mut leader, &mut follower, vec![]);
    let proposed = leader.tell(propose()).sent;
    deliver(&mut leader, &mut follower, proposed);
    assert_eq!((leader.commit_index(), follower.commit_index()), (2, 1), "it has not been told");
    let asked = follower.tell(read(1, ReadMode::ReadIndex)).sent;
    assert_eq!(deliver(&mut leader, &mut follower, asked), [1]);
    assert_eq!(follower.commit_index(), 2);
}
