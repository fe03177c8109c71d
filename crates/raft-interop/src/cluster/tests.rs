use super::*;
use crate::schedule::MIXTURES;

const PATIENCE: Micros = Micros::from_secs(20);

/// Every mixture, with pre-vote and check-quorum on and off.
fn plans() -> Vec<Plan> {
    let mut plans = Vec::new();
    for kinds in MIXTURES {
        for (pre_vote, check_quorum) in [(false, false), (true, false), (false, true), (true, true)]
        {
            let seed = plans.len() as u64;
            let (kinds, weather, flaws) = (kinds.to_vec(), Weather::CALM, Flaws::NONE);
            plans.push(Plan { kinds, pre_vote, check_quorum, seed, weather, flaws });
        }
    }
    plans
}

/// A cluster in which this server leads, by its own election or because the one that
/// was elected hands over.
fn led_by(plan: &Plan, id: NodeId) -> Cluster {
    let mut cluster = Cluster::new(plan);
    let leads = |cluster: &Cluster| cluster.leader() == Some(id);
    for _ in 0..40 {
        if cluster.run_while_not(Micros::from_millis(500), leads) {
            return cluster;
        }
        if let Some(leader) = cluster.leader() {
            cluster.transfer(leader, id);
        }
    }
    panic!("{id} never leads: {plan:?}");
}

/// Each server of each plan, leading.
fn each_led_cluster() -> impl Iterator<Item = (Cluster, NodeId)> {
    plans().into_iter().flat_map(|plan| {
        let ids = Cluster::new(&plan).ids();
        ids.into_iter().map(move |id| (led_by(&plan, id), id))
    })
}

/// Proposes so many commands to a server, which must take them.
fn propose(cluster: &mut Cluster, to: NodeId, count: u64) {
    for _ in 0..count {
        assert!(cluster.propose(to), "{to} leads and takes commands");
        cluster.run_for(Micros::from_millis(1));
    }
}

/// The commands that were committed, in order, as the numbers that they were proposed with.
fn committed(cluster: &Cluster) -> Vec<u64> {
    let entries = cluster.monitor().committed().filter(|entry| !entry.bytes.is_empty());
    entries
        .map(|entry| {
            let text = std::str::from_utf8(&entry.bytes).unwrap();
            text.strip_prefix("command ").unwrap().parse().unwrap()
        })
        .collect()
}

#[track_caller]
fn all_apply(cluster: &mut Cluster, commands: impl Iterator<Item = u64>) {
    let commands: Vec<u64> = commands.collect();
    let is_so =
        |cluster: &Cluster| cluster.all_have_applied(Index::ZERO) && committed(cluster) == commands;
    let agrees = cluster.run_while_not(PATIENCE, is_so);
    assert_eq!(cluster.violations(), []);
    assert_eq!(cluster.untranslatable(), []);
    assert!(agrees, "{:?} instead of {commands:?}", committed(cluster));
}

/// "Election Safety", and that there are elections: nobody is told to stand.
#[test]
fn servers_of_either_kind_are_elected() {
    let mut elected = BTreeMap::new();
    for plan in plans() {
        for seed in 0..6 {
            let mut cluster = Cluster::new(&Plan { seed, ..plan.clone() });
            let is_led = cluster.run_while_not(PATIENCE, |cluster| cluster.leader().is_some());
            assert!(is_led, "{plan:?}");
            assert_eq!(cluster.violations(), []);
            assert_eq!(cluster.untranslatable(), []);
            let leader = cluster.leader().unwrap();
            *elected.entry((plan.kinds.clone(), cluster.kind(leader))).or_insert(0) += 1;
        }
    }
    println!("elected: {elected:?}");
    assert_eq!(elected.len(), 2 * MIXTURES.len(), "each kind in each mixture: {elected:?}");
}

#[test]
fn each_kind_replicates_to_the_other() {
    for (mut cluster, leader) in each_led_cluster() {
        propose(&mut cluster, leader, 30);
        all_apply(&mut cluster, 1..=30);
        assert_eq!(cluster.leader(), Some(leader), "a healthy leader is not deposed");
    }
}

#[test]
fn a_follower_of_either_kind_catches_up_after_a_crash() {
    for (mut cluster, leader) in each_led_cluster() {
        let follower = cluster.ids().into_iter().find(|id| *id != leader).unwrap();
        propose(&mut cluster, leader, 10);
        cluster.crash(follower);
        propose(&mut cluster, leader, 30);
        cluster.restart(follower);
        all_apply(&mut cluster, 1..=40);
    }
}

