//! Setting up: finds the tools that a command needs, installs what is missing,
//! and hands back how to call them. What is there already is never touched.

mod apt;
mod bare_metal;
mod browser;
mod cache;
mod cargo_install;
mod library_source;
mod node_packages;
mod other_browsers;
mod release_download;
mod rust_target;
mod trunk;
mod wasm_bindgen;
mod wasm_opt;
mod wasm_target;

use crate::{cli, process};
use anyhow::{Result, anyhow, bail};
pub(crate) use browser::{Browser, FLAGS as CHROMIUM_FLAGS};
use cache::Cache;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

const HELP: &str = "\
Finds or installs what Raftlab is built and tested with. Usage: cargo xtask setup [flags]

  --for COMMAND    only what `cargo xtask COMMAND` needs: serve, build, test or bench
  --no-prebuilt    compile trunk and wasm-bindgen instead of downloading their releases
  -h, --help       this text

Each step is skipped when it is done. Tools are kept by version in a folder of ours in your
cache directory (RAFTLAB_CACHE names another), so a second clone finds them. The other commands
set up what they need by themselves; what they can do without and could not have, such as a
second browser, only this command tries again.";

/// One thing that a command may need.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    WasmTarget,
    BareMetalTarget,
    Trunk,
    WasmBindgen,
    WasmOpt,
    NodePackages,
    Browser,
    Firefox,
    WebKit,
}

/// What `cargo xtask serve` needs: an unoptimised build, so no wasm-opt.
pub(crate) const SERVE: &[Need] = &[Need::WasmTarget, Need::Trunk, Need::WasmBindgen];
/// What `cargo xtask build` needs.
pub(crate) const BUILD: &[Need] =
    &[Need::WasmTarget, Need::WasmOpt, Need::Trunk, Need::WasmBindgen];
/// What a measurement in a browser needs on top of a build.
pub(crate) const BENCH: &[Need] = &[
    Need::WasmTarget,
    Need::WasmOpt,
    Need::NodePackages,
    Need::Browser,
    Need::Trunk,
    Need::WasmBindgen,
];
/// What the tests of the whole page need on top of a build: a browser, and two more
/// where they can be had.
pub(crate) const END_TO_END: &[Need] = &[
    Need::WasmTarget,
    Need::WasmOpt,
    Need::NodePackages,
    Need::Browser,
    Need::Firefox,
    Need::WebKit,
    Need::Trunk,
    Need::WasmBindgen,
];
/// What `cargo xtask test` needs: everything. What is quick comes first, so that
/// what fails fails early; the browser comes after the node packages, since its
/// last way of being installed is one of them.
pub(crate) const TEST: &[Need] = &[
    Need::WasmTarget,
    Need::BareMetalTarget,
    Need::WasmOpt,
    Need::NodePackages,
    Need::Browser,
    Need::Firefox,
    Need::WebKit,
    Need::Trunk,
    Need::WasmBindgen,
];

/// How a thing is found and how it is installed: a file of this folder each.
trait Tool {
    /// With its version: `trunk 0.21.14`.
    fn name(&self) -> String;
    /// Why Raftlab needs it, to follow "needed ".
    fn purpose(&self) -> &'static str;
    /// About how long an installation takes, in the worst case.
    fn takes(&self) -> &'static str;
    /// How a person would install it.
    fn by_hand(&self) -> String;
    /// Whether we do without it where it can't be installed, and say so.
    fn is_optional(&self) -> bool {
        false
    }
    /// Looks for it. Found: puts it into the toolbox, and says where it is.
    fn find(&self, cache: &Cache, toolbox: &mut Toolbox) -> Result<Option<String>>;
    /// Installs it, by the first way that works.
    fn install(&self, cache: &Cache, options: &Options) -> Result<()>;
}

/// What a person may choose about installing.
#[derive(Default)]
struct Options {
    no_prebuilt: bool,
    /// Whether to try again what was tried in vain and can be done without.
    tries_again: bool,
}

