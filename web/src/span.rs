//! Which span of the run the space-time diagram shows.
//!
//! It stands still while the playhead crosses it, and turns like a page when the
//! playhead leaves: so that its many marks are drawn once a page, not once a frame.

use raft_core::Micros;

/// The spans that the buttons zoom to, in milliseconds; beyond the last one, the run.
const ZOOMS: [u64; 20] = [
    6, 12, 25, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 102_400,
    204_800, 409_600, 819_200, 1_638_400, 3_276_800,
];
/// Nothing shorter is shown.
const SHORTEST: Micros = Micros::from_millis(ZOOMS[0]);

/// How many pixels a heartbeat interval takes where nobody has zoomed: a round of
/// heartbeats fits a phone, and its messages are lines that one can tell apart.
const COMFORTABLE_PIXELS: f32 = 125.0;

/// What of the run the diagram shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    /// The run's length.
    duration: Micros,
    from: Micros,
    length: Micros,
}

impl Span {
    /// The span of a run around the playhead, for a diagram of this width and a cluster with
    /// this heartbeat interval.
    pub(crate) fn comfortable(
        duration: Micros,
        heartbeat_interval: Micros,
        width: f32,
        at: Micros,
    ) -> Span {
        let milliseconds = width / COMFORTABLE_PIXELS * heartbeat_interval.0 as f32 / 1_000.0;
        let longest = ZOOMS.iter().rev().find(|zoom| **zoom as f32 <= milliseconds);
        let length = Micros::from_millis(*longest.unwrap_or(&ZOOMS[0]));
        Span { duration, from: Micros::ZERO, length: length.min(duration) }.following(at)
    }

    /// When it begins.
    pub(crate) const fn from(&self) -> Micros {
        self.from
    }

    /// When it ends.
    pub(crate) fn to(&self) -> Micros {
        self.from + self.length
    }

    /// How long the run is.
    pub(crate) const fn duration(&self) -> Micros {
        self.duration
    }

    /// How long it is.
    pub(crate) const fn length(&self) -> Micros {
        self.length
    }

    /// Whether it is the whole run.
    pub(crate) fn is_whole(&self) -> bool {
        self.length >= self.duration
    }

    /// Whether one can zoom in further.
    pub(crate) fn is_shortest(&self) -> bool {
        self.length <= SHORTEST
    }

    /// This span, or the page that the playhead is on.
    #[must_use]
    pub(crate) fn following(self, at: Micros) -> Span {
        let Span { duration, from, length } = self;
        // A little of what comes is always in view, except at the run's end.
        let margin = length.scaled(1, 25);
        let is_in_view = at >= from && (at + margin <= self.to() || self.to() >= duration);
        if is_in_view {
            return self;
        }
        // Playing on, the page turns; after a jump, what led up to the moment is in view.
        let lead = if at < from {
            length.scaled(4, 5)
        } else if at <= self.to() {
            length.scaled(1, 10)
        } else {
            length.scaled(2, 5)
        };
        Span { from: (at - lead).min(duration - length), ..self }
    }

    /// The next shorter span, with the playhead where it is on screen.
    #[must_use]
    pub(crate) fn zoomed_in(self, at: Micros) -> Span {
        let shorter = ZOOMS.iter().rev().map(|zoom| Micros::from_millis(*zoom));
        let length = shorter.into_iter().find(|zoom| *zoom < self.length).unwrap_or(self.length);
        self.zoomed(length, at)
    }

    /// The next longer span, with the playhead where it is on screen.
    #[must_use]
    pub(crate) fn zoomed_out(self, at: Micros) -> Span {
        let longer = ZOOMS.iter().map(|zoom| Micros::from_millis(*zoom));
        let length = longer.into_iter().find(|zoom| *zoom > self.length).unwrap_or(self.duration);
        self.zoomed(length.min(self.duration), at)
    }

    /// So many times as long, with this moment where it is.
    #[must_use]
    pub(crate) fn stretched(self, times: f64, about: Micros) -> Span {
        // The cast sticks at the largest number; the run's length bounds it.
        let length = Micros((self.length.0 as f64 * times) as u64);
        let shortest = SHORTEST.min(self.duration);
        let length = length.clamp(shortest, self.duration);
        let lead = (about - self.from).0 as f64 / self.length.0.max(1) as f64;
        let lead = Micros((length.0 as f64 * lead) as u64);
        let from = (about - lead).min(self.duration - length);
        Span { from, length, ..self }
    }

    /// The span of this run that is most like one of another run.
    #[must_use]
    pub(crate) fn like(self, other: Span) -> Span {
        let length = other.length.min(self.duration);
        Span { from: other.from.min(self.duration - length), length, ..self }
    }

