//! What clients asked and were told, as a table. Newest first.

use super::Props;
use raft_core::{Micros, ReadBasis};
use raft_scene::words;
use raft_sim::{Operation, OperationId, Outcome, Request};
use yew::prelude::*;

/// How many operations are listed.
const MOST_ROWS: usize = 200;

/// The table.
pub(super) fn history(props: &Props) -> Html {
    let engine = props.session.engine();
    let history = engine.world().history();
    // Known of the whole run: a read shows it only once it has its answer.
    let stale = engine.index().stale();
    if history.operations().next().is_none() {
        return html! {
            <p data-testid="history">
                { "No client has asked for anything yet. Write or read with the buttons below." }
            </p>
        };
    }
    html! {
        <table class="table" data-testid="history">
            <caption class="visually-hidden">{ "What clients asked, newest first" }</caption>
            <thead>
                <tr>
                    <th scope="col">{ "Client" }</th>
                    <th scope="col">{ "Asked" }</th>
                    <th scope="col">{ "Began, ms" }</th>
                    <th scope="col">{ "Ended, ms" }</th>
                    <th scope="col">{ "Took, ms" }</th>
                    <th scope="col">{ "Answer" }</th>
                </tr>
            </thead>
            <tbody>
                { for history.operations().rev().take(MOST_ROWS)
                    .map(|(id, operation)| {
                        row(id, operation, operation.ended.is_some() && stale.contains(&id))
                    }) }
            </tbody>
        </table>
    }
}

fn row(id: OperationId, operation: &Operation, is_stale: bool) -> Html {
    let client = match operation.client {
        0 => "you".to_owned(),
        number => format!("client {number}"),
    };
    let asked = match operation.request {
        Request::Write { key, value } => format!("write {key} = {}", value.0),
        Request::Read { key, mode } => format!("read {key} {}", words::how(mode)),
    };
    let (ended, took) = match operation.ended {
        Some((at, _)) => (milliseconds(at), milliseconds(at - operation.began_at)),
        None => Default::default(),
    };
    let by = operation.answered_by.map(|node| format!(" from {node}")).unwrap_or_default();
    let answer = match operation.ended.map(|(_, outcome)| outcome) {
        None => "waits".to_owned(),
        Some(Outcome::Written) => "written".to_owned(),
        Some(Outcome::Found { value, basis: Some(ReadBasis::Lease { .. }) }) => {
            format!("{}{by}, by its lease", value.0)
        }
        Some(Outcome::Found { value, basis: Some(ReadBasis::Round(_)) }) => {
            format!("{}{by}, by a round of heartbeats", value.0)
        }
        Some(Outcome::Found { value, basis: None }) => format!("{}{by}, unchecked", value.0),
        Some(Outcome::Found { value, basis: Some(ReadBasis::Log { .. }) }) => {
            format!("{}{by}, by an entry in its log", value.0)
        }
        Some(Outcome::Refused) => "refused".to_owned(),
        Some(Outcome::GaveUp) => "gave up".to_owned(),
    };
    html! {
        <tr
            key={id.0}
            data-operation={id.0.to_string()}
            data-stale={is_stale.then_some("true")}
        >
            <td data-field="client">{ client }</td>
            <td data-field="asked">{ asked }</td>
            <td data-field="began">{ milliseconds(operation.began_at) }</td>
            <td data-field="ended">{ ended }</td>
            <td data-field="took">{ took }</td>
            <td data-field="answer">
                { answer }
                if is_stale {
                    <b class="violated">{ " STALE" }</b>
                }
            </td>
        </tr>
    }
}

/// A time without its unit, which stands at the head of the column.
fn milliseconds(time: Micros) -> String {
    time.to_string().trim_end_matches(" ms").to_owned()
}

#[cfg(test)]
mod tests {
    use super::milliseconds;
    use crate::address::Address;
    use crate::engine::Engine;
    use crate::source::Source;
    use raft_core::Micros;

    #[test]
    fn a_time_is_a_number() {
        assert_eq!(milliseconds(Micros(447_950)), "447.9");
    }

    #[test]
    fn a_phantom_leader_gives_wrong_answers_by_its_lease_only() {
        for (scenario, is_stale) in
            [("phantom-leader-lease", true), ("phantom-leader-read-index", false)]
        {
            let address =
                Address { source: Source::BuiltIn(scenario.into()), ..Address::default() };
            let engine = Engine::new(address).expect("a built-in scenario");
            assert_eq!(!engine.index().stale().is_empty(), is_stale, "{scenario}");
        }
    }
}
