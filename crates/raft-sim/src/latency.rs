//! How long things take: distributions in whole microseconds, without floating point.

use raft_core::Micros;

/// A distribution of spans.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Latency {
    /// Always the same.
    Constant(Micros),
    /// Any whole microsecond of a range, both ends included, as likely as any.
    Uniform {
        /// The shortest.
        min: Micros,
        /// The longest.
        max: Micros,
    },
    /// A bell around the mean, cut off at zero and at three deviations.
    Normal {
        /// The middle.
        mean: Micros,
        /// The standard deviation.
        deviation: Micros,
    },
    /// Mostly short and sometimes long, as networks and disks are: its logarithm is a bell
    /// around that of the median, cut off at 3.5 deviations.
    LogNormal {
        /// Half take no longer.
        median: Micros,
        /// One of a hundred takes longer.
        p99: Micros,
    },
    /// As it was measured: any span between two neighbours is as likely as any other.
    Quantiles(Quantiles),
}

/// What a measurement told of a distribution; each no shorter than the one before.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Quantiles {
    /// The shortest.
    pub min: Micros,
    /// One of ten takes no longer.
    pub p10: Micros,
    /// Half take no longer.
    pub p50: Micros,
    /// Nine of ten take no longer.
    pub p90: Micros,
    /// Ninety-nine of a hundred take no longer.
    pub p99: Micros,
    /// The longest.
    pub max: Micros,
}

impl Quantiles {
    /// Each with how many of a hundred take no longer.
    const fn points(self) -> [(u32, Micros); 6] {
        let Quantiles { min, p10, p50, p90, p99, max } = self;
        [(0, min), (10, p10), (50, p50), (90, p90), (99, p99), (100, max)]
    }

    fn pick(self, bits: u64) -> Micros {
        // Where the draw lies among a hundred, with 32 bits after the point.
        let place = ((u128::from(bits) * 100) >> 32) as u64;
        let mut span = self.max;
        for [(from, low), (to, high)] in self.points().array_windows() {
            let (from, to) = (u64::from(*from) << 32, u64::from(*to) << 32);
            if place < to {
                let width = u128::from((*high - *low).0) + 1;
                let passed = u128::from(place - from) * width / u128::from(to - from);
                span = *low + Micros(passed as u64);
                break;
            }
        }
        span
    }
}

/// The standard normal distribution's quantiles at 1/64, 2/64 ... 63/64, times
/// 10,000, from its middle up; the lower half mirrors it. Past the last it runs
/// on to three deviations.
const UPPER_QUANTILES: [u32; 33] = [
    0, 392, 784, 1_178, 1_573, 1_971, 2_372, 2_777, 3_186, 3_601, 4_023, 4_451, 4_888, 5_334,
    5_791, 6_261, 6_745, 7_245, 7_764, 8_305, 8_871, 9_467, 10_100, 10_775, 11_503, 12_299, 13_180,
    14_178, 15_341, 16_759, 18_627, 21_539, 30_000,
];

/// The same from 63/64 on, a sixteenth of that step at a time: where the logarithm is a
/// bell, it is the rare ones that matter.
const TAIL_QUANTILES: [u32; 17] = [
    21_539, 21_795, 22_066, 22_354, 22_662, 22_994, 23_352, 23_744, 24_176, 24_658, 25_205, 25_840,
    26_601, 27_555, 28_856, 30_973, 35_000,
];
/// The quantile at 99/100.
const QUANTILE_99: u64 = 23_263;

/// How far from the middle a draw lies, in ten-thousandths of a standard deviation, and
/// whether above it. The top bit chooses the half, five more the step, the rest where in it.
fn deviations(bits: u64) -> (bool, u64) {
    let step = ((bits >> 58) & 31) as usize;
    let within = bits & 0xffff_ffff;
    let between = |low: u32, high: u32, within: u64, bits: u32| {
        u64::from(low) + ((u64::from(high - low) * within) >> bits)
    };
    let quantile = if step == 31 {
        let step = (within >> 28) as usize;
        between(TAIL_QUANTILES[step], TAIL_QUANTILES[step + 1], within & 0x0fff_ffff, 28)
    } else {
        between(UPPER_QUANTILES[step], UPPER_QUANTILES[step + 1], within, 32)
    };
    (bits >> 63 == 1, quantile)
}

