//! `raftlab hunt`: looks for a run that breaks a promise, and makes it small.

use crate::arguments;
use crate::report::{BAD, Ended, Failure, GOOD, QUIET};
use crate::source;
use raft_experiments::{Find, Hunt, Outcome, Progress, interventions};
use raft_sim::Property;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often progress is told where nobody watches, as in a log.
const IN_A_LOG_EVERY: Duration = Duration::from_secs(10);

pub(crate) fn command(arguments: &arguments::Hunt) -> crate::Result {
    let of = arguments.property.as_deref().map(property).transpose()?;
    let name = &arguments.source.scenario;
    let hunt = Hunt {
        scenario: source::load(&arguments.source)?.scenario,
        first: arguments.first,
        attempts: arguments.seeds,
        jobs: arguments.jobs.unwrap_or_else(all_processors),
        of,
    };
    let stop = Arc::new(AtomicBool::new(false));
    let told_to_stop = stop.clone();
    // Without it Ctrl-C ends the program at once, and what was found is not written.
    let _ = ctrlc::set_handler(move || told_to_stop.store(true, Ordering::Relaxed));
    let began = Instant::now();
    let mut teller = Teller::new();
    let outcome = hunt.run(&stop, |progress| teller.tell(progress));
    teller.clear();
    let outcome = outcome.map_err(|errors| source::all(name, &errors))?;
    let seconds = began.elapsed().as_secs_f64();
    let mut stdout = anstream::stdout().lock();
    match outcome {
        Outcome::Nothing { runs } => {
            writeln!(stdout, "{GOOD}nothing found{GOOD:#} in {runs} runs ({seconds:.1} s)")?;
            Ok(Ended::Well)
        }
        Outcome::Stopped { runs } => {
            writeln!(stdout, "stopped; nothing found in {runs} runs ({seconds:.1} s)")?;
            Ok(Ended::Well)
        }
        Outcome::Found(find) => {
            let path = arguments.out.clone().unwrap_or_else(|| {
                PathBuf::from(format!("{}-found.toml", find.shrunk.scenario.name))
            });
            std::fs::write(&path, source::as_file(&find))
                .map_err(|error| Failure::writing(&path, &error))?;
            told(&mut stdout, &find, &path)?;
            Ok(Ended::Badly)
        }
    }
}

/// Says what was found.
fn told(to: &mut impl io::Write, find: &Find, path: &Path) -> io::Result<()> {
    let Find { found, shrunk, runs } = find;
    writeln!(to, "{BAD}found{BAD:#} with seed {}: {}", found.seed, shrunk.violation)?;
    writeln!(
        to,
        "{} interventions, {} before {runs} runs made them fewer:",
        interventions(&shrunk.scenario),
        interventions(&found.scenario)
    )?;
    for step in &shrunk.scenario.script {
        writeln!(to, "  {QUIET}{:>12}{QUIET:#}  {}", step.at.to_string(), step.action)?;
    }
    for rule in &shrunk.scenario.rules {
        writeln!(to, "  {QUIET}{rule}{QUIET:#}")?;
    }
    writeln!(to, "To see it again: raftlab run {}", path.display())
}

fn property(name: &str) -> Result<Property, Failure> {
    let key = |text: &str| text.to_ascii_lowercase().replace([' ', '_'], "-");
    let all = Property::ALL.into_iter();
    all.clone().find(|property| key(&property.to_string()) == key(name)).ok_or_else(|| {
        let names: Vec<String> = all.map(|property| key(&property.to_string())).collect();
        Failure::input("--property", format!("“{name}” is none of {}", names.join(", ")))
    })
}

fn all_processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| count.get() as u32)
}

/// Tells how far a hunt is: in one line that changes, where somebody watches.
struct Teller {
    is_watched: bool,
    told_at: Instant,
    is_dirty: bool,
}

impl Teller {
    fn new() -> Teller {
        let is_watched = io::stderr().is_terminal();
        Teller { is_watched, told_at: Instant::now(), is_dirty: false }
    }

    fn tell(&mut self, progress: Progress) {
        let said = match progress {
            Progress::Looking { done, of } => format!("{done} of {of} seeds"),
            Progress::Shrinking { runs, interventions } => {
                format!("found; {interventions} interventions are left after {runs} runs")
            }
        };
        let mut stderr = io::stderr().lock();
        // Progress is a courtesy: where it can't be told, the hunt goes on.
        if self.is_watched {
            let _ = write!(stderr, "\r\x1b[K{said}");
            let _ = stderr.flush();
            self.is_dirty = true;
        } else if self.told_at.elapsed() >= IN_A_LOG_EVERY {
            let _ = writeln!(stderr, "{said}");
            self.told_at = Instant::now();
        }
    }

    fn clear(&self) {
        if self.is_dirty {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}
