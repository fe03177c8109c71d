//! What is set anew while a cluster runs.

use raft_core::{Flaw, Flaws, Micros, NodeId, Transition};
use raft_sim::{
    ActionRefusal, Happening, Latency, Plan, SETTINGS, Scenario, SettingKind, SettingRow,
    SnapshotWork, Timeline, World, parse_steps, workload, write_trace,
};
use std::sync::Arc;

fn run(scenario: Scenario, steps: &str) -> Timeline {
    let steps = parse_steps(steps).expect("they can be");
    Timeline::new(Arc::new(Plan::new(scenario, 3, steps).expect("it can be")))
}

fn steady(seconds: u64) -> Scenario {
    let plan = workload::steady(5, Micros::from_secs(seconds), 3).expect("it can be");
    plan.scenario().clone()
}

fn world_at(timeline: &Timeline, millis: u64) -> World {
    timeline.world_after(timeline.events_by(Micros::from_millis(millis)))
}

/// Another value than a row's example has.
fn another(row: &SettingRow) -> String {
    let value = row.example.split_once(':').expect("a name and a value").1;
    match row.kind {
        SettingKind::OnOff => if value == "on" { "off" } else { "on" }.into(),
        SettingKind::Choice(choices) => {
            choices.iter().find(|(name, _)| *name != value).expect("there are several").0.into()
        }
        SettingKind::Number { least, .. } => (least + 7).to_string(),
        SettingKind::Range { .. } => "400000-700000".into(),
        SettingKind::Ratio => "off".into(),
        SettingKind::Latency => "700-900".into(),
        SettingKind::Flaw => value.replace(":on", ":off"),
    }
}

#[test]
fn every_setting_is_in_force_from_its_moment_on_and_not_before() {
    for row in SETTINGS {
        let value = row.example.split_once(':').expect("a name and a value").1;
        let other = another(row);
        let steps = format!("500000:set:{}:{other},1000000:set:{}", row.name, row.example);
        let timeline = run(steady(2), &steps);
        let refused = |it: &Happening| matches!(it, Happening::ActionRefused { .. });
        assert!(!timeline.records().any(|record| refused(&record.what)), "{steps}");
        let (before, after) = (world_at(&timeline, 999), world_at(&timeline, 1_001));
        let (beginning, first) = (world_at(&timeline, 0), world_at(&timeline, 499));
        assert_eq!(row.in_force(&first), row.in_force(&beginning), "{}", row.name);
        assert_ne!(other, value, "{}", row.name);
        if row.name == "flaw" {
            assert!(before.settings().flaws.is_none() && !after.settings().flaws.is_none());
        } else {
            assert_eq!(row.in_force(&before), Some(other), "{}", row.name);
            assert_eq!(row.in_force(&after).as_deref(), Some(value), "{}", row.name);
        }
        // All nodes go by it.
        for host in after.hosts() {
            let view = host.node().expect("it runs").view();
            assert_eq!(view.settings(), after.settings(), "{}", row.name);
        }
    }
}

#[test]
fn what_does_not_go_with_the_other_settings_is_refused_and_changes_nothing() {
    for (steps, because) in [
        ("1000000:set:heartbeat:150000", ActionRefusal::HeartbeatNotBelowTimeout),
        ("1000000:set:election-timeout:20000-90000", ActionRefusal::HeartbeatNotBelowTimeout),
        (
            "900000:set:flaw:fixed-quorum-of-two:on,1000000:set:flaw:fixed-quorum-of-three:on",
            ActionRefusal::FlawsContradict,
        ),
    ] {
        let timeline = run(steady(2), steps);
        let refused = timeline.records().find_map(|record| match record.what {
            Happening::ActionRefused { because, .. } => Some(because),
            _ => None,
        });
        assert_eq!(refused, Some(because), "{steps}");
        let (before, after) = (world_at(&timeline, 999), world_at(&timeline, 1_001));
        assert_eq!(before.settings(), after.settings());
    }
}

