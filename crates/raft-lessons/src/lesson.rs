//! A lesson as data: what the page and the command work with, and what a link carries.

use crate::narration::{Block, Piece};
use crate::reference::Reference;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use raft_core::NodeSet;
use raft_sim::document::{Document, Expectation};
use raft_sim::{Occasion, Scenario};
use serde::{Deserialize, Serialize};

/// A run, or two side by side; what is told of it step by step; what the reader is asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lesson {
    /// Its name in a link: its folder's, without the number.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is about, together with others of the course.
    pub group: String,
    /// What it is about, in a sentence or two.
    pub summary: String,
    /// The run, or two that are shown side by side.
    pub runs: Vec<RunOf>,
    /// The seed that it is told with.
    pub seed: u64,
    /// What one will see.
    pub you_will_see: Vec<Block>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// What is often said and isn't so, and what the run shows of it.
    pub often_said: Vec<Block>,
    /// What production systems do.
    pub in_production: Vec<Block>,
    /// What the reader is asked, in the order of the steps.
    pub questions: Vec<Question>,
    /// What the run gives, for the narration to say.
    pub values: Vec<Value>,
    /// Where one reads on.
    pub sources: Vec<Source>,
}

/// One of the runs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RunOf {
    /// Of a built-in scenario, by its name.
    BuiltIn(String),
    /// Of a scenario of the lesson's own, packed.
    Own(Vec<u8>),
}

impl RunOf {
    /// Its scenario as a document.
    ///
    /// # Errors
    /// Why there is none.
    pub fn document(&self) -> Result<Document, String> {
        match self {
            RunOf::BuiltIn(name) => match raft_scenarios::by_name(name) {
                Some(scenario) => Ok(Document::of(&scenario)),
                None => Err(alloc::format!("there is no scenario “{name}”")),
            },
            RunOf::Own(packed) => {
                Document::from_packed(packed).map_err(|error| alloc::format!("{error}"))
            }
        }
    }

    /// Its scenario, with these expectations after its own.
    ///
    /// # Errors
    /// Why there is none.
    pub fn scenario<'a>(
        &self,
        more: impl IntoIterator<Item = &'a Expectation>,
    ) -> Result<Scenario, String> {
        let mut document = self.document()?;
        document.expectations.extend(more.into_iter().cloned());
        document.scenario().map_err(|errors| {
            errors.first().map_or(String::new(), |error| alloc::format!("{error}"))
        })
    }
}

/// With which seeds something is so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Holds {
    /// With every seed.
    #[default]
    Always,
    /// With more than half of the seeds, the lesson's own among them.
    Mostly,
    /// With the lesson's own seed; with others it may be otherwise.
    ThisSeed,
}

/// A step of the narration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Its name in a link.
    pub name: String,
    /// Its title.
    pub title: String,
    /// When it begins.
    pub begins: Begins,
    /// On the how-manieth such occasion since the step before it, counted from 1.
    pub nth: u32,
    /// In which of the runs, 0 or 1.
    pub run: u8,
    /// The nodes to look at.
    pub look: NodeSet,
    /// The tab to look at, if any.
    pub tab: Option<String>,
    /// With which seeds it comes.
    pub holds: Holds,
    /// What is told.
    pub text: Vec<Block>,
    /// What is said in it that the run must bear out.
    pub claims: Vec<Claim>,
}

/// When a step begins: never at a time, which is another with each seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Begins {
    /// Where the run begins.
    WithTheRun,
    /// On this occasion.
    On(Occasion),
    /// Where the run ends.
    AtTheEnd,
}

/// Something that is said of a run, and how one sees that it is so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// What is said.
    pub says: Vec<Piece>,
    /// How one sees it.
    pub shown_by: Expectation,
    /// In which of the runs, 0 or 1.
    pub run: u8,
    /// With which seeds.
    pub holds: Holds,
}

/// Something that the run gives, by name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Value {
    /// Its name, which the narration has between braces.
    pub name: String,
    /// How it is found.
    pub measure: Measure,
    /// With which seeds there is one.
    pub holds: Holds,
}

/// How something is read off a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Measure {
    /// In which of the runs, 0 or 1.
    pub run: u8,
    /// What.
    pub quantity: Quantity,
    /// Of which occasion.
    pub occasion: Occasion,
    /// The how-manieth, counted from 1; of a count it is of no matter.
    pub nth: u32,
    /// Only those after the first such occasion count.
    pub after: Option<Occasion>,
    /// Only those before the first such occasion, after the other, count.
    pub until: Option<Occasion>,
}

/// What is read off an occasion.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Quantity {
    /// Which node it was about.
    Who,
    /// When it was.
    At,
    /// In which term the node was.
    Term,
    /// How often there was one.
    Count,
    /// How long it was from there to the next such occasion.
    SpanTo(Occasion),
}

/// Something that the reader is asked before the run shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Question {
    /// Its name in a link.
    pub name: String,
    /// The place of the step once which is read it is asked; what it asks comes later.
    pub step: u16,
    /// With which seeds it has an answer.
    pub holds: Holds,
    /// What is asked.
    pub ask: Vec<Piece>,
    /// How it is answered.
    pub kind: Kind,
    /// What is told after the answer.
    pub explain: Vec<Block>,
}

/// How a question is answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Kind {
    /// By one of several answers.
    Choice(Vec<Choice>),
    /// By putting these in order.
    Order(Vec<Item>),
    /// By pointing to a node.
    Node(Measure),
    /// By a word, of which each of these will do.
    Blank(Vec<String>),
    /// By a number.
    Number {
        /// Which.
        answer: Number,
        /// How far off an answer may be: so many, or so many milliseconds.
        within: u64,
    },
}

