//! The terms of art in what is told: each is marked where it comes first, and says what it means,
//! and where one reads on, to whoever points at it, comes to it by keyboard, or taps it.

use crate::browser::{self, Listener};
use raft_lessons::{Glossary, Mentions, Source, Term};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlElement, KeyboardEvent};
use yew::prelude::*;

/// How far from the edges of the page what is said of a term stays, and how far from the term,
/// in pixels.
const EDGE: i32 = 8;
const GAP: i32 = 6;

/// What is marked in all that is shown at once, in the order in which it is said.
pub(super) struct Terms<'a> {
    glossary: &'a Glossary,
    mentions: RefCell<Mentions<'a>>,
    marked: RefCell<Vec<usize>>,
}

impl<'a> Terms<'a> {
    pub(super) fn of(glossary: &'a Glossary) -> Terms<'a> {
        let mentions = RefCell::new(Mentions::of(glossary));
        Terms { glossary, mentions, marked: RefCell::default() }
    }

    /// Words, with those marked that are terms of art and were not mentioned before.
    pub(super) fn mark(&self, words: &str) -> Html {
        let mut parts: Vec<Html> = Vec::new();
        let mut at = 0;
        for mention in self.mentions.borrow_mut().next(words) {
            let (before, word) = (words.get(at..mention.at.start), words.get(mention.at.clone()));
            at = mention.at.end;
            parts.push(html! { { before.unwrap_or_default() } });
            parts.push(marked(mention.term, word.unwrap_or_default()));
            self.marked.borrow_mut().push(mention.term);
        }
        parts.push(html! { { words.get(at..).unwrap_or_default() } });
        parts.into_iter().collect()
    }

    /// What is said of each that is marked.
    pub(super) fn said(&self) -> Vec<(usize, Term)> {
        let marked = self.marked.borrow();
        let said = |place: &usize| Some((*place, self.glossary.terms.get(*place)?.clone()));
        marked.iter().filter_map(said).collect()
    }
}

/// A word that one can point at. It is no `button`, which a line could not break in.
fn marked(place: usize, word: &str) -> Html {
    html! {
        <span
            class="glossed"
            id={format!("glossed-{place}")}
            role="button"
            tabindex="0"
            aria-describedby={format!("gloss-{place}")}
            data-term={place.to_string()}
        >
            { word }
        </span>
    }
}

/// What is told, and the terms that are marked in it.
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) children: Html,
    pub(super) said: Vec<(usize, Term)>,
}

/// Something that the reader does.
pub(super) enum Msg {
    /// Points at what is said of this term, or at the term; or at neither.
    Over(Option<usize>),
    /// Has come to a term by keyboard, or is there no longer.
    Focused(Option<usize>),
    /// Taps a term.
    Pressed(usize),
    /// Wants it to be gone, or to come back, by a key.
    Toggled(usize),
    /// Wants nothing of it any more.
    Away,
}

/// A term that is explained.
#[derive(Clone, Copy, PartialEq)]
struct Open {
    term: usize,
    /// Whether it stays when one no longer points at it.
    stays: bool,
}

/// What is told, in a box that can be scrolled, and what is said of a term, over all of the page.
pub(super) struct Narration {
    open: Option<Open>,
    /// As long as a term is explained.
    listeners: Vec<Listener>,
}

