//! What every part of the page shares: the engine, the loop that drives it, and who
//! wants to know when it has moved.
//!
//! Two speeds: painters run every frame and write what moves straight into elements
//! of theirs, outside of the virtual DOM; everything else hears of a change at most
//! ten times a second.

use crate::browser::{self, Listener};
use crate::engine::Engine;
use crate::playback::Playback;
use raft_core::Micros;
use std::cell::{Cell, Ref, RefCell, RefMut};
use std::rc::{Rc, Weak};
use yew::Callback;

/// How often the panels hear of changes while it plays.
const REFRESH_MILLISECONDS: f64 = 100.0;
/// How often anything is painted for who asked for less motion.
const CALM_MILLISECONDS: f64 = 400.0;

/// Paints what moves: it gets the engine and the moment to show. Says whether what it paints is
/// still there.
type Painter = Rc<dyn Fn(&Engine, Micros) -> bool>;

/// The shared state. Clones share it.
#[derive(Clone)]
pub(crate) struct Session(Rc<Inner>);

struct Inner {
    engine: RefCell<Engine>,
    playback: Playback,
    painters: RefCell<Vec<Painter>>,
    refresh: RefCell<Callback<()>>,
    /// Whether the reader asked for less motion.
    is_calm: Rc<Cell<bool>>,
    _motion: Option<Listener>,
    since_refresh: Cell<f64>,
    since_paint: Cell<f64>,
}

impl PartialEq for Session {
    fn eq(&self, other: &Session) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Session {
    /// Shares an engine.
    pub(crate) fn new(engine: Engine) -> Session {
        let is_calm = Rc::new(Cell::new(browser::prefers_reduced_motion()));
        let shared = is_calm.clone();
        let motion = browser::on_reduced_motion(move |is_reduced| shared.set(is_reduced));
        let inner = Rc::new(Inner {
            is_calm,
            _motion: motion,
            engine: RefCell::new(engine),
            playback: Playback::new(),
            painters: RefCell::default(),
            refresh: RefCell::new(Callback::noop()),
            since_refresh: Cell::default(),
            since_paint: Cell::default(),
        });
        let weak = Rc::downgrade(&inner);
        inner.playback.on_frame(move |passed| frame(&weak, passed));
        Session(inner)
    }

    /// The engine, to look at.
    pub(crate) fn engine(&self) -> Ref<'_, Engine> {
        self.0.engine.borrow()
    }

    /// The engine, to do something with; call [`Session::changed`] when done.
    pub(crate) fn engine_mut(&self) -> RefMut<'_, Engine> {
        self.0.engine.borrow_mut()
    }

    /// The loop.
    pub(crate) fn playback(&self) -> &Playback {
        &self.0.playback
    }

    /// Says who hears of changes, at most ten times a second.
    pub(crate) fn on_refresh(&self, refresh: Callback<()>) {
        self.0.refresh.replace(refresh);
    }

    /// Adds a painter of something, for as long as that is there: it is not kept alive.
    pub(crate) fn add_painter<T: 'static>(
        &self,
        of: &Rc<T>,
        paint: impl Fn(&T, &Engine, Micros) + 'static,
    ) {
        let of = Rc::downgrade(of);
        let painter =
            move |engine: &Engine, at| of.upgrade().inspect(|of| paint(of, engine, at)).is_some();
        self.0.painters.borrow_mut().push(Rc::new(painter));
    }

    /// Goes where another session's playhead is, and shows that.
    pub(crate) fn follow(&self, at: Micros) {
        let mut engine = self.engine_mut();
        if engine.at() != at {
            engine.seek(at);
            drop(engine);
            self.0.paint();
        }
    }

    /// Something was done to the engine: shows it, and plays on or rests.
    pub(crate) fn changed(&self) {
        self.0.paint();
        self.0.since_refresh.set(0.0);
        if self.engine().is_playing() {
            self.0.playback.wake();
        } else {
            self.0.playback.sleep();
        }
        let refresh = self.0.refresh.borrow().clone();
        refresh.emit(());
    }
}

impl Inner {
    fn paint(&self) {
        self.since_paint.set(0.0);
        let painters = self.painters.borrow().clone();
        let engine = self.engine.borrow();
        // Discrete steps show each event's own moment, and nothing in between.
        let at = if engine.is_playing() && self.is_calm.get() {
            engine.world().now()
        } else {
            engine.at()
        };
        let gone: Vec<Painter> = painters.into_iter().filter(|paint| !paint(&engine, at)).collect();
        if !gone.is_empty() {
            let is_there = |painter: &Painter| !gone.iter().any(|it| Rc::ptr_eq(it, painter));
            self.painters.borrow_mut().retain(is_there);
        }
    }
}

fn frame(inner: &Weak<Inner>, passed: f64) -> bool {
    let Some(inner) = inner.upgrade() else { return false };
    let result = inner.engine.borrow_mut().pass(passed);
    inner.since_paint.set(inner.since_paint.get() + passed);
    inner.since_refresh.set(inner.since_refresh.get() + passed);
    let is_calm = inner.is_calm.get();
    if !is_calm || result.ended || inner.since_paint.get() >= CALM_MILLISECONDS {
        inner.paint();
    }
    let pause = if is_calm { CALM_MILLISECONDS } else { REFRESH_MILLISECONDS };
    if result.ended || inner.since_refresh.get() >= pause {
        inner.since_refresh.set(0.0);
        let refresh = inner.refresh.borrow().clone();
        refresh.emit(());
    }
    inner.engine.borrow().is_playing()
}
