//! Errors and operations: structures with a part in the service's contract.

/// What makes a structure a modeled error: its id, who is to blame, its message for the client, and how it is made of
/// a message.
#[macro_export]
macro_rules! modeled_error {
    ($name:ident, $info:expr, $message:expr, $make:expr) => {
        impl $crate::ModeledError for $name {
            fn info(&self) -> &'static $crate::ErrorInfo {
                static INFO: $crate::ErrorInfo = $info;
                &INFO
            }

            fn message(&self) -> ::core::option::Option<&str> {
                let message: fn(&Self) -> ::core::option::Option<&str> = $message;
                message(self)
            }
        }

        impl $crate::FromMessage for $name {
            fn from_message(
                message: ::std::string::String,
            ) -> ::core::result::Result<Self, ::std::string::String> {
                let make: fn(::std::string::String) -> ::core::result::Result<Self, ::std::string::String> =
                    $make;
                make(message)
            }
        }

        impl $crate::WriteJson for $name {
            fn write_json(&self, writer: &mut $crate::Writer) {
                let mut object = writer.structure();
                $crate::WriteMembers::write_members(self, &mut object);
                object.end();
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::error::display(self, f)
            }
        }

        impl ::std::error::Error for $name {}
    };
}

/// The errors of an operation as one enum, a variant for each error shape of the same name, which is also that of its
/// kind in `$kind`.
#[macro_export]
macro_rules! operation_error {
    ($(#[$meta:meta])* pub enum $name:ident of $kind:ty { $($(#[$doc:meta])* $variant:ident($error:ty)),+ $(,)? }) => {
        $(#[$meta])*
        pub enum $name { $($(#[$doc])* $variant($error)),+ }

        impl $name {
            fn as_modeled(&self) -> &dyn $crate::ModeledError {
                match self { $(Self::$variant(error) => error),+ }
            }
        }

        $(
            impl ::core::convert::From<$error> for $name {
                fn from(error: $error) -> Self {
                    Self::$variant(error)
                }
            }
        )+

        impl $crate::FromApiError for $name {
            type Kind = $kind;

            const DECLARED: &'static [$kind] = &[$(<$kind>::$variant),+];

            fn from_api_error(
                error: $crate::ApiError<$kind>,
            ) -> ::core::result::Result<Self, $crate::ApiError<$kind>> {
                let $crate::ApiError { kind, message } = error;
                // An operation may declare every kind that there is.
                #[allow(unreachable_patterns)]
                let made = match kind {
                    $(<$kind>::$variant => $crate::FromMessage::from_message(message).map(Self::$variant),)+
                    _ => ::core::result::Result::Err(message),
                };
                made.map_err(|message| $crate::ApiError { kind, message })
            }
        }

        // Derived, this would be an arm for each variant of each operation.
        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(self.as_modeled(), f)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::error::display(self.as_modeled(), f)
            }
        }

        impl ::std::error::Error for $name {}
    };
}

/// An operation: its marker with what the runtime knows it by, and how its input, output and error
/// travel over `$protocol`.
#[macro_export]
macro_rules! operation {
    (
        $(#[$meta:meta])*
        pub struct $name:ident;
        id: ($absolute:literal, $namespace:literal, $local:literal),
        service: $service:ty as $variant:path,
        protocol: $protocol:ty,
        settings: $settings:path,
        input: $input:ty $({ $($input_item:tt)* })?,
        output: $output:ty as $answer:ident,
        error: $error:ident $(,)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl $crate::server::operation::OperationShape for $name {
            const ID: $crate::server::ShapeId = $crate::server::ShapeId::new($absolute, $namespace, $local);

            type Input = $input;
            type Output = $output;
            type Error = $error;
        }

        impl $crate::server::service::ContainsOperation<$name> for $service {
            const VALUE: Self::Operations = $variant;
        }

        impl $crate::OperationInput for $input {
            $($($input_item)*)?

            fn settings() -> &'static $crate::Settings {
                &$settings
            }
        }

        impl $crate::server::response::IntoResponse<$protocol> for $output {
            fn into_response(self) -> $crate::server::response::Response {
                $crate::answer::$answer(&$settings, &self)
            }
        }

        $crate::operation_error_response!($error, $protocol, $settings);
    };
}

/// How an operation's error travels; `Infallible` never does, and the runtime knows it.
#[doc(hidden)]
#[macro_export]
macro_rules! operation_error_response {
    (Infallible, $protocol:ty, $settings:path) => {};
    ($error:ty, $protocol:ty, $settings:path) => {
        impl $crate::server::response::IntoResponse<$protocol> for $error {
            fn into_response(self) -> $crate::server::response::Response {
                $crate::answer::error(&$settings, self.as_modeled())
            }
        }
    };
}
