//! The reasons for which a request is refused, without messages.
//!
//! The server's `wire` module maps each refusal to an error type and a message. The message can depend on the operation
//! (reported: compare cog-0066 with cog-0291).

use crate::{
    attribute::{contact::ContactKind, schema::SchemaFault},
    branding::{
        asset::AssetExtension,
        css::CssFault,
        style::{AssetCategory, ColorMode},
        terms::TermsName,
    },
    flow::sign_in::InitiateAuthFlow,
    id::{ClientId, PoolId, ResourceServerId},
    pool::{Feature, Tier, alias::NameKind, mfa::MfaFactor, password::PasswordRule},
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

impl From<BrandingFault> for Refusal {
    fn from(fault: BrandingFault) -> Self {
        Self::Branding(fault)
    }
}

/// The ways in which the looks of the sign-in pages, or a request about them, can be invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrandingFault {
    /// The pool has no domain, and so no classic pages.
    NoDomain,
    /// The CSS of classic pages is invalid.
    Css(CssFault),
    /// The CSS or the logo of classic pages is too large.
    CustomizationTooLarge,
    /// The logo of classic pages is neither PNG nor JPEG.
    LogoFormat,
    /// A style takes the values of the service and has settings, or neither.
    StyleSource,
    /// Images of a style have a format that their category does not have.
    StyleAssets(Vec<AssetFault>),
    /// The settings of a style are nested too deeply.
    StyleSettingsTooDeep,
    /// The app client has a style already.
    StyleExists(ClientId),
    /// The pool has as many styles as it can have.
    TooManyStyles,
    /// The request names no style: the pool or the id is missing.
    StyleNotNamed,
    /// The pool has no style with this id.
    UnknownStyle,
    /// The app client has no style.
    UnknownStyleOfClient(ClientId),
    /// The app client has a terms document with this name already.
    TermsExist(TermsName, ClientId),
    /// The pool has as many terms documents as it can have.
    TooManyTerms,
    /// The pool has no terms document with this id.
    UnknownTerms,
    /// The app client has no terms document with this name.
    UnknownTermsOfClient(TermsName, ClientId),
    /// The request has no links for a new terms document.
    TermsWithoutLinks,
    /// A link of a terms document is no address of a web page.
    TermsLink(String),
}

/// An image whose format its category does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssetFault {
    /// The category.
    pub category: AssetCategory,
    /// The color mode.
    pub color_mode: ColorMode,
    /// The format.
    pub extension: AssetExtension,
}

/// The reasons for which a policy of client ID metadata documents, or a request about one, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CimdFault {
    /// The pool's feature plan does not include policies.
    TierTooLow(Tier),
    /// The policy does not exist.
    Unknown,
    /// The pool has as many policies as it can have.
    TooMany,
    /// The document is not kept, or is not valid any more.
    NotCached,
    /// The document could not be fetched, or is invalid.
    NotFetched,
}

/// The ways in which a user pool domain, or a request about one, can be invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainFault {
    /// The prefix has characters other than lower-case letters, digits and hyphens, or begins or ends with a hyphen.
    Character,
    /// The prefix contains this word, which is reserved.
    ReservedWord(&'static str),
    /// The custom domain is not the name of a subdomain.
    NotASubdomain,
    /// `ManagedLoginVersion` is neither 1 nor 2.
    LoginVersion,
    /// The pool's feature plan does not include managed login.
    TierTooLow(Tier),
    /// The pool already has a domain of this kind.
    PoolHasOne,
    /// Another pool has the domain.
    Taken,
    /// The pool does not have the domain.
    Unknown,
    /// A certificate is set for a prefix domain.
    CertificateOfPrefix,
    /// Failover is configured for a prefix domain.
    RoutingOfPrefix,
}

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

/// The reasons for which an attribute cannot be added to a schema. Names include the prefix, unless stated otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFault {
    /// The attribute has no name.
    NameMissing,
    /// A custom attribute has no type.
    TypeMissing,
    /// The minimum or maximum is not a number. The name is the one that the caller sent, without a prefix.
    Bounds(String),
    /// The minimum value or length is greater than the maximum.
    BoundsReversed {
        /// The name of the attribute.
        attribute: String,
        /// Whether the attribute holds text, so that the bounds are lengths.
        text: bool,
    },
    /// The request contains the attribute twice.
    Twice(String),
    /// The schema already has the attribute.
    Exists(String),
    /// The request gives a standard attribute another type, or makes it a developer attribute.
    StandardAttributeRedefined(String),
    /// The request makes a custom attribute required.
    Required(String),
    /// The pool would have more custom attributes than it can have.
    TooMany,
}

