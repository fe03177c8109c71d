//! Where things go: nodes on a ring, logs and words outward, clients below.

use crate::geometry::{Point, Rectangle, direction};
use crate::stage::{Metrics, StageView};
use std::f32::consts::TAU;

/// How far everything stays from the edge of the box.
pub(crate) const MARGIN: f32 = 8.0;
/// How far a node's words stand from its ring.
pub(crate) const ASIDE: f32 = 9.0;
const GAP: f32 = 4.0;
/// Pips stand this far outside of the ring, in radii of the disc.
pub(crate) const PIP_DISTANCE: f32 = 0.24;
pub(crate) const PIP_RADIUS: f32 = 0.115;

/// Where things go in a box.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Layout {
    pub(crate) is_compact: bool,
    pub(crate) metrics: Metrics,
    /// The middle of the ring.
    pub(crate) middle: Point,
    pub(crate) centers: Vec<Point>,
    /// The strip for the clients at the bottom; no height where there is none.
    pub(crate) clients: Rectangle,
    pub(crate) bounds: Rectangle,
}

impl Metrics {
    /// The sizes that go with a disc of this radius.
    fn of_radius(radius: f32) -> Metrics {
        let ring_width = (radius * 0.12).clamp(2.0, 6.0);
        let label_size = (radius * 0.33).clamp(10.0, 17.0);
        Metrics {
            node_radius: radius,
            ring_radius: radius + ring_width * 1.5,
            ring_width,
            name_size: (radius * 0.6).max(11.0),
            label_size,
            cell_width: label_size * 1.8,
            cell_height: label_size * 1.6,
            message_radius: (radius * 0.2).clamp(4.5, 9.5),
        }
    }

    /// The radius of a node with its ring.
    pub(crate) fn outer_radius(&self) -> f32 {
        self.ring_radius + self.ring_width / 2.0
    }

    /// From one line of small text to the next.
    pub(crate) fn line_height(&self) -> f32 {
        self.label_size * 1.3
    }
}

impl Layout {
    /// The layout for `nodes` nodes: the largest discs with which everything fits.
    pub(crate) fn new(nodes: usize, view: &StageView) -> Layout {
        let wants_compact = view.compact || view.width < 480.0;
        let size = (view.width / 790.0).min(view.height / 470.0);
        let largest = (34.0 * (size * 1.1).max(0.7)).clamp(16.0, 54.0);
        let tries = |is_compact: bool| {
            let mut radius = largest;
            std::iter::from_fn(move || {
                radius *= 0.97;
                (radius > 7.0).then_some(radius / 0.97)
            })
            .map(move |radius| Layout::with(nodes, view, radius, is_compact))
        };
        // Discs too small to read are worse than logs below them.
        let wide = tries(false)
            .take_while(|layout| layout.metrics.node_radius >= 15.0)
            .find(|layout| !wants_compact && layout.is_sound());
        wide.or_else(|| tries(true).find(Layout::is_sound))
            .unwrap_or_else(|| Layout::with(nodes, view, 7.0, true))
    }

    fn with(nodes: usize, view: &StageView, radius: f32, is_compact: bool) -> Layout {
        let metrics = Metrics::of_radius(radius);
        let bounds = Rectangle::new(0.0, 0.0, view.width, view.height);
        let outer = metrics.outer_radius();
        let pips = radius * (PIP_DISTANCE + PIP_RADIUS);
        let strip = if view.clients && view.height >= 300.0 {
            metrics.label_size * 2.0 + 22.0
        } else {
            0.0
        };
        let clients = Rectangle::new(0.0, view.height - strip, view.width, strip);

        let angles: Vec<f32> = (0..nodes).map(|place| TAU * place as f32 / nodes as f32).collect();
        let lowest = angles.iter().map(|angle| -direction(*angle).1).fold(-1.0, f32::max);
        let widest = angles.iter().map(|angle| direction(*angle).0).fold(0.0, f32::max);

        // The line at the top is for the wall's label.
        let label_line = metrics.label_size + 10.0;
        let (above, below, aside) = if is_compact {
            let log = GAP + metrics.cell_height + GAP;
            (pips + outer, outer + log, (outer + radius * 0.15).max(metrics.cell_width * 1.7))
        } else {
            let words = metrics.label_size * 9.0;
            (outer, outer + pips + GAP, outer + ASIDE + words)
        };
        let top = label_line + above;
        let bottom = clients.y - below;
        let height = (bottom - top).max(0.0);
        let width = (view.width - 2.0 * (MARGIN + aside)).max(0.0);
        let spread = 1.0 + lowest;
        let mut vertical = if spread > 0.0 { height / spread } else { 0.0 };
        let mut horizontal = if widest > 0.0 { width / (2.0 * widest) } else { 0.0 };
        if nodes > 2 {
            let most = if is_compact { 1.45 } else { 1.15 };
            horizontal = horizontal.min(vertical * most);
            vertical = vertical.min(horizontal * 1.3);
        }
        let slack = (height - vertical * spread).max(0.0) / 2.0;
        let middle = Point::new(view.width / 2.0, top + slack + vertical);
        let centers =
            angles.iter().map(|angle| middle.around(*angle, horizontal, vertical)).collect();
        Layout { is_compact, metrics, middle, centers, clients, bounds }
    }

