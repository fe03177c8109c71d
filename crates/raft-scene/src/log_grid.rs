//! The logs of all nodes side by side: a row a node, a column an index.
//!
//! This is data without places: a panel makes a table of it, and
//! [`svg::paint_log`](crate::svg::paint_log) a figure. Every row has a cell for every
//! column, so that a table needs no look-up:
//!
//! ```text
//!              41   42   43   44   45   46         columns: the indices first..=last
//!   A leader    3    3    4    4   [5]             Entry: its term; [ ]: not committed
//!   B           3    3    4    4                   Empty past the end of its log
//!   C           ·    ·    4   <5>                  · Covered: in its snapshot
//!                         commit 43, next 45 match 44 ...  <5> conflicts: the leader's differs
//! ```
//!
//! What a cell is in a sentence, for a tooltip or a screen reader, says
//! [`words::hit`](crate::words::hit) of `Hit::Cell { node, index }`; what a row is,
//! [`LogRow::description`].

use crate::log_mark::Known;
use crate::member::MemberKind;
use crate::node_mark::NodeRole;
use crate::node_state as state;
use crate::tokens::term_color;
use crate::words;
use raft_core::{
    Index, LogEnd, NodeId, PaceView, Payload, ProgressView, RoleView, SnapshotProgress, Term,
};
use raft_sim::{Host, World};

/// Which part of the logs to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogGridView {
    /// At most how many columns; at least one is shown.
    pub columns: u64,
    /// The last column; `None` for the end of the longest log.
    pub last: Option<Index>,
    /// Whose next and match indices are shown, and whose log the others are compared with:
    /// `None` for the leader of the latest term. A node that doesn't lead knows none.
    pub leader: Option<NodeId>,
}

impl Default for LogGridView {
    fn default() -> LogGridView {
        LogGridView { columns: 24, last: None, leader: None }
    }
}

/// The logs of all nodes side by side.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LogGrid {
    /// The index of the first column.
    pub first: Index,
    /// The index of the last column; the one before `first` where all logs are empty.
    pub last: Index,
    /// The end of the longest log: what is between `last` and it is not shown.
    pub end: Index,
    /// Whose next and match indices the rows have; `None` where nobody leads.
    pub leader: Option<NodeId>,
    /// A row a node, in the order of their ids.
    pub rows: Vec<LogRow>,
    /// The whole in a sentence or two.
    pub description: String,
}

/// One node's log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRow {
    /// Whose.
    pub id: NodeId,
    /// Its letter, or its name in another implementation's trace.
    pub name: String,
    /// What it is.
    pub role: NodeRole,
    /// What it is to the configuration in force.
    pub member: MemberKind,
    /// Its term; while it is down, what its disk holds.
    pub term: Term,
    /// A cell a column: `cells[0]` is of index [`LogGrid::first`].
    pub cells: Vec<GridCell>,
    /// The last entry that its snapshot stands for; index 0 where it has none.
    pub covered: LogEnd,
    /// Its log's last entry.
    pub end: LogEnd,
    /// The last entry that it knows to be committed. Of a node that is down: that any
    /// running node knows to be, as far as its own log agrees.
    pub commit_index: Index,
    /// The last entry that its state machine has applied; `None` while it is down, and
    /// where nobody tells.
    pub applied_index: Option<Index>,
    /// The last entry that a crash would not take.
    pub durable_index: Index,
    /// What the leader believes of it; `None` for the leader itself, and for whom it
    /// sends nothing to.
    pub seen: Option<SeenByLeader>,
    /// While it gets a snapshot, how much of it is there: the leader's belief lags behind.
    pub incoming: Option<SnapshotProgress>,
    /// The row in a sentence or two.
    pub description: String,
}

/// What a leader believes of a follower's log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeenByLeader {
    /// The next entry that it will send.
    pub next_index: Index,
    /// The last entry that it knows to match its own.
    pub match_index: Index,
    /// How it sends: it looks for where the logs part, or streams, or sends a snapshot.
    pub pace: PaceView,
    /// Messages with entries that are not answered yet.
    pub in_flight: u64,
}