#[test]
fn it_survives_the_crash_of_a_leader_of_either_kind() {
    for (mut cluster, leader) in each_led_cluster() {
        propose(&mut cluster, leader, 10);
        all_apply(&mut cluster, 1..=10);
        cluster.crash(leader);
        let is_led = cluster.run_while_not(PATIENCE, |cluster| cluster.leader().is_some());
        assert!(is_led);
        let next = cluster.leader().unwrap();
        propose(&mut cluster, next, 10);
        cluster.restart(leader);
        all_apply(&mut cluster, 1..=20);
    }
}

#[test]
fn what_was_committed_survives_the_crash_of_everyone_at_once() {
    for (mut cluster, leader) in each_led_cluster() {
        propose(&mut cluster, leader, 20);
        all_apply(&mut cluster, 1..=20);
        let ids = cluster.ids();
        ids.iter().for_each(|id| cluster.crash(*id));
        ids.iter().for_each(|id| cluster.restart(*id));
        all_apply(&mut cluster, 1..=20);
    }
}

/// Conflict hints, both ways: the deposed leader's entries go, whichever kind it is and
/// whichever kind its successor.
#[test]
fn a_deposed_leader_of_either_kind_gives_up_what_it_had_not_committed() {
    for (mut cluster, leader) in each_led_cluster() {
        propose(&mut cluster, leader, 5);
        all_apply(&mut cluster, 1..=5);
        cluster.part(NodeSet::only(leader));
        for _ in 0..10 {
            assert!(cluster.propose(leader), "it doesn't know yet");
        }
        let is_led = cluster
            .run_while_not(PATIENCE, |cluster| cluster.leader().is_some_and(|now| now != leader));
        assert!(is_led);
        let next = cluster.leader().unwrap();
        propose(&mut cluster, next, 3);
        cluster.heal();
        all_apply(&mut cluster, (1..=5).chain(16..=18));
    }
}

/// The target need not wait for a timeout, and voters that hear the leader answer it too
/// (dissertation, sections 3.10 and 4.2.3): so it is quicker than any timeout.
#[test]
fn a_leader_of_either_kind_hands_over_to_either_kind() {
    for plan in plans() {
        let ids = Cluster::new(&plan).ids();
        for (leader, target) in
            ids.iter().flat_map(|one| ids.iter().map(move |other| (*one, *other)))
        {
            let mut cluster = led_by(&plan, leader);
            propose(&mut cluster, leader, 5);
            all_apply(&mut cluster, 1..=5);
            cluster.transfer(leader, target);
            let shortest_timeout = Micros::from_millis(150);
            let leads = |cluster: &Cluster| cluster.leader() == Some(target);
            assert!(
                cluster.run_while_not(shortest_timeout, leads),
                "{leader} to {target}: {plan:?}"
            );
        }
    }
}

/// With check-quorum, a leader behind a wall finds out by itself (dissertation, section
/// 6.2): ours counts rounds that theirs copy back, theirs counts answers of ours.
#[test]
fn with_check_quorum_a_leader_cut_off_steps_down_and_one_that_is_not_stays() {
    for plan in plans().into_iter().filter(|plan| plan.check_quorum) {
        for leader in Cluster::new(&plan).ids() {
            let mut cluster = led_by(&plan, leader);
            cluster.run_for(Micros::from_secs(3));
            assert_eq!(cluster.leader(), Some(leader), "{plan:?}");
            let others = cluster.ids().into_iter().filter(|id| *id != leader);
            others.for_each(|id| cluster.crash(id));
            cluster.run_for(Micros::from_secs(1));
            assert_eq!(cluster.leader(), None, "{plan:?}");
        }
    }
}

/// With pre-vote, a server that comes back from behind a wall deposes nobody
/// (dissertation, section 9.6), whichever kind it is and whichever kind leads.
#[test]
fn with_pre_vote_and_check_quorum_a_server_that_comes_back_deposes_nobody() {
    for plan in plans().into_iter().filter(|plan| plan.pre_vote && plan.check_quorum) {
        let ids = Cluster::new(&plan).ids();
        for (leader, back) in ids.iter().flat_map(|one| ids.iter().map(move |other| (*one, *other)))
        {
            if leader == back {
                continue;
            }
            let mut cluster = led_by(&plan, leader);
            cluster.part(NodeSet::only(back));
            cluster.run_for(Micros::from_secs(2));
            cluster.heal();
            propose(&mut cluster, leader, 5);
            all_apply(&mut cluster, 1..=5);
            assert_eq!(cluster.leader(), Some(leader), "{plan:?}");
        }
    }
}
