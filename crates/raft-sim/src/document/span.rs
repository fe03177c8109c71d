//! Spans of time as people write them: `150 ms`, `1.2 s`, `400 µs`, `150-300 ms`.

use super::words::{Worded, Words};
use alloc::format;
use alloc::string::String;
use core::fmt;
use raft_core::Micros;
use serde::{Deserialize, Serialize};

/// A span of time, or a moment of a run.
pub type Span = Worded<Micros>;
/// Spans from a shortest to a longest.
pub type Range = Worded<Between>;

/// The shortest span and the longest, both included.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Between {
    /// The shortest.
    pub min: Micros,
    /// The longest.
    pub max: Micros,
}

/// How many microseconds there are in one of each, the small ones first.
const UNITS: [(&str, u64); 6] = [
    ("µs", 1),
    ("us", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("min", 60_000_000),
    ("h", 3_600_000_000),
];

/// The unit in which a span is written: the one in which it reads as a small number.
const fn unit_of(span: Micros) -> (&'static str, u64) {
    match span.0 {
        1..1_000 => ("µs", 1),
        0..1_000_000 => ("ms", 1_000),
        _ => ("s", 1_000_000),
    }
}

/// A number of units, exactly: `1.25`.
fn write_number(formatter: &mut fmt::Formatter<'_>, span: Micros, unit: u64) -> fmt::Result {
    write!(formatter, "{}", span.0 / unit)?;
    let (mut rest, mut unit) = (span.0 % unit, unit);
    if rest > 0 {
        formatter.write_str(".")?;
    }
    while rest > 0 {
        unit /= 10;
        write!(formatter, "{}", rest / unit)?;
        rest %= unit;
    }
    Ok(())
}

/// A number and its unit, of which there may be none: `1.2`, `ms`.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    (number, unit.trim())
}

/// So many units, if that is a whole number of microseconds.
fn micros(number: &str, unit: &str) -> Option<Micros> {
    // Both ways to write the letter: the micro sign and the Greek one.
    let unit = if unit == "μs" { "µs" } else { unit };
    let (_, unit) = *UNITS.iter().find(|(name, _)| *name == unit)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let mut micros = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    let mut left = unit;
    for digit in part.trim_end_matches('0').bytes() {
        if left % 10 != 0 {
            return None;
        }
        left /= 10;
        micros = micros.checked_add(left * u64::from(digit - b'0'))?;
    }
    Some(Micros(micros))
}

const NEVER: &str = "never";

impl Words for Micros {
    const WHAT: &'static str = "a span of time with its unit, such as \"150 ms\", \"1.2 s\", \
                                \"400 µs\", \"2 min\" or \"1 h\"";

    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Micros::MAX {
            return formatter.write_str(NEVER);
        }
        let (name, unit) = unit_of(*self);
        write_number(formatter, *self, unit)?;
        write!(formatter, " {name}")
    }

    fn read(text: &str) -> Result<Micros, String> {
        if text == NEVER {
            return Ok(Micros::MAX);
        }
        let (number, unit) = split(text);
        micros(number, unit).ok_or_else(|| format!("“{text}” is not {}", Micros::WHAT))
    }
}

impl Words for Between {
    const WHAT: &'static str = "a span of time, or two with their unit, such as \"150-300 ms\"";

    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Both in the unit of the longer one, so that it need not be said twice.
        let (name, unit) = unit_of(self.max);
        write_number(formatter, self.min, unit)?;
        formatter.write_str("-")?;
        write_number(formatter, self.max, unit)?;
        write!(formatter, " {name}")
    }

    fn read(text: &str) -> Result<Between, String> {
        let wrong = || format!("“{text}” is not {}", Between::WHAT);
        let Some((min, max)) = text.split_once(['-', '–']).or_else(|| text.split_once(" to "))
        else {
            let span = Micros::read(text).map_err(|_| wrong())?;
            return Ok(Between { min: span, max: span });
        };
        let ((min, min_unit), (max, max_unit)) = (split(min), split(max));
        let min_unit = if min_unit.is_empty() { max_unit } else { min_unit };
        let both = micros(min, min_unit).zip(micros(max, max_unit));
        both.map(|(min, max)| Between { min, max }).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn a_span_is_written_as_a_person_would() {
        for (micros, text) in [
            (0, "0 ms"),
            (400, "400 µs"),
            (1_200, "1.2 ms"),
            (150_000, "150 ms"),
            (1_050_000, "1.05 s"),
            (3_600_000_000, "3600 s"),
            (u64::MAX, "never"),
        ] {
            assert_eq!(Worded(Micros(micros)).to_string(), text);
        }
        let range = |min, max| Worded(Between { min: Micros(min), max: Micros(max) }).to_string();
        assert_eq!(range(150_000, 300_000), "150-300 ms");
        assert_eq!(range(400, 1_200), "0.4-1.2 ms");
        assert_eq!(range(5, 5), "5-5 µs");
    }

    #[test]
    fn a_span_is_read_in_any_unit_and_with_spaces_where_people_leave_them() {
        for (text, micros) in [
            ("400us", 400),
            ("400 μs", 400),
            (" 1.50 ms ", 1_500),
            ("0.5s", 500_000),
            ("2 min", 120_000_000),
            ("1 h", 3_600_000_000),
            ("1.5 min", 90_000_000),
        ] {
            assert_eq!(Micros::read(text), Ok(Micros(micros)), "{text}");
        }
        for text in ["150-300 ms", "150 ms - 0.3 s", "150 to 300 ms", "150–300 ms"] {
            let range = Between { min: Micros(150_000), max: Micros(300_000) };
            assert_eq!(Between::read(text), Ok(range), "{text}");
        }
        let fixed = Between { min: Micros(200_000), max: Micros(200_000) };
        assert_eq!(Between::read("200 ms"), Ok(fixed));
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in [
            "",
            "5",
            "ms",
            "5 parsecs",
            "-5 ms",
            "1,5 ms",
            "1.2.3 ms",
            "0.5 µs",
            ". ms",
            "5. ms",
            "99999999999999999999 ms",
            "18446744073709551615 h",
            "1.0000000000000000000001 s",
            "never ever",
        ] {
            assert!(Micros::read(text).is_err(), "{text}");
            assert!(Between::read(text).is_err(), "{text}");
        }
        for text in ["150-", "-300 ms", "1-2-3 ms", "150 - 300"] {
            assert!(Between::read(text).is_err(), "{text}");
        }
        let error = Micros::read("5").expect_err("it has no unit");
        assert!(error.contains("“5” is not a span of time with its unit, such as"), "{error}");
    }

    proptest! {
        #[test]
        fn every_span_reads_back_exactly(micros in any::<u64>(), other in any::<u64>(), by in 0u32..64) {
            let (micros, other) = (Micros(micros >> by), Micros(other >> (63 - by)));
            prop_assert_eq!(Micros::read(&Worded(micros).to_string()), Ok(micros));
            let range = Between { min: micros, max: other };
            prop_assert_eq!(Between::read(&Worded(range).to_string()), Ok(range));
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC*") {
            let _ = (Micros::read(&text), Between::read(&text));
        }
    }
}
