//! What is committed and applied, and whether later leaders have it (paper, sections 5.3 and 5.4).

use super::{Applied, Checker, Committed};
use crate::trace::observed::Tells;
use crate::trace::observed::entries::Place;
use crate::trace::observed::rule::Rule;
use crate::trace::observed::server::Server;
use alloc::format;
use alloc::string::{String, ToString};
use raft_core::quorum::is_quorum;
use raft_core::{Index, LogEnd, Membership, NodeId, NodeSet, Term};

impl Checker {
    pub(super) fn commits(&mut self, node: NodeId, index: Index) {
        let (from, end, term, membership) = {
            let server = self.server(node);
            (server.commit_index, server.end, server.term.0, server.membership)
        };
        if index <= from {
            return;
        }
        if !self.tells.contains(&Tells::Logs) {
            self.server_mut(node).commit_index = index;
            return;
        }
        if index > end.index {
            let said = format!(
                "{} commits entry {index}, and its log ends with entry {}",
                self.name(node),
                end.index
            );
            return self.judge(Rule::Commitment, Some(said));
        }
        self.server_mut(node).commit_index = index;
        if !self.committed.contains_key(&index) {
            let too_few = self.too_few_hold(node, end, index, &membership);
            self.judge(Rule::Commitment, too_few);
        }
        let mut differs = None;
        let mut missing = None;
        let mut to = index;
        for (first, of) in self.entries.runs(end, from.next()) {
            for index in (first.max(from.next()).0..=to.0).map(Index) {
                let new = Committed { term: of, by: node, in_term: term, line: self.line };
                match self.committed.get_mut(&index) {
                    Some(known) if known.term != of => {
                        differs.get_or_insert((index, of));
                    }
                    // It counts from the earliest term in which it was committed.
                    Some(known) if known.in_term <= term => {}
                    _ => {
                        self.committed.insert(index, new);
                    }
                }
            }
            to = to.min(first.previous());
        }
        let differs = differs.and_then(|(index, of)| {
            let known = self.committed.get(&index)?;
            Some(format!(
                "{} commits an entry of term {of} at index {index}, where {} committed one of \
                 term {} (line {})",
                self.name(node),
                self.name(known.by),
                known.term,
                known.line
            ))
        });
        // Leaders that were elected meanwhile.
        for (later, office) in self.offices.range(term.next()..) {
            if let Some(committed) = self.committed.get(&index)
                && committed.in_term == term
            {
                missing = self.missing(office.node, (*later, office.end), index, committed);
                if missing.is_some() {
                    break;
                }
            }
        }
        self.judge(Rule::StateMachineSafety, differs);
        self.judge(Rule::LeaderCompleteness, missing);
    }

    /// An entry is committed only if a majority holds it.
    fn too_few_hold(
        &self,
        node: NodeId,
        end: LogEnd,
        index: Index,
        membership: &Membership,
    ) -> Option<String> {
        let Place::Holds(term) = self.entries.at(end, index) else { return None };
        let holds = |server: &Server| match self.entries.at(server.end, index) {
            Place::Holds(other) => other == term,
            // What a snapshot covers was committed.
            Place::Covered => true,
            Place::Nothing => false,
        };
        let ids = (0..).map_while(NodeId::new);
        let holders: NodeSet =
            ids.zip(&self.servers).filter(|(_, server)| holds(server)).map(|(id, _)| id).collect();
        (!is_quorum(membership, holders)).then(|| {
            format!(
                "{} commits entry {index} of term {term}, which {} {}: that is no majority of {}",
                self.name(node),
                self.named(holders),
                if holders.len() == 1 { "holds" } else { "hold" },
                self.voters_of(membership)
            )
        })
    }

    /// What a leader's log lacks of what was committed before its term.
    pub(super) fn lacks(&self, node: NodeId, term: Term, end: LogEnd) -> Option<String> {
        // By Log Matching, a log that holds an entry holds all before it.
        let earlier = |(_, committed): &(&Index, &Committed)| committed.in_term < term;
        let (index, committed) = self.committed.iter().rev().find(earlier)?;
        self.missing(node, (term, end), *index, committed)
    }

    fn missing(
        &self,
        node: NodeId,
        (term, end): (Term, LogEnd),
        index: Index,
        committed: &Committed,
    ) -> Option<String> {
        let holds = match self.entries.at(end, index) {
            Place::Covered => return None,
            Place::Holds(holds) if holds == committed.term => return None,
            Place::Holds(holds) => format!(", which holds an entry of term {holds} there"),
            Place::Nothing => format!(", which ended with entry {}", end.index),
        };
        let Committed { term: of, by, in_term, line } = committed;
        let (leader, by) = (self.name(node), self.name(*by));
        Some(format!(
            "entry {index} of term {of}, committed by {by} in term {in_term} (line {line}), is not \
             in the log of {leader}, elected leader of term {term}{holds}"
        ))
    }

    pub(super) fn applies(
        &mut self,
        node: NodeId,
        entry: LogEnd,
        value: Option<&str>,
    ) -> Result<(), String> {
        let LogEnd { index, term } = entry;
        if index == Index::ZERO {
            return Err("a log begins with entry 1".to_string());
        }
        let name = self.name(node);
        let (after, commit_index) = {
            let server = self.server(node);
            (server.applied, server.commit_index)
        };
        // Where it begins after a restart depends on what its state machine keeps.
        let skips = after
            .filter(|after| after.next() != index)
            .map(|after| format!("{name} applies entry {index} right after entry {after}"));
        let early = (self.tells.contains(&Tells::Commits) && index > commit_index).then(|| {
            format!("{name} applies entry {index}, and its log is committed up to {commit_index}")
        });
        let held = self.entries.value(entry);
        let differs = match self.applied.get(&index) {
            Some(first) if first.term != term => Some(format!(
                "{name} applies an entry of term {term} at index {index}, where {} applied one of \
                 term {} (line {})",
                self.name(first.by),
                first.term,
                first.line
            )),
            Some(Applied { value: Some(first), by, line, .. })
                if value.is_some_and(|value| value != first) =>
            {
                Some(format!(
                    "{name} applies “{}” as entry {index}, where {} applied “{first}” (line {line})",
                    value.unwrap_or_default(),
                    self.name(*by)
                ))
            }
            _ => match (held, value) {
                (Some(held), Some(value)) if held != value => Some(format!(
                    "{name} applies “{value}” as entry {index} of term {term}, which holds “{held}”"
                )),
                _ => None,
            },
        };
        self.judge(Rule::StateMachineSafety, skips.or(early).or(differs));
        let line = self.line;
        self.applied.entry(index).or_insert_with(|| Applied {
            term,
            value: value.map(ToString::to_string),
            by: node,
            line,
        });
        self.server_mut(node).applied = Some(index);
        Ok(())
    }
}
