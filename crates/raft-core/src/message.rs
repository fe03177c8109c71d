//! What servers say to each other: the RPCs of the paper's Figures 2 and 13, and what the
//! dissertation adds to them.

use crate::follower_read::ReadNumber;
use crate::log::{Entry, Index, LogEnd, Term};
use crate::membership::{Membership, NodeId};
use crate::read::{ReadBasis, ReadMode, ReadRefusal};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A message on its way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Envelope {
    /// Who sent it.
    pub from: NodeId,
    /// Whom it is for.
    pub to: NodeId,
    /// The sender's term when it was made.
    pub term: Term,
    /// What it says.
    pub body: Message,
}

/// What a message says, with just the fields of its kind.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Message {
    /// A candidate asks for a vote (section 5.2).
    RequestVote(RequestVote),
    /// The answer to it.
    RequestVoteReply(VoteAnswer),
    /// A server asks whether it would get a vote, before it stands (dissertation,
    /// section 9.6). Neither this nor a yes to it changes any state.
    RequestPreVote(RequestPreVote),
    /// The answer to it.
    RequestPreVoteReply(PreVoteReply),
    /// A leader replicates entries; without entries, a heartbeat (section 5.3).
    AppendEntries(AppendEntries),
    /// The answer to it.
    AppendEntriesReply(AppendReply),
    /// A leader hands over: the receiver is to stand at once (dissertation, section 3.10).
    TimeoutNow,
    /// A leader sends a part of its snapshot, in place of entries that it no longer has
    /// (section 7).
    InstallSnapshot(InstallSnapshot),
    /// The answer to it.
    InstallSnapshotReply(InstallSnapshotReply),
    /// A follower asks its leader for a read index (dissertation, section 6.4).
    RequestReadIndex(RequestReadIndex),
    /// The answer to it.
    RequestReadIndexReply(RequestReadIndexReply),
}

/// A candidate asks for a vote.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestVote {
    /// The end of the candidate's log.
    pub log_end: LogEnd,
    /// Whether the leader told it to stand: then voters that hear that leader answer
    /// too (dissertation, section 4.2.3).
    pub by_transfer: bool,
}

/// A server asks whether it would get a vote.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestPreVote {
    /// The term that it would stand in: the one after its own.
    pub for_term: Term,
    /// The end of its log.
    pub log_end: LogEnd,
}

/// The answer to a pre-vote.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PreVoteReply {
    /// The term that was asked about.
    pub for_term: Term,
    /// Whether the vote would be given.
    pub answer: VoteAnswer,
}

/// Whether the vote was given, and if not, why. The paper sends one bit; the
/// reason rides along so that whoever watches need not guess.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum VoteAnswer {
    /// The vote is the candidate's.
    Granted,
    /// It is not.
    Refused(VoteRefusal),
}

/// Why a vote was refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum VoteRefusal {
    /// The candidate's term is over: the voter is in a later one (section 5.1).
    StaleTerm,
    /// The voter gave this term's vote to another (section 5.2).
    AlreadyVotedFor(NodeId),
    /// The candidate's log is not at least as up to date (section 5.4.1).
    LogBehind {
        /// The end of the candidate's log.
        candidate: LogEnd,
        /// The end of the voter's.
        voter: LogEnd,
    },
    /// The voter leads this very term.
    IsLeader,
    /// The voter has heard from a leader within the minimum election timeout. Only
    /// a pre-vote is refused so: a request for the vote itself gets no answer.
    HearsLeader,
}

/// The number of a round of heartbeats. A leader counts its rounds within a term
/// and remembers when it SENT each one; followers copy the number back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Round(pub u64);

impl Round {
    /// The round after this one.
    #[must_use]
    pub const fn next(self) -> Round {
        Round(self.0.saturating_add(1))
    }
}

/// A leader replicates entries, or, without any, just shows that it is there.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AppendEntries {
    /// The place before the new entries, which the follower must hold too.
    pub previous: LogEnd,
    /// The entries, in order from `previous.index + 1`.
    pub entries: Vec<Entry>,
    /// The leader's commit index.
    pub commit_index: Index,
    /// The leader's newest round. Sent at or before this message, so an answer
    /// proves that the follower followed at some time after the round was sent.
    pub round: Round,
    /// Whether this round was begun to confirm a read: for whoever watches.
    pub confirms_read: bool,
}

/// The answer to AppendEntries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AppendReply {
    /// The round of the message that is answered.
    pub round: Round,
    /// What became of the entries.
    pub answer: AppendAnswer,
}

/// What became of the entries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum AppendAnswer {
    /// The follower's log matches the leader's, durably, up to here.
    Accepted {
        /// The last index known to match.
        match_index: Index,
    },
    /// The follower has no entry of that term at that place (section 5.3).
    Conflict {
        /// The place before the entries that were refused.
        refused: Index,
        /// The last place of the follower's, at or before it, whose term is not
        /// after the one asked for: nothing past it can match.
        hint: LogEnd,
    },
    /// The leader's term is over: the follower is in a later one (section 5.1).
    StaleTerm,
}

