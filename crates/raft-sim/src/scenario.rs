//! A scenario: a cluster, its surroundings, and what happens to it. Plain data.

use crate::action::{Action, Step, is_plausible_step, means_it, nodes_of, sort_steps};
use crate::clock::Rate;
use crate::expectation::{self, Expectation};
use crate::latency::Latency;
use crate::network::NetworkPlan;
use crate::rule::{self, Rule};
use crate::snapshot::SnapshotWork;
use crate::state_machine::Key;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use raft_core::{CheckedSettings, Membership, Micros, NodeId, NodeSet, ReadMode, Settings};
use serde::{Deserialize, Serialize};

/// The most nodes that a cluster on the page has.
pub const MOST_NODES: u8 = 9;
/// The longest run.
pub const LONGEST_RUN: Micros = Micros::from_secs(3_600);
/// The most steps that a script, or a person, takes in one run.
pub const MOST_STEPS: usize = 1_000;
const LONGEST_OFFSET: Micros = Micros::from_secs(3_600);
const MOST_CLIENTS: usize = 16;

/// A cluster, its surroundings, and what happens to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Scenario {
    /// Its name in a link: lower-case words joined by hyphens.
    pub name: String,
    /// Its title on the page.
    pub title: String,
    /// What to see in it, in a sentence or three.
    pub summary: String,
    /// How many nodes, `A` to at most `I`.
    pub nodes: u8,
    /// Who votes in the configuration that the cluster begins with. `None`: every
    /// node that is no learner. Who is neither is a spare: it runs, knows that
    /// configuration, and waits to be added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voters: Option<NodeSet>,
    /// Who gets the log from the beginning and has no vote.
    #[serde(default, skip_serializing_if = "is_nobody")]
    pub learners: NodeSet,
    /// The settings of every node.
    pub settings: Settings,
    /// How many entries a node applies before it takes the next snapshot and lets go of
    /// its log up to there. `None`: only when it is told to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_every: Option<u64>,
    /// How long that takes, and whether the process stands still meanwhile. `None`: it
    /// takes no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_work: Option<SnapshotWork>,
    /// The links between them.
    pub network: NetworkPlan,
    /// How long an fsync takes, on every disk that isn't named below.
    pub fsync: Latency,
    /// How long it takes on these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fsyncs: Vec<(NodeId, Latency)>,
    /// Clocks that don't run true from the beginning.
    pub clocks: Vec<(NodeId, Rate)>,
    /// What clocks show at the beginning, where it isn't zero: by so much they are ahead of
    /// the others, which no rule of Raft may mind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clock_offsets: Vec<(NodeId, Micros)>,
    /// Clients, numbered from 1.
    pub clients: Vec<ClientPlan>,
    /// What those of them ask whose work is [listed](Work::Listed): in the order of their
    /// numbers, and of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Ask>,
    /// How long a message takes between a client and a node, each way. Walls
    /// between nodes don't stop clients.
    pub client_latency: Latency,
    /// What happens, and when; in the order of time.
    pub script: Vec<Step>,
    /// What happens on an occasion, rather than at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// What the run comes to, whatever the seed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<Expectation>,
    /// When the run ends.
    pub duration: Micros,
    /// The seed to play it with where nobody chooses another: one that shows well what it
    /// is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

impl Scenario {
    /// How long an fsync takes on a node's disk.
    pub fn fsync_of(&self, node: NodeId) -> Latency {
        let own = self.fsyncs.iter().find(|(of, _)| *of == node);
        own.map_or(self.fsync, |(_, latency)| *latency)
    }

    /// The question that is listed for a client after so many others.
    pub(crate) fn ask(&self, client: u32, after: u32) -> Option<&Ask> {
        let first = self.asks.partition_point(|ask| ask.client < client);
        let place = first.checked_add(usize::try_from(after).ok()?)?;
        self.asks.get(place).filter(|ask| ask.client == client)
    }

    /// The configuration that the cluster begins with.
    pub fn membership(&self) -> Membership {
        let others = NodeSet::first(self.nodes).difference(self.learners);
        let voters = self.voters.unwrap_or(others);
        Membership { learners: self.learners, ..Membership::of(voters) }
    }
}

// What a scenario doesn't say is not in its text either.
fn is_nobody(set: &NodeSet) -> bool {
    set.is_empty()
}

