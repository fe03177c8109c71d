//! One run of a Raft cluster: a deterministic world of clocks, network, disks,
//! clients and faults, watched by monitors, that one can play, step and rewind.
//!
//! The same scenario, seed and interventions give the same run, byte for byte, on
//! every machine.

#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "trace-reading"))]
extern crate std;

mod action;
mod ascending;
mod branches;
mod client;
mod clock;
mod disk;
pub mod document;
mod draw;
mod expectation;
mod fault;
mod free_play;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod history;
mod host;
#[cfg(any(feature = "text", feature = "trace-reading"))]
mod in_short;
mod initial;
mod json;
mod landmark;
mod latency;
pub mod linearizability;
mod linearization;
mod monitor;
mod network;
mod occasion;
mod pause;
mod pin;
mod queue;
mod record;
pub mod round_trips;
mod rule;
mod scenario;
mod service;
mod setting;
mod shelf;
mod snapshot;
mod state_machine;
mod surroundings;
#[cfg(test)]
mod testing;
mod timeline;
pub mod trace;
mod who;
pub mod workload;
mod world;

pub use action::{Action, ActionError, Step, format_steps, parse_steps, sort_steps};
pub use ascending::Ascending;
pub use branches::{Branch, BranchId, Branches};
pub use client::Client;
pub use clock::{Clock, Rate};
pub use disk::Disk;
pub use document::Document;
pub use expectation::{Expectation, Expectations, Verdict, judge};
pub use free_play::{FREE_PLAY_CLIENTS, FREE_PLAY_NODES, free_play};
pub use history::{History, Operation, OperationId, Outcome, Request};
pub use host::Host;
pub use initial::{InitialEntries, InitialLog, InitialState, MOST_INITIAL_ENTRIES};
pub use landmark::Landmark;
pub use latency::{Latency, Quantiles};
pub use linearization::linearization;
pub use monitor::{Evidence, Monitors, OperationRef, Property, Standing, Violation};
pub use network::{Flight, LinkPlan, MessageId, MessageName, Network, NetworkPlan, RoundTrip};
pub use occasion::{
    ClientDeed, Deed, KINDS_OF_OCCASIONS, Moment, Occasion, OccasionError, Parcel, Subject, Watch,
};
pub use pause::Pause;
pub use pin::Pin;
pub use record::{ActionRefusal, Happening, LossCause, Record};
pub use rule::Rule;
pub use scenario::{
    Ask, ClientPlan, LONGEST_RUN, MOST_NODES, MOST_STEPS, Place, Plan, Scenario, ScenarioError,
    Work,
};
pub use setting::{SETTINGS, Setting, SettingGroup, SettingKind, SettingRow, Unit};
pub use snapshot::{SnapshotUnderWay, SnapshotWork};
pub use state_machine::{Key, Put, Session, StateMachine, Value};
pub use surroundings::Surroundings;
pub use timeline::{Records, Timeline, Told};
pub use trace::{TRACE_VERSION, TraceDigest, write_trace};
pub use who::Who;
pub use world::World;
