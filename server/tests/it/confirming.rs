//! From sign-up to a confirmed user, and every way not to get there.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    AnalyticsMetadataType, ExplicitAuthFlowsType, UserContextDataType, UserStatusType,
};

use crate::support::{House, attribute, other_than, refused};

const MISMATCH: &str = "Invalid verification code provided, please try again.";
const EXPIRED: &str = "Invalid code provided, please request a code again.";
const LIMITED: &str = "Attempt limit exceeded, please try after some time.";
const CONFIRMED: &str = "User cannot be confirmed. Current status is CONFIRMED";

#[tokio::test]
async fn a_user_confirms_with_all_nine_options() {
    let house = House::new().await;
    let mut place = house.place().await;
    let made = house.sdk.create_user_pool_client().user_pool_id(&place.pool).client_name("secretive");
    let made = made.generate_secret(true).explicit_auth_flows(ExplicitAuthFlowsType::AllowUserAuth);
    let made = made.send().await.expect("a client").user_pool_client.expect("told");
    place.client = made.client_id.expect("an id");
    let hash = crate::secrets::hash(&place.client, &made.client_secret.expect("a secret"), "ann");
    let signing_up = house.sdk.sign_up().client_id(&place.client).username("ann").password("Passw0rd!");
    let signing_up = signing_up.secret_hash(&hash).user_attributes(attribute("email", "ann@example.com"));
    let signed_up = signing_up.send().await.expect("signed up");
    assert!(!signed_up.user_confirmed);
    assert_eq!(house.user(&place.pool, "ann", "email_verified").await.1.as_deref(), Some("false"));

    let confirming = house.sdk.confirm_sign_up().client_id(&place.client).secret_hash(&hash).username("ann");
    let confirming = confirming
        .confirmation_code(house.code_of("ann"))
        .force_alias_creation(false)
        .analytics_metadata(AnalyticsMetadataType::builder().analytics_endpoint_id("endpoint").build())
        .user_context_data(UserContextDataType::builder().encoded_data("data").build())
        .client_metadata("key", "value")
        .session(signed_up.session.expect("a session, where USER_AUTH is allowed"));
    let confirmed = confirming.send().await.expect("confirmed");
    assert!(confirmed.session.is_some_and(|session| session.len() >= 20));
    let (status, verified) = house.user(&place.pool, "ann", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("true")));
}

#[tokio::test]
async fn an_administrator_confirms_without_a_code_and_verifies_nothing() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "bob", "bob@example.com").await;
    let confirm = || house.sdk.admin_confirm_sign_up().user_pool_id(&place.pool).username("bob");
    confirm().client_metadata("key", "value").send().await.expect("confirmed");
    let (status, verified) = house.user(&place.pool, "bob", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("false")));
    refused!(confirm(), is_not_authorized_exception, CONFIRMED);
    let confirm = || house.sdk.confirm_sign_up().client_id(&place.client).username("bob");
    refused!(confirm().confirmation_code("nonsense"), is_not_authorized_exception, CONFIRMED);
}

#[tokio::test]
async fn wrong_codes_are_refused_and_counted() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let code = house.code_of("ann");
    let confirm = |code: &str| {
        house.sdk.confirm_sign_up().client_id(&place.client).username("ann").confirmation_code(code)
    };
    for wrong in [other_than(&code), "123", "1234567", "nonsense"] {
        refused!(confirm(wrong), is_code_mismatch_exception, MISMATCH);
    }
    for _ in 4..15 {
        refused!(confirm("nonsense"), is_code_mismatch_exception, MISMATCH);
    }
    refused!(confirm(&code), is_limit_exceeded_exception, LIMITED);
    house.app.clock.advance(Duration::from_secs(60 * 60));
    confirm(&code).send().await.expect("the hour is over");
}

#[tokio::test]
async fn a_code_is_good_for_a_day() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    house.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let code = house.code_of("ann");
    let confirm =
        || house.sdk.confirm_sign_up().client_id(&place.client).username("ann").confirmation_code(&code);
    refused!(confirm(), is_expired_code_exception, EXPIRED);
}

