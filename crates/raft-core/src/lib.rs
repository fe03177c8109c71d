//! One Raft server, sans-IO: `no_std`, no clock, no disk, no socket of its own.
//!
//! A driver tells a [`Node`] what happens ([`Input`]: a message came, the clock has
//! reached a deadline, a write is durable) and carries out what it wants done
//! ([`Output`]: send this, write this, apply this). The same inputs give the same
//! outputs on every platform, today and next year.
//!
//! The protocol is that of *In Search of an Understandable Consensus Algorithm
//! (Extended Version)*, Ongaro and Ousterhout, 2014 ("the paper"), and of Ongaro's
//! dissertation *Consensus: Bridging Theory and Practice*, 2014. Each rule's code
//! names its section.
//!
//! # The driving loop
//!
//! Three servers, disks that are done at once, and a network that delivers in order:
//!
//! ```
//! use raft_core::*;
//! use std::collections::VecDeque;
//!
//! let settings = Settings::default().check()?;
//! let members = Membership::of(NodeSet::first(3));
//! let ids: Vec<NodeId> = members.voters.iter().collect();
//! let mut disks = vec![Durable::new(members); 3];
//! let mut nodes: Vec<Node> = ids
//!     .iter()
//!     .map(|id| {
//!         let seed = 7 + u64::from(id.number());
//!         Node::restore(*id, settings, seed, Durable::new(members), Micros::ZERO)
//!     })
//!     .collect();
//! let mut now = Micros::ZERO;
//! let mut applied = 0;
//! let mut inputs: VecDeque<(usize, Input)> = VecDeque::new();
//!
//! while applied < 3 {
//!     // Nothing under way: let time pass until the first node wants to be woken.
//!     if inputs.is_empty() {
//!         if let Some(leader) = nodes.iter().position(|node| node.view().is_leader()) {
//!             let command = Command((*b"x = 1").into());
//!             inputs.push_back((leader, Input::Propose { request: RequestId(1), command }));
//!         }
//!         let (place, at) = (0..3)
//!             .filter_map(|place| Some((place, nodes[place].deadline()?)))
//!             .min_by_key(|(_, at)| *at)
//!             .ok_or("nobody waits")?;
//!         now = now.max(at);
//!         inputs.push_back((place, Input::Wake));
//!     }
//!     while let Some((place, input)) = inputs.pop_front() {
//!         nodes[place].handle(now, input);
//!         while let Some(output) = nodes[place].poll() {
//!             match output {
//!                 Output::Send(envelope) => {
//!                     inputs.push_back((envelope.to.number().into(), Input::Receive(envelope)));
//!                 }
//!                 Output::Write(write) => {
//!                     disks[place].write(write.change);
//!                     inputs.push_back((place, Input::Durable(write.id)));
//!                 }
//!                 Output::Apply { index, entry } => {
//!                     applied += u32::from(matches!(entry.payload, Payload::Command(_)));
//!                     inputs.push_back((place, Input::Applied(index)));
//!                 }
//!                 // Nobody takes a snapshot here, so nobody gets one.
//!                 Output::Restore(snapshot) => {
//!                     inputs.push_back((place, Input::Applied(snapshot.end.index)));
//!                 }
//!                 Output::Answer { .. } | Output::Transition(_) => {}
//!             }
//!         }
//!     }
//! }
//! assert_eq!(disks[0].log, disks[1].log);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![doc = include_str!("../CHECKLIST.md")]
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "fuzzing"))]
extern crate std;

#[cfg(test)]
mod cluster_tests;
mod configuration;
mod election;
#[cfg(test)]
mod exhaustive;
mod flaws;
mod follower_read;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
#[cfg(test)]
mod hostile_tests;
mod log;
mod membership;
mod message;
mod node;
mod per_server;
mod persistence;
mod pre_vote;
pub mod quorum;
mod random;
mod read;
mod replication;
mod rounds;
mod settings;
mod snapshot;
#[cfg(any(test, feature = "fuzzing"))]
#[cfg_attr(not(test), allow(dead_code))]
mod testing;
mod time;
mod transfer;
mod transition;
mod view;

pub use configuration::{Reconfiguration, ReconfigurationRefusal};
pub use election::PinnedTimeout;
pub use flaws::{Breaks, Flaw, Flaws};
pub use follower_read::ReadNumber;
pub use log::{Command, Entry, Index, Log, LogEnd, Payload, Term};
pub use membership::{MAX_NODES, Membership, NodeId, NodeSet};
pub use message::{
    AppendAnswer, AppendEntries, AppendReply, Envelope, InstallSnapshot, InstallSnapshotReply,
    Message, MessageKind, PreVoteReply, ReadIndexAnswer, RequestPreVote, RequestReadIndex,
    RequestReadIndexReply, RequestVote, Round, SnapshotAnswer, VoteAnswer, VoteRefusal,
};
pub use node::{Answer, Input, Node, Output, Refusal};
pub use persistence::{Change, Durable, HardState, Write, WriteId};
pub use read::{ReadBasis, ReadMode, ReadRefusal, RequestId};
pub use settings::{CheckedSettings, DriftBound, InForce, Settings, SettingsError};
pub use snapshot::{MAX_SNAPSHOT_BYTES, Snapshot, SnapshotRefusal};
pub use time::Micros;
pub use transition::{
    CandidateCause, CommitCause, IgnoreCause, Office, ReadWait, StepDownCause, TermCause,
    TransferEnd, Transition,
};
pub use view::{LeaderView, PaceView, ProgressView, RoleView, SnapshotProgress, View};
