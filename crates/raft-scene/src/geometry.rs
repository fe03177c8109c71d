//! Points and rectangles, in CSS pixels from the top left.

use std::f32::consts::FRAC_PI_2;

/// A place.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
}

impl Point {
    /// The place at these coordinates.
    pub const fn new(x: f32, y: f32) -> Point {
        Point { x, y }
    }

    /// How far away `other` is.
    pub fn distance(self, other: Point) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The place in this direction, clockwise from the top, on the ellipse around here that
    /// reaches so far to the side and upwards.
    pub(crate) fn around(self, angle: f32, across: f32, up: f32) -> Point {
        let (sine, cosine) = direction(angle);
        Point::new(self.x + across * sine, self.y - up * cosine)
    }

    /// The place `fraction` of the way to `other`; 0 is here, 1 is there.
    pub fn towards(self, other: Point, fraction: f32) -> Point {
        Point::new(self.x + (other.x - self.x) * fraction, self.y + (other.y - self.y) * fraction)
    }
}

/// The sine and the cosine of an angle of a few turns at most, to some millionths: their series
/// around the nearest quarter of a turn. The standard library's also take angles of millions
/// of turns, which costs the page 2 kB.
pub(crate) fn direction(angle: f32) -> (f32, f32) {
    let quarters = (angle / FRAC_PI_2).round_ties_even();
    let rest = angle - quarters * FRAC_PI_2;
    let square = rest * rest;
    let sine = rest * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)));
    let cosine =
        1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0)));
    match quarters as i32 & 3 {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    }
}

/// An upright rectangle.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Rectangle {
    /// Its left edge.
    pub x: f32,
    /// Its top edge.
    pub y: f32,
    /// How wide it is.
    pub width: f32,
    /// How high it is.
    pub height: f32,
}

impl Rectangle {
    /// The rectangle with this top left corner and this size.
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Rectangle {
        Rectangle { x, y, width, height }
    }

    /// Its right edge.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Its bottom edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Its middle.
    pub fn center(&self) -> Point {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// How far `point` is from it; 0 inside.
    pub fn distance(&self, point: Point) -> f32 {
        // Not `clamp`: its message for bounds that are the wrong way round brings the
        // formatting of floats into the page, which is all that would.
        let nearest = Point::new(
            point.x.max(self.x).min(self.right()),
            point.y.max(self.y).min(self.bottom()),
        );
        nearest.distance(point)
    }

    /// Whether the two share some area.
    pub fn overlaps(&self, other: &Rectangle) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    /// Whether all of `other` lies in it, to a tenth of a pixel.
    pub fn holds(&self, other: &Rectangle) -> bool {
        other.x >= self.x - 0.1
            && other.y >= self.y - 0.1
            && other.right() <= self.right() + 0.1
            && other.bottom() <= self.bottom() + 0.1
    }
}

/// How far a place is from a straight line between two others.
pub(crate) fn distance_to_segment(point: Point, from: Point, to: Point) -> f32 {
    let (x, y) = (to.x - from.x, to.y - from.y);
    let length = x * x + y * y;
    if length < 0.01 {
        return point.distance(from);
    }
    let along = ((point.x - from.x) * x + (point.y - from.y) * y) / length;
    point.distance(from.towards(to, along.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_is_what_the_standard_library_says_to_some_millionths() {
        for thousandth in -20_000..20_000 {
            let angle = thousandth as f32 / 1_000.0;
            let (sine, cosine) = direction(angle);
            assert!((sine - angle.sin()).abs() < 2e-6, "the sine of {angle}: {sine}");
            assert!((cosine - angle.cos()).abs() < 2e-6, "the cosine of {angle}: {cosine}");
        }
    }
}
