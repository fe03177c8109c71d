//! The replicated state machine: a small key-value store with client sessions.

use alloc::sync::Arc;
use alloc::vec::Vec;
use litemap::LiteMap;
use raft_core::Command;

/// A key: one letter on the page, `x` for 0.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Key(pub u8);

/// A value. Each write of a run has its own, so a read tells which write it saw.
/// A key that was never written holds 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Value(pub u64);

impl core::fmt::Display for Key {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        const NAMES: [char; 6] = ['x', 'y', 'z', 'u', 'v', 'w'];
        match NAMES.get(usize::from(self.0)) {
            Some(name) => write!(formatter, "{name}"),
            None => write!(formatter, "k{}", self.0),
        }
    }
}

impl core::fmt::Display for Value {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

/// The session that a write belongs to: a client's writes count up, and a write
/// that was sent again is applied once (dissertation, section 6.3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Session {
    /// The client; 0 is none: whoever sits in front of the page keeps no session, and a
    /// client need not. What such a one sends again is a write of its own, and applied again.
    pub client: u32,
    /// Which of its writes.
    pub sequence: u64,
}

/// A write, as it stands in the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Put {
    /// Whose, and which.
    pub session: Session,
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Value,
}

impl Put {
    const BYTES: usize = 4 + 8 + 1 + 8;

    /// The write as bytes for the log.
    pub fn encode(&self) -> Command {
        let mut bytes = [0; Put::BYTES];
        bytes[0..4].copy_from_slice(&self.session.client.to_le_bytes());
        bytes[4..12].copy_from_slice(&self.session.sequence.to_le_bytes());
        bytes[12] = self.key.0;
        bytes[13..21].copy_from_slice(&self.value.0.to_le_bytes());
        Command(bytes.as_slice().into())
    }

    /// The write in a command, if it is one.
    pub fn decode(command: &Command) -> Option<Put> {
        let bytes: &[u8; Put::BYTES] = command.0.as_ref().try_into().ok()?;
        let (client, rest) = bytes.split_first_chunk::<4>()?;
        let (sequence, rest) = rest.split_first_chunk::<8>()?;
        let (key, value) = rest.split_first()?;
        Some(Put {
            session: Session {
                client: u32::from_le_bytes(*client),
                sequence: u64::from_le_bytes(*sequence),
            },
            key: Key(*key),
            value: Value(u64::from_le_bytes(value.try_into().ok()?)),
        })
    }
}

/// One node's copy of the store. Volatile: after a restart the snapshot and the log
/// fill it anew.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StateMachine {
    values: LiteMap<Key, Value>,
    last_of_session: LiteMap<u32, u64>,
}

impl StateMachine {
    /// What a key holds.
    pub fn read(&self, key: Key) -> Value {
        self.values.get(&key).copied().unwrap_or_default()
    }

    /// Every key that was written, with its value.
    pub fn values(&self) -> impl Iterator<Item = (Key, Value)> {
        self.values.iter().map(|(key, value)| (*key, *value))
    }

    /// The store as bytes for a snapshot, the same for the same store. Numbers are in
    /// little-endian order:
    ///
    /// ```text
    ///   count of keys (4 bytes), then for each: key (1), value (8)
    ///   count of sessions (4),   then for each: client (4), sequence (8)
    /// ```
    ///
    /// Without its sessions it is not all of the replicated state: a write that is sent
    /// again would be applied again (dissertation, section 6.3).
    pub fn encode(&self, with_sessions: bool) -> Arc<[u8]> {
        let mut bytes = Vec::new();
        bytes.extend((self.values.len() as u32).to_le_bytes());
        for (key, value) in &self.values {
            bytes.push(key.0);
            bytes.extend(value.0.to_le_bytes());
        }
        let sessions = || self.last_of_session.iter().filter(|_| with_sessions);
        bytes.extend((sessions().count() as u32).to_le_bytes());
        for (client, sequence) in sessions() {
            bytes.extend(client.to_le_bytes());
            bytes.extend(sequence.to_le_bytes());
        }
        bytes.into()
    }

    /// The store in a snapshot, if it is one.
    pub fn decode(mut bytes: &[u8]) -> Option<StateMachine> {
        fn take<const LENGTH: usize>(bytes: &mut &[u8]) -> Option<[u8; LENGTH]> {
            let (first, rest) = bytes.split_first_chunk()?;
            *bytes = rest;
            Some(*first)
        }
        let mut machine = StateMachine::default();
        for _ in 0..u32::from_le_bytes(take(&mut bytes)?) {
            let [key] = take(&mut bytes)?;
            machine.values.insert(Key(key), Value(u64::from_le_bytes(take(&mut bytes)?)));
        }
        for _ in 0..u32::from_le_bytes(take(&mut bytes)?) {
            let client = u32::from_le_bytes(take(&mut bytes)?);
            machine.last_of_session.insert(client, u64::from_le_bytes(take(&mut bytes)?));
        }
        bytes.is_empty().then_some(machine)
    }

    /// Does what a write asks for, unless its session says that it was done before. Says
    /// whether it did.
    pub(crate) fn apply(&mut self, put: Put) -> bool {
        let Session { client, sequence } = put.session;
        if client != 0 {
            let last = self.last_of_session.entry(client).or_insert(0);
            if sequence <= *last {
                return false;
            }
            *last = sequence;
        }
        self.values.insert(put.key, put.value);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(client: u32, sequence: u64, value: u64) -> Put {
        Put { session: Session { client, sequence }, key: Key(0), value: Value(value) }
    }

    #[test]
    fn a_write_survives_its_encoding() {
        let write = put(7, u64::MAX, 12_345);
        assert_eq!(Put::decode(&write.encode()), Some(write));
        assert_eq!(Put::decode(&Command([1, 2, 3].as_slice().into())), None);
    }

    #[test]
    fn a_store_survives_its_encoding_with_its_sessions() {
        let mut machine = StateMachine::default();
        assert_eq!(StateMachine::decode(&machine.encode(true)), Some(machine.clone()));
        for client in 0..4 {
            let write = put(client, 7, u64::MAX - u64::from(client));
            machine.apply(Put { key: Key(client as u8 % 3), ..write });
        }
        let bytes = machine.encode(true);
        assert_eq!(StateMachine::decode(&bytes), Some(machine.clone()));
        for length in 0..bytes.len() {
            assert_eq!(StateMachine::decode(&bytes[..length]), None, "the first {length} bytes");
        }
        assert_eq!(StateMachine::decode(&[&bytes[..], &[0]].concat()), None);
    }

    #[test]
    fn a_store_without_its_sessions_applies_a_write_again() {
        let mut machine = StateMachine::default();
        machine.apply(put(1, 1, 10));
        machine.apply(put(2, 1, 20));
        for (with_sessions, value) in [(true, 20), (false, 10)] {
            let bytes = machine.encode(with_sessions);
            let mut restored = StateMachine::decode(&bytes).expect("it was encoded");
            assert_eq!(restored.read(Key(0)), Value(20));
            restored.apply(put(1, 1, 10));
            assert_eq!(restored.read(Key(0)), Value(value));
        }
    }

    #[test]
    fn a_write_that_was_sent_again_is_applied_once() {
        let mut machine = StateMachine::default();
        machine.apply(put(1, 1, 10));
        machine.apply(put(2, 1, 20));
        machine.apply(put(1, 1, 10));
        assert_eq!(machine.read(Key(0)), Value(20));
    }
}
