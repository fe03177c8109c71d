//! What a text holds, before anything is made of it: a tree of plain values, each with
//! its line.

use super::lines::Lines;
use super::wrong::Segment;
use crate::scenario::ScenarioError;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use toml::de::{DeTable, DeValue};

/// Lists and tables nest no deeper; a scenario needs five.
const DEEPEST: u32 = 24;

/// A value and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Its line, from 1, where that is known.
    pub(super) line: Option<u32>,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Nothing,
    Flag(bool),
    Whole(i128),
    Text(String),
    /// Each with the place that it had at first.
    List(Vec<(u32, Node)>),
    Table(Vec<(String, Node)>),
    /// What no document has: a date, a number with a fraction.
    Other(&'static str),
}

impl Value {
    /// In words, for an error.
    pub(super) fn described(&self) -> String {
        let what = match self {
            Value::Nothing => "nothing (null)",
            Value::Flag(_) => "true or false",
            Value::Whole(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Other(what) => what,
        };
        format!("this is {what}")
    }
}

impl Node {
    pub(super) fn from_toml(text: &str) -> Result<Node, Vec<ScenarioError>> {
        let lines = Lines::of(text);
        let table = toml_table(text, &lines)?;
        of_toml_table(&table, Some(1), &lines, 0).map_err(|error| alloc::vec![error])
    }

    pub(super) fn from_json(text: &str) -> Result<Node, Vec<ScenarioError>> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let read =
            Json { depth: 0 }.deserialize(&mut reader).and_then(|node| reader.end().map(|()| node));
        read.map_err(|error| {
            let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
            let wrong = ScenarioError::of("", format!("this is no JSON: {error}"));
            alloc::vec![ScenarioError { line, ..wrong }]
        })
    }

    /// The value of this name in a table.
    pub(super) fn field(&self, name: &str) -> Option<&Node> {
        match &self.value {
            Value::Table(fields) => fields.iter().find(|(field, _)| field == name).map(|it| &it.1),
            _ => None,
        }
    }

    fn item(&self, place: &str) -> Option<&Node> {
        let place: u32 = place.parse().ok()?;
        match &self.value {
            Value::List(items) => items.iter().find(|(at, _)| *at == place).map(|it| &it.1),
            _ => None,
        }
    }

    /// The line of what a path such as `steps[2].do` leads to, or of the last on the way
    /// that is there.
    pub(super) fn line_of(&self, path: &str) -> Option<u32> {
        let mut here = self;
        let mut line = None;
        for part in path.split(['.', '[']) {
            let next = match part.strip_suffix(']') {
                Some(place) => here.item(place),
                None => here.field(part),
            };
            let Some(next) = next else { break };
            here = next;
            line = here.line.or(line);
        }
        line
    }

    /// A path in what is left of the tree, as it was in the whole: what was taken out of a
    /// list has moved the rest of it.
    pub(super) fn path_in_whole(&self, path: &str) -> String {
        let mut whole = String::new();
        let mut here = Some(self);
        for part in path.split_inclusive(['.', '[', ']']) {
            let item = part.strip_suffix(']').and_then(|place| {
                let place: usize = place.parse().ok()?;
                match &here?.value {
                    Value::List(items) => items.get(place),
                    _ => None,
                }
            });
            match item {
                Some((place, node)) => {
                    whole.push_str(&format!("{place}]"));
                    here = Some(node);
                }
                None => {
                    whole.push_str(part);
                    let name = part.trim_end_matches(['.', '[']);
                    here = if name.is_empty() { here } else { here.and_then(|it| it.field(name)) };
                }
            }
        }
        whole
    }

    /// Puts a value into a table, in place of what is there.
    pub(super) fn put(&mut self, name: &str, value: Value) {
        if let Value::Table(fields) = &mut self.value {
            fields.retain(|(field, _)| field != name);
            fields.push((name.to_owned(), Node { line: None, value }));
        }
    }

