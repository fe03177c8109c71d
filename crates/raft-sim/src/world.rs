//! One run at one moment: a value that knows what happens next.
//!
//! Events happen one after another, in the order of time and, at the same
//! microsecond, in this order: what is due, wake-ups by node, clients by number,
//! then the schedule. No threads, no wall clock, no hash order.

use crate::client::Client;
use crate::clock::{Clock, Rate};
use crate::disk::Disk;
use crate::draw::{Purpose, draw};
use crate::history::History;
use crate::host::Host;
use crate::initial::{self, Past};
use crate::monitor::{Monitors, Violation};
use crate::network::{MessageId, Network};
use crate::pin;
use crate::queue::{Due, Queue};
use crate::record::{ActionRefusal, Happening, LossCause, Record};
use crate::rule::Rules;
use crate::scenario::{Plan, Work};
use crate::setting::Setting;
use crate::state_machine::{Put, StateMachine, Value};
use crate::surroundings::Surroundings;
use alloc::sync::Arc;
use alloc::vec::Vec;
use raft_core::{
    Answer, CheckedSettings, Envelope, Index, Input, LogEnd, Membership, Micros, Node, NodeId,
    NodeSet, Output, Payload, ReadMode, RoleView, Settings, SettingsError, Snapshot, Term,
};

/// One run at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct World {
    pub(crate) plan: Arc<Plan>,
    pub(crate) now: Micros,
    pub(crate) events: u64,
    pub(crate) queue: Queue,
    pub(crate) hosts: Vec<Host>,
    pub(crate) network: Network,
    pub(crate) clients: Vec<Client>,
    pub(crate) client_messages: Vec<u64>,
    pub(crate) history: History,
    pub(crate) monitors: Monitors,
    pub(crate) last_value: Value,
    pub(crate) next_request: u64,
    pub(crate) steps_done: usize,
    /// What the nodes' settings are now.
    settings: CheckedSettings,
    /// What they run in now.
    pub(crate) surroundings: Arc<Surroundings>,
    /// Whether a rule is left out, or was before.
    is_modified_raft: bool,
    /// How clients ask for what they read, if that was set.
    pub(crate) reads: Option<ReadMode>,
    /// Whom the rule that acts just now means by "it".
    pub(crate) it: Option<NodeId>,
    pub(crate) rules: Option<Rules>,
    pub(crate) fresh: Vec<Record>,
}

/// What happens next.
#[derive(Clone, Copy)]
enum Next {
    Due(Due),
    Wake(NodeId),
    Client(usize),
    Step,
}

impl World {
    /// The run's beginning: every node has just started, at true time 0. What that
    /// brought about is recorded with the first event.
    pub fn new(plan: Arc<Plan>) -> World {
        let scenario = plan.scenario();
        let everyone = NodeSet::first(scenario.nodes);
        let rate_of = |id: NodeId| {
            scenario
                .clocks
                .iter()
                .find(|(node, _)| *node == id)
                .map_or(Rate::TRUE, |(_, rate)| *rate)
        };
        let offset_of = |id: NodeId| {
            let offsets = &scenario.clock_offsets;
            offsets.iter().find(|(node, _)| *node == id).map_or(Micros::ZERO, |(_, offset)| *offset)
        };
        let hosts = everyone
            .iter()
            .map(|id| {
                let disk = Disk::with(initial::disk_of(scenario, id));
                Host::new(id, disk, Clock::new(rate_of(id), offset_of(id)))
            })
            .collect::<Vec<_>>();
        let clients = scenario
            .clients
            .iter()
            .zip(1..)
            .map(|(plan, number)| Client::new(number, *plan, scenario.ask(number, 0)))
            .collect::<Vec<_>>();
        let past = Past::of(scenario);
        let mut world = World {
            now: Micros::ZERO,
            events: 0,
            queue: Queue::default(),
            hosts,
            network: Network::new(),
            client_messages: alloc::vec![0; clients.len() + 1],
            clients,
            history: History::default(),
            monitors: Monitors::after(&past),
            last_value: past.last_value,
            next_request: 0,
            steps_done: 0,
            settings: plan.settings(),
            surroundings: Arc::new(Surroundings::of(scenario)),
            is_modified_raft: !plan.settings().get().flaws.is_none(),
            reads: None,
            it: None,
            rules: Rules::of(plan.scenario()),
            fresh: Vec::new(),
            plan,
        };
        for id in everyone.iter() {
            world.boot(id);
        }
        world.follow_rules(0);
        world
    }

