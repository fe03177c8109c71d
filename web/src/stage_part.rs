//! What stands still on the stage, in parts: each is drawn again only where what it shows has
//! changed, which with most events is one node of all.

use crate::overlay::Overlay;
use crate::stage;
use crate::svg::{px, text};
use raft_scene::{
    ClientMark, Hit, LinkMark, LinkState, MarkKind, NodeMark, RingKind, Stage as Marks, Vote,
    WallMark,
};
use std::rc::Rc;
use yew::prelude::*;

/// A part of the stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// Places, links and walls.
    Ground,
    /// What the painter writes messages into.
    Messages,
    /// A node, by its place in the list.
    Node(usize),
    /// A node's words and log.
    Beside(usize),
    /// A client, by its place in the list.
    Client(usize),
}

/// What a part needs.
#[derive(Clone, Properties)]
pub(crate) struct Props {
    part: Part,
    marks: Rc<Marks>,
    /// The link that is meant, if one is.
    meant: Option<Hit>,
    /// Whether its menu is open.
    is_open: bool,
    /// Whether it is lit: what is told is about it.
    is_lit: bool,
    /// What the names of its elements begin with.
    prefix: &'static str,
    on_open: Callback<Overlay>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Props) -> bool {
        let (marks, others) = (&*self.marks, &*other.marks);
        let is_same = match self.part {
            Part::Ground => {
                marks.wall == others.wall
                    && marks.places == others.places
                    && marks.links == others.links
            }
            Part::Messages => true,
            Part::Node(place) | Part::Beside(place) => {
                marks.nodes.get(place) == others.nodes.get(place)
            }
            Part::Client(place) => marks.clients.get(place) == others.clients.get(place),
        };
        is_same
            && self.part == other.part
            && marks.metrics == others.metrics
            && self.meant == other.meant
            && self.is_open == other.is_open
            && self.is_lit == other.is_lit
            && self.prefix == other.prefix
            && self.on_open == other.on_open
    }
}

/// A part, as the stage has it among its children.
pub(crate) fn part(
    part: Part,
    marks: &Rc<Marks>,
    meant: Option<Hit>,
    stage: &stage::Props,
) -> Html {
    let id = |place: usize| marks.nodes.get(place).map(|mark| mark.id);
    let node = if let Part::Node(place) = part { id(place) } else { None };
    html! {
        <StagePart
            {part}
            marks={marks.clone()}
            meant={meant.filter(|_| part == Part::Ground)}
            is_open={node.is_some_and(|node| stage.open == Some(Hit::Node(node)))}
            is_lit={node.is_some_and(|node| stage.lit.contains(node))}
            prefix={stage.prefix()}
            on_open={stage.on_open.clone()}
        />
    }
}

/// Draws a part.
pub(crate) struct StagePart;

impl Component for StagePart {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<StagePart>) -> StagePart {
        StagePart
    }

    fn view(&self, ctx: &Context<StagePart>) -> Html {
        let props = ctx.props();
        let marks = &props.marks;
        match props.part {
            Part::Ground => Some(ground(marks, props.meant)),
            Part::Messages => Some(messages(marks)),
            Part::Node(place) => marks.nodes.get(place).map(|mark| node(mark, props)),
            Part::Beside(place) => marks.nodes.get(place).map(beside),
            Part::Client(place) => marks.clients.get(place).map(client),
        }
        .unwrap_or_default()
    }
}

fn ground(marks: &Marks, meant: Option<Hit>) -> Html {
    html! {
        <>
            <g class="wall" aria-hidden="true">
                { for marks.wall.iter().flat_map(sides) }
                { for marks.places.iter().map(|place| html! {
                    <path class="place" d={place.band.clone()} stroke-width={px(place.width)} />
                }) }
            </g>
            <g class="links" aria-hidden="true">
                { for marks.links.iter().map(|mark| {
                    link(mark, meant == Some(Hit::Link { one: mark.one, other: mark.other }))
                }) }
            </g>
            <g class="wall" aria-hidden="true">{ for marks.wall.iter().map(wall) }</g>
        </>
    }
}

/// What is in it, the painter writes: a message is somewhere else in each frame.
fn messages(marks: &Marks) -> Html {
    let radius = marks.metrics.message_radius;
    html! {
        <g class="messages" aria-hidden="true">
            { for MarkKind::ALL.into_iter().map(layer) }
            <circle class="selected-message" r={px(radius + 5.0)} transform="scale(0)" />
            <g class="counts" font-size={px(radius * 1.5)} />
        </g>
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

fn link(mark: &LinkMark, is_chosen: bool) -> Html {
    let class = classes!("link", mark.state.name(), is_chosen.then_some("meant"));
    html! {
        <>
            <path {class} d={mark.line.clone()} />
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

fn node(mark: &NodeMark, props: &Props) -> Html {
    let id = mark.id;
    let (x, y) = (px(mark.center.x), px(mark.center.y));
    let metrics = &props.marks.metrics;
    let open = props.on_open.reform(move |()| Overlay::Menu(Hit::Node(id)));
    let by_click = open.clone();
    let on_click = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        by_click.emit(());
    });
    let by_key = open.clone();
    let on_key = Callback::from(move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " " | "ContextMenu") {
            event.prevent_default();
            event.stop_propagation();
            by_key.emit(());
        }
    });
    let on_context_menu = Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        event.stop_propagation();
        open.emit(());
    });
    html! {
        <g
            class={classes!(
                "node",
                mark.role.name(),
                mark.is_selected.then_some("selected"),
                props.is_lit.then_some("lit-node"),
            )}
            id={format!("{}node-{}", props.prefix, mark.name)}
            role="button"
            tabindex="0"
            aria-haspopup="menu"
            aria-expanded={if props.is_open { "true" } else { "false" }}
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
                        if pip.vote == Vote::Refused {
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
        <g class={classes!("beside", mark.role.name())}>
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
        <g class={classes!("client", mark.tone.name())}>
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
