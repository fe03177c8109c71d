//! Servers that somebody else wrote, observed: what they do is clean, by the rules that
//! Raftlab checks, and what they don't do is refused.

use crate::cluster::{Cluster, Plan, Weather};
use crate::random::Random;
use crate::schedule;
use crate::server::Kind;
use raft_core::{Flaws, Micros, NodeId};
use raft_scene::{
    NodeRole, ObservedCluster, StageView, Theme, TimelineIndex, TimelineView, svg, timeline_marks,
};
use raft_sim::trace::observed::{Observation, Observed, ObservedLine, ObservedRole, Rule};
use raft_sim::trace::{Verdict, check};

fn plan_of_theirs(servers: usize, seed: u64) -> Plan {
    Plan {
        kinds: vec![Kind::Theirs; servers],
        pre_vote: seed % 2 == 1,
        check_quorum: seed % 3 == 1,
        seed,
        weather: Weather { lost_percent: 3, repeated_percent: 3, ..Weather::CALM },
        flaws: Flaws::NONE,
    }
}

fn observed(servers: usize, seed: u64) -> String {
    observed_cluster(servers, seed).observer().expect("it is observed").trace()
}

/// A cluster of theirs with clients, and with crashes and walls.
fn observed_cluster(servers: usize, seed: u64) -> Cluster {
    let mut cluster = Cluster::new(&plan_of_theirs(servers, seed));
    cluster.observe();
    let mut random = Random::new(seed);
    let ids = cluster.ids();
    let mut any = |count: u64| random.below(count);
    for _ in 0..30 {
        if let Some(leader) = cluster.leader() {
            match any(4) {
                0 => drop(cluster.propose(leader)),
                1 => drop(cluster.read(leader)),
                _ => {
                    cluster.propose(leader);
                    cluster.run_for(Micros::from_millis(any(10)));
                    cluster.read(leader);
                }
            }
        }
        let one = ids[any(ids.len() as u64) as usize];
        match any(10) {
            0 => cluster.crash(one),
            1 => cluster.leader().into_iter().for_each(|leader| cluster.crash(leader)),
            2..=4 => ids.iter().for_each(|id| cluster.restart(*id)),
            5 => cluster.part([one].into_iter().collect()),
            6 | 7 => cluster.heal(),
            // A deposed leader may be asked too: what it can't commit it doesn't answer.
            8 => drop(cluster.read(one)),
            _ => {}
        }
        cluster.run_for(Micros::from_millis(20 + any(300)));
    }
    cluster
}