/// `median` times, or divided by, (`p99` / `median`) to the power of so many deviations,
/// where 99 of 100 are within 2.3263.
fn log_normal(median: Micros, p99: Micros, (is_above, deviations): (bool, u64)) -> Micros {
    let (median_log, p99_log) = (log2(median.0.max(1)), log2(p99.0.max(1)));
    let spread = u128::from(p99_log.saturating_sub(median_log));
    let exponent = (spread * u128::from(deviations) / u128::from(QUANTILE_99)) as u64;
    let (whole, rest) = ((exponent >> 32) as u32, exponent & 0xffff_ffff);
    // Of 2 to the power of the rest, 62 bits after the point.
    let factor = u128::from(exp2(rest));
    let median = u128::from(median.0);
    let span = if is_above {
        let scaled = (median * factor) >> 30;
        if whole < scaled.leading_zeros() { (scaled << whole) >> 32 } else { u128::MAX }
    } else {
        ((median << 62) / factor).checked_shr(whole).unwrap_or(0)
    };
    Micros(u64::try_from(span).unwrap_or(u64::MAX))
}

/// The binary logarithm, with 32 bits after the point, rounded down.
fn log2(number: u64) -> u64 {
    let whole = number.ilog2();
    // From 1 to below 2, with 63 bits after the point: squared, each bit comes to the front.
    let mut rest = u128::from(number) << (63 - whole);
    let mut log = u64::from(whole);
    for _ in 0..32 {
        rest = (rest * rest) >> 63;
        let bit = rest >> 64;
        rest >>= bit;
        log = log << 1 | bit as u64;
    }
    log
}

/// 2 to the power of a fraction with 32 bits after the point, with 62 after its own.
fn exp2(fraction: u64) -> u64 {
    let mut power = 1u128 << 62;
    // 2, its square root, the root of that ...
    let mut root = 2u128 << 62;
    for bit in (0..32).rev() {
        root = (root << 62).isqrt();
        if fraction >> bit & 1 == 1 {
            power = (power * root) >> 62;
        }
    }
    power as u64
}

impl Latency {
    /// The span that 64 random bits choose.
    pub(crate) fn pick(self, bits: u64) -> Micros {
        match self {
            Latency::Constant(span) => span,
            Latency::Uniform { min, max } => {
                let width = u128::from((max - min).0) + 1;
                min + Micros(((u128::from(bits) * width) >> 64) as u64)
            }
            Latency::Normal { mean, deviation } => {
                // The top bit chooses the half, five more the step, the rest where in it.
                let step = ((bits >> 58) & 31) as usize;
                let within = bits & 0xffff_ffff;
                let low = u64::from(UPPER_QUANTILES[step]);
                let high = u64::from(UPPER_QUANTILES[step + 1]);
                let quantile = low + (((high - low) * within) >> 32);
                let offset =
                    Micros((u128::from(deviation.0) * u128::from(quantile) / 10_000) as u64);
                if bits >> 63 == 1 { mean + offset } else { mean - offset }
            }
            Latency::LogNormal { median, p99 } => log_normal(median, p99, deviations(bits)),
            Latency::Quantiles(quantiles) => quantiles.pick(bits),
        }
    }

    /// The span in its middle.
    pub fn middle(self) -> Micros {
        match self {
            Latency::Constant(span) => span,
            Latency::Uniform { min, max } => (min + max).scaled(1, 2),
            Latency::Normal { mean, .. } => mean,
            Latency::LogNormal { median, .. } => median,
            Latency::Quantiles(quantiles) => quantiles.p50,
        }
    }

    /// The longest span that it gives.
    pub fn longest(self) -> Micros {
        match self {
            Latency::Constant(span) => span,
            Latency::Uniform { max, .. } => max,
            Latency::Normal { mean, deviation } => mean + deviation.scaled(3, 1),
            Latency::LogNormal { median, p99 } => {
                log_normal(median, p99, (true, u64::from(TAIL_QUANTILES[16])))
            }
            Latency::Quantiles(quantiles) => quantiles.max,
        }
    }

