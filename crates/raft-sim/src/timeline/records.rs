//! What happened in a run, made again when it is asked for.

use super::Timeline;
use crate::record::Record;
use crate::world::World;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::{Deref, Range};

/// How many events' records are made at once. It divides how many events lie between two
/// keyframes.
const EVENTS_OF_A_STRETCH: u64 = 2_048;
/// How many stretches are kept: whoever reads back from a moment needs the one that the
/// moment is in, and the one before.
const MOST_KEPT: usize = 2;

/// What happened in some events on end.
#[derive(Clone, Debug, Default)]
pub(super) struct Stretch {
    pub(super) records: Vec<Record>,
    /// For each event, where its records end.
    ends: Vec<u32>,
}

impl Stretch {
    /// Lets a world make its next stretch, and shows what happened in each event.
    pub(super) fn from(world: &mut World, mut watch: impl FnMut(&World, &[Record])) -> Stretch {
        let mut made = Stretch::default();
        while made.events() < EVENTS_OF_A_STRETCH {
            let first = made.records.len();
            if !made.step(world) {
                break;
            }
            watch(world, &made.records[first..]);
        }
        made
    }

    /// Goes on by an event, of the world at its end; `false` if there is none.
    fn step(&mut self, world: &mut World) -> bool {
        let is_there = world.step(&mut self.records);
        if is_there {
            self.ends.push(self.records.len() as u32);
        }
        is_there
    }

    /// Goes on until so many events of the run have happened, or it is over.
    fn go_on(&mut self, world: &mut World, events: u64) {
        while world.events() < events && self.step(world) {}
    }

    /// How many events' records it has.
    const fn events(&self) -> u64 {
        self.ends.len() as u64
    }

    /// Whether there is nothing in it.
    pub(super) const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether the run ends with it.
    pub(super) const fn is_last(&self) -> bool {
        self.events() < EVENTS_OF_A_STRETCH
    }

    /// Where the records of its first events end.
    fn end_of(&self, events: u64) -> usize {
        match usize::try_from(events).unwrap_or(usize::MAX).min(self.ends.len()).checked_sub(1) {
            None => 0,
            Some(last) => self.ends[last] as usize,
        }
    }
}

/// The stretches that were made last, by how many events came before each; the one that
/// was wanted last comes last. The last events of one may be missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    stretches: Vec<(u64, Arc<Stretch>)>,
    /// The world at the end of the stretch that was made last: for whoever reads on.
    world: Option<World>,
}

impl Recent {
    pub(super) fn keep(&mut self, first: u64, stretch: Arc<Stretch>) {
        self.stretches.retain(|(other, _)| *other != first);
        if self.stretches.len() == MOST_KEPT {
            self.stretches.remove(0);
        }
        self.stretches.push((first, stretch));
    }

    /// The stretch that comes after `first` events, if it goes as far as `end`.
    fn get(&mut self, first: u64, end: u64) -> Option<Arc<Stretch>> {
        let place = self
            .stretches
            .iter()
            .position(|(other, stretch)| *other == first && first + stretch.events() >= end)?;
        let found = self.stretches.remove(place);
        let stretch = found.1.clone();
        self.stretches.push(found);
        Some(stretch)
    }

    /// Lets a world go on until so many events have happened, and keeps what happens, as far as
    /// that makes the beginning of a stretch: whoever goes somewhere asks what happened there.
    ///
    /// ```text
    ///   a stretch     |===========.......|     known so far, and not
    ///   the world        ^ goes to here: goes on with it
    ///                 ^ or here: makes it anew, if it goes further
    /// ```
    pub(super) fn go_on(&mut self, world: &mut World, events: u64) {
        while world.events() < events {
            let before = world.events();
            let first = before / EVENTS_OF_A_STRETCH * EVENTS_OF_A_STRETCH;
            let end = events.min(first + EVENTS_OF_A_STRETCH);
            let known = self.stretches.iter_mut().find(|(other, _)| *other == first);
            let known_to = known.as_ref().map(|(_, stretch)| first + stretch.events());
            match known {
                Some((_, stretch)) if known_to == Some(before) => {
                    Arc::make_mut(stretch).go_on(world, end);
                }
                _ if before == first && known_to.is_none_or(|known_to| known_to < end) => {
                    let mut stretch = Stretch::default();
                    stretch.go_on(world, end);
                    self.keep(first, Arc::new(stretch));
                }
                _ => {
                    let known_end = known_to.filter(|known_to| *known_to > before);
                    pass(world, known_end.unwrap_or(end).min(end));
                }
            }
            if world.events() == before {
                // The run is over.
                break;
            }
        }
    }
}

