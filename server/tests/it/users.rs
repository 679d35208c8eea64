//! Users as administrators see them: created, invited, told, enabled, disabled and deleted.

use aws_sdk_cognitoidentityprovider::{
    operation::admin_create_user::builders::AdminCreateUserFluentBuilder,
    types::{
        AliasAttributeType, AuthFactorType, DeliveryMediumType, MessageActionType, SignInPolicyType,
        UserPoolPolicyType, UserStatusType, UserType, UsernameAttributeType, VerifiedAttributeType,
    },
};
use lido::delivery::Filter;

use crate::support::{House, PASSWORD, attribute, id_of, refused};

/// A request to create a user with this e-mail address, which says where the invitation goes.
fn create(house: &House, pool: &str, username: &str, email: &str) -> AdminCreateUserFluentBuilder {
    let call = house.sdk.admin_create_user().user_pool_id(pool).username(username);
    call.user_attributes(attribute("email", email)).desired_delivery_mediums(DeliveryMediumType::Email)
}

fn attribute_of<'a>(user: &'a UserType, name: &str) -> Option<&'a str> {
    user.attributes().iter().find(|attribute| attribute.name() == name).and_then(|one| one.value())
}

async fn email_username_pool(house: &House) -> String {
    let pool = house.sdk.create_user_pool().pool_name("p").username_attributes(UsernameAttributeType::Email);
    id_of(pool.send().await.expect("a pool").user_pool())
}

async fn alias_pool(house: &House) -> String {
    let pool = house.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::Email);
    id_of(pool.send().await.expect("a pool").user_pool())
}

#[tokio::test]
async fn a_user_is_created_told_and_invited() {
    let house = House::new().await;
    let pool = house.place().await.pool;
    let made = create(&house, &pool, "ann", "ann@example.com").temporary_password(PASSWORD).send().await;
    let made = made.expect("created").user.expect("told");
    assert_eq!(made.user_status(), Some(&UserStatusType::ForceChangePassword));
    assert_eq!((made.username(), made.enabled), (Some("ann"), true));
    assert_eq!(attribute_of(&made, "email"), Some("ann@example.com"));
    assert_eq!(attribute_of(&made, "email_verified"), None);

    let told = house.sdk.admin_get_user().user_pool_id(&pool).username("ann").send().await.expect("there");
    assert_eq!(told.user_status, made.user_status);
    assert_eq!(told.user_attributes(), made.attributes());
    assert_eq!(told.user_create_date, made.user_create_date);

    let inbox = house.app.inbox.as_ref().expect("tests have an inbox");
    let messages = inbox.messages(&Filter { username: Some("ann".into()), ..Filter::default() });
    let [message] = messages.as_slice() else { panic!("one invitation") };
    assert_eq!((message.code.as_str(), message.to.as_str()), (PASSWORD, "ann@example.com"));
    assert_eq!(message.trigger, "CustomMessage_AdminCreateUser");
}

#[tokio::test]
async fn a_name_is_given_once_whoever_gives_it() {
    let house = House::new().await;
    let place = house.place().await;
    let sub = house.sign_up(&place.client, "ann", "ann@example.com").await;
    // cog-0287
    let text = "User account already exists";
    refused!(create(&house, &place.pool, "ann", "b@example.com"), is_username_exists_exception, text);
    refused!(create(&house, &place.pool, &sub, "b@example.com"), is_username_exists_exception, text);

    let pool = email_username_pool(&house).await;
    let made = create(&house, &pool, "ann@example.com", "ignored@example.com").send().await;
    let made = made.expect("created").user.expect("told");
    assert_eq!(made.username(), attribute_of(&made, "sub"), "the username is the sub");
    assert_eq!(attribute_of(&made, "email"), Some("ann@example.com"));
    // cog-0288
    let text = "An account with the given email already exists.";
    refused!(create(&house, &pool, "ann@example.com", "x@y.z"), is_username_exists_exception, text);
    refused!(
        create(&house, &pool, "ann", "x@y.z"),
        is_invalid_parameter_exception,
        "Username should be an email."
    );
}

