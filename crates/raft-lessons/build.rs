//! Reads the lessons and the glossary, and packs them: one that is wrong doesn't build, and says why.
//!
//! It reads them with the very code that the command uses, which is a part of this crate and
//! can't be linked before it is built.

#![allow(dead_code, unreachable_pub, unused_imports, clippy::unwrap_used)]

extern crate alloc;

#[path = "src/glossary.rs"]
mod glossary;
#[path = "src/lesson.rs"]
mod lesson;
#[path = "src/narration.rs"]
mod narration;
#[path = "src/reference.rs"]
mod reference;
#[path = "src/text/mod.rs"]
mod text;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=lessons");
    println!("cargo::rerun-if-changed=glossary.toml");
    println!("cargo::rerun-if-changed=src");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("Cargo says where to write")?);
    let mut folders = Vec::new();
    for entry in fs::read_dir("lessons").map_err(|error| format!("lessons: {error}"))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (number, lesson) = name.split_once('-').unwrap_or((&name, ""));
            let number: u8 = number.parse().map_err(|_| {
                format!("lessons/{name}: the name begins with the lesson's number, such as 03-a-clean-election")
            })?;
            folders.push((number, lesson.to_owned(), name.clone(), path));
        }
    }
    folders.sort();
    if let Some(twice) = folders.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("lessons: {} and {} have the same number", twice[0].2, twice[1].2));
    }
    let names: Vec<String> = folders.iter().map(|folder| folder.1.clone()).collect();
    let mut table = String::from("&[\n");
    let mut problems = String::new();
    for (number, _, folder, path) in &folders {
        let mut file = |name: &str| read(&path.join(name));
        match text::read(folder, &mut file, Some(&names)) {
            Ok(read) => {
                let lesson = read.lesson;
                let to = out.join(&lesson.name);
                fs::write(&to, lesson.to_packed())
                    .map_err(|error| format!("{}: {error}", to.display()))?;
                let (name, title, group, summary) =
                    (&lesson.name, &lesson.title, &lesson.group, &lesson.summary);
                writeln!(
                    table,
                    "BuiltIn {{ number: {number}, name: {name:?}, title: {title:?}, group: {group:?}, \
                     summary: {summary:?}, #[cfg(feature = \"built-in\")] packed: include_bytes!({to:?}) }},"
                )
                .map_err(|error| error.to_string())?;
            }
            Err(found) => {
                for problem in found {
                    problems.push_str(&format!("\nlessons/{folder}/{problem}"));
                }
            }
        }
    }
    match text::read_glossary(&read(Path::new("glossary.toml"))?) {
        Ok(glossary) => fs::write(out.join("glossary"), glossary.to_packed())
            .map_err(|error| format!("glossary: {error}"))?,
        Err(found) => found.iter().for_each(|it| problems.push_str(&format!("\n{it}"))),
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    table.push(']');
    fs::write(out.join("built_in.rs"), table).map_err(|error| error.to_string())
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("it can't be read: {error}"))
}
