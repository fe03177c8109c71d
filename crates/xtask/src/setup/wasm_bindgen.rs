//! wasm-bindgen's command line: makes the JavaScript that the wasm is called
//! from, and runs the tests that want a browser. It must be of the very version
//! that the project's crates are compiled with.

use super::cache::Cache;
use super::cargo_install::Crate;
use super::rust_target::Compiler;
use super::{Options, Tool, Toolbox, Way, first_way_of, release_download};
use crate::{process, workspace};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const PROGRAM: &str = "wasm-bindgen";
const TEST_RUNNER: &str = "wasm-bindgen-test-runner";

pub(crate) struct WasmBindgen {
    version: String,
}

impl WasmBindgen {
    /// The version in Cargo.lock, so that the two can't differ.
    pub(crate) fn of_the_lock_file() -> Result<Self> {
        Ok(Self { version: workspace::locked_version("wasm-bindgen")? })
    }

    fn folder(&self) -> String {
        format!("wasm-bindgen-{}", self.version)
    }

    fn is_in(&self, folder: &Path) -> bool {
        let Some(program) = process::in_folder(folder, PROGRAM) else {
            return false;
        };
        let mut command = Command::new(program);
        let text = process::output_of(command.arg("--version"), Duration::from_secs(20));
        text.is_ok_and(|text| text.trim() == format!("wasm-bindgen {}", self.version))
            && process::in_folder(folder, TEST_RUNNER).is_some()
    }

    fn download(&self, host: &str, folder: &Path) -> Result<()> {
        let version = &self.version;
        // Its Linux releases are linked statically.
        let host = if host.contains("linux") { host.replace("-gnu", "-musl") } else { host.into() };
        let address = format!(
            "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/{version}/\
             wasm-bindgen-{version}-{host}.tar.gz"
        );
        release_download::install(&address, &[PROGRAM, TEST_RUNNER], folder)?;
        if self.is_in(&folder.join("bin")) {
            return Ok(());
        }
        bail!("what was downloaded does not run here")
    }
}

impl Tool for WasmBindgen {
    fn name(&self) -> String {
        format!("wasm-bindgen {}", self.version)
    }

    fn purpose(&self) -> &'static str {
        "to connect the wasm with the page"
    }

    fn takes(&self) -> &'static str {
        "4 minutes"
    }

    fn by_hand(&self) -> String {
        format!(
            "`cargo install wasm-bindgen-cli --version ={}` (it wants a C compiler too)",
            self.version
        )
    }

    fn find(&self, cache: &Cache, toolbox: &mut Toolbox) -> Result<Option<String>> {
        let of_path = process::on_path(PROGRAM);
        if let Some(program) = of_path
            && let Some(folder) = program.parent()
            && self.is_in(folder)
        {
            toolbox.wasm_test_runner = process::in_folder(folder, TEST_RUNNER);
            return Ok(Some(program.display().to_string()));
        }
        let Some(folder) = cache.installed(&self.folder()) else {
            return Ok(None);
        };
        let folder = folder.join("bin");
        let Some(runner) = process::in_folder(&folder, TEST_RUNNER) else {
            return Ok(None);
        };
        toolbox.wasm_test_runner = Some(runner);
        let place = folder.join(PROGRAM).display().to_string();
        toolbox.folders.push(folder);
        Ok(Some(place))
    }

    fn install(&self, cache: &Cache, options: &Options) -> Result<()> {
        let host = Compiler::in_use()?.host;
        let installed = cache.install(&self.folder(), |folder| {
            let mut ways: Vec<Way<'_>> = Vec::new();
            if !options.no_prebuilt {
                let way = || self.download(&host, folder);
                ways.push(("its prebuilt release", Box::new(way)));
            }
            ways.push((
                "compiling it",
                Box::new(|| {
                    let source = Crate {
                        name: "wasm-bindgen-cli",
                        version: self.version.clone(),
                        // Not --locked: its lock file may name a crate that a
                        // registry no longer has.
                        flags: &[],
                        // It reads megabytes of wasm at every build.
                        optimisation: "1",
                    };
                    source.install(cache, folder)
                }),
            ));
            first_way_of(ways)
        });
        installed.map(|_| ()).context("see Cargo.lock for the version that it must have")
    }
}
