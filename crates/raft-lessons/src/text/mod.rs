//! Lessons as people write them: `lesson.toml` and `lesson.md`, read with everything that is
//! wrong at once, each with its file, its line and what would be right.

mod fields;
mod glossary;
mod markdown;
mod notation;
mod places;
mod reading;
mod surroundings;

pub use fields::Problem;
pub(crate) use fields::{Fields, Problems, expectation};
pub use glossary::read_glossary;
pub use notation::utf8;
pub use places::{Lines, ReadWhen, Told};
pub use reading::{Read, read};
pub use surroundings::ScenarioLines;
