//! Lessons as people write them: `lesson.toml` and `lesson.md`, read with everything that is
//! wrong at once, each with its file, its line and what would be right.

mod fields;
mod glossary;
mod markdown;
mod reading;

pub use fields::Problem;
pub(crate) use fields::{Fields, Problems, expectation};
pub use glossary::read_glossary;
pub use reading::{Lines, Read, read};
