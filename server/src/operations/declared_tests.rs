//! Checks that operations return only errors that they declare in the model.
//!
//! A table lists the operations that can return each refusal and failure. The table is also an exhaustive match, so
//! that a new refusal does not compile without its row.

use lido_cognito_idp::Operation::{self, *};
use lido_domain::{
    Refusal,
    attribute::{
        contact::ContactKind,
        schema::{SchemaFault, SchemaFaultKind},
    },
    flow::sign_in::InitiateAuthFlow,
    id::{ClientId, PoolId},
    pool::{Feature, Tier, alias::NameKind, mfa::MfaFactor, password::PasswordRule},
    refusal::{ClientFault, EntryFault, OAuthFault, PasskeyFault, PoolFault, TagFault, UsernameFault},
    user::Status,
};
use lido_runtime::{Auth, Operation as _};

use super::{SERVED, failure::Failure, standby};
use crate::{
    entropy::NoEntropy,
    triggers::TriggerFault,
    wire::{error::ErrorKind, refusal::to_api_error},
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

/// Operations that may create a user by UserMigration.
const MIGRATE: &[Operation] = &[AdminInitiateAuth, ForgotPassword, InitiateAuth];

/// Operations that set attributes.
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
const INVOKE_TRIGGERS: &[Operation] =
    &[AdminConfirmSignUp, ConfirmForgotPassword, ConfirmSignUp, GetTokensFromRefreshToken];

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

/// Operations that set second factors of a user.
const SET_MFA: &[Operation] =
    &[AdminSetUserMFAPreference, AdminSetUserSettings, SetUserMFAPreference, SetUserSettings];

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

/// Operations on a group that must exist.
const NAME_GROUP: &[Operation] =
    &[AdminAddUserToGroup, AdminRemoveUserFromGroup, DeleteGroup, GetGroup, ListUsersInGroup, UpdateGroup];

/// Operations that change tags by the ARN of a pool.
const TAG: &[Operation] = &[TagResource, UntagResource];

/// Operations that register passkeys.
const REGISTER_PASSKEY: &[Operation] = &[CompleteWebAuthnRegistration, StartWebAuthnRegistration];

/// Operations that return pages.
const PAGE: &[Operation] = &[
    AdminListDevices,
    AdminListGroupsForUser,
    AdminListUserAuthEvents,
    ListDevices,
    ListGroups,
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
        operation.auth() == Auth::SigV4 && ![CreateUserPool, ListUserPools].contains(&operation)
    })
}

/// Returns the operations of administrators on a user.
fn administer_user() -> Vec<Operation> {
    served(|operation| operation.name().starts_with("Admin"))
}

fn served(is: impl Fn(Operation) -> bool) -> Vec<Operation> {
    SERVED.iter().copied().filter(|operation| is(*operation)).collect()
}

/// Generates the table of refusals: each as a pattern and an example, with the operations that can return it.
macro_rules! refusals {
    ($($pattern:pat = $example:expr => $($operations:expr),+;)*) => {
        fn refusals() -> Vec<(Refusal, Vec<Operation>)> {
            /// Does not compile if a refusal is missing in the table.
            fn check_complete(refusal: &Refusal) {
                match refusal { $($pattern => {})* }
            }
            let table = vec![$(($example, [$(&$operations[..]),+].concat())),*];
            table.iter().for_each(|(refusal, _)| check_complete(refusal));
            table
        }
    };
}

fn client() -> ClientId {
    ClientId::new("client")
}

