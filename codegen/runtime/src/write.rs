//! Writes typed values as JSON.

use std::{collections::BTreeMap, fmt::Write as _};

use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document, Number, date_time::Format};

/// A type that can be written as JSON.
pub trait WriteJson {
    /// Appends the value to the text.
    fn write_json(&self, writer: &mut Writer);
}

/// Returns the JSON text of `value`.
///
/// # Examples
///
/// ```
/// assert_eq!(lido_runtime::to_json(&vec![Some(1), None]), "[1,null]");
/// ```
pub fn to_json<T: WriteJson + ?Sized>(value: &T) -> String {
    let mut writer = Writer::default();
    value.write_json(&mut writer);
    writer.0
}

/// A buffer of JSON text to which values are appended.
#[derive(Debug, Default)]
pub struct Writer(pub(crate) String);

impl Writer {
    /// Appends a string.
    pub fn string(&mut self, text: &str) {
        self.0.push('"');
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
            let (plain, special) = rest.split_at(at);
            let mut chars = special.chars();
            self.0.push_str(plain);
            if let Some(special) = chars.next() {
                self.escaped(special);
            }
            rest = chars.as_str();
        }
        self.0.push_str(rest);
        self.0.push('"');
    }

    fn escaped(&mut self, special: char) {
        match special {
            '"' => self.0.push_str("\\\""),
            '\\' => self.0.push_str("\\\\"),
            '\n' => self.0.push_str("\\n"),
            '\r' => self.0.push_str("\\r"),
            '\t' => self.0.push_str("\\t"),
            control => self.displayed(format_args!("\\u{:04x}", u32::from(control))),
        }
    }

    fn displayed(&mut self, value: impl std::fmt::Display) {
        // Writing to a String never fails.
        let _ = write!(self.0, "{value}");
    }

    /// Starts an object. [`Object::end`] closes it.
    pub fn structure(&mut self) -> Object<'_> {
        self.0.push('{');
        Object { writer: self, first: true }
    }

    /// Appends `value` with the function `write`.
    pub fn value<T>(&mut self, value: &T, write: impl Fn(&mut Self, &T)) {
        write(self, value);
    }

    /// Appends a list, each element with the function `write`.
    pub fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) {
        self.0.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            write(self, item);
        }
        self.0.push(']');
    }

    /// Appends an element with the function `write`, or `null` if there is none.
    pub fn nullable<T>(&mut self, item: &Option<T>, write: impl Fn(&mut Self, &T)) {
        match item {
            Some(item) => write(self, item),
            None => self.0.push_str("null"),
        }
    }

    /// Appends a map, each value with the function `write`.
    pub fn map<K: AsRef<str>, V>(&mut self, entries: &BTreeMap<K, V>, write: impl Fn(&mut Self, &V)) {
        let mut object = self.structure();
        for (key, value) in entries {
            object.member_with(key.as_ref(), value, &write);
        }
        object.end();
    }

    /// Appends a timestamp as RFC 3339.
    pub fn date_time(&mut self, value: &DateTime) {
        self.formatted(value, Format::DateTime);
    }

    /// Appends a timestamp as an HTTP date (IMF-fixdate, RFC 9110).
    pub fn http_date(&mut self, value: &DateTime) {
        self.formatted(value, Format::HttpDate);
    }

    /// Falls back to seconds since 1970 for an instant that the format cannot express.
    fn formatted(&mut self, value: &DateTime, format: Format) {
        match value.fmt(format) {
            Ok(text) => self.string(&text),
            Err(_) => value.write_json(self),
        }
    }
}

/// A JSON object to which members are appended.
#[derive(Debug)]
pub struct Object<'w> {
    writer: &'w mut Writer,
    first: bool,
}

