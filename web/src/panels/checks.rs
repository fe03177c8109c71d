//! What Raft promises, and whether it held up to the playhead.

use super::Props;
use crate::command::Command;
use raft_scene::words;
use raft_sim::Property;
use yew::prelude::*;

/// The properties.
pub(super) fn checks(props: &Props) -> Html {
    let engine = props.session.engine();
    let monitors = engine.world().monitors();
    html! {
        <table class="table checks" data-testid="checks">
            <caption class="visually-hidden">{ "What Raft promises, checked at every event" }</caption>
            <thead>
                <tr>
                    <th scope="col">{ "Property" }</th>
                    <th scope="col">{ "State" }</th>
                </tr>
            </thead>
            <tbody>
                { for Property::ALL.into_iter().map(|property| {
                    let standing = monitors.standing(property);
                    let (name, meaning) = words::property(property);
                    let id = format!("{property:?}");
                    let violation = standing.violation.as_ref();
                    let state = if violation.is_some() { "violated" } else { "holds" };
                    let times = if standing.checks == 1 { "check" } else { "checks" };
                    html! {
                        <tr key={id.clone()} data-property={id} data-state={state}>
                            <th scope="row">
                                { name }
                                <span class="meaning">{ meaning }</span>
                                { violation.map(|violation| {
                                    let event = event_of(props, property);
                                    let jump = props.on_command.reform(move |_: MouseEvent| {
                                        Command::SeekEvent(event)
                                    });
                                    html! {
                                        <span class="violation-box">
                                            <span data-field="violation">{ violation.to_string() }</span>
                                            <button type="button" onclick={jump}>
                                                { format!("Go to {}", violation.at) }
                                            </button>
                                        </span>
                                    }
                                }).unwrap_or_default() }
                            </th>
                            <td>
                                <b class={state} data-field="state">
                                    { if violation.is_some() { "✕ violated" } else { "✓ holds" } }
                                </b>
                                <span class="meaning" data-field="checks">
                                    { format!("{} {times}", standing.checks) }
                                </span>
                            </td>
                        </tr>
                    }
                }) }
            </tbody>
        </table>
    }
}

/// The event in which a property was first violated.
fn event_of(props: &Props, property: Property) -> u64 {
    let engine = props.session.engine();
    let found = engine.index().violations_by(engine.events());
    let found = found.iter().find(|found| found.property == property);
    found.map_or(engine.events(), |found| found.event)
}
