//! The packages that the end-to-end tests import, as tests/package-lock.json
//! names them. They are kept by the lock file's content, so that clones share them.

use super::cache::{self, Cache};
use super::{Options, Tool, Toolbox};
use crate::{process, workspace};
use anyhow::{Context, Result, bail};
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct NodePackages;

/// The folder of the end-to-end tests.
fn tests() -> PathBuf {
    workspace::root().join("tests")
}

/// npm, told to keep to its work.
pub(crate) fn npm() -> Result<Command> {
    for program in ["node", "npm"] {
        if process::on_path(program).is_none() {
            bail!(
                "there is no {program} here. Install Node.js 20 or newer: your system's packages \
                 `nodejs` and `npm`, or https://nodejs.org"
            );
        }
    }
    let mut command = Command::new(process::on_path("npm").context("npm was there just now")?);
    for flag in ["AUDIT", "FUND", "UPDATE_NOTIFIER"] {
        command.env(format!("NPM_CONFIG_{flag}"), "false");
    }
    Ok(command)
}

fn name_of(lock: &str) -> String {
    let mut hasher = DefaultHasher::new();
    lock.hash(&mut hasher);
    format!("test-packages-{:016x}", hasher.finish())
}

fn lock_file() -> Result<String> {
    let path = tests().join("package-lock.json");
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

impl Tool for NodePackages {
    fn name(&self) -> String {
        "the packages of tests/package-lock.json".to_owned()
    }

    fn purpose(&self) -> &'static str {
        "to drive browsers through the page, and to look at it (Playwright, Puppeteer, axe-core, Lighthouse)"
    }

    fn takes(&self) -> &'static str {
        "1 minute"
    }

    fn by_hand(&self) -> String {
        "Node.js 20 or newer, then `npm ci` in the folder tests".to_owned()
    }

    fn find(&self, cache: &Cache, _toolbox: &mut Toolbox) -> Result<Option<String>> {
        let lock = lock_file()?;
        let linked = tests().join("node_modules");
        if let Some(folder) = cache.installed(&name_of(&lock)) {
            let packages = folder.join("node_modules");
            // Ours to set right: a link that an older clone or lock file left.
            let is_link = linked.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
            if is_link && fs::read_link(&linked).is_ok_and(|target| target == packages) {
                return Ok(Some(packages.display().to_string()));
            }
            if is_link {
                fs::remove_file(&linked)?;
            }
            if !linked.exists() && link(&packages, &linked).is_ok() {
                return Ok(Some(packages.display().to_string()));
            }
        }
        // Installed in place: by a person, or where links can't be made.
        let in_place = linked.join(".package-lock.json");
        let fits = fs::read_to_string(in_place).is_ok_and(|text| same_versions(&lock, &text));
        Ok(fits.then(|| linked.display().to_string()))
    }

    fn install(&self, cache: &Cache, _options: &Options) -> Result<()> {
        let lock = lock_file()?;
        let name = name_of(&lock);
        let log = cache.log(&name);
        let linked = tests().join("node_modules");
        let ours_to_link = linked.symlink_metadata().map_or(true, |metadata| metadata.is_symlink());
        if ours_to_link {
            let folder = cache.install(&name, |folder| {
                for file in ["package.json", "package-lock.json", ".npmrc"] {
                    fs::copy(tests().join(file), folder.join(file))
                        .with_context(|| format!("cannot copy tests/{file}"))?;
                }
                install_in(folder, &log)
            })?;
            if linked.symlink_metadata().is_ok() {
                fs::remove_file(&linked)?;
            }
            if link(&folder.join("node_modules"), &linked).is_ok() {
                return Ok(());
            }
        }
        install_in(&tests(), &log)
    }
}

fn install_in(folder: &Path, log: &Path) -> Result<()> {
    let mut command = npm()?;
    command.args(["ci", "--ignore-scripts"]).current_dir(folder);
    process::with_heartbeat(&mut command, "npm", log)?;
    if folder.join("node_modules").is_dir() {
        return Ok(());
    }
    cache::remove(&folder.join("node_modules"))?;
    bail!("npm made no node_modules in {}", folder.display())
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(windows)]
fn link(to: &Path, at: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(to, at)
}

/// Whether every package that the lock file wants everywhere is installed in
/// that version. What it marks optional may be missing, on other systems.
fn same_versions(lock: &str, installed: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    let (Some(lock), Some(installed)) = (parse(lock), parse(installed)) else {
        return false;
    };
    let Some(wanted) = lock["packages"].as_object() else {
        return false;
    };
    let mut wanted = wanted
        .iter()
        .filter(|(path, package)| !path.is_empty() && package["optional"].as_bool() != Some(true));
    wanted.all(|(path, package)| installed["packages"][path]["version"] == package["version"])
}

#[cfg(test)]
mod tests_of_this {
    use super::*;

    const LOCK: &str = r#"{"packages": {"": {}, "node_modules/a": {"version": "1.0.0"},
        "node_modules/b": {"version": "2.0.0", "optional": true}}}"#;

    #[test]
    fn what_is_installed_is_compared_by_version() {
        let good = r#"{"packages": {"node_modules/a": {"version": "1.0.0"}}}"#;
        let old = r#"{"packages": {"node_modules/a": {"version": "0.9.0"}}}"#;
        assert!(same_versions(LOCK, good));
        assert!(!same_versions(LOCK, old));
        assert!(!same_versions(LOCK, "half a file {"));
    }

    #[test]
    fn another_lock_file_gets_another_folder() {
        assert_ne!(name_of("a"), name_of("b"));
    }

    #[test]
    fn the_lock_file_names_no_address() {
        assert!(!lock_file().unwrap().contains("resolved"));
    }
}
