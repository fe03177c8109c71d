//! What the built-in scenarios' traces are to be, natively and in a browser.

use raft_sim::{Plan, Timeline, TraceDigest};
use std::fmt::Write;
use std::sync::Arc;

/// A line for each built-in scenario and seed: name, seed, digest of the whole trace.
pub(crate) const DIGESTS: &str = include_str!("digests.txt");

/// Several seeds, among them one that doesn't fit in 32 bits.
pub(crate) const SEEDS: [u64; 4] = [1, 2, 42, 0xfeed_f00d_dead_beef];

pub(crate) fn timeline(name: &str, seed: u64) -> Timeline {
    let scenario = raft_scenarios::by_name(name).expect("it is built in");
    Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be")))
}

/// The digests as they are now.
pub(crate) fn digests() -> String {
    let mut text = String::new();
    for scenario in raft_scenarios::all() {
        for seed in SEEDS {
            let digest = TraceDigest::of(&timeline(&scenario.name, seed));
            writeln!(text, "{} {seed} {digest}", scenario.name).expect("a text takes all");
        }
    }
    text
}
