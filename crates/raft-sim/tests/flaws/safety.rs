//! For each flaw that breaks safety, the shortest schedule that we know to show it.
//!
//! Nothing in these depends on chance: every message takes 5 ms and every fsync 1,
//! unless a schedule says otherwise, and nobody stands for election but when it is told
//! to, since timeouts end long after the run does. So a schedule can be read, and every
//! seed gives the same.

use crate::script;
use raft_core::{DriftBound, Flaw, Flaws, Micros, NodeId, NodeSet, Settings};
use raft_sim::{
    ClientPlan, Happening, Key, Latency, LinkPlan, NetworkPlan, Plan, Rate, Scenario, Timeline,
    Violation, Work,
};
use std::sync::Arc;

/// A schedule that breaks a property once a rule is left out.
struct Schedule {
    flaw: Flaw,
    cluster: Scenario,
    /// A line a step: when, in milliseconds, what, as a link spells it, and why.
    script: &'static str,
}

const fn ms(millis: u64) -> Micros {
    Micros::from_millis(millis)
}

/// So many nodes, all voters, and nothing that surprises.
fn nodes(nodes: u8) -> Scenario {
    Scenario {
        name: "flaw".to_string(),
        title: String::new(),
        summary: String::new(),
        rules: Vec::new(),
        expectations: Vec::new(),
        initial: Vec::new(),
        pins: Vec::new(),
        nodes,
        voters: None,
        learners: NodeSet::EMPTY,
        settings: Settings {
            election_timeout_min: ms(1_000),
            election_timeout_max: Micros::from_secs(1_000_000_000),
            heartbeat_interval: ms(100),
            ..Settings::default()
        },
        snapshot_every: None,
        network: NetworkPlan::of(Latency::Constant(ms(5))),
        fsync: Latency::Constant(ms(1)),
        clocks: Vec::new(),
        clock_offsets: Vec::new(),
        fsyncs: Vec::new(),
        snapshot_work: None,
        clients: Vec::new(),
        asks: Vec::new(),
        client_latency: Latency::Constant(Micros(100)),
        script: Vec::new(),
        duration: ms(5_000),
        seed: None,
        places: Vec::new(),
    }
}

/// Three nodes with leases of the whole minimum timeout, one second.
fn leases() -> Scenario {
    let mut cluster = nodes(3);
    cluster.settings.stickiness = true;
    cluster.settings.lease = Some(DriftBound::NONE);
    cluster
}

/// What the others send to A takes long.
fn slow_answers_to_a(mut cluster: Scenario) -> Scenario {
    let latency = Latency::Constant(ms(600));
    cluster.network.links = [NodeId::B, NodeId::C]
        .map(|from| LinkPlan { from, to: NodeId::A, latency })
        .into_iter()
        .collect();
    cluster
}

/// A client that writes once, at one second, and asks A once more before A can have
/// the first answer: the write stands in the log twice.
fn impatient_writer() -> ClientPlan {
    ClientPlan {
        work: Work::Write,
        key: Key(0),
        starts_at: ms(1_000),
        stops_at: ms(1_001),
        rest: ms(1),
        patience: ms(8),
        stuck_to: Some(NodeId::A),
        keeps_session: true,
        tries_again: true,
    }
}

