//! `raftlab figure`: a moment of a run as a picture.

use crate::arguments::{self, FigureOf, FigureTheme};
use crate::picture;
use crate::report::{Ended, Failure};
use crate::source;
use raft_core::Micros;
use raft_scene::svg::{self, Caption, FigureView, TooSmall};
use raft_scene::{LogGridView, Motion, ObservedCluster, StageView, Theme, TimelineIndex, log_grid};
use raft_sim::trace::{self, TraceError, observed::Observation};
use raft_sim::{Plan, Timeline, World};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::Arc;

/// How long a timeline is where nobody says and no election timeout is known.
const USUAL_SPAN: Micros = Micros::from_millis(200);

/// What kind of file a figure goes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Svg,
    Png,
}

pub(crate) fn command(figure: &arguments::Figure) -> crate::Result {
    // What can be refused at once is, before a run is made.
    let form = form_of(&figure.out)?;
    if figure.view != FigureOf::Timeline && (figure.from.is_some() || figure.to.is_some()) {
        let wrong =
            "only a timeline has a beginning and an end: add --view timeline, or leave them out";
        return Err(Failure::input("--from, --to", wrong));
    }
    let drawn = match run_of(figure)? {
        Run::Ours(plan) => of_ours(figure, plan)?,
        Run::Observed(observation) => of_observed(figure, &observation)?,
    };
    let svg = drawn.map_err(|small| Failure::input("--size", small))?;
    match form {
        Form::Svg => write(&figure.out, svg.as_bytes())?,
        Form::Png => {
            let png = picture::png(&svg, &picture::fonts(), figure.scale)
                .map_err(|error| Failure::input(figure.out.display(), error))?;
            write(&figure.out, &png)?;
        }
    }
    Ok(Ended::Well)
}

