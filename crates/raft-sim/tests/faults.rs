//! What faults do, and what they don't: over random schedules, from the record alone.

#[allow(dead_code, reason = "other tests use the rest")]
mod generator;

use generator::{Leaning, plan, scenario};
use raft_core::{Change, Flaws, Log, Micros, NodeId, NodeSet, Payload, WriteId};
use raft_sim::{
    ClientPlan, Happening, Key, Latency, LossCause, MessageId, Plan, Put, Record, Scenario,
    Session, Timeline, Value, Work, World,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Lets each event of the first schedules happen, and shows the world after it.
fn watch(schedules: u64, mut after: impl FnMut(u64, &World, &[Record])) {
    for number in 0..schedules {
        let mut world = World::new(plan(scenario(number, Leaning::Any, Flaws::NONE), number));
        let mut records = Vec::new();
        while world.step(&mut records) {
            after(number, &world, &records);
            records.clear();
        }
    }
}

/// A disk as the record tells of it.
#[derive(Default)]
struct Told {
    durable: Log,
    waiting: VecDeque<(WriteId, Change)>,
}

#[test]
fn a_crash_loses_exactly_what_was_not_durable() {
    let (mut crashes, mut writes, mut schedule) = (0, 0, None);
    let mut disks: BTreeMap<NodeId, Told> = BTreeMap::new();
    watch(400, |number, world, records| {
        if schedule.replace(number) != Some(number) {
            disks.clear();
        }
        for record in records {
            match &record.what {
                Happening::WriteAsked { node, write, change } => {
                    disks.entry(*node).or_default().waiting.push_back((*write, change.clone()));
                }
                Happening::WriteDurable { node, write } => {
                    let disk = disks.entry(*node).or_default();
                    while disk.waiting.front().is_some_and(|(id, _)| id <= write) {
                        let Some((_, change)) = disk.waiting.pop_front() else { break };
                        if let Change::Log { first, entries } = change {
                            disk.durable.truncate_from(first);
                            entries.into_iter().for_each(|entry| {
                                disk.durable.append(entry);
                            });
                        }
                    }
                }
                Happening::Crashed { node, writes_lost } => {
                    let disk = disks.entry(*node).or_default();
                    assert_eq!(disk.waiting.len(), *writes_lost as usize);
                    disk.waiting.clear();
                    crashes += 1;
                    writes += writes_lost;
                }
                Happening::Restarted { node } => {
                    let host = world.host(*node).expect("it is there");
                    let log = host.node().expect("it is up").view().log();
                    assert_eq!(*log, disks.entry(*node).or_default().durable);
                }
                _ => {}
            }
        }
    });
    println!("{crashes} crashes lost {writes} writes");
    assert!(crashes > 200 && writes > 50);
}

/// Which links are cut, as the record tells.
#[derive(Default)]
struct Walls {
    groups: Vec<NodeSet>,
    cut: BTreeSet<(NodeId, NodeId)>,
}

impl Walls {
    fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        self.cut.contains(&(from, to))
            || self.groups.iter().any(|group| group.contains(from) != group.contains(to))
    }
}

#[test]
fn what_a_wall_or_a_cut_link_comes_across_dies_and_the_other_direction_goes_on() {
    let (mut one_way, mut died, mut schedule) = (0, 0, None);
    let mut walls = Walls::default();
    let mut on_its_way: BTreeMap<MessageId, (NodeId, NodeId)> = BTreeMap::new();
    watch(400, |number, _, records| {
        if schedule.replace(number) != Some(number) {
            walls = Walls::default();
            on_its_way.clear();
        }
        let mut is_new_wall = false;
        for record in records {
            match &record.what {
                Happening::Parted { groups } => {
                    walls.groups = groups.clone();
                    is_new_wall = true;
                }
                Happening::LinkCut { from, to } => {
                    walls.cut.insert((*from, *to));
                    is_new_wall = true;
                }
                Happening::LinkMended { from, to } => {
                    walls.cut.remove(&(*from, *to));
                }
                Happening::Healed => walls = Walls::default(),
                Happening::Sent { message, envelope, .. }
                    if !walls.is_cut(envelope.from, envelope.to) =>
                {
                    on_its_way.insert(*message, (envelope.from, envelope.to));
                }
                Happening::Delivered { message } => {
                    let (from, to) = on_its_way.remove(message).expect("no wall was in its way");
                    one_way += u64::from(walls.is_cut(to, from));
                }
                Happening::Lost { message, because } => {
                    let was_under_way = on_its_way.remove(message).is_some();
                    died += u64::from(was_under_way && *because == LossCause::Cut);
                }
                _ => {}
            }
        }
        // By the end of the very event in which a wall goes up.
        if is_new_wall {
            assert!(on_its_way.values().all(|(from, to)| !walls.is_cut(*from, *to)));
        }
    });
    println!("{one_way} messages went where their answers could not, {died} died at a new wall");
    assert!(one_way > 200 && died > 200);
}

