//! A tree as serde reads it: with the way to whatever is wrong.

use super::tree::{Node, Value};
use super::wrong::{Segment, Wrong};
use alloc::slice;
use alloc::string::String;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

pub(super) struct Reader<'t> {
    node: &'t Node,
}

impl<'t> Reader<'t> {
    pub(super) const fn of(node: &'t Node) -> Reader<'t> {
        Reader { node }
    }

    fn read<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.node.value {
            Value::Nothing => visitor.visit_unit(),
            Value::Flag(flag) => visitor.visit_bool(*flag),
            Value::Whole(number) => match (u64::try_from(*number), i64::try_from(*number)) {
                (Ok(number), _) => visitor.visit_u64(number),
                (_, Ok(number)) => visitor.visit_i64(number),
                _ => visitor.visit_i128(*number),
            },
            Value::Text(text) => visitor.visit_str(text),
            Value::List(items) => visitor.visit_seq(Items { rest: items.iter() }),
            Value::Table(fields) => {
                let mut table = Fields { rest: fields.iter(), next: None };
                let read = visitor.visit_map(&mut table);
                match read {
                    // Whoever reads a table of one name looks no further.
                    Ok(_) if let Some((name, node)) = table.rest.next() => {
                        let more: Wrong = de::Error::custom("there is one name too many here");
                        Err(more.within(Segment::Field(name.clone()), node.line))
                    }
                    Ok(value) => Ok(value),
                    Err(wrong) => Err(match wrong.own_field().map(String::from) {
                        Some(name) => {
                            let line = fields
                                .iter()
                                .rfind(|(field, _)| *field == name)
                                .and_then(|(_, node)| node.line);
                            wrong.within(Segment::Field(name), line)
                        }
                        None => wrong,
                    }),
                }
            }
            Value::Other(_) => Err(Wrong::is(&self.node.value.described(), &visitor)),
        }
    }
}

struct Items<'t> {
    rest: slice::Iter<'t, (u32, Node)>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        let Some((place, node)) = self.rest.next() else { return Ok(None) };
        let read = seed.deserialize(Reader::of(node));
        read.map(Some).map_err(|wrong| wrong.within(Segment::Place(*place), node.line))
    }
}

struct Fields<'t> {
    rest: slice::Iter<'t, (String, Node)>,
    next: Option<&'t (String, Node)>,
}

impl<'de> MapAccess<'de> for &mut Fields<'_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        self.next = self.rest.next();
        let Some((name, node)) = self.next else { return Ok(None) };
        let name: StrDeserializer<'_, Wrong> = name.as_str().into_deserializer();
        let read = seed.deserialize(name);
        read.map(Some).map_err(|wrong| wrong.within_unnamed(node.line))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let Some((name, node)) = self.next.take() else {
            return Err(de::Error::custom("a value without a name"));
        };
        let read = seed.deserialize(Reader::of(node));
        read.map_err(|wrong| wrong.within(Segment::Field(name.clone()), node.line))
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.read(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.node.value {
            Value::Nothing => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.read(OneName(visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// An enum: a name, or a table of one name.
struct OneName<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for OneName<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("a name, or a table of one name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<V::Value, E> {
        let name: StrDeserializer<'_, E> = name.into_deserializer();
        self.0.visit_enum(name)
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(MapAccessDeserializer::new(table))
    }
}
