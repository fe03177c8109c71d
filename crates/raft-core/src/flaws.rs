//! Rules of Raft that can be left out, one by one, to see what each is for.
//!
//! A run with any of these is *modified Raft*, and whoever shows it says so. They
//! prove besides that the monitors can fail: `raft-sim/tests/flaws/` has, for each, a
//! schedule that breaks with it and holds without it. [`Flaw`] has the table.
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
        $flaw:ident $name:literal removes $removes:literal
        breaks $kind:ident $(($property:literal))? when $schedule:literal
    )+) => {
        /// One rule left out.
        ///
        /// | switch | what it removes | what then fails | when | caught by |
        /// |---|---|---|---|---|
        $(#[doc = concat!(
            "| [`", $name, "`](Flaw::", stringify!($flaw), ") | ", $removes, " | ",
            stringify!($kind), $(": ", $property,)? " | ", $schedule, " | ",
            flaws!(@caught $kind $($property)?), " |"
        )])+
        ///
        /// The schedules are in `raft-sim/tests/flaws/`, the monitors in
        /// `raft-sim/src/monitor/`, each named for its property. Liveness has no moment at
        /// which it is violated: there, a cluster with the rule commits again within a
        /// second after the last fault, and goes on, and one without it doesn't.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    (@caught Safety $property:literal) => { concat!("the monitor of ", $property) };
    (@caught Liveness) => { "pauses without a commit" };
}

