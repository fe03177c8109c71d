//! The space-time diagram, which is what one scrubs. Its marks are drawn once a page
//! of the run; each frame moves the playhead's line only.

use crate::browser::Observer;
use crate::command::Command;
use crate::engine::Engine;
use crate::session::Session;
use crate::span::Span;
use crate::svg::{px, text};
use raft_core::Micros;
use raft_scene::{MarkKind, Strand, TimelineMarks, TimelineView, timeline_marks};
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// Below this height there is room for the nodes' lanes only.
const FULL_HEIGHT: f32 = 100.0;
/// Above the plot, for the playhead's head.
const HEAD: f32 = 8.0;

/// What the diagram needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run.
    pub(crate) session: Session,
    /// Does something with the run.
    pub(crate) on_command: Callback<Command>,
}

/// What happens to it.
pub(crate) enum Msg {
    /// Another run, or another page of it.
    Outdated,
    /// Its box has another size now.
    Resized,
    /// A shorter span.
    ZoomIn,
    /// A longer span.
    ZoomOut,
    /// The pointer took the playhead to here.
    Grabbed(f32),
    /// The pointer moved, playhead and all.
    Dragged(f32),
    /// The pointer let go.
    Released,
}

/// What is on screen.
struct Screen {
    run: u32,
    span: Span,
    marks: Rc<TimelineMarks>,
    playhead: Option<Element>,
    playhead_at: String,
}

impl Screen {
    fn paint(&mut self, at: Micros) {
        let place = format!("translate({} 0)", px(self.marks.x_of(at)));
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
    /// While the pointer holds the playhead: whether it played before.
    grabbed: Option<bool>,
    observer: Option<Observer>,
}

impl SpaceTime {
    fn draw(&mut self, engine: &Engine) {
        let mut screen = self.screen.borrow_mut();
        let (width, height) = self.size;
        let view = TimelineView { width, height, is_full: height >= FULL_HEIGHT };
        let run = engine.moment().run;
        let duration = engine.timeline().duration();
        if !self.has_zoomed || screen.span.duration() != duration {
            let fresh = Span::comfortable(duration, width, engine.at());
            if fresh.length() != screen.span.length() || screen.span.duration() != duration {
                screen.span = fresh;
            }
        }
        screen.run = run;
        screen.span = screen.span.following(engine.at());
        let (from, to) = (screen.span.from(), screen.span.to());
        screen.marks = Rc::new(timeline_marks(engine.index(), from, to, &view));
    }

    fn measured(&self) -> Option<(f32, f32)> {
        let bounds = self.container.cast::<Element>()?.get_bounding_client_rect();
        let (width, height) = (bounds.width() as f32, bounds.height() as f32);
        (width >= 1.0 && height >= 1.0).then_some((width.floor(), height.floor()))
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
            span: Span::comfortable(engine.timeline().duration(), size.0, engine.at()),
            marks: Rc::default(),
            playhead: None,
            playhead_at: String::new(),
        }));
        let shared = screen.clone();
        let outdated = ctx.link().callback(|()| Msg::Outdated);
        session.add_painter(move |engine, at| {
            let mut screen = shared.borrow_mut();
            if screen.run != engine.moment().run || screen.span.following(at) != screen.span {
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
            grabbed: None,
            observer: None,
        };
        diagram.draw(&engine);
        diagram
    }

    fn update(&mut self, ctx: &Context<SpaceTime>, message: Msg) -> bool {
        let Props { session, on_command, .. } = ctx.props();
        match message {
            Msg::Outdated => {}
            Msg::Resized => match self.measured() {
                Some(size) if size != self.size => self.size = size,
                _ => return false,
            },
            Msg::ZoomIn | Msg::ZoomOut => {
                self.has_zoomed = true;
                let at = session.engine().at();
                let mut screen = self.screen.borrow_mut();
                screen.span = match message {
                    Msg::ZoomIn => screen.span.zoomed_in(at),
                    _ => screen.span.zoomed_out(at),
                };
            }
            Msg::Grabbed(x) => {
                self.grabbed = Some(session.engine().is_playing());
                on_command.emit(Command::Pause);
                on_command.emit(Command::Seek(self.time_at(x)));
                return false;
            }
            Msg::Dragged(x) => {
                if self.grabbed.is_some() {
                    on_command.emit(Command::Seek(self.time_at(x)));
                }
                return false;
            }
            Msg::Released => {
                if self.grabbed.take() == Some(true) {
                    on_command.emit(Command::Play);
                }
                return false;
            }
        }
        self.draw(&session.engine());
        true
    }

    fn view(&self, ctx: &Context<SpaceTime>) -> Html {
        let screen = self.screen.borrow();
        let marks = &screen.marks;
        let container = self.container.clone();
        let x_of = move |event: &PointerEvent| {
            let bounds = container.cast::<Element>().map(|box_| box_.get_bounding_client_rect());
            event.client_x() as f32 - bounds.map_or(0.0, |bounds| bounds.left() as f32)
        };
        let grab = {
            let (x_of, container) = (x_of.clone(), self.container.clone());
            ctx.link().batch_callback(move |event: PointerEvent| {
                // Only the main button, and only the first finger.
                if event.button() != 0 || !event.is_primary() {
                    return None;
                }
                // Yew listens at the page's root, so that the event's own target is no help.
                if let Some(container) = container.cast::<Element>() {
                    let _ = container.set_pointer_capture(event.pointer_id());
                }
                Some(Msg::Grabbed(x_of(&event)))
            })
        };
        let drag = ctx.link().callback(move |event: PointerEvent| Msg::Dragged(x_of(&event)));
        let release = ctx.link().callback(|_: PointerEvent| Msg::Released);
        let (width, height) = (px(self.size.0), px(self.size.1));
        let label = if screen.span.is_whole() {
            "whole run".to_owned()
        } else {
            format!("{} ms", screen.span.length().0 / 1_000)
        };
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
                    onpointerdown={grab}
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
