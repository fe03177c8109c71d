//! What a scenario must be so that it can be run. Everything that is wrong is said at once,
//! each by the path that it has in the scenario's document.

use super::{
    LONGEST_OFFSET, LONGEST_RUN, MOST_CLIENTS, MOST_NODES, MOST_STEPS, SLOWEST_LINK, Scenario,
    ScenarioError, Work,
};
use crate::action::{Action, Step, means_it, nodes_of};
use crate::expectation;
use crate::initial;
use crate::latency::Latency;
use crate::pin;
use crate::rule;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use raft_core::{Micros, NodeId, NodeSet, Settings, SettingsError};

/// The largest number that TOML has.
const LARGEST_NUMBER: u64 = i64::MAX as u64;
/// After so many errors, no more are told.
const MOST_ERRORS: usize = 100;
/// The longest texts, in bytes.
const LONGEST_NAME: usize = 100;
const LONGEST_TITLE: usize = 400;
const LONGEST_SUMMARY: usize = 4_000;
const LONGEST_PLACE: usize = 60;
/// The most links, and the most round trips, disks or clocks that are said to differ from
/// the others.
const MOST_LISTED: usize = 100;

/// Everything that is wrong with a scenario, and with what a person does in it.
pub(super) fn check(scenario: &Scenario, interventions: &[Step]) -> Vec<ScenarioError> {
    let members = NodeSet::first(scenario.nodes);
    let mut checks = Checks { duration: scenario.duration, members, errors: Vec::new() };
    checks.cluster(scenario);
    checks.numbers(scenario);
    checks.settings(&scenario.settings);
    checks.places(scenario);
    checks.surroundings(scenario);
    checks.clients(scenario);
    checks.asks(scenario);
    checks.steps(&scenario.script, "steps", ".do");
    checks.steps(interventions, "interventions", "");
    rule::check(scenario, &mut |field: &str, message| checks.wrong(field, message));
    expectation::check(scenario, &mut |field: &str, message| checks.wrong(field, message));
    pin::check(scenario, &mut |field: &str, message| checks.wrong(field, message));
    initial::check(scenario, &mut |field: &str, message| checks.wrong(field, message));
    checks.errors
}

struct Checks {
    duration: Micros,
    members: NodeSet,
    errors: Vec<ScenarioError>,
}

