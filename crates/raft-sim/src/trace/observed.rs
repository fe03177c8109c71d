#![doc = include_str!("../../TRACE.md")]

mod check;
mod entries;
mod of_ours;
mod operations;
mod rule;
#[cfg(feature = "schema")]
mod schema;
mod server;

pub use of_ours::observed;
pub use rule::Rule;
#[cfg(feature = "schema")]
pub use schema::schema;

use super::lines::{Lines, check_shape};
use super::reading;
use super::{Limits, TraceError, TraceProblem, Verdict};
use crate::json;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use raft_core::{Index, MAX_NODES, Micros, Term};
use serde::{Deserialize, Serialize};
use std::io::BufRead;

/// What such a trace says it is, in its first line.
pub const OBSERVED_FORMAT: &str = "raftlab-observed-trace";
/// The version of the format.
pub const OBSERVED_VERSION: u32 = 1;

/// The first line: who is observed, and what is told of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ObservedHead {
    /// `raftlab-observed-trace`.
    pub format: String,
    /// 1.
    pub version: u32,
    /// Which implementation this is a trace of, and which version of it.
    pub implementation: String,
    /// The names of all servers that are ever told of, at most 64, each once.
    pub nodes: Vec<String>,
    /// Who votes at the beginning; if it is missing, all of `nodes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voters: Option<Vec<String>>,
    /// What the trace tells all of, beside roles and terms, which every trace tells.
    pub tells: Vec<Tells>,
}

/// A kind of thing that a trace tells all of, or nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Tells {
    /// Votes that were granted: `voted`.
    Votes,
    /// What is in each server's log: `appended`, `truncated`.
    Logs,
    /// How far each server's log is committed: `committed`.
    Commits,
    /// What each server's state machine applies: `applied`.
    Applies,
    /// Messages: `sent`, `delivered`, `lost`.
    Messages,
    /// What clients asked and were told: `operation-began`, `operation-ended`.
    Operations,
}

/// Every other line: something that happened, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ObservedLine {
    /// When, in microseconds since the trace began. Time does not go back.
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub at: Micros,
    /// What.
    pub what: Observed,
}

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Observed {
    /// A server is of this role, in this term, from now on.
    Role {
        /// Which.
        node: String,
        /// What it is.
        role: ObservedRole,
        /// Its current term.
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        term: Term,
    },
    /// A server gave its vote, to itself too, and the vote is on its disk.
    Voted {
        /// Which.
        node: String,
        /// Whom it voted for.
        candidate: String,
        /// In which term.
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        term: Term,
    },
    /// A server put entries into its log; what stood from `first` on is replaced.
    Appended {
        /// Which.
        node: String,
        /// The index of the first of them.
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        first: Index,
        /// The entries, in order.
        entries: Vec<ObservedEntry>,
    },
    /// A server removed the entries from `first` on.
    Truncated {
        /// Which.
        node: String,
        /// The index of the first that is gone.
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        first: Index,
    },
    /// A snapshot stands for a server's log up to this entry: its own, or a leader's.
    Snapshot {
        /// Which.
        node: String,
        /// The index of the last entry that it covers.
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        index: Index,
        /// The term of that entry.
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        term: Term,
    },
    /// A server knows its log to be committed up to here.
    Committed {
        /// Which.
        node: String,
        /// The index of the last committed entry.
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        index: Index,
    },
    /// A server's state machine applied an entry.
    Applied {
        /// Which.
        node: String,
        /// Where it stands in the log.
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        index: Index,
        /// Its term.
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        term: Term,
        /// What it holds, as in [`ObservedEntry::value`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
    },
    /// A server goes by this configuration from now on.
    Configuration {
        /// Which.
        node: String,
        /// Who votes.
        voters: Vec<String>,
        /// In a joint configuration, who votes in the one that is left.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        outgoing: Vec<String>,
        /// Who gets the log and has no vote.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        learners: Vec<String>,
    },
    /// A server stopped, for whatever reason.
    Crashed {
        /// Which.
        node: String,
    },
    /// A server started again with what its disk held.
    Restarted {
        /// Which.
        node: String,
        /// The term on its disk.
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        term: Term,
        /// The last index of the log on its disk; if it is missing, all that was told of
        /// its log was there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
        last_index: Option<Index>,
        /// The term of the entry at that index, 0 for an empty log. It says which of its logs
        /// came back, where what the server had overwritten was on its disk and what it had put
        /// there was not. If it is missing, the last log that reached so far did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
        last_term: Option<Term>,
        /// Up to where a snapshot on its disk stands for the log, 0 for nowhere. If it is
        /// missing, as far as was told of that log last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
        snapshot: Option<Index>,
    },
    /// A message left its sender.
    Sent {
        /// Its number: no two messages on their way have the same.
        message: u64,
        /// Who sent it.
        from: String,
        /// Whom it is for.
        to: String,
        /// What it is.
        kind: ObservedMessage,
        /// How many entries it carries: none, in a heartbeat.
        #[serde(default, skip_serializing_if = "is_zero")]
        entries: u64,
        /// Whether it is an answer that says no.
        #[serde(default, skip_serializing_if = "is_false")]
        refused: bool,
    },
    /// A message arrived.
    Delivered {
        /// Its number.
        message: u64,
    },
    /// A message was lost.
    Lost {
        /// Its number.
        message: u64,
    },
    /// A client began an operation on a key.
    OperationBegan {
        /// Its number: no two operations have the same.
        operation: u64,
        /// Who.
        client: String,
        /// The key.
        key: String,
        /// What it writes; a read, if it is missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        write: Option<String>,
    },
    /// A client was told, or gave up.
    OperationEnded {
        /// Its number.
        operation: u64,
        /// What became of it.
        outcome: ObservedOutcome,
    },
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_false(yes: &bool) -> bool {
    !*yes
}

/// What a server is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ObservedRole {
    /// It follows, votes or not.
    Follower,
    /// It asks whether it would win an election.
    PreCandidate,
    /// It stands for election.
    Candidate,
    /// It leads.
    Leader,
}