#[tokio::test]
async fn what_a_new_user_may_be_refused_for() {
    let house = House::new().await;
    let pool = house.place().await.pool;
    let call = || create(&house, &pool, "ann", "ann@example.com");
    // cog-0390's family: the pool comes first.
    let elsewhere = call().user_pool_id("us-east-1_nowhere");
    refused!(elsewhere, is_resource_not_found_exception, "User pool us-east-1_nowhere does not exist.");
    // cog-0290
    let malformed = create(&house, &pool, "ann", "nonsense");
    refused!(malformed, is_invalid_parameter_exception, "Invalid email address format.");
    // cog-0295
    let text = concat!(
        "Attributes did not conform to the schema: ",
        "Type for attribute {custom:role} could not be determined"
    );
    let unknown = call().user_attributes(attribute("custom:role", "x"));
    refused!(unknown, is_invalid_parameter_exception, text);
    let kept = call().user_attributes(attribute("sub", "x"));
    refused!(kept, is_invalid_parameter_exception, "Cannot modify the non-mutable attribute sub");
    let unreachable = call().user_attributes(attribute("phone_number_verified", "true"));
    let text = "A value for phone_number is required to set phone_number_verified to true.";
    refused!(unreachable, is_invalid_parameter_exception, text);
    let unreachable = call().desired_delivery_mediums(DeliveryMediumType::Sms);
    let text = "No phone number provided but desired delivery medium was SMS";
    refused!(unreachable, is_invalid_parameter_exception, text);
    // cog-0291, cog-0388
    let cases = [
        ("Passw0rdd!".to_lowercase(), "Password must have uppercase characters"),
        ("Password!".to_owned(), "Password must have numeric characters"),
        ("Aa1!".to_owned(), "Password not long enough"),
    ];
    for (password, rule) in cases {
        let text = format!("Password did not conform with password policy: {rule}");
        refused!(call().temporary_password(password), is_invalid_password_exception, text.as_str());
    }
    call().send().await.expect("none of this left anything behind");
}

#[tokio::test]
async fn without_a_password_one_is_generated_that_the_policy_likes() {
    let house = House::new().await;
    let pool = house.place().await.pool;
    for username in ["ann", "bob"] {
        create(&house, &pool, username, &format!("{username}@example.com")).send().await.expect("created");
        let generated = house.code_of(username);
        let set = house.sdk.admin_set_user_password().user_pool_id(&pool).username(username);
        set.password(generated).permanent(true).send().await.expect("it keeps the policy");
    }
    assert_ne!(house.code_of("ann"), house.code_of("bob"));
}

#[tokio::test]
async fn invitations_go_where_they_were_asked_to() {
    let house = House::new().await;
    let pool = house.place().await.pool;
    let call = |username: &str| {
        let call = house.sdk.admin_create_user().user_pool_id(&pool).username(username);
        let call = call.user_attributes(attribute("email", "ann@example.com"));
        call.user_attributes(attribute("phone_number", "+15555550100"))
    };
    let (mail, sms) = (DeliveryMediumType::Email, DeliveryMediumType::Sms);
    call("default").send().await.expect("created");
    call("mail").desired_delivery_mediums(mail.clone()).send().await.expect("created");
    let both = call("both").desired_delivery_mediums(mail.clone()).desired_delivery_mediums(sms);
    both.send().await.expect("created");
    let none = call("none").desired_delivery_mediums(mail).message_action(MessageActionType::Suppress);
    none.send().await.expect("created");
    let inbox = house.app.inbox.as_ref().expect("tests have an inbox");
    let media = |username: &str| {
        let messages = inbox.messages(&Filter { username: Some(username.to_owned()), ..Filter::default() });
        let mut media: Vec<_> = messages.iter().map(|message| message.medium).collect();
        media.sort_unstable();
        media
    };
    assert_eq!(media("default"), ["SMS"]);
    assert_eq!(media("mail"), ["EMAIL"]);
    assert_eq!(media("both"), ["EMAIL", "SMS"]);
    assert_eq!(media("none"), [""; 0]);
}

#[tokio::test]
async fn an_invitation_is_sent_again_to_whoever_waits_for_one() {
    let house = House::new().await;
    let pool = house.place().await.pool;
    let resend = |username: &str| {
        let call = house.sdk.admin_create_user().user_pool_id(&pool).username(username);
        call.message_action(MessageActionType::Resend).desired_delivery_mediums(DeliveryMediumType::Email)
    };
    refused!(resend("ann"), is_user_not_found_exception, "User does not exist."); // cog-0387
    create(&house, &pool, "ann", "ann@example.com").send().await.expect("created");
    let user = resend("ann").send().await.expect("resent").user.expect("told");
    assert_eq!(user.user_status(), Some(&UserStatusType::ForceChangePassword));
    let [second, first] = house.codes_of("ann").try_into().expect("two invitations");
    assert_ne!(first, second); // cog-0403

    let weak = resend("ann").temporary_password("short");
    let text = "Password did not conform with password policy: Password not long enough";
    refused!(weak, is_invalid_password_exception, text);
    let set = house.sdk.admin_set_user_password().user_pool_id(&pool).username("ann").password(PASSWORD);
    set.permanent(true).send().await.expect("set");
    // cog-0293
    let text = "User cannot be invited again. Current status is CONFIRMED";
    refused!(resend("ann"), is_unsupported_user_state_exception, text);
}

