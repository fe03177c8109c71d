//! What the page does without until it is in use: the sentences of what happened, all panels but
//! the story, the menus, the dialogs, the palette. `cargo xtask build` puts what only these need into a wasm of its own,
//! which is fetched soon after the first picture, or when somebody wants something of it.
//! Everything is reached through one table, so that there is one place where it may not be
//! there yet.
//!
//! `trunk build` and `trunk serve` leave it all in one wasm.

use crate::address::Address;
use crate::app::{App, lesson as told};
use crate::embed::Embed;
use crate::engine::Engine;
use crate::host_channel::{Heard, HostChannel};
use crate::laid_over::{LaidOver, laid_over};
use crate::lesson::{self, Wish};
use crate::panels::{self, Kept, panel};
use crate::{files, menu};
use raft_core::Micros;
use raft_scene::{Hit, words};
use raft_sim::{Happening, Plan, World};
#[cfg(split)]
use std::cell::Cell;
use std::ops::Deref;
use std::sync::Arc;
use wasm_bindgen::JsValue;
use yew::prelude::*;

/// The entrances to what comes later.
pub(crate) struct Parts {
    /// A panel other than the story.
    pub(crate) panel: fn(&panels::Props, &Kept) -> Html,
    /// What is said of a thing on the stage.
    pub(crate) explanation: fn(Hit, &World, Micros) -> Option<String>,
    /// What happened, in a sentence.
    pub(crate) happening: fn(&Happening, &World) -> Option<String>,
    /// What one can do to it.
    pub(crate) menu: fn(menu::Props) -> Html,
    /// The dialogs.
    pub(crate) laid_over: fn(&LaidOver<'_>) -> Html,
    /// The run that any address names, [read](Address::read_any), [made](Address::plan_of_any),
    /// and [written](Address::run_text).
    pub(crate) read: fn(&str) -> Result<Address, Vec<String>>,
    pub(crate) plan: fn(&Address) -> Result<Arc<Plan>, Vec<String>>,
    pub(crate) run_text: fn(&Address) -> String,
    /// What is for files, [fetched](files::load), and its dialog, [shown](files::show).
    pub(crate) load_files: fn(Callback<files::Loaded>),
    pub(crate) show_files: fn(&JsValue, &Engine, &JsValue, &JsValue),
    /// Lessons: [fetched](lesson::store::prepare), [listed](lesson::options), and what the page does
    /// for the one that is [open](told).
    pub(crate) prepare: fn(&str, Callback<()>) -> bool,
    pub(crate) keep_lesson: fn(&mut App),
    pub(crate) name_place: fn(&App, &mut Address),
    pub(crate) follow_lesson: fn(&mut App, &Address),
    pub(crate) grant: fn(&mut App, Wish),
    pub(crate) lessons: fn(Option<&str>) -> Html,
    /// The way to the page around an embed.
    pub(crate) host: fn(&Embed, Callback<Heard>) -> Option<HostChannel>,
}

static PARTS: Parts = Parts {
    panel,
    explanation: words::hit,
    happening: words::happening,
    menu: menu::menu,
    laid_over,
    read: Address::read_any,
    plan: Address::plan_of_any,
    run_text: Address::run_text,
    load_files: files::load,
    show_files: files::show,
    prepare: lesson::store::prepare,
    keep_lesson: told::keep,
    name_place: told::name_place,
    follow_lesson: told::follow,
    grant: told::grant,
    lessons: lesson::options,
    host: HostChannel::open,
};

/// Proof that they are there.
#[derive(Clone, Copy)]
pub(crate) struct Later(&'static Parts);

/// There is but one.
impl PartialEq for Later {
    fn eq(&self, _: &Later) -> bool {
        true
    }
}

impl Deref for Later {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

/// It could not be fetched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotFetched;

/// Fetches it, if it is not there yet.
///
/// # Errors
/// The browser did not get it. Asking again is a new attempt.
pub(crate) async fn fetch() -> Result<Later, NotFetched> {
    #[cfg(split)]
    {
        let later = Later(split::parts().await?);
        THERE.set(Some(later));
        Ok(later)
    }
    #[cfg(not(split))]
    Ok(Later(&PARTS))
}

#[cfg(split)]
thread_local! {
    static THERE: Cell<Option<Later>> = const { Cell::new(None) };
}

/// What was fetched, if it was.
pub(crate) fn there() -> Option<Later> {
    #[cfg(split)]
    return THERE.get();
    #[cfg(not(split))]
    Some(Later(&PARTS))
}

#[cfg(split)]
mod split {
    use super::{NotFetched, PARTS, Parts};
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    impl From<SplitLoaderError> for NotFetched {
        fn from(_: SplitLoaderError) -> NotFetched {
            NotFetched
        }
    }

    #[wasm_split(later, fallible)]
    pub(super) fn parts() -> Result<&'static Parts, NotFetched> {
        Ok(&PARTS)
    }
}
