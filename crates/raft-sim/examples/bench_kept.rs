//! What is kept of a run that was simulated, and what making it took: in bytes that were
//! allocated, counted one by one. A part of `cargo xtask bench --only speed`; a program of
//! its own, since the counting takes time.

use peak_alloc::PeakAlloc;
use raft_core::Micros;
use raft_sim::workload::{steady, troubled};
use raft_sim::{Plan, Timeline};
use std::sync::Arc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

fn row(work: &str, nodes: u8, minutes: u64, plan: Arc<Plan>) -> f64 {
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    let timeline = Timeline::new(plan);
    let peak = ALLOCATED.peak_usage().saturating_sub(before);
    // What happened last is at hand, however long the run is; it is no part of what grows.
    timeline.forget_records();
    let kept = ALLOCATED.current_usage().saturating_sub(before);
    let seconds = minutes * 60;
    let bytes_a_second = kept as f64 / seconds as f64;
    println!(
        "{work:<9}{nodes:>5}{minutes:>5} |{:>10.0}{:>11.1}{:>12} |{:>12.2}",
        bytes_a_second,
        kept as f64 / timeline.events() as f64,
        format!("{:.2}", kept as f64 / 1e6),
        peak as f64 / 1e6,
    );
    bytes_a_second
}

fn main() {
    let steady = |nodes, minutes| steady(nodes, Micros::from_secs(minutes * 60), 1);
    let troubled = |nodes, minutes| troubled(nodes, Micros::from_secs(minutes * 60), 1);
    println!("What is kept of a run, in bytes allocated; the same work as above.\n");
    println!(
        "{:<9}{:>5}{:>5} |{:>10}{:>11}{:>12} |{:>12}",
        "", "", "", "bytes a", "bytes an", "in all,", "at most,"
    );
    println!(
        "{:<9}{:>5}{:>5} |{:>10}{:>11}{:>12} |{:>12}",
        "work", "nodes", "min", "second", "event", "MB", "MB"
    );
    let mut table = Vec::new();
    for nodes in [3, 5, 7, 9] {
        for minutes in [1, 10, 60] {
            let plan = steady(nodes, minutes).expect("it can be");
            table.push(((nodes, minutes), row("steady", nodes, minutes, plan)));
        }
    }
    for nodes in [5, 9] {
        for minutes in [1, 10, 60] {
            row("troubled", nodes, minutes, troubled(nodes, minutes).expect("it can be"));
        }
    }
    let of = |wanted| table.iter().find(|(place, _)| *place == wanted).expect("it is there").1;
    println!(
        "\nfrom 3 to 9 nodes, 10 minutes: bytes a second x {:.2}\nfrom 1 to 60 minutes, 5 nodes: bytes a second x {:.2}",
        of((9, 10)) / of((3, 10)),
        of((5, 60)) / of((5, 1)),
    );
}