#[test]
fn some_messages_arrive_a_second_time_and_later_than_the_first() {
    let mut scenario = raft_scenarios::by_name("two-data-centres").expect("it is built in");
    scenario.network.duplicates_per_million = 250_000;
    let timeline = Timeline::new(Arc::new(Plan::new(scenario, 3, Vec::new()).expect("it can be")));
    let (mut sent, mut arrivals) = (BTreeMap::new(), BTreeMap::new());
    for record in timeline.records() {
        match &record.what {
            Happening::Sent { message, envelope, ends_at } => {
                sent.insert(*message, (record.event, envelope.clone(), *ends_at));
            }
            Happening::Delivered { message } => {
                arrivals.insert(*message, record.at);
            }
            _ => {}
        }
    }
    // The second has the next name, and is sent in the same event.
    let pairs: Vec<(Micros, Micros)> = sent
        .iter()
        .filter_map(|(message, (event, envelope, ends_at))| {
            let (in_event, copy, copy_ends_at) = sent.get(&MessageId(message.0 + 1))?;
            ((in_event, copy) == (event, envelope)).then_some((*ends_at, *copy_ends_at))
        })
        .collect();
    assert!(pairs.iter().all(|(first, second)| first < second));
    let (duplicates, all) = (pairs.len(), arrivals.len() - pairs.len());
    println!("{duplicates} of {all} messages arrived twice");
    assert!((all / 5..all / 3).contains(&duplicates));
}

/// A client that asks again before it can have been answered.
fn impatient() -> Scenario {
    let mut scenario = raft_scenarios::by_name("leader-crash").expect("it is built in");
    scenario.clients = vec![ClientPlan {
        work: Work::Write,
        key: Key(0),
        starts_at: Micros::from_millis(400),
        stops_at: Micros::from_millis(2_000),
        rest: Micros::from_millis(1),
        // A write takes a round trip of about 10 ms.
        patience: Micros::from_millis(4),
        stuck_to: None,
        keeps_session: true,
        tries_again: true,
    }];
    scenario.client_latency = Latency::Uniform { min: Micros(100), max: Micros(3_000) };
    scenario.script.clear();
    scenario
}

#[test]
fn a_write_that_is_sent_again_is_applied_once() {
    let mut again = 0;
    for seed in 0..50 {
        let timeline =
            Timeline::new(Arc::new(Plan::new(impatient(), seed, Vec::new()).expect("it can be")));
        let mut places: BTreeMap<Session, u32> = BTreeMap::new();
        let mut holds = Value(0);
        for record in timeline.records() {
            let Happening::Applied { node, index, entry } = &record.what else { continue };
            if *node != NodeId::A {
                continue;
            }
            let Payload::Command(command) = &entry.payload else { continue };
            let put = Put::decode(command).expect("clients write puts");
            *places.entry(put.session).or_default() += 1;
            // There is one writer, whose values count up: a write that took effect a
            // second time would set its key back.
            let world = timeline.world_after(record.event);
            let host = world.host(NodeId::A).expect("it is there");
            let now = host.state_machine().expect("A is up").read(Key(0));
            assert!(now >= holds, "seed {seed}: at {index} back from {holds} to {now}");
            holds = now;
        }
        again += places.values().filter(|count| **count > 1).count();
    }
    println!("{again} writes stand in the log more than once");
    assert!(again > 50);
}
