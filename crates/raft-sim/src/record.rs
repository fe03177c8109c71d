//! What happened in a run, in order: the event record that everything is told from.

use crate::action::Action;
use crate::clock::Rate;
use crate::history::{OperationId, Outcome, Request};
use crate::monitor::Violation;
use crate::network::{MessageId, MessageName};
use crate::setting::Setting;
use alloc::vec::Vec;
use raft_core::{
    Change, Entry, Envelope, Index, LogEnd, MessageKind, Micros, NodeId, NodeSet, Reconfiguration,
    Term, Transition, WriteId,
};

/// Something that happened, when, and in which event of the run.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Record {
    /// When, in true time.
    pub at: Micros,
    /// The event that it is part of, counted from 1: one message that arrives, one
    /// timer that fires. Stepping goes from event to event.
    pub event: u64,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Happening {
    /// A message left its sender; one that the network duplicates leaves it twice.
    Sent {
        /// Its name.
        message: MessageId,
        /// The message.
        envelope: Envelope,
        /// When it will arrive or die, unless a wall comes in between.
        ends_at: Micros,
    },
    /// A message arrived; what the receiver made of it follows.
    Delivered {
        /// Its name.
        message: MessageId,
    },
    /// A message was lost.
    Lost {
        /// Its name.
        message: MessageId,
        /// Why.
        because: LossCause,
    },
    /// Somebody took a message off its way; that it is lost follows.
    MessageDropped {
        /// What somebody calls it.
        name: MessageName,
        /// What it is.
        kind: MessageKind,
        /// Where along its way it is, in thousandths.
        reached_permille: u16,
    },
    /// Somebody held up a message on its way, or one in front of it on a link that keeps the
    /// order.
    MessageDelayed {
        /// Its name.
        message: MessageId,
        /// What somebody calls it.
        name: MessageName,
        /// What it is.
        kind: MessageKind,
        /// When it will arrive or die now.
        ends_at: Micros,
    },
    /// Somebody had a message arrive at once; that it does follows.
    MessageHurried {
        /// What somebody calls it.
        name: MessageName,
        /// What it is.
        kind: MessageKind,
    },
    /// Something happened inside a node.
    Node {
        /// Which.
        node: NodeId,
        /// What, and why.
        transition: Transition,
    },
    /// A node asked its disk to write.
    WriteAsked {
        /// Which.
        node: NodeId,
        /// The write's number.
        write: WriteId,
        /// What is written.
        change: Change,
    },
    /// A disk has everything up to a write.
    WriteDurable {
        /// Whose.
        node: NodeId,
        /// The last write that is durable now.
        write: WriteId,
    },
    /// A process begins to take a snapshot, where that takes time.
    SnapshotBegun {
        /// Whose.
        node: NodeId,
        /// The last entry that it will cover.
        index: Index,
        /// Whether the process stands still until it is taken.
        blocks: bool,
    },
    /// It is taken; what the node makes of it follows.
    SnapshotDone {
        /// Whose.
        node: NodeId,
        /// The last entry that it covers.
        index: Index,
    },
    /// A node's state machine applied a committed entry.
    Applied {
        /// Which.
        node: NodeId,
        /// Where it stands in the log.
        index: Index,
        /// The entry.
        entry: Entry,
    },
    /// A snapshot was put in place of a node's state machine: its own after a restart, or
    /// a leader's.
    Restored {
        /// Which.
        node: NodeId,
        /// The last entry that the snapshot covers.
        end: LogEnd,
    },
    /// A node lost power.
    Crashed {
        /// Which.
        node: NodeId,
        /// How many writes were not durable, and are lost.
        writes_lost: u32,
    },
    /// A crashed node started again with what its disk holds.
    Restarted {
        /// Which.
        node: NodeId,
    },
    /// A process stands still: what comes for it waits.
    Paused {
        /// Whose.
        node: NodeId,
        /// Whether its clock stands still with it, as a suspended machine's does.
        clock_stands: bool,
    },
    /// A process that stood goes on, with what came for it meanwhile.
    Resumed {
        /// Whose.
        node: NodeId,
    },
    /// A disk stalls: no fsync ends.
    DiskStalled {
        /// Whose.
        node: NodeId,
    },
    /// A disk that stalled goes on.
    DiskUnstalled {
        /// Whose.
        node: NodeId,
    },
    /// Everything on a node's disk is gone, and an empty one is in its place.
    DiskLost {
        /// Whose.
        node: NodeId,
        /// The last entry that it held.
        last_index: Index,
        /// The term that it knew; with it is forgotten for whom the node voted.
        term: Term,
    },
    /// Walls went up between groups, in place of those that stood.
    Parted {
        /// The groups.
        groups: Vec<NodeSet>,
    },
    /// One link was cut, in one direction.
    LinkCut {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
    },
    /// One link was made slower, in one direction.
    LinkSlowed {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
        /// By how much.
        by: Micros,
    },
    /// One link was made to lose messages, in one direction.
    LinkMadeLossy {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
        /// How many of a million.
        per_million: u32,
    },
    /// One link was mended.
    LinkMended {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
    },
    /// Every wall came down and every link was mended.
    Healed,
    /// A clock runs at this rate from now on.
    ClockSet {
        /// Whose.
        node: NodeId,
        /// How fast.
        rate: Rate,
    },
    /// A clock jumped.
    ClockStepped {
        /// Whose.
        node: NodeId,
        /// By how many microseconds: below zero, backwards.
        by_micros: i64,
    },
    /// A leader was told to hand its office over; what it makes of that follows.
    TransferOrdered {
        /// Which.
        node: NodeId,
        /// To whom.
        to: NodeId,
    },
    /// A leader was told to change the members; what it makes of that follows.
    ReconfigurationOrdered {
        /// Which.
        node: NodeId,
        /// The change.
        change: Reconfiguration,
    },
    /// A node was told to stand for election.
    TimeoutForced {
        /// Which.
        node: NodeId,
    },
    /// A setting is another from now on, on every node.
    SettingChanged {
        /// Which, and what it is now.
        setting: Setting,
    },
    /// An action could not be done.
    ActionRefused {
        /// The action.
        action: Action,
        /// Why not.
        because: ActionRefusal,
    },
    /// A client began an operation.
    OperationBegan {
        /// Its name.
        operation: OperationId,
        /// The client.
        client: u32,
        /// What it wants.
        request: Request,
    },
    /// A client sent its question to a node, for the first time or again.
    OperationAsked {
        /// Its name.
        operation: OperationId,
        /// Whom it asks.
        node: NodeId,
    },
    /// A client was told, or gave up.
    OperationEnded {
        /// Its name.
        operation: OperationId,
        /// What became of it.
        outcome: Outcome,
        /// Who answered.
        by: Option<NodeId>,
    },
    /// A property was violated.
    Violated(Violation),
}

