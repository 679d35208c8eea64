//! New tokens for a refresh token: REFRESH_TOKEN_AUTH, and what GetTokensFromRefreshToken has in common with it.

use lido_domain::flow::{
    Caller,
    sign_in::{
        Outcome,
        refresh::{self, Renewal, Shown},
    },
};

use super::finish::{self, Ending, Wanted};
use crate::{
    app::App,
    operations::{Origin, calling::Calling, failure::Failure, turn::Turn},
    triggers::TokenOccasion,
    wire::sign_in::Answered,
};

/// REFRESH_TOKEN_AUTH.
pub(super) async fn by_flow(
    app: &App,
    origin: &Origin,
    turn: &mut Turn<'_>,
    calling: &Calling<'_>,
    caller: &Caller<'_>,
    token: &str,
) -> Result<Answered, Failure> {
    let renewed = renew(app, turn, calling, caller, token, Shown::Hash).await?;
    finish::answer(app, origin, calling, ending(turn, renewed.wanted.as_ref()), renewed.outcome).await
}

/// How a renewal ends.
pub(super) fn ending<'a>(turn: &'a Turn<'_>, wanted: Option<&'a Wanted>) -> Ending<'a> {
    Ending { cause: turn.cause(), occasion: TokenOccasion::RefreshTokens, wanted }
}

/// A renewal that was committed.
#[derive(Debug)]
pub(super) struct Renewed {
    pub(super) outcome: Outcome,
    /// What the tokens are to say.
    pub(super) wanted: Option<Wanted>,
}

/// Renews, however often others are quicker. What the tokens are to say is asked once, and before the commit: if a
/// function fails, the refresh token is what it was.
pub(super) async fn renew(
    app: &App,
    turn: &mut Turn<'_>,
    calling: &Calling<'_>,
    caller: &Caller<'_>,
    token: &str,
    shown: Shown<'_>,
) -> Result<Renewed, Failure> {
    let opened = refresh::open(caller, token)?;
    // Once a request, however often it decides.
    let random = app.entropy.bytes()?;
    let pool = &caller.pool.id;
    let mut wanted = None;
    loop {
        let now = app.clock.now();
        let bearing = app.store.read_bearing(pool, &opened.of, &opened.grant).await?;
        let (grant, user) = (bearing.grant.as_ref(), bearing.user.as_ref());
        let renewal = Renewal { token: &opened, grant, user, shown };
        let verdict = refresh::renew(caller, &renewal, &random, now);
        if let (Ok(Outcome::SignedIn(renewed)), None) = (&verdict.answer, &wanted) {
            wanted = Some(finish::ask(app, calling, ending(turn, None), &renewed.user).await?);
        }
        let expects = [calling.read.expects.clone(), bearing.expects.clone()].concat();
        if let Some(outcome) = turn.carry_out(pool, expects, verdict, now).await? {
            return Ok(Renewed { outcome, wanted });
        }
    }
}
