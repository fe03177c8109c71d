//! A trace of Raftlab's own.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    raft_sim::fuzzing::trace_ours(bytes);
});
