use crate::testing::*;
use crate::*;
use alloc::vec::Vec;

fn settings() -> Settings {
    Settings { configurations_in_force: InForce::WhenApplied, ..Settings::default() }
}

fn voters(nodes: &[NodeId]) -> Membership {
    Membership::of(nodes.iter().copied().collect())
}

fn remove(node: NodeId) -> Input {
    Input::Reconfigure { request: RequestId(0), change: Reconfiguration::Remove(node) }
}

/// What a leader of term 1 sends: a no-op, then these configurations.
fn configurations(memberships: &[Membership], commit_index: u64) -> Message {
    let configurations = memberships.iter().map(|membership| Payload::Configuration(*membership));
    let payloads = core::iter::once(Payload::NoOp).chain(configurations);
    Message::AppendEntries(AppendEntries {
        previous: LogEnd::default(),
        entries: payloads.map(|payload| Entry { term: Term(1), payload }).collect(),
        commit_index: Index(commit_index),
        round: Round(1),
        confirms_read: false,
    })
}

/// Who is asked for a vote once the election timeout runs out.
fn asked_for_votes(server: &mut Server) -> NodeSet {
    server.node.deadline().map_or(NodeSet::EMPTY, |_| {
        let seen = server.wake();
        seen.sent.iter().map(|sent| sent.to).collect()
    })
}

/// A server that has been told of these configurations and then restarts.
fn restarted(id: NodeId, of: u8, rule: InForce, memberships: &[Membership]) -> (Server, Seen) {
    let settings = Settings { configurations_in_force: rule, ..Settings::default() };
    let mut server = Server::start(Start { id, of, term: 1, settings, ..Start::default() });
    server.hear(E, 1, configurations(memberships, 0));
    server.applies_slowly = true;
    let seen = server.crash_and_restart();
    (server, seen)
}

#[test]
fn a_restarted_server_knows_the_last_configuration_but_one_to_be_committed() {
    let both = [voters(&[A, B, C, D]), voters(&[A, B, C, D, E])];
    let (server, seen) = restarted(A, 3, InForce::WhenApplied, &both);
    assert_eq!(server.commit_index(), 2);
    let handed_over: Vec<u64> = seen.applied.iter().map(|(index, _)| index.0).collect();
    assert_eq!(handed_over, [1, 2]);
    let told = Transition::CommitAdvanced {
        from: Index(0),
        to: Index(2),
        because: CommitCause::LaterConfiguration,
    };
    assert!(seen.transitions.contains(&told));
    let (server, _) = restarted(A, 3, InForce::WhenApplied, &both[..1]);
    assert_eq!(server.commit_index(), 0, "of the last one can't know");
    // Where they count when appended, no server needs to know: the commit index is
    // volatile, as in Figure 2.
    let (server, _) = restarted(A, 3, InForce::WhenAppended, &both);
    assert_eq!(server.commit_index(), 0);
}

#[test]
fn a_restarted_server_stands_once_it_has_applied_what_it_knows_committed() {
    let both = [voters(&[A, B, C, D]), voters(&[A, B, C, D, E])];
    let (mut server, _) = restarted(A, 3, InForce::WhenApplied, &both);
    for applied in [0, 1] {
        server.tell(Input::Applied(Index(applied)));
        assert_eq!(server.node.deadline(), None);
        server.tell(Input::Campaign);
        assert_eq!(server.term(), 1, "not when told to either");
    }
    server.tell(Input::Applied(Index(2)));
    assert_eq!(asked_for_votes(&mut server), [B, C, D].into_iter().collect());
}

/// A leader of `{A B C}` that has committed its no-op.
fn settled_leader(of: u8) -> Server {
    let mut leader = Server::leader(Start { of, settings: settings(), ..Start::default() });
    accept(&mut leader, B);
    leader
}

/// This server's disk has everything; it says so.
fn accept(leader: &mut Server, by: NodeId) -> Seen {
    let last = leader.node.view().log().last_index().0;
    let round = leader.newest_round();
    leader.hear(by, leader.term(), accepted(last, round))
}

fn configurations_in(log: &Log) -> Vec<Membership> {
    log.iter()
        .filter_map(|(_, entry)| match entry.payload {
            Payload::Configuration(membership) => Some(membership),
            _ => None,
        })
        .collect()
}

