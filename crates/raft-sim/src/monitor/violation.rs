//! A counterexample: who, which entries, which operations, in one plain sentence.

use super::Property;
use crate::history::{History, OperationId, Request};
use crate::state_machine::{Key, Value};
use alloc::vec::Vec;
use core::fmt;
use raft_core::{Index, LogEnd, Micros, NodeId, NodeSet, Term};

/// A counterexample: which property, when, and by what one sees it.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Violation {
    /// The property.
    pub property: Property,
    /// When, in true time.
    pub at: Micros,
    /// Which nodes, terms, entries and operations contradict each other.
    pub evidence: Evidence,
}

/// What contradicts a property.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Election Safety: a term had two leaders.
    TwoLeaders {
        /// The term.
        term: Term,
        /// Who led it first.
        first: NodeId,
        /// Who led it too; the same node where it was elected again after a restart.
        second: NodeId,
    },
    /// Leader Append-Only: a leader wrote over its own log.
    LeaderWroteOver {
        /// Who.
        leader: NodeId,
        /// The term that it leads.
        term: Term,
        /// The first place that it wrote over.
        first: LogEnd,
        /// The end of its log until then.
        last: LogEnd,
    },
    /// Log Matching: two entries of one index and term differ.
    EntriesDiffer {
        /// Their index and term.
        entry: LogEnd,
        /// Who wrote the first.
        first: NodeId,
        /// Who wrote the other.
        second: NodeId,
    },
    /// Log Matching: two logs hold the same entry, and differ before it.
    PredecessorsDiffer {
        /// The index and term of the entry.
        entry: LogEnd,
        /// Who wrote it first, and the term of what stood before it there.
        first: (NodeId, Option<Term>),
        /// Who wrote it too, and the term of what stood before it there.
        second: (NodeId, Option<Term>),
    },
    /// Leader Completeness: a leader lacks an entry that was committed in a term
    /// before its own.
    CommittedEntryMissing {
        /// The entry.
        entry: LogEnd,
        /// Who committed it.
        committed_by: NodeId,
        /// In which term.
        committed_in: Term,
        /// Who lacks it.
        leader: NodeId,
        /// The term that it leads.
        leader_term: Term,
        /// The term of what stands there in its log, if anything does.
        holds: Option<Term>,
    },
    /// State Machine Safety: two entries were applied at one index.
    AppliedDifferently {
        /// Where.
        index: Index,
        /// Who applied first, and an entry of which term.
        first: (NodeId, Term),
        /// Who applied another, and an entry of which term.
        second: (NodeId, Term),
    },
    /// State Machine Safety: a node left out entries.
    AppliedOutOfOrder {
        /// Who.
        node: NodeId,
        /// The last entry that it had applied before.
        after: Index,
        /// What it applied next.
        index: Index,
    },
    /// State Machine Safety: a node's state machine was replaced by a snapshot that is not
    /// what applying the entries that it covers comes to.
    RestoredDifferently {
        /// Who.
        node: NodeId,
        /// The last entry that the snapshot covers.
        end: LogEnd,
        /// The last entry that was applied anywhere up to there; another one where the
        /// snapshot covers what nobody has applied.
        last: LogEnd,
    },
    /// Durability: a client was told that a write is done, and a later leader lacks it.
    AcknowledgedWriteMissing {
        /// The write.
        write: OperationRef,
        /// The entry by which it was applied.
        entry: LogEnd,
        /// Who lacks it.
        leader: NodeId,
        /// The term that it leads.
        leader_term: Term,
        /// The term of what stands there in its log, if anything does.
        holds: Option<Term>,
    },
    /// Durability: a client was told that a write is done, and a node applied another
    /// entry in its place.
    OtherEntryApplied {
        /// The write.
        write: OperationRef,
        /// The entry by which it was applied.
        entry: LogEnd,
        /// Who applied another.
        node: NodeId,
        /// The term of that.
        applied: Term,
    },
    /// Durability: a client was told that a write is done, and nobody has applied it.
    WriteAppliedNowhere {
        /// The write.
        write: OperationRef,
    },
    /// At-most-once: a write took effect at two places in the order of the log.
    AppliedTwice {
        /// The write.
        write: OperationRef,
        /// Whose state machine did it first, and by which entry.
        first: (NodeId, LogEnd),
        /// Whose did it by another entry, and by which.
        second: (NodeId, LogEnd),
    },
    /// Linearizability: a read found a value that another had taken the place of.
    StaleRead {
        /// The read.
        read: OperationRef,
        /// An operation that saw or wrote the other value and had ended when the read began ...
        newer: OperationRef,
        /// ... and one that saw or wrote the other value and began ...
        newer_began: OperationRef,
        /// ... after this, which saw or wrote the value read, had ended; `None`
        /// where that value is the one that the key began with.
        older: Option<OperationRef>,
    },
    /// Linearizability: a read found a value that nobody had asked to write there.
    ReadOfNothing {
        /// The read.
        read: OperationRef,
    },
    /// Linearizability: a read found a value that had been overwritten before the run began.
    ReadOfOverwritten {
        /// The read.
        read: OperationRef,
        /// What its key held when the run began.
        now: Value,
    },
    /// Linearizability: a read found a value whose write had been refused.
    ReadOfRefused {
        /// The read.
        read: OperationRef,
        /// The write.
        write: OperationRef,
    },
}

