//! Requests whose client closes the connection after the commit: what follows a commit runs to its end.
//!
//! The server itself notices that a client is gone when it writes the response; the tests of the HTTP layer end a
//! connection while its request is served.

use std::{
    io::Write as _,
    net::TcpStream,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use aws_sdk_cognitoidentityprovider::types::{
    DefaultEmailOptionType, LambdaConfigType, VerificationMessageTemplateType, VerifiedAttributeType,
};
use lido::{
    app::App,
    clock::Clock,
    delivery::{Filter, Inbox, Transports},
    store::Store,
};
use serde_json::{Value, json};

use crate::{
    functions::{Behavior, Functions, arn, echo},
    support::{
        PASSWORD, PoolAndClient, TestServer, attribute,
        intercepted_store::{BackendCall, InterceptedStore},
        pool_id_of,
    },
};

/// How long a commit takes here, so that the client closes the connection before the server goes on.
const COMMIT: Duration = Duration::from_millis(300);

/// How long a test waits before it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// The request that confirms a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Confirmation {
    SignUp,
    ConfirmSignUp,
    AdminConfirmSignUp,
    Link,
    ConfirmForgotPassword,
}

impl Confirmation {
    const ALL: [Self; 5] = [
        Self::SignUp,
        Self::ConfirmSignUp,
        Self::AdminConfirmSignUp,
        Self::Link,
        Self::ConfirmForgotPassword,
    ];

    /// Returns the trigger source that PostConfirmation is invoked with.
    fn trigger_source(self) -> &'static str {
        match self {
            Self::ConfirmForgotPassword => "PostConfirmation_ConfirmForgotPassword",
            _ => "PostConfirmation_ConfirmSignUp",
        }
    }
}

/// Removes a null app client from the event, as functions must after AdminConfirmSignUp (cog-0053).
fn without_null(event: &mut Value) {
    if let Some(caller) = event["callerContext"].as_object_mut() {
        caller.retain(|_, value| !value.is_null());
    }
}

/// A server with PreSignUp and PostConfirmation, whose commits a test can slow down.
struct Fixture {
    server: TestServer,
    functions: Functions,
    store: InterceptedStore,
    ids: PoolAndClient,
}

impl Fixture {
    async fn new(with_link: bool) -> Self {
        let (functions, store) = (Functions::serve().await, InterceptedStore::in_memory());
        let App { clock, entropy, keys, triggers, settings, .. } = App::for_tests();
        let triggers = triggers.with_invoker(functions.lambda(None, Clock::system()));
        let transports = Transports::inbox(Inbox::new());
        let app = App::new(Store::new(store.clone()), clock, entropy, keys, transports, triggers, settings);
        let server = TestServer::with_app(app).await;
        functions.when("pre", echo());
        functions.when("post", Behavior::Answer(without_null));
        let config = LambdaConfigType::builder().pre_sign_up(arn("pre")).post_confirmation(arn("post"));
        let option = if with_link {
            DefaultEmailOptionType::ConfirmWithLink
        } else {
            DefaultEmailOptionType::ConfirmWithCode
        };
        let template = VerificationMessageTemplateType::builder().default_email_option(option).build();
        let create = server.sdk.create_user_pool().pool_name("p").lambda_config(config.build());
        let create = create.verification_message_template(template);
        let create = create.auto_verified_attributes(VerifiedAttributeType::Email).send().await;
        let pool = pool_id_of(create.expect("a pool").user_pool());
        let client = server.create_client(&pool).await;
        Self { ids: PoolAndClient { pool, client }, server, functions, store }
    }

