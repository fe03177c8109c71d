//! What stands still on a stage, for its parts: the board has the marks as they are now, and tells
//! the parts of which something looks different. With most events that is a node of all, and the
//! stage around it need not be drawn for it.

use crate::stage_part::{Part, StagePart};
use raft_scene::{Metrics, Stage as Marks};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::Element;
use yew::html::Scope;

/// The marks, and who draws them. Clones share it.
#[derive(Clone)]
pub(crate) struct Board(Rc<Inner>);

struct Inner {
    marks: RefCell<Rc<Marks>>,
    parts: RefCell<Vec<(Place, Part, Scope<StagePart>)>>,
    next: Cell<Place>,
    nodes: RefCell<Vec<Written>>,
}

/// Which of the parts one is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Place(u32);

/// What is written into a node's elements outside of the virtual DOM, since it is something else
/// after most events, or in each frame.
#[derive(Default)]
struct Written {
    button: Option<Element>,
    /// What it is, in a sentence: the button's name.
    description: String,
    ring: Option<Element>,
    /// How much of the ring is drawn, in thousandths: its `pathLength` is 1000.
    permille: u32,
}

impl Written {
    fn write_description(&self) {
        if let Some(button) = &self.button {
            let _ = button.set_attribute("aria-label", &self.description);
        }
    }

    fn write_ring(&self) {
        if let Some(ring) = &self.ring {
            let _ = ring.set_attribute("stroke-dasharray", &format!("{} 2000", self.permille));
        }
    }
}

impl PartialEq for Board {
    fn eq(&self, other: &Board) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Board {
    /// A board with nothing on it.
    pub(crate) fn new() -> Board {
        let marks = Marks {
            width: 0.0,
            height: 0.0,
            is_compact: false,
            metrics: Metrics::default(),
            wall: None,
            places: Vec::new(),
            links: Vec::new(),
            nodes: Vec::new(),
            clients: Vec::new(),
            description: String::new(),
        };
        Board(Rc::new(Inner {
            marks: RefCell::new(Rc::new(marks)),
            parts: RefCell::default(),
            next: Cell::default(),
            nodes: RefCell::default(),
        }))
    }

    /// What is on it.
    pub(crate) fn marks(&self) -> Rc<Marks> {
        self.0.marks.borrow().clone()
    }

    /// Has other marks from now on, and tells the parts that look different with them.
    pub(crate) fn show(&self, marks: Marks) {
        let marks = Rc::new(marks);
        let before = self.0.marks.replace(marks.clone());
        for (place, node) in marks.nodes.iter().enumerate() {
            self.with_node(place, |written| {
                if written.description != node.description {
                    written.description.clone_from(&node.description);
                    written.write_description();
                }
            });
        }
        for (_, part, scope) in self.0.parts.borrow().iter() {
            if !part.is_same(&before, &marks) {
                scope.send_message(());
            }
        }
    }

    /// Tells a part from now on.
    pub(crate) fn add(&self, part: Part, scope: Scope<StagePart>) -> Place {
        let place = self.0.next.get();
        self.0.next.set(Place(place.0 + 1));
        self.0.parts.borrow_mut().push((place, part, scope));
        place
    }

    /// A part is gone.
    pub(crate) fn remove(&self, place: Place) {
        let mut parts = self.0.parts.borrow_mut();
        let Some(at) = parts.iter().position(|(known, _, _)| *known == place) else { return };
        if let (_, Part::Node(node), _) = parts.swap_remove(at) {
            self.attach(node, None, None);
        }
    }

    /// These are the elements of the node at this place in the list from now on.
    pub(crate) fn attach(&self, node: usize, button: Option<Element>, ring: Option<Element>) {
        self.with_node(node, |written| {
            if written.button != button {
                written.button = button;
                written.write_description();
            }
            if written.ring != ring {
                written.ring = ring;
                written.write_ring();
            }
        });
    }

    /// So much of its ring is left: in parts of one.
    pub(crate) fn paint_ring(&self, node: usize, fraction: f32) {
        let permille = (fraction.clamp(0.0, 1.0) * 1_000.0) as u32;
        self.with_node(node, |written| {
            if written.permille != permille {
                written.permille = permille;
                written.write_ring();
            }
        });
    }

    fn with_node(&self, node: usize, act: impl FnOnce(&mut Written)) {
        let mut nodes = self.0.nodes.borrow_mut();
        if nodes.len() <= node {
            nodes.resize_with(node + 1, Written::default);
        }
        act(&mut nodes[node]);
    }
}
