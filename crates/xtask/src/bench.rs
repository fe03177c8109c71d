//! `cargo xtask bench`: figures, printed and never judged. A timed test fails on
//! a busy machine; a figure that somebody looks at does not.

use crate::test::browser_tests;
use crate::{build, cli, process, setup, single_file, workspace};
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const HELP: &str = "\
Prints figures; nothing here passes or fails. Usage: cargo xtask bench [flags]

  --only PART    core: proposals a second, beside the raft crate
                 (crates/raft-interop/examples/bench; the first time it is compiled)
                 speed: the simulator, natively (crates/raft-sim/examples/bench.rs)
                 browser: the simulator in Chromium, and the page (tests/bench/*.mjs)
                 size: the page, raw and compressed; may be given more than once
  -h, --help     this text";

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
        example("the protocol, beside the raft crate", "raft-interop", "examples/bench/main.rs")?;
    }
    if wanted("speed") {
        example("the simulator, natively", "raft-sim", "examples/bench.rs")?;
    }
    if wanted("browser") || wanted("size") {
        let scripts = scripts();
        let in_browser = wanted("browser") && !scripts.is_empty();
        let needs = if in_browser { setup::BENCH } else { setup::BUILD };
        let toolbox = setup::prepare(needs)?;
        build::build(&toolbox)?;
        if wanted("browser") {
            browser(&toolbox, &scripts)?;
        }
        if wanted("size") {
            size()?;
        }
    }
    Ok(())
}

fn heading(text: &str) {
    process::say(&format!("\n== {text}"));
}

/// Runs a crate's example `bench`, optimised for speed.
fn example(about: &str, package: &str, path: &str) -> Result<()> {
    heading(about);
    let path = format!("crates/{package}/{path}");
    if !workspace::root().join(&path).is_file() {
        process::say(&format!("nothing measured: there is no {path}"));
        return Ok(());
    }
    let mut command = Command::new(process::cargo());
    command.args(["run", "--quiet", "--package", package, "--example", "bench"]);
    command.args(["--profile", "bench-native"]).current_dir(workspace::root());
    process::run(&mut command)
}

/// The measurements that run in the browser, in order of their names.
fn scripts() -> Vec<PathBuf> {
    let folder = workspace::root().join("tests/bench");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut scripts: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "mjs"))
        .collect();
    scripts.sort();
    scripts
}

fn browser(toolbox: &setup::Toolbox, scripts: &[PathBuf]) -> Result<()> {
    heading("the page in Chromium");
    if scripts.is_empty() {
        process::say("nothing measured: there is no tests/bench/*.mjs");
        return Ok(());
    }
    let browser = toolbox.browser.as_ref().context("the set-up found no browser")?;
    process::say(&format!("Chromium {}", browser.version));
    browser_tests::measure(toolbox, "raft-sim", "speed_in_browser")?;
    for script in scripts {
        let mut command = toolbox.command("node");
        command.arg(script).current_dir(workspace::root().join("tests"));
        command.env("RAFTLAB_CHROMIUM", &browser.chromium);
        command.env("RAFTLAB_DIST", workspace::dist());
        process::run(&mut command)?;
    }
    Ok(())
}

/// Bytes as they are, and as a server would send them.
#[derive(Default, Clone, Copy)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: Option<u64>,
}

fn size() -> Result<()> {
    heading("the size of the page, bytes");
    let dist = workspace::dist();
    let mut files = Vec::new();
    collect(&dist, &mut files)?;
    files.sort();
    process::say(&format!("{:<44} {:>10} {:>10} {:>10}", "", "raw", "gzip", "brotli"));
    let mut total = Size { brotli: Some(0), ..Size::default() };
    let mut alone = Size::default();
    for file in &files {
        let size = size_of(file)?;
        let name = file.strip_prefix(&dist).unwrap_or(file).display().to_string();
        if name == single_file::NAME {
            alone = size;
            continue;
        }
        total.raw += size.raw;
        total.gzip += size.gzip;
        total.brotli = total.brotli.zip(size.brotli).map(|(sum, more)| sum + more);
        row(&name, size);
    }
    row("the page in all", total);
    row(&format!("{} (one file)", single_file::NAME), alone);
    if total.brotli.is_none() {
        process::say("brotli is measured with node, which is not here");
    }
    Ok(())
}

fn row(name: &str, size: Size) {
    let brotli = size.brotli.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
    process::say(&format!("{name:<44} {:>10} {:>10} {brotli:>10}", size.raw, size.gzip));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn size_of(file: &Path) -> Result<Size> {
    let bytes = fs::read(file)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes)?;
    let gzip = encoder.finish()?.len() as u64;
    Ok(Size { raw: bytes.len() as u64, gzip, brotli: brotli(file) })
}

/// Node has brotli built in, and is here for the tests: one crate less to compile.
fn brotli(file: &Path) -> Option<u64> {
    let script = "const { readFileSync } = require('fs');\
                  const { brotliCompressSync } = require('zlib');\
                  console.log(brotliCompressSync(readFileSync(process.argv[1])).length)";
    let mut command = Command::new("node");
    command.args(["-e", script]).arg(file);
    process::output_of(&mut command, Duration::from_secs(120)).ok()?.trim().parse().ok()
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
    }

    #[test]
    fn the_examples_that_it_runs_are_there() {
        for path in ["raft-interop/examples/bench/main.rs", "raft-sim/examples/bench.rs"] {
            assert!(workspace::root().join("crates").join(path).is_file(), "{path}");
        }
    }
}
