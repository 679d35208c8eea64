//! Declares constrained shapes: newtypes whose values always satisfy their rules.

use std::collections::HashSet;

use crate::WriteJson;

/// Returns whether no two of `items` are equal, compared as JSON.
pub fn is_unique<T: WriteJson>(items: &[T]) -> bool {
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().all(|item| seen.insert(crate::to_json(item)))
}

/// Declares a constrained string, blob or number.
///
/// The expression after the declaration is the rules of the shape. `sensitive` hides the value from `Debug` and from
/// messages.
///
/// # Examples
///
/// ```
/// use lido_runtime::Rules;
///
/// lido_runtime::constrained! {
///     /// The name of a city.
///     pub struct CityName(String);
///     Rules::NONE.min_length(1).max_length(40)
/// }
///
/// let name = CityName::try_from(String::from("Venice")).unwrap();
/// assert_eq!(name.as_str(), "Venice");
///
/// let error = CityName::try_from(String::new()).unwrap_err();
/// assert_eq!(error.to_string(), "Member must have length greater than or equal to 1");
/// ```
#[macro_export]
macro_rules! constrained {
    ($(#[$meta:meta])* pub struct $name:ident($inner:ty); $rules:expr) => {
        $crate::constrained_common!($(#[$meta])* $name, $inner, $rules);
        $crate::debug_shown!($name);
        $crate::constrained_read!($name, $inner);
    };
    ($(#[$meta:meta])* pub sensitive struct $name:ident($inner:ty); $rules:expr) => {
        $crate::constrained_common!($(#[$meta])* $name, $inner, $rules.concealed());
        $crate::debug_hidden!($name);
        $crate::constrained_read!($name, $inner);
    };
}

/// Implements total equality and a hash for a constrained type whose inner type has them.
#[macro_export]
macro_rules! total {
    ($name:ident) => {
        impl ::core::cmp::Eq for $name {}

        impl ::core::hash::Hash for $name {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                ::core::hash::Hash::hash(&self.0, state);
            }
        }
    };
}

/// Implements the total order of a constrained type whose inner type has one.
#[macro_export]
macro_rules! ordered {
    ($name:ident) => {
        impl ::core::cmp::PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> ::core::option::Option<::core::cmp::Ordering> {
                ::core::option::Option::Some(::core::cmp::Ord::cmp(self, other))
            }
        }

        impl ::core::cmp::Ord for $name {
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                ::core::cmp::Ord::cmp(&self.0, &other.0)
            }
        }
    };
}

/// Implements the partial order of a constrained type whose inner type has one, such as a number with a fraction.
#[macro_export]
macro_rules! partially_ordered {
    ($name:ident) => {
        impl ::core::cmp::PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> ::core::option::Option<::core::cmp::Ordering> {
                ::core::cmp::PartialOrd::partial_cmp(&self.0, &other.0)
            }
        }
    };
}

/// Implements `Display` for a constrained type that is not sensitive.
#[macro_export]
macro_rules! display {
    ($name:ident) => {
        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

/// Implements the additional traits of a constrained integer: copies, a total order, a hash.
#[macro_export]
macro_rules! constrained_integer {
    ($name:ident, $inner:ty) => {
        impl ::core::marker::Copy for $name {}

        $crate::total!($name);
        $crate::ordered!($name);
    };
}

/// Implements the additional traits of a constrained number: copies, and the order of its values.
#[macro_export]
macro_rules! constrained_float {
    ($name:ident, $inner:ty) => {
        impl ::core::marker::Copy for $name {}

        $crate::partially_ordered!($name);
    };
}

/// Implements the additional traits of a constrained string: ordering, a hash, use as the key of a map, and conversion from
/// borrowed text.
#[macro_export]
macro_rules! constrained_text {
    ($name:ident) => {
        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::BrokenRules;

            fn try_from(value: &str) -> ::core::result::Result<Self, Self::Error> {
                Self::try_from(::std::string::String::from(value))
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::BrokenRules;

            fn from_str(value: &str) -> ::core::result::Result<Self, Self::Err> {
                Self::try_from(value)
            }
        }

        $crate::total!($name);
        $crate::ordered!($name);

        impl $crate::read::ReadKey for $name {
            fn rules() -> ::core::option::Option<&'static $crate::Rules> {
                ::core::option::Option::Some(Self::rules())
            }

            fn check_key(key: &str) -> ::core::result::Result<Self, $crate::BrokenRules> {
                Self::try_from(key)
            }
        }
    };
}

/// Declares a constrained list or map. `unique` requires its elements to differ. `$read` reads the inner list or map and
/// checks its rules.
#[macro_export]
macro_rules! constrained_collection {
    ($(#[$meta:meta])* pub struct $name:ident($inner:ty); $rules:expr; $read:expr) => {
        $crate::constrained_common!($(#[$meta])* $name, $inner, $rules);
        $crate::debug_shown!($name);
        $crate::constrained_collection_read!($name, $inner, $read);
    };
    ($(#[$meta:meta])* pub unique struct $name:ident($inner:ty); $rules:expr; $read:expr) => {
        $crate::constrained_common!($(#[$meta])* $name, $inner, $rules, |items| $crate::is_unique(items));
        $crate::debug_shown!($name);
        $crate::constrained_collection_read!($name, $inner, $read);
    };
    ($(#[$meta:meta])* pub sensitive struct $name:ident($inner:ty); $rules:expr; $read:expr) => {
        $crate::constrained_common!($(#[$meta])* $name, $inner, $rules.concealed());
        $crate::debug_hidden!($name);
        $crate::constrained_collection_read!($name, $inner, $crate::concealed_read!($inner, $read));
    };
    ($(#[$meta:meta])* pub sensitive unique struct $name:ident($inner:ty); $rules:expr; $read:expr) => {
        $crate::constrained_common!($(#[$meta])* $name, $inner, $rules.concealed(), |items| $crate::is_unique(items));
        $crate::debug_hidden!($name);
        $crate::constrained_collection_read!($name, $inner, $crate::concealed_read!($inner, $read));
    };
}

/// Implements `WriteJson` for a constrained list or map that an output contains.
#[macro_export]
macro_rules! write_inner {
    ($name:ident) => {
        $crate::write_inner!($name, |writer, value| $crate::WriteJson::write_json(value, writer));
    };
    ($name:ident, $write:expr) => {
        impl $crate::WriteJson for $name {
            fn write_json(&self, writer: &mut $crate::Writer) {
                writer.value(&self.0, $write);
            }
        }
    };
}

/// Declares a constructor without a check, for default values of the model, which were checked when the code was
/// generated.
#[macro_export]
macro_rules! model_default {
    ($name:ident, $inner:ty) => {
        impl $name {
            pub(crate) fn of_model(value: $inner) -> Self {
                Self(value)
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! concealed_read {
    ($inner:ty, $read:expr) => {
        |reader, rules| {
            let read: fn(&mut $crate::Reader<'_>, &$crate::Rules) -> $crate::read::ReadResult<$inner> = $read;
            reader.concealed(|reader| read(reader, rules))
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! constrained_common {
    ($(#[$meta:meta])* $name:ident, $inner:ty, $rules:expr $(, $is_unique:expr)?) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        pub struct $name($inner);

        impl $name {
            /// Returns the constraints of the shape.
            pub fn rules() -> &'static $crate::Rules {
                static RULES: $crate::Rules = $rules;
                &RULES
            }

            /// Returns the value.
            pub fn into_inner(self) -> $inner {
                self.0
            }
        }

        impl ::core::convert::TryFrom<$inner> for $name {
            type Error = $crate::BrokenRules;

            fn try_from(value: $inner) -> ::core::result::Result<Self, Self::Error> {
                let broken = $crate::CheckRules::check_rules(&value, Self::rules());
                $(
                    let is_unique: fn(&$inner) -> bool = $is_unique;
                    let broken = broken.and_unique(is_unique(&value));
                )?
                broken.or_accept(value).map(Self)
            }
        }

        impl ::core::convert::From<$name> for $inner {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl ::core::ops::Deref for $name {
            type Target = $inner;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! constrained_read {
    ($name:ident, $inner:ty) => {
        impl $crate::Shape for $name {
            fn rules() -> ::core::option::Option<&'static $crate::Rules> {
                ::core::option::Option::Some(Self::rules())
            }

            fn form() -> $crate::Form {
                <$inner as $crate::Shape>::form()
            }
        }

        impl $crate::ReadJson for $name {
            fn read_json(reader: &mut $crate::Reader<'_>) -> $crate::read::ReadResult<Self> {
                let start = reader.position();
                let ::core::option::Option::Some(value) = <$inner as $crate::ReadJson>::read_json(reader)?
                else {
                    return ::core::result::Result::Ok(::core::option::Option::None);
                };
                let broken = $crate::CheckRules::check_rules(&value, Self::rules());
                ::core::result::Result::Ok(
                    reader
                        .admit(start, Self::rules(), <Self as $crate::Shape>::form(), broken)
                        .then(|| Self(value)),
                )
            }
        }

        impl $crate::WriteJson for $name {
            fn write_json(&self, writer: &mut $crate::Writer) {
                self.0.write_json(writer);
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! constrained_collection_read {
    ($name:ident, $inner:ty, $read:expr) => {
        impl $crate::Shape for $name {
            fn rules() -> ::core::option::Option<&'static $crate::Rules> {
                ::core::option::Option::Some(Self::rules())
            }

            fn form() -> $crate::Form {
                <$inner as $crate::Shape>::form()
            }
        }

        impl $crate::ReadJson for $name {
            fn read_json(reader: &mut $crate::Reader<'_>) -> $crate::read::ReadResult<Self> {
                let read: fn(&mut $crate::Reader<'_>, &$crate::Rules) -> $crate::read::ReadResult<$inner> =
                    $read;
                ::core::result::Result::Ok(read(reader, Self::rules())?.map(Self))
            }
        }
    };
}