/// A place of the grid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum GridCell {
    /// Past the end of this log.
    #[default]
    Empty,
    /// Gone from the log, because the node's snapshot stands for it.
    Covered,
    /// An entry.
    Entry(GridEntry),
}

/// An entry, as the grid shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GridEntry {
    /// Its term: the number in the cell.
    pub term: Term,
    /// Which of the term colours it has, from 1: token `term-1` and so on.
    pub color: u8,
    /// What it holds.
    pub kind: EntryKind,
    /// Whether the node knows it to be committed; see [`LogRow::commit_index`].
    pub is_committed: bool,
    /// Whether the node's state machine has applied it.
    pub is_applied: bool,
    /// Whether a crash would not take it.
    pub is_durable: bool,
    /// Whether the leader's log has another entry at this place, or none: what is here
    /// will be overwritten, unless somebody else is elected.
    pub conflicts: bool,
}

/// What an entry holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// A client's command.
    Command,
    /// Nothing: the first entry of a leader's term (paper, section 8).
    NoOp,
    /// Who the members are from here on.
    Configuration,
    /// Nobody tells: another implementation's trace names terms only.
    Untold,
}

impl EntryKind {
    /// The end of a CSS class: `command`, `no-op`, `configuration`, `untold`.
    pub const fn name(self) -> &'static str {
        match self {
            EntryKind::Command => "command",
            EntryKind::NoOp => "no-op",
            EntryKind::Configuration => "configuration",
            EntryKind::Untold => "untold",
        }
    }

    const fn of(payload: &Payload) -> EntryKind {
        match payload {
            Payload::Command(_) => EntryKind::Command,
            Payload::NoOp => EntryKind::NoOp,
            Payload::Configuration(_) => EntryKind::Configuration,
        }
    }
}

impl LogGrid {
    /// The indices of the columns, in order.
    pub fn columns(&self) -> impl Iterator<Item = Index> {
        (self.first.0..=self.last.0).map(Index)
    }

    /// How many columns there are.
    pub fn width(&self) -> u64 {
        (self.last.0 + 1).saturating_sub(self.first.0)
    }

    /// The cell of a node at an index; `Empty` where the grid does not reach.
    pub fn cell(&self, id: NodeId, index: Index) -> GridCell {
        let row = self.rows.iter().find(|row| row.id == id);
        let place = index.0.checked_sub(self.first.0).and_then(|place| usize::try_from(place).ok());
        row.zip(place).and_then(|(row, place)| row.cells.get(place)).copied().unwrap_or_default()
    }
}

/// A log of which a row is to be made.
pub(crate) struct RowFace<'a> {
    pub(crate) id: NodeId,
    pub(crate) name: String,
    pub(crate) role: NodeRole,
    pub(crate) member: MemberKind,
    pub(crate) term: Term,
    pub(crate) known: Known<'a>,
    pub(crate) applied_index: Option<Index>,
    pub(crate) seen: Option<SeenByLeader>,
    pub(crate) incoming: Option<SnapshotProgress>,
    /// Whether it is known what the entries hold.
    pub(crate) is_told: bool,
}

/// The logs of a world side by side.
pub fn log_grid(world: &World, view: &LogGridView) -> LogGrid {
    let leader = view.leader.or_else(|| world.leader());
    let progress = |of: NodeId| {
        let RoleView::Leader(leader) = world.host(leader?)?.node()?.view().role() else {
            return None;
        };
        leader.progress(of).map(SeenByLeader::of)
    };
    let membership = world.membership();
    let face =
        |host| face(world, host, MemberKind::of(&membership, host.id()), progress(host.id()));
    let rows = world.hosts().iter().map(face).collect();
    grid(rows, view, leader.filter(|id| is_leader(world, *id)))
}

fn is_leader(world: &World, id: NodeId) -> bool {
    world.host(id).and_then(Host::node).is_some_and(|node| node.view().is_leader())
}

