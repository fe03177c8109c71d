//! Rounds and the lease counted from them (dissertation, section 6.4.1).

use super::*;
use crate::flaws::Flaws;
use crate::node::Input;
use crate::read::ReadMode;
use crate::settings::{DriftBound, Settings};
use crate::testing::*;
use proptest::prelude::*;

fn leased(numerator: u32, denominator: u32) -> Settings {
    let bound = DriftBound { numerator, denominator };
    Settings { stickiness: true, lease: Some(bound), ..Settings::default() }
}

fn confirmed(seen: &Seen) -> Option<(u64, Micros)> {
    seen.transitions.iter().find_map(|transition| match transition {
        Transition::RoundConfirmed { round, sent_at, .. } => Some((round.0, *sent_at)),
        _ => None,
    })
}

#[test]
fn a_lease_is_counted_from_when_the_round_was_sent() {
    for lateness in [0, 10, 100, 1_000] {
        let mut leader = Server::leader(Start { settings: leased(1, 1), ..Start::default() });
        let sent_at = leader.now;
        leader.now = leader.now + Micros::from_millis(lateness);
        let seen = leader.hear(B, 1, accepted(1, 1));
        assert_eq!(confirmed(&seen), Some((1, sent_at)));
        assert_eq!(seen.lease_until(), Some(sent_at + TIMEOUT));
    }
}

#[test]
fn a_drift_bound_shortens_the_lease() {
    for (numerator, denominator, millis) in [(1, 1, 150), (2, 1, 75), (3, 2, 100), (5, 4, 120)] {
        let settings = leased(numerator, denominator);
        let mut leader = Server::leader(Start { settings, ..Start::default() });
        let until = leader.now + Micros::from_millis(millis);
        assert_eq!(leader.hear(B, 1, accepted(1, 1)).lease_until(), Some(until));
        leader.now = until - Micros(1);
        assert_eq!(leader.tell(read(1, ReadMode::Lease)).reads_ready(), [1]);
        leader.now = until;
        assert!(leader.tell(read(2, ReadMode::Lease)).reads_ready().is_empty(), "it has run out");
    }
}

#[test]
fn with_new_settings_only_rounds_that_are_sent_under_them_give_a_lease() {
    for start in [Settings::default(), leased(1, 1)] {
        let mut leader = Server::leader(Start { settings: start, ..Start::default() });
        let settings = leased(3, 2).check().expect("they can be");
        leader.tell(Input::Settings(settings));
        let seen = leader.hear(B, 1, accepted(1, 1));
        assert!(confirmed(&seen).is_some());
        assert_eq!(seen.lease_until(), None, "nobody had promised anything by then");
        leader.now = leader.now + Settings::default().heartbeat_interval;
        let sent_at = leader.now;
        leader.tell(Input::Wake);
        let seen = leader.hear(B, 1, accepted(1, 2));
        assert_eq!(seen.lease_until(), Some(sent_at + TIMEOUT.scaled(2, 3)));
        // Without a change of its own, a lease is good until the settings take it away.
        leader.tell(Input::Settings(Settings::default().check().expect("they can be")));
        assert!(leader.tell(read(1, ReadMode::Lease)).reads_ready().is_empty());
    }
}

#[test]
fn a_leader_that_is_told_to_check_its_quorum_does() {
    let mut leader = Server::leader(Start::default());
    leader.now = leader.now + TIMEOUT + TIMEOUT;
    leader.tell(Input::Wake);
    assert!(leader.node.view().is_leader());
    let settings = Settings { check_quorum: true, ..Settings::default() };
    leader.tell(Input::Settings(settings.check().expect("they can be")));
    leader.tell(Input::Wake);
    assert!(!leader.node.view().is_leader());
}

