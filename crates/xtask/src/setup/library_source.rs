//! The sources of Rust's standard library, of the very version of the compiler:
//! the toolchain's own, or those of Debian's package `rust-src`.

use super::cache::{self, Cache};
use super::rust_target::Compiler;
use crate::process;
use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Debian's releases that may hold the version, newest first. A machine's own
/// release is usually too old, so the others are looked at beside it, without
/// changing what the machine itself installs from.
const SUITES: &[&str] =
    &["trixie-backports", "forky", "sid", "trixie", "bookworm-backports", "bookworm"];

/// The folder `library` of the sources, where it can be built in.
pub(crate) fn matching(cache: &Cache, compiler: &Compiler) -> Result<PathBuf> {
    let name = format!("rust-src-{}", compiler.release);
    if let Some(folder) = cache.installed(&name) {
        return Ok(folder.join("library"));
    }
    let of_toolchain = compiler.sysroot.join("lib/rustlib/src/rust/library");
    if of_toolchain.join("sysroot/Cargo.toml").is_file() {
        return Ok(of_toolchain);
    }
    let folder = cache.install(&name, |folder| from_debian(&compiler.release, folder))?;
    Ok(folder.join("library"))
}

fn from_debian(release: &str, into: &Path) -> Result<()> {
    for program in ["apt-get", "apt-cache", "dpkg"] {
        if process::on_path(program).is_none() {
            bail!("there is no {program} here to get Debian's package of Rust's sources with");
        }
    }
    let apt = Apt::beside_the_machines(&into.join("apt"))?;
    let deb = apt.download("rust-src", release)?;
    let unpacked = into.join("unpacked");
    let mut command = Command::new("dpkg");
    command.arg("-x").arg(&deb).arg(&unpacked);
    process::output_of(&mut command, Duration::from_secs(300))?;
    let library = unpacked.join(format!("usr/src/rustc-{release}/library"));
    if !library.is_dir() {
        bail!("Debian's rust-src {release} has no folder {}", library.display());
    }
    fs::rename(&library, into.join("library"))?;
    // The compiler's own sources, which nobody needs here, are most of it.
    cache::remove(&unpacked)?;
    cache::remove(&into.join("apt"))
}

/// An apt of our own: other releases of Debian, our own lists, and the machine's
/// mirror, keys and way to the network.
struct Apt {
    folder: PathBuf,
    mirror: String,
}

impl Apt {
    fn beside_the_machines(folder: &Path) -> Result<Self> {
        for part in ["lists/partial", "cache/archives/partial", "packages"] {
            fs::create_dir_all(folder.join(part))?;
        }
        let mut ask = Command::new("apt-get");
        ask.args(["indextargets", "--format", "$(REPO_URI)\t$(CODENAME)", "Created-By: Packages"]);
        let listed = process::output_of(&mut ask, Duration::from_secs(60))?;
        match main_mirror(&listed) {
            Some(mirror) => Ok(Self { folder: folder.to_path_buf(), mirror: mirror.to_owned() }),
            None => bail!("the machine's apt names no Debian mirror"),
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let mut set = |name: &str, value: &str| {
            command.args(["-o", &format!("{name}={value}")]);
        };
        let place = |part: &str| self.folder.join(part).display().to_string();
        set("Dir::Etc::sourcelist", &place("sources.list"));
        set("Dir::Etc::sourceparts", "/dev/null");
        set("Dir::State::lists", &place("lists"));
        set("Dir::Cache", &place("cache"));
        set("Acquire::Languages", "none");
        // Our folder may lie where the download user of apt can't write.
        set("APT::Sandbox::User", "");
        command.current_dir(self.folder.join("packages"));
        command
    }

    /// Downloads the package of the given upstream version from the first release
    /// of Debian that has it, without installing it.
    fn download(&self, package: &str, release: &str) -> Result<PathBuf> {
        let limit = Duration::from_secs(120);
        let mut looked = Vec::new();
        for suite in SUITES {
            let line = format!("deb {}{} {suite} main\n", signed_by(), self.mirror);
            fs::write(self.folder.join("sources.list"), line)?;
            let updated = process::capture(self.command("apt-get").arg("update"), limit)?;
            if !updated.status.success() {
                // A mirror need not have every release.
                looked.push(format!("{suite}: {}", process::last_lines(&updated.stderr, 1).trim()));
                continue;
            }
            let listed =
                process::output_of(self.command("apt-cache").args(["madison", package]), limit)?;
            let Some(version) = version_of_release(&listed, release) else {
                let known: Vec<&str> = listed.lines().filter_map(version_in_line).collect();
                looked.push(format!("{suite}: {}", known.join(", ")));
                continue;
            };
            process::say(&format!("      Debian's {package} {version}, of {suite} (45 MB)"));
            let mut get = self.command("apt-get");
            get.args(["download", &format!("{package}={version}")]);
            process::output_of(&mut get, Duration::from_secs(900))?;
            return match fs::read_dir(self.folder.join("packages"))?.next() {
                Some(entry) => Ok(entry?.path()),
                None => bail!("apt-get downloaded no {package}"),
            };
        }
        bail!("Debian has no {package} {release}. It has, by release:\n{}", looked.join("\n"))
    }
}

/// The option of a source line that names Debian's keys, where they are a file
/// of their own.
fn signed_by() -> String {
    let keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
    if Path::new(keys).is_file() { format!("[signed-by={keys}] ") } else { String::new() }
}

/// The mirror of Debian's main archive among `address<tab>release` lines.
fn main_mirror(listed: &str) -> Option<&str> {
    let addresses = listed.lines().filter_map(|line| line.split('\t').next());
    let mut addresses = addresses.filter(|address| !address.contains("security"));
    addresses.find(|address| address.trim_end_matches('/').ends_with("/debian"))
}

fn version_in_line(line: &str) -> Option<&str> {
    line.split('|').nth(1).map(str::trim)
}

/// The version, among the lines of `apt-cache madison`, of that upstream release.
fn version_of_release<'a>(listed: &'a str, release: &str) -> Option<&'a str> {
    listed.lines().filter_map(version_in_line).find(|version| {
        let rest = version.strip_prefix(release);
        rest.is_some_and(|rest| rest.starts_with(['+', '-', '~']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_release_matches() {
        let listed = "  rust-src | 1.96.1+dfsg1-2~bpo13+1 | http://a trixie-backports/main\n  \
                      rust-src | 1.95.0+dfsg1-2~bpo13+1 | http://a trixie-backports/main\n";
        assert_eq!(version_of_release(listed, "1.95.0"), Some("1.95.0+dfsg1-2~bpo13+1"));
        assert_eq!(version_of_release(listed, "1.95"), None);
        assert_eq!(version_of_release(listed, "1.94.0"), None);
    }

    #[test]
    fn the_main_archive_is_told_from_the_others() {
        let listed = "http://a.example/debian-security/\tbookworm-security\n\
                      http://b.example/other\tstable\n\
                      http://a.example/debian/\tbookworm\n";
        assert_eq!(main_mirror(listed), Some("http://a.example/debian/"));
        assert_eq!(main_mirror("http://b.example/other\tstable\n"), None);
    }
}
