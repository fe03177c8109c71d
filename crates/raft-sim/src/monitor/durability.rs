//! Durability of acknowledged writes: what a client was told is done is never lost.
//!
//! "Raft guarantees that committed entries are durable" (paper, section 5.3). Leader
//! Completeness and State Machine Safety look at what servers hold to be committed;
//! this looks at what a client was promised, however the server came to promise it.
//!
//! An acknowledged write is the entry by which it was first applied. It must be in the
//! log of every leader of a term after the one in which that was done, and whoever
//! applies an entry at its place must apply this one.

use super::checked::Checked;
use super::election_safety::{ElectionSafety, Leadership, Logs};
use super::violation::{Evidence, OperationRef};
use crate::shelf::Shelf;
use crate::state_machine::Value;
use raft_core::{Index, Log, LogEnd, NodeId, Term};

/// The entry by which a write was first applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Effect {
    entry: LogEnd,
    /// The term that the server was in which applied it: it was committed by then.
    applied_in: Term,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Acknowledged {
    write: OperationRef,
    effect: Effect,
    is_reported: bool,
}

/// Every write that was applied, and every one that was acknowledged.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Durability {
    // By value: those count up, and no two writes have the same.
    effects: Shelf<Option<Effect>>,
    // By index, which is what logs are compared by.
    acknowledged: Shelf<Option<Acknowledged>>,
    // Up to where each node's log holds all that was acknowledged.
    pub(super) checked: Checked,
}

/// Where a value or an index, both counted from 1, stands on its shelf.
fn place_of(number: u64) -> Option<usize> {
    usize::try_from(number.checked_sub(1)?).ok()
}

impl Durability {
    /// A server of this term applies an entry; `value` is what it writes, if it is a write.
    pub(super) fn applied(
        &mut self,
        node: NodeId,
        term: Term,
        entry: LogEnd,
        value: Option<Value>,
    ) -> Option<Evidence> {
        if let Some(place) = value.and_then(|value| place_of(value.0))
            && !matches!(self.effects.get(place), Some(Some(_)))
        {
            self.effects.set(place, Effect { entry, applied_in: term });
        }
        let place = place_of(entry.index.0)?;
        let known = (*self.acknowledged.get(place)?)?;
        if known.effect.entry == entry || known.is_reported {
            return None;
        }
        self.mark(place);
        Some(Evidence::OtherEntryApplied {
            write: known.write,
            entry: known.effect.entry,
            node,
            applied: entry.term,
        })
    }

    /// A client was told that its write is done. `write` is of the value that it wrote.
    pub(super) fn acknowledged(
        &mut self,
        write: OperationRef,
        elections: &ElectionSafety,
        logs: &Logs,
    ) -> Option<Evidence> {
        let effect = place_of(write.value.0).and_then(|place| *self.effects.get(place)?);
        let Some(effect) = effect else { return Some(Evidence::WriteAppliedNowhere { write }) };
        let Effect { entry, applied_in } = effect;
        let place = place_of(entry.index.0)?;
        self.acknowledged.set(place, Acknowledged { write, effect, is_reported: false });
        // What was looked through before this was acknowledged may lack it.
        for (node, _) in logs.iter().filter(|(_, log)| missing(log, entry).is_some()) {
            self.checked.kept_up_to(node, entry.index.previous());
        }
        // Leaders that came into office meanwhile.
        let lacks = |(term, it): (Term, &Leadership)| {
            missing(&it.log, entry).map(|holds| (term, it.node, holds))
        };
        let (leader_term, leader, holds) = elections.later_than(applied_in).find_map(lacks)?;
        self.mark(place);
        Some(Evidence::AcknowledgedWriteMissing { write, entry, leader, leader_term, holds })
    }

    /// A node has come into office.
    pub(super) fn elected(&mut self, term: Term, node: NodeId, log: &Log) -> Option<Evidence> {
        let mut evidence = None;
        let from = self.checked.of(node);
        let mut holds_all_up_to = Some(from);
        for number in from.0 + 1..=self.acknowledged.len() as u64 {
            let Some(place) = place_of(number) else { break };
            let Some(known) = self.acknowledged.get(place) else { break };
            let lacks = known
                .filter(|known| !known.is_reported)
                .and_then(|known| missing(log, known.effect.entry).map(|holds| (known, holds)));
            let Some((known, holds)) = lacks else {
                holds_all_up_to = holds_all_up_to.map(|_| Index(number));
                continue;
            };
            if let Some(last) = holds_all_up_to.take() {
                self.checked.set(node, last);
            }
            if known.effect.applied_in < term {
                evidence.get_or_insert(Evidence::AcknowledgedWriteMissing {
                    write: known.write,
                    entry: known.effect.entry,
                    leader: node,
                    leader_term: term,
                    holds,
                });
                self.mark(place);
            }
        }
        if let Some(last) = holds_all_up_to {
            self.checked.set(node, last);
        }
        evidence
    }

    /// A node's log is what it was up to here, and not after.
    pub(super) fn rewritten(&mut self, node: NodeId, kept: Index) {
        self.checked.kept_up_to(node, kept);
    }

    /// One report for a write that is lost, however many servers lack it.
    fn mark(&mut self, place: usize) {
        if let Some(Some(known)) = self.acknowledged.get_mut(place) {
            known.is_reported = true;
        }
    }
}

/// `None` if a log holds an entry; else the term of what it holds there, if anything.
fn missing(log: &Log, entry: LogEnd) -> Option<Option<Term>> {
    let holds = log.term_at(entry.index);
    (holds != Some(entry.term)).then_some(holds)
}
