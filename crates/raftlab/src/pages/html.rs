//! What a lesson says, as HTML.

use raft_lessons::{Block, Glossary, Link, Mentions, Piece, Said, Source, Telling};
use std::fmt::Write as _;

/// What a page needs to say what a lesson says: its values, and which terms are marked already.
pub(super) struct Words<'a> {
    telling: &'a Telling,
    glossary: &'a Glossary,
    mentions: Mentions<'a>,
}

impl<'a> Words<'a> {
    pub(super) fn of(telling: &'a Telling, glossary: &'a Glossary) -> Words<'a> {
        Words { telling, glossary, mentions: Mentions::of(glossary) }
    }

    /// Words, of which those that are terms of art say what they mean, the first time.
    fn marked(&mut self, text: &str) -> String {
        let mut html = String::new();
        let mut at = 0;
        for mention in self.mentions.next(text) {
            let Some(term) = self.glossary.terms.get(mention.term) else { continue };
            let (before, word) = (&text[at..mention.at.start], &text[mention.at.clone()]);
            at = mention.at.end;
            let (name, says) = (term.name(), escaped(&term.says));
            let _ = write!(
                html,
                "{}<a class=\"term\" href=\"glossary.html#{name}\" aria-describedby=\"of-{name}\" \
                 data-says=\"{says}\">{}<span id=\"of-{name}\" hidden>{says}</span></a>",
                escaped(before),
                escaped(word)
            );
        }
        html.push_str(&escaped(&text[at..]));
        html
    }
}

/// A list of sources.
pub(super) fn sources(sources: &[Source]) -> String {
    let mut html = String::from("<ul>\n");
    for one in sources {
        let _ = writeln!(html, "<li>{}</li>", source(one));
    }
    html.push_str("</ul>\n");
    html
}

/// A source, as a link.
pub(super) fn source(source: &Source) -> String {
    let (address, title) = match source {
        Source::Section(section) => (section.work.address(), section.to_string()),
        Source::Web { title, address } => (address.as_str(), title.clone()),
    };
    format!("<a href=\"{}\">{}</a>", escaped(address), escaped(&title))
}

/// Text, for between tags or within an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

/// Where a link of a lesson leads from one of these pages.
fn address(link: &Link) -> String {
    match link {
        Link::Web(address) => address.clone(),
        Link::Section(section) => section.work.address().to_owned(),
        Link::Lesson(name) => format!("{name}.html"),
        Link::Scenario(name) => format!("../#scenario={name}"),
    }
}

/// The words of a value in the lesson's own run.
fn value(place: u16, telling: &Telling) -> String {
    let measured = telling.values.get(usize::from(place)).copied().flatten();
    measured.map_or_else(|| "—".to_owned(), |measured| measured.to_string())
}

/// Pieces of text, with their links.
pub(super) fn pieces(pieces: &[Piece], with: &mut Words<'_>) -> String {
    let telling = with.telling;
    written(pieces, telling, |words| with.marked(words))
}

/// The same said again, where no term is marked any more.
pub(super) fn again(pieces: &[Piece], with: &Words<'_>) -> String {
    written(pieces, with.telling, escaped)
}

fn written(pieces: &[Piece], telling: &Telling, mut marked: impl FnMut(&str) -> String) -> String {
    let mut html = String::new();
    let mut open: Option<&Link> = None;
    for piece in pieces {
        if piece.link.as_ref() != open {
            if open.is_some() {
                html.push_str("</a>");
            }
            open = piece.link.as_ref();
            if let Some(link) = open {
                let _ = write!(html, "<a href=\"{}\">", escaped(&address(link)));
            }
        }
        let words = match &piece.what {
            // A link in a link is none.
            Said::Text(words) if open.is_some() => escaped(words),
            Said::Text(words) => marked(words),
            Said::Code(words) => format!("<code>{}</code>", escaped(words)),
            Said::Value(place) => {
                format!("<b class=\"value\">{}</b>", escaped(&value(*place, telling)))
            }
        };
        let words = if piece.is_emphasis { format!("<em>{words}</em>") } else { words };
        let words = if piece.is_strong { format!("<strong>{words}</strong>") } else { words };
        html.push_str(&words);
    }
    if open.is_some() {
        html.push_str("</a>");
    }
    html
}

