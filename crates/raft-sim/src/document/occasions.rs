//! What happens on an occasion, and how often occasions are expected.

use super::Span;
use super::record::record;
use super::words::{Worded, Words};
use crate::action::Action;
use crate::expectation;
use crate::occasion::{Occasion, OccasionError};
use crate::rule;
use alloc::string::{String, ToString};
use core::fmt;
use raft_core::Micros;

record! {
    /// Something that is done on an occasion, rather than at a time.
    pub struct Rule {
        /// On which occasion: who does what, such as "B becomes candidate", "anyone becomes
        /// leader", "leader commits index 5", "CD commits in term 2", "A sends append-entries to
        /// C", "client 2 has read 7", "linearizability is violated".
        pub when: Worded<Occasion>,
        /// On the how-manieth such occasion, counted from 1.
        pub nth: u32 = 1,
        /// From when on occasions count.
        pub since: Span = Worded(Micros::ZERO),
        /// How long after the occasion.
        pub delay: Span = Worded(Micros::ZERO),
        /// On each occasion from the nth on, and not on that one alone.
        pub every: bool = false,
        /// What: an action, as in a step; there, "it" is the node that the occasion was about.
        pub action as "do": Worded<Action>,
    }
}

impl Rule {
    pub(super) fn of(rule: &rule::Rule) -> Rule {
        let rule::Rule { when, nth, since, delay, every, action } = rule;
        Rule {
            when: Worded(*when),
            nth: *nth,
            since: Worded(*since),
            delay: Worded(*delay),
            every: *every,
            action: Worded(action.clone()),
        }
    }

    pub(super) fn rule(&self) -> rule::Rule {
        let Rule { when, nth, since, delay, every, action } = self;
        rule::Rule {
            when: when.0,
            nth: *nth,
            since: since.0,
            delay: delay.0,
            every: *every,
            action: action.0.clone(),
        }
    }
}

record! {
    /// How often an occasion is expected within a span of time.
    pub struct Expectation {
        /// Which occasion: who does what, such as "anyone becomes leader", "CD commits",
        /// "client 2 is answered", "linearizability is violated".
        pub what: Worded<Occasion>,
        /// How often, at least. By default once, or where at_most is given, not at all.
        pub at_least: Option<u32> = None,
        /// How often, at most. Where violations are counted, any bound but 0 allows them within
        /// the span.
        pub at_most: Option<u32> = None,
        /// From when on, this moment included.
        pub from: Span = Worded(Micros::ZERO),
        /// Until when, this moment included. By default until the run ends.
        pub until: Option<Span> = None,
        /// Both count from the first such occasion, which must happen. By default they are
        /// moments of the run.
        pub since: Option<Worded<Occasion>> = None,
    }
}

/// How often, at least, where that is not said.
const fn least(at_most: Option<u32>) -> u32 {
    if at_most.is_some() { 0 } else { 1 }
}

impl Expectation {
    pub(super) fn of(expectation: &expectation::Expectation) -> Expectation {
        let expectation::Expectation { what, at_least, at_most, from, until, since } = expectation;
        Expectation {
            what: Worded(*what),
            at_least: (*at_least != least(*at_most)).then_some(*at_least),
            at_most: *at_most,
            from: Worded(*from),
            until: until.map(Worded),
            since: since.map(Worded),
        }
    }

    pub(super) fn expectation(&self) -> expectation::Expectation {
        let Expectation { what, at_least, at_most, from, until, since } = self;
        expectation::Expectation {
            what: what.0,
            at_least: at_least.unwrap_or(least(*at_most)),
            at_most: *at_most,
            from: from.0,
            until: until.as_ref().map(|it| it.0),
            since: since.as_ref().map(|it| it.0),
        }
    }
}

impl Words for Occasion {
    const WHAT: &'static str = "an occasion, such as \"B becomes candidate\" or \"leader commits \
                                index 5\"";

    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }

    fn read(text: &str) -> Result<Occasion, String> {
        text.parse().map_err(|error: OccasionError| error.to_string())
    }
}