/// A client: it asks, waits for the answer, rests, and asks again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClientPlan {
    /// What it asks for.
    pub work: Work,
    /// The key that it works on.
    pub key: Key,
    /// When it begins.
    pub starts_at: Micros,
    /// When it asks no more.
    pub stops_at: Micros,
    /// How long it rests between an answer and the next question.
    pub rest: Micros,
    /// How long it waits for an answer before it asks another node.
    pub patience: Micros,
    /// It asks this node only, whoever leads.
    pub stuck_to: Option<NodeId>,
    /// It numbers its writes, so that one that it sends again is applied once (dissertation,
    /// section 6.3). Without a session, it may be applied twice.
    #[serde(default = "yes", skip_serializing_if = "is_so")]
    pub keeps_session: bool,
    /// It asks again, or another node, when it is refused or has waited for long enough;
    /// else it gives up, and its write may take effect or not.
    #[serde(default = "yes", skip_serializing_if = "is_so")]
    pub tries_again: bool,
}

impl ClientPlan {
    /// A client that asks all the time, from the beginning of the run until its end, and
    /// rests and waits for 100 ms; it keeps a session and tries again.
    pub const fn of(work: Work) -> ClientPlan {
        ClientPlan {
            work,
            key: Key(0),
            starts_at: Micros::ZERO,
            stops_at: Micros::MAX,
            rest: Micros::from_millis(100),
            patience: Micros::from_millis(100),
            stuck_to: None,
            keeps_session: true,
            tries_again: true,
        }
    }
}

// What a scenario doesn't say is not in its text either.
const fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_so(it: &bool) -> bool {
    *it
}

/// A question of a client that asks by a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ask {
    /// The client's number, from 1.
    pub client: u32,
    /// When it asks; later where it still waits for the answer to its question before.
    pub at: Micros,
    /// What it asks for.
    pub work: Work,
    /// The key.
    pub key: Key,
}

/// What a client asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// It writes.
    Write,
    /// It reads.
    Read(ReadMode),
    /// It reads what the node that it asks has applied, leader or not: the value may be old.
    ReadStraight,
    /// What is listed for it, each question at its moment: see [`Scenario::asks`].
    Listed,
}

/// One thing that is wrong with a scenario or with what is done in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScenarioError {
    /// Where.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.field, self.message)
    }
}

impl core::error::Error for ScenarioError {}

/// A run: a scenario, a seed, and what a person did in it, checked. The same plan
/// gives the same run, byte for byte, on every machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    scenario: Scenario,
    settings: CheckedSettings,
    seed: u64,
    interventions: Vec<Step>,
    /// Script and interventions together, in the order in which they happen.
    schedule: Vec<Step>,
}

