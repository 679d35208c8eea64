//! Every way of saying no, without words.
//!
//! The server's `wire` gives each refusal its type and text, and knows which operation speaks: two operations may
//! word the same refusal differently (*Observed*: cog-0066 against cog-0291).

use crate::{
    attribute::{contact::ContactKind, schema::SchemaFault},
    flow::sign_in::InitiateAuthFlow,
    id::{ClientId, PoolId},
    pool::{Feature, Tier, alias::NameKind, mfa::MfaFactor, password::PasswordRule},
    user::Status,
};

/// Why an operation is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such pool.
    UnknownPool(PoolId),
    /// No such app client.
    UnknownClient(ClientId),
    /// The client has a secret and no hash came.
    SecretHashMissing(ClientId),
    /// The hash is not one of this client's.
    SecretHashWrong(ClientId),
    /// Only administrators create users here.
    SignUpNotAllowed,
    /// The username has the form of something else, or not the form it must have.
    UsernameForm(UsernameFault),
    /// `preferred_username` at sign-up where it is an alias.
    PreferredUsernameTooEarly,
    /// An attribute without a value.
    AttributeWithoutValue(String),
    /// Attributes that break the schema, in the order to report.
    Schema(Vec<SchemaFault>),
    /// An attribute that the client may not write.
    AttributeNotWritable,
    /// An attribute that the service itself keeps.
    AttributeKept(String),
    /// An attribute that no code can verify.
    AttributeNotVerifiable,
    /// A contact that is to be verified and is not there.
    ContactMissing(ContactKind),
    /// A contact that is said to be verified and is not there.
    VerifiedWithoutContact(ContactKind),
    /// A contact that has not the form of one.
    ContactForm(ContactKind),
    /// The first rule of the password policy that is broken.
    PasswordPolicy(PasswordRule),
    /// No password, and no other way to sign in.
    PasswordMissing,
    /// One of the passwords that must not come back.
    PasswordUsedBefore,
    /// No password, and no contact to send a code to instead.
    PasswordlessWithoutContact,
    /// A trigger verified a contact that the user has not.
    NothingToVerify(ContactKind),
    /// PreSignUp verified a contact of a user whom it did not confirm.
    VerifiedUnconfirmed,
    /// The name is held by another user.
    NameTaken(NameKind),
    /// The alias is held by another user and was not to be moved.
    AliasTaken(NameKind),
    /// No such user.
    UserNotFound,
    /// The user is not waiting for confirmation.
    NotUnconfirmed(Status),
    /// The user is disabled.
    UserDisabled,
    /// The user has no temporary password to send again.
    NotInvited(Status),
    /// The user's password cannot be reset as things are.
    NotResettable,
    /// The user has no contact to which a code could go that resets the password.
    NoRecoveryContact,
    /// Only administrators give new passwords in this pool.
    RecoveryByAdministrator,
    /// The invitation should go to a contact that the user has not.
    NoContactToInvite(ContactKind),
    /// Too many attempts in the hour.
    TooManyAttempts,
    /// Far too many attempts in the hour.
    TooManyFailedAttempts,
    /// Not the code.
    CodeMismatch,
    /// No code that is still good.
    CodeExpired,
    /// The session is not this user's, or there is none.
    SessionInvalid,
    /// The session is over.
    SessionExpired,
    /// A new code for a user who needs none.
    AlreadyConfirmed,
    /// The pool verifies no contact, so there is no code to send.
    AutoVerificationOff,
    /// The user has no contact that the pool verifies.
    NoContact,
    /// An attribute that a schema cannot get.
    SchemaEntry(EntryFault),
    /// No such group.
    UnknownGroup,
    /// The pool keeps no record of what its users do.
    NoRecordOfEvents,
    /// The pool has a group of this name.
    GroupExists,
    /// More groups than a pool holds.
    TooManyGroups,
    /// More groups than a user can be in.
    TooManyGroupsOfUser,
    /// A sign-in flow that the operation does not have.
    FlowNotSupported,
    /// A sign-in flow that the app client may not use.
    FlowNotEnabled(InitiateAuthFlow),
    /// CUSTOM_AUTH where nothing is configured that could ask.
    CustomAuthWithoutTriggers,
    /// A function asks for a password where none can be asked for.
    ChallengeOutOfPlace,
    /// Another directory knows nobody of this name either, or somebody who cannot be a user here.
    MigrationFailed(ClientId),
    /// A parameter of a flow or challenge that is absent or empty.
    ParameterMissing(&'static str),
    /// A parameter that makes no sense.
    ParameterInvalid(&'static str),
    /// The instant in a claim cannot be read.
    ClaimTimeForm,
    /// The wrong password, or nobody with one.
    WrongPassword,
    /// Too many wrong passwords; the user must wait.
    LockedOut,
    /// The user has not confirmed the sign-up.
    UserNotConfirmed,
    /// The user must reset the password.
    PasswordResetRequired,
    /// The temporary password is too old.
    TemporaryPasswordExpired,
    /// Required attributes that came with no new password.
    AttributesMissing(Vec<String>),
    /// A required attribute that has a value and came with a new password.
    AttributeAlreadyProvided(String),
    /// Not the code that was sent to sign in with.
    SignInCodeMismatch,
    /// The code is none of the user's authenticator app.
    SoftwareTokenMismatch,
    /// The code of the authenticator app was used before, or an earlier one than it.
    SoftwareTokenUsed,
    /// The pool lets nobody set up an authenticator app.
    SoftwareTokenNotAllowed,
    /// The user has no authenticator app that waits to be verified.
    SoftwareTokenMissing,
    /// Neither an access token nor a session, or both.
    TokenOrSession,
    /// A second factor is to be turned on that the user has not set up.
    MfaFactorMissing(MfaFactor),
    /// More than one second factor is to go first.
    MfaPreferredTwice,
    /// A second factor is to go first that is turned off.
    MfaPreferredOff(MfaFactor),
    /// MFA_SETUP is answered before anything was set up.
    MfaSetupIncomplete,
    /// The pool remembers no devices.
    DevicesNotRemembered,
    /// The user has no such device.
    DeviceNotFound,
    /// The device was confirmed before.
    DeviceExists,
    /// The session was used.
    SessionUsed,
    /// The text is no access token.
    AccessTokenInvalid,
    /// The access token was not signed by this pool.
    AccessTokenForged,
    /// The access token is over.
    AccessTokenExpired,
    /// The access token was revoked.
    AccessTokenRevoked,
    /// The access token does not allow to act for oneself.
    AccessTokenScope,
    /// The text is no refresh token of this client.
    RefreshTokenInvalid,
    /// The refresh token is over.
    RefreshTokenExpired,
    /// The refresh token was revoked.
    RefreshTokenRevoked,
    /// Another refresh token took its place.
    RefreshTokenReused,
    /// REFRESH_TOKEN_AUTH where refresh tokens are rotated.
    RefreshTokenRotates,
    /// The hash of a renewal is not over the username of the token's user.
    RefreshSecretHashWrong(ClientId),
    /// The secret, sent in clear, is missing or wrong.
    ClientSecretWrong(ClientId),
    /// The app client's tokens cannot be revoked.
    RevocationOff,
    /// Not a token that can be revoked.
    TokenNotRevocable,
    /// Settings of a pool that contradict each other.
    Pool(PoolFault),
    /// Settings of an app client that contradict each other.
    Client(ClientFault),
    /// Tags that cannot be hung on a pool.
    Tags(TagFault),
    /// A filter of users that cannot be read.
    FilterForm,
    /// A filter of users by an attribute that cannot be searched.
    FilterAttribute(String),
    /// Attributes were asked for that the schema has not.
    AttributesUnknown,
    /// Something about passkeys.
    Passkey(PasskeyFault),
}

/// What is wrong with a passkey, or with asking for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyFault {
    /// Users of the pool do not sign in by passkeys.
    NotEnabled,
    /// Nobody is named whom passkeys could be made for.
    NoRelyingParty,
    /// What the client sent is no answer of an authenticator.
    Form,
    /// No registration waits for this challenge, or not any more.
    NoChallenge,
    /// The registration was begun through another app client.
    OtherClient,
    /// It was made on a page that is not the relying party's.
    Origin,
    /// It was made for another relying party.
    OtherParty,
    /// Its authenticator does what cannot be accepted, or not what was asked for.
    NotSupported,
    /// The user has it already.
    Exists,
    /// The user has as many as a user can have.
    TooMany,
    /// The user has no passkey of this id.
    Unknown,
    /// It does not show that the user is there.
    NotShown,
}

