//! The messages: who asked whom what, and was told what, and why. Newest first; one of
//! them can be chosen, and is then shown on the stage and in the diagram too.

use super::Props;
use super::long_list::LongList;
use crate::browser;
use crate::command::Command;
use crate::engine::Engine;
use crate::message_list::{Fate, Filter, MessageList, Told, end_of, message_of};
use raft_core::NodeId;
use raft_scene::{Hit, MarkKind, MessageSpan};
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// The kinds, as one asks for them.
const KINDS: [(MarkKind, &str); 12] = [
    (MarkKind::VoteRequest, "vote requests"),
    (MarkKind::PreVoteRequest, "pre-vote requests"),
    (MarkKind::VoteGranted, "votes given"),
    (MarkKind::VoteRefused, "votes refused"),
    (MarkKind::Entries, "entries"),
    (MarkKind::Heartbeat, "heartbeats"),
    (MarkKind::ReadCheck, "read checks"),
    (MarkKind::Accepted, "accepted"),
    (MarkKind::Refused, "refused"),
    (MarkKind::Snapshot, "snapshots"),
    (MarkKind::TimeoutNow, "TimeoutNow"),
    (MarkKind::Lost, "lost"),
];

/// What the page keeps of the list while another tab is open.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(super) filter: UseStateHandle<Filter>,
    pub(super) messages: Rc<RefCell<MessageList>>,
}

/// The list, its filters, and all of the message that is chosen.
pub(super) fn rpcs(props: &Props, kept: &Kept) -> Html {
    let engine = props.session.engine();
    // Another run may have no such node.
    let chosen_node = kept.filter.node.filter(|node| engine.world().host(*node).is_some());
    let filter = Filter { node: chosen_node, ..*kept.filter };
    let mut list = kept.messages.borrow_mut();
    list.turn_to(&engine, filter);
    let selected = message_of(props.selected).and_then(|id| engine.index().message(id));
    let count = list.count();
    let messages = if count == 1 { "message" } else { "messages" };
    html! {
        <>
            <div class="filters">
                { kinds(kept) }
                { nodes(kept, filter, &engine) }
                <span data-testid="rpcs-count">{ format!("{count} {messages}") }</span>
            </div>
            if count == 0 {
                <p class="nothing" data-testid="rpcs">{ match filter == Filter::default() {
                    true => "Nobody has sent anything yet.",
                    false => "No such message has been sent up to here.",
                } }</p>
            } else {
                <LongList
                    name="rpcs"
                    label="Messages, newest first"
                    of={format!("{} {filter:?}", props.moment.run)}
                    {count}
                    chosen={selected.and_then(|message| list.place_of(message.id))}
                    row={row(props, kept)}
                    on_choose={choose(props, kept)}
                    on_enter={enter(props, kept)}
                />
            }
            <div class="chosen" data-testid="message">
                { match selected {
                    Some(message) => chosen(props, &engine, &mut list, &message),
                    None => html! {
                        <p class="meaning">
                            { "Choose a message to read all of it, and to see it on the stage and in \
                               the diagram. Enter goes to its moment." }
                        </p>
                    },
                } }
            </div>
        </>
    }
}

fn kinds(kept: &Kept) -> Html {
    let Filter { kind, node } = *kept.filter;
    let choose = {
        let filter = kept.filter.clone();
        Callback::from(move |event: Event| {
            let value = browser::chosen(&event);
            let kind = KINDS.iter().map(|(kind, _)| *kind).find(|kind| kind.name() == value);
            filter.set(Filter { kind, node });
        })
    };
    html! {
        <select aria-label="Kind of message" data-testid="filter-kind" onchange={choose}>
            <option value="" selected={kind.is_none()}>{ "all kinds" }</option>
            { for KINDS.iter().map(|(of, name)| html! {
                <option value={of.name()} selected={kind == Some(*of)}>{ *name }</option>
            }) }
        </select>
    }
}

