//! Attributes of one's own, changed and taken away. What becomes of contacts is in `account_verification`.

use aws_sdk_cognitoidentityprovider::{
    operation::update_user_attributes::builders::UpdateUserAttributesFluentBuilder,
    types::{SchemaAttributeType, UsernameAttributeType},
};

use crate::{
    sign_in::SignIn,
    support::{Place, attribute, id_of, refused},
};

const UNAUTHORIZED: &str = "A client attempted to write unauthorized attribute";

impl SignIn {
    pub(crate) fn update(&self, token: &str, given: &[(&str, &str)]) -> UpdateUserAttributesFluentBuilder {
        let given = given.iter().map(|(name, value)| attribute(name, value)).collect();
        self.house.sdk.update_user_attributes().access_token(token).set_user_attributes(Some(given))
    }

    /// An attribute of ann's.
    pub(crate) async fn value(&self, name: &str) -> Option<String> {
        self.house.user(&self.place.pool, &self.sub, name).await.1
    }
}

#[tokio::test]
async fn a_user_writes_and_takes_away_by_an_empty_value() {
    let world = SignIn::new().await;
    let token = world.token().await;
    let given = [("name", "Ann"), ("nickname", "A"), ("zoneinfo", "Europe/Berlin")];
    let answer = world.update(&token, &given).send().await.expect("updated");
    assert!(answer.code_delivery_details_list().is_empty());
    for (name, expected) in given {
        assert_eq!(world.value(name).await.as_deref(), Some(expected));
    }
    world.update(&token, &[("name", "")]).send().await.expect("updated");
    let delete = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let call = world.house.sdk.delete_user_attributes().access_token(&token);
        call.set_user_attribute_names(Some(names))
    };
    delete(&["nickname", "zoneinfo", "website"]).send().await.expect("taken away, whether there or not");
    for (name, _) in given {
        assert_eq!(world.value(name).await, None, "{name}");
    }
    let text = "Cannot modify the non-mutable attribute email_verified";
    refused!(delete(&["email_verified"]), is_invalid_parameter_exception, text);
    let text = "user.nick: Attribute does not exist in the schema.\n";
    refused!(delete(&["nick"]), is_invalid_parameter_exception, text);
    delete(&["email"]).send().await.expect("taken away");
    assert_eq!((world.value("email").await, world.value("email_verified").await), (None, None));
}

/// cog-0342.
#[tokio::test]
async fn the_app_client_says_what_may_be_written() {
    let world = SignIn::new().await;
    let (sdk, pool) = (&world.house.sdk, &world.place.pool);
    let custom = |name: &str| SchemaAttributeType::builder().name(name).mutable(true).build();
    let add = sdk.add_custom_attributes().user_pool_id(pool);
    add.custom_attributes(custom("size")).custom_attributes(custom("flag")).send().await.expect("added");
    let token = world.token().await;
    // Without WriteAttributes every standard attribute is writable, and no custom one.
    for given in [("custom:flag", "true"), ("email_verified", "true"), ("phone_number_verified", "false")] {
        refused!(world.update(&token, &[("name", "Ann"), given]), is_not_authorized_exception, UNAUTHORIZED);
    }
    assert_eq!(world.value("name").await, None, "all or nothing");

    let update = sdk.update_user_pool_client().user_pool_id(pool).client_id(&world.place.client);
    update.write_attributes("custom:size").write_attributes("name").send().await.expect("updated");
    world.update(&token, &[("custom:size", "7"), ("name", "Ann")]).send().await.expect("updated");
    for given in [("custom:flag", "true"), ("email", "new@example.com")] {
        refused!(world.update(&token, &[given]), is_not_authorized_exception, UNAUTHORIZED);
    }
    let delete = sdk.delete_user_attributes().access_token(&token).user_attribute_names("email");
    refused!(delete, is_not_authorized_exception, UNAUTHORIZED);
}

/// The tests that cog-0343 comes from.
#[tokio::test]
async fn what_an_update_is_refused_for() {
    let world = SignIn::new().await;
    let (sdk, pool) = (&world.house.sdk, &world.place.pool);
    let role = SchemaAttributeType::builder().name("role").mutable(false).build();
    sdk.add_custom_attributes().user_pool_id(pool).custom_attributes(role).send().await.expect("added");
    let token = world.token().await;
    let cases = [
        ("sub", "x", "Cannot modify the non-mutable attribute sub"),
        ("sub", "", "Cannot modify the non-mutable attribute sub"),
        ("custom:role", "customer", "user.custom:role: Attribute cannot be updated.\n"),
        ("nick", "x", "user.nick: Attribute does not exist in the schema.\n"),
        ("email", "nonsense", "Invalid email address format."),
        ("phone_number", "5551234567", "Invalid phone number format."),
    ];
    for (name, value, text) in cases {
        refused!(world.update(&token, &[(name, value)]), is_invalid_parameter_exception, text);
    }
    let bare = aws_sdk_cognitoidentityprovider::types::AttributeType::builder().name("sub").build();
    let bare = world.update(&token, &[]).user_attributes(bare.expect("a name"));
    refused!(bare, is_invalid_parameter_exception, "Cannot modify the non-mutable attribute sub");
}

/// cog-0344, cog-0345.
#[tokio::test]
async fn a_taken_address_cannot_be_taken_again() {
    let mut world = SignIn::new().await;
    let pool = world.house.sdk.create_user_pool().pool_name("p");
    let pool = pool.username_attributes(UsernameAttributeType::Email);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    let hides = aws_sdk_cognitoidentityprovider::types::PreventUserExistenceErrorTypes::Legacy;
    let client = world.house.client_for_sign_in(&pool, hides).await;
    world.place = Place { pool, client };
    for email in ["ann@example.com", "bob@example.com"] {
        let call = world.house.sdk.sign_up().client_id(&world.place.client).username(email);
        world.sub = call.password(crate::support::PASSWORD).send().await.expect("signed up").user_sub;
        let confirm = world.house.sdk.admin_confirm_sign_up().user_pool_id(&world.place.pool);
        confirm.username(email).send().await.expect("confirmed");
    }
    let signed_in = world.by_password("bob@example.com", crate::support::PASSWORD).send().await;
    let result = signed_in.expect("signed in").authentication_result.expect("tokens");
    let token = result.access_token.expect("a token");
    let text = "An account with the given email already exists.";
    refused!(world.update(&token, &[("email", "ann@example.com")]), is_alias_exists_exception, text);
    // The pool tells cases apart.
    world.update(&token, &[("email", "ANN@example.com")]).send().await.expect("another name");
    assert_eq!(world.value("email").await.as_deref(), Some("ANN@example.com"));
    let call = world.by_password("ANN@example.com", crate::support::PASSWORD);
    call.send().await.expect("the name moved with the attribute");
    let call = world.by_password("bob@example.com", crate::support::PASSWORD);
    refused!(call, is_user_not_found_exception, "User does not exist.");
}
