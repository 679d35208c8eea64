//! Handles ListWebAuthnCredentials: returns a page of the passkeys of the user of an access token.
//!
//! They are listed even if the pool no longer allows passkeys (*Chosen*), so that the user can delete them.

use lido_cognito_idp::operations::{ListWebAuthnCredentialsInput, ListWebAuthnCredentialsOutput};
use lido_domain::user::passkey::{MAX_PASSKEYS, Passkey};

use crate::{
    operations::{Failure, RequestContext},
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListWebAuthnCredentialsInput,
) -> Result<ListWebAuthnCredentialsOutput, Failure> {
    let app = request.app();
    let bearer = request.begin().get_bearer(&input.access_token, Vec::new()).await?;
    let list = ["passkeys", bearer.pool_id().as_str(), bearer.user.sub.as_str()];
    let pages = Pages::of(app.keys.digests(), &list);
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?;
    let size = page::size(input.max_results.as_deref().copied()).min(MAX_PASSKEYS);
    let mut passkeys: Vec<_> = bearer.user.passkeys.iter().collect();
    passkeys.sort_by_key(|passkey| position(passkey));
    passkeys.retain(|passkey| after.as_ref().is_none_or(|after| position(passkey) > *after));
    let (passkeys, last) = page::cut(passkeys, size, |passkey| position(passkey));
    let credentials = passkeys.into_iter().map(wire::passkey::to_credential_description);
    let credentials = credentials.collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListWebAuthnCredentialsOutput { credentials, next_token })
}

/// Returns the position of a passkey in the list: the oldest is first. It does not change when others are deleted.
fn position(passkey: &Passkey) -> String {
    format!("{:020} {}", passkey.created_at.as_millis(), passkey.id.as_str())
}
