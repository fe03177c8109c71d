//! The network: what is on its way, how long it takes, and where it is cut.

use crate::draw::{Purpose, draw};
use crate::latency::Latency;
use crate::pin::{self, Pin};
use crate::record::LossCause;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use raft_core::{Envelope, MessageKind, Micros, NodeId, NodeSet};
use serde::{Deserialize, Serialize};

/// The name of a message within its run: they count up as they are sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(transparent)]
pub struct MessageId(pub u64);

/// What the links between nodes are like.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NetworkPlan {
    /// How long a message takes on every link that isn't named below.
    pub latency: Latency,
    /// How long it takes on these, each in one direction.
    pub links: Vec<LinkPlan>,
    /// How many of a million messages are lost on the way.
    pub loss_per_million: u32,
    /// How many of a million messages that arrive do so a second time, late: as if the
    /// sender had not heard that the first arrived, and had sent it again.
    #[serde(default, skip_serializing_if = "is_never")]
    pub duplicates_per_million: u32,
}

// What a scenario doesn't say is not in its text either.
fn is_never(per_million: &u32) -> bool {
    *per_million == 0
}

/// One link, in one direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
        NetworkPlan { latency, links: Vec::new(), loss_per_million: 0, duplicates_per_million: 0 }
    }

    fn latency(&self, from: NodeId, to: NodeId) -> Latency {
        self.links
            .iter()
            .find(|link| link.from == from && link.to == to)
            .map_or(self.latency, |link| link.latency)
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
}

/// The network's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Network {
    sent: BTreeMap<(NodeId, NodeId, MessageKind), u64>,
    next_message: u64,
    flights: BTreeMap<MessageId, Flight>,
    groups: Vec<NodeSet>,
    parted_since: Option<Micros>,
    cut: BTreeSet<(NodeId, NodeId)>,
}

impl Network {
    pub(crate) const fn new() -> Network {
        Network {
            sent: BTreeMap::new(),
            next_message: 0,
            flights: BTreeMap::new(),
            groups: Vec::new(),
            parted_since: None,
            cut: BTreeSet::new(),
        }
    }

    /// What is on its way, in the order in which it was sent.
    pub fn flights(&self) -> impl Iterator<Item = (MessageId, &Flight)> {
        self.flights.iter().map(|(id, flight)| (*id, flight))
    }

    /// One message on its way.
    pub fn flight(&self, id: MessageId) -> Option<&Flight> {
        self.flights.get(&id)
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
        self.cut.iter().copied()
    }

    /// Whether a message from one to the other would be lost, by a wall or a cut.
    pub fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        let parted = self.groups.iter().any(|group| group.contains(from) != group.contains(to));
        parted || self.cut.contains(&(from, to))
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
        let pinned = pin::latency(pins, (from, to), kind, nth);
        let latency = pinned.unwrap_or_else(|| plan.latency(from, to).pick(bits));
        let (reaches_permille, lost) = if self.is_cut(from, to) {
            (500, Some(LossCause::Cut))
        } else if is_one_of(
            plan.loss_per_million,
            draw(seed, Purpose::Loss { from, to, kind, nth }),
        ) {
            (700, Some(LossCause::Dropped))
        } else {
            (1_000, None)
        };
        let ends_at = now + latency.scaled(u32::from(reaches_permille), 1_000);
        let flight =
            Flight { envelope, sent_at: now, ends_at, reaches_permille, lost, is_waiting: false };
        let purpose = Purpose::Duplicate { from, to, kind, nth };
        let is_duplicated = lost.is_none()
            && plan.duplicates_per_million > 0
            && is_one_of(plan.duplicates_per_million, draw(seed, purpose));
        let copy = is_duplicated.then(|| flight.clone());
        let first = (self.fly(flight), ends_at);
        let duplicate = copy.map(|copy| {
            let bits = draw(seed, Purpose::LatencyOfDuplicate { from, to, kind, nth });
            let ends_at = ends_at + plan.latency(from, to).pick(bits);
            (self.fly(Flight { ends_at, ..copy }), ends_at)
        });
        (first, duplicate)
    }

    fn fly(&mut self, flight: Flight) -> MessageId {
        let id = MessageId(self.next_message);
        self.next_message += 1;
        self.flights.insert(id, flight);
        id
    }

    /// A message has arrived at a process that stands.
    pub(crate) fn wait(&mut self, id: MessageId) {
        if let Some(flight) = self.flights.get_mut(&id) {
            flight.is_waiting = true;
        }
    }

    pub(crate) fn take(&mut self, id: MessageId) -> Option<Flight> {
        self.flights.remove(&id)
    }

    /// Puts walls between these groups, in place of those that are there.
    pub(crate) fn part(&mut self, now: Micros, groups: Vec<NodeSet>) {
        self.parted_since = (!groups.is_empty()).then_some(now);
        self.groups = groups;
    }

    pub(crate) fn cut(&mut self, from: NodeId, to: NodeId) {
        self.cut.insert((from, to));
    }

    pub(crate) fn mend(&mut self, from: NodeId, to: NodeId) {
        self.cut.remove(&(from, to));
    }

    pub(crate) fn heal(&mut self) {
        self.groups.clear();
        self.parted_since = None;
        self.cut.clear();
    }

    /// Messages on their way over a link that is cut now: they die where they are.
    pub(crate) fn take_severed(&mut self) -> Vec<(MessageId, Flight)> {
        let severed: Vec<MessageId> = self
            .flights
            .iter()
            .filter(|(_, flight)| {
                // One that the network is to lose later dies here as well; one that was
                // sent at a wall does so there anyway, and one that is there is no more
                // on its way.
                flight.lost != Some(LossCause::Cut)
                    && !flight.is_waiting
                    && self.is_cut(flight.envelope.from, flight.envelope.to)
            })
            .map(|(id, _)| *id)
            .collect();
        severed.into_iter().filter_map(|id| Some((id, self.flights.remove(&id)?))).collect()
    }
}

fn is_one_of(per_million: u32, bits: u64) -> bool {
    (u128::from(bits) * 1_000_000) >> 64 < u128::from(per_million)
}