#[tokio::test]
async fn a_resent_code_takes_the_place_of_the_first() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let resend = || house.sdk.resend_confirmation_code().client_id(&place.client).username("ann");
    let resent = resend().send().await.expect("resent").code_delivery_details.expect("details");
    assert_eq!(resent.destination(), Some("a***@e***"));
    assert_eq!(resent.attribute_name(), Some("email"));
    let [second, first] = house.codes_of("ann").try_into().expect("two messages");
    assert_ne!(first, second);
    let confirm = |code: &str| {
        house.sdk.confirm_sign_up().client_id(&place.client).username("ann").confirmation_code(code)
    };
    refused!(confirm(&first), is_code_mismatch_exception, MISMATCH);
    for _ in 1..5 {
        resend().send().await.expect("resent");
    }
    refused!(resend(), is_limit_exceeded_exception, LIMITED);
    confirm(&house.code_of("ann")).send().await.expect("confirmed");
    refused!(resend(), is_invalid_parameter_exception, "User is already confirmed.");
}

#[tokio::test]
async fn a_pool_that_verifies_nothing_has_no_codes() {
    let house = House::new().await;
    let made = house.sdk.create_user_pool().pool_name("p").send().await.expect("a pool");
    let client = house.client_in(&crate::support::id_of(made.user_pool())).await;
    let call = house.sdk.sign_up().client_id(&client).username("ann").password("Passw0rd!");
    let signed_up =
        call.user_attributes(attribute("email", "ann@example.com")).send().await.expect("signed up");
    assert_eq!(signed_up.code_delivery_details, None);
    let resend = house.sdk.resend_confirmation_code().client_id(&client).username("ann");
    let text = "Cannot resend codes. Auto verification not turned on.";
    refused!(resend, is_not_authorized_exception, text);
    let confirm = house.sdk.confirm_sign_up().client_id(&client).username("ann").confirmation_code("123456");
    refused!(confirm, is_expired_code_exception, EXPIRED);
}

#[tokio::test]
async fn who_and_what_is_not_there() {
    let house = House::new().await;
    let place = house.place().await;
    let confirm = |client: &str| {
        house.sdk.confirm_sign_up().client_id(client).username("nobody").confirmation_code("123456")
    };
    let nobody = "Username/client id combination not found.";
    refused!(confirm(&place.client), is_user_not_found_exception, nobody);
    refused!(confirm("none"), is_resource_not_found_exception, "User pool client none does not exist.");
    let resend = house.sdk.resend_confirmation_code().client_id(&place.client).username("nobody");
    refused!(resend, is_user_not_found_exception, nobody);
    let admin = |pool: &str| house.sdk.admin_confirm_sign_up().user_pool_id(pool).username("nobody");
    refused!(admin(&place.pool), is_user_not_found_exception, "User does not exist.");
    let unknown = "User pool us-east-1_nowhere does not exist.";
    refused!(admin("us-east-1_nowhere"), is_resource_not_found_exception, unknown);
    let get = |pool: &str| house.sdk.admin_get_user().user_pool_id(pool).username("nobody");
    refused!(get(&place.pool), is_user_not_found_exception, "User does not exist.");
    refused!(get("us-east-1_nowhere"), is_resource_not_found_exception, unknown);
}

#[tokio::test]
async fn bad_input_never_reaches_a_user() {
    let house = House::new().await;
    let confirm = house.sdk.confirm_sign_up().client_id("c").username("ann").confirmation_code("12 34");
    let text = "1 validation error detected: Value '12 34' at 'confirmationCode' failed to satisfy constraint: \
                Member must satisfy regular expression pattern: [\\S]+";
    refused!(confirm, is_invalid_parameter_exception, text);
    let admin = house.sdk.admin_confirm_sign_up().user_pool_id("YOUR-USER-POOL-ID").username("ann");
    let text = "1 validation error detected: Value 'YOUR-USER-POOL-ID' at 'userPoolId' failed to satisfy \
                constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+";
    refused!(admin, is_invalid_parameter_exception, text);
    let missing = house.sdk.confirm_sign_up().client_id("c").username("ann");
    let text = "1 validation error detected: Value null at 'confirmationCode' failed to satisfy constraint: \
                Member must not be null";
    refused!(missing, is_invalid_parameter_exception, text);
}

#[tokio::test]
async fn a_session_that_is_another_users_is_refused() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let confirm = house.sdk.confirm_sign_up().client_id(&place.client).username("ann");
    let confirm = confirm.confirmation_code(house.code_of("ann")).session("a session that nobody was given");
    refused!(confirm, is_not_authorized_exception, "Invalid session for the user.");
}
