//! The space-time diagram, which is what one scrubs. Its marks are drawn once a page
//! of the run; each frame moves the playhead's line only.
//!
//! Dragging takes the playhead along. Dragging the axis, or with Shift, shifts the span that
//! is shown; Ctrl with the wheel and two fingers stretch it, and a wheel's sideways turn
//! shifts it. A plain wheel stays the page's.

use crate::browser::{Listener, Observer};
use crate::command::Command;
use crate::engine::Engine;
use crate::linked_spans::{Linked, LinkedSpans};
use crate::message_list::message_of;
use crate::session::Session;
use crate::span::Span;
use crate::svg::{px, text};
use raft_core::Micros;
use raft_scene::{Hit, MarkKind, Point, Strand, TimelineMarks, TimelineView, timeline_marks};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// Below this height there is room for the nodes' lanes only.
const FULL_HEIGHT: f32 = 100.0;
/// How far from a message's line one may click and mean it.
const REACH: f32 = 6.0;
/// Above the plot, for the playhead's head.
const HEAD: f32 = 8.0;

/// What the diagram needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run.
    pub(crate) session: Session,
    /// What is chosen: the line of a message is marked.
    pub(crate) selected: Option<Hit>,
    /// Chooses something, or nothing.
    pub(crate) on_select: Callback<Option<Hit>>,
    /// Does something with the run.
    pub(crate) on_command: Callback<Command>,
    /// How far the run may be shown, if not to its end.
    #[prop_or_default]
    pub(crate) until: Option<Micros>,
    /// A moment that is marked.
    #[prop_or_default]
    pub(crate) mark: Option<Micros>,
    /// Other diagrams that show the same span.
    #[prop_or_default]
    pub(crate) linked: Option<LinkedSpans>,
}

/// What happens to it.
pub(crate) enum Msg {
    /// Another run, or another page of it.
    Outdated,
    /// The reader has a diagram beside this one show this span.
    Beside(Span),
    /// Its box has another size now.
    Resized,
    /// A shorter span.
    ZoomIn,
    /// A longer span.
    ZoomOut,
    /// The whole run.
    ShowWhole,
    /// So many times as long a span, about the moment that is drawn here.
    Stretch(f64, f32),
    /// The span, shifted by a part of its length.
    Shift(f64),
    /// A pointer came down.
    Grabbed(Pointer, Hold),
    /// A pointer moved.
    Dragged(Pointer),
    /// A mouse's button went down here, or a finger did.
    Pressed(Point),
    /// It was clicked here.
    Clicked(Point),
    /// A pointer let go.
    Released(i32),
}

/// A mouse, a pen or a finger.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Pointer {
    id: i32,
    x: f32,
}

/// What the pointers that are down hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hold {
    /// The playhead; and whether it played before.
    Playhead {
        /// Whether it plays on when it is let go.
        played: bool,
    },
    /// The span that is shown.
    Span,
}

/// How far a wheel turns for the span to become some three times as long, in its pixels.
const WHEEL_PIXELS: f64 = 300.0;
/// How far a key shifts the span.
const KEY_SHIFT: f64 = 0.25;

/// What is on screen.
struct Screen {
    run: u32,
    span: Span,
    marks: Rc<TimelineMarks>,
    playhead: Option<Element>,
    playhead_at: String,
    /// The reader looks elsewhere than at the playhead, which was here then.
    looks_away: Option<Micros>,
}

impl Screen {
    /// Whether what is shown goes with the playhead: not while the reader looks at another
    /// part of the run, until the playhead comes there or is moved by hand.
    fn follows(&mut self, at: Micros, is_playing: bool) -> bool {
        let Some(left_at) = self.looks_away else { return true };
        if self.span.contains(at) || (left_at != at && !is_playing) {
            self.looks_away = None;
            return true;
        }
        self.looks_away = Some(at);
        false
    }

