//! UserMigration: users of another directory, taken over when they sign in or have forgotten their password.

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, LambdaConfigType, PreventUserExistenceErrorTypes, UserStatusType,
};
use serde_json::{Value, json};

use crate::{
    functions::{Does, arn},
    support::{PASSWORD, refused},
    triggers_of_sign_in::{World, tokens},
};

const OLD: &str = "short"; // No policy would take it.
const WRONG: &str = "Incorrect username or password.";

async fn world() -> World {
    World::with(LambdaConfigType::builder().user_migration(arn("migrate")).build()).await
}

/// Knows everybody who comes with the old password, and everybody who has forgotten it.
fn known(event: &mut Value) {
    let password = event["request"].get("password");
    if password.is_none_or(|password| password == OLD) {
        event["response"] = json!({
            "userAttributes": { "email": "bob@example.com", "email_verified": "true" },
            "messageAction": "SUPPRESS",
        });
    }
}

#[tokio::test]
async fn whoever_the_function_knows_signs_in_and_stays() {
    let world = world().await;
    world.functions.when("migrate", Does::Answer(known));
    let call = world.by_password("bob", OLD).client_metadata("from", "elsewhere");
    tokens(call.send().await.expect("signed in"));
    let (status, email) = world.house.user(&world.place.pool, "bob", "email").await;
    assert_eq!((status, email.as_deref()), (UserStatusType::Confirmed, Some("bob@example.com")));
    let mut events = world.functions.events("UserMigration_Authentication");
    // cog-0199, cog-0196
    let expected = json!({ "password": OLD, "validationData": { "from": "elsewhere" } });
    assert_eq!((&events[0]["userName"], &events[0]["request"]), (&json!("bob"), &expected));
    let response = json!({
        "userAttributes": null, "forceAliasCreation": null, "enableSMSMFA": null, "finalUserStatus": null,
        "messageAction": null, "desiredDeliveryMediums": null,
    });
    assert_eq!(events.remove(0)["response"], response);
    assert!(events.is_empty());
    tokens(world.by_password("bob", OLD).send().await.expect("signed in"));
    refused!(world.by_password("bob", "wrong"), is_not_authorized_exception, WRONG);
    tokens(world.by_password("ann", PASSWORD).send().await.expect("signed in"));
    assert_eq!(world.functions.invoked().len(), 1, "who is there is not asked about");
    assert!(world.house.codes_of("bob").is_empty());
}

#[tokio::test]
async fn who_may_choose_is_taken_over_where_a_password_comes_at_once() {
    let world = world().await;
    world.functions.when("migrate", Does::Answer(known));
    let hides = PreventUserExistenceErrorTypes::Legacy;
    let client = world.house.client_for_sign_in(&world.place.pool, hides).await;
    let begin = || {
        let call =
            world.initiate(AuthFlowType::UserAuth).client_id(&client).auth_parameters("USERNAME", "bob");
        call.auth_parameters("PREFERRED_CHALLENGE", "PASSWORD")
    };
    refused!(begin(), is_user_not_found_exception, "User does not exist.");
    assert!(world.functions.invoked().is_empty());
    tokens(begin().auth_parameters("PASSWORD", OLD).send().await.expect("signed in"));
    assert_eq!(world.functions.events("UserMigration_Authentication").len(), 1);
}

#[tokio::test]
async fn administrators_take_users_over_too_and_the_password_may_have_to_change() {
    let world = world().await;
    world.functions.when(
        "migrate",
        Does::Answer(|event| {
            event["response"] = json!({
                "userAttributes": { "email": "bob@example.com", "email_verified": "true" },
                "finalUserStatus": "RESET_REQUIRED", "desiredDeliveryMediums": ["EMAIL"],
            });
        }),
    );
    let call =
        world.house.sdk.admin_initiate_auth().client_id(&world.place.client).user_pool_id(&world.place.pool);
    let call = call.auth_flow(AuthFlowType::AdminUserPasswordAuth);
    let call = call.auth_parameters("USERNAME", "bob").auth_parameters("PASSWORD", OLD);
    refused!(call, is_password_reset_required_exception, "Password reset required for the user");
    let (status, _) = world.house.user(&world.place.pool, "bob", "email").await;
    assert_eq!(status, UserStatusType::ResetRequired);
    assert_eq!(world.house.codes_of("bob"), ["********"], "the welcome tells no password");
}

