//! A scenario: a cluster, its surroundings, and what happens to it. Plain data.

use crate::action::{Action, Step, sort_steps};
use crate::clock::Rate;
use crate::expectation::Expectation;
use crate::initial::InitialState;
use crate::latency::Latency;
use crate::network::NetworkPlan;
use crate::pin::Pin;
use crate::rule::Rule;
use crate::setting::Setting;
use crate::snapshot::SnapshotWork;
use crate::state_machine::Key;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use raft_core::{CheckedSettings, Flaws, Membership, Micros, NodeId, NodeSet, ReadMode, Settings};

mod checks;

use checks::check;
pub(crate) use checks::check_action;

/// The most nodes that a cluster on the page has.
pub const MOST_NODES: u8 = 9;
/// The longest run.
pub const LONGEST_RUN: Micros = Micros::from_secs(3_600);
/// The most steps that a script, or a person, takes in one run.
pub const MOST_STEPS: usize = 1_000;
/// The least that a link carries, in bytes a second: a modem of 1980.
pub(crate) const SLOWEST_LINK: u64 = 100;
/// The most that a clock is ahead from the beginning.
pub(crate) const LONGEST_OFFSET: Micros = Micros::from_secs(3_600);
/// The most clients that a cluster has.
pub(crate) const MOST_CLIENTS: usize = 16;

/// A cluster, its surroundings, and what happens to it.
#[derive(Clone, PartialEq, Eq, Debug)]
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
    pub voters: Option<NodeSet>,
    /// Who gets the log from the beginning and has no vote.
    pub learners: NodeSet,
    /// The settings of every node.
    pub settings: Settings,
    /// How many entries a node applies before it takes the next snapshot and lets go of
    /// its log up to there. `None`: only when it is told to.
    pub snapshot_every: Option<u64>,
    /// How long that takes, and whether the process stands still meanwhile. `None`: it
    /// takes no time.
    pub snapshot_work: Option<SnapshotWork>,
    /// The links between them.
    pub network: NetworkPlan,
    /// How long an fsync takes, on every disk that isn't named below.
    pub fsync: Latency,
    /// How long it takes on these.
    pub fsyncs: Vec<(NodeId, Latency)>,
    /// Clocks that don't run true from the beginning.
    pub clocks: Vec<(NodeId, Rate)>,
    /// What clocks show at the beginning, where it isn't zero: by so much they are ahead of
    /// the others, which no rule of Raft may mind.
    pub clock_offsets: Vec<(NodeId, Micros)>,
    /// Clients, numbered from 1.
    pub clients: Vec<ClientPlan>,
    /// What those of them ask whose work is [listed](Work::Listed): in the order of their
    /// numbers, and of time.
    pub asks: Vec<Ask>,
    /// How long a message takes between a client and a node, each way. Walls
    /// between nodes don't stop clients.
    pub client_latency: Latency,
    /// What happens, and when; in the order of time.
    pub script: Vec<Step>,
    /// What happens on an occasion, rather than at a time.
    pub rules: Vec<Rule>,
    /// What the run comes to, whatever the seed.
    pub expectations: Vec<Expectation>,
    /// What nodes have on their disks at the beginning. `None` of them: nothing.
    pub initial: Vec<InitialState>,
    /// What takes as long as is said here, and not as long as is drawn.
    pub pins: Vec<Pin>,
    /// When the run ends.
    pub duration: Micros,
    /// The seed to play it with where nobody chooses another: one that shows well what it
    /// is about.
    pub seed: Option<u64>,
    /// Where nodes stand: regions or data centres. It is told and drawn, and decides nothing.
    pub places: Vec<Place>,
}

/// A region or a data centre.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// What it is called.
    pub name: String,
    /// Which nodes are in it.
    pub nodes: NodeSet,
}

impl Scenario {
    /// The question that is listed for a client after so many others.
    pub(crate) fn ask(&self, client: u32, after: u32) -> Option<&Ask> {
        let first = self.asks.partition_point(|ask| ask.client < client);
        let place = first.checked_add(usize::try_from(after).ok()?)?;
        self.asks.get(place).filter(|ask| ask.client == client)
    }

    /// Where a node stands, if it is said.
    pub fn place_of(&self, node: NodeId) -> Option<&Place> {
        self.places.iter().find(|place| place.nodes.contains(node))
    }

    /// The configuration that the cluster begins with.
    pub fn membership(&self) -> Membership {
        let others = NodeSet::first(self.nodes).difference(self.learners);
        let voters = self.voters.unwrap_or(others);
        Membership { learners: self.learners, ..Membership::of(voters) }
    }
}

/// A client: it asks, waits for the answer, rests, and asks again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
    pub keeps_session: bool,
    /// It asks again, or another node, when it is refused or has waited for long enough;
    /// else it gives up, and its write may take effect or not.
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

/// A question of a client that asks by a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
    /// Where: the field's path in the scenario's document, such as `steps[2].do`, with
    /// the first of a list at 0.
    pub field: String,
    /// The line of the text in which that is written, where there is one.
    pub line: Option<u32>,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl ScenarioError {
    /// What is wrong with a field, whatever line it is in.
    pub fn of(field: impl Into<String>, message: impl Into<String>) -> ScenarioError {
        ScenarioError { field: field.into(), line: None, message: message.into() }
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}: ")?;
        }
        if !self.field.is_empty() {
            write!(formatter, "{}: ", self.field)?;
        }
        formatter.write_str(&self.message)
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

