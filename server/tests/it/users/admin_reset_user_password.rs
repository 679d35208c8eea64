//! AdminResetUserPassword.

use aws_sdk_cognitoidentityprovider::types::{
    AccountRecoverySettingType, RecoveryOptionNameType, RecoveryOptionType, UserStatusType,
    VerifiedAttributeType,
};
use lido::delivery::Filter;

use crate::support::{PASSWORD, TestServer, assert_refused, attribute, pool_id_of};

#[tokio::test]
async fn admin_reset_user_password_sends_a_code_to_a_verified_contact() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let reset = || server.sdk.admin_reset_user_password().user_pool_id(&ids.pool).username("ann");
    let set = |password: &str, permanent| {
        let call = server.sdk.admin_set_user_password().user_pool_id(&ids.pool).username("ann");
        call.password(password).permanent(permanent)
    };
    let wrong_state = "User password cannot be reset in the current state.";
    assert_refused!(reset(), is_not_authorized_exception, wrong_state);
    set(PASSWORD, false).send().await.expect("set");
    assert_refused!(reset(), is_not_authorized_exception, wrong_state); // cog-0301
    set(PASSWORD, true).send().await.expect("set");
    // cog-0331
    let text = "Cannot reset password for the user as there is no registered/verified email or phone_number";
    assert_refused!(reset(), is_invalid_parameter_exception, text);
    let update = server.sdk.admin_update_user_attributes().user_pool_id(&ids.pool).username("ann");
    update.user_attributes(attribute("email_verified", "true")).send().await.expect("verified");
    for _ in 0..2 {
        reset().send().await.expect("a success each time");
        assert_eq!(
            server.status_and_attribute(&ids.pool, "ann", "email").await.0,
            UserStatusType::ResetRequired
        );
    }
    // cog-0402
    let inbox = server.app.inbox.as_ref().expect("tests have an inbox");
    let messages = inbox.messages(&Filter { username: Some("ann".into()), ..Filter::default() });
    let triggers: Vec<_> = messages.iter().map(|message| message.trigger.as_str()).collect();
    let reset_trigger = "CustomMessage_ForgotPassword";
    assert_eq!(triggers, [reset_trigger, reset_trigger, "CustomMessage_SignUp"]);
    // cog-0302
    server.sdk.admin_disable_user().user_pool_id(&ids.pool).username("ann").send().await.expect("disabled");
    assert_refused!(reset(), is_not_authorized_exception, "User is disabled.");
    assert_refused!(reset().username("bob"), is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn admin_reset_user_password_sends_the_code_by_account_recovery_setting() {
    let server = TestServer::new().await;
    let option = |name, priority| RecoveryOptionType::builder().name(name).priority(priority).build();
    let options = |options: Vec<_>| {
        let options = options.into_iter().map(|option: Result<_, _>| option.expect("complete")).collect();
        AccountRecoverySettingType::builder().set_recovery_mechanisms(Some(options)).build()
    };
    let (email, phone) = (RecoveryOptionNameType::VerifiedEmail, RecoveryOptionNameType::VerifiedPhoneNumber);
    let admin = RecoveryOptionNameType::AdminOnly;
    let cases = [
        (None, Some("SMS")), // cog-0400
        (Some(options(vec![option(phone, 2), option(email.clone(), 1)])), Some("EMAIL")),
        (Some(options(vec![option(email, 1)])), Some("EMAIL")),
        (Some(options(vec![option(admin, 1)])), None),
    ];
    for (setting, medium) in cases {
        let pool = server.sdk.create_user_pool().pool_name("p").set_account_recovery_setting(setting);
        let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
        let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
        let contacts = ["email", "email_verified", "phone_number", "phone_number_verified"];
        let values = ["ann@example.com", "true", "+15555550100", "true"];
        let given = contacts.into_iter().zip(values).map(|(name, value)| attribute(name, value)).collect();
        let create = server.sdk.admin_create_user().user_pool_id(&pool).username("ann");
        create.set_user_attributes(Some(given)).send().await.expect("created");
        let set = server.sdk.admin_set_user_password().user_pool_id(&pool).username("ann").password(PASSWORD);
        set.permanent(true).send().await.expect("set");
        let reset = server.sdk.admin_reset_user_password().user_pool_id(&pool).username("ann");
        let Some(medium) = medium else {
            let text = "Account recovery is left to administrators in this user pool.";
            assert_refused!(reset, is_not_authorized_exception, text);
            continue;
        };
        reset.send().await.expect("reset");
        let inbox = server.app.inbox.as_ref().expect("tests have an inbox");
        let messages = inbox.messages(&Filter { user_pool_id: Some(pool), ..Filter::default() });
        assert_eq!(messages.first().expect("a code").medium, medium);
    }
}

#[tokio::test]
async fn admin_reset_user_password_with_expired_temporary_password_succeeds() {
    // cog-0403
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let create = server.sdk.admin_create_user().user_pool_id(&pool).username("ann");
    let create = create.user_attributes(attribute("email", "ann@example.com"));
    create.user_attributes(attribute("email_verified", "true")).send().await.expect("created");
    server.app.clock.advance(std::time::Duration::from_secs(7 * 24 * 60 * 60));
    let reset = server.sdk.admin_reset_user_password().user_pool_id(&pool).username("ann");
    reset.send().await.expect("a reset of the expired password");
    assert_eq!(server.status_and_attribute(&pool, "ann", "email").await.0, UserStatusType::ResetRequired);
}
