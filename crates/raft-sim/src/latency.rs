//! How long things take: distributions in whole microseconds, without floating point.

use raft_core::Micros;
use serde::{Deserialize, Serialize};

/// A distribution of spans.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
}

/// The standard normal distribution's quantiles at 1/64, 2/64 ... 63/64, times
/// 10,000, from its middle up; the lower half mirrors it. Past the last it runs
/// on to three deviations.
const UPPER_QUANTILES: [u32; 33] = [
    0, 392, 784, 1_178, 1_573, 1_971, 2_372, 2_777, 3_186, 3_601, 4_023, 4_451, 4_888, 5_334,
    5_791, 6_261, 6_745, 7_245, 7_764, 8_305, 8_871, 9_467, 10_100, 10_775, 11_503, 12_299, 13_180,
    14_178, 15_341, 16_759, 18_627, 21_539, 30_000,
];

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
        }
    }

    /// The span in its middle.
    pub fn middle(self) -> Micros {
        match self {
            Latency::Constant(span) => span,
            Latency::Uniform { min, max } => (min + max).scaled(1, 2),
            Latency::Normal { mean, .. } => mean,
        }
    }

    /// The longest span that it gives.
    pub fn longest(self) -> Micros {
        match self {
            Latency::Constant(span) => span,
            Latency::Uniform { max, .. } => max,
            Latency::Normal { mean, deviation } => mean + deviation.scaled(3, 1),
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

    #[test]
    fn no_latency_is_below_zero() {
        let spans = sample(Latency::Normal { mean: Micros(10), deviation: Micros(1_000) });
        assert!(spans.iter().all(|span| *span <= 3_010));
    }
}
