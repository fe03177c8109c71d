//! What nodes have on their disks when a run begins: terms, votes, logs, snapshots.
//!
//! So a run can begin at panel (a) of the paper's Figure 8, or with 9,500 entries behind it.
//! Every node starts as after a crash of the whole cluster: with its disk and nothing else.
//!
//! Logs are given whole, by runs of entries; a snapshot is where one is cut:
//!
//! ```text
//!   1 1 2            three entries, by their terms
//!   1*9500 2:x=7     9,500 entries of term 1, then one of term 2 that writes 7 to x
//!   1*3:x=1          three writes of term 1 to x: of 1, 2 and 3
//! ```
//!
//! What was committed before the run is known to the monitors: an election that loses it is
//! a violation, and a key begins with what it last wrote there. What stands in a log
//! behind that was asked for before the run by clients who wait no more: it may take effect
//! or not.

use crate::scenario::Scenario;
use crate::state_machine::{Key, Put, Session, StateMachine, Value};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use raft_core::{
    Durable, Entry, HardState, Index, Log, LogEnd, NodeId, NodeSet, Payload, Snapshot, Term,
};
use serde::{Deserialize, Serialize};

/// The most entries that a log begins with, and the largest value in one: the monitors keep
/// an account of each.
pub const MOST_INITIAL_ENTRIES: u64 = 20_000;
/// The most runs of entries that such a log is written in.
const MOST_RUNS: usize = 200;

/// What some nodes have on their disks when a run begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InitialState {
    /// Which nodes: they have all the same.
    pub nodes: NodeSet,
    /// The latest term that they have seen; `None`: that of their last entry.
    pub term: Option<Term>,
    /// Whom they voted for in that term.
    pub voted_for: Option<NodeId>,
    /// Their log, from index 1.
    pub log: InitialLog,
    /// Up to where the log was committed, and all of it that is committed anywhere was
    /// known to these nodes.
    pub committed: Index,
    /// Up to where a snapshot stands in place of the log. No further than `committed`.
    pub snapshot: Index,
}

/// A log as runs of entries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InitialLog(pub Vec<InitialEntries>);

/// Some entries of one term, one after another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InitialEntries {
    /// The term.
    pub term: Term,
    /// How many.
    pub count: u64,
    /// What the first of them writes where; the others write the values that follow.
    /// `None`: they hold nothing.
    pub write: Option<(Key, Value)>,
}

impl InitialLog {
    fn len(&self) -> u64 {
        self.0.iter().fold(0, |sum, run| sum.saturating_add(run.count))
    }

    /// The entries. Only of a log that was checked: it may else be endless.
    fn log(&self) -> Log {
        let mut log = Log::new();
        for run in &self.0 {
            for nth in 0..run.count {
                let payload = match run.write {
                    None => Payload::NoOp,
                    // Nobody's session: its client won't ask again.
                    Some((key, value)) => Payload::Command(
                        Put {
                            session: Session { client: 0, sequence: 0 },
                            key,
                            value: Value(value.0 + nth),
                        }
                        .encode(),
                    ),
                };
                log.append(Entry { term: run.term, payload });
            }
        }
        log
    }
}

impl InitialState {
    /// Its term, said or not.
    pub(crate) fn term(&self) -> Term {
        self.term.unwrap_or(self.log.0.last().map_or(Term(0), |run| run.term))
    }

    fn disk(&self, scenario: &Scenario) -> Durable {
        let mut disk = Durable::new(scenario.membership());
        disk.hard_state = HardState { term: self.term(), voted_for: self.voted_for };
        disk.log = self.log.log();
        if self.snapshot > Index::ZERO {
            let machine = applied(&disk.log, self.snapshot);
            let end = LogEnd {
                index: self.snapshot,
                term: disk.log.term_at(self.snapshot).unwrap_or_default(),
            };
            let (membership, data) = (scenario.membership(), machine.encode(true));
            disk.snapshot = Some(Snapshot { end, membership, data });
            disk.log.compact_to(self.snapshot);
        }
        disk
    }
}

fn put_of(entry: &Entry) -> Option<Put> {
    match &entry.payload {
        Payload::Command(command) => Put::decode(command),
        _ => None,
    }
}

