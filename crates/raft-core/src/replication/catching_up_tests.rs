//! A leader and a follower with any log, until the logs are the same (section 5.3).

use super::*;
use crate::message::Envelope;
use crate::node::Input;
use crate::settings::Settings;
use crate::testing::*;
use proptest::prelude::*;

/// Figure 7: "When the leader at the top comes to power, it is possible that any of
/// scenarios (a-f) could occur in follower logs."
#[test]
fn a_leader_of_term_8_repairs_each_log_of_figure_7() {
    //              index   1  2  3  4  5  6  7  8  9 10 11 12
    let leader_log = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
    for (name, follower_log, most_refusals) in [
        ("a", &[1, 1, 1, 4, 4, 5, 5, 6, 6][..], 1),
        ("b", &[1, 1, 1, 4], 1),
        ("c", &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6], 0),
        ("d", &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7], 0),
        ("e", &[1, 1, 1, 4, 4, 4, 4], 1),
        ("f", &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3], 1),
    ] {
        let start = Start { of: 2, term: 7, ..Start::default() };
        let mut leader = Server::start(Start { log: &leader_log, ..start });
        let mut follower = Server::start(Start { id: B, log: follower_log, ..start });
        let mut refusals = 0;
        let mut under_way = leader.win().sent;
        while let Some(message) = under_way.pop() {
            let to = if message.to == A { &mut leader } else { &mut follower };
            let seen = to.tell(Input::Receive(message));
            let is_refusal = |seen: &&Transition| matches!(seen, Transition::EntriesRefused { .. });
            refusals += seen.transitions.iter().filter(is_refusal).count();
            under_way.extend(seen.sent);
        }
        let repaired = [&leader_log[..], &[8]].concat();
        assert_eq!(follower.log(), repaired, "({name})");
        assert_eq!(follower.disk.log, log(&repaired), "({name})");
        assert_eq!(leader.commit_index(), 11, "({name})");
        assert_eq!(refusals, most_refusals, "({name}): a round trip a term, not an entry");
    }
}

proptest! {
    /// Whatever is lost, doubled or late between a leader and a follower with any log:
    /// progress never goes back, and once messages arrive the logs are the same within
    /// a few heartbeats.
    #[test]
    fn replication_is_never_stuck_and_progress_never_goes_back(
        follower_log in prop::collection::vec(1u64..4, 0..12),
        leader_log in prop::collection::vec(1u64..4, 0..12),
        most in 1u32..4,
        in_flight in 1u32..4,
        fates in prop::collection::vec((0u8..8, any::<prop::sample::Index>()), 0..120),
    ) {
        let (mut follower_log, mut leader_log) = (follower_log, leader_log);
        follower_log.sort_unstable();
        leader_log.sort_unstable();
        // As in Raft, the same term at the same place means the same log up to it.
        let parts_at = follower_log.iter().zip(&leader_log).take_while(|(a, b)| a == b).count();
        prop_assume!(follower_log.iter().zip(&leader_log).skip(parts_at).all(|(a, b)| a != b));
        let settings = Settings { max_entries_per_message: most, in_flight_messages_max: in_flight, ..Settings::default() };
        let start = Start { of: 2, term: 3, settings, ..Start::default() };
        let mut leader = Server::start(Start { log: &leader_log, ..start });
        let mut follower = Server::start(Start { id: B, log: &follower_log, ..start });
        let mut under_way: Vec<Envelope> = leader.win().sent;
        let mut matched = Index::ZERO;
        let step = |leader: &mut Server, follower: &mut Server, fate: u8, which: usize,
                        under_way: &mut Vec<Envelope>| {
            follower.now = leader.now;
            match fate {
                0 => under_way.extend(leader.tell(propose()).sent),
                1 => under_way.extend(leader.wake().sent),
                2 if !under_way.is_empty() => drop(under_way.remove(which % under_way.len())),
                3 if !under_way.is_empty() => {
                    under_way.push(under_way[which % under_way.len()].clone());
                }
                4 => follower.disk_is_slow = true,
                5 => {
                    follower.disk_is_slow = false;
                    under_way.extend(follower.finish_writes().sent);
                }
                _ if !under_way.is_empty() => {
                    let message = under_way.remove(which % under_way.len());
                    let to = if message.to == A { leader } else { follower };
                    under_way.extend(to.tell(Input::Receive(message)).sent);
                }
                _ => {}
            }
        };
        let check = |leader: &Server, matched: &mut Index| {
            let progress = leader.progress(B);
            assert!(progress.match_index >= *matched, "the match went back");
            assert!(progress.next_index > progress.match_index);
            assert!(progress.next_index <= leader.node.view().log().last_index().next());
            *matched = progress.match_index;
        };
        for (fate, which) in fates {
            step(&mut leader, &mut follower, fate, which.index(1 << 16), &mut under_way);
            check(&leader, &mut matched);
        }
        // Now nothing is lost any more.
        follower.disk_is_slow = false;
        under_way.extend(follower.finish_writes().sent);
        for _ in 0..4 {
            under_way.extend(leader.wake().sent);
            while !under_way.is_empty() {
                step(&mut leader, &mut follower, 7, 0, &mut under_way);
                check(&leader, &mut matched);
            }
        }
        prop_assert_eq!(leader.log(), follower.log());
        prop_assert_eq!(leader.commit_index(), leader.log().len() as u64);
        prop_assert_eq!(follower.commit_index(), leader.commit_index());
    }
}