/// Lets a world go on until so many events have happened.
fn pass(world: &mut World, events: u64) {
    let mut passed = Vec::new();
    while world.events() < events && world.step(&mut passed) {
        passed.clear();
    }
}

/// A record, read where it is kept.
#[derive(Clone, Debug)]
pub struct Told {
    stretch: Arc<Stretch>,
    place: usize,
}

impl Deref for Told {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.stretch.records[self.place]
    }
}

/// Records in order, from either end: those of a [`Timeline`] or of a part of it. They
/// are made a stretch at a time, so that however long the run is, little is kept.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    timeline: &'a Timeline,
    /// The events whose records are not yet part of `front` or `back`, less one.
    between: Range<u64>,
    front: Part,
    back: Part,
}

/// What is left of a stretch.
#[derive(Clone, Debug, Default)]
struct Part {
    stretch: Arc<Stretch>,
    left: Range<usize>,
}

impl Part {
    fn told(&self, place: usize) -> Told {
        Told { stretch: self.stretch.clone(), place }
    }
}

impl Timeline {
    /// Everything that happened, in order.
    pub fn records(&self) -> Records<'_> {
        self.records_of_events(1, self.events())
    }

    /// What happened in the first `events` events.
    pub fn records_by(&self, events: u64) -> Records<'_> {
        self.records_of_events(1, events)
    }

    /// What happened in one event, counted from 1.
    pub fn records_of(&self, event: u64) -> Records<'_> {
        self.records_of_events(event, event)
    }

    /// What happened in the events from `first` to `last`, both included, counted from 1.
    pub fn records_of_events(&self, first: u64, last: u64) -> Records<'_> {
        let end = last.min(self.events());
        let between = first.saturating_sub(1)..end;
        Records { timeline: self, between, front: Part::default(), back: Part::default() }
    }

    /// A part of the stretch that an event, less one, is in: as far as `wanted` goes.
    fn part(&self, event: u64, wanted: &Range<u64>) -> (Part, Range<u64>) {
        let first = event / EVENTS_OF_A_STRETCH * EVENTS_OF_A_STRETCH;
        let end = (first + EVENTS_OF_A_STRETCH).min(self.events());
        let events = wanted.start.max(first)..wanted.end.min(end);
        let stretch = self.stretch(first, events.end);
        let left = stretch.end_of(events.start - first)..stretch.end_of(events.end - first);
        (Part { stretch, left }, events)
    }

    /// The stretch that comes after `first` events, as far as `end` at least.
    fn stretch(&self, first: u64, end: u64) -> Arc<Stretch> {
        let mut recent = self.recent.borrow_mut();
        if let Some(kept) = recent.get(first, end) {
            return kept;
        }
        let known = recent.world.take();
        let mut world =
            known.unwrap_or_else(|| self.world_at_keyframe(self.keyframe_before(first)));
        self.to_keyframe(&mut world, first);
        pass(&mut world, first);
        let made = Arc::new(Stretch::from(&mut world, |_, _| {}));
        recent.world = Some(world);
        recent.keep(first, made.clone());
        made
    }

    /// Forgets the records that were made last. They are made again when they are wanted:
    /// this is for whoever measures what a run costs to keep.
    pub fn forget_records(&self) {
        self.recent.take();
    }
}

impl Iterator for Records<'_> {
    type Item = Told;

    fn next(&mut self) -> Option<Told> {
        loop {
            if let Some(place) = self.front.left.next() {
                return Some(self.front.told(place));
            }
            if self.between.is_empty() {
                return self.back.left.next().map(|place| self.back.told(place));
            }
            let (part, events) = self.timeline.part(self.between.start, &self.between);
            self.between.start = events.end;
            self.front = part;
        }
    }
}

impl DoubleEndedIterator for Records<'_> {
    fn next_back(&mut self) -> Option<Told> {
        loop {
            if let Some(place) = self.back.left.next_back() {
                return Some(self.back.told(place));
            }
            if self.between.is_empty() {
                return self.front.left.next_back().map(|place| self.front.told(place));
            }
            let (part, events) = self.timeline.part(self.between.end - 1, &self.between);
            self.between.end = events.start;
            self.back = part;
        }
    }
}