    /// The same moment of another run, which is no other up to here.
    pub fn of_plan(&self, plan: Arc<Plan>) -> World {
        World { plan, ..self.clone() }
    }

    /// The run that this is a moment of.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The true time of the last event.
    pub const fn now(&self) -> Micros {
        self.now
    }

    /// How many events have happened.
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// The machines of the cluster, in the order of their names.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// One machine.
    pub fn host(&self, id: NodeId) -> Option<&Host> {
        self.hosts.get(usize::from(id.number()))
    }

    /// The network.
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// The scenario's clients.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// What clients asked and were told so far.
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// The monitors and what they found so far.
    pub const fn monitors(&self) -> &Monitors {
        &self.monitors
    }

    /// The settings that nodes go by now; one that stands still learns of them when it goes
    /// on.
    pub const fn settings(&self) -> &Settings {
        self.settings.get()
    }

    /// What the cluster runs in now.
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// Whether a rule of Raft is left out, or was before: whoever shows this moment says so.
    pub const fn is_modified_raft(&self) -> bool {
        self.is_modified_raft
    }

    /// How clients ask for what they read, where all that do ask in the same way.
    pub fn reads_in_force(&self) -> Option<ReadMode> {
        let scenario = self.plan.scenario();
        let plans = scenario.clients.iter().map(|client| client.work);
        let asks = scenario.asks.iter().map(|ask| ask.work);
        let mut modes = plans.chain(asks).filter_map(|work| match work {
            Work::Read(mode) => Some(mode),
            Work::Write | Work::ReadStraight | Work::Listed => None,
        });
        let first = self.reads.or_else(|| modes.next());
        first.filter(|first| self.reads.is_some() || modes.all(|mode| mode == *first))
    }

    /// The node that leads the latest term of those that are led, if one does. Others
    /// may lead earlier terms without knowing that those are over.
    pub fn leader(&self) -> Option<NodeId> {
        self.hosts
            .iter()
            .filter_map(Host::node)
            .filter(|node| node.view().is_leader())
            .max_by_key(|node| node.view().term())
            .map(|node| node.view().id())
    }

    /// The configuration that the leader goes by; where nobody leads, the running node
    /// whose log is the most up to date.
    pub fn membership(&self) -> Membership {
        let nodes = || self.hosts.iter().filter_map(Host::node).map(Node::view);
        let leader = self.leader().and_then(|id| nodes().find(|view| view.id() == id));
        let newest = leader.or_else(|| nodes().max_by_key(|view| view.log().end()));
        newest.map_or_else(|| self.plan.scenario().membership(), |view| *view.membership())
    }

    /// The latest term that any running node is in.
    pub fn latest_term(&self) -> Term {
        let terms = self.hosts.iter().filter_map(Host::node).map(|node| node.view().term());
        terms.max().unwrap_or_default()
    }

    /// Whether a node leads a term that is over: a later one has a leader.
    pub fn is_stale_leader(&self, id: NodeId) -> bool {
        let Some(node) = self.host(id).and_then(Host::node) else { return false };
        matches!(node.view().role(), RoleView::Leader(_))
            && self
                .hosts
                .iter()
                .filter_map(Host::node)
                .any(|other| other.view().is_leader() && other.view().term() > node.view().term())
    }

    /// How many of the plan's interventions have happened, in the order of time: what
    /// to keep of them when someone acts at this moment.
    pub fn interventions_done(&self) -> usize {
        let Some(last) = self.steps_done.checked_sub(1) else { return 0 };
        let Some(last) = self.plan.schedule().get(last) else { return 0 };
        // Of steps at one moment the script's come first.
        let script = &self.plan.scenario().script;
        let of_script = script.iter().filter(|step| step.at <= last.at).count();
        let before = self.plan.interventions().iter().filter(|step| step.at < last.at).count();
        self.steps_done.saturating_sub(of_script).max(before)
    }

    /// When the next event happens; `None` once the run is over.
    pub fn next_event_at(&self) -> Option<Micros> {
        self.next().map(|(at, _)| at)
    }

