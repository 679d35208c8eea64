//! The refusals of scopes, and of an exchange of tokens.

/// The ways in which the scopes of a token cannot be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopeFault {
    /// The scope does not exist.
    Unknown(String),
    /// The app client does not have the scope.
    NotAllowed(String),
    /// No scope is left.
    NoneLeft,
}

/// The ways in which an exchange of tokens is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExchangeFault {
    /// `ActorTokenType` is missing.
    ActorTypeMissing,
    /// `ActorTokenType` or `ActorTokenProviderName` is there without `ActorToken`.
    ActorTokenMissing,
    /// A SAML assertion has no provider name.
    ProviderMissing(TokenParty),
    /// The pool has no identity provider of this name.
    UnknownProvider(String),
    /// Both `Audiences` and `Resources` are there.
    AudienceAndResource,
    /// The text is not a token of this pool and type.
    TokenInvalid(TokenParty),
    /// The token has expired.
    TokenExpired(TokenParty),
    /// The token is revoked.
    TokenRevoked(TokenParty),
    /// The subject token is that of an app client, not of a user.
    SubjectWithoutUser,
    /// The subject token has as many actors as it can have.
    TooManyActors,
    /// An id token is requested, and the scope `openid` is not granted.
    IdTokenWithoutOpenid,
}

/// The party of an exchange whose token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenParty {
    /// The one on whose behalf the new token is.
    Subject,
    /// The one who acts.
    Actor,
}
