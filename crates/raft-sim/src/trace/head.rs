//! The first line of a trace: all that the run follows from.
//!
//! What stands in it is written and read here only.

use super::{TRACE_VERSION, TraceDigest};
use crate::action::Step;
use crate::json;
use crate::scenario::{Plan, Scenario};
use core::fmt;

/// What a trace says it is, in its first line.
pub(super) const FORMAT: &str = "raftlab-trace";

#[derive(serde::Serialize)]
struct Head<'a> {
    format: &'static str,
    version: u32,
    modified_raft: bool,
    seed: u64,
    scenario: &'a Scenario,
    interventions: &'a [Step],
    /// Of the head without it, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<TraceDigest>,
}

/// Writes the head of a run's trace, with the end of its line.
pub(super) fn write(plan: &Plan, to: &mut impl fmt::Write) -> fmt::Result {
    let mut head = Head {
        format: FORMAT,
        version: TRACE_VERSION,
        modified_raft: !plan.flaws().is_none(),
        seed: plan.seed(),
        scenario: plan.scenario(),
        interventions: plan.interventions(),
        digest: None,
    };
    let mut digest = TraceDigest::default();
    json::write(&mut digest, &head).map_err(|_| fmt::Error)?;
    head.digest = Some(digest);
    super::line(to, &head)
}

/// Reads the run from the head of its trace, whose format and version are known to be right.
#[cfg(feature = "trace-reading")]
pub(super) fn read(line: &[u8]) -> Result<Plan, super::TraceProblem> {
    use super::TraceProblem;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    #[derive(serde::Deserialize)]
    struct Told {
        seed: u64,
        scenario: Scenario,
        interventions: Vec<Step>,
    }
    let told: Told =
        serde_json::from_slice(line).map_err(|error| TraceProblem::Malformed(error.to_string()))?;
    Plan::new(told.scenario, told.seed, told.interventions).map_err(TraceProblem::Scenario)
}
