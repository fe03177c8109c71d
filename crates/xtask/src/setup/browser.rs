//! A Chromium and the chromedriver that matches it: Playwright drives the first,
//! and the browser tests of wasm-bindgen talk to it through the second.

use super::cache::Cache;
use super::{Options, Tool, Toolbox, apt, first_way_of, node_packages, release_download};
use crate::{process, workspace};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What the browsers that would do are called, the free one first.
const NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where they are when they are not on the PATH.
const PLACES: &[&str] = &[
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
];

/// What a Chromium under test is told: nobody is there to click a window away,
/// containers and root have no sandbox, and it is to keep off the network.
/// tests/playwright.config.mjs says the same.
pub(crate) const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser and its driver, of the same major version.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
    pub(crate) version: String,
}

pub(crate) struct BrowserAndDriver;

impl Tool for BrowserAndDriver {
    fn name(&self) -> String {
        "Chromium and its chromedriver".to_owned()
    }

    fn purpose(&self) -> &'static str {
        "to test the page in a real browser"
    }

    fn takes(&self) -> &'static str {
        "3 minutes"
    }

    fn by_hand(&self) -> String {
        "on Debian `apt-get install chromium chromium-driver`; elsewhere Chrome, and the \
         chromedriver of the same version from https://googlechromelabs.github.io/chrome-for-testing/\n\
         RAFTLAB_CHROMIUM and RAFTLAB_CHROMEDRIVER name them if they are in unusual places"
            .to_owned()
    }

    fn find(&self, cache: &Cache, toolbox: &mut Toolbox) -> Result<Option<String>> {
        let browser = match chosen()? {
            Some(browser) => Some(browser),
            None => among(&browsers(), &drivers(cache)).ok(),
        };
        Ok(browser.map(|browser| {
            let place = format!(
                "{} with {} ({})",
                browser.chromium.display(),
                browser.chromedriver.display(),
                browser.version
            );
            toolbox.browser = Some(browser);
            place
        }))
    }

    fn install(&self, cache: &Cache, _options: &Options) -> Result<()> {
        if let Err(why) = among(&browsers(), &drivers(cache)) {
            process::say(&format!("      {why:#}"));
        }
        first_way_of(vec![
            ("Debian's packages chromium and chromium-driver", Box::new(|| by_apt(cache))),
            ("the chromedriver that fits the browser", Box::new(|| matching_driver(cache))),
            ("Playwright's own download", Box::new(|| by_playwright(cache))),
        ])
    }
}

/// The pair that the environment names. What is named wrongly is an error: it
/// was named on purpose.
fn chosen() -> Result<Option<Browser>> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let Some(chromium) = variable("RAFTLAB_CHROMIUM").map(PathBuf::from) else {
        return Ok(None);
    };
    let drivers = match variable("RAFTLAB_CHROMEDRIVER").map(PathBuf::from) {
        Some(driver) => vec![driver],
        None => process::on_path("chromedriver").into_iter().collect(),
    };
    let browser = among(std::slice::from_ref(&chromium), &drivers)
        .context("RAFTLAB_CHROMIUM and RAFTLAB_CHROMEDRIVER must name a browser and its driver")?;
    Ok(Some(browser))
}

fn browsers() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = NAMES.iter().filter_map(|name| process::on_path(name)).collect();
    found.extend(PLACES.iter().map(PathBuf::from).filter(|place| place.is_file()));
    found.extend(playwrights_browser());
    found
}

fn drivers(cache: &Cache) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = process::on_path("chromedriver").into_iter().collect();
    let usual = ["/usr/lib/chromium-browser/chromedriver", "/snap/bin/chromium.chromedriver"];
    found.extend(usual.iter().map(PathBuf::from).filter(|place| place.is_file()));
    if let Some(folder) = cache.installed("chromedriver") {
        found.extend(process::in_folder(&folder.join("bin"), "chromedriver"));
    }
    found
}

/// The first browser that has a driver of its major version.
fn among(browsers: &[PathBuf], drivers: &[PathBuf]) -> Result<Browser> {
    let mut seen = Vec::new();
    let with_version = |path: &PathBuf, seen: &mut Vec<String>| {
        let version = version_of(path);
        let shown = version.as_deref().unwrap_or("does not tell its version");
        seen.push(format!("{} ({shown})", path.display()));
        version
    };
    let drivers: Vec<(&PathBuf, String)> = drivers
        .iter()
        .filter_map(|driver| Some((driver, with_version(driver, &mut seen)?)))
        .collect();
    for chromium in browsers {
        let Some(version) = with_version(chromium, &mut seen) else {
            continue;
        };
        let fitting = drivers.iter().find(|(_, driver)| major(driver) == major(&version));
        if let Some((driver, _)) = fitting {
            return Ok(Browser {
                chromium: chromium.clone(),
                chromedriver: driver.to_path_buf(),
                version,
            });
        }
    }
    if seen.is_empty() {
        bail!("there is no Chromium or Chrome here");
    }
    bail!("no browser and driver of the same version among {}", seen.join(", "))
}

