//! JSON as traces need it: written straight to where it goes, fields in the order in
//! which they are declared, whole numbers and texts only. No floating point, which
//! would print differently, and no allocation.

use core::fmt::{self, Write};
use serde::ser::{self, Serialize};

/// Writes a value as JSON, on one line.
pub(crate) fn write(to: &mut impl Write, value: &impl Serialize) -> Result<(), Unwritable> {
    value.serialize(Json { to })
}

/// Why a value can't be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unwritable {
    /// Where it was to be written took no more.
    Full,
    /// It is no whole number, text, list or record, or its key is no text.
    NoPlainData,
}

impl From<fmt::Error> for Unwritable {
    fn from(_: fmt::Error) -> Unwritable {
        Unwritable::Full
    }
}

impl fmt::Display for Unwritable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Unwritable::Full => "it could not be written to its end",
            Unwritable::NoPlainData => {
                "only whole numbers, texts, lists and records can be written"
            }
        })
    }
}

impl core::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(_: T) -> Unwritable {
        Unwritable::NoPlainData
    }
}

struct Json<'a, W> {
    to: &'a mut W,
}

/// A list or record that has been opened, and what closes it.
struct Open<'a, W> {
    to: &'a mut W,
    is_first: bool,
    closes_with: &'static str,
}

fn text(to: &mut impl Write, text: &str) -> fmt::Result {
    to.write_char('"')?;
    escaped(to, text)?;
    to.write_char('"')
}

fn escaped(to: &mut impl Write, text: &str) -> fmt::Result {
    for letter in text.chars() {
        match letter {
            '"' => to.write_str("\\\"")?,
            '\\' => to.write_str("\\\\")?,
            '\u{0}'..='\u{1f}' => write!(to, "\\u{:04x}", u32::from(letter))?,
            letter => to.write_char(letter)?,
        }
    }
    Ok(())
}

/// What is written to this stands within a JSON text.
struct Within<'a, W>(&'a mut W);

impl<W: Write> Write for Within<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escaped(self.0, text)
    }
}

impl<'a, W: Write> Json<'a, W> {
    fn open(self, begins_with: &str, closes_with: &'static str) -> Result<Open<'a, W>, Unwritable> {
        self.to.write_str(begins_with)?;
        Ok(Open { to: self.to, is_first: true, closes_with })
    }

    /// `{"name":` and what follows, closed by one more brace.
    fn open_named(
        self,
        name: &str,
        begins_with: &str,
        closes_with: &'static str,
    ) -> Result<Open<'a, W>, Unwritable> {
        self.to.write_char('{')?;
        text(self.to, name)?;
        self.to.write_char(':')?;
        self.open(begins_with, closes_with)
    }
}

impl<W: Write> Open<'_, W> {
    fn separate(&mut self) -> fmt::Result {
        if core::mem::replace(&mut self.is_first, false) { Ok(()) } else { self.to.write_char(',') }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.separate()?;
        value.serialize(Json { to: self.to })
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Unwritable> {
        self.separate()?;
        text(self.to, name)?;
        self.to.write_char(':')?;
        value.serialize(Json { to: self.to })
    }

    fn close(self) -> Result<(), Unwritable> {
        Ok(self.to.write_str(self.closes_with)?)
    }
}

macro_rules! whole_numbers {
    ($($method:ident $type:ty;)*) => {$(
        fn $method(self, value: $type) -> Result<(), Unwritable> {
            Ok(write!(self.to, "{value}")?)
        }
    )*};
}

impl<'a, W: Write> ser::Serializer for Json<'a, W> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Open<'a, W>;
    type SerializeTuple = Open<'a, W>;
    type SerializeTupleStruct = Open<'a, W>;
    type SerializeTupleVariant = Open<'a, W>;
    type SerializeMap = ser::Impossible<(), Unwritable>;
    type SerializeStruct = Open<'a, W>;
    type SerializeStructVariant = Open<'a, W>;

    whole_numbers! {
        serialize_bool bool;
        serialize_i8 i8; serialize_i16 i16; serialize_i32 i32; serialize_i64 i64;
        serialize_u8 u8; serialize_u16 u16; serialize_u32 u32; serialize_u64 u64;
    }

    fn serialize_f32(self, _: f32) -> Result<(), Unwritable> {
        Err(Unwritable::NoPlainData)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Unwritable> {
        Err(Unwritable::NoPlainData)
    }

    fn serialize_char(self, value: char) -> Result<(), Unwritable> {
        Ok(text(self.to, value.encode_utf8(&mut [0; 4]))?)
    }

    fn serialize_str(self, value: &str) -> Result<(), Unwritable> {
        Ok(text(self.to, value)?)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        self.to.write_char('"')?;
        write!(Within(self.to), "{value}")?;
        Ok(self.to.write_char('"')?)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unwritable> {
        Err(Unwritable::NoPlainData)
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        Ok(self.to.write_str("null")?)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unwritable> {
        self.serialize_none()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Unwritable> {
        Ok(text(self.to, variant)?)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        let mut open = self.open("{", "}")?;
        open.field(variant, value)?;
        open.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a, W>, Unwritable> {
        self.open("[", "]")
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'a, W>, Unwritable> {
        self.open("[", "]")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'a, W>, Unwritable> {
        self.open("[", "]")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a, W>, Unwritable> {
        self.open_named(variant, "[", "]}")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unwritable> {
        Err(Unwritable::NoPlainData)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'a, W>, Unwritable> {
        self.open("{", "}")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a, W>, Unwritable> {
        self.open_named(variant, "{", "}}")
    }
}

macro_rules! lists {
    ($($which:ident $method:ident;)*) => {$(
        impl<W: Write> ser::$which for Open<'_, W> {
            type Ok = ();
            type Error = Unwritable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
                self.item(value)
            }

            fn end(self) -> Result<(), Unwritable> {
                self.close()
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! records {
    ($($which:ident)*) => {$(
        impl<W: Write> ser::$which for Open<'_, W> {
            type Ok = ();
            type Error = Unwritable;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Unwritable> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Unwritable> {
                self.close()
            }
        }
    )*};
}

records!(SerializeStruct SerializeStructVariant);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec;
    use alloc::vec::Vec;

    #[derive(serde::Serialize)]
    #[serde(rename_all = "kebab-case")]
    enum Sample {
        Nothing,
        One(u64),
        Two(u8, bool),
        ManyThings { text: &'static str, list: Vec<Option<i32>>, pair: (u8, char) },
    }

    fn written(value: &impl Serialize) -> Result<String, Unwritable> {
        let mut to = String::new();
        write(&mut to, value).map(|()| to)
    }

    #[test]
    fn every_shape_of_data_is_plain_json() {
        for (value, json) in [
            (Sample::Nothing, r#""nothing""#),
            (Sample::One(u64::MAX), r#"{"one":18446744073709551615}"#),
            (Sample::Two(3, true), r#"{"two":[3,true]}"#),
            (
                Sample::ManyThings {
                    text: "a\"b\\c\n",
                    list: vec![None, Some(-4)],
                    pair: (7, 'é'),
                },
                r#"{"many-things":{"text":"a\"b\\c\u000a","list":[null,-4],"pair":[7,"é"]}}"#,
            ),
        ] {
            assert_eq!(written(&value).as_deref(), Ok(json));
        }
    }

    #[test]
    fn floating_point_is_refused() {
        assert_eq!(written(&0.5f64), Err(Unwritable::NoPlainData));
    }
}
