//! The stage: the cluster as it stands between two events, one SVG. What moves on it
//! is painted by [`crate::stage_painter`].

use crate::browser::{self, Observer};
use crate::overlay::Overlay;
use crate::session::Session;
use crate::stage_painter::StagePainter;
use crate::svg::{px, text};
use raft_core::{Micros, NodeId};
use raft_scene::{
    ClientMark, Hit, LinkMark, LinkState, MarkKind, NodeMark, RingKind, Stage as Marks, StageView,
    WallMark, hit_test, stage, words,
};
use std::cell::RefCell;
use std::rc::Rc;
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
    /// The node whose menu is open.
    pub(crate) open: Option<NodeId>,
    /// Lays something over the page: a node's menu.
    pub(crate) on_open: Callback<Overlay>,
}

/// What happens to it.
pub(crate) enum Msg {
    /// The events of the run went on.
    Outdated,
    /// Its box has another size now.
    Resized,
    /// The pointer is here, or gone.
    Pointed(Option<(f32, f32, f32)>),
}

/// The stage.
pub(crate) struct Stage {
    container: NodeRef,
    svg: NodeRef,
    marks: Rc<Marks>,
    size: (f32, f32),
    drawn_at: Micros,
    painter: Rc<RefCell<StagePainter>>,
    pointed: Option<Hit>,
    explanation: Option<String>,
    observers: Vec<Observer>,
}

impl Stage {
    fn draw(&mut self, props: &Props) {
        let engine = props.session.engine();
        self.drawn_at = engine.at();
        let (width, height) = self.size;
        let selected = props.open.map(Hit::Node);
        let view = StageView { selected, ..StageView::of_size(width, height) };
        self.marks = Rc::new(stage(engine.world(), self.drawn_at, &view));
        if let Some(hit) = self.pointed {
            self.explanation = words::hit(hit, engine.world(), self.drawn_at);
        }
    }

    fn measured(&self) -> Option<(f32, f32)> {
        let bounds = self.container.cast::<Element>()?.get_bounding_client_rect();
        let (width, height) = (bounds.width() as f32, bounds.height() as f32);
        (width >= 1.0 && height >= 1.0).then_some((width.floor(), height.floor()))
    }
}

