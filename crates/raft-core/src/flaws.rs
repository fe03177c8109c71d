//! Rules of Raft that can be left out, one by one, to see what each is for.
//!
//! A run with any of these is *modified Raft*, and whoever shows it says so. They
//! prove besides that the monitors can fail: `raft-sim/tests/flaws.rs` has, for each,
//! a schedule that breaks with it and holds without it. [`Flaw`] has the table.
//!
//! What is a matter of taste and not a mistake (pre-vote, check-quorum, stickiness,
//! the entry that opens a term) is a setting: see [`Settings`](crate::Settings).

use crate::quorum::QuorumRule;

/// What fails once a rule is left out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Breaks {
    /// Something bad happens: this property, by the paper's name for it.
    Safety(&'static str),
    /// Something good never happens: a leader that commits, within so long after the
    /// last fault.
    Liveness,
}

/// One row a flaw: the switch, its name and its documentation come from the same
/// words, so that they can't differ.
macro_rules! flaws {
    ($(
        $(#[doc = $doc:literal])+
        $flaw:ident $name:literal removes $removes:literal breaks $kind:ident $(($property:literal))?
    )+) => {
        /// One rule left out.
        ///
        /// | switch | what it removes | what breaks |
        /// |---|---|---|
        $(#[doc = concat!(
            "| `", $name, "` | ", $removes, " | ", $($property, ", ",)? stringify!($kind), " |"
        )])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[repr(u8)]
        pub enum Flaw {
            $(
                $(#[doc = $doc])+
                #[doc = concat!("\n\nRemoves ", $removes, ".")]
                #[cfg_attr(feature = "serde", serde(rename = $name))]
                $flaw,
            )+
        }

        impl Flaw {
            /// Every flaw, in the order of their declaration.
            pub const ALL: &'static [Flaw] = &[$(Flaw::$flaw),+];

            /// Its name in a scenario or a link: lower-case words joined by hyphens.
            pub const fn name(self) -> &'static str {
                match self { $(Flaw::$flaw => $name,)+ }
            }

            /// The rule that it removes, with where that is written.
            pub const fn removes(self) -> &'static str {
                match self { $(Flaw::$flaw => $removes,)+ }
            }

            /// What fails without that rule.
            pub const fn breaks(self) -> Breaks {
                match self { $(Flaw::$flaw => Breaks::$kind $(($property))?,)+ }
            }
        }
    };
}

// New ones go to the end: a link carries their places.
flaws! {
    /// Votes for any candidate of the term, however short its log.
    VoteWithoutComparingLogs "vote-without-comparing-logs"
        removes "a vote only for a log at least as up to date as one's own (paper, section 5.4.1)"
        breaks Safety("Leader Completeness")

    /// Commits an entry of an earlier term as soon as a majority holds it, as in the
    /// paper's Figure 8.
    CommitEarlierTermByCounting "commit-earlier-term-by-counting"
        removes "only entries of the leader's own term are committed by counting (paper, section 5.4.2)"
        breaks Safety("Leader Completeness")

    /// Answers before the disk has what the answer promises: a crash then takes back
    /// votes that were given and entries that were counted.
    AcknowledgeBeforeFsync "acknowledge-before-fsync"
        removes "\"updated on stable storage before responding to RPCs\" (paper, Figure 2)"
        breaks Safety("Leader Completeness")

    /// Counts a lease from when the answers came: slow answers lengthen it past the
    /// promise of those who gave them.
    LeaseCountedFromReceiveTime "lease-counted-from-receive-time"
        removes "a lease runs from when the heartbeats were sent (dissertation, section 6.4.1)"
        breaks Safety("Linearizability")

    /// Forgets, over a restart, the promise to withhold its vote on which the
    /// leader's lease rests.
    LeaseForgottenByRestart "lease-forgotten-by-restart"
        removes "a restarted server withholds its vote for a minimum election timeout (dissertation, section 6.4.1 with 4.2.3)"
        breaks Safety("Linearizability")

    /// Keeps answering from the lease after the successor was told to stand, whom the
    /// voters elect whatever they have promised.
    LeaseKeptThroughTransfer "lease-kept-through-transfer"
        removes "a leader that hands over ends its lease first (dissertation, section 6.4.1 with 3.10)"
        breaks Safety("Linearizability")

    /// Votes for any log that is as long, whatever its terms.
    CompareOnlyLogLength "compare-only-log-length"
        removes "of two logs the one that ends in the later term is more up to date (paper, section 5.4.1)"
        breaks Safety("Leader Completeness")

    /// Comes back from a crash knowing its term and not whom it voted for.
    VoteTwiceAfterRestart "vote-twice-after-restart"
        removes "votedFor is persistent state (paper, Figure 2)"
        breaks Safety("Election Safety")

    /// Takes two servers for a majority, as if that had been written into the program
    /// when there were three.
    FixedQuorumOfTwo "fixed-quorum-of-two"
        removes "a majority is more than half of the configuration (paper, section 5.2)"
        breaks Safety("Election Safety")

    /// Takes three servers for a majority, as if that had been written into the program
    /// when there were five.
    FixedQuorumOfThree "fixed-quorum-of-three"
        removes "a majority is more than half of the configuration (paper, section 5.2)"
        breaks Safety("Election Safety")

    /// Every timeout is the shortest one: servers that split a vote split the next.
    FixedElectionTimeout "fixed-election-timeout"
        removes "election timeouts are drawn at random (paper, section 5.2)"
        breaks Liveness

    /// Goes to any new configuration in one step: for a while two majorities, an old
    /// and a new one, know nothing of each other, as in the paper's Figure 10.
    JumpToNewConfiguration "jump-to-new-configuration"
        removes "the joint configuration between two that differ by more than one server (paper, section 6)"
        breaks Safety("Election Safety")

    /// In a joint configuration, a majority of either part is enough.
    JointWithEitherMajority "joint-with-either-majority"
        removes "a joint configuration agrees by majorities of both its parts (paper, section 6)"
        breaks Safety("Election Safety")

    /// Begins a change of the members before it knows what became of the last one:
    /// two changes of different terms meet, and their majorities don't.
    ReconfigureBeforeOwnCommit "reconfigure-before-own-commit"
        removes "a leader commits an entry of its own term before it changes the members (Ongaro, raft-dev, July 2015)"
        breaks Safety("Leader Completeness")

    /// Counts the answers of learners towards the voters' majority.
    CountLearners "count-learners"
        removes "learners count for nothing (dissertation, section 4.2.1)"
        breaks Safety("Leader Completeness")

    /// Takes the read index, or answers by lease, before it knows what is committed.
    ReadBeforeFirstCommit "read-before-first-commit"
        removes "a read waits for the first commit of the leader's own term (dissertation, section 6.4, step 1)"
        breaks Safety("Linearizability")

    /// Lets any answer that comes after the read confirm it, also one to a round that
    /// was sent before.
    ReadConfirmedByOlderRound "read-confirmed-by-older-round"
        removes "a read is confirmed by a round of heartbeats sent after it came (dissertation, section 6.4, step 3)"
        breaks Safety("Linearizability")

    /// Trusts a lease for the whole minimum election timeout, however fast the voters'
    /// clocks may run.
    LeaseWithoutDriftBound "lease-without-drift-bound"
        removes "a lease is shortened by the bound on clock drift (dissertation, section 6.4.1)"
        breaks Safety("Linearizability")

    /// Goes on in its term when an answer says that the term is over.
    IgnoreTermInReply "ignore-term-in-reply"
        removes "\"if RPC ... response contains term T > currentTerm: ... convert to follower\" (paper, Figure 2)"
        breaks Liveness
}

