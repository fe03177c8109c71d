//! What clients ask, and are told.

use crate::text_mark::Tone;
use crate::timeline_index::Overtaken;
use raft_core::{ReadBasis, ReadMode};
use raft_sim::{Operation, OperationId, Outcome, Property, Request, World};

/// `client 1`; `you` for 0, who sits in front of the page.
pub fn client(number: u32) -> String {
    if number == 0 { "you".to_string() } else { format!("client {number}") }
}

/// `write x=2`, `read x`.
pub(crate) fn request(request: &Request) -> String {
    match request {
        Request::Write { key, value } => format!("write {key}={value}"),
        Request::Read { key, .. } => format!("read {key}"),
    }
}

/// `by ReadIndex`, `by lease`, `through the log`, `from whoever is asked`.
pub const fn how(mode: Option<ReadMode>) -> &'static str {
    match mode {
        Some(ReadMode::ReadIndex) => "by ReadIndex",
        Some(ReadMode::Lease) => "by lease",
        Some(ReadMode::Log) => "through the log",
        None => "from whoever is asked",
    }
}

/// An operation so far, in a sentence.
pub fn operation(operation: &Operation) -> String {
    let who = match operation.client {
        0 => "You asked".to_string(),
        number => format!("Client {number} asked"),
    };
    let what = match operation.request {
        Request::Write { key, value } => format!("to write {key} = {value}"),
        Request::Read { key, mode } => format!("to read {key} {}", how(mode)),
    };
    let mut text = format!("{who} {what}");
    let Some((at, outcome)) = &operation.ended else {
        match operation.asked {
            Some(node) => text.push_str(&format!(" and waits for {node}'s answer.")),
            None => text.push_str(" and waits."),
        }
        return text;
    };
    let after = *at - operation.began_at;
    text.push_str(&match (outcome, operation.answered_by) {
        (Outcome::Written, Some(node)) => format!("; {node} did so after {after}."),
        (Outcome::Written, None) => format!("; done after {after}."),
        (Outcome::Found { value, basis }, node) => {
            let by = match basis {
                Some(ReadBasis::Round(_)) => "after asking a majority",
                Some(ReadBasis::Lease { .. }) => "from its lease",
                Some(ReadBasis::Log { .. }) => "by an entry in its log",
                None => "without asking anyone",
            };
            let node = node.map_or_else(|| "a node".to_string(), |node| node.to_string());
            format!("; {node} answered {value} after {after}, {by}.")
        }
        (Outcome::Refused, _) => " and was refused.".to_string(),
        (Outcome::GaveUp, _) => format!(" and gave up after {after}."),
    });
    text
}

/// An operation so far in as few words as there is room for, the longest way first.
pub(crate) fn in_short(operation: &Operation) -> (Vec<String>, Tone) {
    let what = request(&operation.request);
    let Some((at, outcome)) = &operation.ended else {
        let ways = match operation.asked {
            Some(node) => vec![format!("{what}   asks {node} …"), format!("{what} …")],
            None => vec![format!("{what} …")],
        };
        return (ways, Tone::Notable);
    };
    match outcome {
        Outcome::Written => (vec![format!("{what}   ok {at}"), format!("{what}   ok")], Tone::Good),
        Outcome::Found { value, .. } => (vec![format!("{what} → {value}")], Tone::Good),
        Outcome::Refused => (vec![format!("{what}   refused")], Tone::Notable),
        Outcome::GaveUp => (vec![format!("{what}   gave up")], Tone::Notable),
    }
}

/// Whether a world knows that an operation is a stale read, or in another way part of a
/// violation: one is named by it, or found what the named one found, later.
pub(crate) fn is_stale(world: &World, id: OperationId) -> bool {
    Property::ALL.iter().any(|property| {
        let Some(violation) = &world.monitors().standing(*property).violation else { return false };
        let Some(read) = violation.evidence.operations().first().copied() else { return false };
        if read.is_write {
            return false;
        }
        if read.id == id {
            return true;
        }
        let (Some(named), Some(operation)) =
            (world.history().get(read.id), world.history().get(id))
        else {
            return false;
        };
        let Some((_, Outcome::Found { value, .. })) = operation.ended else { return false };
        Overtaken::by(&violation.evidence, named.began_at).is_some_and(|overtaken| {
            overtaken.makes_stale(operation.request.key(), value, operation.began_at)
        })
    })
}
