//! Narration: a small part of Markdown, read into [`Block`]s and [`Piece`]s.

use super::fields::Problems;
use crate::narration::{Block, Link, Piece, Said};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::ops::Range;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use raft_sim::document::{Lines, suggestion};

const WHAT_THERE_IS: &str = "write paragraphs, lists, *emphasis*, **strong words**, `code`, \
                             [links](paper:5.2) and, above each step, ## name: Title";

/// What names a narration may use.
#[derive(Debug)]
pub(super) struct Known<'a> {
    /// The names of the lesson's values.
    pub(super) values: &'a [String],
    /// Where somebody has used one.
    pub(super) told: &'a RefCell<Vec<ValueTold>>,
    /// The lessons that there are; `None` where that is not known, and any will do.
    pub(super) lessons: Option<&'a [String]>,
}

/// A value in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct ValueTold {
    /// Its place among the values.
    pub(super) value: u16,
    /// The line of the text.
    pub(super) line: u32,
}

/// What stands under one heading.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) line: u32,
    pub(super) blocks: Vec<Block>,
}

/// How what is read just now looks.
#[derive(Default)]
struct Look {
    emphasis: bool,
    strong: bool,
    link: Option<Link>,
}

/// Reads the sections of a text. `first_line` is where it begins in its file.
pub(super) fn sections(
    text: &str,
    first_line: u32,
    problems: &Problems,
    known: &Known<'_>,
) -> Vec<Section> {
    let lines = Lines::of(text);
    let mut sections =
        alloc::vec![Section { heading: String::new(), line: first_line, blocks: Vec::new() }];
    let mut pieces: Vec<Piece> = Vec::new();
    let mut list: Option<(bool, Vec<Vec<Piece>>)> = None;
    let mut is_heading = false;
    let mut look = Look::default();
    let mut left_over = LeftOver::default();
    // Within something that can't be shown, of which that has been said.
    let mut is_hidden = false;
    let line_at = |place: usize| first_line.saturating_add(lines.line_at(place) - 1);
    // What we can't show is recognised all the same, so that it is no mere text.
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    for (event, span) in Parser::new_ext(text, options).into_offset_iter() {
        let line = line_at(span.start);
        let wrong = |what: &str| problems.say(Some(line), format!("{what}: {WHAT_THERE_IS}"));
        if is_hidden {
            is_hidden = !matches!(
                event,
                Event::End(TagEnd::CodeBlock | TagEnd::Table | TagEnd::FootnoteDefinition)
            );
            continue;
        }
        if let Event::Text(_) = event {
            let is_link = look.link.is_some();
            left_over.look(text, span.clone(), is_link, line, problems);
        }
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                if level != HeadingLevel::H2 {
                    wrong("a heading begins with ##");
                }
                is_heading = true;
                sections.push(Section { heading: String::new(), line, blocks: Vec::new() });
            }
            Event::End(TagEnd::Heading(_)) => is_heading = false,
            Event::Text(words) | Event::Code(words) if is_heading => {
                if let Some(section) = sections.last_mut() {
                    section.heading.push_str(&words);
                }
            }
            Event::Text(words) => push_text(&mut pieces, &words, &look),
            Event::SoftBreak => push_text(&mut pieces, " ", &look),
            Event::Code(words) => pieces.push(piece(Said::Code(words.to_string()), &look)),
            Event::Start(Tag::Paragraph | Tag::Item) => {}
            Event::End(TagEnd::Paragraph) => match (&list, sections.last_mut()) {
                (None, Some(section)) => {
                    let places = ValuePlaces { text, span, line_at: &line_at };
                    let pieces = with_values(core::mem::take(&mut pieces), places, problems, known);
                    section.blocks.push(Block::Paragraph(pieces));
                }
                // A second paragraph of an item goes on in the same.
                _ => push_text(&mut pieces, " ", &look),
            },
            Event::Start(Tag::List(number)) => {
                if list.is_some() {
                    wrong("a list within a list can't be shown");
                } else {
                    list = Some((number.is_some(), Vec::new()));
                }
            }
            Event::End(TagEnd::Item) => {
                let mut item = core::mem::take(&mut pieces);
                if let Some(Piece { what: Said::Text(last), .. }) = item.last_mut() {
                    last.truncate(last.trim_end().len());
                }
                if let Some((_, items)) = &mut list {
                    let places = ValuePlaces { text, span, line_at: &line_at };
                    items.push(with_values(item, places, problems, known));
                }
            }
            Event::End(TagEnd::List(_)) => {
                if let (Some((is_ordered, items)), Some(section)) =
                    (list.take(), sections.last_mut())
                {
                    section.blocks.push(Block::List { is_ordered, items });
                }
            }
            Event::Start(Tag::Emphasis) => look.emphasis = true,
            Event::End(TagEnd::Emphasis) => look.emphasis = false,
            Event::Start(Tag::Strong) => look.strong = true,
            Event::End(TagEnd::Strong) => look.strong = false,
            Event::Start(Tag::Link { dest_url, .. }) => match link(&dest_url, known) {
                Ok(link) => look.link = Some(link),
                Err(message) => problems.say(Some(line), message),
            },
            Event::End(TagEnd::Link) => look.link = None,
            Event::Start(Tag::Image { .. }) => {
                wrong("a picture can't be shown: the run is the picture")
            }
            Event::Start(Tag::CodeBlock(_)) => {
                wrong("a block of code can't be shown");
                is_hidden = true;
            }
            Event::Start(Tag::BlockQuote(_)) => wrong("a quotation can't be set apart"),
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => wrong("HTML can't be shown"),
            Event::Rule => wrong("a line across can't be shown"),
            Event::HardBreak => wrong("a line can't be broken by hand"),
            Event::Start(Tag::Table(_)) => {
                wrong("a table can't be shown");
                is_hidden = true;
            }
            // Said where it is pointed to.
            Event::Start(Tag::FootnoteDefinition(_)) => is_hidden = true,
            Event::FootnoteReference(_) => wrong("a footnote can't be shown"),
            Event::Start(Tag::Strikethrough) => wrong("words can't be struck through"),
            Event::Start(_) => wrong("this can't be shown"),
            _ => {}
        }
    }
    sections
}

