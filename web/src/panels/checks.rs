//! What Raft promises, and whether it held up to the playhead; where it did not, the
//! counterexample.

use super::{Props, Tab};
use crate::command::Command;
use crate::engine::Engine;
use crate::stage;
use crate::terms::{Explained, Sentences, use_sentences};
use raft_core::Micros;
use raft_scene::{Hit, words};
use raft_sim::{OperationRef, Property, Violation};
use yew::prelude::*;

/// The properties.
#[component]
pub(super) fn Checks(props: &Props) -> Html {
    let meanings = use_sentences("checks", || {
        let named = Property::ALL.iter().map(|property| words::property(*property));
        named.map(|(name, meaning)| (name, meaning.to_owned())).collect()
    });
    let engine = props.session.engine();
    html! {
        <Explained marker="checks" said={meanings.said()}>
            <table class="table checks" data-testid="checks">
                <caption class="visually-hidden">
                    { "What Raft promises, checked at every event" }
                </caption>
                <thead>
                    <tr>
                        <th scope="col">{ "Property" }</th>
                        <th scope="col">{ "State" }</th>
                    </tr>
                </thead>
                <tbody>
                    { for in_order(&engine).into_iter().map(|property| {
                        row(props, &engine, &meanings, property)
                    }) }
                </tbody>
            </table>
        </Explained>
    }
}

/// The properties, those that are violated first.
fn in_order(engine: &Engine) -> [Property; Property::ALL.len()] {
    let mut properties = Property::ALL;
    let monitors = engine.world().monitors();
    properties.sort_by_key(|property| monitors.standing(*property).violation.is_none());
    properties
}

fn row(props: &Props, engine: &Engine, meanings: &Sentences, property: Property) -> Html {
    let standing = engine.world().monitors().standing(property);
    let (name, meaning) = words::property(property);
    let id = format!("{property:?}");
    let violation = standing.violation.as_ref();
    let state = if violation.is_some() { "violated" } else { "holds" };
    let times = if standing.checks == 1 { "check" } else { "checks" };
    let since = match (violation, standing.checks) {
        (Some(violation), _) => format!("since {}", violation.at),
        (None, 0) => "nothing to check yet".to_owned(),
        (None, _) => "since the beginning".to_owned(),
    };
    html! {
        <tr key={id.clone()} data-property={id} data-state={state}>
            <th scope="row">
                { name }
                <span class="meaning">{ meanings.mark(name, meaning) }</span>
                <span class="meaning source">{ words::source(property) }</span>
                { violation.map(|violation| counterexample(props, engine, violation)).unwrap_or_default() }
            </th>
            <td>
                <b class={state} data-field="state">
                    { if violation.is_some() { "✕ violated" } else { "✓ holds" } }
                </b>
                <span class="meaning" data-field="since">{ since }</span>
                <span class="meaning" data-field="checks">
                    { format!("{} {times}", standing.checks) }
                </span>
            </td>
        </tr>
    }
}

/// Who, which entry and which operations contradict a property, each with a way to it.
fn counterexample(props: &Props, engine: &Engine, violation: &Violation) -> Html {
    let event = event_of(engine, violation.property);
    let evidence = &violation.evidence;
    let go = props.on_command.reform(move |_: MouseEvent| Command::SeekEvent(event));
    let nodes = evidence.nodes();
    let entry = evidence.index().filter(|_| !nodes.is_empty());
    html! {
        <details class="violation-box" open=true data-testid="counterexample">
            <summary>{ "Counterexample" }</summary>
            <p data-field="violation">{ violation.to_string() }</p>
            <div class="jumps-row">
                <button type="button" onclick={go}>{ format!("Go to {}", violation.at) }</button>
                { for nodes.iter().map(|node| html! {
                    <button
                        type="button"
                        onclick={Callback::from(move |_: MouseEvent| stage::focus_node(node.number()))}
                    >
                        { format!("Node {node}") }
                    </button>
                }) }
                { for entry.into_iter().flat_map(|index| nodes.iter().map(move |node| (node, index))).map(|(node, index)| {
                    let (on_select, on_tab) = (props.on_select.clone(), props.on_tab.clone());
                    let show = Callback::from(move |_: MouseEvent| {
                        on_select.emit(Some(Hit::Cell { node, index }));
                        on_tab.emit(Tab::Log);
                    });
                    html! {
                        <button type="button" onclick={show}>
                            { format!("Entry {index} of {node}'s log") }
                        </button>
                    }
                }) }
            </div>
            { operations(props, engine, &evidence.operations()) }
        </details>
    }
}

fn operations(props: &Props, engine: &Engine, named: &[OperationRef]) -> Html {
    if named.is_empty() {
        return Html::default();
    }
    let history = engine.world().history();
    html! {
        <ul class="happened">
            { for named.iter().map(|named| {
                let operation = history.get(named.id);
                let began_at = operation.map_or(Micros::ZERO, |operation| operation.began_at);
                let text = operation.map_or_else(|| named.to_string(), words::operation);
                let go = props.on_command.reform(move |_: MouseEvent| Command::LookAt(began_at));
                html! {
                    <li>
                        <button type="button" class="moment" title="Go to where it began" onclick={go}>
                            { began_at.to_string() }
                        </button>
                        <span>{ text }</span>
                    </li>
                }
            }) }
        </ul>
    }
}

/// The event in which a property was first violated.
fn event_of(engine: &Engine, property: Property) -> u64 {
    let found = engine.index().violations_by(engine.events());
    let found = found.iter().find(|found| found.property == property);
    found.map_or(engine.events(), |found| found.event)
}
