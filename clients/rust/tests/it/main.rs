//! The package as a test uses it. The other modules are the examples of README.md, as they are written there.

mod faults;
mod shared_server;
mod sign_up;

use std::{
    net::{SocketAddr, TcpStream},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use lido_cognito::{Error, FaultRule, LidoServer, Pool};
use serde_json::json;

const PASSWORD: &str = "Correct-Horse-1";

async fn sign_up(pool: &Pool, username: &str) -> Result<(), Error> {
    let email = json!([{"Name": "email", "Value": format!("{username}@example.com")}]);
    let input = json!({
        "ClientId": pool.client_id(), "Username": username, "Password": PASSWORD, "UserAttributes": email,
    });
    pool.server().call("SignUp", input).await.map(drop)
}

async fn confirm(pool: &Pool, username: &str, code: &str) -> Result<(), Error> {
    let input = json!({"ClientId": pool.client_id(), "Username": username, "ConfirmationCode": code});
    pool.server().call("ConfirmSignUp", input).await.map(drop)
}

/// Returns the name of the error of a refused operation.
fn code_of<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Refused { code, .. }) => code,
        other => format!("not refused: {other:?}"),
    }
}

/// Runs a future without any runtime.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}

#[test]
fn server_without_a_runtime_of_its_user_serves() {
    block_on(async {
        let lido = LidoServer::start().await.unwrap();
        let pool = lido.create_pool().await.unwrap();
        sign_up(&pool, "mary").await.unwrap();
        let code = pool.code_for("mary").await.unwrap();
        confirm(&pool, "mary", &code).await.unwrap();
        assert_eq!(pool.sign_in("mary", PASSWORD).await.unwrap().access_token.split('.').count(), 3);
    });
}

#[test]
fn server_outlives_the_runtime_that_started_it() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let lido = first.block_on(LidoServer::start()).unwrap();
    first.block_on(lido.create_pool()).unwrap();
    drop(first);
    runtime().block_on(lido.create_pool()).unwrap();
}

#[tokio::test]
async fn server_that_is_dropped_ends() {
    let lido = LidoServer::start().await.unwrap();
    let address: SocketAddr = lido.endpoint_url().trim_start_matches("http://").parse().unwrap();
    let pool = lido.create_pool().await.unwrap();
    drop(lido);
    TcpStream::connect(address).expect("a pool keeps its server");
    drop(pool);
    // The threads end by themselves.
    let is_refused = (0..100).any(|_| {
        thread::sleep(Duration::from_millis(20));
        TcpStream::connect(address).is_err()
    });
    assert!(is_refused);
}

#[tokio::test]
async fn start_that_is_abandoned_does_not_panic() {
    let mut start = Box::pin(LidoServer::start());
    let polled = std::future::poll_fn(|context| Poll::Ready(start.as_mut().poll(context).is_ready())).await;
    drop(start);
    assert!(!polled, "it starts on threads of its own");
}

#[tokio::test]
async fn servers_side_by_side_share_nothing() {
    let (one, other) = (LidoServer::start().await.unwrap(), LidoServer::start().await.unwrap());
    let pool = one.create_pool().await.unwrap();
    let describe = json!({"UserPoolId": pool.id()});
    assert!(one.call("DescribeUserPool", describe.clone()).await.is_ok());
    assert_eq!(code_of(other.call("DescribeUserPool", describe).await), "ResourceNotFoundException");
    one.clock().advance(Duration::from_secs(3_600));
    let ahead = one.clock().now().duration_since(other.clock().now()).unwrap();
    assert!(ahead > Duration::from_secs(3_500), "{ahead:?}");
}

#[tokio::test]
async fn settings_of_the_builder_are_used() {
    let builder = LidoServer::builder().region("eu-west-1").confirmation_code("123456");
    let lido = builder.start().await.unwrap();
    let pool = lido.create_pool().await.unwrap();
    assert!(lido.region() == "eu-west-1" && pool.id().starts_with("eu-west-1_"), "{}", pool.id());
    sign_up(&pool, "mary").await.unwrap();
    assert_eq!(pool.code_for("mary@example.com").await.unwrap(), "123456");
}

#[tokio::test]
async fn region_of_another_form_is_refused() {
    let error = LidoServer::builder().region("Europe").start().await.unwrap_err();
    assert_eq!(error.to_string(), "\"Europe\" is not an AWS Region, such as us-east-1");
}

#[tokio::test]
async fn code_after_its_time_is_refused() {
    let lido = LidoServer::start().await.unwrap();
    let pool = lido.create_pool().await.unwrap();
    sign_up(&pool, "mary").await.unwrap();
    let code = pool.code_for("mary").await.unwrap();
    lido.clock().advance(Duration::from_secs(25 * 3_600));
    assert_eq!(code_of(confirm(&pool, "mary", &code).await), "ExpiredCodeException");
}

