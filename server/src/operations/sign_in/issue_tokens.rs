//! Signs a user in without a password, for `/_lido/…` alone: no operation of the API does.
//!
//! The tokens are those of a sign-in, made by the same code: the grant, the triggers after it, and [`super::tokens`]. The
//! rule is in [`lido_domain::flow::sign_in::without_password`].

use lido_cognito_idp::types::AuthenticationResultType;
use lido_domain::{
    flow::sign_in::{SignInOutcome, Step, without_password},
    id::{ClientId, PoolId},
    user::{auth_event::EventKind, sent_messages::MessageCause},
};

use super::{
    step as steps,
    tokens::{self, IssueContext},
};
use crate::{
    operations::{Failure, RequestContext},
    triggers::TokenTriggerSource,
    wire::auth_event::ClientContext,
};

/// Signs a user in through an app client of a pool, and returns the tokens. Returns `None` if the app client would have to
/// be answered a challenge, which no rule of this does.
pub(in crate::operations) async fn issue_tokens(
    request: RequestContext<'_>,
    pool: &PoolId,
    client: &ClientId,
    username: &str,
) -> Result<Option<AuthenticationResultType>, Failure> {
    let app = request.app();
    let fresh = steps::generate_fresh_values(app)?;
    let request = request.with_event(EventKind::SignIn, ClientContext::default())?;
    let (client, outcome) = request
        .transact(async |tx| {
            let client = tx.get_client_with_keys(Some(pool), client).await?;
            let caller = client.caller(None);
            let query = steps::user_query(&caller, username, None, None, MessageCause::sign_in(true));
            let loaded = tx.find_user(pool, query).await?;
            let step = Step {
                caller,
                typed: username,
                found: loaded.found_to_sign_in(),
                presented: None,
                device: None,
                fresh: &fresh,
                relying_party: app.settings.relying_party.as_deref(),
                authorizing: None,
                now: tx.now(),
            };
            let verdict = without_password::decide(&step);
            steps::conclude_event(&tx, &step, &verdict);
            Ok(verdict.map(|outcome| (client, outcome)))
        })
        .await?;
    let SignInOutcome::SignedIn(signed_in) = outcome else { return Ok(None) };
    let (info, source) = (request.info(), TokenTriggerSource::Authentication);
    let context = IssueContext { info, client: &client, source, contents: None };
    Ok(Some(tokens::issue(&request, context, &signed_in).await?))
}
