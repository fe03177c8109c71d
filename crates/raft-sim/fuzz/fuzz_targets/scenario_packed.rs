//! A scenario as a link carries it.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    raft_sim::fuzzing::scenario_packed(bytes);
});
