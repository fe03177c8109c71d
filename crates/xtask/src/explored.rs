//! How much the tests have looked at, collected from what they say themselves.
//!
//! A test that looks for something and does not find it is worth as much as what it looked
//! at. Such a test says so in one line, of this form, on its standard error:
//!
//! ```text
//! explored: 127005 states (three servers, one proposal; up to term 2)
//! explored: 4000 schedules, 912345 events (leaders that go down soon)
//! ```
//!
//! Numbers with their units, then what they are of, in parentheses.

use std::fmt;

/// What was explored, in the order in which it was said.
#[derive(Default)]
pub(crate) struct Explored {
    lines: Vec<String>,
}

impl Explored {
    /// From all that a tool printed.
    pub(crate) fn of(text: &str) -> Self {
        let said = text.lines().filter_map(|line| line.trim().strip_prefix("explored: "));
        Self { lines: said.map(str::to_owned).collect() }
    }

    /// These, and then those.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.lines.extend(other.lines);
        self
    }

    /// The numbers of one unit added up, in the order in which the units first appear.
    fn sums(&self) -> Vec<(String, u64)> {
        let mut sums: Vec<(String, u64)> = Vec::new();
        for part in self.lines.iter().flat_map(|line| numbers_of(line).split(", ")) {
            let Some((number, unit)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match sums.iter_mut().find(|(known, _)| known == unit) {
                Some((_, sum)) => *sum += number,
                None => sums.push((unit.to_owned(), number)),
            }
        }
        sums
    }
}

/// What stands before the parentheses.
fn numbers_of(line: &str) -> &str {
    line.split(" (").next().unwrap_or(line)
}

impl fmt::Display for Explored {
    /// Each line, and the sums. Nothing, where nothing was said.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lines.is_empty() {
            return Ok(());
        }
        writeln!(out, "explored:")?;
        for line in &self.lines {
            writeln!(out, "  {line}")?;
        }
        let sums: Vec<String> = self
            .sums()
            .into_iter()
            .map(|(unit, sum)| format!("{} {unit}", in_threes(sum)))
            .collect();
        write!(out, "in all: {}", sums.join(", "))
    }
}

/// `1234567` as `1,234,567`.
fn in_threes(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_collected_and_added_up() {
        let text = "running 2 tests\n\
            explored: 1200 states (three servers, term 2)\n\
            test one ... ok\n\
            explored: 7 schedules, 40000 events (any; 10 schedules a second)\n\
            explored: 34 states (two, servers)\n\
            this line has not explored: 5 states\n";
        let explored = Explored::of(text).and(Explored::of("explored: 3 of 3 flaws caught"));
        let text = explored.to_string();
        assert_eq!(text.lines().count(), 6, "{text}");
        assert!(
            text.ends_with("in all: 1,234 states, 7 schedules, 40,000 events, 3 of 3 flaws caught")
        );
        assert_eq!(Explored::of("nothing").to_string(), "");
    }

    #[test]
    fn large_numbers_are_readable() {
        assert_eq!(in_threes(0), "0");
        assert_eq!(in_threes(999), "999");
        assert_eq!(in_threes(1_000), "1,000");
        assert_eq!(in_threes(12_345_678), "12,345,678");
    }
}
