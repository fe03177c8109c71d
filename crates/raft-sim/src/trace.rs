//! A run as text: newline-delimited JSON, enough to check or draw it elsewhere.
//!
//! The first line is the head: the version of the format, whether rules are left out
//! (`modified_raft`), the seed, the scenario as people write it ([`Document`](crate::Document),
//! as JSON), what a person did, like a scenario's steps, and the digest of all that, so that a
//! head that was changed is known. With the head alone the run can be
//! made again, and that is how `check` checks a trace (feature `trace-reading`).
//!
//! Then comes a line for each [`Record`](crate::Record) in the order in which things
//! happened:
//!
//! ```text
//! {"at":10000,"event":1,"what":{"timeout-forced":{"node":0}}}
//! {"at":10000,"event":1,"what":{"write-asked":{"node":0,"write":1,"change":{"hard-state":...
//! ```
//!
//! * `at` is true time in whole microseconds; times of a node's own clock (deadlines,
//!   leases) are microseconds too. There is no floating point.
//! * A node is a number, 0 for A. A set of nodes is a number, the sum of 2 to the power
//!   of each; a message, a write, an operation and a round are numbers that count up.
//! * Something of a kind is `{"kind":{fields}}`, or `"kind"` where it has no fields;
//!   names are in lower case with hyphens, fields with underscores; what may be missing
//!   is `null`. Fields stand in the order of their declaration.
//! * A command is its bytes as hexadecimal digits. Those that clients write are, in
//!   little-endian order: client (4 bytes), its sequence (8), key (1), value (8).
//!
//! The same run gives the same bytes on every machine.

use crate::json;
use crate::timeline::Timeline;
use core::fmt;

mod head;
#[cfg(feature = "trace-reading")]
mod lines;
#[cfg(feature = "trace-reading")]
pub mod observed;
#[cfg(feature = "trace-reading")]
mod ours;
#[cfg(feature = "trace-reading")]
mod reading;
#[cfg(feature = "schema")]
mod schema;

#[cfg(feature = "schema")]
pub use schema::schema;

#[cfg(feature = "trace-reading")]
pub use reading::{
    CheckedRule, Excerpt, Finding, Limits, Origin, TraceError, TraceProblem, Verdict, check,
    check_within, plan_of,
};

/// The version of the format. In the first, the head had the simulator's own form of the
/// scenario instead of the document.
pub const TRACE_VERSION: u32 = 2;

/// Writes a whole run.
///
/// # Errors
/// Where `to` takes no more.
pub fn write_trace(timeline: &Timeline, to: &mut impl fmt::Write) -> fmt::Result {
    head::write(timeline.plan(), to)?;
    timeline.records().try_for_each(|record| line(to, &*record))
}

fn line(to: &mut impl fmt::Write, value: &impl serde::Serialize) -> fmt::Result {
    json::write(to, value).map_err(|error| {
        debug_assert!(error == json::Unwritable::Full, "a record is plain data");
        fmt::Error
    })?;
    to.write_char('\n')
}

/// The digest of a trace, for whoever compares runs without keeping their text: 128-bit
/// FNV-1a. It says that two traces differ; it is no protection against an adversary.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TraceDigest(u128);

impl TraceDigest {
    /// The digest of a whole run.
    pub fn of(timeline: &Timeline) -> TraceDigest {
        let mut digest = TraceDigest::default();
        // It takes whatever is written.
        let _ = write_trace(timeline, &mut digest);
        digest
    }
}

impl Default for TraceDigest {
    /// The digest of nothing.
    fn default() -> TraceDigest {
        TraceDigest(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl fmt::Write for TraceDigest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 =
                (self.0 ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
        Ok(())
    }
}

impl fmt::Display for TraceDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use core::fmt::Write;

    #[test]
    fn the_digest_is_the_published_one() {
        // The test vectors of FNV's authors, for "" and "foobar".
        let mut digest = TraceDigest::default();
        assert_eq!(digest.to_string(), "6c62272e07bb014262b821756295c58d");
        digest.write_str("foobar").expect("it takes all");
        assert_eq!(digest.to_string(), "343e1662793c64bf6f0d3597ba446f18");
    }
}