/// Which rules are left out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Flaws(u32);

/// Pairs that can't be left out together: each says another way to do the same thing.
const CONTRADICTIONS: [(Flaw, Flaw); 2] = [
    (Flaw::VoteWithoutComparingLogs, Flaw::CompareOnlyLogLength),
    (Flaw::FixedQuorumOfTwo, Flaw::FixedQuorumOfThree),
];

impl Flaws {
    /// Real Raft.
    pub const NONE: Flaws = Flaws(0);

    /// These and `flaw`.
    #[must_use]
    pub const fn with(self, flaw: Flaw) -> Flaws {
        Flaws(self.0 | 1 << flaw as u32)
    }

    /// Whether the rule of `flaw` is left out.
    pub const fn has(self, flaw: Flaw) -> bool {
        self.0 & (1 << flaw as u32) != 0
    }

    /// Whether this is real Raft.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Each one, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Flaw> {
        Flaw::ALL.iter().copied().filter(move |flaw| self.has(*flaw))
    }

    /// Two of these that contradict each other, if there are any.
    pub(crate) fn contradiction(self) -> Option<(Flaw, Flaw)> {
        CONTRADICTIONS.into_iter().find(|(one, other)| self.has(*one) && self.has(*other))
    }

    /// What is taken for a majority.
    pub(crate) const fn quorum_rule(self) -> QuorumRule {
        QuorumRule {
            fixed_size: if self.has(Flaw::FixedQuorumOfTwo) {
                Some(2)
            } else if self.has(Flaw::FixedQuorumOfThree) {
                Some(3)
            } else {
                None
            },
            either_part_is_enough: self.has(Flaw::JointWithEitherMajority),
            learners_count: self.has(Flaw::CountLearners),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flaw_is_a_switch_of_its_own() {
        for (place, flaw) in Flaw::ALL.iter().enumerate() {
            let only = Flaws::NONE.with(*flaw);
            assert_eq!(only, Flaws(1 << place), "{flaw:?} keeps its place");
            assert!(only.iter().eq([*flaw]));
        }
        assert!(Flaws::NONE.is_none() && Flaws::NONE.iter().next().is_none());
    }

    #[test]
    fn real_raft_counts_by_majorities() {
        assert_eq!(Flaws::NONE.quorum_rule(), QuorumRule::MAJORITIES);
    }

    #[test]
    fn each_name_says_what_the_switch_is_called() {
        for flaw in Flaw::ALL {
            let words: std::string::String = flaw.name().split('-').map(capitalised).collect();
            assert_eq!(words, std::format!("{flaw:?}"));
        }
        fn capitalised(word: &str) -> std::string::String {
            word[..1].to_uppercase() + &word[1..]
        }
    }
}
