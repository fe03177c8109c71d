//! The loop that lets time pass: one call a frame while something plays and somebody
//! can see it, and no frames at all otherwise.

use crate::browser::{self, Listener};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// The longest that one frame counts for: after a hiccup the run goes on where it
/// was, instead of jumping.
const LONGEST_FRAME_MILLISECONDS: f64 = 100.0;

/// What to do in a frame: it is told how many milliseconds have passed, and says
/// whether it wants another.
type OnFrame = Rc<dyn Fn(f64) -> bool>;

/// What the browser calls, with the time of the frame.
type FrameCallback = Closure<dyn FnMut(f64)>;

/// The loop. Clones share it.
#[derive(Clone)]
pub(crate) struct Playback(Rc<Inner>);

struct Inner {
    on_frame: RefCell<Option<OnFrame>>,
    callback: RefCell<Option<FrameCallback>>,
    requested: Cell<Option<i32>>,
    last_frame_at: Cell<Option<f64>>,
    is_wanted: Cell<bool>,
    is_on_screen: Cell<bool>,
    visibility: RefCell<Option<Listener>>,
}

impl Playback {
    /// A loop that sleeps.
    pub(crate) fn new() -> Playback {
        let inner = Rc::new(Inner {
            on_frame: RefCell::default(),
            callback: RefCell::default(),
            requested: Cell::default(),
            last_frame_at: Cell::default(),
            is_wanted: Cell::default(),
            is_on_screen: Cell::new(true),
            visibility: RefCell::default(),
        });
        let weak = Rc::downgrade(&inner);
        let callback = FrameCallback::new(move |now| frame(&weak, now));
        inner.callback.replace(Some(callback));
        if let Some(document) = browser::document() {
            let weak = Rc::downgrade(&inner);
            let listener = Listener::new(&document, "visibilitychange", move |_| {
                if let Some(inner) = weak.upgrade() {
                    inner.look_again();
                }
            });
            inner.visibility.replace(Some(listener));
        }
        Playback(inner)
    }

    /// Says what to do in a frame.
    pub(crate) fn on_frame(&self, on_frame: impl Fn(f64) -> bool + 'static) {
        self.0.on_frame.replace(Some(Rc::new(on_frame)));
    }

    /// Frames from now on, as long as they are wanted and can be seen.
    pub(crate) fn wake(&self) {
        self.0.is_wanted.set(true);
        self.0.look_again();
    }

    /// No more frames.
    pub(crate) fn sleep(&self) {
        self.0.is_wanted.set(false);
        self.0.look_again();
    }

    /// The stage came into view, or left it.
    pub(crate) fn set_on_screen(&self, is_on_screen: bool) {
        self.0.is_on_screen.set(is_on_screen);
        self.0.look_again();
    }
}

impl Inner {
    fn can_be_seen(&self) -> bool {
        let is_hidden = browser::document().is_some_and(|document| document.hidden());
        self.is_on_screen.get() && !is_hidden
    }

    /// Asks for a frame, if that has not been done.
    fn request(&self, window: &web_sys::Window) {
        if self.requested.get().is_none()
            && let Some(callback) = &*self.callback.borrow()
        {
            let function = callback.as_ref().unchecked_ref();
            self.requested.set(window.request_animation_frame(function).ok());
        }
    }

    /// Asks for a frame, or takes back that it asked, as things are now.
    fn look_again(&self) {
        let Some(window) = web_sys::window() else { return };
        if self.is_wanted.get() && self.can_be_seen() {
            self.request(&window);
        } else if let Some(request) = self.requested.take() {
            let _ = window.cancel_animation_frame(request);
            self.last_frame_at.set(None);
        } else {
            self.last_frame_at.set(None);
        }
    }
}

fn frame(inner: &Weak<Inner>, now: f64) {
    let Some(inner) = inner.upgrade() else { return };
    inner.requested.set(None);
    let passed = inner.last_frame_at.replace(Some(now)).map_or(0.0, |last| now - last);
    let on_frame = inner.on_frame.borrow().clone();
    let goes_on =
        on_frame.is_some_and(|on_frame| on_frame(passed.clamp(0.0, LONGEST_FRAME_MILLISECONDS)));
    if !goes_on {
        inner.is_wanted.set(false);
    }
    // A tab that is hidden gets no frame, so this one is not.
    match web_sys::window() {
        Some(window) if goes_on && inner.is_wanted.get() && inner.is_on_screen.get() => {
            inner.request(&window);
        }
        _ => inner.look_again(),
    }
}
