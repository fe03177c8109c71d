//! What happens on an occasion, rather than at a time.

use super::Span;
use super::record::record;
use super::words::{Worded, Words};
use crate::action::Action;
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
