//! A run can begin in the middle of things: with terms, votes, logs and snapshots, and with
//! what chance would have decided.

use raft_core::{Index, Message, MessageKind, Micros, NodeId, NodeSet, Term, Transition};
use raft_sim::{
    Happening, InitialState, Key, Pin, Plan, Scenario, Timeline, Value, World, parse_steps,
};
use std::sync::Arc;

fn state(nodes: &str, log: &str, committed: u64) -> InitialState {
    InitialState {
        nodes: nodes.chars().filter_map(NodeId::from_letter).collect::<NodeSet>(),
        term: None,
        voted_for: (!log.is_empty()).then_some(NodeId::A),
        log: log.parse().expect("it is a log"),
        committed: Index(committed),
        snapshot: Index::ZERO,
    }
}

/// Five nodes that begin so, with a client that writes to x.
fn scenario(initial: Vec<InitialState>) -> Scenario {
    let scenario = raft_scenarios::by_name("leader-crash").expect("it is built in");
    Scenario { script: Vec::new(), initial, expectations: Vec::new(), ..scenario }
}

fn run(scenario: Scenario, seed: u64) -> Timeline {
    Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be")))
}

fn end_of(timeline: &Timeline) -> World {
    timeline.world_after(timeline.events())
}

fn violations(timeline: &Timeline) -> Vec<String> {
    let violations = timeline.records().filter_map(|record| match &record.what {
        Happening::Violated(violation) => Some(violation.to_string()),
        _ => None,
    });
    violations.collect()
}

#[test]
fn a_run_with_9500_entries_behind_it_goes_on_from_there() {
    for (snapshot, seed) in [(0, 1), (9_000, 2), (9_500, 3)] {
        let behind = InitialState {
            snapshot: Index(snapshot),
            ..state("ABCDE", "1*9000 3*499 3:x=7", 9_500)
        };
        let timeline = run(scenario(vec![behind]), seed);
        assert_eq!(violations(&timeline), Vec::<String>::new());
        let world = end_of(&timeline);
        for host in world.hosts() {
            let view = host.node().expect("everyone is up").view();
            assert!(view.term() > Term(3) && view.commit_index() > Index(9_505), "{}", view.id());
            assert_eq!(view.log().base().index, Index(snapshot));
        }
        let wrote = host_value(&world);
        assert!(wrote > Value(7), "{wrote}: the values of the run follow those before it");
    }
}

fn host_value(world: &World) -> Value {
    let machine = world.host(NodeId::A).and_then(|host| host.state_machine());
    machine.map(|machine| machine.read(Key(0))).expect("A is up")
}

#[test]
fn a_read_finds_what_was_committed_before_the_run_and_perhaps_what_was_not() {
    let mut found = std::collections::BTreeSet::new();
    for seed in 0..30 {
        // C, D and E may elect each other, and x=9 goes; or it stays, with A or B in office.
        let others = InitialState { term: Some(Term(2)), ..state("CDE", "1:x=8 1:y=3", 2) };
        let initial = vec![state("AB", "1:x=8 1:y=3 2:x=9", 2), others];
        let script = parse_steps("1500000:read-index:leader").expect("they are steps");
        let scenario = Scenario { clients: Vec::new(), script, ..scenario(initial) };
        let timeline = run(scenario, seed);
        assert_eq!(violations(&timeline), Vec::<String>::new(), "seed {seed}");
        let read = end_of(&timeline).history().operations().find_map(|(_, it)| match it.ended {
            Some((_, raft_sim::Outcome::Found { value, .. })) => Some(value),
            _ => None,
        });
        found.extend(read);
    }
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [Value(8), Value(9)]);
}

/// A follower that lags is asked straight: it finds what was overwritten before the run, and
/// that is a stale read, not one of what nobody wrote.
#[test]
fn a_read_of_what_was_overwritten_before_the_run_is_told_as_that() {
    // D has x=8 in its snapshot; E knows of nothing that is committed, and has not applied it.
    let lags = |nodes, snapshot| InitialState {
        snapshot: Index(snapshot),
        voted_for: None,
        ..state(nodes, "1:x=8", 1)
    };
    let initial = vec![state("ABC", "1:x=8 1:x=9", 2), lags("D", 1), lags("E", 0)];
    let script = "10:isolate:D,20:read-straight:D,30:isolate:E,40:read-straight:E,\
                  50:read-straight:D,60:read-straight:E";
    let script = parse_steps(script).expect("they are steps");
    let scenario = Scenario { clients: Vec::new(), ..scenario(initial) };
    let found = violations(&run(Scenario { script, ..scenario.clone() }, 1));
    assert_eq!(found.len(), 2, "each once: {found:?}");
    for (found, value) in found.iter().zip(["x = 8", "x = 0"]) {
        assert!(found.contains("Linearizability violated") && found.contains(value), "{found}");
        assert!(found.contains("overwritten before the run began, when x was 9"), "{found}");
    }
    // A leader answers once its term's first entry is committed, and then it is 9.
    let script = parse_steps("10:timeout:A,1500000:read-index:leader").expect("they are steps");
    assert_eq!(violations(&run(Scenario { script, ..scenario }, 1)), Vec::<String>::new());
}

