//! Terms, votes and who is elected (paper, sections 5.1 and 5.2).

use super::{Checker, Office};
use crate::trace::observed::rule::Rule;
use crate::trace::observed::{ObservedRole, Tells};
use alloc::format;
use raft_core::quorum::is_quorum;
use raft_core::{NodeId, NodeSet, Term};

impl Checker {
    /// A server is in a term: it is in no earlier one than before.
    pub(super) fn is_in(&mut self, node: NodeId, term: Term) {
        let (before, line) = self.server(node).term;
        let name = self.name(node);
        let back = (term < before)
            .then(|| format!("{name} is in term {term}, and was in term {before} in line {line}"));
        self.judge(Rule::Terms, back);
        if term > before {
            self.server_mut(node).term = (term, self.line);
        }
    }

    /// A server voted or led in a term: that is on its disk.
    fn is_bound_by(&mut self, node: NodeId, term: Term) {
        let line = self.line;
        let server = self.server_mut(node);
        if term > server.bound_by.0 {
            server.bound_by = (term, line);
        }
    }

    pub(super) fn role(&mut self, node: NodeId, role: ObservedRole, term: Term) {
        self.is_in(node, term);
        let (was, life, end) = {
            let server = self.server_mut(node);
            (core::mem::replace(&mut server.role, role), server.life, server.end)
        };
        if role != ObservedRole::Leader {
            return;
        }
        self.is_bound_by(node, term);
        let office = self.offices.get(&term);
        if was == ObservedRole::Leader
            && office.is_some_and(|it| (it.node, it.life) == (node, life))
        {
            // It says again that it leads.
            return;
        }
        let name = self.name(node);
        let second = office.map(|first| match first.node {
            other if other == node => {
                format!("{name} is elected leader of term {term} again (line {})", first.line)
            }
            other => format!(
                "{name} leads term {term}, as {} does since line {}",
                self.name(other),
                first.line
            ),
        });
        self.judge(Rule::ElectionSafety, second);
        if self.tells.contains(&Tells::Votes) {
            self.elected_by(node, term);
        }
        if self.tells.contains(&Tells::Logs) && self.tells.contains(&Tells::Commits) {
            let lacks = self.lacks(node, term, end);
            self.judge(Rule::LeaderCompleteness, lacks);
        }
        let line = self.line;
        self.offices.entry(term).or_insert(Office { node, life, end, line });
    }

    /// Who leads has the votes of a majority.
    fn elected_by(&mut self, node: NodeId, term: Term) {
        let of_term = self.votes.range((term, NodeId::A)..);
        let of_term = of_term.take_while(|((of, _), _)| *of == term);
        let votes: NodeSet = of_term
            .filter(|(_, (candidate, _))| *candidate == node)
            .map(|((_, voter), _)| *voter)
            .collect();
        let membership = self.server(node).membership;
        let too_few = (!is_quorum(&membership, votes)).then(|| {
            format!(
                "{} leads term {term} with the votes of {}, which is no majority of {}",
                self.name(node),
                self.named(votes),
                self.voters_of(&membership)
            )
        });
        self.judge(Rule::Votes, too_few);
    }

    pub(super) fn voted(&mut self, node: NodeId, candidate: NodeId, term: Term) {
        // A vote is told once it is on disk: its server may be in a later term by then.
        if term > self.server(node).term.0 {
            self.is_in(node, term);
        }
        self.is_bound_by(node, term);
        let line = self.line;
        let (first, first_line) = *self.votes.entry((term, node)).or_insert((candidate, line));
        let second = (first != candidate).then(|| {
            format!(
                "{} votes for {} in term {term}, and voted for {} in line {first_line}",
                self.name(node),
                self.name(candidate),
                self.name(first)
            )
        });
        self.judge(Rule::Votes, second);
    }
}
