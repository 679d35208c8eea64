//! Requests whose unit of work is disturbed: a trigger changes the user, another request commits first, a message is refused,
//! or the client disconnects. Pairs of concurrent requests are in [`crate::races`].

use std::{
    io::Write as _,
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, DeliveryMediumType, LambdaConfigType, UserStatusType,
};
use lido::delivery::{DeliveryFault, Transports, fake::FakeTransport};
use lido_domain::{Timestamp, attribute::contact::ContactKind};
use serde_json::json;

use crate::{
    functions::{arn, run},
    support::{
        PASSWORD, TestServer, assert_refused, attribute, jwt_claims,
        triggers::{TriggerFixture, tokens},
    },
};

/// Returns the groups in the claims of an ID token.
fn groups(id_token: &str) -> Vec<String> {
    jwt_claims(id_token)
        .get("cognito:groups")
        .map(|groups| serde_json::from_value(groups.clone()).expect("names"))
        .unwrap_or_default()
}

#[tokio::test]
async fn sign_in_with_groups_changed_by_post_authentication_issues_the_changed_groups() {
    let config = LambdaConfigType::builder().post_authentication(arn("post")).build();
    let fixture = TriggerFixture::with(config).await;
    let (sdk, pool) = (fixture.server.sdk.clone(), fixture.ids.pool.clone());
    for group in ["before", "after"] {
        sdk.create_group().user_pool_id(&pool).group_name(group).send().await.expect("created");
    }
    let add = sdk.admin_add_user_to_group().user_pool_id(&pool).username("ann").group_name("before");
    add.send().await.expect("added");
    fixture.functions.when(
        "post",
        run(move |event| {
            let (sdk, pool) = (sdk.clone(), pool.clone());
            async move {
                let leave = sdk.admin_remove_user_from_group().user_pool_id(&pool).username("ann");
                leave.group_name("before").send().await.expect("removed");
                let join = sdk.admin_add_user_to_group().user_pool_id(&pool).username("ann");
                join.group_name("after").send().await.expect("added");
                event
            }
        }),
    );
    let signed_in = tokens(fixture.by_password("ann", PASSWORD).send().await.expect("signed in"));
    assert_eq!(groups(signed_in.id_token().expect("a token")), ["after"]);
}

#[tokio::test]
async fn user_migration_of_concurrently_created_user_signs_in_the_created_user() {
    let config = LambdaConfigType::builder().user_migration(arn("migrate")).build();
    let fixture = TriggerFixture::with(config).await;
    let (sdk, pool) = (fixture.server.sdk.clone(), fixture.ids.pool.clone());
    fixture.functions.when(
        "migrate",
        run(move |mut event| {
            let (sdk, pool) = (sdk.clone(), pool.clone());
            async move {
                let create = sdk.admin_create_user().user_pool_id(&pool).username("bob");
                create
                    .user_attributes(attribute("email", "created@example.com"))
                    .send()
                    .await
                    .expect("created");
                let set = sdk.admin_set_user_password().user_pool_id(&pool).username("bob");
                set.password(PASSWORD).permanent(true).send().await.expect("set");
                event["response"] = json!({
                    "userAttributes": { "email": "migrated@example.com", "email_verified": "true" },
                    "messageAction": "SUPPRESS",
                });
                event
            }
        }),
    );
    tokens(fixture.by_password("bob", PASSWORD).send().await.expect("signed in"));
    let (status, email) = fixture.server.status_and_attribute(&fixture.ids.pool, "bob", "email").await;
    assert_eq!((status, email.as_deref()), (UserStatusType::Confirmed, Some("created@example.com")));
    assert_eq!(
        fixture.functions.events("UserMigration_Authentication").len(),
        1,
        "the function is invoked once per request"
    );
}

#[tokio::test]
async fn admin_create_user_with_refused_mail_sends_the_sms() {
    let refusing = FakeTransport::failing([DeliveryFault::Permanent("no such mailbox".to_owned())]);
    let (mail, sms) = (Arc::new(refusing), Arc::new(FakeTransport::default()));
    let transports = Transports { inbox: None, mail: Some(mail.clone()), sms: Some(sms.clone()) };
    let server = TestServer::with_transports(transports).await;
    let pool = server.create_pool_and_client().await.pool;
    let contacts: [AttributeType; 2] =
        [attribute("email", "ann@example.com"), attribute("phone_number", "+15550100")];
    let create = server.sdk.admin_create_user().user_pool_id(&pool).username("ann");
    let create = create.set_user_attributes(Some(contacts.to_vec()));
    let create = create
        .desired_delivery_mediums(DeliveryMediumType::Email)
        .desired_delivery_mediums(DeliveryMediumType::Sms);
    assert_refused!(
        create,
        is_code_delivery_failure_exception,
        "Invalid email provided/Unable to send the email"
    );
    assert_eq!((mail.received().len(), sms.received().len()), (1, 1));
    server.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(server.app.outbox.send_due().await, Ok(0), "no message is queued");
}

#[tokio::test]
async fn sign_up_with_disconnected_client_sends_the_code_once() {
    let carrier = Arc::new(FakeTransport::slow(Duration::from_millis(300)));
    let transports = Transports { inbox: None, mail: Some(carrier.clone()), sms: None };
    let server = TestServer::with_transports(transports).await;
    let ids = server.create_pool_and_client().await;
    let body = json!({
        "ClientId": ids.client, "Username": "ann", "Password": PASSWORD,
        "UserAttributes": [{ "Name": "email", "Value": "ann@example.com" }],
    })
    .to_string();
    let mut stream = TcpStream::connect(server.address).expect("connected");
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\
         X-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\n\r\n",
        server.address,
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("written");
    let committed =
        || async { server.sdk.admin_get_user().user_pool_id(&ids.pool).username("ann").send().await.is_ok() };
    let deadline = Instant::now() + Duration::from_secs(60);
    while !committed().await {
        assert!(Instant::now() < deadline, "the sign-up is never committed");
    }
    assert!(carrier.received().is_empty(), "the carrier is still at work when the client hangs up");
    drop(stream);
    while carrier.received().is_empty() {
        assert!(Instant::now() < deadline, "the message is never delivered");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let always = Timestamp::from_millis(i64::MAX);
    while !server.app.store.due_messages(ContactKind::Email, always, 1).await.expect("read").is_empty() {
        assert!(Instant::now() < deadline, "the delivered message is never removed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(carrier.received().len(), 1);
}
