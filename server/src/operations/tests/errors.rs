//! The table of errors: every refusal and every failure, with the operations that can return it.
//!
//! The table of refusals is an exhaustive match down to the last variant, so that a new refusal does not compile
//! without its row. Values of the request are placeholders in angle brackets, so that the texts are templates.
//! [`super::declared`] compares the kinds with the model, [`super::texts`] the texts with the facts.

use lido_cognito_idp::Operation::{self, *};
use lido_domain::{
    Refusal,
    attribute::{
        contact::ContactKind,
        schema::{SchemaFault, SchemaFaultKind},
    },
    branding::{
        asset::AssetExtension,
        css::CssFault,
        style::{AssetCategory, ColorMode},
        terms::TermsName,
    },
    flow::sign_in::InitiateAuthFlow,
    id::{ClientId, PoolId, ResourceServerId},
    pool::{EventVersion, Feature, Tier, alias::NameKind, mfa::MfaFactor, password::PasswordRule},
    refusal::{
        AssetFault, BrandingFault, CimdFault, ClientFault, DomainFault, EntryFault, ExchangeFault,
        OAuthFault, PasskeyFault, PoolFault, ScopeFault, TagFault, TokenParty, UsernameFault,
    },
    user::Status,
};
use lido_runtime::Operation as _;

use crate::{
    entropy::NoEntropy,
    operations::{SERVED, failure::Failure, standby},
    triggers::{InvokeFault, Trigger, TriggerFault},
};

/// Operations that begin a sign-in.
const BEGIN: &[Operation] = &[AdminInitiateAuth, InitiateAuth];

/// Operations that respond to a challenge.
const RESPOND: &[Operation] = &[AdminRespondToAuthChallenge, RespondToAuthChallenge];

/// Operations that sign in.
const SIGN_IN: &[Operation] =
    &[AdminInitiateAuth, AdminRespondToAuthChallenge, InitiateAuth, RespondToAuthChallenge];

/// Operations that renew tokens.
const RENEW: &[Operation] = &[AdminInitiateAuth, GetTokensFromRefreshToken, InitiateAuth];

/// Operations that issue tokens without a sign-in.
const ISSUE: &[Operation] = &[GetClientToken, GetDerivedToken];

/// Operations that may create a user by UserMigration.
const MIGRATE: &[Operation] = &[AdminInitiateAuth, ForgotPassword, InitiateAuth];

/// Operations that set or delete attributes.
const WRITE_ATTRIBUTES: &[Operation] = &[
    AdminCreateUser,
    AdminDeleteUserAttributes,
    AdminRespondToAuthChallenge,
    AdminUpdateUserAttributes,
    DeleteUserAttributes,
    RespondToAuthChallenge,
    SignUp,
    UpdateUserAttributes,
];

/// Operations that create a user.
const CREATE_USER: &[Operation] = &[AdminCreateUser, SignUp];

/// Operations that set or delete attributes of a user that exists.
const CHANGE_ATTRIBUTES: &[Operation] = &[
    AdminDeleteUserAttributes,
    AdminRespondToAuthChallenge,
    AdminUpdateUserAttributes,
    DeleteUserAttributes,
    RespondToAuthChallenge,
    UpdateUserAttributes,
];

/// Operations that set attributes to a value.
const SET_ATTRIBUTES: &[Operation] = &[
    AdminCreateUser,
    AdminRespondToAuthChallenge,
    AdminUpdateUserAttributes,
    RespondToAuthChallenge,
    SignUp,
    UpdateUserAttributes,
];

/// Operations that count the attempts at a code or a password.
const COUNT_ATTEMPTS: &[Operation] = &[
    AdminConfirmSignUp,
    ChangePassword,
    ConfirmForgotPassword,
    ConfirmSignUp,
    ForgotPassword,
    GetUserAttributeVerificationCode,
    ResendConfirmationCode,
    VerifyUserAttribute,
];

/// Operations that send messages without a documented limit.
const LIMIT_MESSAGES: &[Operation] = &[
    AdminCreateUser,
    AdminInitiateAuth,
    AdminResetUserPassword,
    AdminRespondToAuthChallenge,
    AdminUpdateUserAttributes,
    InitiateAuth,
    RespondToAuthChallenge,
    UpdateUserAttributes,
];

/// Operations that send a code.
const SEND: &[Operation] = &[
    AdminCreateUser,
    AdminInitiateAuth,
    AdminResetUserPassword,
    AdminRespondToAuthChallenge,
    AdminUpdateUserAttributes,
    ForgotPassword,
    GetUserAttributeVerificationCode,
    InitiateAuth,
    ResendConfirmationCode,
    RespondToAuthChallenge,
    SignUp,
    UpdateUserAttributes,
];

/// Operations that invoke triggers, besides those that send.
const INVOKE_TRIGGERS: &[Operation] = &[
    AdminConfirmSignUp,
    ConfirmForgotPassword,
    ConfirmSignUp,
    GetClientToken,
    GetDerivedToken,
    GetTokensFromRefreshToken,
];

/// Operations with an access token.
const TAKE_ACCESS_TOKEN: &[Operation] = &[
    AssociateSoftwareToken,
    ChangePassword,
    CompleteWebAuthnRegistration,
    ConfirmDevice,
    DeleteUser,
    DeleteUserAttributes,
    DeleteWebAuthnCredential,
    ForgetDevice,
    GetDevice,
    GetUser,
    GetUserAttributeVerificationCode,
    GetUserAuthFactors,
    GlobalSignOut,
    ListDevices,
    ListWebAuthnCredentials,
    SetUserMFAPreference,
    SetUserSettings,
    StartWebAuthnRegistration,
    UpdateDeviceStatus,
    UpdateUserAttributes,
    VerifySoftwareToken,
    VerifyUserAttribute,
];

/// Operations with an app client and its secret hash.
const PROVE_SECRET: &[Operation] = &[
    AdminInitiateAuth,
    AdminRespondToAuthChallenge,
    ConfirmForgotPassword,
    ConfirmSignUp,
    ForgotPassword,
    InitiateAuth,
    ResendConfirmationCode,
    RespondToAuthChallenge,
    SignUp,
];

/// Operations on a device.
const NAME_DEVICE: &[Operation] = &[
    AdminForgetDevice,
    AdminGetDevice,
    AdminRespondToAuthChallenge,
    AdminUpdateDeviceStatus,
    ForgetDevice,
    GetDevice,
    RespondToAuthChallenge,
    UpdateDeviceStatus,
];

/// Operations that set second factors of a user; the last two know SMS only.
const SET_MFA: &[Operation] =
    &[AdminSetUserMFAPreference, SetUserMFAPreference, AdminSetUserSettings, SetUserSettings];