/// Where the tools are, for the programs that we start.
#[derive(Default)]
pub(crate) struct Toolbox {
    /// Folders that go before the PATH.
    folders: Vec<PathBuf>,
    /// The trunk that is there.
    pub(crate) trunk: Option<PathBuf>,
    /// The runner of browser tests that belongs to the wasm-bindgen that is there.
    pub(crate) wasm_test_runner: Option<PathBuf>,
    /// The browser that the tests run in.
    pub(crate) browser: Option<Browser>,
    /// What we do without, and why.
    pub(crate) left_out: Vec<String>,
    /// A sysroot of our own, for a toolchain that can't be written to.
    wasm_sysroot: Option<PathBuf>,
    bare_metal_sysroot: Option<PathBuf>,
}

impl Toolbox {
    /// A program that finds our tools first.
    pub(crate) fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.folders.iter().cloned().chain(std::env::split_paths(&inherited));
        if let Ok(path) = std::env::join_paths(folders) {
            command.env("PATH", path);
        }
        command
    }

    /// A program that compiles for wasm.
    pub(crate) fn wasm_command(&self, program: impl Into<OsString>) -> Command {
        let mut command = self.command(program);
        rust_target::use_sysroot(&mut command, self.wasm_sysroot.as_deref());
        command
    }

    /// A program that compiles for bare metal.
    pub(crate) fn bare_metal_command(&self, program: impl Into<OsString>) -> Command {
        let mut command = self.command(program);
        rust_target::use_sysroot(&mut command, self.bare_metal_sysroot.as_deref());
        command
    }
}

/// The target of the no_std proof: a microcontroller without an operating system.
pub(crate) const BARE_METAL: &str = bare_metal::TRIPLE;
/// The browser's target.
pub(crate) const WASM: &str = wasm_target::TRIPLE;

fn tool(need: Need) -> Result<Box<dyn Tool>> {
    Ok(match need {
        Need::WasmTarget => Box::new(wasm_target::target()),
        Need::BareMetalTarget => Box::new(bare_metal::target()),
        Need::Trunk => Box::new(trunk::Trunk),
        Need::WasmBindgen => Box::new(wasm_bindgen::WasmBindgen::of_the_lock_file()?),
        Need::WasmOpt => Box::new(wasm_opt::WasmOpt),
        Need::NodePackages => Box::new(node_packages::NodePackages),
        Need::Browser => Box::new(browser::BrowserAndDriver),
        Need::Firefox => Box::new(other_browsers::FIREFOX),
        Need::WebKit => Box::new(other_browsers::WEBKIT),
    })
}

/// The `setup` command.
pub(crate) fn command(words: Vec<String>) -> Result<()> {
    let flags = [cli::option("--for"), cli::switch("--no-prebuilt")];
    let Some(given) = cli::read(words, &flags, HELP)? else {
        return Ok(());
    };
    let needs = match given.value("--for") {
        None | Some("test") => TEST,
        Some("serve") => SERVE,
        Some("build") => BUILD,
        Some("bench") => BENCH,
        Some(other) => {
            let text = format!(
                "`--for {other}`: there is no such command to set up for. \
                 There are serve, build, test and bench"
            );
            return Err(cli::Misuse(text).into());
        }
    };
    let options = Options { no_prebuilt: given.has("--no-prebuilt"), tries_again: true };
    let (toolbox, places) = prepare_with(needs, &options)?;
    for (name, place) in places {
        println!("  {name}: {place}");
    }
    if toolbox.left_out.is_empty() {
        println!("Everything is there. Next: cargo xtask serve");
    } else {
        println!(
            "Everything is there but what can be done without. {}",
            toolbox.left_out.join("\n")
        );
    }
    Ok(())
}

/// Finds or installs all that is needed.
pub(crate) fn prepare(needs: &[Need]) -> Result<Toolbox> {
    Ok(prepare_with(needs, &Options::default())?.0)
}

