//! A scenario as programs write it.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    raft_sim::fuzzing::scenario_json(bytes);
});
