//! Runs in which every node takes snapshots, one is down meanwhile and gets one.

use super::*;
use crate::action::parse_steps;
use crate::monitor::Property;
use crate::scenario::Scenario;
use crate::testing::built_in;
use alloc::collections::BTreeSet;
use alloc::string::String;
use raft_core::{Change, MessageKind, Transition};

/// Five nodes and clients that write and read; so much may be kept, so large are chunks.
fn plan(script: &str, kept: u64, chunk_bytes: u32, seed: u64) -> Arc<Plan> {
    let mut scenario = built_in("two-data-centres");
    scenario.settings.entries_kept_after_snapshot = kept;
    scenario.settings.snapshot_chunk_bytes = chunk_bytes;
    let script = parse_steps(script).expect("they are steps");
    let scenario = Scenario { script, duration: Micros::from_millis(4_000), ..scenario };
    Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be"))
}

/// Runs it to its end; after every so many events some node takes a snapshot.
fn run(plan: Arc<Plan>, every: u64) -> (World, Vec<Record>) {
    let mut world = World::new(plan);
    let mut records = Vec::new();
    while world.step(&mut records) {
        if world.events().is_multiple_of(every) {
            let number = world.events() / every % world.hosts().len() as u64;
            world.take_snapshot(NodeId::new(number as u8).expect("it is a node's"));
        }
    }
    (world, records)
}

fn violations(records: &[Record]) -> Vec<String> {
    let violations = records.iter().filter_map(|record| match &record.what {
        Happening::Violated(violation) => Some(alloc::format!("{violation}")),
        _ => None,
    });
    violations.collect()
}

fn count(records: &[Record], is_it: impl Fn(&Happening) -> bool) -> usize {
    records.iter().filter(|record| is_it(&record.what)).count()
}

#[test]
fn whoever_goes_by_a_snapshot_has_the_state_that_the_others_have() {
    let script = "600000:crash:C,2000000:restart:C,2200000:crash:D,2600000:restart:D,\
                  2700000:crash:E,2710000:restart:E";
    let mut chunks = 0;
    for seed in 0..6 {
        let (world, records) = run(plan(script, seed % 3, 7, seed), 40);
        assert_eq!(violations(&records), Vec::<String>::new(), "seed {seed}");
        let of_leader = |what: &Happening| {
            matches!(
                what,
                Happening::WriteAsked {
                    node: NodeId::C,
                    change: Change::Snapshot { keeps_later_entries: false, .. },
                    ..
                }
            )
        };
        assert!(count(&records, of_leader) > 0, "C gets a snapshot (seed {seed})");
        let of_own = |what: &Happening| matches!(what, Happening::Restored { node: NodeId::E, .. });
        assert!(count(&records, of_own) > 0, "E begins with its own (seed {seed})");
        chunks += count(&records, |what| match what {
            Happening::Sent { envelope, .. } => {
                envelope.body.kind() == MessageKind::InstallSnapshot
            }
            _ => false,
        });
        // At the end all that have applied as much have the same state, sessions and all.
        let leader = world.leader().expect("somebody leads");
        let state = |id: NodeId| {
            let host = world.host(id).expect("it is there");
            let applied = host.node().expect("it is up").view().applied_index();
            (applied, host.state_machine().expect("it is up").clone())
        };
        let (applied, machine) = state(leader);
        assert!(applied > Index(5), "the clients wrote (seed {seed})");
        for id in [NodeId::C, NodeId::D, NodeId::E] {
            let (its_applied, its_machine) = state(id);
            assert!(its_applied.0 + 2 >= applied.0, "{id} has caught up (seed {seed})");
            assert!(its_applied != applied || its_machine == machine, "{id} (seed {seed})");
        }
        for property in Property::ALL {
            assert!(world.monitors().standing(property).checks > 0);
        }
    }
    assert!(chunks > 20, "one at a time: {chunks}");
}

#[test]
fn a_leader_elected_after_snapshots_is_looked_at_with_its_whole_log() {
    // C is down, gets a snapshot, and is elected; D begins with its own, and is. Neither
    // must seem to lack what its snapshot covers.
    let script = "600000:crash:C,1500000:restart:C,2500000:timeout:C,\
                  3000000:crash:D,3001000:restart:D,3500000:timeout:D";
    let mut elected = BTreeSet::new();
    for seed in 0..6 {
        let (_, records) = run(plan(script, 0, 1 << 16, seed), 25);
        assert_eq!(violations(&records), Vec::<String>::new(), "seed {seed}");
        elected.extend(records.iter().filter_map(|record| match record.what {
            Happening::Node { node, transition: Transition::BecameLeader { term, .. } }
                if term > Term(2) =>
            {
                Some(node)
            }
            _ => None,
        }));
    }
    assert!([NodeId::C, NodeId::D].iter().all(|id| elected.contains(id)), "{elected:?}");
}