    fn next(&self) -> Option<(Micros, Next)> {
        let mut first: Option<(Micros, Next)> = None;
        let mut consider = |at: Option<Micros>, next: Next| {
            if let Some(at) = at
                && first.is_none_or(|(first_at, _)| at < first_at)
            {
                first = Some((at, next));
            }
        };
        if let Some((at, _, due)) = self.queue.next() {
            consider(Some(at), Next::Due(due));
        }
        for host in &self.hosts {
            consider(host.wake_at, Next::Wake(host.id()));
        }
        for (place, client) in self.clients.iter().enumerate() {
            consider(client.acts_at, Next::Client(place));
        }
        consider(self.plan.schedule().get(self.steps_done).map(|step| step.at), Next::Step);
        first.filter(|(at, _)| *at <= self.plan.scenario().duration)
    }

    /// Lets the next event happen and appends what it brought about to `records`.
    /// Says whether there was one.
    pub fn step(&mut self, records: &mut Vec<Record>) -> bool {
        let Some((at, next)) = self.next() else { return false };
        debug_assert!(at >= self.now, "time does not go back");
        self.now = at;
        self.events += 1;
        let first_record = self.fresh.len();
        match next {
            Next::Due(due) => {
                self.queue.pop();
                self.carry_out(due);
            }
            Next::Wake(node) => self.tell(node, Input::Wake),
            Next::Client(place) => self.client_acts(place),
            Next::Step => {
                let step = self.plan.schedule()[self.steps_done].clone();
                self.steps_done += 1;
                self.act(step.action);
            }
        }
        self.drop_stale_dues();
        self.follow_rules(first_record);
        for record in &mut self.fresh {
            record.event = record.event.max(1);
        }
        records.append(&mut self.fresh);
        true
    }

    fn carry_out(&mut self, due: Due) {
        match due {
            Due::MessageEnds(message) => {
                let Some(flight) = self.network.flight(message) else { return };
                let to = flight.envelope.to;
                if flight.lost.is_none() && self.keep_waiting(to, due).is_none() {
                    return self.network.wait(message);
                }
                let Some(flight) = self.network.take(message) else { return };
                let is_up = self.host(to).is_some_and(|host| host.process.is_some());
                let lost = flight.lost.or((!is_up).then_some(LossCause::ReceiverDown));
                if let Some(because) = lost {
                    return self.emit(Happening::Lost { message, because });
                }
                self.network.delivered(&self.surroundings.network, &flight);
                self.emit(Happening::Delivered { message });
                self.tell(to, Input::Receive(flight.envelope));
            }
            Due::SyncEnds { node, boot } => {
                let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
                let Some(write) = host.disk.end_sync() else { return };
                self.emit(Happening::WriteDurable { node, write });
                self.carry_out(Due::DurableReported { node, boot, write });
            }
            Due::DurableReported { node, write, .. } => {
                if self.keep_waiting(node, due).is_some() {
                    self.tell(node, Input::Durable(write));
                    self.sync(node);
                }
            }
            Due::SnapshotTaken { node, .. } => self.snapshot_taken(node, due),
            Due::QuestionArrives { operation, node } => {
                if self.keep_waiting(node, due).is_some() {
                    self.question_arrives(operation, node);
                }
            }
            Due::RuleActs { rule, it } => self.rule_acts(rule, it),
            Due::AnswerArrives { operation, answer, by } => {
                self.answer_arrives(operation, answer, by);
            }
        }
    }

    /// Keeps what comes for a process that stands; gives it back where none does.
    fn keep_waiting(&mut self, node: NodeId, due: Due) -> Option<Due> {
        self.hosts.get_mut(usize::from(node.number()))?.keep_waiting(due)
    }

    /// Takes dues from the head of the queue that nothing would come of: a message
    /// that died earlier, an fsync that a crash cut short. They are no events.
    fn drop_stale_dues(&mut self) {
        while let Some((_, number, due)) = self.queue.next() {
            let is_stale = match due {
                // It has ended, or something else is due of it by now.
                Due::MessageEnds(message) => {
                    self.network.flight(message).is_none_or(|flight| flight.due != number)
                }
                Due::SyncEnds { node, boot }
                | Due::DurableReported { node, boot, .. }
                | Due::SnapshotTaken { node, boot } => {
                    self.host(node).is_none_or(|host| host.boots != boot || host.process.is_none())
                }
                Due::RuleActs { .. } | Due::QuestionArrives { .. } | Due::AnswerArrives { .. } => {
                    false
                }
            };
            if !is_stale {
                return;
            }
            self.queue.pop();
        }
    }