#[test]
fn an_election_that_loses_what_was_committed_before_the_run_is_a_violation() {
    let mut scenario = scenario(vec![state("ABC", "1 1", 2), state("DE", "1", 1)]);
    let flaw = raft_core::Flaw::VoteWithoutComparingLogs;
    scenario.settings.flaws = raft_core::Flaws::NONE.with(flaw);
    scenario.script = parse_steps("10:timeout:D").expect("they are steps");
    let lost = violations(&run(scenario, 1));
    assert!(lost.iter().any(|it| it.contains("Leader Completeness")), "{lost:?}");
}

#[test]
fn a_node_that_has_voted_before_the_run_votes_for_nobody_else_in_that_term() {
    let voted = InitialState { term: Some(Term(4)), ..state("BCDE", "", 0) };
    let voted = InitialState { voted_for: Some(NodeId::B), ..voted };
    let stands = InitialState { term: Some(Term(3)), ..state("A", "", 0) };
    let script = parse_steps("10:timeout:A").expect("they are steps");
    let timeline = run(Scenario { script, ..scenario(vec![voted, stands]) }, 1);
    let refused = timeline.records().filter(|record| match record.what {
        Happening::Node { transition: Transition::VoteRefused { to, because }, .. } => {
            to == NodeId::A && because == raft_core::VoteRefusal::AlreadyVotedFor(NodeId::B)
        }
        _ => false,
    });
    assert_eq!(refused.count(), 4);
}

#[test]
fn beginnings_that_can_not_be_are_refused_with_the_reason() {
    let with_snapshot = InitialState { snapshot: Index(2), ..state("ABC", "1 1", 1) };
    let early = InitialState { term: Some(Term(1)), ..state("A", "1 2", 0) };
    let nobody = InitialState { voted_for: Some(NodeId::B), ..state("A", "", 0) };
    for (initial, says) in [
        (vec![early], "initial[0]: A: its log ends in term 2, and its term is 1"),
        (vec![state("A", "2 1", 0)], "an entry of term 1 can't follow one of term 2"),
        (vec![state("A", "0", 0)], "entries are of term 1 or later"),
        (vec![state("A", "1*20001", 0)], "up to 20000 entries"),
        (vec![state("A", "1*0", 0)], "in runs of 1 or more"),
        (vec![state("A", "1*18446744073709551615 1*5", 0)], "up to 20000 entries"),
        (vec![state("A", "1*2:x=20000", 0)], "values are from 1 to 20000"),
        (vec![state("A", "1:x=0", 0)], "values are from 1 to 20000"),
        (vec![state("I", "1", 0)], "there is no node I"),
        (vec![state("", "1", 0)], "name at least one node"),
        (vec![state("AB", "1", 0), state("BC", "1", 0)], "B begins with two states"),
        (vec![nobody], "nobody votes in term 0"),
        (
            vec![InitialState { voted_for: None, ..state("ABCDE", "1 2", 0) }],
            "entries of term 2, so a leader was elected",
        ),
        (vec![state("AB", "1 2", 0), state("CDE", "1", 0)], "so a leader was elected"),
        (vec![state("ABC", "1 1", 3)], "past the end of its log"),
        (vec![with_snapshot], "committed must reach that far"),
        (vec![state("AB", "1 1", 2)], "A has committed up to 2, which no majority"),
        (
            vec![state("A", "1:x=1 2", 0), state("B", "1:x=2 2", 0)],
            "the logs of A and B have the same entry 2 of term 2",
        ),
        (vec![state("A", "1:x=1 1:x=1", 0)], "1 is written by two entries"),
        (
            vec![state("ABC", "1 1", 2), state("DE", "1 2", 2)],
            "D and A have committed different entries",
        ),
    ] {
        let errors = Plan::new(scenario(initial), 1, Vec::new()).expect_err(says);
        let errors = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        assert!(errors.contains(says), "{errors}");
    }
}

fn pin(what: &str, nth: u64, takes: u64) -> Pin {
    Pin { what: what.parse().expect("it is an occasion"), nth, count: 1, takes: Micros(takes) }
}

