//! What clients asked and were told: the last operations as intervals, and a table of
//! them, newest first.

use super::{Props, milliseconds};
use crate::command::Command;
use crate::engine::Engine;
use raft_core::{Micros, ReadBasis};
use raft_scene::words;
use raft_sim::{Operation, OperationId, Outcome, Request, linearization};
use yew::prelude::*;

/// How many operations are listed, and how many are drawn.
const MOST_ROWS: usize = 120;
const MOST_BARS: usize = 24;

/// An operation as a bar, in ten-thousandths of the diagram's width.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Bar {
    id: OperationId,
    left: u64,
    width: u64,
    /// Where it may be taken to have happened.
    point: Option<u64>,
    /// Which of its client's rows it is in: what overlaps is in different ones.
    row: usize,
    looks: &'static str,
    is_open: bool,
    began_at: Micros,
}

/// The bars of a client.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Lane {
    client: u32,
    rows: usize,
    bars: Vec<Bar>,
}

/// The last operations, by client, and the time from the first's beginning to now.
fn lanes(engine: &Engine) -> (Vec<Lane>, Micros, Micros) {
    let history = engine.world().history();
    let stale = engine.index().stale();
    let mut last: Vec<_> = history.operations().rev().take(MOST_BARS).collect();
    last.reverse();
    let from = last.iter().map(|(_, it)| it.began_at).min().unwrap_or_default();
    let to = engine.world().now().max(from + Micros(1));
    let share = |at: Micros| (at.max(from) - from).0 * 10_000 / (to - from).0;
    let points = linearization(history, stale);
    let mut lanes: Vec<Lane> = Vec::new();
    for (id, operation) in last {
        let number = operation.client;
        let place = lanes.iter().position(|lane| lane.client == number).unwrap_or_else(|| {
            lanes.push(Lane { client: number, rows: 0, bars: Vec::new() });
            lanes.len() - 1
        });
        let lane = &mut lanes[place];
        let left = share(operation.began_at);
        let right = operation.ended.map_or(10_000, |(at, _)| share(at));
        let is_taken =
            |row: usize| lane.bars.iter().any(|bar| bar.row == row && bar.left + bar.width > left);
        let row = (0..lane.rows).find(|row| !is_taken(*row)).unwrap_or(lane.rows);
        lane.rows = lane.rows.max(row + 1);
        let is_stale = operation.ended.is_some() && stale.contains(&id);
        lane.bars.push(Bar {
            id,
            left,
            width: right.saturating_sub(left),
            point: points.iter().find(|(of, _)| *of == id).map(|(_, at)| share(*at)),
            row,
            looks: looks(operation, is_stale),
            is_open: operation.ended.is_none(),
            began_at: operation.began_at,
        });
    }
    // Whoever sits in front of the page comes last.
    lanes.sort_by_key(|lane| (lane.client == 0, lane.client));
    (lanes, from, to)
}

fn looks(operation: &Operation, is_stale: bool) -> &'static str {
    match (operation.request, operation.ended.map(|(_, outcome)| outcome)) {
        _ if is_stale => "stale",
        (_, Some(Outcome::Refused | Outcome::GaveUp)) => "failed",
        (Request::Write { .. }, _) => "write",
        (Request::Read { .. }, _) => "read",
    }
}

