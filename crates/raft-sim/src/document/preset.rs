//! The timing that real systems have by default.

use super::Between;
use super::words::Choice;
use alloc::format;
use alloc::string::String;
use raft_core::{Micros, Settings};

/// A system whose default timing a scenario takes. Only the timing: what else such a system
/// does by default, [`Preset::note`] says, and the scenario's `raft` may do the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Preset {
    /// The paper's.
    Paper,
    /// etcd.
    Etcd,
    /// TiKV.
    Tikv,
    /// CockroachDB.
    Cockroachdb,
    /// YugabyteDB.
    Yugabytedb,
    /// HashiCorp's library by itself.
    HashicorpRaft,
    /// Consul, which multiplies that library's times by five.
    Consul,
    /// openraft.
    Openraft,
    /// LogCabin.
    Logcabin,
}

impl Preset {
    /// From the shortest election timeout to the longest.
    pub const fn election_timeout(self) -> Between {
        let (min, max) = match self {
            Preset::Paper | Preset::Openraft => (150, 300),
            // T and a random number of ticks below T, in ticks of 100 ms, 1 s and 500 ms.
            Preset::Etcd => (1_000, 1_900),
            Preset::Tikv => (10_000, 19_000),
            Preset::Cockroachdb => (2_000, 3_500),
            Preset::Yugabytedb => (3_000, 6_000),
            Preset::HashicorpRaft => (1_000, 2_000),
            Preset::Consul => (5_000, 10_000),
            Preset::Logcabin => (500, 1_000),
        };
        Between { min: Micros::from_millis(min), max: Micros::from_millis(max) }
    }

    /// How often a leader sends heartbeats.
    pub const fn heartbeat_interval(self) -> Micros {
        Micros::from_millis(match self {
            Preset::Paper | Preset::Openraft => 50,
            Preset::Etcd => 100,
            Preset::Tikv => 2_000,
            Preset::Cockroachdb => 1_000,
            Preset::Yugabytedb => 500,
            Preset::HashicorpRaft => 150,
            Preset::Consul => 750,
            Preset::Logcabin => 250,
        })
    }

    /// The preset of a name, with the version of the system (`etcd-3.6`) or without (`etcd`).
    pub fn of_name(name: &str) -> Option<Preset> {
        let is_it = |full: &&&str| {
            let version = full.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
            let is_version = |version: &str| version.starts_with(|it: char| it.is_ascii_digit());
            **full == name || version.is_some_and(is_version)
        };
        let named = Preset::ALL.iter().zip(Preset::NAMES);
        named.rev().find(|(_, full)| is_it(full)).map(|(preset, _)| *preset)
    }

