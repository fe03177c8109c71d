//! What moves on the stage: messages and rings. Written into their elements every
//! frame, outside of the virtual DOM; elements that need no change are left alone.

use crate::browser;
use crate::engine::{Engine, Moment};
use crate::svg::px;
use raft_core::Micros;
use raft_scene::{CountMark, Motion, Stage};
use raft_sim::MessageId;
use std::rc::Rc;
use web_sys::Element;
use yew::Callback;

/// For how much of the reader's time the end of a lost message is shown.
const LOSS_SHOWN_MILLISECONDS: f64 = 600.0;

/// The elements that move, and what they show.
pub(crate) struct StagePainter {
    /// What stands still, as it is on screen.
    stage: Option<(Rc<Stage>, Moment, Micros)>,
    motion: Motion,
    layers: Vec<(Element, String)>,
    rings: Vec<(Element, u32)>,
    selected: Option<MessageId>,
    /// Around the message that is chosen.
    halo: Option<(Element, String)>,
    counts: Option<Element>,
    count_texts: Vec<Element>,
    /// Told when what stands still no longer fits.
    on_outdated: Callback<()>,
}

impl StagePainter {
    /// A painter without elements.
    pub(crate) fn new(on_outdated: Callback<()>) -> StagePainter {
        StagePainter {
            stage: None,
            motion: Motion::default(),
            layers: Vec::new(),
            rings: Vec::new(),
            selected: None,
            halo: None,
            counts: None,
            count_texts: Vec::new(),
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

    /// Takes the elements of a stage that has just been put on screen.
    pub(crate) fn attach(&mut self, svg: &Element, stage: Rc<Stage>, moment: Moment, at: Micros) {
        // These are drawn once (`Part::Messages`); a ring's element may have become another
        // node's, or that of something else.
        if self.layers.is_empty() {
            self.layers =
                all(svg, ".messages path").into_iter().map(|it| (it, String::new())).collect();
            let halo = svg.query_selector(".selected-message").ok().flatten();
            self.halo = halo.map(|halo| (halo, String::new()));
            self.counts = svg.query_selector(".counts").ok().flatten();
        }
        let is_known = self.stage.as_ref().is_some_and(|(old, _, _)| old.nodes == stage.nodes);
        if !is_known {
            self.rings = all(svg, ".ring").into_iter().map(|ring| (ring, u32::MAX)).collect();
        }
        self.stage = Some((stage, moment, at));
    }

    /// Paints what moves at a moment.
    pub(crate) fn paint(&mut self, engine: &Engine, at: Micros) {
        let Some((stage, moment, drawn_at)) = &self.stage else { return };
        if *moment != engine.moment() || (!engine.is_playing() && *drawn_at != at) {
            // What stands still goes first; then it calls for this again.
            return self.on_outdated.emit(());
        }
        let shown_for = engine.speed().simulated_micros(LOSS_SHOWN_MILLISECONDS) as u64;
        let lost = engine.index().lost_between(at - Micros(shown_for), at);
        self.motion.update(engine.world(), at, stage, &lost);
        for ((element, shown), layer) in self.layers.iter_mut().zip(&self.motion.layers) {
            if *shown != layer.path {
                let _ = element.set_attribute("d", &layer.path);
                shown.clone_from(&layer.path);
            }
        }
        for ((element, shown), fraction) in self.rings.iter_mut().zip(&self.motion.fractions) {
            // Thousandths of the ring's length: its `pathLength` is 1000.
            let permille = (fraction.clamp(0.0, 1.0) * 1_000.0) as u32;
            if *shown != permille {
                let _ = element.set_attribute("stroke-dasharray", &format!("{permille} 2000"));
                *shown = permille;
            }
        }
        self.paint_counts();
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

    fn paint_counts(&mut self) {
        let Some(group) = &self.counts else { return };
        let counts = &self.motion.counts;
        while self.count_texts.len() < counts.len() {
            let Some(text) = new_text() else { return };
            if group.append_child(&text).is_err() {
                return;
            }
            self.count_texts.push(text);
        }
        for (place, element) in self.count_texts.iter().enumerate() {
            match counts.get(place) {
                Some(CountMark { center, count }) => {
                    let _ = element.set_attribute("x", &px(center.x));
                    let _ = element.set_attribute("y", &px(center.y));
                    let number = count.to_string();
                    if element.text_content().as_deref() != Some(&number) {
                        element.set_text_content(Some(&number));
                    }
                }
                None => element.set_text_content(None),
            }
        }
    }
}

fn new_text() -> Option<Element> {
    let document = browser::document()?;
    document.create_element_ns(Some("http://www.w3.org/2000/svg"), "text").ok()
}

fn all(parent: &Element, selector: &str) -> Vec<Element> {
    use wasm_bindgen::JsCast;
    let Ok(found) = parent.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok()).collect()
}
