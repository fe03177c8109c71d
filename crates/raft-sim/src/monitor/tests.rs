//! Each monitor must be able to fail: a real run, then a record that breaks one rule.

use super::*;
use crate::scenario::Plan;
use crate::testing::built_in;
use crate::world::World;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use raft_core::{Command, Envelope, Payload, WriteId};

/// A cluster led by A since 10 ms, with writes of a client committed.
fn world() -> World {
    let scenario = built_in("two-data-centres");
    let plan = Plan::new(scenario, 7, Vec::new()).expect("it can be");
    let mut world = World::new(Arc::new(plan));
    let mut records = Vec::new();
    while world.now() < Micros::from_millis(700) && world.step(&mut records) {}
    assert_eq!(world.leader(), Some(NodeId::A));
    assert!(records.iter().all(|record| !matches!(record.what, Happening::Violated(_))));
    world
}

fn tell(world: &World, monitors: &mut Monitors, what: &Happening) -> Vec<Violation> {
    monitors.observe(world.now(), what, world.hosts(), world.history())
}

/// Tells of one thing, which must violate just this property, once; what it says.
fn breaks(world: &World, what: &Happening, property: Property) -> String {
    let mut monitors = world.monitors().clone();
    let violations = tell(world, &mut monitors, what);
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert_eq!(violations[0].property, property);
    assert_eq!(monitors.standing(property).violation.as_ref(), violations.first());
    let unhurt = Property::ALL.into_iter().filter(|other| *other != property);
    for other in unhurt {
        assert_eq!(monitors.standing(other).violation, None);
    }
    assert!(tell(world, &mut monitors, what).is_empty(), "one report is enough");
    violations[0].evidence.to_string()
}

fn log_write(node: NodeId, first: Index, entries: Vec<Entry>) -> Happening {
    Happening::WriteAsked { node, write: WriteId(999), change: Change::Log { first, entries } }
}

fn entry(world: &World, index: u64) -> Entry {
    let node = world.node_at(NodeId::A).expect("A is up");
    node.view().log().get(Index(index)).expect("A has it").clone()
}

fn other_command() -> Payload {
    Payload::Command(Command([1, 2, 3].as_slice().into()))
}

#[test]
fn the_properties_were_checked_and_hold() {
    let world = world();
    for property in Property::ALL {
        let standing = world.monitors().standing(property);
        assert!(standing.checks > 0, "{property} was never checked");
        assert_eq!(standing.violation, None);
    }
}

#[test]
fn a_second_leader_of_a_term_breaks_election_safety() {
    let world = world();
    let append = world.network().flights().find_map(|(_, flight)| match flight.envelope.body {
        Message::AppendEntries(_) => Some(flight.envelope.clone()),
        _ => None,
    });
    let body = append.map_or_else(
        || {
            Message::AppendEntries(raft_core::AppendEntries {
                previous: raft_core::LogEnd::default(),
                entries: Vec::new(),
                commit_index: Index::ZERO,
                round: raft_core::Round(1),
                confirms_read: false,
            })
        },
        |envelope| envelope.body,
    );
    let envelope = Envelope { from: NodeId::C, to: NodeId::B, term: Term(1), body };
    let what =
        Happening::Sent { message: crate::MessageId(9_999), envelope, ends_at: Micros::ZERO };
    let says = breaks(&world, &what, Property::ElectionSafety);
    assert_eq!(says, "A and C were both leader of term 1");
}

#[test]
fn a_leader_that_writes_over_its_log_breaks_leader_append_only() {
    let world = world();
    let what = log_write(NodeId::A, Index(2), alloc::vec![entry(&world, 2)]);
    let mut monitors = world.monitors().clone();
    let violations = tell(&world, &mut monitors, &what);
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].property, Property::LeaderAppendOnly);
    let says = violations[0].evidence.to_string();
    assert!(
        says.starts_with("A, leader of term 1, wrote over its own entry 2 of term 1"),
        "{says}"
    );
    // A follower may.
    let what = log_write(NodeId::B, Index(2), alloc::vec![entry(&world, 2)]);
    assert!(tell(&world, &mut monitors, &what).is_empty());
}

#[test]
fn an_entry_with_another_payload_breaks_log_matching() {
    let world = world();
    let forged = Entry { payload: other_command(), ..entry(&world, 3) };
    let what = log_write(NodeId::B, Index(3), alloc::vec![forged]);
    let says = breaks(&world, &what, Property::LogMatching);
    assert_eq!(says, "A and B wrote different entries as entry 3 of term 1");
}

#[test]
fn an_entry_after_another_breaks_log_matching() {
    let world = world();
    let mut monitors = world.monitors().clone();
    let older = Entry { term: Term(0), payload: Payload::NoOp };
    let first = log_write(NodeId::B, Index(2), alloc::vec![older, entry(&world, 3)]);
    let violations = tell(&world, &mut monitors, &first);
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert_eq!(
        violations[0].evidence.to_string(),
        "entry 3 of term 1 follows one of term 1 in A's log and the beginning in B's"
    );
}

