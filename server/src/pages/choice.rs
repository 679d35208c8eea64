//! The screens on which a user chooses a factor: the first one, the second one, or one to set up. A choice is a button.

use async_trait::async_trait;
use lido_domain::{
    oauth::parameters::RequestParameters, pool::mfa::MfaFactor, sign_in::challenge::ChallengeName,
};

use super::{
    answer::Answer,
    fields,
    kept::{Flash, Step},
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::{
    oauth::page::{Button, Field},
    operations::oauth::sign_in::SignInForm,
};

/// The choice of the first factor: SELECT_CHALLENGE.
pub(super) struct FirstFactorChoice;

/// The choice of the second factor: SELECT_MFA_TYPE.
pub(super) struct MfaChoice;

/// The choice of a second factor to set up: MFA_SETUP.
pub(super) struct MfaSetupChoice;

/// The e-mail address that becomes a second factor: MFA_SETUP.
pub(super) struct EmailSetup;

/// Returns the text of the button for a factor.
fn key(factor: &str) -> &'static str {
    match factor {
        "PASSWORD" => "choose-password",
        "EMAIL_OTP" => "choose-email",
        "SMS_OTP" | "SMS_MFA" => "choose-sms",
        "WEB_AUTHN" => "choose-passkey",
        _ => "choose-authenticator",
    }
}

/// Returns the page with a button for each factor.
fn show(page: &Page<'_>, title: &str, intro: &str, factors: &[String]) -> Answer {
    let mut form = page.form("");
    let button = |factor: &String| Button {
        name: "answer",
        value: factor.clone(),
        text: page.text(key(factor)),
        is_choice: true,
    };
    form.buttons = factors.iter().map(button).collect();
    let mut view = page.view(title);
    view.intro = vec![page.text(intro)];
    view.forms = vec![form];
    view.links = vec![page.link(ScreenId::SignIn, "back-to-sign-in")];
    page.complete(view)
}

/// Answers a challenge.
async fn answer(
    page: &Page<'_>,
    name: ChallengeName,
    answers: &[(&str, &str)],
    typed: &[(&str, &str)],
) -> Answer {
    let Some((progress, _)) = page.progress() else { return page.misplaced() };
    let sent =
        SignInForm::Challenge { name, username: &progress.username, session: &progress.session, answers };
    page.sign_in(&progress.username, &sent, typed).await
}

fn chosen(form: &RequestParameters) -> &str {
    form.find("answer").ok().flatten().unwrap_or_default()
}

#[async_trait]
impl Screen for FirstFactorChoice {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some((_, Step::Select(factors))) = page.progress() else { return page.misplaced() };
        show(page, "choose-first-title", "choose-first-intro", factors)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let Some((_, Step::Select(factors))) = page.progress() else { return page.misplaced() };
        match factors.iter().find(|factor| *factor == chosen(form)) {
            Some(factor) => answer(page, ChallengeName::SelectChallenge, &[("ANSWER", factor)], &[]).await,
            None => page.refuse(Flash::info("choose-one"), []),
        }
    }
}

#[async_trait]
impl Screen for MfaChoice {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some((_, Step::SelectMfa(factors))) = page.progress() else { return page.misplaced() };
        show(page, "choose-second-title", "choose-second-intro", factors)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let Some((_, Step::SelectMfa(factors))) = page.progress() else { return page.misplaced() };
        match factors.iter().find(|factor| *factor == chosen(form)) {
            Some(factor) => answer(page, ChallengeName::SelectMfaType, &[("ANSWER", factor)], &[]).await,
            None => page.refuse(Flash::info("choose-one"), []),
        }
    }
}

#[async_trait]
impl Screen for MfaSetupChoice {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some((_, Step::SetUp(factors))) = page.progress() else { return page.misplaced() };
        show(page, "set-up-title", "set-up-intro", factors)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let Some((progress, Step::SetUp(factors))) = page.progress() else { return page.misplaced() };
        match MfaFactor::parse(chosen(form)).filter(|factor| factors.iter().any(|one| one == factor.as_str()))
        {
            Some(MfaFactor::SoftwareToken) => page.set_up_authenticator(progress).await,
            Some(MfaFactor::Email) => page.begin(progress.with_step(Step::SetUpEmail)),
            _ => page.refuse(Flash::info("choose-one"), []),
        }
    }
}

#[async_trait]
impl Screen for EmailSetup {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some((_, Step::SetUpEmail)) = page.progress() else { return page.misplaced() };
        let mut form = page.form("");
        let email = Field::text("email", "email", page.text("email-label"));
        let value = page.typed("email").unwrap_or_default().to_owned();
        form.fields = vec![Field { value, autocomplete: "email", keyboard: "email", ..email }];
        form.buttons = vec![Button::submit(page.text("send-code-submit"))];
        let mut view = page.view("set-up-email-title");
        view.intro = vec![page.text("set-up-email-intro")];
        view.forms = vec![form];
        view.links = vec![page.link(ScreenId::SignIn, "back-to-sign-in")];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let email = fields::find_name(form, "email").unwrap_or_default();
        answer(page, ChallengeName::MfaSetup, &[("EMAIL", email)], &[("email", email)]).await
    }
}
