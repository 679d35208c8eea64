//! SignUp: what is accepted, where the code goes, and how everything else is refused. Usernames are in
//! [`super::names`], passwords in [`super::passwords`].

use serde_json::{Value, json};

use super::{assert_refused, attributes, invalid, row, text, with};
use crate::{support::House, wire::Answer};

/// A good sign-up at this client.
fn good(client: &str, username: &str) -> Value {
    json!({"ClientId": client, "Username": username, "Password": "Passw0rd!"})
}

#[tokio::test]
async fn the_client_comes_first_then_its_secret_then_the_password() {
    let house = House::new().await;
    let place = house.place().await;
    let secretive = house.client_with(&place.pool, json!({"GenerateSecret": true})).await;
    // cog-0138: a short password is not complained about before both are right.
    let short = |client: &str| with(&good(client, "ann"), json!({"Password": "abc"}));
    let hashed = |hash: &str| with(&short(&secretive), json!({"SecretHash": hash}));
    let unknown = "5cj9ag4nvskjkv0dg3sade5fd5";
    let rows = [
        row(
            "cog-0115 cog-0138",
            "SignUp",
            short(unknown),
            "ResourceNotFoundException",
            format!("User pool client {unknown} does not exist."),
        ),
        row(
            "cog-0114 cog-0138",
            "SignUp",
            short(&secretive),
            "NotAuthorizedException",
            format!("Client {secretive} is configured with secret but SECRET_HASH was not received"),
        ),
        row(
            "cog-0241",
            "SignUp",
            hashed("bm9uc2Vuc2U="),
            "NotAuthorizedException",
            format!("Unable to verify secret hash for client {secretive}"),
        ),
        invalid(
            "cog-0076",
            "SignUp",
            good("", "ann"),
            &[
                "Value at 'clientId' failed to satisfy constraint: Member must satisfy regular expression pattern: \
                 [\\w+]+",
                "Value at 'clientId' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ],
        ),
    ];
    assert_refused(&house, rows).await;
}

#[tokio::test]
async fn attributes_fit_the_schema_or_are_refused() {
    let house = House::new().await;
    let required = ["name", "family_name", "gender", "birthdate"];
    let required: Value = required.iter().map(|name| json!({"Name": name, "Required": true})).collect();
    let many = house.pool_with(json!({"Schema": required})).await;
    let many = house.client_with(&many, json!({})).await;
    let email = house.pool_with(json!({"Schema": [{"Name": "email", "Required": true}]})).await;
    let email = house.client_with(&email, json!({})).await;
    let name = house.pool_with(json!({"Schema": [{"Name": "name", "Required": true}]})).await;
    let name = house.client_with(&name, json!({})).await;
    let plain = house.place().await.client;
    let narrow = house.place().await.pool;
    let narrow = house.client_with(&narrow, json!({"WriteAttributes": ["email"]})).await;

    let sign_up = |client: &str, all: &[(&str, &str)]| {
        with(&good(client, "ann"), json!({"UserAttributes": attributes(all)}))
    };
    let refused = |facts, input, text: &str| row(facts, "SignUp", input, "InvalidParameterException", text);
    let schema = |text: &str| format!("Attributes did not conform to the schema: {text}");
    let rows = [
        refused("cog-0088 cog-0396", sign_up(&email, &[]), &schema("email: The attribute is required")),
        // The name is worded as of late (cog-0090), the others as they always were.
        refused(
            "cog-0089",
            sign_up(&many, &[]),
            &schema(
                "name.formatted: The attribute name.formatted is required family_name: The attribute is required \
                 gender: The attribute is required birthdate: The attribute is required",
            ),
        ),
        refused(
            "cog-0090",
            sign_up(&name, &[]),
            &schema("name.formatted: The attribute name.formatted is required"),
        ),
        refused(
            "cog-0091 cog-0139",
            sign_up(&plain, &[("custom:userId", "7")]),
            &schema("custom:userId: Attribute does not exist in the schema.\n"),
        ),
        refused(
            "cog-0132",
            sign_up(&plain, &[("password", "x")]),
            &schema("password: Attribute does not exist in the schema.\n"),
        ),
        refused("cog-0077", sign_up(&plain, &[("email", "ann")]), "Invalid email address format."),
        refused(
            "cog-0371 cog-0406",
            with(&good(&plain, "ann"), json!({"UserAttributes": [{"Name": "phone_number"}]})),
            "Attribute value for phone_number must not be null",
        ),
        row(
            "cog-0092",
            "SignUp",
            sign_up(&narrow, &[("name", "Ann")]),
            "NotAuthorizedException",
            "A client attempted to write unauthorized attribute",
        ),
        invalid(
            "cog-0406",
            "SignUp",
            sign_up(&plain, &[(&"n".repeat(33), "x")]),
            &[&format!(
                "Value '{}' at 'userAttributes.1.member.name' failed to satisfy constraint: Member must have length \
                 less than or equal to 32",
                "n".repeat(33)
            )],
        ),
        invalid(
            "cog-0406 cog-0263",
            "SignUp",
            sign_up(&plain, &[("name", &"n".repeat(2049))]),
            &[
                "Value at 'userAttributes.1.member.value' failed to satisfy constraint: Member must have length less \
               than or equal to 2048",
            ],
        ),
    ];
    assert_refused(&house, rows).await;
}

#[tokio::test]
async fn the_code_goes_to_a_contact_that_the_pool_verifies() {
    let house = House::new().await;
    let both = house.pool_with(json!({"AutoVerifiedAttributes": ["email", "phone_number"]})).await;
    let both = house.client_with(&both, json!({})).await;
    let none = house.pool_with(json!({})).await;
    let none = house.client_with(&none, json!({})).await;
    let email = house.place().await.client;
    let mail = json!({"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "t***@t***"});
    let sms =
        json!({"AttributeName": "phone_number", "DeliveryMedium": "SMS", "Destination": "+********0388"});
    let (address, number) = (("email", "test@test.com"), ("phone_number", "+12065550388"));
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], Value);
    let cases: [Case<'_>; 7] = [
        ("cog-0079", &both, &[("email", ""), number], sms.clone()),
        // The mask is today's (cog-0128).
        ("cog-0080", &both, &[address, ("phone_number", "")], mail.clone()),
        ("cog-0081", &both, &[("email", ""), ("phone_number", "")], Value::Null),
        ("cog-0082 cog-0127 cog-0129", &both, &[address, number], sms),
        ("cog-0085", &none, &[address], Value::Null),
        ("cog-0086 cog-0128", &email, &[address], mail),
        ("cog-0087", &email, &[], Value::Null),
    ];
    for (at, (facts, client, given, expected)) in cases.into_iter().enumerate() {
        let input = with(&good(client, &format!("ann{at}")), json!({"UserAttributes": attributes(given)}));
        let answer = house.done("SignUp", &input).await;
        assert_eq!(answer["CodeDeliveryDetails"], expected, "{facts}: {answer}");
        assert_eq!(answer["UserConfirmed"], json!(false), "{facts}");
        assert_eq!(text(&answer["UserSub"]).len(), 36, "{facts}");
        assert_eq!(answer.get("Session"), None, "cog-0118: the client does not allow USER_AUTH");
    }
}

#[tokio::test]
async fn an_empty_string_is_a_value_where_one_is_required() {
    // cog-0372
    let house = House::new().await;
    let pool = house.pool_with(json!({"Schema": [{"Name": "email", "Required": true}]})).await;
    let client = house.client_with(&pool, json!({})).await;
    let input = with(&good(&client, "ann"), json!({"UserAttributes": attributes(&[("email", "")])}));
    house.done("SignUp", &input).await;
}

#[tokio::test]
async fn a_session_is_given_where_the_client_allows_user_auth() {
    // cog-0112, cog-0118, cog-0027, cog-0404
    let house = House::new().await;
    let pool = house.place().await.pool;
    let client = house.client_with(&pool, json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]})).await;
    let mail = json!({"UserAttributes": attributes(&[("email", "ann@example.com")])});
    let session = house.done("SignUp", &with(&good(&client, "ann"), mail)).await["Session"].clone();
    assert!((20..=2048).contains(&text(&session).len()), "{session}");
    let confirm = json!({
        "ClientId": client, "Username": "ann", "ConfirmationCode": house.code_of("ann"), "Session": session,
    });
    let next = house.done("ConfirmSignUp", &confirm).await["Session"].clone();
    assert!((20..=2048).contains(&text(&next).len()), "{next}");
    assert_ne!(session, next, "a session is used once");
    let length = "Value at 'session' failed to satisfy constraint: Member must have length greater than or equal to 20";
    let short = with(&confirm, json!({"Session": "s".repeat(19)}));
    assert_refused(&house, [invalid("cog-0404", "ConfirmSignUp", short, &[length])]).await;
}

#[tokio::test]
async fn a_password_may_be_absent_where_codes_can_stand_in() {
    // cog-0105
    let house = House::new().await;
    let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}});
    let pool = house.pool_with(json!({"AutoVerifiedAttributes": ["email"], "Policies": factors})).await;
    let client = house.client_with(&pool, json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]})).await;
    for (username, password) in [("ann", None), ("bob", Some(""))] {
        let mut input = good(&client, username);
        input["UserAttributes"] = attributes(&[("email", "ann@example.com")]);
        input["Password"] = json!(password);
        house.done("SignUp", &input).await;
    }
}

#[tokio::test]
async fn signing_up_needs_no_signature_and_ignores_one() {
    // cog-0025: the same holds for confirming.
    let house = House::new().await;
    let place = house.place().await;
    let send =
        async |operation: &str, input: Value| -> Answer { house.post_unsigned(operation, &input).await };
    let mail = json!({"UserAttributes": attributes(&[("email", "ann@example.com")])});
    send("SignUp", with(&good(&place.client, "ann"), mail)).await.done();
    let code = house.code_of("ann");
    let confirm = json!({"ClientId": place.client, "Username": "ann", "ConfirmationCode": code});
    send("ConfirmSignUp", confirm).await.done();
}
