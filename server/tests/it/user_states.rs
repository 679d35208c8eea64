//! The answer of every operation in every state of the user, enabled and disabled, as a client sees it.
//!
//! The same table in the domain's terms is `flow/status_tests.rs` in `lido-domain`; this one also has the operations that
//! do not depend on the state. States that no served operation leads to, such as EXTERNAL_PROVIDER, are written to the
//! store. The requests are in [`crate::support::user_fixture`].

use std::collections::BTreeSet;

use lido::{operations::SERVED, store::Store};
use lido_domain::{
    Timestamp,
    user::{Status, User},
};
use lido_runtime::Operation as _;
use serde_json::Value;

use crate::support::{
    app_on,
    intercepted_store::new_postgres_backend,
    json_requests,
    user_fixture::{UserFixture, operation_of},
};

/// The operations that are not about a single user. All others have at least one row.
const ABOUT_NO_USER: &[&str] = &[
    "AddCustomAttributes",
    "AddUserPoolClientSecret",
    "CreateCIMDPolicy",
    "CreateGroup",
    "CreateManagedLoginBranding",
    "CreateResourceServer",
    "CreateTerms",
    "CreateUserPool",
    "CreateUserPoolClient",
    "CreateUserPoolDomain",
    "DeleteCIMDPolicy",
    "DeleteGroup",
    "DeleteManagedLoginBranding",
    "DeleteResourceServer",
    "DeleteTerms",
    "DeleteUserPool",
    "DeleteUserPoolClient",
    "DeleteUserPoolClientSecret",
    "DeleteUserPoolDomain",
    "DescribeCIMDPolicy",
    "DescribeManagedLoginBranding",
    "DescribeManagedLoginBrandingByClient",
    "DescribeResourceServer",
    "DescribeTerms",
    "DescribeTermsByClient",
    "DescribeUserPool",
    "DescribeUserPoolClient",
    "DescribeUserPoolDomain",
    "GetClientToken",
    "GetGroup",
    "GetUICustomization",
    "GetUserPoolMfaConfig",
    "ListCIMDPolicies",
    "ListClientMetadataURLs",
    "ListGroups",
    "ListResourceServers",
    "ListTagsForResource",
    "ListTerms",
    "ListUserPoolClientSecrets",
    "ListUserPoolClients",
    "ListUserPools",
    "ListUsers",
    "ListUsersInGroup",
    "SetUICustomization",
    "SetUserPoolMfaConfig",
    "TagResource",
    "UntagResource",
    "UpdateCIMDPolicy",
    "UpdateClientMetadataURLState",
    "UpdateGroup",
    "UpdateManagedLoginBranding",
    "UpdateResourceServer",
    "UpdateTerms",
    "UpdateUserPool",
    "UpdateUserPoolClient",
    "UpdateUserPoolDomain",
];

/// A state of the user, with a temporary password that is valid and one that has expired as two states.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Unconfirmed,
    Confirmed,
    ExternalProvider,
    ResetRequired,
    TemporaryPassword,
    ExpiredPassword,
}

use State::{Confirmed, ExpiredPassword, ExternalProvider, ResetRequired, TemporaryPassword, Unconfirmed};

const STATES: [State; 6] =
    [Unconfirmed, Confirmed, ExternalProvider, ResetRequired, TemporaryPassword, ExpiredPassword];

impl State {
    /// Returns the status as the API names it.
    fn name(self) -> &'static str {
        match self {
            Unconfirmed => "UNCONFIRMED",
            Confirmed => "CONFIRMED",
            ExternalProvider => "EXTERNAL_PROVIDER",
            ResetRequired => "RESET_REQUIRED",
            TemporaryPassword | ExpiredPassword => "FORCE_CHANGE_PASSWORD",
        }
    }

    /// Returns the status as the domain stores it.
    fn status(self, now: Timestamp) -> Status {
        match self {
            Unconfirmed => Status::Unconfirmed,
            Confirmed => Status::Confirmed,
            ExternalProvider => Status::ExternalProvider,
            ResetRequired => Status::ResetRequired,
            TemporaryPassword => {
                Status::ForceChangePassword { expires_at: Timestamp::from_millis(now.as_millis() + 1) }
            }
            ExpiredPassword => Status::ForceChangePassword { expires_at: now },
        }
    }

    /// Whether the user has a temporary password, valid or not.
    fn is_temporary(self) -> bool {
        matches!(self, TemporaryPassword | ExpiredPassword)
    }
}

