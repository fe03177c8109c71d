//! The five properties of the paper's Figure 3, seen from outside: by what servers of
//! either kind hold in their logs and hand to their state machines.

use crate::server::LogEntry;
use raft_core::{Index, LogEnd, NodeId};
use std::collections::BTreeMap;
use std::fmt;

/// A property that does not hold, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Violation {
    /// "At most one leader can be elected in a given term."
    ElectionSafety {
        /// The term.
        term: u64,
        /// Who led first.
        first: NodeId,
        /// Who led too.
        second: NodeId,
    },
    /// "A leader never overwrites or deletes entries in its log."
    LeaderAppendOnly {
        /// The leader.
        leader: NodeId,
        /// Its term.
        term: u64,
    },
    /// "If two logs contain an entry with the same index and term, then the logs are
    /// identical in all entries up through the given index."
    LogMatching {
        /// Whose log differs from what was seen before.
        server: NodeId,
        /// The entry of that place and term.
        end: LogEnd,
    },
    /// "If a log entry is committed in a given term, then that entry will be present in
    /// the logs of the leaders for all higher-numbered terms."
    LeaderCompleteness {
        /// The leader that lacks it.
        leader: NodeId,
        /// Its term.
        term: u64,
        /// The entry.
        index: Index,
    },
    /// "If a server has applied a log entry at a given index to its state machine, no
    /// other server will ever apply a different log entry for the same index."
    StateMachineSafety {
        /// Who applied another.
        server: NodeId,
        /// Where.
        index: Index,
    },
    /// A server left out a place, or applied one twice, within one life.
    AppliedOutOfOrder {
        /// Who.
        server: NodeId,
        /// What it applied instead of the next.
        index: Index,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Violation::ElectionSafety { term, first, second } => {
                write!(formatter, "term {term} had two leaders, {first} and {second}")
            }
            Violation::LeaderAppendOnly { leader, term } => {
                write!(formatter, "{leader} removed entries while it led term {term}")
            }
            Violation::LogMatching { server, end } => write!(
                formatter,
                "{server}'s entry {} of term {}, or the one before, differs from another's",
                end.index, end.term
            ),
            Violation::LeaderCompleteness { leader, term, index } => {
                write!(formatter, "{leader} leads term {term} without the committed entry {index}")
            }
            Violation::StateMachineSafety { server, index } => {
                write!(formatter, "{server} applied another entry {index} than was applied before")
            }
            Violation::AppliedOutOfOrder { server, index } => {
                write!(formatter, "{server} applied entry {index} out of order")
            }
        }
    }
}

/// What has been seen so far.
#[derive(Default, Debug)]
pub struct Monitor {
    leaders: BTreeMap<u64, NodeId>,
    /// By place and term: the entry, and the term of the one before it. That the one
    /// before is the same, whatever the place, is Log Matching, by induction.
    entries: BTreeMap<(Index, u64), (LogEntry, u64)>,
    /// What was applied at each place from 1 on, and the earliest term that it is known
    /// to have been committed by.
    committed: Vec<(LogEntry, u64)>,
    /// What each leader's log was, and in which term.
    leaders_logs: BTreeMap<NodeId, (u64, Vec<LogEntry>)>,
    /// The last place that each server has applied in this life.
    applied: BTreeMap<NodeId, Index>,
}

impl Monitor {
    /// What was committed, from place 1 on.
    pub fn committed(&self) -> impl Iterator<Item = &LogEntry> {
        self.committed.iter().map(|(entry, _)| entry)
    }

    /// The terms that had a leader, and who that was.
    pub fn leaders(&self) -> impl Iterator<Item = (u64, NodeId)> {
        self.leaders.iter().map(|(term, leader)| (*term, *leader))
    }

    /// The last place that a server has applied in this life.
    pub fn applied(&self, server: NodeId) -> Index {
        self.applied.get(&server).copied().unwrap_or_default()
    }

    /// A server starts anew: its state machine is empty, and it leads nobody.
    pub fn restarted(&mut self, server: NodeId) {
        self.applied.remove(&server);
        self.leaders_logs.remove(&server);
    }

    /// A server's log or role has changed.
    ///
    /// # Errors
    /// The first property that does not hold.
    pub fn observe(
        &mut self,
        server: NodeId,
        term: u64,
        leads: bool,
        log: Vec<LogEntry>,
    ) -> Result<(), Violation> {
        let mut term_before = 0;
        for (index, entry) in (1..).map(Index).zip(&log) {
            let known = self.entries.entry((index, entry.term));
            if *known.or_insert_with(|| (entry.clone(), term_before))
                != (entry.clone(), term_before)
            {
                let end = LogEnd { index, term: raft_core::Term(entry.term) };
                return Err(Violation::LogMatching { server, end });
            }
            term_before = entry.term;
        }
        if !leads {
            self.leaders_logs.remove(&server);
            return Ok(());
        }
        let first = *self.leaders.entry(term).or_insert(server);
        if first != server {
            return Err(Violation::ElectionSafety { term, first, second: server });
        }
        for (index, (entry, by_term)) in (1..).map(Index).zip(&self.committed) {
            let held = log.get(index.0 as usize - 1);
            if *by_term < term && held != Some(entry) {
                return Err(Violation::LeaderCompleteness { leader: server, term, index });
            }
        }
        match self.leaders_logs.insert(server, (term, log)) {
            Some((before, old))
                if before == term && !self.leaders_logs[&server].1.starts_with(&old) =>
            {
                Err(Violation::LeaderAppendOnly { leader: server, term })
            }
            _ => Ok(()),
        }
    }

    /// A server of this term has applied an entry.
    ///
    /// # Errors
    /// The first property that does not hold.
    pub fn apply(
        &mut self,
        server: NodeId,
        term: u64,
        index: Index,
        entry: LogEntry,
    ) -> Result<(), Violation> {
        let last = self.applied.entry(server).or_default();
        if index != last.next() {
            return Err(Violation::AppliedOutOfOrder { server, index });
        }
        *last = index;
        let place = index.0 as usize - 1;
        match self.committed.get_mut(place) {
            Some((known, _)) if *known != entry => {
                return Err(Violation::StateMachineSafety { server, index });
            }
            Some((_, by_term)) => *by_term = term.min(*by_term),
            // Each server applies in order, so a new place is the next.
            None => self.committed.push((entry.clone(), term)),
        }
        // Leaders of later terms had it when they were elected, and have it still.
        for (leader, (leads_term, log)) in &self.leaders_logs {
            if *leads_term > term && log.get(place) != Some(&entry) {
                let (leader, term) = (*leader, *leads_term);
                return Err(Violation::LeaderCompleteness { leader, term, index });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
