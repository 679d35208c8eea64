//! The settings of a pool or an app client as JSON: written from a request, read to be told.
//!
//! They are an object with the members of the operation that creates the thing, written and read by the generated types.
//! So they say what the API says, and an operator can read them. Defaults are added by the domain when
//! they are told.

use lido_runtime::{ReadJson, WriteJson, read::from_json};
use serde_json::{Map, Value};

use super::Unsayable;

/// Puts a member into the settings, if there is one.
pub(super) fn keep<T: WriteJson>(
    document: &mut Map<String, Value>,
    name: &str,
    value: &Option<T>,
) -> Result<(), Unsayable> {
    if let Some(value) = value {
        document.insert(name.to_owned(), serde_json::from_str(&lido_runtime::to_json(value))?);
    }
    Ok(())
}

/// Reads settings, with the required members that lie elsewhere.
pub(super) fn read<T: ReadJson>(document: &Value, required: &[(&str, &str)]) -> Result<T, Unsayable> {
    let mut whole = document.clone();
    if let Value::Object(members) = &mut whole {
        for (name, value) in required {
            members.insert((*name).to_owned(), Value::String((*value).to_owned()));
        }
    }
    Ok(from_json(&serde_json::to_vec(&whole)?)?)
}

/// From one list of members, in the order of the model: how they are kept, and how they are given back. A member that is
/// neither in the list nor among those that lie `elsewhere` is a compile error, so that none is lost.
macro_rules! settings {
    ($input:ident => $output:ty { $($name:literal $member:ident),* $(,)? } elsewhere { $($other:ident),* }) => {
        /// The settings of a request, as they were given.
        pub fn settings(input: &$input) -> Result<serde_json::Value, $crate::wire::Unsayable> {
            let $input { $($member,)* $($other: _,)* } = input;
            let mut document = serde_json::Map::new();
            $($crate::wire::settings::keep(&mut document, $name, $member)?;)*
            Ok(serde_json::Value::Object(document))
        }

        fn give_back(input: $input) -> $output {
            // Every other member is told by whoever calls this.
            $crate::wire::settings::only! { <$output>::default(), input, $($member)* }
        }
    };
}

/// A default with some members taken from elsewhere.
macro_rules! only {
    ($default:expr, $from:ident, $($member:ident)*) => {{
        let mut output = $default;
        $(output.$member = $from.$member;)*
        output
    }};
}

pub(super) use {only, settings};
