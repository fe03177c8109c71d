//! Takes away from a run whatever its failure doesn't need.
//!
//! A run that fails after two hundred faults explains nothing; the same failure after
//! five does. Each thing is taken away by itself, tried, and left out for good where the
//! run still fails, until nothing more can go: first halves of the script, then steps,
//! then clients and clocks, then whatever makes the surroundings special.

use core::cmp::Ordering;
use raft_core::{Micros, NodeSet, Settings};
use raft_sim::{Latency, Occasion, Plan, Scenario, Step};
use std::sync::Arc;

/// What shrinking came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shrunk {
    /// A scenario that fails in the same way with the same seed.
    pub scenario: Scenario,
    /// How many runs that took.
    pub runs: u64,
}

/// How many things are done to the cluster in a scenario.
pub fn interventions(scenario: &Scenario) -> u64 {
    (scenario.script.len() + scenario.rules.len()) as u64
}

/// Makes a scenario smaller for as long as it `fails` with this seed. `fails` may say no
/// to whatever it doesn't want to see any more, so as to bring this to an early end.
pub fn shrink(scenario: Scenario, seed: u64, mut fails: impl FnMut(&Arc<Plan>) -> bool) -> Shrunk {
    let mut runs = 0;
    let mut best = scenario;
    let mut try_it = |best: &mut Scenario, smaller: Scenario| {
        if smaller == *best {
            return false;
        }
        let Ok(plan) = Plan::new(smaller.clone(), seed, Vec::new()) else { return false };
        runs += 1;
        let is_it = fails(&Arc::new(plan));
        if is_it {
            *best = smaller;
        }
        is_it
    };
    loop {
        let before = best.clone();
        without_chunks(&mut best, &mut try_it);
        without_one(&mut best, |it| &mut it.rules, &mut try_it);
        without_clients(&mut best, &mut try_it);
        without_one(&mut best, |it| &mut it.asks, &mut try_it);
        without_one(&mut best, |it| &mut it.pins, &mut try_it);
        without_one(&mut best, |it| &mut it.places, &mut try_it);
        without_one(&mut best, |it| &mut it.clocks, &mut try_it);
        without_one(&mut best, |it| &mut it.network.links, &mut try_it);
        for change in SIMPLER {
            let mut simpler = best.clone();
            change(&mut simpler);
            try_it(&mut best, simpler);
        }
        for change in DEFAULTS {
            let mut simpler = best.clone();
            change(&mut simpler.settings, &Settings::default());
            try_it(&mut best, simpler);
        }
        for place in 0..best.script.len() {
            rounder(&mut best, place, &mut try_it);
        }
        if best == before {
            return Shrunk { scenario: best, runs };
        }
    }
}

type Try<'a> = dyn FnMut(&mut Scenario, Scenario) -> bool + 'a;

/// Leaves out ever smaller parts of the script (Zeller and Hildebrandt, "Simplifying and
/// Isolating Failure-Inducing Input", 2002).
fn without_chunks(best: &mut Scenario, try_it: &mut Try<'_>) {
    let mut length = best.script.len();
    while length > 0 {
        let mut first = 0;
        while first < best.script.len() {
            let mut smaller = best.clone();
            let end = (first + length).min(smaller.script.len());
            smaller.script.drain(first..end);
            if !try_it(best, smaller) {
                first += length;
            }
        }
        length /= 2;
    }
}

fn without_one<T>(
    best: &mut Scenario,
    list: fn(&mut Scenario) -> &mut Vec<T>,
    try_it: &mut Try<'_>,
) {
    for place in (0..list(best).len()).rev() {
        let mut smaller = best.clone();
        list(&mut smaller).remove(place);
        try_it(best, smaller);
    }
}

/// Leaves out a client and what is listed that it asks; those after it move up a number.
fn without_clients(best: &mut Scenario, try_it: &mut Try<'_>) {
    for number in (1..=best.clients.len() as u32).rev() {
        let mut smaller = best.clone();
        smaller.clients.remove(number as usize - 1);
        let moved = |client: u32| match client.cmp(&number) {
            Ordering::Less => Some(client),
            Ordering::Equal => None,
            Ordering::Greater => Some(client - 1),
        };
        // What it did is no occasion any more.
        let is_left = |occasion: &mut Occasion| match occasion {
            Occasion::Client { client: Some(client), .. } => {
                moved(*client).map(|moved| *client = moved).is_some()
            }
            _ => true,
        };
        smaller.asks.retain_mut(|ask| moved(ask.client).map(|it| ask.client = it).is_some());
        smaller.rules.retain_mut(|rule| is_left(&mut rule.when));
        smaller.expectations.retain_mut(|expectation| {
            is_left(&mut expectation.what) && expectation.since.as_mut().is_none_or(is_left)
        });
        try_it(best, smaller);
    }
}

/// A step at a rounder moment is more easily told: whole hundredths of a second, then
/// whole milliseconds.
fn rounder(best: &mut Scenario, place: usize, try_it: &mut Try<'_>) {
    for unit in [100_000, 10_000, 1_000] {
        let mut smaller = best.clone();
        let Some(Step { at, .. }) = smaller.script.get_mut(place) else { return };
        if at.0.is_multiple_of(unit) {
            return;
        }
        *at = Micros(at.0 / unit * unit);
        raft_sim::sort_steps(&mut smaller.script);
        if try_it(best, smaller) {
            return;
        }
    }
}