#[test]
fn at_another_pace_a_leader_gives_its_followers_the_time_that_they_have_now() {
    let check_quorum = true;
    let slow = Settings {
        election_timeout_min: Micros::from_secs(10),
        election_timeout_max: Micros::from_secs(19),
        heartbeat_interval: Micros::from_secs(2),
        check_quorum,
        ..Settings::default()
    };
    let mut leader = Server::leader(Start { settings: slow, ..Start::default() });
    leader.now = leader.now + Micros::from_secs(2);
    let quick = Settings { check_quorum, ..Settings::default() };
    leader.tell(Input::Settings(quick.check().expect("they can be")));
    let told_at = leader.now;
    assert_eq!(leader.node.deadline(), Some(told_at), "a round was due by then anyway");
    leader.tell(Input::Wake);
    assert!(leader.node.view().is_leader(), "it asked them at the slow pace");
    leader.now = told_at + TIMEOUT - Micros(1);
    leader.tell(Input::Wake);
    assert!(leader.node.view().is_leader());
    leader.now = told_at + TIMEOUT;
    leader.tell(Input::Wake);
    assert!(!leader.node.view().is_leader(), "nobody answered");
}

#[test]
fn with_a_shorter_interval_the_next_round_goes_out_an_interval_from_now() {
    let slow = Settings {
        election_timeout_min: Micros::from_secs(10),
        election_timeout_max: Micros::from_secs(19),
        heartbeat_interval: Micros::from_secs(2),
        ..Settings::default()
    };
    let mut leader = Server::leader(Start { settings: slow, ..Start::default() });
    let quick = Settings::default();
    leader.tell(Input::Settings(quick.check().expect("they can be")));
    assert_eq!(leader.node.deadline(), Some(leader.now + quick.heartbeat_interval));
    // A longer interval does not put off what is due.
    leader.tell(Input::Settings(slow.check().expect("they can be")));
    assert_eq!(leader.node.deadline(), Some(leader.now + quick.heartbeat_interval));
}

#[test]
fn no_lease_is_kept_where_leases_are_off() {
    let mut leader = Server::leader(Start::default());
    let seen = leader.hear(B, 1, accepted(1, 1));
    assert!(confirmed(&seen).is_some());
    assert_eq!(seen.lease_until(), None);
}

#[test]
fn with_its_flaw_a_lease_is_counted_from_when_the_answer_came() {
    let flaws = Flaws::NONE.with(Flaw::LeaseCountedFromReceiveTime);
    let settings = Settings { flaws, ..leased(1, 1) };
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    leader.now = leader.now + Micros::from_secs(1);
    let seen = leader.hear(B, 1, accepted(1, 1));
    assert_eq!(seen.lease_until(), Some(leader.now + TIMEOUT));
}

#[test]
fn with_its_flaw_a_lease_is_as_long_as_the_promise_on_the_leaders_own_clock() {
    let flaws = Flaws::NONE.with(Flaw::LeaseWithoutDriftBound);
    let settings = Settings { flaws, ..leased(2, 1) };
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    assert_eq!(leader.hear(B, 1, accepted(1, 1)).lease_until(), Some(leader.now + TIMEOUT));
}

#[test]
fn a_round_is_confirmed_by_a_majority_and_the_leader_is_one_of_it() {
    let mut leader = Server::leader(Start { of: 5, ..Start::default() });
    assert_eq!(confirmed(&leader.hear(B, 1, accepted(1, 1))), None, "two of five");
    assert_eq!(confirmed(&leader.hear(B, 1, accepted(1, 1))), None, "and B once more");
    assert_eq!(confirmed(&leader.hear(E, 1, accepted(1, 1))), Some((1, leader.now)));
    assert_eq!(confirmed(&leader.hear(D, 1, accepted(1, 1))), None, "it is confirmed once");
}

#[test]
fn a_refusal_in_this_term_answers_a_round_as_well_as_an_acceptance() {
    let mut leader = Server::leader(Start { term: 1, log: &[1], ..Start::default() });
    assert_eq!(confirmed(&leader.hear(B, 2, conflict(1, end(&[]), 1))), Some((1, leader.now)));
    let mut leader = Server::leader(Start { term: 1, log: &[1], ..Start::default() });
    assert_eq!(confirmed(&leader.hear(B, 2, accepted(0, 1))), Some((1, leader.now)), "old news");
}

#[test]
fn an_answer_of_an_earlier_term_confirms_nothing() {
    let mut leader = Server::leader(Start::default());
    leader.wake();
    leader.hear(B, 5, accepted(0, 1)); // It steps down,
    leader.win(); // and leads again, in term 6.
    assert_eq!(leader.newest_round(), 1);
    let seen = leader.hear(B, 1, accepted(1, 2));
    assert_eq!((confirmed(&seen), seen.ignored_because().is_some()), (None, true));
}

