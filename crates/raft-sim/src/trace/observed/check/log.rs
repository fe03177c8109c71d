//! What a server's log holds: entries that come and go, snapshots, and what a restart finds on
//! disk (paper, sections 5.3 and 7).

use super::Checker;
use crate::trace::observed::entries::{Place, What};
use crate::trace::observed::rule::Rule;
use crate::trace::observed::{ObservedEntry, ObservedRole};
use alloc::format;
use alloc::string::{String, ToString};
use raft_core::{Index, LogEnd, NodeId, Term};

impl Checker {
    pub(super) fn appended(
        &mut self,
        node: NodeId,
        first: Index,
        entries: &[ObservedEntry],
    ) -> Result<(), String> {
        let name = self.name(node);
        let (end, base, commit_index) = {
            let server = self.server(node);
            (server.end, server.base, server.commit_index)
        };
        if first <= base {
            return Err(match base {
                Index::ZERO => "a log begins with entry 1".to_string(),
                _ => format!("a snapshot stands for {name}'s log up to entry {base}"),
            });
        }
        if first > end.index.next() {
            return Err(format!(
                "{name}'s log ends with entry {}: the next is {}, not {first}",
                end.index,
                end.index.next()
            ));
        }
        if first.0.checked_add(entries.len() as u64).is_none() {
            return Err("an index is too large".to_string());
        }
        // In this order: behind the last entry there may be no further index.
        let told = entries.iter().zip(first.0..).map(|(entry, index)| (Index(index), entry));
        // Entries that stand there already stay.
        let is_there = |(index, entry): &(Index, &ObservedEntry)| {
            self.entries.at(end, *index) == Place::Holds(entry.term)
        };
        let changed_from = told.clone().find(|it| !is_there(it)).map(|(index, _)| index);
        let changed_from = changed_from.unwrap_or(Index(first.0 + entries.len() as u64));
        if changed_from <= end.index {
            let (from, to) = (changed_from, end.index);
            let (term, _) = self.server(node).term;
            let over = self.server(node).leads().then(|| {
                format!("{name}, leader of term {term}, removes its own entries {from} to {to}")
            });
            let lost = (from <= commit_index).then(|| {
                format!(
                    "{name} removes its entries {from} to {to}, and knew them to be committed up \
                     to {commit_index}"
                )
            });
            self.judge(Rule::LeaderAppendOnly, over);
            self.judge(Rule::StateMachineSafety, lost);
            self.server_mut(node).before.push((base, end));
        } else if self.server(node).leads() {
            self.judge(Rule::LeaderAppendOnly, None);
        }
        let mut previous = match self.entries.at(end, first.previous()) {
            Place::Holds(term) => LogEnd { index: first.previous(), term },
            // At the beginning, or right after what a snapshot covers.
            Place::Nothing => LogEnd::default(),
            Place::Covered => LogEnd { index: first.previous(), term: end.term },
        };
        for (index, told) in told {
            let entry = LogEnd { index, term: told.term };
            let who = (node, self.line);
            let differs = self.entries.holds(who, previous, entry, told.value.as_deref());
            let differs = differs.map(|differs| {
                let (name, first) = (self.name(node), self.name(differs.first.0));
                let line = differs.first.1;
                let before = |term: Term| match term {
                    Term(0) => "the beginning".to_string(),
                    term => format!("one of term {term}"),
                };
                let (one, other) = match differs.what {
                    What::Values(one, other) => (format!("“{one}”"), format!("holds “{other}”")),
                    What::Previous(one, other) => {
                        (before(one), format!("follows {}", before(other)))
                    }
                };
                format!(
                    "{name}'s entry {index} of term {} {other}, and {first}'s {one} (line {line})",
                    told.term
                )
            });
            self.judge(Rule::LogMatching, differs);
            previous = entry;
        }
        self.server_mut(node).end = previous;
        Ok(())
    }

