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
        while (made.ends.len() as u64) < EVENTS_OF_A_STRETCH {
            let first = made.records.len();
            if !world.step(&mut made.records) {
                break;
            }
            watch(world, &made.records[first..]);
            made.ends.push(made.records.len() as u32);
        }
        made
    }

    /// Whether there is nothing in it.
    pub(super) const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether the run ends with it.
    pub(super) const fn is_last(&self) -> bool {
        (self.ends.len() as u64) < EVENTS_OF_A_STRETCH
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
/// was wanted last comes last.
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

    fn get(&mut self, first: u64) -> Option<Arc<Stretch>> {
        let place = self.stretches.iter().position(|(other, _)| *other == first)?;
        let found = self.stretches.remove(place);
        let stretch = found.1.clone();
        self.stretches.push(found);
        Some(stretch)
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
        let stretch = self.stretch(first);
        let left = stretch.end_of(events.start - first)..stretch.end_of(events.end - first);
        (Part { stretch, left }, events)
    }

    /// The stretch that comes after so many events.
    fn stretch(&self, first: u64) -> Arc<Stretch> {
        let mut recent = self.recent.borrow_mut();
        if let Some(kept) = recent.get(first) {
            return kept;
        }
        let mut world = recent.world.take().unwrap_or_else(|| self.world_after(first));
        self.seek(&mut world, first);
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