    /// What is wrong with it, and what would be right.
    pub(crate) fn fault(self) -> Option<&'static str> {
        match self {
            Latency::Uniform { min, max } if min > max => Some("min must not be longer than max"),
            Latency::LogNormal { median, .. } if median == Micros::ZERO => {
                Some("the median must be longer than zero")
            }
            Latency::LogNormal { median, p99 } if median > p99 => {
                Some("p99 must not be shorter than the median")
            }
            Latency::Quantiles(quantiles)
                if !quantiles.points().is_sorted_by_key(|(_, span)| *span) =>
            {
                Some("min, p10, p50, p90, p99 and max must each be no shorter than the one before")
            }
            _ if self.longest() > Micros::from_secs(60) => Some("longer than a minute"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Purpose, draw};
    use raft_core::NodeId;

    fn sample(latency: Latency) -> alloc::vec::Vec<u64> {
        (0..40_000)
            .map(|nth| latency.pick(draw(9, Purpose::Fsync { node: NodeId::A, nth })).0)
            .collect()
    }

    #[test]
    fn a_uniform_latency_reaches_both_ends_and_nothing_past_them() {
        let spans = sample(Latency::Uniform { min: Micros(100), max: Micros(120) });
        assert_eq!(spans.iter().min(), Some(&100));
        assert_eq!(spans.iter().max(), Some(&120));
    }

    #[test]
    fn a_normal_latency_has_its_mean_and_deviation() {
        let spans = sample(Latency::Normal { mean: Micros(10_000), deviation: Micros(1_000) });
        let count = spans.len() as u64;
        let mean = spans.iter().sum::<u64>() / count;
        let variance = spans.iter().map(|span| span.abs_diff(mean).pow(2)).sum::<u64>() / count;
        assert!(mean.abs_diff(10_000) < 30, "mean {mean}");
        assert!(variance.isqrt().abs_diff(1_000) < 40, "deviation {}", variance.isqrt());
    }

    /// The span that so many of a thousand are not longer than.
    fn quantile(spans: &mut [u64], permille: usize) -> u64 {
        spans.sort_unstable();
        spans[spans.len() * permille / 1_000]
    }

    fn assert_near(found: u64, wanted: u64, percent: u64) {
        assert!(found.abs_diff(wanted) * 100 <= wanted * percent, "{found}, not {wanted}");
    }

    #[test]
    fn a_lognormal_latency_has_its_median_its_p99_and_its_long_tail() {
        for (median, p99) in [(1_000, 10_000), (40_000, 60_000), (7, 900), (500, 500)] {
            let latency = Latency::LogNormal { median: Micros(median), p99: Micros(p99) };
            let mut spans = sample(latency);
            assert_near(quantile(&mut spans, 500), median, 15);
            assert_near(quantile(&mut spans, 990), p99, 8);
            // Symmetric in its logarithm: the first of a hundred is as far below. Spans are
            // whole microseconds.
            let p1 = quantile(&mut spans, 10);
            assert!(p1 < 20 || (p1 * p99).abs_diff(median * median) * 7 < median * median, "{p1}");
            // 3.0902 deviations, where 2.3263 are p99: computed with floating point.
            let p999 = median as f64 * (p99 as f64 / median as f64).powf(3.0902 / 2.3263);
            assert_near(quantile(&mut spans, 999), p999 as u64, 20);
            assert!(spans.iter().all(|span| *span <= latency.longest().0));
        }
    }

    #[test]
    fn logarithms_and_powers_of_two_are_what_floating_point_says() {
        for number in [1u64, 2, 3, 7, 1_000, 999_999, 60_000_000, u64::MAX / 3] {
            let log = log2(number) as f64 / (1u64 << 32) as f64;
            assert!((log - (number as f64).log2()).abs() < 1e-8, "{number}");
        }
        for fraction in [0u64, 1, 1 << 31, (1 << 32) - 1, 123_456_789] {
            let power = exp2(fraction) as f64 / (1u64 << 62) as f64;
            let wanted = (fraction as f64 / (1u64 << 32) as f64).exp2();
            assert!((power - wanted).abs() < 1e-8, "{fraction}: {power} {wanted}");
        }
    }

    #[test]
    fn a_measured_latency_has_the_quantiles_that_were_measured() {
        let measured = Quantiles {
            min: Micros(100),
            p10: Micros(1_200),
            p50: Micros(2_000),
            p90: Micros(2_000),
            p99: Micros(9_000),
            max: Micros(50_000),
        };
        let mut spans = sample(Latency::Quantiles(measured));
        assert_near(quantile(&mut spans, 100), 1_200, 5);
        assert_near(quantile(&mut spans, 500), 2_000, 1);
        assert_near(quantile(&mut spans, 890), 2_000, 1);
        // Past it the spans grow so fast that a sample's own p99 says little.
        assert_near(quantile(&mut spans, 985), 2_000 + 7_000 * 85 / 90, 8);
        assert!(spans.iter().all(|span| (100..=50_000).contains(span)));
        assert!(quantile(&mut spans, 999) > 30_000 && spans[0] < 200);
    }

    #[test]
    fn no_latency_is_below_zero() {
        let spans = sample(Latency::Normal { mean: Micros(10), deviation: Micros(1_000) });
        assert!(spans.iter().all(|span| *span <= 3_010));
    }
}
