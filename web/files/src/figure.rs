//! Figures: a moment of the run on screen, or of the trace that was read last.

use raft_core::Micros;
use raft_scene::svg::{self, FigureOf, FigureView};
use raft_scene::{Theme, TimelineIndex};
use raft_sim::Plan;
use raft_sim::trace::observed::Observation;
use std::sync::Arc;

fn view(what: FigureOf, theme: &str) -> FigureView {
    let theme = if theme == "dark" { Theme::Dark } else { Theme::Light };
    FigureView { width: what.usual_width() as f32, height: None, theme }
}

/// A moment of a run of ours.
pub(crate) fn of_run(
    plan: Plan,
    at: Micros,
    what: FigureOf,
    theme: &str,
) -> Result<String, Vec<String>> {
    let (timeline, index) = TimelineIndex::of_new_run(Arc::new(plan));
    let end = timeline.duration();
    let at = at.min(end);
    let span = svg::span_around(at, svg::usual_span(&timeline), end);
    svg::figure_of_run(&timeline, &index, at, what, span, &view(what, theme))
        .map_err(|small| vec![small.to_string()])
}

/// A moment of another implementation's trace.
pub(crate) fn of_observed(
    observation: &Observation,
    index: &TimelineIndex,
    at: Micros,
    what: FigureOf,
    theme: &str,
) -> Result<String, Vec<String>> {
    let end = observation.verdict.until;
    let at = at.min(end);
    let span = svg::span_around(at, svg::usual_span_of_observed(observation), end);
    svg::figure_of_observed(observation, index, at, what, span, &view(what, theme))
        .map_err(|small| vec![small.to_string()])
}
