//! Lessons: a run that is told step by step, asks the reader what comes next, and shows it; or
//! two runs side by side. All of this room comes later (`later.rs`): the first load knows only
//! that there may be a [`Player`].

mod course;
mod look;
mod narration;
mod player;
mod progress;
mod question;
mod side_by_side;
pub(crate) mod store;

use crate::address::Address;
use crate::app::App;
use crate::embed_page::Around;
use crate::panels::Tab;
use crate::session::Session;
use crate::transport::Shown;
pub(crate) use look::options;
pub(crate) use player::open;
use raft_core::NodeId;
use yew::Html;

/// Something that the reader wants of a lesson.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Wish {
    /// On: to the next question, or to the next step, by playing.
    Next,
    /// At once to the step that is played to.
    Skip(usize),
    /// Back.
    Back,
    /// To this step.
    GoTo(usize),
    /// This one of several answers.
    Choose(usize),
    /// This item of an order one place further up.
    Lift(usize),
    /// This node.
    Node(NodeId),
    /// This was typed.
    Typed(String),
    /// That is the answer.
    Commit,
    /// The reader doesn't know.
    Unknown,
    /// All questions anew, from the beginning.
    StartOver,
    /// From a run of one's own to the lesson's.
    BackToItsRun,
    /// To where the two runs part.
    ToParting,
    /// This one of two runs, where there is room for one.
    Side(u8),
    /// The tabs, or no longer.
    LookInside,
}

/// A lesson that is open.
pub(crate) trait Player {
    /// Takes note of where the run is now and which tab is open, and says which tab goes with a step
    /// that was just come to.
    fn keep_up(&mut self, session: &Session, tab: Tab) -> Option<Tab>;
    /// Goes to a step, by its name.
    fn go_to(&mut self, step: &str, session: &Session);
    /// Does what the reader wants. What it leads to may be another run.
    fn grant(&mut self, wish: Wish, session: &Session) -> Option<Address>;
    /// Says in the address where one is.
    fn name_place(&self, address: &mut Address);
    /// The page with it.
    fn look(&self, app: &App, shown: &Shown) -> Html;
    /// What is around the stage of an embed, and the stage.
    fn embedded(&self, app: &App, around: &Around<'_>) -> Html;
}