/// An operation, with what one wants to say of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OperationRef {
    /// Its name.
    pub id: OperationId,
    /// Whether it was a write.
    pub is_write: bool,
    /// The key.
    pub key: Key,
    /// What it wrote, or found.
    pub value: Value,
    /// The client.
    pub client: u32,
    /// Who answered it, if it was answered.
    pub answered_by: Option<NodeId>,
}

impl OperationRef {
    /// An operation that wrote or found `value`.
    pub(super) fn of(history: &History, id: OperationId, key: Key, value: Value) -> OperationRef {
        let operation = history.get(id);
        OperationRef {
            id,
            is_write: operation.is_some_and(|it| matches!(it.request, Request::Write { .. })),
            key,
            value,
            client: operation.map_or(0, |it| it.client),
            answered_by: operation.and_then(|it| it.answered_by),
        }
    }
}

impl Evidence {
    /// Every node that it names.
    pub fn nodes(&self) -> NodeSet {
        match self {
            Evidence::TwoLeaders { first, second, .. }
            | Evidence::EntriesDiffer { first, second, .. }
            | Evidence::PredecessorsDiffer { first: (first, _), second: (second, _), .. }
            | Evidence::AppliedDifferently { first: (first, _), second: (second, _), .. }
            | Evidence::AppliedTwice { first: (first, _), second: (second, _), .. } => {
                NodeSet::only(*first).with(*second)
            }
            Evidence::LeaderWroteOver { leader: node, .. }
            | Evidence::AcknowledgedWriteMissing { leader: node, .. }
            | Evidence::OtherEntryApplied { node, .. }
            | Evidence::RestoredDifferently { node, .. }
            | Evidence::AppliedOutOfOrder { node, .. } => NodeSet::only(*node),
            Evidence::CommittedEntryMissing { committed_by, leader, .. } => {
                NodeSet::only(*committed_by).with(*leader)
            }
            Evidence::WriteAppliedNowhere { .. }
            | Evidence::StaleRead { .. }
            | Evidence::ReadOfNothing { .. }
            | Evidence::ReadOfOverwritten { .. }
            | Evidence::ReadOfRefused { .. } => {
                self.operations().iter().filter_map(|operation| operation.answered_by).collect()
            }
        }
    }

