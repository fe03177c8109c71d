//! The network: what is on its way, how long it takes, and where it is cut.

use crate::draw::{Purpose, draw};
use crate::latency::Latency;
use crate::pin::{self, Pin};
use crate::record::LossCause;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use litemap::LiteMap;
use raft_core::{Envelope, Message, MessageKind, Micros, NodeId, NodeSet, Payload};

/// The name of a message within its run: they count up as they are sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct MessageId(pub u64);

/// What a link, or a scenario, calls a message: the 17th that A sent to B is `A-B:17`.
///
/// Everything counts that ever left A for B, whatever it is, what the network sent a second
/// time included. So the same name in the same run means the same message, at whatever moment
/// it is asked for, and what is done at a moment changes no name that was given before.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageName {
    /// Who sent it.
    pub from: NodeId,
    /// Whom it is for.
    pub to: NodeId,
    /// Which it is of those, counted from 1.
    pub nth: u64,
}

impl fmt::Display for MessageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}:{}", self.from, self.to, self.nth)
    }
}

/// What the links between nodes are like.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NetworkPlan {
    /// How long a message takes on every link that isn't named below.
    pub latency: Latency,
    /// How long it takes on these, each in one direction.
    pub links: Vec<LinkPlan>,
    /// How many of a million messages are lost on the way.
    pub loss_per_million: u32,
    /// How many of a million messages that arrive do so a second time, late: as if the
    /// sender had not heard that the first arrived, and had sent it again.
    pub duplicates_per_million: u32,
    /// What was measured between some nodes, there and back: a message takes half of it, and
    /// the jitter. A link that is named above has its own latency all the same.
    pub round_trips: Vec<RoundTrip>,
    /// What comes on top of half a round trip that was measured.
    pub jitter: Latency,
    /// How many bytes a second a link carries, in each direction. Big messages take longer
    /// then, and those behind them wait. `None`: size is no matter.
    pub bytes_per_second: Option<u64>,
    /// A link delivers its messages in the order in which they were sent, as TCP does: one
    /// that is slow holds up those behind it. Else each takes the time that it takes.
    pub in_order: bool,
}

const fn no_jitter() -> Latency {
    Latency::Constant(Micros::ZERO)
}

/// How long it takes from one node to another and back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RoundTrip {
    /// Between this node ...
    pub from: NodeId,
    /// ... and this one.
    pub to: NodeId,
    /// There and back.
    pub span: Micros,
}

/// What a message has beside entries and chunks: its fields and the headers of TCP and IP.
const HEADER_BYTES: u64 = 100;
/// What an entry has beside its command: its term, its kind and how long it is.
const ENTRY_BYTES: u64 = 16;

/// How long a message is, for a link that carries so many bytes a second and no more.
fn bytes_of(message: &Message) -> u64 {
    let payload = match message {
        Message::AppendEntries(append) => append
            .entries
            .iter()
            .map(|entry| match &entry.payload {
                Payload::Command(command) => ENTRY_BYTES + command.0.len() as u64,
                Payload::NoOp | Payload::Configuration(_) => ENTRY_BYTES,
            })
            .sum(),
        Message::InstallSnapshot(install) => install.chunk.len() as u64,
        _ => 0,
    };
    HEADER_BYTES + payload
}

/// One link, in one direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkPlan {
    /// From.
    pub from: NodeId,
    /// To.
    pub to: NodeId,
    /// How long a message takes.
    pub latency: Latency,
}

impl NetworkPlan {
    /// A network that loses nothing and is alike everywhere.
    pub const fn of(latency: Latency) -> NetworkPlan {
        NetworkPlan {
            latency,
            links: Vec::new(),
            loss_per_million: 0,
            duplicates_per_million: 0,
            round_trips: Vec::new(),
            jitter: no_jitter(),
            bytes_per_second: None,
            in_order: false,
        }
    }

    /// A network whose round trips were measured, all of them.
    pub fn measured(round_trips: Vec<RoundTrip>, jitter: Latency) -> NetworkPlan {
        NetworkPlan { round_trips, jitter, ..NetworkPlan::of(no_jitter()) }
    }

