//! Disks that are slow, stall or are lost, and snapshots that take time.

use raft_core::{Index, Membership, Micros, NodeId, NodeSet, Settings, Transition};
use raft_sim::{
    ActionRefusal, ClientPlan, Happening, Key, Latency, Plan, Property, Record, Scenario,
    SnapshotWork, Timeline, Work, parse_steps,
};
use std::collections::BTreeSet;
use std::sync::Arc;

const A: NodeId = NodeId::A;
const B: NodeId = NodeId::B;

/// Five nodes, led by A since the beginning, a client that writes, and these steps.
fn scenario(steps: &str) -> Scenario {
    let scenario = raft_scenarios::by_name("two-data-centres").expect("it is built in");
    let script = parse_steps(&format!("10000:timeout:A,{steps}")).expect("they are steps");
    // With fewer nodes, too.
    Scenario { script, places: Vec::new(), ..scenario }
}

fn run(scenario: Scenario, seed: u64) -> Timeline {
    Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be")))
}

fn violations(timeline: &Timeline) -> BTreeSet<Property> {
    let properties = timeline.records().filter_map(|record| match &record.what {
        Happening::Violated(violation) => Some(violation.property),
        _ => None,
    });
    properties.collect()
}

fn happens(timeline: &Timeline, is_it: impl Fn(&Record) -> bool) -> Vec<Micros> {
    timeline.records().filter(|record| is_it(record)).map(|record| record.at).collect()
}

fn becomes_durable(timeline: &Timeline, of: NodeId) -> Vec<Micros> {
    happens(timeline, |it| matches!(it.what, Happening::WriteDurable { node, .. } if node == of))
}

const STALLED: Micros = Micros::from_millis(600);
const UNSTALLED: Micros = Micros::from_millis(1_000);

#[test]
fn while_a_disk_is_stalled_nothing_becomes_durable_and_then_what_waited_does_at_once() {
    for seed in 0..20 {
        let timeline = run(scenario("600000:stall-disk:B,1000000:unstall-disk:B"), seed);
        assert_eq!(violations(&timeline), BTreeSet::new());
        let durable = becomes_durable(&timeline, B);
        assert!(durable.iter().any(|at| *at < STALLED));
        assert!(durable.contains(&UNSTALLED), "seed {seed}");
        assert!(!durable.iter().any(|at| *at > STALLED && *at < UNSTALLED), "seed {seed}");
        assert!(becomes_durable(&timeline, A).iter().any(|at| *at > STALLED && *at < UNSTALLED));
        // B says nothing of what its disk does not have, so no majority counts on it.
        for record in timeline.records() {
            if let Happening::Node {
                node: A,
                transition: Transition::MatchAdvanced { follower: B, .. },
            } = record.what
            {
                assert!(record.at <= STALLED + Micros(20_000) || record.at > UNSTALLED);
            }
        }
    }
}

#[test]
fn a_leader_whose_disk_is_stalled_goes_on_with_the_disks_of_the_others() {
    // "The leader may even commit an entry before it has been written to its own disk"
    // (dissertation, section 10.2.1).
    for seed in 0..20 {
        let timeline = run(scenario("600000:stall-disk:leader"), seed);
        let written = happens(&timeline, |record| {
            matches!(
                record.what,
                Happening::OperationEnded { outcome: raft_sim::Outcome::Written, .. }
            )
        });
        assert!(written.iter().any(|at| *at > UNSTALLED), "seed {seed}");
        assert_eq!(violations(&timeline), BTreeSet::new());
        assert_eq!(timeline.world_after(timeline.events()).leader(), Some(A));
    }
}

#[test]
fn a_crash_loses_what_a_stalled_disk_has_not_written_and_the_stall_goes_on() {
    let steps = "600000:stall-disk:B,900000:crash:B,1100000:restart:B,2000000:unstall-disk:B";
    for seed in 0..20 {
        let timeline = run(scenario(steps), seed);
        assert_eq!(violations(&timeline), BTreeSet::new());
        let crash = timeline.records().find_map(|record| match record.what {
            Happening::Crashed { node: B, writes_lost } => Some(writes_lost),
            _ => None,
        });
        assert!(crash.is_some_and(|lost| lost > 0), "seed {seed}");
        let durable = becomes_durable(&timeline, B);
        let end = Micros::from_millis(2_000);
        assert!(!durable.iter().any(|at| *at > STALLED && *at < end), "seed {seed}");
        assert!(durable.contains(&end), "seed {seed}");
    }
}

#[test]
fn a_disk_of_its_own_has_its_own_latency() {
    let slow = Latency::Constant(Micros::from_millis(40));
    let timeline = run(Scenario { fsyncs: vec![(B, slow)], ..scenario("") }, 1);
    let spans = |of: NodeId| {
        let (mut spans, mut asked): (Vec<Micros>, Option<Micros>) = (Vec::new(), None);
        for record in timeline.records() {
            match record.what {
                Happening::WriteAsked { node, .. } if node == of => {
                    asked = asked.or(Some(record.at));
                }
                Happening::WriteDurable { node, .. } if node == of => {
                    spans.extend(asked.take().map(|asked| record.at - asked));
                }
                _ => {}
            }
        }
        spans
    };
    assert!(spans(B).contains(&Micros::from_millis(40)));
    assert!(spans(A).iter().all(|span| *span <= Micros(2_400)));
    let errors = Plan::new(
        Scenario { fsyncs: vec![(NodeId::new(7).expect("a letter"), slow)], ..scenario("") },
        1,
        Vec::new(),
    );
    assert!(
        errors.expect_err("no such node")[0]
            .to_string()
            .starts_with("disks.of[0].node: there is no")
    );
}

