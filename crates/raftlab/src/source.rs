//! Where a scenario comes from: a built-in name or a file, with what is to be different.

use crate::arguments;
use crate::report::Failure;
use raft_core::Micros;
use raft_experiments::Find;
use raft_sim::{Plan, Scenario, ScenarioError, scenarios};
use std::sync::Arc;

/// The seed of whoever gives none.
const USUAL_SEED: u64 = 42;

/// A scenario, and the seed that it wants to be played with.
pub(crate) struct Source {
    pub(crate) scenario: Scenario,
    pub(crate) seed: u64,
}

/// Finds and reads a scenario.
pub(crate) fn load(source: &arguments::Source) -> Result<Source, Failure> {
    let scenario = scenarios::by_name(&source.scenario)
        .ok_or_else(|| Failure::input(&source.scenario, "there is no such scenario"))?;
    Ok(Source { scenario, seed: USUAL_SEED })
}

/// Checks a run.
pub(crate) fn plan(name: &str, scenario: Scenario, seed: u64) -> Result<Arc<Plan>, Failure> {
    Plan::new(scenario, seed, Vec::new()).map(Arc::new).map_err(|errors| all(name, &errors))
}

/// Everything that is wrong with a scenario.
pub(crate) fn all(name: &str, errors: &[ScenarioError]) -> Failure {
    let wrong = errors.iter().map(ToString::to_string).collect();
    Failure::Input { what: name.to_string(), wrong }
}

/// The scenario up to a moment only.
pub(crate) fn cut_short(mut scenario: Scenario, until: Micros) -> Result<Scenario, Failure> {
    if until == Micros::ZERO || until > scenario.duration {
        let wrong = format!(
            "the run can't end at {until}: it is {} long, and ends after its beginning",
            scenario.duration
        );
        return Err(Failure::input("--until", wrong));
    }
    scenario.script.retain(|step| step.at <= until);
    scenario.duration = until;
    Ok(scenario)
}

/// What a hunt found, as a file that `raftlab run` plays.
pub(crate) fn as_file(find: &Find, name: &str) -> Result<String, Failure> {
    Err(Failure::Output(format!("{name}: {}", find.shrunk.violation)))
}
