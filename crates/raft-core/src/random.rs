//! The node's only randomness: a counter and a mixing function.

use crate::time::Micros;

/// A small generator in which every draw is a pure function of (seed, how many
/// came before): SplitMix64 (Steele, Lea, Flood 2014). It is not secret and
/// need not be: Raft wants timeouts that differ, not ones that can't be guessed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Random {
    seed: u64,
    drawn: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random { seed, drawn: 0 }
    }

    /// How many draws there were.
    pub(crate) const fn drawn(&self) -> u64 {
        self.drawn
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.drawn = self.drawn.wrapping_add(1);
        let mut mixed = self.seed.wrapping_add(self.drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A span of `least ..= most`; each whole microsecond is as likely as any.
    pub(crate) fn between(&mut self, least: Micros, most: Micros) -> Micros {
        let width = u128::from(most.0.saturating_sub(least.0)) + 1;
        let offset = (u128::from(self.next()) * width) >> 64;
        least + Micros(offset as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_within_their_bounds_and_reach_both() {
        let mut random = Random::new(7);
        let draws: alloc::vec::Vec<u64> =
            (0..1_000).map(|_| random.between(Micros(3), Micros(6)).0).collect();
        assert_eq!(draws.iter().min(), Some(&3));
        assert_eq!(draws.iter().max(), Some(&6));
    }

    #[test]
    fn a_range_of_one_value_always_gives_it() {
        let mut random = Random::new(7);
        assert_eq!(random.between(Micros(200), Micros(200)), Micros(200));
        assert_eq!(random.between(Micros::MAX, Micros::MAX), Micros::MAX);
    }

    #[test]
    fn the_sequence_is_the_same_on_every_machine() {
        // The first outputs of SplitMix64 for seed 1234567, as published.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }
}