fn face<'a>(
    world: &World,
    host: &'a Host,
    member: MemberKind,
    seen: Option<SeenByLeader>,
) -> RowFace<'a> {
    let view = host.node().map(|node| node.view());
    RowFace {
        id: host.id(),
        name: host.id().to_string(),
        role: state::role_of(world, host),
        member,
        term: state::term_of(host),
        known: state::known(world, host),
        applied_index: view.map(|view| view.applied_index()),
        seen,
        incoming: state::incoming_snapshot(host),
        is_told: true,
    }
}

/// Makes a grid of logs: `leader` is whose the others are compared with.
pub(crate) fn grid(faces: Vec<RowFace<'_>>, view: &LogGridView, leader: Option<NodeId>) -> LogGrid {
    let end = faces.iter().map(|face| face.known.log.last_index()).max().unwrap_or_default();
    let last = view.last.unwrap_or(end).min(end);
    let first = Index(last.0.saturating_sub(view.columns.max(1)) + 1);
    let of_leader = faces.iter().find(|face| Some(face.id) == leader).map(|face| face.known.log);
    let conflicts = |index: Index, term: Term, is_committed: bool| {
        !is_committed
            && of_leader.is_some_and(|log| match log.term_at(index) {
                Some(there) => there != term,
                // What its snapshot stands for is not there to compare with.
                None => index > log.last_index(),
            })
    };
    let rows: Vec<LogRow> = faces
        .iter()
        .map(|face| {
            let known = &face.known;
            let cell = |number: u64| {
                let index = Index(number);
                if index <= known.log.base().index {
                    return GridCell::Covered;
                }
                let Some(entry) = known.log.get(index) else { return GridCell::Empty };
                let is_committed = index <= known.committed;
                GridCell::Entry(GridEntry {
                    term: entry.term,
                    color: term_color(entry.term),
                    kind: match face.is_told {
                        true => EntryKind::of(&entry.payload),
                        false => EntryKind::Untold,
                    },
                    is_committed,
                    is_applied: face.applied_index.is_some_and(|applied| index <= applied),
                    is_durable: index <= known.durable,
                    conflicts: conflicts(index, entry.term, is_committed),
                })
            };
            LogRow {
                id: face.id,
                name: face.name.clone(),
                role: face.role,
                member: face.member,
                term: face.term,
                cells: (first.0..=last.0).map(cell).collect(),
                covered: known.log.base(),
                end: known.log.end(),
                commit_index: known.committed,
                applied_index: face.applied_index,
                durable_index: known.durable,
                seen: face.seen.filter(|_| Some(face.id) != leader),
                incoming: face.incoming,
                description: describe(face, leader),
            }
        })
        .collect();
    let description = match (end, faces.iter().find(|face| Some(face.id) == leader)) {
        (Index::ZERO, _) => "All logs are empty.".to_string(),
        (end, Some(face)) => format!(
            "The logs of {} nodes, up to entry {end}; {} leads term {}.",
            rows.len(),
            face.name,
            face.term
        ),
        (end, None) => {
            format!("The logs of {} nodes, up to entry {end}; nobody leads.", rows.len())
        }
    };
    LogGrid { first, last, end, leader, rows, description }
}

fn describe(face: &RowFace<'_>, leader: Option<NodeId>) -> String {
    let mut text = format!("{}: ", face.name);
    text.push_str(&crate::log_mark::describe(&face.known));
    if let Some(applied) = face.applied_index.filter(|applied| *applied != face.known.committed) {
        text.push_str(&format!(" It has applied up to {applied}."));
    }
    if let (Some(seen), Some(leader)) = (face.seen, leader) {
        text.push(' ');
        text.push_str(&words::seen_by_leader(leader, &seen));
    }
    text
}

impl SeenByLeader {
    const fn of(progress: ProgressView) -> SeenByLeader {
        SeenByLeader {
            next_index: progress.next_index,
            match_index: progress.match_index,
            pace: progress.pace,
            in_flight: progress.messages_in_flight,
        }
    }
}
