//! Figures of ten moments, and more, as text that a review can read.
//! After a change that is meant:
//! `BLESS=1 cargo test -p raft-scene`, then look at the difference, and at the pictures.
//!
//! A moment is found by what happens at it, so that it stays the moment it is about when
//! a scenario or a draw changes.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use common::hold;
use raft_core::{Message, Micros, NodeId, Reconfiguration, RoleView};
use raft_scene::svg::{self, Caption, FigureView};
use raft_scene::{Theme, TimelineIndex, log_grid};
use raft_sim::{Action, Landmark, Plan, Scenario, Step, Timeline, World};
use std::sync::Arc;

const WIDE: FigureView = FigureView { width: 800.0, height: Some(560.0), theme: Theme::Light };
const NARROW: FigureView = FigureView { width: 359.0, height: None, theme: Theme::Dark };
const LONG: FigureView = FigureView { width: 960.0, height: None, theme: Theme::Light };

/// A moment of a run.
struct Moment {
    timeline: Timeline,
    index: TimelineIndex,
    at: Micros,
    world: World,
}

impl Moment {
    fn at(scenario: &str, seed: u64, at: impl FnOnce(&Timeline) -> Micros) -> Moment {
        Moment::of(common::timeline(scenario, seed), at)
    }

    fn of(timeline: Timeline, at: impl FnOnce(&Timeline) -> Micros) -> Moment {
        let index = TimelineIndex::new(&timeline);
        let at = at(&timeline);
        let world = timeline.world_after(timeline.events_by(at));
        Moment { timeline, index, at, world }
    }

    /// The first event after which the world is so, and some time later.
    fn when(scenario: &str, seed: u64, later: Micros, is_so: impl Fn(&World) -> bool) -> Moment {
        Moment::in_run(common::timeline(scenario, seed), later, is_so)
    }

    fn in_run(timeline: Timeline, later: Micros, is_so: impl Fn(&World) -> bool) -> Moment {
        Moment::of(timeline, |timeline| {
            let mut world = timeline.world_after(0);
            let mut records = Vec::new();
            while !is_so(&world) {
                assert!(world.step(&mut records), "the run never comes to that");
                records.clear();
            }
            world.now() + later
        })
    }

    fn caption(&self) -> Caption {
        let found = self.index.violations_by(self.world.events());
        Caption::of_run(self.timeline.plan(), self.at, found)
    }

    fn stage(&self, view: &FigureView) -> String {
        svg::stage_figure(&self.world, self.at, &self.index, &self.caption(), view).unwrap()
    }

    fn timeline(&self, before: u64, after: u64, view: &FigureView) -> String {
        let from = Micros(self.at.0.saturating_sub(before * 1_000));
        let to = (self.at + Micros::from_millis(after)).min(self.timeline.duration());
        let caption = self.caption();
        svg::timeline_figure(&self.index, (from, to), self.at, &caption, view).unwrap()
    }

    fn log(&self, view: &FigureView) -> String {
        svg::log_figure(&self.caption(), view, &|view| log_grid(&self.world, view)).unwrap()
    }
}

/// How many candidates have so many votes.
fn candidates(world: &World, votes: u8) -> usize {
    let views = world.hosts().iter().filter_map(|host| host.node()).map(|node| node.view());
    let has_votes = |role| match role {
        RoleView::Candidate { granted, .. } => granted.len() >= votes,
        _ => false,
    };
    views.filter(|view| has_votes(view.role())).count()
}

fn leaders(world: &World) -> usize {
    let nodes = world.hosts().iter().filter_map(|host| host.node());
    nodes.filter(|node| node.view().is_leader()).count()
}

#[test]
fn an_election_under_way() {
    let is_so = |world: &World| world.latest_term().0 == 2 && candidates(world, 2) == 1;
    let election = Moment::when("leader-crash", 42, Micros::ZERO, is_so);
    hold("election.svg", &election.stage(&WIDE));
    hold("election-phone.svg", &election.stage(&NARROW));
    hold("election-timeline.svg", &election.timeline(60, 30, &LONG));
}

#[test]
fn a_split_vote() {
    let is_so = |world: &World| candidates(world, 1) >= 2;
    let split = Moment::when("split-vote-fixed", 42, Micros(3_000), is_so);
    hold("split-vote.svg", &split.stage(&WIDE));
}

#[test]
fn a_partition_with_two_leaders() {
    let is_so = |world: &World| !world.network().groups().is_empty() && leaders(world) == 2;
    let moment = Moment::when("two-data-centres-minority", 42, Micros(61_000), is_so);
    hold("two-leaders.svg", &moment.stage(&WIDE));
}

#[test]
fn a_one_way_cut() {
    let is_so = |world: &World| {
        world.network().cut_links().count() > 0 && world.network().flights().count() > 2
    };
    let moment = Moment::when("unheard-follower", 42, Micros(250_000), is_so);
    hold("one-way-cut.svg", &moment.stage(&WIDE));
}