#[tokio::test]
async fn code_is_returned_once_and_only_of_its_pool() {
    let lido = LidoServer::start().await.unwrap();
    let (pool, other) = (lido.create_pool().await.unwrap(), lido.create_pool().await.unwrap());
    sign_up(&pool, "mary").await.unwrap();
    sign_up(&other, "bob").await.unwrap();
    let first = pool.code_for("mary").await.unwrap();
    let resend = json!({"ClientId": pool.client_id(), "Username": "mary"});
    lido.call("ResendConfirmationCode", resend).await.unwrap();
    let second = pool.code_for("mary").await.unwrap();
    let codes: Vec<String> = pool.messages().await.unwrap().into_iter().map(|message| message.code).collect();
    assert_eq!(codes, [second, first]);
    let timeout = Duration::from_millis(300);
    let (missing, taken) =
        tokio::join!(pool.message_within("bob", timeout), pool.message_within("mary", timeout));
    let missing = missing.unwrap_err().to_string();
    assert!(
        missing.ends_with("there are messages to mary (mary@example.com), mary (mary@example.com)"),
        "{missing}"
    );
    let taken = taken.unwrap_err().to_string();
    assert!(taken.starts_with("no new message to mary within 0.3 seconds; already returned: "), "{taken}");
    assert_eq!(lido.messages().await.unwrap().len(), 3);
}

#[tokio::test]
async fn message_that_is_sent_later_is_waited_for_and_not_longer() {
    let lido = LidoServer::start().await.unwrap();
    let pool = lido.create_pool().await.unwrap();
    let begun = Instant::now();
    let later = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        sign_up(&pool, "mary").await.unwrap();
    };
    let (message, ()) = tokio::join!(pool.message_within("mary", Duration::from_secs(60)), later);
    let message = message.unwrap();
    assert_eq!((&*message.to, &*message.trigger), ("mary@example.com", "CustomMessage_SignUp"));
    assert!(begun.elapsed() > Duration::from_millis(200) && begun.elapsed() < Duration::from_secs(25));
}

#[tokio::test]
async fn tokens_are_given_without_a_password() {
    let lido = LidoServer::start().await.unwrap();
    let pool = lido.create_pool_with(json!({}), json!({"GenerateSecret": true})).await.unwrap();
    for username in ["mary", "a/../b?"] {
        let sub = pool.create_user_without_password(username, &[]).await.unwrap();
        let tokens = pool.tokens_for(username).await.unwrap();
        let user = lido.call("GetUser", json!({"AccessToken": tokens.access_token})).await.unwrap();
        assert_eq!(user["UserAttributes"][0], json!({"Name": "sub", "Value": sub}));
    }
    assert_eq!(code_of(pool.tokens_for("bob").await), "NotFound");
}

#[tokio::test]
async fn fault_strikes_until_it_is_cleared() {
    let lido = LidoServer::start().await.unwrap();
    let pool = lido.create_pool().await.unwrap();
    let rule = FaultRule::error("ResourceNotFoundException").message("gone").operation("SignUp");
    let fault = lido.fault(rule.after(Duration::from_millis(1))).await.unwrap();
    let error = sign_up(&pool, "mary").await.unwrap_err().to_string();
    assert_eq!(error, "SignUp was refused with ResourceNotFoundException: gone");
    assert_eq!(fault.hits().await.unwrap(), 1);
    fault.clear().await.unwrap();
    assert_eq!(code_of(fault.clear().await), "NotFound");
    lido.fault(FaultRule::lose_messages().operation("SignUp")).await.unwrap();
    lido.fault(FaultRule::delay(Duration::from_millis(1)).probability(1.0)).await.unwrap();
    sign_up(&pool, "mary").await.unwrap();
    let missing = pool.message_within("mary", Duration::ZERO).await.unwrap_err().to_string();
    assert_eq!(missing, "no message to mary within 0 seconds; the pool has sent none");
    let unknown = lido.fault(FaultRule::throttle().operation("Nothing")).await;
    assert_eq!(code_of(unknown), "InvalidRequest");
}

#[tokio::test]
async fn refused_operation_is_an_error_with_code_and_text() {
    let lido = LidoServer::start().await.unwrap();
    let error = lido.call("DescribeUserPool", json!({"UserPoolId": "us-east-1_none"})).await.unwrap_err();
    let text = "DescribeUserPool was refused with ResourceNotFoundException: User pool us-east-1_none does not exist.";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn sign_in_that_needs_more_names_the_challenge() {
    let lido = LidoServer::start().await.unwrap();
    let pool = lido.create_pool().await.unwrap();
    let input = json!({
        "UserPoolId": pool.id(), "Username": "mary", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS",
    });
    lido.call("AdminCreateUser", input).await.unwrap();
    let error = pool.sign_in("mary", PASSWORD).await.unwrap_err().to_string();
    assert_eq!(error, "signing mary in leads to the challenge NEW_PASSWORD_REQUIRED");
}

#[test]
fn examples_of_the_readme_are_the_tests_that_run() {
    let readme = include_str!("../../README.md");
    let blocks: Vec<&str> =
        readme.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(
        blocks,
        [include_str!("sign_up.rs"), include_str!("faults.rs"), include_str!("shared_server.rs")]
    );
}