/// What applying a log up to here comes to.
fn applied(log: &Log, to: Index) -> StateMachine {
    let mut machine = StateMachine::default();
    for (_, entry) in log.iter().take_while(|(index, _)| *index <= to) {
        if let Some(put) = put_of(entry) {
            machine.apply(put);
        }
    }
    machine
}

/// What the monitors are to know of the time before the run.
#[derive(Default)]
pub(crate) struct Past {
    /// What was committed, and who knew.
    pub(crate) committed: Option<(NodeId, Log)>,
    /// Each log that a node begins with, whole.
    pub(crate) logs: Vec<(NodeId, Log)>,
    /// What each key holds for certain.
    pub(crate) values: Vec<(Key, Value)>,
    /// What they held before that and hold no more, in the order of the values.
    pub(crate) overwritten: Vec<(Key, Value)>,
    /// What was asked to be written and may take effect yet.
    pub(crate) open: Vec<(Key, Value)>,
    /// The largest value.
    pub(crate) last_value: Value,
}

impl Past {
    pub(crate) fn of(scenario: &Scenario) -> Past {
        let mut past = Past::default();
        let mut furthest = Index::ZERO;
        for state in &scenario.initial {
            let log = state.log.log();
            for node in state.nodes.iter() {
                past.logs.push((node, log.clone()));
                if state.committed > furthest {
                    furthest = state.committed;
                    let mut committed = log.clone();
                    committed.truncate_from(furthest.next());
                    past.committed = Some((node, committed));
                }
            }
        }
        let puts = |log: &Log| -> Vec<Put> { log.iter().filter_map(|it| put_of(it.1)).collect() };
        let mut written = ByValue::default();
        if let Some((_, log)) = &past.committed {
            past.values = applied(log, log.last_index()).values().collect();
            for put in puts(log) {
                *written.of(put.value) = Some(put.key);
            }
        }
        let mut open = ByValue::default();
        for (_, log) in &past.logs {
            for put in puts(log) {
                past.last_value = past.last_value.max(put.value);
                if written.of(put.value).is_none() {
                    *open.of(put.value) = Some(put.key);
                }
            }
        }
        past.open = open.in_order().map(|(value, key)| (key, value)).collect();
        let holds = |(key, value): &(Key, Value)| past.values.contains(&(*key, *value));
        let written = written.in_order().map(|(value, key)| (key, value));
        past.overwritten = written.filter(|it| !holds(it)).collect();
        past
    }
}

/// What is known of each value that logs begin with. They are small numbers, and come in any
/// order: each has its place.
struct ByValue<T>(Vec<Option<T>>);

impl<T> Default for ByValue<T> {
    fn default() -> ByValue<T> {
        ByValue(Vec::new())
    }
}

impl<T> ByValue<T> {
    fn of(&mut self, value: Value) -> &mut Option<T> {
        debug_assert!(value.0 <= MOST_INITIAL_ENTRIES, "the logs were checked");
        let place = value.0 as usize;
        if self.0.len() <= place {
            self.0.resize_with(place + 1, || None);
        }
        &mut self.0[place]
    }

    fn in_order(self) -> impl Iterator<Item = (Value, T)> {
        (0..).map(Value).zip(self.0).filter_map(|(value, known)| Some((value, known?)))
    }
}

/// The disk that a node begins with.
pub(crate) fn disk_of(scenario: &Scenario, node: NodeId) -> Durable {
    let state = scenario.initial.iter().find(|state| state.nodes.contains(node));
    state.map_or_else(|| Durable::new(scenario.membership()), |state| state.disk(scenario))
}

