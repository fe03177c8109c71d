//! Time as a node sees it: microseconds on its own clock.

use core::fmt;
use core::ops::{Add, Sub};

/// A moment or a span, in microseconds.
///
/// A node is only ever told its *own* clock; nothing in this crate assumes that
/// two nodes agree on it. Sums stick at the largest value and differences at
/// zero, so that no input, however large, can make a node panic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Micros(pub u64);

impl Micros {
    /// The start of a clock, or no time at all.
    pub const ZERO: Micros = Micros(0);
    /// The end of time: a deadline that never comes.
    pub const MAX: Micros = Micros(u64::MAX);

    /// A whole number of milliseconds.
    pub const fn from_millis(millis: u64) -> Micros {
        Micros(millis.saturating_mul(1_000))
    }

    /// A whole number of seconds.
    pub const fn from_secs(seconds: u64) -> Micros {
        Micros(seconds.saturating_mul(1_000_000))
    }

    /// This span times `numerator / denominator`, rounded down; a denominator
    /// of zero counts as one.
    pub const fn scaled(self, numerator: u32, denominator: u32) -> Micros {
        let denominator = if denominator == 0 { 1 } else { denominator };
        let product = (self.0 as u128) * (numerator as u128) / (denominator as u128);
        if product > u64::MAX as u128 { Micros(u64::MAX) } else { Micros(product as u64) }
    }
}

impl Add for Micros {
    type Output = Micros;
    fn add(self, span: Micros) -> Micros {
        Micros(self.0.saturating_add(span.0))
    }
}

impl Sub for Micros {
    type Output = Micros;
    fn sub(self, span: Micros) -> Micros {
        Micros(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for Micros {
    /// Milliseconds with one digit, as on the page: `447.9 ms`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{} ms", self.0 / 1_000, self.0 % 1_000 / 100)
    }
}
