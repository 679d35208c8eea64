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
    operations::{calling::Calling, failure::Failure, turn::Turn},
    triggers::TokenOccasion,
};

/// A renewal that is asked for.
pub(super) struct Asked<'a> {
    pub(super) token: &'a str,
    /// The key of the device that it comes from.
    pub(super) device: Option<&'a str>,
    pub(super) shown: Shown<'a>,
}

/// How a renewal ends.
pub(super) fn ending<'a>(turn: &'a Turn<'_>, wanted: Option<&'a Wanted>) -> Ending<'a> {
    Ending { cause: turn.cause(), occasion: TokenOccasion::RefreshTokens, wanted }
}

/// Renews, or does nothing if another was quicker. What the tokens are to say is `wanted`, and asked if nothing is: once
/// a request, and before the commit. If a function fails, the refresh token is what it was.
pub(super) async fn renew(
    app: &App,
    turn: &mut Turn<'_>,
    calling: &Calling<'_>,
    caller: &Caller<'_>,
    asked: &Asked<'_>,
    wanted: &mut Option<Wanted>,
) -> Result<Option<Outcome>, Failure> {
    let (opened, random) = (refresh::open(caller, asked.token)?, app.entropy.bytes()?);
    let (pool, now) = (&caller.pool.id, app.clock.now());
    let bearing = app.store.read_bearing(pool, &opened.of, &opened.grant).await?;
    let (grant, user) = (bearing.grant.as_ref(), bearing.user.as_ref());
    let device = match asked.device {
        Some(key) => Some(app.store.read_device(pool, &opened.of, key).await?),
        None => None,
    };
    let named = device.as_ref().and_then(|device| device.value.as_ref());
    let renewal = Renewal { token: &opened, grant, user, device: named, shown: asked.shown };
    let verdict = refresh::renew(caller, &renewal, &random, now);
    if let (Ok(Outcome::SignedIn(renewed)), None) = (&verdict.answer, &wanted) {
        *wanted = Some(finish::ask(app, calling, ending(turn, None), &renewed.user).await?);
    }
    let expects = [calling.read.expects.clone(), bearing.expects];
    let expects = expects.into_iter().chain(device.map(|device| device.expects)).flatten().collect();
    turn.carry_out(pool, expects, verdict, now).await
}
