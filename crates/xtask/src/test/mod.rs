//! `cargo xtask test`: every check, in order, with the tests counted.

pub(crate) mod browser_tests;
mod counts;

use crate::explored::Explored;
use crate::{build, cli, page_size, process, setup, workspace};
use anyhow::{Context, Result, bail};
use counts::Counts;
use setup::{Need, Toolbox};
use std::process::Command;
use std::time::{Duration, Instant};

const HELP: &str = "\
Runs every check. Usage: cargo xtask test [flags] [-- WORDS]

  --only STEP    only this step; may be given more than once. The steps, in order:
                   format      rustfmt
                   lint        clippy, natively, warnings as errors
                   lint-wasm   clippy, for wasm
                   native      unit, property and doc tests
                   bare-metal  the protocol, the simulator and the lessons without an operating system
                   browser     wasm-bindgen tests in headless Chromium
                   page        the page built by trunk, as files and as one file, and its size
                   end-to-end  Playwright against the built page (builds it first if it is not there)
  -h, --help     this text

WORDS go to the tool of the one step that is chosen:
  cargo xtask test --only native -- -p raft-core election
  cargo xtask test --only browser -- name_of_a_test
  cargo xtask test --only end-to-end -- loads.spec.mjs --headed

It stops at the first step that fails. At the end it says how much the tests explored; the last
line counts the tests that ran. `cargo xtask verify` looks further.";

/// One step.
struct Step {
    name: &'static str,
    about: &'static str,
    needs: &'static [Need],
    run: fn(&Toolbox, &[String]) -> Result<Outcome>,
    /// What to do when it fails.
    advice: &'static str,
    /// Whether it counts tests, rather than being one check.
    counts: bool,
}

/// How a step ended.
enum Outcome {
    /// All is well.
    Passed(Counts, Explored),
    /// Some tests did not pass, or the tool failed after these.
    Failed(Counts, String),
}

impl Outcome {
    /// Of a check that either succeeds or not.
    fn of_check(result: Result<()>) -> Self {
        match result {
            Ok(()) => Self::Passed(Counts::default(), Explored::default()),
            Err(error) => Self::Failed(Counts::default(), format!("{error:#}")),
        }
    }
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        about: "rustfmt",
        needs: &[],
        run: format,
        advice: "`cargo fmt --all` sets it right",
        counts: false,
    },
    Step {
        name: "lint",
        about: "clippy, warnings as errors",
        needs: &[],
        run: lint,
        advice: "read the first warning above; `cargo clippy --workspace --all-targets` shows them again",
        counts: false,
    },
    Step {
        name: "lint-wasm",
        about: "clippy for wasm, warnings as errors",
        needs: &[Need::WasmTarget],
        run: lint_wasm,
        advice: "read the first warning above; `cargo xtask test --only lint-wasm` shows them again",
        counts: false,
    },
    Step {
        name: "native",
        about: "unit, property and doc tests",
        needs: &[],
        run: native,
        advice: "`cargo xtask test --only native -- -p CRATE NAME` runs one again",
        counts: true,
    },
    Step {
        name: "bare-metal",
        about: "the protocol, the simulator and the lessons without an operating system",
        needs: &[Need::BareMetalTarget],
        run: bare_metal,
        advice: "something in raft-core, raft-sim or raft-lessons, or a dependency of theirs, uses std",
        counts: false,
    },
    Step {
        name: "browser",
        about: "wasm-bindgen tests in headless Chromium",
        needs: &[Need::WasmTarget, Need::WasmBindgen, Need::NodePackages, Need::Browser],
        run: browser_tests::run,
        advice: "`cargo xtask test --only browser -- NAME` runs one again",
        counts: true,
    },
    Step {
        name: "page",
        about: "the page built by trunk, as files and as one file, and its size",
        needs: setup::BUILD,
        run: page,
        advice: "`cargo xtask build` builds it, `cargo xtask bench --only size` says how large it is",
        counts: false,
    },
    Step {
        name: "end-to-end",
        about: "Playwright against the built page",
        needs: setup::END_TO_END,
        run: end_to_end,
        advice: "`cargo xtask test --only end-to-end -- FILE -g \"part of its title\"` runs one \
                 again; pictures and traces of what failed are in tests/results",
        counts: true,
    },
];