#[test]
fn an_answer_to_a_later_round_confirms_the_earlier_ones_and_never_the_reverse() {
    let mut leader = Server::leader(Start::default());
    leader.wake();
    leader.wake();
    let sent_at = leader.now;
    assert_eq!(confirmed(&leader.hear(B, 1, accepted(1, 3))), Some((3, sent_at)));
    assert_eq!(confirmed(&leader.hear(C, 1, accepted(1, 1))), None);
    assert_eq!(confirmed(&leader.hear(C, 1, accepted(1, 2))), None);
}

#[test]
fn a_deposed_leader_that_leads_again_has_no_lease_from_before() {
    let mut leader = Server::leader(Start { settings: leased(1, 1), ..Start::default() });
    leader.hear(B, 1, accepted(1, 1));
    leader.hear(C, 2, accepted(0, 1));
    assert!(!leader.is_leader());
    leader.now = Micros::from_secs(9);
    leader.win();
    let crate::RoleView::Leader(view) = leader.node.view().role() else {
        panic!("it leads");
    };
    assert_eq!((view.lease_until(), view.confirmed_sent_at()), (None, None));
}

#[test]
fn a_leader_that_nobody_answers_forgets_its_oldest_rounds_and_recovers() {
    let mut leader = Server::leader(Start::default());
    for _ in 0..3_000 {
        leader.wake();
    }
    let newest = leader.newest_round();
    assert_eq!(confirmed(&leader.hear(B, 1, accepted(1, 5))), None, "round 5 is forgotten");
    assert_eq!(confirmed(&leader.hear(B, 1, accepted(1, newest))), Some((newest, leader.now)));
}

proptest! {
    /// Whatever comes back in whatever order: the confirmed round is the newest that a
    /// majority has answered, it was sent when it was sent, and it only goes up.
    #[test]
    fn the_newest_round_that_a_majority_has_answered_is_confirmed(
        of in 1u8..8,
        steps in prop::collection::vec((any::<bool>(), 1u8..7, 1u64..40), 0..80),
    ) {
        let mut leader = Server::leader(Start { of, settings: leased(3, 2), ..Start::default() });
        let mut sent_at = std::collections::BTreeMap::from([(1, leader.now)]);
        let mut answered = [0u64; 8];
        answered[0] = 1;
        for (is_heartbeat, from, round) in steps {
            if is_heartbeat {
                leader.wake();
                answered[0] = leader.newest_round();
                sent_at.insert(leader.newest_round(), leader.now);
            } else if from < of && round <= leader.newest_round() {
                leader.now = leader.now + Micros(round);
                leader.hear(NodeId::new(from).expect("small"), 1, accepted(1, round));
                answered[from as usize] = answered[from as usize].max(round);
            }
            let enough = |round: u64| {
                2 * answered[..of as usize].iter().filter(|last| **last >= round).count()
                    > of as usize
            };
            let newest = sent_at.keys().rev().copied().find(|round| enough(*round));
            let crate::RoleView::Leader(view) = leader.node.view().role() else {
                panic!("it leads");
            };
            let expected = newest.map(|round| sent_at[&round]);
            prop_assert_eq!(view.confirmed_sent_at(), expected);
            let until = expected.map(|sent_at| sent_at + Micros::from_millis(100));
            prop_assert_eq!(view.lease_until(), until, "150 ms by 3/2");
        }
    }
}

/// "... steps down if an election timeout elapses without a successful round of heartbeats
/// to a majority of its cluster": alone, it is the majority, however late it is woken.
#[test]
fn a_leader_alone_in_its_cluster_is_never_without_its_majority() {
    let settings = Settings { check_quorum: true, ..Settings::default() };
    for (of, leads_on) in [(1, true), (2, false)] {
        let mut leader = Server::leader(Start { of, settings, ..Start::default() });
        leader.now = leader.now + TIMEOUT + TIMEOUT;
        leader.wake();
        assert_eq!(leader.is_leader(), leads_on, "of {of}");
    }
}
