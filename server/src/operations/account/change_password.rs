//! Handles ChangePassword: sets a new password for the user of an access token.
//!
//! The rules are in [`lido_domain::flow::account::change_password`].

use lido_cognito_idp::operations::{ChangePasswordInput, ChangePasswordOutput};
use lido_domain::{
    flow::{
        NewCredential,
        account::change_password::{self, ChangePasswordRequest, RequiredProof},
    },
    secret::Secret,
    user::{
        attempt::AttemptKind,
        auth_event::{EventKind, EventOwner},
    },
};

use crate::{
    operations::{Failure, RequestContext, password::DerivedPassword},
    store::RelatedRecord,
    wire::auth_event::ClientContext,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ChangePasswordInput,
) -> Result<ChangePasswordOutput, Failure> {
    let app = request.app();
    let previous = input.previous_password.map(|password| Secret::new(password.into_inner()));
    let proposed = Secret::new(input.proposed_password.into_inner());
    let change = ChangePasswordRequest { previous: previous.as_ref(), proposed: &proposed };
    let (of_previous, of_proposed) = (DerivedPassword::default(), DerivedPassword::default());
    let request = request.with_event(EventKind::PasswordChange, ClientContext::default())?;
    request
        .transact(async |tx| {
            let related = vec![RelatedRecord::Attempts(AttemptKind::ChangePassword), RelatedRecord::Failures];
            let bearer = tx.get_bearer(&input.access_token, related).await?;
            let counters = change_password::PasswordCounters {
                attempts: bearer.loaded.attempts.as_ref(),
                failures: bearer.loaded.failures.as_ref(),
            };
            let (acting, pool_id, user) = (bearer.bearer(), bearer.pool_id(), &bearer.user);
            let is_right = match change_password::admit(&acting, &change, &counters, tx.now())? {
                RequiredProof::Nothing => true,
                RequiredProof::Password(password, sealed) => {
                    of_previous.is_one_of(app, pool_id, user, Vec::from_iter(sealed), password).await?
                }
            };
            let new = if is_right {
                let former = change_password::credentials_to_compare(&acting);
                let is_former = of_proposed.is_one_of(app, pool_id, user, former, &proposed).await?;
                let credential = of_proposed.seal(app, pool_id, &user.sub, &user.username, &proposed).await?;
                Some(NewCredential { credential, is_former })
            } else {
                None
            };
            tx.conclude_event(Some(EventOwner::User(user.sub.clone())));
            Ok(change_password::change(&acting, new, &counters, tx.now()))
        })
        .await?;
    Ok(ChangePasswordOutput {})
}