fn version_of(program: &Path) -> Option<String> {
    let mut command = Command::new(program);
    let text = process::output_of(command.arg("--version"), Duration::from_secs(30)).ok()?;
    version_in(&text)
}

/// The first word that is a version: `Chromium 156.0.8078.79 built on Debian`.
fn version_in(text: &str) -> Option<String> {
    let is_version = |word: &&str| {
        word.split('.').count() >= 3 && word.split('.').all(|part| part.parse::<u32>().is_ok())
    };
    text.split_whitespace().find(is_version).map(str::to_owned)
}

fn major(version: &str) -> Option<&str> {
    version.split('.').next()
}

fn by_apt(cache: &Cache) -> Result<()> {
    apt::install(cache, "chromium", &["chromium", "chromium-driver"])?;
    // Ubuntu's packages of these names only point to another store.
    among(&browsers(), &drivers(cache)).map(|_| ())
}

/// A browser is there, but no driver of its version: the driver alone.
fn matching_driver(cache: &Cache) -> Result<()> {
    let of_browser = |path: &PathBuf| version_of(path);
    let Some(version) = browsers().iter().find_map(of_browser) else {
        bail!("there is no browser here that it would fit");
    };
    let platform = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux64",
        ("macos", "aarch64") => "mac-arm64",
        ("macos", "x86_64") => "mac-x64",
        ("windows", "x86_64") => "win64",
        (system, machine) => bail!("there is no prebuilt one for {system} on {machine}"),
    };
    let address = format!(
        "https://storage.googleapis.com/chrome-for-testing-public/{version}/{platform}/\
         chromedriver-{platform}.zip"
    );
    // Only the newest: a browser that updates itself leaves the older ones useless.
    cache.install("chromedriver", |folder| {
        release_download::install(&address, &["chromedriver"], folder)
    })?;
    among(&browsers(), &drivers(cache)).map(|_| ())
}

/// The folder of Playwright among the packages of the tests.
fn playwright() -> Option<PathBuf> {
    let folder = workspace::root().join("tests/node_modules/playwright-core");
    folder.is_dir().then_some(folder)
}

fn playwrights_browser() -> Option<PathBuf> {
    let script = "console.log(require(process.argv[1]).chromium.executablePath())";
    let mut command = Command::new("node");
    command.args(["-e", script]).arg(playwright()?);
    let text = process::output_of(&mut command, Duration::from_secs(20)).ok()?;
    Some(PathBuf::from(text.trim())).filter(|program| program.is_file())
}

fn by_playwright(cache: &Cache) -> Result<()> {
    let Some(playwright) = playwright() else {
        bail!("the packages of tests/ are not installed, and Playwright is one of them");
    };
    // It says by itself what is missing if there is no node.
    let _ = node_packages::npm()?;
    let mut command = Command::new("node");
    command.arg(playwright.join("cli.js")).args(["install", "chromium", "--no-shell"]);
    process::with_heartbeat(&mut command, "Playwright", &cache.log("playwright"))?;
    matching_driver(cache)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_among_other_words() {
        for (text, version) in [
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n", "156.0.8078.79"),
            (
                "ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078@{#1704})",
                "156.0.8078.79",
            ),
            ("Google Chrome 140.0.7339.80", "140.0.7339.80"),
        ] {
            assert_eq!(version_in(text).as_deref(), Some(version));
        }
        assert_eq!(version_in("command not found"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_driver_of_another_version_is_no_driver() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("raftlab-browser-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let program = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, format!("#!/bin/sh\necho '{text}'\n")).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
            path
        };
        let browser = program("chromium", "Chromium 156.0.1.1 built somewhere");
        let old = program("old", "ChromeDriver 155.0.1.1 (x)");
        let fitting = program("fitting", "ChromeDriver 156.0.2.2 (x)");
        let browsers = [browser.clone()];
        let error = among(&browsers, std::slice::from_ref(&old)).err().unwrap().to_string();
        assert!(error.contains("156.0.1.1") && error.contains("155.0.1.1"), "{error}");
        let found = among(&browsers, &[old, fitting.clone()]).unwrap();
        assert_eq!((found.chromium, found.chromedriver), (browser, fitting));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
