//! `/_lido/clock`: reads and sets the test clock.
//!
//! The clock is an offset to the system's time in this process, and goes on running.

use std::time::Duration;

use lido_domain::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    endpoint::{Answer, Call},
    problem::{Problem, ProblemKind},
};
use crate::{
    app::App,
    clock::{parse_rfc3339, rfc3339},
};

/// The most seconds between the test clock and the real one: a hundred years.
const MAX_OFFSET: u64 = 100 * 366 * 24 * 60 * 60;

/// The time by the test clock.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClockState {
    /// The time by the test clock, which decides when codes, sessions and tokens expire
    #[schemars(extend("format" = "date-time"))]
    now: String,
    /// The time by the clock of the system
    #[schemars(extend("format" = "date-time"))]
    real_now: String,
    /// The seconds that the test clock is ahead of the real one
    offset_seconds: i64,
}

/// How far to set the clock forward.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct AdvanceRequest {
    /// Whole seconds
    #[schemars(range(max = MAX_OFFSET))]
    advance_seconds: u64,
}

/// The instant to set the clock to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct SetRequest {
    /// The new time, also an earlier one
    #[schemars(extend("format" = "date-time"))]
    now: String,
}

pub(super) async fn get(call: Call<'_>) -> Result<Answer, Problem> {
    state(call.app)
}

/// Sets the clock forward.
pub(super) async fn advance(call: Call<'_>) -> Result<Answer, Problem> {
    let AdvanceRequest { advance_seconds } = call.body("{\"advanceSeconds\": 3600}")?;
    let clock = &call.app.clock;
    let by = Duration::from_secs(advance_seconds.min(MAX_OFFSET + 1));
    check_offset(call.app, clock.now().after(by))?;
    clock.advance(by);
    state(call.app)
}

/// Sets the clock to an instant.
pub(super) async fn set(call: Call<'_>) -> Result<Answer, Problem> {
    let SetRequest { now } = call.body("{\"now\": \"2027-01-01T00:00:00Z\"}")?;
    let now = parse_rfc3339(&now).ok_or_else(|| {
        Problem::new(
            ProblemKind::InvalidRequest,
            "now must be an instant of RFC 3339, such as 2027-01-01T00:00:00Z.",
        )
    })?;
    check_offset(call.app, now)?;
    call.app.clock.set(now);
    state(call.app)
}

/// Sets the clock back to the real time.
pub(super) async fn reset(call: Call<'_>) -> Result<Answer, Problem> {
    call.app.clock.reset();
    state(call.app)
}

fn check_offset(app: &App, now: Timestamp) -> Result<(), Problem> {
    let (now, real) = (now.as_millis(), app.clock.real_now().as_millis());
    if now.abs_diff(real) <= MAX_OFFSET * 1_000 {
        return Ok(());
    }
    let text = "The clock can be set to at most a hundred years from the real time; DELETE /_lido/clock sets it back.";
    Err(Problem::new(ProblemKind::InvalidRequest, text))
}

fn state(app: &App) -> Result<Answer, Problem> {
    let now = app.clock.now();
    Answer::ok(&ClockState {
        now: rfc3339(now),
        real_now: rfc3339(app.clock.real_now()),
        offset_seconds: app.clock.offset_millis().div_euclid(1_000),
    })
}