    /// Every operation that it names, the offending read, or the lost write, first.
    pub fn operations(&self) -> Vec<OperationRef> {
        let named = match self {
            Evidence::StaleRead { read, newer, newer_began, older } => {
                [Some(*read), Some(*newer), Some(*newer_began), *older]
            }
            Evidence::ReadOfNothing { read } | Evidence::ReadOfOverwritten { read, .. } => {
                [Some(*read), None, None, None]
            }
            Evidence::AcknowledgedWriteMissing { write, .. }
            | Evidence::OtherEntryApplied { write, .. }
            | Evidence::AppliedTwice { write, .. }
            | Evidence::WriteAppliedNowhere { write } => [Some(*write), None, None, None],
            Evidence::ReadOfRefused { read, write } => [Some(*read), Some(*write), None, None],
            _ => [None; 4],
        };
        let mut operations: Vec<OperationRef> = Vec::new();
        for operation in named.into_iter().flatten() {
            if operations.iter().all(|other| other.id != operation.id) {
                operations.push(operation);
            }
        }
        operations
    }

    /// The place in the log that it is about, if it is about one.
    pub const fn index(&self) -> Option<Index> {
        match self {
            Evidence::LeaderWroteOver { first: entry, .. }
            | Evidence::EntriesDiffer { entry, .. }
            | Evidence::PredecessorsDiffer { entry, .. }
            | Evidence::CommittedEntryMissing { entry, .. }
            | Evidence::AcknowledgedWriteMissing { entry, .. }
            | Evidence::OtherEntryApplied { entry, .. }
            | Evidence::AppliedTwice { second: (_, entry), .. }
            | Evidence::RestoredDifferently { end: entry, .. } => Some(entry.index),
            Evidence::AppliedDifferently { index, .. }
            | Evidence::AppliedOutOfOrder { index, .. } => Some(*index),
            _ => None,
        }
    }
}

impl fmt::Display for Property {
    /// As the paper writes it: `Election Safety`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Property::ElectionSafety => "Election Safety",
            Property::LeaderAppendOnly => "Leader Append-Only",
            Property::LogMatching => "Log Matching",
            Property::LeaderCompleteness => "Leader Completeness",
            Property::StateMachineSafety => "State Machine Safety",
            Property::Durability => "Durability",
            Property::AtMostOnce => "At-Most-Once",
            Property::Linearizability => "Linearizability",
        })
    }
}

impl fmt::Display for OperationRef {
    /// `write x = 2 (operation 30)`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OperationRef { id, key, value, .. } = self;
        let kind = if self.is_write { "write" } else { "read" };
        write!(formatter, "{kind} {key} = {value} (operation {})", id.0)
    }
}

/// An operation with all that is known of it.
struct InFull<'a>(&'a OperationRef);

impl fmt::Display for InFull<'_> {
    /// `read x = 1 (operation 31, by client 2, answered by A)`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OperationRef { id, is_write, key, value, client, answered_by } = self.0;
        let kind = if *is_write { "write" } else { "read" };
        write!(formatter, "{kind} {key} = {value} (operation {}, by client {client}", id.0)?;
        match answered_by {
            Some(node) => write!(formatter, ", answered by {node})"),
            None => formatter.write_str(")"),
        }
    }
}

/// `entry 5 of term 2`
struct Entry(LogEnd);

impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "entry {} of term {}", self.0.index, self.0.term)
    }
}

/// `one of term 3`, `nothing`
struct Before(Option<Term>);

