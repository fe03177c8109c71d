//! Looks for a seed and a schedule that break what Raft promises.
//!
//! Attempts are numbered. Each plays the scenario with its number as the seed, first as
//! it is written and then with random faults added. Of all attempts that break a
//! property the one with the lowest number is taken, so that a hunt finds the same
//! whatever the number of its threads.

use crate::faults::with_faults;
use crate::play::first_violation;
use crate::shrink::{interventions, shrink};
use raft_sim::{Plan, Property, Scenario, ScenarioError, Violation};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// What is looked for, and how far.
#[derive(Clone, Debug)]
pub struct Hunt {
    /// The scenario that the schedules are made of.
    pub scenario: Scenario,
    /// The first attempt's number, which is its seed.
    pub first: u64,
    /// How many attempts there are, each with a seed of its own.
    pub attempts: u64,
    /// How many threads look, at least 1.
    pub jobs: u32,
    /// Only a violation of this property counts; any, if `None`.
    pub of: Option<Property>,
}

/// One numbered attempt, as a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Its seed.
    pub seed: u64,
    /// Its scenario: that of the hunt, perhaps with faults added.
    pub scenario: Scenario,
    /// What it violates first.
    pub violation: Violation,
}

/// What a hunt found, and what is left of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Find {
    /// As it was found.
    pub found: Attempt,
    /// As small as it became.
    pub shrunk: Attempt,
    /// How many runs the shrinking took.
    pub runs: u64,
}

/// How a hunt ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Something was found.
    Found(Box<Find>),
    /// All attempts were made, and nothing was found.
    Nothing {
        /// How many runs there were.
        runs: u64,
    },
    /// It was told to stop before it found anything.
    Stopped {
        /// How many runs there were.
        runs: u64,
    },
}

/// How far a hunt is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// It is looking.
    Looking {
        /// How many attempts are done ...
        done: u64,
        /// ... of how many.
        of: u64,
    },
    /// It has found something and makes it smaller.
    Shrinking {
        /// How many runs that took so far.
        runs: u64,
        /// How many things are done to the cluster in what is left.
        interventions: u64,
    },
}

impl Hunt {
    /// Hunts, until something is found, all is done, or `stop` is set. `tell` hears a few
    /// times a second how far it is.
    ///
    /// # Errors
    /// Everything that is wrong with the scenario.
    pub fn run(
        &self,
        stop: &AtomicBool,
        mut tell: impl FnMut(Progress),
    ) -> Result<Outcome, Vec<ScenarioError>> {
        Plan::new(self.scenario.clone(), self.first, Vec::new())?;
        let shared = Shared {
            next: AtomicU64::new(0),
            done: AtomicU64::new(0),
            runs: AtomicU64::new(0),
            lowest: AtomicU64::new(u64::MAX),
            found: Mutex::new(None),
        };
        std::thread::scope(|scope| {
            let (over, all_over) = mpsc::channel::<()>();
            for _ in 0..self.jobs.max(1) {
                let over = over.clone();
                let shared = &shared;
                scope.spawn(move || {
                    self.look(shared, stop);
                    drop(over);
                });
            }
            drop(over);
            // Nothing is ever sent: the channel closes when the last thread is done.
            while all_over.recv_timeout(TELL_EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
                let done = shared.done.load(Ordering::Relaxed);
                tell(Progress::Looking { done, of: self.attempts });
            }
        });
        let runs = shared.runs.load(Ordering::Relaxed);
        let found = shared.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some(found) = found else {
            let is_stopped = shared.done.load(Ordering::Relaxed) < self.attempts;
            return Ok(if is_stopped {
                Outcome::Stopped { runs }
            } else {
                Outcome::Nothing { runs }
            });
        };
        Ok(Outcome::Found(Box::new(shrunk(found, stop, tell))))
    }

    fn look(&self, shared: &Shared, stop: &AtomicBool) {
        loop {
            let attempt = shared.next.fetch_add(1, Ordering::Relaxed);
            let is_beaten = attempt > shared.lowest.load(Ordering::Relaxed);
            if attempt >= self.attempts || is_beaten || stop.load(Ordering::Relaxed) {
                return;
            }
            if let Some(found) = self.attempt(attempt, shared) {
                shared.lowest.fetch_min(attempt, Ordering::Relaxed);
                let mut best = shared.found.lock().unwrap_or_else(PoisonError::into_inner);
                if best.as_ref().is_none_or(|best: &Attempt| found.seed < best.seed) {
                    *best = Some(found);
                }
            }
            shared.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn attempt(&self, number: u64, shared: &Shared) -> Option<Attempt> {
        let seed = self.first.saturating_add(number);
        let as_written = std::iter::once_with(|| self.scenario.clone());
        let faulty = std::iter::once_with(|| with_faults(&self.scenario, seed));
        as_written.chain(faulty).find_map(|scenario| {
            let plan = Plan::new(scenario.clone(), seed, Vec::new()).ok()?;
            shared.runs.fetch_add(1, Ordering::Relaxed);
            let violation = first_violation(Arc::new(plan), self.of)?;
            Some(Attempt { seed, scenario, violation })
        })
    }
}

/// What the threads of a hunt share.
struct Shared {
    next: AtomicU64,
    done: AtomicU64,
    runs: AtomicU64,
    /// The lowest number that broke something: higher ones need not be tried.
    lowest: AtomicU64,
    found: Mutex<Option<Attempt>>,
}

/// Makes a find smaller; what counts as the same is that it breaks the same property.
fn shrunk(found: Attempt, stop: &AtomicBool, mut tell: impl FnMut(Progress)) -> Find {
    let property = found.violation.property;
    let (mut told_at, mut tried) = (std::time::Instant::now(), 0);
    let left = shrink(found.scenario.clone(), found.seed, |plan| {
        if stop.load(Ordering::Relaxed) {
            return false;
        }
        tried += 1;
        let fails = first_violation(plan.clone(), Some(property)).is_some();
        if told_at.elapsed() >= TELL_EVERY {
            told_at = std::time::Instant::now();
            let interventions = interventions(plan.scenario());
            tell(Progress::Shrinking { runs: tried, interventions });
        }
        fails
    });
    let plan = Plan::new(left.scenario.clone(), found.seed, Vec::new()).map(Arc::new);
    let violation = plan.ok().and_then(|plan| first_violation(plan, Some(property)));
    let shrunk = Attempt {
        seed: found.seed,
        scenario: left.scenario,
        violation: violation.unwrap_or_else(|| found.violation.clone()),
    };
    Find { found, shrunk, runs: left.runs }
}
