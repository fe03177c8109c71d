//! Two ways to answer a read without the log, their price, and the clock on which
//! one of them rests (dissertation, sections 6.4 and 6.4.1).

use super::five_nodes;
use crate::action::{Action, Step};
use crate::clock::Rate;
use crate::latency::Latency;
use crate::network::NetworkPlan;
use crate::scenario::{ClientPlan, Scenario, Work};
use crate::state_machine::Key;
use crate::who::Who;
use raft_core::{DriftBound, Micros, NodeId, ReadMode, Settings};

fn at(millis: u64, action: Action) -> Step {
    Step { at: Micros::from_millis(millis), action }
}

fn client(work: Work, stuck_to: Option<NodeId>, rest_ms: u64, stops_at: Micros) -> ClientPlan {
    ClientPlan {
        work,
        key: Key(0),
        starts_at: Micros::from_millis(200),
        stops_at,
        rest: Micros::from_millis(rest_ms),
        patience: Micros::from_millis(120),
        stuck_to,
    }
}

/// The same cluster and the same clients, whichever way reads are answered: one
/// client writes, one reads from A.
fn cluster(name: &str, title: &str, summary: &str, mode: ReadMode, bound: DriftBound) -> Scenario {
    let duration = Micros::from_millis(1_500);
    Scenario {
        settings: Settings { stickiness: true, lease: Some(bound), ..Settings::default() },
        clients: alloc::vec![
            client(Work::Write, None, 70, duration),
            client(Work::Read(mode), Some(NodeId::A), 25, duration),
        ],
        script: alloc::vec![at(10, Action::ForceTimeout(NodeId::A.into()))],
        duration,
        ..five_nodes(name, title, summary)
    }
}

/// Clocks may differ by a tenth: the bound that a careful operator would keep.
const BOUND: DriftBound = DriftBound { numerator: 11, denominator: 10 };

pub(super) fn by_read_index() -> Scenario {
    cluster(
        "reads-by-read-index",
        "Reads by ReadIndex",
        "Client 2 reads from A. For each read A asks everyone whether it still leads, and waits \
         for a majority: one round trip.",
        ReadMode::ReadIndex,
        BOUND,
    )
}

pub(super) fn by_lease() -> Scenario {
    cluster(
        "reads-by-lease",
        "Reads by lease",
        "The same cluster and clients. A majority has promised A not to vote for another just \
         yet, so A answers at once.",
        ReadMode::Lease,
        BOUND,
    )
}

/// A is cut off while its clock runs at half speed, and nobody kept a bound: its
/// lease outlives the promise that it rests on.
///
/// The others have about 130 ms of A's last lease in which to elect one of them, and
/// it to commit a write, before A's lease is over. So the network and the disks are
/// quick, which makes split votes rare, and the clients don't wait for long: of a
/// thousand seeds all but a few show the stale read.
fn phantom(name: &str, title: &str, summary: &str, mode: ReadMode) -> Scenario {
    let mut scenario = cluster(name, title, summary, mode, DriftBound::NONE);
    scenario.clocks = alloc::vec![(NodeId::A, Rate { numerator: 1, denominator: 2 })];
    scenario.settings.heartbeat_interval = Micros::from_millis(20);
    scenario.network =
        NetworkPlan::of(Latency::Normal { mean: Micros::from_millis(1), deviation: Micros(200) });
    scenario.fsync = Latency::Uniform { min: Micros(200), max: Micros(400) };
    for client in &mut scenario.clients {
        client.patience = Micros::from_millis(15);
        client.rest = Micros::from_millis(match client.work {
            Work::Write => 30,
            Work::Read(_) => 10,
        });
    }
    scenario.script.push(at(700, Action::Isolate(Who::Node(NodeId::A))));
    scenario.duration = Micros::from_millis(1_200);
    for client in &mut scenario.clients {
        client.stops_at = scenario.duration;
    }
    scenario
}

pub(super) fn phantom_leader_by_lease() -> Scenario {
    phantom(
        "phantom-leader-lease",
        "The phantom leader: reads by lease",
        "A's clock runs at half speed and no drift bound is kept. Cut off, A trusts its lease of \
         150 ms for 300. If the others elect a leader and write within that time, as they nearly \
         always do, A answers with an old value.",
        ReadMode::Lease,
    )
}

pub(super) fn phantom_leader_by_read_index() -> Scenario {
    phantom(
        "phantom-leader-read-index",
        "The phantom leader: reads by ReadIndex",
        "The same slow clock, the same wall. By ReadIndex A asks for a majority, gets none, and \
         gives no answer rather than an old one.",
        ReadMode::ReadIndex,
    )
}
