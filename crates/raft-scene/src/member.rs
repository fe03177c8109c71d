//! What a node is to the configuration in force.

use raft_core::{Membership, NodeId};

/// What a node is to a configuration (dissertation, chapter 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MemberKind {
    /// It votes; in a joint configuration, in both parts.
    #[default]
    Voter,
    /// Of a joint configuration: it votes in the new part only.
    Joining,
    /// Of a joint configuration: it votes in the old part only.
    Leaving,
    /// It gets the log and counts for nothing.
    Learner,
    /// It is no member.
    Outsider,
}

impl MemberKind {
    /// What a node is to this configuration.
    pub const fn of(membership: &Membership, id: NodeId) -> MemberKind {
        let is_new = membership.voters.contains(id);
        let is_old = membership.outgoing.contains(id);
        match (is_new, is_old) {
            (true, false) if membership.is_joint() => MemberKind::Joining,
            (true, _) => MemberKind::Voter,
            (false, true) => MemberKind::Leaving,
            (false, false) if membership.learners.contains(id) => MemberKind::Learner,
            (false, false) => MemberKind::Outsider,
        }
    }

    /// The end of a CSS class: `voter`, `joining`, `leaving`, `learner`, `outsider`.
    pub const fn name(self) -> &'static str {
        match self {
            MemberKind::Voter => "voter",
            MemberKind::Joining => "joining",
            MemberKind::Leaving => "leaving",
            MemberKind::Learner => "learner",
            MemberKind::Outsider => "outsider",
        }
    }

    /// Whether it votes.
    pub const fn votes(self) -> bool {
        matches!(self, MemberKind::Voter | MemberKind::Joining | MemberKind::Leaving)
    }

    /// What is worth saying beside the node; nothing of an ordinary voter.
    pub const fn says(self) -> Option<&'static str> {
        match self {
            MemberKind::Voter => None,
            MemberKind::Joining => Some("joins"),
            MemberKind::Leaving => Some("leaves"),
            MemberKind::Learner => Some("learner"),
            MemberKind::Outsider => Some("no member"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_core::NodeSet;

    #[test]
    fn a_joint_configuration_has_those_who_join_those_who_leave_and_those_who_stay() {
        let [a, b, c, d] = [NodeId::A, NodeId::B, NodeId::C, NodeId::D];
        let membership = Membership {
            voters: NodeSet::only(b).with(c),
            outgoing: NodeSet::only(a).with(b),
            learners: NodeSet::only(d),
        };
        let of = |id| MemberKind::of(&membership, id);
        assert_eq!(of(a), MemberKind::Leaving);
        assert_eq!(of(b), MemberKind::Voter);
        assert_eq!(of(c), MemberKind::Joining);
        assert_eq!(of(d), MemberKind::Learner);
        assert_eq!(of(NodeId::E), MemberKind::Outsider);
        let plain = Membership::of(NodeSet::only(a));
        assert_eq!(MemberKind::of(&plain, a), MemberKind::Voter);
    }
}
