//! The runs that a reader has made of one scenario and seed: acting in the past makes
//! another, and those before stay. How they hang together is read off what was done in them.
//!
//! ```text
//!   ─────────┬──────────────────────  run 1
//!            └───────┬──────────────  run 2: at 700 ms, A crashes
//!                    └──────────────  run 3: and at 900 ms, a wall goes up
//! ```

use crate::address::Address;
use raft_core::Micros;

/// The most that are kept: the oldest goes first, but never the trunk.
const MOST: usize = 24;

/// A run that the reader has seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Run {
    /// Its address, at no moment.
    pub(crate) address: Address,
    /// How many others it hangs from: 0 for the trunk.
    pub(crate) depth: usize,
    /// When it leaves the run that it hangs from.
    pub(crate) leaves_at: Micros,
    /// What came of what was done then, in a sentence.
    pub(crate) told: String,
}

/// The runs, the trunk first, each after the one that it hangs from.
#[derive(Debug, Default)]
pub(crate) struct Runs(Vec<Run>);

impl Runs {
    /// The runs.
    pub(crate) fn all(&self) -> &[Run] {
        &self.0
    }

    /// When others leave this run, in order.
    pub(crate) fn forks_of(&self, address: &Address) -> Vec<Micros> {
        let mut forks: Vec<Micros> = self
            .0
            .iter()
            .filter(|run| !run.address.is_same_run(address))
            .filter_map(|run| parted(&run.address, address))
            .collect();
        forks.sort_by_cached_key(|at| at.0);
        forks.dedup();
        forks
    }

    /// Takes note of a run that is looked at, and of what was done last in it. A run of
    /// another scenario or seed begins anew.
    pub(crate) fn visit(&mut self, address: &Address, told: Option<String>) {
        let is_other =
            |run: &Run| run.address.source != address.source || run.address.seed != address.seed;
        if self.0.first().is_some_and(is_other) {
            self.0.clear();
        }
        if self.0.iter().any(|run| run.address.is_same_run(address)) {
            return;
        }
        let address = Address { at: None, ..address.clone() };
        // It hangs from the run with which it has most in common.
        let shared = |run: &Run| common(&run.address, &address);
        let parent = (0..self.0.len()).rev().max_by_key(|place| shared(&self.0[*place]));
        let Some(parent) = parent else {
            let told = match address.interventions.is_empty() {
                true => "The run as the scenario has it.",
                false => "The run as its link has it.",
            };
            let (depth, leaves_at, told) = (0, Micros::ZERO, told.to_owned());
            return self.0.push(Run { address, depth, leaves_at, told });
        };
        let depth = self.0[parent].depth + 1;
        let common = shared(&self.0[parent]);
        let leaves_at = parted(&self.0[parent].address, &address).unwrap_or_default();
        let told = told.unwrap_or_else(|| match address.interventions.get(common) {
            Some(_) => "What a link has instead.".to_owned(),
            None => "Without what was done later.".to_owned(),
        });
        // After all that hangs from its parent already.
        let children = self.0[parent + 1..].iter().take_while(|run| run.depth >= depth).count();
        self.0.insert(parent + 1 + children, Run { address, depth, leaves_at, told });
        if self.0.len() > MOST {
            self.0.remove(1);
        }
    }
}

/// How many steps two runs have in common at their beginning.
fn common(one: &Address, other: &Address) -> usize {
    let steps = one.interventions.iter().zip(&other.interventions);
    steps.take_while(|(one, other)| one == other).count()
}

/// When two runs part: at the first thing that was done in one of them only.
fn parted(one: &Address, other: &Address) -> Option<Micros> {
    let common = common(one, other);
    let next = |address: &Address| address.interventions.get(common).map(|step| step.at);
    [next(one), next(other)].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(steps: &str) -> Address {
        Address::read(&format!("#seed=7{steps}")).expect("a right hash")
    }

    fn drawn(runs: &Runs) -> Vec<(usize, u64, usize)> {
        let all = runs.all().iter();
        all.map(|run| (run.depth, run.leaves_at.0, run.address.interventions.len())).collect()
    }

    #[test]
    fn a_run_hangs_from_the_one_that_it_shares_most_with() {
        let mut runs = Runs::default();
        runs.visit(&address(""), None);
        runs.visit(&address("&do=700:crash:A"), None);
        runs.visit(&address("&do=700:crash:A,900:heal"), Some("Healed.".to_owned()));
        runs.visit(&address("&do=500:crash:B"), None);
        runs.visit(&address("&do=700:crash:A,800:heal"), None);
        assert_eq!(drawn(&runs), [(0, 0, 0), (1, 700, 1), (2, 900, 2), (2, 800, 2), (1, 500, 1)],);
        assert_eq!(runs.all()[2].told, "Healed.");
        assert_eq!(runs.all()[4].told, "What a link has instead.");
        let forks = runs.forks_of(&address("&do=700:crash:A,900:heal"));
        assert_eq!(forks, [Micros(500), Micros(700), Micros(800), Micros(900)]);
    }

    #[test]
    fn a_run_that_was_seen_is_not_noted_again() {
        let mut runs = Runs::default();
        for steps in ["", "&do=700:crash:A", "", "&do=700:crash:A&t=5"] {
            runs.visit(&address(steps), None);
        }
        assert_eq!(runs.all().len(), 2);
    }

    #[test]
    fn another_seed_is_another_tree() {
        let mut runs = Runs::default();
        runs.visit(&address("&do=700:crash:A"), None);
        runs.visit(&Address { seed: 8, ..address("") }, None);
        assert_eq!(runs.all().len(), 1);
        assert_eq!(runs.all()[0].address.seed, 8);
    }

    #[test]
    fn only_so_many_are_kept_and_the_trunk_stays() {
        let mut runs = Runs::default();
        runs.visit(&address(""), None);
        for at in 1..=100 {
            runs.visit(&address(&format!("&do={at}:heal")), None);
        }
        assert_eq!(runs.all().len(), MOST);
        assert!(runs.all()[0].address.interventions.is_empty());
        assert_eq!(runs.all()[MOST - 1].leaves_at, Micros(100));
    }
}
