//! What the reader can want of a run, whichever control or key they use for it.

use crate::address::Address;
use crate::jumps::Jumps;
use crate::source::Source;
use crate::speed::Speed;
use raft_core::Micros;
use raft_sim::Action;

/// Forwards or backwards in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// Forwards.
    Forward,
    /// Backwards.
    Back,
}

/// Something that the reader wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Command {
    /// Play, or pause.
    TogglePlaying,
    /// Play on.
    Play,
    /// Pause.
    Pause,
    /// One event further or back.
    Step(Way),
    /// To the next or previous of what one jumps to.
    Notable(Way),
    /// What one jumps to.
    SetJumps(Jumps),
    /// Be quicker where nothing happens, or not.
    SetPacing(bool),
    /// To another run that was made, at this moment of it.
    Visit(Address, Micros),
    /// To the beginning.
    ToStart,
    /// To the end.
    ToEnd,
    /// To a moment.
    Seek(Micros),
    /// To a moment, to look at it.
    LookAt(Micros),
    /// To just after an event.
    SeekEvent(u64),
    /// Play this fast.
    SetSpeed(Speed),
    /// Play a stop faster.
    Faster,
    /// Play a stop slower.
    Slower,
    /// Do something to the cluster, now.
    Act(Action),
    /// Do several things to the cluster, now, as one.
    ActAll(Vec<Action>),
    /// Back to the run before the last action.
    Undo,
    /// Take an undo back.
    Redo,
    /// Another scenario, with the same seed, from its beginning.
    OpenRun(Source),
    /// Another run, from its beginning.
    Begin(Address),
    /// The counterpart of this scenario: same seed, same interventions, same moment.
    Compare(String),
    /// The same scenario with another seed.
    SetSeed(u64),
}

impl Command {
    /// Whether it makes a run other than the one that the page opens with, so that what makes
    /// those must be there.
    pub(crate) const fn makes_run(&self) -> bool {
        matches!(
            self,
            Command::Visit(..)
                | Command::Act(_)
                | Command::ActAll(_)
                | Command::Undo
                | Command::Redo
                | Command::OpenRun(_)
                | Command::Begin(_)
                | Command::Compare(_)
        )
    }
}
