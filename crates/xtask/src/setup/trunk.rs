//! trunk: builds the page out of index.html and the web crate, and serves it.

use super::cache::Cache;
use super::cargo_install::Crate;
use super::rust_target::Compiler;
use super::{Options, Tool, Toolbox, Way, first_way_of, release_download};
use crate::process;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The version that we install.
const VERSION: &str = "0.21.14";

pub(crate) struct Trunk;

impl Tool for Trunk {
    fn name(&self) -> String {
        format!("trunk {VERSION}")
    }

    fn purpose(&self) -> &'static str {
        "to build and serve the page"
    }

    fn takes(&self) -> &'static str {
        "6 minutes"
    }

    fn by_hand(&self) -> String {
        format!(
            "`cargo install trunk --version {VERSION} --locked` (it wants a C compiler too), or https://trunkrs.dev"
        )
    }

    fn find(&self, cache: &Cache, toolbox: &mut Toolbox) -> Result<Option<String>> {
        if let Some(trunk) = process::on_path("trunk")
            && version_of(&trunk).is_some_and(|version| accepted(&version))
        {
            let place = trunk.display().to_string();
            toolbox.trunk = Some(trunk);
            return Ok(Some(place));
        }
        let Some(folder) = cache.installed(&format!("trunk-{VERSION}")) else {
            return Ok(None);
        };
        let Some(trunk) = process::in_folder(&folder.join("bin"), "trunk") else {
            return Ok(None);
        };
        let place = trunk.display().to_string();
        toolbox.folders.push(folder.join("bin"));
        toolbox.trunk = Some(trunk);
        Ok(Some(place))
    }

    fn install(&self, cache: &Cache, options: &Options) -> Result<()> {
        let host = Compiler::in_use()?.host;
        cache.install(&format!("trunk-{VERSION}"), |folder| {
            let mut ways: Vec<Way<'_>> = Vec::new();
            if !options.no_prebuilt {
                ways.push(("its prebuilt release", Box::new(|| download(&host, folder))));
            }
            ways.push((
                "compiling it",
                Box::new(|| {
                    let source = Crate {
                        name: "trunk",
                        version: VERSION.to_owned(),
                        // Its defaults are an updater and a second TLS library.
                        flags: &["--locked", "--no-default-features"],
                        optimisation: "0",
                    };
                    source.install(cache, folder)
                }),
            ));
            first_way_of(ways)
        })?;
        Ok(())
    }
}

fn download(host: &str, folder: &Path) -> Result<()> {
    let ending = if host.contains("windows") { "zip" } else { "tar.gz" };
    let address = format!(
        "https://github.com/trunk-rs/trunk/releases/download/v{VERSION}/trunk-{host}.{ending}"
    );
    release_download::install(&address, &["trunk"], folder)?;
    let program = process::in_folder(&folder.join("bin"), "trunk");
    match program.and_then(|program| version_of(&program)) {
        Some(version) if accepted(&version) => Ok(()),
        _ => bail!("what was downloaded does not run here"),
    }
}

fn version_of(trunk: &Path) -> Option<String> {
    // trunk takes NO_COLOR for a flag of its own and refuses the value 1.
    let mut command = Command::new(trunk);
    command.arg("--version").env_remove("NO_COLOR");
    let text = process::output_of(&mut command, Duration::from_secs(20)).ok()?;
    Some(text.trim().strip_prefix("trunk ")?.to_owned())
}

/// As `trunk-version` in Trunk.toml says.
fn accepted(version: &str) -> bool {
    let numbers: Vec<u32> = version.split('.').map_while(|number| number.parse().ok()).collect();
    matches!(numbers[..], [0, 21, patch] if patch >= 14) || matches!(numbers[..], [0, 22, _])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_in_trunk_toml() {
        for good in ["0.21.14", "0.21.15", "0.22.1"] {
            assert!(accepted(good), "{good}");
        }
        for bad in ["0.21.13", "0.20.3", "0.23.0", "1.0.0", "", "0.22.0-beta.1"] {
            assert!(!accepted(bad), "{bad}");
        }
    }

    #[test]
    fn trunk_toml_accepts_what_we_install() {
        let config = std::fs::read_to_string(crate::workspace::root().join("Trunk.toml")).unwrap();
        assert!(config.contains(&format!("trunk-version = \">={VERSION}, <0.23\"")));
    }
}
