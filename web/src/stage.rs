//! The stage: the cluster as it stands between two events, one SVG, part by part
//! ([`crate::stage_part`]), and what is said of the things on it. With most events only parts are
//! drawn again ([`crate::board`]). What moves is painted by [`crate::stage_painter`].

use crate::board::Board;
use crate::browser::{self, Observer};
use crate::command::Command;
use crate::later::Later;
use crate::menu;
use crate::message_list::message_of;
use crate::offers;
use crate::overlay::Overlay;
use crate::session::Session;
use crate::stage_painter::StagePainter;
use crate::stage_part::{self, Part};
use crate::svg::px;
use raft_core::{Micros, NodeId, NodeSet};
use raft_scene::{
    Hit, Motion, Rectangle, Stage as Marks, StageView, bounds_of, everything, hit_test, motion,
    stage,
};
use std::cell::RefCell;
use std::mem::discriminant;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// How far from a mark a mouse may be, and a finger, to mean it.
const MOUSE_REACH: f32 = 8.0;
const FINGER_REACH: f32 = 22.0;

/// What the stage needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run.
    pub(crate) session: Session,
    /// The thing whose menu is open.
    pub(crate) open: Option<Hit>,
    /// What is chosen: a message is marked wherever it is.
    pub(crate) selected: Option<Hit>,
    /// Chooses something, or nothing.
    pub(crate) on_select: Callback<Option<Hit>>,
    /// Lays something over the page: a thing's menu.
    pub(crate) on_open: Callback<Overlay>,
    /// Closes the menu.
    pub(crate) on_close: Callback<()>,
    /// Does something with the run.
    pub(crate) on_command: Callback<Command>,
    /// The menu and what is said of things, once they are there.
    pub(crate) later: Option<Later>,
    /// The nodes that one should look at.
    pub(crate) lit: NodeSet,
    /// Whether it is the second of two stages, on which nothing can be done.
    #[prop_or_default]
    pub(crate) is_second: bool,
}

impl Props {
    /// What the names in the page begin with.
    pub(crate) const fn prefix(&self) -> &'static str {
        if self.is_second { "second-" } else { "" }
    }
}

/// Where a pointer is, and how far from it something may be that it means.
#[derive(Clone, Copy)]
pub(crate) struct Pointer {
    x: f32,
    y: f32,
    reach: f32,
    is_down: bool,
}

/// What happens to it.
pub(crate) enum Msg {
    /// The events of the run went on.
    Outdated,
    /// Its box has another size now.
    Resized,
    /// The pointer is here, or gone.
    Pointed(Option<Pointer>),
    /// What the pointer went down on was clicked.
    Clicked,
    /// The keyboard's focus is on this node, or on none any more.
    Focused(Option<NodeId>),
    /// The list has the keyboard's focus, or has it no more.
    Listed(bool),
    /// The list goes on to something else.
    Turned(Turn),
}

/// Where to go in the list of all things.
#[derive(Clone, Copy)]
pub(crate) enum Turn {
    Next,
    Previous,
    First,
    Last,
    NextKind,
    PreviousKind,
}

/// The stage.
pub(crate) struct Stage {
    container: NodeRef,
    svg: NodeRef,
    board: Board,
    /// What is on the board.
    marks: Rc<Marks>,
    /// Where the messages were when `marks` were made; only kept while somebody asks.
    motion: Motion,
    size: (f32, f32),
    drawn_at: Micros,
    /// The way of the message that is chosen.
    way: Option<String>,
    painter: Rc<RefCell<StagePainter>>,
    /// What the pointer means, and what it went down on.
    pointed: Option<Hit>,
    pressed: Option<Hit>,
    /// What the keyboard's focus is on, in the list or as a node.
    focused: Option<Hit>,
    /// Where one was in the list.
    turned_to: Option<Hit>,
    /// All things with what they are, while the list has the focus.
    listed: Vec<(Hit, String)>,
    explanation: Option<String>,
    observers: Vec<Observer>,
}

