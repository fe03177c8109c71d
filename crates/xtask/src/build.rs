//! `cargo xtask build`: the optimised page, as files and as one file.

use crate::{cli, pages, parts, process, setup, single_file, slim, workspace};
use anyhow::{Context, Result};
use std::process::Command;

const HELP: &str = "\
Builds the optimised page into dist/. Usage: cargo xtask build [flags]

  --site-url URL where dist/ will be on the web: previews of a link to a lesson show its picture
                 and title then, which takes whole addresses
  -h, --help     this text

dist/ works from any path of any static host. dist/raftlab.html is the same page in one file: it
opens from disk by a double click, and inside <iframe sandbox=\"allow-scripts\">.";

/// The `build` command.
pub(crate) fn command(words: Vec<String>) -> Result<()> {
    let Some(given) = cli::read(words, &[cli::option("--site-url")], HELP)? else {
        return Ok(());
    };
    build(&setup::prepare(setup::BUILD)?, given.value("--site-url"))?;
    process::say(
        "Built: dist/ for a static host, with the course in dist/lessons/, and dist/raftlab.html: \
         the page in one file.",
    );
    Ok(())
}

/// Builds both; with the address of the site, what previews of its pages need as well.
pub(crate) fn build(toolbox: &setup::Toolbox, site_url: Option<&str>) -> Result<()> {
    let trunk = toolbox.trunk.clone().context("the set-up found no trunk")?;
    let mut command = toolbox.wasm_command(trunk);
    command.args(["build", "--release"]).current_dir(workspace::root());
    command.arg("--dist").arg(workspace::dist());
    command.env(parts::WANTED, "1");
    if let Some(site_url) = site_url {
        command.env(pages::SITE_URL, site_url);
    }
    tell_trunk(&mut command)?;
    process::run(&mut command)?;
    parts::take_apart(&workspace::dist(), toolbox)?;
    slim::slim(&workspace::dist())?;
    let page = single_file::pack(&workspace::dist())?;
    let path = workspace::dist().join(single_file::NAME);
    std::fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))
}

/// What every trunk that we start is told.
pub(crate) fn tell_trunk(command: &mut Command) -> Result<()> {
    // All its tools are there: it need not look for them elsewhere. It says the
    // same to cargo, so the crates must be there too.
    let mut fetch = Command::new(process::cargo());
    fetch.args(["fetch", "--quiet"]).current_dir(workspace::root());
    process::run(&mut fetch).context("the crates of the page can't be had")?;
    command.args(["--offline", "true"]);
    // For others any value of NO_COLOR means yes; trunk wants a word.
    if std::env::var_os("NO_COLOR").is_some() {
        command.env("NO_COLOR", "true");
    }
    // It would add its own call stack to every error in our code.
    command.env_remove("RUST_BACKTRACE");
    Ok(())
}