#[tokio::test]
async fn where_codes_sign_in_a_user_needs_no_password_and_is_confirmed_at_once() {
    // cog-0283
    let house = House::new().await;
    let policy = SignInPolicyType::builder()
        .allowed_first_auth_factors(AuthFactorType::Password)
        .allowed_first_auth_factors(AuthFactorType::EmailOtp);
    let policies = UserPoolPolicyType::builder().sign_in_policy(policy.build()).build();
    let pool = house.sdk.create_user_pool().pool_name("p").policies(policies);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    let call = |username: &str| {
        let call = create(&house, &pool, username, "ann@example.com");
        call.user_attributes(attribute("email_verified", "true"))
    };
    let quiet = call("ann").message_action(MessageActionType::Suppress).send().await.expect("created");
    assert_eq!(quiet.user.expect("told").user_status, Some(UserStatusType::Confirmed));
    let with = call("bob").temporary_password(PASSWORD).send().await.expect("created");
    assert_eq!(with.user.expect("told").user_status, Some(UserStatusType::ForceChangePassword));
    let unreachable = house.sdk.admin_create_user().user_pool_id(&pool).username("eve");
    let text = "An email or a phone_number is required for a user without a password.";
    refused!(unreachable, is_invalid_parameter_exception, text);
}

#[tokio::test]
async fn an_alias_that_is_verified_moves_only_by_force() {
    // cog-0286
    let house = House::new().await;
    let pool = alias_pool(&house).await;
    let call = |username: &str| create(&house, &pool, username, "one@example.com");
    let verified = |username: &str| call(username).user_attributes(attribute("email_verified", "true"));
    verified("ann").send().await.expect("created");
    call("bob").force_alias_creation(true).send().await.expect("force is ignored where nothing is verified");
    let holder = || async {
        let user = house.sdk.admin_get_user().user_pool_id(&pool).username("one@example.com");
        user.send().await.expect("somebody").username
    };
    assert_eq!(holder().await, "ann");

    // The SDK does not know that this operation can say so; the wire does.
    let error = verified("eve").send().await.expect_err("taken").into_service_error();
    assert_eq!(error.meta().code(), Some("AliasExistsException"));
    assert_eq!(error.meta().message(), Some("An account with the given email already exists."));
    verified("eve").force_alias_creation(true).send().await.expect("created");
    assert_eq!(holder().await, "eve");
    assert_eq!(house.user(&pool, "ann", "email_verified").await.1.as_deref(), Some("false"));
}

#[tokio::test]
async fn users_are_disabled_and_enabled() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let enabled = || async {
        let user = house.sdk.admin_get_user().user_pool_id(&place.pool).username("ann");
        user.send().await.expect("there").enabled
    };
    let disable =
        |username: &str| house.sdk.admin_disable_user().user_pool_id(&place.pool).username(username);
    let enable = |username: &str| house.sdk.admin_enable_user().user_pool_id(&place.pool).username(username);
    for _ in 0..2 {
        disable("ann").send().await.expect("twice is no error");
        assert!(!enabled().await);
    }
    let confirm = || {
        let call = house.sdk.confirm_sign_up().client_id(&place.client).username("ann");
        call.confirmation_code(house.code_of("ann"))
    };
    refused!(confirm(), is_not_authorized_exception, "User is disabled.");
    for _ in 0..2 {
        enable("ann").send().await.expect("twice is no error");
        assert!(enabled().await);
    }
    confirm().send().await.expect("enabled again");
    refused!(disable("bob"), is_user_not_found_exception, "User does not exist.");
    refused!(enable("bob"), is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn everything_of_a_user_goes() {
    let house = House::new().await;
    let pool = alias_pool(&house).await;
    let client = house.client_in(&pool).await;
    let made = create(&house, &pool, "ann", "ann@example.com");
    let made = made.user_attributes(attribute("email_verified", "true")).send().await.expect("created");
    let sub = attribute_of(&made.user.expect("told"), "sub").expect("a sub").to_owned();
    house.sdk.create_group().user_pool_id(&pool).group_name("g").send().await.expect("a group");
    let join = house.sdk.admin_add_user_to_group().user_pool_id(&pool).group_name("g").username("ann");
    join.send().await.expect("joined");
    let set = house.sdk.admin_set_user_password().user_pool_id(&pool).username("ann").password(PASSWORD);
    set.permanent(true).send().await.expect("confirmed");
    let reset = house.sdk.admin_reset_user_password().user_pool_id(&pool).username("ann");
    reset.send().await.expect("a code is pending");

    let delete = || house.sdk.admin_delete_user().user_pool_id(&pool).username("ann@example.com");
    delete().send().await.expect("by an alias, as any other name");
    refused!(delete(), is_user_not_found_exception, "User does not exist.");
    for name in ["ann", "ann@example.com", &sub] {
        let get = house.sdk.admin_get_user().user_pool_id(&pool).username(name);
        refused!(get, is_user_not_found_exception, "User does not exist."); // cog-0298
    }
    let members = house.sdk.list_users_in_group().user_pool_id(&pool).group_name("g").send().await;
    assert!(members.expect("a group").users().is_empty());
    // No code, no counter, no session is left to sweep.
    let later = lido_domain::Timestamp::from_millis(i64::MAX);
    assert_eq!(house.app.store.sweep(later, 99).await, Ok(0));
    // And the names are free.
    house.sign_up(&client, "ann", "ann@example.com").await;
}
