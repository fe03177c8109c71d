//! The ledger: what is often said of Raft, claim by claim, with a verdict, what settles it,
//! and the run that shows it.

use crate::reference::Reference;
use crate::text::{Fields, Problem, Problems, expectation};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use raft_sim::document::Expectation;

/// What is often said, and what is so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its name.
    pub id: String,
    /// What it is about, together with others.
    pub topic: String,
    /// What is said.
    pub claim: String,
    /// Whether it is so.
    pub verdict: Standing,
    /// Why, or under which condition.
    pub why: String,
    /// What settles it: a section, or a page or a calculation in words.
    pub settled_by: Vec<Settles>,
    /// The runs that show it.
    pub shown_by: Vec<Shown>,
    /// The lesson that teaches it.
    pub lesson: Option<String>,
    /// Where it is written.
    pub line: u32,
}

/// Whether a claim is so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It is.
    Right,
    /// With a condition that it leaves out.
    Loose,
    /// It is not.
    Wrong,
}

/// What settles a claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Settles {
    /// A section of the paper or the dissertation.
    Section(Reference),
    /// Something else, in words.
    Words(String),
}

/// A run that shows something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The built-in scenario.
    pub scenario: String,
    /// What of its run shows it; nothing: what the scenario itself expects.
    pub expectations: Vec<Expectation>,
}

/// Our own ledger, as it is written.
pub const LEDGER: &str = include_str!("../claims.toml");

/// Reads a ledger.
///
/// # Errors
/// Everything that is wrong.
pub fn read(text: &str) -> Result<Vec<Entry>, Vec<Problem>> {
    let problems = Problems::of("claims.toml", text);
    let table = problems.table(text)?;
    let fields = Fields::of(&table, 1, "the ledger", &problems);
    let mut entries: Vec<Entry> = Vec::new();
    for fields in fields.tables("claims", "a claim") {
        let id = fields.must("id");
        if entries.iter().any(|entry| entry.id == id) {
            fields.say("id", format!("there is another claim {id}"));
        }
        let verdict = match fields.must("verdict").as_str() {
            "right" => Standing::Right,
            "loose" => Standing::Loose,
            "wrong" => Standing::Wrong,
            other => {
                fields.say("verdict", format!("“{other}” is none of right, loose and wrong"));
                Standing::Right
            }
        };
        let mut settled_by = Vec::new();
        for (text, line) in fields.texts("settled_by") {
            if text.starts_with("paper") || text.starts_with("dissertation") {
                match text.parse() {
                    Ok(reference) => settled_by.push(Settles::Section(reference)),
                    Err(error) => problems.say(Some(line), error),
                }
            } else {
                settled_by.push(Settles::Words(text));
            }
        }
        if settled_by.is_empty() {
            fields
                .say("settled_by", "say what settles it: a section, a page, a calculation, a run");
        }
        let mut shown_by = Vec::new();
        for shown in fields.tables("shown_by", "a run that shows it") {
            let scenario = shown.must("scenario");
            if raft_scenarios::named(&scenario).is_none() {
                shown.say("scenario", format!("there is no scenario {scenario}"));
            }
            let mut expectations = Vec::new();
            for fields in shown.tables("expect", "an expectation") {
                expectations.extend(expectation(&fields));
                fields.finish();
            }
            shown_by.push(Shown { scenario, expectations });
            shown.finish();
        }
        let why = fields.text("why").unwrap_or_default();
        if why.is_empty() && verdict != Standing::Right {
            fields.say("why", "say what is wrong with it, or which condition it leaves out");
        }
        entries.push(Entry {
            topic: fields.must("topic"),
            claim: fields.must("claim"),
            lesson: fields.text("lesson"),
            line: fields.line,
            id,
            verdict,
            why,
            settled_by,
            shown_by,
        });
        fields.finish();
    }
    fields.finish();
    let all = problems.all();
    if all.is_empty() { Ok(entries) } else { Err(all) }
}

impl Shown {
    /// Plays its run with a seed: what does not hold.
    ///
    /// # Errors
    /// Why it can't be played.
    pub fn failures(&self, seed: u64) -> Result<Vec<String>, String> {
        let run = crate::RunOf::BuiltIn(self.scenario.clone());
        let scenario = run.scenario(&self.expectations)?;
        let plan = raft_sim::Plan::new(scenario, seed, Vec::new()).map_err(|errors| {
            errors.first().map_or("it can't be run".to_owned(), ToString::to_string)
        })?;
        let verdicts = raft_sim::judge(alloc::sync::Arc::new(plan)).into_iter();
        Ok(verdicts.filter(|verdict| !verdict.holds).map(|verdict| verdict.to_string()).collect())
    }
}