#[test]
fn what_a_disk_can_not_do_is_refused_with_the_reason() {
    let steps = "400000:unstall-disk:B,500000:stall-disk:B,600000:stall-disk:B";
    let timeline = run(scenario(steps), 1);
    let refused: Vec<(String, ActionRefusal)> = timeline
        .records()
        .filter_map(|record| match &record.what {
            Happening::ActionRefused { action, because } => Some((action.to_string(), *because)),
            _ => None,
        })
        .collect();
    let expected = [
        ("unstall-disk:B".to_owned(), ActionRefusal::IsNotStalled),
        ("stall-disk:B".to_owned(), ActionRefusal::IsStalled),
    ];
    assert_eq!(refused, expected);
}

#[test]
fn a_lost_disk_leaves_an_empty_node_of_the_same_name_that_is_down() {
    let timeline = run(scenario("1000000:lose-disk:B,1400000:restart:B,2000000:transfer:C"), 2);
    let lost = timeline.records().find_map(|record| match record.what {
        Happening::DiskLost { node: B, last_index, term } => Some((record.event, last_index, term)),
        _ => None,
    });
    let (event, last_index, term) = lost.expect("it is lost");
    assert!(last_index > Index(2) && term.0 > 0);
    let world = timeline.world_after(event);
    let host = world.host(B).expect("it is there");
    assert!(host.node().is_none() && host.disk().durable().log.last_index() == Index::ZERO);
    assert_eq!(host.disk().durable().hard_state.voted_for, None);
    // One disk of five: the others have everything. But a leader takes no answer for a
    // setback that says less than one before, so B gets it from the next leader only.
    assert_eq!(violations(&timeline), BTreeSet::new());
    let last_index = |event, id| {
        let world = timeline.world_after(event);
        let node = world.host(id).and_then(|host| host.node()).expect("it is up");
        node.view().log().last_index()
    };
    let before_transfer = timeline.events_by(Micros::from_millis(1_999));
    assert_eq!(last_index(before_transfer, B), Index::ZERO);
    let end = timeline.events();
    assert!(last_index(end, B) > Index(2) && last_index(end, B).0 + 3 > last_index(end, A).0);
}

/// Three nodes with quick links and true clocks; nothing happens by itself for a second.
fn three_nodes(steps: &str) -> Scenario {
    let timeout = Micros::from_secs(1);
    Scenario {
        nodes: 3,
        settings: Settings {
            election_timeout_min: timeout,
            election_timeout_max: timeout.scaled(2, 1),
            heartbeat_interval: Micros::from_millis(100),
            ..Settings::default()
        },
        network: raft_sim::NetworkPlan::of(Latency::Constant(Micros(2_000))),
        fsync: Latency::Constant(Micros(200)),
        clients: Vec::new(),
        expectations: Vec::new(),
        duration: Micros::from_millis(900),
        ..scenario(steps)
    }
}

/// Raft doesn't survive that a server forgets what it has promised, and need not: it is why
/// a server whose disk is lost must come back as a new member.
#[test]
fn a_server_that_forgets_its_vote_and_its_log_breaks_what_raft_promises() {
    for seed in 0..10 {
        // B votes for A, loses its disk, and votes for C in the same term.
        let twice = "5000:isolate:C,20000:lose-disk:B,20000:heal,20000:isolate:A,21000:restart:B,\
                     22000:timeout:C";
        let found = violations(&run(three_nodes(twice), seed));
        assert!(found.contains(&Property::ElectionSafety), "seed {seed}: {found:?}");
        // A and B have what is committed; B loses it, and elects C, which never had it.
        let lost = "30000:isolate:C,100000:write:A,200000:lose-disk:B,210000:heal,\
                    210000:isolate:A,220000:restart:B,230000:timeout:C,400000:timeout:C";
        let found = violations(&run(three_nodes(lost), seed));
        assert!(found.contains(&Property::LeaderCompleteness), "seed {seed}: {found:?}");
        assert!(found.contains(&Property::Durability), "seed {seed}: {found:?}");
        // A crash at the same moments does no harm.
        for steps in [twice, lost] {
            let found = violations(&run(three_nodes(&steps.replace("lose-disk", "crash")), seed));
            assert_eq!(found, BTreeSet::new(), "seed {seed}");
        }
    }
}

