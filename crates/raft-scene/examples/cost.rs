//! What drawing costs, natively: `cost`.

use raft_core::Micros;
use raft_scene::{Motion, StageView, TimelineIndex, TimelineView, stage, timeline_marks};
use raft_sim::{Plan, Timeline};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

fn report(what: &str, rounds: u32, mut work: impl FnMut()) {
    let begin = Instant::now();
    (0..rounds).for_each(|_| work());
    println!("{what}: {:?}", begin.elapsed() / rounds);
}

fn main() -> Result<(), String> {
    let mut scenario = raft_scenarios::by_name("leader-crash").ok_or("no such scenario")?;
    scenario.nodes = 9;
    scenario.duration = Micros::from_secs(60);
    let plan = Plan::new(scenario, 42, Vec::new()).map_err(|errors| format!("{errors:?}"))?;
    let timeline = Timeline::new(Arc::new(plan));
    println!("{} events, {} records", timeline.events(), timeline.records_count());
    report("TimelineIndex::new", 10, || {
        black_box(TimelineIndex::new(&timeline));
    });
    let index = TimelineIndex::new(&timeline);
    let span = index.sent_between(Micros::ZERO, Micros::from_secs(1));
    let busiest = span.last().map_or(Micros::ZERO, |span| span.sent_at + Micros(500));
    let world = timeline.world_after(timeline.events_by(busiest));
    let view = StageView::of_size(790.0, 470.0);
    report("stage, 9 nodes", 1_000, || {
        black_box(stage(&world, busiest, &view));
    });
    let stage = stage(&world, busiest, &view);
    let mut motion = Motion::default();
    report("Motion::update", 10_000, || {
        motion.update(black_box(&world), busiest, &stage, &[]);
    });
    println!("  with {} messages", motion.messages.len());
    let view = TimelineView { width: 1_248.0, height: 230.0, is_full: true };
    for millis in [100, 1_000, 60_000] {
        report(&format!("timeline_marks, {millis} ms"), 200, || {
            let to = Micros::from_millis(millis);
            black_box(timeline_marks(black_box(&index), Micros::ZERO, to, &view));
        });
    }
    Ok(())
}
