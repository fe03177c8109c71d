//! Monitors: the properties that Raft promises, checked after every event.
//!
//! They watch from outside: what nodes write, apply and answer, never what the
//! core believes of itself. Each check is incremental.

mod at_most_once;
mod checked;
mod durability;
mod election_safety;
mod leader_append_only;
mod leader_completeness;
mod linearizability;
mod log_matching;
mod state_machine_safety;
mod violation;

pub(crate) use linearizability::{Ended, Linearizability};
pub use violation::{Evidence, OperationRef, Violation};

use crate::history::{History, OperationId, Outcome, Request};
use crate::host::Host;
use crate::initial::Past;
use crate::record::Happening;
use crate::state_machine::Put;
use alloc::vec::Vec;
use at_most_once::AtMostOnce;
use durability::Durability;
use election_safety::{ElectionSafety, Logs};
use leader_completeness::LeaderCompleteness;
use log_matching::LogMatching;
use raft_core::{
    Change, Entry, Index, Log, LogEnd, Message, Micros, NodeId, Payload, Term, Transition, View,
};
use state_machine_safety::StateMachineSafety;

/// A property that Raft promises.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Property {
    /// At most one leader can be elected in a given term.
    ElectionSafety,
    /// A leader never overwrites or deletes entries in its log; it only appends.
    LeaderAppendOnly,
    /// If two logs contain an entry with the same index and term, then the logs
    /// are identical in all entries up through the given index.
    LogMatching,
    /// If a log entry is committed in a given term, then that entry will be present
    /// in the logs of the leaders for all higher-numbered terms.
    LeaderCompleteness,
    /// If a server has applied a log entry at a given index to its state machine,
    /// no other server will ever apply a different log entry for the same index.
    StateMachineSafety,
    /// A write that a client was told is done is in the log of every leader after that,
    /// and is applied by whoever applies that far.
    Durability,
    /// A write that its client sent again takes effect once, at one place in the order of
    /// the log (dissertation, section 6.3).
    AtMostOnce,
    /// Every read sees the latest write that had ended before it began: clients
    /// can't tell the cluster from one machine.
    Linearizability,
}

impl Property {
    /// All of them: the five of the paper's Figure 3, then what clients see.
    pub const ALL: [Property; 8] = [
        Property::ElectionSafety,
        Property::LeaderAppendOnly,
        Property::LogMatching,
        Property::LeaderCompleteness,
        Property::StateMachineSafety,
        Property::Durability,
        Property::AtMostOnce,
        Property::Linearizability,
    ];
}

/// How a property stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// How often it was checked.
    pub checks: u64,
    /// The first violation, if there was one.
    pub violation: Option<Violation>,
}

/// All monitors of one run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Monitors {
    standings: [Standing; Property::ALL.len()],
    logs: Logs,
    elections: ElectionSafety,
    matching: LogMatching,
    completeness: LeaderCompleteness,
    state_machines: StateMachineSafety,
    writes: Durability,
    effects: AtMostOnce,
    registers: Linearizability,
}

/// What a monitor needs to see of a node.
struct Seen<'a> {
    node: NodeId,
    boot: u64,
    view: View<'a>,
}

impl Seen<'_> {
    fn of(hosts: &[Host], node: NodeId) -> Option<Seen<'_>> {
        let host = hosts.get(usize::from(node.number()))?;
        Some(Seen { node, boot: host.boots, view: host.node()?.view() })
    }
}

impl Monitors {
    /// How a property stands.
    pub const fn standing(&self, property: Property) -> &Standing {
        &self.standings[property as usize]
    }

    /// The term of the entry that was committed at an index, if one was: who watches
    /// remembers what the nodes have compacted away.
    pub fn committed_term(&self, index: Index) -> Option<Term> {
        self.completeness.term_at(index)
    }

    /// What is known of what clients read and wrote.
    pub(crate) const fn registers(&self) -> &Linearizability {
        &self.registers
    }

    /// Who led the latest term, who the one before, and so on; one node may come often.
    pub(crate) fn who_led_last(&self) -> impl Iterator<Item = NodeId> {
        self.elections.latest_first()
    }

    /// Makes one of what is the same in the logs that it knows and another.
    pub(crate) fn share_logs(&mut self, with: &Log) {
        self.logs.share(with);
        self.state_machines.share(with);
    }

