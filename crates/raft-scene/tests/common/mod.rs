//! Runs for the tests of this crate.

#![allow(clippy::unwrap_used, reason = "a test may")]
#![allow(dead_code, reason = "each test file uses its own part of it")]

use raft_core::{Micros, NodeId, NodeSet};
use raft_sim::{Action, Plan, Scenario, Step, Timeline};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// Compares a figure with the one in the repository. After a change that is meant:
/// `BLESS=1 cargo test -p raft-scene`, then look at the difference, and at the pictures.
#[track_caller]
pub(crate) fn hold(name: &str, painted: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, painted).unwrap();
    }
    let golden = fs::read_to_string(&file).unwrap_or_default();
    let differs = golden.lines().zip(painted.lines()).find(|(one, other)| one != other);
    assert!(
        golden == painted,
        "{name} is painted differently (BLESS=1 if that is meant), first here: {differs:?}"
    );
}

/// A built-in scenario with a seed, simulated to its end.
pub(crate) fn timeline(name: &str, seed: u64) -> Timeline {
    let scenario = raft_scenarios::by_name(name).unwrap();
    Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).unwrap()))
}

/// The names of all built-in scenarios.
pub(crate) fn names() -> Vec<String> {
    raft_scenarios::all().into_iter().map(|scenario| scenario.name).collect()
}

/// A short run of some nodes and clients to which something is done at 300 ms.
pub(crate) fn short_run(nodes: u8, seed: u64, clients: usize, actions: Vec<Action>) -> Timeline {
    let scenario = raft_scenarios::by_name("leader-crash").unwrap();
    let mut client = scenario.clients[0];
    client.starts_at = Micros::from_millis(180);
    client.rest = Micros::from_millis(20);
    let scenario = Scenario {
        nodes,
        clients: vec![client; clients],
        script: Vec::new(),
        expectations: Vec::new(),
        duration: Micros::from_millis(600),
        ..scenario
    };
    let at = Micros::from_millis(300);
    let steps = actions.into_iter().map(|action| Step { at, action }).collect();
    Timeline::new(Arc::new(Plan::new(scenario, seed, steps).unwrap()))
}

/// Groups by a number for each node.
pub(crate) fn groups(nodes: u8, colors: &[u8]) -> Vec<NodeSet> {
    let mut groups = vec![NodeSet::EMPTY; 4];
    for (id, color) in NodeSet::first(nodes).iter().zip(colors) {
        let group = &mut groups[usize::from(*color % 4)];
        *group = group.with(id);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The node of a number, wrapped around.
pub(crate) fn node(number: u8, nodes: u8) -> NodeId {
    NodeId::new(number % nodes).unwrap()
}
