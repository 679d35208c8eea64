//! ResendConfirmationCode.

use super::{LIMITED, MISMATCH};
use crate::support::{PASSWORD, TestServer, assert_refused, attribute, pool_id_of};

#[tokio::test]
async fn resend_confirmation_code_replaces_the_first_code_and_is_limited() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let resend = || server.sdk.resend_confirmation_code().client_id(&ids.client).username("ann");
    let resent = resend().send().await.expect("resent").code_delivery_details.expect("details");
    assert_eq!(resent.destination(), Some("a***@e***"));
    assert_eq!(resent.attribute_name(), Some("email"));
    let [second, first] = server.codes_of("ann").try_into().expect("two messages");
    assert_ne!(first, second);
    let confirm = |code: &str| {
        server.sdk.confirm_sign_up().client_id(&ids.client).username("ann").confirmation_code(code)
    };
    assert_refused!(confirm(&first), is_code_mismatch_exception, MISMATCH);
    for _ in 1..5 {
        resend().send().await.expect("resent");
    }
    assert_refused!(resend(), is_limit_exceeded_exception, LIMITED);
    confirm(&server.code_of("ann")).send().await.expect("confirmed");
    assert_refused!(resend(), is_invalid_parameter_exception, "User is already confirmed.");
}

#[tokio::test]
async fn resend_confirmation_code_in_pool_that_verifies_nothing_is_refused() {
    let server = TestServer::new().await;
    let created = server.sdk.create_user_pool().pool_name("p").send().await.expect("a pool");
    let client = server.create_client(&pool_id_of(created.user_pool())).await;
    let call = server.sdk.sign_up().client_id(&client).username("ann").password(PASSWORD);
    let signed_up =
        call.user_attributes(attribute("email", "ann@example.com")).send().await.expect("signed up");
    assert_eq!(signed_up.code_delivery_details, None);
    let resend = server.sdk.resend_confirmation_code().client_id(&client).username("ann");
    let text = "Cannot resend codes. Auto verification not turned on.";
    assert_refused!(resend, is_not_authorized_exception, text);
}

#[tokio::test]
async fn resend_confirmation_code_of_unknown_user_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let resend = server.sdk.resend_confirmation_code().client_id(&ids.client).username("unknown");
    let unknown_user = "Username/client id combination not found.";
    assert_refused!(resend, is_user_not_found_exception, unknown_user);
}
