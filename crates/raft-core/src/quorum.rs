//! Majorities: pure functions of a configuration and what each server has.
//!
//! Everything that Raft decides, it decides here: an election is won, an entry
//! committed and a read confirmed by a majority, because any two majorities of
//! one configuration share a server (paper, section 2 and 5.4.3).

use crate::membership::{MAX_NODES, Membership, NodeId, NodeSet};

/// How many of `count` servers make a majority.
///
/// ```
/// use raft_core::quorum::majority_of;
/// assert_eq!([1, 2, 3, 4, 5, 6].map(majority_of), [1, 2, 2, 3, 3, 4]);
/// ```
pub const fn majority_of(count: u8) -> u8 {
    count / 2 + 1
}

/// What is taken for a majority. Raft's is [`QuorumRule::MAJORITIES`]; every other
/// leaves out a rule (see [`Flaw`](crate::Flaw)).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct QuorumRule {
    /// So many servers, or all where there are fewer, instead of more than half.
    pub fixed_size: Option<u8>,
    /// Of a joint configuration, either part is enough, instead of both.
    pub either_part_is_enough: bool,
    /// Learners stand in for voters, instead of counting for nothing.
    pub learners_count: bool,
}

impl QuorumRule {
    /// More than half of the voters; in a joint configuration, of each of its parts.
    pub const MAJORITIES: QuorumRule =
        QuorumRule { fixed_size: None, either_part_is_enough: false, learners_count: false };

    /// The servers whose votes and answers are counted.
    pub const fn counted(self, membership: &Membership) -> NodeSet {
        if self.learners_count { membership.everyone() } else { membership.all_voters() }
    }

    /// Whether `agreed` holds a majority of the voters; of a joint configuration, a
    /// majority of each of its two parts (paper, section 6). Nobody is no majority, not
    /// even of nobody.
    pub fn is_quorum(self, membership: &Membership, agreed: NodeSet) -> bool {
        let is_majority = |voters: NodeSet| {
            let counted = self.counted_for(membership, voters);
            !voters.is_empty() && counted.intersection(agreed).len() >= self.size_of(voters)
        };
        let incoming = is_majority(membership.voters);
        if !membership.is_joint() {
            return incoming;
        }
        let outgoing = is_majority(membership.outgoing);
        if self.either_part_is_enough { incoming || outgoing } else { incoming && outgoing }
    }

    /// The highest value that a majority of the voters has reached.
    ///
    /// ```text
    ///   voter    A  B  C  D  E
    ///   match    7  5  9  5  2      sorted, highest first: 9 7 5 5 2
    ///                                                          ^ the third of five
    /// ```
    ///
    /// With match indices this is the index up to which entries are replicated to
    /// a majority; with heartbeat rounds, the newest round that a majority answered. Of
    /// a joint configuration it is what both parts have reached. `None` where there are
    /// no voters.
    pub fn reached<T: Ord + Copy>(
        self,
        membership: &Membership,
        mut reached: impl FnMut(NodeId) -> T,
    ) -> Option<T> {
        let mut by = |voters| self.reached_by(membership, voters, &mut reached);
        let incoming = by(membership.voters)?;
        if !membership.is_joint() {
            return Some(incoming);
        }
        let outgoing = by(membership.outgoing)?;
        Some(if self.either_part_is_enough {
            incoming.max(outgoing)
        } else {
            incoming.min(outgoing)
        })
    }

    fn reached_by<T: Ord + Copy>(
        self,
        membership: &Membership,
        voters: NodeSet,
        reached: &mut impl FnMut(NodeId) -> T,
    ) -> Option<T> {
        let first = voters.iter().next()?;
        let mut values = [reached(first); MAX_NODES as usize];
        // Each goes to its place among those before it: there are few, and a sort of the
        // standard library is two thousand bytes of the page for each type.
        for (count, server) in self.counted_for(membership, voters).iter().enumerate() {
            let value = reached(server);
            let place = values[..count].partition_point(|higher| *higher >= value);
            values.copy_within(place..count, place + 1);
            values[place] = value;
        }
        Some(values[self.size_of(voters) as usize - 1])
    }

    /// Who is counted towards a majority of `voters`, one part of a configuration.
    const fn counted_for(self, membership: &Membership, voters: NodeSet) -> NodeSet {
        if self.learners_count { voters.union(membership.learners) } else { voters }
    }

    /// How many of these voters are enough.
    fn size_of(self, voters: NodeSet) -> u8 {
        self.fixed_size.map_or(majority_of(voters.len()), |size| size.min(voters.len()))
    }
}

