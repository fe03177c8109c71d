//! `cargo xtask pages`: the course as pages of its own, beside the page that plays it. trunk runs
//! it when it has built that (`Trunk.toml`), so that whoever types `trunk serve` has them as well.

use crate::{cli, process, workspace};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
Writes the course's pages. Usage: cargo xtask pages [flags]

  --out DIR      into this folder; else, where trunk runs it, into lessons/ of what that builds
  -h, --help     this text

`raftlab lesson pages` does the work.";

/// Where trunk puts what it builds.
const STAGING: &str = "TRUNK_STAGING_DIR";
/// The address of the site, where `cargo xtask build --site-url` was told one.
pub(crate) const SITE_URL: &str = "RAFTLAB_SITE_URL";
/// The folder beside index.html.
pub(crate) const FOLDER: &str = "lessons";

/// The `pages` command.
pub(crate) fn command(words: Vec<String>) -> Result<()> {
    let Some(given) = cli::read(words, &[cli::option("--out")], HELP)? else {
        return Ok(());
    };
    let out = match (given.value("--out"), std::env::var_os(STAGING)) {
        (Some(out), _) => PathBuf::from(out),
        (None, Some(staging)) => PathBuf::from(staging).join(FOLDER),
        (None, None) => {
            let wrong = format!("where to? Give --out DIR: trunk has not started this.\n\n{HELP}");
            return Err(cli::Misuse(wrong).into());
        }
    };
    let site = std::env::var(SITE_URL).ok();
    let raftlab = raftlab()?;
    // They are of what is compiled into it: as long as that is the same, so are they.
    let kept = workspace::scratch()?.join("pages");
    let key = kept.join("of");
    let is_of = format!("{:?} {site:?}", fs::metadata(&raftlab)?.modified()?);
    if fs::read_to_string(&key).ok().as_deref() != Some(&is_of) {
        if kept.exists() {
            fs::remove_dir_all(&kept)
                .with_context(|| format!("cannot empty {}", kept.display()))?;
        }
        let mut write = Command::new(&raftlab);
        write.args(["lesson", "pages", "--output"]).arg(kept.join(FOLDER));
        if let Some(site) = &site {
            write.args(["--site-url", &format!("{}/{FOLDER}", site.trim_end_matches('/'))]);
        }
        fs::create_dir_all(&kept)?;
        process::run(&mut write)?;
        fs::write(&key, is_of)?;
    }
    copy(&kept.join(FOLDER), &out)
}

/// The command, as the tests build it too: with what the whole workspace wants of each crate, so
/// that nothing is compiled a second time.
fn raftlab() -> Result<PathBuf> {
    let mut build = Command::new(process::cargo());
    build.args(["build", "--quiet", "--workspace", "--bin", "raftlab"]);
    build.current_dir(workspace::root());
    // What trunk tells the compiler of the page is not for this.
    for variable in ["CARGO_BUILD_TARGET", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        build.env_remove(variable);
    }
    process::run(&mut build)?;
    let name = format!("raftlab{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace::target()?.join("debug").join(name))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let path = to.join(entry.file_name());
        fs::copy(entry.path(), &path)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
