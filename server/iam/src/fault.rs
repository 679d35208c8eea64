//! The reasons for which a signature is refused, with the service's error types and messages.
//!
//! The messages for a missing signature (cog-0340), an unknown access key (cog-0045) and a wrong signature (cog-0348)
//! are *Observed* on Cognito. The others are *Observed* on AWS services with the same front end (cog-0351), because no
//! recording of Cognito contains them. The status is always 400.

/// The reason for which a signature is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// The request has no signature.
    Missing,
    /// The header cannot be parsed. The text is the message.
    Incomplete(String),
    /// The access key does not exist, or the session token does not belong to it.
    UnknownKey,
    /// The session token has expired.
    ExpiredToken,
    /// The signature is wrong.
    Mismatch,
    /// The signature is too old, in the future, or for another Region or service. The text is the message.
    Unacceptable(String),
}

impl SignatureFault {
    /// Returns the error type, the value of `__type`.
    pub fn error_type(&self) -> &'static str {
        match self {
            SignatureFault::Missing => "MissingAuthenticationTokenException",
            SignatureFault::Incomplete(_) => "IncompleteSignatureException",
            SignatureFault::UnknownKey => "UnrecognizedClientException",
            SignatureFault::ExpiredToken => "ExpiredTokenException",
            SignatureFault::Mismatch | SignatureFault::Unacceptable(_) => "InvalidSignatureException",
        }
    }

    /// Returns the message.
    pub fn message(&self) -> &str {
        match self {
            SignatureFault::Missing => "Missing Authentication Token",
            SignatureFault::Incomplete(text) | SignatureFault::Unacceptable(text) => text,
            SignatureFault::UnknownKey => "The security token included in the request is invalid.",
            // The service's message has no full stop.
            SignatureFault::ExpiredToken => "The security token included in the request is expired",
            SignatureFault::Mismatch => {
                "The request signature we calculated does not match the signature you provided. Check your AWS \
                 Secret Access Key and signing method. Consult the service documentation for details."
            }
        }
    }
}