impl Plan {
    /// Checks a run.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn new(
        scenario: Scenario,
        seed: u64,
        interventions: Vec<Step>,
    ) -> Result<Plan, Vec<ScenarioError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: String| {
            errors.push(ScenarioError { field: field.to_string(), message });
        };
        if scenario.nodes == 0 || scenario.nodes > MOST_NODES {
            wrong("nodes", format!("{} is not from 1 to {MOST_NODES}", scenario.nodes));
        }
        if scenario.duration == Micros::ZERO || scenario.duration > LONGEST_RUN {
            wrong("duration", "a run lasts from 1 µs to one hour".to_string());
        }
        if scenario.snapshot_every == Some(0) {
            wrong("snapshot_every", "a snapshot covers at least 1 entry more".to_string());
        }
        if scenario.clients.len() > MOST_CLIENTS {
            wrong("clients", format!("at most {MOST_CLIENTS} clients"));
        }
        check_asks(&mut wrong, &scenario);
        if scenario.network.loss_per_million > 1_000_000 {
            wrong("network.loss_per_million", "at most 1000000, which loses all".to_string());
        }
        if scenario.network.duplicates_per_million > 1_000_000 {
            let most = "at most 1000000, which duplicates all".to_string();
            wrong("network.duplicates_per_million", most);
        }
        let latencies = [("fsync", scenario.fsync), ("client_latency", scenario.client_latency)]
            .into_iter()
            .chain([("network.latency", scenario.network.latency)])
            .chain(scenario.network.links.iter().map(|link| ("network.links", link.latency)))
            .chain(scenario.fsyncs.iter().map(|(_, latency)| ("fsyncs", *latency)))
            .chain(
                scenario.snapshot_work.iter().map(|work| ("snapshot_work.latency", work.latency)),
            );
        for (field, latency) in latencies {
            if latency.longest() > Micros::from_secs(60) {
                wrong(field, "longer than a minute".to_string());
            }
            if matches!(latency, Latency::Uniform { min, max } if min > max) {
                wrong(field, "min must not be longer than max".to_string());
            }
        }
        if scenario.snapshot_work.is_some_and(|work| work.per_entry > Micros::from_secs(60)) {
            wrong("snapshot_work.per_entry", "longer than a minute".to_string());
        }
        let members = NodeSet::first(scenario.nodes);
        let last = members.iter().last().unwrap_or(NodeId::A);
        let mut member = |field: &str, node: NodeId| {
            if !members.contains(node) {
                wrong(field, format!("there is no node {node}: the nodes are A to {last}"));
            }
        };
        scenario.voters.iter().flat_map(|set| set.iter()).for_each(|node| member("voters", node));
        scenario.learners.iter().for_each(|node| member("learners", node));
        for (node, _) in &scenario.clocks {
            member("clocks", *node);
        }
        for (node, _) in &scenario.fsyncs {
            member("fsyncs", *node);
        }
        for (node, _) in &scenario.clock_offsets {
            member("clock_offsets", *node);
        }
        for link in &scenario.network.links {
            member("network.links", link.from);
            member("network.links", link.to);
        }
        for client in &scenario.clients {
            if let Some(node) = client.stuck_to {
                member("clients.stuck_to", node);
            }
        }
        let steps = [("script", &scenario.script), ("interventions", &interventions)];
        for (field, steps) in steps {
            for step in steps {
                nodes_of(&step.action).iter().for_each(|node| member(field, node));
            }
        }
        let beginning = scenario.membership();
        if beginning.voters.is_empty() {
            wrong("voters", "somebody must vote: name at least one node".to_string());
        }
        for node in beginning.voters.intersection(beginning.learners).iter() {
            wrong("learners", format!("{node} votes: a learner has no vote"));
        }
        for (_, rate) in &scenario.clocks {
            check_rate(&mut wrong, "clocks", *rate);
        }
        for (node, offset) in &scenario.clock_offsets {
            if *offset > LONGEST_OFFSET {
                let much = format!("{node}'s clock is ahead by {offset}: at most an hour");
                wrong("clock_offsets", much);
            }
        }
        for (field, steps) in steps {
            if steps.len() > MOST_STEPS {
                wrong(field, format!("at most {MOST_STEPS} steps"));
            }
            for step in steps {
                check_action(&mut wrong, field, step, &step.action);
                if means_it(&step.action) {
                    wrong(field, format!("{step}: “it” is whom a rule's occasion is about"));
                }
                if step.at > scenario.duration {
                    let duration = scenario.duration;
                    wrong(field, format!("{step}: after the run's end at {duration}"));
                }
            }
        }
        rule::check(&scenario, &mut wrong);
        expectation::check(&scenario, &mut wrong);
        let settings = scenario.settings.check().map_err(|error| error.to_string());
        match settings {
            Err(message) => wrong("settings", message),
            Ok(settings) if errors.is_empty() => {
                let mut schedule = scenario.script.clone();
                schedule.extend(interventions.iter().cloned());
                // Stable: of two steps at one moment the script's comes first.
                sort_steps(&mut schedule);
                return Ok(Plan { scenario, settings, seed, interventions, schedule });
            }
            Ok(_) => {}
        }
        Err(errors)
    }

    /// The scenario.
    pub const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The seed that every draw comes from.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// What a person did, in the order given.
    pub fn interventions(&self) -> &[Step] {
        &self.interventions
    }

    pub(crate) fn schedule(&self) -> &[Step] {
        &self.schedule
    }

    pub(crate) const fn settings(&self) -> CheckedSettings {
        self.settings
    }
}

/// Checks what an action says beside whom it is about; `text` is how an error names it.
pub(crate) fn check_action(
    wrong: &mut impl FnMut(&str, String),
    field: &str,
    text: &impl fmt::Display,
    action: &Action,
) {
    if let Action::SetClock { rate, .. } = action {
        check_rate(wrong, field, *rate);
    }
    if let Action::StepClock { by_micros, .. } = action
        && !is_plausible_step(*by_micros)
    {
        wrong(field, format!("{text}: a clock steps by 1 µs to one hour"));
    }
}

