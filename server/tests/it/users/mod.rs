//! Operations of administrators on users.

mod admin_create_user;
mod admin_delete_user;
mod admin_delete_user_attributes;
mod admin_disable_user;
mod admin_enable_user;
mod admin_get_user;
mod admin_get_user_auth_factors;
mod admin_list_user_auth_events;
mod admin_reset_user_password;
mod admin_set_user_password;
mod admin_update_user_attributes;
mod list_users;

use aws_sdk_cognitoidentityprovider::{
    operation::{
        admin_create_user::builders::AdminCreateUserFluentBuilder,
        admin_update_user_attributes::builders::AdminUpdateUserAttributesFluentBuilder,
    },
    types::{
        AliasAttributeType, AttributeDataType, DeliveryMediumType, SchemaAttributeType,
        StringAttributeConstraintsType, UserType, UsernameAttributeType, VerifiedAttributeType,
    },
};

use crate::support::{PoolAndClient, TestServer, attribute, pool_id_of};

/// Builds an AdminCreateUser request with this e-mail address, to which the invitation is sent.
fn create(server: &TestServer, pool: &str, username: &str, email: &str) -> AdminCreateUserFluentBuilder {
    let call = server.sdk.admin_create_user().user_pool_id(pool).username(username);
    call.user_attributes(attribute("email", email)).desired_delivery_mediums(DeliveryMediumType::Email)
}

/// Returns an attribute of a user.
fn attribute_of<'a>(user: &'a UserType, name: &str) -> Option<&'a str> {
    user.attributes().iter().find(|attribute| attribute.name() == name).and_then(|one| one.value())
}

/// Creates a pool with e-mail addresses as usernames, and returns its id.
async fn email_username_pool(server: &TestServer) -> String {
    let pool = server.sdk.create_user_pool().pool_name("p").username_attributes(UsernameAttributeType::Email);
    pool_id_of(pool.send().await.expect("a pool").user_pool())
}

/// Creates a pool with e-mail addresses as aliases, and returns its id.
async fn alias_pool(server: &TestServer) -> String {
    let pool = server.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::Email);
    pool_id_of(pool.send().await.expect("a pool").user_pool())
}

/// Creates a pool that requires e-mail addresses and has an immutable, a bounded and a developer attribute, and signs up
/// `ann` in it.
async fn strict_pool(server: &TestServer) -> PoolAndClient {
    let custom = |name: &str| {
        SchemaAttributeType::builder().name(name).attribute_data_type(AttributeDataType::String).mutable(true)
    };
    let short = StringAttributeConstraintsType::builder().min_length("3").max_length("5").build();
    let pool = server.sdk.create_user_pool().pool_name("p");
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool
        .schema(SchemaAttributeType::builder().name("email").required(true).mutable(true).build())
        .schema(custom("role").mutable(false).build())
        .schema(custom("short").string_attribute_constraints(short).build())
        .schema(custom("age").attribute_data_type(AttributeDataType::Number).build())
        .schema(custom("inner").developer_only_attribute(true).build());
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    let client = server.create_client(&pool).await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    PoolAndClient { pool, client }
}

/// Builds an AdminUpdateUserAttributes request for `ann`.
fn update(server: &TestServer, pool: &str, given: &[(&str, &str)]) -> AdminUpdateUserAttributesFluentBuilder {
    let given = given.iter().map(|(name, value)| attribute(name, value)).collect();
    let call = server.sdk.admin_update_user_attributes().user_pool_id(pool).username("ann");
    call.set_user_attributes(Some(given))
}

/// Returns an attribute of `ann`.
async fn value(server: &TestServer, pool: &str, name: &str) -> Option<String> {
    server.status_and_attribute(pool, "ann", name).await.1
}
