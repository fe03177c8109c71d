//! Free play: a cluster of the reader's own size, to which nothing happens but what they
//! do. In a link it is `free=5&preset=etcd-3.6&clients=2`.

use crate::source::shortened;
use raft_sim::document::Preset;
use raft_sim::{FREE_PLAY_CLIENTS, FREE_PLAY_NODES, SETTINGS, Scenario, SettingKind, free_play};
use std::ops::RangeInclusive;

/// Which cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FreePlay {
    /// How many nodes.
    pub(crate) nodes: u8,
    /// The system whose settings it has.
    pub(crate) preset: Preset,
    /// How many clients ask it.
    pub(crate) clients: u8,
}

impl Default for FreePlay {
    fn default() -> FreePlay {
        FreePlay { nodes: 5, preset: Preset::Paper, clients: 2 }
    }
}

impl FreePlay {
    /// The fields of a link that are of free play.
    pub(crate) const FIELDS: [&str; 3] = ["free", "preset", "clients"];

    /// The systems whose settings it can have: their names in a link, and what they are
    /// called.
    pub(crate) fn presets() -> &'static [(&'static str, &'static str)] {
        let timing = SETTINGS.iter().find_map(|row| match row.kind {
            SettingKind::Choice(choices) if row.name == "timing" => Some(choices),
            _ => None,
        });
        timing.unwrap_or_default()
    }

    /// Reads a field of a link.
    ///
    /// # Errors
    /// What would be right.
    pub(crate) fn read(&mut self, field: &str, value: &str) -> Result<(), String> {
        match field {
            "free" => self.nodes = number(value, "nodes", "free=5", FREE_PLAY_NODES)?,
            "clients" => {
                self.clients = number(value, "clients", "clients=2", 0..=FREE_PLAY_CLIENTS)?;
            }
            _ => {
                self.preset = Preset::of_name(value).ok_or_else(|| {
                    let names: Vec<&str> =
                        FreePlay::presets().iter().map(|(name, _)| *name).collect();
                    let shown = shortened(value);
                    format!("“{shown}” is no preset: there are {}.", names.join(", "))
                })?;
            }
        }
        Ok(())
    }

    /// Its text in a link.
    pub(crate) fn text(&self) -> String {
        let named = FreePlay::presets().iter().map(|(name, _)| *name);
        let mut named = named.filter(|name| Preset::of_name(name) == Some(self.preset));
        let preset = named.next().unwrap_or("paper");
        format!("free={}&preset={preset}&clients={}", self.nodes, self.clients)
    }

    /// The scenario.
    pub(crate) fn scenario(&self) -> Scenario {
        free_play(self.nodes, self.preset, self.clients)
    }
}

fn number(
    value: &str,
    what: &str,
    example: &str,
    allowed: RangeInclusive<u8>,
) -> Result<u8, String> {
    let number = value.parse().ok().filter(|number| allowed.contains(number));
    number.ok_or_else(|| {
        let (least, most) = (allowed.start(), allowed.end());
        let shown = shortened(value);
        format!("“{shown}” is no number of {what}: {least} to {most}, such as {example}.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::engine::Engine;
    use crate::source::Source;

    #[test]
    fn each_cluster_has_a_link_that_leads_to_it_and_runs() {
        for nodes in FREE_PLAY_NODES {
            for (name, _) in FreePlay::presets() {
                let preset = Preset::of_name(name).expect("a preset");
                let free = FreePlay { nodes, preset, clients: nodes % (FREE_PLAY_CLIENTS + 1) };
                let address = Address { source: Source::Free(free), ..Address::default() };
                assert_eq!(Address::read(&address.hash()), Ok(address.clone()));
                assert!(address.hash().contains(&format!("preset={name}")), "{}", address.hash());
                assert!(address.plan().is_ok(), "{}", address.hash());
            }
        }
    }

    #[test]
    fn a_link_may_name_the_fields_in_any_order_and_leave_out_all_but_the_first() {
        let free = |text: &str| match Address::read(text).expect(text).source {
            Source::Free(free) => free,
            other => panic!("{other:?}"),
        };
        assert_eq!(free("#free=5"), FreePlay::default());
        let etcd = FreePlay { nodes: 7, preset: Preset::Etcd, clients: 0 };
        assert_eq!(free("#clients=0&preset=etcd&seed=3&free=7"), etcd);
    }

    #[test]
    fn what_is_wrong_in_a_link_is_named_with_what_would_be_right() {
        for (hash, hint) in [
            ("#free=12", "3 to 9"),
            ("#free=", "3 to 9"),
            ("#free=5&preset=zookeeper", "etcd-3.6"),
            ("#free=5&clients=7", "0 to 6"),
            ("#preset=etcd", "goes with free"),
            ("#scenario=leader-crash&clients=1", "goes with free"),
            ("#scenario=leader-crash&free=5", "one of scenario, own and free"),
        ] {
            let wrong = Address::read(hash).expect_err(hash).join(" ");
            assert!(wrong.contains(hint), "{hash}: {wrong}");
        }
    }

    #[test]
    fn in_free_play_one_can_act_and_share_what_one_did() {
        let address = Address::read("#free=3&seed=5&t=2000000").expect("it is right");
        let mut engine = Engine::new(address).expect("it can be");
        assert!(engine.world().leader().is_some());
        engine.act(raft_sim::Action::Crash(raft_sim::Who::Leader)).expect("there is a leader");
        let hash = engine.address().hash();
        assert_eq!(hash, "#free=3&preset=paper&clients=2&seed=5&do=2000000:crash:leader&t=2000000");
        let again = Engine::new(Address::read(&hash).expect("it is right")).expect("it can be");
        assert_eq!(again.world(), engine.world());
    }
}