// New ones go to the end: a link carries their places.
flaws! {
    /// Votes for any candidate of the term, however short its log.
    VoteWithoutComparingLogs "vote-without-comparing-logs"
        removes "a vote only for a log at least as up to date as one's own (paper, section 5.4.1)"
        breaks Safety("Leader Completeness")
        when "A and B commit an entry; B then elects C, which lacks it"

    /// Commits an entry of an earlier term as soon as a majority holds it, as in the
    /// paper's Figure 8.
    CommitEarlierTermByCounting "commit-earlier-term-by-counting"
        removes "only entries of the leader's own term are committed by counting (paper, section 5.4.2)"
        breaks Safety("Leader Completeness")
        when "the paper's Figure 8"

    /// Answers before the disk has what the answer promises: a crash then takes back
    /// votes that were given and entries that were counted. A follower that lost entries
    /// which it had acknowledged gets no more in that term: its leader knows them to be
    /// there, takes its refusals for old ones, and doesn't send them again.
    AcknowledgeBeforeFsync "acknowledge-before-fsync"
        removes "\"updated on stable storage before responding to RPCs\" (paper, Figure 2)"
        breaks Safety("Leader Completeness")
        when "B acknowledges an entry and crashes; restarted without it, B elects C"

    /// Counts a lease from when the answers came: slow answers lengthen it past the
    /// promise of those who gave them.
    LeaseCountedFromReceiveTime "lease-counted-from-receive-time"
        removes "a lease runs from when the heartbeats were sent (dissertation, section 6.4.1)"
        breaks Safety("Linearizability")
        when "answers reach A 600 ms late; so long after B may be elected, A still trusts its lease"

    /// Forgets, over a restart, the promise to withhold its vote on which the
    /// leader's lease rests.
    LeaseForgottenByRestart "lease-forgotten-by-restart"
        removes "a restarted server withholds its vote for a minimum election timeout (dissertation, section 6.4.1 with 4.2.3)"
        breaks Safety("Linearizability")
        when "B, on whose promise A's lease rests, restarts and votes for C"

    /// Keeps answering from the lease after the successor was told to stand, whom the
    /// voters elect whatever they have promised.
    LeaseKeptThroughTransfer "lease-kept-through-transfer"
        removes "a leader that hands over ends its lease first (dissertation, section 6.4.1 with 3.10)"
        breaks Safety("Linearizability")
        when "A hands over to B, doesn't hear that B is elected, and reads by its lease"

    /// Votes for any log that is as long, whatever its terms.
    CompareOnlyLogLength "compare-only-log-length"
        removes "of two logs the one that ends in the later term is more up to date (paper, section 5.4.1)"
        breaks Safety("Leader Completeness")
        when "A, cut off, piles up entries that it can't commit; back again, it wins against newer ones"

    /// Comes back from a crash knowing its term and not whom it voted for.
    VoteTwiceAfterRestart "vote-twice-after-restart"
        removes "votedFor is persistent state (paper, Figure 2)"
        breaks Safety("Election Safety")
        when "B votes for A, restarts, and votes for C in the same term"

    /// Takes two servers for a majority, as if that had been written into the program
    /// when there were three.
    FixedQuorumOfTwo "fixed-quorum-of-two"
        removes "a majority is more than half of the configuration (paper, section 5.2)"
        breaks Safety("Election Safety")
        when "of five, A and B elect A while C and D elect C"

    /// Takes three servers for a majority, as if that had been written into the program
    /// when there were five.
    FixedQuorumOfThree "fixed-quorum-of-three"
        removes "a majority is more than half of the configuration (paper, section 5.2)"
        breaks Safety("Election Safety")
        when "of six, A, B and C elect A while D, E and F elect D"

    /// Every timeout is the shortest one: servers that split a vote split the next.
    FixedElectionTimeout "fixed-election-timeout"
        removes "election timeouts are drawn at random (paper, section 5.2)"
        breaks Liveness
        when "five servers that start at once vote each for itself, term after term"

    /// Goes to any new configuration in one step: for a while two majorities, an old
    /// and a new one, know nothing of each other, as in the paper's Figure 10.
    JumpToNewConfiguration "jump-to-new-configuration"
        removes "the joint configuration between two that differ by more than one server (paper, section 6)"
        breaks Safety("Election Safety")
        when "the paper's Figure 10: B and C of the old three elect B while A, D and E of the new five elect D"

    /// In a joint configuration, a majority of either part is enough.
    JointWithEitherMajority "joint-with-either-majority"
        removes "a joint configuration agrees by majorities of both its parts (paper, section 6)"
        breaks Safety("Election Safety")
        when "B and C, a majority of the old three, elect B while A, D and E, a majority of the new five, elect D"

    /// Begins a change of the members before it knows what became of the last one:
    /// two changes of different terms meet, and their majorities don't.
    ReconfigureBeforeOwnCommit "reconfigure-before-own-commit"
        removes "a leader commits an entry of its own term before it changes the members (Ongaro, raft-dev, July 2015)"
        breaks Safety("Leader Completeness")
        when "Ongaro's example: A adds E, and B, elected by those who don't know, removes A"

    /// Counts the answers of learners towards the voters' majority.
    CountLearners "count-learners"
        removes "learners count for nothing (dissertation, section 4.2.1)"
        breaks Safety("Leader Completeness")
        when "A and the learner D commit an entry; B and C elect B without it"

    /// Takes the read index, or answers by lease, before it knows what is committed.
    ReadBeforeFirstCommit "read-before-first-commit"
        removes "a read waits for the first commit of the leader's own term (dissertation, section 6.4, step 1)"
        breaks Safety("Linearizability")
        when "B, just elected, answers a read before it knows that A had committed a write"

    /// Lets any answer that comes after the read confirm it, also one to a round that
    /// was sent before.
    ReadConfirmedByOlderRound "read-confirmed-by-older-round"
        removes "a read is confirmed by a round of heartbeats sent after it came (dissertation, section 6.4, step 3)"
        breaks Safety("Linearizability")
        when "A is deposed, and answers that were long on their way confirm its read"

    /// Trusts a lease for the whole minimum election timeout, however fast the voters'
    /// clocks may run.
    LeaseWithoutDriftBound "lease-without-drift-bound"
        removes "a lease is shortened by the bound on clock drift (dissertation, section 6.4.1)"
        breaks Safety("Linearizability")
        when "A's clock runs at half speed, as the bound allows: its lease lasts for twice the promise"

    /// Goes on in its term when an answer says that the term is over.
    IgnoreTermInReply "ignore-term-in-reply"
        removes "\"if RPC ... response contains term T > currentTerm: ... convert to follower\" (paper, Figure 2)"
        breaks Liveness
        when "A leads term 1; B, without which it can't commit, tells it in vain of term 2"

    /// Puts the configuration with which the log began into a snapshot, not the newest
    /// that it covers: a server that goes by the snapshot counts the wrong majority.
    SnapshotWithoutConfiguration "snapshot-without-configuration"
        removes "\"the snapshot also includes the latest configuration in the log\" (paper, section 7)"
        breaks Safety("Election Safety")
        when "D and E join A, B and C; B and C restart from their snapshots and elect B while A, D and E elect D"

    /// Leaves the clients' sessions out of a snapshot: a command that was sent again is
    /// applied again, and a client may read what was overwritten. The driver makes a snapshot's data, so it is the driver that heeds
    /// this.
    SnapshotWithoutSessions "snapshot-without-sessions"
        removes "sessions are part of the replicated state, and of a snapshot (dissertation, section 6.3)"
        breaks Safety("At-Most-Once")
        when "a write stands twice in the log, since its client asked twice, and another between; A restarts from a snapshot between"
}

/// Which rules are left out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

    /// These without `flaw`.
    #[must_use]
    pub const fn without(self, flaw: Flaw) -> Flaws {
        Flaws(self.0 & !(1 << flaw as u32))
    }

    /// What is left out in either.
    #[must_use]
    pub const fn union(self, other: Flaws) -> Flaws {
        Flaws(self.0 | other.0)
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
    pub fn contradiction(self) -> Option<(Flaw, Flaw)> {
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
            assert!(only.without(*flaw).is_none() && only.union(Flaws::NONE) == only);
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
            word[..1].to_ascii_uppercase() + &word[1..]
        }
    }
}
