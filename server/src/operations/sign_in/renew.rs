//! The renewal of tokens: the steps that REFRESH_TOKEN_AUTH and GetTokensFromRefreshToken share.
//!
//! The rules are in [`lido_domain::flow::sign_in::refresh_tokens`].

use lido_domain::{
    Refusal, Verdict,
    flow::{
        AppClientCaller,
        sign_in::{
            SignInOutcome,
            refresh_tokens::{self, Renewal, SecretProof},
        },
    },
    oauth::authorization::TokenContents,
    user::group::MAX_GROUPS_PER_USER,
};
use tokio::sync::OnceCell;

use super::tokens::{self, IssueContext};
use crate::{
    app::App,
    operations::{Failure, RequestContext, client::LoadedClient, oauth::find_custom_scopes, transact::Tx},
    store::{RelatedRecord, UserQuery},
    triggers::TokenTriggerSource,
};

/// A request to renew tokens, with its random values and the reply of PreTokenGeneration, which outlive an attempt.
pub(in crate::operations) struct RenewalRequest<'a> {
    pub(super) token: &'a str,
    /// The key of the device.
    pub(super) device: Option<&'a str>,
    pub(super) shown: SecretProof<'a>,
    random: [u8; 32],
    contents: OnceCell<TokenContents>,
}

impl<'a> RenewalRequest<'a> {
    pub(in crate::operations) fn new(
        app: &App,
        token: &'a str,
        device: Option<&'a str>,
        shown: SecretProof<'a>,
    ) -> Result<Self, Failure> {
        Ok(Self { token, device, shown, random: app.entropy.bytes()?, contents: OnceCell::new() })
    }

    /// Returns the context of the issue of the new tokens.
    pub(super) fn issue_context<'b>(
        &'b self,
        request: &'b RequestContext<'_>,
        client: &'b LoadedClient,
    ) -> IssueContext<'b> {
        let (info, source) = (request.info(), TokenTriggerSource::RefreshTokens);
        IssueContext { info, client, source, contents: self.contents.get() }
    }

    /// Returns what the new tokens contain, after an attempt that renews them.
    pub(in crate::operations) fn contents(&self) -> Option<&TokenContents> {
        self.contents.get()
    }

    /// Attempts the renewal. PreTokenGeneration is invoked before the commit: if it fails, the refresh token stays
    /// valid.
    ///
    /// *Chosen*: the new tokens lack the scopes that the app client has lost and those of resource servers that exist no
    /// longer, and with no scope left there are none. The grant keeps its scopes.
    pub(in crate::operations) async fn attempt(
        &self,
        request: &RequestContext<'_>,
        tx: &Tx<'_>,
        client: &LoadedClient,
        caller: &AppClientCaller<'_>,
    ) -> Result<Verdict<SignInOutcome>, Failure> {
        let opened = refresh_tokens::open(caller, self.token)?;
        let mut related =
            vec![RelatedRecord::Grant(opened.grant.clone()), RelatedRecord::Groups(MAX_GROUPS_PER_USER)];
        related.extend(self.device.map(|key| RelatedRecord::Device(Some(key.to_owned()))));
        let loaded = tx.find_user(&caller.pool.id, UserQuery::of(&opened.of, related)).await?;
        let (grant, user) = (loaded.grant.as_ref(), loaded.user.as_ref());
        let device = loaded.device.as_ref().and_then(|(_, device)| device.as_ref());
        let revokes_reused = request.app().settings.revokes_reused_refresh_tokens;
        let renewal = Renewal { token: &opened, grant, user, device, proof: self.shown, revokes_reused };
        let mut verdict = refresh_tokens::renew(caller, &renewal, &self.random, tx.now());
        if let Ok(SignInOutcome::SignedIn(renewed)) = &mut verdict.answer {
            if let Some(access) = &renewed.grant.access {
                let custom_scopes = find_custom_scopes(tx, &caller.pool.id, &access.scopes).await?;
                let left = renewed.grant.clone().with_scopes_left(&caller.client.oauth, &custom_scopes);
                renewed.grant = left.ok_or(Refusal::RefreshTokenRevoked)?;
            }
            let (app, info) = (request.app(), request.info());
            let (user, source) = (&renewed.user, TokenTriggerSource::RefreshTokens);
            let scopes = renewed.grant.scopes();
            let get = || tokens::get_contents(app, client, info, source, user, &loaded.groups, &scopes);
            self.contents.get_or_try_init(get).await?;
        }
        Ok(verdict)
    }
}
