//! AdminUpdateUserAttributes.

use aws_sdk_cognitoidentityprovider::types::{
    AliasAttributeType, UserAttributeUpdateSettingsType, UsernameAttributeType, VerifiedAttributeType,
};
use lido::delivery::Filter;

use super::{strict_pool, update, value};
use crate::support::{TestServer, assert_refused, attribute, pool_id_of};

#[tokio::test]
async fn admin_update_user_attributes_with_invalid_value_is_refused() {
    let server = TestServer::new().await;
    let pool = strict_pool(&server).await.pool;
    // The messages of the tests that cog-0343 is from.
    let cases = [
        ("sub", "x", "Cannot modify the non-mutable attribute sub"),
        ("nick", "x", "user.nick: Attribute does not exist in the schema.\n"),
        ("custom:role", "x", "user.custom:role: Attribute cannot be updated.\n"),
        ("custom:role", "", "user.custom:role: Attribute cannot be updated.\n"),
        ("custom:short", "ab", "user.custom:short: String must be no shorter than 3 characters\n"),
        ("custom:short", "abcdef", "user.custom:short: String must be no longer than 5 characters\n"),
        ("custom:age", "old", "user.custom:age: Value must be a number\n"),
        ("birthdate", "1990-02-30", "user.birthdate: Value must be a date of the form YYYY-MM-DD\n"),
        ("email", "", "user.email: Required attribute cannot be deleted.\n"),
        ("email", "nonsense", "Invalid email address format."),
        ("phone_number", "555", "Invalid phone number format."),
        (
            "phone_number_verified",
            "true",
            "A value for phone_number is required to set phone_number_verified to true.",
        ),
    ];
    for (name, value, text) in cases {
        assert_refused!(update(&server, &pool, &[(name, value)]), is_invalid_parameter_exception, text);
    }
    let bare = aws_sdk_cognitoidentityprovider::types::AttributeType::builder().name("name").build();
    let bare = update(&server, &pool, &[]).user_attributes(bare.expect("a name"));
    assert_refused!(bare, is_invalid_parameter_exception, "Attribute value for name must not be null"); // cog-0371
    let unknown_user = update(&server, &pool, &[("name", "Bob")]).username("bob");
    assert_refused!(unknown_user, is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn admin_update_user_attributes_writes_any_attribute_and_removes_empty_ones() {
    let server = TestServer::new().await;
    let pool = strict_pool(&server).await.pool;
    let dev = server.sdk.describe_user_pool().user_pool_id(&pool).send().await.expect("present");
    let dev = dev.user_pool.expect("a pool");
    let dev =
        dev.schema_attributes().iter().find_map(|one| one.name().filter(|name| name.starts_with("dev:")));
    let dev = dev.expect("a developer attribute");
    let given = [(dev, "secret"), ("email_verified", "true"), ("name", "Ann"), ("custom:age", "7")];
    update(&server, &pool, &given).send().await.expect("updated");
    for (name, expected) in given {
        assert_eq!(value(&server, &pool, name).await.as_deref(), Some(expected), "{name}");
    }
    update(&server, &pool, &[("name", ""), (dev, "")]).send().await.expect("updated");
    for name in ["name", dev] {
        assert_eq!(value(&server, &pool, name).await, None, "{name}");
    }
}

#[tokio::test]
async fn admin_update_user_attributes_with_new_email_unverifies_it_and_sends_a_code() {
    // cog-0346
    let server = TestServer::new().await;
    let pool = strict_pool(&server).await.pool;
    let sent = |to: &str| {
        let inbox = server.app.inbox.as_ref().expect("tests have an inbox");
        let messages = inbox.messages(&Filter { to: Some(to.to_owned()), ..Filter::default() });
        messages.into_iter().map(|message| message.trigger).collect::<Vec<_>>()
    };
    update(&server, &pool, &[("email_verified", "true")]).send().await.expect("updated");
    update(&server, &pool, &[("email", "one@example.com")]).send().await.expect("updated");
    assert_eq!(value(&server, &pool, "email").await.as_deref(), Some("one@example.com"));
    assert_eq!(value(&server, &pool, "email_verified").await.as_deref(), Some("false"));
    assert_eq!(sent("one@example.com"), ["CustomMessage_UpdateUserAttribute"]);

    let given = [("email", "two@example.com"), ("email_verified", "true")];
    update(&server, &pool, &given).send().await.expect("updated");
    assert_eq!(value(&server, &pool, "email_verified").await.as_deref(), Some("true"));
    assert_eq!(sent("two@example.com"), [""; 0]);
}

#[tokio::test]
async fn admin_update_user_attributes_with_verification_before_update_keeps_the_old_email() {
    // cog-0346
    let server = TestServer::new().await;
    let settings = UserAttributeUpdateSettingsType::builder()
        .attributes_require_verification_before_update(VerifiedAttributeType::Email)
        .build();
    let pool = server.sdk.create_user_pool().pool_name("p");
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool.user_attribute_update_settings(settings);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    server.sign_up(&server.create_client(&pool).await, "ann", "ann@example.com").await;
    update(&server, &pool, &[("email", "one@example.com")]).send().await.expect("updated");
    assert_eq!(
        value(&server, &pool, "email").await.as_deref(),
        Some("ann@example.com"),
        "the old address stays until the new one is verified"
    );
    assert_eq!(server.codes_of("ann").len(), 2);
    let given = [("email", "two@example.com"), ("email_verified", "true")];
    update(&server, &pool, &given).send().await.expect("updated");
    assert_eq!(
        value(&server, &pool, "email").await.as_deref(),
        Some("two@example.com"),
        "the administrator set it as verified"
    );
}

#[tokio::test]
async fn admin_update_user_attributes_with_taken_email_username_is_refused() {
    // cog-0305
    let server = TestServer::new().await;
    let text = "An account with the given email already exists.";
    let pool = server.sdk.create_user_pool().pool_name("p").username_attributes(UsernameAttributeType::Email);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    let client = server.create_client(&pool).await;
    for email in ["ann@example.com", "bob@example.com"] {
        server
            .sdk
            .sign_up()
            .client_id(&client)
            .username(email)
            .password("Passw0rd!")
            .send()
            .await
            .expect("signed up");
    }
    let ann = |given: &[(&str, &str)]| update(&server, &pool, given).username("ann@example.com");
    assert_refused!(ann(&[("email", "bob@example.com")]), is_alias_exists_exception, text);
    // cog-0345: usernames are case-sensitive in this pool.
    ann(&[("email", "BOB@example.com")]).send().await.expect("another username");
    let found = server.sdk.admin_get_user().user_pool_id(&pool).username("BOB@example.com");
    found.send().await.expect("a user with the new username");
    let lost = server.sdk.admin_get_user().user_pool_id(&pool).username("ann@example.com");
    assert_refused!(lost, is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn admin_update_user_attributes_with_verified_email_makes_it_an_alias() {
    let server = TestServer::new().await;
    let pool = server.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::Email);
    let pool = pool.alias_attributes(AliasAttributeType::PreferredUsername);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    for username in ["ann", "bob"] {
        let call = server.sdk.admin_create_user().user_pool_id(&pool).username(username);
        call.user_attributes(attribute("email", "one@example.com")).send().await.expect("created");
    }
    let get = |name: &str| server.sdk.admin_get_user().user_pool_id(&pool).username(name);
    let text = "An account with the given email already exists.";
    assert_refused!(get("one@example.com"), is_user_not_found_exception, "User does not exist.");
    update(&server, &pool, &[("email_verified", "true")]).send().await.expect("updated");
    assert_eq!(get("one@example.com").send().await.expect("a user").username, "ann");
    let bob = update(&server, &pool, &[("email_verified", "true")]).username("bob");
    assert_refused!(bob, is_alias_exists_exception, text);
    update(&server, &pool, &[("email_verified", "false")]).send().await.expect("updated");
    assert_refused!(get("one@example.com"), is_user_not_found_exception, "User does not exist.");

    update(&server, &pool, &[("preferred_username", "boss")]).send().await.expect("updated");
    assert_eq!(get("boss").send().await.expect("a user").username, "ann");
    let bob = update(&server, &pool, &[("preferred_username", "boss")]).username("bob");
    let text = "Already found an entry for the provided username.";
    assert_refused!(bob, is_alias_exists_exception, text);
}

#[tokio::test]
async fn admin_update_user_attributes_with_preferred_username_alias_of_unconfirmed_user_is_refused() {
    let server = TestServer::new().await;
    let pool =
        server.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::PreferredUsername);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    server.sign_up(&server.create_client(&pool).await, "ann", "ann@example.com").await;
    let text = concat!(
        "Preferred username cannot be provided for unconfirmed account, ",
        "since user pool is configured for preferred username alias."
    );
    let early = || update(&server, &pool, &[("preferred_username", "boss")]);
    assert_refused!(early(), is_invalid_parameter_exception, text); // cog-0367
    server.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann").send().await.expect("confirmed");
    early().send().await.expect("a success after the confirmation");
}
