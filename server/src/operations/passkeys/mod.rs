//! Passkeys of whoever bears an access token: StartWebAuthnRegistration and CompleteWebAuthnRegistration make one,
//! ListWebAuthnCredentials and DeleteWebAuthnCredential do what they say. Signing in with one is `sign_in`'s.

pub(super) mod complete_web_authn_registration;
pub(super) mod delete_web_authn_credential;
pub(super) mod list_web_authn_credentials;
pub(super) mod start_web_authn_registration;

use lido_domain::{Timestamp, flow::passkeys::Registrant};

use super::bearer::TokenBearer;
use crate::app::App;

/// The bearer, as the rules see who registers.
fn registrant<'a>(app: &'a App, bearer: &'a TokenBearer<'a>, now: Timestamp) -> Registrant<'a> {
    Registrant {
        pool: bearer.pool(),
        client: bearer.client.rules(),
        user: &bearer.user,
        relying_party: app.settings.relying_party.as_deref(),
        digest_keys: app.keys.digests(),
        now,
    }
}
