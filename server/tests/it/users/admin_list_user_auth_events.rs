//! AdminListUserAuthEvents.

use aws_sdk_cognitoidentityprovider::types::{
    AdvancedSecurityModeType, AuthEventType, AuthFlowType, EventResponseType, EventType,
    ExplicitAuthFlowsType, UserContextDataType, UserPoolAddOnsType, UserPoolTierType, VerifiedAttributeType,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::support::{
    PASSWORD, TestServer, assert_refused, attribute, different_code, pool_id_of, secret_hash,
};

/// Creates a pool with threat protection, and an app client that may send the user's context; returns the ids of both and
/// the client's secret.
async fn create_pool_with_threat_protection(server: &TestServer) -> (String, String, String) {
    let add_ons = UserPoolAddOnsType::builder().advanced_security_mode(AdvancedSecurityModeType::Audit);
    let pool = server.sdk.create_user_pool().pool_name("p").user_pool_tier(UserPoolTierType::Plus);
    let pool = pool.user_pool_add_ons(add_ons.build().expect("add-ons"));
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email).send().await.expect("a pool");
    let pool = pool_id_of(pool.user_pool());
    let create =
        server.sdk.create_user_pool_client().user_pool_id(&pool).client_name("c").generate_secret(true);
    let create = create.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth);
    let created = create.enable_propagate_additional_user_context_data(true).send().await.expect("a client");
    let client = created.user_pool_client.expect("a description");
    (pool, client.client_id.expect("an id"), client.client_secret.expect("a secret"))
}

/// Returns the type, the response and the time zone of an event.
fn summary(event: &AuthEventType) -> (&str, &str, Option<&str>) {
    let kind = event.event_type().map(EventType::as_str).expect("a kind");
    let response = event.event_response().map(EventResponseType::as_str).expect("a response");
    (kind, response, event.event_context_data().and_then(|context| context.timezone()))
}

/// api-0222. *Chosen*: the token of a page is Lido's own, because clients must not look into it.
#[tokio::test]
async fn admin_list_user_auth_events_returns_the_newest_first() {
    let server = TestServer::new().await;
    let (pool, client, secret) = create_pool_with_threat_protection(&server).await;
    let hash = secret_hash(&client, &secret, "ann");
    let payload = r#"{"contextData":{"UserAgent":"Netscape","ClientTimezone":"+02:00"}}"#;
    let collected = STANDARD.encode(serde_json::json!({ "payload": payload }).to_string());
    let context = UserContextDataType::builder().ip_address("198.51.100.7").encoded_data(collected).build();

    let call = server.sdk.sign_up().client_id(&client).secret_hash(&hash).username("ann").password(PASSWORD);
    let call = call.user_attributes(attribute("email", "ann@example.com"));
    call.user_context_data(context.clone()).send().await.expect("signed up");
    server.app.clock.advance(std::time::Duration::from_secs(1));
    let code = server.code_of("ann");
    for code in [different_code(&code), &code] {
        let call = server.sdk.confirm_sign_up().client_id(&client).secret_hash(&hash).username("ann");
        let _ = call.confirmation_code(code).user_context_data(context.clone()).send().await;
        server.app.clock.advance(std::time::Duration::from_secs(1));
    }
    for password in [PASSWORD, "wrong"] {
        let call = server.sdk.initiate_auth().client_id(&client).auth_flow(AuthFlowType::UserPasswordAuth);
        let call = call.auth_parameters("USERNAME", "ann").auth_parameters("SECRET_HASH", &hash);
        let _ = call.auth_parameters("PASSWORD", password).send().await;
        server.app.clock.advance(std::time::Duration::from_secs(1));
    }

    let list = || server.sdk.admin_list_user_auth_events().user_pool_id(&pool).username("ann");
    let events = list().send().await.expect("listed").auth_events.expect("events");
    let sent = Some("+02:00");
    let expected = [
        ("SignIn", "Fail", None),
        ("SignIn", "Pass", None),
        ("SignUp", "Pass", sent),
        ("SignUp", "Fail", sent),
        ("SignUp", "Pass", sent),
    ];
    assert_eq!(events.iter().map(summary).collect::<Vec<_>>(), expected);
    let context = events[2].event_context_data().expect("a context");
    assert_eq!((context.ip_address(), context.device_name()), (Some("198.51.100.7"), Some("Netscape")));

    // The pages together are the same list.
    let (mut pages, mut token) = (Vec::new(), None);
    loop {
        let page = list().max_results(2).set_next_token(token).send().await.expect("a page");
        pages.extend(page.auth_events.expect("events"));
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(pages, events);

    // The events are deleted with the user.
    server.sdk.admin_delete_user().user_pool_id(&pool).username("ann").send().await.expect("deleted");
    assert_refused!(list(), is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn admin_list_user_auth_events_without_threat_protection_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let list = server.sdk.admin_list_user_auth_events().user_pool_id(&ids.pool).username("ann");
    let text = "User pool add-ons are not enabled for this user pool.";
    assert_refused!(list, is_user_pool_add_on_not_enabled_exception, text);
}
