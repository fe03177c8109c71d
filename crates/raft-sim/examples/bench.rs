//! Figures of the simulator, natively: `cargo xtask bench --only speed`, or
//! `cargo run --profile bench-native -p raft-sim --example bench`.
//!
//! Printed, never judged. Times are those that the thread had the processor for, so that
//! what else the machine does hardly shows in them; the wall's stand beside them. What is
//! kept of a run is counted by `bench_kept.rs`, since counting takes time of its own.

use cpu_time::ThreadTime;
use raft_core::Micros;
use raft_sim::workload::{Tally, places, play, steady, troubled};
use raft_sim::{Plan, Timeline, World, write_trace};
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Each speed is the middle one of so many.
const ROUNDS: usize = 5;
/// How many random instants are sought in a run.
const SEEKS: usize = 1_000;

/// How long something took.
#[derive(Clone, Copy)]
struct Took {
    processor: Duration,
    wall: Duration,
}

fn timed<T>(what: impl FnOnce() -> T) -> (Took, T) {
    let (wall, processor) = (Instant::now(), ThreadTime::now());
    let result = black_box(what());
    (Took { processor: processor.elapsed(), wall: wall.elapsed() }, result)
}

/// The span that so many of a hundred are not above.
fn percentile(spans: impl Iterator<Item = Duration>, percent: usize) -> Duration {
    let mut spans: Vec<Duration> = spans.collect();
    spans.sort_unstable();
    spans[(spans.len() - 1) * percent / 100]
}

fn milliseconds(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000.0
}

/// What a row of the table comes to.
struct Figures {
    messages_a_second: f64,
    messages_a_second_by_wall: f64,
    events_a_second: f64,
    warm: Vec<Took>,
    cold: Vec<Took>,
}

impl Figures {
    fn of(plan: Arc<Plan>) -> Figures {
        let rounds: Vec<(Took, Tally)> =
            (0..ROUNDS).map(|_| timed(|| play(plan.clone()))).collect();
        let tally = rounds[0].1;
        assert_eq!(tally.violations, 0);
        let processor = percentile(rounds.iter().map(|(took, _)| took.processor), 50).as_secs_f64();
        let wall = percentile(rounds.iter().map(|(took, _)| took.wall), 50).as_secs_f64();
        let timeline = Timeline::new(plan);
        let mut world = timeline.world_after(0);
        Figures {
            messages_a_second: tally.messages as f64 / processor,
            messages_a_second_by_wall: tally.messages as f64 / wall,
            events_a_second: tally.events as f64 / processor,
            warm: seeks(&timeline, |events| timeline.seek(&mut world, events)),
            cold: seeks(&timeline, |events| drop::<World>(timeline.world_after(events))),
        }
    }

    fn nanoseconds_an_event(&self) -> f64 {
        1e9 / self.events_a_second
    }

    /// Of the seeks from one instant to another: the one that so many of a hundred are not above.
    fn warm(&self, percent: usize) -> f64 {
        milliseconds(percentile(self.warm.iter().map(|took| took.processor), percent))
    }

    fn warm_by_wall(&self, percent: usize) -> f64 {
        milliseconds(percentile(self.warm.iter().map(|took| took.wall), percent))
    }

    fn cold(&self, percent: usize) -> f64 {
        milliseconds(percentile(self.cold.iter().map(|took| took.processor), percent))
    }
}

fn seeks(timeline: &Timeline, mut seek: impl FnMut(u64)) -> Vec<Took> {
    places(timeline).take(SEEKS).map(|events| timed(|| seek(events)).0).collect()
}

fn row(work: &str, nodes: u8, minutes: u64, plan: Arc<Plan>) -> Figures {
    let figures = Figures::of(plan);
    println!(
        "{work:<9}{nodes:>5}{minutes:>5} |{:>11.0}{:>11.0}{:>11.0}{:>9.0} |{:>8.2}{:>8.2}{:>8.2}{:>8.2} |{:>8.2}{:>8.2}",
        figures.messages_a_second,
        figures.messages_a_second_by_wall,
        figures.events_a_second,
        figures.nanoseconds_an_event(),
        figures.warm(50),
        figures.warm(99),
        figures.warm(100),
        figures.warm_by_wall(99),
        figures.cold(50),
        figures.cold(99),
    );
    figures
}

fn growth(from_to: &str, from: &Figures, to: &Figures) {
    println!(
        "{from_to}: messages a second x {:.2}, time an event x {:.2}, seek x {:.2} (median) and x {:.2} (p99)",
        to.messages_a_second / from.messages_a_second,
        to.nanoseconds_an_event() / from.nanoseconds_an_event(),
        to.warm(50) / from.warm(50),
        to.warm(99) / from.warm(99),
    );
}

/// Takes what is written, and only counts it.
struct Count(u64);

impl Write for Count {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len() as u64;
        Ok(())
    }
}

fn as_a_timeline_and_a_trace(plan: Arc<Plan>) {
    let (made, timeline) = timed(|| Timeline::new(plan));
    let mut count = Count(0);
    let (written, result) = timed(|| write_trace(&timeline, &mut count));
    result.expect("it takes all");
    println!(
        "ten minutes of five nodes: {} events and {} records; as a timeline in {:.0} ms, as a trace of {:.0} MB in {:.0} ms",
        timeline.events(),
        timeline.records_count(),
        milliseconds(made.processor),
        count.0 as f64 / 1e6,
        milliseconds(written.processor),
    );
}

fn main() {
    let steady = |nodes, minutes| steady(nodes, Micros::from_secs(minutes * 60), 1);
    let troubled = |nodes, minutes| troubled(nodes, Micros::from_secs(minutes * 60), 1);
    println!(
        "Every monitor on; heartbeats each 50 ms, ten writes and ten reads a second. Time of the\n\
         processor, but where it says wall. Speeds: the median of {ROUNDS} runs. Seeks: to {SEEKS} random\n\
         instants of the run, forwards and backwards; cold: with no world to move from.\n"
    );
    println!(
        "{:<9}{:>5}{:>5} |{:>11}{:>11}{:>11}{:>9} |{:>32} |{:>16}",
        "", "", "", "messages", "by wall", "events", "ns an", "seek, ms", "cold, ms"
    );
    println!(
        "{:<9}{:>5}{:>5} |{:>11}{:>11}{:>11}{:>9} |{:>8}{:>8}{:>8}{:>8} |{:>8}{:>8}",
        "work",
        "nodes",
        "min",
        "a second",
        "a second",
        "a second",
        "event",
        "median",
        "p99",
        "max",
        "p99wall",
        "median",
        "p99"
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
            // Leaders crash, and nodes take snapshots.
            row("troubled", nodes, minutes, troubled(nodes, minutes).expect("it can be"));
        }
    }
    let of = |wanted| &table.iter().find(|(place, _)| *place == wanted).expect("it is there").1;
    println!();
    growth("from 3 to 9 nodes, 10 minutes", of((3, 10)), of((9, 10)));
    growth("from 1 to 60 minutes, 5 nodes", of((5, 1)), of((5, 60)));
    println!();
    as_a_timeline_and_a_trace(steady(5, 10).expect("it can be"));
}