impl Component for Stage {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Stage>) -> Stage {
        let on_outdated = ctx.link().callback(|()| Msg::Outdated);
        let painter = Rc::new(RefCell::new(StagePainter::new(on_outdated)));
        let shared = painter.clone();
        ctx.props().session.add_painter(move |engine, at| shared.borrow_mut().paint(engine, at));
        let mut stage = Stage {
            container: NodeRef::default(),
            svg: NodeRef::default(),
            marks: Rc::new(Marks {
                width: 0.0,
                height: 0.0,
                is_compact: false,
                metrics: raft_scene::Metrics::default(),
                wall: None,
                links: Vec::new(),
                nodes: Vec::new(),
                clients: Vec::new(),
                description: String::new(),
            }),
            // Until it is on screen and can be measured.
            size: (790.0, 470.0),
            drawn_at: Micros::ZERO,
            painter,
            pointed: None,
            explanation: None,
            observers: Vec::new(),
        };
        stage.draw(ctx.props());
        stage
    }

    fn update(&mut self, ctx: &Context<Stage>, message: Msg) -> bool {
        match message {
            Msg::Outdated => {}
            Msg::Resized => match self.measured() {
                Some(size) if size != self.size => self.size = size,
                _ => return false,
            },
            Msg::Pointed(place) => {
                let motion = self.painter.borrow();
                let hit = place
                    .and_then(|(x, y, reach)| hit_test(&self.marks, motion.motion(), x, y, reach));
                if hit == self.pointed {
                    return false;
                }
                self.pointed = hit;
                let engine = ctx.props().session.engine();
                self.explanation = hit.and_then(|hit| words::hit(hit, engine.world(), engine.at()));
                return true;
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
            Some(Msg::Pointed(Some((x, y, reach))))
        });
        let (width, height) = (px(marks.width), px(marks.height));
        html! {
            <>
                <div class="stage-box" ref={self.container.clone()}>
                    <svg
                        ref={self.svg.clone()}
                        class="stage"
                        role="group"
                        aria-label={marks.description.clone()}
                        data-testid="stage"
                        viewBox={format!("0 0 {width} {height}")}
                        width={width}
                        height={height}
                        onpointermove={pointed.clone()}
                        onpointerdown={pointed}
                        onpointerleave={ctx.link().callback(|_| Msg::Pointed(None))}
                    >
                        <g class="wall" aria-hidden="true">
                            { for marks.wall.iter().flat_map(sides) }
                        </g>
                        <g class="links" aria-hidden="true">{ for marks.links.iter().map(link) }</g>
                        <g class="wall" aria-hidden="true">{ for marks.wall.iter().map(wall) }</g>
                        <g class="messages" aria-hidden="true">
                            { for MarkKind::ALL.into_iter().map(layer) }
                            <g class="counts" font-size={px(marks.metrics.message_radius * 1.5)} />
                        </g>
                        { for marks.nodes.iter().map(|mark| node(mark, marks, props)) }
                        <g class="words" aria-hidden="true">
                            { for marks.nodes.iter().map(beside) }
                            { for marks.clients.iter().map(client) }
                        </g>
                    </svg>
                </div>
                <p
                    class={classes!("legend", self.explanation.is_some().then_some("explains"))}
                    aria-hidden="true"
                    data-testid="explanation"
                >
                    { match &self.explanation {
                        Some(explanation) => html! { <b>{ explanation.clone() }</b> },
                        None => legend(),
                    } }
                </p>
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
            let engine = ctx.props().session.engine();
            let mut painter = self.painter.borrow_mut();
            painter.attach(&svg, self.marks.clone(), engine.moment(), self.drawn_at);
            painter.paint(&engine, engine.at());
        }
    }
}

fn sides(mark: &WallMark) -> impl Iterator<Item = Html> {
    mark.sides.iter().filter(|side| !side.area.is_empty()).map(|side| {
        html! { <path class="side" d={side.area.clone()} /> }
    })
}

fn wall(mark: &WallMark) -> Html {
    html! {
        <>
            <path class="line" d={mark.line.clone()} />
            { text(&mark.label, "label") }
        </>
    }
}

fn link(mark: &LinkMark) -> Html {
    html! {
        <>
            <path class={classes!("link", mark.state.name())} d={mark.line.clone()} />
            if matches!(mark.state, LinkState::CutOneWay { .. }) {
                <path class="link-cross" d={mark.cross.clone()} />
            }
        </>
    }
}

fn layer(kind: MarkKind) -> Html {
    let color = format!("var(--{})", kind.token());
    if kind.is_filled() {
        html! { <path class={classes!("message", "filled", kind.name())} fill={color} /> }
    } else {
        html! {
            <path class={classes!("message", "stroked", kind.name())} fill="none" stroke={color} />
        }
    }
}

