//! The first line of a trace: all that the run follows from.
//!
//! What stands in it is written and read here only. The scenario is the document that people
//! write, as JSON, and what a person did is written like its steps.

use super::{TRACE_VERSION, TraceDigest};
use crate::document::{self, Document};
use crate::json;
use crate::scenario::Plan;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What a trace says it is, in its first line.
pub(super) const FORMAT: &str = "raftlab-trace";

/// The first line.
#[derive(serde::Serialize)]
#[cfg_attr(feature = "trace-reading", derive(serde::Deserialize), serde(deny_unknown_fields))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct Head {
    /// What the file is.
    format: String,
    /// The version of this format.
    version: u32,
    /// Whether rules of Raft are left out on purpose.
    modified_raft: bool,
    /// Where every draw comes from.
    seed: u64,
    /// What was played: the same JSON that `raftlab run` takes.
    scenario: Document,
    /// What a person did in it.
    interventions: Vec<document::Step>,
    /// Of the head without it, as text: 128-bit FNV-1a as hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

/// Writes the head of a run's trace, with the end of its line.
pub(super) fn write(plan: &Plan, to: &mut impl fmt::Write) -> fmt::Result {
    let mut head = Head {
        format: String::from(FORMAT),
        version: TRACE_VERSION,
        modified_raft: !plan.flaws().is_none(),
        seed: plan.seed(),
        scenario: Document::of(plan.scenario()),
        interventions: plan.interventions().iter().map(document::Step::of).collect(),
        digest: None,
    };
    let mut digest = TraceDigest::default();
    json::write(&mut digest, &head).map_err(|_| fmt::Error)?;
    head.digest = Some(alloc::format!("{digest}"));
    super::line(to, &head)
}

/// Reads the run from the head of its trace, whose format and version are known to be right.
#[cfg(feature = "trace-reading")]
pub(super) fn read(line: &[u8]) -> Result<Plan, super::TraceProblem> {
    use super::TraceProblem;
    use alloc::string::ToString;

    let told: Head =
        serde_json::from_slice(line).map_err(|error| TraceProblem::Malformed(error.to_string()))?;
    let interventions = told.interventions.iter().map(document::Step::step).collect();
    told.scenario
        .scenario()
        .and_then(|scenario| Plan::new(scenario, told.seed, interventions))
        .map_err(TraceProblem::Scenario)
}
