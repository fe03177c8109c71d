//! The tests that run as wasm in a headless Chromium: those of every package that
//! has wasm-bindgen-test among its dependencies. Of the page's own package all
//! test targets are meant; of the others those whose name begins with `wasm`, as
//! the rest of theirs run natively.

use super::Outcome;
use super::counts::Counts;
use crate::explored::Explored;
use crate::setup::{self, Toolbox};
use crate::{process, workspace};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The page's own package.
const PAGE: &str = "raftlab-web";

/// What to compile: a package, and which of its targets.
#[derive(Debug, PartialEq, Eq)]
struct Suite {
    package: String,
    flags: Vec<String>,
}

pub(super) fn run(toolbox: &Toolbox, rest: &[String]) -> Result<Outcome> {
    let suites = suites(&workspace::metadata()?);
    if suites.is_empty() {
        process::say("No test ran: no package has tests for the browser (wasm-bindgen-test).");
        return Ok(Outcome::Passed(Counts::default(), Explored::default()));
    }
    let mut counts = Counts::default();
    for suite in suites {
        for program in compile(toolbox, &suite)? {
            let (succeeded, more) = run_one(toolbox, &program, rest)?;
            counts = counts + more;
            if !succeeded {
                let why = format!("the browser tests of {} did not pass", suite.package);
                return Ok(Outcome::Failed(counts, why));
            }
        }
    }
    if counts.ran() == 0 {
        process::say("No test ran in the browser.");
    }
    Ok(Outcome::Passed(counts, Explored::default()))
}

fn suites(metadata: &Value) -> Vec<Suite> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut suites = Vec::new();
    for package in list(&metadata["packages"]) {
        let tested = list(&package["dependencies"]);
        if !tested.iter().any(|dependency| dependency["name"] == "wasm-bindgen-test") {
            continue;
        }
        let name = package["name"].as_str().unwrap_or_default();
        let mut flags = Vec::new();
        for target in list(&package["targets"]) {
            let kinds = list(&target["kind"]);
            let target_name = target["name"].as_str().unwrap_or_default().to_owned();
            let is_test = kinds.iter().any(|kind| kind == "test");
            if is_test && (name == PAGE || target_name.starts_with("wasm")) {
                flags.extend(["--test".to_owned(), target_name]);
            } else if name == PAGE && kinds.iter().any(|kind| kind == "bin") {
                flags.extend(["--bin".to_owned(), target_name]);
            } else if name == PAGE && kinds.iter().any(|kind| kind == "lib" || kind == "rlib") {
                flags.push("--lib".to_owned());
            }
        }
        if !flags.is_empty() {
            suites.push(Suite { package: name.to_owned(), flags });
        }
    }
    suites
}

/// Runs one target of a package in the browser, optimised, with what it prints: a
/// measurement, not a test.
pub(crate) fn measure(toolbox: &Toolbox, package: &str, target: &str) -> Result<()> {
    let flags = ["--release", "--test", target].map(str::to_owned).to_vec();
    let suite = Suite { package: package.to_owned(), flags };
    for program in compile(toolbox, &suite)? {
        let (succeeded, _) = run_one(toolbox, &program, &["--nocapture".to_owned()])?;
        if !succeeded {
            bail!("{target} of {package} did not run to its end");
        }
    }
    Ok(())
}

/// The test programs of a suite, compiled.
fn compile(toolbox: &Toolbox, suite: &Suite) -> Result<Vec<PathBuf>> {
    let mut command = toolbox.wasm_command(process::cargo());
    command.current_dir(workspace::root());
    command.args(["test", "--no-run", "--package", &suite.package, "--target", setup::WASM]);
    command.args(&suite.flags);
    // The messages for people go to the screen, those for us into a pipe.
    command.args(["--message-format", "json-render-diagnostics"]);
    command.stderr(std::process::Stdio::inherit());
    let output = command.stdin(std::process::Stdio::null()).output();
    let output = output.with_context(|| format!("cannot start `{}`", process::words(&command)))?;
    if !output.status.success() {
        bail!("the browser tests of {} do not compile", suite.package);
    }
    Ok(programs(&String::from_utf8_lossy(&output.stdout)))
}

fn programs(messages: &str) -> Vec<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let tests = messages.filter(|message| message["profile"]["test"] == true);
    tests.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?))).collect()
}

fn run_one(toolbox: &Toolbox, program: &PathBuf, rest: &[String]) -> Result<(bool, Counts)> {
    let browser = toolbox.browser.as_ref().context("the set-up found no browser")?;
    let runner = toolbox.wasm_test_runner.clone().context("the set-up found no test runner")?;
    // The runner reads webdriver.json from the folder that it is started in: one
    // of ours, since the file names this machine's browser.
    let folder = workspace::scratch()?.join("webdriver");
    std::fs::create_dir_all(&folder)?;
    let options = json!({"goog:chromeOptions": {
        "binary": browser.chromium,
        "args": setup::CHROMIUM_FLAGS,
    }});
    std::fs::write(folder.join("webdriver.json"), options.to_string())?;
    let mut command = toolbox.command(runner);
    command.arg(program).args(rest).current_dir(&folder);
    command.env("CHROMEDRIVER", &browser.chromedriver);
    // Whatever a test file configures, this step is the browser's.
    command.env("WASM_BINDGEN_USE_BROWSER", "1");
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    let (status, text) = process::shown_and_kept(&mut command)?;
    Ok((status.success(), Counts::of_rust_tests(&text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_found_by_their_dependency() {
        let metadata = json!({"packages": [
            {"name": "raft-core", "dependencies": [], "targets": [
                {"name": "wasm", "kind": ["test"]}]},
            {"name": "raft-sim", "dependencies": [{"name": "wasm-bindgen-test"}], "targets": [
                {"name": "raft_sim", "kind": ["lib"]},
                {"name": "wasm_trace", "kind": ["test"]},
                {"name": "schedules", "kind": ["test"]}]},
            {"name": "raftlab-web", "dependencies": [{"name": "wasm-bindgen-test"}], "targets": [
                {"name": "raftlab-web", "kind": ["bin"]},
                {"name": "page", "kind": ["test"]}]},
        ]});
        let flags = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(
            suites(&metadata),
            [
                Suite { package: "raft-sim".into(), flags: flags(&["--test", "wasm_trace"]) },
                Suite {
                    package: PAGE.into(),
                    flags: flags(&["--bin", "raftlab-web", "--test", "page"])
                },
            ]
        );
    }

    #[test]
    fn only_test_programs_are_run() {
        let messages = "{\"profile\":{\"test\":true},\"executable\":\"/a.wasm\"}\n\
                        {\"profile\":{\"test\":false},\"executable\":\"/b.wasm\"}\n\
                        {\"reason\":\"build-finished\"}\n";
        assert_eq!(programs(messages), [PathBuf::from("/a.wasm")]);
    }
}