fn schedules() -> Vec<Schedule> {
    vec![
        Schedule {
            flaw: Flaw::VoteWithoutComparingLogs,
            cluster: nodes(3),
            script: "
                 10 timeout:A       A leads
                100 partition:AB-C
                110 write:A         A and B hold it: it is committed
                200 partition:A-BC
                210 timeout:C       C lacks it, and asks B, which has it
            ",
        },
        Schedule {
            flaw: Flaw::CompareOnlyLogLength,
            cluster: nodes(3),
            script: "
                 10 timeout:A       A leads term 1
                100 partition:A-BC
                110 write:A         alone, it can't commit,
                120 write:A         but its log grows
                200 timeout:B       B leads term 2, and commits its first entry with C
                300 partition:AC-B  A learns from C that its term is over
                400 timeout:A       its log is longer than C's, and ends in an earlier term
            ",
        },
        // The paper's Figure 8, with A for S1 and E for S5.
        Schedule {
            flaw: Flaw::CommitEarlierTermByCounting,
            cluster: {
                let mut cluster = nodes(5);
                cluster.settings.no_op_at_start_of_term = false;
                cluster
            },
            script: "
                 10 timeout:A       A leads term 1
                100 partition:AB-CDE
                110 write:A         (a) entry 1 of term 1, at A and B
                200 timeout:E       (b) E leads term 2, elected by C and D,
                300 partition:ABCD-E
                310 write:E         and takes another entry 1, of term 2
                450 timeout:A       (c) A leads term 3, and replicates its old entry to C and D
                600 partition:A-BCDE
                750 timeout:E       (d) E learnt of term 3 and leads term 4: its entry 1 is newer
            ",
        },
        Schedule {
            flaw: Flaw::AcknowledgeBeforeFsync,
            cluster: Scenario { fsync: Latency::Constant(ms(40)), ..nodes(3) },
            script: "
                 10 timeout:A       A leads
                300 partition:AB-C
                310 write:A         B has the entry from 315 ms on, and on its disk from 355
                330 crash:B         what B said of it is lost
                340 partition:A-BC
                350 restart:B
                400 timeout:C       B doesn't know better
            ",
        },
        Schedule {
            flaw: Flaw::VoteTwiceAfterRestart,
            cluster: nodes(3),
            script: "
                  5 partition:AB-C
                 10 timeout:A       B votes for A in term 1, durably,
                 18 crash:B         and loses power as soon as it has said so
                100 partition:A-BC
                110 restart:B
                200 timeout:C       C asks for B's vote in term 1 too
            ",
        },
        Schedule {
            flaw: Flaw::FixedQuorumOfTwo,
            cluster: nodes(5),
            script: "
                  5 partition:AB-CD-E
                 10 timeout:A       two votes of five
                 10 timeout:C       and two more
            ",
        },
        Schedule {
            flaw: Flaw::FixedQuorumOfThree,
            cluster: nodes(6),
            script: "
                  5 partition:ABC-DEF
                 10 timeout:A       three votes of six
                 10 timeout:D       and three more
            ",
        },
        // The paper's Figure 10: from {A B C} to {A B C D E}.
        Schedule {
            flaw: Flaw::JumpToNewConfiguration,
            cluster: Scenario { voters: Some(NodeSet::first(3)), ..nodes(5) },
            script: "
                 10 timeout:A       A leads
                100 partition:ADE-BC
                110 joint:ABCDE     B and C don't hear of it
                300 timeout:B       a majority of the old three: B and C
                300 timeout:D       a majority of the new five: A, D and E
            ",
        },
        Schedule {
            flaw: Flaw::JointWithEitherMajority,
            cluster: Scenario { voters: Some(NodeSet::first(3)), ..nodes(5) },
            script: "
                 10 timeout:A       A leads
                100 partition:ADE-BC
                110 joint:ABCDE     A, D and E hold C_old,new; B and C don't hear of it
                300 timeout:B       a majority of the old three: B and C
                300 timeout:D       a majority of the new five alone: A, D and E
            ",
        },
        // Ongaro's message to raft-dev of July 2015, with A for S1 and E for S5.
        Schedule {
            flaw: Flaw::ReconfigureBeforeOwnCommit,
            cluster: Scenario { voters: Some(NodeSet::first(4)), ..nodes(5) },
            script: "
                 10 timeout:A       A leads term 1 with {A B C D}
                100 partition:AE-BCD
                110 add-voter:E     {A B C D E}, at A and E: not committed
                200 timeout:B       B leads term 2 with {A B C D}, elected by C and D
                213 partition:AE-BC-D
                220 remove:A        {B C D}, at B and C: a majority, committed
                300 partition:ADE-BC
                450 timeout:A       A leads with {A B C D E}, elected by D and E
            ",
        },
        Schedule {
            flaw: Flaw::CountLearners,
            cluster: Scenario { learners: NodeSet::only(NodeId::D), ..nodes(4) },
            script: "
                 10 timeout:A       A leads {A B C}; D learns
                100 partition:AD-BC
                110 write:A         at A and D: one voter of three
                200 timeout:B       B and C are a majority, and don't have it
            ",
        },
        Schedule {
            flaw: Flaw::ReadBeforeFirstCommit,
            cluster: {
                let mut cluster = nodes(3);
                // B hears of the commit with the next heartbeat only, which is late.
                cluster.settings.heartbeat_interval = ms(300);
                Scenario { fsync: Latency::Constant(ms(20)), ..cluster }
            },
            script: "
                 10 timeout:A       A leads
                150 write:A         committed, as A knows and B and C don't yet
                250 partition:A-BC
                260 timeout:B       B leads from 310 ms on; its first entry is committed at 340
                315 read-index:B    C answers B's heartbeat sooner than its disk is done
            ",
        },
        Schedule {
            flaw: Flaw::ReadConfirmedByOlderRound,
            cluster: slow_answers_to_a(nodes(3)),
            script: "
                  10 timeout:A      A leads from 617 ms on
                1000 write:A
                2000 cut:A-B        A can't be heard any more; it still hears
                2000 cut:A-C        what B and C answered before
                2100 timeout:B      B leads
                2200 write:B
                2400 read-index:A   late answers come to rounds of 2 s and before
            ",
        },
        Schedule {
            flaw: Flaw::LeaseCountedFromReceiveTime,
            cluster: slow_answers_to_a(leases()),
            script: "
                  10 timeout:A      A leads from 617 ms on
                1000 write:A
                2000 cut:A-B        the last round that B and C hear; their promise ends
                2000 cut:A-C        at 3 s, the lease with the last answer's at 3.6 s
                3100 timeout:B      B leads
                3200 write:B
                3300 read-lease:A
            ",
        },
        Schedule {
            flaw: Flaw::LeaseForgottenByRestart,
            cluster: leases(),
            script: "
                  10 timeout:A      A leads
                 100 write:A
                 500 partition:AB-C C's promise ends at 1.5 s, B's is renewed
                2000 crash:B
                2005 partition:A-BC
                2010 restart:B      A's lease rests on B's promise until 3 s
                2100 timeout:C      C asks B
                2200 write:C
                2300 read-lease:A
            ",
        },
        Schedule {
            flaw: Flaw::LeaseKeptThroughTransfer,
            cluster: leases(),
            script: "
                  10 timeout:A      A leads
                 100 write:A
                2000 transfer:B     B is told to stand, and C to vote whatever it promised
                2006 partition:A-BC A doesn't hear that B stands
                2100 write:B
                2200 read-lease:A
            ",
        },
        Schedule {
            flaw: Flaw::LeaseWithoutDriftBound,
            cluster: {
                let mut cluster = leases();
                cluster.settings.lease = Some(DriftBound { numerator: 2, denominator: 1 });
                let half = Rate { numerator: 1, denominator: 2 };
                Scenario { clocks: vec![(NodeId::A, half)], ..cluster }
            },
            script: "
                  10 timeout:A      A leads; its clock runs at half speed
                 100 write:A
                2000 partition:A-BC B and C have promised one second: until 3 s
                3100 timeout:B      B leads
                3200 write:B
                3300 read-lease:A   one second of A's clock: nearly until 4 s
            ",
        },
        Schedule {
            flaw: Flaw::SnapshotWithoutConfiguration,
            cluster: Scenario { voters: Some(NodeSet::first(3)), ..nodes(5) },
            script: "
                 10 timeout:A       A leads {A B C},
                100 add-voter:D
                200 add-voter:E     then {A B C D E}
                400 snapshot:B      the entries that say so are gone from B's log
                400 snapshot:C      and from C's
                500 partition:ADE-BC
                510 crash:B
                510 crash:C
                520 restart:B       now their snapshots are all that they know
                520 restart:C
                600 timeout:B       a majority of the three that it began with: B and C
                600 timeout:D       a majority of the five: A, D and E
            ",
        },
        Schedule {
            flaw: Flaw::SnapshotWithoutSessions,
            cluster: Scenario { clients: vec![impatient_writer()], ..nodes(3) },
            script: "
                  10 timeout:A      A leads; at 1000 ms the client writes x = 1,
                1004 write:A        someone else writes x = 2,
                1017 snapshot:A     and the client's second try, of 1008 ms, is not applied yet
                1200 read-index:A   x = 2: the second try is not applied again
                1300 crash:A
                1310 restart:A      A begins with its snapshot; the second try comes after it
                1400 timeout:A
                1500 read-index:A
            ",
        },
    ]
}

