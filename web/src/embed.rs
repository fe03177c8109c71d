//! Embed mode: what the query of the page's address says about how the page is shown
//! inside another. What is played stands in the hash, as ever: see [`crate::address`].
//!
//! `?embed=1&autoplay=0&controls=0&theme=dark&speed=1/50&panels=story&host=https://a.example`.
//! docs/EMBEDDING.md tells authors of it. Nothing here knows a browser.

use crate::address::decoded;
use crate::source::shortened;
use crate::speed::Speed;
use crate::theme::Theme;

/// The parameters, for messages.
const PARAMETERS: &str = "embed, autoplay, controls, theme, speed, panels and host";

/// A frame of this width or more has the story beside the stage, a narrower one below it;
/// style.css breaks at the same width.
const WIDE: u32 = 600;

/// How the page is shown inside another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Embed {
    /// Whether it begins to play by itself once it is in view; where nothing is said, it
    /// does unless the address names a moment to look at.
    pub(crate) autoplay: Option<bool>,
    /// Whether it has buttons. Without them its host page plays it.
    pub(crate) has_controls: bool,
    /// Light or dark, where it is not to be the system's choice.
    pub(crate) theme: Option<Theme>,
    /// How fast it plays.
    pub(crate) speed: Option<Speed>,
    /// What is beside the stage.
    pub(crate) beside: Beside,
    /// Whether the space-time diagram is below.
    pub(crate) has_timeline: bool,
    /// The one origin that may command it, and that is told what happens.
    pub(crate) host: Option<String>,
}

/// What is beside the stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Beside {
    /// A short card that tells what happens.
    Story,
    /// All tabs of the full page.
    Tabs,
    /// Nothing.
    Nothing,
}

impl Default for Embed {
    fn default() -> Embed {
        Embed {
            autoplay: None,
            has_controls: true,
            theme: None,
            speed: None,
            beside: Beside::Story,
            has_timeline: true,
            host: None,
        }
    }
}

impl Embed {
    /// Reads a query, with or without its `?`: how to embed, if at all, and everything that
    /// is wrong with it, each with what would be right. What is wrong is as by default.
    pub(crate) fn read(query: &str) -> (Option<Embed>, Vec<String>) {
        let mut embed = Embed::default();
        let mut is_on = false;
        let mut wrong = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        let query = query.strip_prefix('?').unwrap_or(query);
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (decoded(name), decoded(value));
            let read = if seen.contains(&name) {
                Err(format!("“{}” is there twice: once is enough.", shortened(&name)))
            } else if name == "embed" {
                flag(&name, &value).map(|value| is_on = value)
            } else {
                embed.read_parameter(&name, &value)
            };
            wrong.extend(read.err());
            seen.push(name);
        }
        // A query may be somebody else's business as long as it doesn't ask to embed.
        match (is_on, seen.iter().any(|name| name == "embed")) {
            (true, _) => (Some(embed), wrong),
            (false, true) => (None, wrong),
            (false, false) => (None, Vec::new()),
        }
    }

    fn read_parameter(&mut self, name: &str, value: &str) -> Result<(), String> {
        let shown = shortened(value);
        match name {
            "autoplay" => self.autoplay = Some(flag(name, value)?),
            "controls" => self.has_controls = flag(name, value)?,
            "theme" => {
                self.theme = match value {
                    "light" => Some(Theme::Light),
                    "dark" => Some(Theme::Dark),
                    "auto" => None,
                    _ => {
                        return Err(format!(
                            "“theme={shown}” is no theme: it is light, dark or auto."
                        ));
                    }
                }
            }
            "speed" => self.speed = Some(Speed::read(value)?),
            // It says what is played, and not how it is shown.
            "lesson-file" => {}
            "panels" => self.read_panels(value)?,
            "host" => {
                if !is_origin(value) {
                    return Err(format!(
                        "“host={shown}” is no origin: it is the beginning of the host page's \
                         address, such as https://course.example, without a path."
                    ));
                }
                self.host = Some(value.to_owned());
            }
            _ => {
                let name = shortened(name);
                return Err(format!("There is no parameter “{name}”: there are {PARAMETERS}."));
            }
        }
        Ok(())
    }

    fn read_panels(&mut self, value: &str) -> Result<(), String> {
        let (mut beside, mut has_timeline) = (Beside::Nothing, false);
        for panel in value.split(',') {
            match panel {
                "story" => beside = Beside::Story,
                "tabs" => beside = Beside::Tabs,
                "timeline" => has_timeline = true,
                "none" if value == "none" => {}
                _ => {
                    let panel = shortened(panel);
                    return Err(format!(
                        "“{panel}” is no panel: panels is none, or of story, tabs and timeline, \
                         such as panels=story,timeline."
                    ));
                }
            }
        }
        (self.beside, self.has_timeline) = (beside, has_timeline);
        Ok(())
    }

    /// How high the frame of an embed of this width should be, for everything to be there
    /// without scrolling. It depends on the width only, so that a host which does as it is
    /// told is not told something else then.
    /// A lesson takes more room than a story.
    pub(crate) const fn wished_height(&self, width: u32, is_lesson: bool) -> u32 {
        let stage = match width {
            0..=419 => 300,
            420..WIDE => 340,
            WIDE..=1_000 => width * 44 / 100,
            _ => 440,
        };
        let story = match self.beside {
            _ if is_lesson && width < WIDE => 270,
            Beside::Story if width < WIDE => 100,
            Beside::Tabs if width < WIDE => 260,
            _ => 0,
        };
        let controls = if self.has_controls { 52 } else { 0 };
        let timeline = if self.has_timeline { 48 } else { 0 };
        stage + story + controls + timeline
    }
}

