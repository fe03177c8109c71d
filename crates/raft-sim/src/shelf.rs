//! A list that grows at its end and is cheap to clone: what a world remembers of its
//! run is kept with every keyframe of the timeline, and hardly differs from one to
//! the next.
//!
//! ```text
//!   blocks      [■■■■■■■■]  [■■■]          a clone copies a pointer a block,
//!                            |
//!   chunks                 [······]       and a change after that one block of pointers
//!                                         and one chunk of items
//! ```
//!
//! With chunks alone a clone would cost a pointer for each 32 items, which after an hour
//! is more than what differs between two keyframes.

use alloc::sync::Arc;
use alloc::vec::Vec;

/// How many items are in a chunk.
const CHUNK: usize = 16;
/// How many chunks are in a block.
const BLOCK: usize = 64;

type Chunk<T> = Arc<Vec<T>>;

/// A list in chunks that clones share until one of them changes one.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Shelf<T> {
    // Every block and every chunk but the last is full, and none is empty.
    blocks: Vec<Arc<Vec<Chunk<T>>>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { blocks: Vec::new() }
    }
}

impl<T: Clone> Clone for Shelf<T> {
    fn clone(&self) -> Shelf<T> {
        let mut blocks = self.blocks.clone();
        // What the last chunk has is copied at once, and no more: it is about to be written
        // to, and the one that is kept would be left with the room for what comes.
        if let Some(last_block) = blocks.last_mut()
            && let Some(last) = last_block.last().filter(|last| last.len() < CHUNK)
        {
            let own = Arc::new(last.as_slice().to_vec());
            if let Some(place) = Arc::make_mut(last_block).last_mut() {
                *place = own;
            }
        }
        Shelf { blocks }
    }
}

impl<T: Clone> Shelf<T> {
    pub(crate) fn len(&self) -> usize {
        let Some(last_block) = self.blocks.last() else { return 0 };
        let chunks = (self.blocks.len() - 1) * BLOCK + last_block.len();
        (chunks - 1) * CHUNK + last_block.last().map_or(0, |chunk| chunk.len())
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        (0..self.len()).map(|place| {
            let chunk = place / CHUNK;
            &self.blocks[chunk / BLOCK][chunk % BLOCK][place % CHUNK]
        })
    }

    pub(crate) fn get(&self, place: usize) -> Option<&T> {
        let chunk = place / CHUNK;
        self.blocks.get(chunk / BLOCK)?.get(chunk % BLOCK)?.get(place % CHUNK)
    }

    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        let chunk = place / CHUNK;
        let chunks = Arc::make_mut(self.blocks.get_mut(chunk / BLOCK)?);
        Arc::make_mut(chunks.get_mut(chunk % BLOCK)?).get_mut(place % CHUNK)
    }

    pub(crate) fn push(&mut self, item: T) {
        if let Some(last_block) = self.blocks.last_mut() {
            let has_room = last_block.last().is_some_and(|chunk| chunk.len() < CHUNK);
            let is_full = last_block.len() == BLOCK;
            if has_room && let Some(chunk) = Arc::make_mut(last_block).last_mut() {
                let chunk = Arc::make_mut(chunk);
                // A clone has no room to spare; by itself it would make too much.
                chunk.reserve_exact(CHUNK - chunk.len());
                return chunk.push(item);
            }
            if !is_full {
                return Arc::make_mut(last_block).push(Arc::new(first_of_chunk(item)));
            }
        }
        self.blocks.push(Arc::new(alloc::vec![Arc::new(first_of_chunk(item))]));
    }

    /// Puts an item before the one at `place`. Cheap at the end only.
    pub(crate) fn insert(&mut self, place: usize, item: T) {
        if place >= self.len() {
            return self.push(item);
        }
        let mut rest: Vec<T> = (place..self.len()).filter_map(|at| self.get(at).cloned()).collect();
        self.truncate(place);
        self.push(item);
        rest.drain(..).for_each(|item| self.push(item));
    }

    /// Removes the item at `place` and all that follow it.
    fn truncate(&mut self, place: usize) {
        let chunks = place.div_ceil(CHUNK);
        self.blocks.truncate(chunks.div_ceil(BLOCK));
        if !chunks.is_multiple_of(BLOCK)
            && let Some(last_block) = self.blocks.last_mut()
        {
            Arc::make_mut(last_block).truncate(chunks % BLOCK);
        }
        if !place.is_multiple_of(CHUNK)
            && let Some(last_block) = self.blocks.last_mut()
            && let Some(chunk) = Arc::make_mut(last_block).last_mut()
        {
            Arc::make_mut(chunk).truncate(place % CHUNK);
        }
    }

    /// How many items, from the first on, `is_before` holds for; it must hold for
    /// none after.
    pub(crate) fn partition_point(&self, mut is_before: impl FnMut(&T) -> bool) -> usize {
        let full_blocks = self.blocks.partition_point(|chunks| {
            chunks.last().and_then(|chunk| chunk.last()).is_some_and(&mut is_before)
        });
        let Some(chunks) = self.blocks.get(full_blocks) else { return self.len() };
        let full = chunks.partition_point(|chunk| chunk.last().is_some_and(&mut is_before));
        let before = (full_blocks * BLOCK + full) * CHUNK;
        before + chunks.get(full).map_or(0, |chunk| chunk.partition_point(is_before))
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

fn first_of_chunk<T>(item: T) -> Vec<T> {
    let mut chunk = Vec::with_capacity(CHUNK);
    chunk.push(item);
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The shelf against the obvious list.
        #[test]
        fn it_behaves_as_a_plain_list(
            start in 0usize..2_200,
            steps in prop::collection::vec((0usize..3, 0usize..2_300, 0u32..1_000), 0..400)
        ) {
            let mut shelf = Shelf::default();
            // More than a block, now and then.
            let mut plain: Vec<u32> = (0..start as u32).collect();
            plain.iter().for_each(|item| shelf.push(*item));
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
