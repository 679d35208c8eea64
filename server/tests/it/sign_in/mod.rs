//! Sign-in, sign-out and tokens.

mod admin_initiate_auth;
mod admin_respond_to_auth_challenge;
mod admin_user_global_sign_out;
mod get_tokens_from_refresh_token;
mod get_user;
mod global_sign_out;
mod initiate_auth;
mod respond_to_auth_challenge;
mod revoke_token;

use aws_sdk_cognitoidentityprovider::{
    operation::initiate_auth::builders::InitiateAuthFluentBuilder,
    types::{AuthFlowType, AuthenticationResultType},
};

use crate::support::{PASSWORD, sign_in::SignInFixture};

const WRONG: &str = "Incorrect username or password.";
const REVOKED: &str = "Access Token has been revoked";

/// Signs `ann` in by password and returns the tokens.
async fn signed_in(fixture: &SignInFixture) -> AuthenticationResultType {
    let output = fixture.by_password("ann", PASSWORD).send().await.expect("signed in");
    output.authentication_result.expect("tokens")
}

/// Returns the access token of a sign-in.
fn access_token(result: &AuthenticationResultType) -> String {
    result.access_token().expect("a token").to_owned()
}

/// Builds the request that renews the tokens of a sign-in.
fn renew(fixture: &SignInFixture, result: &AuthenticationResultType) -> InitiateAuthFluentBuilder {
    let token = result.refresh_token().expect("a refresh token");
    fixture.initiate(AuthFlowType::RefreshToken).auth_parameters("REFRESH_TOKEN", token)
}
