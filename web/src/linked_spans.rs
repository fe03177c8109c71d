//! Diagrams that show the same span of time, one above the other: what the reader does to one is
//! done to all.

use crate::span::Span;
use raft_core::Micros;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::Callback;

/// What links them.
#[derive(Clone)]
pub(crate) struct LinkedSpans(Rc<Link>);

struct Link {
    /// The shortest heartbeat interval among the runs: until the reader zooms, all show as much
    /// time as suits that one.
    heartbeat_interval: Micros,
    diagrams: RefCell<Vec<(u32, Callback<Span>)>>,
    next: Cell<u32>,
}

/// One of them, until it is dropped.
pub(crate) struct Linked {
    place: u32,
    among: LinkedSpans,
}

impl LinkedSpans {
    pub(crate) fn new(heartbeat_interval: Micros) -> LinkedSpans {
        let diagrams = RefCell::default();
        LinkedSpans(Rc::new(Link { heartbeat_interval, diagrams, next: Cell::new(0) }))
    }

    /// The shortest heartbeat interval among the runs.
    pub(crate) fn heartbeat_interval(&self) -> Micros {
        self.0.heartbeat_interval
    }

    /// One more of them, which is told what another one shows now.
    pub(crate) fn join(&self, told: Callback<Span>) -> Linked {
        let place = self.0.next.replace(self.0.next.get() + 1);
        self.0.diagrams.borrow_mut().push((place, told));
        Linked { place, among: self.clone() }
    }
}

impl PartialEq for LinkedSpans {
    fn eq(&self, other: &LinkedSpans) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Linked {
    /// Has the others show what this one does.
    pub(crate) fn tell(&self, span: Span) {
        for (place, told) in &*self.among.0.diagrams.borrow() {
            if *place != self.place {
                told.emit(span);
            }
        }
    }
}

impl Drop for Linked {
    fn drop(&mut self) {
        self.among.0.diagrams.borrow_mut().retain(|(place, _)| *place != self.place);
    }
}