refusals! {
    Refusal::UnknownPool(_) = Refusal::UnknownPool(PoolId::new("r_p")) => in_pool();
    Refusal::UnknownClient(_) = Refusal::UnknownClient(client()) => PROVE_SECRET, RENEW, SET_CLIENT[1..], [
        AddUserPoolClientSecret,
        DeleteUserPoolClient,
        DeleteUserPoolClientSecret,
        DescribeUserPoolClient,
        ListUserPoolClientSecrets,
        RevokeToken,
    ];
    Refusal::SecretHashMissing(_) = Refusal::SecretHashMissing(client()) => PROVE_SECRET, RENEW;
    Refusal::SecretHashWrong(_) = Refusal::SecretHashWrong(client()) => PROVE_SECRET, RENEW;
    Refusal::SignUpNotAllowed = Refusal::SignUpNotAllowed => [SignUp];
    Refusal::UsernameMalformed(_) = Refusal::UsernameMalformed(UsernameFault::NotAnEmail) => [AdminCreateUser, SignUp];
    Refusal::PreferredUsernameAtSignUp = Refusal::PreferredUsernameAtSignUp => WRITE_ATTRIBUTES;
    Refusal::AttributeWithoutValue(_) = Refusal::AttributeWithoutValue("a".into()) => WRITE_ATTRIBUTES;
    Refusal::Schema(_) =
        Refusal::Schema(vec![SchemaFault { attribute: "a".into(), kind: SchemaFaultKind::Unknown }])
        => WRITE_ATTRIBUTES;
    Refusal::AttributeNotWritable = Refusal::AttributeNotWritable => WRITE_ATTRIBUTES;
    Refusal::AttributeReserved(_) = Refusal::AttributeReserved("sub".into()) => WRITE_ATTRIBUTES;
    Refusal::AttributeNotVerifiable = Refusal::AttributeNotVerifiable
        => [GetUserAttributeVerificationCode, VerifyUserAttribute];
    Refusal::ContactMissing(_) = Refusal::ContactMissing(ContactKind::Email) => [GetUserAttributeVerificationCode];
    Refusal::VerifiedWithoutContact(_) = Refusal::VerifiedWithoutContact(ContactKind::Email)
        => WRITE_ATTRIBUTES;
    Refusal::ContactMalformed(_) = Refusal::ContactMalformed(ContactKind::Email) => WRITE_ATTRIBUTES;
    Refusal::PasswordPolicy(_) = Refusal::PasswordPolicy(PasswordRule::Length) => SET_PASSWORD;
    Refusal::PasswordMissing = Refusal::PasswordMissing => [SignUp];
    Refusal::PasswordReused = Refusal::PasswordReused
        => [AdminSetUserPassword, ChangePassword, ConfirmForgotPassword], RESPOND;
    Refusal::PasswordlessWithoutContact = Refusal::PasswordlessWithoutContact => [AdminCreateUser, SignUp];
    Refusal::NothingToVerify(_) = Refusal::NothingToVerify(ContactKind::Email) => [SignUp];
    Refusal::VerifiedWithoutConfirmation = Refusal::VerifiedWithoutConfirmation => [SignUp];
    Refusal::NameTaken(_) = Refusal::NameTaken(NameKind::Username) => [AdminCreateUser, SignUp];
    Refusal::AliasTaken(_) = Refusal::AliasTaken(NameKind::Email) => RESPOND, [
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
        ResendConfirmationCode,
    ];
    Refusal::NoTemporaryPassword(_) = Refusal::NoTemporaryPassword(Status::Confirmed) => [AdminCreateUser];
    Refusal::NotResettable = Refusal::NotResettable => [AdminResetUserPassword, ForgotPassword];
    Refusal::NoRecoveryContact = Refusal::NoRecoveryContact => [AdminResetUserPassword, ForgotPassword];
    Refusal::RecoveryByAdministrator = Refusal::RecoveryByAdministrator => [AdminResetUserPassword, ForgotPassword];
    Refusal::NoContactToInvite(_) = Refusal::NoContactToInvite(ContactKind::Email) => [AdminCreateUser];
    Refusal::TooManyAttempts = Refusal::TooManyAttempts => COUNT_ATTEMPTS;
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
    Refusal::SchemaEntry(_) = Refusal::SchemaEntry(EntryFault::TooMany) => [AddCustomAttributes, CreateUserPool];
    Refusal::UnknownGroup = Refusal::UnknownGroup => NAME_GROUP;
    Refusal::AuthEventsNotRecorded = Refusal::AuthEventsNotRecorded => [AdminListUserAuthEvents];
    Refusal::GroupExists = Refusal::GroupExists => [CreateGroup];
    Refusal::TooManyGroups = Refusal::TooManyGroups => [CreateGroup];
    Refusal::TooManyGroupsOfUser = Refusal::TooManyGroupsOfUser => [AdminAddUserToGroup];
    Refusal::FlowNotSupported = Refusal::FlowNotSupported => BEGIN;
    Refusal::FlowNotEnabled(_) = Refusal::FlowNotEnabled(InitiateAuthFlow::UserSrpAuth) => BEGIN;
    Refusal::CustomAuthWithoutTriggers = Refusal::CustomAuthWithoutTriggers => SIGN_IN;
    Refusal::PasswordChallengeNotAllowed = Refusal::PasswordChallengeNotAllowed => SIGN_IN;
    Refusal::MigrationFailed(_) = Refusal::MigrationFailed(client()) => MIGRATE;
    Refusal::ParameterMissing(_) = Refusal::ParameterMissing("USERNAME") => SIGN_IN, [ChangePassword];
    Refusal::ParameterInvalid(_) = Refusal::ParameterInvalid("SRP_A") => SIGN_IN;
    Refusal::ClaimTimeMalformed = Refusal::ClaimTimeMalformed => RESPOND;
    Refusal::WrongPassword = Refusal::WrongPassword => SIGN_IN, [ChangePassword];
    Refusal::LockedOut = Refusal::LockedOut => SIGN_IN, [ChangePassword, VerifySoftwareToken];
    Refusal::UserNotConfirmed = Refusal::UserNotConfirmed => TAKE_ACCESS_TOKEN, SIGN_IN, RENEW;
    Refusal::PasswordResetRequired = Refusal::PasswordResetRequired => TAKE_ACCESS_TOKEN, SIGN_IN, RENEW;
    Refusal::TemporaryPasswordExpired = Refusal::TemporaryPasswordExpired => SIGN_IN, [ChangePassword];
    Refusal::AttributesMissing(_) = Refusal::AttributesMissing(vec!["email".into()]) => RESPOND;
    Refusal::AttributeAlreadyProvided(_) = Refusal::AttributeAlreadyProvided("email".into()) => RESPOND;
    Refusal::SignInCodeMismatch = Refusal::SignInCodeMismatch => RESPOND;
    Refusal::SoftwareTokenMismatch = Refusal::SoftwareTokenMismatch => RESPOND, [VerifySoftwareToken];
    Refusal::SoftwareTokenUsed = Refusal::SoftwareTokenUsed => RESPOND;
    Refusal::SoftwareTokenNotAllowed = Refusal::SoftwareTokenNotAllowed => SET_UP_TOKEN;
    Refusal::SoftwareTokenMissing = Refusal::SoftwareTokenMissing => [VerifySoftwareToken], RESPOND;
    Refusal::AccessTokenOrSessionRequired = Refusal::AccessTokenOrSessionRequired => SET_UP_TOKEN;
    Refusal::MfaFactorNotSetUp(_) = Refusal::MfaFactorNotSetUp(MfaFactor::Sms) => SET_MFA;
    Refusal::SeveralPreferredFactors = Refusal::SeveralPreferredFactors => SET_MFA;
    Refusal::PreferredFactorTurnedOff(_) = Refusal::PreferredFactorTurnedOff(MfaFactor::Sms) => SET_MFA;
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
    Refusal::ClientSecretWrong(_) = Refusal::ClientSecretWrong(client()) => RENEW, [RevokeToken];
    Refusal::RevocationDisabled = Refusal::RevocationDisabled => [RevokeToken];
    Refusal::TokenNotRevocable = Refusal::TokenNotRevocable => [RevokeToken];
    Refusal::Pool(PoolFault::TierTooLow(..)) =
        Refusal::Pool(PoolFault::TierTooLow(Tier::Lite, vec![Feature::ThreatProtection]))
        => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Pool(PoolFault::DeletionProtected) = Refusal::Pool(PoolFault::DeletionProtected) => [DeleteUserPool];
    Refusal::Pool(_) = Refusal::Pool(PoolFault::MfaWithoutFactor) => SET_POOL, [SetUserPoolMfaConfig];
    Refusal::Client(ClientFault::TierTooLow(..)) =
        Refusal::Client(ClientFault::TierTooLow(Tier::Lite, Feature::RefreshTokenRotation)) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(OAuthFault::UnknownScope(_))) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::UnknownScope("a/b".into()))) => SET_CLIENT;
    Refusal::Client(ClientFault::OAuth(_)) =
        Refusal::Client(ClientFault::OAuth(OAuthFault::CallbackMissing)) => SET_CLIENT;
    Refusal::Client(ClientFault::NoSecret) = Refusal::Client(ClientFault::NoSecret) => [AddUserPoolClientSecret];
    Refusal::Client(ClientFault::TooManySecrets) = Refusal::Client(ClientFault::TooManySecrets)
        => [AddUserPoolClientSecret];
    Refusal::Client(ClientFault::LastSecret) = Refusal::Client(ClientFault::LastSecret)
        => [DeleteUserPoolClientSecret];
    Refusal::Client(ClientFault::UnknownSecret(_)) = Refusal::Client(ClientFault::UnknownSecret("s".into()))
        => [DeleteUserPoolClientSecret];
    Refusal::Client(_) = Refusal::Client(ClientFault::MixedFlows) => SET_CLIENT;
    Refusal::Tags(TagFault::NoPool) = Refusal::Tags(TagFault::NoPool) => TAG, [ListTagsForResource];
    Refusal::Tags(_) = Refusal::Tags(TagFault::TooMany) => SET_POOL, TAG;
    Refusal::FilterMalformed = Refusal::FilterMalformed => [ListUsers];
    Refusal::FilterAttributeNotSearchable(_) = Refusal::FilterAttributeNotSearchable("a".into()) => [ListUsers];
    Refusal::AttributesUnknown = Refusal::AttributesUnknown => [ListUsers];
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

