//! A moment of a run, or of another implementation's trace, as any of the figures: what the
//! page and `raftlab figure` have in common.

use super::{Caption, FigureView, TooSmall, log_figure, stage_figure, timeline_figure};
use crate::log_grid::{LogGridView, log_grid};
use crate::timeline_index::TimelineIndex;
use raft_core::Micros;
use raft_sim::Timeline;

/// What a figure shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FigureOf {
    /// Where everything is.
    Stage,
    /// What happened around the moment.
    Timeline,
    /// What is in whose log.
    Log,
}

impl FigureOf {
    /// All that there are.
    pub const ALL: [FigureOf; 3] = [FigureOf::Stage, FigureOf::Timeline, FigureOf::Log];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            FigureOf::Stage => "stage",
            FigureOf::Timeline => "timeline",
            FigureOf::Log => "log",
        }
    }

    /// How wide it is where nobody says.
    pub const fn usual_width(self) -> u32 {
        match self {
            FigureOf::Timeline => 960,
            FigureOf::Stage | FigureOf::Log => 800,
        }
    }
}

/// A span as long as is usual around a moment, most of it before; as long at the ends of a
/// run as within.
pub fn span_around(at: Micros, usual: Micros, end: Micros) -> (Micros, Micros) {
    let usual = usual.min(end).max(Micros(1));
    let from = at.0.saturating_sub(usual.0 * 2 / 3).min(end.0.saturating_sub(usual.0));
    (Micros(from), Micros(from + usual.0))
}

/// How long the timeline of a run is where nobody says: in an election timeout the like of
/// an election happens.
pub fn usual_span(timeline: &Timeline) -> Micros {
    timeline.plan().scenario().settings.election_timeout_max
}

/// A moment of a run of ours; `span` is a timeline's.
///
/// # Errors
/// There is no room for it.
pub fn figure_of_run(
    timeline: &Timeline,
    index: &TimelineIndex,
    at: Micros,
    what: FigureOf,
    span: (Micros, Micros),
    view: &FigureView,
) -> Result<String, TooSmall> {
    let world = timeline.world_after(timeline.events_by(at));
    let caption = Caption::of_run(timeline.plan(), at, index.violations_by(world.events()));
    match what {
        FigureOf::Stage => stage_figure(&world, at, index, &caption, view),
        FigureOf::Timeline => timeline_figure(index, span, at, &caption, view),
        FigureOf::Log => log_figure(&caption, view, &|view: &LogGridView| log_grid(&world, view)),
    }
}

#[cfg(feature = "observed")]
pub use observed::{figure_of_observed, usual_span_of_observed};

#[cfg(feature = "observed")]
mod observed {
    use super::*;
    use crate::message_mark::Motion;
    use crate::observed::ObservedCluster;
    use crate::stage::StageView;
    use crate::svg::stage_figure_of;
    use raft_sim::trace::observed::Observation;

    /// How many lines of a trace a timeline shows at most where nobody says how long it is.
    const MOST_LINES: u64 = 2_000;

    /// How long the timeline of a trace is where nobody says: the whole of a short trace, and
    /// of a long one a part.
    pub fn usual_span_of_observed(observation: &Observation) -> Micros {
        let parts = observation.verdict.lines / MOST_LINES + 1;
        Micros(observation.verdict.until.0 / parts)
    }

    /// A moment of another implementation's trace; `span` is a timeline's.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn figure_of_observed(
        observation: &Observation,
        index: &TimelineIndex,
        at: Micros,
        what: FigureOf,
        span: (Micros, Micros),
        view: &FigureView,
    ) -> Result<String, TooSmall> {
        // What an event is to our runs, a line is to a trace; the first is its head.
        let lines = observation.lines.partition_point(|line| line.at <= at) as u64 + 1;
        let caption = Caption::of_observed(observation, at, index.violations_by(lines));
        let mut cluster = ObservedCluster::new(observation);
        cluster.advance_to(at);
        match what {
            FigureOf::Stage => stage_figure_of(&caption, view, &mut |width, height| {
                let stage = cluster.stage(&StageView::of_size(width, height));
                let motion = Motion::of_observed(index, at, &stage);
                (stage, motion)
            }),
            FigureOf::Timeline => timeline_figure(index, span, at, &caption, view),
            FigureOf::Log => {
                log_figure(&caption, view, &|view: &LogGridView| cluster.log_grid(view))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_as_long_at_the_ends_of_a_run_as_within() {
        let span = |at, usual, end| {
            let (from, to) = span_around(Micros(at), Micros(usual), Micros(end));
            (from.0, to.0)
        };
        assert_eq!(span(500, 300, 1_000), (300, 600));
        assert_eq!(span(0, 300, 1_000), (0, 300));
        assert_eq!(span(1_000, 300, 1_000), (700, 1_000));
        assert_eq!(span(5, 300, 10), (0, 10));
        assert_eq!(span(0, 300, 0), (0, 1));
    }
}
