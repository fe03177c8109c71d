//! raft-core against a core that nobody here wrote: the `raft` crate (tikv/raft-rs).
//!
//! * [`cluster`]: servers of both kinds in one cluster, on a network that loses,
//!   repeats and reorders, with disks that take their time and crashes that lose what
//!   was not durable. Everything in it follows from one seed.
//! * [`translate`]: the messages of the one in the words of the other, with a table
//!   of what differs.
//! * [`monitor`]: the five properties of the paper's Figure 3, over servers of both kinds.
//! * [`observer`]: what a cluster does, as a trace that Raftlab reads, checks and draws.
//! * [`schedule`]: random schedules of faults, each from its number.
//! * `examples/bench.rs`: how many proposals a second each commits, doing the same work.
//!
//! Nothing of the page depends on this crate.

// See the dependencies in Cargo.toml.
#![cfg(not(all(target_os = "macos", target_arch = "aarch64")))]

pub mod cluster;
pub mod monitor;
pub mod observer;
mod ours;
mod random;
pub mod schedule;
pub mod server;
mod theirs;
pub mod translate;
