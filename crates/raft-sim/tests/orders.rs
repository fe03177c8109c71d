//! What an operator orders: leadership handed over, members changed, snapshots taken,
//! clocks set. What comes of it shows in the record and in the world at the end.

use raft_core::{IgnoreCause, Index, Membership, Micros, NodeId, NodeSet, RoleView, Transition};
use raft_sim::{Action, ActionRefusal, Happening, Plan, Scenario, Timeline, World, parse_steps};
use std::sync::Arc;

/// Three voters of five nodes, led by A since the beginning, a client that writes, and
/// these orders.
fn run(orders: &str, seed: u64) -> Timeline {
    run_with_snapshots(orders, seed, None)
}

fn run_with_snapshots(orders: &str, seed: u64, snapshot_every: Option<u64>) -> Timeline {
    let scenario = raft_scenarios::by_name("two-data-centres").expect("it is built in");
    let scenario = Scenario {
        voters: Some(NodeSet::first(3)),
        snapshot_every,
        script: parse_steps(&format!("10000:timeout:A,{orders}")).expect("they are steps"),
        ..scenario
    };
    Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be")))
}

fn end_of(timeline: &Timeline) -> World {
    timeline.world_after(timeline.events())
}

fn has(timeline: &Timeline, is_it: impl Fn(&Happening) -> bool) -> bool {
    timeline.records().any(|record| is_it(&record.what))
}

fn assert_nothing_violated(timeline: &Timeline) {
    assert!(!has(timeline, |what| matches!(what, Happening::Violated(_))));
}

/// The configuration that a node goes by.
fn members_at(world: &World, node: NodeId) -> Membership {
    *world.host(node).and_then(|host| host.node()).expect("it is up").view().membership()
}

#[test]
fn a_spare_node_runs_and_waits_to_be_added() {
    for seed in 0..20 {
        let timeline = run("", seed);
        assert!(!has(&timeline, |what| match what {
            Happening::Sent { envelope, .. } => envelope.from == NodeId::D,
            Happening::Node { node, transition: Transition::BecameCandidate { .. } } =>
                *node == NodeId::D,
            _ => false,
        }));
        let world = end_of(&timeline);
        let spare = world.host(NodeId::D).and_then(|host| host.node()).expect("it runs").view();
        assert_eq!(spare.log().last_index(), Index::ZERO);
        assert_eq!(spare.membership(), &Membership::of(NodeSet::first(3)));
    }
}

#[test]
fn a_learner_is_added_and_becomes_a_voter() {
    for seed in 0..20 {
        let timeline = run("400000:add-learner:D,900000:add-voter:D", seed);
        assert_nothing_violated(&timeline);
        let between = timeline.world_after(timeline.events_by(Micros::from_millis(890)));
        assert_eq!(between.membership().learners, NodeSet::only(NodeId::D));
        let world = end_of(&timeline);
        assert_eq!(world.membership(), Membership::of(NodeSet::first(4)));
        assert_eq!(members_at(&world, NodeId::D), Membership::of(NodeSet::first(4)));
    }
}

#[test]
fn the_members_are_exchanged_by_way_of_a_joint_configuration() {
    for seed in 0..20 {
        let timeline = run("400000:joint:ADE-B", seed);
        assert_nothing_violated(&timeline);
        assert!(has(&timeline, |what| matches!(
            what,
            Happening::Node { transition: Transition::ConfigurationAdopted { membership, .. }, .. }
                if membership.is_joint()
        )));
        let voters = NodeSet::only(NodeId::A).with(NodeId::D).with(NodeId::E);
        let after = Membership { learners: NodeSet::only(NodeId::B), ..Membership::of(voters) };
        assert_eq!(end_of(&timeline).membership(), after);
    }
}

#[test]
fn a_leader_that_is_removed_leaves_its_office_to_another() {
    for seed in 0..20 {
        let timeline = run("400000:remove:A", seed);
        assert_nothing_violated(&timeline);
        let world = end_of(&timeline);
        let leader = world.leader().expect("B or C leads");
        assert!(leader == NodeId::B || leader == NodeId::C);
        let voters = NodeSet::only(NodeId::B).with(NodeId::C);
        assert_eq!(world.membership(), Membership::of(voters));
    }
}

