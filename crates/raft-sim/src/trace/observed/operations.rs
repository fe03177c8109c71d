//! Linearizability of what clients asked and were told: each key on its own, by the
//! monitor that watches our own runs, with the keys and values as they are named here.

use super::ObservedOutcome;
use crate::history::{History, OperationId, Request};
use crate::monitor::{Ended, Evidence, Linearizability, OperationRef};
use crate::state_machine::{Key, Value};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use raft_core::Micros;

/// The monitor knows keys of its own; each of these has a monitor, and there it is this.
const KEY: Key = Key(0);
/// What no write of a key writes.
const UNKNOWN: Value = Value(u64::MAX);

/// An operation, as it was told.
struct Told {
    name: u64,
    client: String,
    line: u64,
    key: String,
    /// Which of its key's values it writes, if it is a write.
    writes: Option<Value>,
    has_ended: bool,
}

/// What is known of one key.
#[derive(Default)]
struct KeyHistory {
    monitor: Linearizability,
    /// Its values, in the order in which they were first asked to be written.
    values: BTreeMap<String, Value>,
    /// Whether it is judged no more: a value was written twice.
    is_given_up: bool,
}

/// What clients asked and were told.
#[derive(Default)]
pub(super) struct Operations {
    history: History,
    told: Vec<Told>,
    places: BTreeMap<u64, usize>,
    keys: BTreeMap<String, KeyHistory>,
    /// The first value that was written twice: its key and line.
    pub(super) given_up: Option<(String, u64)>,
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
                of_key.is_given_up = true;
                self.given_up.get_or_insert_with(|| (key.to_string(), line));
            }
        }
        let request = match writes {
            Some(value) => Request::Write { key: KEY, value },
            None => Request::Read { key: KEY, mode: None },
        };
        let id = self.history.begin(0, request, at);
        if let Some(value) = writes.filter(|_| !of_key.is_given_up) {
            of_key.monitor.write_began(id, KEY, value, at);
        }
        self.places.insert(name, self.told.len());
        let (client, key) = (client.to_string(), key.to_string());
        self.told.push(Told { name, client, line, key, writes, has_ended: false });
        Ok(())
    }

    /// A client was told, or gave up. Gives what is wrong with that, if it was judged.
    ///
    /// # Errors
    /// If it can't have been told so.
    pub(super) fn ended(
        &mut self,
        at: Micros,
        name: u64,
        outcome: &ObservedOutcome,
    ) -> Result<Option<Option<String>>, String> {
        let place = self.places.get(&name).copied();
        let Some((place, told)) = place.and_then(|it| Some((it, self.told.get_mut(it)?))) else {
            return Err(format!("operation {name} ends and never began"));
        };
        if core::mem::replace(&mut told.has_ended, true) {
            return Err(format!("operation {name} has ended already"));
        }
        let operation = OperationId(place as u32);
        let (key, writes) = (told.key.clone(), told.writes);
        let began_at = self.history.get(operation).map_or(at, |it| it.began_at);
        let Some(of_key) = self.keys.get_mut(&key) else { return Ok(None) };
        let ended = |value| Ended { operation, key: KEY, value, began_at, ended_at: at };
        let evidence = match (writes, outcome) {
            (Some(_), ObservedOutcome::Found(_)) => {
                return Err(format!("operation {name} is a write, and finds nothing"));
            }
            (None, ObservedOutcome::Written) => {
                return Err(format!("operation {name} is a read, and writes nothing"));
            }
            _ if of_key.is_given_up => return Ok(None),
            (Some(value), ObservedOutcome::Written) => {
                of_key.monitor.write_ended(ended(value));
                None
            }
            (Some(value), ObservedOutcome::Refused) => {
                of_key.monitor.write_refused(KEY, value, &self.history)
            }
            (None, ObservedOutcome::Found(found)) => {
                let value = match found {
                    None => Value::default(),
                    Some(found) => of_key.values.get(found).copied().unwrap_or(UNKNOWN),
                };
                let Some(evidence) = of_key.monitor.read_ended(ended(value), &self.history) else {
                    return Ok(Some(None));
                };
                return Ok(Some(Some(self.in_words(&evidence, found.as_deref()))));
            }
            _ => return Ok(None),
        };
        Ok(Some(evidence.map(|evidence| self.in_words(&evidence, None))))
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
