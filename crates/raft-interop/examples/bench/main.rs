//! How many proposals a second raft-core commits, beside the `raft` crate in the same
//! run: `cargo xtask bench --only core`, or
//! `cargo run --profile bench-native -p raft-interop --example bench`.
//!
//! The work is the same for both: one thread, a cluster in memory, messages delivered in
//! order and none lost, storage in memory that is durable at once, a client that keeps so
//! many proposals under way, a state machine that reads every byte. Each core is driven
//! as its documentation says: all messages that have come are taken, then all that it
//! wants done is done.
//!
//! Printed, never judged: a busy machine is slow. A second is one of the thread's own, not
//! of the clock on the wall; cores take turns, and of several runs the fastest counts: so
//! what else runs on the machine disturbs it least.

#[cfg(not(all(target_os = "macos", target_arch = "aarch64")))]
mod clone;
#[cfg(not(all(target_os = "macos", target_arch = "aarch64")))]
mod cluster;
#[cfg(not(all(target_os = "macos", target_arch = "aarch64")))]
mod ours;
#[cfg(not(all(target_os = "macos", target_arch = "aarch64")))]
mod theirs;

#[cfg(not(all(target_os = "macos", target_arch = "aarch64")))]
fn main() {
    cluster::compare();
    clone::measure();
}

#[cfg(all(target_os = "macos", target_arch = "aarch64"))]
fn main() {
    println!("nothing measured: the raft crate does not build here, see its Cargo.toml");
}
