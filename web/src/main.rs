//! The page: a placeholder that mounts, until the real one does.

use yew::prelude::*;

#[component]
fn App() -> Html {
    html! { <main><h1>{ "Raftlab" }</h1></main> }
}

fn main() {
    yew::Renderer::<App>::with_root(place()).render();
}

/// The element of index.html that the app replaces the inside of.
fn place() -> web_sys::Element {
    let document = web_sys::window().and_then(|window| window.document());
    let place = document.and_then(|document| document.get_element_by_id("app"));
    place.expect("index.html has an element with the id `app`")
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn there_is_a_window() {
        assert!(web_sys::window().is_some());
    }
}
