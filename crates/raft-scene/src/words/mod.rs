//! What happens, in plain English: one place for the RPC log, the story, the live
//! region and the tooltips. Present tense, short, and always with the reason.

use crate::hit::Hit;
use raft_core::{Envelope, Micros, NodeId, Transition};
use raft_sim::{Happening, Property, World};

/// A message in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// What kind of message: `RequestVote`, `RequestVote reply`, `AppendEntries`, ...
    pub title: &'static str,
    /// What it says: `term 4, log ends at index 3 of term 2`; `refused: ...`.
    pub detail: String,
    /// Whether it is a reply that refuses.
    pub is_refusal: bool,
}

/// What a message says.
pub fn message(envelope: &Envelope) -> Said {
    let _ = envelope;
    Said { title: "", detail: String::new(), is_refusal: false }
}

/// What happened inside a node, as a sentence; `None` for what is of no interest to a
/// reader, such as a timer that is set again.
pub fn transition(node: NodeId, transition: &Transition) -> Option<String> {
    let _ = (node, transition);
    None
}

/// What happened, as a sentence; `None` for what is of no interest to a reader. `world`
/// is the world after it, or any later one of the same run.
pub fn happening(happening: &Happening, world: &World) -> Option<String> {
    let _ = (happening, world);
    None
}

/// Whether a story, or a live region, tells this: elections, leaders, commits, faults,
/// clients' answers and violations; not heartbeats.
pub const fn is_worth_telling(happening: &Happening) -> bool {
    let _ = happening;
    false
}

/// A property's name, and what it says, in a sentence (paper, Figure 3).
pub const fn property(property: Property) -> (&'static str, &'static str) {
    let _ = property;
    ("", "")
}

/// What something on the stage is, in a sentence, for a tooltip.
pub fn hit(hit: Hit, world: &World, at: Micros) -> Option<String> {
    let _ = (hit, world, at);
    None
}