    /// How long a message takes, by the draw for it, and what comes on top of that.
    fn latency(&self, from: NodeId, to: NodeId) -> (Latency, Micros) {
        if let Some(link) = self.links.iter().find(|link| link.from == from && link.to == to) {
            return (link.latency, Micros::ZERO);
        }
        let is_it =
            |it: &&RoundTrip| (it.from, it.to) == (from, to) || (it.to, it.from) == (from, to);
        match self.round_trips.iter().find(is_it) {
            Some(round_trip) => (self.jitter, round_trip.span.scaled(1, 2)),
            None => (self.latency, Micros::ZERO),
        }
    }

    fn pick(&self, from: NodeId, to: NodeId, bits: u64) -> Micros {
        let (latency, on_top) = self.latency(from, to);
        latency.pick(bits) + on_top
    }
}

/// A message on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flight {
    /// The message.
    pub envelope: Envelope,
    /// When it left.
    pub sent_at: Micros,
    /// When it arrives, or dies.
    pub ends_at: Micros,
    /// Where along its way it is when it ends, in thousandths: 1000 arrives.
    pub reaches_permille: u16,
    /// Why it won't arrive, if it won't.
    pub lost: Option<LossCause>,
    /// It is there, and waits for a receiver that is paused.
    pub is_waiting: bool,
    /// Which it is of all that its sender ever sent its receiver, counted from 1.
    pub nth: u64,
    /// When somebody last held it up, and where along its way it was then, in thousandths: from
    /// there it went on at another pace. When it left, and 0, where nobody did.
    pub held_up: (Micros, u16),
    /// The number of what is due of it in the queue: what else is there of it is stale.
    pub(crate) due: u64,
}

impl Flight {
    /// Its name.
    pub const fn name(&self) -> MessageName {
        let (from, to) = self.link();
        MessageName { from, to, nth: self.nth }
    }

    const fn link(&self) -> (NodeId, NodeId) {
        (self.envelope.from, self.envelope.to)
    }

    /// Where along its way it is at a moment, in thousandths.
    pub(crate) fn permille(&self, at: Micros) -> u16 {
        let (since, from) = self.held_up;
        let (passed, span) = ((at - since).0, (self.ends_at - since).0.max(1));
        let rest = u128::from(self.reaches_permille.saturating_sub(from));
        from + (rest * u128::from(passed.min(span)) / u128::from(span)) as u16
    }

    /// It ends at another time.
    fn ends(&mut self, now: Micros, at: Micros) {
        self.held_up = (now, self.permille(now));
        self.ends_at = at;
    }
}

/// The network's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Network {
    sent: LiteMap<(NodeId, NodeId, MessageKind), u64>,
    // How many messages went over each link, by which they are named.
    flown: LiteMap<(NodeId, NodeId), u64>,
    next_message: u64,
    // In the order of their ids, in which they were sent: the first are mostly the first to end.
    flights: VecDeque<(MessageId, Flight)>,
    groups: Vec<NodeSet>,
    parted_since: Option<Micros>,
    cut: LiteMap<(NodeId, NodeId), ()>,
    // What an operator did to single links: how much longer a message takes, and how many of
    // a million are lost.
    slowed: LiteMap<(NodeId, NodeId), Micros>,
    lossy: LiteMap<(NodeId, NodeId), u32>,
    // Until when a link is busy with what was sent before, where it carries so much and no
    // more; and when the last message arrives, where they do in order.
    busy_until: LiteMap<(NodeId, NodeId), Micros>,
    last_arrival: LiteMap<(NodeId, NodeId), Micros>,
    // Which was the last that arrived, where they do in order.
    delivered: LiteMap<(NodeId, NodeId), u64>,
}

