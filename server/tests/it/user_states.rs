//! Every operation in every state of a user, enabled or not, over the wire: the domain's table (`flow/status_tests.rs`) in
//! the words that a client reads, with the operations that do not ask the domain about the state.
//!
//! States that no served operation leads to, such as EXTERNAL_PROVIDER, are put into the store. The requests are in
//! [`crate::support::user_fixture`].

use std::collections::BTreeSet;

use lido::operations::SERVED;
use lido_domain::{
    Timestamp,
    user::{Status, User},
};
use lido_runtime::Operation as _;
use serde_json::Value;

use crate::support::{
    json_requests,
    user_fixture::{UserFixture, operation_of},
};

/// The operations that are about no user, or about no one user. All others have a row at least.
const ABOUT_NO_USER: [&str; 26] = [
    "AddCustomAttributes",
    "AddUserPoolClientSecret",
    "CreateGroup",
    "CreateUserPool",
    "CreateUserPoolClient",
    "DeleteGroup",
    "DeleteUserPool",
    "DeleteUserPoolClient",
    "DeleteUserPoolClientSecret",
    "DescribeUserPool",
    "DescribeUserPoolClient",
    "GetGroup",
    "GetUserPoolMfaConfig",
    "ListGroups",
    "ListTagsForResource",
    "ListUserPoolClientSecrets",
    "ListUserPoolClients",
    "ListUserPools",
    "ListUsers",
    "ListUsersInGroup",
    "SetUserPoolMfaConfig",
    "TagResource",
    "UntagResource",
    "UpdateGroup",
    "UpdateUserPool",
    "UpdateUserPoolClient",
];

/// The states, the last two being a temporary password that is good and one that has expired.
const STATES: [&str; 6] = [
    "UNCONFIRMED",
    "CONFIRMED",
    "EXTERNAL_PROVIDER",
    "RESET_REQUIRED",
    "FORCE_CHANGE_PASSWORD",
    "FORCE_CHANGE_PASSWORD",
];

