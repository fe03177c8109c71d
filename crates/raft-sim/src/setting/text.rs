//! A setting as a link and a scenario spell it: `election-timeout:150000-300000`. Times are
//! whole microseconds.

use super::{SETTINGS, Setting, SettingRow};
use crate::action::ActionError;
use crate::document::words::Choice;
use crate::document::{Between, Preset};
use crate::latency::{Latency, Quantiles};
use crate::who::node;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use raft_core::{DriftBound, Flaw, Micros, ReadMode};

impl Setting {
    /// Its name, in front of its value.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Setting::PreVote(_) => "pre-vote",
            Setting::CheckQuorum(_) => "check-quorum",
            Setting::Lease(_) => "lease",
            Setting::Reads(_) => "reads",
            Setting::Heartbeat(_) => "heartbeat",
            Setting::ElectionTimeout(_) => "election-timeout",
            Setting::Timing(_) => "timing",
            Setting::Stickiness(_) => "stickiness",
            Setting::FollowerReads(_) => "follower-reads",
            Setting::NoOp(_) => "no-op",
            Setting::MaxEntries(_) => "max-entries",
            Setting::InFlight(_) => "in-flight",
            Setting::PromotionLag(_) => "promotion-lag",
            Setting::SnapshotEvery(_) => "snapshot-every",
            Setting::SnapshotKept(_) => "snapshot-kept",
            Setting::SnapshotChunk(_) => "snapshot-chunk",
            Setting::Latency(_) => "latency",
            Setting::Loss(_) => "loss",
            Setting::Duplicates(_) => "duplicates",
            Setting::ClientLatency(_) => "client-latency",
            Setting::Fsync { .. } => "fsync",
            Setting::Flaw { .. } => "flaw",
        }
    }

    /// Its value, as its text has it after the name.
    pub(super) fn write_value(&self, to: &mut impl fmt::Write) -> fmt::Result {
        let on_or_off = |is_on: bool| if is_on { "on" } else { "off" };
        match self {
            Setting::PreVote(is_on)
            | Setting::CheckQuorum(is_on)
            | Setting::Stickiness(is_on)
            | Setting::FollowerReads(is_on)
            | Setting::NoOp(is_on) => to.write_str(on_or_off(*is_on)),
            Setting::Lease(None) | Setting::SnapshotEvery(None) => to.write_str("off"),
            Setting::Lease(Some(DriftBound { numerator, denominator })) => {
                write!(to, "{numerator}/{denominator}")
            }
            Setting::Reads(mode) => to.write_str(match mode {
                ReadMode::ReadIndex => "read-index",
                ReadMode::Lease => "lease",
                ReadMode::Log => "log",
            }),
            Setting::Timing(preset) => to.write_str(preset.name()),
            Setting::ElectionTimeout(Between { min, max }) if min == max => write!(to, "{}", min.0),
            Setting::ElectionTimeout(Between { min, max }) => write!(to, "{}-{}", min.0, max.0),
            Setting::Heartbeat(Micros(number))
            | Setting::PromotionLag(number)
            | Setting::SnapshotKept(number)
            | Setting::SnapshotEvery(Some(number)) => write!(to, "{number}"),
            Setting::MaxEntries(number)
            | Setting::InFlight(number)
            | Setting::SnapshotChunk(number)
            | Setting::Loss(number)
            | Setting::Duplicates(number) => write!(to, "{number}"),
            Setting::Latency(latency) | Setting::ClientLatency(latency) => {
                write_latency(to, latency)
            }
            Setting::Fsync { node, latency } => {
                if let Some(node) = node {
                    write!(to, "{node}:")?;
                }
                write_latency(to, latency)
            }
            Setting::Flaw { flaw, is_on } => {
                write!(to, "{}:{}", flaw.name(), on_or_off(*is_on))
            }
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())?;
        formatter.write_str(":")?;
        self.write_value(formatter)
    }
}

/// `5000`, `400-1200`, `normal-5000-1000`, `log-normal-5000-40000`,
/// `quantiles-1-2-3-5-9-100`: what a link can carry, where a comma parts two actions.
fn write_latency(to: &mut impl fmt::Write, latency: &Latency) -> fmt::Result {
    let numbers: &[Micros] = match latency {
        Latency::Constant(span) => return write!(to, "{}", span.0),
        Latency::Uniform { min, max } => return write!(to, "{}-{}", min.0, max.0),
        Latency::Normal { mean, deviation } => {
            to.write_str("normal")?;
            &[*mean, *deviation]
        }
        Latency::LogNormal { median, p99 } => {
            to.write_str("log-normal")?;
            &[*median, *p99]
        }
        Latency::Quantiles(Quantiles { min, p10, p50, p90, p99, max }) => {
            to.write_str("quantiles")?;
            &[*min, *p10, *p50, *p90, *p99, *max]
        }
    };
    numbers.iter().try_for_each(|number| write!(to, "-{}", number.0))
}

