//! Takes away from a schedule whatever its failure doesn't need, and says how to see it
//! again.

use raft_sim::{Document, Plan, Scenario, Timeline, TraceDigest, format_steps};
use std::sync::Arc;

/// A smaller scenario that fails in the same way with the same seed.
pub(crate) fn shrink(
    scenario: Scenario,
    seed: u64,
    fails: impl Fn(&Arc<Plan>) -> bool,
) -> Scenario {
    raft_experiments::shrink(scenario, seed, fails).scenario
}

/// How to see a run again: what it says, and the text that
/// `RAFTLAB_SCENARIO='...' RAFTLAB_SEED=... cargo test -p raft-sim --test random_schedules
/// a_scenario_given_as_text -- --nocapture` runs.
pub(crate) fn told(scenario: &Scenario, seed: u64) -> String {
    let plan = Plan::new(scenario.clone(), seed, Vec::new()).expect("it ran");
    let digest = TraceDigest::of(&Timeline::new(Arc::new(plan)));
    let text = serde_json::to_string(&Document::of(scenario)).expect("a document is plain data");
    format!(
        "steps {}\nRAFTLAB_SEED={seed} RAFTLAB_SCENARIO='{text}'\n(digest of its trace: {digest})",
        format_steps(&scenario.script)
    )
}