    /// Does what comes before the confirmation of `ann`, and returns the text of its request.
    async fn prepare(&self, confirmation: Confirmation) -> String {
        let Self { server, ids, .. } = self;
        if confirmation == Confirmation::SignUp {
            self.functions
                .when("pre", Behavior::Answer(|event| event["response"]["autoConfirmUser"] = true.into()));
            let attributes = json!([{ "Name": "email", "Value": "ann@example.com" }]);
            let body = json!({ "ClientId": ids.client, "Username": "ann", "Password": PASSWORD,
                               "UserAttributes": attributes });
            return self.post("SignUp", &body);
        }
        server.sign_up(&ids.client, "ann", "ann@example.com").await;
        match confirmation {
            Confirmation::AdminConfirmSignUp => {
                self.post("AdminConfirmSignUp", &json!({ "UserPoolId": ids.pool, "Username": "ann" }))
            }
            Confirmation::Link => {
                let filter = Filter { username: Some("ann".into()), ..Filter::default() };
                let messages = server.app.inbox.as_ref().expect("an inbox").messages(&filter);
                let link = messages[0].link.clone().expect("a link");
                let path = link.split_once(&server.address.to_string()).expect("a link to the server").1;
                format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address)
            }
            Confirmation::ConfirmForgotPassword => {
                let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&ids.pool).username("ann");
                confirm.send().await.expect("confirmed");
                let update = server.sdk.admin_update_user_attributes().user_pool_id(&ids.pool);
                let update = update.username("ann").user_attributes(attribute("email_verified", "true"));
                update.send().await.expect("updated");
                let forgot = server.sdk.forgot_password().client_id(&ids.client).username("ann");
                forgot.send().await.expect("sent");
                let body = json!({ "ClientId": ids.client, "Username": "ann", "Password": PASSWORD,
                                   "ConfirmationCode": server.code_of("ann") });
                self.post("ConfirmForgotPassword", &body)
            }
            Confirmation::ConfirmSignUp | Confirmation::SignUp => {
                let body = json!({ "ClientId": ids.client, "Username": "ann",
                                   "ConfirmationCode": server.code_of("ann") });
                self.post("ConfirmSignUp", &body)
            }
        }
    }

    fn post(&self, operation: &str, body: &Value) -> String {
        let body = body.to_string();
        format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\nX-Amz-Date: 20261121T073000Z\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/cognito-idp/aws4_request, \
             SignedHeaders=host, Signature=00\r\n\
             X-Amz-Target: AWSCognitoIdentityProviderService.{operation}\r\n\r\n{body}",
            self.server.address,
            body.len()
        )
    }

    /// Sends a request and returns its connection as soon as the server has committed.
    async fn send_until_commit(&self, request: &str) -> TcpStream {
        let interceptor = self.store.interceptor();
        interceptor.take_calls();
        let millis = u64::try_from(COMMIT.as_millis()).expect("a short time");
        interceptor.pause_after_commit.store(millis, Ordering::Relaxed);
        let mut stream = TcpStream::connect(self.server.address).expect("connected");
        stream.write_all(request.as_bytes()).expect("sent");
        let has_committed = || interceptor.take_calls().contains(&BackendCall::Commit);
        wait_for("the commit", has_committed).await;
        interceptor.pause_after_commit.store(0, Ordering::Relaxed);
        stream
    }
}

async fn wait_for(what: &str, is_there: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_there() {
        assert!(Instant::now() < deadline, "{what} does not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn client_that_hangs_up_after_the_commit_does_not_lose_post_confirmation() {
    for confirmation in Confirmation::ALL {
        let fixture = Fixture::new(confirmation == Confirmation::Link).await;
        let request = fixture.prepare(confirmation).await;
        let source = confirmation.trigger_source();
        let before = fixture.functions.events(source).len();
        let stream = fixture.send_until_commit(&request).await;
        assert_eq!(fixture.functions.events(source).len(), before, "the commit comes before the trigger");
        drop(stream);
        let invoked = || fixture.functions.events(source).len() > before;
        wait_for(&format!("PostConfirmation of {confirmation:?}"), invoked).await;
    }
}

/// A client that hangs up while the trigger is under way: its later attempts are made, too.
#[tokio::test]
async fn client_that_hangs_up_during_the_trigger_does_not_end_its_attempts() {
    let fixture = Fixture::new(false).await;
    let request = fixture.prepare(Confirmation::ConfirmSignUp).await;
    fixture.functions.when("post", Behavior::Refuse(429, "TooManyRequestsException"));
    let stream = fixture.send_until_commit(&request).await;
    let source = Confirmation::ConfirmSignUp.trigger_source();
    drop(stream);
    wait_for("the third attempt", || fixture.functions.events(source).len() == 3).await;
}
