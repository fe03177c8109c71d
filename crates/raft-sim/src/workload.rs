//! A fixed amount of work, to measure the simulator by: natively and in a browser the
//! same, so that the two can be compared.

use crate::record::Happening;
use crate::scenario::{ClientPlan, Plan, Scenario, ScenarioError, Work};
use crate::scenarios;
use crate::state_machine::Key;
use crate::world::World;
use alloc::sync::Arc;
use alloc::vec::Vec;
use raft_core::{Micros, ReadMode};

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
    let client = |work| ClientPlan {
        work,
        key: Key(0),
        starts_at: Micros::from_millis(500),
        stops_at: duration,
        rest: Micros::from_millis(90),
        patience: Micros::from_millis(200),
        stuck_to: None,
    };
    let scenario = Scenario {
        nodes,
        clients: alloc::vec![client(Work::Write), client(Work::Read(ReadMode::ReadIndex))],
        duration,
        ..scenarios::five_nodes("steady", "Steady work", "One client writes, one reads.")
    };
    Plan::new(scenario, seed, Vec::new()).map(Arc::new)
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
}
