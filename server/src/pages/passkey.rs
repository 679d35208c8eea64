//! The screen that signs in with a passkey. It is the one screen that needs a script: browsers give passkeys to scripts only.

use async_trait::async_trait;
use lido_domain::{oauth::parameters::RequestParameters, sign_in::challenge::ChallengeName};

use super::{
    answer::Answer,
    kept::Step,
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::{
    oauth::page::{Button, Passkey as PasskeyRequest},
    operations::oauth::sign_in::SignInForm,
};

/// The screen.
pub(super) struct Passkey;

#[async_trait]
impl Screen for Passkey {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some((_, Step::Passkey { options })) = page.progress() else { return page.misplaced() };
        let mut form = page.form("");
        form.hidden.push(("credential", String::new()));
        form.buttons = vec![Button::submit(page.text("passkey-submit"))];
        form.passkey = Some(PasskeyRequest {
            verb: "get",
            options: options.to_string(),
            problem: page.text("passkey-problem"),
            without_script: page.text("passkey-without-script"),
        });
        let mut view = page.view("passkey-title");
        view.intro = vec![page.text("passkey-intro")];
        view.forms = vec![form];
        view.links = vec![page.link(ScreenId::SignIn, "other-way-link")];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let Some((progress, Step::Passkey { .. })) = page.progress() else { return page.misplaced() };
        let answers = [("CREDENTIAL", form.find("credential").ok().flatten().unwrap_or_default())];
        let sent = SignInForm::Challenge {
            name: ChallengeName::WebAuthn,
            username: &progress.username,
            session: &progress.session,
            answers: &answers,
        };
        page.sign_in(&progress.username, &sent, &[]).await
    }
}
