//! Schedules from bytes, for a fuzzer that thinks of the bytes: `fuzz/` beside this crate's `src/`.
//!
//! What a schedule is made of, and what must hold after each of its steps, is the same for
//! the random schedules of the tests (`hostile_tests.rs`, `cluster_tests.rs`). What the fuzzer has found
//! worth keeping is replayed by the tests below.

mod bytes;
pub(crate) mod cluster;
pub(crate) mod one_node;

use bytes::Bytes;

/// Longer schedules find nothing that shorter ones don't, and take longer.
const MOST_BYTES: usize = 4_096;

/// One node is told what these bytes say.
///
/// # Panics
/// If the node does, or breaks a promise.
pub fn one_node(bytes: &[u8]) {
    let mut bytes = Bytes::new(&bytes[..bytes.len().min(MOST_BYTES)]);
    let (settings, of, steps) = one_node::schedule(&mut bytes);
    one_node::run(settings, of, steps);
}

/// A cluster of five servers, of which the first few are the members, goes through what these
/// bytes say.
///
/// # Panics
/// If a node does, or if one of the paper's five properties is violated, or a read misses what was
/// committed before it came; or if, once the faults are over, the servers don't come to agree.
pub fn cluster(bytes: &[u8]) {
    let mut bytes = Bytes::new(&bytes[..bytes.len().min(MOST_BYTES)]);
    let must_settle = bytes.one_in(8);
    let (settings, of, steps) = cluster::schedule(&mut bytes);
    let ended = cluster::run(of, settings, &steps);
    // Without an entry of its own term, a leader may wait for a client to commit anything.
    let ended = match ended {
        Ok(mut cluster) if must_settle && settings.no_op_at_start_of_term => cluster.settle(),
        ended => ended.map(|_| ()),
    };
    if let Err(broken) = ended {
        panic!("{broken}");
    }
}

#[cfg(test)]
mod tests;
