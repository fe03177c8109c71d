//! The built-in scenarios, from the course material.

use crate::latency::Latency;
use crate::network::NetworkPlan;
use crate::scenario::Scenario;
use alloc::string::ToString;
use alloc::vec::Vec;
use raft_core::{Micros, NodeSet, Settings};

mod leader_crash;
mod lease_against_read_index;
mod split_vote;
mod two_data_centres;

/// Every built-in scenario, in the order in which the page offers them.
pub fn all() -> Vec<Scenario> {
    alloc::vec![
        leader_crash::leader_crash(),
        split_vote::fixed_timeouts(),
        split_vote::random_timeouts(),
        two_data_centres::leader_with_the_majority(),
        two_data_centres::leader_with_the_minority(),
        lease_against_read_index::by_read_index(),
        lease_against_read_index::by_lease(),
        lease_against_read_index::phantom_leader_by_lease(),
        lease_against_read_index::phantom_leader_by_read_index(),
    ]
}

/// The scenario of this name.
pub fn by_name(name: &str) -> Option<Scenario> {
    all().into_iter().find(|scenario| scenario.name == name)
}

/// Five nodes in one data centre with the paper's timeouts, true clocks and fast
/// disks; nobody asks anything and nothing breaks.
pub(crate) fn five_nodes(name: &str, title: &str, summary: &str) -> Scenario {
    Scenario {
        name: name.to_string(),
        title: title.to_string(),
        summary: summary.to_string(),
        nodes: 5,
        voters: None,
        learners: NodeSet::EMPTY,
        settings: Settings::default(),
        snapshot_every: None,
        network: NetworkPlan::of(Latency::Normal {
            mean: Micros::from_millis(5),
            deviation: Micros::from_millis(1),
        }),
        fsync: Latency::Uniform { min: Micros(400), max: Micros(1_200) },
        clocks: Vec::new(),
        clock_offsets: Vec::new(),
        clients: Vec::new(),
        client_latency: Latency::Constant(Micros(300)),
        script: Vec::new(),
        duration: Micros::from_secs(2),
        seed: None,
    }
}
