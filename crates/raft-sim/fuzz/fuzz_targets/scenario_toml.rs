//! A scenario as people write it.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    raft_sim::fuzzing::scenario_toml(bytes);
});
