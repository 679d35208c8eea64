//! `/{poolId}/.well-known/…`: the documents with which clients verify a pool's tokens.
//!
//! *Documented* (cog-0258): the public keys as a JWK set, and the OpenID Connect configuration. The keys are served by this
//! server, so that `jwks_uri` and the endpoints start with its base URL, whatever the issuer is.

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderValue, Method, Response, StatusCode, header};
use lido_domain::id::PoolId;
use lido_runtime::{Bytes, server::body::from_bytes};
use serde_json::{Value, json};

use crate::{
    app::App,
    operations::Origin,
    surface::{CrossOrigin, HttpResponse, Route, RoutedRequest, Surface},
};

const KEYS: &str = "/{pool}/.well-known/jwks.json";
const CONFIGURATION: &str = "/{pool}/.well-known/openid-configuration";

const ROUTES: &[Route] = &[Route::new(KEYS, "discovery"), Route::new(CONFIGURATION, "discovery")];

/// The surface of the documents.
#[derive(Debug)]
pub(crate) struct Discovery {
    app: Arc<App>,
}

impl Discovery {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }
}

#[async_trait]
impl Surface for Discovery {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn cross_origin(&self) -> CrossOrigin {
        CrossOrigin::Allow
    }

    async fn respond(&self, request: RoutedRequest<'_>) -> HttpResponse {
        if request.head.method != Method::GET && request.head.method != Method::HEAD {
            let mut response =
                json_response(StatusCode::METHOD_NOT_ALLOWED, &json!({ "message": "Ask by GET." }));
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        let pool = PoolId::new(request.parameter("pool"));
        let keys = match self.app.store.begin().find_signing_keys(&pool).await {
            Ok((Some(_), keys)) => keys,
            Ok((None, _)) => {
                let message = format!("User pool {pool} does not exist.");
                return json_response(StatusCode::NOT_FOUND, &json!({ "message": message }));
            }
            Err(fault) => return internal_error(&fault),
        };
        let document = match request.path {
            KEYS => match self.app.tokens.open(&pool, keys.as_ref()).await {
                Ok(keys) => keys.to_jwks(),
                Err(fault) => return internal_error(&fault),
            },
            _ => {
                let origin = Origin::of(request.head);
                let (issuer, url) = (self.app.issuer(&origin, &pool), self.app.pool_url(&origin, &pool));
                configuration(&issuer, &url, self.app.settings.is_strict_oauth)
            }
        };
        let mut response = json_response(StatusCode::OK, &document);
        // *Chosen*: an hour. Keys never change, so a longer time would work too.
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
        response
    }
}

/// Returns the configuration, whose members are in alphabetical order (*Observed*, oau-0260).
///
/// *Chosen*: it names the endpoints of every pool, also of one without a domain, because they are served below the pool's
/// path. `is_strict` adds what the service leaves out (oau-0261).
fn configuration(issuer: &str, url: &str, is_strict: bool) -> Value {
    let mut document = json!({
        "authorization_endpoint": format!("{url}/oauth2/authorize"),
        "end_session_endpoint": format!("{url}/logout"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": issuer,
        "jwks_uri": format!("{url}/.well-known/jwks.json"),
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": format!("{url}/oauth2/revoke"),
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": format!("{url}/oauth2/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "userinfo_endpoint": format!("{url}/oauth2/userInfo"),
    });
    if is_strict {
        document["authorization_response_iss_parameter_supported"] = true.into();
        document["code_challenge_methods_supported"] = json!(["S256"]);
        document["grant_types_supported"] =
            json!(["authorization_code", "implicit", "refresh_token", "client_credentials"]);
        document["token_endpoint_auth_methods_supported"] =
            json!(["client_secret_basic", "client_secret_post", "none"]);
    }
    document
}

fn internal_error(fault: &dyn std::error::Error) -> HttpResponse {
    tracing::error!(%fault, "a discovery document could not be served");
    json_response(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "message": "Internal server error" }))
}

fn json_response(status: StatusCode, body: &Value) -> HttpResponse {
    let mut response = Response::new(from_bytes(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // Also if no page asks, since a cache may give the response to a page later.
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
