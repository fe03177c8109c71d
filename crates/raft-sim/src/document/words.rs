//! What people write as a short text or by a name, and a packed document as a number.

use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;
use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Something with a short text of its own, such as `150 ms` or `crash:leader`.
pub trait Words: Sized + Serialize + DeserializeOwned {
    /// What it is, for an error and for the schema, with an example.
    const WHAT: &'static str;

    /// Writes the text that [`Words::read`] reads.
    ///
    /// # Errors
    /// Where the formatter takes no more.
    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Reads its text.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    fn read(text: &str) -> Result<Self, String>;
}

/// Its short text for people; packed, it is as compact as it is by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Worded<T>(pub T);

impl<T: Words> fmt::Display for Worded<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(formatter)
    }
}

impl<T: Words> Serialize for Worded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

struct Read<T>(PhantomData<T>);

impl<T: Words> Visitor<'_> for Read<T> {
    type Value = Worded<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::WHAT)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Worded<T>, E> {
        T::read(text).map(Worded).map_err(E::custom)
    }
}

impl<'de, T: Words> Deserialize<'de> for Worded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Worded<T>, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Read(PhantomData))
        } else {
            T::deserialize(deserializer).map(Worded)
        }
    }
}

/// One of a few things that have names.
pub trait Choice: Copy + PartialEq + 'static {
    /// Each of them. New ones go to the end: a packed document has their places.
    const ALL: &'static [Self];
    /// Their names, in the same order: lower-case words joined by hyphens.
    const NAMES: &'static [&'static str];
    /// What they are, for an error and for the schema.
    const WHAT: &'static str;

    /// What this one is, in a sentence for the schema.
    fn meaning(self) -> String;

    /// Its place among them.
    fn place(self) -> usize {
        Self::ALL.iter().position(|each| *each == self).unwrap_or(0)
    }

    /// Its name.
    fn name(self) -> &'static str {
        Self::NAMES.get(self.place()).copied().unwrap_or("")
    }
}

/// Its name for people; packed, its place among the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Named<T>(pub T);

impl<T: Choice> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.0.name())
        } else {
            serializer.serialize_u32(self.0.place() as u32)
        }
    }
}

/// How serde takes one of a few things that have names where it is not [`Named`] itself:
/// `#[serde(with = "named")]`.
pub(crate) mod named {
    use super::{Choice, Deserialize, Deserializer, Named, Serialize, Serializer};

    pub(crate) fn serialize<T: Choice, S: Serializer>(
        one: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Named(*one).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Choice, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        Named::deserialize(deserializer).map(|Named(one)| one)
    }
}

struct Pick<T>(PhantomData<T>);

impl<T: Choice> Visitor<'_> for Pick<T> {
    type Value = Named<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::WHAT)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Named<T>, E> {
        let place = T::NAMES.iter().position(|name| *name == text);
        let picked = place.and_then(|place| T::ALL.get(place));
        picked.map(|one| Named(*one)).ok_or_else(|| E::unknown_variant(text, T::NAMES))
    }
}

impl<'de, T: Choice> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Named<T>, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_str(Pick(PhantomData));
        }
        let place = u32::deserialize(deserializer)?;
        let picked = usize::try_from(place).ok().and_then(|place| T::ALL.get(place));
        picked.map(|one| Named(*one)).ok_or_else(|| {
            de::Error::custom(
                "a newer Raftlab packed this document: it names what this one doesn't know",
            )
        })
    }
}