/// When each message of a kind left, and how long it takes.
fn spans(timeline: &Timeline, kind: MessageKind, to: NodeId) -> Vec<Micros> {
    let sent = timeline.records().filter_map(|record| match &record.what {
        Happening::Sent { envelope, ends_at, .. }
            if envelope.body.kind() == kind && envelope.to == to && envelope.from == NodeId::A =>
        {
            Some(*ends_at - record.at)
        }
        _ => None,
    });
    sent.collect()
}

fn timeouts(timeline: &Timeline, of: NodeId) -> Vec<Micros> {
    let drawn = timeline.records().filter_map(|record| match record.what {
        Happening::Node { node, transition: Transition::TimeoutDrawn { timeout, .. } } => {
            (node == of).then_some(timeout)
        }
        _ => None,
    });
    drawn.collect()
}

#[test]
fn what_is_pinned_takes_so_long_and_every_other_draw_is_what_it_was() {
    for seed in 0..10 {
        let script = parse_steps("10:timeout:A,900000:crash:B,950000:restart:B").expect("steps");
        let plain = Scenario { script, ..scenario(Vec::new()) };
        let kind = MessageKind::AppendEntries;
        // Late enough to move nothing but itself: the last heartbeat to C.
        let free = run(plain.clone(), seed);
        let last = spans(&free, kind, NodeId::C).len() as u64;
        let pins = vec![
            pin("A sends append-entries to C", last, 77_000),
            pin("AB draws a timeout", 1, 163_000),
        ];
        let pinned = run(Scenario { pins, ..plain.clone() }, seed);
        let mut expected = spans(&free, kind, NodeId::C);
        *expected.last_mut().expect("A leads") = Micros(77_000);
        assert_eq!(spans(&pinned, kind, NodeId::C), expected, "seed {seed}");
        for node in [NodeId::A, NodeId::B, NodeId::C] {
            let mut expected = timeouts(&free, node);
            if node != NodeId::C {
                expected[0] = Micros(163_000);
            }
            // C may not live to draw the one after its late heartbeat.
            let found = timeouts(&pinned, node);
            assert!(expected.starts_with(&found), "seed {seed}: {node}");
            assert!(found.len() + 1 >= expected.len(), "seed {seed}: {node}");
        }
    }
}

#[test]
fn timeouts_are_counted_over_restarts_and_fsyncs_can_be_pinned() {
    let script = parse_steps("10:timeout:A,900000:crash:B,950000:restart:B").expect("steps");
    let plain = Scenario { script, ..scenario(Vec::new()) };
    let before = timeouts(&run(plain.clone(), 1), NodeId::B);
    let lives = run(plain.clone(), 1);
    let first_life = lives.records().take_while(|it| it.at < Micros(950_000)).filter(|record| {
        matches!(
            record.what,
            Happening::Node { node: NodeId::B, transition: Transition::TimeoutDrawn { .. } }
        )
    });
    let nth = first_life.count() as u64 + 1;
    let pins = vec![pin("B draws a timeout", nth, 222_000), pin("A has written", 1, 9_000)];
    let timeline = run(Scenario { pins, ..plain }, 1);
    let after = timeouts(&timeline, NodeId::B);
    assert_eq!(after[nth as usize - 1], Micros(222_000));
    assert_eq!(after[..nth as usize - 2], before[..nth as usize - 2]);
    let durable = timeline.records().find_map(|record| match record.what {
        Happening::WriteDurable { node: NodeId::A, .. } => Some(record.at),
        _ => None,
    });
    assert_eq!(durable, Some(Micros(9_010)));
    let asked = timeline.records().find_map(|record| match &record.what {
        Happening::Sent { envelope, .. } => {
            matches!(envelope.body, Message::RequestVote(_)).then_some(record.at)
        }
        _ => None,
    });
    assert_eq!(asked, durable, "a candidate asks once its vote for itself is durable");
}

#[test]
fn pins_that_can_not_be_are_named_with_their_field() {
    for (pin, says) in [
        (pin("B draws a timeout", 1, 400_000), "pins[0]: B draws a timeout (1)"),
        (pin("B draws a timeout", 1, 149_999), "election timeouts are drawn from"),
        (pin("H draws a timeout", 1, 200_000), "there is no node H"),
        (pin("B draws a timeout", 0, 200_000), "the first is number 1"),
        (pin("A sends request-vote to C", 1, 60_000_001), "longer than a minute"),
        (pin("A sends heartbeat to C", 1, 5), "this can't be pinned"),
        (pin("leader has written", 1, 5), "this can't be pinned"),
        (pin("B crashes", 1, 5), "write “B draws a timeout”"),
    ] {
        let scenario = Scenario { pins: vec![pin], ..scenario(Vec::new()) };
        let errors = Plan::new(scenario, 1, Vec::new()).expect_err(says);
        let errors = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        assert!(errors.contains(says), "{errors}");
    }
}
