//! Paints a moment of a built-in scenario: `figure SCENARIO MILLISECONDS WIDTH HEIGHT
//! [dark] [timeline] [whole] [steps=...] [nodes=N] [seed=N]`, to standard output.

use raft_core::Micros;
use raft_scene::{
    StageView, Theme, TimelineIndex, TimelineView, motion, stage, svg, timeline_marks,
};
use raft_sim::{Plan, Timeline, parse_steps};
use std::sync::Arc;

fn main() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, at, width, height, rest @ ..] = words.as_slice() else {
        return Err("figure SCENARIO MILLISECONDS WIDTH HEIGHT [dark] [timeline]".to_string());
    };
    let number = |text: &str| text.parse::<f32>().map_err(|error| error.to_string());
    let at = Micros((number(at)? * 1_000.0) as u64);
    let (width, height) = (number(width)?, number(height)?);
    let value = |name: &str| {
        rest.iter().find_map(|word| word.strip_prefix(name).and_then(|word| word.strip_prefix('=')))
    };
    let mut scenario = raft_scenarios::by_name(name).ok_or("no such scenario")?;
    if let Some(nodes) = value("nodes") {
        scenario.nodes = number(nodes)? as u8;
    }
    let seed = value("seed").map_or(Ok(42.0), number)? as u64;
    let steps = parse_steps(value("steps").unwrap_or("")).map_err(|error| error.to_string())?;
    let plan = Plan::new(scenario, seed, steps).map_err(|errors| format!("{errors:?}"))?;
    let timeline = Timeline::new(Arc::new(plan));
    let index = TimelineIndex::new(&timeline);
    let is = |word: &str| rest.iter().any(|other| other == word);
    let theme = if is("dark") { Theme::Dark } else { Theme::Light };
    if is("timeline") {
        let around = Micros::from_millis(60);
        let view = TimelineView { width, height, is_full: true };
        let (from, to) = if is("whole") {
            (Micros::ZERO, timeline.duration())
        } else {
            (at - around, at + around)
        };
        println!("{}", svg::paint_timeline(&timeline_marks(&index, from, to, &view), theme));
        return Ok(());
    }
    let world = timeline.world_after(timeline.events_by(at));
    let mut view = StageView::of_size(width, height);
    view.compact |= is("compact");
    view.stale = index.stale().to_vec();
    let stage = stage(&world, at, &view);
    let lost = index.lost_between(at - Micros::from_millis(6), at);
    println!("{}", svg::paint(&stage, &motion(&world, at, &stage, &lost), theme));
    Ok(())
}
