//! The errors of the console, all in one shape: what kind it is, and a sentence that says what to do.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::operations::control::ControlError;

/// An error of the console.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Error")]
pub(super) struct Problem {
    /// The kind of the error, for programs
    pub(super) error: ProblemKind,
    /// What is wrong and what to do, for people
    pub(super) message: String,
}

/// The kinds of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) enum ProblemKind {
    /// The query or the body is wrong
    InvalidRequest,
    /// The state of the user, or of the server, does not allow it
    Refused,
    /// A web page, or a host name that may be another site's, may not do this
    Forbidden,
    /// There is no such path, pool, user, message or fault
    NotFound,
    /// The path has no such method
    MethodNotAllowed,
    /// Too many requests wait
    TooManyRequests,
    /// A fault of the server, whose log has the cause
    InternalError,
}

impl ProblemKind {
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::Refused => StatusCode::CONFLICT,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Problem {
    pub(super) fn new(error: ProblemKind, message: impl Into<String>) -> Self {
        Self { error, message: message.into() }
    }

    /// Returns the answer to a path that is not served; in `lido serve` all but the health check.
    pub(super) fn unknown_path() -> Self {
        Self::new(ProblemKind::NotFound, "There is no such page; try /_lido/health.")
    }

    /// Returns the answer to a fault of this server, which is logged.
    pub(super) fn internal(fault: impl std::fmt::Display) -> Self {
        tracing::error!(%fault, "an answer of the console could not be made");
        Self::new(ProblemKind::InternalError, "The server failed; its log has the cause.")
    }
}

impl From<ControlError> for Problem {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::UnknownPool => Self::new(
                ProblemKind::NotFound,
                "There is no user pool with this id; GET /_lido/pools lists them.",
            ),
            ControlError::UnknownUser => Self::new(
                ProblemKind::NotFound,
                "There is no such user in the pool; GET /_lido/pools/{pool}/users lists them.",
            ),
            ControlError::UnknownClient => Self::new(
                ProblemKind::NotFound,
                "There is no such app client in the pool; GET /_lido/pools/{pool}/clients lists them.",
            ),
            ControlError::Refused { kind, message } => {
                Self::new(ProblemKind::Refused, format!("{kind}: {message}"))
            }
            ControlError::Invalid(message) => Self::new(ProblemKind::InvalidRequest, message),
            ControlError::Internal => {
                Self::new(ProblemKind::InternalError, "The server failed; its log has the cause.")
            }
        }
    }
}
