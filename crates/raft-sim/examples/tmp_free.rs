//! How long free play takes.
use raft_sim::document::{Preset, words::Choice};
use raft_sim::*;
use std::{sync::Arc, time::Instant};
fn main() {
    for preset in [Preset::Paper, Preset::Etcd, Preset::Tikv, Preset::Consul] {
        for (nodes, clients) in [(5, 2), (9, 6)] {
            for ten in [false, true] {
                let mut scenario = free_play(nodes, preset, clients);
                if ten {
                    scenario.duration = raft_core::Micros::from_secs(600);
                    for c in &mut scenario.clients {
                        c.stops_at = scenario.duration;
                    }
                }
                let d = scenario.duration;
                let plan = Arc::new(Plan::new(scenario, 1, vec![]).unwrap());
                let mut best = f64::MAX;
                let mut events = 0;
                for _ in 0..5 {
                    let t = Instant::now();
                    let timeline = Timeline::new(plan.clone());
                    best = best.min(t.elapsed().as_secs_f64());
                    events = timeline.events();
                }
                println!(
                    "{} {nodes} nodes {clients} clients {d}: {events} events, {:.1} ms",
                    preset.name(),
                    best * 1e3
                );
            }
        }
    }
}