/// What is wrong with the form of a username.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsernameFault {
    /// An e-mail address, where e-mail is an alias.
    LooksLikeEmail,
    /// A phone number, where the phone number is an alias.
    LooksLikePhoneNumber,
    /// Neither, where both can be usernames.
    NeitherEmailNorPhoneNumber,
    /// Not an e-mail address, where only that can be a username.
    NotAnEmail,
    /// Not a phone number, where only that can be a username.
    NotAPhoneNumber,
}

/// What is wrong with an attribute that a schema was to get. Names have their prefix, except where said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFault {
    /// No name.
    Nameless,
    /// Bounds that are no numbers; the name as it was sent.
    Bounds(String),
    /// A least value or length above the greatest.
    BoundsOrder {
        /// The attribute.
        attribute: String,
        /// Whether it holds text and the bounds are lengths.
        text: bool,
    },
    /// Twice in one request.
    Twice(String),
    /// There already.
    Exists(String),
    /// A standard attribute with another type, or kept from users.
    Retyped(String),
    /// A custom attribute that users must have.
    Required(String),
    /// More custom attributes than a pool holds.
    TooMany,
}

/// What is wrong with the settings of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolFault {
    /// AliasAttributes and UsernameAttributes at once.
    AliasAndUsernameAttributes,
    /// Features that the feature plan does not have.
    TierTooLow(Tier, Vec<Feature>),
    /// Passwords excluded from the first factors.
    PasswordNotAmongFactors,
    /// A minimum length out of bounds.
    PasswordLength,
    /// The pool is protected from deletion.
    DeletionProtected,
    /// MFA is to be by SMS, and nothing is said of how to send one.
    MfaWithoutSms,
    /// MFA is to be asked for, and there is nothing to ask.
    MfaWithoutFactor,
    /// MFA is to be turned off, and a factor set up.
    MfaOffWithFactor,
    /// Two ways to send an SMS.
    SmsTwice,
    /// Messages are to be sent from another Region.
    SmsRegion,
    /// Mail is to be sent from an address of one's own, and there is none.
    EmailWithoutSource,
    /// A contact is to be verified before it changes, but the pool does not verify it.
    VerifiedBeforeUpdateOnly,
    /// Recovery by administrators only, and by something else.
    RecoveryNotOnlyByAdmin,
    /// Two ways of recovery of one priority or one name.
    RecoveryTwice,
    /// The validity of temporary passwords in its old place and in its new one.
    ValidityTwice,
    /// Two functions for one trigger.
    TokenFunctionsDiffer,
    /// An invitation without the place of the password.
    InvitationWithoutPassword,
    /// Two levels of authentication of one name.
    AcrNameTwice,
}

