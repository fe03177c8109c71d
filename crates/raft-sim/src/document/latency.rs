//! How long things take, as people write it: `5 ms`, `0.4-1.2 ms`, or a table.

use super::record::record;
use super::span::{Between, Range, Span};
use super::words::{Worded, Words};
use crate::latency;
use alloc::format;
use alloc::string::String;
use core::fmt;
use raft_core::Micros;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A distribution of spans of time.
///
/// Those of one span or two are a short text for people, the others a table of one name:
///
/// ```toml
/// latency = "5 ms"                # always the same
/// latency = "0.4-1.2 ms"          # any of these, as likely as any
/// latency = { normal = { mean = "5 ms", deviation = "1 ms" } }
/// latency = { log-normal = { median = "5 ms", p99 = "40 ms" } }
/// latency = { quantiles = { min = "1 ms", p10 = "2 ms", p50 = "3 ms", p90 = "5 ms", p99 = "9 ms", max = "1 s" } }
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "kebab-case")]
pub enum Latency {
    /// Always the same.
    Constant(Span),
    /// Any whole microsecond of a range, both ends included, as likely as any.
    Uniform(Range),
    /// A bell around the mean, cut off at zero and at three deviations.
    Normal(Normal),
    /// Mostly short and sometimes long: its logarithm is a bell.
    LogNormal(LogNormal),
    /// As it was measured.
    Quantiles(Quantiles),
}

record! {
    /// A bell around the mean, cut off at zero and at three deviations.
    pub struct Normal {
        /// The middle.
        pub mean: Span,
        /// The standard deviation.
        pub deviation: Span,
    }
}

record! {
    /// Mostly short and sometimes long: its logarithm is a bell around that of the median.
    pub struct LogNormal {
        /// Half take no longer.
        pub median: Span,
        /// One of a hundred takes longer.
        pub p99: Span,
    }
}

record! {
    /// What a measurement told: each no shorter than the one before.
    pub struct Quantiles {
        /// The shortest.
        pub min: Span,
        /// One of ten takes no longer.
        pub p10: Span,
        /// Half take no longer.
        pub p50: Span,
        /// Nine of ten take no longer.
        pub p90: Span,
        /// Ninety-nine of a hundred take no longer.
        pub p99: Span,
        /// The longest.
        pub max: Span,
    }
}

impl Latency {
    pub(super) const fn constant(micros: u64) -> Latency {
        Latency::Constant(Worded(Micros(micros)))
    }

    pub(super) const fn uniform(min: u64, max: u64) -> Latency {
        Latency::Uniform(Worded(Between { min: Micros(min), max: Micros(max) }))
    }

    pub(super) const fn normal(mean: u64, deviation: u64) -> Latency {
        Latency::Normal(Normal { mean: Worded(Micros(mean)), deviation: Worded(Micros(deviation)) })
    }

    /// As a scenario has it.
    pub(super) const fn of(latency: latency::Latency) -> Latency {
        match latency {
            latency::Latency::Constant(span) => Latency::Constant(Worded(span)),
            latency::Latency::Uniform { min, max } => {
                Latency::Uniform(Worded(Between { min, max }))
            }
            latency::Latency::Normal { mean, deviation } => {
                Latency::Normal(Normal { mean: Worded(mean), deviation: Worded(deviation) })
            }
            latency::Latency::LogNormal { median, p99 } => {
                Latency::LogNormal(LogNormal { median: Worded(median), p99: Worded(p99) })
            }
            latency::Latency::Quantiles(it) => Latency::Quantiles(Quantiles {
                min: Worded(it.min),
                p10: Worded(it.p10),
                p50: Worded(it.p50),
                p90: Worded(it.p90),
                p99: Worded(it.p99),
                max: Worded(it.max),
            }),
        }
    }

    /// As a scenario takes it.
    pub(super) const fn latency(&self) -> latency::Latency {
        match self {
            Latency::Constant(Worded(span)) => latency::Latency::Constant(*span),
            Latency::Uniform(Worded(Between { min, max })) => {
                latency::Latency::Uniform { min: *min, max: *max }
            }
            Latency::Normal(Normal { mean, deviation }) => {
                latency::Latency::Normal { mean: mean.0, deviation: deviation.0 }
            }
            Latency::LogNormal(LogNormal { median, p99 }) => {
                latency::Latency::LogNormal { median: median.0, p99: p99.0 }
            }
            Latency::Quantiles(it) => latency::Latency::Quantiles(latency::Quantiles {
                min: it.min.0,
                p10: it.p10.0,
                p50: it.p50.0,
                p90: it.p90.0,
                p99: it.p99.0,
                max: it.max.0,
            }),
        }
    }

    fn read(text: &str) -> Result<Latency, String> {
        if let Ok(span) = Micros::read(text) {
            return Ok(Latency::Constant(Worded(span)));
        }
        match Between::read(text) {
            Ok(range) => Ok(Latency::Uniform(Worded(range))),
            Err(_) => Err(format!(
                "“{text}” is not how long something takes: write a span such as \"5 ms\", a range \
                 such as \"0.4-1.2 ms\", or a table such as \
                 {{ normal = {{ mean = \"5 ms\", deviation = \"1 ms\" }} }}"
            )),
        }
    }
}

impl Serialize for Latency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Latency::Constant(span) if serializer.is_human_readable() => span.serialize(serializer),
            Latency::Uniform(range) if serializer.is_human_readable() => {
                range.serialize(serializer)
            }
            // The derived form: a table for people, a number and the rest when packed.
            _ => Latency::serialize(self, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Latency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Latency, D::Error> {
        struct TextOrTable;

        impl<'de> Visitor<'de> for TextOrTable {
            type Value = Latency;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("how long something takes, such as \"5 ms\" or \"0.4-1.2 ms\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Latency, E> {
                Latency::read(text).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Latency, A::Error> {
                Latency::deserialize(MapAccessDeserializer::new(table))
            }
        }

        if deserializer.is_human_readable() {
            deserializer.deserialize_any(TextOrTable)
        } else {
            Latency::deserialize(deserializer)
        }
    }
}