    /// Monitors of a run with such a past.
    pub(crate) fn after(past: &Past) -> Monitors {
        let mut monitors = Monitors::default();
        if let Some((node, log)) = &past.committed {
            monitors.state_machines.begin_with(*node, log);
            monitors.completeness.begin_with(*node, log);
        }
        for (node, log) in &past.logs {
            let mut previous = log.term_at(Index::ZERO);
            for (index, entry) in log.iter() {
                let differs = monitors.matching.written(*node, index, entry, previous);
                debug_assert!(differs.is_none(), "the logs were checked to be alike");
                previous = Some(entry.term);
            }
        }
        for (key, value) in &past.values {
            monitors.registers.begin_with(*key, *value);
        }
        monitors.registers.overwritten_before(&past.overwritten);
        for (key, value) in &past.open {
            monitors.registers.asked_before(*key, *value);
        }
        monitors
    }

    /// Takes note of what just happened; gives what it violates.
    ///
    /// A node is told one thing at a time and is seen after that; what it did comes
    /// in order. So a role that is seen is never older than what is looked at.
    pub(crate) fn observe(
        &mut self,
        at: Micros,
        what: &Happening,
        hosts: &[Host],
        history: &History,
    ) -> Vec<Violation> {
        let mut found = Found { at, violations: Vec::new() };
        match what {
            Happening::Node { node, transition: Transition::BecameLeader { .. } } => {
                if let Some(seen) = Seen::of(hosts, *node)
                    && seen.view.is_leader()
                {
                    self.leads(&mut found, *node, seen.boot, seen.view.term());
                }
            }
            Happening::Node { node, transition: Transition::CommitAdvanced { .. } } => {
                if let Some(seen) = Seen::of(hosts, *node) {
                    self.commits(&mut found, &seen);
                }
            }
            Happening::Sent { envelope, .. } => {
                if let Message::AppendEntries(_) = envelope.body {
                    let boot = hosts.get(usize::from(envelope.from.number())).map(|it| it.boots);
                    self.leads(&mut found, envelope.from, boot.unwrap_or(0), envelope.term);
                }
            }
            Happening::WriteAsked { node, change: Change::Log { first, entries }, .. } => {
                self.writes(&mut found, *node, *first, entries, hosts);
            }
            Happening::WriteAsked {
                node,
                change: Change::Snapshot { snapshot, keeps_later_entries: false, .. },
                ..
            } => {
                self.replace_log(*node, Log::after(snapshot.end));
            }
            Happening::Applied { node, index, entry } => {
                if let Some(seen) = Seen::of(hosts, *node) {
                    self.commits(&mut found, &seen);
                }
                let evidence = self.state_machines.applied(*node, *index, entry);
                self.judge(&mut found, Property::StateMachineSafety, evidence);
                if let Some(seen) = Seen::of(hosts, *node) {
                    self.applies(&mut found, &seen, *index, entry);
                }
            }
            Happening::Restored { node, end } => {
                let host = hosts.get(usize::from(node.number()));
                if let Some(machine) = host.and_then(Host::state_machine) {
                    let evidence = self.state_machines.restored(*node, *end, machine);
                    self.judge(&mut found, Property::StateMachineSafety, evidence);
                }
            }
            Happening::Restarted { node } => {
                self.completeness.restarted(*node);
                self.state_machines.restarted(*node);
                if let Some(host) = hosts.get(usize::from(node.number())) {
                    let log = host.disk().durable().log.clone();
                    self.replace_log(*node, log);
                }
            }
            Happening::OperationBegan {
                operation, request: Request::Write { key, value }, ..
            } => {
                self.effects.write_began(*operation, *value);
                self.registers.write_began(*operation, *key, *value, at);
            }
            Happening::OperationEnded { operation, outcome, .. } => {
                self.ended(&mut found, *operation, *outcome, history);
            }
            _ => {}
        }
        found.violations
    }

    /// A node's state machine did what an entry asked for, and didn't leave it out as
    /// something that it has done already; gives what that violates.
    pub(crate) fn took_effect(
        &mut self,
        at: Micros,
        node: NodeId,
        entry: LogEnd,
        put: Put,
        history: &History,
    ) -> Vec<Violation> {
        let mut found = Found { at, violations: Vec::new() };
        let evidence = self.effects.took_effect(node, entry, put, history);
        self.judge(&mut found, Property::AtMostOnce, evidence);
        found.violations
    }

    /// A node has another log than it had: after a restart, or with a leader's snapshot.
    fn replace_log(&mut self, node: NodeId, log: Log) {
        let log = self.state_machines.whole(log);
        let before = core::mem::replace(self.logs.of(node), log);
        let kept = self.logs.of(node).same_up_to(&before);
        self.completeness.rewritten(node, kept);
        self.writes.rewritten(node, kept);
    }