    fn paint(&mut self, at: Micros) {
        // What is not in the span is not drawn over the names.
        let x = if self.span.contains(at) { self.marks.x_of(at) } else { -100.0 };
        let place = format!("translate({} 0)", px(x));
        if place != self.playhead_at
            && let Some(playhead) = &self.playhead
        {
            let _ = playhead.set_attribute("transform", &place);
            self.playhead_at = place;
        }
    }
}

/// The diagram.
pub(crate) struct SpaceTime {
    container: NodeRef,
    playhead: NodeRef,
    size: (f32, f32),
    screen: Rc<RefCell<Screen>>,
    has_zoomed: bool,
    /// The pointers that are down, and what they hold.
    pointers: Vec<Pointer>,
    held: Option<Hold>,
    observer: Option<Observer>,
    wheel: Option<Listener>,
    pressed: Point,
    linked: Option<Linked>,
}

/// The span to begin with.
fn fresh(props: &Props, engine: &Engine, width: f32) -> Span {
    let heartbeat_interval = match &props.linked {
        Some(linked) => linked.heartbeat_interval(),
        None => engine.scenario().settings.heartbeat_interval,
    };
    let duration = engine.timeline().duration();
    Span::comfortable(duration, heartbeat_interval, width, engine.at())
}

impl SpaceTime {
    fn draw(&mut self, props: &Props, engine: &Engine) {
        let mut screen = self.screen.borrow_mut();
        let (width, height) = self.size;
        let view = TimelineView { width, height, is_full: height >= FULL_HEIGHT };
        let run = engine.moment().run;
        let duration = engine.timeline().duration();
        if !self.has_zoomed || screen.span.duration() != duration {
            let fresh = fresh(props, engine, width);
            if fresh.length() != screen.span.length() || screen.span.duration() != duration {
                screen.span = fresh;
            }
        }
        screen.run = run;
        if screen.follows(engine.at(), engine.is_playing()) {
            screen.span = screen.span.following(engine.at());
        }
        let (from, to) = (screen.span.from(), screen.span.to());
        screen.marks = Rc::new(timeline_marks(engine.index(), from, to, &view));
    }

    fn measured(&self) -> Option<(f32, f32)> {
        let bounds = self.container.cast::<Element>()?.get_bounding_client_rect();
        let (width, height) = (bounds.width() as f32, bounds.height() as f32);
        (width >= 1.0 && height >= 1.0).then_some((width.floor(), height.floor()))
    }

    /// Shows another span, and no longer goes with the playhead if that is not in it.
    fn show(&mut self, engine: &Engine, change: impl FnOnce(Span) -> Span) {
        self.has_zoomed = true;
        let mut screen = self.screen.borrow_mut();
        screen.span = change(screen.span);
        screen.looks_away = (!screen.span.contains(engine.at())).then(|| engine.at());
    }

    /// A pointer that is down moved: what the pointers hold goes with it.
    fn drag(&mut self, props: &Props, pointer: Pointer) -> bool {
        let Some(place) = self.pointers.iter().position(|known| known.id == pointer.id) else {
            return false;
        };
        let before = self.pointers[place].x;
        self.pointers[place] = pointer;
        let other = self.pointers.iter().find(|known| known.id != pointer.id).map(|it| it.x);
        if let Some(other) = other {
            let (was, is) = ((before - other).abs().max(8.0), (pointer.x - other).abs().max(8.0));
            let about = self.time_at(other);
            self.show(&props.session.engine(), |span| span.stretched(f64::from(was / is), about));
            return true;
        }
        match self.held {
            Some(Hold::Playhead { .. }) => {
                props.on_command.emit(Command::Seek(self.time_at(pointer.x)));
                false
            }
            Some(Hold::Span) => {
                let width = self.screen.borrow().marks.plot.width.max(1.0);
                let by = f64::from((before - pointer.x) / width);
                self.show(&props.session.engine(), |span| span.shifted(by));
                true
            }
            None => false,
        }
    }

    /// The line of the message that is chosen.
    fn selected_line(&self, props: &Props) -> Option<String> {
        let engine = props.session.engine();
        let message = engine.index().message(message_of(props.selected)?)?;
        let (start, end) = self.screen.borrow().marks.line_of(&message)?;
        Some(format!("M{} {}L{} {}", px(start.x), px(start.y), px(end.x), px(end.y)))
    }

