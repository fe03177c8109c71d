//! How many tests ran, read from what the tools themselves say.

use anyhow::{Context, Result};
use std::fmt;
use std::ops::Add;

/// Tests that ran, and tests that were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// Those that ran.
    pub(crate) fn ran(self) -> u64 {
        self.passed + self.failed
    }

    /// From the summaries of Rust's test harness, and of wasm-bindgen's, which
    /// writes the same: `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
    pub(crate) fn of_rust_tests(text: &str) -> Self {
        let summaries = text.lines().filter_map(|line| {
            let summary = line.strip_prefix("test result: ")?;
            summary.split_once(". ").map(|(_, numbers)| numbers)
        });
        summaries.map(Self::of_summary).fold(Self::default(), Add::add)
    }

    fn of_summary(numbers: &str) -> Self {
        let number = |name: &str| {
            let part = numbers.split(';').find(|part| part.trim().ends_with(name));
            part.and_then(|part| part.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
        };
        Self { passed: number("passed"), failed: number("failed"), skipped: number("ignored") }
    }

    /// From Playwright's report. A flaky test, one that passed at a second try, failed.
    pub(crate) fn of_playwright(report: &str) -> Result<Self> {
        let report: serde_json::Value =
            serde_json::from_str(report).context("Playwright's report is not JSON")?;
        let number = |name: &str| report["stats"][name].as_u64();
        let needed = |name: &str| {
            number(name).with_context(|| format!("Playwright's report has no stats.{name}"))
        };
        Ok(Self {
            passed: needed("expected")?,
            failed: needed("unexpected")? + number("flaky").unwrap_or(0),
            skipped: number("skipped").unwrap_or(0),
        })
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(out, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_summaries_add_up() {
        let text = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 7 filtered out\n";
        let counts = Counts::of_rust_tests(text);
        assert_eq!(counts, Counts { passed: 5, failed: 1, skipped: 1 });
        assert_eq!(counts.to_string(), "5 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn nothing_said_is_nothing_counted() {
        assert_eq!(Counts::of_rust_tests("error: could not compile").ran(), 0);
        assert_eq!(Counts::default().to_string(), "0 passed, 0 failed");
    }

    #[test]
    fn playwrights_report_is_read() {
        let report = r#"{"stats": {"expected": 4, "unexpected": 1, "flaky": 1, "skipped": 2}}"#;
        let counts = Counts::of_playwright(report).unwrap();
        assert_eq!(counts, Counts { passed: 4, failed: 2, skipped: 2 });
        assert!(Counts::of_playwright("{}").is_err());
        assert!(Counts::of_playwright("").is_err());
    }
}
