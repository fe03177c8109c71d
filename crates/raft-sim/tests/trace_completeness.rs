//! Nothing is missing in a trace: from its text alone, the state of the whole cluster at
//! any moment can be told, and it is the one that the simulator has.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod generator;

use generator::Leaning;
use raft_core::{Flaws, RoleView};
use raft_sim::{Outcome, Request, Timeline, World, write_trace};
use serde_json::Value;
use std::collections::BTreeMap;

/// What is known of a node from the lines of a trace.
#[derive(Default)]
struct Told {
    is_up: bool,
    role: &'static str,
    term: u64,
    commit_index: u64,
    applied_index: u64,
    /// Asked for, in order, not yet durable.
    writes: Vec<(u64, Value)>,
    durable_term: u64,
    durable_vote: Option<u64>,
    /// Index, term; what stands after the durable snapshot, if there is one.
    durable_log: BTreeMap<u64, u64>,
    /// The end of the durable snapshot: index, term.
    durable_snapshot: Option<(u64, u64)>,
    log_begins_after: u64,
    rate: Option<Value>,
}

#[derive(Default)]
struct Cluster {
    nodes: BTreeMap<u64, Told>,
    /// On their way: from, to.
    flights: BTreeMap<u64, (u64, u64)>,
    /// What was asked, and what became of it.
    operations: Vec<(Value, Option<Value>)>,
    groups: Vec<u64>,
    cut: Vec<(u64, u64)>,
    last_at: u64,
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

impl Told {
    fn is_durable_up_to(&mut self, write: u64) {
        while self.writes.first().is_some_and(|(id, _)| *id <= write) {
            let (_, change) = self.writes.remove(0);
            if let Some(state) = change.get("hard-state") {
                self.durable_term = number(&state["term"]);
                self.durable_vote = state["voted_for"].as_u64();
            } else if let Some(log) = change.get("log") {
                let first = number(&log["first"]);
                self.durable_log.split_off(&first);
                for (entry, index) in log["entries"].as_array().expect("a list").iter().zip(first..)
                {
                    self.durable_log.insert(index, number(&entry["term"]));
                }
            } else {
                let change = &change["snapshot"];
                let end = &change["snapshot"]["end"];
                self.durable_snapshot = Some((number(&end["index"]), number(&end["term"])));
                self.log_begins_after = number(&change["log_begins_after"]["index"]);
                self.durable_log = self.durable_log.split_off(&(self.log_begins_after + 1));
                if change["keeps_later_entries"] == false {
                    self.durable_log.clear();
                }
            }
        }
    }

    fn transition(&mut self, kind: &str, fields: &Value) {
        match kind {
            "term-advanced" => self.term = number(&fields["to"]),
            "became-pre-candidate" => self.role = "pre-candidate",
            "became-candidate" => self.role = "candidate",
            "became-leader" => self.role = "leader",
            "stepped-down" => self.role = "follower",
            "commit-advanced" => self.commit_index = number(&fields["to"]),
            _ => {}
        }
    }
}

impl Cluster {
    fn take(&mut self, line: &str) {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let at = number(&line["at"]);
        assert!(at >= self.last_at, "time does not go back");
        self.last_at = at;
        let what = match &line["what"] {
            Value::String(kind) => (kind.clone(), Value::Null),
            Value::Object(what) => {
                let (kind, fields) = what.iter().next().expect("it has a kind");
                (kind.clone(), fields.clone())
            }
            other => panic!("{other} is nothing that happens"),
        };
        let (kind, fields) = (what.0.as_str(), what.1);
        let node = fields.get("node").and_then(Value::as_u64);
        match (kind, node) {
            ("sent", _) => {
                let envelope = &fields["envelope"];
                let way = (number(&envelope["from"]), number(&envelope["to"]));
                self.flights.insert(number(&fields["message"]), way);
            }
            ("delivered" | "lost", _) => {
                let ended = self.flights.remove(&number(&fields["message"]));
                assert!(ended.is_some(), "it was on its way");
            }
            ("node", Some(node)) => {
                let transition = fields["transition"].as_object().expect("a transition");
                let (kind, fields) = transition.iter().next().expect("it has a kind");
                self.nodes.entry(node).or_default().transition(kind, fields);
            }
            ("write-asked", Some(node)) => {
                let write = (number(&fields["write"]), fields["change"].clone());
                self.nodes.entry(node).or_default().writes.push(write);
            }
            ("write-durable", Some(node)) => {
                let told = self.nodes.entry(node).or_default();
                told.is_durable_up_to(number(&fields["write"]));
            }
            ("applied", Some(node)) => {
                self.nodes.entry(node).or_default().applied_index = number(&fields["index"]);
            }
            ("restored", Some(node)) => {
                let told = self.nodes.entry(node).or_default();
                told.applied_index = number(&fields["end"]["index"]);
            }
            ("crashed", Some(node)) => {
                let told = self.nodes.entry(node).or_default();
                assert_eq!(told.writes.len() as u64, number(&fields["writes_lost"]));
                (told.is_up, told.role) = (false, "");
                told.writes.clear();
            }
            ("restarted", Some(node)) => {
                let told = self.nodes.entry(node).or_default();
                (told.is_up, told.role, told.term) = (true, "follower", told.durable_term);
                told.applied_index = 0;
                told.commit_index = told.durable_snapshot.map_or(0, |(index, _)| index);
            }
            ("clock-set", Some(node)) => {
                self.nodes.entry(node).or_default().rate = Some(fields["rate"].clone());
            }
            ("parted", _) => {
                self.groups =
                    fields["groups"].as_array().expect("a list").iter().map(number).collect();
            }
            ("link-cut", _) => self.cut.push((number(&fields["from"]), number(&fields["to"]))),
            ("link-mended", _) => {
                let link = (number(&fields["from"]), number(&fields["to"]));
                self.cut.retain(|other| *other != link);
            }
            ("healed", _) => {
                self.groups.clear();
                self.cut.clear();
            }
            ("operation-began", _) => {
                assert_eq!(number(&fields["operation"]), self.operations.len() as u64);
                self.operations.push((fields["request"].clone(), None));
            }
            ("operation-ended", _) => {
                let operation = &mut self.operations[number(&fields["operation"]) as usize];
                assert!(operation.1.replace(fields["outcome"].clone()).is_none(), "it ends once");
            }
            _ => {}
        }
    }

