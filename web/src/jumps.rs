//! What "next" and "previous" jump to.

use raft_sim::Landmark;

/// A choice of landmarks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Jumps(usize);

/// Their names, for the reader and for the control, and what they stop at. First what most
/// want: not every vote or operation, which would be a stop at each heartbeat of a busy client.
const CHOICES: [(&str, &[Landmark]); 7] = [
    ("main moments", &[Landmark::Election, Landmark::Commit, Landmark::Fault, Landmark::Violation]),
    ("elections", &[Landmark::Election]),
    ("votes", &[Landmark::Vote]),
    ("commits", &[Landmark::Commit]),
    ("faults", &[Landmark::Fault]),
    ("violations", &[Landmark::Violation]),
    ("operations", &[Landmark::Operation]),
];

impl Jumps {
    /// Every choice.
    pub(crate) fn all() -> impl Iterator<Item = Jumps> {
        (0..CHOICES.len()).map(Jumps)
    }

    /// The choice with this number; the first where there is none.
    pub(crate) const fn numbered(number: usize) -> Jumps {
        Jumps(if number < CHOICES.len() { number } else { 0 })
    }

    /// Its number.
    pub(crate) const fn number(self) -> usize {
        self.0
    }

    /// What it is called.
    pub(crate) const fn name(self) -> &'static str {
        CHOICES[self.0].0
    }

    /// What it stops at.
    pub(crate) const fn kinds(self) -> &'static [Landmark] {
        CHOICES[self.0].1
    }
}
