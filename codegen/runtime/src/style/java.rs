//! Prints values of a request as Java does: strings without quotes, `[a, b]`, `{k=v}`, `Class(member=value)`.
//!
//! *Observed*: all of these on the live service (api-0001, api-0009, api-0017, api-0019), maps on other services with
//! the same validator (api-0334). *Chosen*: unions as structures, and documents as lists and maps.

use std::{borrow::Cow, collections::HashMap};

use super::limited::LimitedText;
use crate::{
    Form, Reader, SerializationError, Style,
    form::StructureForm,
    read::truncated,
    serialization_error::{ExpectedType, JsonType},
};

/// Appends the value with the JSON text `json`. It has been read, so that it is well-formed and of its type.
///
/// Each structure and map is read before its parts are printed. `reads` is how many bytes may be read so; the value is
/// cut off when they are used up, as when `out` is full.
pub(crate) fn show(json: &str, form: Form, out: &mut LimitedText, reads: &mut usize) {
    let mut printer = Printer { reader: Reader::new(json, Style::Coral), out, reads };
    if printer.spend(json.len()).and_then(|()| printer.value(form)).is_err() {
        printer.out.cut();
    }
}

/// Returns a member's name as messages show it.
pub(crate) fn member_name(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}

struct Printer<'p, 'a> {
    reader: Reader<'a>,
    out: &'p mut LimitedText,
    reads: &'p mut usize,
}

/// `Err` ends printing: nothing else fits.
type Printed = Result<(), SerializationError>;

impl<'a> Printer<'_, 'a> {
    fn spend(&mut self, bytes: usize) -> Printed {
        self.out.count(bytes);
        *self.reads = self.reads.checked_sub(bytes).ok_or(SerializationError::MALFORMED)?;
        Ok(())
    }

    fn push(&mut self, text: &str) -> Printed {
        self.out.push(text);
        if self.out.is_cut() { Err(SerializationError::MALFORMED) } else { Ok(()) }
    }

    fn value(&mut self, form: Form) -> Printed {
        match (self.reader.peek()?, form) {
            (JsonType::Null, _) => {
                self.reader.take_null()?;
                self.push("null")
            }
            (JsonType::True | JsonType::False, _) => {
                let value = self.reader.boolean()?;
                self.push(if value { "true" } else { "false" })
            }
            (JsonType::Text, Form::Blob) => {
                let text = self.reader.string()?;
                let length = aws_smithy_types::base64::decode(&*text).map_or(0, |bytes| bytes.len());
                self.push(&format!("java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]"))
            }
            (JsonType::Text, _) => {
                let text = self.reader.string()?;
                self.push(&text)
            }
            (JsonType::Number, Form::Integer) => {
                let text = self.reader.number("")?;
                match truncated(text) {
                    Some(whole) => self.push(&whole.to_string()),
                    None => self.push(text),
                }
            }
            (JsonType::Number, _) => {
                let text = self.reader.number("")?;
                self.push(text)
            }
            (JsonType::List, Form::List(element)) => self.list(element()),
            (JsonType::List, _) => self.list(Form::Json),
            (JsonType::Object, Form::Structure(structure)) => self.structure(structure),
            (JsonType::Object, Form::Map(value)) => self.map(value()),
            (JsonType::Object, _) => self.map(Form::Json),
        }
    }

    fn list(&mut self, element: Form) -> Printed {
        self.reader.open(JsonType::List, ExpectedType::List)?;
        self.push("[")?;
        let mut first = true;
        while self.reader.next_element(first)? {
            self.push(if first { "" } else { ", " })?;
            self.value(element)?;
            first = false;
        }
        self.push("]")
    }

    /// Reads an object, and calls `found` with the name and the position of each value.
    fn scan(&mut self, mut found: impl FnMut(Cow<'a, str>, usize)) -> Result<usize, SerializationError> {
        let start = self.reader.position();
        self.reader.open(JsonType::Object, ExpectedType::Map)?;
        let mut first = true;
        while let Some(name) = self.reader.next_name(first)? {
            found(name, self.reader.position());
            self.reader.skip()?;
            first = false;
        }
        let end = self.reader.position();
        self.spend(end - start)?;
        Ok(end)
    }

    /// Prints a map in the order of its keys in JSON. The last value of a repeated key counts.
    fn map(&mut self, value: Form) -> Printed {
        let mut entries: Vec<(Cow<'a, str>, usize)> = Vec::new();
        let mut places: HashMap<Cow<'a, str>, usize> = HashMap::new();
        let end = self.scan(|name, at| {
            let place = *places.entry(name.clone()).or_insert(entries.len());
            match entries.get_mut(place) {
                Some(entry) => entry.1 = at,
                None => entries.push((name, at)),
            }
        })?;
        self.push("{")?;
        for (index, (key, at)) in entries.into_iter().enumerate() {
            self.push(if index == 0 { "" } else { ", " })?;
            self.push(&key)?;
            self.push("=")?;
            self.reader.seek(at);
            self.value(value)?;
        }
        self.reader.seek(end);
        self.push("}")
    }

    /// Prints a structure with all members of its shape, in model order.
    fn structure(&mut self, form: &StructureForm) -> Printed {
        let mut places = vec![None; form.members.len()];
        let end = self.scan(|name, at| {
            let index = form.members.iter().position(|(wire, ..)| *wire == name);
            if let Some(place) = index.and_then(|index| places.get_mut(index)) {
                *place = Some(at);
            }
        })?;
        self.push(form.class)?;
        for (index, ((_, name, value), place)) in form.members.iter().zip(places).enumerate() {
            self.push(if index == 0 { "(" } else { ", " })?;
            self.push(&member_name(name))?;
            self.push("=")?;
            match place {
                Some(at) => {
                    self.reader.seek(at);
                    self.value(value())?;
                }
                None => self.push("null")?,
            }
        }
        self.reader.seek(end);
        self.push(if form.members.is_empty() { "()" } else { ")" })
    }
}