    /// Whether the world is as it is told.
    fn compare(&self, world: &World) {
        for host in world.hosts() {
            let id = host.id();
            let told = &self.nodes[&u64::from(id.number())];
            let durable = host.disk().durable();
            let log: BTreeMap<u64, u64> =
                durable.log.iter().map(|(index, entry)| (index.0, entry.term.0)).collect();
            assert_eq!(told.durable_log, log, "{id}'s log");
            assert_eq!(told.log_begins_after, durable.log.base().index.0, "{id}'s log");
            let snapshot = durable.snapshot.as_ref().map(|it| (it.end.index.0, it.end.term.0));
            assert_eq!(told.durable_snapshot, snapshot, "{id}'s snapshot");
            let vote = durable.hard_state.voted_for.map(|it| u64::from(it.number()));
            let hard_state = (durable.hard_state.term.0, vote);
            assert_eq!((told.durable_term, told.durable_vote), hard_state, "{id}'s hard state");
            assert_eq!(told.writes.len() as u32, host.disk().writes_waiting(), "{id}'s writes");
            assert_eq!(told.is_up, host.node().is_some(), "{id}");
            if let Some(rate) = &told.rate {
                assert_eq!(*rate, serde_json::to_value(host.clock().rate()).expect("plain"));
            }
            let Some(view) = host.node().map(|node| node.view()) else { continue };
            let role = match view.role() {
                RoleView::Leader(_) => "leader",
                RoleView::Candidate { .. } => "candidate",
                RoleView::PreCandidate { .. } => "pre-candidate",
                _ => "follower",
            };
            assert_eq!(told.role, role, "{id}'s role");
            let indices = (view.term().0, view.commit_index().0, view.applied_index().0);
            assert_eq!((told.term, told.commit_index, told.applied_index), indices, "{id}");
        }
        let flights: BTreeMap<u64, (u64, u64)> = world
            .network()
            .flights()
            .map(|(id, flight)| (id.0, (&flight.envelope.from, &flight.envelope.to)))
            .map(|(id, (from, to))| (id, (from.number().into(), to.number().into())))
            .collect();
        assert_eq!(self.flights, flights);
        let told = self.operations.iter();
        assert_eq!(told.len(), world.history().operations().count());
        for ((request, outcome), (_, operation)) in told.zip(world.history().operations()) {
            let (kind, fields) = request.as_object().and_then(|it| it.iter().next()).expect("one");
            match operation.request {
                Request::Write { key, value } => {
                    assert_eq!((kind.as_str(), number(&fields["key"])), ("write", key.0.into()));
                    assert_eq!(number(&fields["value"]), value.0);
                }
                Request::Read { key, .. } => {
                    assert_eq!((kind.as_str(), number(&fields["key"])), ("read", key.0.into()));
                }
            }
            match operation.ended {
                None => assert_eq!(*outcome, None),
                Some((_, Outcome::Found { value, .. })) => {
                    let told = outcome.as_ref().expect("it ended");
                    assert_eq!(number(&told["found"]["value"]), value.0);
                }
                Some(_) => assert!(outcome.as_ref().is_some_and(Value::is_string)),
            }
        }
        let groups: Vec<u64> = world
            .network()
            .groups()
            .iter()
            .map(|group| number(&serde_json::to_value(group).expect("plain")))
            .collect();
        assert_eq!(self.groups, groups);
        let mut cut = self.cut.clone();
        cut.sort_unstable();
        cut.dedup();
        let links = world.network().cut_links();
        let links = links.map(|(from, to)| (from.number().into(), to.number().into()));
        assert_eq!(cut, links.collect::<Vec<(u64, u64)>>());
    }
}

#[test]
fn any_moment_of_a_run_can_be_told_from_its_trace() {
    for number in 1..=60 {
        for leaning in [Leaning::Any, Leaning::ThreatenedLeases, Leaning::Everything] {
            let scenario = generator::scenario(number, leaning, Flaws::NONE);
            let timeline = Timeline::new(generator::plan(scenario, number));
            let mut text = String::new();
            write_trace(&timeline, &mut text).expect("a text takes all");
            // At the end much has settled: in the middle more is under way.
            let mut cluster = Cluster::default();
            let mut lines = text.lines().skip(1).peekable();
            for events in [timeline.events() / 3, timeline.events() / 2, timeline.events()] {
                let is_done = |line: &&str| event_of(line) <= events;
                while let Some(line) = lines.next_if(is_done) {
                    cluster.take(line);
                }
                cluster.compare(&timeline.world_after(events));
            }
        }
    }
}

fn event_of(line: &str) -> u64 {
    let line: Value = serde_json::from_str(line).expect("JSON");
    number(&line["event"])
}