#[tokio::test]
async fn whom_the_function_does_not_know_is_nobody() {
    let world = world().await;
    let hiding = world.hiding_client().await;
    let failed = format!("Exception migrating user in app client {}", world.place.client);
    let strangers: [fn(&mut Value); 4] = [
        |_| (),
        |event| event["response"]["userAttributes"] = json!({}),
        |event| event["response"]["userAttributes"] = json!({ "email": "nonsense" }),
        |event| event["response"]["userAttributes"] = json!({ "sub": "somebody" }),
    ];
    for (change, name) in strangers.into_iter().zip(["bob", "bea", "ben", "bill"]) {
        world.functions.when("migrate", Does::Answer(change));
        refused!(world.by_password(name, OLD), is_user_not_found_exception, failed.as_str());
        let before = world.house.app.passwords.exponentiations();
        refused!(world.by_password(name, OLD).client_id(&hiding), is_not_authorized_exception, WRONG);
        assert_eq!(world.house.app.passwords.exponentiations() - before, 1, "as for somebody");
    }
    world.functions.when("migrate", Does::Answer(|event| event["response"]["userAttributes"] = "bob".into()));
    let strange = "Unrecognizable lambda output";
    refused!(world.by_password("bob", OLD), is_invalid_lambda_response_exception, strange);
    let bob = world.house.sdk.admin_get_user().user_pool_id(&world.place.pool).username("bob");
    refused!(bob, is_user_not_found_exception, "User does not exist.");
}

/// As many passwords may be tried on a user of the other directory as on one of this pool.
#[tokio::test]
async fn a_password_that_the_function_refuses_is_counted() {
    let world = world().await;
    world.functions.when("migrate", Does::Throw(r#"{"errorMessage":"Bad password"}"#));
    let text = "UserMigration failed with error Bad password.";
    for _ in 0..5 {
        refused!(world.by_password("bob", OLD), is_user_lambda_validation_exception, text);
    }
    let asked = world.functions.invoked().len();
    let locked = "Password attempts exceeded";
    refused!(world.by_password("bob", OLD), is_not_authorized_exception, locked);
    assert_eq!(world.functions.invoked().len(), asked, "nobody is asked about whoever is locked out");
    tokens(world.by_password("ann", PASSWORD).send().await.expect("signed in"));
}

#[tokio::test]
async fn whoever_has_forgotten_the_password_gets_a_code_at_once() {
    let world = world().await;
    world.functions.when("migrate", Does::Answer(known));
    let forgot = world.house.sdk.forgot_password().client_id(&world.place.client).username("bob");
    let told = forgot.client_metadata("by", "hand").send().await.expect("a code").code_delivery_details;
    assert_eq!(told.and_then(|told| told.destination), Some("b***@e***".into()));
    let [event] = world.functions.events("UserMigration_ForgotPassword").try_into().expect("one event");
    assert_eq!(event["request"], json!({ "validationData": null, "clientMetadata": { "by": "hand" } }));
    let (status, _) = world.house.user(&world.place.pool, "bob", "email").await;
    assert_eq!(status, UserStatusType::ResetRequired);
    let confirm = world.house.sdk.confirm_forgot_password().client_id(&world.place.client).username("bob");
    let confirm = confirm.confirmation_code(world.house.code_of("bob")).password("N3w-password!");
    confirm.send().await.expect("a new password");
    tokens(world.by_password("bob", "N3w-password!").send().await.expect("signed in"));
    assert_eq!(world.functions.invoked().len(), 1);
}

#[tokio::test]
async fn a_user_who_appears_meanwhile_is_not_made_twice() {
    let world = world().await;
    world.functions.when("migrate", Does::Answer(known));
    let calls: Vec<_> = (0..6).map(|_| tokio::spawn(world.by_password("bob", OLD).send())).collect();
    for call in calls {
        tokens(call.await.expect("no panic").expect("signed in"));
    }
    let users = world.house.sdk.list_users().user_pool_id(&world.place.pool).send().await.expect("users");
    let bobs = users.users().iter().filter(|user| user.username() == Some("bob")).count();
    assert_eq!(bobs, 1);
}
