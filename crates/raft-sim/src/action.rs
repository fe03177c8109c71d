//! What a scenario's script, or a person in front of the page, does to a cluster.

pub(crate) mod text;

pub use text::{ActionError, format_steps, parse_steps};

use crate::clock::Rate;
use crate::network::MessageName;
use crate::setting::Setting;
use crate::who::{Who, node_or_who};
use alloc::string::ToString;
use alloc::vec::Vec;
use raft_core::{Micros, NodeSet, ReadMode, Reconfiguration};
use serde::{Deserialize, Serialize};

/// Something done to a cluster.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Power is lost: the process ends, and with it what was not durable.
    Crash(Who),
    /// A crashed node starts again with what its disk holds.
    Restart(
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        Who,
    ),
    /// The node's process stands still, and its clock runs on: what comes for it waits.
    Pause(Who),
    /// The node's machine is suspended: its process stands still, and its clock with it.
    Suspend(Who),
    /// A process that was paused or suspended goes on, with what came for it meanwhile.
    Resume(Who),
    /// The node's disk stalls: from now on no fsync ends.
    StallDisk(Who),
    /// The node's disk goes on; an fsync that would have ended meanwhile ends now.
    UnstallDisk(Who),
    /// The node goes down and its disk is gone: once it is started again, it is empty, under
    /// the same name.
    ///
    /// Raft rests on what a server finds again after a restart: its term, its vote and its
    /// log (paper, Figure 2, "persistent state on all servers"). A server that forgets them
    /// can vote twice in a term, and entries that were committed because it had them may be
    /// in no majority any more. So this may violate every property, with no rule left out.
    /// And a leader that knows that a follower had its entries does not send them again.
    /// The right way back is a change of the members: to be removed, and added as a new one.
    LoseDisk(Who),
    /// The node stands for election at once, as if its timeout had run out.
    ForceTimeout(
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        Who,
    ),
    /// Walls between groups; a node in no group is alone with the others in none.
    Partition(Vec<NodeSet>),
    /// A wall around one node.
    Isolate(Who),
    /// Cuts one link, in one direction.
    CutLink {
        /// From here ...
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        from: Who,
        /// ... nothing reaches there.
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        to: Who,
    },
    /// Makes one link slower, in one direction: what is sent from now on takes so much
    /// longer.
    SlowLink {
        /// From here ...
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        from: Who,
        /// ... to there.
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        to: Who,
        /// By how much.
        by: Micros,
    },
    /// Makes one link lose messages, in one direction.
    MakeLossy {
        /// From here ...
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        from: Who,
        /// ... to there.
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        to: Who,
        /// How many of a million; where the whole network loses more, that counts.
        per_million: u32,
    },
    /// Mends it: it is neither cut, nor slow, nor lossy any more than all links are.
    MendLink {
        /// From here ...
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        from: Who,
        /// ... to there.
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        to: Who,
    },
    /// Takes down every wall and mends every link.
    Heal,
    /// Makes a node's clock run at this rate from now on.
    SetClock {
        /// Whose.
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        node: Who,
        /// How fast.
        rate: Rate,
    },
    /// A node's clock jumps, as when it is set by hand or by a time server that was
    /// away for long.
    StepClock {
        /// Whose.
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        node: Who,
        /// By how many microseconds: below zero, backwards.
        by_micros: i64,
    },
    /// The leader hands its office over to this node (dissertation, section 3.10).
    Transfer(
        #[serde(serialize_with = "node_or_who")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::who::NodeOrWho"))]
        Who,
    ),
    /// The leader changes the members (dissertation, chapter 4).
    Reconfigure(Reconfiguration),
    /// A node takes a snapshot of what it has applied, and lets go of its log up to there
    /// (paper, section 7).
    Snapshot(Who),
    /// Someone writes the next value, once, by way of this node.
    Write(Who),
    /// Someone reads, once, by way of this node.
    Read {
        /// Whom they ask.
        from: Who,
        /// How it is to be answered.
        mode: ReadMode,
    },
    /// Someone reads, once, what this node has applied: leader or not, it answers at once,
    /// and the value may be old.
    ReadStraight(Who),
    /// From now on a setting is another, on every node.
    Set(Setting),
    /// A message on its way gets lost where it is.
    DropMessage(MessageName),
    /// A message on its way arrives, or dies, later.
    DelayMessage {
        /// Which.
        message: MessageName,
        /// By how much.
        by: Micros,
    },
    /// A message on its way arrives now, also one that the network was to lose.
    DeliverMessage(MessageName),
}

/// An action at a moment.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Step {
    /// When, in true time. What else happens at that very microsecond comes first.
    pub at: Micros,
    /// What.
    pub action: Action,
}

/// Puts steps into the order of time. Those of one moment stay in the order in which
/// they are given.
pub fn sort_steps(steps: &mut [Step]) {
    steps.sort_by_cached_key(|step| step.at.0);
}

/// Every node that an action names.
pub(crate) fn nodes_of(action: &Action) -> NodeSet {
    match action {
        Action::Crash(who)
        | Action::Restart(who)
        | Action::Pause(who)
        | Action::Suspend(who)
        | Action::Resume(who)
        | Action::StallDisk(who)
        | Action::UnstallDisk(who)
        | Action::LoseDisk(who)
        | Action::ForceTimeout(who)
        | Action::Isolate(who)
        | Action::SetClock { node: who, .. }
        | Action::StepClock { node: who, .. }
        | Action::Transfer(who)
        | Action::Snapshot(who)
        | Action::Write(who)
        | Action::ReadStraight(who)
        | Action::Read { from: who, .. } => who.nodes(),
        Action::Reconfigure(
            Reconfiguration::AddLearner(node)
            | Reconfiguration::AddVoter(node)
            | Reconfiguration::Remove(node),
        ) => NodeSet::only(*node),
        Action::Reconfigure(Reconfiguration::Joint { voters, learners }) => voters.union(*learners),
        Action::Partition(groups) => {
            groups.iter().fold(NodeSet::EMPTY, |all, group| all.union(*group))
        }
        Action::CutLink { from, to }
        | Action::MendLink { from, to }
        | Action::SlowLink { from, to, .. }
        | Action::MakeLossy { from, to, .. } => from.nodes().union(to.nodes()),
        Action::DropMessage(name)
        | Action::DeliverMessage(name)
        | Action::DelayMessage { message: name, .. } => NodeSet::only(name.from).with(name.to),
        Action::Set(setting) => setting.node().map_or(NodeSet::EMPTY, NodeSet::only),
        Action::Heal => NodeSet::EMPTY,
    }
}

/// Whether an action is about whom a rule's occasion was about.
pub(crate) fn means_it(action: &Action) -> bool {
    // Wherever it does, its text says so.
    action.to_string().split([':', '-']).any(|word| word == "it")
}
