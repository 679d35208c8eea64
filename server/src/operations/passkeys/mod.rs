//! The operations of a signed-in user on their own passkeys: register, list, delete.
//!
//! The sign-in with a passkey is in `sign_in`.

pub(super) mod complete_web_authn_registration;
pub(super) mod delete_web_authn_credential;
pub(super) mod list_web_authn_credentials;
pub(super) mod start_web_authn_registration;

use lido_domain::{Timestamp, flow::passkeys::Registrant};

use super::bearer::TokenBearer;
use crate::app::App;

/// Converts the bearer to the parameter of the domain's flows on passkeys.
fn registrant<'a>(app: &'a App, bearer: &'a TokenBearer<'a>, now: Timestamp) -> Registrant<'a> {
    Registrant {
        pool: bearer.pool_rules(),
        client: bearer.client.client_rules(),
        user: &bearer.user,
        relying_party: app.settings.relying_party.as_deref(),
        digest_keys: app.keys.digests(),
        now,
    }
}
