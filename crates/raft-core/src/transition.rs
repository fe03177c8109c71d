//! What happened inside a node, each with its reason: what an observer could
//! want to tell. Animations, logs, stories and monitors live off these.

use crate::configuration::ReconfigurationRefusal;
use crate::follower_read::ReadNumber;
use crate::log::{Index, LogEnd, Term};
use crate::membership::{Membership, NodeId, NodeSet};
use crate::message::{MessageKind, Round, VoteRefusal};
use crate::read::{ReadBasis, ReadMode, ReadRefusal, RequestId};
use crate::snapshot::SnapshotRefusal;
use crate::time::Micros;

/// Something that happened inside a node, and why.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Transition {
    /// The term went up (section 5.1).
    TermAdvanced {
        /// The term before.
        from: Term,
        /// The term now.
        to: Term,
        /// What made it.
        because: TermCause,
    },
    /// A new election timeout was drawn; it runs from now.
    TimeoutDrawn {
        /// How long it is.
        timeout: Micros,
        /// When it ends, by the node's own clock.
        deadline: Micros,
    },
    /// The node asks whether it would win, before it stands.
    BecamePreCandidate {
        /// The term that it would stand in.
        for_term: Term,
        /// Why it asks.
        because: CandidateCause,
    },
    /// It said that it would vote for a server. Nothing is promised by that.
    PreVoteGranted {
        /// Which.
        to: NodeId,
        /// In which term.
        for_term: Term,
    },
    /// It said that it would not.
    PreVoteRefused {
        /// Which.
        to: NodeId,
        /// In which term.
        for_term: Term,
        /// Why.
        because: VoteRefusal,
    },
    /// As pre-candidate, it has these answers now.
    PreVotesCounted {
        /// Who would vote for it.
        granted: NodeSet,
        /// Who would not.
        refused: NodeSet,
    },
    /// The node stands for election.
    BecameCandidate {
        /// The term that it stands in.
        term: Term,
        /// Why it stands.
        because: CandidateCause,
    },
    /// The node won its election.
    BecameLeader {
        /// The term that it leads.
        term: Term,
        /// Who voted for it.
        votes: NodeSet,
    },
    /// The node was more than a follower and is one now.
    SteppedDown {
        /// What it was.
        was: Office,
        /// What made it.
        because: StepDownCause,
    },
    /// The node knows who leads its term now.
    LeaderRecognised {
        /// Who.
        leader: NodeId,
    },
    /// It gave its vote of this term away; the answer goes once that is durable.
    VoteGranted {
        /// To whom.
        to: NodeId,
    },
    /// It refused its vote.
    VoteRefused {
        /// To whom.
        to: NodeId,
        /// Why.
        because: VoteRefusal,
    },
    /// It ignored a request for its vote, term and all, because it follows, or is,
    /// a leader that lives (dissertation, section 4.2.3).
    VoteIgnored {
        /// Who asked; the node itself where it was told to stand.
        from: NodeId,
        /// The term that was asked for.
        term: Term,
        /// When it last heard from the leader, by its own clock.
        leader_heard_at: Micros,
    },
    /// As candidate, it has the votes of these now.
    VotesCounted {
        /// Who voted for it.
        granted: NodeSet,
        /// Who refused.
        refused: NodeSet,
    },
    /// A leader took a client's command, or its own no-op, into its log.
    EntryProposed {
        /// Where.
        index: Index,
    },
    /// A follower appended entries of the leader's.
    EntriesAppended {
        /// The first of them.
        first: Index,
        /// The last of them.
        last: Index,
    },
    /// A follower removed entries that conflict with the leader's (section 5.3).
    EntriesRemoved {
        /// The first of them.
        first: Index,
        /// The last of them.
        last: Index,
        /// Whether some were committed: Raft never does this, modified Raft may.
        committed: bool,
    },
    /// A follower refused entries: the place before them doesn't match (section 5.3).
    EntriesRefused {
        /// The place that the leader asked for.
        asked: LogEnd,
        /// What the follower answers: nothing past this can match.
        hint: LogEnd,
    },
    /// A leader learned that a follower's log matches its own further.
    MatchAdvanced {
        /// The follower.
        follower: NodeId,
        /// Up to where.
        match_index: Index,
    },
    /// A leader goes back in its log to find where a follower's parts from it.
    NextSetBack {
        /// The follower.
        follower: NodeId,
        /// What it will send next.
        next_index: Index,
    },
    /// It goes by another configuration from now on.
    ConfigurationAdopted {
        /// Where it stands in the log.
        index: Index,
        /// Who the members are.
        membership: Membership,
    },
    /// A leader won't change the members so, or not now.
    ReconfigurationRefused {
        /// The request.
        request: RequestId,
        /// Why.
        because: ReconfigurationRefusal,
    },
    /// A leader began to hand its office over (dissertation, section 3.10).
    TransferStarted {
        /// To whom.
        to: NodeId,
    },
    /// The target is up to date and was told to stand.
    TransferTold {
        /// Who.
        to: NodeId,
    },
    /// A leader serves its clients again: it hands over no more.
    TransferEnded {
        /// To whom it was to go.
        to: NodeId,
        /// Why it won't.
        because: TransferEnd,
    },
    /// The commit index went up (section 5.3, 5.4.2).
    CommitAdvanced {
        /// It was.
        from: Index,
        /// It is.
        to: Index,
        /// Why.
        because: CommitCause,
    },
    /// A majority holds the entry at `index`, but it is of an earlier term: it
    /// can be committed only by way of one of the leader's own (section 5.4.2).
    CommitWithheld {
        /// The entry that a majority holds.
        index: Index,
        /// Its term.
        term: Term,
    },
    /// A leader began a round of heartbeats.
    RoundStarted {
        /// Its number.
        round: Round,
        /// Whether a read waits for it.
        confirms_read: bool,
    },
    /// A majority has answered a round; the leader was still leader when it sent it.
    RoundConfirmed {
        /// The newest such round.
        round: Round,
        /// When that round was sent, by the leader's own clock.
        sent_at: Micros,
        /// Until when reads may be answered from the lease, by the leader's own
        /// clock; `None` where leases are off.
        lease_until: Option<Micros>,
    },
    /// A leader took a read.
    ReadAccepted {
        /// The request.
        request: RequestId,
        /// How it asked to be answered.
        mode: ReadMode,
        /// What it waits for first.
        waits_for: ReadWait,
    },
    /// The leader is still leader, as far as this read needs to know.
    ReadConfirmed {
        /// The request.
        request: RequestId,
        /// What the state machine must have applied before it answers.
        read_index: Index,
        /// By what the leader knows.
        basis: ReadBasis,
    },
    /// The read may be answered from the state machine now.
    ReadReady {
        /// The request.
        request: RequestId,
        /// The index that it reads at, or later.
        read_index: Index,
        /// By what the leader knew that it is still leader.
        basis: ReadBasis,
    },
    /// The read won't be answered here.
    ReadRefused {
        /// The request.
        request: RequestId,
        /// Why.
        because: ReadRefusal,
    },
    /// The server's own snapshot is in place of the entries that it covers.
    SnapshotTaken {
        /// The last entry that it covers.
        end: LogEnd,
        /// How long it is.
        bytes: u64,
    },
    /// A snapshot that the driver took was not used.
    SnapshotRefused {
        /// The last entry that it claims to cover.
        index: Index,
        /// Why.
        because: SnapshotRefusal,
    },
    /// The first entries of the log are gone: a snapshot covers them.
    LogCompacted {
        /// The last of them.
        through: Index,
    },
    /// A leader began to send its snapshot to a follower, since it no longer has the
    /// next entry that the follower lacks (section 7).
    SnapshotSendStarted {
        /// To whom.
        to: NodeId,
        /// The last entry that it covers.
        end: LogEnd,
        /// How long it is.
        bytes: u64,
    },
    /// A leader sent a chunk of its snapshot again: an election timeout passed without
    /// an answer.
    SnapshotChunkRepeated {
        /// To whom.
        to: NodeId,
        /// Where in the snapshot the chunk begins, in bytes.
        offset: u64,
    },
    /// A follower has one more chunk of its leader's snapshot.
    SnapshotChunkTaken {
        /// From whom.
        from: NodeId,
        /// The last entry that the snapshot covers.
        end: LogEnd,
        /// How many bytes of it are here now.
        received: u64,
        /// Of how many.
        total: u64,
    },
    /// A follower can't use a chunk: it is not the next one.
    SnapshotChunkRefused {
        /// From whom.
        from: NodeId,
        /// Where in the snapshot the chunk begins, in bytes.
        offset: u64,
        /// Where the one that it wants begins.
        wanted: u64,
    },
    /// A follower goes by its leader's snapshot: its log and its state are replaced.
    SnapshotInstalled {
        /// From whom.
        from: NodeId,
        /// The last entry that it covers.
        end: LogEnd,
    },
    /// A follower has what its leader's snapshot covers: its log stays as it is, and is
    /// committed up to there (section 7).
    FastForwarded {
        /// From whom.
        from: NodeId,
        /// The last entry that the snapshot covers.
        end: LogEnd,
    },
    /// A follower asked its leader for a read index, for the reads that wait.
    ReadIndexRequested {
        /// Whom.
        leader: NodeId,
        /// The number of the request.
        number: ReadNumber,
        /// By what the leader is to make sure that it still leads.
        mode: ReadMode,
    },
    /// A leader took a follower's request for a read index.
    ReadIndexAsked {
        /// Who asks.
        from: NodeId,
        /// The number of the request.
        number: ReadNumber,
        /// What the answer waits for first.
        waits_for: ReadWait,
    },
    /// A leader told a follower a read index: it led after the request came.
    ReadIndexGiven {
        /// Whom.
        to: NodeId,
        /// The number of the request.
        number: ReadNumber,
        /// What was committed when the request came.
        read_index: Index,
        /// By what it knows that it led.
        basis: ReadBasis,
    },
    /// The node can't tell a follower a read index.
    ReadIndexRefused {
        /// Whom.
        to: NodeId,
        /// The number of the request.
        number: ReadNumber,
        /// Why.
        because: ReadRefusal,
    },
    /// A message or report was ignored.
    Ignored {
        /// The sender, if it was a message.
        from: Option<NodeId>,
        /// The kind, if it was a message.
        kind: Option<MessageKind>,
        /// Why.
        because: IgnoreCause,
    },
}

