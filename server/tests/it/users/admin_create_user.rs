//! AdminCreateUser.

use aws_sdk_cognitoidentityprovider::types::{
    AuthFactorType, DeliveryMediumType, MessageActionType, SignInPolicyType, UserPoolPolicyType,
    UserStatusType, VerifiedAttributeType,
};
use lido::delivery::Filter;

use super::{alias_pool, attribute_of, create, email_username_pool};
use crate::support::{PASSWORD, TestServer, assert_refused, attribute, pool_id_of};

#[tokio::test]
async fn admin_create_user_invites_the_user() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let created = create(&server, &pool, "ann", "ann@example.com").temporary_password(PASSWORD).send().await;
    let created = created.expect("created").user.expect("a user");
    assert_eq!(created.user_status(), Some(&UserStatusType::ForceChangePassword));
    assert_eq!((created.username(), created.enabled), (Some("ann"), true));
    assert_eq!(attribute_of(&created, "email"), Some("ann@example.com"));
    assert_eq!(attribute_of(&created, "email_verified"), None);

    let output =
        server.sdk.admin_get_user().user_pool_id(&pool).username("ann").send().await.expect("present");
    assert_eq!(output.user_status, created.user_status);
    assert_eq!(output.user_attributes(), created.attributes());
    assert_eq!(output.user_create_date, created.user_create_date);

    let inbox = server.app.inbox.as_ref().expect("tests have an inbox");
    let messages = inbox.messages(&Filter { username: Some("ann".into()), ..Filter::default() });
    let [message] = messages.as_slice() else { panic!("one invitation") };
    assert_eq!((message.code.as_str(), message.to.as_str()), (PASSWORD, "ann@example.com"));
    assert_eq!(message.trigger, "CustomMessage_AdminCreateUser");
}

#[tokio::test]
async fn admin_create_user_with_taken_name_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let sub = server.sign_up(&ids.client, "ann", "ann@example.com").await;
    // cog-0287
    let text = "User account already exists";
    assert_refused!(create(&server, &ids.pool, "ann", "b@example.com"), is_username_exists_exception, text);
    assert_refused!(create(&server, &ids.pool, &sub, "b@example.com"), is_username_exists_exception, text);

    let pool = email_username_pool(&server).await;
    let created = create(&server, &pool, "ann@example.com", "ignored@example.com").send().await;
    let created = created.expect("created").user.expect("a user");
    assert_eq!(created.username(), attribute_of(&created, "sub"), "the username is the sub");
    assert_eq!(attribute_of(&created, "email"), Some("ann@example.com"));
    // cog-0288
    let text = "An account with the given email already exists.";
    assert_refused!(create(&server, &pool, "ann@example.com", "x@y.z"), is_username_exists_exception, text);
    assert_refused!(
        create(&server, &pool, "ann", "x@y.z"),
        is_invalid_parameter_exception,
        "Username should be an email."
    );
}

#[tokio::test]
async fn admin_create_user_with_invalid_input_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let call = || create(&server, &pool, "ann", "ann@example.com");
    // The pool is checked before anything else, as in cog-0390.
    let elsewhere = call().user_pool_id("us-east-1_nowhere");
    assert_refused!(
        elsewhere,
        is_resource_not_found_exception,
        "User pool us-east-1_nowhere does not exist."
    );
    // cog-0290
    let malformed = create(&server, &pool, "ann", "nonsense");
    assert_refused!(malformed, is_invalid_parameter_exception, "Invalid email address format.");
    // cog-0295
    let text = concat!(
        "Attributes did not conform to the schema: ",
        "Type for attribute {custom:role} could not be determined"
    );
    let unknown = call().user_attributes(attribute("custom:role", "x"));
    assert_refused!(unknown, is_invalid_parameter_exception, text);
    let kept = call().user_attributes(attribute("sub", "x"));
    assert_refused!(kept, is_invalid_parameter_exception, "Cannot modify the non-mutable attribute sub");
    let unreachable = call().user_attributes(attribute("phone_number_verified", "true"));
    let text = "A value for phone_number is required to set phone_number_verified to true.";
    assert_refused!(unreachable, is_invalid_parameter_exception, text);
    let unreachable = call().desired_delivery_mediums(DeliveryMediumType::Sms);
    let text = "No phone number provided but desired delivery medium was SMS";
    assert_refused!(unreachable, is_invalid_parameter_exception, text);
    // cog-0291, cog-0388
    let cases = [
        ("Passw0rdd!".to_lowercase(), "Password must have uppercase characters"),
        ("Password!".to_owned(), "Password must have numeric characters"),
        ("Aa1!".to_owned(), "Password not long enough"),
    ];
    for (password, rule) in cases {
        let text = format!("Password did not conform with password policy: {rule}");
        assert_refused!(call().temporary_password(password), is_invalid_password_exception, text.as_str());
    }
    call().send().await.expect("the refused requests have created no user");
}

