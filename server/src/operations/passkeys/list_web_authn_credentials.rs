//! ListWebAuthnCredentials. They are told whatever the pool allows now (*Chosen*), so that their user can delete them.

use lido_cognito_idp::operations::{ListWebAuthnCredentialsInput, ListWebAuthnCredentialsOutput};
use lido_domain::user::passkey::{MOST_PASSKEYS, Passkey};

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
    let bearer = request.begin().bearer(&input.access_token, Vec::new()).await?;
    let list = ["passkeys", bearer.pool_id().as_str(), bearer.user.sub.as_str()];
    let pages = Pages::of(app.keys.digests(), &list);
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?;
    let size = page::size(input.max_results.as_deref().copied()).min(MOST_PASSKEYS);
    let mut passkeys: Vec<_> = bearer.user.passkeys.iter().collect();
    passkeys.sort_by_key(|passkey| place(passkey));
    passkeys.retain(|passkey| after.as_ref().is_none_or(|after| place(passkey) > *after));
    let (passkeys, last) = page::cut(passkeys, size, |passkey| place(passkey));
    let told: Result<Vec<_>, _> = passkeys.into_iter().map(wire::passkey::told).collect();
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListWebAuthnCredentialsOutput { credentials: told?, next_token })
}

/// Where a passkey stands in the list: the oldest first, also when others are deleted meanwhile.
fn place(passkey: &Passkey) -> String {
    format!("{:020} {}", passkey.created_at.as_millis(), passkey.id.as_str())
}
