//! The simulator's speed in a browser, printed: `cargo xtask bench --only browser`. The
//! work is that of `examples/bench.rs`, so that the two can be compared.
//!
//! A page isn't told how long it had the processor for. What else the machine does makes a
//! round slower, and never faster: of several rounds the fastest says what the work takes.
#![cfg(target_arch = "wasm32")]

use js_sys::{Function, Reflect};
use raft_core::Micros;
use raft_sim::Timeline;
use raft_sim::workload::{places, play, steady};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Rounds of the same, of which the fastest counts.
const ROUNDS: usize = 7;
/// How many random instants are sought in a run.
const SEEKS: usize = 500;

/// What tells the time: in parts of a millisecond, as far as the browser gives it away.
struct Clock {
    performance: js_sys::wasm_bindgen::JsValue,
    now: Function,
}

impl Clock {
    fn of_the_browser() -> Clock {
        let performance = Reflect::get(&js_sys::global(), &"performance".into()).expect("there");
        let now = Reflect::get(&performance, &"now".into()).expect("there");
        Clock { performance, now: now.into() }
    }

    /// How many milliseconds something takes.
    fn timed(&self, what: impl FnOnce()) -> f64 {
        let now = || self.now.call0(&self.performance).ok().and_then(|it| it.as_f64()).expect("it");
        let began = now();
        what();
        now() - began
    }
}

#[wasm_bindgen_test]
fn speed() {
    let clock = Clock::of_the_browser();
    console_log!(
        "nodes  min   messages/s    events/s  ns an event   (the fastest of {ROUNDS} rounds)"
    );
    for (nodes, minutes) in [(3, 1), (5, 1), (7, 1), (9, 1), (5, 10), (5, 60)] {
        let plan = steady(nodes, Micros::from_secs(minutes * 60), 1).expect("it can be");
        let tally = play(plan.clone());
        let fastest = (0..ROUNDS)
            .map(|_| clock.timed(|| assert_eq!(play(plan.clone()), tally)))
            .fold(f64::INFINITY, f64::min);
        console_log!(
            "{nodes:>5} {minutes:>4} {:>12.0} {:>11.0} {:>12.0}",
            tally.messages as f64 / fastest * 1_000.0,
            tally.events as f64 / fastest * 1_000.0,
            fastest * 1e6 / tally.events as f64,
        );
    }
}

#[wasm_bindgen_test]
fn seeking() {
    let clock = Clock::of_the_browser();
    console_log!(
        "nodes  min   seek, ms: median    p99    max   (to {SEEKS} random instants, each the fastest of 3)"
    );
    for (nodes, minutes) in [(5, 1), (5, 10), (5, 60), (9, 10)] {
        let plan = steady(nodes, Micros::from_secs(minutes * 60), 1).expect("it can be");
        let timeline = Timeline::new(plan);
        let mut spans = vec![f64::INFINITY; SEEKS];
        let mut world = timeline.world_after(0);
        for _ in 0..3 {
            // The same way each time: from each instant to the next.
            for (span, events) in spans.iter_mut().zip(places(&timeline)) {
                *span = span.min(clock.timed(|| timeline.seek(&mut world, events)));
            }
        }
        spans.sort_unstable_by(f64::total_cmp);
        let of_hundred = |percent| spans[(SEEKS - 1) * percent / 100];
        let (median, p99, most) = (of_hundred(50), of_hundred(99), of_hundred(100));
        console_log!("{nodes:>5} {minutes:>4}             {median:>8.2} {p99:>6.2} {most:>6.2}");
    }
}
