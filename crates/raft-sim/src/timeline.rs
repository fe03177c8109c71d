//! A run from beginning to end: its record, and the world at any instant of it.

use crate::record::Record;
use crate::scenario::Plan;
use crate::world::World;
use alloc::sync::Arc;
use alloc::vec::Vec;
use raft_core::Micros;

/// How many events lie between two worlds that are kept whole.
const EVENTS_BETWEEN_KEYFRAMES: u64 = 256;

/// A run, simulated to its end: what happened, and the world at any instant.
#[derive(Clone, Debug)]
pub struct Timeline {
    records: Vec<Record>,
    /// For each event, where its records begin, and when it happened.
    events: Vec<(usize, Micros)>,
    keyframes: Vec<World>,
}

impl Timeline {
    /// Simulates a run to its end.
    pub fn new(plan: Arc<Plan>) -> Timeline {
        let mut world = World::new(plan);
        let mut timeline = Timeline {
            records: Vec::new(),
            events: Vec::new(),
            keyframes: alloc::vec![world.clone()],
        };
        loop {
            let first = timeline.records.len();
            if !world.step(&mut timeline.records) {
                return timeline;
            }
            timeline.events.push((first, world.now()));
            if world.events().is_multiple_of(EVENTS_BETWEEN_KEYFRAMES) {
                timeline.keyframes.push(world.clone());
            }
        }
    }

    /// The run.
    pub fn plan(&self) -> &Arc<Plan> {
        self.beginning().plan()
    }

    fn beginning(&self) -> &World {
        // `new` puts it there, and nothing is ever taken away.
        &self.keyframes[0]
    }

    /// When it ends.
    pub fn duration(&self) -> Micros {
        self.plan().scenario().duration
    }

    /// Everything that happened, in order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// How many events there are.
    pub fn events(&self) -> u64 {
        self.events.len() as u64
    }

    /// What happened in one event, counted from 1.
    pub fn records_of(&self, event: u64) -> &[Record] {
        let Some(place) = usize::try_from(event).ok().and_then(|event| event.checked_sub(1)) else {
            return &[];
        };
        let Some((first, _)) = self.events.get(place) else { return &[] };
        let end = self.events.get(place + 1).map_or(self.records.len(), |(next, _)| *next);
        &self.records[*first..end]
    }

    /// When an event happened, counted from 1; 0 is the run's beginning.
    pub fn time_of(&self, event: u64) -> Option<Micros> {
        match event.checked_sub(1) {
            None => Some(Micros::ZERO),
            Some(place) => self.events.get(usize::try_from(place).ok()?).map(|(_, at)| *at),
        }
    }

    /// How many events have happened by a time, those at that very time included.
    pub fn events_by(&self, at: Micros) -> u64 {
        self.events.partition_point(|(_, happened_at)| *happened_at <= at) as u64
    }

    /// How many records there are of the first `events` events.
    pub fn records_by(&self, events: u64) -> &[Record] {
        let place = usize::try_from(events).unwrap_or(usize::MAX);
        let end = self.events.get(place).map_or(self.records.len(), |(next, _)| *next);
        &self.records[..end]
    }

    /// The world after the first `events` events.
    pub fn world_after(&self, events: u64) -> World {
        let mut world = self.beginning().clone();
        self.seek(&mut world, events);
        world
    }

    /// Moves a world of this run to just after the first `events` events, forwards or
    /// backwards, by the shortest way.
    pub fn seek(&self, world: &mut World, events: u64) {
        let events = events.min(self.events());
        let place = usize::try_from(events / EVENTS_BETWEEN_KEYFRAMES).unwrap_or(0);
        let keyframe = &self.keyframes[place.min(self.keyframes.len() - 1)];
        if world.events() > events || world.events() < keyframe.events() {
            world.clone_from(keyframe);
        }
        let mut passed = Vec::new();
        while world.events() < events && world.step(&mut passed) {
            passed.clear();
        }
    }
}
