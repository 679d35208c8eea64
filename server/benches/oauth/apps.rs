//! The app clients of the benchmark: one whose users sign in, and one that acts for itself.

use std::sync::Arc;

use anyhow::Context as _;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use lido::{app::App, operations};
use serde_json::{Value, json};

use crate::{call::call, servers};

/// The redirect URL of the app.
pub(crate) const BACK: &str = "http://localhost:3000/back";

/// The user pool and its app clients.
#[derive(Debug)]
pub(crate) struct Apps {
    pub(crate) pool: String,
    /// A public app client for codes.
    pub(crate) web: String,
    /// The header `Authorization` of an app client for `client_credentials`.
    pub(crate) machine: String,
}

impl Apps {
    /// Parses what a server prints after its port.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let mut words = text.split(' ').map(str::to_owned);
        let mut next = || words.next().context("the server printed no app client");
        Ok(Self { pool: next()?, web: next()?, machine: format!("Basic {}", next()?) })
    }
}

/// Creates the pool with its users and the app clients, and returns what [`Apps::parse`] reads.
pub(crate) async fn fill(app: &Arc<App>) -> anyhow::Result<String> {
    let (pool, _) = servers::fill(app).await?;
    let service = operations::service(Arc::clone(app))?;
    let scope = json!([{"ScopeName": "read", "ScopeDescription": "Read"}]);
    let api = json!({"UserPoolId": pool, "Identifier": "api", "Name": "API", "Scopes": scope});
    call(&service, "CreateResourceServer", &api).await?;
    let create = |more: Value| {
        let mut client = json!({
            "UserPoolId": pool, "ClientName": "app", "AllowedOAuthFlowsUserPoolClient": true,
        });
        if let (Some(client), Value::Object(more)) = (client.as_object_mut(), more) {
            client.extend(more);
        }
        client
    };
    let web = create(json!({
        "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid", "email"], "CallbackURLs": [BACK],
    }));
    let machine = create(json!({
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/read"], "GenerateSecret": true,
    }));
    let web = call(&service, "CreateUserPoolClient", &web).await?;
    let machine = call(&service, "CreateUserPoolClient", &machine).await?;
    let get = |client: &Value, member: &str| {
        client["UserPoolClient"][member].as_str().map(str::to_owned).context("a described app client")
    };
    let (id, secret) = (get(&machine, "ClientId")?, get(&machine, "ClientSecret")?);
    let proof = BASE64_STANDARD.encode(format!("{id}:{secret}"));
    Ok(format!("{pool} {} {proof}", get(&web, "ClientId")?))
}
