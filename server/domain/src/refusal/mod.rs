//! The reasons for which a request is refused, without messages.
//!
//! The server's `wire` module maps each refusal to an error type and a message. The message can depend on the operation
//! (reported: compare cog-0066 with cog-0291).
//!
//! A kind of refusal with many reasons has a file here, and one of the same name for its messages there.

mod branding;
mod domains;
mod passkeys;
mod settings;
mod tokens;

pub use self::{
    branding::{AssetFault, BrandingFault},
    domains::{CimdFault, DomainFault},
    passkeys::PasskeyFault,
    settings::{ClientFault, EntryFault, OAuthFault, PoolFault, TagFault},
    tokens::{ExchangeFault, ScopeFault, TokenParty},
};
use crate::{
    attribute::{contact::ContactKind, schema::SchemaFault},
    flow::sign_in::InitiateAuthFlow,
    id::{ClientId, PoolId, ResourceServerId},
    pool::{alias::NameKind, mfa::MfaFactor, password::PasswordRule},
    user::Status,
};

/// The reason for which an operation is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The user pool does not exist.
    UnknownPool(PoolId),
    /// The app client does not exist.
    UnknownClient(ClientId),
    /// The app client has a secret, and the request has no secret hash.
    SecretHashMissing(ClientId),
    /// The secret hash matches none of the app client's secrets.
    SecretHashWrong(ClientId),
    /// Only administrators can create users in this pool.
    SignUpNotAllowed,
    /// The username has a form that the pool does not allow.
    UsernameMalformed(UsernameFault),
    /// `preferred_username` was sent at sign-up in a pool where it is an alias.
    PreferredUsernameAtSignUp,
    /// The preferred username has the form of a contact that is an alias in the pool.
    PreferredUsernameMalformed(ContactKind),
    /// The preferred username is an alias, and breaks the rules of usernames.
    PreferredUsernameInvalid,
    /// The attribute was sent without a value.
    AttributeWithoutValue(String),
    /// Attributes violate the schema. The faults are in the order in which they are reported.
    Schema(Vec<SchemaFault>),
    /// The app client may not write the attribute.
    AttributeNotWritable,
    /// Only the service can write the attribute.
    AttributeReserved(String),
    /// The attribute cannot be verified by a code.
    AttributeNotVerifiable,
    /// The contact to verify has no value.
    ContactMissing(ContactKind),
    /// The request marks a contact as verified that has no value.
    VerifiedWithoutContact(ContactKind),
    /// The value is not a valid e-mail address or phone number.
    ContactMalformed(ContactKind),
    /// The password violates this rule of the password policy, the first in the order of checks.
    PasswordPolicy(PasswordRule),
    /// The request has no password, and the user could not sign in without one.
    PasswordMissing,
    /// The password is one of the previous passwords that the password policy excludes.
    PasswordReused,
    /// The request has neither a password nor a contact to which a sign-in code could be sent.
    PasswordlessWithoutContact,
    /// The PreSignUp function marked a contact as verified that the user does not have.
    NothingToVerify(ContactKind),
    /// The PreSignUp function marked a contact as verified but did not confirm the user.
    VerifiedWithoutConfirmation,
    /// Another user has this username, e-mail address or phone number as a name.
    NameTaken(NameKind),
    /// Another user has this alias, and the request does not ask to move it.
    AliasTaken(NameKind),
    /// The user does not exist.
    UserNotFound,
    /// The user's status is not UNCONFIRMED.
    NotUnconfirmed(Status),
    /// The user is disabled.
    UserDisabled,
    /// The user has no temporary password, so the invitation cannot be sent again.
    NoTemporaryPassword(Status),
    /// The user's password cannot be reset in the present status.
    NotResettable,
    /// The user has no verified contact to which a code for a new password could be sent.
    NoRecoveryContact,
    /// Only administrators can reset passwords in this pool.
    RecoveryByAdministrator,
    /// The user does not have the contact to which the invitation was requested.
    NoContactToInvite(ContactKind),
    /// The limit of attempts in an hour is reached.
    TooManyAttempts,
    /// Too many messages were sent to the user by this medium.
    TooManyMessages,
    /// The limit of attempts in an hour is exceeded several times over.
    TooManyFailedAttempts,
    /// The code is wrong.
    CodeMismatch,
    /// The code has expired, or no code is pending.
    CodeExpired,
    /// The session does not exist, or belongs to another user, app client or step.
    SessionInvalid,
    /// The session has expired.
    SessionExpired,
    /// The user asked for a new confirmation code but is already confirmed.
    AlreadyConfirmed,
    /// The pool verifies no contacts, so it sends no codes.
    AutoVerificationOff,
    /// The user has none of the contacts that the pool verifies.
    NoContact,
    /// The attribute cannot be added to the schema.
    SchemaEntry(EntryFault),
    /// The group does not exist.
    UnknownGroup,
    /// The pool does not record authentication events.
    AuthEventsNotRecorded,
    /// The pool already has a group with this name.
    GroupExists,
    /// The pool has as many groups as it can have.
    TooManyGroups,
    /// The user is in as many groups as a user can be in.
    TooManyGroupsOfUser,
    /// The operation does not support this sign-in flow.
    FlowNotSupported,
    /// The app client does not allow this sign-in flow.
    FlowNotEnabled(InitiateAuthFlow),
    /// CUSTOM_AUTH was requested in a pool without the functions for it.
    CustomAuthWithoutTriggers,
    /// The DefineAuthChallenge function returned a password challenge at a step where none is allowed.
    PasswordChallengeNotAllowed,
    /// The UserMigration function found no such user either, or returned one that cannot be created.
    MigrationFailed(ClientId),
    /// The named parameter of the flow or challenge is absent or empty.
    ParameterMissing(&'static str),
    /// The named parameter of the flow or challenge is invalid.
    ParameterInvalid(&'static str),
    /// The TIMESTAMP parameter cannot be parsed.
    ClaimTimeMalformed,
    /// The password is wrong, or the user has none or does not exist.
    WrongPassword,
    /// The user is locked out for a time after too many failed sign-ins.
    LockedOut,
    /// The user's sign-up is not confirmed.
    UserNotConfirmed,
    /// The user must set a new password with a code first.
    PasswordResetRequired,
    /// The temporary password has expired.
    TemporaryPasswordExpired,
    /// These required attributes have no value and were not sent with the new password.
    AttributesMissing(Vec<String>),
    /// The attribute is required and has a value, so it cannot be sent with the new password.
    AttributeAlreadyProvided(String),
    /// The one-time code for the sign-in is wrong.
    SignInCodeMismatch,
    /// The code of the authenticator app is wrong.
    SoftwareTokenMismatch,
    /// The code of the authenticator app, or a later one, was used before.
    SoftwareTokenUsed,
    /// The pool does not allow authenticator apps.
    SoftwareTokenNotAllowed,
    /// The user has no authenticator app that waits to be verified.
    SoftwareTokenMissing,
    /// The request has neither an access token nor a session, or has both.
    AccessTokenOrSessionRequired,
    /// The request turns on a second factor that the user has not set up.
    MfaFactorNotSetUp(MfaFactor),
    /// The request turns on an authenticator app that is set up but not verified.
    SoftwareTokenNotVerified,
    /// The request marks more than one second factor as preferred.
    SeveralPreferredFactors,
    /// The request marks a second factor as preferred and turns it off.
    PreferredFactorTurnedOff(MfaFactor),
    /// The MFA_SETUP challenge was answered before a second factor was set up.
    MfaSetupIncomplete,
    /// The pool does not remember devices.
    DevicesNotRemembered,
    /// The user has no device with this key.
    DeviceNotFound,
    /// The device is already confirmed.
    DeviceAlreadyConfirmed,
    /// The session was already used.
    SessionUsed,
    /// The text is not an access token.
    AccessTokenInvalid,
    /// The access token has no valid signature of this pool.
    AccessTokenSignatureInvalid,
    /// The access token has expired.
    AccessTokenExpired,
    /// The access token is revoked.
    AccessTokenRevoked,
    /// The access token lacks the scope `aws.cognito.signin.user.admin`.
    AccessTokenScopeMissing,
    /// The text is not a refresh token of this app client.
    RefreshTokenInvalid,
    /// The refresh token has expired.
    RefreshTokenExpired,
    /// The refresh token is revoked.
    RefreshTokenRevoked,
    /// The refresh token was replaced by a newer one, and its grace period is over.
    RefreshTokenReused,
    /// REFRESH_TOKEN_AUTH was requested through an app client that rotates refresh tokens.
    RefreshTokenRotationEnabled,
    /// The secret hash of a renewal was not computed with the username of the token's user.
    RefreshSecretHashWrong(ClientId),
    /// The client secret, sent in clear, is missing or wrong.
    ClientSecretWrong(ClientId),
    /// The app client does not allow token revocation.
    RevocationDisabled,
    /// The token is of a kind that cannot be revoked.
    TokenNotRevocable,
    /// The app client does not allow this flow of an operation that issues tokens without a sign-in.
    TokenFlowNotEnabled(&'static str),
    /// The scopes of a token cannot be granted.
    Scope(ScopeFault),
    /// Tokens cannot be exchanged for the requested one.
    Exchange(ExchangeFault),
    /// The settings of a user pool are invalid.
    Pool(PoolFault),
    /// The settings of an app client are invalid.
    Client(ClientFault),
    /// The tags are invalid.
    Tags(TagFault),
    /// The filter of ListUsers cannot be parsed.
    FilterMalformed,
    /// The filter of ListUsers names an attribute that cannot be searched.
    FilterAttributeNotSearchable(String),
    /// The request asks ListUsers for attributes that are not in the schema or that not every user has.
    AttributesUnknown,
    /// A passkey, or a request about one, is refused.
    Passkey(PasskeyFault),
    /// A user pool domain is refused.
    Domain(DomainFault),
    /// A policy of client ID metadata documents, or a request about one, is refused.
    Cimd(CimdFault),
    /// The resource server does not exist.
    UnknownResourceServer(ResourceServerId),
    /// The pool already has a resource server with this identifier.
    ResourceServerExists(ResourceServerId),
    /// The pool has as many resource servers as it can have.
    TooManyResourceServers,
    /// The request names a scope of a resource server twice.
    ScopeTwice(String),
    /// The looks of the sign-in pages, or a request about them, are refused.
    Branding(BrandingFault),
}

/// The ways in which a username can have a wrong form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsernameFault {
    /// The username is an e-mail address in a pool where the e-mail address is an alias.
    LooksLikeEmail,
    /// The username is a phone number in a pool where the phone number is an alias.
    LooksLikePhoneNumber,
    /// The username must be an e-mail address or a phone number, and is neither.
    NeitherEmailNorPhoneNumber,
    /// The username must be an e-mail address, and is not.
    NotAnEmail,
    /// The username must be a phone number, and is not.
    NotAPhoneNumber,
}
