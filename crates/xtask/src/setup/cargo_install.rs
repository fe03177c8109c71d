//! Compiling a tool of somebody else's with `cargo install`: the way that works
//! wherever crates can be had.

use super::cache::{self, Cache};
use crate::process;
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// What to compile.
pub(crate) struct Crate {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    pub(crate) flags: &'static [&'static str],
    /// As cargo knows it. We compile a tool once and use it for seconds at a time.
    pub(crate) optimisation: &'static str,
}

impl Crate {
    /// Compiles it into `folder/bin`.
    pub(crate) fn install(&self, cache: &Cache, folder: &Path) -> Result<()> {
        let name = format!("{}-{}", self.name, self.version);
        let built = cache.build_folder(&name)?;
        let mut command = Command::new(process::cargo());
        command.args(["install", self.name, "--version", &format!("={}", self.version)]);
        command.args(self.flags).arg("--root").arg(folder);
        // Kept until it is done, so that an interrupted compilation goes on.
        command.env("CARGO_TARGET_DIR", &built);
        command.current_dir(&built);
        // Flags that are meant for the project are not for its tools.
        for meant_for_us in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
            command.env_remove(meant_for_us);
        }
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.optimisation);
        command.env("CARGO_PROFILE_RELEASE_LTO", "off");
        command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64");
        process::with_heartbeat(&mut command, self.name, &cache.log(&name))?;
        cache::remove(&built)
    }
}
