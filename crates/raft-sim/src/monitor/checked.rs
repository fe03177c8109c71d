//! How far each node's log has been looked through, so that nothing is looked at twice.
//!
//! A monitor that wants every committed or acknowledged entry in a new leader's log would
//! otherwise look through the whole history at each election. What a log was seen to hold
//! it goes on holding until the node writes over it.

use alloc::vec::Vec;
use raft_core::{Index, NodeId};

/// For each node, the last index up to which its log is known to lack nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Checked(Vec<Index>);

impl Checked {
    /// Up to where a node's log need not be looked through.
    pub(super) fn of(&self, node: NodeId) -> Index {
        self.0.get(usize::from(node.number())).copied().unwrap_or_default()
    }

    /// A node's log lacks nothing up to here.
    pub(super) fn set(&mut self, node: NodeId, to: Index) {
        let place = usize::from(node.number());
        if self.0.len() <= place {
            self.0.resize(place + 1, Index::ZERO);
        }
        self.0[place] = to;
    }

    /// What comes after this place in a node's log is not what it was.
    pub(super) fn kept_up_to(&mut self, node: NodeId, last: Index) {
        if self.of(node) > last {
            self.set(node, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::durability::Durability;
    use super::super::election_safety::{ElectionSafety, Logs};
    use super::super::leader_completeness::LeaderCompleteness;
    use super::super::violation::OperationRef;
    use super::*;
    use crate::history::OperationId;
    use crate::state_machine::{Key, Value};
    use proptest::prelude::*;
    use raft_core::{Entry, LogEnd, Payload, Term};

    const NODES: u8 = 3;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        /// A node puts a few entries of the latest term at this place, or at its log's end.
        Write { node: u8, first: u64, count: u64 },
        /// A node's log is now that of another, up to some place.
        Replace { node: u8, by: u8, last: u64 },
        /// A node that led a term up to two back commits its log up to here.
        Commit { node: u8, earlier: u64, last: u64 },
        /// A client hears of a write whose entry some node holds at this place.
        Acknowledge { node: u8, index: u64 },
        /// A node comes into office in the next term.
        Elect { node: u8 },
    }

    fn step() -> impl Strategy<Value = Step> {
        let (node, place) = (0..NODES, 1u64..12);
        prop_oneof![
            3 => (node.clone(), place.clone(), 1u64..4)
                .prop_map(|(node, first, count)| Step::Write { node, first, count }),
            3 => (node.clone(), node.clone(), place.clone())
                .prop_map(|(node, by, last)| Step::Replace { node, by, last }),
            3 => (node.clone(), 0u64..3, place.clone())
                .prop_map(|(node, earlier, last)| Step::Commit { node, earlier, last }),
            3 => (node.clone(), place)
                .prop_map(|(node, index)| Step::Acknowledge { node, index }),
            3 => node.prop_map(|node| Step::Elect { node }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Nothing has to hold between these logs: the monitors are for runs in which
        /// nothing does.
        #[test]
        fn what_was_looked_through_is_not_missed(steps in prop::collection::vec(step(), 0..60)) {
            let mut logs = Logs::default();
            let mut elections = ElectionSafety::default();
            let (mut completeness, mut writes) =
                (LeaderCompleteness::default(), Durability::default());
            let (mut term, mut value) = (Term(1), 0);
            for step in steps {
                match step {
                    Step::Write { node, first, count } => {
                        let node = NodeId::new(node).expect("there are more");
                        let log = logs.of(node);
                        let first = Index(first).min(log.last_index().next());
                        log.truncate_from(first);
                        log.extend((0..count).map(|_| Entry { term, payload: Payload::NoOp }));
                        completeness.rewritten(node, first.previous());
                        writes.rewritten(node, first.previous());
                    }
                    Step::Replace { node, by, last } => {
                        let [node, by] = [node, by].map(|it| NodeId::new(it).expect("it is there"));
                        let mut log = logs.of(by).clone();
                        log.truncate_from(Index(last).next());
                        let before = core::mem::replace(logs.of(node), log);
                        let kept = logs.of(node).same_up_to(&before);
                        completeness.rewritten(node, kept);
                        writes.rewritten(node, kept);
                    }
                    Step::Commit { node, earlier, last } => {
                        let node = NodeId::new(node).expect("it is there");
                        let led = Term(term.0.saturating_sub(earlier).max(1));
                        let log = logs.of(node);
                        completeness.commits(led, node, log, Index(last), &elections);
                    }
                    Step::Acknowledge { node, index } => {
                        let node = NodeId::new(node).expect("it is there");
                        let index = Index(index);
                        let Some(held) = logs.of(node).get(index).map(|entry| entry.term) else {
                            continue;
                        };
                        value += 1;
                        let write = OperationRef {
                            id: OperationId(value),
                            is_write: true,
                            key: Key(0),
                            value: Value(value.into()),
                            client: 1,
                            answered_by: None,
                        };
                        let end = LogEnd { index, term: held };
                        writes.applied(node, term, end, Some(write.value));
                        writes.acknowledged(write, &elections, &logs);
                    }
                    Step::Elect { node } => {
                        let node = NodeId::new(node).expect("it is there");
                        term = term.next();
                        let log = logs.of(node);
                        elections.leads(node, 1, term, log);
                        let mut all_anew = (completeness.clone(), writes.clone());
                        all_anew.0.checked.set(node, Index::ZERO);
                        all_anew.1.checked.set(node, Index::ZERO);
                        let found =
                            (completeness.elected(term, node, log), writes.elected(term, node, log));
                        prop_assert_eq!(
                            found,
                            (all_anew.0.elected(term, node, log), all_anew.1.elected(term, node, log))
                        );
                        // Neither is what has been reported, nor how far was looked, another.
                        prop_assert_eq!((&completeness, &writes), (&all_anew.0, &all_anew.1));
                    }
                }
            }
        }
    }
}