/// An entry of a log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ObservedEntry {
    /// The term of the leader that created it.
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub term: Term,
    /// What it holds, or a hash of that: any text that is the same for the same content
    /// and another for another. Where it is missing, only terms are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// What a message is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ObservedMessage {
    /// A candidate asks for a vote.
    RequestVote,
    /// The answer.
    RequestVoteReply,
    /// A server asks whether it would get a vote.
    RequestPreVote,
    /// The answer.
    RequestPreVoteReply,
    /// A leader replicates entries or, without any, shows that it is there.
    AppendEntries,
    /// The answer.
    AppendEntriesReply,
    /// A leader sends its snapshot, or a part of it.
    InstallSnapshot,
    /// The answer.
    InstallSnapshotReply,
    /// A leader hands its office over.
    TimeoutNow,
    /// A follower asks its leader for a read index.
    RequestReadIndex,
    /// The answer.
    RequestReadIndexReply,
}

/// What became of an operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ObservedOutcome {
    /// The write is done.
    Written,
    /// The read found this; `null` where the key was never written.
    Found(Option<String>),
    /// It has no effect, now or later.
    Refused,
    /// Nobody knows: a write may have taken effect, or may yet.
    GaveUp,
}

/// A whole trace of another implementation's, read and checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Observation {
    /// Its first line.
    pub head: ObservedHead,
    /// Every other line, from line 2 on.
    pub lines: Vec<ObservedLine>,
    /// How the rules stand in it.
    pub verdict: Verdict,
}

impl Observation {
    /// Reads a trace as a whole, for whoever wants to draw it; [`check`](super::check) is
    /// enough to check it.
    ///
    /// # Errors
    /// Why it is no such trace, with the first line that shows it.
    pub fn read(reader: impl BufRead) -> Result<Observation, TraceError> {
        let limits = Limits::default();
        let mut lines = Lines::new(reader, &limits);
        let first = reading::first_line(&mut lines, &limits)?;
        match reading::format_of(&first) {
            Ok(reading::Format::Observed) => {}
            Ok(reading::Format::Ours) => return Err(lines.error(TraceProblem::NotObserved)),
            Err(problem) => return Err(lines.error(problem)),
        }
        let mut told = Vec::new();
        let (head, verdict) = walk(&first, &mut lines, &limits, |line| told.push(line.clone()))?;
        Ok(Observation { head, lines: told, verdict })
    }

