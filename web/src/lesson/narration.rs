//! What a lesson says, as the page shows it. Only text and what it is made of: a lesson may
//! come from a link.

use crate::location;
use crate::terms::{self, Terms};
use raft_lessons::{Block, Lesson, Link, Piece, Said, Source, Telling};
use yew::prelude::*;

/// What is told, and of which run.
#[derive(Clone, Copy)]
pub(super) struct Voice<'a> {
    pub(super) telling: &'a Telling,
    /// Whether links lead to another window: those of an embed.
    pub(super) is_embedded: bool,
    /// The terms of art that are marked in it, if they are there.
    pub(super) terms: Option<&'a Terms<'a>>,
}

impl Voice<'_> {
    /// The same where no term is marked: in what one chooses from, say.
    pub(super) fn unmarked(&self) -> Self {
        Voice { terms: None, ..*self }
    }

    /// Words, with the terms in them marked.
    pub(super) fn words(&self, words: &str) -> Html {
        match self.terms {
            Some(terms) => terms.mark(words),
            None => html! { { words } },
        }
    }

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
            let link = run.first().and_then(|piece| piece.link.as_ref());
            // What can be pressed is in nothing else that can be.
            let voice = if link.is_some() { self.unmarked() } else { *self };
            let text: Html = run.iter().map(|piece| voice.piece(piece)).collect();
            match link {
                Some(link) => self.link(link, text),
                None => text,
            }
        });
        linked.collect()
    }

    fn piece(&self, piece: &Piece) -> Html {
        let mut text = match &piece.what {
            Said::Text(words) => self.words(words),
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
    let source = |source: &Source| {
        let address = match source {
            Source::Section(section) => section.work.address(),
            Source::Web { address, .. } => address,
        };
        html! { <li>{ outside(address, html! { { terms::source(source) } }) }</li> }
    };
    html! { <ul>{ for lesson.sources.iter().map(source) }</ul> }
}
