//! What a cluster runs in, as it is just now: a scenario says how it begins, and somebody may
//! set it anew while it runs.

use crate::latency::Latency;
use crate::network::NetworkPlan;
use crate::scenario::Scenario;
use crate::setting::Setting;
use alloc::vec::Vec;
use raft_core::NodeId;

/// What a cluster runs in, as it is just now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Surroundings {
    /// The links between nodes.
    pub network: NetworkPlan,
    /// How long a message takes between a client and a node, each way.
    pub client_latency: Latency,
    /// How long an fsync takes, on every disk that isn't named below.
    pub fsync: Latency,
    /// How long it takes on these.
    pub fsyncs: Vec<(NodeId, Latency)>,
    /// How many entries a node applies before it takes the next snapshot.
    pub snapshot_every: Option<u64>,
}

impl Surroundings {
    /// What a scenario begins with.
    pub(crate) fn of(scenario: &Scenario) -> Surroundings {
        Surroundings {
            network: scenario.network.clone(),
            client_latency: scenario.client_latency,
            fsync: scenario.fsync,
            fsyncs: scenario.fsyncs.clone(),
            snapshot_every: scenario.snapshot_every,
        }
    }

    /// How long an fsync takes on a node's disk.
    pub fn fsync_of(&self, node: NodeId) -> Latency {
        let own = self.fsyncs.iter().find(|(of, _)| *of == node);
        own.map_or(self.fsync, |(_, latency)| *latency)
    }

    /// Whether a setting is one of these.
    pub(crate) const fn has(setting: &Setting) -> bool {
        matches!(
            setting,
            Setting::Latency(_)
                | Setting::Loss(_)
                | Setting::Duplicates(_)
                | Setting::ClientLatency(_)
                | Setting::Fsync { .. }
                | Setting::SnapshotEvery(_)
        )
    }

    /// From now on a setting is another. What is under way stays as it is: a message arrives
    /// when it was to arrive, and an fsync ends.
    pub(crate) fn set(&mut self, setting: Setting) {
        match setting {
            Setting::Latency(latency) => {
                // All links are alike from now on, those that the scenario names too.
                self.network.latency = latency;
                self.network.links.clear();
                self.network.round_trips.clear();
            }
            Setting::Loss(per_million) => self.network.loss_per_million = per_million,
            Setting::Duplicates(per_million) => self.network.duplicates_per_million = per_million,
            Setting::ClientLatency(latency) => self.client_latency = latency,
            Setting::Fsync { node: None, latency } => {
                self.fsync = latency;
                self.fsyncs.clear();
            }
            Setting::Fsync { node: Some(node), latency } => {
                self.fsyncs.retain(|(of, _)| *of != node);
                self.fsyncs.push((node, latency));
            }
            Setting::SnapshotEvery(every) => self.snapshot_every = every,
            _ => debug_assert!(!Surroundings::has(&setting), "{setting} is not set"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting::{SETTINGS, SettingGroup};

    #[test]
    fn a_setting_is_one_of_these_exactly_if_it_changes_one() {
        let beginning = Surroundings::of(&crate::workload::five_nodes("any", "", ""));
        for row in SETTINGS {
            let is_one = matches!(row.group, SettingGroup::Network | SettingGroup::Disks)
                || row.name == "snapshot-every";
            // Another value than that of the beginning, where the example is that.
            let text = match row.example {
                "latency:normal-5000-1000" => "latency:7000",
                "client-latency:300" => "client-latency:400",
                "fsync:400-1200" => "fsync:500-1200",
                example => example,
            };
            let setting: Setting = text.parse().expect("it can be set");
            let mut surroundings = beginning.clone();
            surroundings.set(setting);
            assert_eq!(surroundings != beginning, is_one, "{text}");
            assert_eq!(Surroundings::has(&setting), is_one, "{text}");
        }
    }
}
