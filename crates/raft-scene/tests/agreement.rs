//! What is drawn agrees with the world, at every event of every built-in scenario.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use raft_core::{RoleView, View};
use raft_scene::{NodeRole, RingKind, StageView, TimelineIndex, Vote, motion, stage};
use raft_sim::Host;

fn view_of(host: &Host) -> Option<View<'_>> {
    host.node().map(|node| node.view())
}

#[test]
fn roles_rings_votes_and_logs_are_the_worlds() {
    let view = StageView::of_size(790.0, 470.0);
    for name in common::names() {
        let timeline = common::timeline(&name, 7);
        let index = TimelineIndex::new(&timeline);
        let mut world = timeline.world_after(0);
        for event in (0..=timeline.events()).step_by(3) {
            timeline.seek(&mut world, event);
            let at = timeline.time_of(event).unwrap();
            let stage = stage(&world, at, &view);
            let moving = motion(&world, at, &stage, &[]);
            for (host, mark) in world.hosts().iter().zip(&stage.nodes) {
                assert_eq!(host.id(), mark.id);
                let expected = match view_of(host).map(|view| view.role()) {
                    None => NodeRole::Crashed,
                    Some(RoleView::Follower { .. }) => NodeRole::Follower,
                    Some(RoleView::PreCandidate { .. }) => NodeRole::PreCandidate,
                    Some(RoleView::Candidate { .. }) => NodeRole::Candidate,
                    Some(RoleView::Leader(_)) if world.is_stale_leader(host.id()) => {
                        NodeRole::StaleLeader
                    }
                    Some(RoleView::Leader(_)) => NodeRole::Leader,
                };
                assert_eq!(mark.role, expected, "{name}, event {event}, {}", mark.name);
                // The index knows roles by time: compare where the next event is later.
                if event > 0 && timeline.time_of(event + 1).is_none_or(|next| next > at) {
                    let lane = index.role_at(host.id(), at).unwrap();
                    let is_leader = lane == NodeRole::Leader && expected == NodeRole::StaleLeader;
                    assert!(lane == expected || is_leader, "{name} {event} {lane:?} {expected:?}");
                }
                // A ring is around whoever waits for something: to lead on, or to stand.
                let waits = view_of(host).is_some_and(|view| view.is_leader() || view.may_stand());
                assert_eq!(mark.ring != RingKind::None, waits);
                if !waits {
                    assert_eq!(moving.fractions.get(usize::from(host.id().number())), Some(&0.0));
                }
                let Some(view) = view_of(host) else { continue };
                assert_eq!(mark.term, view.term());
                let votes = match view.role() {
                    RoleView::Candidate { granted, refused }
                    | RoleView::PreCandidate { granted, refused } => Some((granted, refused)),
                    _ => None,
                };
                assert_eq!(mark.pips.is_empty(), votes.is_none());
                for pip in &mark.pips {
                    let (granted, refused) = votes.unwrap();
                    assert_eq!(pip.vote == Vote::Granted, granted.contains(pip.voter));
                    assert_eq!(pip.vote == Vote::Refused, refused.contains(pip.voter));
                }
                let log = view.log();
                assert_eq!(mark.log.hidden + mark.log.cells.len() as u64, log.last_index().0);
                assert_eq!(mark.log.more.is_some(), mark.log.hidden > 0);
                for cell in &mark.log.cells {
                    assert_eq!(Some(cell.term), log.term_at(cell.index));
                    assert_eq!(cell.is_committed, cell.index <= view.commit_index());
                    assert_eq!(cell.is_durable, cell.index <= view.durable_index());
                }
            }
        }
    }
}

#[test]
fn the_read_of_the_phantom_leader_is_marked_stale() {
    let timeline = common::timeline("phantom-leader-lease", 42);
    let index = TimelineIndex::new(&timeline);
    let stale = *index.stale().first().expect("this scenario has a stale read");
    let event = timeline.next_of(raft_sim::Landmark::Violation, 0).unwrap();
    let world = timeline.world_after(event);
    let stage = stage(&world, world.now(), &StageView::of_size(790.0, 470.0));
    let client = stage.clients.iter().find(|client| client.is_stale).unwrap();
    assert_eq!(client.operation, Some(stale));
    assert!(client.line.text.ends_with("STALE"));
    assert!(stage.nodes.iter().any(|node| node.role == NodeRole::StaleLeader));
    let by_read_index = common::timeline("phantom-leader-read-index", 42);
    assert!(TimelineIndex::new(&by_read_index).stale().is_empty());
}
