//! The messages of raft-core in the words of the `raft` crate, and back.
//!
//! "Ours" is [`raft_core::Envelope`], "theirs" is [`raft::eraftpb::Message`]. Messages
//! between servers of one kind are not translated. A message is translated where it
//! arrives, because one of them (their heartbeat) can only be said in our words by
//! someone who knows the receiver's log.
//!
//! | ours | theirs | what differs, and why nothing that safety needs is lost |
//! |---|---|---|
//! | `NodeId` 0, 1, 2, ... | id 1, 2, 3, ... | 0 is their "nobody" |
//! | `Payload::NoOp` | normal entry without data | so an empty command can't be told from a no-op: it is an error here |
//! | `Payload::Command` | normal entry with data | |
//! | `Payload::Configuration` | `EntryConfChange(V2)` | not translated: members are fixed in a mixed cluster |
//! | `AppendEntries` | `MsgHeartbeat` and then `MsgAppend` | Ours is always checked against the log, like their `MsgAppend`, with or without entries. But only a heartbeat has a `context` that is copied back, so the round goes there; its `commit` is 0, because they take it without looking at their log |
//! | `AppendEntries` of round 0, which confirms nothing | `MsgAppend` | `index`, `log_term`: the place before the entries, checked by both |
//! | `AppendEntries` of round 1 without entries, after the entry at `commit` | `MsgHeartbeat` | Their leader sends min(match, commit), and match is what this very follower has acknowledged in this term: so its own log has the leader's entry there, and the place can be filled in from it. If it has none, the place is 0, and the commit index is not taken |
//! | `Accepted`, to round 0 | `MsgAppendResponse` | `index`: what matches, durably. Theirs leaves only after its entries are on disk, too |
//! | `Accepted` to a later round | `MsgHeartbeatResponse` | From them: copies the round, and says nothing of the log: match index 0. To them: there is no round of theirs to copy, since their reads are not translated |
//! | `Conflict { refused, hint }` | `MsgAppendResponse`, `reject` | `index`, and `reject_hint` with `log_term`. The same idea on both sides: the last place whose term is not after the one asked for, which the leader then skips to |
//! | `StaleTerm` | `MsgAppendResponse` of a later term | Theirs looks at nothing but the term. They send one only with check-quorum or pre-vote on; else their next vote request brings the term |
//! | `RequestVote` | `MsgRequestVote` | `by_transfer` is the context `CampaignTransfer`. Their `commit` and `commit_term`, a hint by which a voter may commit sooner, is left out; ours sends 0, which says nothing. Priorities are all 0 |
//! | `RequestVoteReply` | `MsgRequestVoteResponse` | `reject` has no reason: `AlreadyVotedFor` the voter stands for all of them. raft-core counts what is granted, and only shows reasons |
//! | `RequestPreVote { for_term }` | `MsgRequestPreVote` of term `for_term` | Theirs names only the term asked about; the sender's own is the one before |
//! | `RequestPreVoteReply`, granted | `MsgRequestPreVoteResponse` of term `for_term` | Their voter's own term is not said, so ours is told the asker's, which can't raise it |
//! | `RequestPreVoteReply`, refused | the same with `reject`, of the voter's term | If the voter's term is later, the asker takes it over, on both sides. What was asked about is not said: the term after the voter's is filled in, and where that is another, the refusal isn't counted. Refusals decide nothing |
//! | `TimeoutNow` | `MsgTimeoutNow` | |
//! | snapshots and reads | `MsgSnapshot`, `MsgReadIndex`, ... | not translated: logs are never compacted in a mixed cluster, and nobody reads. Forwarded proposals neither: clients talk to leaders |
//!
//! Two differences need no translation, but do decide which settings go together. Their
//! `check_quorum` also makes them ignore vote requests while they hear a leader, which is
//! `check_quorum` and `stickiness` here: a cluster sets all three or none. And without
//! `check_quorum` their leader grants pre-votes, where ours refuses them.

