//! What one may type.

use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};
use raft_core::Micros;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Runs, checks and hunts of the Raft consensus algorithm: the simulation behind the
/// page, without a browser.
#[derive(Parser, Debug)]
#[command(
    version,
    after_help = "Exits: 0 if everything is as it should be; 1 if a promise was broken or an \
                  expectation does not hold; 2 if the input can't be read.\n\n\
                  Examples:\n  \
                  raftlab list\n  \
                  raftlab run leader-crash --seed 7\n  \
                  raftlab run my.toml --trace - | raftlab check -\n  \
                  raftlab figure leader-crash --at 1140 -o election.svg\n  \
                  raftlab hunt leader-crash --set raft.flaws='[\"compare-only-log-length\"]'"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Plays a scenario and says what happened
    Run(Run),
    /// Checks a trace: one of ours by making its run again, another's by what it tells
    Check(Check),
    /// Looks for a seed and a schedule that break a promise, and makes them small
    Hunt(Hunt),
    /// Draws a moment of a run: the stage, the diagram around it, or the logs
    Figure(Figure),
    /// Lists the built-in scenarios
    List(List),
    /// Lists lessons, tells one in the terminal, or checks one that you write
    Lesson(Lesson),
    /// Prints the JSON schema of a format
    Schema(Schema),
}

/// A scenario, and what is to be different in it.
#[derive(Args, Debug)]
pub(crate) struct Source {
    /// The name of a built-in scenario (see `raftlab list`), or a file, TOML or JSON
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// Something that is to be other than the scenario says, such as raft.pre_vote=true or
    /// timing.preset=etcd-3.6; may be given more than once
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    pub(crate) set: Vec<String>,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
                        raftlab run leader-crash\n  \
                        raftlab run phantom-leader-lease --set raft.lease=2/1\n  \
                        raftlab run leader-crash --until 1200 --trace run.jsonl\n  \
                        raftlab run leader-crash --print toml > mine.toml\n\n\
                        A run is judged by what its scenario expects, with --set too. What is \
                        expected is of the scenario as it is written, so it may fail because of \
                        what was set: the account says so, and the exit is 1. To be judged by \
                        broken promises alone, add --set 'expectations=[]'.")]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The seed that every draw comes from: what the scenario says, else 42
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Ends the run at this moment, in milliseconds
    #[arg(long, value_name = "MS")]
    pub(crate) until: Option<u64>,
    /// Writes all that happened to a file, or to standard output where it is `-`
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    /// Prints every occasion that comes, with its time, in the words that rules, expectations
    /// and lessons are written in; `--occasions=all` adds messages, disks and timeouts
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true,
          default_missing_value = "few", conflicts_with_all = ["trace", "print"])]
    pub(crate) occasions: Option<Occasions>,
    /// Prints the scenario as a file that one can change, and does not run it
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["trace", "until"])]
    pub(crate) print: Option<Format>,
}

/// Which occasions are printed.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Occasions {
    /// Those that a story is made of.
    Few,
    /// All there are.
    All,
}

/// How a scenario is written.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// For people.
    Toml,
    /// For programs.
    Json,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
                        raftlab run leader-crash --trace - | raftlab check -\n  \
                        raftlab check their-run.jsonl\n\n\
                        What another implementation has to write is in the trace format's \
                        document, and in `raftlab schema observed-trace`.")]
pub(crate) struct Check {
    /// The trace: a file, or `-` for standard input
    #[arg(value_name = "TRACE")]
    pub(crate) trace: PathBuf,
}

#[derive(Args, Debug)]
#[command(after_help = "Each attempt plays the scenario with a seed of its own, as it is written \
                        and with random faults added. Exits: 1 if something was found, 0 if not.\n\n\
                        Examples:\n  \
                        raftlab hunt leader-crash --seeds 10000\n  \
                        raftlab hunt leader-crash --set raft.flaws='[\"vote-twice-after-restart\"]' \
                        --out found.toml")]