fn prepare_with(needs: &[Need], options: &Options) -> Result<(Toolbox, Vec<(String, String)>)> {
    let tools: Result<Vec<_>> = needs.iter().map(|need| tool(*need)).collect();
    find_or_install(tools?, &Cache::open()?, options)
}

fn find_or_install(
    tools: Vec<Box<dyn Tool>>,
    cache: &Cache,
    options: &Options,
) -> Result<(Toolbox, Vec<(String, String)>)> {
    if options.tries_again {
        cache.forget_why_not()?;
    }
    let mut toolbox = Toolbox::default();
    let mut places = Vec::new();
    let mut missing: Vec<Box<dyn Tool>> = Vec::new();
    for tool in tools {
        match tool.find(cache, &mut toolbox)? {
            Some(place) => places.push((tool.name(), place)),
            None => match cache.why_not(&tool.name()) {
                Some(why) => toolbox.left_out.push(why),
                None => missing.push(tool),
            },
        }
    }
    if missing.is_empty() {
        return Ok((toolbox, places));
    }
    let names: Vec<String> = missing.iter().map(|tool| tool.name()).collect();
    process::say(&format!("Setting up, once for this machine: {}", names.join(", ")));
    process::say(&format!("Tools are kept in {}", cache.root().display()));
    let _lock = cache.lock()?;
    let mut failures = Vec::new();
    for tool in missing {
        match set_up(tool.as_ref(), cache, &mut toolbox, options) {
            Ok(place) => places.push((tool.name(), place)),
            Err(error) if tool.is_optional() => {
                process::say(&format!("   {}: left out", tool.name()));
                let again = "`cargo xtask setup` tries again to install it";
                let why = format!("{}\n  {again}", explain(tool.as_ref(), &error));
                cache.keep_why_not(&tool.name(), &why)?;
                toolbox.left_out.push(why);
            }
            Err(error) => {
                process::say(&format!("   !! {}: not installed", tool.name()));
                failures.push(explain(tool.as_ref(), &error));
            }
        }
    }
    if failures.is_empty() {
        return Ok((toolbox, places));
    }
    bail!("what is needed could not all be set up.\n\n{}", failures.join("\n\n"))
}

fn set_up(
    tool: &dyn Tool,
    cache: &Cache,
    toolbox: &mut Toolbox,
    options: &Options,
) -> Result<String> {
    // Another set-up may have installed it while we waited for the lock.
    if let Some(place) = tool.find(cache, toolbox)? {
        return Ok(place);
    }
    process::say(&format!(
        "-> {}: needed {} (up to {})",
        tool.name(),
        tool.purpose(),
        tool.takes()
    ));
    let begun = Instant::now();
    tool.install(cache, options)?;
    match tool.find(cache, toolbox)? {
        Some(place) => {
            let time = process::elapsed(begun.elapsed());
            process::say(&format!("   {}: done in {time}, {place}", tool.name()));
            Ok(place)
        }
        None => bail!("it was installed, but it is still not found"),
    }
}

fn explain(tool: &dyn Tool, error: &anyhow::Error) -> String {
    format!(
        "Missing: {}\n  needed {}\n  {}\n  by hand: {}",
        tool.name(),
        tool.purpose(),
        format!("{error:#}").replace('\n', "\n  "),
        tool.by_hand().replace('\n', "\n  ")
    )
}

/// One way of installing something, and what to call it.
type Way<'a> = (&'static str, Box<dyn FnOnce() -> Result<()> + 'a>);

/// Tries the ways in order until one works; says which, and why the others did not.
fn first_way_of(ways: Vec<Way<'_>>) -> Result<()> {
    let mut reasons = Vec::new();
    for (name, way) in ways {
        process::say(&format!("   by {name}"));
        match way() {
            Ok(()) => return Ok(()),
            Err(error) => {
                let reason = format!("{error:#}");
                process::say(&format!("      no: {}", in_one_line(&reason)));
                reasons.push(format!("tried by {name}: {reason}"));
            }
        }
    }
    Err(anyhow!(reasons.join("\n")))
}

