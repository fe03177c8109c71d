//! `raftlab run`: plays a scenario and says what happened.

use crate::account::Account;
use crate::arguments::{self, Format};
use crate::occasions;
use crate::report::{Ended, Failure};
use crate::source;
use raft_core::Micros;
use raft_sim::{Document, Expectations, Plan, Timeline, World, write_trace};
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

pub(crate) fn command(run: &arguments::Run) -> crate::Result {
    let mut source = source::load(&run.source)?;
    let seed = run.seed.unwrap_or(source.seed);
    if let Some(until) = run.until {
        let until = Micros(until.saturating_mul(1_000));
        source.scenario = source::cut_short(source.scenario, until)?;
    }
    if let Some(format) = run.print {
        let document = Document::of(&source.scenario);
        let text = match format {
            Format::Toml => document.to_toml(),
            Format::Json => document.to_json() + "\n",
        };
        io::stdout().lock().write_all(text.as_bytes())?;
        return Ok(Ended::Well);
    }
    let plan = source::plan(&run.source.scenario, source.scenario, seed)?;
    if let Some(which) = run.occasions {
        return occasions::command(plan, which);
    }
    let (mut account, world) = play(plan.clone());
    account.set = run.source.set.clone();
    match run.trace.as_deref() {
        // Then standard output is the trace's.
        Some(path) if path == Path::new("-") => {
            account.write(&mut anstream::stderr().lock(), &world)?;
            trace(plan, io::stdout().lock())?;
        }
        Some(path) => {
            let file = File::create(path).map_err(|error| Failure::writing(path, &error))?;
            trace(plan, file).map_err(|error| Failure::writing(path, &error))?;
            account.write(&mut anstream::stdout().lock(), &world)?;
        }
        None => account.write(&mut anstream::stdout().lock(), &world)?,
    }
    Ok(if account.verdicts.iter().all(|it| it.holds) { Ended::Well } else { Ended::Badly })
}

fn play(plan: Arc<Plan>) -> (Account, World) {
    let mut account = Account::default();
    let mut expectations = Expectations::of(plan.scenario());
    let mut world = World::new(plan);
    let mut records = Vec::new();
    while world.step(&mut records) {
        for record in records.drain(..) {
            account.see(&record, &world);
            expectations.observe(&record);
        }
    }
    account.verdicts = expectations.verdicts();
    (account, world)
}

/// Writes all that happened.
fn trace(plan: Arc<Plan>, to: impl Write) -> io::Result<()> {
    let mut to = Utf8 { to: BufWriter::new(to), failed: None };
    let written = write_trace(&Timeline::new(plan), &mut to);
    match (written, to.failed.take()) {
        (_, Some(error)) => Err(error),
        (Err(fmt::Error), None) => Err(io::Error::other("the trace could not be written")),
        (Ok(()), None) => to.to.flush(),
    }
}

/// Text on its way to a place for bytes. It keeps the error, which text has no room for.
struct Utf8<W> {
    to: W,
    failed: Option<io::Error>,
}

impl<W: Write> fmt::Write for Utf8<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.to.write_all(text.as_bytes()).map_err(|error| {
            self.failed = Some(error);
            fmt::Error
        })
    }
}
