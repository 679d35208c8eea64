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

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, password::Derived, turn::Turn},
    triggers::{EventContext, Newcomer, NewcomerBy},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
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
    let turn = Turn::asked_by(app, origin).with_metadata(metadata);
    let user = match input.message_action {
        Some(MessageActionType::Resend) => resend(app, turn, &pool, &asked).await?,
        Some(MessageActionType::Suppress) | None => {
            let validation_data = wire::metadata::validation(input.validation_data);
            create(app, turn, &pool, &asked, validation_data.as_ref()).await?
        }
    };
    Ok(AdminCreateUserOutput { user: Some(wire::user::listed(&user, None)?) })
}

async fn create(
    app: &App,
    mut turn: Turn<'_>,
    pool: &PoolId,
    asked: &AdminCreate<'_>,
    validation_data: Option<&BTreeMap<String, String>>,
) -> Result<User, Failure> {
    // Once a request, however often it decides.
    let sub = Sub::generate(&app.entropy.bytes()?);
    let random = app.entropy.bytes()?;
    let mut derived = Derived::default();
    let mut is_asked = false;
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, pool).await?;
        let rules = &read.value.pool;
        let generated = rules.password_policy.generate_temporary(&random);
        let admitted = admin_create_user::admit(rules, asked, &generated, sub.clone())?;
        if !is_asked {
            let newcomer = Newcomer {
                by: NewcomerBy::Administrator,
                username: &admitted.username,
                attributes: &admitted.attributes,
                validation_data,
            };
            let context = EventContext { pool: &read.value, client: None, cause: turn.cause() };
            // It may refuse; what else it replies is ignored (*Documented*, cog-0285).
            app.triggers.pre_sign_up(context, newcomer).await?;
            is_asked = true;
        }
        let credential = match &admitted.password {
            Some(password) => Some(derived.seal(app, pool, &sub, &admitted.username, password).await?),
            None => None,
        };
        let names = admin_create_user::names_wanted(rules, &admitted);
        let as_sub = Sub::new(asked.username);
        let holders = app.store.read_holders(pool, &names, Some(&as_sub)).await;
        let Some(holders) = turn.unless_conflict(holders).await? else { continue };
        let verdict = admin_create_user::create(rules, asked, &admitted, &holders.users, credential, now);
        let expects = [read.expects, holders.expects].concat();
        if let Some(user) = turn.carry_out(pool, expects, verdict, now).await? {
            return Ok(user);
        }
    }
}

async fn resend(
    app: &App,
    mut turn: Turn<'_>,
    pool: &PoolId,
    asked: &AdminCreate<'_>,
) -> Result<User, Failure> {
    let random = app.entropy.bytes()?;
    let mut derived = Derived::default();
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, pool).await?;
        let rules = &read.value.pool;
        let reading = app.store.read_user(pool, &calling::admin_query(&read.value, asked.username)).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let generated = rules.password_policy.generate_temporary(&random);
        let invited = admin_create_user::admit_resend(rules, asked, reading.user.as_ref(), &generated)?;
        let (sub, username) = (&invited.user.sub, &invited.user.username);
        let credential = derived.seal(app, pool, sub, username, &invited.password).await?;
        let verdict = admin_create_user::resend(rules, &invited, credential, now);
        let expects = [read.expects, reading.expects].concat();
        if let Some(user) = turn.carry_out(pool, expects, verdict, now).await? {
            return Ok(user);
        }
    }
}