/// The result of a request.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    /// Refused with this error type and message.
    Refused(String, String),
    /// Succeeded, and the user now has this status.
    Succeeded(&'static str),
    /// Succeeded with tokens, and the user now has this status.
    Tokens(&'static str),
    /// Succeeded with this challenge.
    Challenge(String),
    /// Succeeded, and the user is deleted.
    Deleted,
}

fn refused(kind: &str, text: impl Into<String>) -> Outcome {
    Outcome::Refused(kind.to_owned(), text.into())
}

/// Returns the expected outcome of a row for a user in this state. `has_token` is whether the request is
/// authorized by an access token.
fn expected(row: &str, has_token: bool, state: State, enabled: bool) -> Outcome {
    let renews = row.contains("REFRESH_TOKEN") || row == "GetTokensFromRefreshToken";
    // Tokens are renewed and exchanged only for a user whose access token would be accepted.
    let exchanges = row == "GetDerivedToken";
    let refusal = refusal_of_token(row, state, enabled).filter(|_| has_token || renews || exchanges);
    refusal.unwrap_or_else(|| match row.split_once(", ") {
        _ if renews => Outcome::Tokens(state.name()),
        Some((operation, by)) if operation.contains("Auth") => expected_of_sign_in(by, state, enabled),
        _ => expected_of_others(row, state, enabled),
    })
}

fn disabled() -> Outcome {
    refused("NotAuthorizedException", "User is disabled.")
}

/// Returns the refusal of a request with an access token, or `None` if the user's state allows it. An operation for which
/// the model declares no error type of the state refuses with NotAuthorizedException.
fn refusal_of_token(row: &str, state: State, enabled: bool) -> Option<Outcome> {
    let declares_reset =
        !matches!(row, "AssociateSoftwareToken" | "GetDerivedToken" | "GetTokensFromRefreshToken");
    let declares_unconfirmed = declares_reset && !row.contains("WebAuthn");
    let kind = |is_declared, kind| if is_declared { kind } else { "NotAuthorizedException" };
    match state {
        _ if !enabled => Some(disabled()),
        Unconfirmed => {
            Some(refused(kind(declares_unconfirmed, "UserNotConfirmedException"), "User is not confirmed."))
        }
        ResetRequired => Some(refused(
            kind(declares_reset, "PasswordResetRequiredException"),
            "Password reset required for the user",
        )),
        _ => None,
    }
}

/// Returns the outcome of a sign-in by a flow, or of an answer to a challenge, with the right credentials.
fn expected_of_sign_in(by: &str, state: State, enabled: bool) -> Outcome {
    let unauthorized = |text: &str| refused("NotAuthorizedException", text);
    let challenge = |name: &str| Outcome::Challenge(name.to_owned());
    match (by, state) {
        _ if !enabled => disabled(),
        (_, Unconfirmed) => refused("UserNotConfirmedException", "User is not confirmed."),
        (_, ExternalProvider) => unauthorized("Incorrect username or password."),
        (_, ResetRequired) => {
            refused("PasswordResetRequiredException", "Password reset required for the user")
        }
        ("USER_SRP_AUTH" | "PASSWORD_SRP", _) => challenge("PASSWORD_VERIFIER"),
        ("SELECT_CHALLENGE", _) => challenge("PASSWORD"),
        ("USER_AUTH", _) => challenge("SELECT_CHALLENGE"),
        // A user with a temporary password can sign in by it only: cog-0176.
        ("USER_AUTH by EMAIL_OTP" | "USER_AUTH by WEB_AUTHN", TemporaryPassword | ExpiredPassword) => {
            challenge("SELECT_CHALLENGE")
        }
        ("USER_AUTH by EMAIL_OTP", _) => challenge("EMAIL_OTP"),
        ("USER_AUTH by WEB_AUTHN", _) => challenge("WEB_AUTHN"),
        ("EMAIL_OTP" | "USER_AUTH after signing up", TemporaryPassword | ExpiredPassword) => {
            unauthorized("Invalid session for the user.")
        }
        ("WEB_AUTHN", TemporaryPassword | ExpiredPassword) => unauthorized("Invalid credential."),
        // A second factor is requested only after a permanent password.
        ("SOFTWARE_TOKEN_MFA", _) => Outcome::Tokens(state.name()),
        (_, ExpiredPassword) => {
            unauthorized("Temporary password has expired and must be reset by an administrator.")
        }
        ("NEW_PASSWORD_REQUIRED", TemporaryPassword) => Outcome::Tokens("CONFIRMED"),
        ("NEW_PASSWORD_REQUIRED", _) => unauthorized("Invalid session for the user."),
        (_, TemporaryPassword) => challenge("NEW_PASSWORD_REQUIRED"),
        _ => Outcome::Tokens(state.name()),
    }
}

/// Returns the outcome of an operation that neither takes an access token nor signs in.
fn expected_of_others(row: &str, state: State, enabled: bool) -> Outcome {
    let name = state.name();
    match row {
        "SignUp" => refused("UsernameExistsException", "User already exists"),
        "AdminCreateUser" => refused("UsernameExistsException", "User account already exists"),
        "ConfirmSignUp" | "AdminConfirmSignUp" if state == Unconfirmed && enabled => {
            Outcome::Succeeded("CONFIRMED")
        }
        "ConfirmSignUp" | "AdminConfirmSignUp" if state == Unconfirmed => disabled(),
        "ConfirmSignUp" | "AdminConfirmSignUp" => {
            refused("NotAuthorizedException", format!("User cannot be confirmed. Current status is {name}"))
        }
        "ResendConfirmationCode" if state != Unconfirmed => {
            refused("InvalidParameterException", "User is already confirmed.")
        }
        "ResendConfirmationCode" | "AdminCreateUser, RESEND" | "AdminResetUserPassword" if !enabled => {
            disabled()
        }
        "AdminCreateUser, RESEND" if !state.is_temporary() => refused(
            "UnsupportedUserStateException",
            format!("User cannot be invited again. Current status is {name}"),
        ),
        "AdminResetUserPassword" if matches!(state, Unconfirmed | ExternalProvider | TemporaryPassword) => {
            refused("NotAuthorizedException", "User password cannot be reset in the current state.")
        }
        "AdminResetUserPassword" => Outcome::Succeeded("RESET_REQUIRED"),
        "ForgotPassword" | "ConfirmForgotPassword" if !enabled => disabled(),
        "ForgotPassword" if matches!(state, ExternalProvider | TemporaryPassword) => {
            refused("NotAuthorizedException", "User password cannot be reset in the current state.")
        }
        "AdminSetUserPassword, permanent" | "ConfirmForgotPassword" => Outcome::Succeeded("CONFIRMED"),
        "AdminSetUserPassword, temporary" => Outcome::Succeeded("FORCE_CHANGE_PASSWORD"),
        "ChangePassword" if state == ExternalProvider => {
            refused("NotAuthorizedException", "Incorrect username or password.")
        }
        "ChangePassword" if state == ExpiredPassword => refused(
            "NotAuthorizedException",
            "Temporary password has expired and must be reset by an administrator.",
        ),
        "ChangePassword" => Outcome::Succeeded("CONFIRMED"),
        "AdminDeleteSoftwareToken" if state == Unconfirmed => {
            refused("UserNotConfirmedException", "User is not confirmed.")
        }
        "AdminDeleteUser" | "DeleteUser" => Outcome::Deleted,
        _ => Outcome::Succeeded(name),
    }
}

/// Returns the outcome of a request from its response and the user's record after it.
fn outcome(response: &json_requests::JsonResponse, ann: Option<User>) -> Outcome {
    if response.status != 200 {
        let (_, kind, text) = response.refusal();
        return Outcome::Refused(kind, text);
    }
    let Some(ann) = ann else { return Outcome::Deleted };
    // The output of some operations is an empty body.
    let output = if response.body.is_empty() { Value::Null } else { response.json() };
    match output["ChallengeName"].as_str() {
        Some(challenge) => Outcome::Challenge(challenge.to_owned()),
        None if output["AuthenticationResult"]["AccessToken"].is_string() => {
            Outcome::Tokens(ann.status.as_str())
        }
        None => Outcome::Succeeded(ann.status.as_str()),
    }
}

#[tokio::test]
async fn every_operation_in_every_user_state_has_expected_outcome() {
    check_all(UserFixture::new().await).await;
}

#[tokio::test]
async fn every_operation_in_every_user_state_has_expected_outcome_in_postgres() {
    let Some(backend) = new_postgres_backend().await else { return };
    check_all(UserFixture::with_app(app_on(Store::new(backend))).await).await;
}

async fn check_all(user: UserFixture) {
    let now = user.fixture.server.app.clock.now();
    let mut wrong = Vec::new();
    for (row, request) in user.requests(&user.token) {
        for state in STATES {
            for enabled in [true, false] {
                user.set_state(row, state.status(now), enabled).await;
                let response = user.send(row, &request).await;
                let outcome = outcome(&response, user.find_user().await);
                let expected = expected(row, request.get("AccessToken").is_some(), state, enabled);
                if outcome != expected {
                    wrong.push(format!(
                        "{row} in {state:?}, enabled {enabled}: {outcome:?}, not {expected:?}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A new operation needs a row in the user fixture, or a place in [`ABOUT_NO_USER`].
#[tokio::test]
async fn every_operation_about_a_user_has_a_request() {
    let user = UserFixture::new().await;
    let rows = user.requests(&user.token).into_iter().map(|(row, _)| operation_of(row));
    let served: BTreeSet<_> = SERVED.iter().map(|operation| operation.name()).collect();
    let expected: BTreeSet<_> = rows.chain(ABOUT_NO_USER.iter().copied()).collect();
    assert_eq!(served, expected);
}