    fn judge(&mut self, found: &mut Found, property: Property, evidence: Option<Evidence>) {
        let standing = &mut self.standings[property as usize];
        standing.checks += 1;
        let Some(evidence) = evidence else { return };
        let violation = Violation { property, at: found.at, evidence };
        standing.violation.get_or_insert_with(|| violation.clone());
        found.violations.push(violation);
    }

    fn leads(&mut self, found: &mut Found, node: NodeId, boot: u64, term: Term) {
        let log = self.logs.of(node);
        let (is_new, evidence) = self.elections.leads(node, boot, term, log);
        let missing = is_new.then(|| {
            (self.completeness.elected(term, node, log), self.writes.elected(term, node, log))
        });
        self.judge(found, Property::ElectionSafety, evidence);
        if let Some((entry, write)) = missing {
            self.judge(found, Property::LeaderCompleteness, entry);
            self.judge(found, Property::Durability, write);
        }
    }

    fn applies(&mut self, found: &mut Found, seen: &Seen<'_>, index: Index, entry: &Entry) {
        let value = match &entry.payload {
            Payload::Command(command) => Put::decode(command).map(|put| put.value),
            _ => None,
        };
        let end = LogEnd { index, term: entry.term };
        let evidence = self.writes.applied(seen.node, seen.view.term(), end, value);
        self.judge(found, Property::Durability, evidence);
    }

    fn commits(&mut self, found: &mut Found, seen: &Seen<'_>) {
        // A leader that removes itself steps down with the commit of its removal
        // (dissertation, section 4.2.2): when it is looked at it leads no more, and it was
        // as the leader of this term that it committed.
        let office = (seen.view.term(), seen.boot);
        if !seen.view.is_leader() && !self.elections.led_last(seen.node, office) {
            return;
        }
        let log = self.logs.of(seen.node);
        let commit_index = seen.view.commit_index();
        let evidence = self.completeness.commits(
            seen.view.term(),
            seen.node,
            log,
            commit_index,
            &self.elections,
        );
        self.judge(found, Property::LeaderCompleteness, evidence);
    }

    fn writes(
        &mut self,
        found: &mut Found,
        node: NodeId,
        first: Index,
        entries: &[Entry],
        hosts: &[Host],
    ) {
        if let Some(seen) = Seen::of(hosts, node)
            && seen.view.is_leader()
        {
            let term = seen.view.term();
            let evidence = leader_append_only::check(node, term, self.logs.of(node), first);
            self.judge(found, Property::LeaderAppendOnly, evidence);
        }
        self.completeness.rewritten(node, first.previous());
        self.writes.rewritten(node, first.previous());
        let log = self.logs.of(node);
        log.truncate_from(first);
        let mut previous = log.term_at(first.previous());
        for (entry, index) in entries.iter().zip(first.0..) {
            self.logs.of(node).append(entry.clone());
            let evidence = self.matching.written(node, Index(index), entry, previous);
            previous = Some(entry.term);
            self.judge(found, Property::LogMatching, evidence);
        }
    }

    fn ended(
        &mut self,
        found: &mut Found,
        operation: OperationId,
        outcome: Outcome,
        history: &History,
    ) {
        let Some(asked) = history.get(operation) else { return };
        let at = found.at;
        let ended =
            |key, value| Ended { operation, key, value, began_at: asked.began_at, ended_at: at };
        match (asked.request, outcome) {
            (Request::Write { key, value }, Outcome::Written) => {
                let write = OperationRef::of(history, operation, key, value);
                let evidence = self.writes.acknowledged(write, &self.elections, &self.logs);
                self.judge(found, Property::Durability, evidence);
                self.registers.write_ended(ended(key, value));
                self.judge(found, Property::Linearizability, None);
            }
            (Request::Write { key, value }, Outcome::Refused) => {
                let evidence = self.registers.write_refused(key, value, history);
                self.judge(found, Property::Linearizability, evidence);
            }
            (Request::Read { key, .. }, Outcome::Found { value, .. }) => {
                let evidence = self.registers.read_ended(ended(key, value), history);
                self.judge(found, Property::Linearizability, evidence);
            }
            _ => {}
        }
    }
}

/// What one thing that happened violates.
struct Found {
    at: Micros,
    violations: Vec<Violation>,
}

#[cfg(test)]
mod tests;
