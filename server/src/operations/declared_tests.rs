//! Every refusal and failure against what the model declares: a table says which operations meet it, and none of them may
//! answer an error that it does not declare.
//!
//! The table is an exhaustive match as well, so that a new refusal does not compile without its line.

use lido_cognito_idp::Operation::{self, *};
use lido_domain::{
    Refusal,
    attribute::{
        contact::ContactKind,
        schema::{SchemaFault, SchemaFaultKind},
    },
    flow::sign_in::Flow,
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

/// Begin a sign-in.
const BEGIN: &[Operation] = &[AdminInitiateAuth, InitiateAuth];

/// Answer a challenge.
const ANSWER: &[Operation] = &[AdminRespondToAuthChallenge, RespondToAuthChallenge];

/// Sign in.
const SIGN_IN: &[Operation] =
    &[AdminInitiateAuth, AdminRespondToAuthChallenge, InitiateAuth, RespondToAuthChallenge];

/// Renew tokens.
const RENEW: &[Operation] = &[AdminInitiateAuth, GetTokensFromRefreshToken, InitiateAuth];

/// May create a user whom a UserMigration trigger knows; what keeps that from happening is one refusal.
const MIGRATE: &[Operation] = &[AdminInitiateAuth, ForgotPassword, InitiateAuth];

/// Set attributes.
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

/// Count the attempts at a code or a password.
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

/// Send a code.
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

/// Ask triggers, besides those that send.
const ASK_TRIGGERS: &[Operation] =
    &[AdminConfirmSignUp, ConfirmForgotPassword, ConfirmSignUp, GetTokensFromRefreshToken];

/// Take an access token.
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

/// Name an app client and prove that they know its secret.
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

/// Name a device.
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

/// Set second factors of a user.
const SET_MFA: &[Operation] =
    &[AdminSetUserMFAPreference, AdminSetUserSettings, SetUserMFAPreference, SetUserSettings];

/// Set up an authenticator app.
const SET_UP_TOKEN: &[Operation] = &[AssociateSoftwareToken, VerifySoftwareToken];

/// Set a new password.
const SET_PASSWORD: &[Operation] = &[
    AdminCreateUser,
    AdminRespondToAuthChallenge,
    AdminSetUserPassword,
    ChangePassword,
    ConfirmForgotPassword,
    RespondToAuthChallenge,
    SignUp,
];

/// Set a pool, its tags included.
const SET_POOL: &[Operation] = &[CreateUserPool, UpdateUserPool];

/// Set an app client.
const SET_CLIENT: &[Operation] = &[CreateUserPoolClient, UpdateUserPoolClient];

/// Use a group that must be there.
const NAME_GROUP: &[Operation] =
    &[AdminAddUserToGroup, AdminRemoveUserFromGroup, DeleteGroup, GetGroup, ListUsersInGroup, UpdateGroup];

/// Change tags by the ARN of a pool.
const TAG: &[Operation] = &[TagResource, UntagResource];

/// Register passkeys.
const REGISTER_PASSKEY: &[Operation] = &[CompleteWebAuthnRegistration, StartWebAuthnRegistration];

/// Show pages.
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

/// Administer something in a pool that must be there.
fn in_pool() -> Vec<Operation> {
    served(|operation| {
        operation.auth() == Auth::SigV4 && ![CreateUserPool, ListUserPools].contains(&operation)
    })
}

/// Administer a user.
fn administer_user() -> Vec<Operation> {
    served(|operation| operation.name().starts_with("Admin"))
}

fn served(is: impl Fn(Operation) -> bool) -> Vec<Operation> {
    SERVED.iter().copied().filter(|operation| is(*operation)).collect()
}

/// The refusals, each as a pattern, as an example and with the operations that meet it.
macro_rules! refusals {
    ($($pattern:pat = $example:expr => $($operations:expr),+;)*) => {
        fn refusals() -> Vec<(Refusal, Vec<Operation>)> {
            /// Does not compile while a refusal is not in the table.
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
    Refusal::UsernameForm(_) = Refusal::UsernameForm(UsernameFault::NotAnEmail) => [AdminCreateUser, SignUp];
    Refusal::PreferredUsernameTooEarly = Refusal::PreferredUsernameTooEarly => WRITE_ATTRIBUTES;
    Refusal::AttributeWithoutValue(_) = Refusal::AttributeWithoutValue("a".into()) => WRITE_ATTRIBUTES;
    Refusal::Schema(_) =
        Refusal::Schema(vec![SchemaFault { attribute: "a".into(), kind: SchemaFaultKind::Unknown }])
        => WRITE_ATTRIBUTES;
    Refusal::AttributeNotWritable = Refusal::AttributeNotWritable => WRITE_ATTRIBUTES;
    Refusal::AttributeKept(_) = Refusal::AttributeKept("sub".into()) => WRITE_ATTRIBUTES;
    Refusal::AttributeNotVerifiable = Refusal::AttributeNotVerifiable
        => [GetUserAttributeVerificationCode, VerifyUserAttribute];
    Refusal::ContactMissing(_) = Refusal::ContactMissing(ContactKind::Email) => [GetUserAttributeVerificationCode];
    Refusal::VerifiedWithoutContact(_) = Refusal::VerifiedWithoutContact(ContactKind::Email)
        => WRITE_ATTRIBUTES;
    Refusal::ContactForm(_) = Refusal::ContactForm(ContactKind::Email) => WRITE_ATTRIBUTES;
    Refusal::PasswordPolicy(_) = Refusal::PasswordPolicy(PasswordRule::Length) => SET_PASSWORD;
    Refusal::PasswordMissing = Refusal::PasswordMissing => [SignUp];
    Refusal::PasswordUsedBefore = Refusal::PasswordUsedBefore
        => [AdminSetUserPassword, ChangePassword, ConfirmForgotPassword], ANSWER;
    Refusal::PasswordlessWithoutContact = Refusal::PasswordlessWithoutContact => [AdminCreateUser, SignUp];
    Refusal::NothingToVerify(_) = Refusal::NothingToVerify(ContactKind::Email) => [SignUp];
    Refusal::VerifiedUnconfirmed = Refusal::VerifiedUnconfirmed => [SignUp];
    Refusal::NameTaken(_) = Refusal::NameTaken(NameKind::Username) => [AdminCreateUser, SignUp];
    Refusal::AliasTaken(_) = Refusal::AliasTaken(NameKind::Email) => ANSWER, [
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
    Refusal::NotInvited(_) = Refusal::NotInvited(Status::Confirmed) => [AdminCreateUser];
    Refusal::NotResettable = Refusal::NotResettable => [AdminResetUserPassword, ForgotPassword];
    Refusal::NoRecoveryContact = Refusal::NoRecoveryContact => [AdminResetUserPassword, ForgotPassword];
    Refusal::RecoveryByAdministrator = Refusal::RecoveryByAdministrator => [AdminResetUserPassword, ForgotPassword];
    Refusal::NoContactToInvite(_) = Refusal::NoContactToInvite(ContactKind::Email) => [AdminCreateUser];
    Refusal::TooManyAttempts = Refusal::TooManyAttempts => COUNT_ATTEMPTS;
    // Only what confirms a sign-up or a new password has the longer lock.
    Refusal::TooManyFailedAttempts = Refusal::TooManyFailedAttempts
        => [AdminConfirmSignUp, ConfirmForgotPassword, ConfirmSignUp];
    Refusal::CodeMismatch = Refusal::CodeMismatch
        => [ConfirmForgotPassword, ConfirmSignUp, VerifyUserAttribute];
    Refusal::CodeExpired = Refusal::CodeExpired
        => [ConfirmForgotPassword, ConfirmSignUp, VerifyUserAttribute], ANSWER;
    Refusal::SessionInvalid = Refusal::SessionInvalid => SIGN_IN, SET_UP_TOKEN, [ConfirmSignUp];
    Refusal::SessionExpired = Refusal::SessionExpired => SIGN_IN, SET_UP_TOKEN, [ConfirmSignUp];
    Refusal::AlreadyConfirmed = Refusal::AlreadyConfirmed => [ResendConfirmationCode];
    Refusal::AutoVerificationOff = Refusal::AutoVerificationOff => [ResendConfirmationCode];
    Refusal::NoContact = Refusal::NoContact => SIGN_IN, [ResendConfirmationCode];
    Refusal::SchemaEntry(_) = Refusal::SchemaEntry(EntryFault::TooMany) => [AddCustomAttributes, CreateUserPool];
    Refusal::UnknownGroup = Refusal::UnknownGroup => NAME_GROUP;
    Refusal::NoRecordOfEvents = Refusal::NoRecordOfEvents => [AdminListUserAuthEvents];
    Refusal::GroupExists = Refusal::GroupExists => [CreateGroup];
    Refusal::TooManyGroups = Refusal::TooManyGroups => [CreateGroup];
    Refusal::TooManyGroupsOfUser = Refusal::TooManyGroupsOfUser => [AdminAddUserToGroup];
    Refusal::FlowNotSupported = Refusal::FlowNotSupported => BEGIN;
    Refusal::FlowNotEnabled(_) = Refusal::FlowNotEnabled(Flow::UserSrpAuth) => BEGIN;
    Refusal::CustomAuthWithoutTriggers = Refusal::CustomAuthWithoutTriggers => SIGN_IN;
    Refusal::ChallengeOutOfPlace = Refusal::ChallengeOutOfPlace => SIGN_IN;
    Refusal::MigrationFailed(_) = Refusal::MigrationFailed(client()) => MIGRATE;
    Refusal::ParameterMissing(_) = Refusal::ParameterMissing("USERNAME") => SIGN_IN, [ChangePassword];
    Refusal::ParameterInvalid(_) = Refusal::ParameterInvalid("SRP_A") => SIGN_IN;
    Refusal::ClaimTimeForm = Refusal::ClaimTimeForm => ANSWER;
    Refusal::WrongPassword = Refusal::WrongPassword => SIGN_IN, [ChangePassword];
    Refusal::LockedOut = Refusal::LockedOut => SIGN_IN, [ChangePassword, VerifySoftwareToken];
    Refusal::UserNotConfirmed = Refusal::UserNotConfirmed => TAKE_ACCESS_TOKEN, SIGN_IN, RENEW;
    Refusal::PasswordResetRequired = Refusal::PasswordResetRequired => TAKE_ACCESS_TOKEN, SIGN_IN, RENEW;
    Refusal::TemporaryPasswordExpired = Refusal::TemporaryPasswordExpired => SIGN_IN, [ChangePassword];
    Refusal::AttributesMissing(_) = Refusal::AttributesMissing(vec!["email".into()]) => ANSWER;
    Refusal::AttributeAlreadyProvided(_) = Refusal::AttributeAlreadyProvided("email".into()) => ANSWER;
    Refusal::SignInCodeMismatch = Refusal::SignInCodeMismatch => ANSWER;
    Refusal::SoftwareTokenMismatch = Refusal::SoftwareTokenMismatch => ANSWER, [VerifySoftwareToken];
    Refusal::SoftwareTokenUsed = Refusal::SoftwareTokenUsed => ANSWER;
    Refusal::SoftwareTokenNotAllowed = Refusal::SoftwareTokenNotAllowed => SET_UP_TOKEN;
    Refusal::SoftwareTokenMissing = Refusal::SoftwareTokenMissing => [VerifySoftwareToken], ANSWER;
    Refusal::TokenOrSession = Refusal::TokenOrSession => SET_UP_TOKEN;
    Refusal::MfaFactorMissing(_) = Refusal::MfaFactorMissing(MfaFactor::Sms) => SET_MFA;
    Refusal::MfaPreferredTwice = Refusal::MfaPreferredTwice => SET_MFA;
    Refusal::MfaPreferredOff(_) = Refusal::MfaPreferredOff(MfaFactor::Sms) => SET_MFA;
    Refusal::MfaSetupIncomplete = Refusal::MfaSetupIncomplete => ANSWER;
    Refusal::DevicesNotRemembered = Refusal::DevicesNotRemembered => [ConfirmDevice];
    Refusal::DeviceNotFound = Refusal::DeviceNotFound => NAME_DEVICE;
    Refusal::DeviceExists = Refusal::DeviceExists => [ConfirmDevice];
    Refusal::SessionUsed = Refusal::SessionUsed => SIGN_IN, SET_UP_TOKEN, [ConfirmSignUp];
    Refusal::AccessTokenInvalid = Refusal::AccessTokenInvalid => TAKE_ACCESS_TOKEN;
    Refusal::AccessTokenForged = Refusal::AccessTokenForged => TAKE_ACCESS_TOKEN;
    Refusal::AccessTokenExpired = Refusal::AccessTokenExpired => TAKE_ACCESS_TOKEN;
    Refusal::AccessTokenRevoked = Refusal::AccessTokenRevoked => TAKE_ACCESS_TOKEN;
    Refusal::AccessTokenScope = Refusal::AccessTokenScope => TAKE_ACCESS_TOKEN;
    Refusal::RefreshTokenInvalid = Refusal::RefreshTokenInvalid => RENEW, [RevokeToken];
    Refusal::RefreshTokenExpired = Refusal::RefreshTokenExpired => RENEW;
    Refusal::RefreshTokenRevoked = Refusal::RefreshTokenRevoked => RENEW;
    Refusal::RefreshTokenReused = Refusal::RefreshTokenReused => RENEW;
    Refusal::RefreshTokenRotates = Refusal::RefreshTokenRotates => BEGIN;
    Refusal::RefreshSecretHashWrong(_) = Refusal::RefreshSecretHashWrong(client()) => RENEW;
    Refusal::ClientSecretWrong(_) = Refusal::ClientSecretWrong(client()) => RENEW, [RevokeToken];
    Refusal::RevocationOff = Refusal::RevocationOff => [RevokeToken];
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
    Refusal::FilterForm = Refusal::FilterForm => [ListUsers];
    Refusal::FilterAttribute(_) = Refusal::FilterAttribute("a".into()) => [ListUsers];
    Refusal::AttributesUnknown = Refusal::AttributesUnknown => [ListUsers];
    Refusal::Passkey(PasskeyFault::NotEnabled) = Refusal::Passkey(PasskeyFault::NotEnabled) => REGISTER_PASSKEY;
    Refusal::Passkey(PasskeyFault::NoRelyingParty) = Refusal::Passkey(PasskeyFault::NoRelyingParty)
        => [StartWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::NotShown) = Refusal::Passkey(PasskeyFault::NotShown) => SIGN_IN;
    Refusal::Passkey(PasskeyFault::Unknown) = Refusal::Passkey(PasskeyFault::Unknown) => [DeleteWebAuthnCredential];
    Refusal::Passkey(PasskeyFault::TooMany) = Refusal::Passkey(PasskeyFault::TooMany) => REGISTER_PASSKEY;
    Refusal::Passkey(PasskeyFault::Form) = Refusal::Passkey(PasskeyFault::Form) => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::NoChallenge) = Refusal::Passkey(PasskeyFault::NoChallenge)
        => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::OtherClient) = Refusal::Passkey(PasskeyFault::OtherClient)
        => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::Origin) = Refusal::Passkey(PasskeyFault::Origin)
        => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::OtherParty) = Refusal::Passkey(PasskeyFault::OtherParty)
        => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::NotSupported) = Refusal::Passkey(PasskeyFault::NotSupported)
        => [CompleteWebAuthnRegistration];
    Refusal::Passkey(PasskeyFault::Exists) = Refusal::Passkey(PasskeyFault::Exists)
        => [CompleteWebAuthnRegistration];
}

