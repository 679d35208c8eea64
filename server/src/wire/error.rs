//! Errors of the API: their kinds and messages, and their conversion to the error type of an operation.
//!
//! The kinds, and the kinds that each operation declares, are generated from the model. [`super::refusal`] converts
//! refusals to errors.

use lido_cognito_idp::{Operation, types};
use lido_runtime::{ErrorKind as _, FromApiError};

pub use lido_cognito_idp::ErrorKind;

/// An error of the API: its kind and its message.
pub type ApiError = lido_runtime::ApiError<ErrorKind>;

/// The error type of an operation that declares `InvalidParameterException`.
///
/// Only such an operation can be served: `InvalidParameterException` replaces the kinds that it does not declare.
pub trait OperationError: FromApiError<Kind = ErrorKind> + From<types::InvalidParameterException> {}

impl<E> OperationError for E where E: FromApiError<Kind = ErrorKind> + From<types::InvalidParameterException> {}

/// The longest message of an error, in bytes. *Chosen*: the recordings of the live service are below 10 kB, and a text that
/// names what the request has many of must not be a larger answer than that is a request.
const MAX_MESSAGE: usize = 32 * 1024;

/// Converts `error` to the error of an operation. A message is cut off where it is longer than any of the service.
///
/// A kind that the operation does not declare is logged and replaced by `InvalidParameterException`: clients would
/// retry a fault of the server, but the same request would be refused again.
pub fn to_operation_error<E: OperationError>(mut error: ApiError) -> E {
    cut(&mut error.message);
    E::from_api_error(error).unwrap_or_else(|error| {
        tracing::error!(
            kind = error.kind.name(),
            r#enum = std::any::type_name::<E>(),
            "an error that the operation does not declare"
        );
        types::InvalidParameterException { message: Some(error.message), reason_code: None }.into()
    })
}

/// Cuts a text off at the limit, and marks the place.
fn cut(message: &mut String) {
    if message.len() > MAX_MESSAGE {
        message.truncate(message.floor_char_boundary(MAX_MESSAGE));
        message.push('…');
    }
}

/// Returns the first of `kinds` that `operation` declares, or `InvalidParameterException` if it declares none.
pub fn first_declared(operation: Operation, kinds: &[ErrorKind]) -> ErrorKind {
    let mut kinds = kinds.iter().copied();
    kinds.find(|kind| operation.declares(*kind)).unwrap_or(ErrorKind::InvalidParameterException)
}

/// Returns the error for a fault of this server.
///
/// *Chosen*: the service's text is unknown. It is also the text of `crate::api` for faults outside of operations.
pub fn internal(operation: Operation) -> ApiError {
    let kinds = [ErrorKind::InternalErrorException, ErrorKind::InternalServerException];
    ApiError::new(first_declared(operation, &kinds), "Internal server error")
}

#[cfg(test)]
mod tests {
    use lido_cognito_idp::operations::AdminGetUserError;

    use super::*;
    use crate::operations::SERVED;

    #[test]
    fn served_operations_declare_an_internal_and_an_input_error() {
        for operation in SERVED {
            assert!(operation.declares(ErrorKind::InvalidParameterException), "{operation:?}");
            assert_ne!(internal(*operation).kind, ErrorKind::InvalidParameterException, "{operation:?}");
        }
    }

    #[test]
    fn undeclared_kind_becomes_invalid_parameter() {
        let undeclared = ApiError::new(ErrorKind::CodeMismatchException, "no");
        let error = to_operation_error::<AdminGetUserError>(undeclared);
        assert_eq!(error.to_string(), "InvalidParameterException: no");
    }

    #[test]
    fn message_of_any_length_is_cut_between_characters() {
        let message = |length: usize| {
            let error = ApiError::new(ErrorKind::InvalidParameterException, "ä".repeat(length));
            to_operation_error::<AdminGetUserError>(error).to_string()
        };
        let head = "InvalidParameterException: ".len();
        assert_eq!(
            message(MAX_MESSAGE / 2).len(),
            head + MAX_MESSAGE,
            "a message of the longest length is whole"
        );
        let cut = message(MAX_MESSAGE);
        assert_eq!(cut.len(), head + MAX_MESSAGE + '…'.len_utf8());
        assert!(cut.ends_with("ä…"));
    }
}
