//! Figures of a few moments, as text that a review can read. After a change that is
//! meant: `BLESS=1 cargo test -p raft-scene --test golden`, then look at the difference.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use raft_core::Micros;
use raft_scene::{
    StageView, Theme, TimelineIndex, TimelineView, motion, stage, svg, timeline_marks,
};
use raft_sim::{Landmark, Timeline};
use std::fs;
use std::path::PathBuf;

fn hold(name: &str, painted: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, painted).unwrap();
    }
    let golden = fs::read_to_string(&file).unwrap_or_default();
    let differs = golden.lines().zip(painted.lines()).find(|(one, other)| one != other);
    assert!(golden == painted, "{name} is painted differently, first here: {differs:?}");
}

/// When the last thing of a kind happens before a time.
fn last_before(timeline: &Timeline, landmark: Landmark, before: Micros) -> Micros {
    let event = timeline.previous_of(landmark, timeline.events_by(before) + 1).unwrap();
    timeline.time_of(event).unwrap()
}

/// A moment some time after the last thing of a kind before a time.
fn moment(
    scenario: &str,
    (landmark, before, after): (Landmark, Micros, Micros),
    (width, height): (f32, f32),
    theme: Theme,
) -> String {
    let timeline = common::timeline(scenario, 42);
    let index = TimelineIndex::new(&timeline);
    let at = last_before(&timeline, landmark, before) + after;
    let world = timeline.world_after(timeline.events_by(at));
    let mut view = StageView::of_size(width, height);
    view.stale = index.stale().to_vec();
    let stage = stage(&world, at, &view);
    let lost = index.lost_between(at - Micros::from_millis(6), at);
    svg::paint(&stage, &motion(&world, at, &stage, &lost), theme)
}

#[test]
fn an_election_under_way() {
    // Before the new leader is elected, its votes are on their way to it.
    let timeline = common::timeline("leader-crash", 42);
    let elected = last_before(&timeline, Landmark::Election, timeline.duration());
    let votes = (Landmark::Election, elected - Micros(1), Micros(9_000));
    hold("election.svg", &moment("leader-crash", votes, (790.0, 470.0), Theme::Light));
    let requests = (Landmark::Election, elected - Micros(1), Micros(4_500));
    hold("election-phone.svg", &moment("leader-crash", requests, (359.0, 330.0), Theme::Dark));
}

#[test]
fn two_leaders_in_two_data_centres() {
    let commit = (Landmark::Commit, Micros::from_millis(1_700), Micros(1_000));
    let name = "two-data-centres-minority";
    hold("two-leaders.svg", &moment(name, commit, (790.0, 470.0), Theme::Light));
}

#[test]
fn a_stale_read() {
    let read = (Landmark::Violation, Micros::from_secs(2), Micros(1_500));
    let name = "phantom-leader-lease";
    hold("stale-read.svg", &moment(name, read, (520.0, 330.0), Theme::Dark));
}

#[test]
fn the_space_time_of_a_stale_read() {
    let timeline = common::timeline("phantom-leader-lease", 42);
    let index = TimelineIndex::new(&timeline);
    let view = TimelineView { width: 1_248.0, height: 190.0, is_full: true };
    let read_at = last_before(&timeline, Landmark::Violation, timeline.duration());
    let (from, to) = (read_at - Micros::from_millis(90), read_at + Micros::from_millis(30));
    let marks = timeline_marks(&index, from, to, &view);
    hold("stale-read-timeline.svg", &svg::paint_timeline(&marks, Theme::Light));
}
