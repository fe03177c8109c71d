//! A fixed amount of work, to measure the simulator by: natively and in a browser the
//! same, so that the two can be compared.

use crate::action::{Action, Step};
use crate::latency::Latency;
use crate::network::NetworkPlan;
use crate::record::Happening;
use crate::scenario::{ClientPlan, Plan, Scenario, ScenarioError, Work};
use crate::state_machine::Key;
use crate::timeline::Timeline;
use crate::who::Who;
use crate::world::World;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use raft_core::{Micros, NodeSet, ReadMode, Settings};

/// What a run came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// How many events it had.
    pub events: u64,
    /// How many messages were delivered between nodes.
    pub messages: u64,
    /// How many records it left.
    pub records: u64,
    /// How many properties were found violated.
    pub violations: u64,
}

/// A cluster with heartbeats each 50 ms, about ten writes and ten reads a second, and
/// nothing that goes wrong.
///
/// # Errors
/// For a number of nodes, or a duration, that no scenario may have.
pub fn steady(nodes: u8, duration: Micros, seed: u64) -> Result<Arc<Plan>, Vec<ScenarioError>> {
    Plan::new(steady_scenario(nodes, duration), seed, Vec::new()).map(Arc::new)
}

/// The same where things go wrong: each twelve seconds the office is handed on, the new leader
/// crashes, and comes back three seconds later. Nodes take snapshots.
///
/// What a monitor does once an election, a restart or a snapshot grows with the history if
/// it is careless; this shows it.
///
/// # Errors
/// For a number of nodes, or a duration, that no scenario may have.
pub fn troubled(nodes: u8, duration: Micros, seed: u64) -> Result<Arc<Plan>, Vec<ScenarioError>> {
    let mut scenario = Scenario { snapshot_every: Some(100), ..steady_scenario(nodes, duration) };
    let mut at = Micros::from_secs(5);
    for leads in NodeSet::first(nodes).iter().collect::<Vec<_>>().into_iter().cycle() {
        if at >= duration {
            break;
        }
        let after = |seconds| at + Micros::from_secs(seconds);
        scenario.script.extend([
            Step { at, action: Action::Transfer(leads.into()) },
            Step { at: after(4), action: Action::Crash(Who::Node(leads)) },
            Step { at: after(7), action: Action::Restart(leads.into()) },
        ]);
        at = after(12);
    }
    scenario.script.retain(|step| step.at < duration);
    Plan::new(scenario, seed, Vec::new()).map(Arc::new)
}

fn steady_scenario(nodes: u8, duration: Micros) -> Scenario {
    let client = |work| ClientPlan {
        work,
        key: Key(0),
        starts_at: Micros::from_millis(500),
        stops_at: duration,
        rest: Micros::from_millis(90),
        patience: Micros::from_millis(200),
        stuck_to: None,
        keeps_session: true,
        tries_again: true,
    };
    Scenario {
        nodes,
        clients: alloc::vec![client(Work::Write), client(Work::Read(ReadMode::ReadIndex))],
        duration,
        ..five_nodes("steady", "Steady work", "One client writes, one reads.")
    }
}

/// Runs a plan to its end, with every monitor on, and keeps nothing but the count.
pub fn play(plan: Arc<Plan>) -> Tally {
    let mut world = World::new(plan);
    let mut tally = Tally::default();
    let mut records = Vec::new();
    while world.step(&mut records) {
        for record in records.drain(..) {
            tally.records += 1;
            match record.what {
                Happening::Delivered { .. } => tally.messages += 1,
                Happening::Violated(_) => tally.violations += 1,
                _ => {}
            }
        }
    }
    tally.events = world.events();
    tally
}

/// Random instants of a run, each as the number of events that have happened by then. Any
/// instant is as likely as any, and which ones come is always the same.
pub fn places(timeline: &Timeline) -> impl Iterator<Item = u64> {
    let duration = u128::from(timeline.duration().0) + 1;
    let mut state = 1u64;
    core::iter::repeat_with(move || {
        // Knuth's generator: there is nothing to be guessed here.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let at = (u128::from(state >> 32) * duration) >> 32;
        timeline.events_by(Micros(u64::try_from(at).unwrap_or(u64::MAX)))
    })
}

/// Five nodes in one data centre with the paper's timeouts, true clocks and fast
/// disks; nobody asks anything and nothing breaks.
pub fn five_nodes(name: &str, title: &str, summary: &str) -> Scenario {
    Scenario {
        name: name.to_string(),
        title: title.to_string(),
        summary: summary.to_string(),
        nodes: 5,
        voters: None,
        learners: NodeSet::EMPTY,
        settings: Settings::default(),
        snapshot_every: None,
        network: NetworkPlan::of(Latency::Normal {
            mean: Micros::from_millis(5),
            deviation: Micros::from_millis(1),
        }),
        fsync: Latency::Uniform { min: Micros(400), max: Micros(1_200) },
        clocks: Vec::new(),
        clock_offsets: Vec::new(),
        fsyncs: Vec::new(),
        snapshot_work: None,
        clients: Vec::new(),
        asks: Vec::new(),
        client_latency: Latency::Constant(Micros(300)),
        script: Vec::new(),
        rules: Vec::new(),
        expectations: Vec::new(),
        initial: Vec::new(),
        pins: Vec::new(),
        duration: Micros::from_secs(2),
        seed: None,
        places: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_is_always_the_same_amount() {
        let plan = steady(5, Micros::from_secs(10), 1).expect("it can be");
        let tally = play(plan.clone());
        assert_eq!(play(plan), tally);
        assert_eq!(tally.violations, 0);
        // Four followers, twenty heartbeats a second, there and back.
        assert!(tally.messages > 1_500 && tally.events > tally.messages, "{tally:?}");
    }

    #[test]
    fn random_instants_are_anywhere_in_the_run_and_always_the_same() {
        let timeline = Timeline::new(steady(3, Micros::from_secs(5), 1).expect("it can be"));
        let some: Vec<u64> = places(&timeline).take(1_000).collect();
        assert!(places(&timeline).take(1_000).eq(some.iter().copied()));
        for tenth in 0..10 {
            let bounds = [tenth, tenth + 1].map(|it| timeline.events() * it / 10);
            let count = some.iter().filter(|it| (bounds[0]..=bounds[1]).contains(it)).count();
            assert!((50..200).contains(&count), "{count} of 1000 in tenth {tenth}");
        }
        assert!(some.iter().all(|events| *events <= timeline.events()));
    }

    #[test]
    fn nothing_is_violated_where_leaders_crash_and_nodes_take_snapshots() {
        let plan = troubled(5, Micros::from_secs(60), 1).expect("it can be");
        let mut world = World::new(plan);
        let mut records = Vec::new();
        while world.step(&mut records) {}
        let count = |is_it: fn(&Happening) -> bool| {
            records.iter().filter(|record| is_it(&record.what)).count()
        };
        assert_eq!(count(|what| matches!(what, Happening::Violated(_))), 0);
        assert_eq!(count(|what| matches!(what, Happening::ActionRefused { .. })), 0);
        assert!(count(|what| matches!(what, Happening::Crashed { .. })) >= 3);
        assert!(count(|what| matches!(what, Happening::Restored { .. })) >= 3);
    }
}
