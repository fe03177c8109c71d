//! Schedules as text.

use raft_core::Micros;
use raft_sim::{Action, Step};

/// The steps of a script that has one a line: when, in milliseconds, what, as a link
/// spells it, and then why.
pub(crate) fn steps(script: &str) -> Vec<Step> {
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty());
    let step = |line: &str| {
        let mut words = line.split_whitespace();
        let at = words.next().and_then(|millis| millis.parse().ok()).map(Micros::from_millis);
        let action: Option<Action> = words.next().and_then(|text| text.parse().ok());
        let (Some(at), Some(action)) = (at, action) else { panic!("no step: {line}") };
        Step { at, action }
    };
    lines.map(step).collect()
}