/// Whether `agreed` holds a majority: [`QuorumRule::is_quorum`] as in Raft.
pub fn is_quorum(membership: &Membership, agreed: NodeSet) -> bool {
    QuorumRule::MAJORITIES.is_quorum(membership, agreed)
}

/// The highest value that a majority has reached: [`QuorumRule::reached`] as in Raft.
pub fn reached_by_majority<T: Ord + Copy>(
    membership: &Membership,
    reached: impl FnMut(NodeId) -> T,
) -> Option<T> {
    QuorumRule::MAJORITIES.reached(membership, reached)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn subsets(of: u8) -> impl Iterator<Item = NodeSet> {
        (0..1u64 << of).map(move |bits| {
            (0..of).filter(|n| bits & (1 << n) != 0).filter_map(NodeId::new).collect()
        })
    }

    #[test]
    fn any_two_majorities_share_a_server() {
        for size in 1..=7 {
            let membership = Membership::of(NodeSet::first(size));
            for left in subsets(size).filter(|set| is_quorum(&membership, *set)) {
                for right in subsets(size).filter(|set| is_quorum(&membership, *set)) {
                    assert!(!left.intersection(right).is_empty(), "{left} and {right} of {size}");
                }
            }
        }
    }

    #[test]
    fn a_majority_is_the_smallest_count_that_always_overlaps() {
        for size in 1..=7u8 {
            let smaller = majority_of(size) - 1;
            let apart = subsets(size).any(|left| {
                left.len() == smaller
                    && NodeSet::first(size).difference(left).len() >= smaller
                    && smaller > 0
            });
            assert!(apart || smaller == 0, "{smaller} of {size} always overlap");
        }
    }

    #[test]
    fn nobody_is_no_majority() {
        assert!(!is_quorum(&Membership::of(NodeSet::EMPTY), NodeSet::first(5)));
        assert_eq!(reached_by_majority(&Membership::of(NodeSet::EMPTY), |_| 1), None);
    }

    /// For each rule that is left out: sets that agree, and whether they are enough.
    #[test]
    fn each_way_to_count_wrongly_takes_too_few_for_enough() {
        let raft = QuorumRule::MAJORITIES;
        let two = QuorumRule { fixed_size: Some(2), ..raft };
        let three = QuorumRule { fixed_size: Some(3), ..raft };
        let either = QuorumRule { either_part_is_enough: true, ..raft };
        let with_learners = QuorumRule { learners_count: true, ..raft };
        let set = |numbers: &[u8]| -> NodeSet {
            numbers.iter().filter_map(|number| NodeId::new(*number)).collect()
        };
        let of = |count| Membership::of(NodeSet::first(count));
        let joint = Membership { outgoing: set(&[0, 1, 2]), ..Membership::of(set(&[0, 3, 4])) };
        let learner = Membership { learners: set(&[3, 4]), ..of(3) };
        for (rule, membership, agreed, is_enough) in [
            (two, of(5), set(&[0, 1]), true),
            (two, of(5), set(&[0]), false),
            (two, of(1), set(&[0]), true),
            (two, of(0), set(&[]), false),
            (three, of(6), set(&[0, 1, 2]), true),
            (three, of(6), set(&[0, 1]), false),
            (either, joint, set(&[3, 4]), true),
            (either, joint, set(&[1, 2]), true),
            (either, joint, set(&[1, 3]), false),
            (with_learners, learner, set(&[0, 3]), true),
            (with_learners, learner, set(&[3, 4]), true),
            (with_learners, learner, set(&[0]), false),
        ] {
            let has = |id: NodeId| u64::from(agreed.contains(id));
            assert_eq!(rule.is_quorum(&membership, agreed), is_enough, "{rule:?} {agreed}");
            let reached = rule.reached(&membership, has).unwrap_or_default();
            assert_eq!(reached == 1, is_enough, "{rule:?} {agreed}");
            let is_raft = is_quorum(&membership, agreed);
            assert!(!is_raft || is_enough, "what is left out only lets more pass");
        }
    }

    proptest! {
        #[test]
        fn reached_by_majority_is_the_largest_that_a_quorum_has(
            values in prop::collection::vec(0u64..20, 1..=9)
        ) {
            let membership = Membership::of(NodeSet::first(values.len() as u8));
            let reached = reached_by_majority(&membership, |id| values[id.number() as usize])
                .expect("there are voters");
            let having = |at_least: u64| -> NodeSet {
                membership.voters.iter().filter(|id| values[id.number() as usize] >= at_least).collect()
            };
            prop_assert!(is_quorum(&membership, having(reached)));
            prop_assert!(!is_quorum(&membership, having(reached + 1)));
        }
    }
}
