//! `/_lido/pools`: the pools and their app clients.

use lido_domain::id::PoolId;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    endpoint::{Answer, Call, Deleted, Parameter, Query},
    problem::Problem,
};
use crate::{
    clock::rfc3339,
    operations::control::{self, PageRequest},
};

/// The items of a page, unless a request has `limit`.
const PAGE_SIZE: usize = 60;

/// The parameter of the size of a page.
pub(super) const LIMIT: Parameter =
    Parameter::number("limit", 1, 1_000, "The most items of the answer; 60 without it");

/// The parameter of the next page.
pub(super) const NEXT_TOKEN: Parameter =
    Parameter::text("nextToken", "The `nextToken` of the page before this one");

/// The parameters of a list.
pub(super) const PAGE: &[Parameter] = &[LIMIT, NEXT_TOKEN];

/// A page of user pools.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pools {
    /// The pools, in the order of their ids
    pools: Vec<Pool>,
    /// The token of the next page
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A user pool.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Pool {
    id: String,
    name: String,
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
}

/// A page of app clients.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Clients {
    /// The app clients, in the order of their ids
    clients: Vec<Client>,
    /// The token of the next page
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// An app client.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Client {
    id: String,
    name: String,
    /// Whether it has a secret
    has_secret: bool,
}

/// Reads the page that a query asks for.
pub(super) fn page(query: &Query) -> Result<PageRequest, Problem> {
    let size = query.number(&LIMIT)?.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE_SIZE);
    Ok(PageRequest { size, token: query.text(&NEXT_TOKEN).map(str::to_owned) })
}

/// Returns the pool in the path.
pub(super) fn pool_id(call: &Call<'_>) -> PoolId {
    PoolId::new(call.path_parameter("pool"))
}

pub(super) async fn list(call: Call<'_>) -> Result<Answer, Problem> {
    let listed = control::list_pools(call.app, &page(&call.query)?).await?;
    let pools = listed.items.iter().map(|pool| Pool {
        id: pool.pool.id.to_string(),
        name: pool.name.clone(),
        created_at: rfc3339(pool.created_at),
    });
    Answer::ok(&Pools { pools: pools.collect(), next_token: listed.next_token })
}

pub(super) async fn list_clients(call: Call<'_>) -> Result<Answer, Problem> {
    let listed = control::list_clients(call.app, &pool_id(&call), &page(&call.query)?).await?;
    let clients = listed.items.iter().map(|client| Client {
        id: client.client.id.to_string(),
        name: client.name.clone(),
        has_secret: !client.client.secrets.is_empty(),
    });
    Answer::ok(&Clients { clients: clients.collect(), next_token: listed.next_token })
}

/// Deletes a pool with everything in it.
pub(super) async fn delete(call: Call<'_>) -> Result<Answer, Problem> {
    // A message that is on its way would arrive after the answer.
    call.app.outbox.settle().await;
    control::delete_pool(call.app, &pool_id(&call)).await?;
    Answer::ok(&Deleted { deleted: 1 })
}

/// Deletes the users of a pool.
pub(super) async fn delete_users(call: Call<'_>) -> Result<Answer, Problem> {
    call.app.outbox.settle().await;
    Answer::ok(&Deleted { deleted: control::delete_users(call.app, &pool_id(&call)).await? })
}
