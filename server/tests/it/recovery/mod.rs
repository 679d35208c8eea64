//! Account recovery: ForgotPassword and ConfirmForgotPassword.

mod confirm_forgot_password;
mod forgot_password;

use crate::support::{PoolAndClient, TestServer};

/// The new password.
const NEXT: &str = "Passw0rd?";

/// Signs up and confirms a user with a verified e-mail address.
async fn sign_up_and_confirm(server: &TestServer, ids: &PoolAndClient, username: &str) {
    server.sign_up(&ids.client, username, &format!("{username}@example.com")).await;
    let code = server.code_of(username);
    let call = server.sdk.confirm_sign_up().client_id(&ids.client).username(username);
    call.confirmation_code(code).send().await.expect("confirmed");
}