    /// Takes out what a path leads to; where that is missing, what it is missing in. Gives
    /// whether there was anything to take out.
    pub(super) fn prune(&mut self, path: &[Segment], is_missing: bool) -> bool {
        let path = match path {
            [parents @ .., _] if is_missing => parents,
            path => path,
        };
        let Some((last, parents)) = path.split_last() else { return false };
        let mut here = self;
        for segment in parents {
            let next = match (segment, &mut here.value) {
                (Segment::Field(name), Value::Table(fields)) => {
                    fields.iter_mut().find(|(field, _)| field == name).map(|it| &mut it.1)
                }
                (Segment::Place(place), Value::List(items)) => {
                    items.iter_mut().find(|(at, _)| at == place).map(|it| &mut it.1)
                }
                _ => None,
            };
            let Some(next) = next else { return false };
            here = next;
        }
        match (last, &mut here.value) {
            (Segment::Field(name), Value::Table(fields)) => {
                let before = fields.len();
                fields.retain(|(field, _)| field != name);
                fields.len() < before
            }
            (Segment::Place(place), Value::List(items)) => {
                let before = items.len();
                items.retain(|(at, _)| at != place);
                items.len() < before
            }
            _ => false,
        }
    }
}

/// The table that a text is, as TOML.
///
/// # Errors
/// Everything because of which it is no TOML, each with its line.
pub fn toml_table<'t>(text: &'t str, lines: &Lines) -> Result<DeTable<'t>, Vec<ScenarioError>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(table.into_inner());
    }
    let told = errors.iter().take(super::MOST_ERRORS).map(|error| ScenarioError {
        line: error.span().map(|span| lines.line_at(span.start)),
        ..ScenarioError::of("", format!("this is no TOML: {}", error.message().trim()))
    });
    Err(told.collect())
}

fn too_deep() -> ScenarioError {
    ScenarioError::of("", format!("lists and tables nest deeper than {DEEPEST}: no scenario's do"))
}

fn of_toml_table(
    table: &DeTable<'_>,
    line: Option<u32>,
    lines: &Lines,
    depth: u32,
) -> Result<Node, ScenarioError> {
    let mut fields = Vec::new();
    for (name, value) in table {
        // Of a field, the line of its name says where it is.
        let line = lines.line_at(name.span().start);
        let node = of_toml(value.get_ref(), Some(line), lines, depth + 1)?;
        fields.push((name.get_ref().clone().into_owned(), node));
    }
    Ok(Node { line, value: Value::Table(fields) })
}

fn of_toml(
    value: &DeValue<'_>,
    line: Option<u32>,
    lines: &Lines,
    depth: u32,
) -> Result<Node, ScenarioError> {
    if depth > DEEPEST {
        return Err(ScenarioError { line, ..too_deep() });
    }
    let value = match value {
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Integer(number) => match i128::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Whole(number),
            Err(_) => Value::Other("a number that is too large"),
        },
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(_) => Value::Other("a date or a time of day"),
        DeValue::Array(values) => {
            let items = values.iter().zip(0u32..).map(|(value, place)| {
                let line = lines.line_at(value.span().start);
                Ok((place, of_toml(value.get_ref(), Some(line), lines, depth + 1)?))
            });
            Value::List(items.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => return of_toml_table(table, line, lines, depth),
    };
    Ok(Node { line, value })
}

/// Reads JSON into a tree; so deep are we.
#[derive(Clone, Copy)]
struct Json {
    depth: u32,
}

impl Json {
    fn inner<E: serde::de::Error>(self) -> Result<Json, E> {
        if self.depth == DEEPEST {
            return Err(E::custom(too_deep().message));
        }
        Ok(Json { depth: self.depth + 1 })
    }

    const fn node(value: Value) -> Node {
        Node { line: None, value }
    }
}

impl<'de> DeserializeSeed<'de> for Json {
    type Value = Node;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Json {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Json::node(Value::Nothing))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Json::node(Value::Flag(flag)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Json::node(Value::Whole(i128::from(number))))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Json::node(Value::Whole(i128::from(number))))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Json::node(Value::Other("a number with a fraction, or too large")))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Json::node(Value::Text(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let inner = self.inner()?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(inner)? {
            items.push((u32::try_from(items.len()).unwrap_or(u32::MAX), item));
        }
        Ok(Json::node(Value::List(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Node, A::Error> {
        let inner = self.inner()?;
        let mut fields = Vec::new();
        while let Some(name) = table.next_key::<String>()? {
            fields.push((name, table.next_value_seed(inner)?));
        }
        Ok(Json::node(Value::Table(fields)))
    }
}
