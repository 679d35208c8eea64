//! `/_lido/reset`: everything as after a start with an empty store, and with the seed files that the server was started with.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    endpoint::{Answer, Call},
    problem::{Problem, ProblemKind},
};
use crate::{
    operations::control,
    seed::{SeedError, SeedFiles},
};

/// What a reset has removed.
#[derive(Serialize, JsonSchema)]
pub(super) struct Reset {
    /// How many user pools were deleted, with everything in them
    pools: usize,
    /// How many messages were deleted
    messages: usize,
    /// How many faults were cleared
    faults: usize,
    /// How many entries of the seed files were put
    seeded: usize,
}

/// Deletes all pools, messages and faults, sets the clock back, and seeds again.
///
/// *Chosen*: a reset leads to what the server was started with, which tests rely on. The files are read anew, so that an
/// edited seed needs no new start, and are checked first, so that a mistake in one loses nothing.
pub(super) async fn reset(call: Call<'_>) -> Result<Answer, Problem> {
    let (inbox, faults) = (call.inbox()?, call.faults()?);
    // One after the other, because a reset would delete what another one has just seeded.
    let _turn = call.resets().lock().await;
    let files = SeedFiles::read(&call.app.settings.seeds).map_err(not_reset)?;
    let seed = files.check().map_err(not_reset)?;
    // First, so that no request runs into one meanwhile.
    let faults = faults.clear();
    call.app.outbox.settle().await;
    let pools = control::delete_all_pools(call.app).await?;
    let messages = inbox.remove(|_| true);
    call.app.clock.reset();
    let seeded = seed.put(call.app).await.map_err(not_seeded)?.entries();
    Answer::ok(&Reset { pools, messages, faults, seeded })
}

fn not_reset(error: SeedError) -> Problem {
    Problem::new(ProblemKind::Refused, format!("Nothing was deleted, because of the seed: {error}."))
}

fn not_seeded(error: SeedError) -> Problem {
    Problem::new(ProblemKind::Refused, format!("Everything was deleted, and the seed was refused: {error}."))
}
