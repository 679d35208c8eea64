//! The sign-up screen: the username, the attributes that the pool requires or verifies, those of its own, and a password.
//!
//! *Chosen*: custom attributes that the app client may write are offered, and so is a contact that the pool verifies; the
//! service's page has the required attributes only.

use async_trait::async_trait;
use lido_domain::{
    attribute::contact::ContactKind,
    oauth::parameters::RequestParameters,
    pool::{FirstFactor, Pool, SignInNames},
};

use super::{
    answer::Answer,
    fields,
    kept::{Flash, Progress, Step},
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::{
    oauth::page::{Button, Field},
    operations::oauth::sign_in::SignInForm,
};

/// The screen.
pub(super) struct SignUp;

#[async_trait]
impl Screen for SignUp {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let mut form = page.form("cognitoSignUpForm");
        let typed = page.typed("username").unwrap_or_default().to_owned();
        form.fields.push(Field { value: typed, ..fields::username_to_choose(page) });
        let attributes = attributes(page);
        form.fields
            .extend(attributes.iter().map(|(name, is_required)| fields::attribute(page, name, *is_required)));
        let is_required = !may_lack_password(page);
        form.fields.extend(fields::password_to_choose(page, is_required));
        let submit = Button::submit(page.text("sign-up-submit"));
        form.buttons = vec![Button { name: "signUpButton", ..submit }];
        let mut view = page.view("sign-up-title");
        view.forms = vec![form];
        view.links = vec![page.link(ScreenId::SignIn, "have-account-link")];
        view.links.extend(page.terms());
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let find = |name: &str| form.find(name).ok().flatten();
        let username = fields::find_name(form, "username").unwrap_or_default();
        let password = find("password").unwrap_or_default();
        let names: Vec<_> =
            attributes(page).into_iter().map(|(name, _)| (fields::attribute_field(&name), name)).collect();
        let sent: Vec<_> = names
            .iter()
            .filter_map(|(field, name)| Some((field, name, fields::find_name(form, field)?)))
            .collect();
        let typed = sent.iter().map(|(field, _, value)| (field.as_str(), *value));
        let typed: Vec<_> = [("username", username)].into_iter().chain(typed).collect();
        if find(fields::REPEATED).unwrap_or_default() != password {
            return page.refuse(Flash::field(fields::REPEATED, "passwords-differ"), typed);
        }
        let attributes: Vec<_> = sent.iter().map(|(_, name, value)| ((*name).clone(), *value)).collect();
        let signed_up = match page.caller().sign_up(username, password, &attributes).await {
            Ok(signed_up) => signed_up,
            Err(refusal) => return page.refuse(Flash::refusal(refusal), typed),
        };
        if signed_up.is_confirmed && password.is_empty() {
            return Answer::to(ScreenId::SignIn).with_flash(Flash::info("notice-confirmed"));
        }
        if signed_up.is_confirmed {
            return page.sign_in(username, &SignInForm::Password { username, password }, &typed).await;
        }
        match signed_up.destination {
            Some(to) => {
                let step = Step::Confirm { to: Some(to), session: signed_up.session };
                page.begin(Progress::of_user(&page.request.client().id, username, step))
            }
            None => Answer::to(ScreenId::SignIn).with_flash(Flash::info("notice-must-be-confirmed")),
        }
    }
}

/// Returns the attributes of the form, with whether each is required, in the order of their names: first those that the pool
/// requires.
fn attributes(page: &Page<'_>) -> Vec<(String, bool)> {
    let (pool, client) = (page.request.pool(), page.request.client());
    let is_username = |name: &str| match &pool.names {
        SignInNames::Attributes(kinds) => kinds.iter().any(|kind| kind.attribute() == name),
        _ => false,
    };
    let is_flag = |name: &str| ContactKind::BOTH.iter().any(|kind| kind.verified_attribute() == name);
    let is_offered = |name: &str| name.starts_with("custom:") || is_verified(pool, name);
    let mut attributes: Vec<_> = pool
        .schema
        .iter()
        .filter(|(name, spec)| {
            *name != "sub" && !spec.developer_only && !is_flag(name) && client.may_write(name)
        })
        .filter(|(name, spec)| spec.required || is_offered(name))
        // A contact that is the username is sent as the username.
        .filter(|(name, _)| !is_username(name) || has_two_contacts(pool))
        .map(|(name, spec)| (name.to_owned(), spec.required && !is_username(name) || gets_code(pool, name)))
        .collect();
    attributes.sort_by_key(|(_, is_required)| !is_required);
    attributes
}

/// Returns whether either contact may be the username, so that the other one is an attribute.
fn has_two_contacts(pool: &Pool) -> bool {
    matches!(&pool.names, SignInNames::Attributes(kinds) if kinds.len() > 1)
}

/// Returns whether the pool verifies this contact.
fn is_verified(pool: &Pool, name: &str) -> bool {
    pool.auto_verified.iter().any(|kind| kind.attribute() == name)
}

/// Returns whether this is the one contact to which the code of the sign-up can be sent. The operation takes a user without it,
/// whom only an administrator can confirm then.
fn gets_code(pool: &Pool, name: &str) -> bool {
    let is_username = matches!(&pool.names, SignInNames::Attributes(_));
    pool.auto_verified.len() == 1 && is_verified(pool, name) && !is_username
}

/// Returns whether the form can be sent without a password, because the pool may have users without one. Whether this user may
/// be one, the operation decides.
fn may_lack_password(page: &Page<'_>) -> bool {
    let codes = [FirstFactor::EmailOtp, FirstFactor::SmsOtp];
    let has_codes = codes.iter().any(|factor| page.request.pool().first_factors.contains(factor));
    page.request.client().allows_user_auth() && has_codes
}
