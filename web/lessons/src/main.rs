//! The lessons of the course and its glossary, packed: as much text as all the rest of the page, so it is
//! fetched when one is opened (web/src/lesson/store.rs), all at once: who plays one plays
//! the next. And what fetches a teacher's own that lies beside the page.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

fn main() {}

/// The packed lesson of this name, if there is one.
#[wasm_bindgen]
pub fn lesson(name: &str) -> Option<Vec<u8>> {
    raft_lessons::named(name).map(|lesson| lesson.packed().to_vec())
}

/// The packed glossary.
#[wasm_bindgen]
pub fn glossary() -> Vec<u8> {
    raft_lessons::GLOSSARY.to_vec()
}

/// What stands in a file on the same host as the page.
///
/// # Errors
/// Why it can't be had, in a sentence.
#[wasm_bindgen]
pub async fn file(path: String) -> Result<String, JsValue> {
    let window = web_sys::window().ok_or("there is no window.")?;
    let here = window.location();
    let url = here.href().and_then(|href| web_sys::Url::new_with_base(&path, &href));
    let url = url.map_err(|_| "that is no address of a file.")?;
    // Whoever makes a link chooses the file: what is read of it is shown as a part of the page.
    if here.origin().ok() != Some(url.origin()) || url.origin() == "null" {
        return Err("it is not on the same host as this page, and a lesson's file is.".into());
    }
    let missed = |_: JsValue| JsValue::from("there may be no such file.");
    let options = web_sys::RequestInit::new();
    options.set_redirect(web_sys::RequestRedirect::Error);
    let answer = JsFuture::from(window.fetch_with_str_and_init(&url.href(), &options)).await;
    let answer: web_sys::Response = answer.map_err(missed)?.dyn_into().map_err(missed)?;
    if !answer.ok() {
        return Err(format!("the host says {}.", answer.status()).into());
    }
    let text = JsFuture::from(answer.text().map_err(missed)?).await.map_err(missed)?;
    Ok(text.as_string().unwrap_or_default())
}
