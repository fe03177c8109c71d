//! Whether the history of one key is linearizable, for histories that come from anywhere:
//! a list of operations, each with its interval.
//!
//! "Each operation appears to take effect instantaneously at some moment between its
//! invocation and its response" (Herlihy and Wing, "Linearizability", 1990; dissertation,
//! section 6.3). Keys don't depend on each other, so a history is linearizable exactly if
//! each key's is (locality, their section 3.2).
//!
//! Where every write has a value of its own, [`check`] asks the monitor that watches our
//! own runs, which is near-linear. Where values repeat, a read doesn't tell which write it
//! saw; deciding is NP-complete then (Gibbons and Korach, "Testing Shared Memories", 1997),
//! and [`search`] goes through the orders that are possible, up to a limit.
//!
//! The search is that of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993)
//! with Lowe's two improvements ("Testing for Linearizability", 2017): states that were met
//! before are remembered, and operations take effect just in time. It goes through begins and
//! ends in the order of time and keeps every state that the register may be in, which is what
//! it holds and which operations under way have taken effect already:
//!
//! ```text
//!   write 1  ├──────────────┤
//!   write 2     ├─────┤
//!   read 1         ├──────────┤
//!                     ^ at this end write 2 must have taken effect, and write 1 may have,
//!                       before it: the states are {2; write 2} and {2; write 1, write 2}
//!                           ^ now write 1 must have: {1; write 1, read 1} and {2; write 1}
//!                             ^ read 1 must have: of the two states the first is left
//! ```
//!
//! Only at an end does anything have to have taken effect, so only then is a state followed
//! by others. Where none is left, the history up to that end is not linearizable, while up to
//! the end before it was: that operation is the answer. Four more savings, each of which
//! leaves the verdict as it is:
//!
//! * A read takes effect as soon as the register holds what it found.
//! * Of writes of one value that are under way, the one that ends first goes first: in any
//!   order that explains the history the two can change places.
//! * A write that nobody answered may never take effect. Of two states that differ in that
//!   one has done more of those, that one is of no use; nor is such a write whose value no
//!   read found.
//! * A write whose value no read will find takes effect just before the next one of
//!   whatever value, for nobody sees it.
//!
//! Two operations of which one ends at the very microsecond at which the other begins count
//! as concurrent, here as in the monitor.

use crate::history::{History, Operation, Outcome, Request};
use crate::monitor::{Ended, Linearizability};
use crate::state_machine::{Key, Value};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use raft_core::Micros;

/// What an operation on a key did.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// It wrote this.
    Write(Value),
    /// It found this; 0 is what a key holds that was never written.
    Read(Value),
}

/// An operation on one key: what it did, and when. A write that was refused for certain, and
/// a read that was never answered, say nothing and don't belong into a history.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Interval {
    /// What it did.
    pub effect: Effect,
    /// When the client asked.
    pub began_at: Micros,
    /// When the client was told; `None` for a write that nobody answered, which may have taken
    /// effect at any time after it began, or never.
    pub ended_at: Option<Micros>,
}

/// Whether a history is linearizable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// Some order explains it.
    Linearizable,
    /// None does.
    NotLinearizable {
        /// The place in the list of the operation at whose end that shows: what happened up
        /// to any earlier end some order explains. Of ends at one moment those of operations
        /// earlier in the list come first.
        operation: usize,
    },
    /// Too many orders are possible to go through them all.
    Undecided {
        /// The place in the list of the operation at whose end the search was given up; up to
        /// any earlier end some order explains the history.
        operation: usize,
    },
}

/// What a run's clients were told of one key, as far as it says anything.
pub fn of_run(history: &History, key: Key) -> Vec<Interval> {
    let told = |operation: &Operation| {
        let (effect, ended_at) = match (operation.request, operation.ended) {
            (Request::Write { value, .. }, Some((at, Outcome::Written))) => {
                (Effect::Write(value), Some(at))
            }
            (_, Some((_, Outcome::Refused))) => return None,
            (Request::Write { value, .. }, _) => (Effect::Write(value), None),
            (Request::Read { .. }, Some((at, Outcome::Found { value, .. }))) => {
                (Effect::Read(value), Some(at))
            }
            (Request::Read { .. }, _) => return None,
        };
        Some(Interval { effect, began_at: operation.began_at, ended_at })
    };
    let of_key = history.operations().map(|(_, operation)| operation);
    of_key.filter(|operation| operation.request.key() == key).filter_map(told).collect()
}

/// How many states [`check`] lets the search look at, beside two for each operation, which
/// even the plainest history takes.
pub const STATES_MAX: u64 = 200_000;

/// Whether the history of one key, listed in any order, is linearizable: in near-linear time
/// where every write has a value of its own, and by a [`search`] of so many states elsewhere.
pub fn check(operations: &[Interval]) -> Verdict {
    if has_distinct_values(operations) {
        check_distinct(operations)
    } else {
        search(operations, STATES_MAX + 2 * operations.len() as u64)
    }
}