/// A function that creates a failure, and the operations that can return it.
type FailureRow = (fn() -> Failure, Vec<Operation>);

/// Returns the failures other than refusals.
fn failures() -> Vec<FailureRow> {
    let triggered = [SEND, INVOKE_TRIGGERS].concat();
    let writes = served(|operation| !standby::is_read_only(operation));
    vec![
        (|| Failure::InvalidPageToken, PAGE.to_vec()),
        (|| Failure::Undelivered(ContactKind::Email), SEND.to_vec()),
        (|| Failure::Trigger(TriggerFault::Validation("no".into())), triggered.clone()),
        (|| Failure::Trigger(TriggerFault::InvalidResponse("no".into())), triggered.clone()),
        (|| Failure::Trigger(TriggerFault::Unexpected("no".into())), triggered.clone()),
        (|| Failure::Trigger(TriggerFault::InvalidParameter("no".into())), triggered),
        (|| Failure::Conflict, SERVED.to_vec()),
        (|| Failure::Standby, writes),
        (|| NoEntropy.into(), SERVED.to_vec()),
    ]
}

#[test]
fn refusals_are_declared_by_their_operations() {
    let mut undeclared = Vec::new();
    let mut count = 0;
    for (refusal, operations) in refusals() {
        for operation in operations {
            assert!(SERVED.contains(&operation), "{operation:?} is in the table but not served");
            count += 1;
            let kind = to_api_error(operation, &refusal).kind;
            if !operation.declares(kind) {
                undeclared.push(format!("{operation:?}: {refusal:?} is {kind:?}"));
            }
        }
    }
    assert!(undeclared.is_empty(), "{} of {count} are not declared: {undeclared:#?}", undeclared.len());
}

#[test]
fn failures_are_declared_by_their_operations() {
    let mut undeclared = Vec::new();
    for (failure, operations) in failures() {
        for operation in operations {
            let kind = failure().into_api_error(operation).kind;
            if !operation.declares(kind) {
                undeclared.push(format!("{operation:?}: {:?} is {kind:?}", failure()));
            }
        }
    }
    assert!(undeclared.is_empty(), "not declared: {undeclared:#?}");
}

/// *Chosen*: the replacement of a kind that an operation does not declare is never a fault of the server.
#[test]
fn only_internal_faults_are_internal_errors() {
    for (failure, operations) in failures() {
        let is_fault = matches!(failure(), Failure::InternalFault(_));
        for operation in operations {
            let kind = failure().into_api_error(operation).kind;
            let is_internal =
                matches!(kind, ErrorKind::InternalErrorException | ErrorKind::InternalServerException);
            assert_eq!(is_internal, is_fault, "{operation:?}: {:?} is {kind:?}", failure());
        }
    }
}