#[test]
fn a_leader_without_a_committed_entry_breaks_leader_completeness() {
    let world = world();
    let mut monitors = world.monitors().clone();
    monitors.logs.of(NodeId::D).truncate_from(Index(2));
    let mut found = Found { at: world.now(), violations: Vec::new() };
    monitors.leads(&mut found, NodeId::D, 1, Term(2));
    let violated: Vec<Property> = found.violations.iter().map(|it| it.property).collect();
    // What it lacks is a write that was acknowledged.
    assert_eq!(violated, [Property::LeaderCompleteness, Property::Durability]);
    assert_eq!(
        found.violations[0].evidence.to_string(),
        "entry 2 of term 1, committed by A in term 1, is not in the log of D, leader of term 2"
    );
    // The next leader that lacks it has nothing new to say.
    monitors.logs.of(NodeId::E).truncate_from(Index(2));
    monitors.leads(&mut found, NodeId::E, 1, Term(3));
    assert_eq!(found.violations.len(), 2);
}

#[test]
fn a_commit_that_a_later_leader_lacks_breaks_leader_completeness() {
    // D came into office in term 2 before A, of term 1, commits one more entry.
    let world = world();
    let mut monitors = world.monitors().clone();
    let mut found = Found { at: world.now(), violations: Vec::new() };
    monitors.leads(&mut found, NodeId::D, 1, Term(2));
    assert!(found.violations.is_empty(), "D has all that is committed so far");
    let mut log = monitors.logs.of(NodeId::A).clone();
    let index = log.append(Entry { term: Term(1), payload: other_command() });
    let evidence =
        monitors.completeness.commits(Term(1), NodeId::A, &log, index, &monitors.elections);
    let says = evidence.expect("D lacks it").to_string();
    assert!(says.ends_with("is not in the log of D, leader of term 2"), "{says}");
}

#[test]
fn another_entry_applied_breaks_state_machine_safety() {
    let world = world();
    let index = Index(2);
    let there = entry(&world, 2);
    let forged = Entry { term: Term(1), payload: other_command() };
    let mut monitors = world.monitors().clone();
    // B applies its log anew, as after a restart, and comes to another entry 2.
    tell(&world, &mut monitors, &Happening::Restarted { node: NodeId::B });
    let one = Happening::Applied { node: NodeId::B, index: Index(1), entry: entry(&world, 1) };
    assert!(tell(&world, &mut monitors, &one).is_empty());
    let two = Happening::Applied { node: NodeId::B, index, entry: forged };
    let violations = tell(&world, &mut monitors, &two);
    assert_eq!(violations.len(), 1);
    assert_eq!(
        violations[0].evidence.to_string(),
        "at index 2 A applied an entry of term 1 and B another, of term 1"
    );
    let right = Happening::Applied { node: NodeId::B, index, entry: there };
    assert!(tell(&world, &mut monitors, &right).is_empty());
}

#[test]
fn a_snapshot_of_another_state_breaks_state_machine_safety() {
    let world = world();
    let a = world.host(NodeId::A).expect("it is there");
    let index = a.node().expect("it is up").view().applied_index();
    let end = LogEnd { index, term: Term(1) };
    let machine = a.state_machine().expect("it is up");
    let restored = |end, machine: &crate::StateMachine| {
        let mut monitor = world.monitors().state_machines.clone();
        monitor.restored(NodeId::B, end, machine).map(|evidence| evidence.to_string())
    };
    assert_eq!(restored(end, machine), None);
    let without_sessions = crate::StateMachine::decode(&machine.encode(false)).expect("encoded");
    let says = restored(end, &without_sessions).expect("a write would be applied again");
    assert!(says.ends_with("applying the entries up to there comes to another state"), "{says}");
    let later = LogEnd { index: index.next(), ..end };
    let says = restored(later, machine).expect("nobody has applied that much");
    assert!(says.ends_with("which nobody has applied"), "{says}");
}

#[test]
fn an_entry_left_out_breaks_state_machine_safety() {
    let world = world();
    let what = Happening::Applied { node: NodeId::C, index: Index(90), entry: entry(&world, 1) };
    let says = breaks(&world, &what, Property::StateMachineSafety);
    assert!(says.starts_with("C applied entry 90 right after entry "), "{says}");
}

