//! Downloading a tool's own prebuilt release: the quick way, where the network
//! lets us. Where it does not, that is known within seconds.

use super::cache;
use crate::process;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Downloads an archive, and puts the named programs into `folder/bin`.
pub(crate) fn install(address: &str, programs: &[&str], folder: &Path) -> Result<()> {
    let installed = try_install(address, programs, folder);
    if installed.is_err() {
        // The next way gets the folder as empty as this one got it.
        cache::remove(folder)?;
        fs::create_dir_all(folder)?;
    }
    installed
}

fn try_install(address: &str, programs: &[&str], folder: &Path) -> Result<()> {
    let unpacked = folder.join("unpacked");
    fs::create_dir_all(&unpacked)?;
    fs::create_dir_all(folder.join("bin"))?;
    let archive = folder.join(address.rsplit('/').next().unwrap_or("archive"));
    fetch(address, &archive)?;
    unpack(&archive, &unpacked)?;
    for program in programs {
        let ending = if cfg!(windows) { ".exe" } else { "" };
        let file = format!("{program}{ending}");
        let from = find(&unpacked, &file)?
            .with_context(|| format!("{} holds no {file}", archive.display()))?;
        fs::rename(from, folder.join("bin").join(file))?;
    }
    fs::remove_file(&archive)?;
    cache::remove(&unpacked)
}

fn fetch(address: &str, to: &Path) -> Result<()> {
    let mut command = if let Some(curl) = process::on_path("curl") {
        let mut command = Command::new(curl);
        command.args(["--fail", "--silent", "--show-error", "--location"]);
        command.args(["--connect-timeout", "5", "--max-time", "300", "--output"]);
        command.arg(to).arg(address);
        command
    } else if let Some(wget) = process::on_path("wget") {
        let mut command = Command::new(wget);
        command.args(["--quiet", "--connect-timeout=5", "--tries=1", "--output-document"]);
        command.arg(to).arg(address);
        command
    } else {
        bail!("there is neither curl nor wget here");
    };
    let ended = process::capture(&mut command, Duration::from_secs(310))?;
    if !ended.status.success() {
        let why = ended.stderr.lines().last().unwrap_or("it does not say why").trim();
        bail!("{address} can't be downloaded: {why}");
    }
    Ok(())
}

fn unpack(archive: &Path, into: &Path) -> Result<()> {
    let is_zip = archive.extension().is_some_and(|extension| extension == "zip");
    let mut command = match process::on_path("unzip") {
        Some(unzip) if is_zip => {
            let mut command = Command::new(unzip);
            command.arg("-q").arg(archive).arg("-d").arg(into);
            command
        }
        // The tar of macOS and Windows reads zip files too.
        _ => {
            let mut command = Command::new("tar");
            command.arg("-xf").arg(archive).arg("-C").arg(into);
            command
        }
    };
    process::output_of(&mut command, Duration::from_secs(120)).map(|_| ())
}

fn find(folder: &Path, name: &str) -> Result<Option<PathBuf>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if let Some(found) = find(&path, name)? {
                return Ok(Some(found));
            }
        } else if path.file_name().is_some_and(|file| file == name) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
