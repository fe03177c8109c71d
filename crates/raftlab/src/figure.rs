//! `raftlab figure`: a moment of a run as a picture.

use crate::arguments::{self, FigureTheme};
use crate::picture;
use crate::report::{Ended, Failure};
use crate::source;
use raft_core::Micros;
use raft_scene::svg::{self, FigureOf, FigureView, TooSmall};
use raft_scene::{Theme, TimelineIndex};
use raft_sim::Plan;
use raft_sim::trace::{self, TraceError, observed::Observation};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::Arc;

/// What kind of file a figure goes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Svg,
    Png,
}

pub(crate) fn command(figure: &arguments::Figure) -> crate::Result {
    // What can be refused at once is, before a run is made.
    let form = form_of(&figure.out)?;
    if figure.view != arguments::FigureOf::Timeline
        && (figure.from.is_some() || figure.to.is_some())
    {
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
    let around = svg::span_around(figure.at, usual, end);
    let (from, to) = match (figure.from, figure.to) {
        (None, None) => around,
        (Some(from), to) => (from, to.unwrap_or_else(|| (from + (around.1 - around.0)).min(end))),
        (None, Some(to)) => (around.0.min(to), to),
    };
    if from >= to {
        let wrong = format!("the timeline begins at {from} and ends at {to}: it must end later");
        return Err(Failure::input("--from, --to", wrong));
    }
    Ok((from, to))
}

fn what_of(figure: &arguments::Figure) -> FigureOf {
    match figure.view {
        arguments::FigureOf::Stage => FigureOf::Stage,
        arguments::FigureOf::Timeline => FigureOf::Timeline,
        arguments::FigureOf::Log => FigureOf::Log,
    }
}

fn view_of(figure: &arguments::Figure) -> FigureView {
    let (width, height) = match figure.size {
        Some((width, height)) => (width, Some(height as f32)),
        None => (figure.width.unwrap_or(what_of(figure).usual_width()), None),
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
    let (timeline, index) = TimelineIndex::of_new_run(plan);
    let span = span(figure, svg::usual_span(&timeline), end)?;
    let (what, view) = (what_of(figure), view_of(figure));
    Ok(svg::figure_of_run(&timeline, &index, figure.at, what, span, &view))
}

fn of_observed(figure: &arguments::Figure, observation: &Observation) -> Drawn {
    let end = observation.verdict.until;
    check_moment(figure, end)?;
    let index = TimelineIndex::of_observed(observation);
    let span = span(figure, svg::usual_span_of_observed(observation), end)?;
    let (what, view) = (what_of(figure), view_of(figure));
    Ok(svg::figure_of_observed(observation, &index, figure.at, what, span, &view))
}