    /// Records something, and lets the monitors look at it.
    pub(crate) fn emit(&mut self, what: Happening) {
        let violations = self.monitors.observe(self.now, &what, &self.hosts, &self.history);
        self.fresh.push(Record { at: self.now, event: self.events, what });
        self.record_violations(violations);
    }

    fn record_violations(&mut self, violations: Vec<Violation>) {
        for violation in violations {
            let what = Happening::Violated(violation);
            self.fresh.push(Record { at: self.now, event: self.events, what });
        }
    }

    pub(crate) fn boot(&mut self, node: NodeId) {
        let plan = self.plan.clone();
        let now = self.now;
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        let seed = draw(plan.seed(), Purpose::NodeSeed { node, boot: host.boots });
        host.boot(self.settings, seed, &plan.scenario().pins, now);
        self.emit(Happening::Restarted { node });
        self.carry_out_outputs(node);
    }

    /// From now on a setting is another.
    pub(crate) fn set(&mut self, setting: Setting) -> Result<(), ActionRefusal> {
        // A plan takes none that can't be; but not each goes with what else is set.
        let settings = setting.applied_to(*self.settings.get()).check();
        self.settings = settings.map_err(|error| match error {
            SettingsError::FlawsContradict(_, _) => ActionRefusal::FlawsContradict,
            _ => ActionRefusal::HeartbeatNotBelowTimeout,
        })?;
        if let Setting::Reads(mode) = setting {
            self.reads = Some(mode);
        }
        // Worlds that are kept share what is as it was.
        if Surroundings::has(&setting) {
            Arc::make_mut(&mut self.surroundings).set(setting);
        }
        self.is_modified_raft |= !self.settings.get().flaws.is_none();
        self.emit(Happening::SettingChanged { setting });
        for node in NodeSet::first(self.plan.scenario().nodes).iter() {
            self.bring_settings_up_to_date(node);
        }
        Ok(())
    }

    /// Tells a node what the settings are now, if it runs; one that stands still is told
    /// when it goes on.
    pub(crate) fn bring_settings_up_to_date(&mut self, node: NodeId) {
        let Some(process) = self.host(node).and_then(|host| host.process.as_ref()) else { return };
        if !process.stands() && process.node.view().settings() != self.settings.get() {
            self.tell(node, Input::Settings(self.settings));
        }
    }

    /// Tells a node something, and does what it wants done.
    pub(crate) fn tell(&mut self, node: NodeId, input: Input) {
        let now = self.now;
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        let own_now = host.clock.shows_at(now);
        let Some(process) = &mut host.process else { return };
        debug_assert!(!process.stands(), "what comes for it waits");
        process.node.handle(own_now, input);
        self.carry_out_outputs(node);
    }

    fn poll(&mut self, node: NodeId) -> Option<Output> {
        let process = self.hosts.get_mut(usize::from(node.number()))?.process.as_mut()?;
        process.node.poll()
    }

    fn carry_out_outputs(&mut self, node: NodeId) {
        while let Some(output) = self.poll(node) {
            match output {
                Output::Transition(transition) => {
                    self.emit(Happening::Node { node, transition });
                }
                Output::Send(envelope) => {
                    let (first, duplicate) = self.network.send(
                        self.plan.seed(),
                        &self.surroundings.network,
                        &self.plan.scenario().pins,
                        self.now,
                        envelope.clone(),
                    );
                    let copy = duplicate.map(|it| (it, envelope.clone()));
                    self.sent(first, envelope);
                    if let Some((duplicate, envelope)) = copy {
                        self.sent(duplicate, envelope);
                    }
                }
                Output::Write(write) => {
                    let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
                    host.disk.take(write.clone());
                    self.emit(Happening::WriteAsked {
                        node,
                        write: write.id,
                        change: write.change,
                    });
                    self.sync(node);
                }
                Output::Apply { index, entry } => self.apply(node, index, entry),
                Output::Restore(snapshot) => self.restore(node, &snapshot),
                Output::Answer { request, answer } => {
                    let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
                    let Some(process) = &mut host.process else { return };
                    match answer {
                        Answer::Proposed { index, term } => {
                            if let Some(operation) = process.requests.remove(&request) {
                                process.proposals.insert(index, (term, operation));
                            }
                        }
                        other => {
                            if let Some(operation) = process.requests.remove(&request) {
                                self.answer(node, operation, other);
                            }
                        }
                    }
                }
            }
        }
        if self.is_snapshot_due(node) {
            return self.take_snapshot(node);
        }
        let now = self.now;
        if let Some(host) = self.hosts.get_mut(usize::from(node.number())) {
            host.set_alarm(now);
        }
    }

