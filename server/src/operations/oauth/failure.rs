//! The failures of the endpoints.

use lido_domain::{flow::oauth::authorize::AuthorizeError, oauth::error::TokenError};

use crate::operations::Failure;

/// Why the token endpoint or the revocation endpoint issues or revokes nothing.
#[derive(Debug)]
pub(crate) enum TokenFailure {
    /// A rule refuses the request.
    Refused(TokenError),
    /// A trigger failed, with this text.
    Trigger(String),
    /// The server cannot answer now.
    Unavailable,
    /// The server is at fault. It is in the log.
    Internal,
}

/// Why the userInfo endpoint tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserInfoFailure {
    /// The token is not a good access token with the scope `openid`.
    InvalidToken,
    /// The server is at fault. It is in the log.
    Internal,
}

/// The most bytes of a trigger's text in an answer, which may be part of a URL. *Chosen*.
const MAX_DESCRIPTION: usize = 1_000;

impl From<TokenError> for TokenFailure {
    fn from(error: TokenError) -> Self {
        TokenFailure::Refused(error)
    }
}

impl From<Failure> for TokenFailure {
    /// Refusals of the rules that the endpoint shares with operations concern the refresh token.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(_) => TokenFailure::Refused(TokenError::InvalidGrant),
            Failure::Trigger(fault) => {
                let mut text = fault.to_string();
                text.truncate(text.floor_char_boundary(MAX_DESCRIPTION));
                TokenFailure::Trigger(text)
            }
            Failure::Conflict | Failure::StaleReads | Failure::Standby => TokenFailure::Unavailable,
            Failure::InvalidPageToken | Failure::FixedId(_) | Failure::Undelivered(_) => {
                TokenFailure::Internal
            }
            Failure::InternalFault(error) => {
                tracing::error!(%error, "a request of an OAuth endpoint failed");
                TokenFailure::Internal
            }
        }
    }
}

impl From<Failure> for UserInfoFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::InternalFault(error) => {
                tracing::error!(%error, "the attributes of a user could not be read");
                UserInfoFailure::Internal
            }
            _ => UserInfoFailure::InvalidToken,
        }
    }
}

/// Logs a failure that no answer tells, if it is a fault of the server.
pub(super) fn log(failure: Failure) {
    // The conversion logs it.
    drop(TokenFailure::from(failure));
}

/// Returns the error that an app client gets for a failure.
pub(super) fn to_authorize_error(failure: Failure) -> AuthorizeError {
    match TokenFailure::from(failure) {
        TokenFailure::Trigger(text) => AuthorizeError::Trigger(text),
        TokenFailure::Unavailable => AuthorizeError::TemporarilyUnavailable,
        TokenFailure::Refused(_) | TokenFailure::Internal => AuthorizeError::ServerError,
    }
}
