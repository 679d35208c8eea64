//! Declares closed enums of strings and of numbers.

/// Declares an enum of strings: each variant with its value in JSON, in model order.
///
/// The rules list the values that messages show. A value that the model marks as internal is accepted, but not listed.
#[macro_export]
macro_rules! string_enum {
    ($(#[$meta:meta])* pub enum $name:ident $body:tt $rules:expr) => {
        $crate::string_enum!(@ $(#[$meta])* #[derive(Debug)] pub enum $name $body $rules);

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
    ($(#[$meta:meta])* pub sensitive enum $name:ident $body:tt $rules:expr) => {
        $crate::string_enum!(@ $(#[$meta])* pub enum $name $body $rules);
        $crate::debug_hidden!($name);
    };
    (@ $(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $value:literal),* $(,)? }
     $rules:expr) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $name {
            /// Every value, in model order.
            pub const VALUES: &'static [&'static str] = &[$($value),*];

            /// Returns the constraints of the shape: its values.
            pub fn rules() -> &'static $crate::Rules {
                static RULES: $crate::Rules = $rules;
                &RULES
            }

            /// Returns the value in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $value),* }
            }

            fn find(value: &str) -> ::core::option::Option<Self> {
                match value {
                    $($value => ::core::option::Option::Some(Self::$variant),)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::BrokenRules;

            fn try_from(value: &str) -> ::core::result::Result<Self, $crate::BrokenRules> {
                Self::find(value).ok_or_else(|| Self::rules().not_a_value())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::BrokenRules;

            fn from_str(value: &str) -> ::core::result::Result<Self, $crate::BrokenRules> {
                Self::try_from(value)
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::Shape for $name {
            fn rules() -> ::core::option::Option<&'static $crate::Rules> {
                ::core::option::Option::Some(Self::rules())
            }
        }

        impl $crate::ReadJson for $name {
            fn read_json(reader: &mut $crate::Reader<'_>) -> $crate::read::ReadResult<Self> {
                $crate::read::enumeration(reader, Self::rules(), Self::find)
            }
        }

        impl $crate::read::ReadKey for $name {
            fn rules() -> ::core::option::Option<&'static $crate::Rules> {
                ::core::option::Option::Some(Self::rules())
            }

            fn check_key(key: &str) -> ::core::result::Result<Self, $crate::BrokenRules> {
                Self::try_from(key)
            }
        }

        impl $crate::WriteJson for $name {
            fn write_json(&self, writer: &mut $crate::Writer) {
                writer.string(self.as_str());
            }
        }
    };
}

/// Declares an enum of numbers.
#[macro_export]
macro_rules! int_enum {
    ($(#[$meta:meta])* pub enum $name:ident $body:tt $rules:expr) => {
        $crate::int_enum!(@ $(#[$meta])* #[derive(Debug)] pub enum $name $body $rules);

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.value(), f)
            }
        }
    };
    ($(#[$meta:meta])* pub sensitive enum $name:ident $body:tt $rules:expr) => {
        $crate::int_enum!(@ $(#[$meta])* pub enum $name $body $rules);
        $crate::debug_hidden!($name);
    };
    (@ $(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $value:literal),* $(,)? }
     $rules:expr) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant = $value),* }

        impl $name {
            /// Every value, in model order.
            pub const VALUES: &'static [i32] = &[$($value),*];

            /// Returns the constraints of the shape: its values.
            pub fn rules() -> &'static $crate::Rules {
                static RULES: $crate::Rules = $rules;
                &RULES
            }

            /// Returns the value in JSON.
            pub const fn value(self) -> i32 {
                self as i32
            }
        }

        impl ::core::convert::TryFrom<i32> for $name {
            type Error = $crate::BrokenRules;

            fn try_from(value: i32) -> ::core::result::Result<Self, $crate::BrokenRules> {
                match value {
                    $($value => ::core::result::Result::Ok(Self::$variant),)*
                    _ => ::core::result::Result::Err(Self::rules().not_a_value()),
                }
            }
        }

        impl ::core::convert::From<$name> for i32 {
            fn from(value: $name) -> Self {
                value.value()
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::BrokenRules;

            fn from_str(value: &str) -> ::core::result::Result<Self, $crate::BrokenRules> {
                value.parse::<i32>().map_err(|_| Self::rules().not_a_value()).and_then(Self::try_from)
            }
        }

        impl $crate::Shape for $name {
            fn rules() -> ::core::option::Option<&'static $crate::Rules> {
                ::core::option::Option::Some(Self::rules())
            }

            fn form() -> $crate::Form {
                $crate::Form::Integer
            }
        }

        impl $crate::ReadJson for $name {
            fn read_json(reader: &mut $crate::Reader<'_>) -> $crate::read::ReadResult<Self> {
                $crate::read::int_enumeration(reader, Self::rules(), |value| Self::try_from(value).ok())
            }
        }

        impl $crate::WriteJson for $name {
            fn write_json(&self, writer: &mut $crate::Writer) {
                self.value().write_json(writer);
            }
        }
    };
}
