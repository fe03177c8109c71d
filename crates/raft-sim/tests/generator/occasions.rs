//! Rules at random: on any occasion, any action.

use super::Dice;
use raft_core::Micros;
use raft_sim::{Action, Occasion, Rule};

const SUBJECTS: [&str; 6] = ["anyone", "leader", "stale-leader", "A", "B", "BC"];

const DEEDS: [&str; 27] = [
    "becomes candidate",
    "becomes leader",
    "becomes leader in term 2",
    "steps down",
    "follows a leader",
    "draws a timeout",
    "reaches term 3",
    "grants its vote to B",
    "refuses its vote",
    "ignores a candidate",
    "proposes index 4",
    "appends index 3",
    "removes entries",
    "commits",
    "commits index 5 in term 1",
    "applies index 2",
    "applies",
    "has written",
    "crashes",
    "stands still",
    "restarts",
    "sends append-entries to C",
    "sends message",
    "receives heartbeat from A",
    "receives request-vote",
    "loses entries",
    "takes a snapshot",
];

const OTHERS: [&str; 6] = [
    "a client has written",
    "client 1 is answered",
    "a client asks",
    "anything is violated",
    "network is parted",
    "network is healed",
];

const ACTIONS: [&str; 20] = [
    "crash:leader",
    "crash:it",
    "restart:it",
    "restart:former-leader",
    "restart:A",
    "pause:leader",
    "resume:it",
    "isolate:follower",
    "isolate:it",
    "cut:leader-follower-not-A",
    "cut:it-leader",
    "mend:A-B",
    "heal",
    "partition:AB-C",
    "timeout:follower",
    "timeout:it",
    "transfer:follower",
    "snapshot:leader",
    "write:leader",
    "read-lease:former-leader",
];

/// Up to six rules.
pub(crate) fn rules(number: u64) -> Vec<Rule> {
    let mut dice = Dice(number.wrapping_mul(0x9fb2_1c65_1e98_df25) ^ 0x60be_e2be);
    (0..dice.of(0, 6)).map(|_| rule(&mut dice)).collect()
}

fn rule(dice: &mut Dice) -> Rule {
    let is_nodes = !dice.one_in(5);
    let when = if is_nodes {
        format!("{} {}", dice.pick(&SUBJECTS), dice.pick(&DEEDS))
    } else {
        dice.pick(&OTHERS).to_string()
    };
    let mut action = dice.pick(&ACTIONS);
    if !is_nodes && action.contains("it") {
        action = "crash:leader";
    }
    Rule {
        when: when.parse::<Occasion>().expect("it is an occasion"),
        nth: if dice.one_in(2) { 1 } else { dice.of(1, 9) as u32 },
        since: if dice.one_in(2) { Micros::ZERO } else { Micros(dice.of(0, 50_000)) },
        delay: if dice.one_in(2) { Micros::ZERO } else { Micros(dice.of(0, 100_000)) },
        every: dice.one_in(3),
        action: action.parse::<Action>().expect("it is an action"),
    }
}
