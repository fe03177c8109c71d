//! What is done to a cluster: by a scenario's script, or by a person.

use crate::action::Action;
use crate::host::Host;
use crate::network::{MessageId, MessageName};
use crate::pause::Pause;
use crate::queue::Due;
use crate::record::{ActionRefusal, Happening, LossCause};
use crate::who::Who;
use crate::world::World;
use raft_core::{Input, MessageKind, Node, NodeId, NodeSet, RequestId};

impl World {
    pub(crate) fn act(&mut self, action: Action) {
        if let Err(because) = self.try_to_act(&action) {
            self.emit(Happening::ActionRefused { action, because });
        }
    }

    fn try_to_act(&mut self, action: &Action) -> Result<(), ActionRefusal> {
        match action {
            Action::Crash(who) => {
                let node = self.resolve(*who)?;
                self.node_at(node).ok_or(ActionRefusal::IsDown)?;
                self.crash(node);
            }
            Action::Restart(who) => {
                let node = self.resolve(*who)?;
                if self.node_at(node).is_some() {
                    return Err(ActionRefusal::IsUp);
                }
                self.boot(node);
            }
            Action::ForceTimeout(who) => {
                let node = self.resolve(*who)?;
                let running = self.running(node)?;
                if running.view().is_leader() {
                    return Err(ActionRefusal::IsLeader);
                }
                self.emit(Happening::TimeoutForced { node });
                self.tell(node, Input::Campaign);
            }
            Action::Pause(who) => {
                let node = self.resolve(*who)?;
                self.pause(node, Pause::Process)?;
            }
            Action::Suspend(who) => {
                let node = self.resolve(*who)?;
                self.pause(node, Pause::Machine)?;
            }
            Action::Resume(who) => {
                let node = self.resolve(*who)?;
                self.resume(node)?;
            }
            Action::StallDisk(who) => {
                let node = self.resolve(*who)?;
                self.stall_disk(node)?;
            }
            Action::UnstallDisk(who) => {
                let node = self.resolve(*who)?;
                self.unstall_disk(node)?;
            }
            Action::LoseDisk(who) => {
                let node = self.resolve(*who)?;
                self.lose_disk(node);
            }
            Action::Partition(groups) => {
                // Whoever is in no group is together with the others in none.
                let named = groups.iter().fold(NodeSet::EMPTY, |all, group| all.union(*group));
                let rest = self.everyone().difference(named);
                let mut groups = groups.clone();
                if !rest.is_empty() {
                    groups.push(rest);
                }
                self.part(groups);
            }
            Action::Isolate(who) => {
                let node = self.resolve(*who)?;
                let mut groups: alloc::vec::Vec<NodeSet> =
                    self.network.groups().iter().map(|group| group.without(node)).collect();
                if groups.is_empty() {
                    groups.push(self.everyone().without(node));
                }
                groups.push(NodeSet::only(node));
                groups.retain(|group| !group.is_empty());
                self.part(groups);
            }
            Action::CutLink { from, to } => {
                let (from, to) = (self.resolve(*from)?, self.resolve(*to)?);
                self.network.cut(from, to);
                self.emit(Happening::LinkCut { from, to });
                self.lose_severed();
            }
            Action::SlowLink { from, to, by } => {
                let (from, to) = (self.resolve(*from)?, self.resolve(*to)?);
                self.network.slow(from, to, *by);
                self.emit(Happening::LinkSlowed { from, to, by: *by });
            }
            Action::MakeLossy { from, to, per_million } => {
                let (from, to) = (self.resolve(*from)?, self.resolve(*to)?);
                self.network.make_lossy(from, to, *per_million);
                self.emit(Happening::LinkMadeLossy { from, to, per_million: *per_million });
            }
            Action::MendLink { from, to } => {
                let (from, to) = (self.resolve(*from)?, self.resolve(*to)?);
                self.network.mend(from, to);
                self.emit(Happening::LinkMended { from, to });
            }
            Action::DropMessage(name) => {
                let (message, kind) = self.on_its_way(*name)?;
                let flight = self.network.take(message);
                let reached_permille = flight.map_or(0, |flight| flight.permille(self.now));
                self.emit(Happening::MessageDropped { name: *name, kind, reached_permille });
                self.emit(Happening::Lost { message, because: LossCause::Taken });
            }
            Action::DelayMessage { message, by } => {
                let (message, _) = self.on_its_way(*message)?;
                let (plan, now) = (&self.surroundings.network, self.now);
                for (message, ends_at) in self.network.delay(plan, now, message, *by) {
                    self.plan_end(message, ends_at);
                    let Some(flight) = self.network.flight(message) else { continue };
                    let (name, kind) = (flight.name(), flight.envelope.body.kind());
                    self.emit(Happening::MessageDelayed { message, name, kind, ends_at });
                }
            }
            Action::DeliverMessage(name) => {
                let (message, kind) = self.on_its_way(*name)?;
                if self.network.is_cut(name.from, name.to) {
                    return Err(ActionRefusal::IsCutOff);
                }
                if self.network.comes_after_others(&self.surroundings.network, message) {
                    return Err(ActionRefusal::ComesAfterOthers);
                }
                self.network.hurry(self.now, message);
                self.plan_end(message, self.now);
                self.emit(Happening::MessageHurried { name: *name, kind });
            }
            Action::Set(setting) => self.set(*setting)?,
            Action::Heal => {
                self.network.heal();
                self.emit(Happening::Healed);
            }
            Action::SetClock { node, rate } => {
                let node = self.resolve(*node)?;
                let now = self.now;
                if let Some(host) = self.hosts.get_mut(usize::from(node.number())) {
                    host.clock.set_rate(now, *rate);
                    host.set_alarm(now);
                }
                self.emit(Happening::ClockSet { node, rate: *rate });
            }
            Action::StepClock { node, by_micros } => {
                let node = self.resolve(*node)?;
                let now = self.now;
                if let Some(host) = self.hosts.get_mut(usize::from(node.number())) {
                    host.clock.step(now, *by_micros);
                    host.set_alarm(now);
                }
                self.emit(Happening::ClockStepped { node, by_micros: *by_micros });
            }
            Action::Transfer(to) => {
                let node = self.resolve(Who::Leader)?;
                self.running(node)?;
                let to = self.resolve(*to)?;
                self.emit(Happening::TransferOrdered { node, to });
                self.tell(node, Input::Transfer(to));
            }
            Action::Reconfigure(change) => {
                let node = self.resolve(Who::Leader)?;
                self.running(node)?;
                self.emit(Happening::ReconfigurationOrdered { node, change: *change });
                // Nobody waits for the answer: what comes of it shows in the record.
                let request = RequestId(self.next_request);
                self.next_request += 1;
                self.tell(node, Input::Reconfigure { request, change: *change });
            }
            Action::Snapshot(who) => {
                let node = self.resolve(*who)?;
                self.running(node)?;
                if self.host(node).and_then(Host::snapshot_under_way).is_some() {
                    return Err(ActionRefusal::IsTakingSnapshot);
                }
                self.take_snapshot(node);
            }
            Action::Write(who) => {
                let node = self.resolve(*who)?;
                self.person_writes(node);
            }
            Action::Read { from, mode } => {
                let node = self.resolve(*from)?;
                self.person_reads(node, Some(*mode));
            }
            Action::ReadStraight(who) => {
                let node = self.resolve(*who)?;
                self.person_reads(node, None);
            }
        }
        Ok(())
    }