impl Object<'_> {
    /// Appends a member.
    pub fn member<T: WriteJson + ?Sized>(&mut self, name: &str, value: &T) {
        self.member_with(name, value, |writer, value| value.write_json(writer));
    }

    /// Appends a member if it has a value.
    pub fn optional<T: WriteJson>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.member(name, value);
        }
    }

    /// Appends a member with the function `write`, for types that do not determine their JSON form.
    pub fn member_with<T: ?Sized>(&mut self, name: &str, value: &T, write: impl Fn(&mut Writer, &T)) {
        if !self.first {
            self.writer.0.push(',');
        }
        self.first = false;
        self.writer.string(name);
        self.writer.0.push(':');
        write(self.writer, value);
    }

    /// Appends a member with the function `write` if it has a value.
    pub fn optional_with<T>(&mut self, name: &str, value: &Option<T>, write: impl Fn(&mut Writer, &T)) {
        if let Some(value) = value {
            self.member_with(name, value, write);
        }
    }

    /// Closes the object.
    pub fn end(self) {
        self.writer.0.push('}');
    }
}

impl WriteJson for String {
    fn write_json(&self, writer: &mut Writer) {
        writer.string(self);
    }
}

impl WriteJson for str {
    fn write_json(&self, writer: &mut Writer) {
        writer.string(self);
    }
}

impl WriteJson for Blob {
    fn write_json(&self, writer: &mut Writer) {
        writer.string(&aws_smithy_types::base64::encode(self));
    }
}

impl WriteJson for DateTime {
    fn write_json(&self, writer: &mut Writer) {
        match self.fmt(Format::EpochSeconds) {
            Ok(text) => writer.0.push_str(&text),
            Err(_) => writer.displayed(self.secs()),
        }
    }
}

macro_rules! displayed {
    ($($type:ty),*) => {$(
        impl WriteJson for $type {
            fn write_json(&self, writer: &mut Writer) {
                writer.displayed(self);
            }
        }
    )*};
}
displayed!(bool, i8, i16, i32, i64);

macro_rules! float {
    ($($type:ty),*) => {$(
        impl WriteJson for $type {
            fn write_json(&self, writer: &mut Writer) {
                if self.is_nan() {
                    writer.string("NaN");
                } else if self.is_infinite() {
                    writer.string(if self.is_sign_positive() { "Infinity" } else { "-Infinity" });
                } else {
                    // `Debug` prints the shortest exact text, with an exponent or `.0` where needed: valid JSON.
                    writer.displayed(format_args!("{self:?}"));
                }
            }
        }
    )*};
}
float!(f32, f64);

macro_rules! big {
    ($($type:ty),*) => {$(
        impl WriteJson for $type {
            fn write_json(&self, writer: &mut Writer) {
                writer.0.push_str(&crate::decimal::json(self.as_ref()));
            }
        }
    )*};
}
big!(BigInteger, BigDecimal);

impl WriteJson for Document {
    fn write_json(&self, writer: &mut Writer) {
        match self {
            Self::Null => writer.0.push_str("null"),
            Self::Bool(value) => value.write_json(writer),
            Self::String(text) => writer.string(text),
            Self::Number(Number::PosInt(value)) => writer.displayed(value),
            Self::Number(Number::NegInt(value)) => writer.displayed(value),
            Self::Number(Number::Float(value)) => value.write_json(writer),
            Self::Array(items) => writer.list(items, |writer, item| item.write_json(writer)),
            Self::Object(entries) => {
                // Sorted, so that equal documents have equal texts.
                let entries: BTreeMap<_, _> = entries.iter().collect();
                writer.map(&entries, |writer, value| value.write_json(writer));
            }
        }
    }
}

impl<T: WriteJson> WriteJson for Box<T> {
    fn write_json(&self, writer: &mut Writer) {
        (**self).write_json(writer);
    }
}

/// Writes an element of a sparse list or a value of a sparse map.
impl<T: WriteJson> WriteJson for Option<T> {
    fn write_json(&self, writer: &mut Writer) {
        writer.nullable(self, |writer, value| value.write_json(writer));
    }
}

impl<T: WriteJson> WriteJson for Vec<T> {
    fn write_json(&self, writer: &mut Writer) {
        writer.list(self, |writer, item| item.write_json(writer));
    }
}

impl<K: AsRef<str>, V: WriteJson> WriteJson for BTreeMap<K, V> {
    fn write_json(&self, writer: &mut Writer) {
        writer.map(self, |writer, value| value.write_json(writer));
    }
}
