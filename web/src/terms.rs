//! The terms of art in what one reads: each is marked where it comes first, and says what it
//! means, and where one reads on, to whoever points at it, comes to it by keyboard, or taps it.

use crate::browser::{self, Listener};
use crate::course_wasm;
use raft_lessons::{Glossary, Mention, Mentions, Source, Term};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlElement, KeyboardEvent};
use yew::prelude::*;

/// What it looks like, which comes with it.
const STYLE: &str = include_str!("terms.css");

/// How far from the edges of the page what is said of a term stays, and how far from the term,
/// in pixels.
const EDGE: i32 = 8;
const GAP: i32 = 6;

/// Who marks terms: what the names of their elements begin with, for several may be on the page.
pub(crate) type Marker = &'static str;

/// What is marked in all that is shown at once, in the order in which it is said.
pub(crate) struct Terms<'a> {
    marker: Marker,
    glossary: &'a Glossary,
    mentions: RefCell<Mentions<'a>>,
    marked: RefCell<Vec<usize>>,
}

impl<'a> Terms<'a> {
    pub(crate) fn of(marker: Marker, glossary: &'a Glossary) -> Terms<'a> {
        let mentions = RefCell::new(Mentions::of(glossary));
        Terms { marker, glossary, mentions, marked: RefCell::default() }
    }

    /// Words, with those marked that are terms of art and were not mentioned before.
    pub(crate) fn mark(&self, words: &str) -> Html {
        let mentions = self.find(words);
        with_marks(self.marker, words, &mentions)
    }

    fn find(&self, words: &str) -> Vec<Mention> {
        let mentions = self.mentions.borrow_mut().next(words);
        self.marked.borrow_mut().extend(mentions.iter().map(|mention| mention.term));
        mentions
    }

    /// What is said of each that is marked.
    pub(crate) fn said(&self) -> Rc<Said> {
        let marked = self.marked.borrow();
        let said = |place: &usize| Some((*place, self.glossary.terms.get(*place)?.clone()));
        Rc::new(marked.iter().filter_map(said).collect())
    }
}

/// Terms, by their places in the glossary.
pub(crate) type Said = Vec<(usize, Term)>;

/// What a sentence is about, by which it is found again: two may say the same.
pub(crate) type Key = &'static str;

/// Sentences that stay the same, in which terms are marked once for all: what is drawn at every
/// event is no place to look for them.
#[derive(PartialEq, Eq)]
pub(crate) struct Sentences {
    marker: Marker,
    marked: Vec<(Key, Vec<Mention>)>,
    said: Rc<Said>,
}

impl Sentences {
    fn of(marker: Marker, glossary: Option<&Glossary>, sentences: Vec<(Key, String)>) -> Sentences {
        let Some(glossary) = glossary else {
            return Sentences { marker, marked: Vec::new(), said: Rc::default() };
        };
        let terms = Terms::of(marker, glossary);
        let marked = sentences.into_iter().map(|(key, words)| (key, terms.find(&words)));
        let marked = marked.filter(|(_, found)| !found.is_empty()).collect();
        Sentences { marker, marked, said: terms.said() }
    }

    /// One of them, with the terms in it marked.
    pub(crate) fn mark(&self, key: Key, words: &str) -> Html {
        match self.marked.iter().find(|(other, _)| *other == key) {
            Some((_, found)) => with_marks(self.marker, words, found),
            None => html! { { words } },
        }
    }

