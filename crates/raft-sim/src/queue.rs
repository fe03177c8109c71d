//! What is due, and in which order: by time, then in the order in which it was planned.

use crate::history::{OperationId, Outcome};
use crate::network::MessageId;
use alloc::collections::BinaryHeap;
use core::cmp::Reverse;
use raft_core::{Micros, NodeId, WriteId};

/// Something that is due at a time known beforehand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Due {
    /// A message arrives, or dies.
    MessageEnds(MessageId),
    /// The fsync that a host began in its `boot`-th life is done.
    SyncEnds { node: NodeId, boot: u64 },
    /// A host's process hears, in its `boot`-th life, that a write is durable.
    DurableReported { node: NodeId, boot: u64, write: WriteId },
    /// The snapshot that a host's process began in its `boot`-th life is taken.
    SnapshotTaken { node: NodeId, boot: u64 },
    /// A client's question reaches a node.
    QuestionArrives { operation: OperationId, node: NodeId },
    /// The moment has come to do what a rule says; `it` is whom its occasion was about.
    RuleActs { rule: u32, it: Option<NodeId> },
    /// A node's answer reaches the client.
    AnswerArrives { operation: OperationId, answer: ClientAnswer, by: NodeId },
}

/// What a node tells a client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum ClientAnswer {
    Done(DoneAnswer),
    /// Ask this one instead, if the node knows whom.
    AskAnother(Option<NodeId>),
    /// Nobody here will ever know what became of it.
    Unknown,
}

/// The outcomes that an answer carries; ordered so that the queue is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct DoneAnswer(pub(crate) Outcome);

impl PartialOrd for DoneAnswer {
    fn partial_cmp(&self, other: &DoneAnswer) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DoneAnswer {
    // The queue orders by time and number; two dues never have the same number, so
    // what they carry is never looked at.
    fn cmp(&self, _: &DoneAnswer) -> core::cmp::Ordering {
        core::cmp::Ordering::Equal
    }
}

/// The queue. Its numbers count up, so that the order is the same in every run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<(Micros, u64, Due)>>,
    planned: u64,
}

impl PartialEq for Queue {
    /// The same things are due at the same times in the same order, however the
    /// heap happens to hold them.
    fn eq(&self, other: &Queue) -> bool {
        self.planned == other.planned
            && self.heap.clone().into_sorted_vec() == other.heap.clone().into_sorted_vec()
    }
}

impl Eq for Queue {}

impl Queue {
    /// Gives the number of what is planned.
    pub(crate) fn plan(&mut self, at: Micros, due: Due) -> u64 {
        let number = self.planned;
        self.heap.push(Reverse((at, number, due)));
        self.planned += 1;
        number
    }

    /// What is due next, with its number.
    pub(crate) fn next(&self) -> Option<(Micros, u64, Due)> {
        self.heap.peek().map(|Reverse(next)| *next)
    }

    pub(crate) fn pop(&mut self) {
        self.heap.pop();
    }
}
