//! The refusals of passkeys.

/// The reason for which a passkey, or a request about one, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyFault {
    /// The pool does not allow sign-in with passkeys.
    NotEnabled,
    /// No relying party is configured.
    NoRelyingParty,
    /// The credential that the client sent is malformed.
    Malformed,
    /// No registration with this challenge is pending.
    NoChallenge,
    /// The registration was started through another app client.
    ClientMismatch,
    /// The credential was created on a page that does not belong to the relying party.
    OriginMismatch,
    /// The credential was created for another relying party.
    RelyingPartyMismatch,
    /// The authenticator used a feature that is not supported or was not requested.
    NotSupported,
    /// The user already has this passkey.
    Exists,
    /// The user has as many passkeys as a user can have.
    TooMany,
    /// The user has no passkey with this id.
    Unknown,
    /// The assertion of the authenticator is invalid.
    AssertionInvalid,
}
