//! Firefox and WebKit, in which tests/other_browsers.spec.mjs opens the page. It finds them
//! by itself; here they are installed where they can be. Where they can't, the tests that
//! want them are left out, and that is said.

use super::cache::Cache;
use super::{Options, Tool, Toolbox, apt};
use crate::process;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// One of them.
pub(super) struct OtherBrowser {
    name: &'static str,
    /// What must be there: for each, the variable that names it, what it is called, and
    /// where it is when it is not on the PATH. tests/support/other_browsers.mjs says the same.
    programs: &'static [(&'static str, &'static [&'static str], &'static [&'static str])],
    packages: &'static [&'static str],
    by_hand: &'static str,
}

/// Firefox, of any version that speaks WebDriver BiDi.
pub(super) const FIREFOX: OtherBrowser = OtherBrowser {
    name: "Firefox",
    programs: &[(
        "RAFTLAB_FIREFOX",
        &["firefox-esr", "firefox"],
        &[
            "/Applications/Firefox.app/Contents/MacOS/firefox",
            "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
        ],
    )],
    packages: &["firefox-esr"],
    by_hand: "on Debian `apt-get install firefox-esr`; elsewhere https://www.mozilla.org/firefox\n\
              RAFTLAB_FIREFOX names it if it is in an unusual place",
};

/// WebKit, by the driver and the small browser of WebKitGTK, on a screen that nobody sees.
pub(super) const WEBKIT: OtherBrowser = OtherBrowser {
    name: "WebKit",
    programs: &[
        ("RAFTLAB_WEBKIT_DRIVER", &["WebKitWebDriver"], &[]),
        ("RAFTLAB_XVFB", &["Xvfb"], &[]),
    ],
    packages: &["webkit2gtk-driver", "xvfb"],
    by_hand: "on Debian `apt-get install webkit2gtk-driver xvfb`; only Linux has them",
};

impl OtherBrowser {
    fn here(&self) -> Option<Vec<PathBuf>> {
        let program = |(variable, names, places): &(&str, &[&str], &[&str])| {
            if let Some(named) = std::env::var_os(variable).filter(|value| !value.is_empty()) {
                return Some(PathBuf::from(named));
            }
            let on_path = names.iter().find_map(|name| process::on_path(name));
            let usual = || places.iter().map(PathBuf::from).find(|place| Path::is_file(place));
            on_path.or_else(usual)
        };
        self.programs.iter().map(program).collect()
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
        Ok(self.here().map(|programs| {
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
        for (variable, names, places) in [FIREFOX, WEBKIT].iter().flat_map(|it| it.programs) {
            assert!(script.contains(variable), "{variable}");
            for name in names.iter().chain(*places) {
                assert!(script.contains(&name.replace('\\', "\\\\")), "{name}");
            }
        }
    }

    #[test]
    fn a_browser_that_is_half_there_is_not_there() {
        let nowhere = OtherBrowser {
            programs: &[
                ("RAFTLAB_NOT_SET", &["sh", "cmd"], &[]),
                ("RAFTLAB_NOT_SET", &["no-such-screen"], &[]),
            ],
            ..WEBKIT
        };
        assert!(nowhere.here().is_none());
    }
}