/// Reads a text of one paragraph, such as a question.
pub(super) fn line(text: &str, at: u32, problems: &Problems, known: &Known<'_>) -> Vec<Piece> {
    let mut blocks = blocks(text, at, problems, known);
    match (blocks.pop(), blocks.is_empty()) {
        (Some(Block::Paragraph(pieces)), true) => pieces,
        (None, _) => Vec::new(),
        _ => {
            problems.say(Some(at), "this must be one paragraph");
            Vec::new()
        }
    }
}

/// Reads a text of paragraphs and lists.
pub(super) fn blocks(text: &str, at: u32, problems: &Problems, known: &Known<'_>) -> Vec<Block> {
    let mut sections = sections(text, at, problems, known);
    if sections.len() > 1 {
        problems.say(Some(at), "a heading has no place here");
    }
    sections.swap_remove(0).blocks
}

fn piece(what: Said, look: &Look) -> Piece {
    Piece { what, is_emphasis: look.emphasis, is_strong: look.strong, link: look.link.clone() }
}

fn push_text(pieces: &mut Vec<Piece>, words: &str, look: &Look) {
    let new = piece(Said::Text(words.to_owned()), look);
    if let Some(last) = pieces.last_mut()
        && (last.is_emphasis, last.is_strong, &last.link)
            == (new.is_emphasis, new.is_strong, &new.link)
        && let Said::Text(text) = &mut last.what
    {
        text.push_str(words);
    } else {
        pieces.push(new);
    }
}

