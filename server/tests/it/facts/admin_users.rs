//! What administrators do with users, and what a user's status lets be done.

use serde_json::{Value, json};

use super::{assert_refused, attributes, row, text, with};
use crate::{
    functions::{Does, Functions},
    support::{House, Place},
    triggers::{house_of, place_of},
};

fn create(pool: &str, username: &str) -> Value {
    json!({"UserPoolId": pool, "Username": username, "MessageAction": "SUPPRESS"})
}

/// Signs a user up with an address of their own, and gives the code.
async fn signed_up(house: &House, place: &Place, username: &str) -> String {
    house.sign_up(&place.client, username, &format!("{username}@example.com")).await;
    house.code_of(username)
}

#[tokio::test]
async fn a_user_is_created_or_refused() {
    let house = House::new().await;
    let place = house.place().await;
    let email = house.pool_with(json!({"UsernameAttributes": ["email"]})).await;
    let phone = house.pool_with(json!({"UsernameAttributes": ["phone_number"]})).await;
    house.done("AdminCreateUser", &create(&place.pool, "ann")).await;
    house.done("AdminCreateUser", &create(&email, "ann@example.com")).await;
    let invalid =
        |facts, input, text: &str| row(facts, "AdminCreateUser", input, "InvalidParameterException", text);
    let password = |facts, password: &str, rule: &str| {
        let input = with(&create(&place.pool, "bob"), json!({"TemporaryPassword": password}));
        let text = format!("Password did not conform with password policy: {rule}");
        row(facts, "AdminCreateUser", input, "InvalidPasswordException", text)
    };
    let given =
        |all: &[(&str, &str)]| with(&create(&place.pool, "bob"), json!({"UserAttributes": attributes(all)}));
    let resend = |username: &str| with(&create(&place.pool, username), json!({"MessageAction": "RESEND"}));
    let taken =
        |facts, input, text: &str| row(facts, "AdminCreateUser", input, "UsernameExistsException", text);
    let rows = [
        taken("cog-0287", create(&place.pool, "ann"), "User account already exists"),
        taken(
            "cog-0288",
            create(&email, "ann@example.com"),
            "An account with the given email already exists.",
        ),
        invalid("cog-0290", given(&[("email", "bob")]), "Invalid email address format."),
        password("cog-0291", "passw0rd!", "Password must have uppercase characters"),
        password("cog-0388", "Password!", "Password must have numeric characters"),
        invalid(
            "cog-0295",
            given(&[("custom:role", "admin")]),
            "Attributes did not conform to the schema: Type for attribute {custom:role} could not be determined",
        ),
        invalid("cog-0389", create(&phone, "bob"), "Username should be a phone number."),
        row("cog-0387", "AdminCreateUser", resend("nobody"), "UserNotFoundException", "User does not exist."),
    ];
    assert_refused(&house, rows).await;
}

#[tokio::test]
async fn a_user_who_must_change_a_password_has_nothing_to_confirm_and_none_to_reset() {
    let house = House::new().await;
    let place = house.place().await;
    house.done("AdminCreateUser", &create(&place.pool, "ann")).await;
    let ann = json!({"UserPoolId": place.pool, "Username": "ann"});
    let confirm = json!({"ClientId": place.client, "Username": "ann", "ConfirmationCode": "123456"});
    let status = "User cannot be confirmed. Current status is FORCE_CHANGE_PASSWORD";
    let reset = "User password cannot be reset in the current state.";
    let refused =
        |facts, operation, input, text: &str| row(facts, operation, input, "NotAuthorizedException", text);
    let rows = [
        refused("cog-0041", "ConfirmSignUp", confirm, status),
        refused("cog-0059", "AdminConfirmSignUp", ann.clone(), status),
        refused("cog-0301", "AdminResetUserPassword", ann, reset),
    ];
    assert_refused(&house, rows).await;
}

#[tokio::test]
async fn a_disabled_user() {
    let house = House::new().await;
    let place = house.place().await;
    let code = signed_up(&house, &place, "ann").await;
    signed_up(&house, &place, "bob").await;
    let user = |username: &str| json!({"UserPoolId": place.pool, "Username": username});
    house.done("AdminConfirmSignUp", &user("bob")).await;
    for username in ["ann", "bob"] {
        house.done("AdminDisableUser", &user(username)).await;
    }
    let confirm = json!({"ClientId": place.client, "Username": "ann", "ConfirmationCode": code});
    let refused =
        |facts, operation, input| row(facts, operation, input, "NotAuthorizedException", "User is disabled.");
    let rows = [
        // Nobody has recorded what a disabled user meets here; the same, until somebody does.
        refused("cog-0039", "ConfirmSignUp", confirm.clone()),
        refused("cog-0302", "AdminResetUserPassword", user("bob")),
    ];
    assert_refused(&house, rows).await;
    house.done("AdminEnableUser", &user("ann")).await;
    house.done("ConfirmSignUp", &confirm).await;
}

