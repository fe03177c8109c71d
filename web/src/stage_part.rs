//! What stands still on the stage, in parts: each is drawn again only where what it shows has
//! changed, which with most events is one node of all. The board ([`crate::board`]) tells it.

use crate::board::{Board, Place};
use crate::overlay::Overlay;
use crate::stage;
use crate::svg::{px, text};
use raft_scene::{
    CellMark, ClientMark, Hit, LinkMark, LinkState, MarkKind, MemberKind, Metrics, NodeMark,
    Rectangle, RingKind, Stage as Marks, Vote, WallMark, count_stroke,
};
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
    /// A node's name and what is said beside it.
    Words(usize),
    /// A node's log.
    Log(usize),
    /// A cell of a node's log, by its place among those that are shown.
    Cell(usize, usize),
    /// A client, by its place in the list.
    Client(usize),
}

impl Part {
    /// What it is among its neighbours, of which no other may have the same: several lists of
    /// parts written one after the other are one list of children. A list without keys would be
    /// matched from its end: when a log grew, each part would become the next one's.
    const fn key(self) -> u32 {
        let (kind, place) = match self {
            Part::Ground => (0, 0),
            Part::Messages => (1, 0),
            Part::Node(place) => (2, place),
            Part::Words(place) => (3, place),
            Part::Log(place) => (4, place),
            Part::Cell(_, place) => (5, place),
            Part::Client(place) => (6, place),
        };
        (kind << 16) + place as u32
    }

    /// Whether it looks the same with these marks as with those.
    pub(crate) fn is_same(self, marks: &Marks, others: &Marks) -> bool {
        let is_same = match self {
            Part::Ground => {
                marks.wall == others.wall
                    && marks.places == others.places
                    && marks.links == others.links
            }
            Part::Messages => true,
            Part::Node(place) => {
                let look = |mark: &NodeMark| {
                    let NodeMark { id, center, radius, role, member, ring, ring_tone, .. } = *mark;
                    ((id, center, radius, role), (member, ring, ring_tone, mark.is_selected))
                };
                both(marks.nodes.get(place), others.nodes.get(place), |one, other| {
                    look(one) == look(other)
                        && one.name == other.name
                        && one.glyph_path == other.glyph_path
                        && one.pips == other.pips
                })
            }
            Part::Words(place) => {
                both(marks.nodes.get(place), others.nodes.get(place), |one, other| {
                    one.role == other.role
                        && one.name_at == other.name_at
                        && one.term_line == other.term_line
                        && one.role_line == other.role_line
                        && one.notes == other.notes
                        && one.progress == other.progress
                })
            }
            Part::Log(place) => {
                both(marks.nodes.get(place), others.nodes.get(place), |one, other| {
                    one.log.cells.len() == other.log.cells.len() && one.log.more == other.log.more
                })
            }
            Part::Cell(node, place) => {
                // Which entry it is, one does not see: a log that goes on moves through its cells.
                let look = |cell: &CellMark| {
                    let CellMark { term, color, is_committed, is_durable, bounds, .. } = *cell;
                    (term, color, is_committed, is_durable, bounds)
                };
                cell_of(marks, node, place).map(look) == cell_of(others, node, place).map(look)
            }
            Part::Client(place) => marks.clients.get(place) == others.clients.get(place),
        };
        is_same && marks.metrics == others.metrics
    }
}

