//! Debian's packages: they install for the whole machine, so only where we may without
//! a password.

use super::cache::Cache;
use crate::process;
use anyhow::{Result, bail};
use std::process::Command;
use std::time::Duration;

/// Installs packages, and what they need.
pub(super) fn install(cache: &Cache, log: &str, packages: &[&str]) -> Result<()> {
    let Some(apt) = process::on_path("apt-get") else { bail!("there is no apt-get here") };
    let short = Duration::from_secs(20);
    let is_root = process::output_of(Command::new("id").arg("-u"), short)
        .is_ok_and(|user| user.trim() == "0");
    let with_sudo = !is_root;
    if with_sudo {
        let Some(sudo) = process::on_path("sudo") else {
            bail!("installing packages wants root, and there is no sudo here");
        };
        let allowed = process::capture(Command::new(sudo).args(["-n", "true"]), short)?;
        if !allowed.status.success() {
            bail!("installing packages wants root, and sudo wants a password");
        }
    }
    let log = cache.log(log);
    let get = |words: &[&str]| {
        let mut command = if with_sudo { Command::new("sudo") } else { Command::new(&apt) };
        if with_sudo {
            command.args(["-n", "DEBIAN_FRONTEND=noninteractive"]).arg(&apt);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(words);
        process::with_heartbeat(&mut command, "apt-get", &log)
    };
    get(&["update"])?;
    get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}
