//! Why an operation does not answer with its output, and the one match that gives it words.
//!
//! A refusal has its text in [`crate::wire::refusal`]. Everything unforeseen is logged here, once, inside the span of
//! the request and so with its id; the client learns only that it happened.

use lido_domain::Refusal;

use super::Operation;
use crate::{
    entropy::NoEntropy,
    keys::{OpenError, SealError},
    store::StoreError,
    wire::{
        Unsayable,
        error::{Kind, Said, Speaks},
        page::BadToken,
        refusal,
    },
};

/// Why there is no output.
#[derive(Debug)]
pub(super) enum Failure {
    /// The rules say no.
    Refused(Refusal),
    /// A token of a page that is none.
    BadToken,
    /// The message was refused for good; what the verdict says is remembered all the same.
    Undelivered,
    /// Others kept changing what this was based on.
    Contended,
    /// A fault of ours, or of what we stand on.
    Unforeseen(Unforeseen),
}

/// What must not happen.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unforeseen {
    #[error(transparent)]
    Store(StoreError),
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Unsayable(#[from] Unsayable),
    #[error("work on another thread did not end: {0}")]
    Thread(#[from] tokio::task::JoinError),
}

impl Failure {
    /// The error of an operation, for the client to read.
    pub(super) fn into_error<E: Speaks>(self, operation: Operation) -> E {
        E::say(match self {
            Failure::Refused(refused) => refusal::said(operation, &refused),
            // *Chosen*: the service's text is unknown.
            Failure::BadToken => Said::new(Kind::InvalidParameterException, "Invalid pagination token."),
            Failure::Undelivered => Said::new(
                Kind::CodeDeliveryFailureException,
                "Invalid email provided/Unable to send the email",
            ),
            // *Chosen*: clients know to try this again.
            Failure::Contended => Said::new(Kind::TooManyRequestsException, "Too many requests"),
            Failure::Unforeseen(error) => {
                tracing::error!(?operation, %error, "an operation failed");
                Said::internal()
            }
        })
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal)
    }
}

impl From<BadToken> for Failure {
    fn from(_: BadToken) -> Self {
        Failure::BadToken
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Failure::Contended,
            other => Failure::Unforeseen(Unforeseen::Store(other)),
        }
    }
}

macro_rules! unforeseen {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Failure::Unforeseen(error.into())
            }
        }
    )*};
}

unforeseen!(NoEntropy, SealError, OpenError, Unsayable, tokio::task::JoinError);

impl From<lido_runtime::Violated> for Failure {
    fn from(violated: lido_runtime::Violated) -> Self {
        Unsayable::from(violated).into()
    }
}
