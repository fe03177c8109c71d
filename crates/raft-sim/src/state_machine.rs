//! The replicated state machine: a small key-value store with client sessions.

use alloc::collections::BTreeMap;
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
#[serde(transparent)]
pub struct Key(pub u8);

/// A value. Each write of a run has its own, so a read tells which write it saw.
/// A key that was never written holds 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, serde::Serialize)]
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
    /// The client; 0 is whoever sits in front of the page, who never sends again.
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

/// One node's copy of the store. Volatile: after a restart the log fills it anew.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StateMachine {
    values: BTreeMap<Key, Value>,
    last_of_session: BTreeMap<u32, u64>,
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

    pub(crate) fn apply(&mut self, put: Put) {
        let Session { client, sequence } = put.session;
        if client != 0 {
            let last = self.last_of_session.entry(client).or_insert(0);
            if sequence <= *last {
                return;
            }
            *last = sequence;
        }
        self.values.insert(put.key, put.value);
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
    fn a_write_that_was_sent_again_is_applied_once() {
        let mut machine = StateMachine::default();
        machine.apply(put(1, 1, 10));
        machine.apply(put(2, 1, 20));
        machine.apply(put(1, 1, 10));
        assert_eq!(machine.read(Key(0)), Value(20));
    }
}
