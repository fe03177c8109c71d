//! Proposals that come together go out together (dissertation, section 10.2.2).

use super::*;
use crate::node::Input;
use crate::settings::Settings;
use crate::testing::*;
use alloc::vec;

/// A leader that replicates to B and still probes C.
fn leader(max_entries_per_message: u32) -> Server {
    let settings = Settings { max_entries_per_message, ..Settings::default() };
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    leader.hear(B, 1, accepted(1, 1));
    leader
}

/// Proposals that a driver makes before it looks at what is to be done.
fn propose_without_draining(leader: &mut Server, count: usize) {
    for _ in 0..count {
        leader.node.handle(leader.now, propose());
    }
}

#[test]
fn proposals_made_before_the_outputs_are_drained_share_their_messages() {
    let mut leader = leader(64);
    propose_without_draining(&mut leader, 3);
    let seen = leader.tell(propose());
    assert_eq!(seen.entries_to(B), [(1, vec![1; 4])]);
    assert_eq!(seen.entries_to(C), [], "a probe waits for its answer");
    assert_eq!(seen.answers.len(), 4, "each has its answer");
    assert_eq!(leader.tell(Input::Applied(Index(1))).sent, [], "and they went once");
}

#[test]
fn they_take_as_many_messages_as_they_need() {
    let mut leader = leader(3);
    propose_without_draining(&mut leader, 6);
    let seen = leader.tell(propose());
    assert_eq!(seen.entries_to(B), [(1, vec![1; 3]), (4, vec![1; 3]), (7, vec![1; 1])]);
}

#[test]
fn a_single_proposal_waits_for_nothing() {
    let seen = leader(64).tell(propose());
    assert_eq!(seen.entries_to(B), [(1, vec![1])]);
}

#[test]
fn a_leader_deposed_in_between_sends_none_of_them() {
    let mut leader = leader(64);
    propose_without_draining(&mut leader, 3);
    let seen = leader.hear(C, 2, ask_vote(&[]));
    assert!(!leader.is_leader());
    assert_eq!(seen.entries_to(B), []);
}
