//! The rules that a trace is held to: what each is called, and what a trace must tell for it.

use super::Tells;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// A rule that the trace of another implementation is held to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// A server's term never goes back (paper, section 5.1), and what it voted or led in
    /// is on its disk (Figure 2).
    Terms,
    /// A server votes once a term, and who leads has the votes of a majority (section 5.2).
    Votes,
    /// At most one leader can be elected in a given term (Figure 3).
    ElectionSafety,
    /// A leader never overwrites or deletes entries in its log (Figure 3).
    LeaderAppendOnly,
    /// If two logs contain an entry with the same index and term, then the logs are
    /// identical in all entries up through the given index (Figure 3).
    LogMatching,
    /// An entry is committed once it is on a majority of the servers (section 5.3).
    Commitment,
    /// If a log entry is committed in a given term, then that entry will be present in
    /// the logs of the leaders for all higher-numbered terms (Figure 3).
    LeaderCompleteness,
    /// No two servers apply, or hold to be committed, different entries for the same
    /// index (Figure 3); entries are applied in order, and once they are committed.
    StateMachineSafety,
    /// Clients can't tell the cluster from one machine.
    Linearizability,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 9] = [
        Rule::Terms,
        Rule::Votes,
        Rule::ElectionSafety,
        Rule::LeaderAppendOnly,
        Rule::LogMatching,
        Rule::Commitment,
        Rule::LeaderCompleteness,
        Rule::StateMachineSafety,
        Rule::Linearizability,
    ];

    /// What a trace must tell for it to be checked, beside roles: all of one of these.
    const fn needs(self) -> &'static [&'static [Tells]] {
        match self {
            Rule::Terms | Rule::ElectionSafety => &[&[]],
            Rule::Votes => &[&[Tells::Votes]],
            Rule::LeaderAppendOnly | Rule::LogMatching => &[&[Tells::Logs]],
            Rule::Commitment | Rule::LeaderCompleteness => &[&[Tells::Logs, Tells::Commits]],
            Rule::StateMachineSafety => &[&[Tells::Logs, Tells::Commits], &[Tells::Applies]],
            Rule::Linearizability => &[&[Tells::Operations]],
        }
    }

    pub(super) fn untold(self, tells: &[Tells]) -> Option<String> {
        let has_all = |needs: &&[Tells]| needs.iter().all(|need| tells.contains(need));
        if self.needs().iter().any(has_all) {
            return None;
        }
        let ways = self
            .needs()
            .iter()
            .map(|needs| needs.iter().map(|it| it.to_string()).collect::<Vec<_>>().join(" and "));
        let ways = ways.collect::<Vec<_>>().join(", or of ");
        Some(format!("the head does not say that the trace tells of {ways}"))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Rule::Terms => "Terms",
            Rule::Votes => "Votes",
            Rule::ElectionSafety => "Election Safety",
            Rule::LeaderAppendOnly => "Leader Append-Only",
            Rule::LogMatching => "Log Matching",
            Rule::Commitment => "Commitment",
            Rule::LeaderCompleteness => "Leader Completeness",
            Rule::StateMachineSafety => "State Machine Safety",
            Rule::Linearizability => "Linearizability",
        })
    }
}

impl fmt::Display for Tells {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Tells::Votes => "votes",
            Tells::Logs => "logs",
            Tells::Commits => "commits",
            Tells::Applies => "applies",
            Tells::Messages => "messages",
            Tells::Operations => "operations",
        })
    }
}