/// The `test` command.
pub(crate) fn command(words: Vec<String>) -> Result<()> {
    let Some(given) = cli::read(words, &[cli::option("--only")], HELP)? else {
        return Ok(());
    };
    let steps = chosen(&given.values("--only"))?;
    if !given.rest.is_empty() && steps.len() != 1 {
        let text = "words after `--` go to the tool of one step: choose it with --only STEP";
        return Err(cli::Misuse(text.to_owned()).into());
    }
    let mut needs: Vec<Need> = Vec::new();
    for need in setup::TEST {
        if steps.iter().any(|step| step.needs.contains(need)) {
            needs.push(*need);
        }
    }
    let toolbox = setup::prepare(&needs)?;
    run_all(&steps, &toolbox, &given.rest)
}

fn chosen(names: &[&str]) -> Result<Vec<&'static Step>> {
    for name in names {
        if !STEPS.iter().any(|step| step.name == *name) {
            let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            let text =
                format!("`--only {name}`: there is no such step. There are {}", known.join(", "));
            return Err(cli::Misuse(text).into());
        }
    }
    Ok(STEPS.iter().filter(|step| names.is_empty() || names.contains(&step.name)).collect())
}

fn run_all(steps: &[&Step], toolbox: &Toolbox, rest: &[String]) -> Result<()> {
    let mut total = Counts::default();
    let mut explored = Explored::default();
    let mut table = Vec::new();
    let mut failure = None;
    for (number, step) in steps.iter().enumerate() {
        process::say(&format!(
            "\n== {} of {}: {}: {}",
            number + 1,
            steps.len(),
            step.name,
            step.about
        ));
        let begun = Instant::now();
        let outcome = (step.run)(toolbox, rest)
            .unwrap_or_else(|error| Outcome::Failed(Counts::default(), format!("{error:#}")));
        let (counts, failed) = match outcome {
            Outcome::Passed(counts, more) => {
                explored = explored.and(more);
                (counts, None)
            }
            Outcome::Failed(counts, why) => (counts, Some(why)),
        };
        total = total + counts;
        table.push(row(step, begun.elapsed(), counts, failed.is_none()));
        if let Some(why) = failed {
            failure = Some(format!("{} failed: {why}\nwhat to do: {}", step.name, step.advice));
            break;
        }
    }
    process::say(&format!("\n{explored}"));
    process::say("");
    for line in &table {
        process::say(line);
    }
    for step in steps.iter().skip(table.len()) {
        process::say(&format!("  {:<11} not run", step.name));
    }
    for left_out in &toolbox.left_out {
        process::say(&format!("\nIts tests were left out. {left_out}"));
    }
    if let Some(failure) = &failure {
        process::say(&format!("\n{failure}"));
    }
    // The last line: alone, and of a form that machines read.
    process::say(&format!("\n{total}"));
    match failure {
        // It has been said already, before the counts.
        Some(_) => Err(cli::Told.into()),
        None => Ok(()),
    }
}

fn row(step: &Step, time: Duration, counts: Counts, passed: bool) -> String {
    let tests = match (step.counts, counts.ran()) {
        (false, _) => String::new(),
        (true, 0) => "no test ran".to_owned(),
        (true, _) => counts.to_string(),
    };
    let verdict = if passed { "ok" } else { "FAILED" };
    let line = format!("  {:<11} {verdict:<7} {:>13}  {tests}", step.name, process::elapsed(time));
    line.trim_end().to_owned()
}

/// The cargo that runs us, in the project's folder.
fn cargo() -> Command {
    let mut command = Command::new(process::cargo());
    command.current_dir(workspace::root());
    command
}

fn format(_: &Toolbox, rest: &[String]) -> Result<Outcome> {
    let mut command = cargo();
    command.args(["fmt", "--all", "--check"]).args(rest);
    Ok(Outcome::of_check(process::run(&mut command)))
}

