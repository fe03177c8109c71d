//! The colours, light and dark: the one table that the page's CSS custom properties
//! mirror and the SVG painter reads.

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// Dark ink on white.
    #[default]
    Light,
    /// Light ink on near black.
    Dark,
}

/// One colour, by what it means; `--name` in CSS.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is called, without the dashes.
    pub name: &'static str,
    /// Its light value.
    pub light: &'static str,
    /// Its dark value.
    pub dark: &'static str,
}

impl Token {
    /// Its value in a theme.
    pub const fn value(&self, theme: Theme) -> &'static str {
        match theme {
            Theme::Light => self.light,
            Theme::Dark => self.dark,
        }
    }
}

const fn token(name: &'static str, light: &'static str, dark: &'static str) -> Token {
    Token { name, light, dark }
}

/// How many colours the terms take turns with.
pub const TERM_COLORS: u8 = 6;

/// Every colour.
pub const TOKENS: &[Token] = &[
    // The page and its panels.
    token("page", "#f6f7f9", "#0f1318"),
    token("surface", "#ffffff", "#171c23"),
    token("raised", "#eef1f5", "#1c222a"),
    token("line", "#dde1e7", "#2b333d"),
    token("ink", "#14181f", "#e8ecf1"),
    token("quiet", "#5b6472", "#98a2b0"),
    token("accent", "#2f5bea", "#7c9bff"),
    token("on-accent", "#ffffff", "#0f1318"),
    // Roles, each with the fill of its disc.
    token("leader", "#00785a", "#3fd6a8"),
    token("leader-fill", "#d6f3ea", "#10382d"),
    token("candidate", "#9c4f00", "#ffb454"),
    token("candidate-fill", "#ffe9cc", "#43300f"),
    token("follower", "#3d5a80", "#9db8dd"),
    token("follower-fill", "#e3ebf5", "#1e2c40"),
    token("crashed", "#646d7a", "#8b95a3"),
    token("crashed-fill", "#eef0f3", "#20262e"),
    // What is wrong.
    token("bad", "#b3261e", "#ff7a70"),
    token("bad-fill", "#fde7e5", "#3d1a18"),
    // A read that asks whether its leader still leads.
    token("read", "#6a3fc0", "#b99cf5"),
    // What stays in the background: links, and the part of a ring that has run out.
    token("link", "#d3d8e0", "#333c48"),
    token("link-cut", "#b9c0ca", "#47515e"),
    token("track", "#dde1e7", "#2b333d"),
    token("on-mark", "#ffffff", "#0f1318"),
    // Terms take turns with these; the number in the cell tells them apart for sure.
    token("term-1", "#8ecae6", "#4aa3cf"),
    token("term-2", "#ffd27f", "#d9a441"),
    token("term-3", "#b7e4c7", "#5fb98a"),
    token("term-4", "#d5c3f0", "#a583d6"),
    token("term-5", "#f7b9ae", "#dd8474"),
    token("term-6", "#c9d1db", "#8d9aab"),
    token("term-line", "#c3c8d0", "#0f1318"),
    token("on-term", "#14181f", "#0f1318"),
];

/// Which of the term colours a term has, from 1; the token is `term-1` and so on.
pub const fn term_color(term: raft_core::Term) -> u8 {
    (term.0.saturating_sub(1) % TERM_COLORS as u64) as u8 + 1
}

/// The colours of a theme as CSS declarations, one a line: `--page: #f6f7f9;`.
pub fn css_variables(theme: Theme) -> String {
    let mut css = String::new();
    for token in TOKENS {
        for part in ["--", token.name, ": ", token.value(theme), ";\n"] {
            css.push_str(part);
        }
    }
    css
}

/// The value of a token by its name; black for a name that there is none of.
pub(crate) fn value(name: &str, theme: Theme) -> &'static str {
    TOKENS.iter().find(|token| token.name == name).map_or("#000000", |token| token.value(theme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_stands_out_from_what_it_stands_on() {
        for theme in [Theme::Light, Theme::Dark] {
            let mut pairs = vec![("ink", "page"), ("on-accent", "accent"), ("on-mark", "leader")];
            for ground in ["surface", "page", "raised", "bad-fill"] {
                pairs.extend([("ink", ground), ("quiet", ground)]);
            }
            for tone in ["leader", "candidate", "follower", "bad", "read", "accent", "crashed"] {
                pairs.extend([(tone, "surface"), (tone, "page")]);
            }
            pairs.extend([
                ("leader", "leader-fill"),
                ("leader", "bad-fill"),
                ("candidate", "candidate-fill"),
                ("follower", "follower-fill"),
                ("crashed", "crashed-fill"),
                ("bad", "bad-fill"),
                ("on-mark", "read"),
            ]);
            let terms: Vec<String> = (1..=TERM_COLORS).map(|n| format!("term-{n}")).collect();
            pairs.extend(terms.iter().map(|term| ("on-term", term.as_str())));
            for (text, ground) in pairs {
                let ratio = contrast(value(text, theme), value(ground, theme));
                assert!(ratio >= 4.5, "{text} on {ground}, {theme:?}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn css_declares_every_colour() {
        let css = css_variables(Theme::Dark);
        assert_eq!(css.lines().count(), TOKENS.len());
        assert!(css.contains("--leader: #3fd6a8;\n"));
    }
}
