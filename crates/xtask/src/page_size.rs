//! How large the page is: each file as it is, and as a server sends it.

use crate::{pages, parts, process, single_file, workspace};
use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What a page loads that has an embed in it; no page of ours does.
const HOST_SCRIPT: &str = "raftlab-host.js";

/// The most that the first load of the page may be, compressed by brotli.
const MOST: u64 = 250_000;

/// Bytes as they are, and as a server would send them.
#[derive(Default, Clone, Copy)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: Option<u64>,
}

impl Size {
    fn add(&mut self, more: Size) {
        self.raw += more.raw;
        self.gzip += more.gzip;
        self.brotli = self.brotli.zip(more.brotli).map(|(sum, more)| sum + more);
    }
}

/// The files of the page, with their sizes and those of all that is loaded first.
struct Sizes {
    files: Vec<(String, Size)>,
    whole: Size,
    /// And of what may follow: not the page in one file, which is the same again.
    everything: Size,
    /// What is loaded only when it is wanted, and the page in one file.
    later: Vec<(String, Size)>,
}

/// Prints them.
pub(crate) fn print() -> Result<()> {
    let sizes = measure()?;
    sizes.print();
    if sizes.whole.brotli.is_none() {
        process::say("brotli is measured with node, which is not here");
    }
    Ok(())
}

/// Prints them.
///
/// # Errors
/// The page is larger than it may be.
pub(crate) fn check() -> Result<()> {
    let sizes = measure()?;
    sizes.print();
    match sizes.whole.brotli {
        Some(brotli) => judge(brotli),
        None => bail!("the page's size was not measured: that takes node, which is not here"),
    }
}

fn judge(brotli: u64) -> Result<()> {
    if brotli > MOST {
        bail!(
            "the page is {brotli} bytes, compressed by brotli, and may be {MOST}: ARCHITECTURE.md \
             says what costs bytes, and how they are found"
        );
    }
    Ok(())
}

impl Sizes {
    fn print(&self) {
        process::say(&format!("{:<44} {:>10} {:>10} {:>10}", "", "raw", "gzip", "brotli"));
        for (name, size) in &self.files {
            row(name, *size);
        }
        row("the first load in all", self.whole);
        for (name, size) in &self.later {
            row(name, *size);
        }
        row("all that a reader may come to load", self.everything);
    }
}

fn measure() -> Result<Sizes> {
    let dist = workspace::dist();
    let mut paths = Vec::new();
    collect(&dist, &mut paths)?;
    paths.sort();
    let mut whole = Size { brotli: Some(0), ..Size::default() };
    let mut everything = whole;
    let mut course = whole;
    let mut later = Vec::new();
    let mut files = Vec::new();
    for path in &paths {
        let size = size_of(path)?;
        let name = path.strip_prefix(&dist).unwrap_or(path).display().to_string();
        if name == single_file::NAME {
            later.push((format!("{name} (all in one file)"), size));
            continue;
        }
        everything.add(size);
        // The course's pages are many small files, each read by itself.
        if name.starts_with(pages::FOLDER) {
            course.add(size);
            continue;
        }
        let when = if name.starts_with("raftlab-files") {
            Some("with a file")
        } else if name.starts_with("raftlab-lessons") {
            Some("with a lesson")
        } else if name.ends_with(parts::LATER) {
            Some("once it plays")
        } else if name == HOST_SCRIPT {
            Some("for host pages")
        } else {
            None
        };
        if let Some(when) = when {
            later.push((format!("{name} ({when})"), size));
            continue;
        }
        whole.add(size);
        files.push((name, size));
    }
    later.push((format!("{}/ (the course's pages, all of them)", pages::FOLDER), course));
    Ok(Sizes { files, whole, everything, later })
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
    fn a_page_that_is_too_large_is_an_error_that_says_by_how_much() {
        assert!(judge(MOST).is_ok());
        assert!(judge(MOST + 1).unwrap_err().to_string().contains("250001 bytes"));
    }
}
