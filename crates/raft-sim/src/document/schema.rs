//! The JSON schema of documents, made of the very types that read them.

use super::words::{Choice, Named, Worded, Words};
use super::{DOCUMENT_VERSION, Document, Latency, LogNormal, Normal, Quantiles, Version};
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

/// The JSON schema of a scenario's document (draft 2020-12).
pub fn schema() -> Schema {
    schemars::schema_for!(Document)
}

/// The schema of a record, field by field.
pub(super) struct Table {
    description: String,
    properties: Map<String, Value>,
    required: Vec<Value>,
}

/// The text of a doc comment, without the spaces that begin its lines.
fn text_of(doc: &str) -> String {
    doc.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().into()
}

impl Table {
    pub(super) fn of(doc: &str) -> Table {
        Table { description: text_of(doc), properties: Map::new(), required: Vec::new() }
    }

    /// A field; one without a default must be there.
    pub(super) fn field(&mut self, name: &str, doc: &str, schema: Schema, default: Option<Value>) {
        let mut schema = Value::from(schema);
        if let Value::Object(words) = &mut schema {
            words.insert("description".into(), text_of(doc).into());
            if let Some(default) = &default
                && !default.is_null()
            {
                words.insert("default".into(), default.clone());
            }
        }
        if default.is_none() {
            self.required.push(name.into());
        }
        self.properties.insert(name.into(), schema);
    }

    pub(super) fn schema(self) -> Schema {
        json_schema!({
            "type": "object",
            "description": self.description,
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false
        })
    }
}

impl<T: Words> JsonSchema for Worded<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::WHAT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "title": T::WHAT })
    }
}

impl<T: Choice> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::WHAT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let named = T::ALL.iter().zip(T::NAMES);
        let one_of: Vec<Value> = named
            .map(|(one, name)| serde_json::json!({ "const": name, "description": one.meaning() }))
            .collect();
        json_schema!({ "oneOf": one_of })
    }
}

impl JsonSchema for Version {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": DOCUMENT_VERSION })
    }
}

/// A table of one field.
fn one_of_name(name: &str, of: Schema) -> Schema {
    json_schema!({
        "type": "object",
        "properties": { name: of },
        "required": [name],
        "additionalProperties": false
    })
}

impl JsonSchema for Latency {
    fn schema_name() -> Cow<'static, str> {
        "Latency".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How long something takes.",
            "anyOf": [
                {
                    "type": "string",
                    "description": "Always the same, such as 5 ms, or any of a range, such as 0.4-1.2 ms."
                },
                one_of_name("normal", generator.subschema_for::<Normal>()),
                one_of_name("log-normal", generator.subschema_for::<LogNormal>()),
                one_of_name("quantiles", generator.subschema_for::<Quantiles>())
            ]
        })
    }
}
