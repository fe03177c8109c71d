//! What one sees, in words: what the scenario is about, and what happened lately.

use super::{Props, moment};
use crate::address::counterpart;
use crate::command::Command;
use crate::engine::Engine;
use crate::later;
use crate::reads::{Latencies, Reads};
use yew::prelude::*;

/// The story.
pub(super) fn story(props: &Props) -> Html {
    let engine = props.session.engine();
    let scenario = engine.scenario();
    let compare = counterpart(&scenario.name).map(|other| {
        let name = other.name;
        html! {
            <button
                type="button"
                data-testid="compare"
                onclick={props.on_command.reform(move |_: MouseEvent| Command::Compare(name.to_owned()))}
            >
                { format!("Compare with: {}", other.title) }
            </button>
        }
    });
    html! {
        <>
            <h2>{ &scenario.title }</h2>
            <p class="summary">{ &scenario.summary }</p>
            { compare.unwrap_or_default() }
            { for engine.index().violations_by(engine.events()).iter().take(2).map(|violation| {
                let event = violation.event;
                let jump = props.on_command.reform(move |_: MouseEvent| Command::SeekEvent(event));
                let (heading, text) = violation.heading_and_text();
                html! {
                    <div class="violation-box" data-testid="violation">
                        <b>{ heading }</b>
                        <span>{ text }</span>
                        <button type="button" onclick={jump}>{ "Go to this moment" }</button>
                    </div>
                }
            }) }
            { reads(&engine) }
            <h3>{ "What happened" }</h3>
            { happened(props, &engine) }
        </>
    }
}

fn reads(engine: &Engine) -> Html {
    let Reads { by_lease, by_read_index } = Reads::of(engine.world().history());
    let line = |name: &'static str, id: &'static str, latencies: &Latencies| {
        latencies.median().map(|median| {
            let count = latencies.count();
            let reads = if count == 1 { "read" } else { "reads" };
            html! {
                <li data-testid={id}>
                    { format!("{name}: median ") }<b>{ median.to_string() }</b>
                    { format!(" over {count} {reads}") }
                </li>
            }
        })
    };
    let lines = [
        line("By lease", "reads-by-lease", &by_lease),
        line("By ReadIndex", "reads-by-read-index", &by_read_index),
    ];
    if lines.iter().all(Option::is_none) {
        return Html::default();
    }
    html! {
        <>
            <h3>{ "Reads so far" }</h3>
            <ul class="reads">{ for lines.into_iter().flatten() }</ul>
        </>
    }
}

fn happened(props: &Props, engine: &Engine) -> Html {
    let lately = engine.lately();
    let told = lately.sentences();
    if told.is_empty() {
        let nothing = match engine.events() == 0 || later::there().is_some() {
            true => {
                "Nothing yet: every node waits for a leader to speak up. \
                 The ring around each shows how long it will still wait."
            }
            false => "It is told in words once all of the page is there.",
        };
        return html! { <p data-testid="story">{ nothing }</p> };
    }
    html! {
        <ol class="happened" data-testid="story" reversed=true>
            { for told.iter().map(|sentence| {
                moment(props, sentence.at, sentence.event, sentence.text.clone())
            }) }
        </ol>
    }
}
