//! Our verdicts on random histories beside those of a checker that we did not write:
//! `LinearizabilityTester` of the stateright crate, which goes through every order.
//!
//! Compared are both of our ways, for each history and for each of its beginnings up to an
//! end: the monitor's, for distinct values, and the search. What stateright calls linearizable
//! must be so here; where it first says no, ours must name the operation that ended there.
//! Runs of ours are too long for it: what their monitor said is compared with the search.
#![cfg(not(target_arch = "wasm32"))]

use raft_core::Micros;
use raft_sim::linearizability::{Effect, Interval, Verdict, check, of_run, search};
use raft_sim::workload::troubled;
use raft_sim::{Key, Plan, Property, Timeline, Value};
use stateright::semantics::register::{Register, RegisterOp, RegisterRet};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester};
use std::io::Write as _;
use std::sync::Arc;

/// A small generator, the same on every machine (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// What a few clients, each of which does one thing after another, do to one key: as if
/// there were one register, but that now and then a read finds something else. Clients give
/// up on some writes and go on. Time is coarse, so that much happens at one microsecond.
fn history(dice: &mut Dice, are_distinct: bool) -> Vec<Interval> {
    let clients = 2 + dice.below(3);
    let mut operations = Vec::new();
    let mut written = 0;
    // Each with the moment at which it takes effect, and the order of those at one moment.
    let mut effects = Vec::new();
    for _ in 0..clients {
        let mut at = dice.below(4);
        for _ in 0..1 + dice.below(3) {
            let (began_at, ended_at) = (at, at + dice.below(7));
            let is_write = dice.below(2) == 0;
            written += u64::from(is_write);
            let value = if are_distinct { written } else { 1 + dice.below(3) };
            let effect =
                if is_write { Effect::Write(Value(value)) } else { Effect::Read(Value(0)) };
            let is_answered = !is_write || dice.below(5) > 0;
            let takes_effect_at = began_at + dice.below(ended_at - began_at + 1);
            effects.push((takes_effect_at, dice.below(1_000), operations.len()));
            operations.push(Interval {
                effect,
                began_at: Micros(began_at),
                ended_at: is_answered.then_some(Micros(ended_at)),
            });
            // At the earliest at the microsecond at which the last one ended.
            at = ended_at + dice.below(4);
        }
    }
    effects.sort_unstable();
    let mut holds = Value(0);
    for (_, _, place) in effects {
        let operation = &mut operations[place];
        match &mut operation.effect {
            Effect::Write(value) => {
                if operation.ended_at.is_some() || dice.below(2) == 0 {
                    holds = *value;
                }
            }
            Effect::Read(found) => {
                let most = if are_distinct { written.max(1) } else { 3 };
                *found = if dice.below(3) == 0 { Value(dice.below(most + 1)) } else { holds };
            }
        }
    }
    operations
}

/// What stateright says of each beginning of a history: the operation at whose end it first
/// finds no order, if it ever does.
///
/// Its histories are sequences without times. Ours that say that one operation ends at the
/// microsecond at which another begins are sequences in which the begin comes first; then
/// even a client's next operation begins before its last has ended, so each operation is
/// a thread of its own.
fn by_stateright(operations: &[Interval]) -> Option<usize> {
    let mut moments = Vec::new();
    for (place, operation) in operations.iter().enumerate() {
        moments.push((operation.began_at, false, place));
        moments.extend(operation.ended_at.map(|at| (at, true, place)));
    }
    moments.sort_unstable();
    let mut tester = LinearizabilityTester::new(Register(0));
    for (_, is_end, place) in moments {
        let effect = operations[place].effect;
        if is_end {
            let told = match effect {
                Effect::Write(_) => RegisterRet::WriteOk,
                Effect::Read(value) => RegisterRet::ReadOk(value.0),
            };
            tester.on_return(place, told).expect("it was asked");
            if !tester.is_consistent() {
                return Some(place);
            }
        } else {
            let asked = match effect {
                Effect::Write(value) => RegisterOp::Write(value.0),
                Effect::Read(_) => RegisterOp::Read,
            };
            tester.on_invoke(place, asked).expect("each operation is a thread");
        }
    }
    None
}

fn compare(are_distinct: bool, histories: u32) {
    let mut dice = Dice(u64::from(are_distinct));
    let mut wrong = 0;
    for nth in 0..histories {
        let operations = history(&mut dice, are_distinct);
        let expected = match by_stateright(&operations) {
            None => Verdict::Linearizable,
            Some(operation) => Verdict::NotLinearizable { operation },
        };
        wrong += u32::from(expected != Verdict::Linearizable);
        assert_eq!(search(&operations, u64::MAX), expected, "history {nth}: {operations:#?}");
        assert_eq!(check(&operations), expected, "history {nth}: {operations:#?}");
    }
    let ways = if are_distinct {
        "distinct values, monitor and search"
    } else {
        "repeated values, search"
    };
    let said = format!(
        "explored: {histories} histories, {wrong} not linearizable (the same to stateright; {ways})\n"
    );
    // Past the test harness, which keeps to itself what a test that passes prints.
    let _ = std::io::stderr().write_all(said.as_bytes());
    let few = histories / 5;
    assert!(wrong > few && wrong < histories - few, "a test needs both verdicts");
}

#[test]
fn with_distinct_values_both_ways_agree_with_stateright() {
    compare(true, 20_000);
}

#[test]
fn with_values_that_repeat_the_search_agrees_with_stateright() {
    compare(false, 20_000);
}

#[test]
fn a_runs_history_gets_the_verdict_that_its_monitor_gave() {
    let troubled = troubled(5, Micros::from_secs(60), 1).expect("it can be");
    let phantom = raft_scenarios::by_name("phantom-leader-lease").expect("it is built in");
    let phantom = Plan::new(phantom, 42, Vec::new()).expect("it can be");
    for (plan, is_stale) in [(troubled, false), (Arc::new(phantom), true)] {
        let timeline = Timeline::new(plan);
        let world = timeline.world_after(timeline.events());
        let operations = of_run(world.history(), Key(0));
        let violation = &world.monitors().standing(Property::Linearizability).violation;
        assert_eq!(violation.is_some(), is_stale);
        let expected = violation.as_ref().map_or(Verdict::Linearizable, |violation| {
            let read = violation.evidence.operations()[0];
            let asked = world.history().get(read.id).expect("it is in the history");
            let is_it = |it: &Interval| {
                it.effect == Effect::Read(read.value) && it.began_at == asked.began_at
            };
            let operation = operations.iter().position(is_it).expect("it was answered");
            Verdict::NotLinearizable { operation }
        });
        assert_eq!(check(&operations), expected);
        assert_eq!(search(&operations, 100_000), expected);
    }
}