/// What is wrong with the settings of an app client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFault {
    /// `ALLOW_…` flows and older names at once.
    MixedFlows,
    /// AuthSessionValidity out of bounds.
    SessionMinutes,
    /// ReadAttributes that are not in the schema.
    ReadAttributes,
    /// WriteAttributes that are not in the schema, cannot be written, or leave a required one out.
    WriteAttributes,
    /// Tokens that live too short or too long.
    Lifetime,
    /// Tokens that outlive their refresh token.
    LifetimeOrder,
    /// Refresh tokens are to be rotated, and to be used without rotation.
    RotationWithRefreshFlow,
    /// A flow that the feature plan does not have.
    TierTooLow(Tier, Feature),
    /// A secret was sent, and one was to be made.
    SecretTwice,
    /// What needs a secret, in a client that has none.
    PropagatesWithoutSecret,
    /// An analytics project by its ARN and by its parts, or by some of its parts.
    Analytics,
    /// OAuth settings.
    OAuth(OAuthFault),
    /// A further secret for a client that has none.
    NoSecret,
    /// More secrets than a client holds.
    TooManySecrets,
    /// The only secret was to be deleted.
    LastSecret,
    /// No secret of this id.
    UnknownSecret(String),
}

/// What is wrong with the OAuth settings of an app client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OAuthFault {
    /// An address that is no absolute URI.
    NotAbsolute(String),
    /// An address with a fragment.
    Fragment(String),
    /// `http` to another machine.
    PlainHttp(String),
    /// A default address that is not among the others.
    DefaultRedirectUnlisted(String),
    /// In force without flows or without scopes.
    FlowsOrScopesMissing,
    /// A grant by browser, and nowhere to send it back to.
    CallbackMissing,
    /// A grant to machines beside one to people.
    CredentialsNotAlone,
    /// A grant to machines in a client without a secret.
    CredentialsWithoutSecret,
    /// A scope about people in a grant to machines.
    ScopeNotForCredentials(String),
    /// No such scope.
    UnknownScope(String),
}

/// What is wrong with tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagFault {
    /// More than a pool holds.
    TooMany,
    /// A key that only the service may use.
    Reserved(String),
    /// They are to hang on something that is no pool.
    NoPool,
}
