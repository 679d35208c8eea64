//! UpdateUserAttributes.

use aws_sdk_cognitoidentityprovider::types::{AttributeDataType, SchemaAttributeType, UsernameAttributeType};

use crate::support::{PASSWORD, PoolAndClient, assert_refused, pool_id_of, sign_in::SignInFixture};

const UNAUTHORIZED: &str = "A client attempted to write unauthorized attribute";

/// cog-0342.
#[tokio::test]
async fn update_user_attributes_outside_write_attributes_is_refused() {
    let fixture = SignInFixture::new().await;
    let (sdk, pool) = (&fixture.server.sdk, &fixture.ids.pool);
    let custom = |name: &str| {
        SchemaAttributeType::builder()
            .name(name)
            .attribute_data_type(AttributeDataType::String)
            .mutable(true)
            .build()
    };
    let add = sdk.add_custom_attributes().user_pool_id(pool);
    add.custom_attributes(custom("size")).custom_attributes(custom("flag")).send().await.expect("added");
    let token = fixture.access_token().await;
    // Without WriteAttributes every attribute is writable but the verified flags.
    fixture.update(&token, &[("custom:flag", "true")]).send().await.expect("updated");
    for given in [("email_verified", "true"), ("phone_number_verified", "false")] {
        assert_refused!(
            fixture.update(&token, &[("name", "Ann"), given]),
            is_not_authorized_exception,
            UNAUTHORIZED
        );
    }
    assert_eq!(fixture.value("name").await, None, "a refused request changes nothing");

    let update = sdk.update_user_pool_client().user_pool_id(pool).client_id(&fixture.ids.client);
    update.write_attributes("custom:size").write_attributes("name").send().await.expect("updated");
    fixture.update(&token, &[("custom:size", "7"), ("name", "Ann")]).send().await.expect("updated");
    for given in [("custom:flag", "true"), ("email", "new@example.com")] {
        assert_refused!(fixture.update(&token, &[given]), is_not_authorized_exception, UNAUTHORIZED);
    }
}

/// The cases of the tests that cog-0343 is from.
#[tokio::test]
async fn update_user_attributes_with_invalid_value_is_refused() {
    let fixture = SignInFixture::new().await;
    let (sdk, pool) = (&fixture.server.sdk, &fixture.ids.pool);
    let role = SchemaAttributeType::builder()
        .name("role")
        .attribute_data_type(AttributeDataType::String)
        .mutable(false)
        .build();
    sdk.add_custom_attributes().user_pool_id(pool).custom_attributes(role).send().await.expect("added");
    let token = fixture.access_token().await;
    let cases = [
        ("sub", "x", "Cannot modify the non-mutable attribute sub"),
        ("sub", "", "Cannot modify the non-mutable attribute sub"),
        ("custom:role", "customer", "user.custom:role: Attribute cannot be updated.\n"),
        ("nick", "x", "user.nick: Attribute does not exist in the schema.\n"),
        ("email", "nonsense", "Invalid email address format."),
        ("phone_number", "5551234567", "Invalid phone number format."),
    ];
    for (name, value, text) in cases {
        assert_refused!(fixture.update(&token, &[(name, value)]), is_invalid_parameter_exception, text);
    }
    let without_value = aws_sdk_cognitoidentityprovider::types::AttributeType::builder().name("sub").build();
    let without_value = fixture.update(&token, &[]).user_attributes(without_value.expect("a name"));
    assert_refused!(
        without_value,
        is_invalid_parameter_exception,
        "Cannot modify the non-mutable attribute sub"
    );
}

/// cog-0344, cog-0345.
#[tokio::test]
async fn update_user_attributes_with_taken_email_username_is_refused() {
    let mut fixture = SignInFixture::new().await;
    let pool = fixture.server.sdk.create_user_pool().pool_name("p");
    let pool = pool.username_attributes(UsernameAttributeType::Email);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    let existence_errors = aws_sdk_cognitoidentityprovider::types::PreventUserExistenceErrorTypes::Legacy;
    let client = fixture.server.create_sign_in_client(&pool, existence_errors).await;
    fixture.ids = PoolAndClient { pool, client };
    for email in ["ann@example.com", "bob@example.com"] {
        let call = fixture.server.sdk.sign_up().client_id(&fixture.ids.client).username(email);
        fixture.sub = call.password(PASSWORD).send().await.expect("signed up").user_sub;
        let confirm = fixture.server.sdk.admin_confirm_sign_up().user_pool_id(&fixture.ids.pool);
        confirm.username(email).send().await.expect("confirmed");
    }
    let signed_in = fixture.by_password("bob@example.com", PASSWORD).send().await;
    let result = signed_in.expect("signed in").authentication_result.expect("tokens");
    let token = result.access_token.expect("a token");
    let text = "An account with the given email already exists.";
    assert_refused!(fixture.update(&token, &[("email", "ann@example.com")]), is_alias_exists_exception, text);
    // Usernames are case-sensitive in this pool.
    fixture.update(&token, &[("email", "ANN@example.com")]).send().await.expect("another username");
    assert_eq!(fixture.value("email").await.as_deref(), Some("ANN@example.com"));
    let call = fixture.by_password("ANN@example.com", PASSWORD);
    call.send().await.expect("a user with the new username");
    let call = fixture.by_password("bob@example.com", PASSWORD);
    assert_refused!(call, is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn update_user_attributes_writes_values_and_removes_empty_ones() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let given = [("name", "Ann"), ("nickname", "A"), ("zoneinfo", "Europe/Berlin")];
    let output = fixture.update(&token, &given).send().await.expect("updated");
    assert!(output.code_delivery_details_list().is_empty());
    for (name, expected) in given {
        assert_eq!(fixture.value(name).await.as_deref(), Some(expected));
    }
    fixture.update(&token, &[("name", "")]).send().await.expect("updated");
    assert_eq!(fixture.value("name").await, None);
}