#[test]
fn a_configuration_that_is_applied_is_written_once_more_and_only_once() {
    let mut leader = settled_leader(3);
    leader.applies_slowly = true;
    leader.tell(Input::Applied(Index(1)));
    let left = voters(&[A, B]);
    leader.tell(remove(C));
    accept(&mut leader, B);
    assert_eq!(configurations_in(leader.node.view().log()), [left], "committed, not applied");
    leader.tell(Input::Applied(Index(2)));
    assert_eq!(configurations_in(leader.node.view().log()), [left, left]);
    let add = Reconfiguration::AddVoter(D);
    let seen = leader.tell(Input::Reconfigure { request: RequestId(1), change: add });
    let because = ReconfigurationRefusal::AnotherUnderWay;
    let refused = Answer::Refused(Refusal::Reconfiguration(because));
    assert_eq!(seen.answers, [(RequestId(1), refused)], "the second entry is part of the change");
    accept(&mut leader, B);
    leader.tell(Input::Applied(Index(3)));
    assert_eq!(configurations_in(leader.node.view().log()), [left, left]);
}

#[test]
fn the_way_out_of_a_joint_configuration_is_the_proof_that_it_is_committed() {
    let mut leader = settled_leader(3);
    let change = Reconfiguration::Joint { voters: NodeSet::first(2), learners: NodeSet::EMPTY };
    leader.tell(Input::Reconfigure { request: RequestId(0), change });
    for _ in 0..4 {
        accept(&mut leader, B);
    }
    let joint = Membership { outgoing: NodeSet::first(3), ..voters(&[A, B]) };
    let all = [joint, voters(&[A, B]), voters(&[A, B])];
    assert_eq!(configurations_in(leader.node.view().log()), all);
}

/// A cluster of two: were A to step down as soon as its own removal is committed, B,
/// which may not know that or may forget it, would need the vote of A, whose log is
/// longer.
#[test]
fn a_leader_that_removes_itself_leads_until_the_others_can_do_without_it() {
    let mut leader = settled_leader(2);
    leader.tell(remove(A));
    accept(&mut leader, B);
    assert_eq!(leader.commit_index(), 2);
    assert_eq!(*leader.node.view().membership(), voters(&[B]));
    assert!(leader.is_leader(), "B has not been told, and may restart");
    leader.wake();
    leader.hear(B, 1, accepted(2, leader.newest_round()));
    assert!(leader.is_leader(), "A has the second entry; it is not counted");
    let seen = accept(&mut leader, B);
    let because = StepDownCause::Removed;
    let removed = Transition::SteppedDown { was: Office::Leader, because };
    assert!(seen.transitions.contains(&removed));
    assert_eq!(leader.node.deadline(), None, "and never stands again");
}

/// It may be the only one that has the second entry, and then B, whose log is shorter,
/// can't win without its vote, nor with it.
#[test]
fn a_removed_server_stands_until_it_knows_that_the_others_can_do_without_it() {
    let mut removed = settled_leader(2);
    removed.tell(remove(A));
    accept(&mut removed, B);
    removed.hear(B, 2, ask_vote(&[1, 1]));
    assert!(!removed.is_leader());
    assert_eq!(asked_for_votes(&mut removed), NodeSet::only(B));
    removed.crash_and_restart();
    assert_eq!(asked_for_votes(&mut removed), NodeSet::only(B));
    let (term, left) = (removed.term(), voters(&[B]));
    removed.hear(B, term, granted());
    assert!(removed.is_leader());
    accept(&mut removed, B);
    assert_eq!(configurations_in(removed.node.view().log()), [left, left]);
    assert_eq!((removed.is_leader(), removed.node.deadline()), (false, None));
}

/// A snapshot says who the members are and not who they were before: in one of its own
/// removal A couldn't see that B may still go by a configuration that needs A's vote. So it
/// takes none before the second entry.
#[test]
fn a_removed_server_that_is_told_to_take_a_snapshot_still_stands_after_a_restart() {
    let mut removed = settled_leader(2);
    removed.tell(remove(A));
    accept(&mut removed, B);
    removed.take_snapshot();
    removed.crash_and_restart();
    assert_eq!(*removed.node.view().membership(), voters(&[B]));
    assert_eq!(asked_for_votes(&mut removed), NodeSet::only(B));
    removed.hear(B, removed.term(), granted());
    assert!(removed.is_leader());
    accept(&mut removed, B);
    assert_eq!((removed.is_leader(), removed.node.deadline()), (false, None));
    removed.take_snapshot();
    removed.crash_and_restart();
    assert_eq!(removed.node.deadline(), None, "the second entry is committed");
}

/// Its log may be the longest, and then nobody else can win: the majority that it
/// needs is that of the configuration which it goes by, in which it has no vote.
#[test]
fn a_server_that_only_the_newest_configuration_lets_vote_stands_too() {
    let mut server =
        Server::start(Start { id: D, term: 1, settings: settings(), ..Start::default() });
    assert_eq!(server.node.deadline(), None);
    server.hear(A, 1, configurations(&[voters(&[A, B, C, D])], 1));
    assert_eq!(asked_for_votes(&mut server), NodeSet::first(3));
    server.hear(A, 2, granted());
    assert!(!server.is_leader(), "one of three, and its own vote is none");
    server.hear(B, 2, granted());
    assert!(server.is_leader());
}
