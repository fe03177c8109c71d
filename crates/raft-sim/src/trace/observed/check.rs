//! The rules, over what is told: each line is looked at once, as it comes.

use super::entries::{Entries, Place, What};
use super::operations::{Operations, Searched};
use super::server::Server;
use super::{Observed, ObservedEntry, ObservedHead, ObservedLine, ObservedRole, Tells};
use crate::trace::{CheckedRule, Finding, Origin, Verdict};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use raft_core::quorum::is_quorum;
use raft_core::{Index, LogEnd, Membership, Micros, NodeId, NodeSet, Term};

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

    fn untold(self, tells: &[Tells]) -> Option<String> {
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

/// So many violations are told; those after are counted.
const MOST_FINDINGS: usize = 1_000;

/// Who led a term, and with which log.
struct Office {
    node: NodeId,
    life: u64,
    /// The last entry of its log when it was elected.
    end: LogEnd,
    line: u64,
}

/// An entry that somebody held to be committed.
struct Committed {
    term: Term,
    by: NodeId,
    /// The earliest term in which it was.
    in_term: Term,
    line: u64,
}

/// An entry that somebody applied.
struct Applied {
    term: Term,
    value: Option<String>,
    by: NodeId,
    line: u64,
}

/// The cluster as far as it was told.
pub(super) struct Checker {
    implementation: String,
    names: Vec<String>,
    numbers: BTreeMap<String, NodeId>,
    tells: Vec<Tells>,
    servers: Vec<Server>,
    entries: Entries,
    votes: BTreeMap<(Term, NodeId), (NodeId, u64)>,
    offices: BTreeMap<Term, Office>,
    committed: BTreeMap<Index, Committed>,
    applied: BTreeMap<Index, Applied>,
    flights: BTreeSet<u64>,
    operations: Operations,
    checks: [u64; Rule::ALL.len()],
    findings: Vec<Finding>,
    left_out: u64,
    line: u64,
    at: Micros,
}

impl Checker {
    /// A cluster of which nothing was told but the head.
    ///
    /// # Errors
    /// What is wrong with the head.
    pub(super) fn new(head: &ObservedHead) -> Result<Checker, String> {
        let ids = || (0..).map_while(NodeId::new);
        let numbers: BTreeMap<String, NodeId> = head.nodes.iter().cloned().zip(ids()).collect();
        let mut checker = Checker {
            implementation: head.implementation.clone(),
            names: head.nodes.clone(),
            numbers,
            tells: head.tells.clone(),
            servers: Vec::new(),
            entries: Entries::default(),
            votes: BTreeMap::new(),
            offices: BTreeMap::new(),
            committed: BTreeMap::new(),
            applied: BTreeMap::new(),
            flights: BTreeSet::new(),
            operations: Operations::default(),
            checks: [0; Rule::ALL.len()],
            findings: Vec::new(),
            left_out: 0,
            line: 1,
            at: Micros::ZERO,
        };
        let voters = match &head.voters {
            Some(voters) => checker.set(voters)?,
            None => checker.set(&head.nodes)?,
        };
        if voters.is_empty() {
            return Err("nobody votes: name at least one voter".to_string());
        }
        let server = || Server::new(Membership::of(voters));
        checker.servers = head.nodes.iter().map(|_| server()).collect();
        Ok(checker)
    }

    /// What came of it.
    pub(super) fn verdict(mut self, lines: u64) -> Verdict {
        let mut given_up = None;
        let until = self.at;
        let searched: Vec<Searched> = self.operations.search().collect();
        for searched in searched {
            match searched {
                Searched::NothingNew => self.judge(Rule::Linearizability, None),
                Searched::Violated(line, at, sentence) => {
                    (self.line, self.at) = (line, at);
                    self.judge(Rule::Linearizability, Some(sentence));
                }
                Searched::GivenUp(why) => given_up = given_up.or(Some(why)),
            }
        }
        self.findings.sort_by_key(|finding| finding.line);
        let rules = Rule::ALL.into_iter().zip(self.checks).map(|(rule, checks)| {
            let untold = rule.untold(&self.tells);
            let given_up = given_up.clone().filter(|_| rule == Rule::Linearizability);
            CheckedRule { rule: rule.to_string(), checks, untold: untold.or(given_up) }
        });
        Verdict {
            origin: Origin::Observed { implementation: self.implementation, nodes: self.names },
            lines,
            until,
            rules: rules.collect(),
            violations: self.findings,
            violations_left_out: self.left_out,
        }
    }

    fn judge(&mut self, rule: Rule, sentence: Option<String>) {
        self.checks[rule as usize] += 1;
        let Some(sentence) = sentence else { return };
        if self.findings.len() >= MOST_FINDINGS {
            self.left_out += 1;
            return;
        }
        let (line, at, rule) = (self.line, self.at, rule.to_string());
        self.findings.push(Finding { line, at, rule, sentence });
    }

    fn node(&self, name: &str) -> Result<NodeId, String> {
        self.numbers.get(name).copied().ok_or_else(|| {
            let names = self.names.join(", ");
            format!("“{name}” is no node: the head names {names}")
        })
    }

    /// A node that is up: nothing else happens to one that is down.
    fn running(&self, name: &str) -> Result<NodeId, String> {
        let node = self.node(name)?;
        if !self.server(node).is_up {
            return Err(format!("{name} crashed, and has not restarted"));
        }
        Ok(node)
    }

    fn set(&self, names: &[String]) -> Result<NodeSet, String> {
        names.iter().map(|name| self.node(name)).collect()
    }

    fn name(&self, node: NodeId) -> &str {
        self.names.get(usize::from(node.number())).map_or("", String::as_str)
    }

    fn named(&self, nodes: NodeSet) -> String {
        if nodes.is_empty() {
            return "nobody".to_string();
        }
        nodes.iter().map(|node| self.name(node)).collect::<Vec<_>>().join(", ")
    }

    fn server(&self, node: NodeId) -> &Server {
        // Every node of the head has one, and no other is ever named.
        &self.servers[usize::from(node.number())]
    }

    fn server_mut(&mut self, node: NodeId) -> &mut Server {
        &mut self.servers[usize::from(node.number())]
    }

    fn told_of(&self, what: Tells) -> Result<(), String> {
        if self.tells.contains(&what) {
            return Ok(());
        }
        Err(format!("this tells of {what}, which the head does not list in “tells”"))
    }

    /// Takes the next line.
    ///
    /// # Errors
    /// Why it can't be: it contradicts itself or what was told before in a way that is no
    /// violation of Raft but a mistake of the trace.
    pub(super) fn take(&mut self, number: u64, line: &ObservedLine) -> Result<(), String> {
        self.line = number;
        if line.at < self.at {
            return Err(format!("time goes back, from {} to {} µs", self.at.0, line.at.0));
        }
        self.at = line.at;
        match &line.what {
            Observed::Role { node, role, term } => {
                let node = self.running(node)?;
                self.role(node, *role, *term);
            }
            Observed::Voted { node, candidate, term } => {
                self.told_of(Tells::Votes)?;
                let (node, candidate) = (self.running(node)?, self.node(candidate)?);
                self.voted(node, candidate, *term);
            }
            Observed::Appended { node, first, entries } => {
                self.told_of(Tells::Logs)?;
                let node = self.running(node)?;
                self.appended(node, *first, entries)?;
            }
            Observed::Truncated { node, first } => {
                self.told_of(Tells::Logs)?;
                let node = self.running(node)?;
                self.appended(node, *first, &[])?;
            }
            Observed::Snapshot { node, index, term } => {
                let node = self.running(node)?;
                self.snapshot(node, LogEnd { index: *index, term: *term })?;
            }
            Observed::Committed { node, index } => {
                self.told_of(Tells::Commits)?;
                let node = self.running(node)?;
                self.commits(node, *index);
            }
            Observed::Applied { node, index, term, value } => {
                self.told_of(Tells::Applies)?;
                let node = self.running(node)?;
                let entry = LogEnd { index: *index, term: *term };
                self.applies(node, entry, value.as_deref())?;
            }
            Observed::Configuration { node, voters, outgoing, learners } => {
                let node = self.running(node)?;
                let membership = Membership {
                    voters: self.set(voters)?,
                    outgoing: self.set(outgoing)?,
                    learners: self.set(learners)?,
                };
                self.server_mut(node).membership = membership;
            }
            Observed::Crashed { node } => {
                let node = self.running(node)?;
                self.server_mut(node).is_up = false;
            }
            Observed::Restarted { node, term, last_index, last_term, snapshot } => {
                let node = self.node(node)?;
                self.restarted(node, *term, (*last_index, *last_term, *snapshot))?;
            }
            Observed::Sent { message, from, to, .. } => {
                self.told_of(Tells::Messages)?;
                self.running(from)?;
                self.node(to)?;
                if !self.flights.insert(*message) {
                    return Err(format!("message {message} is on its way already"));
                }
            }
            Observed::Delivered { message } | Observed::Lost { message } => {
                self.told_of(Tells::Messages)?;
                if !self.flights.remove(message) {
                    return Err(format!("message {message} is not on its way"));
                }
            }
            Observed::OperationBegan { operation, client, key, write } => {
                self.told_of(Tells::Operations)?;
                let when = (self.line, self.at);
                self.operations.began(when, *operation, client, key, write.as_deref())?;
            }
            Observed::OperationEnded { operation, outcome } => {
                self.told_of(Tells::Operations)?;
                if let Some(judged) =
                    self.operations.ended((self.line, self.at), *operation, outcome)?
                {
                    self.judge(Rule::Linearizability, judged);
                }
            }
        }
        Ok(())
    }

    /// A server is in a term: it is in no earlier one than before.
    fn is_in(&mut self, node: NodeId, term: Term) {
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

    fn role(&mut self, node: NodeId, role: ObservedRole, term: Term) {
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

    fn voters_of(&self, membership: &Membership) -> String {
        let voters = self.named(membership.voters);
        if !membership.is_joint() {
            return voters;
        }
        format!("both {voters} and {}", self.named(membership.outgoing))
    }

    /// What a leader's log lacks of what was committed before its term.
    fn lacks(&self, node: NodeId, term: Term, end: LogEnd) -> Option<String> {
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

    fn voted(&mut self, node: NodeId, candidate: NodeId, term: Term) {
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

    fn appended(
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
        let told = (first.0..).map(Index).zip(entries);
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

    fn snapshot(&mut self, node: NodeId, end: LogEnd) -> Result<(), String> {
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

    fn commits(&mut self, node: NodeId, index: Index) {
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

    fn applies(&mut self, node: NodeId, entry: LogEnd, value: Option<&str>) -> Result<(), String> {
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

    fn restarted(
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
