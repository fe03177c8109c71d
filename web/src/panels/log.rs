//! The logs side by side, and what the leader believes of each.

use super::Props;
use super::meanings::{Meaning, Meanings};
use raft_core::{Index, PaceView};
use raft_scene::{
    EntryKind, GridCell, GridEntry, Hit, LogGrid, LogGridView, LogRow, NodeRole, SeenByLeader,
    log_grid, words,
};
use raft_sim::Happening;
use yew::prelude::*;

/// How many entries are shown, the last ones.
const MOST_COLUMNS: u64 = 48;
/// How many removals are told, and in how many events one looks for them.
const MOST_REMOVALS: usize = 4;
const EVENTS_BACK: u64 = 400;

const NOTHING: &str = "–";

/// The grid, and the indices.
pub(super) fn log(props: &Props) -> Html {
    let engine = props.session.engine();
    let view = LogGridView { columns: MOST_COLUMNS, ..LogGridView::default() };
    let grid = log_grid(engine.world(), &view);
    if grid.end == Index::ZERO {
        return html! { <p data-testid="log">{ "All logs are empty: nobody leads yet." }</p> };
    }
    let explained = match props.selected {
        Some(hit @ Hit::Cell { .. }) => words::hit(hit, engine.world(), engine.at()),
        _ => None,
    };
    let explained =
        explained.unwrap_or_else(|| "Choose an entry to read what it holds.".to_owned());
    html! {
        <>
            <div
                class="log-scroll"
                tabindex="0"
                role="group"
                aria-label="Entries: arrow keys choose one"
                onkeydown={by_key(props, &grid)}
            >
                { entries(props, &grid) }
            </div>
            <p class="explained" aria-live="polite" data-testid="entry">{ explained }</p>
            { legend() }
            { indices(&grid) }
            <Meanings marker="indices" title="What the columns mean" rows={INDICES.as_slice()} />
            { removals(props) }
        </>
    }
}

/// The entry that is chosen, or the leader's last.
fn chosen(props: &Props, grid: &LogGrid) -> Option<(usize, Index)> {
    let place_of = |id| grid.rows.iter().position(|row| row.id == id);
    match props.selected {
        Some(Hit::Cell { node, index }) => Some((place_of(node)?, index)),
        _ => None,
    }
}

/// Which entry an arrow key chooses.
fn moved(grid: &LogGrid, chosen: Option<(usize, Index)>, key: &str) -> Option<Hit> {
    let leader = grid.rows.iter().position(|row| Some(row.id) == grid.leader).unwrap_or(0);
    let (row, index) = match (key, chosen) {
        ("ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown", None) => (leader, grid.last),
        ("ArrowLeft", Some((row, index))) => (row, index.previous()),
        ("ArrowRight", Some((row, index))) => (row, index.next()),
        ("ArrowUp", Some((row, index))) => (row.saturating_sub(1), index),
        ("ArrowDown", Some((row, index))) => (row + 1, index),
        _ => return None,
    };
    let index = index.max(grid.first).min(grid.last);
    let node = grid.rows.get(row.min(grid.rows.len().checked_sub(1)?))?.id;
    Some(Hit::Cell { node, index })
}

fn by_key(props: &Props, grid: &LogGrid) -> Callback<KeyboardEvent> {
    let (grid, chosen) = (grid.clone(), chosen(props, grid));
    let on_select = props.on_select.clone();
    Callback::from(move |event: KeyboardEvent| {
        let key = event.key();
        if key == "Escape" && chosen.is_some() {
            event.prevent_default();
            on_select.emit(None);
        } else if let Some(hit) = moved(&grid, chosen, &key) {
            event.prevent_default();
            on_select.emit(Some(hit));
        }
    })
}

fn entries(props: &Props, grid: &LogGrid) -> Html {
    html! {
        <table class="log-grid" data-testid="log">
            <caption class="visually-hidden">
                { format!("{} The number in a cell is the entry's term.", grid.description) }
            </caption>
            <thead>
                <tr>
                    <th scope="col"><span class="visually-hidden">{ "Node" }</span></th>
                    { for grid.columns().map(|index| html! {
                        <th scope="col" key={index.0}>{ index.0 }</th>
                    }) }
                </tr>
            </thead>
            <tbody>
                { for grid.rows.iter().map(|row| html! {
                    <tr key={row.name.clone()} data-node={row.name.clone()}>
                        <th scope="row" class={row.role.name()} title={row.description.clone()}>
                            { &row.name }
                            { sign_of(row.role) }
                        </th>
                        { for grid.columns().zip(&row.cells).map(|(index, cell)| {
                            place(props, row, index, cell)
                        }) }
                    </tr>
                }) }
            </tbody>
        </table>
    }
}

