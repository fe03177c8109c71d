//! One node, told anything by anyone.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raft_core::fuzzing::one_node(bytes));
