//! The schedules of [`everything`], in which settings change all the time. Their dice are
//! their own, so that the schedules without them stay what they are.

use super::{Dice, everything, latency};
use raft_core::{Flaws, Micros, ReadMode};
use raft_sim::document::{Between, Preset};
use raft_sim::{Action, Scenario, Setting, Step};

/// The schedule of this number, with these rules left out from the beginning.
pub(super) fn scenario(number: u64, flaws: Flaws) -> Scenario {
    let mut scenario = everything::scenario(number, flaws);
    let mut dice = Dice(number.wrapping_mul(0x9fb2_1c65_1e98_df25) ^ 0x0ddb_a115);
    for _ in 0..dice.of(1, 12) {
        let at = dice.span(0, scenario.duration.0 - 1);
        let setting = setting(&mut dice, &scenario);
        scenario.script.push(Step { at, action: Action::Set(setting) });
    }
    scenario.script.sort_by_key(|step| step.at);
    scenario
}

/// A setting that real Raft may have in this scenario. Whether it goes with the others, one
/// sees when it is set: some heartbeats are too slow.
fn setting(dice: &mut Dice, scenario: &Scenario) -> Setting {
    let timeout = scenario.settings.election_timeout_min.0;
    let is_on = dice.one_in(2);
    match dice.of(0, 20) {
        0 => Setting::PreVote(is_on),
        1 => Setting::CheckQuorum(is_on),
        // A bound that the clocks don't keep breaks leases, and so does a clock that jumps: only
        // a scenario that begins with leases has clocks that allow them.
        2 | 3 => Setting::Lease(scenario.settings.lease.filter(|_| !dice.one_in(4))),
        4 => Setting::Reads(dice.pick(&[ReadMode::ReadIndex, ReadMode::Lease, ReadMode::Log])),
        5 => Setting::Heartbeat(Micros(timeout / dice.of(1, 8))),
        6..=8 => {
            let min = timeout * dice.of(1, 12) / 4;
            let max = min + dice.of(0, timeout);
            Setting::ElectionTimeout(Between { min: Micros(min), max: Micros(max) })
        }
        9 => Setting::Timing(dice.pick(&[Preset::Paper, Preset::Etcd, Preset::Logcabin])),
        10 => Setting::Stickiness(is_on),
        11 => Setting::FollowerReads(is_on),
        12 => Setting::NoOp(is_on),
        13 => Setting::MaxEntries(dice.pick(&[1, 2, 64])),
        14 => Setting::InFlight(dice.pick(&[1, 2, 256])),
        15 => Setting::SnapshotEvery(dice.pick(&[None, Some(1), Some(5), Some(30)])),
        16 => Setting::SnapshotChunk(dice.pick(&[1, 8, 1_000])),
        17 => Setting::SnapshotKept(dice.of(0, 10)),
        18 => {
            let slowest = timeout / dice.pick(&[2, 16, 16]);
            Setting::Latency(latency(dice, slowest))
        }
        19 => match dice.of(0, 2) {
            0 => Setting::Loss(dice.pick(&[0, 10_000, 300_000])),
            1 => Setting::Duplicates(dice.pick(&[0, 300_000])),
            _ => Setting::ClientLatency(latency(dice, timeout / 10)),
        },
        _ => {
            let node = is_on.then(|| dice.node(scenario.nodes));
            Setting::Fsync { node, latency: latency(dice, timeout / 4) }
        }
    }
}
