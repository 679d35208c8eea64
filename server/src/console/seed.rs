//! The pools of the server as a seed file, for `lido seed export`.

use super::{
    endpoint::{Answer, Call},
    problem::{Problem, ProblemKind},
};

/// Answers with everything that a seed file can describe, secrets in clear.
pub(super) async fn get(call: Call<'_>) -> Result<Answer, Problem> {
    let described = crate::seed::export(call.app).await;
    Answer::ok(&described.map_err(|reason| Problem::new(ProblemKind::InternalError, reason))?)
}
