//! What clients asked and were told, as a table. Newest first.

use super::Props;
use crate::reads::wrong_reads;
use raft_core::{ReadBasis, ReadMode};
use raft_sim::{Operation, OperationId, Outcome, Request};
use yew::prelude::*;

/// How many operations are listed.
const MOST_ROWS: usize = 200;

/// The table.
pub(super) fn history(props: &Props) -> Html {
    let engine = props.session.engine();
    let history = engine.world().history();
    let wrong = wrong_reads(engine.records());
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
                    <th scope="col">{ "Began" }</th>
                    <th scope="col">{ "Ended" }</th>
                    <th scope="col">{ "Took" }</th>
                    <th scope="col">{ "Answer" }</th>
                </tr>
            </thead>
            <tbody>
                { for history.operations().rev().take(MOST_ROWS)
                    .map(|(id, operation)| row(id, operation, wrong.contains(&id))) }
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
        Request::Read { key, mode: ReadMode::ReadIndex } => format!("read {key} by ReadIndex"),
        Request::Read { key, mode: ReadMode::Lease } => format!("read {key} by lease"),
    };
    let (ended, took) = match operation.ended {
        Some((at, _)) => (at.to_string(), (at - operation.began_at).to_string()),
        None => Default::default(),
    };
    let by = operation.answered_by.map(|node| format!(" from {node}")).unwrap_or_default();
    let answer = match operation.ended.map(|(_, outcome)| outcome) {
        None => "waits".to_owned(),
        Some(Outcome::Written) => "written".to_owned(),
        Some(Outcome::Found { value, basis: ReadBasis::Lease { .. } }) => {
            format!("{}{by}, by its lease", value.0)
        }
        Some(Outcome::Found { value, basis: ReadBasis::Round(_) }) => {
            format!("{}{by}, by a round of heartbeats", value.0)
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
            <td data-field="began">{ operation.began_at.to_string() }</td>
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
