//! Linearizability of what clients asked and were told: each key on its own, by the
//! monitor that watches our own runs, with the keys and values as they are named here. Where
//! a value is written to a key a second time that monitor can't go on; a search decides once
//! the whole history is told.

use super::ObservedOutcome;
use crate::history::{History, OperationId, Request};
use crate::linearizability::{self, Effect, Interval};
use crate::monitor::{Ended, Evidence, Linearizability, OperationRef};
use crate::state_machine::{Key, Value};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use raft_core::Micros;

/// The monitor knows keys of its own; each of these has a monitor, and there it is this.
const KEY: Key = Key(0);
/// An operation, as it was told.
struct Told {
    name: u64,
    client: String,
    line: u64,
    key: String,
    /// Which of its key's values it writes, if it is a write.
    writes: Option<Value>,
    ended: Option<HowEnded>,
}

/// How an operation ended.
struct HowEnded {
    line: u64,
    at: Micros,
    /// What it did, if that is known.
    effect: Option<Effect>,
    is_refused: bool,
}

/// What is known of one key.
#[derive(Default)]
struct KeyHistory {
    monitor: Linearizability,
    /// Its values, in the order in which they were first asked to be written.
    values: BTreeMap<String, Value>,
    /// What was found that nobody had asked to write by then, each numbered from the last on.
    unknown: BTreeMap<String, Value>,
    /// The line in which a value was first written that had been written before. From there
    /// on the monitor is told no more.
    repeats_from: Option<u64>,
    is_violated: bool,
}

impl KeyHistory {
    /// The number of what a read found.
    fn found(&mut self, found: Option<&str>) -> Value {
        let Some(found) = found else { return Value::default() };
        if let Some(value) = self.values.get(found).or_else(|| self.unknown.get(found)) {
            return *value;
        }
        let value = Value(u64::MAX - self.unknown.len() as u64);
        self.unknown.insert(found.to_string(), value);
        value
    }
}

/// What clients asked and were told.
#[derive(Default)]
pub(super) struct Operations {
    history: History,
    told: Vec<Told>,
    places: BTreeMap<u64, usize>,
    keys: BTreeMap<String, KeyHistory>,
}

/// What the search says of a key to which a value was written twice.
pub(super) enum Searched {
    /// Some order explains what was told, or the monitor has found before that none does.
    NothingNew,
    /// None does: the line in which that shows, and when, in a sentence.
    Violated(u64, Micros, String),
    /// It was given up: why, in a sentence.
    GivenUp(String),
}

impl Operations {
    /// A client began an operation.
    ///
    /// # Errors
    /// If it can't have.
    pub(super) fn began(
        &mut self,
        (line, at): (u64, Micros),
        name: u64,
        client: &str,
        key: &str,
        write: Option<&str>,
    ) -> Result<(), String> {
        if let Some(other) = self.places.get(&name).and_then(|place| self.told.get(*place)) {
            return Err(format!("operation {name} began in line {} already", other.line));
        }
        let of_key = self.keys.entry(key.to_string()).or_default();
        let mut writes = None;
        if let Some(write) = write {
            // Values are numbered as they come, from 1: 0 is what a key begins with.
            let next = Value(of_key.values.len() as u64 + 1);
            let value = *of_key.values.entry(write.to_string()).or_insert(next);
            writes = Some(value);
            if value != next {
                of_key.repeats_from.get_or_insert(line);
            }
        }
        let request = match writes {
            Some(value) => Request::Write { key: KEY, value },
            None => Request::Read { key: KEY, mode: None },
        };
        let id = self.history.begin(0, request, at);
        if let Some(value) = writes.filter(|_| of_key.repeats_from.is_none()) {
            of_key.monitor.write_began(id, KEY, value, at);
        }
        self.places.insert(name, self.told.len());
        let (client, key) = (client.to_string(), key.to_string());
        self.told.push(Told { name, client, line, key, writes, ended: None });
        Ok(())
    }

