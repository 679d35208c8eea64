//! Handles AdminCreateUser: creates a user and sends an invitation, or sends it again.
//!
//! The rules are in [`lido_domain::flow::users::admin_create_user`].

use std::collections::BTreeMap;

use lido_cognito_idp::{
    operations::{AdminCreateUserInput, AdminCreateUserOutput},
    types::MessageActionType,
};
use lido_domain::{
    flow::users::admin_create_user::{self, AdminCreateUserRequest},
    id::{PoolId, Sub},
    secret::Secret,
    user::{User, sent_messages::MessageCause},
};
use tokio::sync::OnceCell;

use crate::{
    operations::{Failure, RequestContext, password::DerivedPassword},
    store::RelatedRecord,
    triggers::{NewUser, UserCreator},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminCreateUserInput,
) -> Result<AdminCreateUserOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let attributes = wire::user::read_attributes(input.user_attributes);
    let password = input.temporary_password.map(|password| Secret::new(password.into_inner()));
    let media = input.desired_delivery_mediums.as_deref().map(wire::user::read_delivery_mediums);
    let new_user = AdminCreateUserRequest {
        username: &input.username,
        attributes: &attributes,
        temporary_password: password.as_ref(),
        force_alias: input.force_alias_creation.unwrap_or(false),
        suppress: input.message_action == Some(MessageActionType::Suppress),
        media: media.as_ref(),
    };
    let request = request.with_metadata(wire::metadata::read_client_metadata(input.client_metadata));
    let user = match input.message_action {
        Some(MessageActionType::Resend) => resend(&request, &pool_id, &new_user).await?,
        Some(MessageActionType::Suppress) | None => {
            let validation_data = wire::metadata::read_validation_data(input.validation_data);
            create(&request, &pool_id, &new_user, validation_data.as_ref()).await?
        }
    };
    Ok(AdminCreateUserOutput { user: Some(wire::user::to_user_type(&user, None)?) })
}

/// Creates the user.
async fn create(
    request: &RequestContext<'_>,
    pool_id: &PoolId,
    new_user: &AdminCreateUserRequest<'_>,
    validation_data: Option<&BTreeMap<String, String>>,
) -> Result<User, Failure> {
    let app = request.app();
    let sub = Sub::generate(&app.entropy.bytes()?);
    let random = app.entropy.bytes()?;
    let (derived, pre_sign_up) = (DerivedPassword::default(), OnceCell::new());
    request
        .transact(async |tx| {
            let pool = tx.get_pool(pool_id).await?;
            let rules = &pool.pool;
            let generated = rules.password_policy.generate_temporary(&random);
            let admitted = admin_create_user::admit(rules, new_user, &generated, sub.clone())?;
            let event_user = NewUser {
                creator: UserCreator::Administrator,
                username: &admitted.username,
                attributes: &admitted.attributes,
                validation_data,
            };
            // The trigger may refuse; the rest of its reply is ignored (*Documented*, cog-0285).
            let context = request.event_context(&pool);
            pre_sign_up.get_or_try_init(|| app.triggers.pre_sign_up(context, event_user)).await?;
            let credential = match &admitted.password {
                Some(password) => Some(derived.seal(app, pool_id, &sub, &admitted.username, password).await?),
                None => None,
            };
            let names = admin_create_user::names_to_reserve(rules, &admitted);
            let holders = tx.find_holders(pool_id, &names, Some(&Sub::new(new_user.username))).await?;
            Ok(admin_create_user::create(rules, new_user, &admitted, &holders, credential, tx.now()))
        })
        .await
}

/// Sends the invitation again, with a new temporary password.
async fn resend(
    request: &RequestContext<'_>,
    pool_id: &PoolId,
    new_user: &AdminCreateUserRequest<'_>,
) -> Result<User, Failure> {
    let app = request.app();
    let random = app.entropy.bytes()?;
    let derived = DerivedPassword::default();
    request
        .transact(async |tx| {
            let related = RelatedRecord::messages(MessageCause::Administrator).collect();
            let (pool, loaded) = tx.load_user_by_name(pool_id, new_user.username, related).await?;
            let rules = &pool.pool;
            let generated = rules.password_policy.generate_temporary(&random);
            let user = loaded.user.as_ref();
            let invited = admin_create_user::admit_resend(rules, new_user, user, &generated)?;
            let (sub, username) = (&invited.user.sub, &invited.user.username);
            let credential = derived.seal(app, pool_id, sub, username, &invited.password).await?;
            let now = tx.now();
            let verdict = admin_create_user::resend(rules, &invited, credential, now);
            Ok(loaded.sent.limit(MessageCause::Administrator, verdict, now))
        })
        .await
}
