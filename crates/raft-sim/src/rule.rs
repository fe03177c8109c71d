//! Rules: what is done to a cluster on an occasion, rather than at a time.
//!
//! "When B becomes candidate, crash it" says what a scenario means; "at 163 ms, crash B"
//! is the same for one seed only.

use crate::action::{Action, means_it, nodes_of};
use crate::occasion::{Occasion, Watch};
use crate::queue::Due;
use crate::scenario::{MOST_STEPS, Scenario, check_action};
use crate::world::World;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use raft_core::{Micros, NodeId, NodeSet};

/// The most rules that a scenario has.
const MOST_RULES: usize = 100;

/// Something done on an occasion.
///
/// It is done as an event of its own, after the event that was the occasion, at the same
/// microsecond or `delay` later. [`Who::It`](crate::Who::It) means the node that the
/// occasion was about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// On which occasion.
    pub when: Occasion,
    /// On the how-manieth such occasion, counted from 1.
    pub nth: u32,
    /// From when on occasions count, in true time.
    pub since: Micros,
    /// How long after it.
    pub delay: Micros,
    /// Whether on each occasion from the `nth` on, and not on that one alone.
    pub every: bool,
    /// What is done.
    pub action: Action,
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "when {}, {}", self.when, self.action)
    }
}

/// Checks a scenario's rules.
pub(crate) fn check(scenario: &Scenario, wrong: &mut impl FnMut(&str, String)) {
    if scenario.rules.len() > MOST_RULES {
        wrong("rules", format!("at most {MOST_RULES} rules"));
    }
    let members = NodeSet::first(scenario.nodes);
    for (place, rule) in scenario.rules.iter().enumerate() {
        let field = format!("rules[{place}]");
        let mut wrong = |of: &str, message: &str| {
            wrong(&format!("{field}.{of}"), format!("{rule}: {message}"));
        };
        for (of, nodes) in [("when", rule.when.nodes()), ("do", nodes_of(&rule.action))] {
            for node in nodes.difference(members).iter() {
                wrong(of, &format!("there is no node {node}"));
            }
        }
        if let Occasion::Client { client: Some(client), .. } = rule.when
            && client as usize > scenario.clients.len()
        {
            wrong("when", &format!("there is no client {client}"));
        }
        if rule.nth == 0 {
            wrong("nth", "occasions are counted from 1");
        }
        if rule.since > scenario.duration {
            let after = format!("it counts from after the run's end at {}", scenario.duration);
            wrong("since", &after);
        }
        if means_it(&rule.action) && !matches!(rule.when, Occasion::Node { .. }) {
            wrong("do", "“it” is a node that the occasion is about, and this is about none");
        }
        check_action(&mut |_: &str, message| wrong("do", &message), "rules", rule, &rule.action);
    }
}

/// How a run's rules stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rules {
    watch: Watch,
    /// Of each rule's occasion: how many there were.
    seen: Vec<u32>,
    /// How often rules have acted.
    acted: usize,
}

impl Rules {
    /// `None` where a scenario has none: then nothing is watched.
    pub(crate) fn of(scenario: &Scenario) -> Option<Rules> {
        let rules = &scenario.rules;
        (!rules.is_empty()).then(|| Rules {
            watch: Watch::of(scenario, rules.iter().map(|rule| &rule.when)),
            seen: alloc::vec![0; rules.len()],
            acted: 0,
        })
    }
}

impl World {
    /// Looks whether the records from this place on are occasions that rules wait for.
    pub(crate) fn follow_rules(&mut self, first_record: usize) {
        let Some(state) = &mut self.rules else { return };
        let rules = &self.plan.scenario().rules;
        for record in &self.fresh[first_record..] {
            let moment = state.watch.observe(&record.what);
            for ((rule, seen), place) in rules.iter().zip(&mut state.seen).zip(0..) {
                if record.at < rule.since || !moment.is(&rule.when) {
                    continue;
                }
                *seen = seen.saturating_add(1);
                let acts = *seen == rule.nth || (rule.every && *seen > rule.nth);
                // A rule may bring about its own occasion: it shall not do so for ever.
                if acts && state.acted < MOST_STEPS {
                    state.acted += 1;
                    let due = Due::RuleActs { rule: place, it: moment.node };
                    self.queue.plan(record.at + rule.delay, due);
                }
            }
        }
    }

    /// The moment has come to do what a rule says.
    pub(crate) fn rule_acts(&mut self, rule: u32, it: Option<NodeId>) {
        let plan = self.plan.clone();
        let Some(rule) = plan.scenario().rules.get(rule as usize) else { return };
        self.it = it;
        self.act(rule.action.clone());
        self.it = None;
    }
}
