//! What links are like: how long they take, how much they carry, in which order they
//! deliver, and what an operator does to one of them.

use raft_core::{Message, Micros, NodeId, Payload};
use raft_sim::{
    Happening, Latency, LinkPlan, LossCause, MessageId, NetworkPlan, Plan, RoundTrip, Scenario,
    Timeline, parse_steps, round_trips,
};
use std::collections::BTreeMap;
use std::sync::Arc;

const A: NodeId = NodeId::A;
const B: NodeId = NodeId::B;
const C: NodeId = NodeId::C;

/// Five nodes, led by A since the beginning, a client that writes, and these steps.
fn scenario(network: NetworkPlan, steps: &str) -> Scenario {
    let scenario = raft_scenarios::by_name("two-data-centres").expect("it is built in");
    let script = parse_steps(&format!("10000:timeout:A,{steps}")).expect("they are steps");
    Scenario { network, script, ..scenario }
}

fn run(scenario: Scenario, seed: u64) -> Timeline {
    let timeline =
        Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be")));
    let violated = |what: &Happening| matches!(what, Happening::Violated(_));
    assert!(!timeline.records().any(|record| violated(&record.what)));
    timeline
}

/// A message that arrived, or would have.
struct Sent {
    from: NodeId,
    to: NodeId,
    at: Micros,
    ends_at: Micros,
    bytes: u64,
}

/// What was sent, in that order, but for what was lost on the way.
fn sent(timeline: &Timeline) -> Vec<Sent> {
    let lost: Vec<MessageId> = timeline
        .records()
        .filter_map(|record| match record.what {
            Happening::Lost { message, .. } => Some(message),
            _ => None,
        })
        .collect();
    let messages = timeline.records().filter_map(|record| match &record.what {
        Happening::Sent { message, envelope, ends_at } if !lost.contains(message) => {
            let bytes = 100
                + match &envelope.body {
                    Message::AppendEntries(append) => append
                        .entries
                        .iter()
                        .map(|entry| match &entry.payload {
                            Payload::Command(command) => 16 + command.0.len() as u64,
                            _ => 16,
                        })
                        .sum(),
                    Message::InstallSnapshot(install) => install.chunk.len() as u64,
                    _ => 0,
                };
            let (from, to) = (envelope.from, envelope.to);
            Some(Sent { from, to, at: record.at, ends_at: *ends_at, bytes })
        }
        _ => None,
    });
    messages.collect()
}

#[test]
fn a_message_takes_half_of_a_measured_round_trip_and_the_jitter_in_each_direction() {
    let millis = Micros::from_millis;
    let mut network = NetworkPlan {
        round_trips: vec![
            RoundTrip { from: A, to: B, span: millis(30) },
            RoundTrip { from: C, to: A, span: millis(20) },
        ],
        jitter: Latency::Uniform { min: Micros(10), max: Micros(700) },
        ..NetworkPlan::of(Latency::Constant(millis(3)))
    };
    let named = LinkPlan { from: A, to: C, latency: Latency::Constant(millis(7)) };
    network.links.push(named);
    let mut jitters = Vec::new();
    for message in sent(&run(scenario(network, ""), 1)) {
        let took = message.ends_at - message.at;
        let half = match (message.from, message.to) {
            (A, B) | (B, A) => millis(15),
            (A, C) => {
                assert_eq!(took, millis(7), "this link is named");
                continue;
            }
            (C, A) => millis(10),
            _ => {
                assert_eq!(took, millis(3), "nobody measured this");
                continue;
            }
        };
        assert!(took >= half + Micros(10) && took <= half + Micros(700), "{took}");
        jitters.push(took - half);
    }
    assert!(jitters.iter().max() > Some(&Micros(600)) && jitters.iter().min() < Some(&Micros(100)));
}

#[test]
fn five_regions_of_the_world_elect_a_leader_and_write() {
    for seed in 0..5 {
        let jitter = Latency::LogNormal { median: Micros(500), p99: Micros(5_000) };
        let network = NetworkPlan::measured(round_trips::five_regions(), jitter);
        let mut scenario = scenario(network, "");
        scenario.settings.election_timeout_min = Micros::from_millis(1_000);
        scenario.settings.election_timeout_max = Micros::from_millis(2_000);
        scenario.settings.heartbeat_interval = Micros::from_millis(100);
        for client in &mut scenario.clients {
            client.patience = Micros::from_secs(1);
        }
        let timeline = run(scenario, seed);
        let writes = timeline.world_after(timeline.events());
        // East US has a majority within 46 ms one way: West US 2 and West Europe.
        let took: Vec<Micros> = writes
            .history()
            .operations()
            .filter_map(|(_, operation)| Some(operation.ended?.0 - operation.began_at))
            .collect();
        let quickest = took.iter().min().expect("somebody was answered");
        assert!(*quickest > Micros::from_millis(91), "{quickest}");
        assert!(*quickest < Micros::from_millis(110), "{quickest}");
    }
}