/// Runs a schedule with these rules left out: what was violated.
fn violations(schedule: &Schedule, flaws: Flaws, seed: u64) -> Vec<Violation> {
    let script = script::steps(schedule.script);
    let mut scenario = Scenario { script, ..schedule.cluster.clone() };
    scenario.settings.flaws = flaws;
    let plan = Plan::new(scenario, seed, Vec::new()).expect("the schedule can be");
    let timeline = Timeline::new(Arc::new(plan));
    let mut violations = Vec::new();
    for record in timeline.records() {
        match &record.what {
            Happening::Violated(violation) => violations.push(violation.clone()),
            Happening::ActionRefused { action, because } => {
                panic!("{:?}: {action} at {}: {because:?}", schedule.flaw, record.at)
            }
            _ => {}
        }
    }
    violations
}

/// Shows that without its rule a flaw's schedule breaks `property`, whatever the seed,
/// and with it nothing. Gives what the monitor says; an error if one of the two is not so.
pub(crate) fn catch(flaw: Flaw, property: &str) -> Result<String, String> {
    let schedules = schedules();
    let schedule = schedules.iter().find(|it| it.flaw == flaw).ok_or("it has no schedule")?;
    let mut told = String::new();
    for seed in 0..10 {
        let found = violations(schedule, Flaws::NONE.with(flaw), seed);
        let of_property = found.iter().find(|found| found.property.to_string() == property);
        let violation =
            of_property.ok_or_else(|| format!("{property} holds; violated is {found:?}"))?;
        if let Some(violation) = violations(schedule, Flaws::NONE, seed).first() {
            return Err(format!("real Raft breaks too: {violation}"));
        }
        told = format!("{violation}; clean without");
    }
    Ok(told)
}
