//! What moves on the stage: messages and rings. Written into their elements every
//! frame, outside of the virtual DOM; elements that need no change are left alone.

use crate::board::Board;
use crate::engine::{Engine, Moment};
use crate::svg::px;
use raft_core::Micros;
use raft_scene::Motion;
use raft_sim::MessageId;
use std::iter;
use web_sys::Element;
use yew::Callback;

/// For how much of the reader's time the end of a lost message is shown.
const LOSS_SHOWN_MILLISECONDS: f64 = 600.0;

/// The elements that move, and what they show.
pub(crate) struct StagePainter {
    /// What stands still.
    board: Board,
    /// Of when that is.
    drawn: Option<(Moment, Micros)>,
    motion: Motion,
    /// A path a kind of message, and one for the digits in them.
    layers: Vec<(Element, String)>,
    selected: Option<MessageId>,
    /// Around the message that is chosen.
    halo: Option<(Element, String)>,
    /// Told when what stands still no longer fits.
    on_outdated: Callback<()>,
}

impl StagePainter {
    /// A painter without elements.
    pub(crate) fn new(board: Board, on_outdated: Callback<()>) -> StagePainter {
        StagePainter {
            board,
            drawn: None,
            motion: Motion::default(),
            layers: Vec::new(),
            selected: None,
            halo: None,
            on_outdated,
        }
    }

    /// What moves, as it was last painted.
    pub(crate) const fn motion(&self) -> &Motion {
        &self.motion
    }

    /// The message that is to be marked, as long as it is on its way.
    pub(crate) const fn select(&mut self, selected: Option<MessageId>) {
        self.selected = selected;
    }

    /// Takes the elements of a stage that is on screen. They are drawn once (`Part::Messages`).
    pub(crate) fn attach(&mut self, svg: &Element) {
        if self.layers.is_empty() {
            self.layers =
                all(svg, ".messages path").into_iter().map(|it| (it, String::new())).collect();
            let halo = svg.query_selector(".selected-message").ok().flatten();
            self.halo = halo.map(|halo| (halo, String::new()));
        }
    }

    /// What stands still is that of this moment now.
    pub(crate) const fn drawn(&mut self, moment: Moment, at: Micros) {
        self.drawn = Some((moment, at));
    }

    /// Paints what moves at a moment.
    pub(crate) fn paint(&mut self, engine: &Engine, at: Micros) {
        let Some((moment, drawn_at)) = self.drawn else { return };
        if moment != engine.moment() || (!engine.is_playing() && drawn_at != at) {
            // What stands still goes first; then it calls for this again.
            return self.on_outdated.emit(());
        }
        let shown_for = engine.speed().simulated_micros(LOSS_SHOWN_MILLISECONDS) as u64;
        let lost = engine.index().lost_between(at - Micros(shown_for), at);
        self.motion.update(engine.world(), at, &self.board.marks(), &lost);
        let paths = self.motion.layers.iter().map(|layer| &layer.path);
        let paths = paths.chain(iter::once(&self.motion.counts));
        for ((element, shown), path) in self.layers.iter_mut().zip(paths) {
            if shown != path {
                let _ = element.set_attribute("d", path);
                shown.clone_from(path);
            }
        }
        for (node, fraction) in self.motion.fractions.iter().enumerate() {
            self.board.paint_ring(node, *fraction);
        }
        self.paint_halo();
    }

    fn paint_halo(&mut self) {
        let Some((element, shown)) = &mut self.halo else { return };
        let messages = &self.motion.messages;
        let selected = messages.iter().find(|message| Some(message.id) == self.selected);
        let place = selected.map_or_else(
            || "scale(0)".to_owned(),
            |message| format!("translate({} {})", px(message.center.x), px(message.center.y)),
        );
        if place != *shown {
            let _ = element.set_attribute("transform", &place);
            *shown = place;
        }
    }
}

fn all(parent: &Element, selector: &str) -> Vec<Element> {
    use wasm_bindgen::JsCast;
    let Ok(found) = parent.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok()).collect()
}