#[test]
fn a_link_in_order_lets_no_message_overtake_another_and_one_without_does() {
    let wild = Latency::Uniform { min: Micros(100), max: Micros::from_millis(30) };
    for in_order in [true, false] {
        let network = NetworkPlan {
            in_order,
            loss_per_million: 50_000,
            duplicates_per_million: 100_000,
            ..NetworkPlan::of(wild)
        };
        let timeline = run(scenario(network, "900000:crash:B,1200000:restart:B"), 4);
        let (mut newest, mut overtaken) = (BTreeMap::new(), 0);
        let mut ends: BTreeMap<MessageId, (NodeId, NodeId)> = BTreeMap::new();
        for record in timeline.records() {
            match &record.what {
                Happening::Sent { message, envelope, .. } => {
                    ends.insert(*message, (envelope.from, envelope.to));
                }
                Happening::Delivered { message } => {
                    let newest = newest.entry(ends[message]).or_insert(*message);
                    overtaken += u32::from(*message < *newest);
                    *newest = *message.max(newest);
                }
                _ => {}
            }
        }
        assert_eq!(overtaken == 0, in_order, "{overtaken} overtaken");
    }
}

#[test]
fn a_link_carries_so_many_bytes_a_second_and_what_is_sent_meanwhile_waits() {
    let latency = Micros(2_000);
    let network = NetworkPlan {
        bytes_per_second: Some(10_000),
        ..NetworkPlan::of(Latency::Constant(latency))
    };
    let timeline = run(scenario(network, "600000:isolate:B,1600000:heal"), 2);
    let (mut left, mut waited, mut longest) = (BTreeMap::new(), 0, 0);
    for message in sent(&timeline) {
        let takes = Micros(message.bytes * 1_000_000 / 10_000);
        let link = (message.from, message.to);
        let before = left.get(&link).copied().unwrap_or_default();
        // Its last byte leaves when it has been sent, after what was before it.
        let leaves = message.ends_at - latency;
        let earliest = message.at.max(before) + takes;
        assert!(leaves >= earliest, "{leaves} is before {earliest}");
        waited += u32::from(leaves > message.at + takes);
        left.insert(link, leaves);
        longest = message.bytes.max(longest);
    }
    assert!(waited > 10 && longest > 150, "{waited} waited, the longest had {longest} bytes");
}

#[test]
fn one_link_is_made_slow_or_lossy_in_one_direction_until_it_is_mended() {
    let millis = Micros::from_millis;
    let network = NetworkPlan::of(Latency::Constant(millis(5)));
    let steps = "500000:slow:A-B:20000,1000000:mend:A-B,1500000:loss:A-B:1000000,2000000:heal";
    let timeline = run(scenario(network, steps), 3);
    let mut lost = [0; 2];
    let mut flights = BTreeMap::new();
    for record in timeline.records() {
        match &record.what {
            Happening::Sent { message, envelope, ends_at } => {
                let is_it = (envelope.from, envelope.to) == (A, B);
                flights.insert(*message, (is_it, record.at));
                let is_slow = is_it && record.at > millis(500) && record.at <= millis(1_000);
                let is_lossy = is_it && record.at > millis(1_500) && record.at <= millis(2_000);
                if !is_lossy {
                    let took = if is_slow { millis(25) } else { millis(5) };
                    assert_eq!(*ends_at - record.at, took, "at {}", record.at);
                }
            }
            Happening::Lost { message, because } => {
                assert_eq!(*because, LossCause::Dropped);
                let (is_it, at) = flights[message];
                assert!(is_it && at > millis(1_500) && at <= millis(2_000));
                lost[0] += 1;
            }
            Happening::Delivered { message } => {
                let (is_it, at) = flights[message];
                assert!(!is_it || at <= millis(1_500) || at > millis(2_000));
                lost[1] += 1;
            }
            _ => {}
        }
    }
    assert!(lost[0] > 3 && lost[1] > 100, "{lost:?}");
}

#[test]
fn networks_that_can_not_be_are_named_with_their_field() {
    let span = Micros::from_secs(61);
    let i = NodeId::new(8).expect("a letter");
    let base = || NetworkPlan::of(Latency::Constant(Micros(1)));
    let quantiles = raft_sim::Quantiles {
        min: Micros(2),
        p10: Micros(1),
        p50: Micros(3),
        p90: Micros(4),
        p99: Micros(5),
        max: Micros(6),
    };
    let (short, long) = (Micros(1), Micros(2));
    for (network, says) in [
        (
            NetworkPlan { round_trips: vec![RoundTrip { from: A, to: B, span }], ..base() },
            "network.round_trips[0].span: longer than a minute",
        ),
        (
            NetworkPlan { round_trips: vec![RoundTrip { from: A, to: i, span: short }], ..base() },
            "network.round_trips[0].to: there is no node I",
        ),
        (
            NetworkPlan { bytes_per_second: Some(0), ..base() },
            "network.bytes_per_second: at least 100",
        ),
        (
            NetworkPlan { jitter: Latency::Constant(span), ..base() },
            "network.jitter: longer than a minute",
        ),
        (
            NetworkPlan::of(Latency::LogNormal { median: long, p99: short }),
            "network.latency: p99 must not be shorter than the median",
        ),
        (
            NetworkPlan::of(Latency::LogNormal { median: Micros::ZERO, p99: short }),
            "network.latency: the median must be longer than zero",
        ),
        (
            NetworkPlan::of(Latency::LogNormal { median: short, p99: Micros::from_secs(40) }),
            "network.latency: longer than a minute",
        ),
        (NetworkPlan::of(Latency::Quantiles(quantiles)), "network.latency: min, p10, p50"),
    ] {
        let errors = Plan::new(scenario(network, ""), 1, Vec::new()).expect_err(says);
        let text = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        assert!(text.contains(says), "{text}");
    }
}
