//! The tokens of a user, without a password.

use lido_domain::id::{ClientId, PoolId};

use super::{ControlError, users::get_user};
use crate::{
    app::App,
    operations::{Operation, Origin, sign_in::issue_tokens, standby, transact::RequestContext},
};

/// The tokens of a sign-in.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedTokens {
    /// The id token.
    pub id_token: String,
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
    /// The seconds for which the access token is valid.
    pub expires_in: i32,
}

/// Signs a user in through an app client, without a password, and returns the tokens.
///
/// # Errors
/// `UnknownPool`, `UnknownUser`, `UnknownClient`, the errors of a sign-in, or a fault of this server.
pub async fn issue_tokens(
    app: &App,
    origin: &Origin,
    pool: &PoolId,
    client: &ClientId,
    name: &str,
) -> Result<IssuedTokens, ControlError> {
    // Where the app client hides users, a sign-in would refuse the password of an unknown one.
    get_user(app, pool, name).await?;
    let issue = async {
        standby::check(app, Operation::AdminInitiateAuth)?;
        issue_tokens::issue_tokens(RequestContext::new(app, origin), pool, client, name).await
    };
    let issued = issue.await.map_err(|failure| ControlError::of(Operation::AdminInitiateAuth, failure))?;
    let issued = issued.ok_or(ControlError::Internal)?;
    let text = |token: Option<String>| token.unwrap_or_default();
    Ok(IssuedTokens {
        id_token: text(issued.id_token.map(|token| token.into_inner())),
        access_token: text(issued.access_token.map(|token| token.into_inner())),
        refresh_token: text(issued.refresh_token.map(|token| token.into_inner())),
        expires_in: issued.expires_in.unwrap_or_default(),
    })
}
