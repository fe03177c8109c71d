//! Things that go wrong, drawn at random and added to what a scenario says itself.
//!
//! Only what Raft promises to survive: crashes that leave the disk, walls, cut links,
//! elections out of turn, handed-over leadership, changes of the members, snapshots. A
//! clock that jumps or a disk that is lost would break a promise that nobody made.

use crate::dice::Dice;
use raft_core::{Micros, NodeId, NodeSet, Reconfiguration};
use raft_sim::{Action, Scenario, Step, Who, Work, sort_steps};

/// The most incidents that are added to a schedule; each is a step or a few.
const MOST_INCIDENTS: u64 = 10;

/// The scenario with random faults of this number in its script.
pub fn with_faults(scenario: &Scenario, number: u64) -> Scenario {
    let mut schedule = Schedule::new(scenario, number);
    for _ in 0..schedule.dice.of(1, MOST_INCIDENTS) {
        let at = schedule.dice.of(0, scenario.duration.0);
        schedule.incident(at);
    }
    let mut scenario = scenario.clone();
    // What it comes to without these faults says nothing of what it comes to with them.
    scenario.expectations.clear();
    let added = schedule.steps.into_iter().filter(|step| step.at <= scenario.duration);
    scenario.script.extend(added);
    sort_steps(&mut scenario.script);
    scenario.script.truncate(raft_sim::MOST_STEPS);
    scenario
}

/// What is being drawn.
struct Schedule<'a> {
    scenario: &'a Scenario,
    dice: Dice,
    /// The one that most things happen to: troubles meet more often.
    trouble: NodeId,
    /// Everything else is measured by the shortest election timeout.
    timeout: u64,
    steps: Vec<Step>,
}

