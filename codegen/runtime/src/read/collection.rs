//! Reads lists and maps. A `null` violates a list or map that is not sparse.

use std::collections::BTreeMap;

use super::{ReadJson, ReadResult, Reader};
use crate::{
    BrokenRules, Rules, WriteJson, is_unique,
    serialization_error::{ExpectedType, JsonType},
    violation::{BrokenRule, Container, Part, Segment},
};

impl<T: ReadJson> ReadJson for Vec<T> {
    fn rules() -> Option<&'static Rules> {
        T::rules().filter(|rules| rules.may_show()).map(|_| &Rules::NONE)
    }

    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        list(reader, &Rules::NONE, T::rules(), T::read_json)
    }
}

impl<K: ReadKey, V: ReadJson> ReadJson for BTreeMap<K, V> {
    fn rules() -> Option<&'static Rules> {
        may_show(&[K::rules(), V::rules()]).then_some(&Rules::NONE)
    }

    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        map(reader, &Rules::NONE, V::rules(), V::read_json)
    }
}

/// Returns whether a message may show a list or map whose parts have these rules.
fn may_show(parts: &[Option<&'static Rules>]) -> bool {
    parts.iter().all(|rules| rules.is_some_and(Rules::may_show))
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

/// Reads a list with the rules `own`, and each element with the function `read`. `rules` are those of the elements.
///
/// # Errors
/// Returns the first JSON or type error.
pub fn list<T>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<T>,
) -> ReadResult<Vec<T>> {
    elements(reader, own, rules, |reader| {
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
pub fn sparse_list<T>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<T>,
) -> ReadResult<Vec<Option<T>>> {
    elements(reader, own, rules, |reader| {
        if reader.take_null()? { Ok(Some(None)) } else { Ok(read(reader)?.map(Some)) }
    })
}

/// Reads a list with the function `read` and checks that no two of its elements are equal.
///
/// # Errors
/// Returns the first JSON or type error.
pub fn unique<T: WriteJson>(
    reader: &mut Reader<'_>,
    rules: &Rules,
    read: impl FnOnce(&mut Reader<'_>) -> ReadResult<Vec<T>>,
) -> ReadResult<Vec<T>> {
    let start = reader.position();
    let items = read(reader)?;
    if items.as_ref().is_some_and(|items| !is_unique(items)) {
        reader.record_shown(start, rules, [BrokenRule::UniqueItems]);
        return Ok(None);
    }
    Ok(items)
}

fn elements<T>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<T>,
) -> ReadResult<Vec<T>> {
    let (start, mark) = (reader.position(), reader.mark());
    reader.open(JsonType::List, ExpectedType::List)?;
    let mut items = Vec::new();
    let mut index = 0;
    while reader.next_element(index == 0)? {
        let mark = reader.mark();
        items.extend(read(reader)?);
        reader.locate(mark, || Segment::Index(index));
        index += 1;
    }
    if reader.mark() > mark {
        let json = may_show(&[rules]).then(|| reader.text_since(start));
        let container = Container::new(json, Part::Element, rules);
        reader.enclose(mark, &container);
    }
    reader.check_length(start, index, own);
    Ok((items.len() == index).then_some(items))
}

/// Reads a map with the rules `own`, and each value with the function `read`. `rules` are those of the values.
///
/// # Errors
/// Returns the first JSON or type error.
pub fn map<K: ReadKey, V>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<V>,
) -> ReadResult<BTreeMap<K, V>> {
    entries(reader, own, rules, |reader| {
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
pub fn sparse_map<K: ReadKey, V>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<V>,
) -> ReadResult<BTreeMap<K, Option<V>>> {
    entries(reader, own, rules, |reader| {
        if reader.take_null()? { Ok(Some(None)) } else { Ok(read(reader)?.map(Some)) }
    })
}

fn entries<K: ReadKey, V>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> ReadResult<V>,
) -> ReadResult<BTreeMap<K, V>> {
    let (start, mark) = (reader.position(), reader.mark());
    reader.open(JsonType::Object, ExpectedType::Map)?;
    let mut entries = BTreeMap::new();
    let (mut order, mut repeated) = (0, 0);
    while let Some(name) = reader.next_name(order == 0)? {
        repeated += usize::from(reader.mark() > mark && reader.forget_entry(mark, &name));
        let before_key = reader.mark();
        let key = K::check_key(&name).map_err(|broken| reader.record_key(broken)).ok();
        let segment = |part| Segment::Entry { order, key: name.as_ref().into(), part };
        reader.locate(before_key, || segment(Part::Key));
        let before_value = reader.mark();
        let value = read(reader)?;
        reader.locate(before_value, || segment(Part::Value));
        if let (Some(key), Some(value)) = (key, value) {
            repeated += usize::from(entries.insert(key, value).is_some());
        }
        order += 1;
    }
    let whole = reader.mark() == mark;
    if !whole {
        let json = may_show(&[K::rules(), rules]).then(|| reader.text_since(start));
        reader.enclose_entries(mark, json, K::rules(), rules);
    }
    reader.check_length(start, order - repeated, own);
    Ok(whole.then_some(entries))
}

impl Reader<'_> {
    /// Checks the length of the list or map that starts at `start`.
    fn check_length(&mut self, start: usize, length: usize, own: &Rules) {
        if let Some(broken) = own.broken_by_length(length as u64) {
            self.record_shown(start, own, [broken]);
        }
    }

    /// Discards the violations since `mark` of the entry with this key, which is repeated. Returns whether there were
    /// any.
    #[cold]
    fn forget_entry(&mut self, mark: usize, name: &str) -> bool {
        let (before, mut index) = (self.mark(), 0);
        self.violations.retain(|violation| {
            index += 1;
            let is_entry =
                matches!(violation.path.outermost(), Some(Segment::Entry { key, .. }) if **key == *name);
            index <= mark || !is_entry
        });
        self.mark() < before
    }

    /// Sets the container of violations since `mark`: keys and values have different rules, which the message lists.
    #[cold]
    fn enclose_entries(
        &mut self,
        mark: usize,
        json: Option<&str>,
        keys: Option<&'static Rules>,
        values: Option<&'static Rules>,
    ) {
        let containers = [Container::new(json, Part::Key, keys), Container::new(json, Part::Value, values)];
        for violation in self.violations.iter_mut().skip(mark) {
            let part = violation.path.only_entry();
            if violation.container.is_none() {
                violation.container =
                    containers.iter().find(|container| Some(container.part) == part).cloned();
            }
        }
    }
}
