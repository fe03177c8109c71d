//! A moment of a lesson, drawn: large beside its text, and small in the list of lessons.

use crate::picture::{self, NoPicture};
use raft_core::Micros;
use raft_lessons::{Lesson, Telling};
use raft_scene::svg::{self, FigureOf, FigureView};
use raft_scene::{LinkState, Stage, StageView, Theme, TimelineIndex, stage};
use raft_sim::{Plan, Timeline, World};
use resvg::usvg::fontdb::Database;
use std::fmt::Write as _;
use std::sync::Arc;

/// A moment of a lesson.
pub(super) struct Drawn {
    /// The whole stage.
    pub(super) light: String,
    pub(super) dark: String,
    /// The cluster alone, in the colours of the page around it.
    pub(super) small: String,
    /// What is to be seen, in words.
    pub(super) says: String,
    wide: String,
}

impl Drawn {
    /// The picture that previews show: 1600 by 840.
    pub(super) fn png(&self, fonts: &Database) -> Result<Vec<u8>, NoPicture> {
        picture::png(&self.wide, fonts, 2)
    }
}

/// The moment of its middle step, in that step's run: something has happened by then.
pub(super) fn of(lesson: &Lesson, telling: &Telling) -> Result<Drawn, String> {
    let place = lesson.steps.len() / 2;
    let run = lesson.steps.get(place).map_or(0, |step| usize::from(step.run));
    let at = telling.steps.get(place).copied().flatten().map_or(Micros::ZERO, |comes| comes.at);
    let run_of = lesson.runs.get(run).ok_or("it has no such run")?;
    let plan = Plan::new(run_of.scenario([])?, lesson.seed, Vec::new())
        .map_err(|errors| errors.first().map_or(String::new(), ToString::to_string))?;
    let (timeline, index) = TimelineIndex::of_new_run(Arc::new(plan));
    let world = timeline.world_after(timeline.events_by(at));
    let marks = stage(&world, at, &StageView::of_size(790.0, 470.0));
    Ok(Drawn {
        light: figure(&timeline, &index, at, (760.0, 470.0), Theme::Light)?,
        dark: figure(&timeline, &index, at, (760.0, 470.0), Theme::Dark)?,
        small: small(&marks, &world),
        says: marks.description,
        wide: figure(&timeline, &index, at, (800.0, 420.0), Theme::Light)?,
    })
}

fn figure(
    timeline: &Timeline,
    index: &TimelineIndex,
    at: Micros,
    (width, height): (f32, f32),
    theme: Theme,
) -> Result<String, String> {
    let view = FigureView { width, height: Some(height), theme };
    svg::figure_of_run(timeline, index, at, FigureOf::Stage, (Micros::ZERO, at), &view)
        .map_err(|small| small.to_string())
}

/// The cluster in a box of 105 by 112: who leads, who stands, who is down, and what is cut.
fn small(marks: &Stage, world: &World) -> String {
    let count = world.hosts().len().max(1);
    let place = |place: usize| {
        let angle = std::f32::consts::TAU * (place as f32 / count as f32 - 0.25);
        (52.5 + 33.0 * angle.cos(), 57.0 + 33.0 * angle.sin())
    };
    let place_of = |id| place(marks.nodes.iter().position(|node| node.id == id).unwrap_or(0));
    let mut svg = String::from("<svg viewBox=\"0 0 105 112\" aria-hidden=\"true\">");
    for link in marks.links.iter().filter(|link| link.state == LinkState::Whole) {
        let ((x1, y1), (x2, y2)) = (place_of(link.one), place_of(link.other));
        let _ = write!(svg, "<path class=\"link\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>");
    }
    let radius = if count > 6 { 8 } else { 9 };
    for (number, node) in marks.nodes.iter().enumerate() {
        let ((x, y), role) = (place(number), node.role.token());
        let _ =
            write!(svg, "<circle class=\"{role}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"/>");
    }
    svg.push_str("</svg>");
    svg
}