/// A leader sends a part of its snapshot. Figure 13 of the paper, with the length of the
/// whole in place of the flag `done`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InstallSnapshot {
    /// The last entry that the snapshot covers: with the leader's term, its name.
    pub end: LogEnd,
    /// The configuration as of that entry.
    pub membership: Membership,
    /// How long the whole is, in bytes.
    pub total_bytes: u64,
    /// Where in it the chunk begins, in bytes.
    pub offset: u64,
    /// The bytes from there on; the whole is there once they reach `total_bytes`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::log::hexadecimal"))]
    #[cfg_attr(feature = "schema", schemars(with = "str"))]
    pub chunk: Arc<[u8]>,
    /// The leader's newest round, as in AppendEntries.
    pub round: Round,
}

/// The answer to InstallSnapshot, and which chunk it answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InstallSnapshotReply {
    /// The round of the message that is answered.
    pub round: Round,
    /// The end of the snapshot that the chunk was of.
    pub end: LogEnd,
    /// Where in it the chunk began, in bytes.
    pub offset: u64,
    /// What became of it.
    pub answer: SnapshotAnswer,
}

/// What became of a chunk of a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum SnapshotAnswer {
    /// The follower has the bytes before this one, and wants those from here on.
    Wants {
        /// In bytes from the snapshot's beginning.
        offset: u64,
    },
    /// The follower has, durably, all that the snapshot covers: it installed it, or had
    /// those entries already.
    Installed {
        /// The last index known to match.
        match_index: Index,
    },
    /// The leader's term is over: the follower is in a later one (section 5.1).
    StaleTerm,
}

/// A follower asks its leader up to where it must have applied to answer reads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestReadIndex {
    /// The follower's number for the request.
    pub number: ReadNumber,
    /// By what the leader is to make sure that it still leads: ReadIndex or its lease.
    pub mode: ReadMode,
}

/// The answer to RequestReadIndex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestReadIndexReply {
    /// The number of the request.
    pub number: ReadNumber,
    /// The answer.
    pub answer: ReadIndexAnswer,
}

/// What a leader answers to a follower that asks for a read index.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum ReadIndexAnswer {
    /// It led after the request came.
    Confirmed {
        /// What was committed then.
        read_index: Index,
        /// By what it knows.
        basis: ReadBasis,
    },
    /// It can't say.
    Refused(ReadRefusal),
}

/// The kind of a message, for whoever counts or draws them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum MessageKind {
    /// RequestVote.
    RequestVote,
    /// Its answer.
    RequestVoteReply,
    /// RequestPreVote.
    RequestPreVote,
    /// Its answer.
    RequestPreVoteReply,
    /// AppendEntries.
    AppendEntries,
    /// Its answer.
    AppendEntriesReply,
    /// TimeoutNow.
    TimeoutNow,
    /// InstallSnapshot.
    InstallSnapshot,
    /// Its answer.
    InstallSnapshotReply,
    /// RequestReadIndex.
    RequestReadIndex,
    /// Its answer.
    RequestReadIndexReply,
}

impl MessageKind {
    /// Whether it answers another.
    pub const fn is_reply(self) -> bool {
        match self {
            MessageKind::RequestVoteReply
            | MessageKind::RequestPreVoteReply
            | MessageKind::AppendEntriesReply
            | MessageKind::InstallSnapshotReply
            | MessageKind::RequestReadIndexReply => true,
            MessageKind::RequestVote
            | MessageKind::RequestPreVote
            | MessageKind::AppendEntries
            | MessageKind::TimeoutNow
            | MessageKind::InstallSnapshot
            | MessageKind::RequestReadIndex => false,
        }
    }
}

impl Message {
    /// The kind.
    pub const fn kind(&self) -> MessageKind {
        match self {
            Message::RequestVote(_) => MessageKind::RequestVote,
            Message::RequestVoteReply(_) => MessageKind::RequestVoteReply,
            Message::RequestPreVote(_) => MessageKind::RequestPreVote,
            Message::RequestPreVoteReply(_) => MessageKind::RequestPreVoteReply,
            Message::AppendEntries(_) => MessageKind::AppendEntries,
            Message::AppendEntriesReply(_) => MessageKind::AppendEntriesReply,
            Message::TimeoutNow => MessageKind::TimeoutNow,
            Message::InstallSnapshot(_) => MessageKind::InstallSnapshot,
            Message::InstallSnapshotReply(_) => MessageKind::InstallSnapshotReply,
            Message::RequestReadIndex(_) => MessageKind::RequestReadIndex,
            Message::RequestReadIndexReply(_) => MessageKind::RequestReadIndexReply,
        }
    }
}