    /// A message ends at this time, whatever was planned for it before.
    pub(crate) fn plan_end(&mut self, message: MessageId, ends_at: Micros) {
        let number = self.queue.plan(ends_at, Due::MessageEnds(message));
        self.network.is_due(message, number);
    }

    fn sent(&mut self, (message, ends_at): (MessageId, Micros), envelope: Envelope) {
        self.plan_end(message, ends_at);
        self.emit(Happening::Sent { message, envelope, ends_at });
    }

    fn apply(&mut self, node: NodeId, index: Index, entry: raft_core::Entry) {
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        let Some(process) = &mut host.process else { return };
        let put = match &entry.payload {
            Payload::Command(command) => Put::decode(command),
            _ => None,
        };
        let effect = put.filter(|put| process.machine.apply(*put));
        let proposal = process.proposals.remove(&index);
        let own_now = host.clock.shows_at(self.now);
        let term = entry.term;
        process.node.handle(own_now, Input::Applied(index));
        self.emit(Happening::Applied { node, index, entry });
        if let Some(put) = effect {
            let entry = LogEnd { index, term };
            let found = self.monitors.took_effect(self.now, node, entry, put, &self.history);
            self.record_violations(found);
        }
        if let Some((proposed_in, operation)) = proposal {
            // At this index stands what this node proposed, or what another leader
            // put in its place: then the write is lost, and its client asks again.
            self.answer_write(node, operation, proposed_in == term);
        }
    }

    /// Puts a snapshot in place of a node's state machine.
    fn restore(&mut self, node: NodeId, snapshot: &Snapshot) {
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        let Some(process) = &mut host.process else { return };
        let end = snapshot.end;
        let machine = StateMachine::decode(&snapshot.data);
        debug_assert!(machine.is_some(), "only state machines are ever encoded");
        process.machine = machine.unwrap_or_default();
        // What it proposed up to there, while it led, is in the snapshot or lost: it won't
        // see which. The clients ask again; the sessions tell what was applied.
        let mut unknown = Vec::new();
        process.proposals.retain(|index, (_, operation)| {
            let is_later = *index > end.index;
            if !is_later {
                unknown.push(*operation);
            }
            is_later
        });
        let own_now = host.clock.shows_at(self.now);
        process.node.handle(own_now, Input::Applied(end.index));
        self.emit(Happening::Restored { node, end });
        for operation in unknown {
            self.answer_unknown(node, operation);
        }
    }

    /// Begins an fsync if one is wanted.
    fn sync(&mut self, node: NodeId) {
        let plan = self.plan.clone();
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        let boot = host.boots;
        let fsync = self.surroundings.fsync_of(node);
        if let Some(span) = host.disk.begin_sync(plan.seed(), node, fsync) {
            let pinned = pin::fsync(&plan.scenario().pins, node, host.disk.syncs() - 1);
            let ends_at = self.now + pinned.unwrap_or(span);
            self.queue.plan(ends_at, Due::SyncEnds { node, boot });
        }
    }

    /// Makes one of what is the same in the nodes' logs, in memory, on their disks and as
    /// the monitors know them: a world that is kept costs little then.
    pub(crate) fn share_logs(&mut self) {
        let on_disk = self.hosts.iter().map(|host| &host.disk.durable().log);
        let Some(longest) = on_disk.max_by_key(|log| log.last_index()).cloned() else { return };
        for host in &mut self.hosts {
            host.disk.share_log(&longest);
            if let Some(process) = &mut host.process {
                process.node.share_log(&longest);
            }
        }
        self.monitors.share_logs(&longest);
    }

    pub(crate) fn node_at(&self, id: NodeId) -> Option<&Node> {
        self.host(id).and_then(Host::node)
    }
}

#[cfg(test)]
mod snapshot_tests;