impl Component for Narration {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Narration>) -> Narration {
        Narration { open: None, listeners: Vec::new() }
    }

    fn update(&mut self, ctx: &Context<Narration>, message: Msg) -> bool {
        let before = self.open;
        let of = |term| Open { term, stays: true };
        match message {
            Msg::Over(Some(term)) if self.open.is_none_or(|it| it.term != term) => {
                self.open = Some(Open { term, stays: false });
            }
            Msg::Over(Some(_)) => {}
            Msg::Over(None) => self.open = self.open.filter(|it| it.stays),
            Msg::Focused(Some(term)) | Msg::Pressed(term) => self.open = Some(of(term)),
            Msg::Focused(None) => self.open = self.open.filter(|it| !it.stays),
            Msg::Toggled(term) => {
                let is_open = self.open.is_some_and(|it| it.term == term);
                self.open = (!is_open).then(|| of(term));
            }
            Msg::Away => self.open = None,
        }
        if self.open.is_some() != before.is_some() {
            self.listeners = self.open.map_or(Vec::new(), |_| listeners(ctx));
        }
        self.open != before
    }

    fn changed(&mut self, ctx: &Context<Narration>, _: &Props) -> bool {
        let said = &ctx.props().said;
        self.open = self.open.filter(|open| said.iter().any(|(term, _)| *term == open.term));
        true
    }

    fn view(&self, ctx: &Context<Narration>) -> Html {
        let link = ctx.link();
        let props = ctx.props();
        let over = link.callback(|event: MouseEvent| Msg::Over(term_at(event.target())));
        let left = link.callback(|event: MouseEvent| Msg::Over(term_at(event.related_target())));
        let focused = link.callback(|event: FocusEvent| Msg::Focused(term_at(event.target())));
        let blurred = link.callback(|_: FocusEvent| Msg::Focused(None));
        let pressed =
            link.batch_callback(|event: MouseEvent| term_at(event.target()).map(Msg::Pressed));
        let key = link.batch_callback(|event: KeyboardEvent| {
            let term =
                term_at(event.target()).filter(|_| matches!(&*event.key(), "Enter" | " "))?;
            // Space scrolls.
            event.prevent_default();
            Some(Msg::Toggled(term))
        });
        let open = self.open.map(|open| open.term);
        let scrolled = Callback::from(move |_: Event| {
            open.map(place);
        });
        html! {
            <div
                class="narration"
                onmouseover={over}
                onmouseout={left}
                onfocusin={focused}
                onfocusout={blurred}
                onclick={pressed}
                onkeydown={key}
            >
                // It can be scrolled, so the keyboard must be able to get there.
                <div
                    class="lesson-text"
                    role="region"
                    aria-label="What is told"
                    tabindex="0"
                    data-testid="lesson-text"
                    onscroll={scrolled}
                >
                    { props.children.clone() }
                </div>
                { for props.said.iter().map(|(place, term)| html! {
                    <div
                        key={*place}
                        class="gloss"
                        id={format!("gloss-{place}")}
                        role="tooltip"
                        data-term={place.to_string()}
                        hidden={open != Some(*place)}
                    >
                        { &term.says }
                        { " " }
                        <small>{ source(&term.source) }</small>
                    </div>
                }) }
            </div>
        }
    }

    fn rendered(&mut self, _: &Context<Narration>, _: bool) {
        self.open.map(|open| place(open.term));
    }
}

/// What is heard of the rest of the page while a term is explained.
fn listeners(ctx: &Context<Narration>) -> Vec<Listener> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    let away = ctx.link().callback(|()| Msg::Away);
    let elsewhere = away.clone();
    // There is but one that is not hidden.
    let moved = |_: web_sys::Event| {
        let shown = browser::document()
            .and_then(|page| page.query_selector(".gloss:not([hidden])").ok().flatten());
        shown.and_then(term_of).map(place);
    };
    vec![
        Listener::new(&window, "keydown", move |event| {
            if event.dyn_ref::<KeyboardEvent>().is_some_and(|it| it.key() == "Escape") {
                away.emit(());
            }
        }),
        Listener::new(&window, "pointerdown", move |event| {
            if term_at(event.target()).is_none() {
                elsewhere.emit(());
            }
        }),
        Listener::new(&window, "scroll", moved),
        Listener::new(&window, "resize", moved),
    ]
}

/// The term that something on the page is, or is said of.
fn term_at(target: Option<EventTarget>) -> Option<usize> {
    term_of(target?.dyn_into().ok()?)
}

fn term_of(element: Element) -> Option<usize> {
    element.closest("[data-term]").ok()??.get_attribute("data-term")?.parse().ok()
}

/// Puts what is said of a term below it, or above it, and nowhere outside of the page.
fn place(term: usize) -> Option<()> {
    let word = browser::element(&format!("glossed-{term}"))?;
    let says: HtmlElement = browser::element(&format!("gloss-{term}"))?.dyn_into().ok()?;
    let page = browser::document()?.document_element()?;
    let (width, height) = (says.offset_width(), says.offset_height());
    let word_at = word.get_bounding_client_rect();
    let within = word.closest(".lesson-text").ok()??.get_bounding_client_rect();
    let left = (word_at.left() as i32).min(page.client_width() - EDGE - width).max(EDGE);
    let below = word_at.bottom() as i32 + GAP;
    let above = word_at.top() as i32 - GAP - height;
    let lowest = page.client_height() - EDGE - height;
    let top = if below <= lowest || above < EDGE { below.min(lowest).max(EDGE) } else { above };
    // A word that was scrolled away takes along what is said of it.
    let is_away = word_at.bottom() < within.top() || word_at.top() > within.bottom();
    let style = says.style();
    let _ = style.set_property("left", &format!("{left}px"));
    let _ = style.set_property("top", &format!("{top}px"));
    let _ = style.set_property("visibility", if is_away { "hidden" } else { "visible" });
    Some(())
}

/// Where one reads on, in words.
pub(super) fn source(source: &Source) -> String {
    match source {
        Source::Section(section) => {
            let section = section.to_string();
            let (work, place) = section.split_once(' ').unwrap_or((&section, ""));
            let work = if work == "paper" { "Raft paper" } else { "Dissertation" };
            format!("{work}, {}{place}", if place.starts_with("figure") { "" } else { "section " })
        }
        Source::Web { title, .. } => title.clone(),
    }
}