    /// A node that handles what it is told.
    pub(crate) fn running(&self, id: NodeId) -> Result<&Node, ActionRefusal> {
        let node = self.node_at(id).ok_or(ActionRefusal::IsDown)?;
        let Some(host) = self.host(id) else { return Err(ActionRefusal::IsDown) };
        if host.pause().is_some() {
            return Err(ActionRefusal::IsPaused);
        }
        match host.snapshot_under_way() {
            Some(snapshot) if snapshot.blocks => Err(ActionRefusal::IsTakingSnapshot),
            _ => Ok(node),
        }
    }

    fn on_its_way(&self, name: MessageName) -> Result<(MessageId, MessageKind), ActionRefusal> {
        let message = self.network.on_its_way(name).ok_or(ActionRefusal::IsNotOnItsWay)?;
        let flight = self.network.flight(message).ok_or(ActionRefusal::IsNotOnItsWay)?;
        Ok((message, flight.envelope.body.kind()))
    }

    fn stall_disk(&mut self, node: NodeId) -> Result<(), ActionRefusal> {
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return Ok(()) };
        if host.disk.is_stalled() {
            return Err(ActionRefusal::IsStalled);
        }
        host.disk.stall();
        self.emit(Happening::DiskStalled { node });
        Ok(())
    }

    fn unstall_disk(&mut self, node: NodeId) -> Result<(), ActionRefusal> {
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return Ok(()) };
        if !host.disk.is_stalled() {
            return Err(ActionRefusal::IsNotStalled);
        }
        let boot = host.boots;
        if host.disk.unstall() {
            self.queue.plan(self.now, Due::SyncEnds { node, boot });
        }
        self.emit(Happening::DiskUnstalled { node });
        Ok(())
    }

    fn lose_disk(&mut self, node: NodeId) {
        if self.node_at(node).is_some() {
            self.crash(node);
        }
        let beginning = self.plan.scenario().membership();
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        let (last_index, term) = host.disk.lose(beginning);
        self.emit(Happening::DiskLost { node, last_index, term });
    }

    /// Every node, member or not: walls stand between machines.
    fn everyone(&self) -> NodeSet {
        NodeSet::first(self.plan.scenario().nodes)
    }

    fn crash(&mut self, node: NodeId) {
        self.hand_over_waiting(node);
        let now = self.now;
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        host.timeouts_drawn += host.node().map_or(0, |node| node.view().timeouts_drawn());
        host.process = None;
        host.wake_at = None;
        host.clock.go_on(now);
        let writes_lost = host.disk.crash();
        self.emit(Happening::Crashed { node, writes_lost });
    }

    fn part(&mut self, groups: alloc::vec::Vec<NodeSet>) {
        self.network.part(self.now, groups.clone());
        self.emit(Happening::Parted { groups });
        self.lose_severed();
    }

    fn lose_severed(&mut self) {
        for message in self.network.take_severed() {
            self.emit(Happening::Lost { message, because: LossCause::Cut });
        }
    }
}