/// Why a message was lost.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LossCause {
    /// A wall or a cut link was in its way.
    Cut,
    /// The network lost it.
    Dropped,
    /// Its receiver was down when it came.
    ReceiverDown,
    /// Somebody took it off its way.
    Taken,
}

/// Why an action could not be done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ActionRefusal {
    /// Nobody leads at that moment.
    NoLeader,
    /// Nobody is what the action names: no follower, no candidate, no former leader.
    Nobody,
    /// The node is down.
    IsDown,
    /// The node is up.
    IsUp,
    /// The node leads already.
    IsLeader,
    /// The node's process stands still.
    IsPaused,
    /// The node's process runs.
    IsNotPaused,
    /// The node is taking a snapshot.
    IsTakingSnapshot,
    /// The node's disk is stalled already.
    IsStalled,
    /// The node's disk is not stalled.
    IsNotStalled,
    /// The message is not on its way: it is not sent yet, or has arrived, or died.
    IsNotOnItsWay,
    /// A wall or a cut link is in the message's way.
    IsCutOff,
    /// Links keep the order, and another message comes first on this one.
    ComesAfterOthers,
    /// The heartbeat interval would not be shorter than the shortest election timeout.
    HeartbeatNotBelowTimeout,
    /// Another rule is left out that says another way to do the same.
    FlawsContradict,
}