pub(crate) struct Hunt {
    #[command(flatten)]
    pub(crate) source: Source,
    /// How many seeds are tried
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) seeds: u64,
    /// The first of them
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) first: u64,
    /// How many threads look [default: as many as the machine runs at once]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_024))]
    pub(crate) jobs: Option<u32>,
    /// Only a violation of this property counts, such as linearizability
    #[arg(long, value_name = "NAME")]
    pub(crate) property: Option<String>,
    /// Where the small scenario goes that shows what was found [default: SCENARIO-found.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "SCENARIO may be a trace as well, one of ours or another implementation's: its run \
                        is drawn.\n\n\
                        A PNG is drawn with a font of this machine, and there must be one. An SVG names \
                        none: whoever shows it has one.\n\n\
                        Examples:\n  \
                        raftlab figure leader-crash --at 1139.4 -o election.svg\n  \
                        raftlab figure phantom-leader-lease --at 869.9 --view timeline -o stale.png\n  \
                        raftlab figure leader-crash --at 1150 --view timeline --from 1100 --to 1200 > a.svg\n  \
                        raftlab figure lagging-follower --at 2050 --view log --theme dark -o log.png\n  \
                        raftlab figure their-run.jsonl --at 28 --size 520x390 -o theirs.svg"
)]
pub(crate) struct Figure {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The moment that is drawn, in milliseconds of the run, such as 1139.4
    #[arg(long, value_name = "MS", value_parser = moment)]
    pub(crate) at: Micros,
    /// The seed that every draw comes from: what the scenario says, else 42
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// What is drawn
    #[arg(long, value_name = "VIEW", default_value = "stage")]
    pub(crate) view: FigureOf,
    /// Dark on white, or light on black
    #[arg(long, value_name = "THEME", default_value = "light")]
    pub(crate) theme: FigureTheme,
    /// How wide and high it is, in pixels, such as 800x560 [default: as high as looks well]
    #[arg(long, value_name = "WxH", value_parser = size, conflicts_with = "width")]
    pub(crate) size: Option<(u32, u32)>,
    /// How wide it is, in pixels, and as high as looks well [default: 800, a timeline 960]
    #[arg(long, value_name = "W", value_parser = value_parser!(u32).range(SIDES))]
    pub(crate) width: Option<u32>,
    /// Where a timeline begins, in milliseconds [default: two thirds of an election timeout \
    /// before the moment]
    #[arg(long, value_name = "MS", value_parser = moment)]
    pub(crate) from: Option<Micros>,
    /// Where a timeline ends, in milliseconds [default: one election timeout after its \
    /// beginning]
    #[arg(long, value_name = "MS", value_parser = moment)]
    pub(crate) to: Option<Micros>,
    /// How many pixels of a PNG are one of its size
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = value_parser!(u32).range(1..=8))]
    pub(crate) scale: u32,
    /// Where it goes: a file that ends in .svg or .png, or `-` for SVG on standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) out: PathBuf,
}

/// The sides that a figure may have.
const SIDES: RangeInclusive<i64> = 100..=8_000;

/// What a figure shows.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FigureOf {
    /// Every node with its role, term and log, and every message on its way.
    Stage,
    /// What happened around the moment: a lane a node and a client.
    Timeline,
    /// The logs side by side, with what the leader believes of the others.
    Log,
}

/// The colours of a figure.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FigureTheme {
    /// For paper.
    Light,
    /// For dark pages.
    Dark,
}

/// Milliseconds with up to three digits after the point.
fn moment(text: &str) -> Result<Micros, String> {
    let wrong = || format!("`{text}` is no moment: write milliseconds, such as 1140 or 1139.4");
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_number =
        |digits: &str| !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 3 {
        return Err(wrong());
    }
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let part: u64 = format!("{part:0<3}").parse().map_err(|_| wrong())?;
    let micros = whole.checked_mul(1_000).and_then(|it| it.checked_add(part));
    micros.map(Micros).ok_or_else(wrong)
}

