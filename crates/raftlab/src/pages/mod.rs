//! `raftlab lesson pages`: the course as pages that need no script. A front page, a page a lesson
//! with its own address, title and picture, and the pictures: what a link to a lesson looks like,
//! and what is read of it without JavaScript. The page that plays a lesson is one link away.
//!
//! ```text
//!   DIR/index.html           the course, by groups
//!       NAME.html            a lesson, whole, told with its own seed
//!       NAME-light.svg, ...  a moment of it
//!       NAME.png             the same, for previews: with an address of the site only
//!       glossary.html        the words
//!       course.css
//! ```

mod drawn;
mod front;
mod glossary_page;
mod html;
mod lesson_page;

use crate::picture;
use crate::report::{Ended, Failure};
use drawn::Drawn;
use raft_lessons::{BuiltIn, Lesson, Telling, tell};
use std::fs;
use std::path::Path;

/// The colours are the page's own, which a figure has too.
const STYLE: &str = include_str!("../../../../web/style.css");
const LOOKS: &str = include_str!("course.css");

/// A lesson, and all that its pages say of it.
struct Told {
    built_in: &'static BuiltIn,
    lesson: Lesson,
    telling: Telling,
    drawn: Drawn,
}

impl Told {
    fn of(built_in: &'static BuiltIn) -> Result<Told, String> {
        let lesson = built_in.lesson();
        let telling = tell(&lesson, lesson.seed)?;
        let drawn = drawn::of(&lesson, &telling)?;
        Ok(Told { built_in, lesson, telling, drawn })
    }
}

/// Writes them all; with `site`, the address of the folder, what previews need as well.
pub(crate) fn write(to: &Path, site: Option<&str>) -> crate::Result {
    let site = site.map(address).transpose()?;
    fs::create_dir_all(to).map_err(|error| Failure::writing(to, &error))?;
    let course: Vec<Told> = raft_lessons::list()
        .iter()
        .map(|it| Told::of(it).map_err(|wrong| Failure::input(it.name, wrong)))
        .collect::<Result<_, _>>()?;
    let file = |name: &str, bytes: &[u8]| {
        let path = to.join(name);
        fs::write(&path, bytes).map_err(|error| Failure::writing(&path, &error))
    };
    let glossary = raft_lessons::glossary();
    // To look for them takes longer than to draw with them.
    let fonts = site.as_ref().map(|_| picture::fonts());
    file("glossary.html", glossary_page::page(&glossary, site.as_deref()).as_bytes())?;
    file("course.css", style().as_bytes())?;
    file("index.html", front::page(&course, site.as_deref()).as_bytes())?;
    for (place, told) in course.iter().enumerate() {
        let name = told.built_in.name;
        let before = place.checked_sub(1).and_then(|place| course.get(place));
        let page =
            lesson_page::page(told, before, course.get(place + 1), &glossary, site.as_deref());
        file(&format!("{name}.html"), page.as_bytes())?;
        file(&format!("{name}-light.svg"), told.drawn.light.as_bytes())?;
        file(&format!("{name}-dark.svg"), told.drawn.dark.as_bytes())?;
        if let Some(fonts) = &fonts {
            let png = told.drawn.png(fonts).map_err(|error| Failure::input("--site-url", error))?;
            file(&format!("{name}.png"), &png)?;
        }
    }
    Ok(Ended::Well)
}

/// The address of the folder that the pages are in, without its last slash.
fn address(text: &str) -> Result<String, Failure> {
    let is_right = ["https://", "http://"].iter().any(|scheme| {
        text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
    }) && !text.contains(['"', '<', '>', '&', '#', '?', ' ']);
    if !is_right {
        let wrong = "this is no address of a site: write it as https://example.org/raft";
        return Err(Failure::input(format!("--site-url {text}"), wrong));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// The colours of the page's own style sheet, and what these pages look like.
fn style() -> String {
    let end = STYLE.find("/* Plain things. */").unwrap_or(STYLE.len());
    format!("{}\n{LOOKS}", &STYLE[..end])
}

#[cfg(test)]
mod tests {
    use super::{STYLE, address, style};

    #[test]
    fn the_colours_are_those_of_the_page() {
        assert!(STYLE.contains("/* Plain things. */"));
        let style = style();
        assert!(style.contains("--leader-fill") && style.contains("[data-theme=\"dark\"]"));
        assert!(style.len() < STYLE.len() / 2, "and no more of it");
    }

    #[test]
    fn an_address_of_a_site_is_absolute() {
        assert_eq!(
            address("https://example.org/raft/").ok().as_deref(),
            Some("https://example.org/raft")
        );
        for wrong in ["example.org", "https://", "/raft", "https://a/\"x", "ftp://a", "https:///a"]
        {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
