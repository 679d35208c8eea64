//! `/_lido/health`: whether the server and its store respond.

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
}

pub(super) async fn get(call: Call<'_>) -> Result<Answer, Problem> {
    let (status, health) = match call.app.check_health().await {
        Ok(()) => (StatusCode::OK, HealthStatus::Ok),
        // The reason is for the log only.
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, HealthStatus::Unavailable),
    };
    Answer::with_status(status, &Health { status: health })
}
