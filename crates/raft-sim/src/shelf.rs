//! A list that grows at its end and is cheap to clone: what a world remembers of its
//! run is kept with every keyframe of the timeline, and hardly differs from one to
//! the next.

use alloc::sync::Arc;
use alloc::vec::Vec;

const CHUNK: usize = 32;

/// A list in chunks that clones share until one of them changes one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Shelf<T> {
    // Every chunk but the last is full, and none is empty.
    chunks: Vec<Arc<Vec<T>>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { chunks: Vec::new() }
    }
}

impl<T: Clone> Shelf<T> {
    pub(crate) fn len(&self) -> usize {
        match self.chunks.last() {
            None => 0,
            Some(last) => (self.chunks.len() - 1) * CHUNK + last.len(),
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        (0..self.len()).map(|place| &self.chunks[place / CHUNK][place % CHUNK])
    }

    pub(crate) fn get(&self, place: usize) -> Option<&T> {
        self.chunks.get(place / CHUNK)?.get(place % CHUNK)
    }

    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        Arc::make_mut(self.chunks.get_mut(place / CHUNK)?).get_mut(place % CHUNK)
    }

    pub(crate) fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => Arc::make_mut(last).push(item),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(item);
                self.chunks.push(Arc::new(chunk));
            }
        }
    }

    /// Puts an item before the one at `place`. Cheap at the end only.
    pub(crate) fn insert(&mut self, place: usize, item: T) {
        if place >= self.len() {
            return self.push(item);
        }
        let mut rest: Vec<T> = (place..self.len()).filter_map(|at| self.get(at).cloned()).collect();
        self.chunks.truncate(place.div_ceil(CHUNK));
        if !place.is_multiple_of(CHUNK)
            && let Some(last) = self.chunks.last_mut()
        {
            Arc::make_mut(last).truncate(place % CHUNK);
        }
        self.push(item);
        rest.drain(..).for_each(|item| self.push(item));
    }

    /// How many items, from the first on, `is_before` holds for; it must hold for
    /// none after.
    pub(crate) fn partition_point(&self, mut is_before: impl FnMut(&T) -> bool) -> usize {
        let full = self.chunks.partition_point(|chunk| chunk.last().is_some_and(&mut is_before));
        match self.chunks.get(full) {
            None => self.len(),
            Some(chunk) => full * CHUNK + chunk.partition_point(is_before),
        }
    }
}

impl<T: Clone> Shelf<Option<T>> {
    /// Puts an item at a place, wherever that is; what lies before it may be empty.
    pub(crate) fn set(&mut self, place: usize, item: T) {
        while self.len() <= place {
            self.push(None);
        }
        if let Some(slot) = self.get_mut(place) {
            *slot = Some(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The shelf against the obvious list.
        #[test]
        fn it_behaves_as_a_plain_list(
            steps in prop::collection::vec((0usize..3, 0usize..300, 0u32..1_000), 0..400)
        ) {
            let mut shelf = Shelf::default();
            let mut plain: Vec<u32> = Vec::new();
            for (what, place, item) in steps {
                match what {
                    0 => {
                        shelf.push(item);
                        plain.push(item);
                    }
                    1 => {
                        let place = place.min(plain.len());
                        shelf.insert(place, item);
                        plain.insert(place, item);
                    }
                    _ => {
                        if let Some(there) = shelf.get_mut(place) {
                            *there = item;
                            plain[place] = item;
                        }
                    }
                }
                prop_assert_eq!(shelf.len(), plain.len());
            }
            prop_assert!(shelf.iter().eq(plain.iter()));
            prop_assert!((0..plain.len() + 1).all(|place| shelf.get(place) == plain.get(place)));
            plain.sort_unstable();
            let mut sorted = Shelf::default();
            plain.iter().for_each(|item| sorted.push(*item));
            for limit in [0, 1, 500, 1_000] {
                prop_assert_eq!(
                    sorted.partition_point(|item| *item < limit),
                    plain.partition_point(|item| *item < limit)
                );
            }
        }
    }
}
