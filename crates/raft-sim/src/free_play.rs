//! Free play: a cluster and nothing that happens to it, for whoever wants to do it all
//! themselves.

use crate::document::words::Choice as _;
use crate::document::{Between, Preset};
use crate::scenario::{ClientPlan, Scenario, Work};
use crate::state_machine::Key;
use crate::workload::five_nodes;
use alloc::format;
use alloc::vec::Vec;
use raft_core::{DriftBound, Micros, ReadMode, Settings};

/// How many nodes free play is for: fewer can lose none, and more have no place on the page.
pub const FREE_PLAY_NODES: core::ops::RangeInclusive<u8> = 3..=9;
/// How many clients free play has at most.
pub const FREE_PLAY_CLIENTS: u8 = 6;

/// The settings with which a system runs by default, as far as they are settings here. What
/// else it does, [`Preset::note`] says.
fn settings(preset: Preset) -> Settings {
    let Between { min, max } = preset.election_timeout();
    let paper = Settings {
        election_timeout_min: min,
        election_timeout_max: max,
        heartbeat_interval: preset.heartbeat_interval(),
        ..Settings::default()
    };
    // In etcd's Raft, which these three have, a server that checks its quorum is also one that
    // ignores requests for its vote while it hears a leader.
    let etcd = Settings { pre_vote: true, check_quorum: true, stickiness: true, ..paper };
    match preset {
        Preset::Etcd | Preset::Cockroachdb => etcd,
        // A lease of 9 s, of a timeout of 10 s.
        Preset::Tikv => {
            Settings { lease: Some(DriftBound { numerator: 10, denominator: 9 }), ..etcd }
        }
        Preset::HashicorpRaft | Preset::Consul => {
            Settings { pre_vote: true, check_quorum: true, ..paper }
        }
        Preset::Paper | Preset::Yugabytedb | Preset::Openraft | Preset::Logcabin => paper,
    }
}

/// How long a run lasts: thirty election timeouts, and five minutes where that is no more than
/// some forty thousand events. It is simulated to its end when it begins, and from where
/// somebody acts, which nobody should notice.
fn duration(settings: &Settings, nodes: u8, clients: u8) -> Micros {
    // In each heartbeat interval, a message to every follower and back, and as much again for
    // each question, of which a client has one in every four or five.
    let work = u64::from(nodes.max(2) - 1) * (4 + u64::from(clients));
    let intervals = 57_600 / work;
    let calm = Micros(pace(settings).0.saturating_mul(intervals)).min(Micros::from_secs(300));
    let whole = settings.election_timeout_max.scaled(30, 1) + calm;
    Micros::from_secs(whole.0 / 1_000_000)
}

/// What clients measure their time by.
fn pace(settings: &Settings) -> Micros {
    settings.heartbeat_interval.max(Micros::from_millis(50))
}

/// A cluster of so many nodes in one data centre, with a system's settings, in which the
/// first client writes, the next reads, and so on. Nothing goes wrong by itself. Each client
/// asks every few heartbeats. The run lasts as long as can be simulated in no time, from a
/// minute or so to a quarter of an hour where timeouts are long.
///
/// A number of nodes or clients that can't be is refused with the others by
/// [`Plan::new`](crate::Plan::new).
pub fn free_play(nodes: u8, preset: Preset, clients: u8) -> Scenario {
    let settings = settings(preset);
    let duration = duration(&settings, nodes, clients);
    let pace = pace(&settings);
    let read = if settings.lease.is_some() { ReadMode::Lease } else { ReadMode::ReadIndex };
    let client = |place: u8| ClientPlan {
        work: if place.is_multiple_of(2) { Work::Write } else { Work::Read(read) },
        key: Key(place / 2),
        // One after the other, so that one sees whose message is whose.
        starts_at: settings.election_timeout_max + pace.scaled(place.into(), 1),
        stops_at: duration,
        rest: pace.scaled(4, 1),
        patience: pace.scaled(3, 1),
        stuck_to: None,
        keeps_session: true,
        tries_again: true,
    };
    let summary = format!(
        "{nodes} nodes with the settings of {}, and {clients} {}. Nothing goes wrong unless you \
         do it.",
        preset.name(),
        if clients == 1 { "client" } else { "clients" }
    );
    Scenario {
        nodes,
        settings,
        clients: (0..clients).map(client).collect::<Vec<_>>(),
        duration,
        ..five_nodes("free-play", "Free play", &summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Plan;
    use crate::workload::play;
    use crate::{Document, Happening, World};
    use alloc::sync::Arc;

    #[test]
    fn in_free_play_a_leader_is_elected_writes_are_done_and_nothing_goes_wrong() {
        for (preset, seed) in Preset::ALL.iter().zip(1..) {
            for (nodes, clients) in [(3, 2), (5, 0), (9, FREE_PLAY_CLIENTS)] {
                let scenario = Scenario {
                    // The rest is more of the same.
                    duration: settings(*preset).election_timeout_max.scaled(8, 1),
                    ..free_play(nodes, *preset, clients)
                };
                let scenario = Scenario {
                    clients: scenario
                        .clients
                        .iter()
                        .map(|it| ClientPlan { stops_at: scenario.duration, ..*it })
                        .collect(),
                    ..scenario
                };
                let plan = Plan::new(scenario, seed, Vec::new()).expect("it can be");
                let mut world = World::new(Arc::new(plan));
                let (mut records, mut done) = (Vec::new(), 0);
                while world.step(&mut records) {
                    for record in records.drain(..) {
                        match record.what {
                            Happening::Violated(it) => panic!("{preset:?}: {it}"),
                            Happening::OperationEnded { .. } => done += 1,
                            _ => {}
                        }
                    }
                }
                assert!(world.leader().is_some(), "{preset:?}, {nodes} nodes");
                assert!(done >= u32::from(clients), "{preset:?}, {nodes} nodes: {done}");
            }
        }
    }

    #[test]
    fn free_play_can_be_written_down_and_one_of_too_many_can_not_be_run() {
        for preset in Preset::ALL {
            let scenario = free_play(5, *preset, 3);
            assert_eq!(Document::of(&scenario).scenario(), Ok(scenario.clone()));
            assert!(Plan::new(scenario, 1, Vec::new()).is_ok());
        }
        for (nodes, clients) in [(0, 1), (10, 1), (5, 17)] {
            assert!(Plan::new(free_play(nodes, Preset::Paper, clients), 1, Vec::new()).is_err());
        }
    }

    /// What opening the page, or acting, costs is so many events.
    #[test]
    fn free_play_has_no_more_events_than_a_page_makes_in_no_time() {
        for preset in Preset::ALL {
            for (nodes, clients) in [(3, 0), (5, 2), (9, FREE_PLAY_CLIENTS)] {
                let scenario = free_play(nodes, *preset, clients);
                let minutes = scenario.duration.0 / 60_000_000;
                let plan = Plan::new(scenario, 1, Vec::new()).expect("it can be");
                let tally = play(Arc::new(plan));
                assert!(tally.events < 60_000, "{preset:?}, {nodes} nodes: {tally:?}");
                assert!(minutes < 15, "{preset:?}: {minutes} minutes");
            }
        }
    }
}
