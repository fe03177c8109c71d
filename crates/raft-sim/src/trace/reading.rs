//! Reading traces, and what comes of checking one.

use super::lines::{Lines, check_shape};
use super::observed::{self, OBSERVED_FORMAT, OBSERVED_VERSION};
use super::{TRACE_VERSION, head, ours};
use crate::in_short::in_short;
use crate::scenario::{Plan, ScenarioError};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use raft_core::Micros;
use std::io::BufRead;

/// How much is read of a file that nobody vouches for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The longest line, in bytes.
    pub line_bytes: u64,
    /// The longest file, in bytes. One of Raftlab's own is read without being kept.
    pub file_bytes: u64,
    /// The longest file of another implementation's, in bytes: what it tells is kept while
    /// it is checked.
    pub observed_file_bytes: u64,
    /// How deep lists and records may stand within one another.
    pub nesting: u32,
}

impl Default for Limits {
    /// Lines of 16 MiB, files of 16 GiB, others' of 256 MiB, 64 levels.
    fn default() -> Limits {
        Limits {
            line_bytes: 16 << 20,
            file_bytes: 16 << 30,
            observed_file_bytes: 256 << 20,
            nesting: 64,
        }
    }
}

/// What came of checking a trace: it is what it claims to be, and this is how the rules
/// stand in it. Its text says so in sentences.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Whose trace it is.
    pub origin: Origin,
    /// How many lines it has.
    pub lines: u64,
    /// When it ends.
    pub until: Micros,
    /// Each rule, and how often it was checked.
    pub rules: Vec<CheckedRule>,
    /// What was violated, in the order of the lines.
    pub violations: Vec<Finding>,
    /// How many more there were, after very many.
    pub violations_left_out: u64,
}

impl Verdict {
    /// Whether no rule was violated.
    pub const fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }
}

/// Whose trace it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Raftlab's: made again from its head, the run was the same to the byte.
    Ours {
        /// The scenario's name.
        scenario: String,
        /// The seed.
        seed: u64,
        /// How many interventions a person made.
        interventions: u64,
        /// Whether it leaves out rules of Raft on purpose.
        is_modified_raft: bool,
    },
    /// Another implementation's: it is believed, and checked against the rules.
    Observed {
        /// Which, as its head says.
        implementation: String,
        /// Its servers.
        nodes: Vec<String>,
    },
}

/// A rule, and how often it was checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckedRule {
    /// Its name.
    pub rule: String,
    /// How often it was checked.
    pub checks: u64,
    /// Why it was not, if it wasn't: what the trace doesn't tell.
    pub untold: Option<String>,
}

/// A violation, and the line that shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The line, from 1.
    pub line: u64,
    /// When.
    pub at: Micros,
    /// The rule.
    pub rule: String,
    /// Who did what, in a sentence.
    pub sentence: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { line, at, rule, sentence } = self;
        write!(formatter, "line {line}: {rule} violated at {at}: {sentence}")
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Ours { scenario, seed, interventions, is_modified_raft } => {
                write!(formatter, "A trace of Raftlab's: {scenario}, seed {seed}")?;
                if *interventions > 0 {
                    write!(formatter, ", with {interventions} interventions")?;
                }
                writeln!(formatter, "; {} lines, {}.", self.lines, self.until)?;
                writeln!(
                    formatter,
                    "Made again from its head, the run is the same, byte for byte."
                )?;
                if *is_modified_raft {
                    writeln!(formatter, "It leaves out rules on purpose: this is modified Raft.")?;
                }
            }
            Origin::Observed { implementation, nodes } => {
                let (lines, until, nodes) = (self.lines, self.until, nodes.join(", "));
                writeln!(
                    formatter,
                    "A trace of {implementation}, observed: nodes {nodes}; {lines} lines, {until}."
                )?;
            }
        }
        for CheckedRule { rule, checks, untold } in &self.rules {
            let violations = self.violations.iter().filter(|found| found.rule == *rule).count();
            let stands = if violations == 0 { "holds" } else { "violated" };
            let s = if *checks == 1 { "" } else { "s" };
            match untold {
                Some(untold) => writeln!(formatter, "{rule}: not checked: {untold}")?,
                None => writeln!(formatter, "{rule}: {stands} ({checks} check{s})")?,
            }
        }
        self.violations.iter().try_for_each(|violation| writeln!(formatter, "{violation}"))?;
        match self.violations_left_out {
            0 => Ok(()),
            more => writeln!(formatter, "{more} more violations are left out."),
        }
    }
}

