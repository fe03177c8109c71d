//! Another implementation's run looks as ours does: a run of ours, told as another's, is
//! drawn the same wherever an observer can know.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use common::hold;
use raft_core::Micros;
use raft_scene::svg::{self, FigureView};
use raft_scene::{
    GridCell, LogGridView, MarkKind, Motion, NodeRole, ObservedCluster, StageView, Theme,
    TimelineIndex, TimelineView, log_grid, motion, stage, timeline_marks,
};
use raft_sim::Timeline;
use raft_sim::trace::observed::{Observation, observed};

const VIEW: TimelineView = TimelineView { width: 1_248.0, height: 240.0, is_full: true };

fn told(timeline: &Timeline) -> Observation {
    let (head, lines) = observed(timeline);
    let mut text = String::new();
    head.write(&mut text).unwrap();
    lines.iter().for_each(|line| line.write(&mut text).unwrap());
    Observation::read(text.as_bytes()).unwrap()
}

/// The trace that the documentation of the format shows.
fn example() -> Observation {
    let text = include_str!("../../raft-sim/TRACE.md");
    let block = text.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    Observation::read(block.as_bytes()).unwrap()
}

fn instants(timeline: &Timeline) -> impl Iterator<Item = Micros> {
    let duration = timeline.duration().0;
    (1..40).map(move |part| Micros(duration * part / 40))
}

/// Runs of which an observer can tell all that is drawn. In others a process stands still: that
/// is no change of role, and is not told.
const TOLD_ALIKE: [&str; 10] = [
    "returning-node-pre-vote",
    "leader-crash",
    "split-vote-fixed",
    "split-vote-random",
    "two-data-centres",
    "two-data-centres-minority",
    "reads-by-read-index",
    "reads-by-lease",
    "phantom-leader-lease",
    "phantom-leader-read-index",
];

#[test]
fn the_diagram_is_the_same_wherever_an_observer_can_know() {
    for name in TOLD_ALIKE {
        let timeline = common::timeline(name, 42);
        let (ours, observation) = (TimelineIndex::new(&timeline), told(&timeline));
        let theirs = TimelineIndex::of_observed(&observation);
        let whole = (Micros::ZERO, observation.verdict.until);
        let spans = instants(&timeline).map(|at| (at, at + Micros::from_millis(30)));
        for (from, to) in spans.chain([whole]) {
            let ours = timeline_marks(&ours, from, to, &VIEW);
            let theirs = timeline_marks(&theirs, from, to, &VIEW);
            // Bands that go on to the end of the run end with the last line.
            if to < observation.verdict.until {
                assert_eq!(ours.roles, theirs.roles, "{name} from {from}");
            }
            let labels = |marks: &raft_scene::TimelineMarks| {
                marks.lanes.iter().map(|lane| lane.label.text.clone()).collect::<Vec<_>>()
            };
            let count = labels(&theirs).len();
            assert_eq!(labels(&ours)[..count], labels(&theirs), "{name}");
            assert_eq!(ours.operations.len(), theirs.operations.len(), "{name} from {from}");
            assert_eq!(ours.violations.is_empty(), theirs.violations.is_empty(), "{name}");
        }
    }
}

#[test]
fn messages_fly_the_same_in_the_diagram() {
    // Nobody reads, so that all heartbeats are plain ones, and there are few messages.
    let timeline = common::timeline("leader-crash", 42);
    let observation = told(&timeline);
    let (ours, theirs) = (TimelineIndex::new(&timeline), TimelineIndex::of_observed(&observation));
    let mut strands = 0;
    for from in instants(&timeline).filter(|at| *at + Micros::from_millis(60) < timeline.duration())
    {
        let to = from + Micros::from_millis(30);
        let ours = timeline_marks(&ours, from, to, &VIEW).strands;
        let theirs = timeline_marks(&theirs, from, to, &VIEW).strands;
        let alike = |strands: Vec<raft_scene::Strand>| -> Vec<raft_scene::Strand> {
            strands.into_iter().filter(|strand| strand.kind != MarkKind::Lost).collect()
        };
        strands += theirs.len();
        assert_eq!(alike(ours), alike(theirs), "from {from}");
    }
    assert!(strands > 50, "{strands}");
}

