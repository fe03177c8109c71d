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

/// Whether `agreed` holds a majority of the voters; of a joint configuration, a
/// majority of each of its two parts (paper, section 6). Nobody is no majority, not
/// even of nobody.
pub fn is_quorum(membership: &Membership, agreed: NodeSet) -> bool {
    let outgoing = membership.outgoing;
    is_majority(membership.voters, agreed) && (outgoing.is_empty() || is_majority(outgoing, agreed))
}

fn is_majority(voters: NodeSet, agreed: NodeSet) -> bool {
    !voters.is_empty() && voters.intersection(agreed).len() >= majority_of(voters.len())
}

/// Whether the voters that have not refused could still make a majority.
pub fn can_be_quorum(membership: &Membership, refused: NodeSet) -> bool {
    is_quorum(membership, membership.all_voters().difference(refused))
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
pub fn reached_by_majority<T: Ord + Copy>(
    membership: &Membership,
    mut reached: impl FnMut(NodeId) -> T,
) -> Option<T> {
    let incoming = reached_by_majority_of(membership.voters, &mut reached)?;
    if membership.is_joint() {
        return Some(incoming.min(reached_by_majority_of(membership.outgoing, &mut reached)?));
    }
    Some(incoming)
}

fn reached_by_majority_of<T: Ord + Copy>(
    voters: NodeSet,
    reached: &mut impl FnMut(NodeId) -> T,
) -> Option<T> {
    let first = voters.iter().next()?;
    let mut values = [reached(first); MAX_NODES as usize];
    let mut count = 0;
    for voter in voters.iter() {
        values[count] = reached(voter);
        count += 1;
    }
    let values = &mut values[..count];
    values.sort_unstable_by(|left, right| right.cmp(left));
    Some(values[majority_of(voters.len()) as usize - 1])
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