/// What made the term go up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum TermCause {
    /// The node stands for election itself.
    StandsForElection,
    /// It saw a message of a later term.
    SawMessage {
        /// Whose.
        from: NodeId,
        /// Of which kind.
        kind: MessageKind,
    },
}

/// Why a node stands for election.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum CandidateCause {
    /// Its election timeout ran out.
    TimeoutFired {
        /// The timeout that ran out.
        timeout: Micros,
    },
    /// It was told to, before its timeout ran out.
    Told,
    /// A majority said that they would vote for it.
    PreVoteWon,
    /// The leader hands over to it.
    TimeoutNow {
        /// Who.
        from: NodeId,
    },
}

/// Why a transfer came to nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum TransferEnd {
    /// An election timeout passed.
    TimedOut,
}

/// What a node that steps down was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Office {
    /// It asked whether it would win.
    PreCandidate,
    /// It stood for election.
    Candidate,
    /// It led.
    Leader,
}

/// Why a node became a follower again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum StepDownCause {
    /// It saw a later term (section 5.1).
    LaterTerm {
        /// In a message from.
        from: NodeId,
        /// The term.
        term: Term,
    },
    /// It has not heard from a majority for an election timeout (dissertation, section 6.2).
    LostMajority {
        /// When it sent the last round that a majority answered, by its own clock.
        last_confirmed_sent_at: Micros,
    },
    /// It is no voter any more, and that is committed (dissertation, section 4.2.2).
    Removed,
    /// Another candidate won this term (section 5.2).
    LeaderOfThisTerm {
        /// Who.
        leader: NodeId,
    },
}