    /// Writes it again. Of a trace that was written so, the bytes are the same.
    ///
    /// # Errors
    /// Where `to` takes no more.
    pub fn write(&self, to: &mut impl fmt::Write) -> fmt::Result {
        self.head.write(to)?;
        self.lines.iter().try_for_each(|line| line.write(to))
    }
}

impl ObservedHead {
    /// The head of a trace in which all nodes vote from the beginning.
    pub fn new(implementation: &str, nodes: Vec<String>, tells: Vec<Tells>) -> ObservedHead {
        ObservedHead {
            format: OBSERVED_FORMAT.to_string(),
            version: OBSERVED_VERSION,
            implementation: implementation.to_string(),
            nodes,
            voters: None,
            tells,
        }
    }

    /// Writes it as the first line.
    ///
    /// # Errors
    /// Where `to` takes no more.
    pub fn write(&self, to: &mut impl fmt::Write) -> fmt::Result {
        super::line(to, self)
    }

    fn read(line: &[u8]) -> Result<ObservedHead, TraceProblem> {
        let malformed = |because: String| TraceProblem::Malformed(because);
        let head: ObservedHead =
            serde_json::from_slice(line).map_err(|error| malformed(in_words(&error)))?;
        let most = usize::from(MAX_NODES);
        if head.nodes.is_empty() || head.nodes.len() > most {
            let count = head.nodes.len();
            return Err(malformed(alloc::format!(
                "it names {count} nodes: name 1 to {most} of them"
            )));
        }
        let mut names: Vec<&String> = head.nodes.iter().collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(malformed(alloc::format!("it names the node “{}” twice", twice[0])));
        }
        Ok(head)
    }
}

impl ObservedLine {
    /// Writes it as a line.
    ///
    /// # Errors
    /// Where `to` takes no more.
    pub fn write(&self, to: &mut impl fmt::Write) -> fmt::Result {
        super::line(to, self)
    }
}

impl fmt::Display for ObservedLine {
    /// As it stands in a trace, without the end of the line.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        json::write(formatter, self).map_err(|_| fmt::Error)
    }
}

/// What a parser says, without the line: it sees one at a time, and always says 1.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line 1 column ") {
        Some((what, column)) => alloc::format!("{what} (byte {column})"),
        None => text,
    }
}

/// Checks what follows the head `first`.
pub(super) fn check<R: BufRead>(
    first: &[u8],
    lines: &mut Lines<'_, R>,
    limits: &Limits,
) -> Result<Verdict, TraceError> {
    walk(first, lines, limits, |_| {}).map(|(_, verdict)| verdict)
}

fn walk<R: BufRead>(
    first: &[u8],
    lines: &mut Lines<'_, R>,
    limits: &Limits,
    mut see: impl FnMut(&ObservedLine),
) -> Result<(ObservedHead, Verdict), TraceError> {
    lines.limit_file(limits.observed_file_bytes);
    let head = ObservedHead::read(first).map_err(|problem| lines.error(problem))?;
    let checker = check::Checker::new(&head);
    let mut checker = checker.map_err(|because| lines.error(TraceProblem::Malformed(because)))?;
    while let Some(text) = lines.next()? {
        let read = check_shape(text, limits).and_then(|()| {
            serde_json::from_slice::<ObservedLine>(text)
                .map_err(|error| TraceProblem::Malformed(in_words(&error)))
        });
        let line = read.map_err(|problem| lines.error(problem))?;
        let taken = checker.take(lines.number(), &line);
        taken.map_err(|because| lines.error(TraceProblem::Malformed(because)))?;
        see(&line);
    }
    Ok((head, checker.verdict(lines.number().saturating_sub(1))))
}
