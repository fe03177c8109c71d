//! `cargo xtask bench`: figures, printed and never judged. A timed test fails on
//! a busy machine; a figure that somebody looks at does not.

use crate::test::browser_tests;
use crate::{build, cli, page_size, process, setup, workspace};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const HELP: &str = "\
Prints figures; nothing here passes or fails. Usage: cargo xtask bench [flags] [-- NAMES]

  --only PART    core: proposals a second, beside the raft crate
                 (crates/raft-interop/examples/bench; the first time it is compiled)
                 speed: the simulator, natively: its speed, what is kept of a run, and
                 how long it takes to go anywhere in it (crates/raft-sim/examples/bench*.rs)
                 browser: the simulator in Chromium, and the page (tests/bench/*.mjs)
                 size: the page, raw and compressed; may be given more than once
  -h, --help     this text

NAMES choose among tests/bench/*.mjs: cargo xtask bench --only browser -- frame lighthouse";

const PARTS: &[&str] = &["core", "speed", "browser", "size"];

/// The `bench` command.
pub(crate) fn command(words: Vec<String>) -> Result<()> {
    let Some(given) = cli::read(words, &[cli::option("--only")], HELP)? else {
        return Ok(());
    };
    let chosen = given.values("--only");
    if let Some(unknown) = chosen.iter().find(|part| !PARTS.contains(part)) {
        let text =
            format!("`--only {unknown}`: there is no such part. There are {}", PARTS.join(", "));
        return Err(cli::Misuse(text).into());
    }
    let wanted = |part: &str| chosen.is_empty() || chosen.contains(&part);
    if wanted("core") {
        heading("the protocol, beside the raft crate");
        example("raft-interop", "bench", "examples/bench/main.rs")?;
    }
    if wanted("speed") {
        heading("the simulator, natively");
        example("raft-sim", "bench", "examples/bench.rs")?;
        process::say("");
        example("raft-sim", "bench_kept", "examples/bench_kept.rs")?;
    }
    if wanted("browser") || wanted("size") {
        let scripts = scripts(&given.rest)?;
        let in_browser = wanted("browser") && !scripts.is_empty();
        let needs = if in_browser { setup::BENCH } else { setup::BUILD };
        let toolbox = setup::prepare(needs)?;
        build::build(&toolbox, None)?;
        if wanted("browser") {
            browser(&toolbox, &scripts, given.rest.is_empty())?;
        }
        if wanted("size") {
            heading("the size of the page, bytes");
            page_size::print()?;
        }
    }
    Ok(())
}

fn heading(text: &str) {
    process::say(&format!("\n== {text}"));
}

/// Runs an example of a crate, optimised for speed.
fn example(package: &str, name: &str, path: &str) -> Result<()> {
    let path = format!("crates/{package}/{path}");
    if !workspace::root().join(&path).is_file() {
        process::say(&format!("nothing measured: there is no {path}"));
        return Ok(());
    }
    let mut command = Command::new(process::cargo());
    command.args(["run", "--quiet", "--package", package, "--example", name]);
    command.args(["--profile", "bench-native"]).current_dir(workspace::root());
    process::run(&mut command)
}

/// The measurements of the page, in order of their names: all, or those that are named.
fn scripts(names: &[String]) -> Result<Vec<PathBuf>> {
    let folder = workspace::root().join("tests/bench");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut scripts: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "mjs"))
        .collect();
    scripts.sort();
    let name_of = |path: &PathBuf| path.file_stem().map(|name| name.to_string_lossy().into_owned());
    let known: Vec<String> = scripts.iter().filter_map(name_of).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        let text = format!("`-- {unknown}`: there are {} in tests/bench", known.join(", "));
        return Err(cli::Misuse(text).into());
    }
    let is_wanted = |path: &PathBuf| {
        names.is_empty() || name_of(path).is_some_and(|name| names.contains(&name))
    };
    scripts.retain(is_wanted);
    Ok(scripts)
}

fn browser(toolbox: &setup::Toolbox, scripts: &[PathBuf], with_simulator: bool) -> Result<()> {
    heading("the page in Chromium");
    if scripts.is_empty() {
        process::say("nothing measured: there is no tests/bench/*.mjs");
        return Ok(());
    }
    let browser = toolbox.browser.as_ref().context("the set-up found no browser")?;
    process::say(&format!("Chromium {}", browser.version));
    if with_simulator {
        browser_tests::measure(toolbox, "raft-sim", "speed_in_browser")?;
    }
    for script in scripts {
        let mut command = toolbox.command("node");
        command.arg(script).current_dir(workspace::root().join("tests"));
        command.env("RAFTLAB_CHROMIUM", &browser.chromium);
        command.env("RAFTLAB_DIST", workspace::dist());
        process::run(&mut command)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_in_the_help_and_a_misspelt_one_is_an_error() {
        for part in PARTS {
            assert!(HELP.contains(&format!(" {part}: ")), "{part}");
        }
        let words = ["--only", "spede"].map(str::to_owned).to_vec();
        assert!(command(words).unwrap_err().to_string().contains("core, speed, browser, size"));
        let error = scripts(&["fame".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("fame") && error.contains("frame"), "{error}");
        assert_eq!(scripts(&["frame".to_owned()]).unwrap().len(), 1);
    }

    #[test]
    fn the_examples_that_it_runs_are_there() {
        for path in [
            "raft-interop/examples/bench/main.rs",
            "raft-sim/examples/bench.rs",
            "raft-sim/examples/bench_kept.rs",
        ] {
            assert!(workspace::root().join("crates").join(path).is_file(), "{path}");
        }
    }
}