/// Why the commit index went up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum CommitCause {
    /// The leader counted a majority that holds the entry, durably.
    Counted {
        /// Who holds it.
        holders: NodeSet,
    },
    /// A leader said so.
    LeaderSaid {
        /// Who.
        leader: NodeId,
    },
    /// The server restarts, and its log holds a later configuration: one that was
    /// appended only once this one was committed
    /// ([`InForce::WhenApplied`](crate::InForce::WhenApplied)).
    LaterConfiguration,
}

/// What a read waits for first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum ReadWait {
    /// The first commit of the leader's own term (dissertation, section 6.4, step 1).
    FirstCommitOfTerm,
    /// A majority's answers to this round, sent after the read came.
    Round(Round),
    /// The leader's answer, to the request under way or to the next: this node follows.
    Leader(NodeId),
    /// For the entry that the leader appended for it to be committed.
    Entry(Index),
    /// Nothing: the lease is good.
    Nothing,
}

/// Why something was ignored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum IgnoreCause {
    /// It was addressed to another server, or came from this one.
    Misaddressed,
    /// An answer from a server that was not asked: it is none of the configuration's.
    NotAMember,
    /// It answers something of an earlier term.
    StaleTerm,
    /// The node is not, or no longer, in the role that asked.
    WrongRole,
    /// It tells nothing new: a later answer came first, or it came twice.
    NothingNew,
    /// Another server claims to lead the very term that this node leads, or that
    /// another is known to lead. Raft allows one leader a term: it is no Raft server.
    SecondLeaderOfTerm,
    /// It would overwrite committed entries, which no Raft leader asks for.
    OverwritesCommitted,
    /// Its numbers can't be: entries past the last index, or of a later term than
    /// its sender's, or a match beyond what was ever sent.
    Impossible,
}
