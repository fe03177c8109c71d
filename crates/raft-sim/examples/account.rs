//! Prints a short account of each built-in scenario: `cargo run --example account [SEED]`.

use raft_core::Transition;
use raft_sim::{Happening, Plan, Timeline};
use std::sync::Arc;

fn main() {
    let seed = std::env::args().nth(1).map_or(42, |text| text.parse().expect("a seed is a number"));
    for scenario in raft_scenarios::all() {
        println!("== {} (seed {seed})", scenario.name);
        let plan = match Plan::new(scenario, seed, Vec::new()) {
            Ok(plan) => Arc::new(plan),
            Err(errors) => {
                errors.iter().for_each(|error| println!("   {error}"));
                continue;
            }
        };
        let timeline = Timeline::new(plan);
        for record in timeline.records() {
            let at = record.at;
            match &record.what {
                Happening::Node { node, transition } => match transition {
                    Transition::BecameLeader { .. }
                    | Transition::BecameCandidate { .. }
                    | Transition::SteppedDown { .. }
                    | Transition::EntriesRemoved { .. } => {
                        println!("{at:>10} {node} {transition:?}")
                    }
                    _ => {}
                },
                Happening::Crashed { .. }
                | Happening::Parted { .. }
                | Happening::Healed
                | Happening::OperationEnded { .. }
                | Happening::Violated(_) => println!("{at:>10}   {:?}", record.what),
                _ => {}
            }
        }
        println!("   {} events, {} records", timeline.events(), timeline.records_count());
    }
}
