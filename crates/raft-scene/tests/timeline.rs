//! The index of a run, against what one finds by going through its record.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use raft_core::Micros;
use raft_scene::{LaneOf, StageView, TimelineIndex, TimelineView, motion, stage, timeline_marks};
use raft_sim::{Action, Happening, LossCause, Outcome, Request, Timeline};

#[test]
fn every_message_has_its_span_and_every_lost_one_the_place_where_it_died() {
    let mut causes = Vec::new();
    for name in common::names() {
        let timeline = common::timeline(&name, 3);
        let index = TimelineIndex::new(&timeline);
        let mut world = timeline.world_after(0);
        for record in timeline.records() {
            let (Happening::Sent { message, .. }
            | Happening::Delivered { message }
            | Happening::Lost { message, .. }) = &record.what
            else {
                continue;
            };
            let span = index.message(*message).unwrap();
            match &record.what {
                Happening::Sent { envelope, .. } => {
                    assert_eq!((span.from, span.to), (envelope.from, envelope.to));
                    assert_eq!((span.id, span.sent_at), (*message, record.at));
                }
                Happening::Delivered { .. } => {
                    assert_eq!((span.ended_at, span.has_ended), (record.at, true));
                    assert_eq!(span.lost, None);
                }
                Happening::Lost { because, .. } => {
                    causes.push(*because);
                    assert_eq!((span.ended_at, span.has_ended), (record.at, true));
                    let (cause, permille) = span.lost.unwrap();
                    assert_eq!(cause, *because);
                    let lost = index.lost_between(record.at - Micros(1), record.at);
                    assert!(lost.iter().any(|lost| lost.message == *message));
                    // Just before, the network knew how far it would get.
                    timeline.seek(&mut world, record.event - 1);
                    let Some(flight) = world.network().flight(*message) else { continue };
                    if record.at == flight.ends_at {
                        assert_eq!(permille, flight.reaches_permille, "{name} {because:?}");
                    } else {
                        let spent = (record.at - flight.sent_at).0 * 1_000;
                        assert_eq!(
                            u64::from(permille),
                            spent / (flight.ends_at - flight.sent_at).0
                        );
                    }
                }
                _ => {}
            }
        }
    }
    assert!(causes.contains(&LossCause::Cut) && causes.contains(&LossCause::ReceiverDown));
}

#[test]
fn a_span_shows_the_operations_violations_and_messages_of_that_span() {
    let timeline = common::timeline("phantom-leader-lease", 42);
    let index = TimelineIndex::new(&timeline);
    let view = TimelineView { width: 1_200.0, height: 190.0, is_full: true };
    for start in (0..1_400).step_by(37) {
        let (from, to) = (Micros::from_millis(start), Micros::from_millis(start + 90));
        let marks = timeline_marks(&index, from, to, &view);
        let world = timeline.world_after(timeline.events());
        let expected: Vec<_> = world
            .history()
            .operations()
            .filter(|(_, it)| {
                it.began_at <= to && it.ended.map_or(timeline.duration(), |(at, _)| at) >= from
            })
            .map(|(id, _)| id)
            .collect();
        let shown: Vec<_> = marks.operations.iter().map(|mark| mark.operation).collect();
        assert_eq!(shown, expected);
        let violations = timeline
            .records()
            .filter(|record| matches!(record.what, Happening::Violated(_)))
            .filter(|record| (from..=to).contains(&record.at))
            .count();
        assert_eq!(marks.violations.len(), violations);
        let in_span = index
            .sent_between(Micros::ZERO, to)
            .filter(|span| span.sent_at <= to && span.ended_at >= from)
            .count();
        let drawn: usize =
            marks.strands.iter().map(|strand| strand.lines.matches('M').count()).sum();
        assert_eq!(drawn, in_span);
        assert_eq!(marks.lanes.len(), 7);
        assert!(marks.lanes.iter().any(|lane| lane.of == LaneOf::Client(2)));
        for tick in &marks.ticks {
            assert!(tick.x >= marks.plot.x && tick.x <= marks.plot.right());
            let back = marks.time_at(tick.x);
            assert!(back.0.abs_diff(tick.at.0) < 50);
        }
    }
}

#[test]
fn the_stale_reads_are_those_of_a_value_that_a_finished_write_had_overtaken() {
    for name in common::names() {
        let timeline = common::timeline(&name, 42);
        if !timeline.plan().scenario().settings.flaws.is_none() {
            // There a value may be gone, and back again.
            continue;
        }
        let index = TimelineIndex::new(&timeline);
        let world = timeline.world_after(timeline.events());
        let writes: Vec<_> = world
            .history()
            .operations()
            .filter_map(|(_, it)| match (it.request, it.ended) {
                (Request::Write { key, value }, Some((at, Outcome::Written))) => {
                    Some((key, value, it.began_at, at))
                }
                _ => None,
            })
            .collect();
        let mut stale: Vec<_> = world
            .history()
            .operations()
            .filter(|(_, it)| {
                let Some((_, Outcome::Found { value: found, .. })) = it.ended else { return false };
                let key = it.request.key();
                let written = writes.iter().find(|(k, value, ..)| (*k, *value) == (key, found));
                let written_by = written.map_or(Micros::ZERO, |(.., ended_at)| *ended_at);
                writes.iter().any(|(k, value, began_at, ended_at)| {
                    *k == key
                        && *value != found
                        && *began_at > written_by
                        && *ended_at < it.began_at
                })
            })
            .map(|(id, _)| id)
            .collect();
        let mut found = index.stale().to_vec();
        stale.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, stale, "{name}");
    }
}

