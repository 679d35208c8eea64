//! Declares errors and operations, and how they become HTTP responses.

/// Implements the error traits for a structure. Takes what the model declares about the error, a function that returns
/// its message, and a function that makes the error from a message.
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

/// Declares the errors of an operation as an enum. Each variant has the name of its error shape and of its kind in
/// `$kind`. [`FromApiError`](crate::FromApiError) has an example.
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
                #[allow(unreachable_patterns, reason = "an operation that declares every kind needs no last arm")]
                let made = match kind {
                    $(<$kind>::$variant => $crate::FromMessage::from_message(message).map(Self::$variant),)+
                    _ => ::core::result::Result::Err(message),
                };
                made.map_err(|message| $crate::ApiError { kind, message })
            }
        }

        // A derived `Debug` would add an arm for each variant of each operation.
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

/// Declares an operation: its marker type, and the conversions of its input, output and error over `$protocol`.
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
        output: $output:ty as $response:ident,
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

        impl $crate::instrumentation::sensitivity::Sensitivity for $name {
            type RequestFmt = $crate::LoggedRequest;
            type ResponseFmt = $crate::LoggedResponse;

            fn request_fmt() -> Self::RequestFmt {
                $crate::logged_request::<<$service as $crate::server::service::ServiceShape>::Operations>()
            }

            fn response_fmt() -> Self::ResponseFmt {
                $crate::logged_response::<<$service as $crate::server::service::ServiceShape>::Operations>()
            }
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
                $crate::response::$response(&$settings, &self)
            }
        }

        $crate::operation_error_response!($error, $protocol, $settings);
    };
}

/// Converts an operation's error to a response. The server runtime has the conversion of `Infallible`.
#[doc(hidden)]
#[macro_export]
macro_rules! operation_error_response {
    (Infallible, $protocol:ty, $settings:path) => {};
    ($error:ty, $protocol:ty, $settings:path) => {
        impl $crate::server::response::IntoResponse<$protocol> for $error {
            fn into_response(self) -> $crate::server::response::Response {
                $crate::response::error(&$settings, self.as_modeled())
            }
        }
    };
}