/// What stands beside a name, so that a role needs no colour to be told.
fn sign_of(role: NodeRole) -> Html {
    let (sign, name) = match role {
        NodeRole::Leader => ("♛", "leader"),
        NodeRole::StaleLeader => ("♛?", "stale leader"),
        NodeRole::Candidate => ("▲", "candidate"),
        NodeRole::PreCandidate => ("▲", "pre-candidate"),
        NodeRole::Crashed => ("✕", "crashed"),
        NodeRole::Follower => return Html::default(),
    };
    html! {
        <>
            <span aria-hidden="true">{ format!(" {sign}") }</span>
            <span class="visually-hidden">{ format!(", {name}") }</span>
        </>
    }
}

fn place(props: &Props, row: &LogRow, index: Index, cell: &GridCell) -> Html {
    match cell {
        GridCell::Empty => html! { <td key={index.0} /> },
        GridCell::Covered => html! {
            <td key={index.0} class="covered" title="Its snapshot stands for this entry">
                <span aria-hidden="true">{ "·" }</span>
                <span class="visually-hidden">{ "in its snapshot" }</span>
            </td>
        },
        GridCell::Entry(entry) => {
            let hit = Hit::Cell { node: row.id, index };
            let is_chosen = props.selected == Some(hit);
            let choose = props.on_select.reform(move |_: MouseEvent| (!is_chosen).then_some(hit));
            html! {
                <td
                    key={index.0}
                    class={classes!("entry", looks(entry), is_chosen.then_some("chosen-entry"))}
                    data-index={index.0.to_string()}
                    title={about(entry, index)}
                    onclick={choose}
                >
                    <i>{ entry.term.0 }</i>
                    <span class="visually-hidden">{ remarks(entry) }</span>
                </td>
            }
        }
    }
}

fn looks(entry: &GridEntry) -> Classes {
    classes!(
        format!("of-term-{}", entry.color),
        entry.kind.name(),
        (!entry.is_committed).then_some("uncommitted"),
        (!entry.is_durable).then_some("not-durable"),
        entry.is_applied.then_some("applied"),
        entry.conflicts.then_some("conflicts"),
    )
}

/// What a look at a cell tells beside its term, for who can't see it.
fn remarks(entry: &GridEntry) -> String {
    let mut remarks = String::new();
    match entry.kind {
        EntryKind::Configuration => remarks.push_str(", configuration"),
        EntryKind::NoOp => remarks.push_str(", no-op"),
        EntryKind::Command | EntryKind::Untold => {}
    }
    remarks.push_str(match (entry.is_applied, entry.is_committed) {
        (true, _) => ", applied",
        (false, true) => ", committed",
        (false, false) => ", not committed",
    });
    if !entry.is_durable {
        remarks.push_str(", not on disk");
    }
    if entry.conflicts {
        remarks.push_str(", not what the leader has");
    }
    remarks
}

fn about(entry: &GridEntry, index: Index) -> String {
    format!("Entry {index} of term {}{}", entry.term, remarks(entry))
}

fn legend() -> Html {
    const LOOKS: [(&str, &str); 6] = [
        ("entry of-term-1", "committed"),
        ("entry of-term-1 applied", "applied"),
        ("entry of-term-1 uncommitted", "not committed"),
        ("entry of-term-1 uncommitted not-durable", "not on disk"),
        ("entry of-term-1 configuration", "configuration"),
        ("entry of-term-2 uncommitted conflicts", "conflicts"),
    ];
    html! {
        <p class="log-legend" aria-hidden="true">
            { for LOOKS.iter().map(|(looks, name)| html! {
                <span><i class={*looks}><i>{ "1" }</i></i>{ *name }</span>
            }) }
        </p>
    }
}

/// The columns of the indices, and what they mean.
static INDICES: [Meaning; 7] = [
    ("Snapshot", "The last entry that its snapshot stands for"),
    ("Last", "The index of its log's last entry"),
    ("Commit", "The commit index: the last entry that it knows to be committed"),
    ("Applied", "The applied index: the last entry that its state machine has applied"),
    ("Next", "The next index: where the leader goes on sending to it"),
    ("Match", "The match index: up to here, the leader knows, it has the leader's own log"),
    (
        "Sends",
        "How the leader sends to it: a probe at a time while it looks for where their logs agree, \
         then entries, one message after another; or a snapshot",
    ),
];

fn indices(grid: &LogGrid) -> Html {
    let seen_by = match grid.leader {
        Some(leader) => format!("as {leader} sees it"),
        None => "nobody leads".to_owned(),
    };
    html! {
        <div class="log-scroll" tabindex="0" role="group" aria-label="Indices">
            <table class="table" data-testid="log-indices">
                <caption class="visually-hidden">{ "How far each log has come" }</caption>
                <thead>
                    <tr>
                        <td />
                        <td />
                        <td />
                        <td />
                        <td />
                        <th scope="colgroup" colspan="3">{ seen_by }</th>
                    </tr>
                    <tr>
                        <th scope="col">{ "Node" }</th>
                        { for INDICES.iter().map(|(name, means)| html! {
                            <th scope="col" title={*means}>{ *name }</th>
                        }) }
                    </tr>
                </thead>
                <tbody>{ for grid.rows.iter().map(index_row) }</tbody>
            </table>
        </div>
    }
}