#[test]
fn what_can_never_be_set_is_refused_with_what_would_be_right() {
    for (text, says) in [
        ("5:set:heartbeet:5", "it begins with timing, election-timeout, heartbeat"),
        ("5:set:heartbeat", "write heartbeat:value, such as heartbeat:50000"),
        ("5:set:heartbeat:0", "must be longer than zero"),
        ("5:set:heartbeat:600000001", "heartbeat is at most 600000000"),
        ("5:set:election-timeout:300-150", "must not be longer than election_timeout_max"),
        ("5:set:timing:raft", "such as timing:etcd-3.6"),
        ("5:set:lease:9/10", "a ratio of at least 1"),
        ("5:set:loss:1000001", "loss is at most 1000000"),
        ("5:set:max-entries:0", "must be at least 1"),
        ("5:set:snapshot-every:0", "a snapshot covers at least 1"),
        ("5:set:latency:9-5", "min must not be longer than max"),
        ("5:set:latency:cubic-5", "such as latency:normal-5000-1000"),
        ("5:set:fsync:60000001", "longer than a minute"),
        ("5:set:fsync:BC:5", "such as fsync:400-1200"),
        ("5:set:flaw:no-such:on", "such as flaw:vote-without-comparing-logs:on"),
    ] {
        let error = parse_steps(text).expect_err(text).to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    let steps = parse_steps("5:set:fsync:I:5").expect("there may be an I");
    assert!(Plan::new(steady(2), 3, steps).is_err(), "but not among five");
}

#[test]
fn a_run_is_modified_raft_from_the_first_rule_on_that_is_left_out() {
    let steps = "1000000:set:flaw:count-learners:on,1500000:set:flaw:count-learners:off";
    let timeline = run(steady(2), steps);
    let plan = timeline.plan();
    assert_eq!(plan.flaws(), Flaws::NONE.with(Flaw::CountLearners));
    let by = [999, 1_000].map(|at| plan.flaws_by(Micros::from_millis(at)).is_none());
    assert_eq!(by, [true, false]);
    let is_modified = [999, 1_001, 1_501].map(|at| world_at(&timeline, at).is_modified_raft());
    assert_eq!(is_modified, [false, true, true], "what was done meanwhile stays done");
    assert!(world_at(&timeline, 1_501).settings().flaws.is_none());
    let mut text = String::new();
    write_trace(&timeline, &mut text).expect("a text takes all");
    let head: serde_json::Value =
        serde_json::from_str(text.lines().next().expect("a head")).expect("JSON");
    assert_eq!(head["modified_raft"], true);
    assert!(run(steady(2), "").plan().flaws().is_none());
}

#[test]
fn a_rule_that_is_left_out_in_mid_run_does_what_it_does() {
    // Two leaders of one term need two votes of one node: with a majority of two of five,
    // nobody need vote twice.
    let steps = "1000000:partition:AB-CDE,1000001:set:flaw:fixed-quorum-of-two:on,\
                 1100000:timeout:A,1200000:timeout:C,1300000:write:A,1400000:write:C";
    let timeline = run(steady(3), steps);
    assert!(timeline.records().any(|record| matches!(record.what, Happening::Violated(_))));
    let without = steps.replace("1000001:set:flaw:fixed-quorum-of-two:on,", "");
    let timeline = run(steady(3), &without);
    assert!(!timeline.records().any(|record| matches!(record.what, Happening::Violated(_))));
}

/// The election timeouts of a slow system are longer than all of this.
#[test]
fn after_the_timing_of_a_quick_system_is_set_a_lost_leader_is_replaced_at_its_pace() {
    let mut scenario = steady(8);
    scenario.settings.election_timeout_min = Micros::from_secs(10);
    scenario.settings.election_timeout_max = Micros::from_secs(19);
    scenario.settings.heartbeat_interval = Micros::from_secs(2);
    let elected = |steps: &str| {
        let timeline = run(scenario.clone(), steps);
        let elections: Vec<Micros> = (timeline.records())
            .filter(|record| {
                let became = |it: &Transition| matches!(it, Transition::BecameLeader { .. });
                matches!(&record.what, Happening::Node { transition, .. } if became(transition))
            })
            .map(|record| record.at)
            .collect();
        elections
    };
    assert_eq!(elected(""), [], "nobody has waited for long enough");
    let first = elected("1000000:set:timing:paper");
    assert!(first.first().is_some_and(|at| *at < Micros::from_millis(2_000)), "{first:?}");
    let second = elected("100000:timeout:A,3000000:set:timing:paper,4000000:crash:leader");
    assert_eq!(second.len(), 2, "a leader that is heard stays: {second:?}");
    assert!(second[1] > Micros::from_secs(4) && second[1] < Micros::from_secs(5), "{second:?}");
}

#[test]
fn a_node_that_stands_for_its_snapshot_hears_of_a_setting_when_that_is_taken() {
    let mut scenario = steady(3);
    scenario.snapshot_work = Some(SnapshotWork {
        blocks: true,
        latency: Latency::Constant(Micros::from_millis(100)),
        per_entry: Micros::ZERO,
    });
    let timeline = run(scenario, "1500000:snapshot:B,1550000:set:stickiness:on");
    let of_b = |at: u64| {
        let world = world_at(&timeline, at);
        let host = world.host(NodeId::B).expect("it is there").clone();
        host.node().expect("it runs").view().settings().stickiness
    };
    assert_eq!([1_551, 1_599, 1_601].map(of_b), [false, false, true]);
}
