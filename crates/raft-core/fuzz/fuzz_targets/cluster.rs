//! A small cluster in which anything may be lost, doubled, late or forgotten.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raft_core::fuzzing::cluster(bytes));