fn form_of(path: &Path) -> Result<Form, Failure> {
    let extension = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        _ if path == Path::new("-") => Ok(Form::Svg),
        Some("svg") => Ok(Form::Svg),
        Some("png") => Ok(Form::Png),
        _ => {
            let wrong = "a figure goes to a file that ends in .svg or .png, or to - for SVG";
            Err(Failure::input(format!("--out {}", path.display()), wrong))
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if path == Path::new("-") {
        return Ok(io::stdout().lock().write_all(bytes)?);
    }
    fs::write(path, bytes).map_err(|error| Failure::writing(path, &error))
}

/// What there is to draw.
enum Run {
    Ours(Arc<Plan>),
    Observed(Box<Observation>),
}

fn run_of(figure: &arguments::Figure) -> Result<Run, Failure> {
    let name = &figure.source.scenario;
    let format = match raft_scenarios::by_name(name) {
        Some(_) => None,
        None => trace_format(Path::new(name)),
    };
    let Some(format) = format else {
        let source = source::load(&figure.source)?;
        let seed = figure.seed.unwrap_or(source.seed);
        return source::plan(name, source.scenario, seed).map(Run::Ours);
    };
    if figure.seed.is_some() || !figure.source.set.is_empty() {
        let wrong = "a trace is of one run: --seed and --set are for scenarios";
        return Err(Failure::input(name, wrong));
    }
    let path = Path::new(name);
    let file = File::open(path).map_err(|error| Failure::reading(path, &error))?;
    let wrong = |error: TraceError| Failure::input(name, error);
    match format {
        TraceFormat::Ours => trace::plan_of(BufReader::new(file))
            .map(|plan| Run::Ours(Arc::new(plan)))
            .map_err(wrong),
        TraceFormat::Observed => Observation::read(BufReader::new(file))
            .map(|observation| Run::Observed(Box::new(observation)))
            .map_err(wrong),
    }
}

enum TraceFormat {
    Ours,
    Observed,
}

/// Whether a file says in its first line that it is a trace, and whose.
fn trace_format(path: &Path) -> Option<TraceFormat> {
    use io::Read as _;
    let mut first = Vec::new();
    let file = BufReader::new(File::open(path).ok()?);
    file.take(1 << 16).read_until(b'\n', &mut first).ok()?;
    let first: String =
        String::from_utf8_lossy(&first).chars().filter(|letter| !letter.is_whitespace()).collect();
    if first.contains("\"format\":\"raftlab-observed-trace\"") {
        Some(TraceFormat::Observed)
    } else if first.contains("\"format\":\"raftlab-trace\"") {
        Some(TraceFormat::Ours)
    } else {
        None
    }
}

/// Where there is nothing to draw any more.
fn check_moment(figure: &arguments::Figure, end: Micros) -> Result<(), Failure> {
    for (flag, at) in [("--at", Some(figure.at)), ("--from", figure.from), ("--to", figure.to)] {
        if let Some(at) = at.filter(|at| *at > end) {
            let wrong = format!("the run ends at {end}: {at} is after that");
            return Err(Failure::input(flag, wrong));
        }
    }
    Ok(())
}

/// The span of a timeline: what was asked for, else `usual` around the moment.
fn span(
    figure: &arguments::Figure,
    usual: Micros,
    end: Micros,
) -> Result<(Micros, Micros), Failure> {
    let usual = usual.min(end).max(Micros(1));
    let from = figure.from.unwrap_or_else(|| {
        let to = figure.to.unwrap_or(end);
        let before = Micros(usual.0 * 2 / 3);
        // Near the end it is as long, and ends there.
        let from = Micros(figure.at.0.saturating_sub(before.0));
        if figure.to.is_some() { from.min(to) } else { from.min(Micros(end.0 - usual.0)) }
    });
    let to = figure.to.unwrap_or_else(|| (from + usual).min(end));
    if from >= to {
        let wrong = format!("the timeline begins at {from} and ends at {to}: it must end later");
        return Err(Failure::input("--from, --to", wrong));
    }
    Ok((from, to))
}

fn view_of(figure: &arguments::Figure) -> FigureView {
    let usual = if figure.view == FigureOf::Timeline { 960 } else { 800 };
    let (width, height) = match figure.size {
        Some((width, height)) => (width, Some(height as f32)),
        None => (figure.width.unwrap_or(usual), None),
    };
    let theme = match figure.theme {
        FigureTheme::Light => Theme::Light,
        FigureTheme::Dark => Theme::Dark,
    };
    FigureView { width: width as f32, height, theme }
}

type Drawn = Result<Result<String, TooSmall>, Failure>;

fn of_ours(figure: &arguments::Figure, plan: Arc<Plan>) -> Drawn {
    let end = plan.scenario().duration;
    check_moment(figure, end)?;
    let (timeline, index): (Timeline, TimelineIndex) = TimelineIndex::of_new_run(plan);
    let at = figure.at;
    let world: World = timeline.world_after(timeline.events_by(at));
    let violations = index.violations_by(world.events());
    let caption = Caption::of_run(timeline.plan(), at, violations);
    let view = view_of(figure);
    Ok(match figure.view {
        FigureOf::Stage => svg::stage_figure(&world, at, &index, &caption, &view),
        FigureOf::Timeline => {
            let usual = timeline.plan().scenario().settings.election_timeout_max;
            let span = span(figure, usual, end)?;
            svg::timeline_figure(&index, span, at, &caption, &view)
        }
        FigureOf::Log => {
            svg::log_figure(&caption, &view, &|view: &LogGridView| log_grid(&world, view))
        }
    })
}

fn of_observed(figure: &arguments::Figure, observation: &Observation) -> Drawn {
    let end = observation.verdict.until;
    check_moment(figure, end)?;
    let index = TimelineIndex::of_observed(observation);
    let at = figure.at;
    // What an event is to our runs, a line is to a trace; the first is its head.
    let lines = observation.lines.partition_point(|line| line.at <= at) as u64 + 1;
    let caption = Caption::of_observed(observation, at, index.violations_by(lines));
    let view = view_of(figure);
    let mut cluster = ObservedCluster::new(observation);
    cluster.advance_to(at);
    Ok(match figure.view {
        FigureOf::Stage => svg::stage_figure_of(&caption, &view, &mut |width, height| {
            let stage = cluster.stage(&StageView::of_size(width, height));
            let motion = Motion::of_observed(&index, at, &stage);
            (stage, motion)
        }),
        FigureOf::Timeline => {
            let span = span(figure, USUAL_SPAN, end)?;
            svg::timeline_figure(&index, span, at, &caption, &view)
        }
        FigureOf::Log => {
            svg::log_figure(&caption, &view, &|view: &LogGridView| cluster.log_grid(view))
        }
    })
}
