//! A run from beginning to end: what happened, and the world at any instant of it.
//!
//! A run is made once, and hardly anything of it is kept: each event's time, the events
//! that one can jump to, and a world now and then, a *keyframe*. Whatever else is wanted,
//! a world or what happened in an event, is made again from the keyframe before it: the
//! same plan gives the same run.
//!
//! ```text
//!   events      0 . . . . . . . . | . . . . . . . . | . . . . . . .
//!   keyframes   K                 K                 K
//!                                 '-- simulated again --> the world after an event,
//!                                                         or the records of this stretch
//! ```

mod records;

pub use records::{Records, Told};

use crate::ascending::Ascending;
use crate::landmark::{Landmark, Landmarks};
use crate::record::Record;
use crate::scenario::Plan;
use crate::world::World;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::RefCell;
use raft_core::Micros;
use records::{Recent, Stretch};

/// How many events lie between two worlds that are kept. To come to any event takes
/// fewer steps than this, two milliseconds' work; and what differs between two keyframes,
/// some 40 kB, is shared out over so many: twenty seconds of five nodes with clients.
const EVENTS_BETWEEN_KEYFRAMES: u64 = 4_096;

/// A world that is kept.
#[derive(Clone, Debug)]
struct Keyframe {
    world: Arc<World>,
    /// How many records there are of the events before it.
    records: u64,
}

/// A run, simulated to its end: what happened, and the world at any instant.
#[derive(Clone, Debug)]
pub struct Timeline {
    plan: Arc<Plan>,
    /// The first is the run's beginning, and each is so many events after the one before.
    keyframes: Vec<Keyframe>,
    /// When each event happened.
    times: Ascending,
    landmarks: Landmarks,
    records: u64,
    /// The stretches of which the records were wanted last.
    recent: RefCell<Recent>,
}

impl Timeline {
    /// Simulates a run to its end.
    pub fn new(plan: Arc<Plan>) -> Timeline {
        Timeline::watched(plan, &mut |_| {})
    }

    /// Simulates a run to its end, and shows each record as it is made: for whoever makes
    /// an index of their own of it.
    pub fn watched(plan: Arc<Plan>, watch: &mut dyn FnMut(&Record)) -> Timeline {
        let beginning = Arc::new(World::new(plan.clone()));
        let mut timeline = Timeline {
            plan,
            keyframes: alloc::vec![Keyframe { world: beginning, records: 0 }],
            times: Ascending::new(),
            landmarks: Landmarks::default(),
            records: 0,
            recent: RefCell::default(),
        };
        timeline.go_on(watch);
        timeline
    }

    /// The run of another plan. What it has in common with this one, where something else
    /// is done from a moment on, is not simulated again, and its keyframes are shared.
    pub fn branch(&self, plan: Arc<Plan>) -> Timeline {
        let parting = self.plan.parts_from(&plan);
        let is_common = |keyframe: &&Keyframe| {
            keyframe.world.now() <= parting.at && keyframe.world.steps_done <= parting.steps
        };
        let common = self.keyframes.iter().take_while(is_common).cloned().collect::<Vec<_>>();
        let Some(last) = common.last().filter(|_| parting.is_akin) else {
            return Timeline::new(plan);
        };
        let (events, records) = (last.world.events(), last.records);
        let mut times = self.times.clone();
        times.truncate(usize::try_from(events).unwrap_or(usize::MAX));
        let landmarks = self.landmarks.up_to(events);
        let recent = RefCell::default();
        let mut branch = Timeline { plan, keyframes: common, times, landmarks, records, recent };
        branch.go_on(&mut |_| {});
        branch
    }

    /// Simulates on from the last keyframe, to the end.
    fn go_on(&mut self, watch: &mut dyn FnMut(&Record)) {
        let mut world = self.world_at_keyframe(self.keyframes.len() - 1);
        loop {
            let first = world.events();
            let stretch = Stretch::from(&mut world, |world, records| {
                self.times.push(world.now().0);
                for record in records {
                    self.landmarks.take(record);
                    watch(record);
                }
            });
            self.records += stretch.records.len() as u64;
            let is_over = stretch.is_last();
            if !stretch.is_empty() {
                self.recent.get_mut().keep(first, Arc::new(stretch));
            }
            if is_over {
                break;
            }
            if world.events().is_multiple_of(EVENTS_BETWEEN_KEYFRAMES) {
                world.share_logs();
                let world = Arc::new(world.clone());
                self.keyframes.push(Keyframe { world, records: self.records });
            }
        }
        self.times.shrink();
        self.landmarks.shrink();
        self.keyframes.shrink_to_fit();
    }

    /// The run.
    pub const fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// When it ends.
    pub fn duration(&self) -> Micros {
        self.plan().scenario().duration
    }

    /// How many events there are.
    pub fn events(&self) -> u64 {
        self.times.len() as u64
    }

    /// How many records there are of all that happened.
    pub const fn records_count(&self) -> u64 {
        self.records
    }

    /// When an event happened, counted from 1; 0 is the run's beginning.
    pub fn time_of(&self, event: u64) -> Option<Micros> {
        match event.checked_sub(1) {
            None => Some(Micros::ZERO),
            Some(place) => self.times.get(usize::try_from(place).ok()?).map(Micros),
        }
    }

    /// How many events have happened by a time, those at that very time included.
    pub fn events_by(&self, at: Micros) -> u64 {
        self.times.count_to(at.0) as u64
    }

    /// The first event after `event` in which such a thing happens.
    pub fn next_of(&self, landmark: Landmark, event: u64) -> Option<u64> {
        self.landmarks.of(landmark).next_above(event)
    }

    /// The last event before `event` in which such a thing happens.
    pub fn previous_of(&self, landmark: Landmark, event: u64) -> Option<u64> {
        self.landmarks.of(landmark).last_below(event)
    }

    /// Every event in which such a thing happens, in order.
    pub fn events_of(&self, landmark: Landmark) -> impl Iterator<Item = u64> {
        self.landmarks.of(landmark).iter()
    }

    /// The world after the first `events` events.
    pub fn world_after(&self, events: u64) -> World {
        let mut world = self.world_at_keyframe(self.keyframe_before(events.min(self.events())));
        self.seek(&mut world, events);
        world
    }

    /// Moves a world of this run to just after the first `events` events, forwards or
    /// backwards, by the shortest way.
    pub fn seek(&self, world: &mut World, events: u64) {
        let events = events.min(self.events());
        self.to_keyframe(world, events);
        self.recent.borrow_mut().go_on(world, events);
    }

    /// Moves a world to the last keyframe before so many events, unless it is nearer already.
    fn to_keyframe(&self, world: &mut World, events: u64) {
        let keyframe = self.keyframe_before(events);
        if world.events() > events || world.events() < self.keyframes[keyframe].world.events() {
            *world = self.world_at_keyframe(keyframe);
        }
    }

    /// Which keyframe is the last that is not after so many events.
    fn keyframe_before(&self, events: u64) -> usize {
        let number = usize::try_from(events / EVENTS_BETWEEN_KEYFRAMES).unwrap_or(usize::MAX);
        number.min(self.keyframes.len() - 1)
    }

    fn world_at_keyframe(&self, number: usize) -> World {
        // A keyframe that came from another branch is of that branch's plan: up to there
        // the two are the same run.
        self.keyframes[number].world.of_plan(self.plan.clone())
    }
}
