//! Three nodes here, two there, and the link between is cut.

use super::five_nodes;
use crate::action::{Action, Step};
use crate::scenario::{ClientPlan, Scenario, Work};
use crate::state_machine::Key;
use raft_core::{Micros, NodeId, NodeSet};

fn at(millis: u64, action: Action) -> Step {
    Step { at: Micros::from_millis(millis), action }
}

fn writer() -> ClientPlan {
    ClientPlan {
        work: Work::Write,
        key: Key(0),
        starts_at: Micros::from_millis(200),
        stops_at: Micros::from_millis(3_600),
        rest: Micros::from_millis(180),
        patience: Micros::from_millis(150),
        stuck_to: None,
    }
}

/// A stands first, so that one knows on which side of the wall the leader is.
fn parted(name: &str, title: &str, summary: &str, with_leader: NodeSet) -> Scenario {
    let others = NodeSet::first(5).difference(with_leader);
    Scenario {
        clients: alloc::vec![writer()],
        script: alloc::vec![
            at(10, Action::ForceTimeout(NodeId::A.into())),
            at(800, Action::Partition(alloc::vec![with_leader, others])),
            at(2_400, Action::Heal),
        ],
        duration: Micros::from_millis(4_000),
        ..five_nodes(name, title, summary)
    }
}

pub(super) fn leader_with_the_majority() -> Scenario {
    parted(
        "two-data-centres",
        "Two data centres: the leader with two followers",
        "A, B and E can still make a majority and commit on. C and D elect nobody, but count \
         their term up. When the link is back, that term deposes A: an election that nobody needed.",
        NodeSet::only(NodeId::A).with(NodeId::B).with(NodeId::E),
    )
}

pub(super) fn leader_with_the_minority() -> Scenario {
    let stuck = ClientPlan { stuck_to: Some(NodeId::A), ..writer() };
    let mut scenario = parted(
        "two-data-centres-minority",
        "Two data centres: the leader with one follower",
        "A leads on its side, but two of five can commit nothing. B, C and D elect a leader of \
         their own. When the link is back A steps down, and its uncommitted entries go.",
        NodeSet::only(NodeId::A).with(NodeId::E),
    );
    scenario.clients.push(stuck);
    scenario
}
