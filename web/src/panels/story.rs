//! What one sees, in words: what the scenario is about, and what happened lately.

use super::Props;
use crate::address::counterpart;
use crate::command::Command;
use crate::engine::Engine;
use crate::reads::{Latencies, Reads};
use raft_scene::words;
use raft_sim::{Happening, Record, Violation};
use yew::prelude::*;

/// How many sentences of what happened are told.
const MOST_SENTENCES: usize = 12;

/// The story.
pub(super) fn story(props: &Props) -> Html {
    let engine = props.session.engine();
    let scenario = engine.scenario();
    let compare = counterpart(&scenario.name).map(|other| {
        let name = other.name.clone();
        html! {
            <button
                type="button"
                data-testid="compare"
                onclick={props.on_command.reform(move |_: MouseEvent| Command::Compare(name.clone()))}
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
            { for violations(engine.records()).map(|(event, violation)| {
                let jump = props.on_command.reform(move |_: MouseEvent| Command::SeekEvent(event));
                let name = words::property(violation.property).0;
                html! {
                    <div class="violation-box" data-testid="violation">
                        <b>{ format!("{name} violated at {}", violation.at) }</b>
                        <span>{ violation.to_string() }</span>
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

/// The first violations, each with its event.
fn violations(records: &[Record]) -> impl Iterator<Item = (u64, &Violation)> {
    let violated = records.iter().filter_map(|record| match &record.what {
        Happening::Violated(violation) => Some((record.event, violation)),
        _ => None,
    });
    violated.take(2)
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
    let told: Vec<(&Record, String)> = engine
        .records()
        .iter()
        .rev()
        .filter(|record| words::is_worth_telling(&record.what))
        .filter_map(|record| Some((record, words::happening(&record.what, engine.world())?)))
        .take(MOST_SENTENCES)
        .collect();
    if told.is_empty() {
        return html! {
            <p data-testid="story">
                { "Nothing yet: every node waits for a leader to speak up. \
                   The ring around each shows how long it will still wait." }
            </p>
        };
    }
    html! {
        <ol class="happened" data-testid="story" reversed=true>
            { for told.into_iter().enumerate().map(|(place, (record, sentence))| {
                let event = record.event;
                html! {
                    <li key={format!("{event}-{place}")}>
                        <button
                            type="button"
                            class="moment"
                            title="Go to this moment"
                            onclick={props.on_command.reform(move |_: MouseEvent| {
                                Command::SeekEvent(event)
                            })}
                        >
                            { record.at.to_string() }
                        </button>
                        <span>{ sentence }</span>
                    </li>
                }
            }) }
        </ol>
    }
}
