//! `cargo xtask verify`: the searches of the tests, for as long as they are worth it. What
//! `test` does in seconds, this does in some twenty minutes.

use crate::explored::Explored;
use crate::{cli, process, workspace};
use anyhow::{Result, bail};
use std::process::Command;
use std::time::{Duration, Instant};

const HELP: &str = "\
Looks further than the tests do, in an optimised build with every debug assertion in it.
Usage: cargo xtask verify [flags]

  --only PART    only this part; may be given more than once. The parts, in order:
                   exhaustive  every run of small clusters, within larger bounds
                   nodes       hostile input to one node, and random schedules of raft-core alone
                   schedules   random schedules of the simulator, with every monitor on
                   mixed       random schedules of clusters of ours and of the raft crate
                   lessons     every lesson and every claim of the ledger, with a hundred seeds
                   fuzz        input that libFuzzer thinks of, for some minutes
  -h, --help     this text

It needs some gigabytes of memory, and some twenty minutes. Every part runs, whatever became
of those before it. `fuzz` is left out where cargo-fuzz or a nightly compiler is not there.
The summary at the end says how much was explored.";

/// How long the fuzz targets of a crate are fuzzed, together.
const FUZZ: Duration = Duration::from_secs(360);
/// The most memory that a fuzz target may take, in megabytes, and the most in one piece:
/// whatever the input, reading it and running it for a while stays within that.
const FUZZ_MEMORY: (u32, u32) = (512, 128);

/// One part.
struct Part {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<Ended>,
}

/// How a part ended that could be run.
enum Ended {
    /// It found nothing wrong in all this.
    Well(Explored),
    /// It did find something, or the tool failed.
    Badly(Explored, String),
    /// It was not run, and this is how it would be.
    LeftOut(String),
}

const PARTS: &[Part] = &[
    Part { name: "exhaustive", about: "every run of small clusters", run: exhaustive },
    Part { name: "nodes", about: "hostile input, and schedules of raft-core alone", run: nodes },
    Part { name: "schedules", about: "random schedules, every monitor on", run: schedules },
    Part { name: "mixed", about: "random schedules of mixed clusters", run: mixed },
    Part { name: "lessons", about: "the course, with a hundred seeds", run: lessons },
    Part { name: "fuzz", about: "input that libFuzzer thinks of", run: fuzz },
];

/// The `verify` command.
pub(crate) fn command(words: Vec<String>) -> Result<()> {
    let Some(given) = cli::read(words, &[cli::option("--only")], HELP)? else {
        return Ok(());
    };
    if !given.rest.is_empty() {
        return Err(cli::Misuse(format!("nothing is handed on after `--` here.\n\n{HELP}")).into());
    }
    let parts = chosen(&given.values("--only"))?;
    let mut explored = Explored::default();
    let mut table = Vec::new();
    let mut failed = false;
    for (place, part) in (1..).zip(&parts) {
        process::say(&format!("\n== {place} of {}: {}: {}", parts.len(), part.name, part.about));
        let begun = Instant::now();
        let ended = (part.run)()
            .unwrap_or_else(|error| Ended::Badly(Explored::default(), format!("{error:#}")));
        let (verdict, remark) = match ended {
            Ended::Well(more) => {
                explored = explored.and(more);
                ("ok", String::new())
            }
            Ended::Badly(more, why) => {
                explored = explored.and(more);
                failed = true;
                ("FAILED", why)
            }
            Ended::LeftOut(how) => ("left out", how),
        };
        let time = process::elapsed(begun.elapsed());
        let row = format!("  {:<11} {verdict:<9} {time:>13}  {remark}", part.name);
        table.push(row.trim_end().to_owned());
    }
    process::say(&format!("\n{explored}\n"));
    table.iter().for_each(|row| process::say(row));
    if failed { Err(cli::Told.into()) } else { Ok(()) }
}

fn chosen(names: &[&str]) -> Result<Vec<&'static Part>> {
    for name in names {
        if !PARTS.iter().any(|part| part.name == *name) {
            let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
            let text =
                format!("`--only {name}`: there is no such part. There are {}", known.join(", "));
            return Err(cli::Misuse(text).into());
        }
    }
    Ok(PARTS.iter().filter(|part| names.is_empty() || names.contains(&part.name)).collect())
}

/// Tests of one package, optimised, with the variables that make them look further.
fn tests(package: &str, words: &[&str], variables: &[(&str, &str)]) -> Result<Ended> {
    let mut command = Command::new(process::cargo());
    command.current_dir(workspace::root());
    command.args(["test", "--profile", "verify", "--package", package]).args(words);
    command.envs(variables.iter().copied());
    let (status, text) = process::shown_and_kept(&mut command)?;
    let explored = Explored::of(&text);
    if status.success() {
        return Ok(Ended::Well(explored));
    }
    Ok(Ended::Badly(explored, format!("`{}` ended with {status}", process::words(&command))))
}

fn exhaustive() -> Result<Ended> {
    tests("raft-core", &["--lib", "exhaustive"], &[("RAFTLAB_EXHAUSTIVE", "full")])
}

fn nodes() -> Result<Ended> {
    let words = ["--lib", "--", "cluster_tests", "hostile_tests"];
    tests("raft-core", &words, &[("PROPTEST_CASES", "100000")])
}

fn schedules() -> Result<Ended> {
    tests("raft-sim", &["--test", "random_schedules"], &[("RAFTLAB_SCHEDULES", "50000")])
}

fn mixed() -> Result<Ended> {
    tests("raft-interop", &["--lib", "schedule"], &[("RAFTLAB_SCHEDULES", "50000")])
}

