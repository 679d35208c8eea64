//! A store of values by key. `PutValue` is served by a handler, `GetValue` by a tower service.

/// The generated service.
pub mod store {
    lido_runtime::include_service!("store");
}

use std::{
    collections::HashMap,
    convert::Infallible,
    future::{Ready, ready},
    sync::{Arc, PoisonError, RwLock},
    task::{Context, Poll},
};

use lido_runtime::{
    ApiKeyLocation, AuthScheme, Bytes, Config, Extension, MissingOperations, Operation as _, Router,
    body::Body,
    http::{HeaderMap, Request, Response, StatusCode},
    layer::AddExtensionLayer,
    response::front_end_error,
    serve::HttpBody,
    tower::{Service, layer::layer_fn, service_fn},
};
use store::{
    Operation, Store,
    operations::{
        GetValueError, GetValueInput, GetValueOutput, PutValueError, PutValueInput, PutValueOutput,
    },
    types::NoSuchKey,
};

/// The values by key.
#[derive(Debug, Clone, Default)]
pub struct Values(Arc<RwLock<HashMap<String, PutValueInput>>>);

/// A tower service that takes HTTP requests.
pub trait StoreService<B>:
    Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<B, S> StoreService<B> for S where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// Returns the service, whose callers have `api_key`. `B` is the body of its requests.
///
/// # Errors
/// Returns the operations that have no handler.
pub fn service<B>(api_key: &'static str) -> Result<impl StoreService<B>, MissingOperations>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
{
    let values = Values::default();
    // A layer needs no type of its own.
    let guard = layer_fn(move |router: Router<Operation, B>| {
        service_fn(move |request: Request<B>| {
            let mut router = router.clone();
            async move {
                match is_allowed(&request, api_key) {
                    true => router.call(request).await,
                    false => Ok(refusal()),
                }
            }
        })
    });
    let config = Config::new().layer(guard).layer(AddExtensionLayer::new(values.clone())).instrument();
    Store::builder(config).put_value(put_value).get_value_service(GetValues(values)).build()
}

/// Returns whether the caller has the credential that the model wants for the operation.
fn is_allowed<B>(request: &Request<B>, api_key: &str) -> bool {
    let Some(operation) = Operation::of(request) else { return true };
    operation.auth().iter().any(|scheme| match scheme {
        AuthScheme::NoAuth => true,
        AuthScheme::HttpApiKey { name, location: ApiKeyLocation::Header, .. } => {
            has_key(request.headers(), name, api_key)
        }
        _ => false,
    })
}

/// Compares the key. A real store compares digests, in constant time.
fn has_key(headers: &HeaderMap, name: &str, api_key: &str) -> bool {
    headers.get(name).is_some_and(|given| given.as_bytes() == api_key.as_bytes())
}

fn refusal() -> Response<Body> {
    let settings = <Operation as lido_runtime::Operation>::settings();
    front_end_error(
        settings,
        StatusCode::FORBIDDEN,
        "AccessDeniedException",
        Some("The API key is not valid."),
    )
}

/// Keeps a value.
async fn put_value(input: PutValueInput, values: Extension<Values>) -> Result<PutValueOutput, PutValueError> {
    let mut values = values.0.0.write().unwrap_or_else(PoisonError::into_inner);
    values.insert(input.key.as_str().to_owned(), input);
    Ok(PutValueOutput::default())
}

/// Returns values: a tower service that takes the operation's input.
#[derive(Debug, Clone)]
struct GetValues(Values);

impl Service<GetValueInput> for GetValues {
    type Response = GetValueOutput;
    type Error = GetValueError;
    type Future = Ready<Result<GetValueOutput, GetValueError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), GetValueError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, input: GetValueInput) -> Self::Future {
        let values = self.0.0.read().unwrap_or_else(PoisonError::into_inner);
        ready(match values.get(input.key.as_str()) {
            Some(found) => {
                let mut output = GetValueOutput::new(found.value.clone());
                output.labels = found.labels.clone();
                Ok(output)
            }
            None => {
                let message = format!("There is no key {}.", input.key.as_str());
                Err(NoSuchKey { message: Some(message) }.into())
            }
        })
    }
}
