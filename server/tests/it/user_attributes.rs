//! Attributes, changed and taken away by administrators.

use aws_sdk_cognitoidentityprovider::{
    operation::admin_update_user_attributes::builders::AdminUpdateUserAttributesFluentBuilder,
    types::{
        AliasAttributeType, AttributeDataType, SchemaAttributeType, StringAttributeConstraintsType,
        UserAttributeUpdateSettingsType, UsernameAttributeType, VerifiedAttributeType,
    },
};
use lido::delivery::Filter;

use crate::support::{House, Place, attribute, id_of, refused};

/// A pool that requires e-mail addresses and has an immutable, a short and a developer's attribute; and a user in it.
async fn strict_place(house: &House) -> Place {
    let custom = |name: &str| SchemaAttributeType::builder().name(name).mutable(true);
    let short = StringAttributeConstraintsType::builder().min_length("3").max_length("5").build();
    let pool = house.sdk.create_user_pool().pool_name("p");
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool
        .schema(SchemaAttributeType::builder().name("email").required(true).mutable(true).build())
        .schema(custom("role").mutable(false).build())
        .schema(custom("short").string_attribute_constraints(short).build())
        .schema(custom("age").attribute_data_type(AttributeDataType::Number).build())
        .schema(custom("inner").developer_only_attribute(true).build());
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    let client = house.client_in(&pool).await;
    house.sign_up(&client, "ann", "ann@example.com").await;
    Place { pool, client }
}

fn update(house: &House, pool: &str, given: &[(&str, &str)]) -> AdminUpdateUserAttributesFluentBuilder {
    let given = given.iter().map(|(name, value)| attribute(name, value)).collect();
    let call = house.sdk.admin_update_user_attributes().user_pool_id(pool).username("ann");
    call.set_user_attributes(Some(given))
}

async fn value(house: &House, pool: &str, name: &str) -> Option<String> {
    house.user(pool, "ann", name).await.1
}

