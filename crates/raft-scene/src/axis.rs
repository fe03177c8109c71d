//! The axis of the space-time diagram: round moments.

use crate::geometry::Point;
use crate::space_time::{LABEL_SIZE, TickMark, TimelineMarks, TimelineView};
use crate::text_mark::{Anchor, TextMark, Tone};
use raft_core::Micros;

/// Ticks at round moments, as many as stand apart.
pub(crate) fn ticks(marks: &TimelineMarks, view: &TimelineView) -> Vec<TickMark> {
    let span = (marks.to - marks.from).0;
    let most = (marks.plot.width / 84.0).max(1.0) as u64;
    let step = round_step(span / most.max(1));
    let mut ticks = Vec::new();
    let mut at = marks.from.0.div_ceil(step) * step;
    while at <= marks.to.0 {
        let x = marks.x_of(Micros(at));
        let mut label = TextMark {
            text: if view.is_full { tick_text(at, step) } else { String::new() },
            at: Point::new(x, marks.plot.y - 8.0),
            anchor: Anchor::Middle,
            tone: Tone::Quiet,
            size: LABEL_SIZE,
        };
        if label.bounds().right() > view.width - 2.0 || label.bounds().x < 2.0 {
            label.text.clear();
        }
        ticks.push(TickMark { at: Micros(at), x, label });
        at += step;
    }
    ticks
}

/// The round number (1, 2 or 5 with zeros) that is not below another.
fn round_step(least: u64) -> u64 {
    let mut decade = 1;
    loop {
        for times in [1, 2, 5] {
            if decade * times >= least {
                return decade * times;
            }
        }
        decade *= 10;
    }
}

fn tick_text(at: u64, step: u64) -> String {
    if step.is_multiple_of(1_000_000) {
        format!("{} s", at / 1_000_000)
    } else if step.is_multiple_of(1_000) {
        format!("{} ms", at / 1_000)
    } else if step.is_multiple_of(100) {
        format!("{}.{} ms", at / 1_000, at / 100 % 10)
    } else {
        format!("{} µs", at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_labels_say_as_much_as_they_need_to() {
        for (least, round) in
            [(0, 1), (1, 1), (3, 5), (11, 20), (50_000, 50_000), (50_001, 100_000)]
        {
            assert_eq!(round_step(least), round);
        }
        assert_eq!(tick_text(2_000_000, 1_000_000), "2 s");
        assert_eq!(tick_text(450_000, 10_000), "450 ms");
        assert_eq!(tick_text(450_200, 200), "450.2 ms");
        assert_eq!(tick_text(450_210, 10), "450210 µs");
    }
}
