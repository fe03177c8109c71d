//! Takes away from a schedule whatever its failure doesn't need, and says how to see it
//! again.

use raft_core::{NodeSet, Settings};
use raft_sim::{Latency, Plan, Scenario, Timeline, TraceDigest, format_steps};
use serde_json::Value;
use std::sync::Arc;

/// A smaller scenario that fails in the same way with the same seed.
pub(crate) fn shrink(
    mut scenario: Scenario,
    seed: u64,
    fails: impl Fn(&Arc<Plan>) -> bool,
) -> Scenario {
    let fails = |scenario: &Scenario| {
        Plan::new(scenario.clone(), seed, Vec::new()).is_ok_and(|plan| fails(&Arc::new(plan)))
    };
    loop {
        let before = scenario.clone();
        for place in (0..scenario.script.len()).rev() {
            let mut fewer = scenario.clone();
            fewer.script.remove(place);
            if fails(&fewer) {
                scenario = fewer;
            }
        }
        for place in (0..scenario.clients.len()).rev() {
            let mut fewer = scenario.clone();
            fewer.clients.remove(place);
            if fails(&fewer) {
                scenario = fewer;
            }
        }
        for place in (0..scenario.clocks.len()).rev() {
            let mut fewer = scenario.clone();
            fewer.clocks.remove(place);
            if fails(&fewer) {
                scenario = fewer;
            }
        }
        for simpler in simpler(&scenario).into_iter().chain(with_default_settings(&scenario)) {
            if simpler != scenario && fails(&simpler) {
                scenario = simpler;
                // The others were made from the one before.
                break;
            }
        }
        if scenario == before {
            return scenario;
        }
    }
}

/// The scenario with simpler surroundings, one thing at a time.
fn simpler(scenario: &Scenario) -> Vec<Scenario> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Scenario)| {
        let mut simpler = scenario.clone();
        change(&mut simpler);
        all.push(simpler);
    };
    with(&|it| it.network.loss_per_million = 0);
    with(&|it| it.network.duplicates_per_million = 0);
    with(&|it| it.network.links.clear());
    with(&|it| it.nodes -= 1);
    with(&|it| it.learners = NodeSet::EMPTY);
    with(&|it| it.network.latency = Latency::Constant(middle(it.network.latency)));
    with(&|it| it.fsync = Latency::Constant(middle(it.fsync)));
    with(&|it| it.client_latency = Latency::Constant(middle(it.client_latency)));
    with(&|it| {
        let last = it.script.last().map_or(it.duration, |step| step.at);
        it.duration = it.duration.scaled(3, 4).max(last);
    });
    all
}

fn middle(latency: Latency) -> raft_core::Micros {
    match latency {
        Latency::Constant(span) => span,
        Latency::Uniform { min, max } => (min + max).scaled(1, 2),
        Latency::Normal { mean, .. } => mean,
    }
}

/// The scenario with one setting after another as it is by default, whatever settings
/// there are.
fn with_default_settings(scenario: &Scenario) -> Vec<Scenario> {
    let as_object = |settings: &Settings| match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields,
        other => panic!("settings are an object: {other:?}"),
    };
    let (defaults, now) = (as_object(&Settings::default()), as_object(&scenario.settings));
    // One that is as it is by default may not be in the text at all.
    let names = now.keys().chain(defaults.keys().filter(|name| !now.contains_key(*name)));
    names
        // The rest of a schedule is measured by its timeouts.
        .filter(|name| !name.ends_with("timeout_min") && !name.ends_with("timeout_max"))
        .map(|name| {
            let mut fields = now.clone();
            match defaults.get(name) {
                Some(default) => fields.insert(name.clone(), default.clone()),
                None => fields.remove(name),
            };
            let settings = serde_json::from_value(Value::Object(fields)).expect("still settings");
            Scenario { settings, ..scenario.clone() }
        })
        .collect()
}

/// How to see a run again: what it says, and the text that
/// `RAFTLAB_SCENARIO='...' RAFTLAB_SEED=... cargo test -p raft-sim --test random_schedules
/// a_scenario_given_as_text -- --nocapture` runs.
pub(crate) fn told(scenario: &Scenario, seed: u64) -> String {
    let plan = Plan::new(scenario.clone(), seed, Vec::new()).expect("it ran");
    let digest = TraceDigest::of(&Timeline::new(Arc::new(plan)));
    let text = serde_json::to_string(scenario).expect("a scenario is plain data");
    format!(
        "steps {}\nRAFTLAB_SEED={seed} RAFTLAB_SCENARIO='{text}'\n(digest of its trace: {digest})",
        format_steps(&scenario.script)
    )
}
