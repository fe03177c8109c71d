//! The address bar. A browser may refuse any of this, in a sandboxed frame say; then
//! the page goes on without it.

use crate::address::Address;
use crate::browser;
use crate::embed::without_embedding;
use wasm_bindgen::JsValue;

/// What the page's URL asks for, as a hash with its `#`; empty where it asks for nothing. A lesson
/// that lies beside the page may be named in the query, too.
pub(crate) fn hash() -> String {
    let (hash, query) = (own_hash(), query());
    let file = query.trim_start_matches('?').split('&').find(|it| it.starts_with(LESSON_FILE));
    let names_run = ["scenario=", "own=", "free=", "lesson"].iter().any(|it| hash.contains(it));
    match file {
        Some(file) if !names_run => format!("#{file}&{}", hash.trim_start_matches('#')),
        _ => hash,
    }
}

const LESSON_FILE: &str = "lesson-file=";

fn own_hash() -> String {
    let location = web_sys::window().map(|window| window.location());
    location.and_then(|location| location.hash().ok()).unwrap_or_default()
}

/// The query of the page's URL, with its `?`; empty where there is none.
pub(crate) fn query() -> String {
    let location = web_sys::window().map(|window| window.location());
    location.and_then(|location| location.search().ok()).unwrap_or_default()
}

/// Goes to a run: a new entry in the browser's history, so that Back is undo.
pub(crate) fn visit(address: &Address) {
    let wanted = address.hash();
    if let Some(window) = web_sys::window()
        && own_hash() != wanted
    {
        // The document's own URL is changed, even where the base URL is another's, as
        // in a frame made of `srcdoc`.
        let _ = window.location().set_hash(&wanted);
    }
}

/// Goes where a link on the page would lead.
pub(crate) fn go(hash: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_hash(hash);
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

/// A link to the same on the full page; `None` where the page has no address of its own,
/// as in a frame made of `srcdoc`.
pub(crate) fn full_link(address: &Address) -> Option<String> {
    full_page().map(|page| page + &address.hash())
}

/// The address of the full page, without a hash.
pub(crate) fn full_page() -> Option<String> {
    let location = web_sys::window()?.location();
    let here = location.href().ok()?;
    if here.starts_with("about:") {
        return None;
    }
    let here = without_hash(&here);
    let page = here.split_once('?').map_or(here, |(before, _)| before);
    Some(format!("{page}{}", without_embedding(&query())))
}

/// The address of one of the course's own pages, which lie beside this one wherever it is served;
/// the page in one file has none.
pub(crate) fn course_page(file: &str) -> Option<String> {
    (!browser::is_single_file()).then(|| format!("lessons/{file}"))
}

/// Loads the page anew at this link.
pub(crate) fn restart(link: &str) {
    let Some(window) = web_sys::window() else { return };
    // To go there would not load it, where only the hash is another.
    if let Ok(history) = window.history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(link));
    }
    let _ = window.location().reload();
}

/// A URL without its hash.
pub(crate) fn without_hash(href: &str) -> &str {
    href.split_once('#').map_or(href, |(before, _)| before)
}
