//! What reads cost: their latency, by how they were answered.

use raft_core::{Micros, ReadBasis};
use raft_sim::{History, Outcome};

/// The latencies of the reads that were answered one way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Latencies {
    sorted: Vec<Micros>,
}

impl Latencies {
    fn of(mut latencies: Vec<Micros>) -> Latencies {
        latencies.sort_by_cached_key(|latency| latency.0);
        Latencies { sorted: latencies }
    }

    /// How many reads.
    pub(crate) fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The one in the middle; of two in the middle, the upper.
    pub(crate) fn median(&self) -> Option<Micros> {
        self.sorted.get(self.sorted.len() / 2).copied()
    }
}

/// The reads that have been answered so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Reads {
    /// From the lease.
    pub(crate) by_lease: Latencies,
    /// By a round of heartbeats.
    pub(crate) by_read_index: Latencies,
}

impl Reads {
    /// Those of a history.
    pub(crate) fn of(history: &History) -> Reads {
        let (mut by_lease, mut by_read_index) = (Vec::new(), Vec::new());
        for (_, operation) in history.operations() {
            if let Some((at, Outcome::Found { basis, .. })) = operation.ended {
                match basis {
                    Some(ReadBasis::Lease { .. }) => by_lease.push(at - operation.began_at),
                    Some(ReadBasis::Round(_)) => by_read_index.push(at - operation.began_at),
                    // Through the log a read costs what writes cost, and straight nothing: nothing
                    // here compares them.
                    Some(ReadBasis::Log { .. }) | None => {}
                }
            }
        }
        Reads { by_lease: Latencies::of(by_lease), by_read_index: Latencies::of(by_read_index) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::engine::Engine;
    use crate::source::Source;

    fn at_the_end_of(scenario: &str) -> Engine {
        let address = Address { source: Source::BuiltIn(scenario.into()), ..Address::default() };
        let mut engine = Engine::new(address).expect("a built-in scenario");
        engine.seek(Micros::MAX);
        engine
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let latencies = Latencies::of(vec![Micros(30), Micros(10), Micros(20)]);
        assert_eq!(latencies.median(), Some(Micros(20)));
        assert_eq!(Latencies::default().median(), None);
    }

    #[test]
    fn a_lease_read_is_quicker_than_one_by_read_index() {
        let leased = Reads::of(at_the_end_of("reads-by-lease").world().history());
        let asked = Reads::of(at_the_end_of("reads-by-read-index").world().history());
        let quick = leased.by_lease.median().expect("there are reads");
        let slow = asked.by_read_index.median().expect("there are reads");
        assert!(quick < slow && leased.by_lease.count() > asked.by_read_index.count());
    }
}
