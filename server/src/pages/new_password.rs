//! The screen for a new password in place of a temporary one, and for required attributes that the user lacks.

use async_trait::async_trait;
use lido_domain::{oauth::parameters::RequestParameters, sign_in::challenge::ChallengeName};

use super::{
    answer::Answer,
    fields,
    kept::{Flash, Step},
    page::Page,
    screens::Screen,
};
use crate::{oauth::page::Button, operations::oauth::sign_in::SignInForm};

/// The screen.
pub(super) struct NewPassword;

#[async_trait]
impl Screen for NewPassword {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some((progress, Step::NewPassword(required))) = page.progress() else { return page.misplaced() };
        let mut form = page.form("cognitoNewPasswordForm");
        form.fields.push(fields::signing_in(page, &progress.username));
        form.fields.extend(required.iter().map(|name| fields::attribute(page, name, true)));
        form.fields.extend(fields::new_password(page));
        form.buttons = vec![Button::submit(page.text("new-password-submit"))];
        let mut view = page.view("new-password-title");
        view.intro = vec![page.text("new-password-intro")];
        view.forms = vec![form];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let Some((progress, Step::NewPassword(required))) = page.progress() else { return page.misplaced() };
        let find = |name: &str| form.find(name).ok().flatten();
        let names: Vec<_> = required.iter().map(|name| (name, fields::attribute_field(name))).collect();
        let typed: Vec<_> = names
            .iter()
            .filter_map(|(_, field)| Some((field.as_str(), fields::find_name(form, field)?)))
            .collect();
        let password = find("password").unwrap_or_default();
        if find(fields::REPEATED).unwrap_or_default() != password {
            return page.refuse(Flash::field(fields::REPEATED, "passwords-differ"), typed);
        }
        let answered: Vec<_> = names
            .iter()
            .filter_map(|(name, field)| {
                Some((format!("userAttributes.{name}"), fields::find_name(form, field)?))
            })
            .collect();
        let answers = answered.iter().map(|(name, value)| (name.as_str(), *value));
        let answers: Vec<_> = answers.chain([("NEW_PASSWORD", password)]).collect();
        let sent = SignInForm::Challenge {
            name: ChallengeName::NewPasswordRequired,
            username: &progress.username,
            session: &progress.session,
            answers: &answers,
        };
        page.sign_in(&progress.username, &sent, &typed).await
    }
}
