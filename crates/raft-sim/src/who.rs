//! Whom an action is about: a node by its name, or by what it is at that moment.
//!
//! "Crash the leader" says what is meant, and means it whichever node the seed makes
//! leader; "crash A" holds for some seeds only.

use crate::action::ActionError;
use crate::record::ActionRefusal;
use crate::world::World;
use alloc::format;
use core::fmt;
use core::str::FromStr;
use raft_core::{NodeId, NodeSet, RoleView};
use serde::{Deserialize, Serialize};

/// Whom an action is about. Of several that fit it is the first by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// This node.
    Node(NodeId),
    /// The leader of the latest term at that moment.
    Leader,
    /// A running voter that follows that leader.
    Follower,
    /// A running voter that follows that leader and is none of these.
    FollowerNot(NodeSet),
    /// A node that stands for election, in the latest term that one stands in.
    Candidate,
    /// Who led last but for the leader of the latest term, whether it knows that its term
    /// is over, and whether it runs, or not.
    FormerLeader,
    /// The node that the rule's occasion was about ([`Rule`](crate::Rule)).
    It,
}

impl From<NodeId> for Who {
    fn from(node: NodeId) -> Who {
        Who::Node(node)
    }
}

impl Who {
    /// The nodes that it names.
    pub(crate) fn nodes(self) -> NodeSet {
        match self {
            Who::Node(node) => NodeSet::only(node),
            Who::FollowerNot(nodes) => nodes,
            Who::Leader | Who::Follower | Who::Candidate | Who::FormerLeader | Who::It => {
                NodeSet::EMPTY
            }
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Node(node) => write!(formatter, "{node}"),
            Who::Leader => formatter.write_str("leader"),
            Who::Follower => formatter.write_str("follower"),
            Who::FollowerNot(nodes) => write!(formatter, "follower-not-{}", Letters(*nodes)),
            Who::Candidate => formatter.write_str("candidate"),
            Who::FormerLeader => formatter.write_str("former-leader"),
            Who::It => formatter.write_str("it"),
        }
    }
}

impl FromStr for Who {
    type Err = ActionError;

    fn from_str(text: &str) -> Result<Who, ActionError> {
        Ok(match text {
            "leader" => Who::Leader,
            "follower" => Who::Follower,
            "candidate" => Who::Candidate,
            "former-leader" => Who::FormerLeader,
            "it" => Who::It,
            _ => match text.strip_prefix("follower-not-") {
                Some(nodes) => Who::FollowerNot(set(nodes)?),
                None => node(text).map(Who::Node).map_err(|_| {
                    ActionError(format!(
                        "“{text}” is no node: write one letter, such as B, or leader, follower, \
                         follower-not-BC, candidate or former-leader"
                    ))
                })?,
            },
        })
    }
}

/// `ABD`
pub(crate) struct Letters(pub(crate) NodeSet);

impl fmt::Display for Letters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|node| write!(formatter, "{node}"))
    }
}

/// `B`
pub(crate) fn node(text: &str) -> Result<NodeId, ActionError> {
    let mut letters = text.chars();
    match (letters.next().and_then(NodeId::from_letter), letters.next()) {
        (Some(node), None) => Ok(node),
        _ => Err(ActionError(format!("“{text}” is no node: write one letter, such as B"))),
    }
}

/// `BCD`
pub(crate) fn set(text: &str) -> Result<NodeSet, ActionError> {
    // Capitals only: a word is no set of nodes.
    let nodes = text.chars().try_fold(NodeSet::EMPTY, |nodes, letter| {
        let node = NodeId::from_letter(letter).filter(|_| letter.is_ascii_uppercase());
        node.map(|node| nodes.with(node))
    });
    nodes.filter(|nodes| !nodes.is_empty()).ok_or_else(|| {
        ActionError(format!("“{text}” are no nodes: write their letters, such as BCD"))
    })
}

/// For the actions that named a node before they could name anyone: in a trace, a node is
/// its number there, as it was, and anyone else is his text. Traces are made again and never
/// read, so that only packed scenarios need reading.
pub(crate) fn node_or_who<S: serde::Serializer>(
    who: &Who,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match who {
        _ if !serializer.is_human_readable() => who.serialize(serializer),
        Who::Node(node) => node.serialize(serializer),
        who => serializer.collect_str(who),
    }
}

/// What that comes to, for the schema.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is wanted")]
pub(crate) enum NodeOrWho {
    /// A node, by its number.
    Node(NodeId),
    /// Anyone else, such as leader.
    Who(alloc::string::String),
}

impl World {
    /// Whom an action means at this moment.
    pub(crate) fn resolve(&self, who: Who) -> Result<NodeId, ActionRefusal> {
        match who {
            Who::Node(node) => Ok(node),
            Who::Leader => self.leader().ok_or(ActionRefusal::NoLeader),
            Who::Follower => self.follower_not(NodeSet::EMPTY),
            Who::FollowerNot(nodes) => self.follower_not(nodes),
            Who::Candidate => self.candidate().ok_or(ActionRefusal::Nobody),
            Who::FormerLeader => {
                let leader = self.leader();
                let mut led = self.monitors.who_led_last();
                led.find(|node| Some(*node) != leader).ok_or(ActionRefusal::Nobody)
            }
            Who::It => self.it.ok_or(ActionRefusal::Nobody),
        }
    }

    fn follower_not(&self, nodes: NodeSet) -> Result<NodeId, ActionRefusal> {
        let leader = self.leader().ok_or(ActionRefusal::NoLeader)?;
        let voters = self.membership().voters.difference(nodes);
        let follows = |node: &NodeId| {
            let view = self.node_at(*node).map(|node| node.view());
            matches!(
                view.map(|view| view.role()),
                Some(RoleView::Follower { leader: Some(followed) }) if followed == leader
            )
        };
        voters.iter().find(follows).ok_or(ActionRefusal::Nobody)
    }

    fn candidate(&self) -> Option<NodeId> {
        let nodes = self.hosts.iter().filter_map(|host| host.node()).map(|node| node.view());
        nodes
            .filter(|view| matches!(view.role(), RoleView::Candidate { .. }))
            // The last of equals is taken, so the first by name must come last.
            .rev()
            .max_by_key(|view| view.term())
            .map(|view| view.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn whoever_is_meant_survives_his_text() {
        let others = NodeSet::only(NodeId::B).with(NodeId::C);
        for who in [
            Who::Node(NodeId::C),
            Who::Leader,
            Who::Follower,
            Who::FollowerNot(others),
            Who::Candidate,
            Who::FormerLeader,
            Who::It,
        ] {
            assert_eq!(who.to_string().parse(), Ok(who));
        }
        assert_eq!(Who::FollowerNot(others).to_string(), "follower-not-BC");
    }

    #[test]
    fn nobody_is_named_with_what_would_be_right() {
        for (text, says) in [
            ("folower", "or leader, follower"),
            ("follower-not-", "write their letters"),
            ("follower-not-B2", "write their letters"),
            ("", "write one letter"),
        ] {
            let error = Who::from_str(text).expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
