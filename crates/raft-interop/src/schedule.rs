//! Random schedules: a mixed cluster under faults, then in peace. All of it follows
//! from the number of the schedule.

use crate::cluster::{Cluster, Counts, Plan, Weather};
use crate::monitor::Violation;
use crate::observer::Observer;
use crate::random::Random;
use crate::server::Kind;
use crate::translate::Untranslatable;
use raft_core::{Flaws, Index, Micros, NodeId, NodeSet};
use std::fmt;

/// The mixtures of servers: each kind in the minority and in the majority, of three and of five.
pub const MIXTURES: [&[Kind]; 4] = {
    use Kind::{Ours, Theirs};
    [
        &[Ours, Theirs, Theirs],
        &[Ours, Theirs, Ours],
        &[Theirs, Ours, Theirs, Ours, Theirs],
        &[Ours, Theirs, Ours, Theirs, Ours],
    ]
};

/// What a schedule came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Played {
    /// What happened, counted.
    pub counts: Counts,
    /// How many entries were committed.
    pub committed: u64,
    /// How many terms a server of ours led, and one of theirs.
    pub terms_led: [u64; 2],
    /// What is wrong, if anything is.
    pub wrong: Option<Wrong>,
}

/// What a schedule should never come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// A property did not hold.
    Violated(Violation),
    /// A message could not be said in the other's words.
    Untranslatable(Untranslatable),
    /// Without faults, for seconds on end, they did not come to agree.
    NoAgreement,
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Violated(violation) => violation.fmt(formatter),
            Wrong::Untranslatable(message) => message.fmt(formatter),
            Wrong::NoAgreement => formatter.write_str("without faults, they don't come to agree"),
        }
    }
}

impl fmt::Display for Played {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { delivered, translated, lost, crashes, .. } = self.counts;
        let [ours, theirs] = self.terms_led;
        write!(
            formatter,
            "{delivered} messages delivered, {translated} of them translated, {lost} lost, {crashes} \
             crashes, {} entries committed, {ours} terms led by ours and {theirs} by theirs",
            self.committed
        )
    }
}

/// The plan of a schedule: its mixture, its settings and its weather.
pub fn plan(number: u64) -> Plan {
    let mut random = Random::new(number ^ 0x9d2c_5680_0000_0000);
    let kinds = MIXTURES[(number % 4) as usize].to_vec();
    let (pre_vote, check_quorum) = ((number / 4) % 2 == 1, (number / 8) % 2 == 1);
    let weather = Weather {
        latency_max: random.span(Micros::from_millis(2), Micros::from_millis(30)),
        write_max: random.span(Micros::from_millis(1), Micros::from_millis(20)),
        lost_percent: random.below(20),
        repeated_percent: random.below(20),
    };
    Plan { kinds, pre_vote, check_quorum, seed: number, weather, flaws: Flaws::NONE }
}

/// Plays a plan: some seconds of faults, then none, in which the cluster must come to agree.
pub fn play(plan: &Plan) -> Played {
    play_in(&mut Cluster::new(plan), plan)
}

/// Plays a plan, and gives what an observer tells of it: a trace.
pub fn play_observed(plan: &Plan) -> (Played, String) {
    let mut cluster = Cluster::new(plan);
    cluster.observe();
    let played = play_in(&mut cluster, plan);
    let trace = cluster.observer().map(Observer::trace);
    (played, trace.unwrap_or_default())
}

fn play_in(cluster: &mut Cluster, plan: &Plan) -> Played {
    let mut random = Random::new(plan.seed ^ 0x5bd1_e995);
    let ids = cluster.ids();
    for _ in 0..40 {
        fault_or_work(cluster, &mut random, &ids);
        cluster.run_for(random.span(Micros::from_millis(5), Micros::from_millis(250)));
        if !cluster.violations().is_empty() {
            break;
        }
    }
    cluster.heal();
    cluster.weather = Weather::CALM;
    for id in ids {
        cluster.restart(id);
    }
    let agrees = comes_to_agree(cluster);
    played(cluster, agrees)
}

fn fault_or_work(cluster: &mut Cluster, random: &mut Random, ids: &[NodeId]) {
    let mut any = || ids[random.below(ids.len() as u64) as usize];
    let (one, other) = (any(), any());
    match random.below(14) {
        0 => cluster.crash(one),
        // A leader's crash is what elections are for.
        1 => cluster.leader().into_iter().for_each(|leader| cluster.crash(leader)),
        2 | 3 => ids.iter().for_each(|id| cluster.restart(*id)),
        4 => {
            let side = ids.iter().filter(|_| random.happens(50)).copied();
            cluster.part(side.collect());
        }
        5 => cluster.leader().into_iter().for_each(|leader| cluster.part(NodeSet::only(leader))),
        6 => cluster.cut(one, other),
        7 | 8 => cluster.heal(),
        9 => cluster.campaign(one),
        10 => cluster.leader().into_iter().for_each(|leader| cluster.transfer(leader, other)),
        // Every server that believes that it leads takes some, one deposed too.
        _ => {
            for _ in 0..=random.below(12) {
                for id in ids {
                    cluster.propose(*id);
                }
            }
        }
    }
}

/// Without faults a leader is elected, commits a new command, and everyone applies all.
fn comes_to_agree(cluster: &mut Cluster) -> bool {
    for _ in 0..20 {
        let patience = Micros::from_secs(1);
        cluster.run_while_not(patience, |cluster| cluster.leader().is_some());
        let new = Index(cluster.monitor().committed().count() as u64 + 1);
        if let Some(leader) = cluster.leader()
            && cluster.propose(leader)
            && cluster.run_while_not(patience, |cluster| cluster.all_have_applied(new))
        {
            return true;
        }
        // It may be handing over still.
        cluster.run_for(Micros::from_millis(100));
    }
    false
}

fn played(cluster: &Cluster, agrees: bool) -> Played {
    let mut terms_led = [0, 0];
    for (_, leader) in cluster.monitor().leaders() {
        terms_led[usize::from(cluster.kind(leader) == Kind::Theirs)] += 1;
    }
    let wrong = match (cluster.violations().first(), cluster.untranslatable().first()) {
        (Some(violation), _) => Some(Wrong::Violated(violation.clone())),
        (None, Some(message)) => Some(Wrong::Untranslatable(*message)),
        (None, None) if !agrees => Some(Wrong::NoAgreement),
        (None, None) => None,
    };
    let committed = cluster.monitor().committed().count() as u64;
    Played { counts: cluster.counts(), committed, terms_led, wrong }
}

#[cfg(test)]
mod tests;