    /// Where these numbers are written.
    pub const fn source(self) -> &'static str {
        match self {
            Preset::Paper => "Ongaro and Ousterhout 2014 (extended), sections 5.6 and 9.3",
            Preset::Etcd => {
                "https://github.com/etcd-io/etcd/blob/release-3.6/server/embed/config.go"
            }
            Preset::Tikv => {
                "https://github.com/tikv/tikv/blob/release-8.5/components/raftstore/src/store/config.rs"
            }
            Preset::Cockroachdb => {
                "https://github.com/cockroachdb/cockroach/blob/release-24.3/pkg/base/config.go"
            }
            Preset::Yugabytedb => {
                "https://docs.yugabyte.com/stable/reference/configuration/yb-tserver/"
            }
            Preset::HashicorpRaft => {
                "https://github.com/hashicorp/raft/blob/v1.7.0/config.go, and replication.go"
            }
            Preset::Consul => {
                "https://developer.hashicorp.com/consul/docs/install/performance (raft_multiplier)"
            }
            Preset::Openraft => "https://docs.rs/openraft/0.9/openraft/struct.Config.html",
            Preset::Logcabin => {
                "https://github.com/logcabin/logcabin/blob/master/Server/RaftConsensus.cc"
            }
        }
    }

    /// What differs from the paper there.
    pub const fn note(self) -> &'static str {
        match self {
            Preset::Paper => "A heartbeat interval is not given there: a third of the timeout.",
            Preset::Etcd => {
                "Counted in ticks of 100 ms, and drawn once a term. Pre-vote and check-quorum are \
                 on; reads go by ReadIndex."
            }
            Preset::Tikv => {
                "Counted in ticks of 1 s. Pre-vote and check-quorum are on, and reads go by a lease \
                 of 9 s."
            }
            Preset::Cockroachdb => {
                "Counted in ticks of 500 ms. Pre-vote and check-quorum are on; leases of 6 s are \
                 kept beside Raft, not by its heartbeats."
            }
            Preset::Yugabytedb => {
                "A leader has failed after six heartbeats missed, 3 s; what is added at random grows \
                 with each election that failed, where here it is drawn from up to 3 s. There are \
                 leader leases."
            }
            Preset::HashicorpRaft => {
                "Its HeartbeatTimeout of 1 s is a follower's patience, not a sending interval: \
                 heartbeats are sent after a random time from a tenth of it to two tenths, here \
                 their middle. Pre-vote is on since 1.7; a leader steps down after 500 ms without \
                 a majority, which here would be check_quorum."
            }
            Preset::Consul => {
                "The times of HashiCorp Raft times five (raft_multiplier); a leader steps down \
                 after 2.5 s without a majority."
            }
            Preset::Openraft => "The paper's timing; there is no pre-vote.",
            Preset::Logcabin => "Ongaro's own. A timeout is drawn from T to 2 T each time.",
        }
    }
}

impl Choice for Preset {
    const ALL: &'static [Preset] = &[
        Preset::Paper,
        Preset::Etcd,
        Preset::Tikv,
        Preset::Cockroachdb,
        Preset::Yugabytedb,
        Preset::HashicorpRaft,
        Preset::Consul,
        Preset::Openraft,
        Preset::Logcabin,
    ];
    const NAMES: &'static [&'static str] = &[
        "paper",
        "etcd-3.6",
        "tikv-8.5",
        "cockroachdb-24.3",
        "yugabytedb-2024.2",
        "hashicorp-raft-1.7",
        "consul-1.20",
        "openraft-0.9",
        "logcabin-1.1",
    ];
    const WHAT: &'static str = "a system's default timing, such as \"etcd-3.6\"";

    fn meaning(self) -> String {
        let Between { min, max } = self.election_timeout();
        let interval = self.heartbeat_interval();
        let (note, source) = (self.note(), self.source());
        format!("Timeouts {min} to {max}, heartbeats each {interval}. {note} Source: {source}.")
    }
}

/// The timing where a document says nothing, or names a preset.
pub(super) fn timing(preset: Option<Preset>) -> (Between, Micros) {
    match preset {
        Some(preset) => (preset.election_timeout(), preset.heartbeat_interval()),
        None => {
            let paper = Settings::default();
            let (min, max) = (paper.election_timeout_min, paper.election_timeout_max);
            (Between { min, max }, paper.heartbeat_interval)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_run_and_the_paper_is_what_is_taken_by_default() {
        for preset in Preset::ALL {
            let Between { min, max } = preset.election_timeout();
            let settings = Settings {
                election_timeout_min: min,
                election_timeout_max: max,
                heartbeat_interval: preset.heartbeat_interval(),
                ..Settings::default()
            };
            assert!(settings.check().is_ok(), "{preset:?}");
        }
        for (preset, name) in Preset::ALL.iter().zip(Preset::NAMES) {
            let short = name.trim_end_matches(|it: char| it == '.' || it.is_ascii_digit());
            for name in [name, short.trim_end_matches('-')] {
                assert_eq!(Preset::of_name(name), Some(*preset), "{name}");
            }
        }
        for name in ["", "etc", "etcd-", "etcd-4", "hashicorp", "Paper"] {
            assert_eq!(Preset::of_name(name), None, "{name}");
        }
        assert_eq!(timing(Some(Preset::Paper)), timing(None));
        assert_eq!(Preset::ALL.len(), Preset::NAMES.len());
    }
}