fn flag(name: &str, value: &str) -> Result<bool, String> {
    match value {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => {
            let shown = shortened(value);
            Err(format!("“{name}={shown}” is neither yes nor no: it is {name}=1 or {name}=0."))
        }
    }
}

/// Whether this is a scheme, a host and perhaps a port, as a browser writes an origin: it
/// leaves a scheme's own port out, and what it never writes would match nobody.
fn is_origin(text: &str) -> bool {
    let (host, own_port) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(host), _) => (host, ":443"),
        (_, Some(host)) => (host, ":80"),
        _ => return false,
    };
    let is_letter =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]_".contains(&byte);
    host.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[')
        && host.bytes().all(is_letter)
        && !host.ends_with(own_port)
        && !host.ends_with(':')
}

/// The query without what embeds: for the link from an embed to the full page.
pub(crate) fn without_embedding(query: &str) -> String {
    let query = query.strip_prefix('?').unwrap_or(query);
    let is_ours = |part: &&str| {
        let name = decoded(part.split_once('=').map_or(*part, |(name, _)| name));
        PARAMETERS.split([',', ' ']).any(|ours| ours == name && ours != "and")
    };
    let rest: Vec<&str> =
        query.split('&').filter(|part| !part.is_empty() && !is_ours(part)).collect();
    if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(query: &str) -> Embed {
        match Embed::read(query) {
            (Some(embed), wrong) if wrong.is_empty() => embed,
            (embed, wrong) => panic!("{query}: {embed:?}, {wrong:?}"),
        }
    }

    #[test]
    fn a_page_is_embedded_only_if_it_is_asked_to_be() {
        assert_eq!(right("?embed=1"), Embed::default());
        for query in ["", "?", "?embed=0", "?utm_source=mail", "?theme=pink&colour=red"] {
            assert_eq!(Embed::read(query), (None, Vec::new()), "{query}");
        }
    }

    #[test]
    fn every_parameter_is_read() {
        let embed = right(
            "?embed=1&autoplay=0&controls=0&theme=dark&speed=1/50&panels=timeline\
             &host=https%3A%2F%2Fcourse.example:8080",
        );
        assert_eq!(
            embed,
            Embed {
                autoplay: Some(false),
                has_controls: false,
                theme: Some(Theme::Dark),
                speed: Some(Speed::nearest(1, 50)),
                beside: Beside::Nothing,
                has_timeline: true,
                host: Some("https://course.example:8080".to_owned()),
            }
        );
        assert_eq!(right("?panels=tabs&embed=1").beside, Beside::Tabs);
        assert!(!right("?panels=none&embed=1").has_timeline);
    }

    #[test]
    fn what_is_wrong_is_named_and_as_by_default() {
        for (query, says) in [
            ("embed=1&autoplay=maybe", "autoplay=1 or autoplay=0"),
            ("embed=1&controls=", "controls=1 or controls=0"),
            ("embed=1&theme=pink", "light, dark or auto"),
            ("embed=1&speed=fast", "1/20"),
            ("embed=1&panels=stage", "story, tabs and timeline"),
            ("embed=1&panels=none,story", "story, tabs and timeline"),
            ("embed=1&host=course.example", "such as https://course.example"),
            ("embed=1&host=https://course.example/page", "without a path"),
            ("embed=1&host=*", "such as https://course.example"),
            ("embed=1&host=https://course.example:443", "such as https://course.example"),
            ("embed=1&host=http://course.example:80", "such as https://course.example"),
            ("embed=1&host=https://:", "such as https://course.example"),
            ("embed=1&host=https://course.example:", "such as https://course.example"),
            ("embed=1&autplay=0", "there are embed, autoplay"),
            ("embed=1&theme=pink&theme=dark", "twice"),
        ] {
            let (embed, wrong) = Embed::read(query);
            assert_eq!(embed, Some(Embed::default()), "{query}");
            let wrong = wrong.join(" ");
            assert!(wrong.contains(says), "{query}: {wrong}");
        }
        let (embed, wrong) = Embed::read("?embed=yes");
        assert!(embed.is_none() && wrong[0].contains("embed=1 or embed=0"), "{wrong:?}");
    }

    #[test]
    fn the_full_page_keeps_the_rest_of_the_query() {
        assert_eq!(without_embedding("?embed=1&theme=dark&host=https://a.example"), "");
        assert_eq!(without_embedding("?course=7&embed=1&and=8"), "?course=7&and=8");
        assert_eq!(without_embedding(""), "");
    }

    #[test]
    fn the_wished_height_fits_the_sizes_of_the_drawings() {
        let embed = Embed::default();
        assert!(embed.wished_height(800, true) <= 452);
        assert!(embed.wished_height(320, false) <= 500);
        for width in 0..2_000 {
            assert!((300..=800).contains(&embed.wished_height(width, width % 2 == 0)), "{width}");
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    mod properties {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            #[test]
            fn no_query_makes_it_panic(query in "\\??(\\PC|&|=|%[0-9a-f]{0,2}|embed=1|speed=|panels=|host=http://){0,40}") {
                let (_, wrong) = Embed::read(&query);
                prop_assert!(wrong.iter().all(|message| message.len() < 500));
                let rest = without_embedding(&query);
                prop_assert!(Embed::read(&rest).0.is_none());
            }
        }
    }
}