#[tokio::test]
async fn what_an_update_is_refused_for() {
    let house = House::new().await;
    let pool = strict_place(&house).await.pool;
    // The texts are those of the tests that cog-0343 comes from.
    let cases = [
        ("sub", "x", "Cannot modify the non-mutable attribute sub"),
        ("nick", "x", "user.nick: Attribute does not exist in the schema.\n"),
        ("custom:role", "x", "user.custom:role: Attribute cannot be updated.\n"),
        ("custom:role", "", "user.custom:role: Attribute cannot be updated.\n"),
        ("custom:short", "ab", "user.custom:short: String must be no shorter than 3 characters\n"),
        ("custom:short", "abcdef", "user.custom:short: String must be no longer than 5 characters\n"),
        ("custom:age", "old", "user.custom:age: Value must be a number\n"),
        ("birthdate", "1990-02-30", "user.birthdate: Value must be a date of the form YYYY-MM-DD\n"),
        ("email", "", "user.email: The attribute is required\n"),
        ("email", "nonsense", "Invalid email address format."),
        ("phone_number", "555", "Invalid phone number format."),
        (
            "phone_number_verified",
            "true",
            "A value for phone_number is required to set phone_number_verified to true.",
        ),
    ];
    for (name, value, text) in cases {
        refused!(update(&house, &pool, &[(name, value)]), is_invalid_parameter_exception, text);
    }
    let bare = aws_sdk_cognitoidentityprovider::types::AttributeType::builder().name("name").build();
    let bare = update(&house, &pool, &[]).user_attributes(bare.expect("a name"));
    refused!(bare, is_invalid_parameter_exception, "Attribute value for name must not be null"); // cog-0371
    let nobody = update(&house, &pool, &[("name", "Bob")]).username("bob");
    refused!(nobody, is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn administrators_write_what_users_may_not_and_take_away_by_an_empty_value() {
    let house = House::new().await;
    let pool = strict_place(&house).await.pool;
    let dev = house.sdk.describe_user_pool().user_pool_id(&pool).send().await.expect("there");
    let dev = dev.user_pool.expect("told");
    let dev =
        dev.schema_attributes().iter().find_map(|one| one.name().filter(|name| name.starts_with("dev:")));
    let dev = dev.expect("a developer's attribute");
    let given = [(dev, "secret"), ("email_verified", "true"), ("name", "Ann"), ("custom:age", "7")];
    update(&house, &pool, &given).send().await.expect("updated");
    for (name, expected) in given {
        assert_eq!(value(&house, &pool, name).await.as_deref(), Some(expected), "{name}");
    }
    update(&house, &pool, &[("name", ""), (dev, "")]).send().await.expect("updated");
    for name in ["name", dev] {
        assert_eq!(value(&house, &pool, name).await, None, "{name}");
    }
}

#[tokio::test]
async fn a_new_address_is_unverified_and_gets_a_code() {
    // cog-0346
    let house = House::new().await;
    let pool = strict_place(&house).await.pool;
    let sent = |to: &str| {
        let inbox = house.app.inbox.as_ref().expect("tests have an inbox");
        let messages = inbox.messages(&Filter { to: Some(to.to_owned()), ..Filter::default() });
        messages.into_iter().map(|message| message.trigger).collect::<Vec<_>>()
    };
    update(&house, &pool, &[("email_verified", "true")]).send().await.expect("updated");
    update(&house, &pool, &[("email", "one@example.com")]).send().await.expect("updated");
    assert_eq!(value(&house, &pool, "email").await.as_deref(), Some("one@example.com"));
    assert_eq!(value(&house, &pool, "email_verified").await.as_deref(), Some("false"));
    assert_eq!(sent("one@example.com"), ["CustomMessage_UpdateUserAttribute"]);

    let given = [("email", "two@example.com"), ("email_verified", "true")];
    update(&house, &pool, &given).send().await.expect("updated");
    assert_eq!(value(&house, &pool, "email_verified").await.as_deref(), Some("true"));
    assert_eq!(sent("two@example.com"), [""; 0]);
}

#[tokio::test]
async fn a_pool_may_want_to_verify_before_it_changes() {
    // cog-0346
    let house = House::new().await;
    let settings = UserAttributeUpdateSettingsType::builder()
        .attributes_require_verification_before_update(VerifiedAttributeType::Email)
        .build();
    let pool = house.sdk.create_user_pool().pool_name("p");
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool.user_attribute_update_settings(settings);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    house.sign_up(&house.client_in(&pool).await, "ann", "ann@example.com").await;
    update(&house, &pool, &[("email", "one@example.com")]).send().await.expect("updated");
    assert_eq!(
        value(&house, &pool, "email").await.as_deref(),
        Some("ann@example.com"),
        "until it is verified"
    );
    assert_eq!(house.codes_of("ann").len(), 2);
    let given = [("email", "two@example.com"), ("email_verified", "true")];
    update(&house, &pool, &given).send().await.expect("updated");
    assert_eq!(
        value(&house, &pool, "email").await.as_deref(),
        Some("two@example.com"),
        "the administrator did"
    );
}

#[tokio::test]
async fn a_taken_name_cannot_be_taken_again() {
    // cog-0305
    let house = House::new().await;
    let text = "An account with the given email already exists.";
    let pool = house.sdk.create_user_pool().pool_name("p").username_attributes(UsernameAttributeType::Email);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    let client = house.client_in(&pool).await;
    for email in ["ann@example.com", "bob@example.com"] {
        house
            .sdk
            .sign_up()
            .client_id(&client)
            .username(email)
            .password("Passw0rd!")
            .send()
            .await
            .expect("new");
    }
    let ann = |given: &[(&str, &str)]| update(&house, &pool, given).username("ann@example.com");
    refused!(ann(&[("email", "bob@example.com")]), is_alias_exists_exception, text);
    // cog-0345: the pool tells cases apart.
    ann(&[("email", "BOB@example.com")]).send().await.expect("another name");
    let found = house.sdk.admin_get_user().user_pool_id(&pool).username("BOB@example.com");
    found.send().await.expect("the name moved with the attribute");
    let lost = house.sdk.admin_get_user().user_pool_id(&pool).username("ann@example.com");
    refused!(lost, is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn an_alias_comes_and_goes_with_its_verification() {
    let house = House::new().await;
    let pool = house.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::Email);
    let pool = pool.alias_attributes(AliasAttributeType::PreferredUsername);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    for username in ["ann", "bob"] {
        let call = house.sdk.admin_create_user().user_pool_id(&pool).username(username);
        call.user_attributes(attribute("email", "one@example.com")).send().await.expect("created");
    }
    let get = |name: &str| house.sdk.admin_get_user().user_pool_id(&pool).username(name);
    let text = "An account with the given email already exists.";
    refused!(get("one@example.com"), is_user_not_found_exception, "User does not exist.");
    update(&house, &pool, &[("email_verified", "true")]).send().await.expect("updated");
    assert_eq!(get("one@example.com").send().await.expect("ann's").username, "ann");
    let bob = update(&house, &pool, &[("email_verified", "true")]).username("bob");
    refused!(bob, is_alias_exists_exception, text);
    update(&house, &pool, &[("email_verified", "false")]).send().await.expect("updated");
    refused!(get("one@example.com"), is_user_not_found_exception, "User does not exist.");

    update(&house, &pool, &[("preferred_username", "boss")]).send().await.expect("updated");
    assert_eq!(get("boss").send().await.expect("ann's").username, "ann");
    let bob = update(&house, &pool, &[("preferred_username", "boss")]).username("bob");
    let text = "An account with the given preferred_username already exists.";
    refused!(bob, is_alias_exists_exception, text);
}

#[tokio::test]
async fn a_preferred_username_waits_for_the_confirmation_where_it_is_an_alias() {
    let house = House::new().await;
    let pool =
        house.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::PreferredUsername);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    house.sign_up(&house.client_in(&pool).await, "ann", "ann@example.com").await;
    let text = concat!(
        "Preferred username cannot be provided for unconfirmed account, ",
        "since user pool is configured for preferred username alias."
    );
    let early = || update(&house, &pool, &[("preferred_username", "boss")]);
    refused!(early(), is_invalid_parameter_exception, text); // cog-0367
    house.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann").send().await.expect("confirmed");
    early().send().await.expect("now it may");
}

#[tokio::test]
async fn attributes_are_taken_away() {
    let house = House::new().await;
    let pool = strict_place(&house).await.pool;
    let delete = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let call = house.sdk.admin_delete_user_attributes().user_pool_id(&pool).username("ann");
        call.set_user_attribute_names(Some(names))
    };
    let given = [("name", "Ann"), ("phone_number", "+15555550100"), ("phone_number_verified", "true")];
    update(&house, &pool, &given).send().await.expect("updated");
    let cases = [
        ("sub", "Cannot modify the non-mutable attribute sub"),
        ("email_verified", "Cannot modify the non-mutable attribute email_verified"),
        ("nick", "user.nick: Attribute does not exist in the schema.\n"),
        ("email", "user.email: The attribute is required\n"),
        ("custom:role", "user.custom:role: Attribute cannot be updated.\n"),
    ];
    for (name, text) in cases {
        refused!(delete(&["name", name]), is_invalid_parameter_exception, text);
    }
    delete(&["name", "phone_number", "nickname"]).send().await.expect("deleted, whether there or not");
    for name in ["name", "phone_number", "phone_number_verified"] {
        assert_eq!(value(&house, &pool, name).await, None, "{name}");
    }
    refused!(delete(&["name"]).username("bob"), is_user_not_found_exception, "User does not exist.");
}