impl Stage {
    fn draw(&mut self, props: &Props) {
        let engine = props.session.engine();
        self.drawn_at = engine.at();
        let (width, height) = self.size;
        let view = StageView { selected: self.chosen(props), ..StageView::of_size(width, height) };
        self.board.show(stage(engine.world(), self.drawn_at, &view));
        self.marks = self.board.marks();
        let message = message_of(props.selected).and_then(|id| engine.index().message(id));
        self.way = message.and_then(|message| {
            let (from, to) = (self.marks.node(message.from)?, self.marks.node(message.to)?);
            let (from, to) = (from.center, to.center);
            Some(format!("M{} {}L{} {}", px(from.x), px(from.y), px(to.x), px(to.y)))
        });
        self.explain(props);
    }

    /// What is shown to be meant: what has its menu open, else what is explained.
    fn chosen(&self, props: &Props) -> Option<Hit> {
        props.open.or(self.explained())
    }

    fn explained(&self) -> Option<Hit> {
        self.pointed.or(self.focused)
    }

    /// Finds the words for what is meant, and for all that is listed.
    fn explain(&mut self, props: &Props) {
        let engine = props.session.engine();
        let (world, at) = (engine.world(), self.drawn_at);
        let later = props.later;
        let explanation = |hit| (later?.explanation)(hit, world, at);
        let is_listing = !self.listed.is_empty();
        if is_listing || matches!(self.chosen(props), Some(Hit::Message(_))) {
            self.motion = motion(world, at, &self.marks, &[]);
        }
        if is_listing && later.is_some() {
            let all = everything(&self.marks, &self.motion).into_iter();
            self.listed = all.filter_map(|hit| Some((hit, explanation(hit)?))).collect();
            let is_there = |hit: Hit| self.listed.iter().any(|(listed, _)| *listed == hit);
            let first = self.listed.first().map(|(hit, _)| *hit);
            self.focused = self.turned_to.filter(|hit| is_there(*hit)).or(first);
            self.turned_to = self.focused;
        }
        self.explanation = self.explained().and_then(explanation);
    }

    fn turn(&mut self, turn: Turn) {
        let hits = || self.listed.iter().map(|(hit, _)| *hit);
        let last = self.listed.len().saturating_sub(1);
        let now = hits().position(|hit| Some(hit) == self.focused).unwrap_or(0);
        let kind = |place: usize| self.listed.get(place).map(|(hit, _)| discriminant(hit));
        let is_first = |place: &usize| *place == 0 || kind(*place) != kind(*place - 1);
        let place = match turn {
            Turn::Next => (now + 1).min(last),
            Turn::Previous => now.saturating_sub(1),
            Turn::First => 0,
            Turn::Last => last,
            Turn::NextKind => (now + 1..=last).find(is_first).unwrap_or(last),
            Turn::PreviousKind => (0..now).rev().find(is_first).unwrap_or(0),
        };
        self.turned_to = hits().nth(place);
    }

    /// The box around something, in the window.
    fn in_window(&self, hit: Hit) -> Option<Rectangle> {
        let own = self.container.cast::<Element>()?.get_bounding_client_rect();
        let bounds = bounds_of(hit, &self.marks, &self.motion)?;
        let (x, y) = (bounds.x + own.left() as f32, bounds.y + own.top() as f32);
        Some(Rectangle { x, y, ..bounds })
    }

    /// Paints what moves over what has just been drawn.
    fn paint(&self, props: &Props) {
        let engine = props.session.engine();
        let mut painter = self.painter.borrow_mut();
        painter.drawn(engine.moment(), self.drawn_at);
        painter.select(message_of(self.chosen(props)).or(message_of(props.selected)));
        painter.paint(&engine, engine.at());
    }

    fn measured(&self) -> Option<(f32, f32)> {
        let bounds = self.container.cast::<Element>()?.get_bounding_client_rect();
        let (width, height) = (bounds.width() as f32, bounds.height() as f32);
        (width >= 1.0 && height >= 1.0).then_some((width.floor(), height.floor()))
    }

    /// What is said of what is meant, beside it.
    fn tooltip(&self, props: &Props) -> Html {
        let (Some(hit), Some(explanation)) = (self.explained(), &self.explanation) else {
            return Html::default();
        };
        let Some(bounds) = bounds_of(hit, &self.marks, &self.motion) else {
            return Html::default();
        };
        if props.open.is_some() {
            // The menu says it.
            return Html::default();
        }
        // Towards the middle of the stage, where there is room; as wide as the style says.
        let center = bounds.center();
        let height = if center.y < self.marks.height / 2.0 {
            format!("top:{}px", px(bounds.bottom() + 10.0))
        } else {
            format!("bottom:{}px", px(self.marks.height - bounds.y + 10.0))
        };
        let place = self.listed.iter().position(|(listed, _)| *listed == hit);
        html! {
            <div
                class="tooltip"
                data-testid="explanation"
                aria-hidden="true"
                style={format!("--middle:{}px;{height}", px(center.x))}
            >
                { explanation }
                if let Some(place) = place {
                    <small>{ format!(
                        "{} of {} · ↑ ↓ · Page Down: next kind{}",
                        place + 1,
                        self.listed.len(),
                        if offers::has_menu(hit) { " · Enter: what one can do" } else { "" },
                    ) }</small>
                }
            </div>
        }
    }