fn both<T>(one: Option<T>, other: Option<T>, is_same: impl FnOnce(T, T) -> bool) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => is_same(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn cell_of(marks: &Marks, node: usize, place: usize) -> Option<&CellMark> {
    marks.nodes.get(node)?.log.cells.get(place)
}

/// What a part needs, beside the marks, which are on the board.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    part: Part,
    board: Board,
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

/// A part, as the stage has it among its children.
pub(crate) fn part(part: Part, board: &Board, meant: Option<Hit>, stage: &stage::Props) -> Html {
    let marks = board.marks();
    let id = |place: usize| marks.nodes.get(place).map(|mark| mark.id);
    let node = if let Part::Node(place) = part { id(place) } else { None };
    html! {
        <StagePart
            key={part.key()}
            {part}
            board={board.clone()}
            meant={meant.filter(|_| part == Part::Ground)}
            is_open={node.is_some_and(|node| stage.open == Some(Hit::Node(node)))}
            is_lit={node.is_some_and(|node| stage.lit.contains(node))}
            prefix={stage.prefix()}
            on_open={stage.on_open.clone()}
        />
    }
}

/// Draws a part.
pub(crate) struct StagePart {
    place: Place,
    /// The button and the ring, if it is a node.
    button: NodeRef,
    ring: NodeRef,
}

impl Component for StagePart {
    type Message = ();
    type Properties = Props;

    fn create(ctx: &Context<StagePart>) -> StagePart {
        let Props { part, board, .. } = ctx.props();
        let place = board.add(*part, ctx.link().clone());
        StagePart { place, button: NodeRef::default(), ring: NodeRef::default() }
    }

    fn view(&self, ctx: &Context<StagePart>) -> Html {
        let props = ctx.props();
        let marks = &*props.board.marks();
        match props.part {
            Part::Ground => Some(ground(marks, props.meant)),
            Part::Messages => Some(messages(marks)),
            Part::Node(place) => marks.nodes.get(place).map(|mark| {
                let refs = (self.button.clone(), self.ring.clone());
                node(mark, &marks.metrics, refs, props)
            }),
            Part::Words(place) => marks.nodes.get(place).map(words),
            Part::Log(place) => marks.nodes.get(place).map(|mark| log(mark, place, props)),
            Part::Cell(node, place) => cell_of(marks, node, place).map(cell),
            Part::Client(place) => marks.clients.get(place).map(client),
        }
        .unwrap_or_default()
    }

    fn rendered(&mut self, ctx: &Context<StagePart>, _: bool) {
        if let Part::Node(place) = ctx.props().part {
            ctx.props().board.attach(place, self.button.cast(), self.ring.cast());
        }
    }

    fn destroy(&mut self, ctx: &Context<StagePart>) {
        ctx.props().board.remove(self.place);
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
            <path class="counts" fill="none" stroke-width={px(count_stroke(radius))} />
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

fn node(mark: &NodeMark, metrics: &Metrics, refs: (NodeRef, NodeRef), props: &Props) -> Html {
    let (button, ring) = refs;
    let id = mark.id;
    let (x, y) = (px(mark.center.x), px(mark.center.y));
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
            ref={button}
            class={classes!(
                "node",
                mark.role.name(),
                (mark.member == MemberKind::Learner).then_some("learner"),
                mark.is_selected.then_some("selected"),
                props.is_lit.then_some("lit-node"),
            )}
            id={format!("{}node-{}", props.prefix, mark.name)}
            role="button"
            tabindex="0"
            aria-haspopup="menu"
            aria-expanded={if props.is_open { "true" } else { "false" }}
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
            // It is there for a crashed node too, empty: the painter counts on one a node.
            <circle
                ref={ring}
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

/// A node's words. They are not part of its button, whose name says more.
fn words(mark: &NodeMark) -> Html {
    html! {
        <g class={classes!("beside", mark.role.name())}>
            <g class="on-disc">
                { text(&mark.name_at, "name") }
                { text(&mark.term_line, "term") }
            </g>
            { text(&mark.role_line, "role") }
            { for mark.notes.iter().map(|note| text(note, "note")) }
            if let Some(progress) = &mark.progress {
                { rectangle(&progress.track, "snapshot-track") }
                { rectangle(&progress.done, "snapshot-done") }
            }
        </g>
    }
}

fn rectangle(bounds: &Rectangle, class: &'static str) -> Html {
    html! {
        <rect
            {class}
            x={px(bounds.x)}
            y={px(bounds.y)}
            width={px(bounds.width)}
            height={px(bounds.height)}
            rx="1"
        />
    }
}

fn log(mark: &NodeMark, node: usize, props: &Props) -> Html {
    html! {
        <g class="beside">
            { for mark.log.more.iter().map(|more| text(more, "more")) }
            { for (0..mark.log.cells.len()).map(|place| {
                let part = Part::Cell(node, place);
                let props = Props { part, ..props.clone() };
                html! { <StagePart key={part.key()} ..props /> }
            }) }
        </g>
    }
}

fn cell(mark: &CellMark) -> Html {
    let CellMark { bounds, .. } = *mark;
    let class = classes!(
        "cell",
        format!("term-{}", mark.color),
        (!mark.is_committed).then_some("uncommitted"),
        (!mark.is_durable).then_some("not-durable"),
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
            <text x={px(center.x)} y={px(center.y)} font-size={px(bounds.height * 0.6)}>
                { mark.term.0 }
            </text>
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
