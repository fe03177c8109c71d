//! The leader crashes, and another takes its place.

use super::five_nodes;
use crate::action::{Action, Step};
use crate::scenario::{ClientPlan, Scenario, Work};
use crate::state_machine::Key;
use crate::who::Who;
use raft_core::Micros;

pub(super) fn leader_crash() -> Scenario {
    let duration = Micros::from_millis(2_500);
    let writer = ClientPlan {
        work: Work::Write,
        key: Key(0),
        starts_at: Micros::from_millis(450),
        stops_at: duration,
        rest: Micros::from_millis(140),
        patience: Micros::from_millis(100),
        stuck_to: None,
    };
    Scenario {
        clients: alloc::vec![writer],
        script: alloc::vec![Step {
            at: Micros::from_millis(1_000),
            action: Action::Crash(Who::Leader)
        }],
        duration,
        ..five_nodes(
            "leader-crash",
            "Leader crash",
            "Five nodes with timeouts of 150 to 300 ms. At one second the leader loses power. \
             The first follower whose timeout runs out asks for votes, and leads a higher term.",
        )
    }
}