/// `800x560`.
fn size(text: &str) -> Result<(u32, u32), String> {
    let wrong = || {
        let (least, most) = (SIDES.start(), SIDES.end());
        format!(
            "`{text}` is no size: write WIDTHxHEIGHT, each from {least} to {most}, such as 800x560"
        )
    };
    let (width, height) = text.split_once(['x', 'X', '×']).ok_or_else(wrong)?;
    let side = |digits: &str| {
        let side: u32 = digits.trim().parse().map_err(|_| wrong())?;
        if SIDES.contains(&i64::from(side)) { Ok(side) } else { Err(wrong()) }
    };
    Ok((side(width)?, side(height)?))
}

#[derive(Args, Debug)]
pub(crate) struct List {
    /// Lists how occasions are written, which rules, expectations and lessons wait for
    #[arg(long)]
    pub(crate) occasions: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Lesson {
    #[command(subcommand)]
    pub(crate) what: LessonCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum LessonCommand {
    /// Lists the lessons of the course
    List,
    /// Makes a folder with a small lesson in it, to be changed into yours
    New {
        /// The folder to make: a number and lower-case words, such as 01-my-lesson
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Puts its scenario beside it, as a file of its own to be changed
        #[arg(long)]
        own_scenario: bool,
    },
    /// Tells a lesson with its run's real times
    Show {
        /// The name of a lesson (see `raftlab lesson list`), the folder of one, a packed one, or
        /// a link that carries one
        #[arg(value_name = "LESSON")]
        lesson: String,
        /// Tells of each question all choices, what is replied to them, and the explanation
        #[arg(long)]
        all: bool,
        /// The seed that every draw comes from [default: the lesson's own]
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
    },
    /// Packs a lesson into one file, which the page opens
    Pack {
        /// The folder of a lesson, or the name of one of the course
        #[arg(value_name = "DIR")]
        lesson: String,
        /// Where to write it [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// The end of a link that carries it, `#lesson-data=…`, instead of a file
        #[arg(long)]
        link: bool,
    },
    /// Writes the course as pages that need no script: a front page, and one a lesson
    Pages {
        /// The folder to write them to
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        /// Where that folder will be on the web, for what previews of a link show
        #[arg(long, value_name = "URL")]
        site_url: Option<String>,
    },
    /// Plays a lesson with many seeds: each step comes, each claim holds, each question has one
    /// answer
    Check {
        /// The folder of a lesson, a packed one, a link that carries one, or the name of one of
        /// the course
        #[arg(value_name = "LESSON", required = true)]
        lessons: Vec<String>,
        /// Tells what is not so where that may come of something else, too
        #[arg(long)]
        all: bool,
        /// With how many seeds, beside the lesson's own
        #[arg(long, value_name = "N", default_value_t = 20)]
        seeds: u64,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Schema {
    /// Of which format
    pub(crate) of: SchemaOf,
}

/// What there is a schema of.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SchemaOf {
    /// A scenario as JSON; TOML has the same fields.
    Scenario,
    /// A line of a trace that `raftlab run` writes.
    Trace,
    /// A line of a trace of another implementation, for `raftlab check`.
    ObservedTrace,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn moments_and_sizes_are_read_exactly() {
        assert_eq!(moment("1139.4"), Ok(Micros(1_139_400)));
        assert_eq!(moment("0.001"), Ok(Micros(1)));
        assert_eq!(moment("12"), Ok(Micros(12_000)));
        for wrong in ["", ".", "1.", ".5", "-1", "1.2345", "soon", "1e3", "99999999999999999999"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
        assert_eq!(size("800x560"), Ok((800, 560)));
        for wrong in ["800", "x", "0x0", "800x", "99x500", "800x9000", "axb"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_arguments_make_sense_to_clap() {
        Arguments::command().debug_assert();
    }
}