/// Checks what a scenario's nodes begin with.
pub(crate) fn check(scenario: &Scenario, wrong: &mut impl FnMut(&str, String)) {
    let members = NodeSet::first(scenario.nodes);
    let mut named = NodeSet::EMPTY;
    let mut is_sound = true;
    for (place, state) in scenario.initial.iter().enumerate() {
        let field = format!("initial[{place}]");
        let nodes = crate::who::Letters(state.nodes).to_string();
        let mut wrong = |message: &str| {
            is_sound = false;
            wrong(&field, format!("{nodes}: {message}"));
        };
        if state.nodes.is_empty() {
            wrong("name at least one node");
        }
        for node in state.nodes.difference(members).iter() {
            wrong(&format!("there is no node {node}"));
        }
        if let Some(node) = state.voted_for.filter(|node| !members.contains(*node)) {
            wrong(&format!("there is no node {node} to vote for"));
        }
        for node in state.nodes.intersection(named).iter() {
            wrong(&format!("{node} begins with two states"));
        }
        named = named.union(state.nodes);
        if state.voted_for.is_some() && state.term() == Term(0) {
            wrong("nobody votes in term 0, which is before the first");
        }
        let runs = &state.log.0;
        if runs.iter().any(|run| run.term == Term(0)) {
            wrong("entries are of term 1 or later");
        }
        if let Some(two) = runs.windows(2).find(|two| two[0].term > two[1].term) {
            let (later, earlier) = (two[0].term, two[1].term);
            wrong(&format!("an entry of term {earlier} can't follow one of term {later}"));
        }
        if let Some(last) = runs.last()
            && last.term > state.term()
        {
            let (last, term) = (last.term, state.term());
            wrong(&format!(
                "its log ends in term {last}, and its term is {term}: no less than that"
            ));
        }
        if runs.len() > MOST_RUNS {
            wrong(&format!("its log has {} runs of entries: at most {MOST_RUNS}", runs.len()));
        }
        let values = runs
            .iter()
            .filter_map(|run| Some((run.write?.1.0, run.write?.1.0.saturating_add(run.count))));
        let is_long = state.log.len() > MOST_INITIAL_ENTRIES;
        if is_long || runs.iter().any(|run| run.count == 0) {
            wrong(&format!(
                "a log begins with up to {MOST_INITIAL_ENTRIES} entries, in runs of 1 or more"
            ));
        }
        if values.clone().any(|(first, end)| first == 0 || end > MOST_INITIAL_ENTRIES + 1) {
            wrong(&format!("values are from 1 to {MOST_INITIAL_ENTRIES}"));
        }
        if state.committed.0 > state.log.len() {
            wrong("it can't have committed past the end of its log");
        }
        if state.snapshot > state.committed {
            wrong("a snapshot covers only what was committed: committed must reach that far");
        }
    }
    // Only of logs that are known to be short.
    if is_sound {
        check_logs(scenario, wrong);
    }
}

/// Checks that the logs can stand side by side.
fn check_logs(scenario: &Scenario, wrong: &mut impl FnMut(&str, String)) {
    let past = Past::of(scenario);
    let mut wrong = |message: String| wrong("initial", message);
    for (place, (node, log)) in past.logs.iter().enumerate() {
        for (other_node, other) in &past.logs[..place] {
            // "If two logs contain an entry with the same index and term, then the logs are
            // identical in all entries up through the given index" (paper, Figure 3).
            let places = || log.iter().zip(other.iter()).enumerate();
            let meets = places().filter(|(_, ((_, a), (_, b)))| a.term == b.term).last();
            let parts = places().find(|(_, ((_, a), (_, b)))| a != b);
            if let (Some((meets, ((index, entry), _))), Some((parts, _))) = (meets, parts)
                && parts <= meets
            {
                let (term, parts) = (entry.term, parts + 1);
                wrong(format!(
                    "the logs of {other_node} and {node} have the same entry {index} of term {term}, \
                     and must be alike up to there, but differ at {parts}"
                ));
            }
        }
    }
    let mut places = ByValue::default();
    for (node, log) in &past.logs {
        for (index, entry) in log.iter() {
            let Some(put) = put_of(entry) else { continue };
            let place = (index, entry.term);
            if *places.of(put.value).get_or_insert(place) != place {
                wrong(format!(
                    "{node}: {} is written by two entries: give each its own",
                    put.value
                ));
            }
        }
    }
    check_elected(scenario, &past, &mut wrong);
    let Some((knows, committed)) = &past.committed else { return };
    let end = committed.last_index();
    let holds = |log: &Log, to: Index| log.term_at(to) == committed.term_at(to);
    let holders: NodeSet =
        past.logs.iter().filter(|(_, log)| holds(log, end)).map(|(node, _)| *node).collect();
    let voters = scenario.membership().voters;
    if holders.intersection(voters).len() * 2 <= voters.len() {
        wrong(format!("{knows} has committed up to {end}, which no majority of the voters holds"));
    }
    for (state, node) in
        scenario.initial.iter().flat_map(|state| state.nodes.iter().map(move |node| (state, node)))
    {
        let log = past.logs.iter().find(|(owner, _)| *owner == node);
        if state.committed > Index::ZERO && !log.is_some_and(|(_, log)| holds(log, state.committed))
        {
            wrong(format!("{node} and {knows} have committed different entries"));
        }
    }
}

