//! Path data, in tenths of a pixel and without the weight of float formatting.

use crate::geometry::{Point, Rectangle};

/// Appends a number with at most one digit after the point.
pub(crate) fn push_number(out: &mut String, value: f32) {
    let tenths = (value * 10.0).round() as i64;
    if tenths < 0 {
        out.push('-');
    }
    let tenths = tenths.unsigned_abs();
    push_integer(out, tenths / 10);
    if !tenths.is_multiple_of(10) {
        out.push('.');
        out.push(char::from(b'0' + (tenths % 10) as u8));
    }
}

/// Appends a whole number.
pub(crate) fn push_integer(out: &mut String, value: u64) {
    if value >= 10 {
        push_integer(out, value / 10);
    }
    out.push(char::from(b'0' + (value % 10) as u8));
}

fn push_pair(out: &mut String, x: f32, y: f32) {
    push_number(out, x);
    out.push(' ');
    push_number(out, y);
}

/// Appends commands to path data.
pub(crate) trait PathData {
    /// Moves the pen.
    fn move_to(&mut self, to: Point);
    /// Draws a straight line.
    fn line_to(&mut self, to: Point);
    /// Draws a cubic curve.
    fn curve_to(&mut self, first: Point, second: Point, to: Point);
    /// Draws back to where the pen was last moved to.
    fn close(&mut self);
    /// Draws a circle.
    fn circle(&mut self, center: Point, radius: f32);
    /// Draws a rectangle.
    fn rectangle(&mut self, bounds: Rectangle);
    /// Draws a straight line by itself.
    fn segment(&mut self, from: Point, to: Point) {
        self.move_to(from);
        self.line_to(to);
    }
    /// Draws a closed shape with these corners.
    fn polygon(&mut self, corners: &[Point]) {
        for (place, corner) in corners.iter().enumerate() {
            if place == 0 {
                self.move_to(*corner);
            } else {
                self.line_to(*corner);
            }
        }
        self.close();
    }
    /// Draws a hexagon that stands on a corner.
    fn hexagon(&mut self, center: Point, radius: f32) {
        let corners: [Point; 6] = std::array::from_fn(|place| {
            let angle = place as f32 * std::f32::consts::PI / 3.0;
            center.around(angle, radius, radius)
        });
        self.polygon(&corners);
    }
    /// Draws a star of five points.
    fn star(&mut self, center: Point, radius: f32) {
        let corners: [Point; 10] = std::array::from_fn(|place| {
            let angle = place as f32 * std::f32::consts::PI / 5.0;
            let length = if place % 2 == 0 { radius } else { radius * 0.45 };
            center.around(angle, length, length)
        });
        self.polygon(&corners);
    }
    /// Draws a tick whose middle is `center`.
    fn tick(&mut self, center: Point, size: f32) {
        self.move_to(Point::new(center.x - size * 0.8, center.y));
        self.line_to(Point::new(center.x - size * 0.2, center.y + size * 0.6));
        self.line_to(Point::new(center.x + size * 0.85, center.y - size * 0.6));
    }
    /// Draws a cross whose middle is `center`.
    fn cross(&mut self, center: Point, size: f32) {
        let Point { x, y } = center;
        self.segment(Point::new(x - size, y - size), Point::new(x + size, y + size));
        self.segment(Point::new(x - size, y + size), Point::new(x + size, y - size));
    }
}

impl PathData for String {
    fn move_to(&mut self, to: Point) {
        self.push('M');
        push_pair(self, to.x, to.y);
    }

    fn line_to(&mut self, to: Point) {
        self.push('L');
        push_pair(self, to.x, to.y);
    }

    fn curve_to(&mut self, first: Point, second: Point, to: Point) {
        self.push('C');
        push_pair(self, first.x, first.y);
        self.push(' ');
        push_pair(self, second.x, second.y);
        self.push(' ');
        push_pair(self, to.x, to.y);
    }

    fn close(&mut self) {
        self.push('Z');
    }

    fn circle(&mut self, center: Point, radius: f32) {
        self.move_to(Point::new(center.x - radius, center.y));
        for width in [radius * 2.0, radius * -2.0] {
            self.push('a');
            push_pair(self, radius, radius);
            self.push_str(" 0 1 0 ");
            push_pair(self, width, 0.0);
        }
        self.close();
    }

    fn rectangle(&mut self, bounds: Rectangle) {
        self.move_to(Point::new(bounds.x, bounds.y));
        self.push('h');
        push_number(self, bounds.width);
        self.push('v');
        push_number(self, bounds.height);
        self.push('h');
        push_number(self, -bounds.width);
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_at_most_one_digit_after_the_point() {
        let written = |value| {
            let mut out = String::new();
            push_number(&mut out, value);
            out
        };
        assert_eq!(written(0.0), "0");
        assert_eq!(written(-0.04), "0");
        assert_eq!(written(12.34), "12.3");
        assert_eq!(written(-0.25), "-0.3");
        assert_eq!(written(1_234.0), "1234");
    }
}