impl Checks {
    fn wrong(&mut self, field: impl Into<String>, message: impl Into<String>) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(ScenarioError::of(field, message));
        }
    }

    /// What is listed has an end: so a scenario fits each form of its document.
    fn at_most(&mut self, field: &str, count: usize, most: usize, of: &str) {
        if count > most {
            self.wrong(field, format!("{count} {of}: at most {most}"));
        }
    }

    fn member(&mut self, field: &str, node: NodeId) {
        if !self.members.contains(node) {
            let last = self.members.iter().last().unwrap_or(NodeId::A);
            self.wrong(field, format!("there is no node {node}: the nodes are A to {last}"));
        }
    }

    fn all_members(&mut self, field: &str, nodes: NodeSet) {
        nodes.iter().for_each(|node| self.member(field, node));
    }

    fn cluster(&mut self, scenario: &Scenario) {
        for (field, text, most) in [
            ("name", &scenario.name, LONGEST_NAME),
            ("title", &scenario.title, LONGEST_TITLE),
            ("summary", &scenario.summary, LONGEST_SUMMARY),
        ] {
            self.at_most(field, text.len(), most, "bytes long");
        }
        if scenario.nodes == 0 || scenario.nodes > MOST_NODES {
            self.wrong("nodes", format!("{} is not from 1 to {MOST_NODES}", scenario.nodes));
        }
        if scenario.duration == Micros::ZERO || scenario.duration > LONGEST_RUN {
            self.wrong("duration", "a run lasts from 1 µs to one hour");
        }
        if scenario.snapshot_every == Some(0) {
            self.wrong("snapshots.every", "a snapshot covers at least 1 entry more");
        }
        if let Some(work) = scenario.snapshot_work {
            self.latency("snapshots.latency", work.latency);
            if work.per_entry > Micros::from_secs(60) {
                self.wrong("snapshots.per_entry", "longer than a minute");
            }
        }
        self.all_members("voters", scenario.voters.unwrap_or(NodeSet::EMPTY));
        self.all_members("learners", scenario.learners);
        let beginning = scenario.membership();
        if beginning.voters.is_empty() {
            self.wrong("voters", "somebody must vote: name at least one node");
        }
        for node in beginning.voters.intersection(beginning.learners).iter() {
            self.wrong("learners", format!("{node} votes: a learner has no vote"));
        }
    }

    fn places(&mut self, scenario: &Scenario) {
        self.at_most("places", scenario.places.len(), usize::from(MOST_NODES), "places");
        let mut placed = NodeSet::EMPTY;
        for (number, place) in scenario.places.iter().enumerate() {
            let field = |of: &str| format!("places[{number}].{of}");
            self.at_most(&field("name"), place.name.len(), LONGEST_PLACE, "bytes long");
            if place.name.is_empty() {
                self.wrong(field("name"), "a place has a name");
            }
            if place.nodes.is_empty() {
                self.wrong(field("nodes"), "name at least one node");
            }
            self.all_members(&field("nodes"), place.nodes);
            for node in place.nodes.intersection(placed).iter() {
                self.wrong(field("nodes"), format!("{node} is in another place already"));
            }
            placed = placed.union(place.nodes);
        }
    }

    /// A number that is too large for one form of the document is so for all.
    fn numbers(&mut self, scenario: &Scenario) {
        let settings = &scenario.settings;
        for (field, number) in [
            ("raft.promotion_lag_max", Some(settings.promotion_lag_max)),
            ("snapshots.every", scenario.snapshot_every),
            ("snapshots.entries_kept", Some(settings.entries_kept_after_snapshot)),
            ("network.bytes_per_second", scenario.network.bytes_per_second),
            ("seed", scenario.seed),
        ] {
            self.number(field, number.unwrap_or_default());
        }
        for (place, pin) in scenario.pins.iter().enumerate() {
            self.number(&format!("pins[{place}].nth"), pin.nth);
            self.number(&format!("pins[{place}].count"), pin.count);
        }
        for (place, state) in scenario.initial.iter().enumerate() {
            self.number(&format!("initial[{place}].term"), state.term().0);
        }
    }

    fn number(&mut self, field: &str, number: u64) {
        if number > LARGEST_NUMBER {
            self.wrong(field, format!("{number} is too large: at most {LARGEST_NUMBER}"));
        }
    }

    fn settings(&mut self, settings: &Settings) {
        for error in settings.errors() {
            let field = match error {
                SettingsError::ZeroTime => "timing",
                SettingsError::TimeoutsReversed => "timing.election_timeout",
                SettingsError::HeartbeatNotBelowTimeout => "timing.heartbeat_interval",
                SettingsError::NoEntriesPerMessage => "raft.max_entries_per_message",
                SettingsError::NoMessagesInFlight => "raft.in_flight_messages_max",
                SettingsError::NoBytesPerChunk => "snapshots.chunk_bytes",
                SettingsError::LeaseWithoutStickiness | SettingsError::DriftBoundBelowOne => {
                    "raft.lease"
                }
                SettingsError::FlawsContradict(_, _) => "raft.flaws",
            };
            self.wrong(field, error.to_string());
        }
    }

    fn surroundings(&mut self, scenario: &Scenario) {
        let network = &scenario.network;
        self.at_most("network.links", network.links.len(), MOST_LISTED, "links");
        let round_trips = network.round_trips.len();
        self.at_most("network.round_trips", round_trips, MOST_LISTED, "round trips");
        self.at_most("disks.of", scenario.fsyncs.len(), MOST_LISTED, "disks");
        let clocks = scenario.clocks.len() + scenario.clock_offsets.len();
        self.at_most("clocks", clocks, MOST_LISTED, "clocks");
        for (field, per_million, does) in [
            ("network.loss_per_million", network.loss_per_million, "loses"),
            ("network.duplicates_per_million", network.duplicates_per_million, "duplicates"),
        ] {
            if per_million > 1_000_000 {
                self.wrong(field, format!("at most 1000000, which {does} all"));
            }
        }
        self.latency("network.latency", network.latency);
        self.latency("network.client_latency", scenario.client_latency);
        self.latency("disks.fsync", scenario.fsync);
        for (place, (node, fsync)) in scenario.fsyncs.iter().enumerate() {
            self.member(&format!("disks.of[{place}].node"), *node);
            self.latency(&format!("disks.of[{place}].fsync"), *fsync);
        }
        for (place, link) in network.links.iter().enumerate() {
            self.latency(&format!("network.links[{place}].latency"), link.latency);
            self.member(&format!("network.links[{place}].from"), link.from);
            self.member(&format!("network.links[{place}].to"), link.to);
        }
        self.latency("network.jitter", network.jitter);
        for (place, round_trip) in network.round_trips.iter().enumerate() {
            let field = format!("network.round_trips[{place}]");
            self.member(&format!("{field}.from"), round_trip.from);
            self.member(&format!("{field}.to"), round_trip.to);
            if round_trip.span > Micros::from_secs(60) {
                self.wrong(format!("{field}.span"), "longer than a minute");
            }
        }
        if network.bytes_per_second.is_some_and(|rate| rate < SLOWEST_LINK) {
            let slow = format!("at least {SLOWEST_LINK}: a link that is slower never gets done");
            self.wrong("network.bytes_per_second", slow);
        }
        for (node, rate) in &scenario.clocks {
            self.member("clocks", *node);
            if !rate.is_plausible() {
                self.wrong("clocks", format!("a clock's rate of {rate} is not from 1/2 to 2/1"));
            }
        }
        for (node, offset) in &scenario.clock_offsets {
            self.member("clocks", *node);
            if *offset > LONGEST_OFFSET {
                let much = format!("{node}'s clock is ahead by {offset}: at most an hour");
                self.wrong("clocks", much);
            }
        }
    }

    fn latency(&mut self, field: &str, latency: Latency) {
        if let Some(fault) = latency.fault() {
            self.wrong(field, fault);
        }
    }

    fn clients(&mut self, scenario: &Scenario) {
        if scenario.clients.len() > MOST_CLIENTS {
            self.wrong("clients", format!("at most {MOST_CLIENTS} clients"));
        }
        for (place, client) in scenario.clients.iter().enumerate() {
            if let Some(node) = client.stuck_to {
                self.member(&format!("clients[{place}].stuck_to"), node);
            }
        }
    }

    /// What is listed that clients ask.
    fn asks(&mut self, scenario: &Scenario) {
        let asks = &scenario.asks;
        if asks.len() > MOST_STEPS {
            self.wrong("clients", format!("at most {MOST_STEPS} questions are listed"));
        }
        // Which of its client's questions each is.
        let mut nth = 0;
        for (place, ask) in asks.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|place| asks.get(place));
            nth =
                if before.is_some_and(|before| before.client == ask.client) { nth + 1 } else { 0 };
            let (client, at) = (ask.client, ask.at);
            let of_client = usize::try_from(client).ok().and_then(|number| number.checked_sub(1));
            let Some(plan) = of_client.and_then(|place| scenario.clients.get(place)) else {
                let count = scenario.clients.len();
                self.wrong(
                    "clients",
                    format!("there is no client {client}: they are 1 to {count}"),
                );
                continue;
            };
            let field = format!("clients[{}].asks[{nth}]", client - 1);
            if before.is_some_and(|before| (before.client, before.at) > (client, at)) {
                self.wrong(&field, "the questions are not in the order of time");
            }
            if plan.work != Work::Listed {
                let both = "this client has other work: what it asks is listed, or its work is";
                self.wrong(&field, both);
            } else if ask.work == Work::Listed {
                self.wrong(&field, "say what it writes or reads");
            } else if at > self.duration {
                let after = format!("{at} is after the run's end at {}", self.duration);
                self.wrong(&field, after);
            }
        }
        for (plan, number) in scenario.clients.iter().zip(1..) {
            if plan.work == Work::Listed && !asks.iter().any(|ask| ask.client == number) {
                let nothing = "it asks nothing: give it work, or list what it asks";
                self.wrong(format!("clients[{}]", number - 1), nothing);
            }
        }
    }

    /// Steps of the script, or of a person: their list, and the field of one that says what.
    fn steps(&mut self, steps: &[Step], list: &str, what: &str) {
        if steps.len() > MOST_STEPS {
            self.wrong(list, format!("at most {MOST_STEPS} steps"));
        }
        for (place, step) in steps.iter().enumerate() {
            let field = format!("{list}[{place}]{what}");
            self.all_members(&field, nodes_of(&step.action));
            let mut wrong = |field: &str, message| self.wrong(field, message);
            check_action(&mut wrong, &field, step, &step.action);
            if means_it(&step.action) {
                let nobody = format!("{step}: “it” is whom a rule's occasion is about");
                self.wrong(&field, nobody);
            }
            if step.at > self.duration {
                let after = format!("{step}: after the run's end at {}", self.duration);
                self.wrong(&field, after);
            }
        }
    }
}

/// Checks what an action says beside whom it is about; `text` is how an error names it. What
/// can't be written can't be: a packed document says no more than a text.
pub(crate) fn check_action(
    wrong: &mut impl FnMut(&str, String),
    field: &str,
    text: &impl fmt::Display,
    action: &Action,
) {
    match action.to_string().parse::<Action>() {
        Ok(read) if read == *action => {}
        Ok(read) => wrong(field, format!("{text}: this is read as {read:?}")),
        Err(error) => wrong(field, format!("{text}: {error}")),
    }
}
