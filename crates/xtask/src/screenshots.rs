//! `cargo xtask screenshots`: pictures of the built page, for the README and for whoever
//! wants to look at it in every size.

use crate::{build, cli, process, setup, workspace};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

const HELP: &str = "\
Takes pictures of the built page. Usage: cargo xtask screenshots [flags]

  --all          not those of the README (docs/*.png), but every moment in every size and theme
  --out FOLDER   where those of --all go (screenshots in cargo's target folder)
  --build        builds the page first, also where dist/ has one
  -h, --help     this text

Which moments, sizes and themes there are is one table in tests/screenshots.mjs.";

/// The `screenshots` command.
pub(crate) fn command(words: Vec<String>) -> Result<()> {
    let flags = [cli::switch("--all"), cli::option("--out"), cli::switch("--build")];
    let Some(given) = cli::read(words, &flags, HELP)? else {
        return Ok(());
    };
    let out = given.value("--out");
    if out.is_some() && !given.has("--all") {
        let text = "`--out` is where the pictures of `--all` go: add `--all`, or leave it out";
        return Err(cli::Misuse(text.to_owned()).into());
    }
    let toolbox = setup::prepare(setup::BENCH)?;
    if given.has("--build") || !workspace::dist().join("index.html").is_file() {
        build::build(&toolbox, None)?;
    }
    let browser = toolbox.browser.as_ref().context("the set-up found no browser")?;
    let mut command = toolbox.command("node");
    command.arg("screenshots.mjs").current_dir(workspace::root().join("tests"));
    command.env("RAFTLAB_CHROMIUM", &browser.chromium);
    command.env("RAFTLAB_DIST", workspace::dist());
    if given.has("--all") {
        command.env("RAFTLAB_PICTURES", folder(out)?);
    }
    process::run(&mut command)
}

/// The folder that was named from where the command was given, else one of our own.
fn folder(named: Option<&str>) -> Result<PathBuf> {
    match named {
        Some(named) => std::path::absolute(Path::new(named))
            .with_context(|| format!("`--out {named}` is no folder")),
        None => Ok(workspace::target()?.join("screenshots")),
    }
}