/// Paragraphs and lists.
pub(super) fn blocks(blocks: &[Block], with: &mut Words<'_>) -> String {
    let mut html = String::new();
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => {
                let _ = writeln!(html, "<p>{}</p>", pieces(paragraph, with));
            }
            Block::List { is_ordered, items } => {
                let tag = if *is_ordered { "ol" } else { "ul" };
                let _ = writeln!(html, "<{tag}>");
                for item in items {
                    let _ = writeln!(html, "<li>{}</li>", pieces(item, with));
                }
                let _ = writeln!(html, "</{tag}>");
            }
        }
    }
    html
}

/// Everything around what one of the pages is about.
pub(super) struct Page<'a> {
    /// Its title.
    pub(super) title: &'a str,
    /// What it is about, in a sentence.
    pub(super) description: &'a str,
    /// Its file.
    pub(super) file: &'a str,
    /// The file of its picture for previews.
    pub(super) picture: Option<&'a str>,
    /// The address of the folder that the pages are in, if it is known.
    pub(super) site: Option<&'a str>,
    /// Whether it is the course itself.
    pub(super) is_front: bool,
}

/// What previews show of a link. An address in it must be absolute.
fn preview(page: &Page<'_>) -> String {
    let (title, description) = (escaped(page.title), escaped(page.description));
    let mut html = format!(
        "<meta name=\"description\" content=\"{description}\">\n\
         <meta property=\"og:type\" content=\"article\">\n\
         <meta property=\"og:site_name\" content=\"Raftlab\">\n\
         <meta property=\"og:title\" content=\"{title}\">\n\
         <meta property=\"og:description\" content=\"{description}\">\n"
    );
    if let Some(site) = page.site {
        let file = if page.is_front { "" } else { page.file };
        let _ = writeln!(html, "<link rel=\"canonical\" href=\"{site}/{file}\">");
        let _ = writeln!(html, "<meta property=\"og:url\" content=\"{site}/{file}\">");
        if let Some(picture) = page.picture {
            let _ = writeln!(html, "<meta property=\"og:image\" content=\"{site}/{picture}\">");
            let _ = writeln!(html, "<meta property=\"og:image:alt\" content=\"{description}\">");
            html.push_str("<meta name=\"twitter:card\" content=\"summary_large_image\">\n");
        }
    }
    html
}

/// A whole page. `script` is run where scripts are; nothing is missing without.
pub(super) fn page(page: &Page<'_>, body: &str, script: &str) -> String {
    let title = escaped(page.title);
    let whole = if page.is_front { title.clone() } else { format!("{title} · Raftlab") };
    let current = if page.is_front { " aria-current=\"page\"" } else { "" };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{whole}</title>\n{preview}\
         {icon}\n\
         <link rel=\"stylesheet\" href=\"course.css\">\n\
         <script>\n{THEME}</script>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">To the text</a>\n\
         <header class=\"top\">\n<a class=\"brand\" href=\"index.html\">{LOGO} Raftlab</a>\n\
         <nav aria-label=\"Raftlab\">\n<a href=\"index.html\"{current}>Lessons</a>\n\
         <a href=\"../#free=5\">Free play</a>\n<a href=\"../#scenario=leader-crash\">Scenarios</a>\n\
         <a href=\"glossary.html\">Glossary</a>\n</nav>\n</header>\n\
         <main id=\"main\">\n{body}</main>\n{script}</body>\n</html>\n",
        preview = preview(page),
        icon = icon(),
    )
}

/// The same as on the page: light or dark as the reader chose there.
const THEME: &str = "try { const theme = localStorage.getItem(\"raftlab-theme\"); \
     if (theme === \"light\" || theme === \"dark\") document.documentElement.dataset.theme = theme; } catch {}\n";

const LOGO: &str = "<svg viewBox=\"0 0 20 20\" width=\"20\" height=\"20\" aria-hidden=\"true\">\
     <circle cx=\"10\" cy=\"10\" r=\"8\" fill=\"none\" stroke=\"var(--leader)\" stroke-width=\"3\"/>\
     <circle cx=\"10\" cy=\"10\" r=\"2.5\" fill=\"var(--leader)\"/></svg>";

/// The page that plays the lessons: it has the same icon.
const INDEX: &str = include_str!("../../../../index.html");

fn icon() -> &'static str {
    let is_icon = |line: &&str| line.starts_with("<link rel=\"icon\"");
    INDEX.lines().find(is_icon).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_that_a_lesson_says_is_a_tag() {
        assert_eq!(escaped("a < b & \"c\" > d"), "a &lt; b &amp; &quot;c&quot; &gt; d");
    }
}
