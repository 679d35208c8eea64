//! `/_lido/pools/{pool}/users`: the users of a pool, their codes, and tokens without a password.

use std::collections::BTreeMap;

use lido_domain::{id::ClientId, user};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    endpoint::{Answer, Call, Parameter},
    pools::{LIMIT, NEXT_TOKEN, page, pool_id},
    problem::Problem,
};
use crate::{
    clock::rfc3339,
    operations::{
        Origin,
        control::{self, CodePurpose, IssuedTokens, ValidCode},
    },
};

const FILTER: Parameter = Parameter::text(
    "filter",
    "Only users that match, in the syntax of ListUsers, such as `email ^= \"ann\"`",
);

/// The parameters of the list of users.
pub(super) const LIST: &[Parameter] = &[FILTER, LIMIT, NEXT_TOKEN];

/// A page of users.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Users {
    /// The users, in the order of their subs
    users: Vec<User>,
    /// The token of the next page
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A user.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    sub: String,
    username: String,
    /// `UserStatus`, such as CONFIRMED
    status: &'static str,
    enabled: bool,
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    #[schemars(extend("format" = "date-time"))]
    modified_at: String,
    /// The attributes by name, without sub
    attributes: BTreeMap<String, String>,
}

/// The valid codes of a user.
#[derive(Serialize, JsonSchema)]
pub(super) struct Codes {
    /// The codes, the newest first; of each purpose one
    codes: Vec<Code>,
}

/// A code that was sent and is still valid.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Code {
    purpose: Purpose,
    code: String,
    /// The confirmation link, if it was sent as one
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// The mail address or phone number that it was sent to
    to: String,
    #[schemars(extend("format" = "date-time"))]
    sent_at: String,
    #[schemars(extend("format" = "date-time"))]
    expires_at: String,
    /// The message that it was sent in
    message_id: String,
}

/// What a code is for.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Purpose {
    /// ConfirmSignUp
    SignUp,
    /// ConfirmForgotPassword
    ForgotPassword,
    /// VerifyUserAttribute of `email`
    VerifyEmail,
    /// VerifyUserAttribute of `phone_number`
    VerifyPhoneNumber,
    /// A challenge of a sign-in
    Authentication,
    /// The temporary password of an invitation
    TemporaryPassword,
}

/// The app client that tokens are for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct TokenRequest {
    /// The id of an app client of the pool
    client_id: String,
}

/// Tokens as a sign-in returns them.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tokens {
    id_token: String,
    access_token: String,
    refresh_token: String,
    /// The seconds for which the access token is valid
    expires_in: i32,
    token_type: &'static str,
}

fn user_name(call: &Call<'_>) -> String {
    call.path_parameter("user")
}

pub(super) async fn list(call: Call<'_>) -> Result<Answer, Problem> {
    let filter = call.query.text(&FILTER).unwrap_or_default();
    let listed = control::list_users(call.app, &pool_id(&call), filter, &page(&call.query)?).await?;
    let users = listed.items.iter().map(User::from).collect();
    Answer::ok(&Users { users, next_token: listed.next_token })
}

pub(super) async fn get(call: Call<'_>) -> Result<Answer, Problem> {
    let user = control::get_user(call.app, &pool_id(&call), &user_name(&call)).await?;
    Answer::ok(&User::from(&user))
}

/// Confirms a user without a code.
pub(super) async fn confirm(call: Call<'_>) -> Result<Answer, Problem> {
    let (pool, origin) = (pool_id(&call), Origin::of(call.head()));
    let user = control::confirm_user(call.app, &origin, &pool, &user_name(&call)).await?;
    Answer::ok(&User::from(&user))
}

pub(super) async fn codes(call: Call<'_>) -> Result<Answer, Problem> {
    // Those of earlier answers have arrived then.
    call.app.outbox.settle().await;
    let codes = control::valid_codes(call.app, &pool_id(&call), &user_name(&call)).await?;
    Answer::ok(&Codes { codes: codes.into_iter().map(Code::from).collect() })
}

/// Signs a user in without a password.
pub(super) async fn issue_tokens(call: Call<'_>) -> Result<Answer, Problem> {
    let TokenRequest { client_id } = call.body("{\"clientId\": \"ID\"}")?;
    let (pool, client, origin) = (pool_id(&call), ClientId::new(client_id), Origin::of(call.head()));
    let issued = control::issue_tokens(call.app, &origin, &pool, &client, &user_name(&call)).await?;
    let IssuedTokens { id_token, access_token, refresh_token, expires_in } = issued;
    Answer::ok(&Tokens { id_token, access_token, refresh_token, expires_in, token_type: "Bearer" })
}

impl From<&user::User> for User {
    fn from(user: &user::User) -> Self {
        let attributes = user.attributes.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            sub: user.sub.to_string(),
            username: user.username.to_string(),
            status: user.status.as_str(),
            enabled: user.enabled,
            created_at: rfc3339(user.created_at),
            modified_at: rfc3339(user.modified_at),
            attributes: attributes.collect(),
        }
    }
}

impl From<ValidCode> for Code {
    fn from(ValidCode { purpose, message, expires_at }: ValidCode) -> Self {
        Self {
            purpose: match purpose {
                CodePurpose::SignUp => Purpose::SignUp,
                CodePurpose::ForgotPassword => Purpose::ForgotPassword,
                CodePurpose::VerifyEmail => Purpose::VerifyEmail,
                CodePurpose::VerifyPhoneNumber => Purpose::VerifyPhoneNumber,
                CodePurpose::Authentication => Purpose::Authentication,
                CodePurpose::TemporaryPassword => Purpose::TemporaryPassword,
            },
            code: message.code,
            link: message.link,
            to: message.to,
            sent_at: message.sent_at,
            expires_at: rfc3339(expires_at),
            message_id: message.id,
        }
    }
}
