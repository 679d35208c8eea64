//! UserMigration: users of another directory, imported at a sign-in or at ForgotPassword.

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, LambdaConfigType, PreventUserExistenceErrorTypes, UserStatusType,
};
use serde_json::{Value, json};

use crate::{
    functions::{Behavior, arn},
    support::{
        PASSWORD, assert_refused,
        triggers::{TriggerFixture, tokens},
    },
};

const OLD: &str = "short"; // Against the password policy.
const WRONG: &str = "Incorrect username or password.";

async fn fixture() -> TriggerFixture {
    TriggerFixture::with(LambdaConfigType::builder().user_migration(arn("migrate")).build()).await
}

/// Returns attributes if the password is the old one, or if there is none, as in ForgotPassword.
fn migrate(event: &mut Value) {
    let password = event["request"].get("password");
    if password.is_none_or(|password| password == OLD) {
        event["response"] = json!({
            "userAttributes": { "email": "bob@example.com", "email_verified": "true" },
            "messageAction": "SUPPRESS",
        });
    }
}

#[tokio::test]
async fn user_migration_of_known_user_signs_in_and_creates_the_user() {
    let fixture = fixture().await;
    fixture.functions.when("migrate", Behavior::Answer(migrate));
    let call = fixture.by_password("bob", OLD).client_metadata("from", "elsewhere");
    tokens(call.send().await.expect("signed in"));
    let (status, email) = fixture.server.status_and_attribute(&fixture.ids.pool, "bob", "email").await;
    assert_eq!((status, email.as_deref()), (UserStatusType::Confirmed, Some("bob@example.com")));
    let mut events = fixture.functions.events("UserMigration_Authentication");
    // cog-0199, cog-0196
    let expected = json!({ "password": OLD, "validationData": { "from": "elsewhere" } });
    assert_eq!((&events[0]["userName"], &events[0]["request"]), (&json!("bob"), &expected));
    let response = json!({
        "userAttributes": null, "forceAliasCreation": null, "enableSMSMFA": null, "finalUserStatus": null,
        "messageAction": null, "desiredDeliveryMediums": null,
    });
    assert_eq!(events.remove(0)["response"], response);
    assert!(events.is_empty());
    tokens(fixture.by_password("bob", OLD).send().await.expect("signed in"));
    assert_refused!(fixture.by_password("bob", "wrong"), is_not_authorized_exception, WRONG);
    tokens(fixture.by_password("ann", PASSWORD).send().await.expect("signed in"));
    assert_eq!(fixture.functions.invoked().len(), 1, "the function was called for an existing user");
    assert!(fixture.server.codes_of("bob").is_empty());
}

#[tokio::test]
async fn user_migration_in_user_auth_needs_the_password_at_once() {
    let fixture = fixture().await;
    fixture.functions.when("migrate", Behavior::Answer(migrate));
    let hides = PreventUserExistenceErrorTypes::Legacy;
    let client = fixture.server.create_sign_in_client(&fixture.ids.pool, hides).await;
    let begin = || {
        let call =
            fixture.initiate(AuthFlowType::UserAuth).client_id(&client).auth_parameters("USERNAME", "bob");
        call.auth_parameters("PREFERRED_CHALLENGE", "PASSWORD")
    };
    assert_refused!(begin(), is_user_not_found_exception, "User does not exist.");
    assert!(fixture.functions.invoked().is_empty());
    tokens(begin().auth_parameters("PASSWORD", OLD).send().await.expect("signed in"));
    assert_eq!(fixture.functions.events("UserMigration_Authentication").len(), 1);
}

#[tokio::test]
async fn user_migration_by_admin_initiate_auth_may_require_a_reset() {
    let fixture = fixture().await;
    fixture.functions.when(
        "migrate",
        Behavior::Answer(|event| {
            event["response"] = json!({
                "userAttributes": { "email": "bob@example.com", "email_verified": "true" },
                "finalUserStatus": "RESET_REQUIRED", "desiredDeliveryMediums": ["EMAIL"],
            });
        }),
    );
    let call = fixture
        .server
        .sdk
        .admin_initiate_auth()
        .client_id(&fixture.ids.client)
        .user_pool_id(&fixture.ids.pool);
    let call = call.auth_flow(AuthFlowType::AdminUserPasswordAuth);
    let call = call.auth_parameters("USERNAME", "bob").auth_parameters("PASSWORD", OLD);
    assert_refused!(call, is_password_reset_required_exception, "Password reset required for the user");
    let (status, _) = fixture.server.status_and_attribute(&fixture.ids.pool, "bob", "email").await;
    assert_eq!(status, UserStatusType::ResetRequired);
    assert_eq!(fixture.server.codes_of("bob"), ["********"], "the message must not contain the password");
}

