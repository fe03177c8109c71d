//! What something on the stage is, for a tooltip.

use super::{client, message, operations, span};
use crate::hit::Hit;
use crate::node_state as state;
use raft_core::{Envelope, Index, Micros, NodeId};
use raft_sim::{Host, MessageId, World};

/// What something on the stage is, in a sentence or two, for a tooltip; `None` when it
/// is there no more.
pub fn hit(hit: Hit, world: &World, at: Micros) -> Option<String> {
    match hit {
        Hit::Node(id) => node(id, world, at),
        Hit::Message(id) => flight(id, world, at),
        Hit::Cell { node, index } => cell(node, index, world),
        Hit::Link { one, other } => Some(link(one, other, world)),
        Hit::Client(number) => {
            let last = world.history().operations().rev().find(|(_, it)| it.client == number);
            Some(match last {
                Some((id, operation)) => {
                    let mut text = operations::operation(operation);
                    if operations::is_stale(world, id) {
                        text.push_str(" That value is stale.");
                    }
                    text
                }
                None => format!("{} has not asked yet.", client(number)),
            })
        }
    }
}

/// What something on the stage is called: `Node B`, `RequestVote from A to C`.
pub fn name(hit: Hit, world: &World) -> String {
    match hit {
        Hit::Node(id) => format!("Node {id}"),
        Hit::Message(id) => match world.network().flight(id) {
            Some(flight) => {
                let Envelope { from, to, .. } = flight.envelope;
                format!("{} from {from} to {to}", titled(message(&flight.envelope).title))
            }
            None => "A message that is gone".to_string(),
        },
        Hit::Cell { node, index } => format!("Entry {index} of {node}'s log"),
        Hit::Link { one, other } => format!("Link between {one} and {other}"),
        Hit::Client(number) => titled(&client(number)),
    }
}

fn node(id: NodeId, world: &World, at: Micros) -> Option<String> {
    let host = world.host(id)?;
    let role = state::role_of(world, host);
    let mut text = state::describe(world, host, role, &state::notes(host, role, at));
    if let Some(view) = host.node().map(|node| node.view())
        && view.may_stand()
        && let Some((timeout, deadline)) = view.election_timer()
    {
        let fires_at = host.clock().when_it_shows(deadline);
        text.push_str(&format!(
            " Its election timeout of {} runs out at {fires_at}.",
            span(timeout)
        ));
    }
    text.push(' ');
    text.push_str(&crate::log_mark::describe(&state::known(world, host)));
    Some(text)
}

fn flight(id: MessageId, world: &World, at: Micros) -> Option<String> {
    let flight = world.network().flight(id)?;
    let Envelope { from, to, .. } = flight.envelope;
    let said = message(&flight.envelope);
    let left = flight.ends_at - at;
    let end = match flight.lost {
        _ if flight.is_waiting => format!("it waits until {to} goes on"),
        None => format!("there in {left}"),
        Some(_) => format!("lost in {left}"),
    };
    Some(if said.is_refusal {
        let asked = said.title.strip_suffix(" reply").unwrap_or(said.title);
        let why = said.detail.strip_prefix("refused: ").unwrap_or(&said.detail);
        format!("{from} refuses {to}'s {asked}: {why} ({end}).")
    } else {
        format!("{} from {from} to {to}: {} ({end}).", titled(said.title), said.detail)
    })
}

/// With a capital: titles are those of the paper, but for “heartbeat”.
fn titled(title: &str) -> String {
    let mut letters = title.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

fn cell(id: NodeId, index: Index, world: &World) -> Option<String> {
    let known = state::known(world, world.host(id)?);
    let covered = known.log.base().index;
    if index <= covered && index > Index::ZERO {
        return Some(format!(
            "Entry {index} is in {id}'s snapshot, which covers all up to {covered}."
        ));
    }
    let entry = known.log.get(index)?;
    let what = super::happenings::applied(&entry.payload)
        .unwrap_or_else(|| "nothing, the first entry of its term".to_string());
    // What a snapshot covers is committed, and there is but one such entry at a place.
    let has_it = |host: &&Host| {
        let theirs = state::known(world, host);
        let covered = theirs.log.base().index;
        theirs.log.term_at(index).map_or(index <= covered, |term| term == entry.term)
    };
    let holders = world.hosts().iter().filter(has_it).map(Host::id).collect();
    let is_committed_somewhere = world.hosts().iter().any(|host| {
        let theirs = state::known(world, host);
        index <= theirs.committed && theirs.log.term_at(index) == Some(entry.term)
    });
    let committed = if index <= known.committed {
        "committed".to_string()
    } else if is_committed_somewhere {
        format!("committed, which {id} does not know yet")
    } else {
        "not known to be committed".to_string()
    };
    let durable =
        if index <= known.durable { String::new() } else { format!(", not yet on {id}'s disk") };
    let on = super::names(holders);
    Some(format!("Entry {index} of term {}, {what}: on {on}, {committed}{durable}.", entry.term))
}

fn link(one: NodeId, other: NodeId, world: &World) -> String {
    let network = world.network();
    let mut sentences = Vec::new();
    match (network.is_cut(one, other), network.is_cut(other, one)) {
        (true, true) => sentences.push(format!("Nothing gets through between {one} and {other}.")),
        (true, false) => {
            sentences.push(format!("Nothing gets from {one} to {other}; the way back is open."));
        }
        (false, true) => {
            sentences.push(format!("Nothing gets from {other} to {one}; the way back is open."));
        }
        (false, false) => {}
    }
    for (from, to) in [(one, other), (other, one)] {
        if let Some((_, _, by)) = network.slow_links().find(|it| (it.0, it.1) == (from, to)) {
            sentences.push(format!("From {from} to {to} everything takes {} longer.", span(by)));
        }
        if let Some((_, _, lost)) = network.lossy_links().find(|it| (it.0, it.1) == (from, to)) {
            // At least: of the whole network more may get lost.
            let lost = super::happenings::hundredths(lost);
            sentences.push(format!("From {from} to {to}, {lost} of 100 messages get lost."));
        }
    }
    if sentences.is_empty() {
        let on_way = network
            .flights()
            .filter(|(_, flight)| {
                let (from, to) = (flight.envelope.from, flight.envelope.to);
                (from, to) == (one, other) || (from, to) == (other, one)
            })
            .count();
        sentences.push(match on_way {
            0 => format!("The link between {one} and {other} is whole."),
            1 => format!("The link between {one} and {other}: 1 message on its way."),
            many => format!("The link between {one} and {other}: {many} messages on their way."),
        });
    }
    sentences.join(" ")
}
