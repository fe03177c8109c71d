//! What lies beside the page in a wasm of its own, which index.html fetches: the course's lessons
//! and the glossary.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use raft_lessons::Glossary;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::Callback;

thread_local! {
    /// The glossary, once it is there.
    static GLOSSARY: RefCell<Option<Rc<Glossary>>> = const { RefCell::new(None) };
}

/// The terms of art, if they are there: whatever mentions them can be read without.
pub(crate) fn glossary() -> Option<Rc<Glossary>> {
    GLOSSARY.with_borrow(Clone::clone)
}

/// Fetches them if they are not there yet, and says so once they are. Without a network nothing is
/// asked for: once the page is loaded it needs nothing more, and this is for convenience.
pub(crate) fn want_glossary(there: Callback<()>) {
    let is_offline = web_sys::window().is_some_and(|window| !window.navigator().on_line());
    if glossary().is_some() || is_offline {
        return;
    }
    spawn_local(async move {
        fetch_glossary().await;
        if glossary().is_some() {
            there.emit(());
        }
    });
}

/// Fetches them.
pub(crate) async fn fetch_glossary() {
    if glossary().is_none()
        && let Ok(packed) = asked("glossary", "").await.and_then(JsCast::dyn_into::<Uint8Array>)
        && let Ok(glossary) = Glossary::from_packed(&packed.to_vec())
    {
        GLOSSARY.set(Some(Rc::new(glossary)));
    }
}

/// What a function of that wasm gives for a text.
pub(crate) async fn asked(function: &str, text: &str) -> Result<JsValue, JsValue> {
    let load = Reflect::get(&js_sys::global(), &"raftlabLessons".into())?;
    let module = load.dyn_into::<Function>()?.call0(&JsValue::NULL)?;
    let module = JsFuture::from(module.dyn_into::<Promise>()?).await?;
    let function = Reflect::get(&module, &function.into())?.dyn_into::<Function>()?;
    let given = function.apply(&module, &Array::of1(&text.into()))?;
    JsFuture::from(Promise::resolve(&given)).await
}

/// What to say when it did not come.
pub(crate) fn not_loaded(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|it| it.as_string());
    format!("The lessons could not be loaded. {}", message.unwrap_or_default())
}
