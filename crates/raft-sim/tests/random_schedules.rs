//! Random schedules with every monitor on: real Raft passes them all, and the same
//! schedules catch Raft with a rule left out. Once the faults are over, real Raft
//! makes progress as well.
//!
//! Everything follows from the number of a schedule, so none of these can pass today
//! and fail tomorrow.

mod generator;

use generator::everything::{TIMEOUTS_TO_SETTLE, calmed};
use generator::explored::{Explored, say_explored};
use generator::shrink::{shrink, told};
use generator::{Leaning, plan, run, scenario};
use raft_core::{Flaw, Flaws, Micros, Transition};
use raft_sim::{Document, Happening, Plan, Property, Scenario, Violation, World};
use std::sync::Arc;
use std::time::Instant;

fn find_nothing(leaning: Leaning, schedules: u64) -> Explored {
    let began = Instant::now();
    let mut explored = Explored::default();
    for number in 0..schedules {
        let scenario = scenario(number, leaning, Flaws::NONE);
        explored.begin(scenario.membership());
        let (world, violations) = run(plan(scenario.clone(), number), |it| explored.see(it));
        explored.end(&world);
        if let Some(violation) = violations.first() {
            fail(&format!("schedule {number} ({leaning:?})"), scenario, number, violation);
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    say_explored(&format!(
        "{} schedules, {} events, {} messages delivered ({leaning:?}, {seconds:.1} s)",
        explored.schedules, explored.events, explored.messages
    ));
    println!("{leaning:?}: nothing violated in {seconds:.2} s: {explored}");
    explored
}

/// The first violation of a property in a run.
fn violation_of(property: Property, plan: &Arc<Plan>) -> Option<Violation> {
    run(plan.clone(), |_| {}).1.into_iter().find(|violation| violation.property == property)
}

/// Says what was violated, and gives the smallest schedule that violates it too.
fn fail(which: &str, scenario: Scenario, seed: u64, violation: &Violation) -> ! {
    let property = violation.property;
    let shrunk = shrink(scenario, seed, |plan| violation_of(property, plan).is_some());
    let found = violation_of(property, &plan(shrunk.clone(), seed)).expect("it was kept");
    panic!("{which}: {violation}\nshrunk: {found}\n{}", told(&shrunk, seed));
}

fn from_text(text: &str) -> Scenario {
    Document::from_json(text).and_then(|it| it.scenario()).expect("a scenario")
}

#[test]
fn a_schedule_that_fails_is_made_smaller_and_its_text_fails_in_the_same_way() {
    let (flaws, property) =
        (Flaws::NONE.with(Flaw::JointWithEitherMajority), Property::LeaderCompleteness);
    let whole = |number| scenario(number, Leaning::Everything, flaws);
    let number = (0..2_000)
        .find(|number| violation_of(property, &plan(whole(*number), *number)).is_some())
        .expect("one fails");
    let shrunk = shrink(whole(number), number, |plan| violation_of(property, plan).is_some());
    let steps = (whole(number).script.len(), shrunk.script.len());
    println!("schedule {number}: from {} steps to {}", steps.0, steps.1);
    assert!(steps.1 < steps.0);
    assert_eq!(shrunk.settings.flaws, flaws, "without that it would not fail");
    let told = told(&shrunk, number);
    let text = told.split('\'').nth(1).expect("it is quoted for a shell");
    let read = from_text(text);
    assert_eq!(read, shrunk);
    assert_eq!(
        violation_of(property, &plan(read, number)),
        violation_of(property, &plan(shrunk, number)),
    );
}

/// Runs what a failure printed.
#[test]
fn a_scenario_given_as_text() {
    let Ok(text) = std::env::var("RAFTLAB_SCENARIO") else { return };
    let seed = std::env::var("RAFTLAB_SEED").ok().and_then(|seed| seed.parse().ok());
    let scenario = from_text(&text);
    let plan = Plan::new(scenario, seed.expect("RAFTLAB_SEED is a number"), Vec::new());
    let (_, violations) = run(Arc::new(plan.expect("it can be")), |record| {
        let quiet = matches!(&record.what, Happening::Sent { .. } | Happening::Lost { .. });
        if !quiet || std::env::var_os("RAFTLAB_MESSAGES").is_some() {
            println!("{:>10} {:?}", record.at.0, record.what);
        }
    });
    assert!(violations.is_empty(), "{violations:?}");
}

#[test]
fn real_raft_violates_nothing() {
    find_nothing(Leaning::Any, schedules(4_000));
}

#[test]
fn leaders_that_go_down_soon_violate_nothing() {
    find_nothing(Leaning::ShortLeaderships, schedules(2_000));
}

#[test]
fn leases_with_the_drift_bound_kept_violate_nothing() {
    find_nothing(Leaning::Leases, schedules(2_000));
    find_nothing(Leaning::ThreatenedLeases, schedules(2_000));
}

#[test]
fn with_everything_switched_on_nothing_is_violated() {
    let explored = find_nothing(Leaning::Everything, schedules(3_000));
    // Schedules in which nothing happens would find nothing either.
    let Explored { schedules, .. } = explored;
    for (what, count) in explored.counts() {
        assert!(count * 20 > schedules, "{count} {what} in {schedules} schedules");
    }
}

#[test]
fn whatever_is_set_anew_while_a_cluster_runs_nothing_is_violated() {
    let explored = find_nothing(Leaning::LiveSettings, schedules(3_000));
    let Explored { schedules, .. } = explored;
    for (what, count) in explored.counts() {
        assert!(count * 20 > schedules, "{count} {what} in {schedules} schedules");
    }
}

/// `RAFTLAB_SCHEDULES=1000000 cargo test -p raft-sim --test random_schedules` looks further.
fn schedules(usual: u64) -> u64 {
    std::env::var("RAFTLAB_SCHEDULES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// With a rule left out, one of the first `most` schedules violates the property.
fn finds(flaw: Flaw, leaning: Leaning, property: Property, most: u64) {
    let flaws = Flaws::NONE.with(flaw);
    for number in 0..most {
        let (_, violations) = run(plan(scenario(number, leaning, flaws), number), |_| {});
        if let Some(violation) = violations.iter().find(|violation| violation.property == property)
        {
            println!("{flaw:?}: schedule {number} of {leaning:?}: {violation}");
            return;
        }
    }
    panic!("{flaw:?}: none of {most} schedules of {leaning:?} violates {property}");
}

#[test]
fn without_comparing_logs_a_leader_lacks_committed_entries() {
    finds(Flaw::VoteWithoutComparingLogs, Leaning::Any, Property::LeaderCompleteness, 2_000);
}

#[test]
fn with_earlier_terms_committed_by_counting_a_leader_lacks_committed_entries() {
    let (flaw, leaning) = (Flaw::CommitEarlierTermByCounting, Leaning::ShortLeaderships);
    finds(flaw, leaning, Property::LeaderCompleteness, 20_000);
}

#[test]
fn with_acknowledgement_before_fsync_a_crash_breaks_a_promise() {
    finds(Flaw::AcknowledgeBeforeFsync, Leaning::Any, Property::LeaderCompleteness, 2_000);
    finds(Flaw::AcknowledgeBeforeFsync, Leaning::Any, Property::ElectionSafety, 20_000);
}

/// Schedules in which nothing happens would find nothing either.
#[test]
fn the_schedules_elect_commit_crash_and_read_in_every_way() {
    let mut all = Explored::default();
    for (leaning, number) in
        (0..200).flat_map(|number| [(Leaning::Any, number), (Leaning::Leases, number)])
    {
        let scenario = scenario(number, leaning, Flaws::NONE);
        all.begin(scenario.membership());
        let (world, _) = run(plan(scenario, number), |record| all.see(record));
        all.end(&world);
    }
    println!("{all}");
    assert!(all.elections > 400 && all.commits > 4_000 && all.removals_of_entries > 20);
    assert!(all.reads_by_round > 400 && all.reads_by_lease > 400 && all.crashes > 200);
}

/// What is switched on is looked at as well.
#[test]
fn with_everything_switched_on_a_rule_of_membership_or_reads_left_out_is_noticed() {
    for flaw in [Flaw::JumpToNewConfiguration, Flaw::JointWithEitherMajority, Flaw::CountLearners] {
        finds(flaw, Leaning::Everything, Property::LeaderCompleteness, 2_000);
    }
    finds(Flaw::ReadBeforeFirstCommit, Leaning::Everything, Property::Linearizability, 2_000);
}

/// How long it took from the end of every fault until the last leader came into office,
/// in longest timeouts; or what is not as it should be.
fn settles(scenario: &Scenario, healed_at: Micros, plan: &Arc<Plan>) -> Result<u64, String> {
    let mut last_election = Micros::ZERO;
    let (world, violations) = run(plan.clone(), |record| {
        if let Happening::Node { transition: Transition::BecameLeader { .. }, .. } = record.what {
            last_election = record.at;
        }
    });
    if let Some(violation) = violations.first() {
        return Err(violation.to_string());
    }
    let timeouts = (last_election - healed_at).0.div_ceil(scenario.settings.election_timeout_max.0);
    if timeouts * 2 > TIMEOUTS_TO_SETTLE {
        return Err(format!("a leader came into office {timeouts} timeouts after the last fault"));
    }
    members_agree(&world)?;
    Ok(timeouts)
}

/// Whether every member has the log and the state of the leader.
fn members_agree(world: &World) -> Result<(), String> {
    let leader = world.leader().ok_or("nobody leads")?;
    let leading = world.host(leader).expect("it is there");
    let view = leading.node().expect("it leads").view();
    for member in view.membership().everyone().iter() {
        let host = world.host(member).ok_or("a member that is no node")?;
        let there = host.node().ok_or("a member is down")?.view();
        // One may keep a snapshot where the other still has the entries.
        if there.log().end() != view.log().end() {
            return Err(format!("{member}'s log is not that of the leader {leader}"));
        }
        if there.commit_index() != view.commit_index()
            || host.state_machine() != leading.state_machine()
        {
            return Err(format!("{member} has not applied what the leader {leader} has"));
        }
    }
    Ok(())
}

/// Whether a schedule that was made smaller is still one that must settle.
fn is_calmed(smaller: &Scenario, whole: &Scenario, healed_at: Micros) -> bool {
    let ends = |scenario: &Scenario| {
        scenario.script.iter().filter(|step| step.at == healed_at).cloned().collect::<Vec<_>>()
    };
    let settings = smaller.settings;
    smaller.duration == whole.duration
        && smaller.nodes == whole.nodes
        && ends(smaller) == ends(whole)
        && settings.pre_vote == whole.settings.pre_vote
        && settings.no_op_at_start_of_term
        && settings.max_entries_per_message >= 8
}

#[test]
fn once_the_faults_are_over_a_leader_is_elected_and_all_members_agree() {
    let (began, mut longest) = (Instant::now(), 0);
    let schedules = schedules(1_000);
    for number in 0..schedules {
        let (scenario, healed_at) = calmed(scenario(number, Leaning::Everything, Flaws::NONE));
        let verdict = |plan: &Arc<Plan>| settles(plan.scenario(), healed_at, plan);
        match verdict(&plan(scenario.clone(), number)) {
            Ok(timeouts) => longest = longest.max(timeouts),
            Err(why) => {
                let shrunk = shrink(scenario.clone(), number, |plan| {
                    is_calmed(plan.scenario(), &scenario, healed_at) && verdict(plan).is_err()
                });
                let told = told(&shrunk, number);
                panic!("schedule {number} (calmed at {healed_at}): {why}\nshrunk: {told}");
            }
        }
    }
    say_explored(&format!(
        "{schedules} schedules (settled, each within {longest} longest timeouts after the last \
         fault, {:.1} s)",
        began.elapsed().as_secs_f64()
    ));
}

#[test]
fn with_leases_counted_from_receive_time_a_read_is_stale() {
    let (flaw, leaning) = (Flaw::LeaseCountedFromReceiveTime, Leaning::ThreatenedLeases);
    finds(flaw, leaning, Property::Linearizability, 100_000);
}

#[test]
fn with_leases_forgotten_by_restart_a_read_is_stale() {
    let (flaw, leaning) = (Flaw::LeaseForgottenByRestart, Leaning::ThreatenedLeases);
    finds(flaw, leaning, Property::Linearizability, 100_000);
}