#[tokio::test]
async fn admin_create_user_without_password_generates_one_that_conforms() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    for username in ["ann", "bob"] {
        create(&server, &pool, username, &format!("{username}@example.com")).send().await.expect("created");
        let generated = server.code_of(username);
        let set = server.sdk.admin_set_user_password().user_pool_id(&pool).username(username);
        set.password(generated)
            .permanent(true)
            .send()
            .await
            .expect("the generated password conforms to the policy");
    }
    assert_ne!(server.code_of("ann"), server.code_of("bob"));
}

#[tokio::test]
async fn admin_create_user_sends_invitation_by_desired_mediums() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let call = |username: &str| {
        let call = server.sdk.admin_create_user().user_pool_id(&pool).username(username);
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
    let inbox = server.app.inbox.as_ref().expect("tests have an inbox");
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
async fn admin_create_user_with_resend_sends_another_invitation() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let resend = |username: &str| {
        let call = server.sdk.admin_create_user().user_pool_id(&pool).username(username);
        call.message_action(MessageActionType::Resend).desired_delivery_mediums(DeliveryMediumType::Email)
    };
    assert_refused!(resend("ann"), is_user_not_found_exception, "User does not exist."); // cog-0387
    create(&server, &pool, "ann", "ann@example.com").send().await.expect("created");
    let user = resend("ann").send().await.expect("resent").user.expect("a user");
    assert_eq!(user.user_status(), Some(&UserStatusType::ForceChangePassword));
    let [second, first] = server.codes_of("ann").try_into().expect("two invitations");
    assert_ne!(first, second); // cog-0403

    let weak = resend("ann").temporary_password("short");
    let text = "Password did not conform with password policy: Password not long enough";
    assert_refused!(weak, is_invalid_password_exception, text);
    let set = server.sdk.admin_set_user_password().user_pool_id(&pool).username("ann").password(PASSWORD);
    set.permanent(true).send().await.expect("set");
    // cog-0293
    let text = "User cannot be invited again. Current status is CONFIRMED";
    assert_refused!(resend("ann"), is_unsupported_user_state_exception, text);
}

#[tokio::test]
async fn admin_create_user_without_password_in_passwordless_pool_is_confirmed() {
    // cog-0283
    let server = TestServer::new().await;
    let policy = SignInPolicyType::builder()
        .allowed_first_auth_factors(AuthFactorType::Password)
        .allowed_first_auth_factors(AuthFactorType::EmailOtp);
    let policies = UserPoolPolicyType::builder().sign_in_policy(policy.build()).build();
    let pool = server.sdk.create_user_pool().pool_name("p").policies(policies);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    let call = |username: &str| {
        let call = create(&server, &pool, username, "ann@example.com");
        call.user_attributes(attribute("email_verified", "true"))
    };
    let suppressed = call("ann").message_action(MessageActionType::Suppress).send().await.expect("created");
    assert_eq!(suppressed.user.expect("a user").user_status, Some(UserStatusType::Confirmed));
    let with_password = call("bob").temporary_password(PASSWORD).send().await.expect("created");
    assert_eq!(with_password.user.expect("a user").user_status, Some(UserStatusType::ForceChangePassword));
    let unreachable = server.sdk.admin_create_user().user_pool_id(&pool).username("eve");
    let text = "An email or a phone_number is required for a user without a password.";
    assert_refused!(unreachable, is_invalid_parameter_exception, text);
}

#[tokio::test]
async fn admin_create_user_with_taken_alias_is_refused_unless_forced() {
    // cog-0286
    let server = TestServer::new().await;
    let pool = alias_pool(&server).await;
    let call = |username: &str| create(&server, &pool, username, "one@example.com");
    let verified = |username: &str| call(username).user_attributes(attribute("email_verified", "true"));
    verified("ann").send().await.expect("created");
    call("bob")
        .force_alias_creation(true)
        .send()
        .await
        .expect("ForceAliasCreation is ignored for an unverified address");
    let holder = || async {
        let user = server.sdk.admin_get_user().user_pool_id(&pool).username("one@example.com");
        user.send().await.expect("a user").username
    };
    assert_eq!(holder().await, "ann");

    // The model does not declare AliasExistsException for this operation, so the SDK has no method for it.
    let error = verified("eve").send().await.expect_err("taken").into_service_error();
    assert_eq!(error.meta().code(), Some("AliasExistsException"));
    assert_eq!(error.meta().message(), Some("An account with the given email already exists."));
    verified("eve").force_alias_creation(true).send().await.expect("created");
    assert_eq!(holder().await, "eve");
    assert_eq!(server.status_and_attribute(&pool, "ann", "email_verified").await.1.as_deref(), Some("false"));
}
