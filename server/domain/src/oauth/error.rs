//! The errors of the token endpoint and of the revocation endpoint.

/// An error of the token endpoint (RFC 6749, section 5.2) or of the revocation endpoint (RFC 7009, section 2.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The app client is unknown, or its secret is wrong or missing.
    InvalidClient,
    /// The code or the refresh token is invalid, or the app client does not have a scope that exists.
    InvalidGrant,
    /// The app client may not use the grant.
    UnauthorizedClient,
    /// `redirect_uri` differs from that of the authorization request.
    RedirectMismatch,
    /// `grant_type` is another one.
    UnsupportedGrantType,
    /// A scope does not exist.
    InvalidScope,
    /// The token is not a refresh token.
    UnsupportedTokenType,
}

impl TokenError {
    /// Returns the member `error`. `is_strict` is whether the RFCs decide rather than the service.
    pub const fn code(self, is_strict: bool) -> &'static str {
        match self {
            TokenError::InvalidRequest => "invalid_request",
            TokenError::InvalidClient => "invalid_client",
            TokenError::InvalidGrant => "invalid_grant",
            TokenError::UnauthorizedClient => "unauthorized_client",
            // *Documented*, oau-0098; RFC 6749 has `invalid_grant`.
            TokenError::RedirectMismatch if is_strict => "invalid_grant",
            TokenError::RedirectMismatch => "unauthorized_client",
            TokenError::UnsupportedGrantType => "unsupported_grant_type",
            TokenError::InvalidScope => "invalid_scope",
            TokenError::UnsupportedTokenType => "unsupported_token_type",
        }
    }

    /// Returns the member `error_description`, if there is one.
    pub const fn description(self) -> Option<&'static str> {
        match self {
            TokenError::RedirectMismatch => Some("invalid_redirect"),
            _ => None,
        }
    }
}
