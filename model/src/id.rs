//! Shape ids and the identifiers they are made of.

use std::{borrow::Borrow, fmt, sync::Arc};

/// An absolute shape id without a member, such as `com.example#Thing`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShapeId(Arc<str>);

impl ShapeId {
    /// Takes `text` for a shape id if it has the form `namespace#Name` of the Smithy specification;
    /// none otherwise, also where a member follows the name.
    pub fn parse(text: &str) -> Option<Self> {
        let (namespace, name) = text.split_once('#')?;
        (namespace.split('.').all(is_identifier) && is_identifier(name)).then(|| Self(text.into()))
    }

    /// The id of a shape of the prelude; `name` is one of ours and therefore well-formed.
    pub(crate) fn prelude(name: &str) -> Self {
        Self(format!("smithy.api#{name}").into())
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `#`.
    pub fn namespace(&self) -> &str {
        self.0.split_once('#').map_or("", |(namespace, _)| namespace)
    }

    /// What stands after the `#`.
    pub fn name(&self) -> &str {
        self.0.split_once('#').map_or("", |(_, name)| name)
    }
}

impl Borrow<str> for ShapeId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShapeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ShapeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `text` is an identifier: letters, digits and underscores, beginning with a letter, or with
/// underscores and then a letter or a digit.
pub(crate) fn is_identifier(text: &str) -> bool {
    let rest = text.trim_start_matches('_');
    let may_start = |byte: u8| match rest.len() == text.len() {
        true => byte.is_ascii_alphabetic(),
        false => byte.is_ascii_alphanumeric(),
    };
    rest.bytes().next().is_some_and(may_start)
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_grammar_are_read() {
        for good in ["a#B", "com.example#Thing", "crate#Config", "_1.__a#_9", "a_b.c1#D_e_", "a#__0", "A.b#c"]
        {
            let id = ShapeId::parse(good).unwrap_or_else(|| panic!("{good} was refused"));
            assert_eq!(id.as_str(), good);
            assert_eq!(format!("{}#{}", id.namespace(), id.name()), good);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let bad = [
            "", "#", "a#", "#B", "Thing", "a.#B", ".a#B", "a..b#C", "a#1B", "1a#B", "a#_", "a.__#B", "a#B$c",
            "a#B#c", "a#B c", " a#B", "a#B ", "a-b#C", "a#Bé", "é#B", "a#B.c", "a#B\n", "a#B\0",
        ];
        for text in bad {
            assert_eq!(ShapeId::parse(text), None, "{text:?} was accepted");
        }
    }
}