fn latency(text: &str) -> Option<Latency> {
    let begins = |shape: &str| text.strip_prefix(shape)?.strip_prefix('-');
    let spans = |text: &str| {
        let numbers = text.split('-').map(|number| number.parse().ok().map(Micros));
        numbers.collect::<Option<Vec<Micros>>>()
    };
    Some(if let Some(rest) = begins("normal") {
        let [mean, deviation] = spans(rest)?.try_into().ok()?;
        Latency::Normal { mean, deviation }
    } else if let Some(rest) = begins("log-normal") {
        let [median, p99] = spans(rest)?.try_into().ok()?;
        Latency::LogNormal { median, p99 }
    } else if let Some(rest) = begins("quantiles") {
        let [min, p10, p50, p90, p99, max] = spans(rest)?.try_into().ok()?;
        Latency::Quantiles(Quantiles { min, p10, p50, p90, p99, max })
    } else {
        match *spans(text)?.as_slice() {
            [span] => Latency::Constant(span),
            [min, max] => Latency::Uniform { min, max },
            _ => return None,
        }
    })
}

fn on_or_off(text: &str) -> Option<bool> {
    match text {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn timeouts(text: &str) -> Option<Between> {
    let (min, max) = text.split_once('-').unwrap_or((text, text));
    Some(Between { min: Micros(min.parse().ok()?), max: Micros(max.parse().ok()?) })
}

fn read(name: &str, value: &str) -> Option<Setting> {
    let flag = on_or_off(value);
    let number = || value.parse::<u64>().ok();
    let small = || value.parse::<u32>().ok();
    Some(match name {
        "pre-vote" => Setting::PreVote(flag?),
        "check-quorum" => Setting::CheckQuorum(flag?),
        "stickiness" => Setting::Stickiness(flag?),
        "follower-reads" => Setting::FollowerReads(flag?),
        "no-op" => Setting::NoOp(flag?),
        "lease" if flag == Some(false) => Setting::Lease(None),
        "lease" => {
            let (numerator, denominator) = value.split_once('/')?;
            let (numerator, denominator) = (numerator.parse().ok()?, denominator.parse().ok()?);
            Setting::Lease(Some(DriftBound { numerator, denominator }))
        }
        "reads" => Setting::Reads(match value {
            "read-index" => ReadMode::ReadIndex,
            "lease" => ReadMode::Lease,
            "log" => ReadMode::Log,
            _ => return None,
        }),
        "heartbeat" => Setting::Heartbeat(Micros(number()?)),
        "election-timeout" => Setting::ElectionTimeout(timeouts(value)?),
        "timing" => Setting::Timing(Preset::of_name(value)?),
        "max-entries" => Setting::MaxEntries(small()?),
        "in-flight" => Setting::InFlight(small()?),
        "promotion-lag" => Setting::PromotionLag(number()?),
        "snapshot-every" if flag == Some(false) => Setting::SnapshotEvery(None),
        "snapshot-every" => Setting::SnapshotEvery(Some(number()?)),
        "snapshot-kept" => Setting::SnapshotKept(number()?),
        "snapshot-chunk" => Setting::SnapshotChunk(small()?),
        "latency" => Setting::Latency(latency(value)?),
        "loss" => Setting::Loss(small()?),
        "duplicates" => Setting::Duplicates(small()?),
        "client-latency" => Setting::ClientLatency(latency(value)?),
        "fsync" => match value.split_once(':') {
            Some((of, value)) => {
                Setting::Fsync { node: Some(node(of).ok()?), latency: latency(value)? }
            }
            None => Setting::Fsync { node: None, latency: latency(value)? },
        },
        "flaw" => {
            let (name, is_on) = value.split_once(':')?;
            let flaw = Flaw::ALL.iter().find(|flaw| flaw.name() == name)?;
            Setting::Flaw { flaw: *flaw, is_on: on_or_off(is_on)? }
        }
        _ => return None,
    })
}

/// What is wrong with a text that is no setting.
fn wrong(text: &str) -> ActionError {
    let name = text.split(':').next().unwrap_or_default();
    let how = match SETTINGS.iter().find(|row| row.name == name) {
        Some(SettingRow { name, example, .. }) => format!("write {name}:value, such as {example}"),
        None => {
            let names: Vec<&str> = SETTINGS.iter().map(|row| row.name).collect();
            format!("it begins with {}", names.join(", "))
        }
    };
    ActionError(format!("“{text}” is nothing to set: {how}"))
}

impl FromStr for Setting {
    type Err = ActionError;

    fn from_str(text: &str) -> Result<Setting, ActionError> {
        let (name, value) = text.split_once(':').ok_or_else(|| wrong(text))?;
        let setting = read(name, value).ok_or_else(|| wrong(text))?;
        match setting.fault() {
            None => Ok(setting),
            Some(fault) => Err(ActionError(format!("“{text}” can't be set: {fault}"))),
        }
    }
}

/// A setting's value, as its text has it after the name.
pub(super) fn value(setting: &Setting) -> String {
    let mut text = String::new();
    // A text takes all.
    let _ = setting.write_value(&mut text);
    text
}