    fn time_at(&self, x: f32) -> Micros {
        let screen = self.screen.borrow();
        screen.marks.time_at(x).clamp(screen.span.from(), screen.span.to())
    }
}

impl Component for SpaceTime {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<SpaceTime>) -> SpaceTime {
        let session = &ctx.props().session;
        let engine = session.engine();
        let size = (1_216.0, 190.0);
        let screen = Rc::new(RefCell::new(Screen {
            run: engine.moment().run,
            span: fresh(ctx.props(), &engine, size.0),
            marks: Rc::default(),
            playhead: None,
            playhead_at: String::new(),
            looks_away: None,
        }));
        let outdated = ctx.link().callback(|()| Msg::Outdated);
        session.add_painter(&screen, move |screen, engine, at| {
            let mut screen = screen.borrow_mut();
            let follows = screen.follows(at, engine.is_playing());
            if screen.run != engine.moment().run
                || (follows && screen.span.following(at) != screen.span)
            {
                // The page goes first; then it paints the playhead itself.
                return outdated.emit(());
            }
            screen.paint(at);
        });
        let mut diagram = SpaceTime {
            container: NodeRef::default(),
            playhead: NodeRef::default(),
            size,
            screen,
            has_zoomed: false,
            pointers: Vec::new(),
            held: None,
            observer: None,
            wheel: None,
            pressed: Point::default(),
            linked: ctx.props().linked.as_ref().map(|it| it.join(ctx.link().callback(Msg::Beside))),
        };
        diagram.draw(ctx.props(), &engine);
        diagram
    }

    fn update(&mut self, ctx: &Context<SpaceTime>, message: Msg) -> bool {
        let Props { session, on_command, on_select, .. } = ctx.props();
        let is_told = matches!(message, Msg::Beside(_));
        let before = self.screen.borrow().span;
        match message {
            Msg::Outdated => {}
            Msg::Beside(span) if before.like(span) == before => return false,
            Msg::Beside(span) => self.show(&session.engine(), |own| own.like(span)),
            Msg::Pressed(place) => {
                self.pressed = place;
                return false;
            }
            Msg::Clicked(place) => {
                // Whoever dragged the playhead did not mean what it was dropped on.
                let is_shown = ctx.props().until.is_none_or(|until| self.time_at(place.x) <= until);
                if is_shown && place.distance(self.pressed) < REACH {
                    let screen = self.screen.borrow();
                    let engine = session.engine();
                    if let Some(message) = screen.marks.message_at(engine.index(), place, REACH) {
                        on_select.emit(Some(Hit::Message(message.id)));
                    }
                }
                return false;
            }
            Msg::Resized => match self.measured() {
                Some(size) if size != self.size => self.size = size,
                _ => return false,
            },
            Msg::ZoomIn | Msg::ZoomOut => {
                self.has_zoomed = true;
                let at = session.engine().at();
                let mut screen = self.screen.borrow_mut();
                // About the playhead, also for who looked elsewhere.
                screen.looks_away = None;
                screen.span = match message {
                    Msg::ZoomIn => screen.span.following(at).zoomed_in(at),
                    _ => screen.span.following(at).zoomed_out(at),
                };
            }
            Msg::ShowWhole => {
                self.show(&session.engine(), |span| span.stretched(f64::MAX, Micros::ZERO));
            }
            Msg::Stretch(times, x) => {
                let about = self.time_at(x);
                self.show(&session.engine(), |span| span.stretched(times, about));
            }
            Msg::Shift(by) => self.show(&session.engine(), |span| span.shifted(by)),
            Msg::Grabbed(pointer, hold) => {
                self.pointers.retain(|known| known.id != pointer.id);
                if self.pointers.len() < 2 {
                    self.pointers.push(pointer);
                }
                let is_first = self.pointers.len() == 1;
                if !is_first {
                    return false;
                }
                self.held = Some(hold);
                if let Hold::Playhead { .. } = hold {
                    let played = session.engine().is_playing();
                    self.held = Some(Hold::Playhead { played });
                    on_command.emit(Command::Pause);
                    on_command.emit(Command::Seek(self.time_at(pointer.x)));
                }
                return false;
            }
            Msg::Dragged(pointer) => {
                if !self.drag(ctx.props(), pointer) {
                    return false;
                }
            }
            Msg::Released(id) => {
                self.pointers.retain(|known| known.id != id);
                if self.pointers.is_empty()
                    && let Some(Hold::Playhead { played: true }) = self.held.take()
                {
                    on_command.emit(Command::Play);
                }
                return false;
            }
        }
        self.draw(ctx.props(), &session.engine());
        let span = self.screen.borrow().span;
        let is_news = self.has_zoomed && !is_told && span != before;
        if let Some(linked) = self.linked.as_ref().filter(|_| is_news) {
            linked.tell(span);
        }
        true
    }

    fn view(&self, ctx: &Context<SpaceTime>) -> Html {
        let screen = self.screen.borrow();
        let marks = &screen.marks;
        let container = self.container.clone();
        // Where in the box the pointer is.
        let place_of = move |event: &PointerEvent| {
            let bounds = container.cast::<Element>().map(|box_| box_.get_bounding_client_rect());
            let (left, top) = bounds.map_or((0.0, 0.0), |bounds| (bounds.left(), bounds.top()));
            let x = event.client_x() as f32 - left as f32;
            (Pointer { id: event.pointer_id(), x }, event.client_y() as f32 - top as f32)
        };
        let axis = marks.plot.y;
        let grab = {
            let (place_of, container) = (place_of.clone(), self.container.clone());
            ctx.link().batch_callback(move |event: PointerEvent| {
                if event.button() != 0 {
                    return None;
                }
                // Yew listens at the page's root, so that the event's own target is no help.
                if let Some(container) = container.cast::<Element>() {
                    let _ = container.set_pointer_capture(event.pointer_id());
                }
                let (pointer, y) = place_of(&event);
                let takes_span = event.shift_key() || y < axis - HEAD;
                let hold = if takes_span { Hold::Span } else { Hold::Playhead { played: false } };
                Some(Msg::Grabbed(pointer, hold))
            })
        };
        let drag = ctx.link().callback(move |event: PointerEvent| Msg::Dragged(place_of(&event).0));
        let release = ctx.link().callback(|event: PointerEvent| Msg::Released(event.pointer_id()));
        let on_key = ctx.link().batch_callback(|event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return None;
            }
            let message = match event.key().as_str() {
                "+" | "=" => Msg::ZoomIn,
                "-" => Msg::ZoomOut,
                "0" => Msg::ShowWhole,
                "ArrowLeft" => Msg::Shift(-KEY_SHIFT),
                "ArrowRight" => Msg::Shift(KEY_SHIFT),
                _ => return None,
            };
            event.prevent_default();
            Some(message)
        });
        let container = self.container.clone();
        let place_of = move |event: &MouseEvent| {
            let bounds = container.cast::<Element>().map(|it| it.get_bounding_client_rect());
            let corner = bounds.map(|it| Point::new(it.left() as f32, it.top() as f32));
            let corner = corner.unwrap_or_default();
            Point::new(event.client_x() as f32 - corner.x, event.client_y() as f32 - corner.y)
        };
        let of_press = place_of.clone();
        let press = ctx.link().callback(move |event: MouseEvent| Msg::Pressed(of_press(&event)));
        let click = ctx.link().callback(move |event: MouseEvent| Msg::Clicked(place_of(&event)));
        let (width, height) = (px(self.size.0), px(self.size.1));
        let milliseconds = screen.span.length().0 / 1_000;
        let label = match milliseconds {
            _ if screen.span.is_whole() => "whole run".to_owned(),
            10_000.. => format!("{} s", milliseconds / 1_000),
            _ => format!("{milliseconds} ms"),
        };
        let engine = ctx.props().session.engine();
        let forks = engine.runs().forks_of(engine.run_address());
        html! {
            <div class="space-time">
                    <div class="zoom">
                        <button
                            type="button"
                            aria-label="Show a longer span of time"
                            title="Zoom out"
                            disabled={screen.span.is_whole()}
                            onclick={ctx.link().callback(|_| Msg::ZoomOut)}
                        >
                            { "−" }
                        </button>
                        <span>{ label }</span>
                        <button
                            type="button"
                            aria-label="Show a shorter span of time"
                            title="Zoom in"
                            disabled={screen.span.is_shortest()}
                            onclick={ctx.link().callback(|_| Msg::ZoomIn)}
                        >
                            { "+" }
                        </button>
                    </div>
                <div
                    class="space-time-box"
                    ref={self.container.clone()}
                    tabindex="0"
                    role="group"
                    aria-label="Space-time diagram. Plus and minus zoom, arrows shift it, 0 shows the whole run"
                    data-testid="space-time-box"
                    data-from={screen.span.from().0.to_string()}
                    data-length={screen.span.length().0.to_string()}
                    onkeydown={on_key}
                    onpointerdown={grab}
                    onmousedown={press}
                    onclick={click}
                    onpointermove={drag}
                    onpointerup={release.clone()}
                    onpointercancel={release}
                >
                    <svg
                        aria-hidden="true"
                        data-testid="space-time"
                        viewBox={format!("0 0 {width} {height}")}
                        width={width}
                        height={height}
                    >
                        { still(marks) }
                        if let Some(at) = ctx.props().mark.filter(|at| screen.span.contains(*at)) {
                            <path
                                class="parting-mark"
                                d={format!("M{} {}V{}", px(marks.x_of(at)), px(marks.plot.y), px(marks.plot.bottom()))}
                            />
                        }
                        if let Some(until) = ctx.props().until.filter(|until| *until < screen.span.to()) {
                            <path
                                class="veil"
                                d={format!(
                                    "M{} {}H9999V9999H{0}z",
                                    px(marks.x_of(until.max(screen.span.from())) + 1.0),
                                    px(marks.plot.y),
                                )}
                            />
                        }
                        if let Some(line) = self.selected_line(ctx.props()) {
                            <path class="selected-strand" d={line} />
                        }
                        { for forks.into_iter().filter(|at| screen.span.contains(*at)).map(|at| {
                            let (x, y) = (px(marks.x_of(at)), px(marks.plot.bottom()));
                            html! { <path class="fork" d={format!("M{x} {y}v-7m0 0l-5 5m5-5l5 5")} /> }
                        }) }
                        <g class="playhead" ref={self.playhead.clone()}>
                            <line
                                y1={px((marks.plot.y - HEAD).max(0.0))}
                                y2={px(marks.plot.bottom())}
                            />
                            <path d={format!("M-6 {y}h12l-6 8z", y = px((marks.plot.y - HEAD).max(0.0)))} />
                        </g>
                    </svg>
                </div>
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<SpaceTime>, first_render: bool) {
        if first_render && let Some(container) = self.container.cast::<Element>() {
            let resized = ctx.link().callback(|()| Msg::Resized);
            self.observer = Observer::of_size(&container, move || resized.emit(()));
            let turned = ctx.link().batch_callback(|message: Option<Msg>| message);
            let box_ = container.clone();
            self.wheel = Some(Listener::new(&container, "wheel", move |event| {
                turned.emit(wheel(&event, &box_));
            }));
            if self.measured().is_some_and(|size| size != self.size) {
                ctx.link().send_message(Msg::Resized);
            }
        }
        let mut screen = self.screen.borrow_mut();
        screen.playhead = self.playhead.cast::<Element>();
        screen.playhead_at.clear();
        screen.paint(ctx.props().session.engine().at());
    }
}