/// The ways in which the settings of a user pool can be invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolFault {
    /// `AliasAttributes` and `UsernameAttributes` are both set.
    AliasAndUsernameAttributes,
    /// The feature plan does not include these features.
    TierTooLow(Tier, Vec<Feature>),
    /// The feature plan is lowered to one that does not include these features.
    TierChange(Tier, Vec<Feature>),
    /// PASSWORD is missing in the allowed first factors.
    PasswordNotAmongFactors,
    /// The minimum password length is out of range.
    PasswordLength,
    /// Deletion protection is active.
    DeletionProtected,
    /// The pool has a domain, which must be deleted first.
    HasDomain,
    /// MFA is turned on, and no SMS configuration is set.
    MfaWithoutSms,
    /// UpdateUserPool turns MFA on, and the pool has no second factor.
    MfaOnWithoutFactor,
    /// MFA is turned on, and no second factor is allowed.
    MfaWithoutFactor,
    /// MFA is turned off, and a second factor is configured.
    MfaOffWithFactor,
    /// Phone numbers are verified automatically, and no SMS configuration is set.
    VerificationWithoutSms,
    /// SMS_OTP is an allowed first factor, and no SMS configuration is set.
    SmsOtpWithoutSms,
    /// MFA is required, and one-time codes are allowed first factors.
    OtpWithMfa,
    /// MFA is required, and passkeys that count as one factor are an allowed first factor.
    PasskeysWithMfa,
    /// SetUserPoolMfaConfig requires MFA, and passkeys that count as one factor are an allowed first factor.
    SingleFactorPasskeysWithMfa,
    /// E-mail MFA is configured, and the pool sends e-mail from the built-in account.
    EmailMfaWithBuiltInSender,
    /// E-mail MFA is configured, and accounts are recovered by e-mail only.
    EmailMfaWithEmailRecovery,
    /// The relying party ID is not a host name.
    RelyingPartyMalformed,
    /// The From address is malformed.
    EmailFrom,
    /// The source of e-mail is in none of these Regions.
    EmailRegion(Vec<String>),
    /// SNS is configured in another Region than this.
    SnsRegion(String),
    /// A function is in another Region.
    FunctionRegion,
    /// A custom sender is configured without a key that encrypts codes.
    SenderWithoutKey,
    /// `EmailMessage` and `EmailMessageByLink` are both set.
    VerificationTextTwice,
    /// Both SNS and End User Messaging are configured for SMS.
    SmsConfiguredTwice,
    /// Messages are configured to be sent from another Region.
    SmsRegion,
    /// The e-mail account is DEVELOPER, and no source address is set.
    EmailWithoutSource,
    /// A contact must be verified before an update, but the pool does not verify it automatically.
    VerifiedBeforeUpdateOnly,
    /// `admin_only` is combined with other recovery mechanisms.
    RecoveryNotOnlyByAdmin,
    /// Two recovery mechanisms have the same priority or the same name.
    DuplicateRecoveryMechanism,
    /// The validity of temporary passwords is set both in the password policy and in `AdminCreateUserConfig`.
    PasswordValidityTwice,
    /// `PreTokenGeneration` and `PreTokenGenerationConfig` name different functions.
    TokenFunctionsDiffer,
    /// The invitation message lacks the placeholder for the password.
    InvitationWithoutPassword,
    /// Two authentication levels have the same ACR value.
    DuplicateAcrName,
}

/// The ways in which the settings of an app client can be invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFault {
    /// `ExplicitAuthFlows` mixes `ALLOW_…` names with the older names.
    MixedFlows,
    /// `ExplicitAuthFlows` has ALLOW_CLIENT_TOKEN_AUTH beside other flows.
    ClientTokenFlowNotAlone,
    /// ALLOW_CLIENT_TOKEN_AUTH is allowed for an app client without a secret.
    ClientTokenWithoutSecret,
    /// `AuthSessionValidity` is out of range.
    SessionMinutes,
    /// `ReadAttributes` contains an attribute that is not in the schema.
    ReadAttributes,
    /// `WriteAttributes` contains an attribute that is not in the schema or cannot be written, or lacks a required one.
    WriteAttributes,
    /// The validity of a token is out of range.
    Lifetime,
    /// The access or id token is valid longer than the refresh token.
    LifetimeOrder,
    /// Refresh token rotation is combined with ALLOW_REFRESH_TOKEN_AUTH.
    RotationWithRefreshFlow,
    /// The pool's feature plan does not include this feature.
    TierTooLow(Tier, Feature),
    /// The request contains a secret and asks to generate one.
    SecretSentAndGenerated,
    /// Propagation of user context data is turned on for an app client without a secret.
    PropagatesWithoutSecret,
    /// The analytics project is identified both by its ARN and by its parts, or only by some of its parts.
    Analytics,
    /// The OAuth settings are invalid.
    OAuth(OAuthFault),
    /// A secret cannot be added to an app client that was created without one.
    NoSecret,
    /// The app client has as many secrets as it can have.
    TooManySecrets,
    /// The only secret of the app client cannot be deleted.
    LastSecret,
    /// The app client has no secret with this id.
    UnknownSecret(String),
}

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

/// The ways in which the OAuth settings of an app client can be invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OAuthFault {
    /// The URL is not an absolute URI.
    NotAbsolute(String),
    /// The URL has a fragment.
    Fragment(String),
    /// The URL uses `http` with a host other than localhost.
    PlainHttp(String),
    /// The default redirect URI is not among the callback URLs.
    DefaultRedirectNotListed(String),
    /// OAuth is turned on without flows or without scopes.
    FlowsOrScopesMissing,
    /// The `code` or `implicit` flow is allowed without a callback URL.
    CallbackMissing,
    /// The `client_credentials` flow is combined with `code` or `implicit`.
    ClientCredentialsNotAlone,
    /// The `client_credentials` flow is allowed for an app client without a secret.
    CredentialsWithoutSecret,
    /// The scope is about users, so it cannot be used with `client_credentials`.
    ScopeNotForCredentials(String),
    /// The scope does not exist.
    UnknownScope(String),
}

/// The ways in which tags can be invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagFault {
    /// The pool would have more tags than it can have.
    TooMany,
    /// The key begins with `aws:`, which is reserved.
    Reserved(String),
    /// The resource is not a user pool.
    NoPool,
}