/// A part of a line: enough to find it by and to see what is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excerpt {
    /// Where in the line it begins, in bytes from 1.
    pub column: u64,
    /// The text, with `…` where the line goes on; what is no text is `�`.
    pub text: String,
}

impl Excerpt {
    const BYTES: usize = 120;
    const BYTES_BEFORE: usize = 40;

    pub(super) fn of(line: &[u8]) -> Excerpt {
        Excerpt::around(line, 0)
    }

    /// Of two lines, around where they begin to differ.
    pub(super) fn of_both(one: &[u8], other: &[u8]) -> (Excerpt, Excerpt) {
        let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
        (Excerpt::around(one, same), Excerpt::around(other, same))
    }

    fn around(line: &[u8], place: usize) -> Excerpt {
        let first = place.saturating_sub(Excerpt::BYTES_BEFORE).min(line.len());
        let end = (first + Excerpt::BYTES).min(line.len());
        let mut text = String::new();
        if first > 0 {
            text.push('…');
        }
        // Control characters are shown, the end of the line above all.
        for letter in String::from_utf8_lossy(&line[first..end]).chars() {
            if letter.is_control() {
                text.extend(letter.escape_default());
            } else {
                text.push(letter);
            }
        }
        if end < line.len() {
            text.push('…');
        }
        Excerpt { column: first as u64 + 1, text }
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Why a trace is refused, and at which line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceError {
    /// The line, from 1; where lines are missing, the first of them.
    pub line: u64,
    /// What is wrong with it.
    pub problem: TraceProblem,
}

/// What is wrong with a trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TraceProblem {
    /// The file could not be read on.
    Unreadable(String),
    /// There is nothing in it.
    Empty,
    /// The line is longer than is read.
    LineTooLong {
        /// What is read at most.
        limit_bytes: u64,
    },
    /// The file is longer than is read.
    FileTooLong {
        /// What is read at most.
        limit_bytes: u64,
    },
    /// Lists and records stand deeper within one another than is read.
    TooDeep {
        /// How deep they may.
        limit: u32,
    },
    /// The line is not UTF-8.
    NotText {
        /// The first byte that isn't, from 1.
        column: u64,
    },
    /// The first line is no head of a trace.
    NoTrace {
        /// What is there instead.
        because: String,
    },
    /// The trace is of a version that is not read here.
    WrongVersion {
        /// Its version.
        found: u64,
        /// The version that is.
        read: u32,
    },
    /// The trace is another implementation's: it has no run that could be made again.
    NotOurs,
    /// The trace is one of Raftlab's: more is known of its run than what is observed.
    NotObserved,
    /// The line says too little, too much, or what can't be.
    Malformed(String),
    /// The head's scenario, or what is done in it, can't be: everything that is wrong.
    Scenario(Vec<ScenarioError>),
    /// The head is not as it was written.
    HeadDiffers {
        /// What stands there.
        stands: Excerpt,
        /// What would be written of this run.
        should_stand: Excerpt,
    },
    /// The run, made again from the head, goes on otherwise.
    Differs {
        /// What stands there.
        stands: Excerpt,
        /// What should.
        should_stand: Excerpt,
    },
    /// The run, made again from the head, goes on, and the trace doesn't.
    Missing {
        /// What should stand there.
        should_stand: Excerpt,
    },
    /// The run, made again from the head, is over, and the trace goes on.
    Added {
        /// What stands there.
        stands: Excerpt,
    },
}

impl fmt::Display for TraceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.problem)
    }
}

