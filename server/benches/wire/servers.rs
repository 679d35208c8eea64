//! The servers of the benchmark: the same accept loop and the same hyper, with different services.

use std::{collections::HashMap, convert::Infallible, io::Write as _, sync::Arc};

use anyhow::bail;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::{HttpService, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use lido_cognito_idp::{AwsCognitoIdentityProviderService, operations, types};
use lido_runtime::Config;
use serde::Deserialize;
use tokio::net::TcpListener;

/// Prints a free port, and serves on it until the process is killed.
pub(crate) fn serve(name: &str) -> anyhow::Result<()> {
    crate::process::pin(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tasks = tokio::task::LocalSet::new();
    tasks.block_on(&runtime, async {
        match name {
            "bare" => accept(service_fn(bare)).await,
            "generated" => accept(TowerToHyperService::new(generated()?)).await,
            other => bail!("unknown server `{other}`"),
        }
    })
}

async fn accept<S>(service: S) -> anyhow::Result<()>
where
    S: HttpService<Incoming, Error = Infallible, Future: 'static, ResBody: 'static> + Clone + 'static,
    S::ResBody: hyper::body::Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
        // The load may drop a connection.
        tokio::task::spawn_local(async { drop(connection.await) });
    }
}

/// The same body as a structure of serde, without constraints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "the benchmark measures parsing only")]
pub(crate) struct Parsed {
    client_id: String,
    secret_hash: Option<String>,
    username: String,
    confirmation_code: String,
    force_alias_creation: Option<bool>,
    user_context_data: Option<Context>,
    client_metadata: Option<HashMap<String, String>>,
    session: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "the benchmark measures parsing only")]
struct Context {
    ip_address: Option<String>,
    encoded_data: Option<String>,
}

async fn bare(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = match request.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    let answer = match serde_json::from_slice::<Parsed>(&body) {
        Ok(parsed) => {
            std::hint::black_box(&parsed);
            "{}"
        }
        Err(_) => "{\"__type\":\"SerializationException\"}",
    };
    let mut response = Response::new(Full::from(answer));
    let content_type = HeaderValue::from_static("application/x-amz-json-1.1");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    Ok(response)
}

/// The state that each handler holds.
struct State {
    answer: &'static str,
}

/// Returns the generated service with a handler for every operation.
fn generated() -> anyhow::Result<
    impl tower::Service<
        Request<Incoming>,
        Response = Response<lido_runtime::server::body::BoxBody>,
        Error = Infallible,
        Future: Send,
    > + Clone,
> {
    let state = Arc::new(State { answer: "not measured" });
    let builder = AwsCognitoIdentityProviderService::builder(Config::new());
    macro_rules! mount {
        ($($method:ident $name:ident,)*) => {
            builder$(.$method({
                let state = Arc::clone(&state);
                move |_| {
                    let state = Arc::clone(&state);
                    async move {
                        let message = Some(state.answer.into());
                        Err(types::InvalidParameterException { message, ..Default::default() }.into())
                    }
                }
            }))*
        };
    }
    let builder = lido_cognito_idp::for_each_operation!(mount);
    let confirm = move |input: operations::ConfirmSignUpInput| {
        let state = Arc::clone(&state);
        async move {
            std::hint::black_box((&input, state.answer));
            Ok(operations::ConfirmSignUpOutput::default())
        }
    };
    Ok(builder.confirm_sign_up(confirm).build()?)
}
