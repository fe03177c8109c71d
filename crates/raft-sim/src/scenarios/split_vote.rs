//! Five nodes whose timeouts are all the same, and five whose are not.

use super::five_nodes;
use crate::latency::Latency;
use crate::network::NetworkPlan;
use crate::scenario::Scenario;
use raft_core::{Micros, Settings};

/// Every message takes the same time, so nothing but the timeouts can tell the
/// nodes apart.
fn alike(name: &str, title: &str, summary: &str, settings: Settings) -> Scenario {
    Scenario {
        settings,
        network: NetworkPlan::of(Latency::Constant(Micros::from_millis(5))),
        fsync: Latency::Constant(Micros(800)),
        duration: Micros::from_millis(2_000),
        ..five_nodes(name, title, summary)
    }
}

pub(super) fn fixed_timeouts() -> Scenario {
    let timeout = Micros::from_millis(200);
    alike(
        "split-vote-fixed",
        "Split vote: a fixed timeout of 200 ms",
        "All five time out at the same moment, each votes for itself, and nobody has a majority. \
         With nothing to tell them apart, the same happens term after term.",
        Settings {
            election_timeout_min: timeout,
            election_timeout_max: timeout,
            ..Settings::default()
        },
    )
}

pub(super) fn random_timeouts() -> Scenario {
    alike(
        "split-vote-random",
        "Split vote: timeouts of 150 to 300 ms",
        "The same five nodes with timeouts drawn at random: one wakes first and has its votes \
         before the others stand.",
        Settings::default(),
    )
}
