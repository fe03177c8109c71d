//! The glossary: each term, what it is in one sentence, and where one reads on.

use super::html::{self, Page, escaped, source};
use raft_lessons::Glossary;
use std::fmt::Write as _;

pub(super) fn page(glossary: &Glossary, site: Option<&str>) -> String {
    let mut body = String::from(
        "<article class=\"lesson\">\n<h1>Glossary</h1>\n\
         <p class=\"summary\">Each word is explained by those before it.</p>\n<dl>\n",
    );
    for term in &glossary.terms {
        let (name, says) = (term.name(), escaped(&term.says));
        let (word, source) = (escaped(&term.term), source(&term.source));
        let _ = writeln!(
            body,
            "<div id=\"{name}\">\n<dt>{word}</dt>\n<dd>{says} <small>{source}</small></dd>\n</div>"
        );
    }
    body.push_str("</dl>\n</article>\n");
    let page = Page {
        title: "Glossary",
        description: "The words of Raft, each in one plain sentence, with its source.",
        file: "glossary.html",
        picture: None,
        site,
        is_front: false,
    };
    html::page(&page, &body, "")
}
