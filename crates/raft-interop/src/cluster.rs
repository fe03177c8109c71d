//! A cluster of servers of both kinds, on a network and disks that are simulated:
//! one queue of events in simulated time, and every draw from one seed.

use crate::monitor::{Monitor, Violation};
use crate::observer::{Observer, READS};
use crate::ours::OurServer;
use crate::random::Random;
use crate::server::{Effects, Kind, Packet, Rules, Server};
use crate::theirs::TheirServer;
use crate::translate::Untranslatable;
use raft_core::{Flaws, Index, LogEnd, Micros, NodeId, NodeSet};
use std::collections::{BTreeMap, BTreeSet};

/// How a cluster begins. All else follows from it, and from what a test does when.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which core each server runs, in the order of their ids.
    pub kinds: Vec<Kind>,
    /// Whether servers ask before they stand.
    pub pre_vote: bool,
    /// Whether a leader without a majority steps down, and followers protect one that has it.
    pub check_quorum: bool,
    /// What every draw follows from.
    pub seed: u64,
    /// How the network and the disks behave.
    pub weather: Weather,
    /// Rules that raft-core leaves out, to show that the monitor sees it.
    pub flaws: Flaws,
}

/// How the network and the disks behave.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// The most that a message takes; they overtake one another.
    pub latency_max: Micros,
    /// The most that a write takes; they are done in order.
    pub write_max: Micros,
    /// How many messages of a hundred are lost.
    pub lost_percent: u64,
    /// How many messages of a hundred arrive a second time.
    pub repeated_percent: u64,
}

impl Weather {
    /// Messages take up to 5 ms, writes up to 3 ms, and nothing is lost.
    pub const CALM: Weather = Weather {
        latency_max: Micros::from_millis(5),
        write_max: Micros::from_millis(3),
        lost_percent: 0,
        repeated_percent: 0,
    };
}

/// What happened, counted.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Messages that arrived, of whatever kind.
    pub delivered: u64,
    /// Messages that arrived at a server of the other kind.
    pub translated: u64,
    /// Messages that were lost, or met a wall or a server that was down.
    pub lost: u64,
    /// Servers that crashed.
    pub crashes: u64,
    /// Events in all.
    pub events: u64,
}

struct Member {
    server: Box<dyn Server>,
    is_up: bool,
    /// How often it has crashed: what was under way for an earlier life is gone.
    life: u64,
    /// When the disk will have finished what it was asked for.
    disk_busy_until: Micros,
    /// Its log's end, term and role when the monitor last looked.
    seen: Option<(LogEnd, u64, bool)>,
}

enum Event {
    Arrives { to: NodeId, from: NodeId, packet: Packet, message: u64 },
    WriteDone { server: NodeId, life: u64 },
}

/// Servers of both kinds.
pub struct Cluster {
    members: BTreeMap<NodeId, Member>,
    now: Micros,
    queue: BTreeMap<(Micros, u64), Event>,
    queued: u64,
    random: Random,
    /// How the network and the disks behave from now on.
    pub weather: Weather,
    /// The links that carry nothing, from and to.
    cut: BTreeSet<(NodeId, NodeId)>,
    monitor: Monitor,
    violations: Vec<Violation>,
    untranslatable: Vec<Untranslatable>,
    counts: Counts,
    proposed: u64,
    /// How many messages have been sent.
    sent: u64,
    observer: Option<Observer>,
}

impl Cluster {
    /// A cluster whose servers have never run.
    pub fn new(plan: &Plan) -> Cluster {
        let servers = u8::try_from(plan.kinds.len()).expect("a cluster has few servers");
        let rules = Rules { servers, pre_vote: plan.pre_vote, check_quorum: plan.check_quorum };
        let mut random = Random::new(plan.seed);
        let ids = NodeSet::first(servers).iter();
        let members = ids.zip(&plan.kinds).map(|(id, kind)| {
            let seed = random.below(u64::MAX);
            let server: Box<dyn Server> = match kind {
                Kind::Ours => Box::new(OurServer::new(id, rules, plan.flaws, seed)),
                Kind::Theirs => Box::new(TheirServer::new(id, rules, seed)),
            };
            let disk_busy_until = Micros::ZERO;
            (id, Member { server, is_up: true, life: 0, disk_busy_until, seen: None })
        });
        Cluster {
            members: members.collect(),
            now: Micros::ZERO,
            queue: BTreeMap::new(),
            queued: 0,
            random,
            weather: plan.weather,
            cut: BTreeSet::new(),
            monitor: Monitor::default(),
            violations: Vec::new(),
            untranslatable: Vec::new(),
            counts: Counts::default(),
            proposed: 0,
            sent: 0,
            observer: None,
        }
    }

