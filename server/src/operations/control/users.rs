//! Lists users, finds one, and confirms one.

use lido_cognito_idp::{
    operations::AdminConfirmSignUpInput,
    types::{UserPoolIdType, UsernameType},
};
use lido_domain::{
    id::{PoolId, Sub},
    user::{User, search::Filter},
};

use super::{ControlError, Page, PageRequest, page::list_error};
use crate::{
    app::App,
    operations::{
        Failure, Operation, Origin, sign_up::admin_confirm_sign_up, standby, transact::RequestContext,
        users::list_users::find,
    },
    wire::user::attribute_bytes,
};

/// Returns a page of the users of a pool, in the order of their subs, and only those that match `filter`, in the syntax of
/// ListUsers, if it is not empty.
///
/// # Errors
/// `UnknownPool`, the filter is malformed, the token is none of this list, or a fault of the store.
pub async fn list_users(
    app: &App,
    pool: &PoolId,
    filter: &str,
    page: &PageRequest,
) -> Result<Page<User>, ControlError> {
    let list = ["control", "users", pool.as_str(), filter];
    let read = async {
        let after = page.after(app, &list)?.map(Sub::new);
        let origin = Origin::default();
        let tx = RequestContext::new(app, &origin).begin();
        let record = tx.get_pool(pool).await?;
        let filter = Filter::parse(filter)?;
        find(&tx, &record, filter.as_ref(), after, page.size + 1).await
    };
    let users = read.await.map_err(|failure: Failure| match failure {
        Failure::Refused(lido_domain::Refusal::UnknownPool(_)) => list_error(failure),
        Failure::Refused(_) => match list_error(failure) {
            ControlError::Refused { message, .. } => ControlError::Invalid(message),
            other => other,
        },
        failure => list_error(failure),
    })?;
    Ok(page.cut(app, &list, users, |user| attribute_bytes(user, None), |user| user.sub.to_string()))
}

/// Returns the user that a username, sub or alias identifies in a pool.
///
/// # Errors
/// `UnknownPool`, `UnknownUser`, or a fault of the store.
pub async fn get_user(app: &App, pool: &PoolId, name: &str) -> Result<User, ControlError> {
    find_user(app, pool, name).await?.ok_or(ControlError::UnknownUser)
}

/// Returns the user that a username, sub or alias identifies in a pool, or `None` if there is no such user.
///
/// # Errors
/// `UnknownPool`, or a fault of the store.
pub async fn find_user(app: &App, pool: &PoolId, name: &str) -> Result<Option<User>, ControlError> {
    let origin = Origin::default();
    let found = RequestContext::new(app, &origin).begin().load_user_by_name(pool, name, Vec::new()).await;
    let (_, loaded) = found.map_err(|failure| ControlError::of(Operation::AdminGetUser, failure))?;
    Ok(loaded.user)
}

/// Confirms a user, by AdminConfirmSignUp.
///
/// # Errors
/// Those of AdminConfirmSignUp.
pub async fn confirm_user(
    app: &App,
    origin: &Origin,
    pool: &PoolId,
    name: &str,
) -> Result<User, ControlError> {
    let user = get_user(app, pool, name).await?;
    let sub = user.sub.as_str();
    let input = AdminConfirmSignUpInput {
        user_pool_id: UserPoolIdType::try_from(pool.as_str()).map_err(|_| ControlError::UnknownPool)?,
        username: UsernameType::try_from(sub).map_err(|_| ControlError::UnknownUser)?,
        client_metadata: None,
    };
    let confirm = async {
        standby::check(app, Operation::AdminConfirmSignUp)?;
        admin_confirm_sign_up::handle(RequestContext::new(app, origin), input).await
    };
    confirm.await.map_err(|failure| ControlError::of(Operation::AdminConfirmSignUp, failure))?;
    get_user(app, pool, sub).await
}
