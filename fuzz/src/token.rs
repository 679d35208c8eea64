//! Tokens and handles: no text but the one that was issued is accepted, and none is an internal error.
//!
//! An input has three parts, each after a line break: the name of a use of a token, a text in which `{access}`,
//! `{id}`, `{refresh}`, `{session}` and `{page}` stand for what the server issued, and changes of the result: three
//! bytes each, position (two bytes) and the bits to flip.

use std::{
    future::Future,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use lido::{
    app::App,
    operations::{self, Operation},
};
use lido_runtime::{
    Bytes, Operation as _, Router,
    http::{Request, StatusCode},
    server::body::{BoxBody, HttpBody as _, from_bytes},
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

const PASSWORD: &str = "Correct-Horse-1";

/// A use of a token: its operation, and the token that it wants.
struct TokenUse {
    name: &'static str,
    operation: Operation,
    input: fn(&Issued, &str) -> Value,
    /// The one text that may succeed; `None` if no text may, or if any may.
    accepted: fn(&Issued) -> Option<&str>,
    /// Whether another text may succeed.
    is_lenient: bool,
}

const USES: &[TokenUse] = &[
    TokenUse {
        name: "access",
        operation: Operation::GetUser,
        input: |_, text| json!({"AccessToken": text}),
        accepted: |issued| Some(&issued.access),
        is_lenient: false,
    },
    TokenUse {
        name: "refresh",
        operation: Operation::InitiateAuth,
        input: |issued, text| {
            json!({
                "ClientId": issued.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": text}
            })
        },
        accepted: |issued| Some(&issued.refresh),
        is_lenient: false,
    },
    TokenUse {
        // Refused for the password that it asks for, whatever the session is, which is therefore not used up.
        name: "session",
        operation: Operation::RespondToAuthChallenge,
        input: |issued, text| {
            let responses = json!({"USERNAME": "bob", "NEW_PASSWORD": "short"});
            json!({
                "ClientId": issued.client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": text,
                "ChallengeResponses": responses
            })
        },
        accepted: |_| None,
        is_lenient: false,
    },
    TokenUse {
        name: "page",
        operation: Operation::ListUsers,
        input: |issued, text| json!({"UserPoolId": issued.pool, "Limit": 1, "PaginationToken": text}),
        accepted: |issued| Some(&issued.page),
        // A place in the list is no secret of the caller's, who may list all.
        is_lenient: true,
    },
];

/// A server in this process, and what it issued.
struct Fixture {
    runtime: Runtime,
    router: Router<Operation, BoxBody>,
    issued: Issued,
}

#[derive(Default)]
struct Issued {
    pool: String,
    client: String,
    access: String,
    id: String,
    refresh: String,
    session: String,
    page: String,
}

/// Uses the text as a token.
///
/// # Panics
/// If it is accepted and is not the token that was issued, if the issued one is not accepted, or if the answer is an
/// internal error.
pub fn run(input: &[u8]) {
    static FIXTURE: OnceLock<Mutex<Option<Fixture>>> = OnceLock::new();
    let fixture = FIXTURE.get_or_init(|| Mutex::new(Fixture::new()));
    let fixture = fixture.lock().unwrap_or_else(PoisonError::into_inner);
    let fixture = fixture.as_ref();
    assert!(fixture.is_some(), "the server issued no tokens");
    let Some(fixture) = fixture else { return };
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let name = parts.next().unwrap_or_default();
    let Some(used) = USES.iter().find(|used| used.name.as_bytes() == name) else { return };
    let Ok(text) = std::str::from_utf8(parts.next().unwrap_or_default()) else { return };
    let Some(text) = flipped(fixture.issued.filled(text), parts.next().unwrap_or_default()) else { return };
    let request = (used.input)(&fixture.issued, &text);
    let Some((status, answer)) = fixture.call(used.operation, &request) else { return };
    match (used.accepted)(&fixture.issued) {
        Some(accepted) if accepted == text => assert_eq!(status, StatusCode::OK, "{answer}"),
        _ if used.is_lenient && status == StatusCode::OK => {}
        _ => assert_eq!(status, StatusCode::BAD_REQUEST, "{}: {text:?} gives {answer}", used.name),
    }
}

/// Returns the text with some bits flipped, or `None` if that is no text.
fn flipped(text: String, changes: &[u8]) -> Option<String> {
    let mut bytes = text.into_bytes();
    for change in changes.chunks_exact(3) {
        let [high, low, bits] = change else { continue };
        let at = usize::from(u16::from_be_bytes([*high, *low]));
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= bits;
        }
    }
    String::from_utf8(bytes).ok()
}

impl Issued {
    fn filled(&self, text: &str) -> String {
        let known = [
            ("{access}", &self.access),
            ("{id}", &self.id),
            ("{refresh}", &self.refresh),
            ("{session}", &self.session),
            ("{page}", &self.page),
        ];
        // An input could ask for many copies, which would be large and show nothing.
        known.into_iter().fold(text.to_owned(), |text, (name, value)| text.replacen(name, value, 2))
    }
}

impl Fixture {
    /// Starts a server with a pool, an app client, a user who has signed in, and one who must change the password.
    fn new() -> Option<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        let router = {
            let _context = runtime.enter();
            operations::service(Arc::new(App::for_tests())).ok()?
        };
        let mut fixture = Self { runtime, router, issued: Issued::default() };
        let pool = fixture.output(Operation::CreateUserPool, &json!({"PoolName": "first"}))?;
        let pool = text(&pool, "/UserPool/Id")?;
        let flows =
            ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"];
        let client = json!({"UserPoolId": pool, "ClientName": "app", "ExplicitAuthFlows": flows});
        let client =
            text(&fixture.output(Operation::CreateUserPoolClient, &client)?, "/UserPoolClient/ClientId")?;
        let sign_in = |name| {
            json!({
                "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": name, "PASSWORD": PASSWORD}
            })
        };
        for name in ["ann", "bob"] {
            let user = json!({
                "UserPoolId": pool, "Username": name, "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"
            });
            fixture.output(Operation::AdminCreateUser, &user)?;
        }
        let password =
            json!({"UserPoolId": pool, "Username": "ann", "Password": PASSWORD, "Permanent": true});
        fixture.output(Operation::AdminSetUserPassword, &password)?;
        let tokens = fixture.output(Operation::AdminInitiateAuth, &sign_in("ann"))?;
        let challenge = fixture.output(Operation::AdminInitiateAuth, &sign_in("bob"))?;
        let page = fixture.output(Operation::ListUsers, &json!({"UserPoolId": pool, "Limit": 1}))?;
        fixture.issued = Issued {
            access: text(&tokens, "/AuthenticationResult/AccessToken")?,
            id: text(&tokens, "/AuthenticationResult/IdToken")?,
            refresh: text(&tokens, "/AuthenticationResult/RefreshToken")?,
            session: text(&challenge, "/Session")?,
            page: text(&page, "/PaginationToken")?,
            pool,
            client,
        };
        Some(fixture)
    }

    fn output(&self, operation: Operation, input: &Value) -> Option<Value> {
        let (status, answer) = self.call(operation, input)?;
        assert_eq!(status, StatusCode::OK, "{}: {answer}", operation.name());
        Some(answer)
    }

    fn call(&self, operation: Operation, input: &Value) -> Option<(StatusCode, Value)> {
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("{}.{}", Operation::SERVICE, operation.name()))
            .body(from_bytes(Bytes::from(input.to_string())))
            .ok()?;
        self.runtime.block_on(answer(self.router.clone().oneshot(request)))
    }
}

/// Waits for a response, and reads its body.
async fn answer<E>(
    response: impl Future<Output = Result<lido_runtime::http::Response<BoxBody>, E>>,
) -> Option<(StatusCode, Value)> {
    let (head, mut body) = response.await.ok()?.into_parts();
    let mut bytes = Vec::new();
    while let Some(frame) =
        std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).await
    {
        bytes.extend_from_slice(&frame.ok()?.into_data().unwrap_or_default());
    }
    let answer = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).ok()? };
    Some((head.status, answer))
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}
