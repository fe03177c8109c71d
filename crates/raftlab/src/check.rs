//! `raftlab check`: whether a trace is a run that keeps its promises.

use crate::arguments;
use crate::report::{BAD, Ended, Failure, GOOD};
use raft_sim::trace::{self, TraceError, TraceProblem, Verdict};
use std::fs::File;
use std::io::{self, BufReader, Write as _};
use std::path::Path;

pub(crate) fn command(arguments: &arguments::Check) -> crate::Result {
    let path = arguments.trace.as_path();
    let checked = if path == Path::new("-") {
        trace::check(io::stdin().lock())
    } else {
        let file = File::open(path).map_err(|error| Failure::reading(path, &error))?;
        trace::check(BufReader::new(file))
    };
    let mut stdout = anstream::stdout().lock();
    match checked {
        Ok(verdict) => {
            write!(stdout, "{verdict}")?;
            Ok(told(&mut stdout, &verdict)?)
        }
        Err(error) if is_refusal(&error) => {
            writeln!(stdout, "{BAD}refused{BAD:#}: {error}")?;
            Ok(Ended::Badly)
        }
        Err(error) => Err(Failure::input(path.display(), error)),
    }
}

fn told(to: &mut impl io::Write, verdict: &Verdict) -> io::Result<Ended> {
    if verdict.is_clean() {
        writeln!(to, "{GOOD}Nothing is violated.{GOOD:#}")?;
        return Ok(Ended::Well);
    }
    Ok(Ended::Badly)
}

/// Whether a trace could be read, and is not the run that it says it is.
fn is_refusal(error: &TraceError) -> bool {
    matches!(
        error.problem,
        TraceProblem::HeadDiffers { .. }
            | TraceProblem::Differs { .. }
            | TraceProblem::Missing { .. }
            | TraceProblem::Added { .. }
    )
}
