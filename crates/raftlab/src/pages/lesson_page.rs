//! The page of a lesson: all of it, told with its own seed, and the way to where it is played.

use super::Told;
use super::html::{self, Page, Words, again, blocks, escaped, pieces};
use raft_lessons::{Answer, Glossary, Kind, Piece, Question};
use std::fmt::Write as _;

pub(super) fn page(
    told: &Told,
    before: Option<&Told>,
    after: Option<&Told>,
    glossary: &Glossary,
    site: Option<&str>,
) -> String {
    let Told { built_in, lesson, telling, drawn } = told;
    let with = &mut Words::of(telling, glossary);
    let name = built_in.name;
    let mut body = String::new();
    let _ = write!(
        body,
        "<article class=\"lesson\">\n<p class=\"where\"><a href=\"index.html\">The course</a> · {group} · lesson {number}</p>\n\
         <h1>{title}</h1>\n<p class=\"summary\">{summary}</p>\n\
         <p class=\"ways\"><a class=\"primary\" href=\"../#lesson={name}\">Play this lesson</a></p>\n\
         <figure>\n{light}\n{dark}\n<figcaption>{says}</figcaption>\n</figure>\n\
         <h2>What you will see</h2>\n{see}",
        group = escaped(built_in.group),
        number = built_in.number,
        title = escaped(&lesson.title),
        summary = escaped(&lesson.summary),
        light = image(name, "light", &drawn.says),
        dark = image(name, "dark", &drawn.says),
        says = escaped(&drawn.says),
        see = blocks(&lesson.you_will_see, with),
    );
    for (place, step) in lesson.steps.iter().enumerate() {
        let comes = telling.steps.get(place).copied().flatten();
        let when = comes
            .map_or(String::new(), |comes| format!(" <small class=\"when\">{}</small>", comes.at));
        let (number, id, title) = (place + 1, escaped(&step.name), escaped(&step.title));
        let _ = write!(
            body,
            "<section id=\"{id}\">\n<h2><span class=\"number\">{number}</span> {title}{when}</h2>\n{text}\
             <p class=\"to-step\"><a href=\"../#lesson={name}&amp;step={id}\">See it in the run</a></p>\n",
            text = blocks(&step.text, with),
        );
        for (question, answer) in lesson.questions.iter().zip(&telling.answers) {
            if usize::from(question.step) == place {
                body.push_str(&asked(question, answer.as_ref().ok(), with));
            }
        }
        body.push_str("</section>\n");
    }
    if !lesson.often_said.is_empty() {
        let text = blocks(&lesson.often_said, with);
        let _ = write!(body, "<section>\n<h2>Often said</h2>\n{text}</section>\n");
    }
    if !lesson.in_production.is_empty() {
        let text = blocks(&lesson.in_production, with);
        let _ = write!(body, "<section>\n<h2>In production</h2>\n{text}</section>\n");
    }
    let sources = html::sources(&lesson.sources);
    let _ = write!(body, "<section>\n<h2>Sources</h2>\n{sources}</section>\n");
    body.push_str("<nav class=\"turn\" aria-label=\"Other lessons\">\n");
    for (other, word) in [(before, "Before"), (after, "Next")] {
        if let Some(other) = other {
            let (to, title) = (other.built_in.name, escaped(other.built_in.title));
            let _ = writeln!(body, "<a href=\"{to}.html\"><small>{word}</small> {title}</a>");
        }
    }
    body.push_str("</nav>\n</article>\n");
    let page = Page {
        title: &lesson.title,
        description: &lesson.summary,
        file: &format!("{name}.html"),
        picture: Some(&format!("{name}.png")),
        site,
        is_front: false,
    };
    html::page(&page, &body, "")
}

fn image(name: &str, theme: &str, says: &str) -> String {
    let says = escaped(says);
    format!(
        "<img class=\"{theme}\" src=\"{name}-{theme}.svg\" width=\"760\" height=\"470\" loading=\"lazy\" alt=\"{says}\">"
    )
}

/// A question, whose answer is there for who opens it.
fn asked(question: &Question, answer: Option<&Answer>, with: &mut Words<'_>) -> String {
    let mut html = format!(
        "<div class=\"question\">\n<p><strong>Predict.</strong> {}</p>\n",
        pieces(&question.ask, with)
    );
    let texts: Vec<&[Piece]> = match &question.kind {
        Kind::Choice(choices) => choices.iter().map(|it| it.text.as_slice()).collect(),
        Kind::Order(items) => items.iter().map(|it| it.text.as_slice()).collect(),
        Kind::Node(_) | Kind::Blank(_) | Kind::Number { .. } => Vec::new(),
    };
    let mut options: Vec<String> = texts.iter().map(|text| pieces(text, with)).collect();
    if matches!(question.kind, Kind::Order(_)) {
        // As they are written they may be in order already.
        options.sort();
    }
    let said = |place: &u16| texts.get(usize::from(*place)).map(|text| again(text, with));
    if !options.is_empty() {
        html.push_str("<ul>\n");
        for option in &options {
            let _ = writeln!(html, "<li>{option}</li>");
        }
        html.push_str("</ul>\n");
    }
    let right = match answer {
        Some(Answer::Choice(place)) => said(place),
        Some(Answer::Order(places)) => {
            Some(places.iter().filter_map(said).collect::<Vec<_>>().join("; then "))
        }
        Some(Answer::Node(node)) => Some(node.to_string()),
        Some(Answer::Word(words)) => Some(escaped(&words.join(" or "))),
        Some(Answer::Number { is, within: 0 }) => Some(is.to_string()),
        Some(Answer::Number { is, within }) => Some(format!("{is}, give or take {within}")),
        None => None,
    };
    if let Some(right) = right {
        let explain = blocks(&question.explain, with);
        let _ = write!(
            html,
            "<details>\n<summary>The answer</summary>\n<p><strong>{right}</strong></p>\n{explain}</details>\n"
        );
    }
    html.push_str("</div>\n");
    html
}
