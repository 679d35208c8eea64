//! The screens after a sign-up: the code that was sent, and sending another one.
//!
//! *Documented*: they are reached by redirect only (oau-0073). *Chosen*: a browser that opens the first, or whose cookie was
//! lost, is asked for the username too.

use async_trait::async_trait;
use lido_domain::oauth::parameters::RequestParameters;

use super::{
    answer::Answer,
    fields,
    kept::{Flash, Progress, Step},
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::{
    oauth::page::{Button, Field},
    operations::oauth::{PageReason, PageRefusal, sign_in::SignInForm},
};

/// The screen for the code.
pub(super) struct Confirm;

/// The form that sends another code.
pub(super) struct ResendCode;

/// Returns the answer to a user who is confirmed and can sign in.
fn confirmed_already(username: &str) -> Answer {
    let flash = Flash::info("notice-confirmed").with_values([("username", username)]);
    Answer::to(ScreenId::SignIn).with_flash(flash).without_progress()
}

#[async_trait]
impl Screen for Confirm {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let mut form = page.form("cognitoConfirmForm");
        let mut view = page.view("confirm-title");
        match page.progress() {
            Some((progress, Step::Confirm { to, .. })) => {
                view.intro = vec![fields::code_was_sent(page, to.as_deref())];
                form.fields.push(fields::signing_in(page, &progress.username));
            }
            _ => {
                let typed = page.typed("username").unwrap_or_default().to_owned();
                form.fields.push(Field { value: typed, ..fields::username(page, "username") });
            }
        }
        form.fields.push(fields::code(page));
        form.buttons = vec![Button::submit(page.text("confirm-submit"))];
        view.forms = vec![form];
        if page.progress().is_some() {
            let mut again = page.form_to(ScreenId::ResendCode, "cognitoResendCodeForm");
            again.buttons = vec![Button::submit(page.text("resend-submit"))];
            again.is_minor = true;
            view.forms.push(again);
        }
        view.links = vec![page.link(ScreenId::SignIn, "back-to-sign-in")];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let code = fields::find_code(form);
        let (username, confirmed) = match page.progress() {
            Some((progress, Step::Confirm { session, .. })) => {
                let username = progress.username.as_str();
                let sent = session.as_ref().map(|session| session.as_str());
                let mut confirmed = page.caller().confirm_sign_up(username, &code, sent).await;
                // The session of the sign-up only spares the user a sign-in: the code may be good for longer.
                if sent.is_some() && confirmed.as_ref().is_err_and(PageRefusal::is_over) {
                    confirmed = page.caller().confirm_sign_up(username, &code, None).await;
                }
                (username, confirmed)
            }
            _ => {
                let username = fields::find_name(form, "username").unwrap_or_default();
                (username, page.caller().confirm_sign_up_of_anyone(username, &code).await)
            }
        };
        match confirmed {
            Ok(Some(session)) => {
                let sent = SignInForm::Username { username, session: Some(&session) };
                page.sign_in(username, &sent, &[]).await
            }
            Ok(None) => confirmed_already(username),
            // A form that is sent twice, or a link that was followed meanwhile.
            Err(refusal) if refusal.reason == PageReason::Confirmed => confirmed_already(username),
            Err(refusal) => page.refuse(Flash::refusal(refusal), [("username", username)]),
        }
    }
}

#[async_trait]
impl Screen for ResendCode {
    async fn show(&self, _: &Page<'_>) -> Answer {
        Answer::to(ScreenId::Confirm)
    }

    async fn submit(&self, page: &Page<'_>, _: &RequestParameters) -> Answer {
        let Some((progress, Step::Confirm { session, .. })) = page.progress_of(ScreenId::Confirm) else {
            return Answer::to(ScreenId::Confirm);
        };
        match page.caller().resend_code(&progress.username).await {
            Ok(to) => {
                let step = Step::Confirm { to, session: session.clone() };
                let progress = Progress::of_user(&page.request.client().id, &progress.username, step);
                page.begin(progress).with_flash(Flash::info("notice-code-sent"))
            }
            // By a link that was followed meanwhile.
            Err(refusal) if refusal.reason == PageReason::Confirmed => confirmed_already(&progress.username),
            Err(refusal) => Answer::to(ScreenId::Confirm).with_flash(Flash::refusal(refusal)),
        }
    }
}