#[test]
fn leadership_is_handed_over_to_whom_it_is_ordered() {
    for seed in 0..20 {
        let timeline = run("400000:transfer:C", seed);
        assert_nothing_violated(&timeline);
        assert!(has(&timeline, |what| matches!(
            what,
            Happening::TransferOrdered { node: NodeId::A, to: NodeId::C }
        )));
        assert_eq!(end_of(&timeline).leader(), Some(NodeId::C));
    }
}

/// Where a node's log begins, and what its snapshot covers.
fn kept(world: &World, node: NodeId) -> (Index, Index) {
    let view = world.host(node).and_then(|host| host.node()).expect("it is up").view();
    let covered = view.snapshot().map_or(Index::ZERO, |snapshot| snapshot.end.index);
    (view.log().first_index(), covered)
}

#[test]
fn a_snapshot_takes_the_place_of_the_log_also_where_a_server_is_added() {
    for seed in 0..20 {
        let timeline = run("1000000:snapshot:A,1100000:add-learner:D", seed);
        assert_nothing_violated(&timeline);
        let world = end_of(&timeline);
        let (first, covered) = kept(&world, NodeId::A);
        assert!(covered > Index(3) && first == covered.next(), "{first} {covered}");
        assert_eq!(kept(&world, NodeId::B), (Index(1), Index::ZERO), "only A was told");
        assert_eq!(kept(&world, NodeId::D), (first, covered), "what D lacked was gone from A's");
        let machine = |node| world.host(node).and_then(|host| host.state_machine());
        assert_eq!(machine(NodeId::D), machine(NodeId::A));
    }
}

#[test]
fn snapshots_are_taken_as_often_as_the_scenario_says() {
    let timeline = run_with_snapshots("2000000:crash:B,2100000:restart:B", 5, Some(4));
    assert_nothing_violated(&timeline);
    assert!(has(&timeline, |what| matches!(what, Happening::Restored { node: NodeId::B, .. })));
    for record in timeline.records() {
        let Happening::Node { node, transition: Transition::SnapshotTaken { end, .. } } =
            record.what
        else {
            continue;
        };
        let before = timeline.world_after(record.event - 1);
        // Not before four more are applied; several may be at once.
        assert!(end.index.0 >= kept(&before, node).1.0 + 4);
    }
    let world = end_of(&timeline);
    for node in NodeSet::first(3).iter() {
        let view = world.host(node).and_then(|host| host.node()).expect("it is up").view();
        let (_, covered) = kept(&world, node);
        assert!(covered.0 >= 4 && view.applied_index().0 - covered.0 < 4);
    }
}

#[test]
fn a_node_that_is_down_takes_no_snapshot() {
    let timeline = run("400000:crash:B,500000:snapshot:B", 1);
    assert!(has(&timeline, |what| matches!(
        what,
        Happening::ActionRefused { action: Action::Snapshot(_), because: ActionRefusal::IsDown }
    )));
}

#[test]
fn an_order_that_nobody_can_take_is_refused_with_the_reason() {
    // Nobody leads yet.
    let timeline = run("11000:transfer:B,11000:remove:B,400000:transfer:D", 1);
    let refused = timeline.records().filter(|record| {
        record.at == Micros(11_000)
            && matches!(
                record.what,
                Happening::ActionRefused {
                    action: Action::Transfer(_) | Action::Reconfigure(_),
                    because: ActionRefusal::NoLeader,
                }
            )
    });
    assert_eq!(refused.count(), 2);
    // A spare node can't be handed the office: that is for the leader to say.
    assert!(timeline.records().any(|record| {
        record.at == Micros(400_000)
            && matches!(
                record.what,
                Happening::Node {
                    node: NodeId::A,
                    transition: Transition::Ignored { because: IgnoreCause::NotAMember, .. },
                }
            )
    }));
}

#[test]
fn a_follower_whose_clock_jumps_ahead_stands_at_once() {
    let timeline = run("400000:step:B:+1000000", 3);
    let jumped = timeline.world_after(timeline.events_by(Micros(400_000)));
    let clock = jumped.host(NodeId::B).expect("it is there").clock();
    assert_eq!(clock.shows_at(Micros(400_000)), Micros(1_400_000));
    let view = |world: &World| {
        let node = world.host(NodeId::B).and_then(|host| host.node()).expect("it is up");
        matches!(node.view().role(), RoleView::Candidate { .. })
    };
    let after = timeline.world_after(timeline.events_by(Micros(400_000)) + 1);
    assert!(view(&after), "its timeout has run out, by its own clock");
    assert_nothing_violated(&timeline);
}