impl fmt::Display for Before {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => formatter.write_str("nothing"),
            Some(Term(0)) => formatter.write_str("the beginning"),
            Some(term) => write!(formatter, "one of term {term}"),
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::TwoLeaders { term, first, second } if first == second => {
                write!(
                    formatter,
                    "{first} was elected leader of term {term} twice, before and after a restart"
                )
            }
            Evidence::TwoLeaders { term, first, second } => {
                write!(formatter, "{first} and {second} were both leader of term {term}")
            }
            Evidence::LeaderWroteOver { leader, term, first, last } => write!(
                formatter,
                "{leader}, leader of term {term}, wrote over its own {}, when its log ended with {}",
                Entry(*first),
                Entry(*last),
            ),
            Evidence::EntriesDiffer { entry, first, second } => {
                write!(
                    formatter,
                    "{first} and {second} wrote different entries as {}",
                    Entry(*entry)
                )
            }
            Evidence::PredecessorsDiffer { entry, first, second } => write!(
                formatter,
                "{} follows {} in {}'s log and {} in {}'s",
                Entry(*entry),
                Before(first.1),
                first.0,
                Before(second.1),
                second.0,
            ),
            Evidence::CommittedEntryMissing {
                entry,
                committed_by,
                committed_in,
                leader,
                leader_term,
                holds,
            } => {
                write!(
                    formatter,
                    "{}, committed by {committed_by} in term {committed_in}, is not in the log of \
                     {leader}, leader of term {leader_term}",
                    Entry(*entry),
                )?;
                match holds {
                    Some(term) => write!(formatter, ", which holds an entry of term {term} there"),
                    None => Ok(()),
                }
            }
            Evidence::AppliedDifferently { index, first, second } => write!(
                formatter,
                "at index {index} {} applied an entry of term {} and {} another, of term {}",
                first.0, first.1, second.0, second.1,
            ),
            Evidence::AppliedOutOfOrder { node, after, index } => {
                write!(formatter, "{node} applied entry {index} right after entry {after}")
            }
            Evidence::RestoredDifferently { node, end, last } if end == last => write!(
                formatter,
                "{node} goes by a snapshot up to {}, and applying the entries up to there comes to \
                 another state",
                Entry(*end),
            ),
            Evidence::RestoredDifferently { node, end, .. } => write!(
                formatter,
                "{node} goes by a snapshot up to {}, which nobody has applied",
                Entry(*end),
            ),
            Evidence::AcknowledgedWriteMissing { write, entry, leader, leader_term, holds } => {
                write!(
                    formatter,
                    "{} was acknowledged and is lost: {} is not in the log of {leader}, leader of \
                     term {leader_term}",
                    InFull(write),
                    Entry(*entry),
                )?;
                match holds {
                    Some(term) => write!(formatter, ", which holds an entry of term {term} there"),
                    None => Ok(()),
                }
            }
            Evidence::OtherEntryApplied { write, entry, node, applied } => write!(
                formatter,
                "{} was acknowledged and is lost: in place of {}, {node} applied an entry of term \
                 {applied}",
                InFull(write),
                Entry(*entry),
            ),
            Evidence::WriteAppliedNowhere { write } => {
                write!(formatter, "{} was acknowledged, and nobody has applied it", InFull(write))
            }
            Evidence::AppliedTwice { write, first, second } => {
                write!(
                    formatter,
                    "{} took effect twice: {} applied it as {}, and ",
                    InFull(write),
                    first.0,
                    Entry(first.1),
                )?;
                if first.0 == second.0 {
                    write!(formatter, "again as {}", Entry(second.1))
                } else {
                    write!(formatter, "{} as {}", second.0, Entry(second.1))
                }
            }
            Evidence::StaleRead { read, newer, newer_began, older } => {
                write!(formatter, "{} began after {newer} had completed", InFull(read))?;
                let Some(older) = older else { return Ok(()) };
                if newer_began.id == newer.id {
                    write!(formatter, ", which began after {older} had completed")
                } else {
                    write!(formatter, ", though {newer_began} began after {older} had completed")
                }
            }
            Evidence::ReadOfNothing { read } => {
                write!(formatter, "{} found what nobody had asked to write", InFull(read))
            }
            Evidence::ReadOfOverwritten { read, now } => write!(
                formatter,
                "{} found what had been overwritten before the run began, when {} was {now}",
                InFull(read),
                read.key
            ),
            Evidence::ReadOfRefused { read, write } => {
                write!(formatter, "{} found the value of {write}, which was refused", InFull(read))
            }
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} violated at {}: {}", self.property, self.at, self.evidence)
    }
}