impl Network {
    pub(crate) const fn new() -> Network {
        Network {
            sent: LiteMap::new(),
            flown: LiteMap::new(),
            next_message: 0,
            flights: VecDeque::new(),
            groups: Vec::new(),
            parted_since: None,
            cut: LiteMap::new(),
            slowed: LiteMap::new(),
            lossy: LiteMap::new(),
            busy_until: LiteMap::new(),
            last_arrival: LiteMap::new(),
            delivered: LiteMap::new(),
        }
    }

    /// How many messages have been sent, those that are duplicates included: the name of
    /// the next one.
    pub const fn sent(&self) -> u64 {
        self.next_message
    }

    /// What is on its way, in the order in which it was sent.
    pub fn flights(&self) -> impl Iterator<Item = (MessageId, &Flight)> {
        self.flights.iter().map(|(id, flight)| (*id, flight))
    }

    /// One message on its way.
    pub fn flight(&self, id: MessageId) -> Option<&Flight> {
        self.flights.get(self.place_of(id)?).map(|(_, flight)| flight)
    }

    fn flight_mut(&mut self, id: MessageId) -> Option<&mut Flight> {
        let place = self.place_of(id)?;
        self.flights.get_mut(place).map(|(_, flight)| flight)
    }

    fn place_of(&self, id: MessageId) -> Option<usize> {
        self.flights.binary_search_by_key(&id, |(id, _)| *id).ok()
    }

    /// The message of a name, if it is on its way: neither gone, nor there and waiting.
    pub fn on_its_way(&self, name: MessageName) -> Option<MessageId> {
        let mut flights = self.flights();
        flights.find(|(_, it)| it.name() == name && !it.is_waiting).map(|(id, _)| id)
    }

    /// The groups between which there is a wall; empty when there is none.
    pub fn groups(&self) -> &[NodeSet] {
        &self.groups
    }

    /// Since when there has been a wall.
    pub fn parted_since(&self) -> Option<Micros> {
        self.parted_since
    }

    /// The links that are cut one by one, each in one direction.
    pub fn cut_links(&self) -> impl Iterator<Item = (NodeId, NodeId)> {
        self.cut.keys().copied()
    }

    /// The links that somebody made slower, each in one direction, and by how much.
    pub fn slow_links(&self) -> impl Iterator<Item = (NodeId, NodeId, Micros)> {
        self.slowed.iter().map(|((from, to), by)| (*from, *to, *by))
    }

    /// The links that somebody made lossy, each in one direction, and how many of a million
    /// messages they lose.
    pub fn lossy_links(&self) -> impl Iterator<Item = (NodeId, NodeId, u32)> {
        self.lossy.iter().map(|((from, to), per_million)| (*from, *to, *per_million))
    }

