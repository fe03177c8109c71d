//! The messages: who asked whom what, and was told what, and why. Newest first.

use super::Props;
use crate::command::Command;
use crate::session::Session;
use raft_core::Envelope;
use raft_scene::words;
use raft_sim::{Happening, LossCause, MessageId, Records};
use std::collections::HashMap;
use yew::prelude::*;

/// How many messages are listed.
const MOST_ROWS: usize = 200;

/// What became of a message, up to the playhead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    OnItsWay,
    Arrived,
    Lost(LossCause),
}

impl Fate {
    const fn name(self) -> &'static str {
        match self {
            Fate::OnItsWay => "on its way",
            Fate::Arrived => "arrived",
            Fate::Lost(LossCause::Cut) => "lost: cut off",
            Fate::Lost(LossCause::Dropped) => "lost: dropped",
            Fate::Lost(LossCause::ReceiverDown) => "lost: receiver down",
            Fate::Lost(LossCause::Taken) => "lost: taken off its way",
        }
    }
}

/// The last messages that were sent, newest first, each with the event in which it was.
fn latest(records: Records<'_>) -> Vec<(u64, MessageId, Fate)> {
    let mut ended = HashMap::new();
    let mut found = Vec::new();
    for record in records.rev() {
        match &record.what {
            Happening::Delivered { message } => {
                ended.insert(*message, Fate::Arrived);
            }
            Happening::Lost { message, because } => {
                ended.insert(*message, Fate::Lost(*because));
            }
            Happening::Sent { message, .. } => {
                // Going back, its end comes before its beginning.
                let fate = ended.remove(message).unwrap_or(Fate::OnItsWay);
                found.push((record.event, *message, fate));
                if found.len() == MOST_ROWS {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

/// The list.
pub(super) fn rpcs(props: &Props) -> Html {
    let engine = props.session.engine();
    let messages = latest(engine.timeline().records_by(engine.events()));
    html! {
        <table class="table rpcs" data-testid="rpcs">
            <caption class="visually-hidden">{ "The last messages, newest first" }</caption>
            <thead>
                <tr>
                    <th scope="col">{ "Sent" }</th>
                    <th scope="col">{ "From, to" }</th>
                    <th scope="col">{ "Message" }</th>
                    <th scope="col">{ "Fate" }</th>
                </tr>
            </thead>
            <tbody>
                { for messages.into_iter().map(|(event, message, fate)| html! {
                    <Row
                        key={message.0}
                        session={props.session.clone()}
                        run={props.moment.run}
                        {event}
                        message={message.0}
                        {fate}
                        on_command={props.on_command.clone()}
                    />
                }) }
            </tbody>
        </table>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct RowProps {
    session: Session,
    run: u32,
    event: u64,
    message: u64,
    fate: Fate,
    on_command: Callback<Command>,
}

/// One message. It is drawn again only when its fate has changed.
#[component]
fn Row(props: &RowProps) -> Html {
    let engine = props.session.engine();
    let is_it = |what: &Happening| match what {
        Happening::Sent { message, .. } => message.0 == props.message,
        _ => false,
    };
    let record = engine.timeline().records_of(props.event).find(|record| is_it(&record.what));
    let Some(record) = record else { return Html::default() };
    let Happening::Sent { envelope, .. } = &record.what else { return Html::default() };
    let said = words::message(envelope);
    let Envelope { from, to, .. } = envelope;
    let kind = raft_scene::MarkKind::of(envelope);
    let event = record.event;
    html! {
        <tr data-message={props.message.to_string()} data-kind={kind.name()}>
            <td data-field="time">
                <button
                    type="button"
                    class="moment"
                    title="Go to this moment"
                    onclick={props.on_command.reform(move |_: MouseEvent| Command::SeekEvent(event))}
                >
                    { record.at.to_string() }
                </button>
            </td>
            <td data-field="way">{ format!("{from} → {to}") }</td>
            <td data-field="said" class={classes!(said.is_refusal.then_some("refusal"))}>
                <b>{ said.title }</b>{ " " }{ said.detail }
            </td>
            <td data-field="fate" class={classes!(matches!(props.fate, Fate::Lost(_)).then_some("bad"))}>
                { props.fate.name() }
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::engine::Engine;
    use raft_core::Micros;

    #[test]
    fn the_newest_is_first_and_every_fate_is_known() {
        let mut engine = Engine::new(Address::default()).expect("the default run is right");
        engine.seek(Micros::from_millis(1_400));
        let messages = latest(engine.timeline().records_by(engine.events()));
        assert_eq!(messages.len(), MOST_ROWS);
        assert!(messages.windows(2).all(|pair| pair[0].1 > pair[1].1));
        let on_their_way = messages.iter().filter(|(_, _, fate)| *fate == Fate::OnItsWay).count();
        assert_eq!(on_their_way, engine.world().network().flights().count());
        assert!(messages.iter().any(|(_, _, fate)| *fate == Fate::Lost(LossCause::ReceiverDown)));
    }
}
