//! Expectations: what a scenario says its run comes to, seed after seed.
//!
//! Each counts an occasion within a span of time: "a leader by 500 ms" is at least one
//! "anyone becomes leader" until then, "no commit on the minority side" at most none of "CD
//! commits". That nothing is violated goes without saying: a violation that no expectation
//! speaks of fails the run.

use crate::monitor::Violation;
use crate::occasion::{Occasion, Watch};
use crate::record::{Happening, Record};
use crate::scenario::{Plan, Scenario};
use crate::world::World;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use raft_core::{Micros, NodeId, NodeSet};

/// The most expectations that a scenario has.
const MOST_EXPECTATIONS: usize = 100;

/// How often an occasion is expected within a span of time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// Which occasion.
    pub what: Occasion,
    /// How often, at least.
    pub at_least: u32,
    /// How often, at most; `None`: as often as may be. Where violations are counted, any
    /// bound but 0 allows them within the span.
    pub at_most: Option<u32>,
    /// From when on, this moment included.
    pub from: Micros,
    /// Until when, this moment included; `None`: until the run ends.
    pub until: Option<Micros>,
    /// Both count from the first such occasion, and nothing counts before it. It must
    /// happen. `None`: they are moments of the run.
    pub since: Option<Occasion>,
}

impl fmt::Display for Expectation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "“{}” ", self.what)?;
        match (self.at_least, self.at_most) {
            (_, Some(0)) => formatter.write_str("never")?,
            (0, None) => formatter.write_str("or not")?,
            (0, Some(1)) => formatter.write_str("at most once")?,
            (0, Some(most)) => write!(formatter, "at most {most} times")?,
            (1, None) => formatter.write_str("at least once")?,
            (least, None) => write!(formatter, "at least {least} times")?,
            (1, Some(1)) => formatter.write_str("once")?,
            (least, Some(most)) if least == most => write!(formatter, "{least} times")?,
            (least, Some(most)) => write!(formatter, "{least} to {most} times")?,
        }
        match (self.from, self.until) {
            (Micros::ZERO, None) => {}
            (Micros::ZERO, Some(until)) => write!(formatter, " until {until}")?,
            (from, None) => write!(formatter, " from {from} on")?,
            (from, Some(until)) => write!(formatter, " from {from} to {until}")?,
        }
        match &self.since {
            None => Ok(()),
            Some(since) => write!(formatter, " after “{since}”"),
        }
    }
}

/// Checks a scenario's expectations.
pub(crate) fn check(scenario: &Scenario, wrong: &mut impl FnMut(&str, String)) {
    let expectations = &scenario.expectations;
    if expectations.len() > MOST_EXPECTATIONS {
        wrong("expectations", format!("at most {MOST_EXPECTATIONS} expectations"));
    }
    let members = NodeSet::first(scenario.nodes);
    for (place, expectation) in expectations.iter().enumerate() {
        let field = format!("expectations[{place}]");
        let mut wrong = |of: &str, message: String| {
            wrong(&format!("{field}{of}"), format!("{expectation}: {message}"));
        };
        for (of, occasion) in
            [(".what", Some(&expectation.what)), (".since", expectation.since.as_ref())]
        {
            let Some(occasion) = occasion else { continue };
            for node in occasion.nodes().difference(members).iter() {
                wrong(of, format!("there is no node {node}"));
            }
            if let Occasion::Client { client: Some(client), .. } = occasion
                && *client as usize > scenario.clients.len()
            {
                wrong(of, format!("there is no client {client}"));
            }
        }
        let duration = scenario.duration;
        if expectation.at_most.is_some_and(|most| most < expectation.at_least) {
            wrong(".at_most", "at_most must not be less than at_least".to_string());
        }
        if expectation.until.is_some_and(|until| until < expectation.from) {
            wrong(".until", "until must not be before from".to_string());
        }
        if expectation.from > duration || expectation.until.is_some_and(|it| it > duration) {
            wrong("", format!("after the run's end at {duration}"));
        }
    }
}

/// How one expectation stands.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Count {
    /// When its span begins to count; `None` as long as the occasion that it counts from
    /// has not come.
    since: Option<Micros>,
    count: u32,
    first: Option<(Micros, Option<NodeId>)>,
    last_at: Micros,
}

/// What came of an expectation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Whether it holds.
    pub holds: bool,
    /// What was expected.
    pub expected: String,
    /// What was found, and when.
    pub found: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "expected {}; found {}", self.expected, self.found)
    }
}

