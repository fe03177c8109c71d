//! A trace of another implementation's.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    raft_sim::fuzzing::trace_observed(bytes);
});
