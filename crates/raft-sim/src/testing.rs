//! Scenarios for the tests within this crate. `raft-scenarios` depends on the crate as it is
//! without them, so they read its files for themselves.

use crate::document::Document;
use crate::scenario::Scenario;

/// A built-in scenario.
pub(crate) fn built_in(name: &str) -> Scenario {
    let text = match name {
        "two-data-centres" => include_str!("../../raft-scenarios/scenarios/two-data-centres.toml"),
        _ => panic!("no test within the crate needed {name} so far"),
    };
    Document::from_toml(text).expect("it is built in").scenario().expect("it is built in")
}
