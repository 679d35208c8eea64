//! serde for generated types, by the feature `serde`: a type is serialized and deserialized as in the protocol.

/// Implements `serde::Serialize` if the feature `serde` is on.
#[cfg(feature = "serde")]
#[macro_export]
macro_rules! serialize {
    ($name:ident) => {
        impl $crate::serde_support::Serialize for $name {
            fn serialize<S: $crate::serde_support::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::serde_support::serialize(self, serializer)
            }
        }
    };
}

/// Implements `serde::Serialize` if the feature `serde` is on.
#[cfg(not(feature = "serde"))]
#[macro_export]
macro_rules! serialize {
    ($name:ident) => {};
}

/// Implements `serde::Deserialize` if the feature `serde` is on.
#[cfg(feature = "serde")]
#[macro_export]
macro_rules! deserialize {
    ($name:ident) => {
        impl<'de> $crate::serde_support::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde_support::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::serde_support::deserialize(deserializer)
            }
        }
    };
}

/// Implements `serde::Deserialize` if the feature `serde` is on.
#[cfg(not(feature = "serde"))]
#[macro_export]
macro_rules! deserialize {
    ($name:ident) => {};
}

#[cfg(feature = "serde")]
pub use serde::{Deserialize, Deserializer, Serialize, Serializer};
#[cfg(feature = "serde")]
use serde::{de::Error as _, ser::Error as _};

#[cfg(feature = "serde")]
use crate::{ReadJson, Style, WriteJson, read, to_json};

/// Serializes a value as the protocol writes it.
///
/// # Errors
/// Returns the error of the serializer.
#[cfg(feature = "serde")]
pub fn serialize<T: WriteJson, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let tree: serde_json::Value = serde_json::from_str(&to_json(value)).map_err(S::Error::custom)?;
    tree.serialize(serializer)
}

/// Deserializes a value as the protocol reads it, and checks its constraints.
///
/// # Errors
/// Returns the error of the deserializer, or what is wrong with the value.
#[cfg(feature = "serde")]
pub fn deserialize<'de, T: ReadJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let tree = serde_json::Value::deserialize(deserializer)?;
    let text = tree.to_string();
    read::value_from_json(&text, Style::Smithy).map_err(D::Error::custom)
}
