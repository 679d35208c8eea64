//! At an app client with PreventUserExistenceErrors, an answer neither waits for the delivery of a message nor tells how it
//! ended: only a user gets messages.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use lido::{
    app::App,
    delivery::{DeliveryFault, OutgoingMessage, Transport, Transports, fake::FakeTransport},
};
use lido_runtime::Operation as _;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestServer,
    json_requests::{InProcessService, JsonResponse},
    sms_configuration,
};

/// Longer than any test: a request that waits for its message does not end by itself.
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);

/// The time after which a request counts as one that waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// The users, with the operation that sends to them without a proof of who calls.
const UNCONFIRMED: &str = "unconfirmed";
const CONFIRMED: &str = "confirmed";
const UNKNOWN: &str = "unknown-one";

/// A transport that a test shares with the server.
#[derive(Debug)]
struct Shared(Arc<FakeTransport>);

#[async_trait]
impl Transport for Shared {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), DeliveryFault> {
        self.0.deliver(message).await
    }
}

/// A server with a confirmed and an unconfirmed user, and an app client that hides them.
struct Fixture {
    service: InProcessService,
    transport: Arc<FakeTransport>,
    client: String,
}

impl Fixture {
    /// Creates the users with a transport that delivers, and then serves them with `transport`.
    async fn new(transport: FakeTransport) -> Self {
        let server = TestServer::new().await;
        let settings = json!({
            "AutoVerifiedAttributes": ["email"],
            "SmsConfiguration": { "SnsCallerArn": sms_configuration().sns_caller_arn() },
            "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"] } },
        });
        let pool = server.create_pool_with(settings).await;
        let client = json!({
            "ExplicitAuthFlows": ["ALLOW_USER_AUTH"], "PreventUserExistenceErrors": "ENABLED",
        });
        let client = server.create_client_with(&pool, client).await;
        for name in [UNCONFIRMED, CONFIRMED] {
            let attributes = [("email", "ann@example.com"), ("phone_number", "+15550100")];
            let attributes = attributes.map(|(name, value)| json!({ "Name": name, "Value": value }));
            let sign_up = json!({
                "ClientId": client, "Username": name, "Password": PASSWORD, "UserAttributes": attributes,
            });
            server.expect_output("SignUp", &sign_up).await;
        }
        let confirm = json!({ "ClientId": client, "Username": CONFIRMED });
        let mut confirm = confirm;
        confirm["ConfirmationCode"] = json!(server.code_of(CONFIRMED));
        server.expect_output("ConfirmSignUp", &confirm).await;
        let transport = Arc::new(transport);
        let app = server.app;
        let app = App::new(
            app.store.clone(),
            app.clock.clone(),
            app.entropy.clone(),
            Arc::clone(&app.keys),
            Transports::single(Shared(Arc::clone(&transport))),
            app.triggers.clone(),
            app.settings.clone(),
        );
        let app = App { outbox: app.outbox.with_request_timeout(FOREVER), ..app };
        Self { service: InProcessService::new(app), transport, client }
    }

    /// Returns the answer to the request about `name`, with the name and the session replaced.
    async fn ask(&self, operation: &str, name: &str, more: &Value) -> (u16, Value) {
        let mut input = json!({ "ClientId": self.client });
        let members = input.as_object_mut().expect("an object");
        members.extend(more.as_object().expect("an object").clone());
        match members.get_mut("AuthParameters") {
            Some(parameters) => parameters["USERNAME"] = json!(name),
            None => drop(members.insert("Username".to_owned(), json!(name))),
        }
        let found = lido::operations::SERVED.iter().find(|served| served.name() == operation);
        let call = self.service.call(*found.expect("an operation"), &input);
        let answer: JsonResponse = tokio::time::timeout(PATIENCE, call).await.expect("an answer at once");
        let mut body = answer.json();
        if let Some(session) = body.get_mut("Session") {
            *session = json!("a session");
        }
        (answer.status, body)
    }
}

/// Every request that sends a code to a user without a proof of who calls: the operation, its members, its user.
fn requests() -> Vec<(&'static str, Value, &'static str)> {
    let sent_code = |factor: &str| json!({ "AuthFlow": "USER_AUTH", "AuthParameters": { "PREFERRED_CHALLENGE": factor } });
    vec![
        ("ForgotPassword", json!({}), CONFIRMED),
        ("ResendConfirmationCode", json!({}), UNCONFIRMED),
        ("InitiateAuth", sent_code("EMAIL_OTP"), CONFIRMED),
        ("InitiateAuth", sent_code("SMS_OTP"), CONFIRMED),
    ]
}

/// Removes the destination, which is recorded for the service to differ (docs/sign-up-and-confirmation.md).
fn without_destination(mut answer: (u16, Value)) -> (u16, Value) {
    for (details, name) in
        [("CodeDeliveryDetails", "Destination"), ("ChallengeParameters", "CODE_DELIVERY_DESTINATION")]
    {
        if let Some(details) = answer.1.get_mut(details).and_then(Value::as_object_mut) {
            assert!(details.remove(name).is_some(), "{answer:?}");
        }
    }
    answer
}

#[tokio::test]
async fn answer_of_hiding_client_comes_before_the_transport_answers() {
    let fixture = Fixture::new(FakeTransport::blocked()).await;
    let mut sent = 0;
    for (operation, more, user) in requests() {
        let mut answers = Vec::new();
        for name in [user, UNKNOWN] {
            answers.push(without_destination(fixture.ask(operation, name, &more).await));
        }
        assert_eq!(answers[0].0, 200, "{answers:?}");
        assert_eq!(answers[0], answers[1], "{operation} {more}");
        assert!(fixture.transport.received().is_empty(), "the transport is still blocked");
        sent += 1;
    }
    fixture.transport.release();
    fixture.service.app.outbox.finish().await;
    assert_eq!(fixture.transport.received().len(), sent, "one message for each request about a user");
}

#[tokio::test]
async fn answer_of_hiding_client_does_not_tell_of_a_refused_delivery() {
    let refuse = || DeliveryFault::Permanent("no such mailbox".to_owned());
    let fixture = Fixture::new(FakeTransport::failing(std::iter::repeat_with(refuse).take(8))).await;
    for (operation, more, user) in requests() {
        let mut answers = Vec::new();
        for name in [user, UNKNOWN] {
            answers.push(without_destination(fixture.ask(operation, name, &more).await));
        }
        assert_eq!(answers[0].0, 200, "{answers:?}");
        assert_eq!(answers[0], answers[1], "{operation} {more}");
    }
    fixture.service.app.outbox.finish().await;
    assert_eq!(fixture.transport.received().len(), requests().len());
}

/// SignUp tells of a refused delivery: cog-0122. It tells of a taken username too.
#[tokio::test]
async fn sign_up_at_hiding_client_tells_of_a_refused_delivery() {
    let refused = DeliveryFault::Permanent("no such mailbox".to_owned());
    let fixture = Fixture::new(FakeTransport::failing([refused])).await;
    let attributes = json!([{ "Name": "email", "Value": "new@example.com" }]);
    let more = json!({ "Password": PASSWORD, "UserAttributes": attributes });
    let (status, body) = fixture.ask("SignUp", "new", &more).await;
    assert_eq!((status, body["__type"].as_str()), (400, Some("CodeDeliveryFailureException")), "{body}");
}
