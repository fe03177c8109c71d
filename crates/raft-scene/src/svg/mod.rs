//! Figures: the marks of a moment as standalone SVG, for an article, a paper or a test.
//!
//! Three views of a run: [`stage_figure`] (where everything is), [`timeline_figure`] (what
//! happened around it) and [`log_figure`] (what is in whose log); [`figure_of_run`] makes any of
//! them. Each has a caption that
//! says how to get the same picture again, and a legend of just what occurs in it. They
//! are drawn in SVG 1.1 with plain attributes, and what is told by a colour is told by a
//! shape, a dash or a number too: a figure is printed in grey as well.

mod caption;
mod legend;
mod log_grid;
mod moment;
mod paper;
mod stage;
mod timeline;

pub use caption::Caption;
pub use log_grid::log_figure;
pub use moment::{FigureOf, figure_of_run, span_around, usual_span};
#[cfg(feature = "observed")]
pub use moment::{figure_of_observed, usual_span_of_observed};
pub use stage::{stage_figure, stage_figure_of};
pub use timeline::timeline_figure;

use crate::tokens::Theme;
use legend::Legend;
use paper::Paper;
use std::fmt;

/// How far everything stays from the edge of the figure.
const MARGIN: f32 = 16.0;

/// What size and colours a figure is to have.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FigureView {
    /// How wide it is.
    pub width: f32,
    /// How high it is, with caption and legend; `None` for as high as looks well.
    pub height: Option<f32>,
    /// Its colours.
    pub theme: Theme,
}

/// A figure of that size has no room for what it is to show.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TooSmall {
    /// The least width.
    pub width: f32,
    /// The least height at the width that was asked for, or at the least one.
    pub height: f32,
}

impl fmt::Display for TooSmall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = (self.width.ceil() as u32, self.height.ceil() as u32);
        write!(formatter, "there is no room: it must be at least {width} wide and {height} high")
    }
}

/// A figure under way: what stands above and below its picture is laid out, and so it is
/// known how much room the picture has.
struct Sheet<'a> {
    view: &'a FigureView,
    caption: &'a Caption,
    head: caption::Head,
    legend: Legend,
}

impl<'a> Sheet<'a> {
    fn new(view: &'a FigureView, caption: &'a Caption, legend: Legend) -> Sheet<'a> {
        Sheet { view, caption, head: caption.lay(view.width), legend: legend.lay(view.width) }
    }

    /// How high the picture is: what is left of a height that was asked for, else `usual`.
    fn room(&self, least: (f32, f32), usual: f32) -> Result<f32, TooSmall> {
        let around = self.head.height + self.legend.height;
        let room = self.view.height.map_or(usual.max(least.1), |height| height - around);
        if self.view.width < least.0 || room < least.1 {
            return Err(TooSmall { width: least.0, height: least.1 + around });
        }
        Ok(room)
    }

    /// The document, with a picture of that height.
    fn paint(&self, room: f32, description: &str, picture: impl FnOnce(&mut Paper)) -> String {
        // A whole number of pixels, so that a picture of it has no ragged last line.
        let height = (self.head.height + room + self.legend.height).ceil();
        let size = (self.view.width, height);
        let mut paper = Paper::new(size, self.view.theme, &self.caption.title, description);
        self.head.paint(&mut paper);
        paper.begin_group(0.0, self.head.height);
        picture(&mut paper);
        paper.end_group();
        paper.begin_group(0.0, self.head.height + room);
        self.legend.paint(&mut paper);
        paper.end_group();
        paper.finish()
    }
}
