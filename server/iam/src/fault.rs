//! What is wrong with a signature, and the service's words for it.
//!
//! The texts marked `[R]` in the behaviour notes (1.5) are *Observed* on Cognito; the others are *Observed* on sibling
//! services with the same front end, because no recording of Cognito shows them. All are answered with status 400.

/// Why a signature is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// No signature at all.
    Missing,
    /// The header cannot be read; the text says where.
    Incomplete(String),
    /// No such access key, or a session token that is not its.
    UnknownKey,
    /// The session token was this user's, and its time is over.
    ExpiredToken,
    /// The signature is another one.
    Mismatch,
    /// The signature cannot be accepted although it may be right: too old, too new, for another Region
    /// or service.
    Unacceptable(String),
}

impl SignatureFault {
    /// The error type, as `__type` carries it.
    pub fn error_type(&self) -> &'static str {
        match self {
            SignatureFault::Missing => "MissingAuthenticationTokenException",
            SignatureFault::Incomplete(_) => "IncompleteSignatureException",
            SignatureFault::UnknownKey => "UnrecognizedClientException",
            SignatureFault::ExpiredToken => "ExpiredTokenException",
            SignatureFault::Mismatch | SignatureFault::Unacceptable(_) => "InvalidSignatureException",
        }
    }

    /// The text.
    pub fn message(&self) -> &str {
        match self {
            SignatureFault::Missing => "Missing Authentication Token",
            SignatureFault::Incomplete(text) | SignatureFault::Unacceptable(text) => text,
            SignatureFault::UnknownKey => "The security token included in the request is invalid.",
            // Without a full stop.
            SignatureFault::ExpiredToken => "The security token included in the request is expired",
            SignatureFault::Mismatch => {
                "The request signature we calculated does not match the signature you provided. Check your AWS \
                 Secret Access Key and signing method. Consult the service documentation for details."
            }
        }
    }
}
