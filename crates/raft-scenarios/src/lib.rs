//! The built-in scenarios, from the course material.
//!
//! Each is a file in `scenarios/`, which people read and copy; `scenarios/ORDER` has their
//! order. They are checked when this is built, and packed: whoever uses them carries
//! neither the files nor what reads them.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

use alloc::vec::Vec;
use raft_sim::{Document, Scenario};

struct BuiltIn {
    name: &'static str,
    packed: &'static [u8],
    #[cfg(feature = "files")]
    file: &'static str,
}

static BUILT_IN: &[BuiltIn] = include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

impl BuiltIn {
    fn named(name: &str) -> Option<&'static BuiltIn> {
        BUILT_IN.iter().find(|it| it.name == name)
    }

    fn scenario(&self) -> Scenario {
        let document =
            Document::from_packed(self.packed).expect("it was packed when this was built");
        document.scenario().expect("it was checked when this was built")
    }
}

/// The name of every built-in scenario, in the order in which the page offers them.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|it| it.name)
}

/// Every built-in scenario, in the same order.
pub fn all() -> Vec<Scenario> {
    BUILT_IN.iter().map(BuiltIn::scenario).collect()
}

/// The scenario of this name.
pub fn by_name(name: &str) -> Option<Scenario> {
    BuiltIn::named(name).map(BuiltIn::scenario)
}

/// The file in which the scenario of this name is written, as TOML with its comments.
#[cfg(feature = "files")]
pub fn file(name: &str) -> Option<&'static str> {
    BuiltIn::named(name).map(|it| it.file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scenario_is_found_by_its_name() {
        assert!(names().eq(all().iter().map(|scenario| scenario.name.as_str())));
        for scenario in all() {
            assert_eq!(by_name(&scenario.name), Some(scenario));
        }
        assert_eq!(by_name("no-such"), None);
    }
}
