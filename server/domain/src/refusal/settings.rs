//! The refusals of the settings of user pools and app clients, of attributes of a schema, and of tags.

use crate::pool::{Feature, Tier};

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
