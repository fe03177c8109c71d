//! wasm-opt: makes the compiled page about 40 % smaller. Debian's and the
//! wasm-opt crate's are too old for what rustc emits; npm's `binaryen` is not.

use super::cache::Cache;
use super::{Options, Tool, Toolbox, node_packages};
use crate::process;
use anyhow::Result;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The version, as Trunk.toml names it too.
const VERSION: &str = "132";

pub(crate) struct WasmOpt;

impl Tool for WasmOpt {
    fn name(&self) -> String {
        format!("wasm-opt {VERSION}")
    }

    fn purpose(&self) -> &'static str {
        "to make the page small"
    }

    fn takes(&self) -> &'static str {
        "1 minute"
    }

    fn by_hand(&self) -> String {
        format!(
            "`npm install --global binaryen@{VERSION}`, or version {VERSION} from \
             https://github.com/WebAssembly/binaryen/releases"
        )
    }

    fn find(&self, cache: &Cache, toolbox: &mut Toolbox) -> Result<Option<String>> {
        if let Some(program) = process::on_path("wasm-opt")
            && is_ours(&program)
        {
            return Ok(Some(program.display().to_string()));
        }
        let Some(folder) = cache.installed(&format!("binaryen-{VERSION}")) else {
            return Ok(None);
        };
        let programs = folder.join("node_modules/.bin");
        let Some(program) = process::in_folder(&programs, "wasm-opt") else {
            return Ok(None);
        };
        toolbox.folders.push(programs);
        Ok(Some(program.display().to_string()))
    }

    fn install(&self, cache: &Cache, _options: &Options) -> Result<()> {
        let name = format!("binaryen-{VERSION}");
        cache.install(&name, |folder| {
            let mut command = node_packages::npm()?;
            command.args(["install", &format!("binaryen@{VERSION}"), "--no-save"]);
            command.args(["--no-package-lock", "--ignore-scripts", "--prefix"]).arg(folder);
            command.current_dir(folder);
            process::with_heartbeat(&mut command, "npm", &cache.log(&name))
        })?;
        Ok(())
    }
}

fn is_ours(program: &Path) -> bool {
    let mut command = Command::new(program);
    let text = process::output_of(command.arg("--version"), Duration::from_secs(20));
    text.is_ok_and(|text| text.split_whitespace().any(|word| word == VERSION))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_toml_names_the_same_version() {
        let config = std::fs::read_to_string(crate::workspace::root().join("Trunk.toml")).unwrap();
        assert!(config.contains(&format!("wasm_opt = \"version_{VERSION}\"")));
    }
}
