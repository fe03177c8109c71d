//! Figures of the simulator, natively: `cargo xtask bench --only speed`, or
//! `cargo run --profile bench-native -p raft-sim --example bench`.
//!
//! Printed, never judged: a busy machine is slow.

use raft_core::Micros;
use raft_sim::workload::{play, steady, troubled};
use raft_sim::{Plan, Timeline, write_trace};
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Takes what is written, and only counts it.
struct Count(u64);

impl Write for Count {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len() as u64;
        Ok(())
    }
}

fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// The middle one, and the one that 99 of 100 are not above.
fn median_and_p99(spans: &mut [Duration]) -> (Duration, Duration) {
    spans.sort_unstable();
    (spans[spans.len() / 2], spans[spans.len() * 99 / 100])
}

fn bytes_in_use() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn speed(what: &str, plan: Arc<Plan>) {
    let nodes = plan.scenario().nodes;
    let seconds = plan.scenario().duration.0 / 1_000_000;
    let began = Instant::now();
    let mut rounds = 0;
    let mut tally = play(plan.clone());
    rounds += 1;
    while began.elapsed() < Duration::from_secs(1) {
        tally = black_box(play(plan.clone()));
        rounds += 1;
    }
    let took = began.elapsed() / rounds;
    assert_eq!(tally.violations, 0);
    println!(
        "{what}: {nodes} nodes, {seconds:>4} s simulated, all monitors on: {:>9.0} messages delivered and \
         {:>9.0} events a second; {:.0} ns an event",
        rate(tally.messages, took),
        rate(tally.events, took),
        took.as_nanos() as f64 / tally.events as f64,
    );
}

fn seeking(duration: Micros) {
    let plan = steady(5, duration, 1).expect("it can be");
    let before = bytes_in_use().unwrap_or(0);
    let began = Instant::now();
    let timeline = Timeline::new(plan);
    let took = began.elapsed();
    let held = bytes_in_use().unwrap_or(0).saturating_sub(before);
    let seconds = duration.0 / 1_000_000;
    println!(
        "{seconds:>4} s as a timeline: {} events and {} records in {took:.0?}, about {:.1} kB kept \
         a simulated second",
        timeline.events(),
        timeline.records_count(),
        held as f64 / 1_000.0 / seconds as f64,
    );
    let mut world = timeline.world_after(0);
    let mut place = 1u64;
    let mut spans: Vec<Duration> = (0..1_000)
        .map(|_| {
            // Any place is as likely as any; which ones is always the same.
            place = place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let events = (place >> 33) % (timeline.events() + 1);
            let began = Instant::now();
            timeline.seek(&mut world, events);
            began.elapsed()
        })
        .collect();
    let (median, p99) = median_and_p99(&mut spans);
    println!("{seconds:>4} s, seek to a random event: median {median:.0?}, p99 {p99:.0?}");
    let began = Instant::now();
    let mut count = Count(0);
    write_trace(&timeline, &mut count).expect("it takes all");
    println!(
        "{seconds:>4} s as a trace: {:.1} MB in {:.0?}",
        count.0 as f64 / 1e6,
        began.elapsed()
    );
}

fn main() {
    let steady = |nodes, seconds| steady(nodes, Micros::from_secs(seconds), 1);
    let troubled = |nodes, seconds| troubled(nodes, Micros::from_secs(seconds), 1);
    for (nodes, seconds) in [(3, 60), (5, 60), (7, 60), (9, 60), (5, 600), (5, 3_600)] {
        speed("steady", steady(nodes, seconds).expect("it can be"));
    }
    for (nodes, seconds) in [(5, 60), (5, 600), (5, 3_600)] {
        speed("crashes and snapshots", troubled(nodes, seconds).expect("it can be"));
    }
    for seconds in [60, 600] {
        seeking(Micros::from_secs(seconds));
    }
}