/// A leader made the entries of the latest term, and a majority elected it: they are in that
/// term with their votes given, or past it. Otherwise the run could elect another leader of
/// that very term, and two of its entries would differ.
fn check_elected(scenario: &Scenario, past: &Past, wrong: &mut impl FnMut(String)) {
    let Some(latest) = past.logs.iter().map(|(_, log)| log.end().term).max() else { return };
    let voters = scenario.membership().voters;
    let can_not_vote = |leader: NodeId| {
        let of_state = |state: &InitialState| {
            let is_past = state.term() > latest;
            let has_voted = state.term() == latest && state.voted_for == Some(leader);
            let nodes = state.nodes.intersection(voters);
            if is_past || has_voted { nodes.len() } else { 0 }
        };
        scenario.initial.iter().map(of_state).sum::<u8>()
    };
    let everyone = NodeSet::first(scenario.nodes);
    if latest > Term(0) && !everyone.iter().any(|node| can_not_vote(node) * 2 > voters.len()) {
        wrong(format!(
            "there are entries of term {latest}, so a leader was elected: a majority of the voters \
             must have voted_for it in that term, or be in a later one"
        ));
    }
}

impl fmt::Display for InitialLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, run) in self.0.iter().enumerate() {
            if place > 0 {
                formatter.write_str(" ")?;
            }
            write!(formatter, "{}", run.term)?;
            if run.count != 1 {
                write!(formatter, "*{}", run.count)?;
            }
            if let Some((key, value)) = run.write {
                write!(formatter, ":{key}={value}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for InitialLog {
    type Err = String;

    fn from_str(text: &str) -> Result<InitialLog, String> {
        text.split_whitespace()
            .map(|run| {
                read_run(run).ok_or_else(|| {
                    format!(
                        "“{run}” are no entries: write term*count:key=value, such as 2, 1*9500 or \
                         2:x=7"
                    )
                })
            })
            .collect::<Result<_, _>>()
            .map(InitialLog)
    }
}

fn read_run(text: &str) -> Option<InitialEntries> {
    let (entries, write) = match text.split_once(':') {
        None => (text, None),
        Some((entries, write)) => {
            let (key, value) = write.split_once('=')?;
            (entries, Some((read_key(key)?, Value(value.parse().ok()?))))
        }
    };
    let (term, count) = entries.split_once('*').unwrap_or((entries, "1"));
    Some(InitialEntries { term: Term(term.parse().ok()?), count: count.parse().ok()?, write })
}

fn read_key(text: &str) -> Option<Key> {
    (0..=u8::MAX).map(Key).find(|key| key.to_string() == text)
}

// A log is its text, wherever it is written.

impl Serialize for InitialLog {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'a> Deserialize<'a> for InitialLog {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<InitialLog, D::Error> {
        let text = alloc::borrow::Cow::<'a, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_before_the_run_is_in_the_order_of_the_values_in_whichever_it_was_written() {
        let log = "1:x=5 1:x=3 1:y=9 1:x=4 1:y=2 1:x=1";
        let state = InitialState {
            nodes: NodeSet::first(3),
            term: None,
            voted_for: Some(NodeId::A),
            log: log.parse().expect("it is a log"),
            committed: Index(4),
            snapshot: Index::ZERO,
        };
        let other = InitialState { nodes: NodeSet::only(NodeId::D), ..state.clone() };
        let scenario = crate::workload::five_nodes("past", "", "");
        let scenario = Scenario { initial: alloc::vec![state, other], ..scenario };
        let past = Past::of(&scenario);
        let [x, y] = [Key(0), Key(1)];
        assert_eq!(past.values, [(x, Value(4)), (y, Value(9))]);
        assert_eq!(past.overwritten, [(x, Value(3)), (x, Value(5))]);
        assert_eq!(past.open, [(x, Value(1)), (y, Value(2))]);
        assert_eq!(past.last_value, Value(9));
    }
}
