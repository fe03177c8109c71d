//! Every rule is there for something: with any one left out, a schedule breaks what
//! Raft promises, a monitor says so, and the same schedule with the rule is clean.
//!
//! `safety.rs` has the schedules of the flaws that let something bad happen,
//! `liveness.rs` those of the flaws, and of the settings, that keep something good from
//! ever happening.

mod liveness;
mod safety;
mod script;

use raft_core::{Breaks, Flaw};
use raft_sim::Property;
use std::io::Write as _;

/// A new flaw without a schedule is not caught.
#[test]
fn every_flaw_is_caught() {
    let mut caught = 0;
    for flaw in Flaw::ALL.iter().copied() {
        let told = match flaw.breaks() {
            Breaks::Safety(property) => safety::catch(flaw, property),
            Breaks::Liveness => liveness::catch(flaw),
        };
        caught += usize::from(told.is_ok());
        println!("{flaw:?}: {}", told.unwrap_or_else(|why| format!("NOT CAUGHT: {why}")));
    }
    let said =
        format!("explored: {caught} of {} flaws caught (each by a schedule)\n", Flaw::ALL.len());
    // Past the test harness, which keeps to itself what a test that passes prints: `cargo
    // xtask` collects it. Nobody may be listening, and the test is worth as much.
    let _ = std::io::stderr().write_all(said.as_bytes());
    assert_eq!(caught, Flaw::ALL.len());
}

/// So that a table that names a property names one that there is.
#[test]
fn what_a_flaw_breaks_is_a_property_that_is_monitored() {
    for flaw in Flaw::ALL {
        if let Breaks::Safety(name) = flaw.breaks() {
            let is_monitored = |property: &Property| property.to_string() == name;
            assert!(Property::ALL.iter().any(is_monitored), "{flaw:?} breaks {name}");
        }
    }
}