/// What a turn of the wheel over the diagram is for; `None` if it is the page's.
fn wheel(event: &web_sys::Event, container: &Element) -> Option<Msg> {
    let event = event.dyn_ref::<web_sys::WheelEvent>()?;
    let bounds = container.get_bounding_client_rect();
    // In lines or in pages, by the browser: a line is some 16 pixels.
    let unit = if event.delta_mode() == 0 { 1.0 } else { 16.0 };
    let (across, down) = (event.delta_x() * unit, event.delta_y() * unit);
    let message = if event.ctrl_key() || event.meta_key() {
        let x = event.client_x() as f32 - bounds.left() as f32;
        Msg::Stretch((down / WHEEL_PIXELS).clamp(-1.0, 1.0).exp(), x)
    } else if event.shift_key() {
        Msg::Shift((across + down) / bounds.width().max(1.0))
    } else if across.abs() > down.abs() {
        Msg::Shift(across / bounds.width().max(1.0))
    } else {
        return None;
    };
    event.prevent_default();
    Some(message)
}

/// What stands still while the playhead moves.
fn still(marks: &TimelineMarks) -> Html {
    let plot = marks.plot;
    let (left, right) = (px(plot.x), px(plot.right()));
    html! {
        <>
            { for marks.ticks.iter().map(|tick| html! {
                <>
                    <line
                        class="tick"
                        x1={px(tick.x)} x2={px(tick.x)} y1={px(plot.y)} y2={px(plot.bottom())}
                    />
                    { text(&tick.label, "tick-label") }
                </>
            }) }
            { for marks.lanes.iter().map(|lane| html! {
                <>
                    <line
                        class="lane"
                        x1={left.clone()} x2={right.clone()} y1={px(lane.y)} y2={px(lane.y)}
                    />
                    { text(&lane.label, "lane-label") }
                </>
            }) }
            { for marks.roles.iter().map(|band| html! {
                <path class={classes!("band", band.role.name())} d={band.path.clone()} />
            }) }
            { for marks.faults.iter().map(|fault| html! {
                <rect
                    class="fault"
                    x={px(fault.bounds.x)}
                    y={px(fault.bounds.y)}
                    width={px(fault.bounds.width)}
                    height={px(fault.bounds.height)}
                >
                    <title>{ fault.label.clone() }</title>
                </rect>
            }) }
            if !marks.density.is_empty() {
                <path class="density" d={marks.density.clone()} />
            }
            { for marks.strands.iter().map(strand) }
            { for marks.operation_bands.iter().map(|band| html! {
                <path class={classes!("operation", band.tone.name())} d={band.path.clone()} />
            }) }
            { for marks.operations.iter().map(|operation| html! {
                <>
                    <rect
                        class={classes!("operation", operation.tone.name())}
                        x={px(operation.bounds.x)}
                        y={px(operation.bounds.y)}
                        width={px(operation.bounds.width)}
                        height={px(operation.bounds.height)}
                        rx="2"
                    >
                        <title>{ operation.description.clone() }</title>
                    </rect>
                    { text(&operation.label, if operation.label.at.x < operation.bounds.right() {
                        "operation-label on-bar"
                    } else {
                        "operation-label"
                    }) }
                </>
            }) }
            { for marks.violations.iter().map(|violation| {
                let (x, y) = (violation.at.x, violation.at.y);
                html! {
                    <>
                        <path
                            class="violation"
                            d={format!("M{} {}V{}", px(x), px(y), px(plot.bottom()))}
                        />
                        <path
                            class="violation-head"
                            d={format!("M{} {}h10l-5 9z", px(x - 5.0), px(y - 7.0))}
                        />
                    </>
                }
            }) }
        </>
    }
}

/// The messages of one kind.
fn strand(strand: &Strand) -> Html {
    let color = format!("var(--{})", strand.kind.token());
    let lines = html! {
        <path
            class={classes!("strand", strand.kind.name())}
            d={strand.lines.clone()}
            fill="none"
            stroke={color.clone()}
        />
    };
    let ends = if strand.kind == MarkKind::Lost {
        html! { <path class="crosses" d={strand.ends.clone()} fill="none" stroke={color} /> }
    } else {
        html! { <path class="dots" d={strand.ends.clone()} fill={color} /> }
    };
    html! { <>{ lines }{ ends }</> }
}