    /// A client was told, or gave up. Gives what is wrong with that, if it was judged.
    ///
    /// # Errors
    /// If it can't have been told so.
    pub(super) fn ended(
        &mut self,
        (line, at): (u64, Micros),
        name: u64,
        outcome: &ObservedOutcome,
    ) -> Result<Option<Option<String>>, String> {
        let place = self.places.get(&name).copied();
        let Some((place, told)) = place.and_then(|it| Some((it, self.told.get_mut(it)?))) else {
            return Err(format!("operation {name} ends and never began"));
        };
        if told.ended.is_some() {
            return Err(format!("operation {name} has ended already"));
        }
        let operation = OperationId(place as u32);
        let (key, writes) = (told.key.clone(), told.writes);
        let began_at = self.history.get(operation).map_or(at, |it| it.began_at);
        let Some(of_key) = self.keys.get_mut(&key) else { return Ok(None) };
        let effect = match (writes, outcome) {
            (Some(value), ObservedOutcome::Written) => Some(Effect::Write(value)),
            (None, ObservedOutcome::Found(found)) => {
                Some(Effect::Read(of_key.found(found.as_deref())))
            }
            _ => None,
        };
        let is_refused = *outcome == ObservedOutcome::Refused;
        told.ended = Some(HowEnded { line, at, effect, is_refused });
        let ended = |value| Ended { operation, key: KEY, value, began_at, ended_at: at };
        let evidence = match (writes, outcome) {
            (Some(_), ObservedOutcome::Found(_)) => {
                return Err(format!("operation {name} is a write, and finds nothing"));
            }
            (None, ObservedOutcome::Written) => {
                return Err(format!("operation {name} is a read, and writes nothing"));
            }
            _ if of_key.repeats_from.is_some() => return Ok(None),
            (Some(value), ObservedOutcome::Written) => {
                of_key.monitor.write_ended(ended(value));
                None
            }
            (Some(value), ObservedOutcome::Refused) => {
                of_key.monitor.write_refused(KEY, value, &self.history)
            }
            (None, ObservedOutcome::Found(found)) => {
                let value = of_key.found(found.as_deref());
                let Some(evidence) = of_key.monitor.read_ended(ended(value), &self.history) else {
                    return Ok(Some(None));
                };
                of_key.is_violated = true;
                return Ok(Some(Some(self.in_words(&evidence, found.as_deref()))));
            }
            _ => return Ok(None),
        };
        of_key.is_violated |= evidence.is_some();
        Ok(Some(evidence.map(|evidence| self.in_words(&evidence, None))))
    }

    /// Searches the histories of the keys to which a value was written twice, now that all is
    /// told.
    pub(super) fn search(&self) -> impl Iterator<Item = Searched> {
        let repeating = self.keys.iter().filter_map(|(key, it)| Some((key, it, it.repeats_from?)));
        repeating.map(|(key, of_key, from)| {
            if of_key.is_violated {
                return Searched::NothingNew;
            }
            let of_key = self.told.iter().enumerate().filter(|(_, told)| told.key == *key);
            let interval = |place: usize, told: &Told| {
                let began_at = self.history.get(OperationId(place as u32))?.began_at;
                let ended = told.ended.as_ref();
                if ended.is_some_and(|ended| ended.is_refused) {
                    return None;
                }
                let done = ended.and_then(|ended| Some((ended.effect?, Some(ended.at))));
                let (effect, ended_at) =
                    done.or_else(|| Some((Effect::Write(told.writes?), None)))?;
                Some(Interval { effect, began_at, ended_at })
            };
            let (named, intervals): (Vec<&Told>, Vec<Interval>) =
                of_key.filter_map(|(place, told)| Some((told, interval(place, told)?))).unzip();
            let verdict = linearizability::check(&intervals);
            let (linearizability::Verdict::NotLinearizable { operation }
            | linearizability::Verdict::Undecided { operation }) = verdict
            else {
                return Searched::NothingNew;
            };
            let Some((told, ended)) =
                named.get(operation).and_then(|told| Some((told, told.ended.as_ref()?)))
            else {
                return Searched::NothingNew;
            };
            let Told { name, client, line, .. } = told;
            let kind = if told.writes.is_some() { "write" } else { "read" };
            let which = format!("{client}'s {kind} of {key} (operation {name}, from line {line})");
            if matches!(verdict, linearizability::Verdict::Undecided { .. }) {
                return Searched::GivenUp(format!(
                    "key {key}, to which line {from} writes a value that had been written \
                     before: from the end of {which} on too many orders are possible; give each \
                     write of a key a value of its own"
                ));
            }
            let sentence =
                format!("no order of what was done to {key} explains what {which} found");
            Searched::Violated(ended.line, ended.at, sentence)
        })
    }

    fn in_words(&self, evidence: &Evidence, found: Option<&str>) -> String {
        match evidence {
            Evidence::StaleRead { read, newer, newer_began, older } => {
                let mut said = format!(
                    "{} began after {} had ended",
                    self.named(read, found),
                    self.named(newer, None)
                );
                if let Some(older) = older {
                    said += &if newer_began.id == newer.id {
                        format!(", which began after {} had ended", self.named(older, found))
                    } else {
                        format!(
                            ", though {} began after {} had ended",
                            self.named(newer_began, None),
                            self.named(older, found)
                        )
                    };
                }
                said
            }
            Evidence::ReadOfNothing { read } => {
                format!("{} found what nobody had asked to write", self.named(read, found))
            }
            Evidence::ReadOfRefused { read, write } => format!(
                "{} found the value of {}, which was refused",
                self.named(read, found),
                self.named(write, None)
            ),
            // The monitor of histories has nothing else to say.
            _ => "the history can't be that of one machine".to_string(),
        }
    }

    /// `c1's read of x = 5 (operation 7, from line 12)`
    fn named(&self, operation: &OperationRef, found: Option<&str>) -> String {
        let Some(told) = self.told.get(operation.id.0 as usize) else { return String::new() };
        let kind = if operation.is_write { "write" } else { "read" };
        let values = self.keys.get(&told.key).map(|of_key| &of_key.values);
        let value = values
            .and_then(|values| values.iter().find(|(_, value)| **value == operation.value))
            .map(|(name, _)| name.as_str())
            .or(found)
            .unwrap_or("nothing");
        let Told { name, client, line, key, .. } = told;
        format!("{client}'s {kind} of {key} = {value} (operation {name}, from line {line})")
    }
}