/// How a failure is made, and the operations that meet it.
type FailureRow = (fn() -> Failure, Vec<Operation>);

/// The failures besides refusals.
fn failures() -> Vec<FailureRow> {
    let triggered = [SEND, ASK_TRIGGERS].concat();
    let writes = served(|operation| !standby::only_looks(operation));
    vec![
        (|| Failure::BadToken, PAGE.to_vec()),
        (|| Failure::Undelivered(ContactKind::Email), SEND.to_vec()),
        (|| Failure::Trigger(TriggerFault::Validation("no".into())), triggered.clone()),
        (|| Failure::Trigger(TriggerFault::InvalidResponse("no".into())), triggered.clone()),
        (|| Failure::Trigger(TriggerFault::Unexpected("no".into())), triggered.clone()),
        (|| Failure::Trigger(TriggerFault::InvalidParameter("no".into())), triggered),
        (|| Failure::Contended, SERVED.to_vec()),
        (|| Failure::Standby, writes),
        (|| NoEntropy.into(), SERVED.to_vec()),
    ]
}

#[test]
fn every_refusal_is_declared_by_the_operations_that_meet_it() {
    let mut undeclared = Vec::new();
    let mut met = 0;
    for (refusal, operations) in refusals() {
        for operation in operations {
            assert!(SERVED.contains(&operation), "{operation:?} is in the table but not served");
            met += 1;
            let kind = to_api_error(operation, &refusal).kind;
            if !operation.declares(kind) {
                undeclared.push(format!("{operation:?}: {refusal:?} is {kind:?}"));
            }
        }
    }
    assert!(undeclared.is_empty(), "{} of {met} are not declared: {undeclared:#?}", undeclared.len());
}

#[test]
fn every_failure_is_declared_by_the_operations_that_meet_it() {
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

/// *Chosen*: what stands for a kind that an operation does not declare is never a fault of the server.
#[test]
fn only_faults_are_internal() {
    for (failure, operations) in failures() {
        let is_fault = matches!(failure(), Failure::Unforeseen(_));
        for operation in operations {
            let kind = failure().into_api_error(operation).kind;
            let is_internal =
                matches!(kind, ErrorKind::InternalErrorException | ErrorKind::InternalServerException);
            assert_eq!(is_internal, is_fault, "{operation:?}: {:?} is {kind:?}", failure());
        }
    }
}
