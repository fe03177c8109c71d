//! The glossary as it is written, read.

use super::fields::{Fields, Problem, Problems};
use crate::glossary::{Glossary, Term};
use crate::lesson::Source;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Reads a glossary.
///
/// # Errors
/// Everything that is wrong.
pub fn read_glossary(text: &str) -> Result<Glossary, Vec<Problem>> {
    let problems = Problems::of("glossary.toml", text);
    let table = problems.table(text)?;
    let fields = Fields::of(&table, 1, "the glossary", &problems);
    let mut glossary = Glossary::default();
    let mut spellings: Vec<String> = Vec::new();
    for fields in fields.tables("terms", "a term") {
        let term = fields.must("term");
        let also: Vec<String> = fields.texts("also").into_iter().map(|(text, _)| text).collect();
        for spelling in core::iter::once(&term).chain(&also) {
            if spellings.contains(spelling) {
                fields.say("term", format!("there is another {spelling}"));
            }
            if spelling.trim() != spelling || spelling.contains("  ") {
                fields.say("term", format!("“{spelling}” has more space than it needs"));
            }
            spellings.push(spelling.clone());
        }
        let says = fields.must("says");
        let sentence = says.strip_suffix('.').unwrap_or("");
        if sentence.is_empty() || sentence.contains(". ") {
            fields.say("says", "say it in one sentence, with a full stop");
        }
        let source = match Source::read(&fields.must("source")) {
            Ok(source) => Some(source),
            Err(error) => {
                fields.say("source", error);
                None
            }
        };
        if let Some(source) = source {
            glossary.terms.push(Term { term, also, says, source });
        }
        fields.finish();
    }
    fields.finish();
    let all = problems.all();
    if all.is_empty() { Ok(glossary) } else { Err(all) }
}
