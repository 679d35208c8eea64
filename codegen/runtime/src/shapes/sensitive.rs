//! Hides values that the model marks as sensitive from `Debug`.

use std::{fmt, ops::Deref};

use super::REDACTED;
use crate::{ReadJson, Reader, Rules, Shape, WriteJson, Writer, read::ReadResult};

/// A sensitive value without constraints. `Debug` prints [`REDACTED`] instead of the value.
///
/// # Examples
///
/// ```
/// use lido_runtime::Sensitive;
///
/// let password = Sensitive::from("correct horse");
/// assert_eq!(format!("{password:?}"), "*** redacted ***");
/// assert_eq!(password.into_inner(), "correct horse");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Returns the value, which is no longer hidden from `Debug`.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Sensitive<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl AsRef<str> for Sensitive<String> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<T: Shape> Shape for Sensitive<T> {
    fn rules() -> Option<&'static Rules> {
        T::rules().filter(|rules| !rules.may_show())
    }
}

impl<T: ReadJson> ReadJson for Sensitive<T> {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        Ok(reader.concealed(T::read_json)?.map(Self))
    }
}

impl crate::read::ReadKey for Sensitive<String> {
    fn check_key(key: &str) -> Result<Self, crate::BrokenRules> {
        Ok(Self(key.to_owned()))
    }
}

impl<T: WriteJson> WriteJson for Sensitive<T> {
    fn write_json(&self, writer: &mut Writer) {
        self.0.write_json(writer);
    }
}

/// Implements `Debug` for a newtype that is not sensitive.
#[doc(hidden)]
#[macro_export]
macro_rules! debug_shown {
    ($name:ident) => {
        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

/// Implements `Debug` for a sensitive type: prints its name and [`REDACTED`].
#[macro_export]
macro_rules! debug_hidden {
    ($name:ident) => {
        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&::core::format_args!("{}", $crate::REDACTED)).finish()
            }
        }
    };
}