#[tokio::test]
async fn bodies_of_success() {
    let house = House::new().await;
    let place = house.place().await;
    signed_up(&house, &place, "ann").await;
    let ann = json!({"UserPoolId": place.pool, "Username": "ann"});
    let password = with(&ann, json!({"Password": "Passw0rd!", "Permanent": true}));
    let answer = house.post("AdminSetUserPassword", &password).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}")); // cog-0304
    assert_eq!(answer.header("content-length"), "2");
    let answer = house.post("AdminDeleteUser", &ann).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "")); // cog-0296
    assert_eq!(answer.header("content-length"), "0");
    let gone = "User does not exist.";
    let rows = [
        row("cog-0298", "AdminGetUser", ann, "UserNotFoundException", gone),
        row("cog-0390", "AdminSetUserPassword", password, "UserNotFoundException", gone),
    ];
    assert_refused(&house, rows).await;
}

#[tokio::test]
async fn every_status_that_is_in_use() {
    // cog-0260: EXTERNAL_PROVIDER is for those who come from elsewhere, which nobody does yet.
    let house = House::new().await;
    let place = house.place().await;
    let user = |username: &str| json!({"UserPoolId": place.pool, "Username": username});
    let status = async |username: &str| {
        text(&house.done("AdminGetUser", &user(username)).await["UserStatus"]).to_owned()
    };
    house.done("AdminCreateUser", &create(&place.pool, "eve")).await;
    assert_eq!(status("eve").await, "FORCE_CHANGE_PASSWORD");
    let code = signed_up(&house, &place, "ann").await;
    assert_eq!(status("ann").await, "UNCONFIRMED");
    let confirm = json!({"ClientId": place.client, "Username": "ann", "ConfirmationCode": code});
    house.done("ConfirmSignUp", &confirm).await;
    assert_eq!(status("ann").await, "CONFIRMED");
    house.done("AdminResetUserPassword", &user("ann")).await;
    assert_eq!(status("ann").await, "RESET_REQUIRED");
}

#[tokio::test]
async fn a_taken_address_is_refused_when_a_user_is_changed() {
    let house = House::new().await;
    let pool = house.pool_with(json!({"AliasAttributes": ["email"]})).await;
    let verified = attributes(&[("email", "one@example.com"), ("email_verified", "true")]);
    for username in ["ann", "eve"] {
        house.done("AdminCreateUser", &create(&pool, username)).await;
    }
    let change =
        |username: &str| json!({"UserPoolId": pool, "Username": username, "UserAttributes": verified});
    house.done("AdminUpdateUserAttributes", &change("ann")).await;
    let exists = "An account with the given email already exists.";
    let rows = [row("cog-0305", "AdminUpdateUserAttributes", change("eve"), "AliasExistsException", exists)];
    assert_refused(&house, rows).await;
}

#[tokio::test]
async fn a_function_may_refuse_whom_an_administrator_creates_and_decides_nothing_else() {
    let functions = Functions::serve().await;
    let house = house_of(&functions).await;
    let place = place_of(&house).await;
    let input = with(
        &create(&place.pool, "ann"),
        json!({"ValidationData": attributes(&[("key", "value")]), "ClientMetadata": {"campaign": "spring"}}),
    );
    functions.when("pre", Does::Refuse(403, "AccessDeniedException"));
    let failed = "PreSignUp invocation failed due to error AccessDeniedException.";
    let rows = [row("cog-0294", "AdminCreateUser", input.clone(), "UnexpectedLambdaException", failed)];
    assert_refused(&house, rows).await;
    functions.when("pre", Does::Answer(|event| event["userName"] = "eve".into()));
    let mismatch = "Invalid user name. User name in Lambda mismatches the actual username.";
    let rows =
        [row("cog-0292", "AdminCreateUser", input.clone(), "InvalidLambdaResponseException", mismatch)];
    assert_refused(&house, rows).await;
    functions.when("pre", Does::Answer(|event| event["response"]["autoConfirmUser"] = true.into()));
    let user = house.done("AdminCreateUser", &input).await;
    assert_eq!(user["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD"); // cog-0285
    let events = functions.events("PreSignUp_AdminCreateUser");
    assert_eq!(events.len(), 3, "once a request");
    assert_eq!(events[2]["request"]["validationData"], json!({"key": "value"}));
    assert_eq!(events[2]["request"]["clientMetadata"], json!({"campaign": "spring"}));
}
