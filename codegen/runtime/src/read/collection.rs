//! Reads lists and maps. A `null` violates a list or map that is not sparse.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
};

use super::{ReadJson, ReadResult, Reader, violation_log::Merged};
use crate::{
    BrokenRules, Form, Rules, Shape, Style, WriteJson,
    form::showable,
    is_unique,
    serialization_error::{ExpectedType, JsonType},
    violation::{BrokenRule, Container, Part, Segment},
};

impl<T: ReadJson> ReadJson for Vec<T> {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        list(reader, &Rules::NONE, T::read_json)
    }
}

impl<K: ReadKey, V: ReadJson> ReadJson for BTreeMap<K, V> {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        map(reader, &Rules::NONE, V::read_json)
    }
}

/// A type that can be the key of a map.
pub trait ReadKey: Ord + Sized {
    /// Returns the constraints of the shape, or `None` if messages must not show its values.
    fn rules() -> Option<&'static Rules> {
        None
    }

    /// Returns the key of this text.
    ///
    /// # Errors
    /// Returns the rules that the key breaks.
    fn check_key(key: &str) -> Result<Self, BrokenRules>;
}

impl ReadKey for String {
    fn rules() -> Option<&'static Rules> {
        Some(&Rules::NONE)
    }

    fn check_key(key: &str) -> Result<Self, BrokenRules> {
        Ok(key.to_owned())
    }
}

/// Reads a list with the rules `own`, and each element with the function `read`.
///
/// # Errors
/// Returns the first JSON or type error.
pub fn list<T: Shape>(
    reader: &mut Reader<'_>,
    own: &Rules,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<T>,
) -> ReadResult<Vec<T>> {
    elements(reader, own, |reader| {
        if reader.take_null()? {
            reader.record_required();
            return Ok(None);
        }
        read(reader)
    })
}

/// Reads a list in which elements may be `null`.
///
/// # Errors
/// Returns the first JSON or type error.
pub fn sparse_list<T: Shape>(
    reader: &mut Reader<'_>,
    own: &Rules,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<T>,
) -> ReadResult<Vec<Option<T>>> {
    elements(
        reader,
        own,
        |reader| {
            if reader.take_null()? { Ok(Some(None)) } else { Ok(read(reader)?.map(Some)) }
        },
    )
}

/// Reads a list with the function `read` and checks that no two of its elements are equal.
///
/// # Errors
/// Returns the first JSON or type error.
pub fn unique<T: WriteJson + Shape>(
    reader: &mut Reader<'_>,
    rules: &Rules,
    read: impl FnOnce(&mut Reader<'_>) -> ReadResult<Vec<T>>,
) -> ReadResult<Vec<T>> {
    let start = reader.position();
    let items = read(reader)?;
    // *Chosen*: elements that violate something are compared as they are written. The live services' order of checks is
    // not known.
    if items.is_none() && reader.style() == Style::Smithy && reader.has_equal_elements(start)? {
        reader.record_shown(start, rules, Form::List(T::form), [BrokenRule::UniqueItems]);
    }
    if items.as_ref().is_some_and(|items| !is_unique(items)) {
        reader.record_shown(start, rules, Form::List(T::form), [BrokenRule::UniqueItems]);
        return Ok(None);
    }
    Ok(items)
}

fn elements<T: Shape>(
    reader: &mut Reader<'_>,
    own: &Rules,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<T>,
) -> ReadResult<Vec<T>> {
    let (start, mark) = (reader.position(), reader.mark());
    reader.open(JsonType::List, ExpectedType::List)?;
    let mut items = Vec::new();
    let mut index = 0;
    let mut merged = Merged::default();
    while reader.next_element(index == 0)? {
        let mark = reader.mark();
        items.extend(read(reader).map_err(|error| error.within(|| Segment::Index(index)))?);
        if reader.mark() > mark {
            reader.log.locate(mark, &Segment::Index(index));
            reader.log.merge(mark, &mut merged);
        }
        index += 1;
    }
    if reader.mark() > mark {
        let (rules, form) = (T::rules(), Form::List(T::form));
        let value = reader.excerpt(start, form, showable(&[rules]));
        reader.log.enclose(mark, |part| Container { part, rules, value });
    }
    reader.check_length(start, index, own, Form::List(T::form));
    Ok((items.len() == index).then_some(items))
}

/// Reads a map with the rules `own`, and each value with the function `read`.
///
/// # Errors
/// Returns the first JSON or type error.
pub fn map<K: ReadKey, V: Shape>(
    reader: &mut Reader<'_>,
    own: &Rules,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<V>,
) -> ReadResult<BTreeMap<K, V>> {
    entries(reader, own, |reader| {
        if reader.take_null()? {
            reader.record_required();
            return Ok(None);
        }
        read(reader)
    })
}

/// Reads a map in which values may be `null`.
///
/// # Errors
/// Returns the first JSON or type error.
pub fn sparse_map<K: ReadKey, V: Shape>(
    reader: &mut Reader<'_>,
    own: &Rules,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<V>,
) -> ReadResult<BTreeMap<K, Option<V>>> {
    entries(
        reader,
        own,
        |reader| {
            if reader.take_null()? { Ok(Some(None)) } else { Ok(read(reader)?.map(Some)) }
        },
    )
}

fn entries<K: ReadKey, V: Shape>(
    reader: &mut Reader<'_>,
    own: &Rules,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<V>,
) -> ReadResult<BTreeMap<K, V>> {
    let (start, mark) = (reader.position(), reader.mark());
    reader.open(JsonType::Object, ExpectedType::Map)?;
    let mut entries = BTreeMap::new();
    let mut invalid: HashSet<Cow<'_, str>> = HashSet::new();
    let mut order = 0;
    while let Some(name) = reader.next_name(order == 0)? {
        // The last value of a repeated key counts, and only its violations.
        if !invalid.is_empty() && invalid.remove(&name) {
            reader
                .log
                .forget(mark, |segment| matches!(segment, Segment::Entry { key, .. } if **key == *name));
        }
        let before = reader.mark();
        let key = K::check_key(&name).map_err(|broken| reader.record_key(broken)).ok();
        let segment = |part| Segment::Entry { order, key: name.as_ref().into(), part };
        reader.locate(before, || segment(Part::Key));
        let before_value = reader.mark();
        let value = read(reader).map_err(|error| error.within(|| segment(Part::Value)))?;
        reader.locate(before_value, || segment(Part::Value));
        match (key, value) {
            (Some(key), Some(value)) => drop(entries.insert(key, value)),
            (key, _) => {
                key.map(|key| entries.remove(&key));
                invalid.insert(name);
                reader.log.merge_early(mark);
            }
        }
        order += 1;
    }
    if reader.mark() > mark {
        reader.log.merge(mark, &mut Merged::default());
        let (keys, values) = (K::rules(), V::rules());
        let value = reader.excerpt(start, Form::Map(V::form), showable(&[keys, values]));
        reader.log.enclose(mark, |part| Container {
            part,
            rules: if part == Part::Key { keys } else { values },
            value,
        });
    }
    reader.check_length(start, entries.len() + invalid.len(), own, Form::Map(V::form));
    Ok(invalid.is_empty().then_some(entries))
}

impl Reader<'_> {
    /// Checks the length of the list or map that starts at `start`.
    fn check_length(&mut self, start: usize, length: usize, own: &Rules, form: Form) {
        if let Some(broken) = own.broken_by_length(length as u64) {
            self.record_shown(start, own, form, [broken]);
        }
    }
}
