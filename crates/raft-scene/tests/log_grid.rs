//! The logs side by side: what the grid shows is what the nodes hold.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use raft_core::{Index, Micros, NodeId, RoleView};
use raft_scene::{EntryKind, GridCell, LogGrid, LogGridView, MemberKind, NodeRole, log_grid};
use raft_sim::{Timeline, World};

fn at(timeline: &Timeline, part: u64, of: u64) -> World {
    timeline.world_after(timeline.events() * part / of)
}

fn shown(world: &World) -> LogGrid {
    log_grid(world, &LogGridView { columns: 10_000, ..LogGridView::default() })
}

#[test]
fn every_cell_is_the_entry_that_the_node_holds() {
    let (mut entries, mut covered, mut empty, mut configurations) = (0, 0, 0, 0);
    for name in common::names() {
        let timeline = common::timeline(&name, 42);
        for part in 1..=12 {
            let world = at(&timeline, part, 12);
            let grid = shown(&world);
            assert_eq!(grid.rows.len(), world.hosts().len());
            for (row, host) in grid.rows.iter().zip(world.hosts()) {
                assert_eq!(row.cells.len() as u64, grid.width(), "{name}");
                let log = match host.node() {
                    Some(node) => node.view().log(),
                    None => &host.disk().durable().log,
                };
                for (index, cell) in grid.columns().zip(&row.cells) {
                    assert_eq!(grid.cell(row.id, index), *cell);
                    match cell {
                        GridCell::Covered => {
                            covered += 1;
                            assert!(index <= log.base().index, "{name}");
                        }
                        GridCell::Empty => {
                            empty += 1;
                            assert!(index > log.last_index(), "{name}");
                        }
                        GridCell::Entry(entry) => {
                            entries += 1;
                            assert_eq!(log.term_at(index), Some(entry.term), "{name}");
                            configurations += u32::from(entry.kind == EntryKind::Configuration);
                            assert!(entry.is_committed || !entry.is_applied, "{name}");
                        }
                    }
                }
            }
        }
    }
    let seen = (entries, covered, empty, configurations);
    assert!(entries > 10_000 && covered > 100 && empty > 100 && configurations > 20, "{seen:?}");
}

#[test]
fn the_rows_say_what_the_leader_believes_of_the_others() {
    let timeline = common::timeline("leader-crash", 42);
    let mut followers = 0;
    for part in 1..=40 {
        let world = at(&timeline, part, 40);
        let grid = shown(&world);
        assert_eq!(grid.leader, world.leader());
        for row in &grid.rows {
            let progress =
                grid.leader.and_then(|leader| match world.host(leader)?.node()?.view().role() {
                    RoleView::Leader(view) => view.progress(row.id),
                    _ => None,
                });
            let expected = progress.filter(|_| Some(row.id) != grid.leader);
            let seen = row.seen.map(|seen| (seen.next_index, seen.match_index));
            assert_eq!(seen, expected.map(|it| (it.next_index, it.match_index)));
            followers += usize::from(seen.is_some());
        }
    }
    assert!(followers > 50, "{followers}");
}

/// A leader that has been cut off goes on appending: those entries are another's than the
/// new leader's, and are overwritten later.
#[test]
fn entries_that_the_leader_will_overwrite_are_marked() {
    let mut conflicts = 0;
    let runs = ["two-data-centres-minority", "figure-8"];
    let timelines = runs.map(|name| common::timeline(name, 42));
    for (timeline, part) in timelines.iter().flat_map(|it| (1..=100).map(move |part| (it, part))) {
        let world = at(timeline, part, 100);
        let grid = shown(&world);
        let Some(leader) = grid.leader else { continue };
        for row in &grid.rows {
            for (index, cell) in grid.columns().zip(&row.cells) {
                let GridCell::Entry(entry) = cell else { continue };
                let same = match grid.cell(leader, index) {
                    GridCell::Entry(there) => there.term == entry.term,
                    GridCell::Empty => false,
                    GridCell::Covered => continue,
                };
                assert_eq!(entry.conflicts, !same && !entry.is_committed);
                conflicts += usize::from(entry.conflicts);
            }
        }
    }
    assert!(conflicts > 10, "{conflicts}");
}

#[test]
fn a_part_of_the_logs_is_the_same_as_in_the_whole() {
    let timeline = common::timeline("leader-crash", 42);
    let world = at(&timeline, 1, 1);
    let whole = shown(&world);
    assert!(whole.width() > 8 && whole.first == Index(1) && whole.last == whole.end);
    for last in 1..=whole.last.0 + 3 {
        let view = LogGridView { columns: 4, last: Some(Index(last)), leader: None };
        let part = log_grid(&world, &view);
        assert_eq!((part.last.0, part.end), (last.min(whole.last.0), whole.end));
        assert_eq!(part.width(), 4.min(part.last.0));
        for row in &part.rows {
            for (index, cell) in part.columns().zip(&row.cells) {
                assert_eq!(whole.cell(row.id, index), *cell);
            }
        }
    }
    let empty = log_grid(&timeline.world_after(0), &LogGridView::default());
    assert_eq!((empty.width(), empty.columns().count()), (0, 0));
}

#[test]
fn members_are_told_apart_while_they_change() {
    let timelines = ["joint-change", "learner-first"].map(|name| common::timeline(name, 42));
    let mut kinds = Vec::new();
    for (timeline, part) in timelines.iter().flat_map(|it| (1..=200).map(move |part| (it, part))) {
        let world = at(timeline, part, 200);
        for row in shown(&world).rows {
            assert_eq!(row.member, MemberKind::of(&world.membership(), row.id));
            if !kinds.contains(&row.member) {
                kinds.push(row.member);
            }
        }
    }
    for kind in [MemberKind::Voter, MemberKind::Joining, MemberKind::Learner, MemberKind::Outsider]
    {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
}

/// Of a node that is down, what the others know to be committed counts, also where they
/// have compacted it away meanwhile.
#[test]
fn what_a_node_that_is_down_holds_stays_committed_when_the_others_compact() {
    let mut seen = 0;
    for name in ["lagging-follower", "snapshot-in-background", "snapshot-that-blocks"] {
        let mut scenario = raft_scenarios::by_name(name).unwrap();
        scenario.script.clear();
        scenario.expectations.clear();
        let down = NodeId::E.number().min(scenario.nodes - 1);
        let down = NodeId::new(down).unwrap();
        let crash = raft_sim::Step {
            at: Micros(scenario.duration.0 / 4),
            action: raft_sim::Action::Crash(down.into()),
        };
        let plan = raft_sim::Plan::new(scenario, 42, vec![crash]).unwrap();
        let timeline = Timeline::new(std::sync::Arc::new(plan));
        let mut committed = Index::ZERO;
        for part in 0..=60 {
            let world = at(&timeline, part, 60);
            let grid = shown(&world);
            let row = grid.rows.iter().find(|row| row.id == down).unwrap();
            if row.role != NodeRole::Crashed {
                continue;
            }
            assert!(row.commit_index >= committed, "{name}: {} < {committed}", row.commit_index);
            committed = row.commit_index;
            let compacted = grid.rows.iter().map(|row| row.covered.index).max().unwrap();
            seen += u32::from(compacted > row.end.index && committed > Index::ZERO);
        }
    }
    assert!(seen > 10, "{seen}");
}
