//! What servers say to each other.

use super::{place, refusal};
use raft_core::{
    AppendAnswer, AppendEntries, Envelope, Index, LogEnd, Message, ReadIndexAnswer, SnapshotAnswer,
    VoteAnswer,
};

/// A message in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// What kind of message: `RequestVote`, `RequestVote reply`, `AppendEntries`,
    /// `heartbeat`, `InstallSnapshot`, ...
    pub title: &'static str,
    /// What it says: `term 4, log ends at index 3 of term 2`; `refused: ...`.
    pub detail: String,
    /// Whether it is a reply that refuses.
    pub is_refusal: bool,
}

/// What a message says.
pub fn message(envelope: &Envelope) -> Said {
    let Envelope { from, to, term, body } = envelope;
    let (title, detail, is_refusal) = match body {
        Message::RequestVote(request) => {
            let why = if request.by_transfer { ", told to by the leader" } else { "" };
            ("RequestVote", format!("term {term}, {}{why}", log_end(request.log_end)), false)
        }
        Message::RequestVoteReply(VoteAnswer::Granted) => {
            ("RequestVote reply", format!("granted: {to} has {from}'s vote of term {term}"), false)
        }
        Message::RequestVoteReply(VoteAnswer::Refused(because)) => {
            let mut detail = format!("refused: {}", refusal(*from, *to, because));
            if matches!(because, raft_core::VoteRefusal::StaleTerm) {
                detail.push_str(&format!(", {from} is in term {term}"));
            }
            ("RequestVote reply", detail, true)
        }
        Message::RequestPreVote(request) => (
            "RequestPreVote",
            format!("would stand in term {}, {}", request.for_term, log_end(request.log_end)),
            false,
        ),
        Message::RequestPreVoteReply(reply) => match &reply.answer {
            VoteAnswer::Granted => (
                "RequestPreVote reply",
                format!("yes: {from} would vote for {to} in term {}", reply.for_term),
                false,
            ),
            VoteAnswer::Refused(because) => {
                ("RequestPreVote reply", format!("refused: {}", refusal(*from, *to, because)), true)
            }
        },
        Message::TimeoutNow => {
            ("TimeoutNow", format!("term {term}: {to} is to stand for election at once"), false)
        }
        Message::AppendEntries(append) => {
            let title = if append.entries.is_empty() { "heartbeat" } else { "AppendEntries" };
            (title, append_entries(envelope, append), false)
        }
        Message::AppendEntriesReply(reply) => match reply.answer {
            AppendAnswer::Accepted { match_index: Index(0) } => {
                ("AppendEntries reply", "accepted".to_string(), false)
            }
            AppendAnswer::Accepted { match_index } => (
                "AppendEntries reply",
                format!("accepted: {from}'s log matches up to index {match_index}"),
                false,
            ),
            AppendAnswer::Conflict { refused, hint } => (
                "AppendEntries reply",
                format!(
                    "refused: {from}'s log doesn't match at index {refused}, and nothing past {} can",
                    place(hint)
                ),
                true,
            ),
            AppendAnswer::StaleTerm => (
                "AppendEntries reply",
                format!("refused: {to}'s term is over, {from} is in term {term}"),
                true,
            ),
        },
        Message::RequestReadIndex(request) => {
            let by = super::transitions::read_mode(request.mode);
            ("RequestReadIndex", format!("term {term}, up to where to read by {by}?"), false)
        }
        Message::RequestReadIndexReply(reply) => match reply.answer {
            ReadIndexAnswer::Confirmed { read_index, .. } => (
                "RequestReadIndex reply",
                format!("{to} may read once it has applied up to index {read_index}"),
                false,
            ),
            ReadIndexAnswer::Refused(because) => (
                "RequestReadIndex reply",
                format!("refused: {}", super::transitions::read_refusal(*from, because)),
                true,
            ),
        },
        Message::InstallSnapshot(part) => {
            let length = part.chunk.len() as u64;
            let which = if length == part.total_bytes {
                format!("whole, {length} bytes")
            } else {
                let (first, last) = (part.offset + 1, part.offset + length);
                format!("bytes {first} to {last} of {}", part.total_bytes)
            };
            let end = place(part.end);
            ("InstallSnapshot", format!("term {term}, snapshot up to {end}, {which}"), false)
        }
        Message::InstallSnapshotReply(reply) => match reply.answer {
            SnapshotAnswer::Wants { offset } => (
                "InstallSnapshot reply",
                format!("{from} has {offset} bytes and wants those that follow"),
                false,
            ),
            SnapshotAnswer::Installed { match_index } => (
                "InstallSnapshot reply",
                format!("{from} has all that it covers, up to index {match_index}"),
                false,
            ),
            SnapshotAnswer::StaleTerm => (
                "InstallSnapshot reply",
                format!("refused: {to}'s term is over, {from} is in term {term}"),
                true,
            ),
        },
    };
    Said { title, detail, is_refusal }
}

fn log_end(end: LogEnd) -> String {
    if end.index.0 == 0 {
        "log is empty".to_string()
    } else {
        format!("log ends at {}", place(end))
    }
}

fn append_entries(envelope: &Envelope, append: &AppendEntries) -> String {
    let AppendEntries { previous, entries, commit_index, .. } = append;
    let mut detail = format!("term {}", envelope.term);
    match entries.len() as u64 {
        0 => {}
        count => {
            let first = previous.index.next();
            let last = Index(previous.index.0 + count);
            detail.push_str(&format!(
                ", {} after {}",
                super::entries(first, last),
                place(*previous)
            ));
        }
    }
    if commit_index.0 > 0 {
        detail.push_str(&format!(", committed up to {commit_index}"));
    }
    if append.confirms_read {
        detail.push_str(", to confirm a read");
    }
    detail
}
