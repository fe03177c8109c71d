//! Random schedules with every monitor on: real Raft passes them all, and the same
//! schedules catch Raft with a rule left out.
//!
//! Everything follows from the number of a schedule, so none of these can pass today
//! and fail tomorrow.

mod generator;

use generator::{Leaning, plan, run, scenario, shrink};
use raft_core::{Flaw, Flaws, ReadBasis, Transition};
use raft_sim::{Happening, Outcome, Property, Timeline};
use std::time::Instant;

fn find_nothing(leaning: Leaning, schedules: u64) {
    let began = Instant::now();
    let mut events = 0;
    for number in 0..schedules {
        let (count, violations) = run(plan(scenario(number, leaning, Flaws::NONE), number));
        events += count;
        if let Some(violation) = violations.first() {
            let scenario = scenario(number, leaning, Flaws::NONE);
            let property = violation.property;
            let shrunk = shrink(scenario, number, |other| other.property == property);
            panic!("schedule {number} ({leaning:?}): {violation}\nshrunk: {shrunk}");
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{leaning:?}: {schedules} schedules, {events} events in {seconds:.2} s: {:.0} schedules \
         and {:.0} events a second; nothing violated",
        schedules as f64 / seconds,
        events as f64 / seconds
    );
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

/// `RAFTLAB_SCHEDULES=1000000 cargo test -p raft-sim --test random_schedules` looks further.
fn schedules(usual: u64) -> u64 {
    std::env::var("RAFTLAB_SCHEDULES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// With a rule left out, one of the first `most` schedules violates the property.
fn finds(flaw: Flaw, leaning: Leaning, property: Property, most: u64) {
    let flaws = Flaws::NONE.with(flaw);
    for number in 0..most {
        let (_, violations) = run(plan(scenario(number, leaning, flaws), number));
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
    let (mut elections, mut commits, mut stale, mut by_round, mut by_lease) = (0, 0, 0, 0, 0);
    for (leaning, number) in
        (0..200).flat_map(|number| [(Leaning::Any, number), (Leaning::Leases, number)])
    {
        let timeline = Timeline::new(plan(scenario(number, leaning, Flaws::NONE), number));
        for record in timeline.records() {
            match &record.what {
                Happening::Node { transition, .. } => match transition {
                    Transition::BecameLeader { .. } => elections += 1,
                    Transition::CommitAdvanced { .. } => commits += 1,
                    Transition::EntriesRemoved { .. } => stale += 1,
                    _ => {}
                },
                Happening::OperationEnded { outcome: Outcome::Found { basis, .. }, .. } => {
                    match basis {
                        ReadBasis::Round(_) => by_round += 1,
                        ReadBasis::Lease { .. } => by_lease += 1,
                    }
                }
                _ => {}
            }
        }
    }
    println!(
        "in 400 schedules {elections} elections, {commits} commits, {stale} removals of entries, \
         {by_round} reads by a round and {by_lease} by a lease"
    );
    assert!(elections > 400 && commits > 4_000 && stale > 20 && by_round > 400 && by_lease > 400);
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