#[test]
fn a_stale_lease_read() {
    let read = Moment::at("phantom-leader-lease", 42, |timeline| {
        let event = timeline.next_of(Landmark::Violation, 0).unwrap();
        timeline.time_of(event).unwrap() + Micros(1_500)
    });
    hold("stale-read.svg", &read.stage(&FigureView { theme: Theme::Dark, ..WIDE }));
    hold("stale-read-timeline.svg", &read.timeline(90, 30, &LONG));
}

#[test]
fn a_joint_configuration_with_a_learner() {
    let letters = |letters: &str| letters.chars().filter_map(NodeId::from_letter).collect();
    let change = Reconfiguration::Joint { voters: letters("BCD"), learners: letters("E") };
    let change = Step { at: Micros::from_millis(300), action: Action::Reconfigure(change) };
    let scenario = raft_scenarios::by_name("joint-change").unwrap();
    let scenario = Scenario {
        // The change alone, without what parts the cluster in it.
        script: scenario.script.into_iter().take(1).collect(),
        expectations: Vec::new(),
        rules: Vec::new(),
        ..scenario
    };
    let timeline = Timeline::new(Arc::new(Plan::new(scenario, 42, vec![change]).unwrap()));
    let is_so = |world: &World| world.membership().is_joint();
    let joint = Moment::in_run(timeline, Micros(4_000), is_so);
    hold("joint.svg", &joint.stage(&WIDE));
    hold("joint-log.svg", &joint.log(&FigureView { width: 560.0, ..LONG }));
    let is_so = |world: &World| !world.membership().learners.is_empty();
    let learner = Moment::when("learner-first", 42, Micros(212_000), is_so);
    hold("learner.svg", &learner.stage(&WIDE));
}

#[test]
fn a_snapshot_being_sent() {
    let is_so = |world: &World| {
        let progress = |host: &raft_sim::Host| host.node()?.view().incoming_snapshot();
        let mut incoming = world.hosts().iter().filter_map(progress);
        incoming.any(|progress| progress.received_bytes * 3 > progress.total_bytes)
            && world
                .network()
                .flights()
                .any(|(_, flight)| matches!(flight.envelope.body, Message::InstallSnapshot(_)))
    };
    let moment = Moment::when("lagging-follower", 42, Micros(1_000), is_so);
    hold("snapshot.svg", &moment.stage(&WIDE));
    hold("snapshot-log.svg", &moment.log(&FigureView { theme: Theme::Dark, ..LONG }));
}

#[test]
fn a_stalled_disk() {
    let is_so = |world: &World| {
        world.hosts().iter().any(|host| {
            host.disk().is_stalled()
                && host.node().is_some_and(|node| node.view().writes_under_way() > 1)
        })
    };
    let moment = Moment::when("leader-disk-stalls", 42, Micros(2_000), is_so);
    hold("stalled-disk.svg", &moment.stage(&WIDE));
}

#[test]
fn a_paused_process() {
    let is_so = |world: &World| world.hosts().iter().any(|host| host.pause().is_some());
    let moment = Moment::when("paused-leader", 42, Micros(20_000), is_so);
    hold("paused.svg", &moment.stage(&WIDE));
    hold("paused-timeline.svg", &moment.timeline(60, 40, &LONG));
}

#[test]
fn figure_8_at_its_end() {
    for (scenario, name) in [
        ("figure-8", "figure-8-log.svg"),
        ("flaw-commit-earlier-term-by-counting", "figure-8-flaw-log.svg"),
    ] {
        let end = Moment::at(scenario, 42, Timeline::duration);
        hold(name, &end.log(&FigureView { width: 620.0, ..LONG }));
    }
}

/// A figure says where there is no room for it, and what there would be room in.
#[test]
fn a_figure_that_is_too_small_says_how_large_it_must_be() {
    let moment = Moment::at("figure-8", 42, Timeline::duration);
    let caption = moment.caption();
    let Moment { world, at, index, .. } = &moment;
    let draw = |view: &FigureView, which: usize| match which {
        0 => svg::stage_figure(world, *at, index, &caption, view),
        1 => svg::timeline_figure(index, (Micros::ZERO, *at), *at, &caption, view),
        _ => svg::log_figure(&caption, view, &|view| log_grid(world, view)),
    };
    for which in 0..3 {
        for (width, height) in [(100.0, 900.0), (900.0, 100.0), (10.0, 10.0)] {
            let view = FigureView { width, height: Some(height), theme: Theme::Light };
            let least = draw(&view, which).unwrap_err();
            let width = width.max(least.width).ceil();
            let height = Some(height.max(least.height).ceil());
            let fits = draw(&FigureView { width, height, ..view }, which);
            // At another width the caption may take another height: then once more.
            let fits = fits.or_else(|least| {
                let height = Some(least.height.ceil());
                draw(&FigureView { width, height, ..view }, which)
            });
            assert!(fits.is_ok(), "{which} {width} {height:?}: {fits:?}");
        }
    }
}
