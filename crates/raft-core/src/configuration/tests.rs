use crate::quorum::is_quorum;
use crate::testing::*;
use crate::*;
use alloc::vec::Vec;

fn set(nodes: &[NodeId]) -> NodeSet {
    nodes.iter().copied().collect()
}

fn reconfigure(change: Reconfiguration) -> Input {
    Input::Reconfigure { request: RequestId(0), change }
}

fn refusal(seen: &Seen) -> Option<ReconfigurationRefusal> {
    seen.answers.iter().find_map(|(_, answer)| match answer {
        Answer::Refused(Refusal::Reconfiguration(because)) => Some(*because),
        _ => None,
    })
}

fn membership(server: &Server) -> Membership {
    *server.node.view().membership()
}

/// These servers' disks and the leader's have everything; they say so.
fn all_accept(leader: &mut Server, by: &[NodeId]) -> Vec<Seen> {
    let last = leader.node.view().log().last_index().0;
    let (term, round) = (leader.term(), leader.newest_round());
    by.iter().map(|from| leader.hear(*from, term, accepted(last, round))).collect()
}

/// A leader of `{A B C}` that has committed its no-op.
fn settled_leader() -> Server {
    let mut leader = Server::leader(Start::default());
    all_accept(&mut leader, &[B, C]);
    assert_eq!(leader.commit_index(), 1);
    leader
}

/// What makes one change at a time safe (dissertation, section 4.1): for every
/// configuration of up to five of six servers and every change of one, any quorum
/// before and any quorum after share a server; and so do those of each step of a
/// joint change between any two configurations.
#[test]
fn any_quorum_before_a_change_overlaps_any_quorum_after_it() {
    let subsets = |of: u8| {
        (0u64..1 << of).map(move |bits| {
            (0..of).filter(|n| bits & 1 << n != 0).filter_map(NodeId::new).collect::<NodeSet>()
        })
    };
    let overlap = |before: &Membership, after: &Membership| {
        subsets(5).filter(|left| is_quorum(before, *left)).all(|left| {
            // The rest must not be a quorum of the other.
            !is_quorum(after, NodeSet::first(5).difference(left))
        })
    };
    let mut checked = 0;
    for old in subsets(5).filter(|voters| !voters.is_empty()) {
        let before = Membership::of(old);
        for server in NodeSet::first(5).iter() {
            for new in [old.with(server), old.without(server)] {
                if !new.is_empty() {
                    assert!(overlap(&before, &Membership::of(new)), "{old} to {new}");
                    checked += 1;
                }
            }
        }
        for new in subsets(5).filter(|voters| !voters.is_empty()) {
            let joint = Membership { outgoing: old, ..Membership::of(new) };
            assert!(overlap(&before, &joint) && overlap(&joint, &Membership::of(new)));
            checked += 2;
        }
    }
    assert!(!overlap(&Membership::of(NodeSet::first(3)), &Membership::of(NodeSet::first(5))));
    assert!(checked > 2_000);
}

#[test]
fn a_configuration_counts_as_soon_as_it_is_appended() {
    let mut leader = settled_leader();
    let seen = leader.tell(reconfigure(Reconfiguration::AddVoter(D)));
    assert_eq!(membership(&leader).voters, set(&[A, B, C, D]));
    assert!(!seen.sent_to(D).is_empty(), "the new server gets the log");
    all_accept(&mut leader, &[B]);
    assert_eq!(leader.commit_index(), 1, "two of four are no majority any more");
    all_accept(&mut leader, &[C]);
    assert_eq!(leader.commit_index(), 2);
}

#[test]
fn where_it_counts_when_applied_the_old_one_decides_until_then() {
    let settings =
        Settings { configurations_in_force: InForce::WhenApplied, ..Settings::default() };
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    all_accept(&mut leader, &[B]);
    leader.applies_slowly = true;
    leader.tell(reconfigure(Reconfiguration::AddVoter(D)));
    assert_eq!(membership(&leader).voters, set(&[A, B, C]));
    all_accept(&mut leader, &[B]);
    assert_eq!(leader.commit_index(), 2, "by the old majority");
    let seen = leader.tell(reconfigure(Reconfiguration::AddVoter(E)));
    assert_eq!(refusal(&seen), Some(ReconfigurationRefusal::AnotherUnderWay));
    leader.tell(Input::Applied(Index(2)));
    assert_eq!(membership(&leader).voters, set(&[A, B, C, D]));
}

#[test]
fn a_learner_gets_the_log_and_counts_for_nothing() {
    let mut leader = settled_leader();
    leader.tell(reconfigure(Reconfiguration::AddLearner(D)));
    all_accept(&mut leader, &[D]);
    assert_eq!(leader.commit_index(), 1);
    all_accept(&mut leader, &[B]);
    assert_eq!(leader.commit_index(), 2);
    let mut learner = Server::start(Start { id: D, ..Start::default() });
    assert_eq!(learner.node.deadline(), None, "it never stands");
    let seen = learner.hear(B, 3, ask_vote(&[1, 1]));
    assert!(is_granted(seen.reply()), "but asked for its vote it answers");
}