/// Signs of Markdown that came out as mere text: what they were to open or close is open, or not
/// there. Each sort is told once a line.
#[derive(Default)]
struct LeftOver(Vec<(u32, &'static str)>);

impl LeftOver {
    fn look(
        &mut self,
        text: &str,
        span: Range<usize>,
        is_link: bool,
        line: u32,
        problems: &Problems,
    ) {
        let Some(words) = text.get(span.clone()) else { return };
        let beyond = text.get(span.end..).and_then(|rest| rest.chars().next());
        let mut before = text[..span.start].chars().next_back();
        let mut rest = words.chars().peekable();
        while let Some(sign) = rest.next() {
            let is_word = |it: &char| it.is_alphanumeric();
            let after = rest.peek().or(beyond.as_ref());
            let wrong = match sign {
                _ if before == Some('\\') => None,
                '[' | ']' => Some(
                    "this bracket belongs to no link: a link is [words](paper:5.2), and the sign \
                     itself is \\[ or \\]",
                ),
                '*' => Some(
                    "this * closes nothing: *emphasis* and **strong words** stand between two, without \
                     spaces inside, and the sign itself is \\*",
                ),
                '_' if after.is_some_and(is_word)
                    && !before.as_ref().is_some_and(is_word)
                    && before != Some('_') =>
                {
                    Some("this _ closes nothing: write *emphasis*, and for the sign itself \\_")
                }
                '`' => Some("this ` is not closed: `code` stands between two"),
                _ => None,
            };
            if let Some(wrong) = wrong {
                self.say(line, wrong, problems);
            }
            before = Some(sign);
        }
        let is_address = ["http://", "https://", "www."].iter().any(|it| words.contains(it));
        if is_address && !is_link {
            let wrong =
                "an address by itself can't be followed: write [words](https://example.org)";
            self.say(line, wrong, problems);
        }
    }

    fn say(&mut self, line: u32, wrong: &'static str, problems: &Problems) {
        if !self.0.contains(&(line, wrong)) {
            self.0.push((line, wrong));
            problems.say(Some(line), wrong);
        }
    }
}

/// Where in a file a text has its values.
struct ValuePlaces<'a> {
    text: &'a str,
    /// The rest of the text's span.
    span: Range<usize>,
    line_at: &'a dyn Fn(usize) -> u32,
}

impl ValuePlaces<'_> {
    /// The line of the next brace, before which there is nothing to find any more.
    fn next(&mut self) -> u32 {
        let rest = self.text.get(self.span.clone()).unwrap_or("");
        let place = self.span.start + rest.find('{').unwrap_or(0);
        self.span.start = self.span.end.min(place + 1);
        (self.line_at)(place)
    }
}

/// Puts values where a text has their names between braces.
fn with_values(
    pieces: Vec<Piece>,
    mut places: ValuePlaces<'_>,
    problems: &Problems,
    known: &Known<'_>,
) -> Vec<Piece> {
    let mut all = Vec::new();
    for piece in pieces {
        let Said::Text(text) = &piece.what else {
            all.push(piece);
            continue;
        };
        let mut push = |what: Said| {
            if what != Said::Text(String::new()) {
                all.push(Piece { what, ..piece.clone() });
            }
        };
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            push(Said::Text(before.to_owned()));
            let line = places.next();
            let Some((name, after)) = after.split_once('}') else {
                problems.say(Some(line), "a { has no }: between them stands the name of a value");
                rest = "";
                break;
            };
            let mut values = known.values.iter().zip(0u16..);
            match values.find(|(value, _)| *value == name) {
                Some((_, value)) => {
                    known.told.borrow_mut().push(ValueTold { value, line });
                    push(Said::Value(value));
                }
                None => {
                    let names = known.values.iter().map(String::as_str);
                    let hint = suggestion(name, names);
                    problems.say(
                        Some(line),
                        format!("{{{name}}} is none of the values in lesson.toml: {hint}"),
                    );
                }
            }
            rest = after;
        }
        push(Said::Text(rest.to_owned()));
    }
    all
}

/// What is wrong in a text that stands in a list, where nothing but letters is shown and no run
/// has been played.
pub(super) fn plain_fault(text: &str) -> Option<&'static str> {
    if text.contains(['{', '}']) {
        return Some("no value can stand here: this is read before there is a run");
    }
    (text.contains(['*', '`', '[', ']']) || text.contains("~~"))
        .then_some("this is shown as it is written: write it without *, `, [ and ]")
}

fn link(to: &str, known: &Known<'_>) -> Result<Link, String> {
    if to.starts_with("https://") {
        return Ok(Link::Web(to.to_owned()));
    }
    if let Some(name) = to.strip_prefix("lesson:") {
        return match known.lessons {
            Some(lessons) if !lessons.iter().any(|it| it == name) => {
                let hint = suggestion(name, lessons.iter().map(String::as_str));
                Err(format!("there is no lesson {name}: {hint}"))
            }
            _ => Ok(Link::Lesson(name.to_owned())),
        };
    }
    if let Some(name) = to.strip_prefix("scenario:") {
        return match raft_scenarios::named(name) {
            Some(_) => Ok(Link::Scenario(name.to_owned())),
            None => {
                let hint = suggestion(name, raft_scenarios::names());
                Err(format!("there is no scenario {name}: {hint}"))
            }
        };
    }
    if to.starts_with("paper") || to.starts_with("dissertation") {
        return to.parse().map(Link::Section);
    }
    Err(format!(
        "“{to}” leads nowhere: write paper:5.2, dissertation:6.4.1, lesson:NAME, scenario:NAME or \
         an address that begins with https://"
    ))
}