/// The intervals. The table says the same in words.
fn diagram(props: &Props, engine: &Engine) -> Html {
    let (lanes, from, to) = lanes(engine);
    let percent = |share: u64| format!("{}.{:02}%", share / 100, share % 100);
    html! {
        <div class="intervals" aria-hidden="true" data-testid="intervals">
            { for lanes.iter().map(|lane| html! {
                <div class="interval-lane">
                    <span>{ words::client(lane.client) }</span>
                    <div style={format!("height:{}px", lane.rows * 16)}>
                        { for lane.bars.iter().map(|bar| {
                            let (id, began_at) = (bar.id, bar.began_at);
                            let operation = engine.world().history().get(id);
                            let look = props.on_command.reform(move |_: MouseEvent| {
                                Command::LookAt(began_at)
                            });
                            html! {
                                <div
                                    key={id.0}
                                    class={classes!("interval", bar.looks, bar.is_open.then_some("open"))}
                                    data-interval={id.0.to_string()}
                                    title={operation.map(words::operation)}
                                    style={format!(
                                        "left:{};width:max(4px,{});top:{}px",
                                        percent(bar.left), percent(bar.width), bar.row * 16 + 2,
                                    )}
                                    onclick={look}
                                />
                            }
                        }) }
                        { for lane.bars.iter().filter_map(|bar| Some((bar, bar.point?))).map(|(bar, at)| html! {
                            <i
                                class="point"
                                style={format!("left:{};top:{}px", percent(at), bar.row * 16 + 5)}
                            />
                        }) }
                    </div>
                </div>
            }) }
            <p class="interval-axis"><span>{ from.to_string() }</span><span>{ to.to_string() }</span></p>
            <p class="log-legend">
                <span><i class="interval write" />{ "write" }</span>
                <span><i class="interval read" />{ "read" }</span>
                <span><i class="interval failed" />{ "refused, gave up" }</span>
                <span><i class="interval stale" />{ "stale" }</span>
                <span><i class="point" />{ "may be taken to happen here" }</span>
            </p>
        </div>
    }
}

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
        <>
        { diagram(props, &engine) }
        <div class="log-scroll" tabindex="0" role="group" aria-label="Operations">
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
                        row(props, id, operation, operation.ended.is_some() && stale.contains(&id))
                    }) }
            </tbody>
        </table>
        </div>
        </>
    }
}

fn row(props: &Props, id: OperationId, operation: &Operation, is_stale: bool) -> Html {
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
            <td data-field="began">
                <button
                    type="button"
                    class="moment"
                    title="Go to where it began"
                    onclick={go(props, operation.began_at)}
                >
                    { milliseconds(operation.began_at) }
                </button>
            </td>
            <td data-field="ended">
                { operation.ended.map(|(at, _)| html! {
                    <button
                        type="button"
                        class="moment"
                        title="Go to where it ended"
                        onclick={go(props, at)}
                    >
                        { ended }
                    </button>
                }).unwrap_or_default() }
            </td>
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

fn go(props: &Props, at: Micros) -> Callback<MouseEvent> {
    props.on_command.reform(move |_: MouseEvent| Command::LookAt(at))
}

#[cfg(test)]
mod tests {
    use super::{lanes, milliseconds};
    use crate::address::Address;
    use crate::engine::Engine;
    use crate::source::Source;
    use raft_core::Micros;

    #[test]
    fn a_time_is_a_number() {
        assert_eq!(milliseconds(Micros(447_950)), "447.9");
    }

    #[test]
    fn operations_that_overlap_are_in_rows_of_their_own_and_points_lie_on_their_bars() {
        for scenario in ["phantom-leader-lease", "reads-by-read-index", "leader-crash"] {
            let address =
                Address { source: Source::BuiltIn(scenario.into()), ..Address::default() };
            let mut engine = Engine::new(address).expect("a built-in scenario");
            for at in [300, 700, 1_000, 1_500, 9_000] {
                engine.seek(Micros::from_millis(at));
                let (lanes, from, to) = lanes(&engine);
                assert!(from < to);
                let stale = engine.index().stale();
                for bar in lanes.iter().flat_map(|lane| &lane.bars) {
                    assert!(bar.left + bar.width <= 10_000, "{bar:?}");
                    let inside = bar.left..=bar.left + bar.width;
                    assert!(bar.point.is_none_or(|point| inside.contains(&point)), "{bar:?}");
                    let is_stale = bar.looks == "stale";
                    assert_eq!(is_stale, stale.contains(&bar.id) && !bar.is_open);
                    let has_point = bar.point.is_some();
                    assert!(!(is_stale && has_point), "no order explains it");
                    assert!(has_point || bar.is_open || is_stale || bar.looks == "failed");
                }
                for lane in &lanes {
                    for (place, one) in lane.bars.iter().enumerate() {
                        for other in &lane.bars[place + 1..] {
                            let is_apart = one.left + one.width <= other.left;
                            assert!(is_apart || one.row != other.row, "{one:?} {other:?}");
                        }
                    }
                }
            }
        }
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
