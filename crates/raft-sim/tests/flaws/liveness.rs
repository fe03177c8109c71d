//! For each flaw, and each setting, that costs liveness: a schedule after whose last
//! fault a cluster with the rule has a leader that commits within a second, for good,
//! and one without it has not, whatever the seed.
//!
//! What leads and commits nothing is no leader to a client: so a client writes all the
//! time, and what is measured is for how long nothing is committed. Here timeouts are
//! drawn at random, as ever.

use crate::script;
use raft_core::{CommitCause, Flaw, Flaws, Micros, Settings, Transition};
use raft_sim::{ClientPlan, Happening, Key, Latency, NetworkPlan, Plan, Scenario, Timeline, Work};
use std::sync::Arc;

const SEEDS: u64 = 20;

/// A leader commits more often than that: the client writes each 20 ms.
const PAUSE: Micros = Micros::from_millis(100);

/// With the rule there is a leader within so long after the last fault.
const SOON: Micros = Micros::from_secs(1);

/// How long runs go on after the last fault.
const LONG: Micros = Micros::from_secs(20);

/// A schedule in which a cluster recovers with a rule, and doesn't without it.
struct Schedule {
    with: Settings,
    without: Settings,
    nodes: u8,
    script: &'static str,
}

/// Five or three nodes, a network and disks that are always alike, and a client that
/// writes all the time once the faults are over.
fn scenario(schedule: &Schedule, settings: Settings) -> Scenario {
    let script = script::steps(schedule.script);
    let last_fault = script.last().map_or(Micros::ZERO, |step| step.at);
    let writer = ClientPlan {
        work: Work::Write,
        key: Key(0),
        starts_at: last_fault,
        stops_at: Micros::MAX,
        rest: Micros::from_millis(20),
        patience: Micros::from_millis(40),
        stuck_to: None,
        keeps_session: true,
        tries_again: true,
    };
    Scenario {
        nodes: schedule.nodes,
        settings,
        network: NetworkPlan::of(Latency::Constant(Micros::from_millis(5))),
        fsync: Latency::Constant(Micros::from_millis(1)),
        clients: vec![writer],
        script,
        duration: last_fault + LONG,
        ..raft_scenarios::by_name("leader-crash").expect("it is built in")
    }
}

/// What became of a run after its last fault.
#[derive(Debug)]
struct Recovery {
    /// When the last pause ended in which nothing was committed.
    after: Micros,
    commits: usize,
    elections: usize,
}

fn recovery(scenario: Scenario, seed: u64) -> Recovery {
    let last_fault = scenario.duration - LONG;
    let plan = Plan::new(scenario, seed, Vec::new()).expect("the schedule can be");
    let timeline = Timeline::new(Arc::new(plan));
    let mut recovery = Recovery { after: Micros::ZERO, commits: 0, elections: 0 };
    let mut last_commit = last_fault;
    let mut pause_ends = |at: Micros, recovery: &mut Recovery| {
        if at > last_commit + PAUSE {
            recovery.after = at - last_fault;
        }
        last_commit = at;
    };
    for record in timeline.records().filter(|record| record.at > last_fault) {
        match &record.what {
            Happening::Node { transition, .. } => match transition {
                Transition::CommitAdvanced { because: CommitCause::Counted { .. }, .. } => {
                    pause_ends(record.at, &mut recovery);
                    recovery.commits += 1;
                }
                Transition::BecameLeader { .. } => recovery.elections += 1,
                _ => {}
            },
            Happening::Violated(violation) => panic!("seed {seed}: {violation}"),
            Happening::ActionRefused { action, because } => panic!("{action}: {because:?}"),
            _ => {}
        }
    }
    pause_ends(timeline.duration(), &mut recovery);
    recovery
}

fn flawed(settings: Settings, flaw: Flaw) -> Settings {
    Settings { flaws: Flaws::NONE.with(flaw), ..settings }
}

fn of_flaw(flaw: Flaw) -> Option<Schedule> {
    let asks_first = Settings { pre_vote: true, ..Settings::default() };
    Some(match flaw {
        Flaw::FixedElectionTimeout => Schedule {
            with: Settings::default(),
            without: flawed(Settings::default(), flaw),
            nodes: 5,
            // Everyone starts at once, and waits equally long for a leader.
            script: "",
        },
        Flaw::IgnoreTermInReply => Schedule {
            with: asks_first,
            without: flawed(asks_first, flaw),
            nodes: 3,
            script: "
                 10 timeout:A   A leads term 1
                500 transfer:B  B stands for term 2 when A says so, at 505 ms
                508 cut:B-A     and nobody hears it
                508 cut:B-C
                600 mend:B-A    From then on B asks who would vote for it, which changes no
                600 mend:B-C    term, and A, which leads, says no. But B tells A of term 2.
                610 crash:C     Without C, A needs B
            ",
        },
        _ => return None,
    })
}

fn without_pre_vote() -> Schedule {
    let without = Settings::default();
    Schedule {
        with: Settings { pre_vote: true, ..without },
        without,
        nodes: 5,
        script: "
              10 timeout:A
            1000 cut:A-B        B hears nobody, and everybody hears B
            1000 cut:C-B
            1000 cut:D-B
            1000 cut:E-B
        ",
    }
}

fn without_check_quorum() -> Schedule {
    let without = Settings { pre_vote: true, ..Settings::default() };
    Schedule {
        with: Settings { check_quorum: true, ..without },
        without,
        nodes: 5,
        script: "
              10 timeout:A
            1000 cut:B-A        everybody hears A, which leads and hears nobody
            1000 cut:C-A
            1000 cut:D-A
            1000 cut:E-A
        ",
    }
}

/// Shows that the schedule's cluster recovers with the rule, and not without it. Says
/// what it came to; an error if one of the two is not so.
fn compare(schedule: &Schedule) -> Result<String, String> {
    let (mut longest, mut commits, mut elections) = (Micros::ZERO, 0, 0);
    for seed in 0..SEEDS {
        let with = recovery(scenario(schedule, schedule.with), seed);
        if with.after > SOON {
            return Err(format!("seed {seed}: with every rule, no leader for good: {with:?}"));
        }
        let without = recovery(scenario(schedule, schedule.without), seed);
        if without.after < LONG - SOON {
            return Err(format!("seed {seed}: a leader without the rule too: {without:?}"));
        }
        longest = longest.max(with.after);
        commits += without.commits;
        elections += without.elections;
    }
    let seconds = LONG.0 / 1_000_000 * SEEDS;
    Ok(format!(
        "no leader for good: {elections} elections and {commits} commits in {seconds} s after the \
         last fault; with the rule, one within {longest}"
    ))
}

pub(crate) fn catch(flaw: Flaw) -> Result<String, String> {
    of_flaw(flaw).map_or_else(|| Err("it has no schedule".to_string()), |it| compare(&it))
}

#[test]
fn a_cluster_without_pre_vote_is_disturbed_for_ever_by_a_server_that_hears_nobody() {
    println!("pre-vote off: {}", compare(&without_pre_vote()).expect("it is missed"));
}

#[test]
fn a_cluster_without_check_quorum_follows_a_leader_that_hears_nobody() {
    println!("check-quorum off: {}", compare(&without_check_quorum()).expect("it is missed"));
}
