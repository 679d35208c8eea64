//! New tokens for a refresh token: REFRESH_TOKEN_AUTH, and what GetTokensFromRefreshToken has in common with it.

use lido_domain::{
    Verdict,
    flow::{
        Caller,
        sign_in::{
            Outcome,
            refresh::{self, Renewal, Shown},
        },
    },
    user::group::MOST_GROUPS_OF_A_USER,
};
use tokio::sync::OnceCell;

use super::finish::{self, Ending, TokenContents};
use crate::{
    app::App,
    operations::{Failure, RequestContext, client::LoadedClient, transact::Tx},
    store::{Beside, UserQuery},
    triggers::TokenOccasion,
};

/// A request to renew tokens, and what is made and asked once for it.
pub(super) struct RenewalRequest<'a> {
    pub(super) token: &'a str,
    /// The key of the device that it comes from.
    pub(super) device: Option<&'a str>,
    pub(super) shown: Shown<'a>,
    random: [u8; 32],
    contents: OnceCell<TokenContents>,
}

impl<'a> RenewalRequest<'a> {
    pub(super) fn new(
        app: &App,
        token: &'a str,
        device: Option<&'a str>,
        shown: Shown<'a>,
    ) -> Result<Self, Failure> {
        Ok(Self { token, device, shown, random: app.entropy.bytes()?, contents: OnceCell::new() })
    }

    /// How the renewal ends.
    pub(super) fn ending<'b>(
        &'b self,
        request: &'b RequestContext<'_>,
        client: &'b LoadedClient,
    ) -> Ending<'b> {
        let (cause, occasion) = (request.cause(), TokenOccasion::RefreshTokens);
        Ending { cause, client, occasion, contents: self.contents.get() }
    }

    /// Decides. PreTokenGeneration is asked before the commit: if it fails, the refresh token stays what it was.
    pub(super) async fn attempt(
        &self,
        request: &RequestContext<'_>,
        tx: &Tx<'_>,
        client: &LoadedClient,
        caller: &Caller<'_>,
    ) -> Result<Verdict<Outcome>, Failure> {
        let opened = refresh::open(caller, self.token)?;
        let mut beside = vec![Beside::Grant(opened.grant.clone()), Beside::Groups(MOST_GROUPS_OF_A_USER)];
        beside.extend(self.device.map(|key| Beside::Device(Some(key.to_owned()))));
        let found = tx.find_user(&caller.pool.id, UserQuery::of(&opened.of, beside)).await?;
        let (grant, user) = (found.grant.as_ref(), found.user.as_ref());
        let device = found.device.as_ref().and_then(|(_, device)| device.as_ref());
        let renewal = Renewal { token: &opened, grant, user, device, shown: self.shown };
        let verdict = refresh::renew(caller, &renewal, &self.random, tx.now());
        if let Ok(Outcome::SignedIn(renewed)) = &verdict.answer {
            let (cause, occasion) = (request.cause(), TokenOccasion::RefreshTokens);
            let ask =
                || finish::ask_contents(request.app(), client, cause, occasion, &renewed.user, &found.groups);
            self.contents.get_or_try_init(ask).await?;
        }
        Ok(verdict)
    }
}