/// Operations that set up a software token.
const SET_UP_TOKEN: &[Operation] = &[AssociateSoftwareToken, VerifySoftwareToken];

/// Operations that set a new password.
const SET_PASSWORD: &[Operation] = &[
    AdminCreateUser,
    AdminRespondToAuthChallenge,
    AdminSetUserPassword,
    ChangePassword,
    ConfirmForgotPassword,
    RespondToAuthChallenge,
    SignUp,
];

/// Operations that set a pool and its tags.
const SET_POOL: &[Operation] = &[CreateUserPool, UpdateUserPool];

/// Operations that set an app client.
const SET_CLIENT: &[Operation] = &[CreateUserPoolClient, UpdateUserPoolClient];

/// Operations that add attributes to a schema.
const ADD_ATTRIBUTES: &[Operation] = &[AddCustomAttributes, CreateUserPool];

/// Operations on a group that must exist.
const NAME_GROUP: &[Operation] =
    &[AdminAddUserToGroup, AdminRemoveUserFromGroup, DeleteGroup, GetGroup, ListUsersInGroup, UpdateGroup];

/// Operations that set a domain.
const SET_DOMAIN: &[Operation] = &[CreateUserPoolDomain, UpdateUserPoolDomain];

/// Operations that set a resource server.
const SET_RESOURCE_SERVER: &[Operation] = &[CreateResourceServer, UpdateResourceServer];

/// Operations that change tags by the ARN of a pool.
const TAG: &[Operation] = &[TagResource, UntagResource];

/// Operations that register passkeys.
const REGISTER_PASSKEY: &[Operation] = &[CompleteWebAuthnRegistration, StartWebAuthnRegistration];

/// Operations that return pages.
const PAGE: &[Operation] = &[
    AdminListDevices,
    AdminListGroupsForUser,
    AdminListUserAuthEvents,
    ListCIMDPolicies,
    ListClientMetadataURLs,
    ListDevices,
    ListGroups,
    ListResourceServers,
    ListTerms,
    ListUserPoolClientSecrets,
    ListUserPoolClients,
    ListUserPools,
    ListUsers,
    ListUsersInGroup,
    ListWebAuthnCredentials,
];

/// Returns the operations of administrators in a pool that must exist.
fn in_pool() -> Vec<Operation> {
    served(|operation| {
        !operation.is_public()
            && ![CreateUserPool, DescribeUserPoolDomain, ListUserPools].contains(&operation)
    })
}

/// Returns the operations of administrators on a user.
fn administer_user() -> Vec<Operation> {
    served(|operation| operation.name().starts_with("Admin"))
}

fn served(is: impl Fn(Operation) -> bool) -> Vec<Operation> {
    SERVED.iter().copied().filter(|operation| is(*operation)).collect()
}

/// The examples of a row: one refusal or several.
trait IntoExamples {
    fn into_examples(self) -> Vec<Refusal>;
}

impl IntoExamples for Refusal {
    fn into_examples(self) -> Vec<Refusal> {
        vec![self]
    }
}

impl<const N: usize> IntoExamples for [Refusal; N] {
    fn into_examples(self) -> Vec<Refusal> {
        self.into()
    }
}

/// Generates the table of refusals: a pattern, the refusals that it stands for, and the operations that can return
/// them.
macro_rules! refusals {
    ($($pattern:pat = $examples:expr => $($operations:expr),+;)*) => {
        /// Returns every refusal with the operations that can return it.
        pub(super) fn refusals() -> Vec<(Refusal, Vec<Operation>)> {
            /// Does not compile if a refusal is missing in the table.
            fn check_complete(refusal: &Refusal) {
                match refusal { $($pattern => {})* }
            }
            let mut table = schema_faults();
            $(
                let operations = [$(&$operations[..]),+].concat();
                for example in IntoExamples::into_examples($examples) {
                    check_complete(&example);
                    assert!(matches!(example, $pattern), "{example:?} is in the row of another refusal");
                    table.push((example, operations.clone()));
                }
            )*
            table
        }
    };
}

fn client() -> ClientId {
    ClientId::new("<client id>")
}

/// Returns the faults that an attribute can have, with the operations that can return them.
fn schema_faults() -> Vec<(Refusal, Vec<Operation>)> {
    use SchemaFaultKind::*;
    let row = |attribute: &str, kind: SchemaFaultKind| {
        // Does not compile if a fault is missing here; add it below.
        let operations = match kind {
            Unknown => WRITE_ATTRIBUTES,
            Required => CREATE_USER,
            RequiredRemoved | Immutable => CHANGE_ATTRIBUTES,
            TooShort(_) | TooLong(_) | NotANumber | TooSmall(_) | TooLarge(_) => SET_ATTRIBUTES,
            NotABoolean | NotADateTime | NotADate => SET_ATTRIBUTES,
        };
        (Refusal::Schema(vec![SchemaFault { attribute: attribute.into(), kind }]), operations.to_vec())
    };
    vec![
        row("<attribute>", Unknown),
        row("custom:<attribute>", Unknown),
        row("<attribute>", Required),
        row("name", Required),
        row("<attribute>", RequiredRemoved),
        row("<attribute>", Immutable),
        row("<attribute>", TooShort(36)),
        row("<attribute>", TooLong(36)),
        row("<attribute>", NotANumber),
        row("<attribute>", TooSmall(36)),
        row("<attribute>", TooLarge(36)),
        row("<attribute>", NotABoolean),
        row("<attribute>", NotADateTime),
        row("<attribute>", NotADate),
    ]
}

/// Returns the features that not every plan includes.
fn features() -> [Feature; 11] {
    use Feature::*;
    let features = [
        PasswordlessSignIn,
        ChoiceBasedSignIn,
        TokenCustomization(EventVersion::V2),
        TokenCustomization(EventVersion::V3),
        AcrNames,
        EmailMfa,
        PasswordHistory,
        RefreshTokenRotation,
        ThreatProtection,
        ManagedLogin,
        ClientMetadata,
    ];
    for feature in features {
        // Does not compile if a feature is missing here; add it above.
        match feature {
            PasswordlessSignIn | ChoiceBasedSignIn | AcrNames | EmailMfa | PasswordHistory => {}
            TokenCustomization(EventVersion::V2 | EventVersion::V3) => {}
            RefreshTokenRotation | ThreatProtection | ManagedLogin | ClientMetadata => {}
        }
    }
    features
}