use raft::eraftpb::{self, EntryType, MessageType};
use raft_core::{
    AppendAnswer, AppendEntries, AppendReply, Command, Entry, Envelope, Index, Log, LogEnd,
    Message, MessageKind, NodeId, Payload, PreVoteReply, RequestPreVote, RequestVote, Round, Term,
    VoteAnswer, VoteRefusal,
};
use std::fmt;

/// Why a message can't be said in the other's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Untranslatable {
    /// A kind of message of ours that has no place in a mixed cluster.
    OurKind(MessageKind),
    /// A kind of message of theirs that has no place in a mixed cluster.
    TheirKind(MessageType),
    /// A change of members: they are fixed in a mixed cluster.
    Configuration,
    /// A command without bytes: theirs could not be told from a no-op.
    EmptyCommand,
    /// An id that no server of ours can have.
    UnknownServer(u64),
    /// The message is none that a server of theirs sends; this is wrong with it.
    Malformed(&'static str),
}

impl fmt::Display for Untranslatable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Untranslatable::OurKind(kind) => write!(formatter, "{kind:?} is not translated"),
            Untranslatable::TheirKind(kind) => write!(formatter, "{kind:?} is not translated"),
            Untranslatable::Configuration => formatter.write_str("members are fixed here"),
            Untranslatable::EmptyCommand => formatter.write_str("a command must have bytes here"),
            Untranslatable::UnknownServer(id) => write!(formatter, "no server has the id {id}"),
            Untranslatable::Malformed(what) => formatter.write_str(what),
        }
    }
}

impl std::error::Error for Untranslatable {}

/// The context that a vote request of theirs has if a leader told its sender to stand.
const BY_TRANSFER: &[u8] = b"CampaignTransfer";

/// The round of what confirms nothing: their `MsgAppend`, which no context comes back from.
const NO_ROUND: Round = Round(0);

/// The round of their heartbeats, by which an answer to one is told from other answers.
const THEIR_HEARTBEAT: Round = Round(1);

/// Their id of one of our servers.
pub fn their_id(id: NodeId) -> u64 {
    u64::from(id.number()) + 1
}

/// Our id of one of their servers.
///
/// # Errors
/// If no server of ours can have it.
pub fn our_id(id: u64) -> Result<NodeId, Untranslatable> {
    let number = id.checked_sub(1).and_then(|number| u8::try_from(number).ok());
    number.and_then(NodeId::new).ok_or(Untranslatable::UnknownServer(id))
}

/// An entry in their words.
///
/// # Errors
/// If it changes the members, or is a command without bytes.
pub fn their_entry(index: Index, entry: &Entry) -> Result<eraftpb::Entry, Untranslatable> {
    let mut theirs = eraftpb::Entry::default();
    theirs.set_entry_type(EntryType::EntryNormal);
    theirs.index = index.0;
    theirs.term = entry.term.0;
    match &entry.payload {
        Payload::NoOp => {}
        Payload::Command(command) if command.0.is_empty() => {
            return Err(Untranslatable::EmptyCommand);
        }
        Payload::Command(command) => theirs.data = command.0.to_vec().into(),
        _ => return Err(Untranslatable::Configuration),
    }
    Ok(theirs)
}

/// An entry in our words.
///
/// # Errors
/// If it changes the members.
pub fn our_entry(entry: &eraftpb::Entry) -> Result<Entry, Untranslatable> {
    if entry.get_entry_type() != EntryType::EntryNormal {
        return Err(Untranslatable::Configuration);
    }
    let payload = if entry.data.is_empty() {
        Payload::NoOp
    } else {
        Payload::Command(Command(entry.data[..].into()))
    };
    Ok(Entry { term: Term(entry.term), payload })
}