fn index_row(row: &LogRow) -> Html {
    let applied = row.applied_index.map_or_else(|| NOTHING.to_owned(), |index| index.to_string());
    let covered = match row.covered.index {
        Index::ZERO => NOTHING.to_owned(),
        index => index.to_string(),
    };
    let seen =
        |of: fn(&SeenByLeader) -> String| row.seen.as_ref().map_or_else(|| NOTHING.to_owned(), of);
    html! {
        <tr key={row.name.clone()} data-node={row.name.clone()}>
            <th scope="row" data-field="node">{ &row.name }</th>
            <td data-field="snapshot">{ covered }</td>
            <td data-field="last">{ row.end.index.to_string() }</td>
            <td data-field="commit">{ row.commit_index.to_string() }</td>
            <td data-field="applied">{ applied }</td>
            <td data-field="next">{ seen(|seen| seen.next_index.to_string()) }</td>
            <td data-field="match">{ seen(|seen| seen.match_index.to_string()) }</td>
            <td data-field="sends">{ seen(pace) }</td>
        </tr>
    }
}

/// How a leader sends to a follower.
fn pace(seen: &SeenByLeader) -> String {
    match (seen.pace, seen.in_flight) {
        (PaceView::Probe, _) => "a probe".to_owned(),
        (PaceView::Replicate, 0) => "entries".to_owned(),
        (PaceView::Replicate, messages) => format!("entries, {messages} on the way"),
        (PaceView::Snapshot(progress), _) => {
            let percent = progress.received_bytes * 100 / progress.total_bytes.max(1);
            format!("snapshot, {percent} % there")
        }
    }
}

/// What was taken out of logs lately.
fn removals(props: &Props) -> Html {
    let engine = props.session.engine();
    let now = engine.events();
    let records = engine.timeline().records_of_events(now.saturating_sub(EVENTS_BACK) + 1, now);
    let removed = records.rev().filter_map(|record| match &record.what {
        Happening::Node { transition: raft_core::Transition::EntriesRemoved { .. }, .. } => {
            let text = words::happening(&record.what, engine.world())?;
            Some((record.at, record.event, text))
        }
        _ => None,
    });
    let removed: Vec<_> = removed.take(MOST_REMOVALS).collect();
    if removed.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ "Taken back lately" }</h3>
            <ul class="happened" data-testid="removals">
                { for removed.into_iter().map(|(at, event, text)| super::moment(props, at, event, text)) }
            </ul>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::engine::Engine;
    use raft_core::{Micros, NodeId};

    fn grid_at(at: u64) -> LogGrid {
        let mut engine = Engine::new(Address::default()).expect("the default run is right");
        engine.seek(Micros(at));
        log_grid(engine.world(), &LogGridView::default())
    }

    #[test]
    fn arrow_keys_go_from_entry_to_entry_and_stop_at_the_edges() {
        let grid = grid_at(2_000_000);
        let (first, last) = (grid.first, grid.last);
        let leader = grid.leader.expect("somebody leads");
        assert_eq!(moved(&grid, None, "ArrowLeft"), Some(Hit::Cell { node: leader, index: last }));
        let a = NodeId::A;
        let at = |index| Some(Hit::Cell { node: a, index });
        assert_eq!(moved(&grid, Some((0, last)), "ArrowRight"), at(last));
        assert_eq!(moved(&grid, Some((0, last)), "ArrowLeft"), at(last.previous()));
        assert_eq!(moved(&grid, Some((0, first)), "ArrowLeft"), at(first));
        assert_eq!(moved(&grid, Some((0, last)), "ArrowUp"), at(last));
        let e = NodeId::new(4).expect("a letter");
        let below = Some(Hit::Cell { node: e, index: last });
        assert_eq!(moved(&grid, Some((4, last)), "ArrowDown"), below);
        assert_eq!(moved(&grid, Some((0, last)), "x"), None);
    }

    #[test]
    fn what_is_seen_in_a_cell_is_also_said() {
        let entry = GridEntry {
            term: raft_core::Term(3),
            color: 3,
            kind: EntryKind::Configuration,
            is_committed: false,
            is_applied: false,
            is_durable: false,
            conflicts: true,
        };
        assert_eq!(
            about(&entry, Index(7)),
            "Entry 7 of term 3, configuration, not committed, not on disk, not what the leader has"
        );
    }
}