    /// All that is on the stage, for the keyboard and for screen readers. Its options are
    /// there while it has the focus only: they would be made anew with every event.
    fn list(&self, ctx: &Context<Stage>) -> Html {
        let link = ctx.link();
        let (focused, on_open) = (self.focused, ctx.props().on_open.clone());
        let on_key = link.batch_callback(move |event: KeyboardEvent| {
            let turn = match event.key().as_str() {
                "ArrowDown" | "ArrowRight" => Some(Turn::Next),
                "ArrowUp" | "ArrowLeft" => Some(Turn::Previous),
                "Home" => Some(Turn::First),
                "End" => Some(Turn::Last),
                "PageDown" => Some(Turn::NextKind),
                "PageUp" => Some(Turn::PreviousKind),
                "Enter" | " " | "ContextMenu" => None,
                _ => return None,
            };
            event.prevent_default();
            event.stop_propagation();
            if turn.is_none()
                && let Some(hit) = focused.filter(|hit| offers::has_menu(*hit))
            {
                on_open.emit(Overlay::Menu(hit));
            }
            turn.map(Msg::Turned)
        });
        let active = self.listed.iter().position(|(hit, _)| Some(*hit) == focused);
        let prefix = ctx.props().prefix();
        html! {
            <div
                id={format!("{prefix}on-stage")}
                class="visually-hidden"
                role="listbox"
                tabindex="0"
                aria-label="What is on the stage"
                aria-activedescendant={active.map(|place| format!("{prefix}on-stage-{place}"))}
                data-testid={format!("{prefix}on-stage")}
                onfocus={link.callback(|_: FocusEvent| Msg::Listed(true))}
                onblur={link.callback(|_: FocusEvent| Msg::Listed(false))}
                onkeydown={on_key}
            >
                { for self.listed.iter().enumerate().map(|(place, (_, text))| html! {
                    <div
                        id={format!("{prefix}on-stage-{place}")}
                        role="option"
                        aria-selected={if active == Some(place) { "true" } else { "false" }}
                    >
                        { text }
                    </div>
                }) }
            </div>
        }
    }

    /// What one can do to what is open.
    fn menu(&self, props: &Props) -> Option<Html> {
        let (hit, later) = (props.open?, props.later?);
        Some((later.menu)(menu::Props {
            session: props.session.clone(),
            hit,
            beside: self.in_window(hit)?,
            on_command: props.on_command.clone(),
            on_close: props.on_close.clone(),
        }))
    }

    /// What is meant, marked where it is; a node and a link are marked themselves.
    fn mark_chosen(&self, props: &Props) -> Html {
        let Some(hit) = self.chosen(props) else { return Html::default() };
        let Some(bounds) = bounds_of(hit, &self.marks, &self.motion) else {
            return Html::default();
        };
        match hit {
            // The painter marks a message.
            Hit::Node(_) | Hit::Link { .. } | Hit::Message(_) => Html::default(),
            Hit::Cell { .. } | Hit::Client(_) => html! {
                <rect
                    class="meant-mark"
                    x={px(bounds.x - 2.0)}
                    y={px(bounds.y - 2.0)}
                    width={px(bounds.width + 4.0)}
                    height={px(bounds.height + 4.0)}
                    rx="5"
                />
            },
        }
    }
}

