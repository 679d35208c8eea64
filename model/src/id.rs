//! Shape ids and identifiers.

use std::{borrow::Borrow, fmt, sync::Arc};

/// An absolute shape id without a member, such as `com.example#City`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShapeId(Arc<str>);

impl ShapeId {
    /// Parses `text` as `namespace#Name`. Returns `None` if it does not have this form, or names a member.
    ///
    /// # Examples
    ///
    /// ```
    /// use lido_model::ShapeId;
    ///
    /// let id = ShapeId::parse("com.example#City").unwrap();
    /// assert_eq!((id.namespace(), id.name()), ("com.example", "City"));
    /// assert_eq!(ShapeId::parse("City"), None);
    /// assert_eq!(ShapeId::parse("com.example#City$name"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (namespace, name) = text.split_once('#')?;
        (namespace.split('.').all(is_identifier) && is_identifier(name)).then(|| Self(text.into()))
    }

    /// Returns the id of a shape of the prelude. `name` must be an identifier.
    pub(crate) fn prelude(name: &str) -> Self {
        Self(format!("smithy.api#{name}").into())
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part before the `#`.
    pub fn namespace(&self) -> &str {
        self.0.split_once('#').map_or("", |(namespace, _)| namespace)
    }

    /// Returns the part after the `#`.
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

/// Returns whether `text` is a Smithy identifier: letters, digits and underscores, starting with a letter, or with
/// underscores followed by a letter or a digit.
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
    fn parse_of_valid_id_returns_it() {
        for good in ["a#B", "com.example#Thing", "crate#Config", "_1.__a#_9", "a_b.c1#D_e_", "a#__0", "A.b#c"]
        {
            let id = ShapeId::parse(good).unwrap_or_else(|| panic!("{good} was refused"));
            assert_eq!(id.as_str(), good);
            assert_eq!(format!("{}#{}", id.namespace(), id.name()), good);
        }
    }

    #[test]
    fn parse_of_invalid_id_returns_none() {
        let bad = [
            "", "#", "a#", "#B", "Thing", "a.#B", ".a#B", "a..b#C", "a#1B", "1a#B", "a#_", "a.__#B", "a#B$c",
            "a#B#c", "a#B c", " a#B", "a#B ", "a-b#C", "a#Bé", "é#B", "a#B.c", "a#B\n", "a#B\0",
        ];
        for text in bad {
            assert_eq!(ShapeId::parse(text), None, "{text:?} was accepted");
        }
    }
}