#[test]
fn a_learner_is_promoted_once_it_lacks_few_enough_entries() {
    let settings = Settings { promotion_lag_max: 1, ..Settings::default() };
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    all_accept(&mut leader, &[B]);
    leader.tell(reconfigure(Reconfiguration::AddLearner(D)));
    all_accept(&mut leader, &[B]);
    let seen = leader.tell(reconfigure(Reconfiguration::AddVoter(D)));
    assert_eq!(refusal(&seen), Some(ReconfigurationRefusal::LearnerLags { entries: 2 }));
    let (term, round) = (leader.term(), leader.newest_round());
    leader.hear(D, term, accepted(1, round));
    leader.tell(reconfigure(Reconfiguration::AddVoter(D)));
    assert_eq!(membership(&leader), Membership::of(set(&[A, B, C, D])));
}

#[test]
fn a_change_leaves_everyone_else_what_they_were() {
    for (change, voters, learners) in [
        (Reconfiguration::AddVoter(D), set(&[A, B, C, D]), set(&[E])),
        (Reconfiguration::Remove(D), set(&[A, B, C]), set(&[E])),
        (Reconfiguration::Remove(C), set(&[A, B]), set(&[D, E])),
    ] {
        let mut leader = Server::leader(Start::default());
        all_accept(&mut leader, &[B]);
        for learner in [D, E] {
            leader.tell(reconfigure(Reconfiguration::AddLearner(learner)));
            all_accept(&mut leader, &[B]);
        }
        leader.tell(reconfigure(change));
        let expected = Membership { learners, ..Membership::of(voters) };
        assert_eq!(membership(&leader), expected, "{change:?}");
    }
}

#[test]
fn one_change_at_a_time_and_none_before_the_terms_first_commit() {
    let mut leader = Server::leader(Start { log: &[1, 1], term: 1, ..Start::default() });
    let seen = leader.tell(reconfigure(Reconfiguration::AddVoter(D)));
    assert_eq!(refusal(&seen), Some(ReconfigurationRefusal::NothingCommittedInTerm));
    all_accept(&mut leader, &[B]);
    assert_eq!(refusal(&leader.tell(reconfigure(Reconfiguration::AddVoter(D)))), None);
    let seen = leader.tell(reconfigure(Reconfiguration::Remove(C)));
    assert_eq!(refusal(&seen), Some(ReconfigurationRefusal::AnotherUnderWay));
}

#[test]
fn what_would_change_nothing_or_leave_nobody_is_refused() {
    for (change, because) in [
        (Reconfiguration::AddVoter(B), ReconfigurationRefusal::ChangesNothing),
        (Reconfiguration::AddLearner(B), ReconfigurationRefusal::ChangesNothing),
        (Reconfiguration::Remove(E), ReconfigurationRefusal::ChangesNothing),
        (
            Reconfiguration::Joint { voters: NodeSet::first(3), learners: NodeSet::EMPTY },
            ReconfigurationRefusal::ChangesNothing,
        ),
        (
            Reconfiguration::Joint { voters: NodeSet::EMPTY, learners: NodeSet::EMPTY },
            ReconfigurationRefusal::NoVoters,
        ),
    ] {
        let seen = settled_leader().tell(reconfigure(change));
        assert_eq!(refusal(&seen), Some(because), "{change:?}");
    }
}

#[test]
fn a_joint_configuration_needs_both_majorities_and_is_left_by_itself() {
    let mut leader = settled_leader();
    let voters = set(&[A, D, E]);
    leader.tell(reconfigure(Reconfiguration::Joint { voters, learners: NodeSet::EMPTY }));
    assert_eq!(membership(&leader).outgoing, set(&[A, B, C]));
    all_accept(&mut leader, &[D, E]);
    assert_eq!(leader.commit_index(), 1, "all of the new, one of the old three");
    all_accept(&mut leader, &[B]);
    assert_eq!(membership(&leader), Membership::of(voters), "C_new is appended at once");
    assert_eq!(leader.commit_index(), 2);
    all_accept(&mut leader, &[D]);
    assert_eq!(leader.commit_index(), 3);
}

#[test]
fn an_election_in_a_joint_configuration_needs_both_majorities() {
    let mut leader = settled_leader();
    let voters = set(&[A, D, E]);
    leader.tell(reconfigure(Reconfiguration::Joint { voters, learners: NodeSet::EMPTY }));
    leader.crash_and_restart();
    let seen = leader.wake();
    assert!([B, C, D, E].iter().all(|voter| seen.vote_asked_of(*voter)));
    let term = leader.term();
    leader.hear(D, term, granted());
    leader.hear(E, term, granted());
    assert!(!leader.is_leader());
    leader.hear(C, term, granted());
    assert!(leader.is_leader());
}

#[test]
fn a_configuration_goes_back_with_the_entry_that_is_truncated() {
    let mut old = settled_leader();
    old.tell(reconfigure(Reconfiguration::AddVoter(D)));
    assert_eq!(membership(&old).voters, set(&[A, B, C, D]));
    old.hear(B, 2, append(&[1, 2], 1, 2, 1));
    assert_eq!(old.log(), [1, 2]);
    assert_eq!(membership(&old).voters, set(&[A, B, C]));
}

