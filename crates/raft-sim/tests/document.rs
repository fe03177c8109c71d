//! A scenario and its document are the same: in TOML, in JSON and packed.

#[allow(dead_code, reason = "schedules are drawn here, and not run")]
mod generator;

use generator::occasions::rules;
use generator::{Leaning, scenario};
use proptest::prelude::*;
use raft_core::{Flaw, Flaws};
use raft_sim::{Document, Scenario};

fn schedules() -> impl Strategy<Value = Scenario> {
    let leanings = prop::sample::select(vec![
        Leaning::Any,
        Leaning::ShortLeaderships,
        Leaning::Leases,
        Leaning::ThreatenedLeases,
        Leaning::Everything,
        Leaning::LiveSettings,
    ]);
    let flaws = prop::sample::subsequence(Flaw::ALL, 0..4);
    let scenarios = (any::<u64>(), leanings, flaws).prop_map(|(number, leaning, flaws)| {
        let flaws = flaws.into_iter().fold(Flaws::NONE, Flaws::with);
        Scenario { rules: rules(number), ..scenario(number, leaning, flaws) }
    });
    // Two flaws may contradict each other, and what can't be run is not read.
    scenarios.prop_filter("flaws that can be together", |it| it.settings.check().is_ok())
}

proptest! {
    #[test]
    fn a_scenario_is_the_same_after_each_form_of_its_document(scenario in schedules()) {
        let document = Document::of(&scenario);
        prop_assert_eq!(document.scenario(), Ok(scenario));
        let toml = document.to_toml();
        prop_assert_eq!(Document::from_toml(&toml), Ok(document.clone()), "{}", toml);
        let json = document.to_json();
        prop_assert_eq!(Document::from_json(&json), Ok(document.clone()), "{}", json);
        let packed = document.to_packed();
        prop_assert_eq!(Document::from_packed(&packed), Ok(document));
    }
}

#[test]
fn what_is_as_by_default_is_in_no_form() {
    let text = "raftlab = 1\nnodes = 3\nduration = \"2 s\"\n";
    let document = Document::from_toml(text).expect("it says what it must");
    assert_eq!(document.to_toml(), text);
    // The version, which fields there are, nodes, and the duration as a number of up to
    // seven bits a byte.
    assert_eq!(document.to_packed(), [1, 0b1001_0001, 0b0000_0001, 3, 0x80, 0x89, 0x7a]);
}

#[test]
fn a_preset_counts_where_nothing_else_is_said() {
    let settings = |timing: &str| {
        let text = format!("raftlab = 1\nnodes = 3\nduration = \"2 s\"\n[timing]\n{timing}\n");
        let document = Document::from_toml(&text).expect("it can be run");
        document.scenario().expect("it can be run").settings
    };
    let told = settings("election_timeout = \"1-1.9 s\"\nheartbeat_interval = \"100 ms\"");
    assert_eq!(settings("preset = \"etcd-3.6\""), told);
    let told = settings("election_timeout = \"1-1.9 s\"\nheartbeat_interval = \"30 ms\"");
    assert_eq!(settings("preset = \"etcd-3.6\"\nheartbeat_interval = \"30 ms\""), told);
}
