//! Numbers as strokes. A number that a message carries is elsewhere in each frame, and letters
//! that move are laid out anew each time; strokes are one path for all.

use crate::geometry::Point;
use crate::path::PathData;

/// How wide a digit is, and how far it is to the next, in parts of its height.
const WIDTH: f32 = 0.6;
const STEP: f32 = 0.86;

/// The strokes of each digit: corners from its top left, in tenths of its width and height.
const DIGITS: [&[&[(u8, u8)]]; 10] = [
    &[&[(3, 0), (7, 0), (10, 2), (10, 8), (7, 10), (3, 10), (0, 8), (0, 2), (3, 0)]],
    &[&[(1, 2), (6, 0), (6, 10)]],
    &[&[(0, 2), (3, 0), (7, 0), (10, 2), (10, 4), (0, 10), (10, 10)]],
    &[&[(0, 0), (10, 0), (5, 4), (7, 4), (10, 6), (10, 8), (7, 10), (3, 10), (0, 8)]],
    &[&[(8, 10), (8, 0), (0, 7), (10, 7)]],
    &[&[(9, 0), (1, 0), (1, 4), (7, 4), (10, 6), (10, 8), (7, 10), (3, 10), (0, 8)]],
    &[&[
        (8, 0),
        (2, 4),
        (0, 7),
        (0, 8),
        (3, 10),
        (7, 10),
        (10, 8),
        (10, 6),
        (7, 4),
        (3, 4),
        (1, 5),
    ]],
    &[&[(0, 0), (10, 0), (4, 10)]],
    &[
        &[(3, 0), (7, 0), (9, 1), (9, 3), (7, 5), (3, 5), (1, 3), (1, 1), (3, 0)],
        &[(3, 5), (0, 7), (0, 8), (3, 10), (7, 10), (10, 8), (10, 7), (7, 5)],
    ],
    &[&[(2, 10), (8, 6), (10, 3), (10, 2), (7, 0), (3, 0), (0, 2), (0, 4), (3, 6), (7, 6), (9, 5)]],
];

/// Appends a number to path data, to be stroked: its middle, and how high its digits are.
pub(crate) fn push_number(path: &mut impl PathData, number: u32, center: Point, height: f32) {
    let count = number.checked_ilog10().unwrap_or(0) + 1;
    let whole = (WIDTH + STEP * (count - 1) as f32) * height;
    let top = center.y - height / 2.0;
    for place in 0..count {
        let digit = number / 10u32.pow(count - 1 - place) % 10;
        let left = center.x - whole / 2.0 + STEP * height * place as f32;
        for stroke in DIGITS[digit as usize] {
            for (corner, (x, y)) in stroke.iter().enumerate() {
                let x = left + f32::from(*x) / 10.0 * WIDTH * height;
                let at = Point::new(x, top + f32::from(*y) / 10.0 * height);
                if corner == 0 { path.move_to(at) } else { path.line_to(at) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(number: u32) -> String {
        let mut path = String::new();
        push_number(&mut path, number, Point::new(50.0, 20.0), 10.0);
        path
    }

    #[test]
    fn each_digit_looks_different() {
        let mut all: Vec<String> = (0..10).map(drawn).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 10);
    }

    #[test]
    fn a_number_stands_around_its_middle_with_its_digits_in_order() {
        assert_eq!(drawn(7), "M47 15L53 15L49.4 25");
        assert_eq!(drawn(17), "M43.3 17L46.3 15L46.3 25M51.3 15L57.3 15L53.7 25");
        let largest = drawn(u32::MAX);
        let digits = largest.matches('M').count();
        // 4294967295: nine, four and so on have one stroke each, as all but eight.
        assert_eq!(digits, 10, "{largest}");
    }
}
