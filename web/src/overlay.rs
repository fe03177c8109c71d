//! What lies over the page: a menu or a dialog, one at a time.

use raft_scene::Hit;

/// One of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Overlay {
    /// What one can do to something on the stage.
    Menu(Hit),
    /// Everything that one can do, to be found by typing.
    Palette,
    /// What one sees, and the keys.
    Help,
    /// Which nodes are on which side of a wall.
    Partition,
    /// The runs that were made, to go back to one.
    Runs,
    /// Links to this moment, and what embeds it.
    Share,
    /// Files and figures, opened and saved.
    Files,
}

impl Overlay {
    /// Whether what it offers depends on the moment, so that the run stands still meanwhile.
    pub(crate) const fn is_of_a_moment(&self) -> bool {
        !matches!(self, Overlay::Help)
    }

    /// The thing on the stage that it is about.
    pub(crate) const fn hit(&self) -> Option<Hit> {
        match self {
            Overlay::Menu(hit) => Some(*hit),
            Overlay::Palette
            | Overlay::Help
            | Overlay::Partition
            | Overlay::Runs
            | Overlay::Share
            | Overlay::Files => None,
        }
    }
}