    /// Whether a node's words go to its right; else they go to its left.
    pub(crate) fn goes_right(&self, center: Point) -> bool {
        center.x > self.middle.x - 1.0
    }

    /// The box around a node with its ring.
    pub(crate) fn node_bounds(&self, center: Point) -> Rectangle {
        let outer = self.metrics.outer_radius();
        Rectangle::new(center.x - outer, center.y - outer, outer * 2.0, outer * 2.0)
    }

    /// The least that a node's words and log must have room for.
    fn least_words(&self, center: Point) -> Rectangle {
        let metrics = &self.metrics;
        let outer = metrics.outer_radius();
        if self.is_compact {
            let width = metrics.cell_width * 3.0;
            let top = center.y + outer + GAP;
            return Rectangle::new(center.x - width / 2.0, top, width, metrics.cell_height);
        }
        let width = metrics.label_size * 8.0;
        let top = center.y - metrics.cell_height / 2.0 - metrics.line_height();
        let height = metrics.line_height() + metrics.cell_height;
        let left = if self.goes_right(center) {
            center.x + outer + ASIDE
        } else {
            center.x - outer - ASIDE - width
        };
        Rectangle::new(left, top, width, height)
    }

    fn is_sound(&self) -> bool {
        let air = self.metrics.node_radius * 0.6;
        let apart = self.metrics.outer_radius() * 2.0 + air;
        let passage = if self.is_compact { self.metrics.node_radius * 0.25 } else { 0.0 };
        let inner = Rectangle::new(
            2.0,
            self.metrics.label_size + 8.0,
            self.bounds.width - 4.0,
            self.clients.y - self.metrics.label_size - 9.0,
        );
        self.centers.iter().enumerate().all(|(place, center)| {
            let words = self.least_words(*center);
            // A wall may have to pass between a log and the disc below it.
            let wide_words = Rectangle::new(words.x, words.y, words.width, words.height + passage);
            inner.holds(&words)
                && inner.holds(&self.node_bounds(*center))
                && self.centers.iter().enumerate().all(|(other_place, other)| {
                    place == other_place
                        || (center.distance(*other) >= apart
                            && !self.node_bounds(*other).overlaps(&wide_words)
                            && !self.least_words(*other).overlaps(&words))
                })
        })
    }
}

/// What is in the way of further words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Obstacles {
    bounds: Rectangle,
    taken: Vec<Rectangle>,
}

impl Obstacles {
    /// A layout's nodes, and the edges of the part of its box above the clients.
    pub(crate) fn of(layout: &Layout) -> Obstacles {
        let label_line = layout.metrics.label_size + 8.0;
        let bounds = Rectangle::new(
            MARGIN,
            label_line,
            layout.bounds.width - 2.0 * MARGIN,
            layout.clients.y - label_line - 2.0,
        );
        let taken = layout.centers.iter().map(|center| layout.node_bounds(*center)).collect();
        Obstacles { bounds, taken }
    }

    /// Something stands here now.
    pub(crate) fn take(&mut self, bounds: Rectangle) {
        if bounds.width > 0.0 {
            self.taken.push(bounds);
        }
    }

    /// Whether a rectangle is free and inside.
    pub(crate) fn is_free(&self, bounds: &Rectangle) -> bool {
        self.bounds.holds(bounds) && !self.taken.iter().any(|taken| taken.overlaps(bounds))
    }

    /// How much room there is from `x` to the right, or to the left, for something
    /// between two heights.
    pub(crate) fn room(&self, x: f32, goes_right: bool, top: f32, bottom: f32) -> f32 {
        if top < self.bounds.y || bottom > self.bounds.bottom() {
            return 0.0;
        }
        let in_the_way = self.taken.iter().filter(|taken| taken.y < bottom && top < taken.bottom());
        if goes_right {
            let limit = in_the_way
                .filter(|taken| taken.right() > x)
                .fold(self.bounds.right(), |limit, taken| limit.min(taken.x - GAP));
            limit - x
        } else {
            let limit = in_the_way
                .filter(|taken| taken.x < x)
                .fold(self.bounds.x, |limit, taken| limit.max(taken.right() + GAP));
            x - limit
        }
    }
}
