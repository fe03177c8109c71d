//! The scenario that the page opens with, written out: to show it, nothing need be unpacked.
//! It is the same as `scenarios/leader-crash.toml`, which a test sees to.

use alloc::vec;
use raft_core::Micros;
use raft_sim::{
    Action, ClientPlan, Deed, Expectation, Occasion, Scenario, Step, Subject, Who, Work, workload,
};

/// The name of the scenario that the page opens with.
pub const OPENING: &str = "leader-crash";

const CRASH: Micros = Micros::from_secs(1);
const END: Micros = Micros::from_millis(2_500);

/// The scenario that the page opens with.
pub fn opening() -> Scenario {
    let expected = |who, does| Expectation {
        what: Occasion::Node { who, does, in_term: None },
        at_least: 1,
        at_most: None,
        from: Micros::ZERO,
        until: None,
        since: None,
    };
    let elected = || expected(Subject::Anyone, Deed::BecomesLeader);
    Scenario {
        clients: vec![ClientPlan {
            starts_at: Micros::from_millis(450),
            stops_at: END,
            rest: Micros::from_millis(140),
            ..ClientPlan::of(Work::Write)
        }],
        script: vec![Step { at: CRASH, action: Action::Crash(Who::Leader) }],
        expectations: vec![
            Expectation { until: Some(Micros::from_millis(990)), ..elected() },
            Expectation { at_most: Some(1), ..expected(Subject::Leader, Deed::Crashes) },
            Expectation { from: CRASH, ..elected() },
            Expectation {
                from: Micros::from_millis(1_900),
                ..expected(Subject::Anyone, Deed::Commits(None))
            },
        ],
        duration: END,
        ..workload::five_nodes(
            OPENING,
            "Leader crash",
            "Five nodes with timeouts of 150 to 300 ms. At one second the leader loses power. \
             The first follower whose timeout runs out asks for votes, and leads a higher term.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_one_in_its_file() {
        assert_eq!(Some(opening()), crate::by_name(OPENING));
    }

    #[test]
    fn it_is_right() {
        let plan = raft_sim::Plan::new(opening(), 42, vec![]);
        assert_eq!(plan.ok(), raft_sim::Plan::of_right(opening(), 42));
    }
}