#[test]
fn a_server_whose_disk_is_lost_is_safe_to_add_once_it_was_removed() {
    let steps = "30000:isolate:C,100000:write:A,200000:lose-disk:B,210000:heal,300000:remove:B,\
                 400000:restart:B,450000:add-voter:B,600000:isolate:A,610000:timeout:C,\
                 700000:timeout:C";
    for seed in 0..10 {
        let timeline = run(three_nodes(steps), seed);
        assert_eq!(violations(&timeline), BTreeSet::new(), "seed {seed}");
        let end = timeline.world_after(timeline.events());
        assert_eq!(end.membership(), Membership::of(NodeSet::first(3)), "seed {seed}");
    }
}

/// A writer, and snapshots of four entries each that take 400 ms: longer than a timeout.
fn with_snapshots(blocks: bool) -> Scenario {
    let work = SnapshotWork {
        blocks,
        latency: Latency::Constant(Micros::from_millis(380)),
        per_entry: Micros::from_millis(5),
    };
    let duration = Micros::from_secs(4);
    let writer = ClientPlan {
        work: Work::Write,
        key: Key(0),
        starts_at: Micros::from_millis(500),
        stops_at: duration,
        rest: Micros::from_millis(20),
        patience: Micros::from_millis(300),
        stuck_to: None,
        keeps_session: true,
        tries_again: true,
    };
    Scenario {
        snapshot_work: Some(work),
        clients: vec![writer],
        duration,
        script: parse_steps("10000:timeout:A,1000000:snapshot:A").expect("steps"),
        ..scenario("")
    }
}

#[test]
fn a_snapshot_that_blocks_stops_the_heartbeats_and_one_beside_the_process_does_not() {
    for seed in 0..20 {
        for blocks in [true, false] {
            let timeline = run(with_snapshots(blocks), seed);
            assert_eq!(violations(&timeline), BTreeSet::new(), "seed {seed}");
            let begun = timeline.records().find_map(|record| match record.what {
                Happening::SnapshotBegun { node: A, index, .. } => Some((record.at, index)),
                _ => None,
            });
            let (begun, index) = begun.expect("it begins");
            let done =
                happens(&timeline, |it| matches!(it.what, Happening::SnapshotDone { node: A, .. }));
            assert_eq!(done[0], begun + Micros::from_millis(380 + 5 * index.0), "seed {seed}");
            let sent = happens(
                &timeline,
                |record| matches!(&record.what, Happening::Sent { envelope, .. } if envelope.from == A),
            );
            let meanwhile = sent.iter().any(|at| *at > begun && *at < done[0]);
            let deposed = happens(&timeline, |record| {
                matches!(
                    record.what,
                    Happening::Node { node: A, transition: Transition::SteppedDown { .. } }
                )
            });
            assert_eq!((meanwhile, deposed.is_empty()), (!blocks, !blocks), "seed {seed}");
            let taken = timeline.records().find_map(|record| match &record.what {
                Happening::Node { node: A, transition: Transition::SnapshotTaken { end, .. } } => {
                    Some((record.at, end.index))
                }
                _ => None,
            });
            assert_eq!(taken, Some((done[0], index)), "as it was when it began (seed {seed})");
        }
    }
}

#[test]
fn a_process_that_is_paused_while_it_takes_a_snapshot_ends_it_when_it_goes_on() {
    let steps = "10000:timeout:A,1000000:snapshot:B,1100000:snapshot:B,1200000:pause:B,\
                 1900000:resume:B";
    for (seed, blocks) in (0..10).flat_map(|seed| [(seed, true), (seed, false)]) {
        let script = parse_steps(steps).expect("they are steps");
        let timeline = run(Scenario { script, ..with_snapshots(blocks) }, seed);
        assert_eq!(violations(&timeline), BTreeSet::new());
        let done =
            happens(&timeline, |it| matches!(it.what, Happening::SnapshotDone { node: B, .. }));
        assert_eq!(done, [Micros::from_millis(1_900)], "seed {seed}");
        let twice = happens(&timeline, |record| {
            matches!(
                record.what,
                Happening::ActionRefused { because: ActionRefusal::IsTakingSnapshot, .. }
            )
        });
        assert_eq!(twice, [Micros::from_millis(1_100)]);
        let end = timeline.world_after(timeline.events());
        assert!(end.network().flights().all(|(_, flight)| !flight.is_waiting));
        let applied =
            |id| end.host(id).and_then(|it| it.node()).expect("up").view().applied_index();
        assert!(applied(B).0 + 3 > applied(A).0, "it has caught up (seed {seed})");
    }
}

#[test]
fn a_crash_ends_a_snapshot_that_is_not_done() {
    let steps = "10000:timeout:A,1000000:snapshot:B,1200000:crash:B,1300000:restart:B";
    for blocks in [true, false] {
        let script = parse_steps(steps).expect("they are steps");
        let timeline = run(Scenario { script, ..with_snapshots(blocks) }, 3);
        let done =
            happens(&timeline, |it| matches!(it.what, Happening::SnapshotDone { node: B, .. }));
        assert_eq!(done, []);
        assert_eq!(violations(&timeline), BTreeSet::new());
        let end = timeline.world_after(timeline.events());
        assert!(end.host(B).expect("it is there").snapshot_under_way().is_none());
    }
}