/// A message of ours in their words: one or two, to be taken in order.
///
/// # Errors
/// If it has no place in a mixed cluster.
pub fn to_theirs(envelope: &Envelope) -> Result<Vec<eraftpb::Message>, Untranslatable> {
    let mut theirs = eraftpb::Message {
        from: their_id(envelope.from),
        to: their_id(envelope.to),
        term: envelope.term.0,
        ..Default::default()
    };
    match &envelope.body {
        Message::AppendEntries(append) => return append_to_theirs(theirs, append),
        Message::RequestVote(request) => {
            theirs.set_msg_type(MessageType::MsgRequestVote);
            set_log_end(&mut theirs, request.log_end);
            if request.by_transfer {
                theirs.context = BY_TRANSFER.into();
            }
        }
        Message::RequestPreVote(request) => {
            theirs.set_msg_type(MessageType::MsgRequestPreVote);
            theirs.term = request.for_term.0;
            set_log_end(&mut theirs, request.log_end);
        }
        Message::RequestVoteReply(answer) => {
            theirs.set_msg_type(MessageType::MsgRequestVoteResponse);
            theirs.reject = *answer != VoteAnswer::Granted;
        }
        Message::RequestPreVoteReply(reply) => {
            theirs.set_msg_type(MessageType::MsgRequestPreVoteResponse);
            theirs.reject = reply.answer != VoteAnswer::Granted;
            if !theirs.reject {
                theirs.term = reply.for_term.0;
            }
        }
        Message::AppendEntriesReply(reply) => match reply.answer {
            AppendAnswer::Accepted { .. } if reply.round != NO_ROUND => {
                theirs.set_msg_type(MessageType::MsgHeartbeatResponse);
            }
            AppendAnswer::Accepted { match_index } => {
                theirs.set_msg_type(MessageType::MsgAppendResponse);
                theirs.index = match_index.0;
            }
            AppendAnswer::Conflict { refused, hint } => {
                theirs.set_msg_type(MessageType::MsgAppendResponse);
                theirs.reject = true;
                theirs.index = refused.0;
                theirs.reject_hint = hint.index.0;
                theirs.log_term = hint.term.0;
            }
            // All that it says is its term, which is later than the receiver's.
            AppendAnswer::StaleTerm => theirs.set_msg_type(MessageType::MsgAppendResponse),
        },
        Message::TimeoutNow => theirs.set_msg_type(MessageType::MsgTimeoutNow),
        other => return Err(Untranslatable::OurKind(other.kind())),
    }
    if theirs.term == 0 {
        return Err(Untranslatable::Malformed("a term of 0 is their sign of a local message"));
    }
    Ok(vec![theirs])
}

fn append_to_theirs(
    mut theirs: eraftpb::Message,
    append: &AppendEntries,
) -> Result<Vec<eraftpb::Message>, Untranslatable> {
    let mut messages = Vec::new();
    if append.round != NO_ROUND {
        let mut heartbeat = theirs.clone();
        heartbeat.set_msg_type(MessageType::MsgHeartbeat);
        heartbeat.context = append.round.0.to_be_bytes().to_vec().into();
        messages.push(heartbeat);
    }
    theirs.set_msg_type(MessageType::MsgAppend);
    set_log_end(&mut theirs, append.previous);
    theirs.commit = append.commit_index.0;
    let first = append.previous.index.next();
    let entries: Result<Vec<_>, _> = (first.0..)
        .zip(&append.entries)
        .map(|(index, entry)| their_entry(Index(index), entry))
        .collect();
    theirs.set_entries(entries?.into());
    messages.push(theirs);
    Ok(messages)
}

fn set_log_end(theirs: &mut eraftpb::Message, log_end: LogEnd) {
    theirs.index = log_end.index.0;
    theirs.log_term = log_end.term.0;
}