/// A scenario's expectations of one run, which is shown to them record by record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectations {
    expectations: Vec<Expectation>,
    counts: Vec<Count>,
    watch: Watch,
    unexpected: u32,
    first_unexpected: Option<Violation>,
}

impl Expectations {
    /// Those of a scenario, before anything has happened.
    pub fn of(scenario: &Scenario) -> Expectations {
        let expectations = scenario.expectations.clone();
        let counts = expectations.iter().map(|expectation| Count {
            since: expectation.since.is_none().then_some(Micros::ZERO),
            count: 0,
            first: None,
            last_at: Micros::ZERO,
        });
        let occasions = expectations
            .iter()
            .flat_map(|expectation| [Some(&expectation.what), expectation.since.as_ref()]);
        Expectations {
            counts: counts.collect(),
            watch: Watch::of(scenario, occasions.flatten()),
            unexpected: 0,
            first_unexpected: None,
            expectations,
        }
    }

    /// Takes note of what happened. Every record of a run, in order.
    pub fn observe(&mut self, record: &Record) {
        let moment = self.watch.observe(&record.what);
        let mut is_allowed = false;
        for (expectation, count) in self.expectations.iter().zip(&mut self.counts) {
            if let Some(since) = count.since
                && record.at >= since + expectation.from
                && expectation.until.is_none_or(|until| record.at <= since + until)
                && moment.is(&expectation.what)
            {
                count.count = count.count.saturating_add(1);
                count.first.get_or_insert((record.at, moment.node));
                count.last_at = record.at;
                is_allowed |= expectation.at_most != Some(0);
            }
            if count.since.is_none()
                && expectation.since.as_ref().is_some_and(|since| moment.is(since))
            {
                count.since = Some(record.at);
            }
        }
        if let Happening::Violated(violation) = &record.what
            && !is_allowed
        {
            self.unexpected = self.unexpected.saturating_add(1);
            self.first_unexpected.get_or_insert_with(|| violation.clone());
        }
    }

    /// What came of each, in the order of the scenario, once the run is over; and last,
    /// whether nothing else was violated.
    pub fn verdicts(&self) -> Vec<Verdict> {
        let mut verdicts: Vec<Verdict> = self
            .expectations
            .iter()
            .zip(&self.counts)
            .map(|(expectation, count)| count.verdict(expectation))
            .collect();
        verdicts.push(self.nothing_else_violated());
        verdicts
    }

    fn nothing_else_violated(&self) -> Verdict {
        let speaks_of_it =
            |it: &Expectation| matches!(it.what, Occasion::Violated(_)) && it.at_most != Some(0);
        let is_any_allowed = self.expectations.iter().any(speaks_of_it);
        let found = match (&self.first_unexpected, self.unexpected) {
            (None, _) => "nothing".to_string(),
            (Some(first), 1) => format!("{first}"),
            (Some(first), many) => format!("{first} And {} more", many - 1),
        };
        Verdict {
            holds: self.first_unexpected.is_none(),
            expected: if is_any_allowed {
                "nothing else violated".to_string()
            } else {
                "nothing violated".to_string()
            },
            found,
        }
    }
}

impl Count {
    fn verdict(&self, expectation: &Expectation) -> Verdict {
        let expected = expectation.to_string();
        if let (None, Some(since)) = (self.since, &expectation.since) {
            let found = format!("that “{since}” never happened");
            return Verdict { holds: false, expected, found };
        }
        let found = match self.first {
            None => "it never".to_string(),
            Some((at, node)) => {
                let by = node.map_or(String::new(), |node| format!(" by {node}"));
                match self.count {
                    1 => format!("it once, at {at}{by}"),
                    count => {
                        format!("it {count} times, at {at}{by} first, at {} last", self.last_at)
                    }
                }
            }
        };
        let holds = self.count >= expectation.at_least
            && expectation.at_most.is_none_or(|most| self.count <= most);
        Verdict { holds, expected, found }
    }
}

/// Plays a run to its end, and says what came of what its scenario expects.
pub fn judge(plan: Arc<Plan>) -> Vec<Verdict> {
    let mut expectations = Expectations::of(plan.scenario());
    let mut world = World::new(plan);
    let mut records = Vec::new();
    while world.step(&mut records) {
        records.drain(..).for_each(|record| expectations.observe(&record));
    }
    expectations.verdicts()
}