    pub(super) fn snapshot(&mut self, node: NodeId, end: LogEnd) -> Result<(), String> {
        let server = self.server(node);
        let (base, log) = (server.base, server.end);
        if end.index < base {
            let name = self.name(node);
            return Err(format!("{name} has a snapshot up to entry {base} already"));
        }
        if let Some(committed) = self.committed.get(&end.index) {
            let differs = (committed.term != end.term).then(|| {
                let (name, by) = (self.name(node), self.name(committed.by));
                format!(
                    "{name} has a snapshot up to entry {} of term {}, where {by} committed one of \
                     term {} (line {})",
                    end.index, end.term, committed.term, committed.line
                )
            });
            self.judge(Rule::StateMachineSafety, differs);
        }
        // The log goes on after it if it holds its last entry; else all of it is replaced.
        let keeps_later = match self.entries.at(log, end.index) {
            Place::Holds(term) => term == end.term,
            Place::Covered => true,
            Place::Nothing => false,
        };
        self.entries.covered(node, self.line, end);
        let server = self.server_mut(node);
        server.before.push((base, log));
        server.base = end.index;
        server.commit_index = server.commit_index.max(end.index);
        server.applied = server.applied.map(|applied| applied.max(end.index));
        if !keeps_later {
            server.end = end;
        }
        Ok(())
    }

    pub(super) fn restarted(
        &mut self,
        node: NodeId,
        term: Term,
        on_disk: (Option<Index>, Option<Term>, Option<Index>),
    ) -> Result<(), String> {
        let name = self.name(node);
        let bound_by = self.server(node).bound_by;
        let forgot = (term < bound_by.0).then(|| {
            let (bound_by, line) = bound_by;
            format!(
                "{name} restarts in term {term}, and in term {bound_by} it voted or led (line {line})"
            )
        });
        let (base, end) = self.log_on_disk(node, on_disk)?;
        self.judge(Rule::Terms, forgot);
        let line = self.line;
        let server = self.server_mut(node);
        server.is_up = true;
        server.life += 1;
        server.role = ObservedRole::Follower;
        server.term = (term, line);
        (server.base, server.end) = (base, end);
        server.before.clear();
        server.commit_index = base;
        server.applied = None;
        Ok(())
    }

    /// Which of the logs that a server had in its last life was on its disk: up to where a
    /// snapshot stands for it, and its last entry.
    fn log_on_disk(
        &self,
        node: NodeId,
        (last_index, last_term, snapshot): (Option<Index>, Option<Term>, Option<Index>),
    ) -> Result<(Index, LogEnd), String> {
        let server = self.server(node);
        let latest = (server.base, server.end);
        let Some(index) = last_index else {
            return match (last_term, snapshot) {
                (None, None) => Ok(latest),
                _ => {
                    Err("last_term and snapshot are of the log that ends at last_index: say that \
                          too"
                    .to_string())
                }
            };
        };
        let logs = core::iter::once(&latest).chain(server.before.iter().rev());
        let fits = |(base, end): &&(Index, LogEnd)| {
            *base <= index && index <= end.index && snapshot.is_none_or(|it| it == *base)
        };
        for (base, end) in logs.filter(fits) {
            let (found, is_it) = match self.entries.at(*end, index) {
                Place::Holds(term) => {
                    (LogEnd { index, term }, last_term.is_none_or(|it| it == term))
                }
                Place::Nothing => (LogEnd::default(), last_term.is_none_or(|it| it == Term(0))),
                Place::Covered => (*end, last_term.is_none()),
            };
            if is_it {
                return Ok((*base, found));
            }
        }
        let (name, end) = (self.name(node), server.end.index);
        Err(match (last_term, snapshot) {
            (None, None) => {
                format!("{name}'s log can't end with entry {index}: it ended with entry {end}")
            }
            _ => format!(
                "{name}'s log can't end so, with entry {index}: it ended with entry {end}, and no \
                 log that it had before was like that"
            ),
        })
    }
}
