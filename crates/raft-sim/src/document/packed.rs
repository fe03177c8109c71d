//! A document as few bytes: what a link carries, and what is built in.
//!
//! ```text
//!   +---------+------------------------------------------+
//!   | version | the document, as postcard writes it      |
//!   +---------+------------------------------------------+
//!      1 byte   see record.rs for what a record becomes
//! ```

use super::Document;
use super::version::DOCUMENT_VERSION;
use alloc::vec::Vec;
use core::fmt;
use serde::Deserialize;

/// The most bytes that a packed document has. Nothing in it takes up much more memory than
/// its bytes do, so this bounds that too.
pub const MOST_PACKED_BYTES: usize = 64 * 1024;

const VERSION_BYTE: u8 = DOCUMENT_VERSION as u8;

/// Why bytes are no packed document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PackedError {
    /// It is longer than any document is packed.
    TooLong,
    /// It is of another version of the format.
    OtherVersion(u8),
    /// It is cut off, or no document.
    NoDocument {
        /// Up to which byte it could be read.
        at: usize,
    },
    /// There is something after its end.
    MoreAfterEnd,
}

impl fmt::Display for PackedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackedError::TooLong => {
                write!(formatter, "a packed scenario has at most {MOST_PACKED_BYTES} bytes")
            }
            PackedError::OtherVersion(version) => {
                write!(formatter, "this is version {version}; Raftlab reads {DOCUMENT_VERSION}")
            }
            PackedError::NoDocument { at } => write!(
                formatter,
                "this is no packed scenario, or a part of it is missing: it reads up to byte {at}"
            ),
            PackedError::MoreAfterEnd => {
                formatter.write_str("there is more after the end of the packed scenario")
            }
        }
    }
}

impl core::error::Error for PackedError {}

impl Document {
    /// Packs a document.
    pub fn to_packed(&self) -> Vec<u8> {
        // It fails only for what has no length beforehand, which a document doesn't have.
        postcard::to_extend(self, alloc::vec![VERSION_BYTE]).unwrap_or_default()
    }

    /// Reads a packed document.
    ///
    /// # Errors
    /// Why it can't be read, and up to where it can: nobody writes these by hand.
    pub fn from_packed(bytes: &[u8]) -> Result<Document, PackedError> {
        if bytes.len() > MOST_PACKED_BYTES {
            return Err(PackedError::TooLong);
        }
        let packed = match bytes {
            [VERSION_BYTE, packed @ ..] => packed,
            [version, ..] => return Err(PackedError::OtherVersion(*version)),
            [] => return Err(PackedError::NoDocument { at: 0 }),
        };
        let mut reader = postcard::Deserializer::from_bytes(packed);
        let document = Document::deserialize(&mut reader);
        let left = reader.finalize().unwrap_or_default().len();
        match document {
            Ok(document) if left == 0 => Ok(document),
            Ok(_) => Err(PackedError::MoreAfterEnd),
            Err(_) => Err(PackedError::NoDocument { at: bytes.len() - left }),
        }
    }
}