#[test]
fn the_stage_shows_the_same_roles_terms_logs_and_commits() {
    let view = StageView::of_size(790.0, 470.0);
    let (mut leaders, mut cells) = (0, 0);
    for name in TOLD_ALIKE {
        let timeline = common::timeline(name, 7);
        let observation = told(&timeline);
        let index = TimelineIndex::of_observed(&observation);
        let mut cluster = ObservedCluster::new(&observation);
        for at in instants(&timeline) {
            let world = timeline.world_after(timeline.events_by(at));
            cluster.advance_to(at);
            let (ours, theirs) = (stage(&world, at, &view), cluster.stage(&view));
            for (ours, theirs) in ours.nodes.iter().zip(&theirs.nodes) {
                assert_eq!((&ours.name, ours.role), (&theirs.name, theirs.role), "{name} at {at}");
                if ours.role == NodeRole::Crashed {
                    continue;
                }
                assert_eq!(ours.term, theirs.term, "{name} at {at}: {}", ours.name);
                leaders += usize::from(theirs.role == NodeRole::Leader);
                let shown = |mark: &raft_scene::NodeMark| {
                    let cells = mark.log.cells.iter();
                    cells.map(|cell| (cell.index, cell.term, cell.is_committed)).collect::<Vec<_>>()
                };
                cells += theirs.log.cells.len();
                assert_eq!(shown(ours), shown(theirs), "{name} at {at}: {}", ours.name);
            }
            let ours = motion(&world, at, &ours, &[]).messages;
            let theirs = Motion::of_observed(&index, at, &theirs).messages;
            // One that is lost later on its way died for a reason that is not told.
            let told = |id| index.message(id).is_some_and(|span| span.lost.is_none());
            for (ours, theirs) in ours.iter().zip(&theirs).filter(|(_, it)| told(it.id)) {
                assert_eq!(ours.id, theirs.id, "{name} at {at}");
            }
            assert_eq!(ours.len(), theirs.len(), "{name} at {at}");
        }
    }
    assert!(leaders > 100 && cells > 1_000, "{leaders} {cells}");
}

#[test]
fn the_logs_side_by_side_are_the_same_as_of_our_own_run() {
    let view = LogGridView { columns: 1_000, ..LogGridView::default() };
    let mut entries = 0;
    for name in TOLD_ALIKE {
        let timeline = common::timeline(name, 7);
        let observation = told(&timeline);
        let mut cluster = ObservedCluster::new(&observation);
        for at in instants(&timeline) {
            let world = timeline.world_after(timeline.events_by(at));
            cluster.advance_to(at);
            let (ours, theirs) = (log_grid(&world, &view), cluster.log_grid(&view));
            assert_eq!(ours.leader, theirs.leader, "{name} at {at}");
            let running = ours.rows.iter().zip(&theirs.rows);
            for (ours, theirs) in running.filter(|(row, _)| row.role != NodeRole::Crashed) {
                assert_eq!(
                    (ours.role, ours.term, ours.member, ours.commit_index),
                    (theirs.role, theirs.term, theirs.member, theirs.commit_index),
                    "{name} at {at}: {}",
                    ours.name
                );
                // The grids may reach differently far where a log that is down is longer.
                for (ours, theirs) in ours.cells.iter().zip(&theirs.cells) {
                    let (GridCell::Entry(ours), GridCell::Entry(theirs)) = (ours, theirs) else {
                        assert_eq!(ours, theirs, "{name} at {at}");
                        continue;
                    };
                    entries += 1;
                    assert_eq!(
                        (ours.term, ours.is_committed, ours.conflicts),
                        (theirs.term, theirs.is_committed, theirs.conflicts)
                    );
                }
            }
        }
    }
    assert!(entries > 1_000, "{entries}");
}

#[test]
fn the_documented_example_is_drawn() {
    let observation = example();
    let index = TimelineIndex::of_observed(&observation);
    let at = Micros(28_000);
    let caption = svg::Caption::of_observed(&observation, at, &[]);
    let view = FigureView { width: 900.0, height: None, theme: Theme::Light };
    let whole = (Micros::ZERO, observation.verdict.until);
    let timeline = svg::timeline_figure(&index, whole, at, &caption, &view).unwrap();
    hold("observed-timeline.svg", &timeline);
    let mut cluster = ObservedCluster::new(&observation);
    cluster.advance_to(at);
    let view = FigureView { width: 520.0, ..view };
    let stage = svg::stage_figure_of(&caption, &view, &mut |width, height| {
        let stage = cluster.stage(&StageView::of_size(width, height));
        let motion = Motion::of_observed(&index, at, &stage);
        (stage, motion)
    });
    hold("observed-stage.svg", &stage.unwrap());
}