#[tokio::test]
async fn user_migration_of_unknown_user_is_refused() {
    let fixture = fixture().await;
    let hiding = fixture.create_hiding_client().await;
    let failed = format!("Exception migrating user in app client {}", fixture.ids.client);
    let unknown: [fn(&mut Value); 4] = [
        |_| (),
        |event| event["response"]["userAttributes"] = json!({}),
        |event| event["response"]["userAttributes"] = json!({ "email": "nonsense" }),
        |event| event["response"]["userAttributes"] = json!({ "sub": "another" }),
    ];
    for (change, name) in unknown.into_iter().zip(["bob", "bea", "ben", "bill"]) {
        fixture.functions.when("migrate", Behavior::Answer(change));
        assert_refused!(fixture.by_password(name, OLD), is_user_not_found_exception, failed.as_str());
        let before = fixture.server.app.passwords.exponentiations();
        assert_refused!(
            fixture.by_password(name, OLD).client_id(&hiding),
            is_not_authorized_exception,
            WRONG
        );
        assert_eq!(
            fixture.server.app.passwords.exponentiations() - before,
            1,
            "an unknown user must cost as much as a known one"
        );
    }
    fixture
        .functions
        .when("migrate", Behavior::Answer(|event| event["response"]["userAttributes"] = "bob".into()));
    let text = "Unrecognizable lambda output";
    assert_refused!(fixture.by_password("bob", OLD), is_invalid_lambda_response_exception, text);
    let bob = fixture.server.sdk.admin_get_user().user_pool_id(&fixture.ids.pool).username("bob");
    assert_refused!(bob, is_user_not_found_exception, "User does not exist.");
}

/// Wrong passwords are limited for users of the other directory as for users of the pool.
#[tokio::test]
async fn user_migration_with_refused_passwords_is_counted() {
    let fixture = fixture().await;
    fixture.functions.when("migrate", Behavior::Throw(r#"{"errorMessage":"Bad password"}"#));
    let text = "UserMigration failed with error Bad password.";
    for _ in 0..5 {
        assert_refused!(fixture.by_password("bob", OLD), is_user_lambda_validation_exception, text);
    }
    let calls = fixture.functions.invoked().len();
    let locked = "Password attempts exceeded";
    assert_refused!(fixture.by_password("bob", OLD), is_not_authorized_exception, locked);
    assert_eq!(fixture.functions.invoked().len(), calls, "the function was called for a locked user");
    tokens(fixture.by_password("ann", PASSWORD).send().await.expect("signed in"));
}

#[tokio::test]
async fn user_migration_by_forgot_password_sends_a_code() {
    let fixture = fixture().await;
    fixture.functions.when("migrate", Behavior::Answer(migrate));
    let forgot = fixture.server.sdk.forgot_password().client_id(&fixture.ids.client).username("bob");
    let details = forgot.client_metadata("by", "hand").send().await.expect("a code").code_delivery_details;
    assert_eq!(details.and_then(|details| details.destination), Some("b***@e***".into()));
    let [event] = fixture.functions.events("UserMigration_ForgotPassword").try_into().expect("one event");
    assert_eq!(event["request"], json!({ "validationData": null, "clientMetadata": { "by": "hand" } }));
    let (status, _) = fixture.server.status_and_attribute(&fixture.ids.pool, "bob", "email").await;
    assert_eq!(status, UserStatusType::ResetRequired);
    let confirm = fixture.server.sdk.confirm_forgot_password().client_id(&fixture.ids.client).username("bob");
    let confirm = confirm.confirmation_code(fixture.server.code_of("bob")).password("N3w-password!");
    confirm.send().await.expect("a new password");
    tokens(fixture.by_password("bob", "N3w-password!").send().await.expect("signed in"));
    assert_eq!(fixture.functions.invoked().len(), 1);
}

#[tokio::test]
async fn user_migration_in_a_race_creates_one_user() {
    let fixture = fixture().await;
    fixture.functions.when("migrate", Behavior::Answer(migrate));
    let calls: Vec<_> = (0..6).map(|_| tokio::spawn(fixture.by_password("bob", OLD).send())).collect();
    for call in calls {
        tokens(call.await.expect("no panic").expect("signed in"));
    }
    let users = fixture.server.sdk.list_users().user_pool_id(&fixture.ids.pool).send().await.expect("users");
    let bobs = users.users().iter().filter(|user| user.username() == Some("bob")).count();
    assert_eq!(bobs, 1);
}
