//! Occasions: what a rule waits for and an expectation counts, as plain data.
//!
//! An occasion says who does what, and reads as it is written:
//!
//! ```text
//!   B becomes candidate              the deed of one node
//!   CD commits in term 2             of one of several, while it is in that term
//!   anyone becomes leader            of whichever node
//!   leader applies index 5           of who leads the latest term just then
//!   A sends append-entries to C      with heartbeat, entries or message as kinds, too
//!   client 2 has read 7              what a client was told
//!   linearizability is violated      what a monitor found
//!   network is parted                a wall went up
//! ```
//!
//! They are found in the records of a run, by [`Watch`], which remembers just as much
//! of the run as it takes to tell who leads and which message it was that arrived.

mod kinds;
mod text;
mod told;
mod watch;

pub use kinds::KINDS as KINDS_OF_OCCASIONS;
pub use text::OccasionError;
pub use watch::{Moment, Watch};

use crate::monitor::Property;
use crate::state_machine::Value;
use raft_core::{Index, MessageKind, NodeId, NodeSet, Term};

/// Something that may happen in a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Occasion {
    /// A node does something.
    Node {
        /// Which node.
        who: Subject,
        /// What.
        does: Deed,
        /// In which term it is then; `None`: in whichever.
        in_term: Option<Term>,
    },
    /// A client does something, or is told.
    Client {
        /// Which, counted from 1; 0 is whoever sits in front of the page. `None`: any.
        client: Option<u32>,
        /// What.
        what: ClientDeed,
    },
    /// A monitor finds this property violated; `None`: any of them.
    Violated(Option<Property>),
    /// A wall goes up between groups of nodes.
    NetworkParted,
    /// Every wall comes down, and every link is mended.
    NetworkHealed,
}

/// Whose deed it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Subject {
    /// Any node's.
    Anyone,
    /// One of these nodes'.
    OneOf(NodeSet),
    /// That of the leader of the latest term that is led, before or after the deed.
    Leader,
    /// That of a node which believes that it leads, while another leads a later term.
    StaleLeader,
}

/// What a node does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Deed {
    /// It asks whether it would win, before it stands.
    BecomesPreCandidate,
    /// It stands for election.
    BecomesCandidate,
    /// It is elected.
    BecomesLeader,
    /// It was leader and is no more, and did not crash.
    StepsDown,
    /// It knows who leads its term.
    FollowsLeader,
    /// It draws an election timeout.
    DrawsTimeout,
    /// Its term becomes this one, or a later one in one step.
    ReachesTerm(Term),
    /// It votes for a candidate; `None`: for any.
    GrantsVote(Option<NodeId>),
    /// It refuses a candidate its vote; `None`: any.
    RefusesVote(Option<NodeId>),
    /// It ignores a request for its vote, since it hears from a leader; `None`: whose ever.
    IgnoresVoteRequest(Option<NodeId>),
    /// As leader, it takes an entry into its log.
    Proposes(Option<Index>),
    /// As follower, it appends entries, this one among them.
    Appends(Option<Index>),
    /// It removes entries that conflict with its leader's.
    RemovesEntries,
    /// Its commit index goes up, and covers this entry for the first time.
    Commits(Option<Index>),
    /// It finds an entry of an earlier term on a majority, and does not commit it.
    WithholdsCommit,
    /// Its state machine applies an entry.
    Applies(Option<Index>),
    /// It goes by another configuration.
    AdoptsConfiguration,
    /// As leader, it begins to hand its office over.
    HandsOver,
    /// It takes a snapshot.
    TakesSnapshot,
    /// As leader, it begins to send its snapshot.
    SendsSnapshot,
    /// It goes by its leader's snapshot.
    InstallsSnapshot,
    /// Its disk reports writes durable.
    HasWritten,
    /// It loses power.
    Crashes,
    /// It starts, at the run's beginning too, or again after a crash.
    Restarts,
    /// Its process stands still.
    StandsStill,
    /// Its process, which stood still, goes on.
    GoesOn,
    /// It sends a message; `to` one node, or any.
    Sends {
        /// What kind.
        what: Parcel,
        /// To whom.
        to: Option<NodeId>,
    },
    /// A message reaches it.
    Receives {
        /// What kind.
        what: Parcel,
        /// From whom.
        from: Option<NodeId>,
    },
    /// A message of its own is lost.
    Loses {
        /// What kind.
        what: Parcel,
        /// To whom it was going.
        to: Option<NodeId>,
    },
}

/// What a message is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Parcel {
    /// Any message.
    Any,
    /// One of this kind.
    Kind(MessageKind),
    /// AppendEntries without entries.
    Heartbeat,
    /// AppendEntries with some.
    Entries,
}

/// What a client does, or is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ClientDeed {
    /// It begins an operation.
    Asks,
    /// It is told that its write is done, or what its read found.
    IsAnswered,
    /// It is told that its write is done.
    HasWritten,
    /// It is told what its read found: this value, or any.
    HasRead(Option<Value>),
    /// It is refused, or gives up.
    IsRefused,
}

impl Occasion {
    /// The nodes that it names.
    pub(crate) fn nodes(&self) -> NodeSet {
        let Occasion::Node { who, does, .. } = self else { return NodeSet::EMPTY };
        let subject = match who {
            Subject::OneOf(nodes) => *nodes,
            Subject::Anyone | Subject::Leader | Subject::StaleLeader => NodeSet::EMPTY,
        };
        let other = match does {
            Deed::GrantsVote(other)
            | Deed::RefusesVote(other)
            | Deed::IgnoresVoteRequest(other)
            | Deed::Sends { to: other, .. }
            | Deed::Receives { from: other, .. }
            | Deed::Loses { to: other, .. } => *other,
            _ => None,
        };
        other.map_or(subject, |other| subject.with(other))
    }
}
