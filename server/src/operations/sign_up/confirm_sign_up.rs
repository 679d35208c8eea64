//! Handles ConfirmSignUp: confirms a user with the code that SignUp sent.
//!
//! The rules are in [`lido_domain::flow::sign_up::confirm_sign_up`]. A confirmation link uses [`confirm`] too; see the
//! module `confirmation_link`.

use std::collections::BTreeMap;

use lido_cognito_idp::operations::{ConfirmSignUpInput, ConfirmSignUpOutput};
use lido_domain::{
    code::Purpose,
    flow::{
        AppClientCaller,
        sign_up::confirm_sign_up::{self, ConfirmSignUpAnswer, SessionLookup},
    },
    id::ClientId,
    sign_in::session::{self, SessionHandle},
    user::{attempt::AttemptKind, auth_event::EventKind},
};

use crate::{
    operations::{Failure, RequestContext, client::LoadedClient},
    store::{CodeAlias, RelatedRecord, UserQuery},
    triggers::Confirmation,
    wire::{self, auth_event::ClientContext},
};

/// The input of ConfirmSignUp, or the same values from a confirmation link.
pub(super) struct ConfirmationRequest<'a> {
    pub(super) client: ClientId,
    pub(super) username: &'a str,
    pub(super) code: &'a str,
    pub(super) proof: ClientProof<'a>,
    pub(super) force_alias: bool,
    pub(super) session: Option<&'a str>,
    /// Whether the status of the user is hidden too, if the app client hides users.
    pub(super) hides_status: bool,
    pub(super) client_metadata: Option<BTreeMap<String, String>>,
    pub(super) context: ClientContext,
}

/// The proof that the request is from the app client.
pub(super) enum ClientProof<'a> {
    /// The secret hash, which an app client with a secret sends.
    SecretHash(Option<&'a str>),
    /// A link that this server has sent. It needs no secret hash if the pool sends links.
    Link,
}

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ConfirmSignUpInput,
) -> Result<ConfirmSignUpOutput, Failure> {
    answer(request, input, false).await
}

/// Handles the form of a page on which anyone may type a name: it does not tell the status of a user, if the app client hides users.
pub(crate) async fn handle_form_of_anyone(
    request: RequestContext<'_>,
    input: ConfirmSignUpInput,
) -> Result<ConfirmSignUpOutput, Failure> {
    answer(request, input, true).await
}

async fn answer(
    request: RequestContext<'_>,
    input: ConfirmSignUpInput,
    hides_status: bool,
) -> Result<ConfirmSignUpOutput, Failure> {
    let input = ConfirmationRequest {
        client: ClientId::new(input.client_id.into_inner()),
        username: &input.username,
        code: &input.confirmation_code,
        proof: ClientProof::SecretHash(input.secret_hash.as_deref().map(String::as_str)),
        force_alias: input.force_alias_creation.unwrap_or(false),
        session: input.session.as_deref().map(String::as_str),
        hides_status,
        client_metadata: wire::metadata::read_client_metadata(input.client_metadata),
        context: input.user_context_data.into(),
    };
    Ok(wire::user::confirm_sign_up_output(&confirm(request, input).await?)?)
}

/// Confirms the user.
pub(super) async fn confirm(
    request: RequestContext<'_>,
    mut input: ConfirmationRequest<'_>,
) -> Result<ConfirmSignUpAnswer, Failure> {
    let app = request.app();
    let new_session = SessionHandle::generate(&app.entropy.bytes()?);
    let request = request
        .with_metadata(input.client_metadata.take())
        .with_event(EventKind::SignUp, input.context.clone())?;
    let (client, confirmed) = request
        .transact(async |tx| {
            let query = |client: &LoadedClient| {
                let rules = client.pool_rules();
                let related = vec![
                    RelatedRecord::Code(Purpose::SignUp),
                    RelatedRecord::Attempts(AttemptKind::ConfirmSignUp),
                    RelatedRecord::AliasHolder(CodeAlias::of(rules, Purpose::SignUp)),
                ];
                let digest_keys = app.keys.digests();
                let sessions = input.session.map(|handle| session::keys_of(digest_keys, &rules.id, handle));
                let query = client.user_query(input.username, related);
                UserQuery { sessions: sessions.unwrap_or_default(), ..query }
            };
            let (client, loaded) = tx.get_client_and_user(&input.client, query).await?;
            let caller = input.proof.caller(&client);
            let found = loaded.found();
            let confirmation = confirm_sign_up::ConfirmSignUpRequest {
                username: input.username,
                code: input.code,
                force_alias: input.force_alias,
                session: match (input.session, &loaded.session) {
                    (None, _) => SessionLookup::NotSent,
                    (Some(_), None) => SessionLookup::Unknown,
                    (Some(_), Some((key, session))) => SessionLookup::Found(key, session),
                },
                hides_status: input.hides_status,
            };
            let holder = loaded.alias_holder();
            let verdict =
                confirm_sign_up::confirm(&caller, &confirmation, &found, holder, &new_session, tx.now());
            tx.conclude_event(caller.event_owner(input.username, found.user));
            Ok(verdict.map(|confirmed| (client, confirmed)))
        })
        .await?;
    let context = client.event_context(request.info());
    app.triggers.post_confirmation(context, Confirmation::SignUp, &confirmed.user).await?;
    Ok(confirmed)
}

impl ClientProof<'_> {
    /// Returns the caller of the domain's flows. A link is treated as a request of an app client without a secret.
    fn caller<'a>(&'a self, client: &'a LoadedClient) -> AppClientCaller<'a> {
        match self {
            ClientProof::SecretHash(hash) => client.caller(*hash),
            ClientProof::Link if wire::templates::sends_links(&client.pool) => {
                AppClientCaller { secrets: &[], ..client.caller(None) }
            }
            ClientProof::Link => client.caller(None),
        }
    }
}
