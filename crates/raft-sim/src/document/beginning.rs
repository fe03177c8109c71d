//! What nodes begin with, and what chance does not decide.

use super::record::record;
use super::words::{Worded, Words};
use super::{Node, Nodes, Span};
use crate::initial::{InitialLog, InitialState};
use crate::occasion::Occasion;
use crate::pin;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use raft_core::{Index, Term};

record! {
    /// What some nodes have on their disks when the run begins.
    pub struct Initial {
        /// Which nodes: they have all the same.
        pub nodes: Nodes,
        /// The latest term that they have seen. By default that of their last entry.
        pub term: Option<u64> = None,
        /// Whom they voted for in that term. By default nobody.
        pub voted_for: Option<Node> = None,
        /// Their log, from index 1: entries as term*count:key=value, such as "1 1 2", or
        /// "1*9500 2:x=7" for 9500 entries of term 1 and one of term 2 that writes 7 to x.
        pub log: Worded<InitialLog> = Worded(InitialLog(Vec::new())),
        /// Up to where the log was committed.
        pub committed: u64 = 0,
        /// Up to where a snapshot stands in place of the log; no further than committed.
        pub snapshot: u64 = 0,
    }
}

record! {
    /// Something that takes as long as is said here, and not as long as is drawn.
    pub struct Pin {
        /// What: "B draws a timeout", "A sends request-vote to C", or "B has written", which is
        /// an fsync.
        pub what: Worded<Occasion>,
        /// The how-manieth of those, counted from 1.
        pub nth: u64 = 1,
        /// How many of them, from that one on.
        pub count: u64 = 1,
        /// How long. A timeout is one that could be drawn.
        pub takes: Span,
    }
}

impl Initial {
    pub(super) fn of(state: &InitialState) -> Initial {
        let InitialState { nodes, term, voted_for, log, committed, snapshot } = state;
        Initial {
            nodes: Worded(*nodes),
            term: term.map(|term| term.0),
            voted_for: voted_for.map(Worded),
            log: Worded(log.clone()),
            committed: committed.0,
            snapshot: snapshot.0,
        }
    }

    pub(super) fn state(&self) -> InitialState {
        let Initial { nodes, term, voted_for, log, committed, snapshot } = self;
        InitialState {
            nodes: nodes.0,
            term: term.map(Term),
            voted_for: voted_for.as_ref().map(|it| it.0),
            log: log.0.clone(),
            committed: Index(*committed),
            snapshot: Index(*snapshot),
        }
    }
}

impl Pin {
    pub(super) fn of(pin: &pin::Pin) -> Pin {
        let pin::Pin { what, nth, count, takes } = *pin;
        Pin { what: Worded(what), nth, count, takes: Worded(takes) }
    }

    pub(super) fn pin(&self) -> pin::Pin {
        let Pin { what, nth, count, takes } = self;
        pin::Pin { what: what.0, nth: *nth, count: *count, takes: takes.0 }
    }
}

impl Words for InitialLog {
    const WHAT: &'static str = "a log, such as \"1 1 2\" or \"1*9500 2:x=7\"";

    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }

    fn read(text: &str) -> Result<InitialLog, String> {
        text.parse()
    }
}
