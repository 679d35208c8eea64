//! `/_lido/health`: whether the server and its store respond, and what an orchestrator asks for beside it.
//!
//! Whether the process runs (`live`) and whether it should get requests (`ready`) are different questions: a server whose
//! database is away must get none, and a restart would not help it.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::endpoint::{Answer, Call};
use super::problem::Problem;

/// The health of the server.
#[derive(Serialize, JsonSchema)]
pub(super) struct Health {
    status: HealthStatus,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum HealthStatus {
    /// It serves
    Ok,
    /// The store does not respond or cannot write; the log has the reason
    Unavailable,
    /// It stops, and still serves the requests that come
    Draining,
}

pub(super) async fn get(call: Call<'_>) -> Result<Answer, Problem> {
    let (status, health) = match call.app.check_health().await {
        Ok(()) => (StatusCode::OK, HealthStatus::Ok),
        // The reason is for the log only.
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, HealthStatus::Unavailable),
    };
    Answer::with_status(status, &Health { status: health })
}

/// Answers as long as the process serves requests at all.
pub(super) async fn live(_: Call<'_>) -> Result<Answer, Problem> {
    Answer::with_status(StatusCode::OK, &Health { status: HealthStatus::Ok })
}

/// Answers as the health does until the server is told to stop. The tables of the store are up to date before a server
/// listens.
pub(super) async fn ready(call: Call<'_>) -> Result<Answer, Problem> {
    if call.app.drain.has_begun() {
        return Answer::with_status(
            StatusCode::SERVICE_UNAVAILABLE,
            &Health { status: HealthStatus::Draining },
        );
    }
    get(call).await
}