    /// Shifted by a part of its length: below zero, to what was before.
    #[must_use]
    pub(crate) fn shifted(self, by: f64) -> Span {
        let distance = Micros((self.length.0 as f64 * by.abs()) as u64);
        let from = if by < 0.0 { self.from - distance } else { self.from + distance };
        Span { from: from.min(self.duration - self.length), ..self }
    }

    /// Whether a moment is in it.
    pub(crate) fn contains(&self, at: Micros) -> bool {
        (self.from..=self.to()).contains(&at)
    }

    fn zoomed(self, length: Micros, at: Micros) -> Span {
        let permille = (at - self.from).0.saturating_mul(1_000) / self.length.0.max(1);
        let lead = length.scaled(u32::try_from(permille.min(1_000)).unwrap_or(0), 1_000);
        let from = (at - lead).min(self.duration - length);
        Span { from, length, ..self }.following(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: Micros = Micros::from_millis(2_500);

    fn at(milliseconds: u64) -> Micros {
        Micros::from_millis(milliseconds)
    }

    #[test]
    fn it_turns_the_page_when_the_playhead_leaves() {
        let first = Span::comfortable(RUN, at(50), 1_158.0, at(0));
        assert_eq!((first.from(), first.to()), (at(0), at(400)));
        assert_eq!(first.following(at(380)), first);
        let next = first.following(at(390));
        assert_eq!(next.from(), at(350));
        assert_eq!(next.following(at(360)), next, "a step back is on the same page");
        let last = next.following(at(2_499));
        assert_eq!(last.to(), RUN);
        assert_eq!(last.following(RUN), last);
        assert_eq!(last.following(at(0)).from(), at(0));
    }

    #[test]
    fn zooming_keeps_the_playhead_in_view() {
        for playhead in [0, 1, 399, 1_000, 2_499, 2_500] {
            let mut span = Span::comfortable(RUN, at(50), 1_158.0, at(playhead));
            while !span.is_shortest() {
                span = span.zoomed_in(at(playhead));
                assert!(span.from() <= at(playhead) && at(playhead) <= span.to());
            }
            assert_eq!(span.zoomed_in(at(playhead)), span);
            while !span.is_whole() {
                span = span.zoomed_out(at(playhead));
                assert!(span.from() <= at(playhead) && at(playhead) <= span.to());
            }
            assert_eq!((span.from(), span.to()), (at(0), RUN));
        }
    }

    #[test]
    fn a_run_shorter_than_every_span_is_shown_whole() {
        let span = Span::comfortable(at(5), at(50), 1_000.0, at(2));
        assert!(span.is_whole() && span.is_shortest());
        assert_eq!((span.from(), span.to()), (at(0), at(5)));
    }

    #[test]
    fn a_span_like_one_of_a_longer_run_is_within_its_own() {
        let other = Span::comfortable(at(9_000), at(50), 1_158.0, at(8_000));
        let own = Span::comfortable(RUN, at(50), 1_158.0, at(0));
        assert_eq!(own.like(other).length(), other.length());
        assert_eq!(own.like(other).to(), RUN);
        let whole = own.like(other.stretched(f64::MAX, Micros::ZERO));
        assert_eq!((whole.from(), whole.to()), (at(0), RUN));
        assert_eq!(own.like(own.shifted(2.0)), own.shifted(2.0));
    }

    #[test]
    fn what_is_under_the_pointer_stays_there_while_it_is_stretched() {
        let mut span = Span::comfortable(RUN, at(50), 1_158.0, at(1_000));
        let about = span.from() + span.length().scaled(1, 4);
        for times in [0.5, 0.7, 1.9, 1.1] {
            span = span.stretched(times, about);
            let off = about.0.abs_diff((span.from() + span.length().scaled(1, 4)).0);
            assert!(off <= 4, "off by {off} us");
        }
        let whole = span.stretched(1e300, about);
        assert!(whole.is_whole() && whole.from() == at(0));
        assert!(whole.stretched(f64::NAN, about).is_shortest());
        assert!(span.stretched(0.0, about).is_shortest());
    }

    #[test]
    fn it_is_not_shifted_out_of_the_run() {
        let span = Span::comfortable(RUN, at(50), 1_158.0, at(1_000));
        assert_eq!(span.shifted(-100.0).from(), at(0));
        assert_eq!(span.shifted(100.0).to(), RUN);
        assert_eq!(span.shifted(0.5).from(), span.from() + span.length().scaled(1, 2));
        assert_eq!(span.shifted(0.5).shifted(-0.5), span);
    }
}