/// The operation by which a value was written that A has applied at this place, and
/// that was acknowledged.
fn acknowledged_at(world: &World, index: u64) -> OperationRef {
    let Payload::Command(command) = entry(world, index).payload else { panic!("a write is there") };
    let put = Put::decode(&command).expect("clients write puts");
    let is_it = |request| matches!(request, Request::Write { value, .. } if value == put.value);
    let (id, operation) =
        world.history().operations().find(|(_, it)| is_it(it.request)).expect("somebody asked");
    assert!(matches!(operation.ended, Some((_, Outcome::Written))));
    OperationRef::of(world.history(), id, put.key, put.value)
}

#[test]
fn a_leader_without_an_acknowledged_write_breaks_durability() {
    let world = world();
    let write = acknowledged_at(&world, 2);
    let mut writes = world.monitors().writes.clone();
    let mut logs = world.monitors().logs.clone();
    assert_eq!(writes.elected(Term(2), NodeId::C, logs.of(NodeId::C)), None);
    logs.of(NodeId::D).truncate_from(Index(2));
    // A candidate whose votes came late may still win a term that is over: it may
    // know nothing of what was done since.
    assert_eq!(writes.elected(Term(1), NodeId::D, logs.of(NodeId::D)), None);
    let evidence = writes.elected(Term(2), NodeId::D, logs.of(NodeId::D)).expect("D lacks it");
    assert_eq!(evidence.operations()[0].id, write.id);
    assert_eq!(
        evidence.to_string(),
        "write x = 1 (operation 0, by client 1, answered by A) was acknowledged and is lost: \
         entry 2 of term 1 is not in the log of D, leader of term 2"
    );
    // One report for a write, however many lack it.
    let end = LogEnd { index: Index(2), term: Term(2) };
    assert_eq!(writes.applied(NodeId::D, Term(2), end, None), None);
}

#[test]
fn a_write_acknowledged_after_a_later_leader_came_without_it_breaks_durability() {
    let world = world();
    let write = acknowledged_at(&world, 2);
    let (mut writes, mut elections) = (Durability::default(), ElectionSafety::default());
    let end = LogEnd { index: Index(2), term: Term(1) };
    writes.applied(NodeId::A, Term(1), end, Some(write.value));
    elections.leads(NodeId::D, 1, Term(2), &raft_core::Log::new());
    let says =
        writes.acknowledged(write, &elections, &Logs::default()).expect("D lacks it").to_string();
    assert!(says.ends_with("is not in the log of D, leader of term 2"), "{says}");
}

#[test]
fn another_entry_in_place_of_an_acknowledged_write_breaks_durability() {
    let world = world();
    let mut writes = world.monitors().writes.clone();
    let end = LogEnd { index: Index(2), term: Term(2) };
    let says = writes.applied(NodeId::E, Term(2), end, None).expect("it is another").to_string();
    assert!(
        says.ends_with("in place of entry 2 of term 1, E applied an entry of term 2"),
        "{says}"
    );
}

#[test]
fn an_acknowledgement_of_what_nobody_applied_breaks_durability() {
    let world = world();
    let write = acknowledged_at(&world, 2);
    let (elections, logs) = (ElectionSafety::default(), Logs::default());
    let evidence = Durability::default().acknowledged(write, &elections, &logs);
    assert_eq!(evidence, Some(Evidence::WriteAppliedNowhere { write }));
}

#[test]
fn a_write_that_takes_effect_at_a_second_place_breaks_at_most_once() {
    let world = world();
    let write = acknowledged_at(&world, 2);
    let Payload::Command(command) = entry(&world, 2).payload else { panic!("a write is there") };
    let put = Put::decode(&command).expect("clients write puts");
    let mut monitors = world.monitors().clone();
    let mut took_effect = |node, index| {
        let entry = LogEnd { index: Index(index), term: Term(1) };
        monitors.took_effect(world.now(), node, entry, put, world.history())
    };
    // Other servers, and the same one after a restart, come to the same place.
    assert!(took_effect(NodeId::B, 2).is_empty());
    assert!(took_effect(NodeId::A, 2).is_empty());
    let violations = took_effect(NodeId::C, 9);
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].property, Property::AtMostOnce);
    assert_eq!(violations[0].evidence.operations()[0].id, write.id);
    assert_eq!(
        violations[0].evidence.to_string(),
        "write x = 1 (operation 0, by client 1, answered by A) took effect twice: A applied it as \
         entry 2 of term 1, and C as entry 9 of term 1"
    );
    assert!(took_effect(NodeId::C, 10).is_empty(), "one report is enough");
    assert_eq!(monitors.standing(Property::AtMostOnce).violation.as_ref(), violations.first());
}

#[test]
fn a_violation_is_told_in_one_sentence() {
    let violation = Violation {
        property: Property::ElectionSafety,
        at: Micros(447_912),
        evidence: Evidence::TwoLeaders { term: Term(3), first: NodeId::A, second: NodeId::A },
    };
    assert_eq!(
        violation.to_string(),
        "Election Safety violated at 447.9 ms: A was elected leader of term 3 twice, before and \
         after a restart"
    );
}
