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
    let listed = listed(&order)?;
    every_file_is_named(folder, &listed)?;
    let mut table = String::from("&[\n");
    let mut packed = String::from("&[\n");
    let mut problems = String::new();
    for (place, Listed { name, topic, counterpart }) in listed.iter().enumerate() {
        let file = folder.join(format!("{name}.toml"));
        match checked(name, &text_of(&file)?) {
            Ok(document) => {
                let to = out.join(name);
                let title = &document.title;
                fs::write(&to, document.to_packed())
                    .map_err(|error| format!("{}: {error}", to.display()))?;
                let file = file.canonicalize().map_err(|error| error.to_string())?;
                writeln!(
                    table,
                    "BuiltIn {{ name: {name:?}, title: {title:?}, topic: {topic:?}, \
                     counterpart: {counterpart:?}, place: {place}, \
                     #[cfg(feature = \"files\")] file: include_str!({file:?}) }},"
                )
                .map_err(|error| error.to_string())?;
                writeln!(packed, "include_bytes!({to:?}),").map_err(|error| error.to_string())?;
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
    packed.push(']');
    fs::write(out.join("packed.rs"), packed).map_err(|error| error.to_string())?;
    fs::write(out.join("built_in.rs"), table).map_err(|error| error.to_string())
}

/// A line of ORDER.
struct Listed<'a> {
    name: &'a str,
    topic: &'a str,
    counterpart: Option<&'a str>,
}

fn listed(order: &str) -> Result<Vec<Listed<'_>>, String> {
    let mut topic = None;
    let mut listed = Vec::new();
    let lines = order.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(title) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            topic = Some(title);
            continue;
        }
        let topic = topic.ok_or("scenarios/ORDER begins with a [topic]")?;
        match line.split_once('/').map(|(one, other)| (one.trim(), other.trim())) {
            Some((one, other)) => {
                listed.push(Listed { name: one, topic, counterpart: Some(other) });
                listed.push(Listed { name: other, topic, counterpart: Some(one) });
            }
            None => listed.push(Listed { name: line, topic, counterpart: None }),
        }
    }
    Ok(listed)
}

/// The scenario's document, if it can be run.
fn checked(name: &str, text: &str) -> Result<Document, Vec<ScenarioError>> {
    let document = Document::from_toml(text)?;
    if document.name != name {
        let wrong = format!("“{}” is not the file's name, {name}", document.name);
        return Err(vec![ScenarioError::of("name", wrong)]);
    }
    Plan::new(document.scenario()?, 0, Vec::new())?;
    Ok(document)
}

fn every_file_is_named(folder: &Path, listed: &[Listed<'_>]) -> Result<(), String> {
    let named: BTreeSet<&str> = listed.iter().map(|it| it.name).collect();
    if named.len() < listed.len() {
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
