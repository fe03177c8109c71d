//! The glossary: each term once, in one sentence, with a source that exists, and explained by
//! what stands before it.

use raft_lessons::text::read_glossary;
use raft_lessons::{Block, Glossary, Lesson, Piece, Reference, Said, Source, glossary, ledger};
use std::collections::BTreeSet;

const WRITTEN: &str = include_str!("../glossary.toml");

fn written() -> Glossary {
    read_glossary(WRITTEN).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn what_is_built_in_is_what_is_written() {
    let glossary = glossary();
    assert_eq!(glossary, written());
    assert!(glossary.terms.len() >= 40, "{}", glossary.terms.len());
}

#[test]
fn each_term_has_one_name_one_sentence_and_a_source_that_exists() {
    let glossary = written();
    let mut names = BTreeSet::new();
    let mut spellings = BTreeSet::new();
    for term in &glossary.terms {
        let name = term.name();
        let is_name =
            name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-');
        assert!(is_name && names.insert(name.clone()), "{name}");
        assert_eq!(glossary.named(&name), Some(term));
        for spelling in term.spellings() {
            assert!(spellings.insert(spelling.to_ascii_lowercase()), "{spelling} twice");
        }
        assert!(term.says.ends_with('.') && term.says.len() < 180, "{name}: {}", term.says);
        assert!(term.says.starts_with(char::is_uppercase), "{name}: {}", term.says);
        if let Source::Section(section) = &term.source {
            assert_eq!(section.to_string().parse::<Reference>().as_ref(), Ok(section), "{name}");
        }
    }
}

/// Whoever reads from the top never meets a term before it is explained, least of all in its
/// own explanation.
#[test]
fn a_sentence_uses_only_terms_that_stand_before_it() {
    let glossary = written();
    for (place, term) in glossary.terms.iter().enumerate() {
        for mention in glossary.terms_in(&term.says) {
            let used = &glossary.terms[mention.term].term;
            assert!(
                mention.term < place,
                "{} is explained by {used}, which comes later",
                term.term
            );
        }
    }
}

/// So that no sentence stands there for a word that nobody meets: in the lessons, the
/// scenarios and the ledger.
#[test]
fn nearly_every_term_is_met_somewhere() {
    let glossary = written();
    let mut all: Vec<String> =
        raft_lessons::list().iter().flat_map(|it| texts(&it.lesson())).collect();
    all.extend(raft_scenarios::all().into_iter().flat_map(|it| [it.title, it.summary]));
    let ledger = ledger::read(ledger::LEDGER).unwrap_or_else(|problems| panic!("{problems:#?}"));
    all.extend(ledger.into_iter().flat_map(|it| [it.claim, it.why]));
    let mentions = all.iter().flat_map(|text| glossary.terms_in(text));
    let met: BTreeSet<usize> = mentions.map(|mention| mention.term).collect();
    let unmet: Vec<&str> = (0..glossary.terms.len())
        .filter(|place| !met.contains(place))
        .map(|place| glossary.terms[place].term.as_str())
        .collect();
    assert!(unmet.len() * 4 < glossary.terms.len(), "{unmet:?}");
    for term in ["term", "majority", "next index", "pre-vote", "lease", "fencing token"] {
        let place = glossary.terms.iter().position(|it| it.term == term).expect(term);
        assert!(met.contains(&place), "{term}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_with_its_line() {
    let text = "[[terms]]\nterm = \"one\"\nsays = \"No stop\"\nsource = \"paper 5.7\"\n\n\
                [[terms]]\nterm = \"two\"\nalso = [\"one\"]\nsays = \"It is. It was.\"\n\
                source = \"paper 5.1\"\nsee = \"one\"\n";
    let problems = read_glossary(text).expect_err("it is wrong");
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    for says in [
        "line 3: says: say it in one sentence",
        "line 4: source: the paper has no section 5.7",
        "line 7: term: there is another one",
        "line 9: says: say it in one sentence",
        "a term has no field see",
    ] {
        assert!(told.iter().any(|it| it.contains(says)), "{says}: {told:#?}");
    }
}

/// Each paragraph and item of a lesson, as plain text.
fn texts(lesson: &Lesson) -> Vec<String> {
    let steps = lesson.steps.iter().map(|step| &step.text);
    let all = [&lesson.you_will_see, &lesson.often_said, &lesson.in_production];
    let explained = lesson.questions.iter().map(|question| &question.explain);
    let blocks = all.into_iter().chain(steps).chain(explained).flatten();
    blocks
        .flat_map(|block| match block {
            Block::Paragraph(pieces) => vec![plain(pieces)],
            Block::List { items, .. } => items.iter().map(|pieces| plain(pieces)).collect(),
        })
        .collect()
}

fn plain(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match &piece.what {
            Said::Text(text) | Said::Code(text) => text.as_str(),
            Said::Value(_) => "something",
        })
        .collect()
}
