//! Values that the model marks as sensitive: `Debug` never prints them, in whatever they stand.

use std::{fmt, ops::Deref};

use super::REDACTED;
use crate::{ReadJson, Reader, Rules, WriteJson, Writer, read::Read};

/// A sensitive value without constraints of its own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// The value itself, which from here on is nobody's secret but the caller's.
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

impl<T: ReadJson> ReadJson for Sensitive<T> {
    fn rules() -> Option<&'static Rules> {
        T::rules().filter(|rules| !rules.may_show())
    }

    fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
        Ok(reader.concealed(T::read_json)?.map(Self))
    }
}

impl crate::read::ReadKey for Sensitive<String> {
    fn check_key(key: &str) -> Result<Self, crate::Violated> {
        Ok(Self(key.to_owned()))
    }
}

impl<T: WriteJson> WriteJson for Sensitive<T> {
    fn write_json(&self, writer: &mut Writer) {
        self.0.write_json(writer);
    }
}

/// `Debug` for a newtype whose value may be seen.
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

/// `Debug` for a type of which nothing may be seen but its name.
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