fn check_asks(wrong: &mut impl FnMut(&str, String), scenario: &Scenario) {
    let asks = &scenario.asks;
    if asks.len() > MOST_STEPS {
        wrong("asks", format!("at most {MOST_STEPS} questions"));
    }
    if !asks.is_sorted_by_key(|ask| (ask.client, ask.at)) {
        let order = "not in the order of the clients' numbers and of time".to_string();
        wrong("asks", order);
    }
    let plan_of = |ask: &Ask| {
        let place = usize::try_from(ask.client).ok()?.checked_sub(1)?;
        scenario.clients.get(place)
    };
    for ask in asks {
        let (client, at) = (ask.client, ask.at);
        match plan_of(ask) {
            None => {
                let count = scenario.clients.len();
                wrong("asks", format!("there is no client {client}: they are 1 to {count}"));
            }
            Some(plan) if plan.work != Work::Listed => wrong(
                "asks",
                format!("client {client} has other work: what it asks is listed, or its work is"),
            ),
            Some(_) if ask.work == Work::Listed => {
                wrong("asks", format!("client {client} at {at}: say what it writes or reads"));
            }
            Some(_) if at > scenario.duration => {
                let duration = scenario.duration;
                wrong(
                    "asks",
                    format!("client {client} at {at}: after the run's end at {duration}"),
                );
            }
            Some(_) => {}
        }
    }
    for (plan, number) in scenario.clients.iter().zip(1..) {
        if plan.work == Work::Listed && !asks.iter().any(|ask| ask.client == number) {
            wrong(
                "clients",
                format!("client {number} asks nothing: give it work, or list what it asks"),
            );
        }
    }
}

fn check_rate(wrong: &mut impl FnMut(&str, String), field: &str, rate: Rate) {
    if !rate.is_plausible() {
        wrong(field, format!("a clock's rate of {rate} is not from 1/2 to 2/1"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload;
    use raft_core::Reconfiguration;

    fn five_nodes() -> Scenario {
        workload::five_nodes("five-nodes", "", "")
    }

    fn errors(scenario: Scenario) -> String {
        let errors = Plan::new(scenario, 1, Vec::new()).expect_err("it can't be");
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn every_node_votes_unless_the_scenario_says_otherwise() {
        let (scenario, learners) = (five_nodes(), NodeSet::only(NodeId::E));
        assert_eq!(scenario.membership(), Membership::of(NodeSet::first(5)));
        let scenario = Scenario { learners, ..scenario };
        assert_eq!(scenario.membership().voters, NodeSet::first(4));
        let scenario = Scenario { voters: Some(NodeSet::first(3)), ..scenario };
        let membership = Membership { learners, ..Membership::of(NodeSet::first(3)) };
        assert_eq!(scenario.membership(), membership);
        assert!(Plan::new(scenario, 1, Vec::new()).is_ok());
    }

    #[test]
    fn members_that_can_not_be_are_named_with_their_field() {
        let only = NodeSet::only;
        let i = NodeId::from_letter('I').expect("a letter");
        for (voters, learners, says) in [
            (Some(NodeSet::EMPTY), NodeSet::EMPTY, "voters: somebody must vote"),
            (None, NodeSet::first(5), "voters: somebody must vote"),
            (Some(only(NodeId::A)), only(NodeId::A), "learners: A votes"),
            (Some(only(i)), NodeSet::EMPTY, "voters: there is no node I"),
            (None, only(i), "learners: there is no node I"),
        ] {
            let errors = errors(Scenario { voters, learners, ..five_nodes() });
            assert!(errors.contains(says), "{errors}");
        }
    }

    #[test]
    fn snapshots_of_nothing_are_refused() {
        let errors = errors(Scenario { snapshot_every: Some(0), ..five_nodes() });
        assert!(errors.contains("snapshot_every: a snapshot covers at least 1"), "{errors}");
    }

    #[test]
    fn orders_that_can_not_be_are_named_with_their_field() {
        let at = Micros(5);
        let i = NodeId::from_letter('I').expect("a letter");
        for (action, says) in [
            (Action::Transfer(i.into()), "script: there is no node I"),
            (Action::Reconfigure(Reconfiguration::AddVoter(i)), "script: there is no node I"),
            (
                Action::Reconfigure(Reconfiguration::Joint {
                    voters: NodeSet::first(3),
                    learners: NodeSet::only(i),
                }),
                "script: there is no node I",
            ),
            (
                Action::StepClock { node: NodeId::A.into(), by_micros: 0 },
                "script: 5:step:A:+0: a clock",
            ),
            (
                Action::StepClock { node: NodeId::A.into(), by_micros: i64::MIN },
                "a clock steps by 1 µs to one hour",
            ),
        ] {
            let script = alloc::vec![Step { at, action }];
            let errors = errors(Scenario { script, ..five_nodes() });
            assert!(errors.contains(says), "{errors}");
        }
    }
}