/// Whether every write has a value of its own, which is not the one that keys begin with.
fn has_distinct_values(operations: &[Interval]) -> bool {
    let mut seen = BTreeSet::from([Value::default()]);
    operations.iter().all(|operation| match operation.effect {
        Effect::Write(value) => seen.insert(value),
        Effect::Read(_) => true,
    })
}

/// Something that happens in a history: all begins of a moment come before its ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Begin,
    End,
}

/// The begins and ends in the order in which they count.
fn in_order(operations: &[Interval]) -> Vec<(Micros, Event, usize)> {
    let mut moments = Vec::with_capacity(operations.len() * 2);
    for (place, operation) in operations.iter().enumerate() {
        moments.push((operation.began_at, Event::Begin, place));
        let ended_at = operation.ended_at.map(|at| at.max(operation.began_at));
        moments.extend(ended_at.map(|at| (at, Event::End, place)));
    }
    moments.sort_unstable();
    moments
}

/// What the monitor that watches our runs says of a history with distinct values.
fn check_distinct(operations: &[Interval]) -> Verdict {
    let key = Key(0);
    let (mut monitor, mut history) = (Linearizability::default(), History::default());
    let mut names = BTreeMap::new();
    // The monitor wants values that count up as their writes begin.
    let mut renamed = BTreeMap::from([(Value::default(), Value::default())]);
    for (at, event, place) in in_order(operations) {
        let Interval { effect, began_at, .. } = operations[place];
        if event == Event::Begin {
            let request = match effect {
                Effect::Write(value) => {
                    let next = Value(renamed.len() as u64);
                    Request::Write { key, value: *renamed.entry(value).or_insert(next) }
                }
                Effect::Read(_) => Request::Read { key, mode: None },
            };
            let operation = history.begin(0, request, at);
            names.insert(place, operation);
            if let Request::Write { value, .. } = request {
                monitor.write_began(operation, key, value, at);
            }
            continue;
        }
        let (Effect::Write(value) | Effect::Read(value)) = effect;
        // What nobody has begun to write so far has no other name, and the monitor finds none.
        let value = renamed.get(&value).copied().unwrap_or(Value(u64::MAX));
        let Some(operation) = names.get(&place).copied() else { continue };
        let ended = Ended { operation, key, value, began_at, ended_at: at };
        match effect {
            Effect::Write(_) => monitor.write_ended(ended),
            Effect::Read(_) if monitor.read_ended(ended, &history).is_some() => {
                return Verdict::NotLinearizable { operation: place };
            }
            Effect::Read(_) => {}
        }
    }
    Verdict::Linearizable
}

/// Whether the history of one key, listed in any order, is linearizable, by going through
/// the orders that are possible and looking at no more than `states_max` states.
pub fn search(operations: &[Interval], states_max: u64) -> Verdict {
    let mut search = Search::new(operations);
    for (_, event, place) in in_order(operations) {
        match event {
            Event::Begin => search.begins(place),
            Event::End => {
                search.ends(place, states_max);
                if search.looked_at > states_max {
                    return Verdict::Undecided { operation: place };
                }
                if search.states.is_empty() {
                    return Verdict::NotLinearizable { operation: place };
                }
            }
        }
    }
    Verdict::Linearizable
}

/// What the register may hold and what may have been done for that.
///
/// The order of the fields is that in which states are sorted: those that differ only in
/// writes without an answer come together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    holds: Value,
    /// The operations under way that have taken effect, in the order of their places ...
    done: Vec<usize>,
    /// ... and those of them that will never be answered.
    done_unanswered: Vec<usize>,
}

struct Search<'a> {
    operations: &'a [Interval],
    /// The writes under way: by value, and of one value that which ends first.
    writes: Vec<usize>,
    /// Those of them whose value no read will find that has not ended yet.
    unseen: Vec<usize>,
    reads: Vec<usize>,
    /// For each value, how many reads that found it have not ended yet.
    reads_to_come: BTreeMap<Value, u64>,
    states: BTreeSet<State>,
    looked_at: u64,
}

/// Puts a place among others that are sorted.
fn add(places: &mut Vec<usize>, place: usize) {
    if let Err(at) = places.binary_search(&place) {
        places.insert(at, place);
    }
}

