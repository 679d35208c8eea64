//! The userInfo endpoint: the attributes of the user of an access token with the scope `openid`.
//!
//! The rules are in [`lido_domain::flow::bearer`] and [`lido_domain::flow::oauth::user_info`].

use lido_domain::{
    flow::{bearer, oauth::user_info},
    id::PoolId,
    scope::{OPENID, Scopes},
    token::Claims,
};

use super::{UserInfoFailure, find_client_of_token};
use crate::{
    app::App,
    operations::{Failure, Origin, RequestContext},
    store::{RelatedRecord, UserQuery},
    tokens::Tokens,
};

/// Returns the attributes of the user. `pool` is the pool of the endpoint; `None` where the token decides it.
///
/// # Errors
/// The token is none of the pool, has expired or was revoked, or lacks the scope; the server fails.
pub(crate) async fn get_user_info(
    app: &App,
    origin: &Origin,
    pool: Option<&PoolId>,
    token: &str,
) -> Result<Claims, UserInfoFailure> {
    let tx = RequestContext::new(app, origin).begin();
    let id = Tokens::unverified_client_id(token).map_err(Failure::from)?;
    let client =
        find_client_of_token(app, &tx, pool, token, &id).await?.ok_or(UserInfoFailure::InvalidToken)?;
    let keys = client.open_signing_keys(app).await?;
    let token = keys.verify(token).map_err(Failure::from)?;
    let related = vec![RelatedRecord::Grant(token.grant.clone())];
    let loaded =
        tx.find_user(client.pool_id(), UserQuery::of(&token.sub, related)).await.map_err(Failure::from)?;
    let (grant, user) = (loaded.grant.as_ref(), loaded.user.as_ref());
    let user = bearer::check_scope(OPENID, &token, grant, user, tx.now()).map_err(Failure::from)?;
    let scopes = Scopes::parse(&token.scope);
    Ok(user_info::claims(user, client.client_rules(), &scopes, app.settings.is_strict_oauth))
}