refusals! {
    Refusal::UnknownPool(_) = Refusal::UnknownPool(PoolId::new("<pool id>")) => in_pool();
    Refusal::UnknownClient(_) = Refusal::UnknownClient(client()) => PROVE_SECRET, RENEW, ISSUE, SET_CLIENT[1..], [
        AddUserPoolClientSecret,
        CreateCIMDPolicy,
        CreateManagedLoginBranding,
        CreateTerms,
        DeleteUserPoolClient,
        DeleteUserPoolClientSecret,
        DescribeManagedLoginBrandingByClient,
        DescribeTermsByClient,
        DescribeUserPoolClient,
        GetUICustomization,
        ListUserPoolClientSecrets,
        RevokeToken,
        UpdateCIMDPolicy,
        SetUICustomization,
    ];
    Refusal::SecretHashMissing(_) = Refusal::SecretHashMissing(client()) => PROVE_SECRET, RENEW;
    Refusal::SecretHashWrong(_) = Refusal::SecretHashWrong(client()) => PROVE_SECRET, RENEW;
    Refusal::SignUpNotAllowed = Refusal::SignUpNotAllowed => [SignUp];
    Refusal::UsernameMalformed(
        UsernameFault::LooksLikeEmail
        | UsernameFault::LooksLikePhoneNumber
        | UsernameFault::NeitherEmailNorPhoneNumber
        | UsernameFault::NotAnEmail
        | UsernameFault::NotAPhoneNumber,
    ) = [
        Refusal::UsernameMalformed(UsernameFault::LooksLikeEmail),
        Refusal::UsernameMalformed(UsernameFault::LooksLikePhoneNumber),
        Refusal::UsernameMalformed(UsernameFault::NeitherEmailNorPhoneNumber),
        Refusal::UsernameMalformed(UsernameFault::NotAnEmail),
        Refusal::UsernameMalformed(UsernameFault::NotAPhoneNumber),
    ] => [AdminCreateUser, SignUp];
    Refusal::PreferredUsernameAtSignUp = Refusal::PreferredUsernameAtSignUp => WRITE_ATTRIBUTES;
    Refusal::PreferredUsernameMalformed(_) = [
        Refusal::PreferredUsernameMalformed(ContactKind::Email),
        Refusal::PreferredUsernameMalformed(ContactKind::PhoneNumber),
    ] => WRITE_ATTRIBUTES;
    Refusal::PreferredUsernameInvalid = Refusal::PreferredUsernameInvalid => WRITE_ATTRIBUTES;
    Refusal::AttributeWithoutValue(_) = Refusal::AttributeWithoutValue("<attribute>".into()) => WRITE_ATTRIBUTES;
    // The rows of schema faults are in `schema_faults`.
    Refusal::Schema(_) = [] => WRITE_ATTRIBUTES;
    Refusal::AttributeNotWritable = Refusal::AttributeNotWritable => WRITE_ATTRIBUTES;
    Refusal::AttributeReserved(_) = Refusal::AttributeReserved("<attribute>".into()) => WRITE_ATTRIBUTES;
    Refusal::AttributeNotVerifiable = Refusal::AttributeNotVerifiable
        => [GetUserAttributeVerificationCode, VerifyUserAttribute];
    Refusal::ContactMissing(ContactKind::Email | ContactKind::PhoneNumber) = [
        Refusal::ContactMissing(ContactKind::Email),
        Refusal::ContactMissing(ContactKind::PhoneNumber),
    ] => [GetUserAttributeVerificationCode];
    Refusal::VerifiedWithoutContact(ContactKind::Email | ContactKind::PhoneNumber) = [
        Refusal::VerifiedWithoutContact(ContactKind::Email),
        Refusal::VerifiedWithoutContact(ContactKind::PhoneNumber),
    ] => SET_ATTRIBUTES;
    Refusal::ContactMalformed(ContactKind::Email | ContactKind::PhoneNumber) = [
        Refusal::ContactMalformed(ContactKind::Email),
        Refusal::ContactMalformed(ContactKind::PhoneNumber),
    ] => SET_ATTRIBUTES;
    Refusal::PasswordPolicy(
        PasswordRule::Length
        | PasswordRule::Uppercase
        | PasswordRule::Lowercase
        | PasswordRule::Numbers
        | PasswordRule::Symbols,
    ) = [
        Refusal::PasswordPolicy(PasswordRule::Length),
        Refusal::PasswordPolicy(PasswordRule::Uppercase),
        Refusal::PasswordPolicy(PasswordRule::Lowercase),
        Refusal::PasswordPolicy(PasswordRule::Numbers),
        Refusal::PasswordPolicy(PasswordRule::Symbols),
    ] => SET_PASSWORD;
    Refusal::PasswordMissing = Refusal::PasswordMissing => [SignUp];
    Refusal::PasswordReused = Refusal::PasswordReused
        => [AdminSetUserPassword, ChangePassword, ConfirmForgotPassword], RESPOND;
    Refusal::PasswordlessWithoutContact = Refusal::PasswordlessWithoutContact => [AdminCreateUser, SignUp];
    Refusal::NothingToVerify(ContactKind::Email | ContactKind::PhoneNumber) = [
        Refusal::NothingToVerify(ContactKind::Email),
        Refusal::NothingToVerify(ContactKind::PhoneNumber),
    ] => [SignUp];
    Refusal::VerifiedWithoutConfirmation = Refusal::VerifiedWithoutConfirmation => [SignUp];
    Refusal::NameTaken(
        NameKind::Username | NameKind::Email | NameKind::PhoneNumber | NameKind::PreferredUsername,
    ) = [
        Refusal::NameTaken(NameKind::Username),
        Refusal::NameTaken(NameKind::Email),
        Refusal::NameTaken(NameKind::PhoneNumber),
        Refusal::NameTaken(NameKind::PreferredUsername),
    ] => [AdminCreateUser, SignUp];
    Refusal::AliasTaken(
        NameKind::Username | NameKind::Email | NameKind::PhoneNumber | NameKind::PreferredUsername,
    ) = [
        Refusal::AliasTaken(NameKind::Email),
        Refusal::AliasTaken(NameKind::PhoneNumber),
        Refusal::AliasTaken(NameKind::PreferredUsername),
    ] => RESPOND, [
        AdminCreateUser,
        AdminUpdateUserAttributes,
        ConfirmSignUp,
        UpdateUserAttributes,
        VerifyUserAttribute,
    ];
    Refusal::UserNotFound = Refusal::UserNotFound => administer_user(), TAKE_ACCESS_TOKEN, SIGN_IN, [
        ConfirmForgotPassword,
        ConfirmSignUp,
        ForgotPassword,
        GetDerivedToken,
        GetTokensFromRefreshToken,
        ResendConfirmationCode,
    ];
    Refusal::NotUnconfirmed(_) = Refusal::NotUnconfirmed(Status::Confirmed) => [AdminConfirmSignUp, ConfirmSignUp];
    Refusal::UserDisabled = Refusal::UserDisabled => TAKE_ACCESS_TOKEN, SIGN_IN, RENEW, [
        AdminConfirmSignUp,
        AdminResetUserPassword,
        ConfirmForgotPassword,
        ConfirmSignUp,
        ForgotPassword,
        GetDerivedToken,
        ResendConfirmationCode,
    ];
    Refusal::NoTemporaryPassword(_) = Refusal::NoTemporaryPassword(Status::Confirmed) => [AdminCreateUser];
    Refusal::NotResettable = Refusal::NotResettable => [AdminResetUserPassword, ForgotPassword];
    Refusal::NoRecoveryContact = Refusal::NoRecoveryContact => [AdminResetUserPassword, ForgotPassword];
    Refusal::RecoveryByAdministrator = Refusal::RecoveryByAdministrator => [AdminResetUserPassword, ForgotPassword];
    Refusal::NoContactToInvite(ContactKind::Email | ContactKind::PhoneNumber) = [
        Refusal::NoContactToInvite(ContactKind::Email),
        Refusal::NoContactToInvite(ContactKind::PhoneNumber),
    ] => [AdminCreateUser];
    Refusal::TooManyAttempts = Refusal::TooManyAttempts => COUNT_ATTEMPTS;
    Refusal::TooManyMessages = Refusal::TooManyMessages => LIMIT_MESSAGES;
    // Only the confirmation of a sign-up or of a new password has the longer lock.
    Refusal::TooManyFailedAttempts = Refusal::TooManyFailedAttempts
        => [AdminConfirmSignUp, ConfirmForgotPassword, ConfirmSignUp];
    Refusal::CodeMismatch = Refusal::CodeMismatch
        => [ConfirmForgotPassword, ConfirmSignUp, VerifyUserAttribute];
    Refusal::CodeExpired = Refusal::CodeExpired
        => [ConfirmForgotPassword, ConfirmSignUp, VerifyUserAttribute], RESPOND;
    Refusal::SessionInvalid = Refusal::SessionInvalid => SIGN_IN, SET_UP_TOKEN, [ConfirmSignUp];
    Refusal::SessionExpired = Refusal::SessionExpired => SIGN_IN, SET_UP_TOKEN, [ConfirmSignUp];
    Refusal::AlreadyConfirmed = Refusal::AlreadyConfirmed => [ResendConfirmationCode];
    Refusal::AutoVerificationOff = Refusal::AutoVerificationOff => [ResendConfirmationCode];
    Refusal::NoContact = Refusal::NoContact => SIGN_IN, [ResendConfirmationCode];
    Refusal::SchemaEntry(EntryFault::NameMissing) = Refusal::SchemaEntry(EntryFault::NameMissing) => ADD_ATTRIBUTES;
    Refusal::SchemaEntry(EntryFault::TypeMissing) = Refusal::SchemaEntry(EntryFault::TypeMissing) => ADD_ATTRIBUTES;
    Refusal::SchemaEntry(EntryFault::Bounds(_)) = Refusal::SchemaEntry(EntryFault::Bounds("<attribute>".into())) => ADD_ATTRIBUTES;
    Refusal::SchemaEntry(EntryFault::BoundsReversed { text: true, .. }) = Refusal::SchemaEntry(EntryFault::BoundsReversed { attribute: "<attribute>".into(), text: true }) => ADD_ATTRIBUTES;
    Refusal::SchemaEntry(EntryFault::BoundsReversed { text: false, .. }) = Refusal::SchemaEntry(EntryFault::BoundsReversed { attribute: "<attribute>".into(), text: false }) => ADD_ATTRIBUTES;
    Refusal::SchemaEntry(EntryFault::Twice(_)) = Refusal::SchemaEntry(EntryFault::Twice("<attribute>".into())) => ADD_ATTRIBUTES;
    Refusal::SchemaEntry(EntryFault::Exists(_)) = Refusal::SchemaEntry(EntryFault::Exists("<attribute>".into())) => ADD_ATTRIBUTES;
    Refusal::SchemaEntry(EntryFault::StandardAttributeRedefined(_)) = Refusal::SchemaEntry(EntryFault::StandardAttributeRedefined("<attribute>".into())) => ADD_ATTRIBUTES;
    Refusal::SchemaEntry(EntryFault::Required(_)) = Refusal::SchemaEntry(EntryFault::Required("<attribute>".into())) => ADD_ATTRIBUTES;
    Refusal::SchemaEntry(EntryFault::TooMany) = Refusal::SchemaEntry(EntryFault::TooMany) => ADD_ATTRIBUTES;
    Refusal::UnknownGroup = Refusal::UnknownGroup => NAME_GROUP;
    Refusal::AuthEventsNotRecorded = Refusal::AuthEventsNotRecorded => [AdminListUserAuthEvents];
    Refusal::GroupExists = Refusal::GroupExists => [CreateGroup];
    Refusal::TooManyGroups = Refusal::TooManyGroups => [CreateGroup];
    Refusal::TooManyGroupsOfUser = Refusal::TooManyGroupsOfUser => [AdminAddUserToGroup];
    Refusal::FlowNotSupported = Refusal::FlowNotSupported => BEGIN;
    Refusal::FlowNotEnabled(InitiateAuthFlow::AdminNoSrpAuth | InitiateAuthFlow::AdminUserPasswordAuth) = [
        Refusal::FlowNotEnabled(InitiateAuthFlow::AdminNoSrpAuth),
        Refusal::FlowNotEnabled(InitiateAuthFlow::AdminUserPasswordAuth),
    ] => [AdminInitiateAuth];
    Refusal::FlowNotEnabled(
        InitiateAuthFlow::CustomAuth
        | InitiateAuthFlow::RefreshToken
        | InitiateAuthFlow::RefreshTokenAuth
        | InitiateAuthFlow::UserAuth
        | InitiateAuthFlow::UserPasswordAuth
        | InitiateAuthFlow::UserSrpAuth,
    ) = [
        Refusal::FlowNotEnabled(InitiateAuthFlow::CustomAuth),
        Refusal::FlowNotEnabled(InitiateAuthFlow::RefreshToken),
        Refusal::FlowNotEnabled(InitiateAuthFlow::RefreshTokenAuth),
        Refusal::FlowNotEnabled(InitiateAuthFlow::UserAuth),
        Refusal::FlowNotEnabled(InitiateAuthFlow::UserPasswordAuth),
        Refusal::FlowNotEnabled(InitiateAuthFlow::UserSrpAuth),
    ] => BEGIN;
    Refusal::CustomAuthWithoutTriggers = Refusal::CustomAuthWithoutTriggers => SIGN_IN;
    Refusal::PasswordChallengeNotAllowed = Refusal::PasswordChallengeNotAllowed => SIGN_IN;
    Refusal::MigrationFailed(_) = Refusal::MigrationFailed(client()) => MIGRATE;
    Refusal::ParameterMissing(_) = Refusal::ParameterMissing("<parameter>") => SIGN_IN, [ChangePassword];
    Refusal::ParameterInvalid(_) = Refusal::ParameterInvalid("<parameter>") => SIGN_IN;
    Refusal::ClaimTimeMalformed = Refusal::ClaimTimeMalformed => RESPOND;
    Refusal::WrongPassword = Refusal::WrongPassword => SIGN_IN, [ChangePassword];
    Refusal::LockedOut = Refusal::LockedOut => SIGN_IN, [ChangePassword, VerifySoftwareToken];
    Refusal::UserNotConfirmed = Refusal::UserNotConfirmed => TAKE_ACCESS_TOKEN, SIGN_IN, RENEW, [GetDerivedToken];
    Refusal::PasswordResetRequired = Refusal::PasswordResetRequired => TAKE_ACCESS_TOKEN, SIGN_IN, RENEW, [GetDerivedToken];
    Refusal::TemporaryPasswordExpired = Refusal::TemporaryPasswordExpired => SIGN_IN, [ChangePassword];
    Refusal::AttributesMissing(_) = [
        Refusal::AttributesMissing(vec!["<attribute>".into()]),
        Refusal::AttributesMissing(vec!["<attribute>".into(), "<attribute>".into()]),
    ] => RESPOND;
    Refusal::AttributeAlreadyProvided(_) = Refusal::AttributeAlreadyProvided("<attribute>".into()) => RESPOND;
    Refusal::SignInCodeMismatch = Refusal::SignInCodeMismatch => RESPOND;
    Refusal::SoftwareTokenMismatch = Refusal::SoftwareTokenMismatch => RESPOND, [VerifySoftwareToken];
    Refusal::SoftwareTokenUsed = Refusal::SoftwareTokenUsed => RESPOND;
    Refusal::SoftwareTokenNotAllowed = Refusal::SoftwareTokenNotAllowed => SET_UP_TOKEN;
    Refusal::SoftwareTokenMissing = Refusal::SoftwareTokenMissing => [VerifySoftwareToken], RESPOND;
    Refusal::AccessTokenOrSessionRequired = Refusal::AccessTokenOrSessionRequired => SET_UP_TOKEN;
    Refusal::MfaFactorNotSetUp(_) = MfaFactor::ALL.map(Refusal::MfaFactorNotSetUp) => SET_MFA;
    Refusal::SoftwareTokenNotVerified = Refusal::SoftwareTokenNotVerified => SET_MFA[..2];
    Refusal::SeveralPreferredFactors = Refusal::SeveralPreferredFactors => SET_MFA;
    Refusal::PreferredFactorTurnedOff(_) = MfaFactor::ALL.map(Refusal::PreferredFactorTurnedOff) => SET_MFA;
    Refusal::MfaSetupIncomplete = Refusal::MfaSetupIncomplete => RESPOND;
    Refusal::DevicesNotRemembered = Refusal::DevicesNotRemembered => [ConfirmDevice];
    Refusal::DeviceNotFound = Refusal::DeviceNotFound => NAME_DEVICE;
    Refusal::DeviceAlreadyConfirmed = Refusal::DeviceAlreadyConfirmed => [ConfirmDevice];
    Refusal::SessionUsed = Refusal::SessionUsed => SIGN_IN, SET_UP_TOKEN, [ConfirmSignUp];
    Refusal::AccessTokenInvalid = Refusal::AccessTokenInvalid => TAKE_ACCESS_TOKEN;
    Refusal::AccessTokenSignatureInvalid = Refusal::AccessTokenSignatureInvalid => TAKE_ACCESS_TOKEN;
    Refusal::AccessTokenExpired = Refusal::AccessTokenExpired => TAKE_ACCESS_TOKEN;
    Refusal::AccessTokenRevoked = Refusal::AccessTokenRevoked => TAKE_ACCESS_TOKEN;
    Refusal::AccessTokenScopeMissing = Refusal::AccessTokenScopeMissing => TAKE_ACCESS_TOKEN;
    Refusal::RefreshTokenInvalid = Refusal::RefreshTokenInvalid => RENEW, [RevokeToken];
    Refusal::RefreshTokenExpired = Refusal::RefreshTokenExpired => RENEW;
    Refusal::RefreshTokenRevoked = Refusal::RefreshTokenRevoked => RENEW;
    Refusal::RefreshTokenReused = Refusal::RefreshTokenReused => RENEW;
    Refusal::RefreshTokenRotationEnabled = Refusal::RefreshTokenRotationEnabled => BEGIN;
    Refusal::RefreshSecretHashWrong(_) = Refusal::RefreshSecretHashWrong(client()) => RENEW;
    Refusal::ClientSecretWrong(_) = Refusal::ClientSecretWrong(client()) => RENEW, ISSUE, [RevokeToken];
    Refusal::RevocationDisabled = Refusal::RevocationDisabled => [RevokeToken];
    Refusal::TokenNotRevocable = Refusal::TokenNotRevocable => [RevokeToken];
    Refusal::TokenFlowNotEnabled(_) =
        ["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_TOKEN_EXCHANGE_DELEGATION", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"]
            .map(Refusal::TokenFlowNotEnabled)
        => ISSUE;
    Refusal::Scope(ScopeFault::Unknown(_)) = Refusal::Scope(ScopeFault::Unknown("<scope>".into())) => [GetClientToken];
    Refusal::Scope(ScopeFault::NotAllowed(_)) = Refusal::Scope(ScopeFault::NotAllowed("<scope>".into()))
        => [GetClientToken];
    Refusal::Scope(ScopeFault::NoneLeft) = Refusal::Scope(ScopeFault::NoneLeft) => ISSUE;
    Refusal::Exchange(ExchangeFault::ActorTypeMissing) = Refusal::Exchange(ExchangeFault::ActorTypeMissing)
        => [GetDerivedToken];
    Refusal::Exchange(ExchangeFault::ActorTokenMissing) = Refusal::Exchange(ExchangeFault::ActorTokenMissing)
        => [GetDerivedToken];
    Refusal::Exchange(ExchangeFault::ProviderMissing(_)) =
        PARTIES.map(|party| Refusal::Exchange(ExchangeFault::ProviderMissing(party))) => [GetDerivedToken];
    Refusal::Exchange(ExchangeFault::UnknownProvider(_)) =
        Refusal::Exchange(ExchangeFault::UnknownProvider("<name>".into())) => [GetDerivedToken];
    Refusal::Exchange(ExchangeFault::AudienceAndResource) = Refusal::Exchange(ExchangeFault::AudienceAndResource)
        => [GetDerivedToken];
    Refusal::Exchange(ExchangeFault::TokenInvalid(_)) =
        PARTIES.map(|party| Refusal::Exchange(ExchangeFault::TokenInvalid(party))) => [GetDerivedToken];
    Refusal::Exchange(ExchangeFault::TokenExpired(_)) =
        PARTIES.map(|party| Refusal::Exchange(ExchangeFault::TokenExpired(party))) => [GetDerivedToken];
    Refusal::Exchange(ExchangeFault::TokenRevoked(_)) =
        PARTIES.map(|party| Refusal::Exchange(ExchangeFault::TokenRevoked(party))) => [GetDerivedToken];
    Refusal::Exchange(ExchangeFault::SubjectWithoutUser) = Refusal::Exchange(ExchangeFault::SubjectWithoutUser)
        => [GetDerivedToken];
    Refusal::Exchange(ExchangeFault::TooManyActors) = Refusal::Exchange(ExchangeFault::TooManyActors)
        => [GetDerivedToken];
    Refusal::Exchange(ExchangeFault::IdTokenWithoutOpenid) = Refusal::Exchange(ExchangeFault::IdTokenWithoutOpenid)
        => [GetDerivedToken];
    Refusal::Pool(PoolFault::AliasAndUsernameAttributes) = Refusal::Pool(PoolFault::AliasAndUsernameAttributes) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::TierTooLow(..)) = features().map(|feature| Refusal::Pool(PoolFault::TierTooLow(Tier::Lite, vec![feature])))
        => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::TierChange(..)) = features().map(|feature| Refusal::Pool(PoolFault::TierChange(Tier::Lite, vec![feature])))
        => [UpdateUserPool];
    Refusal::Pool(PoolFault::PasswordNotAmongFactors) = Refusal::Pool(PoolFault::PasswordNotAmongFactors) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::PasswordLength) = Refusal::Pool(PoolFault::PasswordLength) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::DeletionProtected) = Refusal::Pool(PoolFault::DeletionProtected) => [DeleteUserPool];
    Refusal::Pool(PoolFault::HasDomain) = Refusal::Pool(PoolFault::HasDomain) => [DeleteUserPool];
    Refusal::Pool(PoolFault::MfaWithoutSms) = Refusal::Pool(PoolFault::MfaWithoutSms) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::MfaOnWithoutFactor) = Refusal::Pool(PoolFault::MfaOnWithoutFactor) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::MfaWithoutFactor) = Refusal::Pool(PoolFault::MfaWithoutFactor) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::MfaOffWithFactor) = Refusal::Pool(PoolFault::MfaOffWithFactor) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::VerificationWithoutSms) = Refusal::Pool(PoolFault::VerificationWithoutSms) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::SmsOtpWithoutSms) = Refusal::Pool(PoolFault::SmsOtpWithoutSms) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::OtpWithMfa) = Refusal::Pool(PoolFault::OtpWithMfa) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::PasskeysWithMfa) = Refusal::Pool(PoolFault::PasskeysWithMfa) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::SingleFactorPasskeysWithMfa) = Refusal::Pool(PoolFault::SingleFactorPasskeysWithMfa) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::EmailMfaWithBuiltInSender) = Refusal::Pool(PoolFault::EmailMfaWithBuiltInSender) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::EmailMfaWithEmailRecovery) = Refusal::Pool(PoolFault::EmailMfaWithEmailRecovery) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::RelyingPartyMalformed) = Refusal::Pool(PoolFault::RelyingPartyMalformed) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::EmailFrom) = Refusal::Pool(PoolFault::EmailFrom) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::EmailRegion(_)) = Refusal::Pool(PoolFault::EmailRegion(vec!["<Region>".into(), "<Region>".into()])) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::SnsRegion(_)) = Refusal::Pool(PoolFault::SnsRegion("<Region>".into())) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::FunctionRegion) = Refusal::Pool(PoolFault::FunctionRegion) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::SenderWithoutKey) = Refusal::Pool(PoolFault::SenderWithoutKey) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::VerificationTextTwice) = Refusal::Pool(PoolFault::VerificationTextTwice) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::SmsConfiguredTwice) = Refusal::Pool(PoolFault::SmsConfiguredTwice) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::SmsRegion) = Refusal::Pool(PoolFault::SmsRegion) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::EmailWithoutSource) = Refusal::Pool(PoolFault::EmailWithoutSource) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::VerifiedBeforeUpdateOnly) = Refusal::Pool(PoolFault::VerifiedBeforeUpdateOnly) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::RecoveryNotOnlyByAdmin) = Refusal::Pool(PoolFault::RecoveryNotOnlyByAdmin) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::DuplicateRecoveryMechanism) = Refusal::Pool(PoolFault::DuplicateRecoveryMechanism) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::PasswordValidityTwice) = Refusal::Pool(PoolFault::PasswordValidityTwice) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::TokenFunctionsDiffer) = Refusal::Pool(PoolFault::TokenFunctionsDiffer) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::InvitationWithoutPassword) = Refusal::Pool(PoolFault::InvitationWithoutPassword) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::DuplicateAcrName) = Refusal::Pool(PoolFault::DuplicateAcrName) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Client(ClientFault::MixedFlows) = Refusal::Client(ClientFault::MixedFlows) => SET_CLIENT;
    Refusal::Client(ClientFault::ClientTokenFlowNotAlone) = Refusal::Client(ClientFault::ClientTokenFlowNotAlone) => SET_CLIENT;
    Refusal::Client(ClientFault::ClientTokenWithoutSecret) = Refusal::Client(ClientFault::ClientTokenWithoutSecret) => SET_CLIENT;
    Refusal::Client(ClientFault::SessionMinutes) = Refusal::Client(ClientFault::SessionMinutes) => SET_CLIENT;
    Refusal::Client(ClientFault::ReadAttributes) = Refusal::Client(ClientFault::ReadAttributes) => SET_CLIENT;
    Refusal::Client(ClientFault::WriteAttributes) = Refusal::Client(ClientFault::WriteAttributes) => SET_CLIENT;
    Refusal::Client(ClientFault::Lifetime) = Refusal::Client(ClientFault::Lifetime) => SET_CLIENT;
    Refusal::Client(ClientFault::LifetimeOrder) = Refusal::Client(ClientFault::LifetimeOrder) => SET_CLIENT;
    Refusal::Client(ClientFault::RotationWithRefreshFlow) = Refusal::Client(ClientFault::RotationWithRefreshFlow) => SET_CLIENT;
    Refusal::Client(ClientFault::TierTooLow(..)) =
        Refusal::Client(ClientFault::TierTooLow(Tier::Lite, Feature::RefreshTokenRotation)) => SET_CLIENT;
    Refusal::Client(ClientFault::SecretSentAndGenerated) = Refusal::Client(ClientFault::SecretSentAndGenerated) => [CreateUserPoolClient];
    Refusal::Client(ClientFault::PropagatesWithoutSecret) = Refusal::Client(ClientFault::PropagatesWithoutSecret) => SET_CLIENT;
    Refusal::Client(ClientFault::Analytics) = Refusal::Client(ClientFault::Analytics) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::NotAbsolute(_))) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::NotAbsolute("<URL>".into()))) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::Fragment(_))) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::Fragment("<URL>".into()))) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::PlainHttp(_))) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::PlainHttp("<URL>".into()))) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::DefaultRedirectNotListed(_))) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::DefaultRedirectNotListed("<URL>".into()))) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::FlowsOrScopesMissing)) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::FlowsOrScopesMissing)) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::CallbackMissing)) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::CallbackMissing)) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::ClientCredentialsNotAlone)) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::ClientCredentialsNotAlone)) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::CredentialsWithoutSecret)) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::CredentialsWithoutSecret)) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::ScopeNotForCredentials(_))) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::ScopeNotForCredentials("<scope>".into()))) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::UnknownScope(_))) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::UnknownScope("<scope>".into()))) => SET_CLIENT;
    Refusal::Client(ClientFault::NoSecret) = Refusal::Client(ClientFault::NoSecret) => [AddUserPoolClientSecret];
    Refusal::Client(ClientFault::TooManySecrets) = Refusal::Client(ClientFault::TooManySecrets) => [AddUserPoolClientSecret];
    Refusal::Client(ClientFault::LastSecret) = Refusal::Client(ClientFault::LastSecret) => [DeleteUserPoolClientSecret];
    Refusal::Client(ClientFault::UnknownSecret(_)) = Refusal::Client(ClientFault::UnknownSecret("<secret id>".into()))
        => [DeleteUserPoolClientSecret];
    Refusal::Tags(TagFault::NoPool) = Refusal::Tags(TagFault::NoPool) => TAG, [ListTagsForResource];
    Refusal::Tags(TagFault::TooMany) = Refusal::Tags(TagFault::TooMany) => SET_POOL, TAG;
    Refusal::Tags(TagFault::Reserved(_)) = Refusal::Tags(TagFault::Reserved("<key>".into())) => SET_POOL, TAG;
    Refusal::FilterMalformed = Refusal::FilterMalformed => [ListUsers];
    Refusal::FilterAttributeNotSearchable(_) = Refusal::FilterAttributeNotSearchable("<attribute>".into()) => [ListUsers];
    Refusal::AttributesUnknown = Refusal::AttributesUnknown => [ListUsers];
    Refusal::Domain(DomainFault::Character) = Refusal::Domain(DomainFault::Character) => [CreateUserPoolDomain];
    Refusal::Domain(DomainFault::ReservedWord(_)) = ["aws", "amazon", "cognito"].map(|word| Refusal::Domain(DomainFault::ReservedWord(word)))
        => [CreateUserPoolDomain];
    Refusal::Domain(DomainFault::NotASubdomain) = Refusal::Domain(DomainFault::NotASubdomain) => [CreateUserPoolDomain];
    Refusal::Domain(DomainFault::LoginVersion) = Refusal::Domain(DomainFault::LoginVersion) => SET_DOMAIN;
    Refusal::Domain(DomainFault::TierTooLow(_)) = Refusal::Domain(DomainFault::TierTooLow(Tier::Lite)) => SET_DOMAIN;
    Refusal::Domain(DomainFault::PoolHasOne) = Refusal::Domain(DomainFault::PoolHasOne) => [CreateUserPoolDomain];
    Refusal::Domain(DomainFault::Taken) = Refusal::Domain(DomainFault::Taken) => [CreateUserPoolDomain];
    Refusal::Domain(DomainFault::Unknown) = Refusal::Domain(DomainFault::Unknown) => [DeleteUserPoolDomain, UpdateUserPoolDomain];
    Refusal::Domain(DomainFault::CertificateOfPrefix) = Refusal::Domain(DomainFault::CertificateOfPrefix)
        => [UpdateUserPoolDomain];
    Refusal::Domain(DomainFault::RoutingOfPrefix) = Refusal::Domain(DomainFault::RoutingOfPrefix) => SET_DOMAIN;
    Refusal::Cimd(CimdFault::TierTooLow(_)) = Refusal::Cimd(CimdFault::TierTooLow(Tier::Lite))
        => [CreateCIMDPolicy, UpdateCIMDPolicy, UpdateClientMetadataURLState];
    Refusal::Cimd(CimdFault::Unknown) = Refusal::Cimd(CimdFault::Unknown) => [
        DeleteCIMDPolicy,
        DescribeCIMDPolicy,
        ListClientMetadataURLs,
        UpdateCIMDPolicy,
        UpdateClientMetadataURLState,
    ];
    Refusal::Cimd(CimdFault::TooMany) = Refusal::Cimd(CimdFault::TooMany) => [CreateCIMDPolicy];
    Refusal::Cimd(CimdFault::NotCached) = Refusal::Cimd(CimdFault::NotCached) => [UpdateClientMetadataURLState];
    Refusal::Cimd(CimdFault::NotFetched) = Refusal::Cimd(CimdFault::NotFetched) => [UpdateClientMetadataURLState];
    Refusal::UnknownResourceServer(_) = Refusal::UnknownResourceServer(ResourceServerId::new("<identifier>"))
        => [DeleteResourceServer, DescribeResourceServer, GetDerivedToken, UpdateResourceServer];
    Refusal::ResourceServerExists(_) = Refusal::ResourceServerExists(ResourceServerId::new("<identifier>"))
        => [CreateResourceServer];
    Refusal::TooManyResourceServers = Refusal::TooManyResourceServers => [CreateResourceServer];
    Refusal::Branding(BrandingFault::NoDomain) = Refusal::Branding(BrandingFault::NoDomain)
        => [GetUICustomization, SetUICustomization];
    Refusal::Branding(BrandingFault::Css(
        CssFault::Class(_) | CssFault::AtRule(_) | CssFault::Script | CssFault::Malformed,
    )) = [
        Refusal::Branding(BrandingFault::Css(CssFault::Class("body".into()))),
        Refusal::Branding(BrandingFault::Css(CssFault::AtRule("<rule>".into()))),
        Refusal::Branding(BrandingFault::Css(CssFault::Script)),
        Refusal::Branding(BrandingFault::Css(CssFault::Malformed)),
    ] => [SetUICustomization];
    Refusal::Branding(BrandingFault::CustomizationTooLarge | BrandingFault::LogoFormat) = [
        Refusal::Branding(BrandingFault::CustomizationTooLarge),
        Refusal::Branding(BrandingFault::LogoFormat),
    ] => [SetUICustomization];
    Refusal::Branding(
        BrandingFault::StyleSource | BrandingFault::StyleAssets(_) | BrandingFault::StyleSettingsTooDeep,
    ) = [
        Refusal::Branding(BrandingFault::StyleSource),
        Refusal::Branding(BrandingFault::StyleAssets(vec![AssetFault {
            category: AssetCategory::PageBackground,
            color_mode: ColorMode::Light,
            extension: AssetExtension::Ico,
        }])),
        Refusal::Branding(BrandingFault::StyleSettingsTooDeep),
    ] => [CreateManagedLoginBranding, UpdateManagedLoginBranding];
    Refusal::Branding(BrandingFault::StyleExists(_) | BrandingFault::TooManyStyles) = [
        Refusal::Branding(BrandingFault::StyleExists(client())),
        Refusal::Branding(BrandingFault::TooManyStyles),
    ] => [CreateManagedLoginBranding];
    Refusal::Branding(BrandingFault::StyleNotNamed) = Refusal::Branding(BrandingFault::StyleNotNamed)
        => [UpdateManagedLoginBranding];
    Refusal::Branding(BrandingFault::UnknownStyle) = Refusal::Branding(BrandingFault::UnknownStyle)
        => [DeleteManagedLoginBranding, DescribeManagedLoginBranding, UpdateManagedLoginBranding];
    Refusal::Branding(BrandingFault::UnknownStyleOfClient(_)) = Refusal::Branding(BrandingFault::UnknownStyleOfClient(client()))
        => [DescribeManagedLoginBrandingByClient];
    Refusal::Branding(BrandingFault::TermsExist(..)) = Refusal::Branding(BrandingFault::TermsExist(TermsName::TermsOfUse, client()))
        => [CreateTerms, UpdateTerms];
    Refusal::Branding(BrandingFault::TooManyTerms | BrandingFault::TermsWithoutLinks) = [
        Refusal::Branding(BrandingFault::TooManyTerms),
        Refusal::Branding(BrandingFault::TermsWithoutLinks),
    ] => [CreateTerms];
    Refusal::Branding(BrandingFault::UnknownTerms) = Refusal::Branding(BrandingFault::UnknownTerms)
        => [DeleteTerms, DescribeTerms, UpdateTerms];
    Refusal::Branding(BrandingFault::UnknownTermsOfClient(..)) = Refusal::Branding(BrandingFault::UnknownTermsOfClient(TermsName::TermsOfUse, client()))
        => [DescribeTermsByClient];
    Refusal::Branding(BrandingFault::TermsLink(_)) = Refusal::Branding(BrandingFault::TermsLink("<address>".into()))
        => [CreateTerms, UpdateTerms];
    Refusal::ScopeTwice(_) = Refusal::ScopeTwice("<scope>".into()) => SET_RESOURCE_SERVER;
    Refusal::Passkey(PasskeyFault::NotEnabled) = Refusal::Passkey(PasskeyFault::NotEnabled) => REGISTER_PASSKEY;
    Refusal::Passkey(PasskeyFault::NoRelyingParty) = Refusal::Passkey(PasskeyFault::NoRelyingParty)
        => [StartWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::AssertionInvalid) = Refusal::Passkey(PasskeyFault::AssertionInvalid) => SIGN_IN;
    Refusal::Passkey(PasskeyFault::Unknown) = Refusal::Passkey(PasskeyFault::Unknown) => [DeleteWebAuthnCredential];
    Refusal::Passkey(PasskeyFault::TooMany) = Refusal::Passkey(PasskeyFault::TooMany) => REGISTER_PASSKEY;
    Refusal::Passkey(PasskeyFault::Malformed) = Refusal::Passkey(PasskeyFault::Malformed) => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::NoChallenge) = Refusal::Passkey(PasskeyFault::NoChallenge)
        => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::ClientMismatch) = Refusal::Passkey(PasskeyFault::ClientMismatch)
        => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::OriginMismatch) = Refusal::Passkey(PasskeyFault::OriginMismatch)
        => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::RelyingPartyMismatch) = Refusal::Passkey(PasskeyFault::RelyingPartyMismatch)
        => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::NotSupported) = Refusal::Passkey(PasskeyFault::NotSupported)
        => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::Exists) = Refusal::Passkey(PasskeyFault::Exists)
        => [CompleteWebAuthnRegistration];
}

