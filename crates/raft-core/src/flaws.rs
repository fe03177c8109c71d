//! Rules of Raft that can be left out, one by one, to see what each is for.
//!
//! A run with any of these is *modified Raft*, and whoever shows it says so.

/// One rule left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[repr(u8)]
pub enum Flaw {
    /// Votes for any candidate of the term, however short its log. Removes "at
    /// least as up to date" (paper, section 5.4.1). Breaks Leader Completeness.
    VoteWithoutComparingLogs,
    /// Commits an entry of an earlier term as soon as a majority holds it. Removes
    /// the rule of section 5.4.2. Breaks Leader Completeness, as Figure 8 shows.
    CommitEarlierTermByCounting,
    /// Answers before the disk has what the answer promises. Removes "updated on
    /// stable storage before responding" (Figure 2). Breaks what a crash meets.
    AcknowledgeBeforeFsync,
    /// Counts a lease from when the answers came, not from when the heartbeats
    /// went (dissertation, section 6.4.1). Breaks linearizability.
    LeaseCountedFromReceiveTime,
    /// Forgets, over a restart, the promise to withhold its vote on which the
    /// leader's lease rests. Breaks linearizability.
    LeaseForgottenByRestart,
    /// Keeps answering from the lease after the successor was told to stand
    /// (dissertation, section 6.4.1 with 3.10). Breaks linearizability.
    LeaseKeptThroughTransfer,
}

impl Flaw {
    /// Every flaw, in the order of their names' declaration.
    pub const ALL: [Flaw; 6] = [
        Flaw::VoteWithoutComparingLogs,
        Flaw::CommitEarlierTermByCounting,
        Flaw::AcknowledgeBeforeFsync,
        Flaw::LeaseCountedFromReceiveTime,
        Flaw::LeaseForgottenByRestart,
        Flaw::LeaseKeptThroughTransfer,
    ];
}

/// Which rules are left out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Flaws(u32);

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
}
