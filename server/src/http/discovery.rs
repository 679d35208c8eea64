//! `/{poolId}/.well-known/…`: where whoever verifies tokens learns how.
//!
//! *Documented* (cog-0258): the keys as a JWK set, and the configuration of OpenID Connect. The issuer is the address
//! that the client used, or the configured one. What belongs to a hosted sign-in page is left out, as there is none.

use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use lido_domain::id::PoolId;
use lido_runtime::{Bytes, server::body::from_bytes};
use serde_json::{Value, json};

use super::Answer;
use crate::{app::App, operations::Origin};

/// A document of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Discovery {
    pool: PoolId,
    document: Document,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Document {
    Keys,
    Configuration,
}

impl Discovery {
    /// The document at this path, if one is there.
    pub(super) fn of(path: &str) -> Option<Self> {
        let (pool, rest) = path.strip_prefix('/')?.split_once('/')?;
        let document = match rest {
            ".well-known/jwks.json" => Document::Keys,
            ".well-known/openid-configuration" => Document::Configuration,
            _ => return None,
        };
        Some(Self { pool: PoolId::new(pool), document })
    }

    /// The document, or why there is none.
    pub(super) async fn answer(&self, app: &App, head: &Parts) -> Answer {
        if head.method != Method::GET && head.method != Method::HEAD {
            let mut answer = told(StatusCode::METHOD_NOT_ALLOWED, &json!({ "message": "Ask by GET." }));
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        let keys = match app.store.begin().find_signing_keys(&self.pool).await {
            Ok((Some(_), keys)) => keys,
            Ok((None, _)) => {
                let message = format!("User pool {} does not exist.", self.pool);
                return told(StatusCode::NOT_FOUND, &json!({ "message": message }));
            }
            Err(fault) => return failed(&fault),
        };
        let document = match self.document {
            Document::Configuration => configuration(&app.issuer(&Origin::of(head), &self.pool)),
            Document::Keys => match app.tokens.open(&self.pool, keys.as_ref()).await {
                Ok(keys) => keys.to_jwks(),
                Err(fault) => return failed(&fault),
            },
        };
        let mut answer = told(StatusCode::OK, &document);
        // Keys never change, so a day would do no harm; *Chosen*: an hour.
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
        answer
    }
}

fn configuration(issuer: &str) -> Value {
    json!({
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": ["code", "token"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
    })
}

fn failed(fault: &dyn std::error::Error) -> Answer {
    tracing::error!(%fault, "a document of a pool could not be told");
    told(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "message": "Internal server error" }))
}

fn told(status: StatusCode, body: &Value) -> Answer {
    let mut answer = http::Response::new(from_bytes(Bytes::from(body.to_string())));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_paths_are_documents() {
        let of = |document| Some(Discovery { pool: PoolId::new("r_p"), document });
        let cases = [
            ("/r_p/.well-known/jwks.json", of(Document::Keys)),
            ("/r_p/.well-known/openid-configuration", of(Document::Configuration)),
            ("/r_p/.well-known/jwks.json/", None),
            ("/r_p/x/.well-known/jwks.json", None),
            ("/.well-known/jwks.json", None),
            ("/", None),
        ];
        for (path, expected) in cases {
            assert_eq!(Discovery::of(path), expected, "{path}");
        }
    }
}