    /// Whether a message from one to the other would be lost, by a wall or a cut.
    pub fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        let parted = self.groups.iter().any(|group| group.contains(from) != group.contains(to));
        parted || self.cut.contains_key(&(from, to))
    }

    /// Sends a message. Gives its name and when it ends, and the same of its duplicate
    /// where there is one.
    pub(crate) fn send(
        &mut self,
        seed: u64,
        plan: &NetworkPlan,
        pins: &[Pin],
        now: Micros,
        envelope: Envelope,
    ) -> ((MessageId, Micros), Option<(MessageId, Micros)>) {
        let Envelope { from, to, .. } = envelope;
        let kind = envelope.body.kind();
        let count = self.sent.entry((from, to, kind)).or_insert(0);
        let nth = *count;
        *count += 1;
        let bits = draw(seed, Purpose::Latency { from, to, kind, nth });
        let link = (from, to);
        let slower = self.slowed.get(&link).copied().unwrap_or_default();
        let queued = self.queue_behind(plan, now, link, &envelope.body);
        // A scenario that says how long a message takes means all of it.
        let latency = pin::latency(pins, link, kind, nth)
            .unwrap_or_else(|| queued + plan.pick(from, to, bits) + slower);
        let lossy = self.lossy.get(&link).copied().unwrap_or_default();
        let (reaches_permille, lost) = if self.is_cut(from, to) {
            (500, Some(LossCause::Cut))
        } else if is_one_of(plan.loss_per_million.max(lossy), || {
            draw(seed, Purpose::Loss { from, to, kind, nth })
        }) {
            (700, Some(LossCause::Dropped))
        } else {
            (1_000, None)
        };
        let ends_at = now + latency.scaled(u32::from(reaches_permille), 1_000);
        let ends_at = if lost.is_none() { self.in_order(plan, link, ends_at) } else { ends_at };
        let flight = Flight {
            envelope,
            sent_at: now,
            ends_at,
            reaches_permille,
            lost,
            is_waiting: false,
            nth: 0,
            held_up: (now, 0),
            due: 0,
        };
        let purpose = Purpose::Duplicate { from, to, kind, nth };
        let is_duplicated =
            lost.is_none() && is_one_of(plan.duplicates_per_million, || draw(seed, purpose));
        let copy = is_duplicated.then(|| flight.clone());
        let first = (self.fly(flight), ends_at);
        let duplicate = copy.map(|copy| {
            let bits = draw(seed, Purpose::LatencyOfDuplicate { from, to, kind, nth });
            let ends_at = self.in_order(plan, link, ends_at + plan.pick(from, to, bits));
            (self.fly(Flight { ends_at, ..copy }), ends_at)
        });
        (first, duplicate)
    }

    /// How long it takes until the last byte of a message has left: after those of the
    /// messages before it.
    fn queue_behind(
        &mut self,
        plan: &NetworkPlan,
        now: Micros,
        link: (NodeId, NodeId),
        message: &Message,
    ) -> Micros {
        let Some(bytes_per_second) = plan.bytes_per_second else { return Micros::ZERO };
        let micros =
            u128::from(bytes_of(message)) * 1_000_000 / u128::from(bytes_per_second.max(1));
        let busy_until = self.busy_until.entry(link).or_default();
        *busy_until = now.max(*busy_until) + Micros(u64::try_from(micros).unwrap_or(u64::MAX));
        *busy_until - now
    }

    /// When a message arrives that would at `ends_at`, were there none before it.
    fn in_order(&mut self, plan: &NetworkPlan, link: (NodeId, NodeId), ends_at: Micros) -> Micros {
        if !plan.in_order {
            return ends_at;
        }
        let last = self.last_arrival.entry(link).or_default();
        *last = ends_at.max(*last);
        *last
    }

    fn fly(&mut self, flight: Flight) -> MessageId {
        let id = MessageId(self.next_message);
        self.next_message += 1;
        let nth = self.flown.entry(flight.link()).or_insert(0);
        *nth += 1;
        let flight = Flight { nth: *nth, ..flight };
        self.flights.push_back((id, flight));
        id
    }

    /// A message has arrived at a process that stands.
    pub(crate) fn wait(&mut self, id: MessageId) {
        if let Some(flight) = self.flight_mut(id) {
            flight.is_waiting = true;
        }
    }

    /// What is due of a message is what has this number in the queue, and nothing else.
    pub(crate) fn is_due(&mut self, id: MessageId, number: u64) {
        if let Some(flight) = self.flight_mut(id) {
            flight.due = number;
        }
    }

    /// A message has arrived, and is gone.
    pub(crate) fn delivered(&mut self, plan: &NetworkPlan, flight: &Flight) {
        if plan.in_order {
            self.delivered.insert(flight.link(), flight.nth);
        }
    }

    /// Holds up a message on its way. Gives when it ends now; and the same of those behind it
    /// where a link keeps the order, for what is slow there holds up what follows: also what
    /// was to end at that very moment, which must be planned anew to come after it.
    pub(crate) fn delay(
        &mut self,
        plan: &NetworkPlan,
        now: Micros,
        id: MessageId,
        by: Micros,
    ) -> Vec<(MessageId, Micros)> {
        let mut moved = Vec::new();
        let Some(place) = self.place_of(id) else { return moved };
        let mut from_it_on = self.flights.range_mut(place..);
        let Some((_, flight)) = from_it_on.next() else { return moved };
        let ends_at = flight.ends_at + by;
        flight.ends(now, ends_at);
        moved.push((id, ends_at));
        let link = flight.link();
        if !plan.in_order || flight.lost.is_some() {
            return moved;
        }
        for (other, behind) in from_it_on {
            let arrives = behind.lost.is_none() && !behind.is_waiting;
            if behind.link() == link && arrives && behind.ends_at <= ends_at {
                behind.ends(now, ends_at);
                moved.push((*other, ends_at));
            }
        }
        let last = self.last_arrival.entry(link).or_default();
        *last = ends_at.max(*last);
        moved
    }

    /// Whether a message can't arrive now where links keep the order: another of its link must
    /// come first, or one that was sent later has arrived, as can be where this one was to be
    /// lost.
    pub fn comes_after_others(&self, plan: &NetworkPlan, id: MessageId) -> bool {
        let Some(flight) = self.flight(id) else { return false };
        let link = flight.link();
        let must_come_first = |(other, it): (MessageId, &Flight)| {
            let is_there = it.is_waiting;
            let will_be = it.lost.is_none() && !is_there;
            it.link() == link && if other < id { will_be } else { is_there }
        };
        let last_delivered = self.delivered.get(&link).copied().unwrap_or(0);
        plan.in_order && (last_delivered > flight.nth || self.flights().any(must_come_first))
    }

    /// A message on its way arrives now, whatever was to become of it.
    pub(crate) fn hurry(&mut self, now: Micros, id: MessageId) {
        if let Some(flight) = self.flight_mut(id) {
            (flight.lost, flight.reaches_permille) = (None, 1_000);
            flight.ends_at = now;
        }
    }

    pub(crate) fn take(&mut self, id: MessageId) -> Option<Flight> {
        let place = self.place_of(id)?;
        self.flights.remove(place).map(|(_, flight)| flight)
    }

    /// Puts walls between these groups, in place of those that are there.
    pub(crate) fn part(&mut self, now: Micros, groups: Vec<NodeSet>) {
        self.parted_since = (!groups.is_empty()).then_some(now);
        self.groups = groups;
    }

    pub(crate) fn cut(&mut self, from: NodeId, to: NodeId) {
        self.cut.insert((from, to), ());
    }

    pub(crate) fn slow(&mut self, from: NodeId, to: NodeId, by: Micros) {
        self.slowed.insert((from, to), by);
    }

    pub(crate) fn make_lossy(&mut self, from: NodeId, to: NodeId, per_million: u32) {
        self.lossy.insert((from, to), per_million);
    }

    pub(crate) fn mend(&mut self, from: NodeId, to: NodeId) {
        self.cut.remove(&(from, to));
        self.slowed.remove(&(from, to));
        self.lossy.remove(&(from, to));
    }

    pub(crate) fn heal(&mut self) {
        self.groups.clear();
        self.parted_since = None;
        self.cut.clear();
        self.slowed.clear();
        self.lossy.clear();
    }

    /// Messages on their way over a link that is cut now: they die where they are.
    pub(crate) fn take_severed(&mut self) -> Vec<MessageId> {
        let mut severed = Vec::new();
        let mut flights = core::mem::take(&mut self.flights);
        flights.retain(|(id, flight)| {
            let (from, to) = flight.link();
            // One that the network is to lose later dies here as well; one that was sent at a
            // wall does so there anyway, and one that is there is no more on its way.
            let dies =
                flight.lost != Some(LossCause::Cut) && !flight.is_waiting && self.is_cut(from, to);
            if dies {
                severed.push(*id);
            }
            !dies
        });
        self.flights = flights;
        severed
    }
}

/// Whether it falls to one of so many in a million. What is drawn for one thing changes no
/// other, so nothing is drawn where it falls to none.
fn is_one_of(per_million: u32, bits: impl FnOnce() -> u64) -> bool {
    per_million > 0 && (u128::from(bits()) * 1_000_000) >> 64 < u128::from(per_million)
}
