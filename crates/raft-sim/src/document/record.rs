//! One description of a part of a document gives its Rust type, its two written forms
//! and its schema, so that they can't differ.
//!
//! ```text
//! record! {
//!     /// A disk.                                 the doc comments are the schema's as well
//!     pub struct Disk: Default {                  Default: a document may leave it out
//!         /// How long an fsync takes.
//!         pub fsync: Latency = Latency::of(...),  may be left out; this is what counts then
//!         /// Whose.
//!         pub of_node as "node": Node,            must be there; `as` where Rust has the word
//!     }
//! }
//! ```
//!
//! * For people (TOML, JSON), a record is a table by name, in which what is as by default
//!   is left out, and a name that it doesn't have is an error.
//! * Packed, it is a number whose bit *n* says whether field *n* is there, and then those
//!   fields. So new fields go to the END of a record, and must have a default: packed
//!   documents that were written before still read, and mean the same.

macro_rules! record {
    ($(#[doc = $doc:literal])+ pub struct $name:ident: Default { $($body:tt)+ }) => {
        record!(@record { $($doc)+ } $name { $($body)+ });
        record!(@default $name { $($body)+ });
    };

    ($(#[doc = $doc:literal])+ pub struct $name:ident { $($body:tt)+ }) => {
        record!(@record { $($doc)+ } $name { $($body)+ });
    };

    (@record { $($doc:literal)+ } $name:ident {
        $(
            $(#[doc = $field_doc:literal])+
            pub $field:ident $(as $key:literal)? : $type:ty $(= $default:expr)?,
        )+
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub struct $name {
            $(
                $(#[doc = $field_doc])+
                pub $field: $type,
            )+
        }

        impl $name {
            pub(crate) const FIELDS: &'static [&'static str] =
                &[$(record!(@key $field $($key)?)),+];

            /// Bit *n* for field *n*, where it is not as by default.
            fn what_is_said(&self) -> u64 {
                let said = [$(record!(@is_said self.$field $(, $default)?)),+];
                said.into_iter().rev().fold(0, |bits, is_said| bits << 1 | u64::from(is_said))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> alloc::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut table = $crate::document::schema::Table::of(concat!($($doc, "\n"),+));
                $(
                    table.field(
                        record!(@key $field $($key)?),
                        concat!($($field_doc, "\n"),+),
                        generator.subschema_for::<$type>(),
                        record!(@default_in_schema $type $(, $default)?),
                    );
                )+
                table.schema()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let said = self.what_is_said();
                let mut rest = said;
                let mut is_said = || {
                    let is_said = rest & 1 == 1;
                    rest >>= 1;
                    is_said
                };
                if serializer.is_human_readable() {
                    use serde::ser::SerializeStruct;
                    let count = said.count_ones() as usize;
                    let mut table = serializer.serialize_struct(stringify!($name), count)?;
                    $(
                        if is_said() {
                            table.serialize_field(record!(@key $field $($key)?), &self.$field)?;
                        }
                    )+
                    table.end()
                } else {
                    use serde::ser::SerializeTuple;
                    let mut packed = serializer.serialize_tuple(Self::FIELDS.len() + 1)?;
                    packed.serialize_element(&said)?;
                    $(
                        if is_said() {
                            packed.serialize_element(&self.$field)?;
                        }
                    )+
                    packed.end()
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$name, D::Error> {
                struct Fields;

                impl<'de> serde::de::Visitor<'de> for Fields {
                    type Value = $name;

                    fn expecting(
                        &self,
                        formatter: &mut core::fmt::Formatter<'_>,
                    ) -> core::fmt::Result {
                        formatter.write_str("a table")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut table: A,
                    ) -> Result<$name, A::Error> {
                        $(let mut $field: Option<$type> = None;)+
                        while let Some(key) = table.next_key::<alloc::string::String>()? {
                            match key.as_str() {
                                $(
                                    record!(@key $field $($key)?) => {
                                        if $field.replace(table.next_value()?).is_some() {
                                            return Err(serde::de::Error::duplicate_field(
                                                record!(@key $field $($key)?),
                                            ));
                                        }
                                    }
                                )+
                                unknown => {
                                    return Err(serde::de::Error::unknown_field(
                                        unknown,
                                        $name::FIELDS,
                                    ));
                                }
                            }
                        }
                        Ok($name {$(
                            $field: match $field {
                                Some(said) => said,
                                None => record!(@or_default $field $($key)? $(, $default)?),
                            },
                        )+})
                    }

                    fn visit_seq<A: serde::de::SeqAccess<'de>>(
                        self,
                        mut packed: A,
                    ) -> Result<$name, A::Error> {
                        let missing = || serde::de::Error::custom("the packed document is cut off");
                        let said: u64 = packed.next_element()?.ok_or_else(missing)?;
                        if said >> $name::FIELDS.len() != 0 {
                            return Err(serde::de::Error::custom(
                                "a newer Raftlab packed this document: it has fields that are \
                                 unknown here",
                            ));
                        }
                        let mut rest = said;
                        let mut is_said = || {
                            let is_said = rest & 1 == 1;
                            rest >>= 1;
                            is_said
                        };
                        Ok($name {$(
                            $field: if is_said() {
                                packed.next_element()?.ok_or_else(missing)?
                            } else {
                                record!(@or_default $field $($key)? $(, $default)?)
                            },
                        )+})
                    }
                }

                if deserializer.is_human_readable() {
                    deserializer.deserialize_struct(stringify!($name), $name::FIELDS, Fields)
                } else {
                    deserializer.deserialize_tuple($name::FIELDS.len() + 1, Fields)
                }
            }
        }
    };

    (@default $name:ident {
        $(
            $(#[doc = $field_doc:literal])+
            pub $field:ident $(as $key:literal)? : $type:ty = $default:expr,
        )+
    }) => {
        impl Default for $name {
            fn default() -> $name {
                $name { $($field: $default,)+ }
            }
        }
    };

    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };

    (@default_in_schema $type:ty) => { None };
    (@default_in_schema $type:ty, $default:expr) => {{
        let default: $type = $default;
        serde_json::to_value(default).ok()
    }};

    (@is_said $value:expr) => { true };
    (@is_said $value:expr, $default:expr) => { $value != $default };

    (@or_default $field:ident $($key:literal)?) => {
        return Err(serde::de::Error::missing_field(record!(@key $field $($key)?)))
    };
    (@or_default $field:ident $($key:literal)?, $default:expr) => { $default };
}

pub(super) use record;
