//! Checks the scenario files, and packs them: one that is wrong doesn't build, and says why.

use raft_sim::{Document, Plan, ScenarioError};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), String> {
    let folder = Path::new("scenarios");
    println!("cargo::rerun-if-changed={}", folder.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("Cargo says where to write")?);
    let order = text_of(&folder.join("ORDER"))?;
    let names: Vec<&str> =
        order.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#')).collect();
    every_file_is_named(folder, &names)?;
    let mut table = String::from("&[\n");
    let mut problems = String::new();
    for name in names {
        let file = folder.join(format!("{name}.toml"));
        match packed(name, &text_of(&file)?) {
            Ok(packed) => {
                let to = out.join(name);
                fs::write(&to, packed).map_err(|error| format!("{}: {error}", to.display()))?;
                let file = file.canonicalize().map_err(|error| error.to_string())?;
                writeln!(
                    table,
                    "BuiltIn {{ name: {name:?}, packed: include_bytes!({to:?}), \
                     #[cfg(feature = \"files\")] file: include_str!({file:?}) }},"
                )
                .map_err(|error| error.to_string())?;
            }
            Err(errors) => {
                for error in errors {
                    problems.push_str(&format!("\n{}: {error}", file.display()));
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    table.push(']');
    fs::write(out.join("built_in.rs"), table).map_err(|error| error.to_string())
}

/// The scenario as its document is packed, if it can be run.
fn packed(name: &str, text: &str) -> Result<Vec<u8>, Vec<ScenarioError>> {
    let document = Document::from_toml(text)?;
    if document.name != name {
        return Err(vec![ScenarioError {
            field: "name".to_string(),
            message: format!("“{}” is not the file's name, {name}", document.name),
        }]);
    }
    Plan::new(document.scenario()?, 0, Vec::new())?;
    Ok(document.to_packed())
}

fn every_file_is_named(folder: &Path, names: &[&str]) -> Result<(), String> {
    let named: BTreeSet<&str> = names.iter().copied().collect();
    if named.len() < names.len() {
        return Err("scenarios/ORDER names a file twice".to_string());
    }
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        let file = entry.map_err(|error| error.to_string())?.path();
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if file.extension().is_some_and(|extension| extension == "toml")
            && !named.contains(stem.as_str())
        {
            return Err(format!("{} is not in scenarios/ORDER", file.display()));
        }
    }
    Ok(())
}

fn text_of(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}
