//! Where the project is, and what its lock file says.

use crate::process;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// The project's top folder.
pub(crate) fn root() -> PathBuf {
    // Cargo tells a program that it runs where its package is. The path at
    // compile time is for when the binary is started by hand; a target folder
    // shared between clones would make it the wrong clone's.
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .filter(|folder| folder.ends_with("crates/xtask"))
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let root = package.ancestors().nth(2);
    root.expect("xtask lives two folders below the top").to_path_buf()
}

/// The built page.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// What cargo says of the workspace.
pub(crate) fn metadata() -> Result<Value> {
    metadata_by(&mut Command::new(process::cargo()))
}

fn metadata_by(cargo: &mut Command) -> Result<Value> {
    cargo.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(root());
    let text = process::output_of(cargo, Duration::from_secs(120))?;
    serde_json::from_str(&text).context("`cargo metadata` wrote no JSON")
}

/// Cargo's target folder, which a variable or one of cargo's own files may name.
pub(crate) fn target() -> Result<PathBuf> {
    target_in(&metadata()?)
}

fn target_in(metadata: &Value) -> Result<PathBuf> {
    let folder = metadata["target_directory"].as_str();
    folder.map(PathBuf::from).context("`cargo metadata` names no target folder")
}

/// Our own scratch folder, inside cargo's target folder.
pub(crate) fn scratch() -> Result<PathBuf> {
    let scratch = target()?.join("xtask");
    std::fs::create_dir_all(&scratch)
        .with_context(|| format!("cannot make the folder {}", scratch.display()))?;
    Ok(scratch)
}

/// The version of a package in the project's Cargo.lock.
pub(crate) fn locked_version(package: &str) -> Result<String> {
    let path = root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    match version_in_lock(&lock, package) {
        Some(version) => Ok(version),
        None => bail!(
            "Cargo.lock names no package `{package}`: add it to web/Cargo.toml, or run `cargo update -p {package}`"
        ),
    }
}

fn version_in_lock(lock: &str, package: &str) -> Option<String> {
    let wanted = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == wanted)?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_by_its_exact_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in_lock(lock, "wasm"), None);
    }

    #[test]
    fn the_target_folder_is_where_cargo_has_it() {
        let mut cargo = Command::new(process::cargo());
        // As `build.target-dir` in a file of cargo's settings does.
        cargo.env_remove("CARGO_TARGET_DIR").env("CARGO_BUILD_TARGET_DIR", "elsewhere");
        let folder = target_in(&metadata_by(&mut cargo).unwrap()).unwrap();
        assert_eq!(folder, root().join("elsewhere"));
    }

    #[test]
    fn the_top_folder_has_the_lock_file() {
        assert!(root().join("Cargo.lock").is_file());
    }
}
