//! The screen for a code of a sign-in: one that was sent, as the first or the second factor, or one of an authenticator app.

use async_trait::async_trait;
use lido_domain::{
    flow::sign_in::challenge_retry::ChallengeRetry, oauth::parameters::RequestParameters,
    sign_in::challenge::ChallengeName,
};

use super::{
    answer::Answer,
    fields,
    kept::{CodeRole, Step},
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::{
    oauth::page::{Button, Form},
    operations::oauth::sign_in::SignInForm,
};

/// The screen.
pub(super) struct Code;

/// The name of the button that sends another code.
const AGAIN: &str = "resend";

/// The name of the button by which the user sets another address up.
const ANOTHER_ADDRESS: &str = "another";

/// Returns a button beside the main form.
fn minor(page: &Page<'_>, name: &'static str, form_name: &'static str, key: &str) -> Form {
    let mut form = page.form(form_name);
    form.buttons = vec![Button { name, ..Button::submit(page.text(key)) }];
    form.is_minor = true;
    form
}

#[async_trait]
impl Screen for Code {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some((_, Step::Code { challenge, to, role })) = page.progress() else {
            return page.misplaced();
        };
        let mut view = page.view("code-title");
        view.intro = vec![match ChallengeName::parse(challenge) {
            Some(ChallengeName::SoftwareTokenMfa) => page.text("authenticator-code-intro"),
            _ => fields::code_was_sent(page, to.as_deref()),
        }];
        let mut form = page.form("cognitoMfaForm");
        form.fields = vec![fields::code(page)];
        form.buttons = vec![Button::submit(page.text("code-submit"))];
        view.forms = vec![form];
        if *role != CodeRole::Authenticator {
            view.forms.push(minor(page, AGAIN, "cognitoResendCodeForm", "resend-submit"));
        }
        if *role == CodeRole::NewAddress {
            view.forms.push(minor(page, ANOTHER_ADDRESS, "", "another-address-submit"));
        }
        let back = if *role == CodeRole::FirstFactor { "other-way-link" } else { "back-to-sign-in" };
        view.links = vec![page.link(ScreenId::SignIn, back)];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let Some((progress, Step::Code { challenge, role, .. })) = page.progress() else {
            return page.misplaced();
        };
        let Some((name, answer)) = answer_to(challenge) else { return page.misplaced() };
        let (is_again, is_another) = (form.is_sent(AGAIN), form.is_sent(ANOTHER_ADDRESS));
        match role {
            CodeRole::FirstFactor if is_again => {
                return page.send_again(&progress.username, challenge).await;
            }
            CodeRole::SecondFactor | CodeRole::NewAddress if is_again => {
                return page.retry(progress, name, ChallengeRetry::AnotherCode).await;
            }
            CodeRole::NewAddress if is_another => {
                return page.retry(progress, name, ChallengeRetry::AnotherAddress).await;
            }
            _ => {}
        }
        let code = fields::find_code(form);
        let answers = [(answer, code.as_str())];
        let sent = SignInForm::Challenge {
            name,
            username: &progress.username,
            session: &progress.session,
            answers: &answers,
        };
        page.sign_in(&progress.username, &sent, &[]).await
    }
}

/// Returns the challenge of this name that asks for a code, with the name of its answer.
fn answer_to(challenge: &str) -> Option<(ChallengeName, &'static str)> {
    let name = ChallengeName::parse(challenge)?;
    let answer = match name {
        ChallengeName::EmailOtp => "EMAIL_OTP_CODE",
        ChallengeName::SmsOtp => "SMS_OTP_CODE",
        ChallengeName::SmsMfa => "SMS_MFA_CODE",
        ChallengeName::SoftwareTokenMfa => "SOFTWARE_TOKEN_MFA_CODE",
        _ => return None,
    };
    Some((name, answer))
}