/// Simpler surroundings, one thing at a time.
const SIMPLER: [fn(&mut Scenario); 10] = [
    |it| it.network.loss_per_million = 0,
    |it| it.network.duplicates_per_million = 0,
    |it| it.nodes = it.nodes.saturating_sub(1),
    |it| it.learners = NodeSet::EMPTY,
    |it| it.voters = None,
    |it| it.snapshot_every = None,
    |it| it.network.latency = Latency::Constant(it.network.latency.middle()),
    |it| it.fsync = Latency::Constant(it.fsync.middle()),
    |it| it.client_latency = Latency::Constant(it.client_latency.middle()),
    |it| {
        let last = it.script.last().map_or(Micros(1), |step| step.at);
        it.duration = it.duration.scaled(3, 4).max(last);
    },
];

/// Each setting as it is by default; but for the timeouts, by which all else is measured,
/// and the rules that are left out, without which it would be another failure.
const DEFAULTS: [fn(&mut Settings, &Settings); 13] = [
    |it, default| it.heartbeat_interval = default.heartbeat_interval,
    |it, default| it.max_entries_per_message = default.max_entries_per_message,
    |it, default| it.in_flight_messages_max = default.in_flight_messages_max,
    |it, default| it.no_op_at_start_of_term = default.no_op_at_start_of_term,
    |it, default| it.stickiness = default.stickiness,
    |it, default| it.pre_vote = default.pre_vote,
    |it, default| it.check_quorum = default.check_quorum,
    |it, default| it.lease = default.lease,
    |it, default| it.reads_through_followers = default.reads_through_followers,
    |it, default| it.configurations_in_force = default.configurations_in_force,
    |it, default| it.promotion_lag_max = default.promotion_lag_max,
    |it, default| it.entries_kept_after_snapshot = default.entries_kept_after_snapshot,
    |it, default| it.snapshot_chunk_bytes = default.snapshot_chunk_bytes,
];

#[cfg(test)]
mod tests {
    use super::*;
    use raft_sim::{Action, Document};

    /// Numbers stay those of who is meant: lists of questions and rules go by them.
    #[test]
    fn a_client_is_left_out_with_its_list_and_those_after_it_move_up() {
        let text = r#"
            raftlab = 1
            nodes = 3
            duration = "1 s"
            rules = [
                { when = "client 1 asks", do = "heal" },
                { when = "client 3 asks", do = "isolate:leader" },
            ]
            expectations = [{ what = "client 2 asks", at_most = 0 }]
            clients = [
                { asks = [{ at = "1 ms", work = "write" }] },
                { work = "write" },
                { asks = [{ at = "2 ms", work = "write" }, { at = "3 ms", work = "write" }] },
            ]
        "#;
        let scenario = Document::from_toml(text).and_then(|it| it.scenario()).expect("it reads");
        let shrunk = shrink(scenario, 1, |plan| {
            let scenario = plan.scenario();
            scenario.asks.iter().any(|ask| ask.at == Micros(3_000))
                && scenario.rules.iter().any(|rule| matches!(rule.action, Action::Isolate(_)))
        });
        let Scenario { clients, asks, rules, expectations, .. } = shrunk.scenario;
        assert_eq!((clients.len(), asks.len(), expectations.len()), (1, 1, 0));
        assert_eq!((asks[0].client, asks[0].at), (1, Micros(3_000)));
        let when: Vec<String> = rules.iter().map(|rule| rule.when.to_string()).collect();
        assert_eq!(when, ["client 1 asks"]);
    }

    /// A new setting does not compile here until it is in the list above.
    #[test]
    fn every_setting_but_the_timeouts_and_the_flaws_goes_back_to_its_default() {
        let Settings {
            election_timeout_min: _,
            election_timeout_max: _,
            flaws: _,
            heartbeat_interval: _,
            max_entries_per_message: _,
            in_flight_messages_max: _,
            no_op_at_start_of_term: _,
            stickiness: _,
            pre_vote: _,
            check_quorum: _,
            lease: _,
            reads_through_followers: _,
            configurations_in_force: _,
            promotion_lag_max: _,
            entries_kept_after_snapshot: _,
            snapshot_chunk_bytes: _,
        } = Settings::default();
        let special = Settings {
            heartbeat_interval: Micros(7),
            max_entries_per_message: 1,
            in_flight_messages_max: 1,
            no_op_at_start_of_term: false,
            stickiness: true,
            pre_vote: true,
            check_quorum: true,
            lease: Some(raft_core::DriftBound::NONE),
            reads_through_followers: true,
            configurations_in_force: raft_core::InForce::WhenApplied,
            promotion_lag_max: 1,
            entries_kept_after_snapshot: 9,
            snapshot_chunk_bytes: 9,
            ..Settings::default()
        };
        let mut now = special;
        for change in DEFAULTS {
            let before = now;
            change(&mut now, &Settings::default());
            assert_ne!(now, before, "each is special");
        }
        assert_eq!(now, Settings::default());
    }
}