fn verdict(trace: &str) -> Verdict {
    check(trace.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_their_servers_do_breaks_no_rule() {
    let mut checks = [0; Rule::ALL.len()];
    for seed in 0..24 {
        let verdict = verdict(&observed(if seed % 2 == 0 { 3 } else { 5 }, seed));
        assert!(verdict.is_clean(), "{seed}:\n{verdict}");
        for (sum, rule) in checks.iter_mut().zip(&verdict.rules) {
            *sum += rule.checks;
            assert_eq!(rule.untold, None);
        }
    }
    println!("{:?} {checks:?}", Rule::ALL);
    assert!(checks.iter().all(|checks| *checks > 20), "{checks:?}");
}

#[test]
fn what_a_mixed_cluster_does_breaks_no_rule() {
    for number in 0..24 {
        let (played, trace) = schedule::play_observed(&schedule::plan(number));
        assert_eq!(played.wrong, None);
        let verdict = verdict(&trace);
        assert!(verdict.is_clean(), "{number}:\n{verdict}");
    }
}

/// The line that has all of these in it, from 1.
fn line_of(trace: &str, parts: &[&str]) -> usize {
    let has_all = |line: &str| parts.iter().all(|part| line.contains(part));
    trace.lines().position(has_all).unwrap_or_else(|| panic!("no line has {parts:?}")) + 1
}

/// The trace with one line changed.
fn changed(trace: &str, line: usize, change: impl Fn(&str) -> String) -> String {
    let lines = trace
        .lines()
        .zip(1..)
        .map(|(text, number)| if number == line { change(text) } else { format!("{text}\n") });
    lines.collect()
}

#[test]
fn an_edit_that_breaks_a_rule_is_refused_with_its_line() {
    // Calm weather: one leader, and each entry reaches the others in turn.
    let plan = Plan { weather: Weather::CALM, ..plan_of_theirs(3, 0) };
    let mut cluster = Cluster::new(&plan);
    cluster.observe();
    cluster.run_while_not(Micros::from_secs(20), |cluster| cluster.leader().is_some());
    let leader = cluster.leader().expect("nothing is in its way");
    let follower = cluster.ids().into_iter().find(|id| *id != leader).expect("there are three");
    for _ in 0..3 {
        assert!(cluster.propose(leader));
        cluster.run_for(Micros::from_millis(100));
    }
    assert!(cluster.read(leader));
    cluster.run_for(Micros::from_millis(100));
    let trace = cluster.observer().expect("it is observed").trace();
    assert!(verdict(&trace).is_clean(), "{}", verdict(&trace));

    // A commit without a majority: the leader knows the last entry but one to be
    // committed as soon as it has it.
    let of_leader = format!("\"node\":\"{leader}\"");
    let appended = line_of(&trace, &["\"appended\"", &of_leader, "command 3"]);
    let early = changed(&trace, appended, |line| {
        let at = &line[..line.find(",\"what\"").expect("it has a time")];
        format!("{line}\n{at},\"what\":{{\"committed\":{{{of_leader},\"index\":4}}}}}}\n")
    });
    expect(&early, "Commitment", appended + 1);

    // A second vote in a term.
    let (voted, candidate) =
        (line_of(&trace, &["\"voted\""]), format!("\"candidate\":\"{leader}\""));
    let again = changed(&trace, voted, |line| {
        let other = format!("\"candidate\":\"{follower}\"");
        assert!(line.contains(&candidate), "{line}");
        format!("{line}\n{}\n", line.replace(&candidate, &other))
    });
    expect(&again, "Votes", voted + 1);

    // A read of a value that was overwritten before the read began.
    let read = line_of(&trace, &["\"operation-ended\"", "{\"found\":\"command 3\"}"]);
    let stale = changed(&trace, read, |line| line.replace("command 3", "command 2") + "\n");
    expect(&stale, "Linearizability", read);
}

#[track_caller]
fn expect(trace: &str, rule: &str, line: usize) {
    let verdict = verdict(trace);
    let [found] = verdict.violations.as_slice() else { panic!("{rule}: {verdict}") };
    assert_eq!((found.rule.as_str(), found.line), (rule, line as u64), "{verdict}");
}

/// The diagram has every election and operation, and the stage at the end is what the
/// servers themselves say.
#[test]
fn what_their_servers_do_is_drawn() {
    let mut roles = std::collections::BTreeSet::new();
    for seed in 0..6 {
        let cluster = observed_cluster(if seed % 2 == 0 { 3 } else { 5 }, seed);
        let observer = cluster.observer().expect("it is observed");
        let observation = Observation::read(observer.trace().as_bytes()).expect("it is a trace");
        let index = TimelineIndex::of_observed(&observation);
        let until = observation.verdict.until;
        let view = TimelineView { width: 1_248.0, height: 300.0, is_full: true };
        let marks = timeline_marks(&index, Micros::ZERO, until, &view);
        roles.extend(marks.roles.iter().map(|band| band.role));
        let began = |line: &&ObservedLine| matches!(line.what, Observed::OperationBegan { .. });
        assert_eq!(marks.operations.len(), observer.lines().iter().filter(began).count());
        assert!(marks.violations.is_empty());
        let elected = |line: &&ObservedLine| {
            matches!(line.what, Observed::Role { role: ObservedRole::Leader, .. })
        };
        for line in observer.lines().iter().filter(elected) {
            let to = line.at + Micros::from_millis(30);
            let marks = timeline_marks(&index, line.at, to, &view);
            assert!(marks.roles.iter().any(|band| band.role == NodeRole::Leader), "{line}");
            assert!(!marks.strands.is_empty(), "{line}");
        }
        let caption = svg::Caption::of_observed(&observation, until, &[]);
        let figure = svg::FigureView { width: 1_248.0, height: None, theme: Theme::Light };
        let whole = (Micros::ZERO, until);
        let painted = svg::timeline_figure(&index, whole, until, &caption, &figure);
        assert!(painted.is_ok_and(|it| it.contains("client") && it.contains("</svg>")));

        let mut drawn = ObservedCluster::new(&observation);
        drawn.advance_to(until);
        let stage = drawn.stage(&StageView::of_size(1_248.0, 800.0));
        for (node, id) in stage.nodes.iter().zip(cluster.ids()) {
            assert_eq!(node.name, id.to_string());
            assert_eq!(node.role != NodeRole::Crashed, cluster.is_up(id), "{seed} {id}");
            if !cluster.is_up(id) {
                continue;
            }
            let server = cluster.server(id);
            assert_eq!(node.term.0, server.term(), "{seed} {id}");
            let leads = matches!(node.role, NodeRole::Leader | NodeRole::StaleLeader);
            assert_eq!(leads, server.leads(), "{seed} {id}");
            let log = server.log();
            assert!(!node.log.cells.is_empty() || log.is_empty());
            for cell in &node.log.cells {
                assert_eq!(cell.term.0, log[cell.index.0 as usize - 1].term, "{seed} {id}");
                assert_eq!(cell.is_committed, cell.index <= server.commit_index(), "{seed} {id}");
            }
            assert_eq!(node.log.cells.last().map_or(0, |cell| cell.index.0), log.len() as u64);
        }
    }
    for role in [NodeRole::Leader, NodeRole::Candidate, NodeRole::PreCandidate, NodeRole::Crashed] {
        assert!(roles.contains(&role), "{roles:?}");
    }
}

#[test]
fn it_is_read_whole_as_it_was_written() {
    let trace = observed(3, 2);
    let read = Observation::read(trace.as_bytes()).expect("it is a trace");
    let mut written = String::new();
    read.write(&mut written).expect("a text takes all");
    assert!(written == trace);
    let first = NodeId::A.to_string();
    assert_eq!(read.head.nodes.first(), Some(&first));
}
