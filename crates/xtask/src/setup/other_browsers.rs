//! Firefox and WebKit, in which tests/other_browsers.spec.mjs opens the page. It finds them
//! by itself; here they are installed where they can be. Where they can't, the tests that
//! want them are left out, and that is said.

use super::cache::Cache;
use super::{Options, Tool, Toolbox, apt};
use crate::process;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// One of them.
pub(super) struct OtherBrowser {
    name: &'static str,
    /// What must be there. tests/support/other_browsers.mjs says the same.
    programs: &'static [Program],
    packages: &'static [&'static str],
    by_hand: &'static str,
}

/// A program that must be there, and run.
struct Program {
    /// The variable that names it.
    variable: &'static str,
    /// What it is called.
    names: &'static [&'static str],
    /// Where it is when it is not on the PATH.
    places: &'static [&'static str],
    /// With this flag it says something, and ends well. A stub that says where to get the
    /// program, as Ubuntu has one, ends badly.
    flag: &'static str,
}

/// Firefox, of any version that speaks WebDriver BiDi.
pub(super) const FIREFOX: OtherBrowser = OtherBrowser {
    name: "Firefox",
    programs: &[Program {
        variable: "RAFTLAB_FIREFOX",
        names: &["firefox-esr", "firefox"],
        places: &[
            "/Applications/Firefox.app/Contents/MacOS/firefox",
            "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
        ],
        flag: "--version",
    }],
    packages: &["firefox-esr"],
    by_hand: "on Debian `apt-get install firefox-esr`; elsewhere https://www.mozilla.org/firefox\n\
              RAFTLAB_FIREFOX names it if it is in an unusual place",
};

/// WebKit, by the driver and the small browser of WebKitGTK, on a screen that nobody sees.
pub(super) const WEBKIT: OtherBrowser = OtherBrowser {
    name: "WebKit",
    programs: &[
        Program {
            variable: "RAFTLAB_WEBKIT_DRIVER",
            names: &["WebKitWebDriver"],
            places: &[],
            flag: "--help",
        },
        Program { variable: "RAFTLAB_XVFB", names: &["Xvfb"], places: &[], flag: "-help" },
    ],
    packages: &["webkit2gtk-driver", "xvfb"],
    by_hand: "on Debian `apt-get install webkit2gtk-driver xvfb`; only Linux has them",
};

impl OtherBrowser {
    fn here(&self) -> Result<Option<Vec<PathBuf>>> {
        let mut all = Vec::new();
        for program in self.programs {
            let Some(path) = program.here()? else { return Ok(None) };
            all.push(path);
        }
        Ok(Some(all))
    }
}

impl Program {
    fn here(&self) -> Result<Option<PathBuf>> {
        match std::env::var_os(self.variable).filter(|value| !value.is_empty()) {
            Some(named) => self.named(PathBuf::from(named)).map(Some),
            None => Ok(self.found()),
        }
    }

    /// What the environment names. What is named wrongly is an error: it was named on purpose.
    fn named(&self, path: PathBuf) -> Result<PathBuf> {
        let variable = self.variable;
        self.run(&path).with_context(|| format!("{variable} must name a program that runs"))?;
        Ok(path)
    }

    fn found(&self) -> Option<PathBuf> {
        let on_path = self.names.iter().filter_map(|name| process::on_path(name));
        let usual = self.places.iter().map(PathBuf::from).filter(|place| place.is_file());
        on_path.chain(usual).find(|path| self.run(path).is_ok())
    }

    fn run(&self, path: &Path) -> Result<String> {
        process::output_of(Command::new(path).arg(self.flag), Duration::from_secs(30))
    }
}

impl Tool for OtherBrowser {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn purpose(&self) -> &'static str {
        "to open the page in more than one browser"
    }

    fn takes(&self) -> &'static str {
        "2 minutes"
    }

    fn by_hand(&self) -> String {
        self.by_hand.to_owned()
    }

    fn is_optional(&self) -> bool {
        true
    }

    fn find(&self, _cache: &Cache, _toolbox: &mut Toolbox) -> Result<Option<String>> {
        Ok(self.here()?.map(|programs| {
            let shown: Vec<String> =
                programs.iter().map(|program| program.display().to_string()).collect();
            shown.join(" with ")
        }))
    }

    fn install(&self, cache: &Cache, _options: &Options) -> Result<()> {
        apt::install(cache, self.packages[0], self.packages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_look_for_them_by_the_same_names() {
        let path = crate::workspace::root().join("tests/support/other_browsers.mjs");
        let script = std::fs::read_to_string(path).unwrap();
        for program in [FIREFOX, WEBKIT].iter().flat_map(|it| it.programs) {
            let words = [&program.variable, &program.flag];
            for word in words.into_iter().chain(program.names).chain(program.places) {
                assert!(script.contains(&format!("\"{}\"", word.replace('\\', "\\\\"))), "{word}");
            }
        }
    }

    #[test]
    fn a_browser_that_is_half_there_is_not_there() {
        const HERE: Program = Program {
            variable: "RAFTLAB_NOT_SET",
            names: &["cargo"],
            places: &[],
            flag: "--version",
        };
        const GONE: Program = Program { names: &["no-such-screen"], ..HERE };
        let with = |programs| OtherBrowser { programs, ..WEBKIT }.here().unwrap();
        assert!(with(&[HERE]).is_some());
        assert!(with(&[HERE, GONE]).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_stub_is_no_browser_and_one_that_is_named_is_an_error() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("raftlab-stub-{}", std::process::id()));
        std::fs::write(&path, "#!/bin/sh\necho 'install the snap'\nexit 1\n").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        let place: &'static str = path.display().to_string().leak();
        let places: &'static [&'static str] = vec![place].leak();
        let program = Program { names: &[], places, ..FIREFOX.programs[0] };
        assert_eq!(program.found(), None);
        let error = program.named(path.clone()).unwrap_err().to_string();
        assert!(error.contains("RAFTLAB_FIREFOX must name"), "{error}");
        std::fs::write(&path, "#!/bin/sh\necho 'Mozilla Firefox 140.0'\n").unwrap();
        assert_eq!(program.found(), Some(path.clone()));
        std::fs::remove_file(&path).unwrap();
    }
}
