//! The screens for a forgotten password: the username, and then the code with a new password.

use async_trait::async_trait;
use lido_domain::oauth::parameters::RequestParameters;

use super::{
    answer::Answer,
    fields,
    kept::{Flash, Progress, Step},
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::oauth::page::{Button, Field};

/// The screen for the username.
pub(super) struct ForgotPassword;

/// The screen for the code and the new password.
pub(super) struct ConfirmForgotPassword;

#[async_trait]
impl Screen for ForgotPassword {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let mut form = page.form("cognitoForgotPasswordForm");
        let hinted = page.request.request.login_hint.as_deref();
        let typed = page.typed("username").or(hinted).unwrap_or_default();
        form.fields = vec![Field { value: typed.to_owned(), ..fields::username(page, "username") }];
        let submit = Button::submit(page.text("forgot-password-submit"));
        form.buttons = vec![Button { name: "reset_my_password", ..submit }];
        let mut view = page.view("forgot-password-title");
        view.intro = vec![page.text("forgot-password-intro")];
        view.forms = vec![form];
        view.links = vec![page.link(ScreenId::SignIn, "back-to-sign-in")];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let username = fields::find_name(form, "username").unwrap_or_default();
        match page.caller().forgot_password(username).await {
            Ok(to) => page.begin(Progress::of_user(&page.request.client().id, username, Step::Reset { to })),
            Err(refusal) => page.refuse(Flash::refusal(refusal), [("username", username)]),
        }
    }
}

#[async_trait]
impl Screen for ConfirmForgotPassword {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let mut form = page.form("cognitoConfirmForgotPasswordForm");
        let mut view = page.view("reset-title");
        match page.progress() {
            Some((progress, Step::Reset { to })) => {
                view.intro = vec![fields::code_was_sent(page, to.as_deref())];
                form.fields.push(fields::signing_in(page, &progress.username));
            }
            _ => {
                let typed = page.typed("username").unwrap_or_default().to_owned();
                form.fields.push(Field { value: typed, ..fields::username(page, "username") });
            }
        }
        form.fields.push(fields::code(page));
        form.fields.extend(fields::new_password(page));
        form.buttons = vec![Button::submit(page.text("reset-submit"))];
        view.forms = vec![form];
        view.links = vec![
            page.link(ScreenId::ForgotPassword, "reset-again-link"),
            page.link(ScreenId::SignIn, "back-to-sign-in"),
        ];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let find = |name: &str| form.find(name).ok().flatten().unwrap_or_default();
        let username = match page.progress() {
            Some((progress, _)) => progress.username.as_str(),
            None => fields::find_name(form, "username").unwrap_or_default(),
        };
        let (code, password) = (fields::find_code(form), find("password"));
        let typed = [("username", username)];
        if find(fields::REPEATED) != password {
            return page.refuse(Flash::field(fields::REPEATED, "passwords-differ"), typed);
        }
        match page.caller().confirm_forgot_password(username, &code, password).await {
            Ok(()) => {
                let flash = Flash::info("notice-password-changed").with_values(typed);
                Answer::to(ScreenId::SignIn).with_flash(flash).without_progress()
            }
            Err(refusal) => page.refuse(Flash::refusal(refusal), typed),
        }
    }
}