impl Component for Stage {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Stage>) -> Stage {
        let on_outdated = ctx.link().callback(|()| Msg::Outdated);
        let board = Board::new();
        let painter = Rc::new(RefCell::new(StagePainter::new(board.clone(), on_outdated)));
        ctx.props().session.add_painter(&painter, |painter, engine, at| {
            painter.borrow_mut().paint(engine, at);
        });
        let mut stage = Stage {
            container: NodeRef::default(),
            svg: NodeRef::default(),
            marks: board.marks(),
            board,
            // Until it is on screen and can be measured.
            size: (790.0, 470.0),
            motion: Motion::default(),
            drawn_at: Micros::ZERO,
            way: None,
            painter,
            pointed: None,
            pressed: None,
            focused: None,
            turned_to: None,
            listed: Vec::new(),
            explanation: None,
            observers: Vec::new(),
        };
        stage.draw(ctx.props());
        stage
    }

    fn update(&mut self, ctx: &Context<Stage>, message: Msg) -> bool {
        match message {
            Msg::Outdated => {
                let (before, way) = (self.marks.clone(), self.way.clone());
                self.draw(ctx.props());
                // With nothing said of any thing, the parts are all that can look different.
                let is_silent = self.chosen(ctx.props()).is_none() && self.listed.is_empty();
                if is_silent && self.way == way && has_same_frame(&before, &self.marks) {
                    self.paint(ctx.props());
                    return false;
                }
            }
            Msg::Resized => match self.measured() {
                Some(size) if size != self.size => self.size = size,
                _ => return false,
            },
            Msg::Pointed(pointer) => {
                let painter = self.painter.borrow();
                let hit = pointer.and_then(|Pointer { x, y, reach, .. }| {
                    hit_test(&self.marks, painter.motion(), x, y, reach)
                });
                drop(painter);
                if pointer.is_some_and(|pointer| pointer.is_down) {
                    self.pressed = hit;
                }
                if hit == self.pointed {
                    return false;
                }
                self.pointed = hit;
            }
            Msg::Clicked => {
                let message = self.pressed.filter(|hit| matches!(hit, Hit::Message(_)));
                if message != ctx.props().selected {
                    ctx.props().on_select.emit(message);
                }
                let Some(hit) = self.pressed.filter(|hit| offers::has_menu(*hit)) else {
                    return false;
                };
                self.pointed = None;
                ctx.props().on_open.emit(Overlay::Menu(hit));
            }
            Msg::Focused(node) => {
                let hit = node.map(Hit::Node);
                if hit == self.focused {
                    return false;
                }
                self.focused = hit;
            }
            Msg::Listed(false) => (self.focused, self.listed) = (None, Vec::new()),
            Msg::Listed(true) => {
                // Whatever it begins with, it is filled when it is drawn.
                self.listed = vec![(Hit::Client(0), String::new())];
                self.pointed = None;
            }
            Msg::Turned(turn) => {
                self.turn(turn);
                self.pointed = None;
            }
        }
        self.draw(ctx.props());
        true
    }

    fn changed(&mut self, ctx: &Context<Stage>, _: &Props) -> bool {
        self.draw(ctx.props());
        true
    }

    fn view(&self, ctx: &Context<Stage>) -> Html {
        let marks = &self.marks;
        let props = ctx.props();
        let svg = self.svg.clone();
        let pointed = ctx.link().batch_callback(move |event: PointerEvent| {
            let bounds = svg.cast::<Element>()?.get_bounding_client_rect();
            let x = event.client_x() as f32 - bounds.left() as f32;
            let y = event.client_y() as f32 - bounds.top() as f32;
            let reach = if event.pointer_type() == "mouse" { MOUSE_REACH } else { FINGER_REACH };
            let is_down = event.type_() == "pointerdown";
            Some(Msg::Pointed(Some(Pointer { x, y, reach, is_down })))
        });
        // A finger that is lifted has not gone elsewhere.
        let left = ctx.link().batch_callback(|event: PointerEvent| {
            (event.pointer_type() == "mouse").then_some(Msg::Pointed(None))
        });
        let clicked = ctx.link().callback(|_: MouseEvent| Msg::Clicked);
        let on_context_menu = ctx.link().callback(|event: MouseEvent| {
            event.prevent_default();
            Msg::Clicked
        });
        let focused = ctx.link().callback(|event: FocusEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let node = target.filter(|target| target.matches(":focus-visible").unwrap_or(false));
            let name = node.and_then(|node| node.get_attribute("data-node"));
            let letter = name.and_then(|name| name.chars().next());
            Msg::Focused(letter.and_then(NodeId::from_letter))
        });
        let chosen = self.chosen(props);
        let part = |part| stage_part::part(part, &self.board, chosen, props);
        let can_act = self.pointed.is_some_and(offers::has_menu);
        let (width, height) = (px(marks.width), px(marks.height));
        html! {
            <>
                <div class={classes!("stage-frame", (!self.listed.is_empty()).then_some("listing"))}>
                <div class="stage-box" ref={self.container.clone()}>
                    <svg
                        ref={self.svg.clone()}
                        class={classes!("stage", can_act.then_some("can-act"))}
                        role="group"
                        aria-label={marks.description.clone()}
                        data-testid={format!("{}stage", props.prefix())}
                        viewBox={format!("0 0 {width} {height}")}
                        width={width}
                        height={height}
                        onpointermove={pointed.clone()}
                        onpointerdown={pointed}
                        onpointerleave={left}
                        onclick={clicked}
                        oncontextmenu={on_context_menu}
                        onfocusin={focused}
                        onfocusout={ctx.link().callback(|_: FocusEvent| Msg::Focused(None))}
                    >
                        { part(Part::Ground) }
                        if let Some(way) = &self.way {
                            <path key="way" class="selected-way" d={way.clone()} aria-hidden="true" />
                        }
                        { part(Part::Messages) }
                        { for (0..marks.nodes.len()).map(|place| part(Part::Node(place))) }
                        <g key="words" class="words" aria-hidden="true">
                            { for (0..marks.nodes.len()).map(|place| part(Part::Words(place))) }
                            { for (0..marks.nodes.len()).map(|place| part(Part::Log(place))) }
                            { for (0..marks.clients.len()).map(|place| part(Part::Client(place))) }
                        </g>
                        <g key="chosen" aria-hidden="true">{ self.mark_chosen(props) }</g>
                    </svg>
                </div>
                { self.list(ctx) }
                { self.tooltip(props) }
                </div>
                <p class="legend" aria-hidden="true">{ legend() }</p>
                { self.menu(props).unwrap_or_default() }
            </>
        }
    }

    fn rendered(&mut self, ctx: &Context<Stage>, first_render: bool) {
        if first_render && let Some(container) = self.container.cast::<Element>() {
            let resized = ctx.link().callback(|()| Msg::Resized);
            self.observers.extend(Observer::of_size(&container, move || resized.emit(())));
            let playback = ctx.props().session.playback().clone();
            self.observers.extend(Observer::of_visibility(&container, 0.0, move |is_visible| {
                playback.set_on_screen(is_visible);
            }));
            if self.measured().is_some_and(|size| size != self.size) {
                ctx.link().send_message(Msg::Resized);
            }
        }
        if let Some(svg) = self.svg.cast::<Element>() {
            self.painter.borrow_mut().attach(&svg);
            self.paint(ctx.props());
        }
        // A message can be gone before its menu is there.
        if ctx.props().open.is_some_and(|hit| self.in_window(hit).is_none()) {
            ctx.props().on_close.emit(());
        }
    }
}

