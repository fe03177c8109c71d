//! The rules, over what is told: each line is looked at once, as it comes.

mod commitment;
mod election;
mod log;

use super::entries::Entries;
use super::operations::{Operations, Searched};
use super::rule::Rule;
use super::server::Server;
use super::{Observed, ObservedHead, ObservedLine, Tells};
use crate::in_short::in_short;
use crate::trace::{CheckedRule, Finding, Origin, Verdict};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use raft_core::{Index, LogEnd, Membership, Micros, NodeId, NodeSet, Term};

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
        let sentence = in_short(&sentence);
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

    fn voters_of(&self, membership: &Membership) -> String {
        let voters = self.named(membership.voters);
        if !membership.is_joint() {
            return voters;
        }
        format!("both {voters} and {}", self.named(membership.outgoing))
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
}
