//! Short ways to the browser's own objects, and subscriptions that end when dropped.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, EventTarget, HtmlInputElement, HtmlSelectElement};

const REDUCED_MOTION: &str = "(prefers-reduced-motion: reduce)";

/// The page's document.
pub(crate) fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The element with this id.
pub(crate) fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Whether this is the page in one file, beside which there is nothing.
pub(crate) fn is_single_file() -> bool {
    let root = document().and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute("data-single-file"))
}

/// Has index.html say that a part of the page could not be loaded: it listens for errors.
pub(crate) fn say_not_loaded() {
    if let (Some(window), Ok(event)) = (web_sys::window(), web_sys::Event::new("error")) {
        let _ = window.dispatch_event(&event);
    }
}

/// Whether a media query holds now.
pub(crate) fn media_matches(query: &str) -> bool {
    let media = web_sys::window().and_then(|window| window.match_media(query).ok().flatten());
    media.is_some_and(|media| media.matches())
}

/// Whether the reader asked for less motion.
pub(crate) fn prefers_reduced_motion() -> bool {
    media_matches(REDUCED_MOTION)
}

/// Calls when the reader asks for less motion, or no longer does.
pub(crate) fn on_reduced_motion(changed: impl Fn(bool) + 'static) -> Option<Listener> {
    let media = web_sys::window()?.match_media(REDUCED_MOTION).ok()??;
    let target = media.clone();
    Some(Listener::new(&target, "change", move |_| changed(media.matches())))
}

/// Moves the keyboard's focus to an element; only ever as the answer to something
/// that the reader did.
pub(crate) fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        let _ = element.focus();
    } else if let Some(element) = element.dyn_ref::<web_sys::SvgElement>() {
        let _ = element.focus();
    }
}

/// Scrolls no further than is needed to see the first element that fits a selector.
pub(crate) fn bring_into_view(selector: &str) {
    let found = document().and_then(|page| page.query_selector(selector).ok().flatten());
    if let Some(element) = found {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// What stands in a field that one types in.
pub(crate) fn typed(event: &web_sys::Event) -> String {
    let target = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    target.map(|input| input.value()).unwrap_or_default()
}

/// What was chosen of a list of choices.
pub(crate) fn chosen(event: &web_sys::Event) -> String {
    let target = event.target().and_then(|it| it.dyn_into::<HtmlSelectElement>().ok());
    target.map(|select| select.value()).unwrap_or_default()
}

/// A listener that stops listening when it is dropped.
pub(crate) struct Listener {
    target: EventTarget,
    event: &'static str,
    is_of_all: bool,
    closure: Closure<dyn Fn(web_sys::Event)>,
}

impl Listener {
    /// Listens to an event of a target.
    pub(crate) fn new(
        target: &EventTarget,
        event: &'static str,
        heard: impl Fn(web_sys::Event) + 'static,
    ) -> Listener {
        Listener::listen(target, event, false, Closure::new(heard))
    }

    /// Listens to an event of a target and of all that is in it, also one that does not come up
    /// to the target, such as that something was scrolled.
    pub(crate) fn of_all_within(
        target: &EventTarget,
        event: &'static str,
        heard: impl Fn(web_sys::Event) + 'static,
    ) -> Listener {
        Listener::listen(target, event, true, Closure::new(heard))
    }

    fn listen(
        target: &EventTarget,
        event: &'static str,
        is_of_all: bool,
        closure: Closure<dyn Fn(web_sys::Event)>,
    ) -> Listener {
        let function = closure.as_ref().unchecked_ref();
        let _ = target.add_event_listener_with_callback_and_bool(event, function, is_of_all);
        Listener { target: target.clone(), event, is_of_all, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        let Listener { target, event, is_of_all, .. } = self;
        let _ = target.remove_event_listener_with_callback_and_bool(event, function, *is_of_all);
    }
}

/// An observer of an element that stops observing when it is dropped.
pub(crate) enum Observer {
    /// Of its size.
    Size(web_sys::ResizeObserver, #[expect(dead_code)] Closure<dyn Fn()>),
    /// Of whether it can be seen.
    Visibility(web_sys::IntersectionObserver, #[expect(dead_code)] Closure<dyn Fn(js_sys::Array)>),
}

impl Observer {
    /// Calls when the element's size changes.
    pub(crate) fn of_size(element: &Element, changed: impl Fn() + 'static) -> Option<Observer> {
        let closure = Closure::<dyn Fn()>::new(changed);
        let observer = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Observer::Size(observer, closure))
    }

    /// Calls when this part of the element comes into view or leaves it; with 0, when any
    /// of it does.
    pub(crate) fn of_visibility(
        element: &Element,
        part: f64,
        changed: impl Fn(bool) + 'static,
    ) -> Option<Observer> {
        let closure = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let last = entries.get(entries.length().saturating_sub(1));
            if let Some(entry) = last.dyn_ref::<web_sys::IntersectionObserverEntry>() {
                changed(entry.is_intersecting() && entry.intersection_ratio() >= part);
            }
        });
        let function = closure.as_ref().unchecked_ref();
        let options = web_sys::IntersectionObserverInit::new();
        options.set_threshold(&part.into());
        let observer = web_sys::IntersectionObserver::new_with_options(function, &options).ok()?;
        observer.observe(element);
        Some(Observer::Visibility(observer, closure))
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        match self {
            Observer::Size(observer, _) => observer.disconnect(),
            Observer::Visibility(observer, _) => observer.disconnect(),
        }
    }
}
