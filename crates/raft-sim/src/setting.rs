//! What can be set anew while a cluster runs: two runs that are the same up to a moment,
//! and differ in one setting from then on, show what that setting does.

use crate::action::ActionError;
use alloc::format;
use core::fmt;
use core::str::FromStr;
use raft_core::{DriftBound, ReadMode, Settings};
use serde::{Deserialize, Serialize};

/// One setting, and what it is from a moment on, on every node at once. A node that is
/// down has it when it starts again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// Whether a node asks before it stands for election.
    PreVote(bool),
    /// Whether a leader that no majority answers steps down.
    CheckQuorum(bool),
    /// The lease that leaders answer reads from, by the clocks' drift bound; `None` for
    /// none. A lease brings the stickiness with it that it rests on.
    Lease(Option<DriftBound>),
    /// How clients ask for what they read, whatever their plans say.
    Reads(ReadMode),
}

impl Setting {
    /// The nodes' settings with this one; it changes nothing where it is about clients.
    pub(crate) fn applied_to(self, settings: Settings) -> Settings {
        match self {
            Setting::PreVote(pre_vote) => Settings { pre_vote, ..settings },
            Setting::CheckQuorum(check_quorum) => Settings { check_quorum, ..settings },
            Setting::Lease(None) => Settings { lease: None, ..settings },
            Setting::Lease(lease) => Settings { lease, stickiness: true, ..settings },
            Setting::Reads(_) => settings,
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on_or_off = |is_on: &bool| if *is_on { "on" } else { "off" };
        match self {
            Setting::PreVote(is_on) => write!(formatter, "pre-vote:{}", on_or_off(is_on)),
            Setting::CheckQuorum(is_on) => write!(formatter, "check-quorum:{}", on_or_off(is_on)),
            Setting::Lease(None) => formatter.write_str("lease:off"),
            Setting::Lease(Some(DriftBound { numerator, denominator })) => {
                write!(formatter, "lease:{numerator}/{denominator}")
            }
            Setting::Reads(ReadMode::ReadIndex) => formatter.write_str("reads:read-index"),
            Setting::Reads(ReadMode::Lease) => formatter.write_str("reads:lease"),
            Setting::Reads(ReadMode::Log) => formatter.write_str("reads:log"),
        }
    }
}

impl FromStr for Setting {
    type Err = ActionError;

    fn from_str(text: &str) -> Result<Setting, ActionError> {
        let wrong = || {
            ActionError(format!(
                "“{text}” is nothing to set: write pre-vote:on or :off, check-quorum:on or :off, \
                 lease:off or lease:ratio, a ratio of at least 1 such as 11/10, or \
                 reads:read-index, reads:lease or reads:log"
            ))
        };
        let (name, value) = text.split_once(':').ok_or_else(wrong)?;
        Ok(match (name, value) {
            ("pre-vote", "on") => Setting::PreVote(true),
            ("pre-vote", "off") => Setting::PreVote(false),
            ("check-quorum", "on") => Setting::CheckQuorum(true),
            ("check-quorum", "off") => Setting::CheckQuorum(false),
            ("lease", "off") => Setting::Lease(None),
            ("lease", ratio) => {
                let (numerator, denominator) = ratio.split_once('/').ok_or_else(wrong)?;
                let bound = DriftBound {
                    numerator: numerator.parse().map_err(|_| wrong())?,
                    denominator: denominator.parse().map_err(|_| wrong())?,
                };
                let setting = Setting::Lease(Some(bound));
                let checked = setting.applied_to(Settings::default()).check();
                checked.map(|_| setting).map_err(|_| wrong())?
            }
            ("reads", "read-index") => Setting::Reads(ReadMode::ReadIndex),
            ("reads", "lease") => Setting::Reads(ReadMode::Lease),
            ("reads", "log") => Setting::Reads(ReadMode::Log),
            _ => return Err(wrong()),
        })
    }
}