    /// Has what happens from now on told as a trace: call it before anything happens.
    pub fn observe(&mut self) {
        let kinds = |kind: Kind| self.members.values().any(|it| it.server.kind() == kind);
        let implementation = match (kinds(Kind::Ours), kinds(Kind::Theirs)) {
            (false, _) => "raft-rs 0.7",
            (true, false) => "raft-core",
            (true, true) => "raft-rs 0.7 and raft-core, mixed",
        };
        self.observer = Some(Observer::new(implementation, self.members.keys().copied()));
    }

    /// What was told, if it is observed.
    pub fn observer(&self) -> Option<&Observer> {
        self.observer.as_ref()
    }

    /// The servers.
    pub fn ids(&self) -> Vec<NodeId> {
        self.members.keys().copied().collect()
    }

    /// Which core a server runs.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.members[&id].server.kind()
    }

    /// A server.
    pub fn server(&self, id: NodeId) -> &dyn Server {
        self.members[&id].server.as_ref()
    }

    /// Whether a server is up.
    pub fn is_up(&self, id: NodeId) -> bool {
        self.members[&id].is_up
    }

    /// The server that leads the latest term, of those that are up and believe that they lead.
    pub fn leader(&self) -> Option<NodeId> {
        let leaders =
            self.members.iter().filter(|(_, member)| member.is_up && member.server.leads());
        leaders.max_by_key(|(_, member)| member.server.term()).map(|(id, _)| *id)
    }

    /// What was seen so far.
    pub fn monitor(&self) -> &Monitor {
        &self.monitor
    }

    /// The properties that did not hold.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The messages that could not be said in the other's words.
    pub fn untranslatable(&self) -> &[Untranslatable] {
        &self.untranslatable
    }

    /// What happened, counted.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether every server is up and has applied all that anyone has, and this much at least.
    pub fn all_have_applied(&self, least: Index) -> bool {
        let all = Index(self.monitor.committed().count() as u64);
        let has_all = |id: &NodeId| self.is_up(*id) && self.monitor.applied(*id) == all;
        all >= least && self.members.keys().all(has_all)
    }

    /// Lets this much time pass.
    pub fn run_for(&mut self, span: Micros) {
        let until = self.now + span;
        self.run_until(until, |_| false);
        self.now = until;
    }

    /// Runs until something is so, at most for this long. Says whether it is.
    pub fn run_while_not(&mut self, most: Micros, is_so: impl Fn(&Cluster) -> bool) -> bool {
        let until = self.now + most;
        self.run_until(until, &is_so);
        is_so(self)
    }

    fn run_until(&mut self, until: Micros, is_done: impl Fn(&Cluster) -> bool) {
        while !is_done(self) {
            let wakes = self.members.iter().filter(|(_, member)| member.is_up);
            let wake =
                wakes.filter_map(|(id, member)| Some((member.server.deadline()?, *id))).min();
            let event = self.queue.keys().next().copied();
            let wake_is_first = match (wake, event) {
                (None, None) => return,
                (Some((at, _)), Some((event_at, _))) => at < event_at,
                (wake, None) => wake.is_some(),
                (None, Some(_)) => false,
            };
            let at = if wake_is_first { wake.map(|(at, _)| at) } else { event.map(|(at, _)| at) };
            let Some(at) = at.filter(|at| *at <= until) else { return };
            self.now = self.now.max(at);
            self.counts.events += 1;
            match (wake, self.queue.first_entry()) {
                (Some((_, id)), _) if wake_is_first => {
                    self.tell(id, |server, now| server.wake(now))
                }
                (_, Some(first)) => {
                    let event = first.remove();
                    self.happens(event);
                }
                _ => return,
            }
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::WriteDone { server, life } => {
                let member = &self.members[&server];
                if member.is_up && member.life == life {
                    self.tell(server, |server, now| server.finish_write(now));
                }
            }
            Event::Arrives { to, from, packet, message } => {
                let is_lost = !self.members[&to].is_up || self.cut.contains(&(from, to));
                if let Some(observer) = &mut self.observer {
                    let tell = if is_lost { Observer::lost } else { Observer::delivered };
                    tell(observer, self.now, message);
                }
                if is_lost {
                    self.counts.lost += 1;
                    return;
                }
                self.counts.delivered += 1;
                let is_foreign = self.kind(to) != self.kind(from);
                self.counts.translated += u64::from(is_foreign);
                let mut untranslatable = None;
                self.tell(to, |server, now| untranslatable = server.receive(now, &packet).err());
                self.untranslatable.extend(untranslatable);
            }
        }
    }

    /// Tells a server something, carries out what it wants done, and has the monitor look.
    fn tell(&mut self, id: NodeId, act: impl FnOnce(&mut dyn Server, Micros)) {
        let now = self.now;
        let Some(member) = self.members.get_mut(&id) else { return };
        act(member.server.as_mut(), now);
        let Effects { packets, applied, writes } = member.server.take_effects();
        let (term, leads) = (member.server.term(), member.server.leads());
        for _ in 0..writes {
            let takes = self.random.span(Micros(100), self.weather.write_max);
            member.disk_busy_until = member.disk_busy_until.max(now) + takes;
            self.queued += 1;
            let event = Event::WriteDone { server: id, life: member.life };
            self.queue.insert((member.disk_busy_until, self.queued), event);
        }
        let seen = Some((member.server.log_end(), term, leads));
        if seen != member.seen {
            member.seen = seen;
            let log = member.server.log();
            self.violations.extend(self.monitor.observe(id, term, leads, log).err());
        }
        if let Some(observer) = &mut self.observer {
            observer.see(now, id, member.server.as_ref(), &applied);
        }
        for (index, entry) in applied {
            self.violations.extend(self.monitor.apply(id, term, index, entry).err());
        }
        for (to, packet) in packets {
            self.send(id, to, packet);
        }
    }

    fn send(&mut self, from: NodeId, to: NodeId, packet: Packet) {
        let is_lost = self.random.happens(self.weather.lost_percent);
        if is_lost {
            self.counts.lost += 1;
        }
        let copies = match is_lost {
            true => 1,
            false => 1 + u64::from(self.random.happens(self.weather.repeated_percent)),
        };
        for _ in 0..copies {
            self.sent += 1;
            let message = self.sent;
            if let Some(observer) = &mut self.observer {
                observer.sent(self.now, message, from, to, &packet);
                if is_lost {
                    observer.lost(self.now, message);
                }
            }
            if is_lost {
                return;
            }
            let at = self.now + self.random.span(Micros(100), self.weather.latency_max);
            self.queued += 1;
            let event = Event::Arrives { to, from, packet: packet.clone(), message };
            self.queue.insert((at, self.queued), event);
        }
    }

    // What a test does to it.

    /// A client proposes the next command to a server, each another. Says whether it took it.
    pub fn propose(&mut self, to: NodeId) -> bool {
        self.proposed += u64::from(self.is_up(to));
        self.asks(to, format!("command {}", self.proposed))
    }

    /// A client reads by way of a server, as part of its log: what the commands before
    /// come to. Says whether the server took it.
    pub fn read(&mut self, from: NodeId) -> bool {
        self.proposed += u64::from(self.is_up(from));
        self.asks(from, format!("{READS}{}", self.proposed))
    }

    fn asks(&mut self, to: NodeId, command: String) -> bool {
        if !self.is_up(to) {
            return false;
        }
        if let Some(observer) = &mut self.observer {
            observer.asked(self.now, to, &command);
        }
        let mut is_taken = false;
        self.tell(to, |server, now| is_taken = server.propose(now, command.as_bytes()));
        if let Some(observer) = &mut self.observer
            && !is_taken
        {
            observer.refused(self.now, to, &command);
        }
        is_taken
    }

    /// A server stands for election.
    pub fn campaign(&mut self, id: NodeId) {
        if self.is_up(id) {
            self.tell(id, |server, now| server.campaign(now));
        }
    }

    /// A server hands its office over, if it leads.
    pub fn transfer(&mut self, from: NodeId, to: NodeId) {
        if self.is_up(from) {
            self.tell(from, |server, now| server.transfer(now, to));
        }
    }

    /// A server crashes: what is not durable is gone.
    pub fn crash(&mut self, id: NodeId) {
        if let Some(member) = self.members.get_mut(&id)
            && member.is_up
        {
            member.is_up = false;
            member.life += 1;
            self.counts.crashes += 1;
            if let Some(observer) = &mut self.observer {
                observer.crashed(self.now, id);
            }
        }
    }

    /// A server that crashed starts anew.
    pub fn restart(&mut self, id: NodeId) {
        let seed = self.random.below(u64::MAX);
        if let Some(member) = self.members.get_mut(&id)
            && !member.is_up
        {
            member.is_up = true;
            member.disk_busy_until = self.now;
            member.seen = None;
            self.monitor.restarted(id);
            if let Some(observer) = &mut self.observer {
                observer.restarts(id);
            }
            self.tell(id, |server, now| server.restart(now, seed));
        }
    }

    /// Builds a wall between these servers and the others.
    pub fn part(&mut self, these: NodeSet) {
        for from in self.ids() {
            for to in self.ids() {
                if these.contains(from) != these.contains(to) {
                    self.cut.insert((from, to));
                }
            }
        }
    }

    /// Lets nothing through from one server to another; the way back stays open.
    pub fn cut(&mut self, from: NodeId, to: NodeId) {
        self.cut.insert((from, to));
    }

    /// Removes every wall.
    pub fn heal(&mut self) {
        self.cut.clear();
    }
}

#[cfg(test)]
mod tests;