impl<'a> Search<'a> {
    fn new(operations: &'a [Interval]) -> Search<'a> {
        let mut reads_to_come = BTreeMap::new();
        for operation in operations {
            if let (Effect::Read(value), Some(_)) = (operation.effect, operation.ended_at) {
                *reads_to_come.entry(value).or_insert(0) += 1;
            }
        }
        let first =
            State { holds: Value::default(), done: Vec::new(), done_unanswered: Vec::new() };
        Search {
            operations,
            writes: Vec::new(),
            unseen: Vec::new(),
            reads: Vec::new(),
            reads_to_come,
            states: BTreeSet::from([first]),
            looked_at: 0,
        }
    }

    fn begins(&mut self, place: usize) {
        let Interval { effect, ended_at, .. } = self.operations[place];
        match effect {
            Effect::Write(value) => {
                if !self.reads_to_come.contains_key(&value) {
                    match ended_at {
                        None => return,
                        Some(_) => self.unseen.push(place),
                    }
                }
                let operations = self.operations;
                let key = |place: usize| {
                    let Interval { effect, ended_at, .. } = operations[place];
                    let (Effect::Write(value) | Effect::Read(value)) = effect;
                    // What never ends comes last.
                    (value, ended_at.unwrap_or(Micros::MAX), place)
                };
                let at = self.writes.partition_point(|other| key(*other) < key(place));
                self.writes.insert(at, place);
            }
            Effect::Read(_) if ended_at.is_none() => {}
            Effect::Read(value) => {
                self.reads.push(place);
                self.change_states(|state| {
                    if state.holds == value {
                        add(&mut state.done, place);
                    }
                });
            }
        }
    }

    fn ends(&mut self, place: usize, states_max: u64) {
        let mut left: Vec<State> = core::mem::take(&mut self.states).into_iter().collect();
        let mut met = BTreeSet::new();
        while let Some(mut state) = left.pop() {
            self.looked_at += 1;
            if self.looked_at > states_max {
                return;
            }
            if let Ok(at) = state.done.binary_search(&place) {
                state.done.remove(at);
                self.states.insert(state);
                continue;
            }
            self.follow(&state, |next| {
                if met.insert(next.clone()) {
                    left.push(next);
                }
            });
        }
        self.writes.retain(|other| *other != place);
        self.unseen.retain(|other| *other != place);
        self.reads.retain(|other| *other != place);
        if let Effect::Read(value) = self.operations[place].effect {
            self.read_ended(value);
        }
        self.drop_what_did_more_than_another();
    }

    /// Every state that one more write leads to.
    fn follow(&self, state: &State, mut leads_to: impl FnMut(State)) {
        let mut last = None;
        for write in self.writes.iter().copied() {
            let Interval { effect: Effect::Write(value), ended_at, .. } = self.operations[write]
            else {
                continue;
            };
            let is_done = state.done.binary_search(&write).is_ok()
                || state.done_unanswered.binary_search(&write).is_ok();
            if is_done || last == Some(value) {
                continue;
            }
            last = Some(value);
            // A write that need not take effect, and would change nothing.
            if ended_at.is_none() && state.holds == value {
                continue;
            }
            let mut next = State { holds: value, ..state.clone() };
            let is_answered = ended_at.is_some();
            add(if is_answered { &mut next.done } else { &mut next.done_unanswered }, write);
            for read in self.reads.iter().copied() {
                if self.operations[read].effect == Effect::Read(value) {
                    add(&mut next.done, read);
                }
            }
            for unseen in self.unseen.iter().copied() {
                add(&mut next.done, unseen);
            }
            leads_to(next);
        }
    }

    /// A read ended that found this value. Where it was the last that did, nobody will see
    /// any more whether a write without an answer took effect.
    fn read_ended(&mut self, value: Value) {
        let Some(to_come) = self.reads_to_come.get_mut(&value) else { return };
        *to_come -= 1;
        if *to_come > 0 {
            return;
        }
        self.reads_to_come.remove(&value);
        let operations = self.operations;
        let is_of_value = |write: &usize| operations[*write].effect == Effect::Write(value);
        let is_of_use =
            |write: &usize| operations[*write].ended_at.is_some() || !is_of_value(write);
        self.writes.retain(is_of_use);
        self.unseen.extend(self.writes.iter().copied().filter(is_of_value));
        self.change_states(|state| state.done_unanswered.retain(is_of_use));
    }

    fn change_states(&mut self, change: impl Fn(&mut State)) {
        let states = core::mem::take(&mut self.states);
        self.states = states
            .into_iter()
            .map(|mut state| {
                change(&mut state);
                state
            })
            .collect();
    }

    /// Of states that hold the same and have done the same of what is answered, one that has
    /// done less of the rest has more left to do.
    fn drop_what_did_more_than_another(&mut self) {
        // Comparing all with all would cost more than it saves.
        const COMPARED_MAX: usize = 32;
        let mut kept: Vec<State> = Vec::new();
        let mut states: Vec<State> = core::mem::take(&mut self.states).into_iter().collect();
        states.sort_by(|one, other| {
            let rank = |state: &State| state.done_unanswered.len();
            (one.holds, &one.done, rank(one)).cmp(&(other.holds, &other.done, rank(other)))
        });
        for state in states {
            let did_less = |other: &State| {
                let all = &state.done_unanswered;
                (other.holds, &other.done) == (state.holds, &state.done)
                    && other.done_unanswered.iter().all(|write| all.binary_search(write).is_ok())
            };
            if !kept.iter().rev().take(COMPARED_MAX).any(did_less) {
                kept.push(state);
            }
        }
        self.states = kept.into_iter().collect();
    }
}

#[cfg(test)]
mod tests;
