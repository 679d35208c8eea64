//! Handles AdminSetUserPassword: sets the password of a user.
//!
//! The rules are in [`lido_domain::flow::users::admin_set_user_password`].

use lido_cognito_idp::operations::{AdminSetUserPasswordInput, AdminSetUserPasswordOutput};
use lido_domain::{
    flow::{
        NewCredential,
        users::admin_set_user_password::{self, AdminSetUserPasswordRequest},
    },
    id::PoolId,
    secret::Secret,
};

use crate::operations::{Failure, RequestContext, password::DerivedPassword};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminSetUserPasswordInput,
) -> Result<AdminSetUserPasswordOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let password = Secret::new(input.password.into_inner());
    let change =
        AdminSetUserPasswordRequest { password: &password, permanent: input.permanent.unwrap_or(false) };
    let derived = DerivedPassword::default();
    request
        .transact(async |tx| {
            let (pool, loaded) = tx.load_user_by_name(&pool_id, &input.username, Vec::new()).await?;
            let rules = &pool.pool;
            let user = admin_set_user_password::admit(rules, loaded.user.as_ref(), &change)?;
            let former = admin_set_user_password::credentials_to_compare(rules, user, &change);
            let is_former = derived.is_one_of(app, &pool_id, user, former, &password).await?;
            let credential = derived.seal(app, &pool_id, &user.sub, &user.username, &password).await?;
            let compared = NewCredential { credential, is_former };
            Ok(admin_set_user_password::set(rules, user, &change, compared, tx.now()))
        })
        .await?;
    Ok(AdminSetUserPasswordOutput {})
}