fn lint(_: &Toolbox, rest: &[String]) -> Result<Outcome> {
    let mut command = cargo();
    command.args(["clippy", "--workspace", "--all-targets"]).args(rest);
    command.args(["--", "-D", "warnings"]);
    Ok(Outcome::of_check(process::run(&mut command)))
}

fn lint_wasm(toolbox: &Toolbox, rest: &[String]) -> Result<Outcome> {
    let mut command = toolbox.wasm_command(process::cargo());
    command.current_dir(workspace::root());
    // The only crates that are never in a browser.
    let excluded =
        ["xtask", "raft-interop", "raftlab", "wasm-splitter"].map(|name| ["--exclude", name]);
    command
        .args(["clippy", "--workspace"])
        .args(excluded.as_flattened())
        .args(["--target", setup::WASM]);
    command.args(rest).args(["--", "-D", "warnings"]);
    Ok(Outcome::of_check(process::run(&mut command)))
}

fn native(_: &Toolbox, rest: &[String]) -> Result<Outcome> {
    let mut command = cargo();
    command.arg("test");
    if !rest.iter().any(|word| matches!(word.as_str(), "-p" | "--package")) {
        command.arg("--workspace");
    }
    command.args(rest);
    let (status, text) = process::shown_and_kept(&mut command)?;
    let counts = Counts::of_rust_tests(&text);
    if status.success() {
        return Ok(Outcome::Passed(counts, Explored::of(&text)));
    }
    Ok(Outcome::Failed(counts, format!("`{}` ended with {status}", process::words(&command))))
}

fn bare_metal(toolbox: &Toolbox, rest: &[String]) -> Result<Outcome> {
    let mut command = toolbox.bare_metal_command(process::cargo());
    command.current_dir(workspace::root());
    command.args(["build", "--lib", "--target", setup::BARE_METAL]);
    // raft-scenarios is built as a part of the lessons.
    let packages = ["raft-core", "raft-sim", "raft-lessons"].map(|name| ["--package", name]);
    command.args(packages.as_flattened()).args(rest);
    Ok(Outcome::of_check(process::run(&mut command)))
}

fn page(toolbox: &Toolbox, _: &[String]) -> Result<Outcome> {
    Ok(Outcome::of_check(build::build(toolbox, None).and_then(|()| page_size::check())))
}

fn end_to_end(toolbox: &Toolbox, rest: &[String]) -> Result<Outcome> {
    let folder = workspace::root().join("tests");
    if !workspace::dist().join(crate::single_file::NAME).is_file() {
        build::build(toolbox, None)?;
    }
    let browser = toolbox.browser.as_ref().context("the set-up found no browser")?;
    process::say(&format!("Chromium {}: {}", browser.version, browser.chromium.display()));
    let report = workspace::scratch()?.join("end-to-end.json");
    // An old report must not be taken for this run's.
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    let mut command = toolbox.command("node");
    command.arg(folder.join("node_modules/@playwright/test/cli.js")).arg("test").args(rest);
    command.current_dir(&folder);
    command.env("RAFTLAB_CHROMIUM", &browser.chromium);
    command.env("RAFTLAB_DIST", workspace::dist());
    command.env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    let ended = process::run(&mut command);
    let Ok(text) = std::fs::read_to_string(&report) else {
        ended?;
        bail!("Playwright wrote no report to {}", report.display());
    };
    let counts = Counts::of_playwright(&text)?;
    match ended {
        Ok(()) => Ok(Outcome::Passed(counts, Explored::default())),
        Err(error) => Ok(Outcome::Failed(counts, format!("{error:#}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_in_the_help() {
        for step in STEPS {
            assert!(HELP.contains(&format!(" {} ", step.name)), "{}", step.name);
        }
    }

    #[test]
    fn steps_run_in_their_order_whatever_the_order_of_the_words() {
        let names: Vec<&str> =
            chosen(&["page", "format"]).unwrap().iter().map(|step| step.name).collect();
        assert_eq!(names, ["format", "page"]);
        assert_eq!(chosen(&[]).unwrap().len(), STEPS.len());
        assert!(chosen(&["formt"]).err().unwrap().to_string().contains("formt"));
    }
}
