//! What clients asked and were told: each operation an interval in time.

use crate::shelf::Shelf;
use crate::state_machine::{Key, Value};
use raft_core::{Micros, NodeId, ReadBasis, ReadMode};

/// The name of an operation within its run: they count up as they begin.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct OperationId(pub u32);

/// What a client wants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Write a value.
    Write {
        /// Where.
        key: Key,
        /// What; no two writes of a run have the same.
        value: Value,
    },
    /// Read a value.
    Read {
        /// Where.
        key: Key,
        /// How the leader is to make sure that it is still leader. `None`: nobody makes
        /// sure of anything, and whoever is asked answers with what it has applied.
        mode: Option<ReadMode>,
    },
}

impl Request {
    /// The key that it is about.
    pub const fn key(&self) -> Key {
        match self {
            Request::Write { key, .. } | Request::Read { key, .. } => *key,
        }
    }
}

/// What became of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The write is applied.
    Written,
    /// The read found this value.
    Found {
        /// The value.
        value: Value,
        /// By what the leader knew that it was still leader; `None` where nobody made sure
        /// of that, and the value may be old.
        basis: Option<ReadBasis>,
    },
    /// Nobody took it: it has no effect, now or later.
    Refused,
    /// The client gave up waiting. A write may still take effect.
    GaveUp,
}

/// An operation: what was asked, by whom, when, and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// The client, 1 and up; 0 is whoever sits in front of the page.
    pub client: u32,
    /// Which of its client's writes it is, where the client keeps a session; else 0.
    pub sequence: u64,
    /// What was asked.
    pub request: Request,
    /// When the client asked.
    pub began_at: Micros,
    /// When the client was told, and what; `None` as long as it waits.
    pub ended: Option<(Micros, Outcome)>,
    /// The node that it was last sent to.
    pub asked: Option<NodeId>,
    /// The node that answered.
    pub answered_by: Option<NodeId>,
}

/// All operations of a run so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct History {
    operations: Shelf<Operation>,
}

impl History {
    /// The operations, in the order in which they began.
    pub fn operations(&self) -> impl DoubleEndedIterator<Item = (OperationId, &Operation)> {
        self.operations
            .iter()
            .enumerate()
            .map(|(place, operation)| (OperationId(place as u32), operation))
    }

    /// One operation.
    pub fn get(&self, id: OperationId) -> Option<&Operation> {
        self.operations.get(id.0 as usize)
    }

    pub(crate) fn begin(&mut self, client: u32, request: Request, at: Micros) -> OperationId {
        let id = OperationId(self.operations.len() as u32);
        self.operations.push(Operation {
            client,
            sequence: 0,
            request,
            began_at: at,
            ended: None,
            asked: None,
            answered_by: None,
        });
        id
    }

    /// Says which of its client's writes an operation is.
    pub(crate) fn number(&mut self, id: OperationId, sequence: u64) {
        if let Some(operation) = self.operations.get_mut(id.0 as usize) {
            operation.sequence = sequence;
        }
    }

    pub(crate) fn asked(&mut self, id: OperationId, node: NodeId) {
        if let Some(operation) = self.operations.get_mut(id.0 as usize) {
            operation.asked = Some(node);
        }
    }

    /// Ends an operation that has not ended yet; says whether it did.
    pub(crate) fn end(
        &mut self,
        id: OperationId,
        at: Micros,
        outcome: Outcome,
        by: Option<NodeId>,
    ) -> bool {
        match self.operations.get_mut(id.0 as usize) {
            Some(operation) if operation.ended.is_none() => {
                operation.ended = Some((at, outcome));
                operation.answered_by = by;
                true
            }
            _ => false,
        }
    }
}