/// Whether the stage around its parts looks the same with these marks as with those.
fn has_same_frame(marks: &Marks, others: &Marks) -> bool {
    marks.width == others.width
        && marks.height == others.height
        && marks.nodes.len() == others.nodes.len()
        && marks.clients.len() == others.clients.len()
        && marks.description == others.description
}

/// What each shape means.
pub(crate) fn legend() -> Html {
    const SHAPES: [(&str, &str, &str); 7] = [
        ("●", "heartbeat", "heartbeat"),
        ("■", "entries", "entries"),
        ("◆", "read-check", "read check"),
        ("▲", "vote-request", "vote request"),
        ("✓", "vote-granted", "vote, or accepted"),
        ("✕", "refused", "refused"),
        ("⊗", "lost", "lost"),
    ];
    html! {
        <>
            { for SHAPES.iter().map(|(shape, class, name)| html! {
                <span><i class={*class}>{ *shape }</i>{ format!(" {name}") }</span>
            }) }
            <span>{ "ring: time left" }</span>
        </>
    }
}

/// Moves the focus to a node, where there is such a node.
pub(crate) fn focus_node(number: u8) {
    if let Some(id) = NodeId::new(number)
        && let Some(element) = browser::element(&format!("node-{id}"))
    {
        browser::focus(&element);
    }
}

/// Moves the focus to the list of all that is on the stage.
pub(crate) fn focus_list() {
    if let Some(element) = browser::element("on-stage") {
        browser::focus(&element);
    }
}