fn nodes(kept: &Kept, shown: Filter, engine: &Engine) -> Html {
    let Filter { kind, node } = shown;
    let choose = {
        let filter = kept.filter.clone();
        Callback::from(move |event: Event| {
            let node = browser::chosen(&event).chars().next().and_then(NodeId::from_letter);
            filter.set(Filter { kind, node });
        })
    };
    html! {
        <select aria-label="From or to which node" data-testid="filter-node" onchange={choose}>
            <option value="" selected={node.is_none()}>{ "all nodes" }</option>
            { for engine.world().hosts().iter().map(|host| {
                let id = host.id();
                html! {
                    <option value={id.to_string()} selected={node == Some(id)}>
                        { format!("node {id}") }
                    </option>
                }
            }) }
        </select>
    }
}

fn row(props: &Props, kept: &Kept) -> Callback<usize, Html> {
    let (session, messages) = (props.session.clone(), kept.messages.clone());
    Callback::from(move |place| {
        let engine = session.engine();
        let mut list = messages.borrow_mut();
        let message = list.at(place).and_then(|id| engine.index().message(id));
        let told = message.and_then(|message| Some((message, list.told(&engine, &message)?)));
        match told {
            Some((message, told)) => in_a_row(&engine, &message, &told),
            None => Html::default(),
        }
    })
}

fn in_a_row(engine: &Engine, message: &MessageSpan, told: &Told) -> Html {
    let fate = Fate::of(engine, message);
    let said = &told.said;
    html! {
        <div
            class="rpc"
            style={format!("--kind:var(--{})", message.kind.token())}
            data-message={message.id.0.to_string()}
            data-kind={message.kind.name()}
        >
            <span class="rpc-way" data-field="way">
                { format!("{} → {}", message.from, message.to) }
            </span>
            <b data-field="title" class={classes!(said.is_refusal.then_some("refusal"))}>
                { said.title }
            </b>
            <span class="rpc-end" data-field="time">{ message.sent_at.to_string() }</span>
            <span class="rpc-said" data-field="said">{ &said.detail }</span>
            <span
                class={classes!("rpc-end", "rpc-fate", fate.is_lost().then_some("bad"))}
                data-field="fate"
            >
                { fate.name() }
            </span>
        </div>
    }
}

fn choose(props: &Props, kept: &Kept) -> Callback<Option<usize>> {
    let messages = kept.messages.clone();
    props.on_select.reform(move |place: Option<usize>| {
        let id = place.and_then(|place| messages.borrow().at(place));
        id.map(Hit::Message)
    })
}

fn enter(props: &Props, kept: &Kept) -> Callback<usize> {
    let (session, messages) = (props.session.clone(), kept.messages.clone());
    let on_command = props.on_command.clone();
    Callback::from(move |place| {
        let event = {
            let engine = session.engine();
            let mut list = messages.borrow_mut();
            let message = list.at(place).and_then(|id| engine.index().message(id));
            message.and_then(|message| list.told(&engine, &message)).map(|told| told.event)
        };
        if let Some(event) = event {
            on_command.emit(Command::SeekEvent(event));
        }
    })
}

/// All of the message that is chosen.
fn chosen(props: &Props, engine: &Engine, list: &mut MessageList, message: &MessageSpan) -> Html {
    let Some(told) = list.told(engine, message) else { return Html::default() };
    let fate = Fate::of(engine, message);
    let event = told.event;
    let go = |event| props.on_command.reform(move |_: MouseEvent| Command::SeekEvent(event));
    let until = match fate {
        Fate::NotYetSent => format!("it will be sent at {}", message.sent_at),
        Fate::OnItsWay | Fate::Waits => format!("sent at {}, {}", message.sent_at, fate.name()),
        Fate::Arrived | Fate::Lost(_) => {
            format!("sent at {}, {} at {}", message.sent_at, fate.name(), message.ended_at)
        }
    };
    html! {
        <>
            <p>
                <b>{ format!("{} → {}: {}", message.from, message.to, told.said.title) }</b>
                { format!(", {}", told.said.detail) }
            </p>
            <p class="meaning" data-field="until">{ until }</p>
            <div class="jumps-row">
                <button type="button" data-testid="go-to-sent" onclick={go(event)}>
                    { "Go to where it is sent" }
                </button>
                { end_of(engine, message).map(|end| html! {
                    <button type="button" data-testid="go-to-ended" onclick={go(end)}>
                        { if message.lost.is_some() { "Go to its loss" } else { "Go to its arrival" } }
                    </button>
                }).unwrap_or_default() }
            </div>
        </>
    }
}
