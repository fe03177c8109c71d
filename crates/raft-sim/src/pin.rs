//! Draws that a scenario decides: "B's first timeout is 163 ms", "the first RequestVote from A
//! to C takes 40 ms".
//!
//! Everything else is drawn as it was: no draw depends on another, so a pin moves none.

use crate::occasion::{Deed, Occasion, Parcel, Subject};
use crate::scenario::Scenario;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::fmt;
use raft_core::{Flaw, MessageKind, Micros, NodeId, NodeSet, PinnedTimeout};

/// The most pins that a scenario has.
const MOST_PINS: usize = 200;
/// The longest that a message or an fsync is made to take, as by chance.
const LONGEST: Micros = Micros::from_secs(60);

/// Something that takes as long as the scenario says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pin {
    /// What takes so long: a timeout that a node draws, a message of a kind from one node
    /// to another, or the fsync after which a node has written.
    pub what: Occasion,
    /// The how-manieth of those since the run's beginning, counted from 1.
    pub nth: u64,
    /// How many of them, from that one on.
    pub count: u64,
    /// How long. A timeout is by the node's own clock, and one that could be drawn.
    pub takes: Micros,
}

impl fmt::Display for Pin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({}): {}", self.what, self.nth, self.takes)
    }
}

/// What a pin is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pinned {
    Timeout(NodeSet),
    Message { from: NodeSet, to: NodeId, kind: MessageKind },
    Fsync(NodeSet),
}

impl Pin {
    fn pinned(&self) -> Option<Pinned> {
        let Occasion::Node { who: Subject::OneOf(nodes), does, in_term: None } = self.what else {
            return None;
        };
        Some(match does {
            Deed::DrawsTimeout => Pinned::Timeout(nodes),
            Deed::HasWritten => Pinned::Fsync(nodes),
            Deed::Sends { what: Parcel::Kind(kind), to: Some(to) } => {
                Pinned::Message { from: nodes, to, kind }
            }
            _ => return None,
        })
    }

    /// Whether it is of the one of this number, counted from 0.
    fn is_of(&self, nth: u64) -> bool {
        nth.checked_sub(self.nth.saturating_sub(1)).is_some_and(|after| after < self.count)
    }
}

/// The first pin of what fits, if there is one.
fn pinned(pins: &[Pin], nth: u64, fits: impl Fn(Pinned) -> bool) -> Option<Micros> {
    pins.iter().find(|pin| pin.is_of(nth) && pin.pinned().is_some_and(&fits)).map(|pin| pin.takes)
}

/// How long the `nth` message of a kind takes over a link, if that is pinned.
pub(crate) fn latency(
    pins: &[Pin],
    (from, to): (NodeId, NodeId),
    kind: MessageKind,
    nth: u64,
) -> Option<Micros> {
    pinned(pins, nth, |it| match it {
        Pinned::Message { from: senders, to: receiver, kind: of } => {
            senders.contains(from) && receiver == to && of == kind
        }
        Pinned::Timeout(_) | Pinned::Fsync(_) => false,
    })
}

/// How long the `nth` fsync of a node takes, if that is pinned.
pub(crate) fn fsync(pins: &[Pin], node: NodeId, nth: u64) -> Option<Micros> {
    pinned(pins, nth, |it| matches!(it, Pinned::Fsync(nodes) if nodes.contains(node)))
}

/// The timeouts that a node is to draw when it starts after having drawn so many.
pub(crate) fn timeouts(pins: &[Pin], node: NodeId, drawn: u64) -> Arc<[PinnedTimeout]> {
    pins.iter()
        .filter(|pin| matches!(pin.pinned(), Some(Pinned::Timeout(nodes)) if nodes.contains(node)))
        .filter_map(|pin| {
            // Counted from 1 for each start of the node, over all of them for the run.
            let last = (pin.nth - 1).saturating_add(pin.count).checked_sub(drawn)?;
            let first = pin.nth.saturating_sub(drawn).max(1);
            (last > 0).then_some(PinnedTimeout { first, last, timeout: pin.takes })
        })
        .collect()
}

/// Checks a scenario's pins.
pub(crate) fn check(scenario: &Scenario, wrong: &mut impl FnMut(&str, String)) {
    if scenario.pins.len() > MOST_PINS {
        wrong("pins", format!("at most {MOST_PINS} pins"));
    }
    let members = NodeSet::first(scenario.nodes);
    let settings = scenario.settings;
    let is_fixed = settings.flaws.has(Flaw::FixedElectionTimeout);
    let min = settings.election_timeout_min;
    let max = if is_fixed { min } else { settings.election_timeout_max };
    for (place, pin) in scenario.pins.iter().enumerate() {
        let field = format!("pins[{place}]");
        let mut wrong = |message: String| wrong(&field, format!("{pin}: {message}"));
        for node in pin.what.nodes().difference(members).iter() {
            wrong(format!("there is no node {node}"));
        }
        if pin.nth == 0 || pin.count == 0 {
            wrong("the first is number 1, and one is pinned at least".to_string());
        }
        match pin.pinned() {
            // Then the run is one that could have come by chance.
            Some(Pinned::Timeout(_)) if pin.takes < min || max < pin.takes => {
                wrong(format!("election timeouts are drawn from {min} to {max}"));
            }
            Some(Pinned::Message { .. } | Pinned::Fsync(_)) if pin.takes > LONGEST => {
                wrong("longer than a minute".to_string());
            }
            Some(_) => {}
            None => wrong(
                "this can't be pinned: write “B draws a timeout”, “A sends request-vote to C” or \
                 “B has written”"
                    .to_string(),
            ),
        }
    }
}
