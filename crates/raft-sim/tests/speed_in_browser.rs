//! The simulator's speed in a browser, printed: `cargo xtask bench --only browser`. The
//! work is that of `examples/bench.rs`, so that the two can be compared.
#![cfg(target_arch = "wasm32")]

use raft_core::Micros;
use raft_sim::workload::{play, steady};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn speed() {
    for nodes in [3, 5, 9] {
        let plan = steady(nodes, Micros::from_secs(60), 1).expect("it can be");
        // Once to warm up: a browser compiles what it meets often better.
        let tally = play(plan.clone());
        let began = js_sys::Date::now();
        let mut rounds = 0;
        while js_sys::Date::now() - began < 2_000.0 {
            assert_eq!(play(plan.clone()), tally);
            rounds += 1;
        }
        let seconds = (js_sys::Date::now() - began) / 1_000.0 / f64::from(rounds);
        console_log!(
            "{nodes} nodes, 60 s simulated, all monitors on: {:>9.0} messages delivered and \
             {:>9.0} events a second",
            tally.messages as f64 / seconds,
            tally.events as f64 / seconds,
        );
    }
}