/// The line that says most: a program's own last error, else its last word.
fn in_one_line(reason: &str) -> &str {
    let errors = |line: &&str| line.trim_start().starts_with("error");
    let last_error = reason.lines().rev().find(errors);
    last_error.or(reason.lines().last()).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;

    #[test]
    fn the_first_way_that_works_is_the_last_that_is_tried() {
        let ways: Vec<Way<'_>> = vec![
            ("luck", Box::new(|| bail!("none left"))),
            ("work", Box::new(|| Ok(()))),
            ("magic", Box::new(|| panic!("must not be tried"))),
        ];
        first_way_of(ways).unwrap();
    }

    #[test]
    fn when_no_way_works_every_reason_is_told() {
        let ways: Vec<Way<'_>> = vec![
            ("luck", Box::new(|| bail!("none left"))),
            ("work", Box::new(|| bail!("too lazy"))),
        ];
        let error = first_way_of(ways).unwrap_err().to_string();
        assert!(error.contains("luck: none left") && error.contains("work: too lazy"), "{error}");
    }

    /// What can't be had, and can be done without. It counts how often it was tried.
    struct Elusive(Rc<Cell<u32>>);

    impl Tool for Elusive {
        fn name(&self) -> String {
            "Elusive".to_owned()
        }

        fn purpose(&self) -> &'static str {
            "for a test"
        }

        fn takes(&self) -> &'static str {
            "no time"
        }

        fn by_hand(&self) -> String {
            "not at all".to_owned()
        }

        fn is_optional(&self) -> bool {
            true
        }

        fn find(&self, _: &Cache, _: &mut Toolbox) -> Result<Option<String>> {
            Ok(None)
        }

        fn install(&self, _: &Cache, _: &Options) -> Result<()> {
            self.0.set(self.0.get() + 1);
            bail!("there is none")
        }
    }

    #[test]
    fn what_could_not_be_had_is_tried_again_only_when_that_is_wanted() {
        let root = std::env::temp_dir().join(format!("raftlab-tried-{}", std::process::id()));
        cache::remove(&root).unwrap();
        let cache = Cache::at(root.clone()).unwrap();
        let tried = Rc::new(Cell::new(0));
        let set_up = |tries_again| {
            let options = Options { tries_again, ..Options::default() };
            let tools: Vec<Box<dyn Tool>> = vec![Box::new(Elusive(tried.clone()))];
            let (toolbox, _) = find_or_install(tools, &cache, &options).unwrap();
            let told = toolbox.left_out.join("");
            assert!(told.contains("there is none") && told.contains("tries again"), "{told}");
            tried.get()
        };
        assert_eq!(set_up(false), 1);
        std::fs::remove_file(root.join("lock")).unwrap();
        assert_eq!(set_up(false), 1);
        assert!(!root.join("lock").exists(), "nobody waits to do nothing");
        assert_eq!(set_up(true), 2);
        assert_eq!(set_up(false), 2);
        cache::remove(&root).unwrap();
    }

    #[test]
    fn our_folders_go_before_the_path() {
        let toolbox = Toolbox { folders: vec![PathBuf::from("/ours")], ..Toolbox::default() };
        let command = toolbox.command("anything");
        let path = command.get_envs().find(|(name, _)| *name == "PATH");
        let path = path.and_then(|(_, value)| value).unwrap().to_string_lossy().into_owned();
        assert!(path.starts_with("/ours"), "{path}");
    }

    #[test]
    fn a_reason_is_told_by_its_last_error() {
        assert_eq!(
            in_one_line("`cargo` failed:\n  error: no cc\n  To reuse that, do this"),
            "error: no cc"
        );
        assert_eq!(in_one_line("there is no rustup here"), "there is no rustup here");
    }
}
