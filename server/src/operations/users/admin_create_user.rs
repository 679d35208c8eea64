//! AdminCreateUser. The rules are [`lido_domain::flow::users::admin_create_user`]'s.

use std::collections::BTreeMap;

use lido_cognito_idp::{
    operations::{AdminCreateUserInput, AdminCreateUserOutput},
    types::MessageActionType,
};
use lido_domain::{
    flow::users::admin_create_user::{self, AdminCreate},
    id::{PoolId, Sub},
    secret::Secret,
    user::User,
};
use tokio::sync::OnceCell;

use crate::{
    operations::{Failure, RequestContext, password::DerivedPassword},
    triggers::{Newcomer, NewcomerBy},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminCreateUserInput,
) -> Result<AdminCreateUserOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let attributes = wire::user::given(input.user_attributes);
    let password = input.temporary_password.map(|password| Secret::new(password.into_inner()));
    let media = input.desired_delivery_mediums.as_deref().map(wire::user::media);
    let asked = AdminCreate {
        username: &input.username,
        attributes: &attributes,
        temporary_password: password.as_ref(),
        force_alias: input.force_alias_creation.unwrap_or(false),
        suppress: input.message_action == Some(MessageActionType::Suppress),
        media: media.as_ref(),
    };
    let metadata = wire::metadata::client(input.client_metadata);
    let request = request.with_metadata(metadata);
    let user = match input.message_action {
        Some(MessageActionType::Resend) => resend(&request, &pool, &asked).await?,
        Some(MessageActionType::Suppress) | None => {
            let validation_data = wire::metadata::validation(input.validation_data);
            create(&request, &pool, &asked, validation_data.as_ref()).await?
        }
    };
    Ok(AdminCreateUserOutput { user: Some(wire::user::listed(&user, None)?) })
}

async fn create(
    request: &RequestContext<'_>,
    id: &PoolId,
    asked: &AdminCreate<'_>,
    validation_data: Option<&BTreeMap<String, String>>,
) -> Result<User, Failure> {
    let app = request.app();
    let sub = Sub::generate(&app.entropy.bytes()?);
    let random = app.entropy.bytes()?;
    let (derived, pre_sign_up) = (DerivedPassword::default(), OnceCell::new());
    request
        .transact(async |tx| {
            let pool = tx.pool(id).await?;
            let rules = &pool.pool;
            let generated = rules.password_policy.generate_temporary(&random);
            let admitted = admin_create_user::admit(rules, asked, &generated, sub.clone())?;
            let newcomer = Newcomer {
                by: NewcomerBy::Administrator,
                username: &admitted.username,
                attributes: &admitted.attributes,
                validation_data,
            };
            // It may refuse; what else it replies is ignored (*Documented*, cog-0285).
            let context = request.in_pool(&pool);
            pre_sign_up.get_or_try_init(|| app.triggers.pre_sign_up(context, newcomer)).await?;
            let credential = match &admitted.password {
                Some(password) => Some(derived.seal(app, id, &sub, &admitted.username, password).await?),
                None => None,
            };
            let names = admin_create_user::names_wanted(rules, &admitted);
            let holders = tx.find_holders(id, &names, Some(&Sub::new(asked.username))).await?;
            Ok(admin_create_user::create(rules, asked, &admitted, &holders, credential, tx.now()))
        })
        .await
}

async fn resend(request: &RequestContext<'_>, id: &PoolId, asked: &AdminCreate<'_>) -> Result<User, Failure> {
    let app = request.app();
    let random = app.entropy.bytes()?;
    let derived = DerivedPassword::default();
    request
        .transact(async |tx| {
            let (pool, found) = tx.named_user(id, asked.username, Vec::new()).await?;
            let rules = &pool.pool;
            let generated = rules.password_policy.generate_temporary(&random);
            let invited = admin_create_user::admit_resend(rules, asked, found.user.as_ref(), &generated)?;
            let (sub, username) = (&invited.user.sub, &invited.user.username);
            let credential = derived.seal(app, id, sub, username, &invited.password).await?;
            Ok(admin_create_user::resend(rules, &invited, credential, tx.now()))
        })
        .await
}
