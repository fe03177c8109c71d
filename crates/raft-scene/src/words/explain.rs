//! What something on the stage is, for a tooltip.

use super::{client, message, operations, span};
use crate::hit::Hit;
use crate::node_state as state;
use raft_core::{Index, Micros, NodeId};
use raft_sim::{MessageId, World};

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
    let said = message(&flight.envelope);
    let left = flight.ends_at - at;
    let fate = if flight.lost.is_some() { "lost in" } else { "there in" };
    Some(format!(
        "{} to {}, {}: {} ({fate} {left}).",
        flight.envelope.from, flight.envelope.to, said.title, said.detail
    ))
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
    let committed =
        if index <= known.committed { "committed" } else { "not known to be committed" };
    let durable = if index <= known.durable { "" } else { ", not yet on disk" };
    Some(format!(
        "Entry {index} in {id}'s log, of term {}: {what}; {committed}{durable}.",
        entry.term
    ))
}

fn link(one: NodeId, other: NodeId, world: &World) -> String {
    let network = world.network();
    let on_way = network
        .flights()
        .filter(|(_, flight)| {
            let (from, to) = (flight.envelope.from, flight.envelope.to);
            (from, to) == (one, other) || (from, to) == (other, one)
        })
        .count();
    match (network.is_cut(one, other), network.is_cut(other, one)) {
        (true, true) => format!("Nothing gets through between {one} and {other}."),
        (true, false) => format!("Nothing gets from {one} to {other}; the way back is open."),
        (false, true) => format!("Nothing gets from {other} to {one}; the way back is open."),
        (false, false) => match on_way {
            0 => format!("The link between {one} and {other} is whole."),
            1 => format!("The link between {one} and {other}: 1 message on its way."),
            many => format!("The link between {one} and {other}: {many} messages on their way."),
        },
    }
}