/// A message of theirs in our words, for a server of ours with this log.
///
/// # Errors
/// If it has no place in a mixed cluster, or no server of theirs sends such a one.
pub fn to_ours(theirs: &eraftpb::Message, receiver: &Log) -> Result<Envelope, Untranslatable> {
    let mut term = Term(theirs.term);
    let log_end = LogEnd { index: Index(theirs.index), term: Term(theirs.log_term) };
    let body = match theirs.get_msg_type() {
        MessageType::MsgAppend => Message::AppendEntries(append_to_ours(theirs, log_end)?),
        MessageType::MsgHeartbeat => {
            let commit_index = Index(theirs.commit);
            let previous = receiver
                .term_at(commit_index)
                .map(|term| LogEnd { index: commit_index, term })
                .unwrap_or_default();
            Message::AppendEntries(AppendEntries {
                previous,
                entries: Vec::new(),
                commit_index,
                round: THEIR_HEARTBEAT,
                confirms_read: false,
            })
        }
        MessageType::MsgAppendResponse => {
            Message::AppendEntriesReply(append_response_to_ours(theirs)?)
        }
        MessageType::MsgHeartbeatResponse => {
            let round = <[u8; 8]>::try_from(&theirs.context[..])
                .map_err(|_| Untranslatable::Malformed("the answer to a heartbeat has no round"))?;
            Message::AppendEntriesReply(AppendReply {
                round: Round(u64::from_be_bytes(round)),
                answer: AppendAnswer::Accepted { match_index: Index::ZERO },
            })
        }
        MessageType::MsgRequestVote => Message::RequestVote(RequestVote {
            log_end,
            by_transfer: &theirs.context[..] == BY_TRANSFER,
        }),
        MessageType::MsgRequestPreVote => {
            let for_term = term;
            term = term_before(for_term)?;
            Message::RequestPreVote(RequestPreVote { for_term, log_end })
        }
        MessageType::MsgRequestVoteResponse => Message::RequestVoteReply(vote_answer(theirs)?),
        MessageType::MsgRequestPreVoteResponse => {
            let answer = vote_answer(theirs)?;
            let for_term = if theirs.reject { term.next() } else { term };
            term = term_before(for_term)?;
            Message::RequestPreVoteReply(PreVoteReply { for_term, answer })
        }
        MessageType::MsgTimeoutNow => Message::TimeoutNow,
        other => return Err(Untranslatable::TheirKind(other)),
    };
    Ok(Envelope { from: our_id(theirs.from)?, to: our_id(theirs.to)?, term, body })
}

fn append_to_ours(
    theirs: &eraftpb::Message,
    previous: LogEnd,
) -> Result<AppendEntries, Untranslatable> {
    let is_gapless = (previous.index.next().0..)
        .zip(theirs.entries.iter())
        .all(|(index, entry)| entry.index == index);
    if !is_gapless {
        return Err(Untranslatable::Malformed("the entries don't follow one another"));
    }
    let entries: Result<Vec<Entry>, _> = theirs.entries.iter().map(our_entry).collect();
    Ok(AppendEntries {
        previous,
        entries: entries?,
        commit_index: Index(theirs.commit),
        round: NO_ROUND,
        confirms_read: false,
    })
}

fn append_response_to_ours(theirs: &eraftpb::Message) -> Result<AppendReply, Untranslatable> {
    if theirs.request_snapshot != 0 {
        return Err(Untranslatable::TheirKind(MessageType::MsgSnapshot));
    }
    let answer = if theirs.reject {
        AppendAnswer::Conflict {
            refused: Index(theirs.index),
            hint: LogEnd { index: Index(theirs.reject_hint), term: Term(theirs.log_term) },
        }
    } else {
        AppendAnswer::Accepted { match_index: Index(theirs.index) }
    };
    Ok(AppendReply { round: NO_ROUND, answer })
}

fn vote_answer(theirs: &eraftpb::Message) -> Result<VoteAnswer, Untranslatable> {
    Ok(if theirs.reject {
        VoteAnswer::Refused(VoteRefusal::AlreadyVotedFor(our_id(theirs.from)?))
    } else {
        VoteAnswer::Granted
    })
}

fn term_before(term: Term) -> Result<Term, Untranslatable> {
    let before = term.0.checked_sub(1).map(Term);
    before.ok_or(Untranslatable::Malformed("a pre-vote is never about term 0"))
}

#[cfg(test)]
mod tests;