/// One of several answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Choice {
    /// What it says.
    pub text: Vec<Piece>,
    /// Whether it is right.
    pub right: Right,
    /// What is told to whoever chooses it.
    pub reply: Vec<Piece>,
}

/// Whether an answer is right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Right {
    /// It is, or not, whatever the run.
    Always(bool),
    /// It is if this holds of the run.
    If {
        /// In which of the runs, 0 or 1.
        run: u8,
        /// What.
        shown_by: Expectation,
    },
}

/// Something that is to be put in order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Item {
    /// What it says.
    pub text: Vec<Piece>,
    /// Its first occasion after the step gives its place; `None`: as they are written.
    pub on: Option<Occasion>,
    /// In which of the runs, 0 or 1.
    pub run: u8,
}

/// Where a number comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Number {
    /// It is this.
    Is(u64),
    /// The run gives it.
    Measured(Measure),
}

/// Where one reads on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Source {
    /// In a section of the paper or the dissertation.
    Section(Reference),
    /// On a page on the web.
    Web {
        /// Its title.
        title: String,
        /// Its address.
        address: String,
    },
}

impl Source {
    /// Reads `paper 5.2`, or a title and an address on the web in one text.
    ///
    /// # Errors
    /// Why it is neither.
    pub fn read(text: &str) -> Result<Source, String> {
        match text.rsplit_once(' ') {
            Some((title, address)) if address.starts_with("https://") => {
                Ok(Source::Web { title: title.into(), address: address.into() })
            }
            _ => text.parse().map(Source::Section).map_err(|error| {
                alloc::format!(
                    "{error}; a page on the web is its title and its address, which begins with https://"
                )
            }),
        }
    }
}

/// The version of the packed form, which is its first byte.
const VERSION: u8 = 1;
/// The most bytes that a packed lesson has.
pub const MOST_PACKED_BYTES: usize = 128 * 1024;

/// Why bytes are no packed lesson.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PackedError;

impl fmt::Display for PackedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("this is no packed lesson, or a part of it is missing")
    }
}

impl core::error::Error for PackedError {}

impl Lesson {
    /// Packs it.
    pub fn to_packed(&self) -> Vec<u8> {
        // It fails only for what has no length beforehand, which a lesson doesn't have.
        postcard::to_extend(self, alloc::vec![VERSION]).unwrap_or_default()
    }

    /// Reads a packed lesson.
    ///
    /// # Errors
    /// Where it is none.
    pub fn from_packed(bytes: &[u8]) -> Result<Lesson, PackedError> {
        match bytes {
            [VERSION, packed @ ..] if bytes.len() <= MOST_PACKED_BYTES => {
                postcard::from_bytes(packed).map_err(|_| PackedError)
            }
            _ => Err(PackedError),
        }
    }

    /// What is claimed of one of the runs, in order.
    pub fn claims_of(&self, run: u8) -> impl Iterator<Item = &Claim> {
        self.steps.iter().flat_map(|step| &step.claims).filter(move |claim| claim.run == run)
    }

    /// What makes answers right in one of the runs, in order.
    pub fn rights_of(&self, run: u8) -> impl Iterator<Item = &Expectation> {
        let choices = self.questions.iter().flat_map(|question| match &question.kind {
            Kind::Choice(choices) => choices.as_slice(),
            _ => &[],
        });
        choices.filter_map(move |choice| match &choice.right {
            Right::If { run: of, shown_by } if *of == run => Some(shown_by),
            _ => None,
        })
    }

    /// Every occasion of one of the runs that has to be found to tell the lesson.
    pub fn occasions_of(&self, run: u8) -> Vec<Occasion> {
        let mut all: Vec<Occasion> = Vec::new();
        let mut take = |occasion: Occasion| {
            if !all.contains(&occasion) {
                all.push(occasion);
            }
        };
        self.steps.iter().filter_map(|step| step.occasion_of(run)).for_each(&mut take);
        for value in &self.values {
            value.measure.occasions_of(run).for_each(&mut take);
        }
        for question in &self.questions {
            question.occasions_of(run).into_iter().for_each(&mut take);
        }
        all
    }
}

impl Step {
    /// The occasion of this run that it begins on.
    pub(crate) fn occasion_of(&self, run: u8) -> Option<Occasion> {
        match self.begins {
            Begins::On(occasion) if self.run == run => Some(occasion),
            _ => None,
        }
    }
}

impl Measure {
    /// The occasions of this run that it is read off.
    pub(crate) fn occasions_of(&self, run: u8) -> impl Iterator<Item = Occasion> {
        let to = match self.quantity {
            Quantity::SpanTo(to) => Some(to),
            _ => None,
        };
        let all = [Some(self.occasion), self.after, self.until, to];
        all.into_iter().flatten().filter(move |_| self.run == run)
    }
}

impl Question {
    /// The occasions of this run that its answer is found by, apart from what makes a choice
    /// right.
    pub(crate) fn occasions_of(&self, run: u8) -> Vec<Occasion> {
        match &self.kind {
            Kind::Node(measure) | Kind::Number { answer: Number::Measured(measure), .. } => {
                measure.occasions_of(run).collect()
            }
            Kind::Order(items) => {
                items.iter().filter(|item| item.run == run).filter_map(|item| item.on).collect()
            }
            Kind::Choice(_) | Kind::Blank(_) | Kind::Number { .. } => Vec::new(),
        }
    }
}