/// Up to where two runs are the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parting {
    /// The moment of the first step that only one of them takes. Steps come last of all
    /// that happens at a moment, so all else of that moment is the same as well.
    pub(crate) at: Micros,
    /// How many steps they have in common.
    pub(crate) steps: usize,
    /// Whether they are runs of one scenario and seed. Else nothing is the same.
    pub(crate) is_akin: bool,
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
        let errors = check(&scenario, &interventions);
        let settings = scenario.settings.check();
        match settings {
            Ok(settings) if errors.is_empty() => {
                Ok(Plan::of_checked(scenario, settings, seed, interventions))
            }
            _ => Err(errors),
        }
    }

    /// A run of a scenario that is known to be right, in which nobody does anything. It is not
    /// asked again whether it is, except by a debug build: what asks is 20 kB of code, which
    /// the page need not load to show the run that it opens with.
    pub fn of_right(scenario: Scenario, seed: u64) -> Option<Plan> {
        debug_assert!(check(&scenario, &[]).is_empty(), "it was said to be right");
        let settings = scenario.settings.check().ok()?;
        Some(Plan::of_checked(scenario, settings, seed, Vec::new()))
    }

    fn of_checked(
        scenario: Scenario,
        settings: CheckedSettings,
        seed: u64,
        interventions: Vec<Step>,
    ) -> Plan {
        let mut schedule = scenario.script.clone();
        schedule.extend(interventions.iter().cloned());
        // Stable: of two steps at one moment the script's comes first.
        sort_steps(&mut schedule);
        Plan { scenario, settings, seed, interventions, schedule }
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

    /// What a person did, in the order in which it happens.
    pub(crate) fn interventions_in_time(&self) -> impl Iterator<Item = &Step> {
        let mut steps: Vec<&Step> = self.interventions.iter().collect();
        steps.sort_by_cached_key(|step| step.at.0);
        steps.into_iter()
    }

    /// Up to where the run of another plan is the same as this one's.
    pub(crate) fn parts_from(&self, other: &Plan) -> Parting {
        let is_akin = self.seed == other.seed && self.scenario == other.scenario;
        if !is_akin {
            return Parting { at: Micros::ZERO, steps: 0, is_akin };
        }
        let same = self.schedule.iter().zip(&other.schedule);
        let steps = same.take_while(|(one, other)| one == other).count();
        let next = |plan: &Plan| plan.schedule.get(steps).map(|step| step.at);
        // The end of the run, where neither does anything more.
        let at = next(self).into_iter().chain(next(other)).min();
        Parting { at: at.unwrap_or(self.scenario.duration), steps, is_akin }
    }

    /// The rules that are left out in the run, at some moment of it: by the scenario, its
    /// script, a rule of it, or a person. A run of which there is one is *modified Raft*.
    pub fn flaws(&self) -> Flaws {
        self.flaws_by(Micros::MAX)
    }

    /// Those that are left out by a moment, or were before. When a rule of the scenario acts
    /// only its run shows: what one may leave out counts from the beginning.
    pub fn flaws_by(&self, at: Micros) -> Flaws {
        let of_rules = self.scenario.rules.iter().map(|rule| &rule.action);
        let steps = self.schedule.iter().take_while(|step| step.at <= at);
        let set = steps.map(|step| &step.action).chain(of_rules);
        set.fold(self.scenario.settings.flaws, |flaws, action| match action {
            Action::Set(Setting::Flaw { flaw, is_on: true }) => flaws.with(*flaw),
            _ => flaws,
        })
    }

    pub(crate) fn schedule(&self) -> &[Step] {
        &self.schedule
    }

    pub(crate) const fn settings(&self) -> CheckedSettings {
        self.settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload;
    use alloc::string::ToString;
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
        assert!(errors.contains("snapshots.every: a snapshot covers at least 1"), "{errors}");
    }

    #[test]
    fn orders_that_can_not_be_are_named_with_their_field() {
        let at = Micros(5);
        let i = NodeId::from_letter('I').expect("a letter");
        for (action, says) in [
            (Action::Transfer(i.into()), "steps[0].do: there is no node I"),
            (Action::Reconfigure(Reconfiguration::AddVoter(i)), "steps[0].do: there is no node I"),
            (
                Action::Reconfigure(Reconfiguration::Joint {
                    voters: NodeSet::first(3),
                    learners: NodeSet::only(i),
                }),
                "steps[0].do: there is no node I",
            ),
            (
                Action::StepClock { node: NodeId::A.into(), by_micros: 0 },
                "steps[0].do: 5:step:A:+0: “A:+0” is no step of a clock",
            ),
            (
                Action::StepClock { node: NodeId::A.into(), by_micros: i64::MIN },
                "at most an hour either way",
            ),
            // No text says these, but a packed document may.
            (
                Action::Partition(alloc::vec![NodeSet::first(2), NodeSet::first(1)]),
                "steps[0].do: 5:partition:AB-A: in “AB-A”, A is in two groups",
            ),
            (Action::Partition(Vec::new()), "“” has an empty group"),
            (
                Action::Reconfigure(Reconfiguration::Joint {
                    voters: NodeSet::first(3),
                    learners: NodeSet::first(1),
                }),
                "A is in two groups",
            ),
            (
                Action::Reconfigure(Reconfiguration::Joint {
                    voters: NodeSet::EMPTY,
                    learners: NodeSet::first(1),
                }),
                "has an empty group",
            ),
            (
                Action::CutLink { from: NodeId::A.into(), to: NodeId::A.into() },
                "a link has two ends",
            ),
            (Action::Crash(crate::who::Who::FollowerNot(NodeSet::EMPTY)), "“” are no nodes"),
        ] {
            let script = alloc::vec![Step { at, action }];
            let errors = errors(Scenario { script, ..five_nodes() });
            assert!(errors.contains(says), "{errors}");
        }
    }
}
