//! The built-in scenarios, from the course material.
//!
//! Each is a file in `scenarios/`, which people read and copy; `scenarios/ORDER` has their
//! order. They are checked when this is built, and packed: whoever uses them carries
//! neither the files nor what reads them.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod opening;

use alloc::vec::Vec;
pub use opening::{OPENING, opening};
use raft_sim::{Document, Scenario};

/// What is known of a built-in scenario without unpacking it.
#[derive(Debug)]
pub struct BuiltIn {
    /// Its name in a link.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it is about, together with those beside it in the order.
    pub topic: &'static str,
    /// The one that it is shown side by side with: the two differ in one place only.
    pub counterpart: Option<&'static str>,
    place: usize,
    /// The file in which it is written, as TOML with its comments.
    #[cfg(feature = "files")]
    pub file: &'static str,
}

static BUILT_IN: &[BuiltIn] = include!(concat!(env!("OUT_DIR"), "/built_in.rs"));
/// Apart from what is listed of them: whoever only lists them need not carry them.
static PACKED: &[&[u8]] = include!(concat!(env!("OUT_DIR"), "/packed.rs"));

impl BuiltIn {
    /// The scenario.
    pub fn scenario(&self) -> Scenario {
        let document =
            Document::from_packed(PACKED[self.place]).expect("it was packed when this was built");
        document.scenario().expect("it was checked when this was built")
    }
}

/// Every built-in scenario, in the order in which the page offers them: those of one topic
/// stand together.
pub fn list() -> &'static [BuiltIn] {
    BUILT_IN
}

/// What is known of the scenario of this name.
pub fn named(name: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|it| it.name == name)
}

/// The name of every built-in scenario, in the same order.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|it| it.name)
}

/// Every built-in scenario, in the same order.
pub fn all() -> Vec<Scenario> {
    BUILT_IN.iter().map(BuiltIn::scenario).collect()
}

/// The scenario of this name.
pub fn by_name(name: &str) -> Option<Scenario> {
    named(name).map(BuiltIn::scenario)
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

    #[test]
    fn those_of_one_topic_stand_together() {
        let mut topics: Vec<&str> = list().iter().map(|it| it.topic).collect();
        topics.dedup();
        let runs = topics.len();
        topics.sort_unstable();
        topics.dedup();
        assert_eq!(topics.len(), runs);
    }
}
