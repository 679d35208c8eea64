//! `/_lido/reset`: everything as after a start with an empty store.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    endpoint::{Answer, Call},
    problem::Problem,
};
use crate::operations::control;

/// What a reset has removed.
#[derive(Serialize, JsonSchema)]
pub(super) struct Reset {
    /// How many user pools were deleted, with everything in them
    pools: usize,
    /// How many messages were deleted
    messages: usize,
    /// How many faults were cleared
    faults: usize,
}

/// Deletes all pools, messages and faults, and sets the clock back.
pub(super) async fn reset(call: Call<'_>) -> Result<Answer, Problem> {
    let (inbox, faults) = (call.inbox()?, call.faults()?);
    // First, so that no request runs into one meanwhile.
    let faults = faults.clear();
    call.app.outbox.settle().await;
    let pools = control::delete_all_pools(call.app).await?;
    let messages = inbox.remove(|_| true);
    call.app.clock.reset();
    Answer::ok(&Reset { pools, messages, faults })
}
