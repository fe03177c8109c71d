//! Narration: a small part of Markdown, read into [`Block`]s and [`Piece`]s.

use super::fields::Problems;
use crate::narration::{Block, Link, Piece, Said};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::Cell;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use raft_sim::document::{Lines, suggestion};

const WHAT_THERE_IS: &str = "write paragraphs, lists, *emphasis*, **strong words**, `code`, \
                             [links](paper:5.2) and, above each step, ## name: Title";

/// What names a narration may use.
#[derive(Debug)]
pub(super) struct Known<'a> {
    /// The lesson's values, and whether somebody has used each.
    pub(super) values: &'a [(String, Cell<bool>)],
    /// The lessons that there are; `None` where that is not known, and any will do.
    pub(super) lessons: Option<&'a [String]>,
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
    for (event, span) in Parser::new(text).into_offset_iter() {
        let line = first_line.saturating_add(lines.line_at(span.start) - 1);
        let wrong = |what: &str| problems.say(Some(line), format!("{what}: {WHAT_THERE_IS}"));
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
                    let pieces = with_values(core::mem::take(&mut pieces), line, problems, known);
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
                    items.push(with_values(item, line, problems, known));
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
            Event::Start(Tag::CodeBlock(_)) => wrong("a block of code can't be shown"),
            Event::Start(Tag::BlockQuote(_)) => wrong("a quotation can't be set apart"),
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => wrong("HTML can't be shown"),
            Event::Rule => wrong("a line across can't be shown"),
            Event::HardBreak => wrong("a line can't be broken by hand"),
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

/// Puts values where a text has their names between braces.
fn with_values(
    pieces: Vec<Piece>,
    line: u32,
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
            let Some((name, after)) = after.split_once('}') else {
                problems.say(Some(line), "a { has no }: between them stands the name of a value");
                rest = "";
                break;
            };
            let mut values = known.values.iter().zip(0u16..);
            match values.find(|((value, _), _)| value == name) {
                Some(((_, is_used), place)) => {
                    is_used.set(true);
                    push(Said::Value(place));
                }
                None => {
                    let names = known.values.iter().map(|(value, _)| value.as_str());
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