fn state_at(at: usize, now: Timestamp) -> Status {
    match at {
        0 => Status::Unconfirmed,
        1 => Status::Confirmed,
        2 => Status::ExternalProvider,
        3 => Status::ResetRequired,
        4 => Status::ForceChangePassword { expires_at: Timestamp::from_millis(now.as_millis() + 1) },
        _ => Status::ForceChangePassword { expires_at: now },
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    /// No, by this type and text.
    Refused(String, String),
    /// Yes, and the user is then in this state.
    State(&'static str),
    /// Tokens, and the user is then in this state.
    Tokens(&'static str),
    /// This challenge, and the user is as before.
    Challenge(String),
    /// Yes, and the user is no more.
    Gone,
}

fn no(kind: &str, text: impl Into<String>) -> Answer {
    Answer::Refused(kind.to_owned(), text.into())
}

/// What a row answers for a user in the state `at`, enabled or not; `is_borne` is whether a token authorizes it.
fn expected(row: &str, is_borne: bool, at: usize, enabled: bool) -> Answer {
    let renews = row.contains("REFRESH_TOKEN") || row == "GetTokensFromRefreshToken";
    // Whoever may not act gets no new tokens either.
    let refusal = refused_to_bearers(row, at, enabled).filter(|_| is_borne || renews);
    refusal.unwrap_or_else(|| match row.split_once(", ") {
        _ if renews => Answer::Tokens(STATES[at]),
        Some((operation, by)) if operation.contains("Auth") => signing_in(by, at, enabled),
        _ => of_the_others(row, at, enabled),
    })
}

fn disabled() -> Answer {
    no("NotAuthorizedException", "User is disabled.")
}

/// What is said to tokens of users who may not act. The models of some operations know no type for one of the two
/// states, and these say it by the type that they know.
fn refused_to_bearers(row: &str, at: usize, enabled: bool) -> Option<Answer> {
    let knows_unconfirmed =
        !row.contains("WebAuthn") && !matches!(row, "AssociateSoftwareToken" | "GetTokensFromRefreshToken");
    let knows_reset = !matches!(row, "AssociateSoftwareToken" | "GetTokensFromRefreshToken");
    let kind = |knows, kind| if knows { kind } else { "NotAuthorizedException" };
    match at {
        _ if !enabled => Some(disabled()),
        0 => Some(no(kind(knows_unconfirmed, "UserNotConfirmedException"), "User is not confirmed.")),
        3 => Some(no(
            kind(knows_reset, "PasswordResetRequiredException"),
            "Password reset required for the user",
        )),
        _ => None,
    }
}

/// What is said to whoever signs in by a flow or answers a challenge, and knows whatever is asked: the state goes first.
fn signing_in(by: &str, at: usize, enabled: bool) -> Answer {
    let refused = |text: &str| no("NotAuthorizedException", text);
    let challenge = |name: &str| Answer::Challenge(name.to_owned());
    match (by, at) {
        _ if !enabled => disabled(),
        (_, 0) => no("UserNotConfirmedException", "User is not confirmed."),
        (_, 2) => refused("Incorrect username or password."),
        (_, 3) => no("PasswordResetRequiredException", "Password reset required for the user"),
        ("USER_SRP_AUTH" | "PASSWORD_SRP", _) => challenge("PASSWORD_VERIFIER"),
        ("SELECT_CHALLENGE", _) => challenge("PASSWORD"),
        ("USER_AUTH", _) => challenge("SELECT_CHALLENGE"),
        // Whoever has a temporary password shows it, and nothing else: cog-0176.
        ("USER_AUTH by EMAIL_OTP" | "USER_AUTH by WEB_AUTHN", 4 | 5) => challenge("SELECT_CHALLENGE"),
        ("USER_AUTH by EMAIL_OTP", _) => challenge("EMAIL_OTP"),
        ("USER_AUTH by WEB_AUTHN", _) => challenge("WEB_AUTHN"),
        ("EMAIL_OTP" | "USER_AUTH after signing up", 4 | 5) => refused("Invalid session for the user."),
        ("WEB_AUTHN", 4 | 5) => refused("Invalid credential."),
        // A second factor comes after a password, which was not temporary then.
        ("SOFTWARE_TOKEN_MFA", _) => Answer::Tokens(STATES[at]),
        (_, 5) => refused("Temporary password has expired and must be reset by an administrator."),
        ("NEW_PASSWORD_REQUIRED", 4) => Answer::Tokens("CONFIRMED"),
        ("NEW_PASSWORD_REQUIRED", _) => refused("Invalid session for the user."),
        (_, 4) => challenge("NEW_PASSWORD_REQUIRED"),
        _ => Answer::Tokens(STATES[at]),
    }
}

fn of_the_others(row: &str, at: usize, enabled: bool) -> Answer {
    let state = STATES[at];
    match row {
        "SignUp" => no("UsernameExistsException", "User already exists"),
        "AdminCreateUser" => no("UsernameExistsException", "User account already exists"),
        "ConfirmSignUp" | "AdminConfirmSignUp" if at == 0 && enabled => Answer::State("CONFIRMED"),
        "ConfirmSignUp" | "AdminConfirmSignUp" if at == 0 => disabled(),
        "ConfirmSignUp" | "AdminConfirmSignUp" => {
            no("NotAuthorizedException", format!("User cannot be confirmed. Current status is {state}"))
        }
        "ResendConfirmationCode" if at > 0 => no("InvalidParameterException", "User is already confirmed."),
        "ResendConfirmationCode" | "AdminCreateUser, RESEND" | "AdminResetUserPassword" if !enabled => {
            disabled()
        }
        "AdminCreateUser, RESEND" if at < 4 => no(
            "UnsupportedUserStateException",
            format!("User cannot be invited again. Current status is {state}"),
        ),
        "AdminResetUserPassword" if matches!(at, 0 | 2 | 4) => {
            no("NotAuthorizedException", "User password cannot be reset in the current state.")
        }
        "AdminResetUserPassword" => Answer::State("RESET_REQUIRED"),
        "ForgotPassword" | "ConfirmForgotPassword" if !enabled => disabled(),
        "ForgotPassword" if matches!(at, 2 | 4) => {
            no("NotAuthorizedException", "User password cannot be reset in the current state.")
        }
        "AdminSetUserPassword, permanent" | "ConfirmForgotPassword" => Answer::State("CONFIRMED"),
        "AdminSetUserPassword, temporary" => Answer::State("FORCE_CHANGE_PASSWORD"),
        "ChangePassword" if at == 2 => no("NotAuthorizedException", "Incorrect username or password."),
        "ChangePassword" if at == 5 => no(
            "NotAuthorizedException",
            "Temporary password has expired and must be reset by an administrator.",
        ),
        "ChangePassword" => Answer::State("CONFIRMED"),
        "AdminDeleteSoftwareToken" if at == 0 => no("UserNotConfirmedException", "User is not confirmed."),
        "AdminDeleteUser" | "DeleteUser" => Answer::Gone,
        _ => Answer::State(state),
    }
}

/// What came back, ann being so now.
fn told(answer: &json_requests::Answer, ann: Option<User>) -> Answer {
    if answer.status != 200 {
        let (_, kind, text) = answer.refusal();
        return Answer::Refused(kind, text);
    }
    let Some(ann) = ann else { return Answer::Gone };
    // Some outputs are no more than an empty body.
    let output = if answer.body.is_empty() { Value::Null } else { answer.json() };
    match output["ChallengeName"].as_str() {
        Some(challenge) => Answer::Challenge(challenge.to_owned()),
        None if output["AuthenticationResult"]["AccessToken"].is_string() => {
            Answer::Tokens(ann.status.as_str())
        }
        None => Answer::State(ann.status.as_str()),
    }
}

#[tokio::test]
async fn every_operation_in_every_user_state_answers_as_expected() {
    let user = UserFixture::new().await;
    let now = user.fixture.server.app.clock.now();
    let mut wrong = Vec::new();
    for (row, request) in user.requests(&user.token) {
        for (at, state) in STATES.iter().enumerate() {
            for enabled in [true, false] {
                user.put(row, state_at(at, now), enabled).await;
                let answer = user.send(row, &request).await;
                let told = told(&answer, user.find().await);
                let expected = expected(row, request.get("AccessToken").is_some(), at, enabled);
                if told != expected {
                    wrong.push(format!(
                        "{row} in {at} ({state}), enabled {enabled}: {told:?}, not {expected:?}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whoever adds an operation says what it is to each state, or that it is about no user.
#[tokio::test]
async fn every_operation_about_a_user_has_a_request() {
    let user = UserFixture::new().await;
    let rows = user.requests(&user.token).into_iter().map(|(row, _)| operation_of(row));
    let served: BTreeSet<_> = SERVED.iter().map(|operation| operation.name()).collect();
    let expected: BTreeSet<_> = rows.chain(ABOUT_NO_USER).collect();
    assert_eq!(served, expected);
}
