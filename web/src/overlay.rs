//! What lies over the page: a menu or a dialog, one at a time.

use raft_core::NodeId;

/// One of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Overlay {
    /// What one can do to a node.
    Node(NodeId),
    /// What one sees, and the keys.
    Help,
    /// Which nodes are on which side of a wall.
    Partition,
    /// The runs that were made, to go back to one.
    Runs,
    /// Links to this moment, and what embeds it.
    Share,
}

impl Overlay {
    /// Whether what it offers depends on the moment, so that the run stands still meanwhile.
    pub(crate) const fn is_of_a_moment(&self) -> bool {
        matches!(self, Overlay::Node(_) | Overlay::Partition | Overlay::Runs | Overlay::Share)
    }

    /// The node that it is about.
    pub(crate) const fn node(&self) -> Option<NodeId> {
        match self {
            Overlay::Node(node) => Some(*node),
            Overlay::Help | Overlay::Partition | Overlay::Runs | Overlay::Share => None,
        }
    }
}
