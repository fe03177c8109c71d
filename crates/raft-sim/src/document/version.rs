//! The version of the format, which each document begins with.

use alloc::format;
use core::fmt;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of the format.
pub const DOCUMENT_VERSION: u32 = 1;

/// That a document is of this version: a number for people. A packed document has its
/// version in front (`packed.rs`), and nothing here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_u32(DOCUMENT_VERSION)
        } else {
            serializer.serialize_unit()
        }
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Version, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Version;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "the version of the format, {DOCUMENT_VERSION}")
            }

            fn visit_u64<E: de::Error>(self, version: u64) -> Result<Version, E> {
                if version == u64::from(DOCUMENT_VERSION) {
                    return Ok(Version);
                }
                Err(E::custom(format!(
                    "this is version {version}; Raftlab reads {DOCUMENT_VERSION}"
                )))
            }

            fn visit_i64<E: de::Error>(self, version: i64) -> Result<Version, E> {
                match u64::try_from(version) {
                    Ok(version) => self.visit_u64(version),
                    Err(_) => Err(E::invalid_value(de::Unexpected::Signed(version), &self)),
                }
            }

            fn visit_unit<E: de::Error>(self) -> Result<Version, E> {
                Ok(Version)
            }
        }

        if deserializer.is_human_readable() {
            deserializer.deserialize_u32(Number)
        } else {
            deserializer.deserialize_unit(Number)
        }
    }
}