fn node(mark: &NodeMark, marks: &Marks, props: &Props) -> Html {
    let id = mark.id;
    let (x, y) = (px(mark.center.x), px(mark.center.y));
    let metrics = &marks.metrics;
    let open = props.on_open.reform(Overlay::Node);
    let on_click = open.reform(move |_: MouseEvent| id);
    let by_key = open.clone();
    let on_key = Callback::from(move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " " | "ContextMenu") {
            event.prevent_default();
            event.stop_propagation();
            by_key.emit(id);
        }
    });
    let on_context_menu = Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        open.emit(id);
    });
    let is_open = props.open == Some(id);
    html! {
        <g
            key={mark.name.clone()}
            class={classes!("node", mark.role.name(), mark.is_selected.then_some("selected"))}
            id={format!("node-{}", mark.name)}
            role="button"
            tabindex="0"
            aria-haspopup="menu"
            aria-expanded={if is_open { "true" } else { "false" }}
            aria-label={mark.description.clone()}
            data-node={mark.name.clone()}
            data-role={mark.role.name()}
            onclick={on_click}
            onkeydown={on_key}
            oncontextmenu={on_context_menu}
        >
            <circle class="focus" cx={x.clone()} cy={y.clone()} r={px(metrics.ring_radius + 6.0)} />
            <circle class="disc" cx={x.clone()} cy={y.clone()} r={px(mark.radius)} />
            if mark.ring != RingKind::None {
                <circle
                    class={classes!("track", mark.ring.name())}
                    cx={x.clone()}
                    cy={y.clone()}
                    r={px(metrics.ring_radius)}
                    stroke-width={px(metrics.ring_width)}
                />
            }
            // It is there for a crashed node too, empty: painters count on one a node.
            <circle
                class={classes!("ring", mark.ring.name(), mark.ring_tone.name())}
                cx={x.clone()}
                cy={y.clone()}
                r={px(metrics.ring_radius)}
                stroke-width={px(metrics.ring_width)}
                pathLength="1000"
                stroke-dasharray="0 2000"
                transform={format!("rotate(-90 {x} {y})")}
            />
            if !mark.glyph_path.is_empty() {
                <path class="glyph" d={mark.glyph_path.clone()} />
            }
            { for mark.pips.iter().map(|pip| {
                let (x, y, r) = (pip.center.x, pip.center.y, pip.radius);
                let arm = r * 0.55;
                html! {
                    <>
                        <circle class={classes!("pip", pip.vote.name())} cx={px(x)} cy={px(y)} r={px(r)} />
                        if pip.vote == raft_scene::Vote::Refused {
                            <path class="pip-cross" d={format!(
                                "M{} {}L{} {}M{} {}L{} {}",
                                px(x - arm), px(y - arm), px(x + arm), px(y + arm),
                                px(x - arm), px(y + arm), px(x + arm), px(y - arm),
                            )} />
                        }
                    </>
                }
            }) }
        </g>
    }
}

/// A node's words and log. They are not part of its button, whose name says more.
fn beside(mark: &NodeMark) -> Html {
    html! {
        <g key={mark.name.clone()} class={classes!("beside", mark.role.name())}>
            <g class="on-disc">
                { text(&mark.name_at, "name") }
                { text(&mark.term_line, "term") }
            </g>
            { text(&mark.role_line, "role") }
            { for mark.notes.iter().map(|note| text(note, "note")) }
            { for mark.log.more.iter().map(|more| text(more, "more")) }
            { for mark.log.cells.iter().map(|cell| {
                let bounds = cell.bounds;
                let class = classes!(
                    "cell",
                    format!("term-{}", cell.color),
                    (!cell.is_committed).then_some("uncommitted"),
                    (!cell.is_durable).then_some("not-durable"),
                );
                let center = bounds.center();
                html! {
                    <g class={class}>
                        <rect
                            x={px(bounds.x)}
                            y={px(bounds.y)}
                            width={px(bounds.width)}
                            height={px(bounds.height)}
                            rx="3"
                        />
                        <text
                            x={px(center.x)}
                            y={px(center.y)}
                            font-size={px(bounds.height * 0.6)}
                        >
                            { cell.term.0 }
                        </text>
                    </g>
                }
            }) }
        </g>
    }
}

fn client(mark: &ClientMark) -> Html {
    let bounds = mark.bounds;
    html! {
        <g key={mark.number} class={classes!("client", mark.tone.name())}>
            <rect
                x={px(bounds.x)}
                y={px(bounds.y)}
                width={px(bounds.width)}
                height={px(bounds.height)}
                rx="8"
            />
            { text(&mark.title, "title") }
            { text(&mark.line, "line") }
        </g>
    }
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