#[test]
fn a_whole_run_is_thinned_out() {
    let timeline = common::timeline("two-data-centres", 42);
    let index = TimelineIndex::new(&timeline);
    let view = TimelineView { width: 790.0, height: 190.0, is_full: true };
    let marks = timeline_marks(&index, Micros::ZERO, timeline.duration(), &view);
    let drawn: usize = marks.strands.iter().map(|strand| strand.lines.matches('M').count()).sum();
    assert!(drawn <= 400, "{drawn} messages");
    assert!(!marks.density.is_empty());
}

#[test]
fn a_long_run_has_no_more_to_draw_than_the_plot_has_pixels() {
    let mut scenario = raft_scenarios::by_name("reads-by-read-index").unwrap();
    scenario.duration = Micros::from_millis(60_000);
    scenario.clients.iter_mut().for_each(|client| client.stops_at = scenario.duration);
    scenario.expectations.clear();
    let plan = raft_sim::Plan::new(scenario, 7, Vec::new()).unwrap();
    let (timeline, index) = TimelineIndex::of_new_run(std::sync::Arc::new(plan));
    let view = TimelineView { width: 1_200.0, height: 190.0, is_full: true };
    let whole = timeline_marks(&index, Micros::ZERO, timeline.duration(), &view);
    assert_eq!(whole.operations.len(), 0);
    let messages = whole.strands.iter().map(|strand| strand.lines.matches('M').count());
    assert!(messages.sum::<usize>() <= 400);
    assert!(!whole.operation_bands.is_empty() && !whole.density.is_empty());
    let bars = whole.operation_bands.iter().map(|band| band.path.matches('M').count());
    assert!(bars.sum::<usize>() < 3 * 1_200, "three clients or fewer");
    // Nearer, they are told apart again.
    let near = timeline_marks(&index, Micros::ZERO, Micros::from_millis(500), &view);
    assert!(!near.operations.is_empty() && near.operation_bands.is_empty());
}

#[test]
fn a_message_that_is_held_up_goes_on_from_where_it_is_and_dies_where_it_is_dropped() {
    let at = Micros::from_millis(300);
    // A run in which somebody has just sent something.
    let found = (0..100).find_map(|seed| {
        let trunk = common::short_run(5, seed, 1, Vec::new());
        let world = trunk.world_after(trunk.events_by(at));
        let mut flights = world.network().flights();
        let (id, flight) = flights.find(|(_, it)| it.ends_at > at + Micros(1_000))?;
        Some((seed, id, flight.clone()))
    });
    let (seed, id, flight) = found.unwrap();
    let run = |actions| common::short_run(5, seed, 1, actions);
    let (trunk, name) = (run(Vec::new()), flight.name());
    let place = |timeline: &Timeline, at: Micros| {
        let world = timeline.world_after(timeline.events_by(at));
        let stage = stage(&world, at, &StageView::of_size(800.0, 500.0));
        let motion = motion(&world, at, &stage, &[]);
        motion.messages.iter().find(|it| it.id == id).map(|it| it.center)
    };
    let by = Micros::from_millis(50);
    let delayed = run(vec![Action::DelayMessage { message: name, by }]);
    let (before, after) = (place(&trunk, at).unwrap(), place(&delayed, at).unwrap());
    assert!(before.distance(after) < 0.5, "it does not jump: {before:?} {after:?}");
    let later = place(&delayed, at + by).unwrap();
    assert!(later.distance(after) > 1.0, "and it goes on");
    let index = TimelineIndex::new(&delayed);
    let span = index.message(id).unwrap();
    assert_eq!(span.ended_at, flight.ends_at + by);
    assert!(span.lost.is_none());
    // Where it is taken, a cross tells so.
    let dropped = run(vec![Action::DelayMessage { message: name, by }, Action::DropMessage(name)]);
    let lost = TimelineIndex::new(&dropped).lost_between(at - Micros(1), at);
    let lost = lost.iter().find(|it| it.message == id).unwrap();
    assert_eq!(lost.because, LossCause::Taken);
    let permille = (at - flight.sent_at).0 * 1_000 / (flight.ends_at - flight.sent_at).0;
    assert_eq!(u64::from(lost.reached_permille), permille);
}

#[test]
fn a_message_is_found_where_its_line_is_drawn_and_nowhere_else() {
    let timeline = common::timeline("leader-crash", 3);
    let index = TimelineIndex::new(&timeline);
    let view = TimelineView { width: 1_200.0, height: 190.0, is_full: true };
    let (from, to) = (Micros::from_millis(900), Micros::from_millis(1_000));
    let marks = timeline_marks(&index, from, to, &view);
    let mut found = 0;
    for message in index.sent_between(from, to) {
        let Some((start, end)) = marks.line_of(&message) else { continue };
        assert!(start.x >= marks.plot.x && end.x <= marks.plot.right() + 0.01);
        let nearest = marks.message_at(&index, start.towards(end, 0.5), 3.0).unwrap();
        // Where lines cross, it is another one that runs through the same place.
        let (start, end) = marks.line_of(&nearest).unwrap();
        assert!(start.x <= end.x);
        found += usize::from(nearest.id == message.id);
    }
    assert!(found > 10, "only {found}");
    let beside = raft_scene::Point::new(marks.plot.x - 20.0, marks.plot.y);
    assert_eq!(marks.message_at(&index, beside, 6.0), None);
    let before = index.sent_between(Micros::ZERO, Micros::from_millis(700)).next().unwrap();
    assert_eq!(marks.line_of(&before), None);
}