/// The parties whose tokens an exchange takes.
const PARTIES: [TokenParty; 2] = [TokenParty::Subject, TokenParty::Actor];

/// A function that creates a failure, and the operations that can return it.
type FailureRow = (Box<dyn Fn() -> Failure>, Vec<Operation>);

/// Returns the failures other than refusals.
pub(super) fn failures() -> Vec<FailureRow> {
    let writes = served(|operation| !standby::is_read_only(operation));
    let mut rows: Vec<FailureRow> = vec![
        (Box::new(|| Failure::InvalidPageToken), PAGE.to_vec()),
        (Box::new(|| Failure::Undelivered(ContactKind::Email)), SEND.to_vec()),
        (Box::new(|| Failure::Undelivered(ContactKind::PhoneNumber)), SEND.to_vec()),
        (Box::new(|| Failure::Conflict), SERVED.to_vec()),
        (Box::new(|| Failure::Standby), writes),
        (Box::new(|| NoEntropy.into()), SERVED.to_vec()),
    ];
    for fault in trigger_faults() {
        let triggered = [SEND, INVOKE_TRIGGERS].concat();
        rows.push((Box::new(move || Failure::Trigger(fault.clone())), triggered));
    }
    rows
}

/// Returns every fault of a trigger.
fn trigger_faults() -> Vec<TriggerFault> {
    use TriggerFault::*;
    let trigger = Trigger::PreSignUp;
    let refused = |code: &str| InvokeFault::Refused { status: 403, code: code.into() };
    let invocations = [InvokeFault::TimedOut, InvokeFault::Unreachable(String::new()), refused("<code>")];
    let mut faults = invocations.map(|fault| TriggerFault::invocation_failed(trigger, &fault)).to_vec();
    faults.extend([
        FunctionError { trigger, message: "<message>".into() },
        Unrecognizable,
        InvalidJson,
        OtherUser,
        EmailNotDeveloper,
        Misconfigured(trigger),
        EmptyMessage,
    ]);
    for fault in &faults {
        // Does not compile if a fault is missing here; add it above.
        match fault {
            FunctionError { .. } | InvocationFailed { .. } | Misconfigured(_) => {}
            Unrecognizable | InvalidJson | OtherUser | EmailNotDeveloper | EmptyMessage => {}
        }
    }
    faults
}
