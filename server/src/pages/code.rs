//! The screen for a code of a sign-in: one that was sent, as the first or the second factor, or one of an authenticator app.

use async_trait::async_trait;
use lido_domain::{oauth::parameters::RequestParameters, sign_in::challenge::ChallengeName};

use super::{
    answer::Answer,
    fields,
    kept::Step,
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::{oauth::page::Button, operations::oauth::sign_in::SignInForm};

/// The screen.
pub(super) struct Code;

/// The name of the button that sends another code. A second factor has none: its code follows a factor that would have to be
/// given again.
const AGAIN: &str = "resend";

#[async_trait]
impl Screen for Code {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some((_, Step::Code { challenge, to, is_first })) = page.progress() else {
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
        let mut back = "back-to-sign-in";
        if *is_first {
            let mut again = page.form("cognitoResendCodeForm");
            again.buttons = vec![Button { name: AGAIN, ..Button::submit(page.text("resend-submit")) }];
            again.is_minor = true;
            view.forms.push(again);
            back = "other-way-link";
        }
        view.links = vec![page.link(ScreenId::SignIn, back)];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let Some((progress, Step::Code { challenge, is_first, .. })) = page.progress() else {
            return page.misplaced();
        };
        if *is_first && form.is_sent(AGAIN) {
            return page.send_again(&progress.username, challenge).await;
        }
        let Some((name, answer)) = answer_to(challenge) else { return page.misplaced() };
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
