//! Where the lines of a text begin.

use alloc::vec::Vec;

/// Where each line of a text begins, but the first.
#[derive(Clone, Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// Those of a text.
    pub fn of(text: &str) -> Lines {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Lines(ends.map(|(place, _)| place + 1).collect())
    }

    /// The line, from 1, in which the byte of this place is.
    pub fn line_at(&self, place: usize) -> u32 {
        let before = self.0.partition_point(|begins| *begins <= place);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }
}