#[test]
fn a_leader_that_removes_itself_leads_until_that_is_committed_and_is_not_counted() {
    let mut leader = settled_leader();
    leader.tell(reconfigure(Reconfiguration::Remove(A)));
    assert!(leader.is_leader());
    all_accept(&mut leader, &[B]);
    assert_eq!(leader.commit_index(), 1, "one of the two that remain");
    all_accept(&mut leader, &[C]);
    assert_eq!(leader.commit_index(), 2);
    assert!(!leader.is_leader());
    assert_eq!(leader.node.deadline(), None, "and never stands again");
}

#[test]
fn a_restart_finds_the_configuration_in_the_log() {
    let mut leader = settled_leader();
    leader.tell(reconfigure(Reconfiguration::AddLearner(E)));
    leader.crash_and_restart();
    assert_eq!(membership(&leader).learners, set(&[E]));
}

/// "It might still be needed until the C_new entry is committed" (dissertation, section
/// 4.2.2): only A has the entry that removes A, so only A can win.
#[test]
fn a_server_whose_removal_is_not_committed_still_stands_and_its_own_vote_does_not_count() {
    let mut leader = Server::leader(Start { of: 2, ..Start::default() });
    all_accept(&mut leader, &[B]);
    leader.tell(reconfigure(Reconfiguration::Remove(A))); // Lost on its way to B.
    leader.hear(B, 2, ask_vote(&[1])); // B's log is behind, so A can't vote for it.
    assert_eq!((leader.is_leader(), leader.node.view().voted_for()), (false, None));
    let seen = leader.wake();
    assert!(leader.is_candidate() && seen.vote_asked_of(B));
    leader.hear(B, leader.term(), granted());
    assert!(leader.is_leader(), "B alone is the majority of {{B}}");
    all_accept(&mut leader, &[B]);
    assert!(!leader.is_leader(), "now its removal is committed");
    assert_eq!(leader.node.deadline(), None);
}

// Flaws.

#[test]
fn with_its_flaw_any_change_is_made_in_one_step() {
    let settings = flawed(Flaw::JumpToNewConfiguration);
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    all_accept(&mut leader, &[B]);
    let voters = set(&[A, D, E]);
    leader.tell(reconfigure(Reconfiguration::Joint { voters, learners: NodeSet::EMPTY }));
    assert_eq!(membership(&leader), Membership::of(voters));
    all_accept(&mut leader, &[D]);
    assert_eq!(leader.commit_index(), 2, "by A and D alone");
}

#[test]
fn with_its_flaw_either_majority_of_a_joint_configuration_commits() {
    for by in [[D, E], [B, C]] {
        let settings = flawed(Flaw::JointWithEitherMajority);
        let mut leader = Server::leader(Start { settings, ..Start::default() });
        all_accept(&mut leader, &[B, C]);
        let voters = set(&[A, D, E]);
        leader.tell(reconfigure(Reconfiguration::Joint { voters, learners: NodeSet::EMPTY }));
        all_accept(&mut leader, &by[..1]);
        assert_eq!(leader.commit_index(), 2, "A and {} are a majority of one part", by[0]);
    }
}

#[test]
fn with_its_flaw_a_new_leader_changes_the_members_before_it_knows_what_is_committed() {
    let settings = flawed(Flaw::ReconfigureBeforeOwnCommit);
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    let seen = leader.tell(reconfigure(Reconfiguration::AddVoter(D)));
    assert_eq!((refusal(&seen), membership(&leader).voters), (None, set(&[A, B, C, D])));
}

#[test]
fn with_its_flaw_a_learner_is_counted_for_commits_and_rounds() {
    let settings = flawed(Flaw::CountLearners);
    let mut leader = Server::leader(Start { settings, ..Start::default() });
    all_accept(&mut leader, &[B, C]);
    leader.tell(reconfigure(Reconfiguration::AddLearner(D)));
    let seen = all_accept(&mut leader, &[D]).remove(0);
    assert_eq!(leader.commit_index(), 2);
    let holders = set(&[A, D]);
    let because = CommitCause::Counted { holders };
    let advanced = Transition::CommitAdvanced { from: Index(1), to: Index(2), because };
    assert!(seen.transitions.contains(&advanced));
}

/// Else the history would grow for as long as the server runs.
#[test]
fn a_snapshot_makes_all_but_the_last_two_configurations_that_it_covers_forgotten() {
    let mut configurations =
        super::Configurations::of((Index::ZERO, Membership::of(set(&[A]))), &Log::new());
    for index in 1..=5 {
        let payload = Payload::Configuration(Membership::of(NodeSet::first(index)));
        configurations.note(Index(index.into()), &Entry { term: Term(1), payload });
    }
    configurations.forget_before(Index(4));
    let left: Vec<u64> = configurations.history.iter().map(|(index, _)| index.0).collect();
    assert_eq!(left, [3, 4, 5]);
}
