//! The screen for the password, where the username was asked for before.

use async_trait::async_trait;
use lido_domain::{oauth::parameters::RequestParameters, sign_in::challenge::ChallengeName};

use super::{
    answer::Answer,
    fields,
    kept::Step,
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::{
    oauth::page::{Button, Field},
    operations::oauth::sign_in::SignInForm,
};

/// The screen.
pub(super) struct Password;

#[async_trait]
impl Screen for Password {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some((progress, Step::Password)) = page.progress() else { return page.misplaced() };
        let mut form = page.form("");
        let label = page.text("password-label");
        form.fields = vec![
            fields::signing_in(page, &progress.username),
            Field::password("password", "password", label, "current-password"),
        ];
        form.buttons = vec![Button::submit(page.text("sign-in-submit"))];
        let mut view = page.view("password-title");
        view.forms = vec![form];
        view.links = vec![
            page.link(ScreenId::ForgotPassword, "forgot-password-link"),
            page.link(ScreenId::SignIn, "back-to-sign-in"),
        ];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let Some((progress, Step::Password)) = page.progress() else { return page.misplaced() };
        let answers = [("PASSWORD", form.find("password").ok().flatten().unwrap_or_default())];
        let sent = SignInForm::Challenge {
            name: ChallengeName::Password,
            username: &progress.username,
            session: &progress.session,
            answers: &answers,
        };
        page.sign_in(&progress.username, &sent, &[]).await
    }
}
