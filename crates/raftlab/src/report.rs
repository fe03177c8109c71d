//! How a command ends, and how it says what went wrong.

use anstyle::{AnsiColor, Style};
use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// How a command ended that could do its work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ended {
    /// Everything is as it should be.
    Well,
    /// A promise was broken, or an expectation does not hold.
    Badly,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input can't be read: what is wrong with it, each with what would be right.
    Input {
        /// What could not be read.
        what: String,
        /// Everything that is wrong with it.
        wrong: Vec<String>,
    },
    /// Whoever reads our output has gone: there is nothing left to say.
    NobodyListens,
    /// Something could not be written.
    Output(String),
}

impl Failure {
    /// One thing is wrong with an input.
    pub(crate) fn input(what: impl Display, wrong: impl Display) -> Failure {
        Failure::Input { what: what.to_string(), wrong: vec![wrong.to_string()] }
    }

    /// A file can't be read.
    pub(crate) fn reading(path: &Path, error: &io::Error) -> Failure {
        Failure::input(path.display(), format!("it can't be read: {error}"))
    }

    /// A file can't be written.
    pub(crate) fn writing(path: &Path, error: &io::Error) -> Failure {
        Failure::Output(format!("{} can't be written: {error}", path.display()))
    }
}

impl From<io::Error> for Failure {
    /// From writing to the terminal, or to whatever stands in for it.
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::NobodyListens,
            _ => Failure::Output(format!("the output can't be written: {error}")),
        }
    }
}

/// Good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Bad news.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What one may skip.
pub(crate) const QUIET: Style = Style::new().dimmed();
/// A heading.
pub(crate) const STRONG: Style = Style::new().bold();

/// The code that a caller gets. What went wrong is said on the way.
pub(crate) fn exit_code(ended: crate::Result) -> ExitCode {
    let mut stderr = anstream::stderr().lock();
    match ended {
        Ok(Ended::Well) | Err(Failure::NobodyListens) => ExitCode::SUCCESS,
        Ok(Ended::Badly) => ExitCode::from(1),
        // Where standard error can't be written to, the code has to do.
        Err(Failure::Output(message)) => {
            let _ = writeln!(stderr, "{BAD}error{BAD:#}: {message}");
            ExitCode::from(2)
        }
        Err(Failure::Input { what, wrong }) => {
            match wrong.as_slice() {
                [one] => {
                    let _ = writeln!(stderr, "{BAD}error{BAD:#}: {what}: {one}");
                }
                many => {
                    let _ = writeln!(
                        stderr,
                        "{BAD}error{BAD:#}: {what}: {} things are wrong",
                        many.len()
                    );
                    for wrong in many {
                        let _ = writeln!(stderr, "  {wrong}");
                    }
                }
            }
            ExitCode::from(2)
        }
    }
}
