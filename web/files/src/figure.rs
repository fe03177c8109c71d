//! Figures: a moment of the run on screen, or of the trace that was read last.

use raft_core::Micros;
use raft_scene::svg::{self, Caption, FigureView, TooSmall};
use raft_scene::{LogGridView, Motion, ObservedCluster, StageView, Theme, TimelineIndex, log_grid};
use raft_sim::Plan;
use raft_sim::trace::observed::Observation;
use std::sync::Arc;

/// How many lines of a trace a diagram shows at most: more, and it is of a part of the trace.
const MOST_LINES: u64 = 2_000;

/// What a figure shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
    /// Where everything is.
    Stage,
    /// What happened around the moment.
    Timeline,
    /// What is in whose log.
    Log,
}

impl What {
    /// All that there are.
    pub(crate) const ALL: [What; 3] = [What::Stage, What::Timeline, What::Log];

    /// What it is called.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            What::Stage => "stage",
            What::Timeline => "timeline",
            What::Log => "log",
        }
    }

    fn view(self, theme: &str) -> FigureView {
        let width = if self == What::Timeline { 960.0 } else { 800.0 };
        let theme = if theme == "dark" { Theme::Dark } else { Theme::Light };
        FigureView { width, height: None, theme }
    }
}

/// A moment of a run of ours.
pub(crate) fn of_run(
    plan: Plan,
    at: Micros,
    what: What,
    theme: &str,
) -> Result<String, Vec<String>> {
    let (timeline, index) = TimelineIndex::of_new_run(Arc::new(plan));
    let scenario = timeline.plan().scenario();
    let at = at.min(scenario.duration);
    let world = timeline.world_after(timeline.events_by(at));
    let caption = Caption::of_run(timeline.plan(), at, index.violations_by(world.events()));
    let view = what.view(theme);
    let drawn = match what {
        What::Stage => svg::stage_figure(&world, at, &index, &caption, &view),
        What::Timeline => {
            let span = span(at, scenario.settings.election_timeout_max, scenario.duration);
            svg::timeline_figure(&index, span, at, &caption, &view)
        }
        What::Log => svg::log_figure(&caption, &view, &|view: &LogGridView| log_grid(&world, view)),
    };
    drawn.map_err(|small| vec![small.to_string()])
}

/// A moment of another implementation's trace.
pub(crate) fn of_observed(
    observation: &Observation,
    index: &TimelineIndex,
    at: Micros,
    what: What,
    theme: &str,
) -> Result<String, Vec<String>> {
    let end = observation.verdict.until;
    let at = at.min(end);
    // What an event is to our runs, a line is to a trace; the first is its head.
    let lines = observation.lines.partition_point(|line| line.at <= at) as u64 + 1;
    let caption = Caption::of_observed(observation, at, index.violations_by(lines));
    let view = what.view(theme);
    let mut cluster = ObservedCluster::new(observation);
    cluster.advance_to(at);
    let drawn: Result<String, TooSmall> = match what {
        What::Stage => svg::stage_figure_of(&caption, &view, &mut |width, height| {
            let stage = cluster.stage(&StageView::of_size(width, height));
            let motion = Motion::of_observed(index, at, &stage);
            (stage, motion)
        }),
        What::Timeline => {
            let parts = observation.verdict.lines / MOST_LINES + 1;
            svg::timeline_figure(index, span(at, Micros(end.0 / parts), end), at, &caption, &view)
        }
        What::Log => svg::log_figure(&caption, &view, &|view: &LogGridView| cluster.log_grid(view)),
    };
    drawn.map_err(|small| vec![small.to_string()])
}

/// A span as long as is usual around a moment, most of it before; as `raftlab figure` has it.
fn span(at: Micros, usual: Micros, end: Micros) -> (Micros, Micros) {
    let usual = usual.min(end).max(Micros(1));
    let from = at.0.saturating_sub(usual.0 * 2 / 3).min(end.0.saturating_sub(usual.0));
    (Micros(from), Micros(from + usual.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_as_long_at_the_ends_of_a_run_as_within() {
        let span = |at, usual, end| {
            let (from, to) = span(Micros(at), Micros(usual), Micros(end));
            (from.0, to.0)
        };
        assert_eq!(span(500, 300, 1_000), (300, 600));
        assert_eq!(span(0, 300, 1_000), (0, 300));
        assert_eq!(span(1_000, 300, 1_000), (700, 1_000));
        assert_eq!(span(5, 300, 10), (0, 10));
        assert_eq!(span(0, 300, 0), (0, 1));
    }
}