fn lessons() -> Result<Ended> {
    tests("raft-lessons", &["--test", "course"], &[("RAFTLAB_LESSON_SEEDS", "100")])
}

/// The crates that have fuzz targets, as cargo-fuzz lays them out, and those. What is read
/// by the simulator is text: it is mostly refused at once, and longer than a schedule.
const TARGETS: &[(&str, &[&str], u32)] = &[
    ("raft-core", &["one_node", "cluster"], 2_048),
    (
        "raft-sim",
        &["scenario_toml", "scenario_json", "scenario_packed", "trace_ours", "trace_observed"],
        8_192,
    ),
];

fn fuzz() -> Result<Ended> {
    if let Some(lacking) = lacking_for_fuzz() {
        return Ok(Ended::LeftOut(lacking));
    }
    let mut explored = Explored::default();
    for (package, targets, most_bytes) in TARGETS {
        let seconds = FUZZ.as_secs() / targets.len() as u64;
        for target in *targets {
            match fuzz_one(package, target, *most_bytes, seconds)? {
                Ended::Well(more) => explored = explored.and(more),
                Ended::Badly(more, why) => return Ok(Ended::Badly(explored.and(more), why)),
                left_out @ Ended::LeftOut(_) => return Ok(left_out),
            }
        }
    }
    Ok(Ended::Well(explored))
}

fn fuzz_one(package: &str, target: &str, most_bytes: u32, seconds: u64) -> Result<Ended> {
    let folder = workspace::root().join("crates").join(package).join("fuzz");
    let scratch = workspace::scratch()?.join("fuzz");
    // What is found goes here; what is kept in the project is only read.
    let found = scratch.join(target);
    std::fs::create_dir_all(&found)?;
    let mut command = nightly_cargo();
    command.args(["fuzz", "run", "--fuzz-dir"]).arg(&folder).arg("--target-dir");
    command.arg(scratch.join("target"));
    // The crates forbid unsafe code: a sanitizer would only make it slow.
    command.args(["--sanitizer", "none", "--debug-assertions", target]);
    command.arg(&found).arg(folder.join("corpus").join(target));
    command.arg("--").arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-max_len={most_bytes}")).args(["-print_final_stats=1", "-verbosity=0"]);
    let (in_all, in_one_piece) = FUZZ_MEMORY;
    command.arg(format!("-rss_limit_mb={in_all}")).arg(format!("-malloc_limit_mb={in_one_piece}"));
    command.current_dir(workspace::root());
    let (status, text) = process::shown_and_kept(&mut command)?;
    let inputs = inputs_tried(&text);
    let explored = inputs.map_or_else(Explored::default, |inputs| {
        Explored::of(&format!("explored: {inputs} inputs (fuzz target {target}, {seconds} s)"))
    });
    if !status.success() {
        let why = format!("`{}` ended with {status}", process::words(&command));
        return Ok(Ended::Badly(explored, why));
    }
    if inputs.is_none() {
        bail!("libFuzzer did not say how many inputs it tried");
    }
    Ok(Ended::Well(explored))
}

/// `stat::number_of_executed_units: 123456`
fn inputs_tried(text: &str) -> Option<u64> {
    let line =
        text.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?;
    line.trim().parse().ok()
}

/// Rustup's cargo, which knows of toolchains; the one that runs us may be one of them.
fn nightly_cargo() -> Command {
    let mut command = Command::new("cargo");
    command.arg("+nightly");
    for meant_for_ours in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(meant_for_ours);
    }
    command
}

fn lacking_for_fuzz() -> Option<String> {
    let limit = Duration::from_secs(30);
    let is_there = |words: &[&str]| process::output_of(nightly_cargo().args(words), limit).is_ok();
    if !is_there(&["--version"]) {
        return Some("no nightly compiler: `rustup toolchain install nightly`".to_owned());
    }
    if !is_there(&["fuzz", "--version"]) {
        return Some("no cargo-fuzz: `cargo install cargo-fuzz`".to_owned());
    }
    None
}

#[cfg(test)]
mod its_tests {
    use super::*;

    #[test]
    fn every_part_is_in_the_help() {
        for part in PARTS {
            assert!(HELP.contains(&format!(" {} ", part.name)), "{}", part.name);
        }
    }

    #[test]
    fn parts_run_in_their_order_and_a_misspelt_one_is_named() {
        let names: Vec<&str> =
            chosen(&["fuzz", "nodes"]).unwrap().iter().map(|part| part.name).collect();
        assert_eq!(names, ["nodes", "fuzz"]);
        assert!(chosen(&["fuz"]).err().unwrap().to_string().contains("fuz"));
    }

    #[test]
    fn the_number_of_inputs_is_read_from_what_libfuzzer_says() {
        let text = "Done 5 runs\nstat::number_of_executed_units: 123456\nstat::average: 1\n";
        assert_eq!(inputs_tried(text), Some(123_456));
        assert_eq!(inputs_tried("Done"), None);
    }

    #[test]
    fn every_fuzz_target_is_there() {
        for (package, targets, _) in TARGETS {
            let folder = workspace::root().join("crates").join(package).join("fuzz");
            for target in *targets {
                let program = folder.join("fuzz_targets").join(format!("{target}.rs"));
                assert!(program.is_file(), "{target}");
                assert!(folder.join("corpus").join(target).is_dir(), "{target}");
            }
            let programs = std::fs::read_dir(folder.join("fuzz_targets")).unwrap();
            assert_eq!(programs.count(), targets.len());
        }
    }
}
