//! The clipboard, where the browser lets a page have it: not in a sandboxed frame, say.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Copies a text, and says whether it could.
pub(crate) fn copy(text: String, done: impl FnOnce(bool) + 'static) {
    spawn_local(async move {
        done(copied(&text).await.is_some());
    });
}

async fn copied(text: &str) -> Option<()> {
    // Where the page may not have it, there is none; a call of it would throw.
    let navigator = web_sys::window()?.navigator();
    let clipboard = Reflect::get(&navigator, &"clipboard".into()).ok()?;
    let write = Reflect::get(&clipboard, &"writeText".into()).ok()?;
    let promise = write.dyn_ref::<Function>()?.call1(&clipboard, &text.into()).ok()?;
    JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()?;
    Some(())
}
