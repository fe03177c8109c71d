//! A node's clock: it may run fast or slow, and only the node believes it.

use core::fmt;
use raft_core::Micros;
use serde::{Deserialize, Serialize};

/// How fast a clock runs, as a ratio to true time; `1/2` is half as fast.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rate {
    /// Microseconds that the clock shows ...
    pub numerator: u32,
    /// ... in this many microseconds of true time.
    pub denominator: u32,
}

impl Rate {
    /// A clock that runs true.
    pub const TRUE: Rate = Rate { numerator: 1, denominator: 1 };

    /// Whether it is between half and twice as fast as true time.
    pub const fn is_plausible(self) -> bool {
        let (numerator, denominator) = (self.numerator as u64, self.denominator as u64);
        denominator > 0
            && denominator <= 1_000_000
            && numerator * 2 >= denominator
            && numerator <= denominator * 2
    }

    /// Hundredths: 80 for a clock that runs at 0.80.
    pub const fn percent(self) -> u32 {
        let denominator = if self.denominator == 0 { 1 } else { self.denominator };
        (self.numerator as u64 * 100 / denominator as u64) as u32
    }
}

impl fmt::Display for Rate {
    /// `4/5`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.numerator, self.denominator)
    }
}

/// A clock: what it shows as a function of true time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clock {
    rate: Rate,
    // At this true time ...
    since: Micros,
    // ... it showed this.
    showed: Micros,
    stands: bool,
}

impl Clock {
    /// A clock that shows `offset` at true time 0.
    pub(crate) const fn new(rate: Rate, offset: Micros) -> Clock {
        Clock { rate, since: Micros::ZERO, showed: offset, stands: false }
    }

    /// How fast it runs now.
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// Whether it stands still: its machine is suspended.
    pub const fn stands_still(&self) -> bool {
        self.stands
    }

    /// What it shows at a true time, not before it was last set.
    pub fn shows_at(&self, now: Micros) -> Micros {
        if self.stands {
            return self.showed;
        }
        self.showed + (now - self.since).scaled(self.rate.numerator, self.rate.denominator)
    }

    /// The first true time at which it shows `shown` or later; [`Micros::MAX`] where it
    /// stands still before that.
    pub fn when_it_shows(&self, shown: Micros) -> Micros {
        if self.stands && shown > self.showed {
            return Micros::MAX;
        }
        let span = u128::from((shown - self.showed).0);
        let (numerator, denominator) =
            (u128::from(self.rate.numerator.max(1)), u128::from(self.rate.denominator));
        let true_span = (span * denominator).div_ceil(numerator);
        self.since + Micros(u64::try_from(true_span).unwrap_or(u64::MAX))
    }

    pub(crate) fn set_rate(&mut self, now: Micros, rate: Rate) {
        *self = Clock { rate, since: now, showed: self.shows_at(now), ..*self };
    }

    /// It stands still from now on.
    pub(crate) fn stop(&mut self, now: Micros) {
        *self = Clock { since: now, showed: self.shows_at(now), stands: true, ..*self };
    }

    /// It goes on from where it stood, as late as it stood long.
    pub(crate) fn go_on(&mut self, now: Micros) {
        *self = Clock { since: now, showed: self.shows_at(now), stands: false, ..*self };
    }

    /// Jumps, forwards or backwards; not back beyond its own beginning.
    pub(crate) fn step(&mut self, now: Micros, by_micros: i64) {
        let by = Micros(by_micros.unsigned_abs());
        let shows = self.shows_at(now);
        let showed = if by_micros < 0 { shows - by } else { shows + by };
        *self = Clock { since: now, showed, ..*self };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_clock_shows_a_moment_when_it_says_and_not_a_microsecond_before(
            numerator in 1u32..40,
            denominator in 1u32..40,
            changed_at in 0u64..1_000_000,
            shown in 0u64..10_000_000,
            offset in 0u64..5_000_000,
        ) {
            let mut clock = Clock::new(Rate { numerator: 3, denominator: 2 }, Micros(offset));
            clock.set_rate(Micros(changed_at), Rate { numerator, denominator });
            let when = clock.when_it_shows(Micros(shown));
            prop_assert!(clock.shows_at(when) >= Micros(shown));
            if when > Micros(changed_at) {
                prop_assert!(clock.shows_at(when - Micros(1)) < Micros(shown));
            }
        }
    }

    #[test]
    fn a_step_moves_what_it_shows_and_keeps_its_rate() {
        let rate = Rate { numerator: 1, denominator: 2 };
        let mut clock = Clock::new(rate, Micros::ZERO);
        clock.step(Micros(100), 1_000);
        assert_eq!((clock.shows_at(Micros(100)), clock.rate()), (Micros(1_050), rate));
        clock.step(Micros(200), -600);
        assert_eq!(clock.shows_at(Micros(200)), Micros(500));
        assert_eq!(clock.when_it_shows(Micros(510)), Micros(220));
        clock.step(Micros(300), -10_000);
        assert_eq!(clock.shows_at(Micros(300)), Micros::ZERO);
    }

    #[test]
    fn a_change_of_rate_is_no_step() {
        let mut clock = Clock::new(Rate::TRUE, Micros::ZERO);
        clock.set_rate(Micros(100), Rate { numerator: 1, denominator: 2 });
        assert_eq!(clock.shows_at(Micros(100)), Micros(100));
        assert_eq!(clock.shows_at(Micros(200)), Micros(150));
    }

    #[test]
    fn a_clock_that_stood_still_is_late_by_as_long_and_can_be_set_meanwhile() {
        let half = Rate { numerator: 1, denominator: 2 };
        let mut clock = Clock::new(half, Micros(1_000));
        clock.stop(Micros(200));
        assert_eq!(
            (clock.shows_at(Micros(200)), clock.shows_at(Micros(900))),
            (Micros(1_100), Micros(1_100))
        );
        assert_eq!(clock.when_it_shows(Micros(1_101)), Micros::MAX);
        assert!(clock.when_it_shows(Micros(1_100)) <= Micros(200), "it shows that already");
        clock.step(Micros(300), 50);
        clock.set_rate(Micros(400), Rate::TRUE);
        assert_eq!((clock.shows_at(Micros(900)), clock.stands_still()), (Micros(1_150), true));
        clock.go_on(Micros(1_000));
        assert_eq!(clock.shows_at(Micros(1_010)), Micros(1_160));
        assert_eq!(clock.when_it_shows(Micros(1_160)), Micros(1_010));
    }
}