impl Schedule<'_> {
    fn new(scenario: &Scenario, number: u64) -> Schedule<'_> {
        let mut dice = Dice::new(number.wrapping_mul(0xd6e8_feb8_6659_fd93));
        Schedule {
            trouble: dice.node(scenario.nodes),
            timeout: scenario.settings.election_timeout_min.0.clamp(8, scenario.duration.0.max(8)),
            steps: Vec::new(),
            scenario,
            dice,
        }
    }

    fn then(&mut self, at: u64, action: Action) {
        self.steps.push(Step { at: Micros(at), action });
    }

    fn everyone(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.scenario.nodes).filter_map(NodeId::new)
    }

    /// Something goes wrong, or right again.
    fn incident(&mut self, at: u64) {
        let nodes = self.scenario.nodes;
        let node = if self.dice.one_in(2) { self.trouble } else { self.dice.node(nodes) };
        let other = self.dice.other(node, nodes);
        let who = if self.dice.one_in(2) { Who::Leader } else { Who::Node(node) };
        let soon = at + self.dice.of(1, self.timeout / 4);
        let later = at + self.dice.of(1, self.timeout * 3);
        match self.dice.of(0, 17) {
            0 => {
                self.then(at, Action::Crash(who));
                self.then(later, Action::Restart(node.into()));
            }
            // Down and up again, at once or after others have taken over.
            1 | 2 => {
                self.then(at, Action::Crash(Who::Node(node)));
                let again = if self.dice.one_in(2) { soon } else { later };
                self.then(again, Action::Restart(node.into()));
            }
            3 => self.power_cut(at, soon),
            4 => self.then(at, Action::ForceTimeout(node.into())),
            // One stands for election, and another soon after.
            5 => {
                self.then(at, Action::ForceTimeout(node.into()));
                self.then(soon, Action::ForceTimeout(other.into()));
            }
            // The leader has just taken a write when it goes down or is cut off.
            6 => {
                self.then(at, Action::Write(Who::Leader));
                let moment = at + self.dice.of(1, self.timeout / 8);
                let is_crash = self.dice.one_in(2);
                self.then(moment, if is_crash { Action::Crash(who) } else { Action::Isolate(who) });
                self.then(
                    later,
                    if is_crash { Action::Restart(node.into()) } else { Action::Heal },
                );
            }
            7 | 8 => {
                let group = self.dice.some_nodes(nodes);
                if !group.is_empty() {
                    self.then(at, Action::Partition(vec![group]));
                }
                self.then(later, Action::Heal);
            }
            9 => {
                self.then(at, Action::Isolate(who));
                self.then(later, Action::Heal);
            }
            10 => self.link_trouble(node, at, soon, later),
            11 => self.then(at, Action::Write(who)),
            12 => self.read(who, at),
            13 => self.then(at, Action::Snapshot(Who::Node(node))),
            14 => self.then(at, Action::Transfer(node.into())),
            15 => self.members_change(node, at),
            _ => self.duel(node, at),
        }
    }

    /// The power goes in the whole room, or in most of it.
    fn power_cut(&mut self, at: u64, soon: u64) {
        for node in self.everyone() {
            if !self.dice.one_in(4) {
                self.then(at, Action::Crash(Who::Node(node)));
                let again = soon + self.dice.of(0, self.timeout / 8);
                self.then(again, Action::Restart(node.into()));
            }
        }
    }

    /// A node goes mute, or deaf, or first the one and then the other.
    fn link_trouble(&mut self, node: NodeId, at: u64, soon: u64, later: u64) {
        let (mute, deaf) = match self.dice.of(0, 2) {
            0 => (Some(at), None),
            1 => (None, Some(at)),
            _ => (Some(at), Some(soon)),
        };
        for other in self.everyone().filter(|other| *other != node) {
            if let Some(at) = mute {
                self.then(at, Action::CutLink { from: node.into(), to: other.into() });
            }
            if let Some(at) = deaf {
                self.then(at, Action::CutLink { from: other.into(), to: node.into() });
            }
        }
        self.then(later, Action::Heal);
    }

    /// Somebody reads as the clients of the scenario do.
    fn read(&mut self, from: Who, at: u64) {
        let modes: Vec<_> = (self.scenario.clients.iter())
            .filter_map(|client| match client.work {
                Work::Read(mode) => Some(mode),
                _ => None,
            })
            .collect();
        let mode = self.dice.pick(&modes).unwrap_or(raft_core::ReadMode::ReadIndex);
        self.then(at, Action::Read { from, mode });
    }

    /// The members change, where the scenario is about that: it has a learner or a spare,
    /// or changes them itself.
    fn members_change(&mut self, node: NodeId, at: u64) {
        let members = self.scenario.membership();
        let changes =
            self.scenario.script.iter().any(|step| matches!(step.action, Action::Reconfigure(_)));
        if members.voters == NodeSet::first(self.scenario.nodes) && !changes {
            return self.then(at, Action::Write(Who::Leader));
        }
        let change = match self.dice.of(0, 3) {
            0 => Reconfiguration::AddVoter(node),
            1 => Reconfiguration::AddLearner(node),
            2 => Reconfiguration::Remove(node),
            _ => {
                let voters = self.dice.some_nodes(self.scenario.nodes).with(node);
                Reconfiguration::Joint { voters, learners: NodeSet::EMPTY }
            }
        };
        self.then(at, Action::Reconfigure(change));
    }

    /// Two take turns: each stands, perhaps leads, and before long goes down or is cut
    /// off, with a write that it can't pass on, as in the paper's Figure 8.
    fn duel(&mut self, node: NodeId, at: u64) {
        let other = self.dice.other(node, self.scenario.nodes);
        let crashes = self.dice.one_in(2);
        let mut from = at;
        for turn in 0..self.dice.of(3, 6) {
            let (up, down) = if turn % 2 == 0 { (node, other) } else { (other, node) };
            if crashes {
                self.then(from, Action::Crash(Who::Node(down)));
                self.then(from, Action::Restart(up.into()));
            } else {
                self.then(from, Action::Partition(vec![NodeSet::only(down)]));
                self.then(from + 1, Action::Write(Who::Node(down)));
            }
            self.then(from + 2, Action::ForceTimeout(up.into()));
            let write_at = from + self.dice.of(3, self.timeout / 8);
            self.then(write_at, Action::Write(Who::Node(up)));
            from += self.dice.of(3, self.timeout / 2);
        }
        self.then(from, Action::Restart(node.into()));
        self.then(from, Action::Restart(other.into()));
        self.then(from, Action::Heal);
    }
}
