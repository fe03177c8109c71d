//! What one may type.

use clap::{Args, Parser, Subcommand, ValueEnum};
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
    /// Lists the built-in scenarios
    List,
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
    /// Prints the scenario as a file that one can change, and does not run it
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["trace", "until"])]
    pub(crate) print: Option<Format>,
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
    fn the_arguments_make_sense_to_clap() {
        Arguments::command().debug_assert();
    }
}
