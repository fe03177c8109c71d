//! What a lesson says, as the page shows it. Only text and what it is made of: a lesson may
//! come from a link.

use crate::location;
use raft_lessons::{Block, Lesson, Link, Piece, Said, Source, Telling};
use yew::prelude::*;

/// What is told, and of which run.
#[derive(Clone, Copy)]
pub(super) struct Voice<'a> {
    pub(super) telling: &'a Telling,
    /// Whether links lead to another window: those of an embed.
    pub(super) is_embedded: bool,
}

impl Voice<'_> {
    /// Paragraphs and lists.
    pub(super) fn blocks(&self, blocks: &[Block]) -> Html {
        let block = |block: &Block| match block {
            Block::Paragraph(pieces) => html! { <p>{ self.pieces(pieces) }</p> },
            Block::List { is_ordered, items } => {
                let items = items.iter().map(|item| html! { <li>{ self.pieces(item) }</li> });
                let items: Html = items.collect();
                if *is_ordered {
                    html! { <ol>{ items }</ol> }
                } else {
                    html! { <ul>{ items }</ul> }
                }
            }
        };
        blocks.iter().map(block).collect()
    }

    /// A stretch of text. What leads to the same place is one link.
    pub(super) fn pieces(&self, pieces: &[Piece]) -> Html {
        let runs = pieces.chunk_by(|one, next| one.link == next.link);
        let linked = runs.map(|run| {
            let text: Html = run.iter().map(|piece| self.piece(piece)).collect();
            match run.first().and_then(|piece| piece.link.as_ref()) {
                Some(link) => self.link(link, text),
                None => text,
            }
        });
        linked.collect()
    }

    fn piece(&self, piece: &Piece) -> Html {
        let mut text = match &piece.what {
            Said::Text(words) => html! { { words } },
            Said::Code(words) => html! { <code>{ words }</code> },
            Said::Value(_) => {
                html! { <b class="value">{ self.plain(std::slice::from_ref(piece)) }</b> }
            }
        };
        if piece.is_emphasis {
            text = html! { <em>{ text }</em> };
        }
        if piece.is_strong {
            text = html! { <strong>{ text }</strong> };
        }
        text
    }

    /// A stretch of text, as text.
    pub(super) fn plain(&self, pieces: &[Piece]) -> String {
        let words = pieces.iter().map(|piece| match &piece.what {
            Said::Text(words) | Said::Code(words) => words.clone(),
            Said::Value(place) => {
                let value = self.telling.values.get(usize::from(*place)).copied().flatten();
                value.map_or("—".to_owned(), |value| value.to_string())
            }
        });
        words.collect()
    }

    fn link(&self, link: &Link, text: Html) -> Html {
        match link {
            Link::Web(address) => outside(address, text),
            Link::Section(section) => html! {
                <a
                    href={section.work.address()}
                    title={section.to_string()}
                    target="_blank"
                    rel="noopener"
                >
                    { text }
                </a>
            },
            Link::Lesson(name) => self.inside(&format!("#lesson={name}"), text),
            Link::Scenario(name) => self.inside(&format!("#scenario={name}&seed=42"), text),
        }
    }

    /// A link to another run on this page; from an embed, on the full page.
    fn inside(&self, hash: &str, text: Html) -> Html {
        match location::full_page().filter(|_| self.is_embedded) {
            Some(page) => {
                html! { <a href={page + hash} target="_blank" rel="noopener">{ text }</a> }
            }
            None => html! { <a href={hash.to_owned()}>{ text }</a> },
        }
    }
}

/// A link to a page on the web.
fn outside(address: &str, text: Html) -> Html {
    // A link may carry a lesson, and nobody may have checked that.
    if !address.starts_with("https://") {
        return text;
    }
    html! { <a href={address.to_owned()} target="_blank" rel="noopener">{ text }</a> }
}

/// Where one reads on.
pub(super) fn sources(lesson: &Lesson) -> Html {
    let source = |source: &Source| match source {
        Source::Section(section) => {
            html! { <li>{ outside(section.work.address(), html! { { spelled(&section.to_string()) } }) }</li> }
        }
        Source::Web { title, address } => {
            html! { <li>{ outside(address, html! { { title } }) }</li> }
        }
    };
    html! { <ul>{ for lesson.sources.iter().map(source) }</ul> }
}

/// `Paper, 5.2`
fn spelled(section: &str) -> String {
    let (work, place) = section.split_once(' ').unwrap_or((section, ""));
    let work = if work == "paper" { "Raft paper" } else { "Dissertation" };
    format!("{work}, {}{place}", if place.starts_with("figure") { "" } else { "section " })
}
