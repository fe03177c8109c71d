//! The lessons of the course, packed: as much text as all the rest of the page, so it is
//! fetched when one is opened (web/src/lesson/store.rs), all at once: who plays one plays
//! the next.

use wasm_bindgen::prelude::wasm_bindgen;

fn main() {}

/// The packed lesson of this name, if there is one.
#[wasm_bindgen]
pub fn lesson(name: &str) -> Option<Vec<u8>> {
    raft_lessons::named(name).map(|lesson| lesson.packed().to_vec())
}
