//! The revocation endpoint: ends a refresh token, and all tokens of the same sign-in.
//!
//! It shares its rules with RevokeToken, but a token that is unknown or another app client's is no error: 200 (oau-0131;
//! *Chosen* for another app client's, which stays as it is).

use lido_domain::{
    Verdict,
    flow::sign_in::revoke_token,
    oauth::{error::TokenError, parameters::RequestParameters},
    token::grant::RefreshToken,
};

use super::{
    TokenFailure,
    authorize::check_not_standby,
    metadata_client::fetch_metadata,
    token::{ClientProof, find, get_client},
};
use crate::{
    app::App,
    operations::{Origin, RequestContext},
    store::{RelatedRecord, UserQuery},
    tokens::Tokens,
};

/// Revokes the token of a request.
///
/// # Errors
/// The app client does not prove itself (oau-0130), there is no token or its revocation is turned off (oau-0128), or it is
/// an access or id token (oau-0129).
pub(crate) async fn revoke(
    app: &App,
    origin: &Origin,
    proof: &ClientProof,
    parameters: &RequestParameters,
) -> Result<(), TokenFailure> {
    check_not_standby(app)?;
    fetch_metadata(app, origin, proof.pool.as_ref(), &proof.id).await;
    let token = find(parameters, "token");
    RequestContext::new(app, origin)
        .transact(async |tx| {
            let refuse = |error| Ok(Verdict::accept(Err(error)));
            let client = match get_client(app, &tx, proof).await? {
                Ok(client) => client,
                Err(error) => return refuse(error),
            };
            let Ok(Some(token)) = token else { return refuse(TokenError::InvalidRequest) };
            if !client.client_rules().revokes_tokens {
                return refuse(TokenError::InvalidRequest);
            }
            let (caller, pool_id) = (client.caller(None), client.pool_id());
            let Some(opened) = RefreshToken::parse(caller.digest_keys, pool_id, token) else {
                let is_other = Tokens::is_access_or_id_token(token);
                return Ok(Verdict::accept(if is_other {
                    Err(TokenError::UnsupportedTokenType)
                } else {
                    Ok(())
                }));
            };
            let related = vec![RelatedRecord::Grant(opened.grant.clone())];
            let loaded = tx.find_user(pool_id, UserQuery::of(&opened.of, related)).await?;
            let grant = loaded.grant.as_ref();
            if grant.is_none_or(|grant| grant.client != caller.client.id) {
                return Ok(Verdict::accept(Ok(())));
            }
            Ok(revoke_token::revoke(&caller, opened, grant).map(Ok))
        })
        .await??;
    Ok(())
}
