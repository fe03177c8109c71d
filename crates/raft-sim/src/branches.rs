//! What else could have happened: a tree of runs. Acting in the past makes a new run and
//! keeps the old one, with the moment at which they part.
//!
//! ```text
//!   ─────────┬──────────────────────  run 0
//!            └───────┬──────────────  run 1: at 700 ms, crash the leader
//!                    └──────────────  run 2: and at 900 ms, reads by ReadIndex
//! ```
//!
//! What two runs have in common is kept once: a branch takes its parent's keyframes up to
//! the moment at which it leaves.

use crate::scenario::{Plan, ScenarioError};
use crate::timeline::Timeline;
use crate::world::World;
use crate::{Action, Step};
use alloc::sync::Arc;
use alloc::vec::Vec;
use raft_core::Micros;

/// The name of a run within its tree: they count up as they are made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BranchId(pub u32);

/// One run of a tree.
#[derive(Clone, Debug)]
pub struct Branch {
    timeline: Timeline,
    leaves: Option<(BranchId, Micros)>,
}

impl Branch {
    /// The run.
    pub const fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The run that it leaves, and when: up to then, that very microsecond included, the
    /// two are the same but for what was done. `None` for the first.
    pub const fn leaves(&self) -> Option<(BranchId, Micros)> {
        self.leaves
    }
}

/// A tree of runs of one scenario and seed, of which one is looked at.
#[derive(Clone, Debug)]
pub struct Branches {
    // The first is the trunk; a branch comes after the one that it leaves.
    branches: Vec<Branch>,
    current: usize,
}

impl Branches {
    /// A tree of one run.
    pub fn new(plan: Arc<Plan>) -> Branches {
        let trunk = Branch { timeline: Timeline::new(plan), leaves: None };
        Branches { branches: alloc::vec![trunk], current: 0 }
    }

    /// The run that is looked at.
    pub fn current(&self) -> &Branch {
        &self.branches[self.current]
    }

    /// Its name.
    pub const fn current_id(&self) -> BranchId {
        BranchId(self.current as u32)
    }

    /// One run.
    pub fn get(&self, id: BranchId) -> Option<&Branch> {
        self.branches.get(id.0 as usize)
    }

    /// Every run, in the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = (BranchId, &Branch)> {
        (0..).map(BranchId).zip(&self.branches)
    }

    /// Looks at another run. Says whether there is one of that name.
    pub fn switch_to(&mut self, id: BranchId) -> bool {
        let is_there = self.get(id).is_some();
        if is_there {
            self.current = id.0 as usize;
        }
        is_there
    }

    /// Does something at a moment of the current run, and looks at what comes of it: what
    /// was done before stays done, what was done later belongs to the old run only.
    /// `world` is the current run's at that moment. A run that is there already is not
    /// made again.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once; then nothing has changed.
    pub fn act(
        &mut self,
        world: &World,
        at: Micros,
        action: Action,
    ) -> Result<BranchId, Vec<ScenarioError>> {
        let plan = world.plan();
        let mut done: Vec<Step> =
            plan.interventions_in_time().take(world.interventions_done()).cloned().collect();
        done.push(Step { at, action });
        let plan = Plan::new(plan.scenario().clone(), plan.seed(), done)?;
        Ok(self.open(Arc::new(plan)))
    }

    /// Looks at the run of a plan of the same scenario and seed. Where it is not there yet,
    /// it leaves the run that it has the most in common with.
    pub fn open(&mut self, plan: Arc<Plan>) -> BranchId {
        let parting = |branch: &Branch| branch.timeline.plan().parts_from(&plan);
        let partings = self.branches.iter().map(parting).zip(0..);
        // Of those that have as much in common with it, the first: none leaves later than
        // the one that it leaves itself.
        let best = partings
            .max_by_key(|(parting, place)| (parting.at, parting.steps, core::cmp::Reverse(*place)));
        let Some((parting, place)) = best else { return self.current_id() };
        if self.branches[place].timeline.plan().schedule() == plan.schedule() && parting.is_akin {
            self.current = place;
        } else {
            let timeline = self.branches[place].timeline.branch(plan);
            let leaves = Some((BranchId(place as u32), parting.at));
            self.current = self.branches.len();
            self.branches.push(Branch { timeline, leaves });
        }
        self.current_id()
    }
}
