//! ConfirmSignUp. The rules are [`lido_domain::flow::sign_up::confirm_sign_up`]'s.
//!
//! A link in a mail confirms by the same steps; see `confirmation_link` beside this.

use std::collections::BTreeMap;

use lido_cognito_idp::operations::{ConfirmSignUpInput, ConfirmSignUpOutput};
use lido_domain::{
    code::Purpose,
    flow::{
        Caller,
        sign_up::confirm_sign_up::{self, Confirm, Confirmed, Presented},
    },
    id::ClientId,
    sign_in::session::{self, SessionHandle},
    user::{attempt::Act, auth_event::EventKind},
};

use crate::{
    operations::{
        Failure, RequestContext,
        client::{self, LoadedClient},
    },
    store::{Beside, Rival, UserQuery},
    triggers::Confirmation,
    wire::{self, auth_event::ClientContext},
};

/// A request to confirm a sign-up.
pub(super) struct ConfirmSignUpRequest<'a> {
    pub(super) client: ClientId,
    pub(super) username: &'a str,
    pub(super) code: &'a str,
    pub(super) proof: Proof<'a>,
    pub(super) force_alias: bool,
    pub(super) session: Option<&'a str>,
    pub(super) client_metadata: Option<BTreeMap<String, String>>,
    pub(super) context: ClientContext,
}

/// How the app client shows that it is one.
pub(super) enum Proof<'a> {
    /// By the secret hash, if it has a secret.
    SecretHash(Option<&'a str>),
    /// Not at all, where links are sent: the link was written by this server.
    Link,
}

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ConfirmSignUpInput,
) -> Result<ConfirmSignUpOutput, Failure> {
    let asked = ConfirmSignUpRequest {
        client: ClientId::new(input.client_id.into_inner()),
        username: &input.username,
        code: &input.confirmation_code,
        proof: Proof::SecretHash(input.secret_hash.as_deref().map(String::as_str)),
        force_alias: input.force_alias_creation.unwrap_or(false),
        session: input.session.as_deref().map(String::as_str),
        client_metadata: wire::metadata::client(input.client_metadata),
        context: input.user_context_data.into(),
    };
    Ok(wire::user::confirmed(&confirm(request, asked).await?)?)
}

/// Confirms, or refuses.
pub(super) async fn confirm(
    request: RequestContext<'_>,
    mut asked: ConfirmSignUpRequest<'_>,
) -> Result<Confirmed, Failure> {
    let app = request.app();
    let new_session = SessionHandle::generate(&app.entropy.bytes()?);
    let request = request
        .with_metadata(asked.client_metadata.take())
        .with_event(EventKind::SignUp, asked.context.clone())?;
    let (client, confirmed) = request
        .transact(async |tx| {
            let client = tx.client(&asked.client).await?;
            let caller = asked.proof.caller(&client);
            let (pool, digests) = (caller.pool, caller.digest_keys);
            let places = asked.session.map(|handle| session::keys_of(digests, &pool.id, handle));
            let beside = vec![
                Beside::Code(Purpose::SignUp),
                Beside::Attempts(Act::ConfirmSignUp),
                Beside::Rival(Rival::of(pool, Purpose::SignUp)),
            ];
            let query = UserQuery {
                sessions: places.unwrap_or_default(),
                ..client::query(&caller, asked.username, beside)
            };
            let loaded = tx.find_user(&pool.id, query).await?;
            let found = loaded.found();
            let confirm = Confirm {
                username: asked.username,
                code: asked.code,
                force_alias: asked.force_alias,
                session: match (asked.session, &loaded.session) {
                    (None, _) => Presented::Nothing,
                    (Some(_), None) => Presented::Unknown,
                    (Some(_), Some((key, session))) => Presented::Kept(key, session),
                },
            };
            let holder = loaded.alias_holder();
            let verdict = confirm_sign_up::confirm(&caller, &confirm, &found, holder, &new_session, tx.now());
            tx.conclude_event(found.user.map(|user| &user.sub));
            Ok(verdict.map(|confirmed| (client, confirmed)))
        })
        .await?;
    let context = client.context(request.cause());
    app.triggers.post_confirmation(context, Confirmation::SignUp, &confirmed.user).await?;
    Ok(confirmed)
}

impl Proof<'_> {
    fn caller<'a>(&'a self, client: &'a LoadedClient) -> Caller<'a> {
        match self {
            Proof::SecretHash(hash) => client.caller(*hash),
            Proof::Link if wire::templates::sends_links(&client.pool) => {
                Caller { secrets: &[], ..client.caller(None) }
            }
            Proof::Link => client.caller(None),
        }
    }
}
