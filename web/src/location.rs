//! The address bar. A browser may refuse any of this, in a sandboxed frame say; then
//! the page goes on without it.

use crate::address::Address;
use wasm_bindgen::JsValue;

/// The hash of the page's URL, with its `#`; empty where there is none.
pub(crate) fn hash() -> String {
    let location = web_sys::window().map(|window| window.location());
    location.and_then(|location| location.hash().ok()).unwrap_or_default()
}

/// Goes to a run: a new entry in the browser's history, so that Back is undo.
pub(crate) fn visit(address: &Address) {
    let wanted = address.hash();
    if let Some(window) = web_sys::window()
        && hash() != wanted
    {
        // The document's own URL is changed, even where the base URL is another's, as
        // in a frame made of `srcdoc`.
        let _ = window.location().set_hash(&wanted);
    }
}

/// Names another moment of the same run: no new entry.
pub(crate) fn refine(address: &Address) {
    let Some(window) = web_sys::window() else { return };
    let Ok(here) = window.location().href() else { return };
    let wanted = format!("{}{}", without_hash(&here), address.hash());
    if here != wanted
        && let Ok(history) = window.history()
    {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&wanted));
    }
}

/// A link to a run that one can give to others.
pub(crate) fn link(address: &Address) -> String {
    let here = web_sys::window().and_then(|window| window.location().href().ok());
    format!("{}{}", without_hash(&here.unwrap_or_default()), address.hash())
}

fn without_hash(href: &str) -> &str {
    href.split_once('#').map_or(href, |(before, _)| before)
}
