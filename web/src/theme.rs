//! Light or dark: the system's choice, until the reader makes one of their own. It is
//! kept where the browser lets us keep something.

use crate::browser;

const KEY: &str = "raftlab-theme";

/// What the page looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The reader's choice, else the system's.
    pub(crate) fn current() -> Theme {
        kept().unwrap_or_else(|| {
            if browser::media_matches("(prefers-color-scheme: dark)") {
                Theme::Dark
            } else {
                Theme::Light
            }
        })
    }

    /// The other one.
    pub(crate) const fn other(self) -> Theme {
        match self {
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Light,
        }
    }

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The reader chose it: shows it and keeps the choice.
    pub(crate) fn choose(self) {
        show(self);
        if let Some(storage) = storage() {
            let _ = storage.set_item(KEY, self.name());
        }
    }
}

/// Shows this theme, or the system's, whatever the reader chose for the full page: inside
/// another page, its author knows what fits.
pub(crate) fn impose(theme: Option<Theme>) {
    match theme {
        Some(theme) => show(theme),
        None => {
            if let Some(root) = browser::document().and_then(|page| page.document_element()) {
                let _ = root.remove_attribute("data-theme");
            }
        }
    }
}

/// Shows the theme that the reader chose at an earlier visit, if they did.
pub(crate) fn restore() {
    if let Some(theme) = kept() {
        show(theme);
    }
}

fn show(theme: Theme) {
    if let Some(root) = browser::document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("data-theme", theme.name());
    }
}

fn kept() -> Option<Theme> {
    match storage()?.get_item(KEY).ok()??.as_str() {
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        _ => None,
    }
}

/// Where the browser keeps something for the page, if it does.
pub(crate) fn storage() -> Option<web_sys::Storage> {
    // In a sandboxed frame even asking for it is an error.
    web_sys::window()?.local_storage().ok()?
}

#[cfg(test)]
mod tests {
    use raft_scene::{Theme, css_variables};

    #[test]
    fn the_style_sheet_has_the_colours_of_the_scene() {
        let sheet = include_str!("../style.css");
        let blocks: Vec<&str> = sheet.split('}').take(4).collect();
        let light = blocks[0];
        let dark = [blocks[1], blocks[3]];
        for line in css_variables(Theme::Light).lines() {
            assert!(light.contains(line.trim()), "light: {line}");
        }
        for line in css_variables(Theme::Dark).lines() {
            assert!(dark.iter().all(|block| block.contains(line.trim())), "dark: {line}");
        }
    }
}
