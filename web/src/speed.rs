//! How fast simulated time passes: stops of 1, 2 and 5 a decade, from a thousandth
//! of real time to ten times as fast.

/// Simulated time that passes in real time, as a ratio.
const STOPS: [(u32, u32); 13] = [
    (1, 1_000),
    (1, 500),
    (1, 200),
    (1, 100),
    (1, 50),
    (1, 20),
    (1, 10),
    (1, 5),
    (1, 2),
    (1, 1),
    (2, 1),
    (5, 1),
    (10, 1),
];

/// A speed: one of the stops.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Speed(usize);

impl Default for Speed {
    /// A message is a tenth of a second on its way: slow enough to follow.
    fn default() -> Speed {
        Speed::nearest(1, 20)
    }
}

impl Speed {
    /// How many speeds there are.
    pub(crate) const STOPS: usize = STOPS.len();

    /// The stop with this number, or the last one.
    pub(crate) const fn stop(number: usize) -> Speed {
        Speed(if number < STOPS.len() { number } else { STOPS.len() - 1 })
    }

    /// The fastest stop that is not faster than this ratio.
    pub(crate) fn nearest(numerator: u32, denominator: u32) -> Speed {
        let is_slower = |stop: &(u32, u32)| {
            u64::from(stop.0) * u64::from(denominator) <= u64::from(numerator) * u64::from(stop.1)
        };
        Speed(STOPS.iter().rposition(is_slower).unwrap_or(0))
    }

    /// Reads a stop as it is written in a link: `1/20`, or `2` for twice real time.
    ///
    /// # Errors
    /// Which speeds there are.
    pub(crate) fn read(text: &str) -> Result<Speed, String> {
        let text = text.trim_end_matches('×');
        let found = (0..STOPS.len()).map(Speed).find(|stop| stop.text() == text);
        found.ok_or_else(|| {
            let stops: Vec<String> = (0..STOPS.len()).map(|stop| Speed(stop).text()).collect();
            let (shown, stops) = (crate::source::shortened(text), stops.join(", "));
            format!("“{shown}” is no speed: there are {stops}, each times real time.")
        })
    }

    /// Which stop it is, from 0.
    pub(crate) const fn number(self) -> usize {
        self.0
    }

    /// The next faster stop.
    pub(crate) const fn faster(self) -> Speed {
        Speed::stop(self.0 + 1)
    }

    /// The next slower stop.
    pub(crate) const fn slower(self) -> Speed {
        Speed(self.0.saturating_sub(1))
    }

    fn ratio(self) -> (u32, u32) {
        STOPS.get(self.0).copied().unwrap_or((1, 1))
    }

    /// How many simulated microseconds pass in so many real milliseconds.
    pub(crate) fn simulated_micros(self, real_milliseconds: f64) -> f64 {
        let (numerator, denominator) = self.ratio();
        real_milliseconds * 1_000.0 * f64::from(numerator) / f64::from(denominator)
    }

    /// The fastest stop of those up to so many times this speed.
    pub(crate) fn times(self, times: f64) -> Speed {
        let micros = self.simulated_micros(1.0) * times * 1.001;
        let is_slower = |number: &usize| Speed(*number).simulated_micros(1.0) <= micros;
        Speed((0..STOPS.len()).rev().find(is_slower).unwrap_or(self.0))
    }

    /// `1/50`
    pub(crate) fn text(self) -> String {
        match self.ratio() {
            (numerator, 1) => numerator.to_string(),
            (numerator, denominator) => format!("{numerator}/{denominator}"),
        }
    }

    /// `1/50×`
    pub(crate) fn label(self) -> String {
        self.text() + "×"
    }

    /// `1/50 of real time`, for who can't see the label's sign.
    pub(crate) fn in_words(self) -> String {
        match self.ratio() {
            (1, 1) => "real time".to_owned(),
            (numerator, 1) => format!("{numerator} times real time"),
            (numerator, denominator) => format!("{numerator}/{denominator} of real time"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stops_go_up_from_a_thousandth_to_ten() {
        let all: Vec<Speed> = (0..Speed::STOPS).map(Speed::stop).collect();
        assert_eq!(all[0].label(), "1/1000×");
        assert_eq!(all[Speed::STOPS - 1].label(), "10×");
        for pair in all.windows(2) {
            assert!(pair[0].simulated_micros(1.0) < pair[1].simulated_micros(1.0));
            assert_eq!(pair[0].faster(), pair[1]);
            assert_eq!(pair[1].slower(), pair[0]);
        }
        assert_eq!(all[0].slower(), all[0]);
        assert_eq!(Speed::stop(Speed::STOPS).number(), Speed::STOPS - 1);
        for speed in all {
            assert_eq!(Speed::read(&speed.text()), Ok(speed));
            assert_eq!(Speed::read(&speed.label()), Ok(speed));
        }
        for text in ["", "fast", "1/40", "0", "-1", "1/0"] {
            assert!(Speed::read(text).is_err_and(|wrong| wrong.contains("1/20, 1/10")), "{text}");
        }
    }

    #[test]
    fn so_many_times_as_fast_is_the_stop_below() {
        let speed = Speed::nearest(1, 20);
        assert_eq!(speed.times(1.0), speed);
        assert_eq!(speed.times(2.0).label(), "1/10×");
        assert_eq!(speed.times(9.0).label(), "1/5×");
        assert_eq!(speed.times(1e9).label(), "10×");
    }

    #[test]
    fn a_ratio_finds_its_stop() {
        assert_eq!(Speed::nearest(1, 10).label(), "1/10×");
        assert_eq!(Speed::nearest(1, 1).in_words(), "real time");
        assert_eq!(Speed::nearest(1, 5_000).label(), "1/1000×");
        assert_eq!(Speed::nearest(500, 1).in_words(), "10 times real time");
    }
}