impl fmt::Display for TraceProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TraceProblem::Unreadable(error) => write!(formatter, "it could not be read: {error}"),
            TraceProblem::Empty => formatter.write_str("there is nothing in it"),
            TraceProblem::LineTooLong { limit_bytes } => {
                write!(formatter, "it is longer than {limit_bytes} bytes, the most that is read")
            }
            TraceProblem::FileTooLong { limit_bytes } => write!(
                formatter,
                "up to here the file is longer than {limit_bytes} bytes, the most that is read"
            ),
            TraceProblem::TooDeep { limit } => write!(
                formatter,
                "lists and records stand more than {limit} deep within one another"
            ),
            TraceProblem::NotText { column } => write!(
                formatter,
                "byte {column} of it is no text: a trace is JSON in UTF-8, one object a line"
            ),
            TraceProblem::NoTrace { because } => write!(
                formatter,
                "a trace begins with its head, {{\"format\":\"{}\",\"version\":{TRACE_VERSION},...}} \
                 or {{\"format\":\"{OBSERVED_FORMAT}\",\"version\":{OBSERVED_VERSION},...}}: {}",
                head::FORMAT,
                in_short(because)
            ),
            TraceProblem::WrongVersion { found, read } => write!(
                formatter,
                "the trace is of version {found} of its format; version {read} is read here"
            ),
            TraceProblem::NotOurs => formatter
                .write_str("the trace is another implementation's: its run can't be made again"),
            TraceProblem::NotObserved => formatter
                .write_str("the trace is one of Raftlab's: its run is made again from its head"),
            TraceProblem::Malformed(because) => formatter.write_str(&in_short(because)),
            TraceProblem::Scenario(errors) => {
                formatter.write_str("its run can't be: ")?;
                for (place, error) in errors.iter().enumerate() {
                    let separator = if place > 0 { "; " } else { "" };
                    write!(formatter, "{separator}{}", in_short(&error.to_string()))?;
                }
                Ok(())
            }
            TraceProblem::HeadDiffers { stands, should_stand } => write!(
                formatter,
                "the head is not as it was written, from about byte {}: there stands {stands} and \
                 of this run would be written {should_stand}",
                stands.column
            ),
            TraceProblem::Differs { stands, should_stand } => write!(
                formatter,
                "the run, made again from the head, goes on otherwise: there stands {stands} and \
                 there should stand {should_stand}"
            ),
            TraceProblem::Missing { should_stand } => write!(
                formatter,
                "the trace ends, and the run, made again from the head, goes on: {should_stand}"
            ),
            TraceProblem::Added { stands } => write!(
                formatter,
                "the run, made again from the head, is over, and the trace goes on: {stands}"
            ),
        }
    }
}

impl core::error::Error for TraceError {}

/// Checks a trace, within the usual limits.
///
/// # Errors
/// Why it is no trace, or not what it claims to be, with the first line that shows it.
pub fn check(reader: impl BufRead) -> Result<Verdict, TraceError> {
    check_within(reader, &Limits::default())
}

/// Checks a trace, within these limits.
///
/// # Errors
/// Why it is no trace, or not what it claims to be, with the first line that shows it.
pub fn check_within(reader: impl BufRead, limits: &Limits) -> Result<Verdict, TraceError> {
    let mut lines = Lines::new(reader, limits);
    let first = first_line(&mut lines, limits)?;
    match format_of(&first).map_err(|problem| lines.error(problem))? {
        Format::Ours => ours::check(&first, &mut lines, limits),
        Format::Observed => observed::check(&first, &mut lines, limits),
    }
}

/// The run that a trace of Raftlab's is of, from its head alone: what follows the head is
/// not looked at.
///
/// # Errors
/// Why its first line is no head of such a trace.
pub fn plan_of(reader: impl BufRead) -> Result<Plan, TraceError> {
    let limits = Limits::default();
    let mut lines = Lines::new(reader, &limits);
    let first = first_line(&mut lines, &limits)?;
    let plan = format_of(&first).and_then(|format| match format {
        Format::Ours => head::read(&first),
        Format::Observed => Err(TraceProblem::NotOurs),
    });
    plan.map_err(|problem| lines.error(problem))
}

pub(super) fn first_line<R: BufRead>(
    lines: &mut Lines<'_, R>,
    limits: &Limits,
) -> Result<Vec<u8>, TraceError> {
    let Some(first) = lines.next()? else { return Err(lines.error(TraceProblem::Empty)) };
    let first = first.to_vec();
    check_shape(&first, limits).map_err(|problem| lines.error(problem))?;
    Ok(first)
}

/// Which of the two it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Ours,
    Observed,
}

/// Which trace a line is the head of, if it is one that can be read here.
pub(super) fn format_of(line: &[u8]) -> Result<Format, TraceProblem> {
    #[derive(serde::Deserialize)]
    struct Told {
        format: Option<String>,
        version: Option<u64>,
    }
    let no_trace = |because: String| TraceProblem::NoTrace { because };
    let told: Told = serde_json::from_slice(line).map_err(|error| no_trace(error.to_string()))?;
    let (format, read) = match told.format.as_deref() {
        Some(head::FORMAT) => (Format::Ours, TRACE_VERSION),
        Some(OBSERVED_FORMAT) => (Format::Observed, OBSERVED_VERSION),
        Some(other) => {
            let other = Excerpt::of(other.as_bytes());
            return Err(no_trace(alloc::format!("its format is “{other}”")));
        }
        None => return Err(no_trace("its format is missing".to_string())),
    };
    match told.version {
        Some(version) if version == u64::from(read) => Ok(format),
        Some(found) => Err(TraceProblem::WrongVersion { found, read }),
        None => Err(no_trace("its version is missing".to_string())),
    }
}
