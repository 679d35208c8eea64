//! Lists and maps. A `null` in one that is not sparse violates it.

use std::collections::BTreeMap;

use super::{Read, ReadJson, Reader};
use crate::{
    Rules, Violated, WriteJson, is_unique,
    stop::{Found, Wanted},
    violation::{Broken, Container, Part, Segment},
};

impl<T: ReadJson> ReadJson for Vec<T> {
    fn rules() -> Option<&'static Rules> {
        T::rules().filter(|rules| rules.may_show()).map(|_| &Rules::NONE)
    }

    fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
        list(reader, &Rules::NONE, T::rules(), T::read_json)
    }
}

impl<K: ReadKey, V: ReadJson> ReadJson for BTreeMap<K, V> {
    fn rules() -> Option<&'static Rules> {
        may_show(&[K::rules(), V::rules()]).then_some(&Rules::NONE)
    }

    fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
        map(reader, &Rules::NONE, V::rules(), V::read_json)
    }
}

/// Whether a message may show what consists of parts with these rules.
fn may_show(parts: &[Option<&'static Rules>]) -> bool {
    parts.iter().all(|rules| rules.is_some_and(Rules::may_show))
}

/// A type that the keys of a map are read as.
pub trait ReadKey: Ord + Sized {
    /// The constraints of the shape itself.
    fn rules() -> Option<&'static Rules> {
        None
    }

    /// The key.
    ///
    /// # Errors
    /// What it breaks of its rules.
    fn check_key(key: &str) -> Result<Self, Violated>;
}

impl ReadKey for String {
    fn rules() -> Option<&'static Rules> {
        Some(&Rules::NONE)
    }

    fn check_key(key: &str) -> Result<Self, Violated> {
        Ok(key.to_owned())
    }
}

/// Reads a list that obeys `own` and whose elements obey `rules` and are read by `read`.
///
/// # Errors
/// The first JSON or type error.
pub fn list<T>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    elements(reader, own, rules, |reader| {
        if reader.take_null()? {
            reader.violate_required();
            return Ok(None);
        }
        read(reader)
    })
}

/// Reads a list in which an element may be `null`.
///
/// # Errors
/// The first JSON or type error.
pub fn sparse_list<T>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> Read<T>,
) -> Read<Vec<Option<T>>> {
    elements(reader, own, rules, |reader| {
        if reader.take_null()? { Ok(Some(None)) } else { Ok(read(reader)?.map(Some)) }
    })
}

/// Reads a list by `read` and checks that no two of its elements are equal.
///
/// # Errors
/// The first JSON or type error.
pub fn unique<T: WriteJson>(
    reader: &mut Reader<'_>,
    rules: &Rules,
    read: impl FnOnce(&mut Reader<'_>) -> Read<Vec<T>>,
) -> Read<Vec<T>> {
    let start = reader.position();
    let items = read(reader)?;
    if items.as_ref().is_some_and(|items| !is_unique(items)) {
        reader.violate_shown(start, rules, [Broken::UniqueItems]);
        return Ok(None);
    }
    Ok(items)
}

fn elements<T>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    let (start, mark) = (reader.position(), reader.mark());
    reader.open(Found::List, Wanted::List)?;
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

/// Reads a map that obeys `own` and whose values obey `rules` and are read by `read`.
///
/// # Errors
/// The first JSON or type error.
pub fn map<K: ReadKey, V>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> Read<V>,
) -> Read<BTreeMap<K, V>> {
    entries(reader, own, rules, |reader| {
        if reader.take_null()? {
            reader.violate_required();
            return Ok(None);
        }
        read(reader)
    })
}

/// Reads a map in which a value may be `null`.
///
/// # Errors
/// The first JSON or type error.
pub fn sparse_map<K: ReadKey, V>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> Read<V>,
) -> Read<BTreeMap<K, Option<V>>> {
    entries(reader, own, rules, |reader| {
        if reader.take_null()? { Ok(Some(None)) } else { Ok(read(reader)?.map(Some)) }
    })
}

fn entries<K: ReadKey, V>(
    reader: &mut Reader<'_>,
    own: &Rules,
    rules: Option<&'static Rules>,
    read: impl Fn(&mut Reader<'_>) -> Read<V>,
) -> Read<BTreeMap<K, V>> {
    let (start, mark) = (reader.position(), reader.mark());
    reader.open(Found::Object, Wanted::Map)?;
    let mut entries = BTreeMap::new();
    let (mut order, mut repeated) = (0, 0);
    while let Some(name) = reader.next_name(order == 0)? {
        repeated += usize::from(reader.mark() > mark && reader.forget_entry(mark, &name));
        let before_key = reader.mark();
        let key = K::check_key(&name).map_err(|violated| reader.violate_key(violated)).ok();
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
    /// Checks the length of the list or map read since `start`.
    fn check_length(&mut self, start: usize, length: usize, own: &Rules) {
        if let Some(broken) = own.broken_by_length(length as u64) {
            self.violate_shown(start, own, [broken]);
        }
    }

    /// Takes back what was noted since `mark` about the entry of this key, which now comes again; false
    /// if that was nothing.
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

    /// Tells the violated keys and values apart, since the answer quotes the rules of either.
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
            if violation.within.is_none() {
                violation.within = containers.iter().find(|container| Some(container.part) == part).cloned();
            }
        }
    }
}
