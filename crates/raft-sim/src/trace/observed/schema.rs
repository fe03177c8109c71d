//! The JSON schema of the format's lines, made of the very types that read them.

use super::{OBSERVED_FORMAT, OBSERVED_VERSION, ObservedHead, ObservedLine};

/// A line of a trace of another implementation's: the first is a head, every other is
/// something that happened.
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is wanted")]
enum ObservedTraceLine {
    /// The first line.
    Head(ObservedHead),
    /// Every other line.
    Line(ObservedLine),
}

/// The JSON schema of every line of a trace (draft 2020-12).
pub fn schema() -> schemars::Schema {
    let mut schema = schemars::schema_for!(ObservedTraceLine);
    // A text and a number as far as the types know.
    if let Some(head) = schema.pointer_mut("/$defs/ObservedHead/properties") {
        head["format"]["const"] = OBSERVED_FORMAT.into();
        head["version"]["const"] = OBSERVED_VERSION.into();
    }
    schema
}
