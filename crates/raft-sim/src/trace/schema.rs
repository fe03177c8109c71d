//! The JSON schema of a trace's lines, made of the very types that write them.

use super::TRACE_VERSION;
use super::head::{FORMAT, Head};
use crate::record::Record;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;

/// A line of a trace of Raftlab's: the first is the head, every other is something that
/// happened.
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is wanted")]
enum TraceLine {
    /// The first line.
    Head(Head),
    /// Every other line.
    Record(Record),
}

/// The JSON schema of every line of a trace (draft 2020-12).
pub fn schema() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<TraceLine>();
    nothing_else(&mut schema);
    if let Some(head) = schema.pointer_mut("/$defs/Head/properties") {
        head["format"]["const"] = FORMAT.into();
        head["version"]["const"] = TRACE_VERSION.into();
    }
    schema
}

/// A record has the fields that its type has, and no others.
fn nothing_else(schema: &mut Schema) {
    if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
        schema.insert("additionalProperties".into(), false.into());
    }
    transform_subschemas(&mut nothing_else, schema);
}