    /// What is said of the terms in them.
    pub(crate) fn said(&self) -> Rc<Said> {
        self.said.clone()
    }
}

/// Sentences with their terms marked as soon as the glossary is there, which it is asked for.
#[hook]
pub(crate) fn use_sentences(
    marker: Marker,
    sentences: impl FnOnce() -> Vec<(Key, String)>,
) -> Rc<Sentences> {
    let update = use_force_update();
    use_effect_with((), move |()| {
        course_wasm::want_glossary(Callback::from(move |()| update.force_update()));
    });
    use_memo(course_wasm::glossary().is_some(), |_| {
        Sentences::of(marker, course_wasm::glossary().as_deref(), sentences())
    })
}

fn with_marks(marker: Marker, words: &str, mentions: &[Mention]) -> Html {
    let mut parts: Vec<Html> = Vec::new();
    let mut at = 0;
    for mention in mentions {
        let (before, word) = (words.get(at..mention.at.start), words.get(mention.at.clone()));
        at = mention.at.end;
        parts.push(html! { { before.unwrap_or_default() } });
        parts.push(marked(marker, mention.term, word.unwrap_or_default()));
    }
    parts.push(html! { { words.get(at..).unwrap_or_default() } });
    parts.into_iter().collect()
}

/// A word that one can point at. It is no `button`, which a line could not break in.
fn marked(marker: Marker, place: usize, word: &str) -> Html {
    html! {
        <span
            class="glossed"
            id={format!("glossed-{marker}-{place}")}
            role="button"
            tabindex="0"
            aria-describedby={format!("gloss-{marker}-{place}")}
            data-term={place.to_string()}
        >
            { word }
        </span>
    }
}

/// What has marked terms in it, and what is said of them.
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) marker: Marker,
    pub(crate) said: Rc<Said>,
    pub(crate) children: Html,
}

/// Something that the reader does.
pub(crate) enum Msg {
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

/// What has marked terms in it, and what is said of one of them, over all of the page.
pub(crate) struct Explained {
    open: Option<Open>,
    /// As long as a term is explained.
    listeners: Vec<Listener>,
}

impl Component for Explained {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Explained>) -> Explained {
        Explained { open: None, listeners: Vec::new() }
    }

    fn update(&mut self, ctx: &Context<Explained>, message: Msg) -> bool {
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

    fn changed(&mut self, ctx: &Context<Explained>, _: &Props) -> bool {
        let said = &ctx.props().said;
        self.open = self.open.filter(|open| said.iter().any(|(term, _)| *term == open.term));
        true
    }

    fn view(&self, ctx: &Context<Explained>) -> Html {
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
        html! {
            <div
                class="with-terms"
                onmouseover={over}
                onmouseout={left}
                onfocusin={focused}
                onfocusout={blurred}
                onclick={pressed}
                onkeydown={key}
            >
                if !props.said.is_empty() {
                    <style>{ STYLE }</style>
                }
                { props.children.clone() }
                { for props.said.iter().map(|(place, term)| html! {
                    <div
                        key={*place}
                        class="gloss"
                        id={format!("gloss-{}-{place}", props.marker)}
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

    fn rendered(&mut self, ctx: &Context<Explained>, _: bool) {
        self.open.map(|open| place(ctx.props().marker, open.term));
    }
}

/// What is heard of the rest of the page while a term is explained.
fn listeners(ctx: &Context<Explained>) -> Vec<Listener> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    let away = ctx.link().callback(|()| Msg::Away);
    let elsewhere = away.clone();
    let marker = ctx.props().marker;
    let moved = move |_: web_sys::Event| {
        // There is but one that is not hidden.
        let shown = browser::document()
            .and_then(|page| page.query_selector(".gloss:not([hidden])").ok().flatten());
        shown.and_then(term_of).map(|term| place(marker, term));
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
        // Of whatever it is in, too.
        Listener::of_all_within(&window, "scroll", moved),
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
fn place(marker: Marker, term: usize) -> Option<()> {
    let word = browser::element(&format!("glossed-{marker}-{term}"))?;
    let says: HtmlElement = browser::element(&format!("gloss-{marker}-{term}"))?.dyn_into().ok()?;
    let page = browser::document()?.document_element()?;
    let (width, height) = (says.offset_width(), says.offset_height());
    let word_at = word.get_bounding_client_rect();
    let within = word.closest(".lesson-text, .panel").ok()??.get_bounding_client_rect();
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
pub(crate) fn source(source: &Source) -> String {
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
