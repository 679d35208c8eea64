//! The one list of the sealed secrets in records.

use std::sync::Arc;

use lido_domain::secret::Sealed;

use super::Record;
use crate::keys::SecretPlace;

/// Calls `visit` with each sealed secret of a record that must stay readable, and its place; it may change the
/// secret. Those of sessions are left out: they are of no use after a few minutes, and a session that cannot be
/// opened is refused.
///
/// # Errors
/// The first one of `visit`.
pub(super) fn visit_secrets<E>(
    record: &mut Record,
    mut visit: impl FnMut(SecretPlace, &mut Sealed) -> Result<(), E>,
) -> Result<(), E> {
    match record {
        Record::SigningKeys(record) => {
            let record = Arc::make_mut(record);
            visit(SecretPlace::SigningKey("id"), &mut record.id)?;
            visit(SecretPlace::SigningKey("access"), &mut record.access)?;
        }
        Record::Client(record) => {
            let client = &mut Arc::make_mut(record).client;
            for secret in &mut client.secrets {
                visit(SecretPlace::ClientSecret(client.id.clone()), &mut secret.sealed)?;
            }
        }
        Record::User(user) => {
            for sealed in user.credential.iter_mut().chain(&mut user.former_credentials) {
                visit(SecretPlace::Verifier(user.sub.clone()), sealed)?;
            }
            let token = user.mfa.token.iter_mut().map(|token| &mut token.secret).next();
            if let Some(sealed) = token {
                visit(SecretPlace::SoftwareToken(user.sub.clone()), sealed)?;
            }
            if let Some(sealed) = &mut user.mfa.pending_token {
                visit(SecretPlace::SoftwareToken(user.sub.clone()), sealed)?;
            }
        }
        Record::Device(device) => {
            let place = SecretPlace::Device(device.of.clone(), device.key.clone());
            visit(place, &mut device.verifier)?;
        }
        Record::Outbox(row) => visit(SecretPlace::OutboxCode(row.id.clone()), &mut row.code)?,
        Record::Pool(_) | Record::Name(_) | Record::Code(_) | Record::Attempts(_) | Record::Session(_) => {}
        Record::Authorization(_) | Record::BrowserSession(_) => {}
        Record::UiCustomization(_) | Record::Asset(_) => {}
        Record::Style(_) | Record::StyleId(_) | Record::Terms(_) | Record::TermsId(_) => {}
        Record::Failures(_) | Record::Grant(_) | Record::AuthEvent(_) => {}
        Record::CimdPolicy(_) | Record::ClientMetadata(_) => {}
        Record::Group(_) | Record::GroupOfUser(_) | Record::UserInGroup(_) | Record::ResourceServer(_) => {}
    }
    Ok(())
}
