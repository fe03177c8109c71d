//! What the reader sees if the page itself breaks: that it did, the link to the very
//! run, and a way to start again.

use crate::browser::{self, Listener};
use crate::location;
use std::cell::{Cell, RefCell};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// The link to the run that is shown; kept here since nothing else can be
    /// trusted once something has panicked.
    static LINK: RefCell<String> = const { RefCell::new(String::new()) };
    static IS_SHOWN: Cell<bool> = const { Cell::new(false) };
    /// Whether the next trap is another wasm's, of which the reader knows.
    static PASSED_BY: Cell<bool> = const { Cell::new(false) };
}

/// An event of the window that breaks the page, so that the tests can see this message. No
/// link and no other page can send it: it takes a script of the page's own.
const BREAK: &str = "raftlab-break";

/// Sets the message up, before anything can go wrong.
pub(crate) fn install() {
    // Through Yew, which would put a hook of its own in the place of ours.
    yew::set_custom_panic_hook(Box::new(|information| show(&information.to_string())));
    if let Some(window) = web_sys::window() {
        let listeners = [
            Listener::new(&window, BREAK, |_| panic!("a test breaks the page")),
            Listener::new(&window, "error", |event| look_at(&event)),
        ];
        // As long as the page.
        std::mem::forget(listeners);
    }
}

/// What has broken is another wasm, which has told of it: the browser is about to tell of it too.
pub(crate) fn pass_by_next() {
    PASSED_BY.set(true);
}

/// What stops the page's code without a panic, as when there is no memory left, passes the
/// hook by. The browser tells of it as of any error.
fn look_at(event: &web_sys::Event) {
    let of = |value: &JsValue, field: &str| {
        js_sys::Reflect::get(value, &field.into()).unwrap_or(JsValue::UNDEFINED)
    };
    let error = of(event, "error");
    let is_trap = error.is_instance_of::<js_sys::WebAssembly::RuntimeError>();
    if is_trap && !PASSED_BY.replace(false) {
        show(&of(&error, "message").as_string().unwrap_or_default());
    }
}

/// Notes which run is shown.
pub(crate) fn note(address: &crate::address::Address) {
    let link = location::link(address);
    LINK.with(|place| {
        // Mid-panic it may be borrowed; an older link is better than none.
        if let Ok(mut place) = place.try_borrow_mut() {
            *place = link;
        }
    });
}

fn show(what: &str) {
    // What breaks after the first time is not news.
    if IS_SHOWN.replace(true) {
        return;
    }
    web_sys::console::error_1(&what.into());
    let link = LINK.with(|link| link.try_borrow().map(|link| link.clone()).unwrap_or_default());
    let built = browser::document().and_then(|document| {
        let element = |name: &str, text: &str| {
            let element = document.create_element(name).ok()?;
            element.set_text_content(Some(text));
            Some(element)
        };
        let message = element("section", "")?;
        message.set_attribute("role", "alert").ok()?;
        message.set_attribute("class", "panic").ok()?;
        message.set_attribute("data-testid", "panic").ok()?;
        let heading = element("h2", "Raftlab has broken: this is a bug of the page.")?;
        let explanation =
            element("p", "This link reproduces the run. Please send it along with a report:")?;
        let anchor = element("a", &link)?;
        anchor.set_attribute("href", &link).ok()?;
        let elsewhere = element("a", "Open the page at its first run instead")?;
        elsewhere.set_attribute("href", location::without_hash(&link)).ok()?;
        let details = element("pre", what)?;
        let restart = element("button", "Start again")?;
        restart.set_attribute("type", "button").ok()?;
        let again = link.clone();
        let reload = Closure::<dyn Fn()>::new(move || {
            location::restart(&again);
        });
        let function = reload.as_ref().unchecked_ref();
        restart.add_event_listener_with_callback("click", function).ok()?;
        // It has to outlive everything.
        reload.forget();
        for child in [&heading, &explanation, &anchor, &details, &restart, &elsewhere] {
            message.append_child(child).ok()?;
        }
        document.body()?.append_child(&message).ok()
    });
    if built.is_none() {
        web_sys::console::error_1(&link.into());
    }
}
