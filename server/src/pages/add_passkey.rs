//! The screen on which a signed-in user adds a passkey (*Documented*: its path, oau-0071).
//!
//! *Chosen*: the user presses a button first, so that opening the page changes nothing; then the script asks the browser for the
//! passkey. The page says that it was added. After that, or without a passkey, the user goes on to the app.

use async_trait::async_trait;
use lido_domain::oauth::parameters::RequestParameters;

use super::{
    answer::Answer,
    kept::{Flash, Progress, Step},
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::oauth::page::{Button, Link, Passkey as PasskeyRequest};

/// The screen.
pub(super) struct AddPasskey;

/// The text after a passkey was added.
const ADDED: &str = "notice-passkey-added";

/// The name of the button by which the user goes on to the app.
const DONE: &str = "done";

/// Returns the answer to a browser that remembers no user.
fn sign_in_first() -> Answer {
    Answer::to(ScreenId::SignIn).with_flash(Flash::info("notice-passkey-sign-in")).without_progress()
}

#[async_trait]
impl Screen for AddPasskey {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some(name) = page.remembered().await else { return sign_in_first() };
        let mut view = page.view("add-passkey-title");
        view.intro = vec![page.language.text_with("signed-in-as", [("name", name.into())])];
        let mut form = page.form("");
        form.buttons = vec![Button::submit(page.text("continue"))];
        if page.has_notice(ADDED) {
            form.buttons = vec![Button { name: DONE, ..Button::submit(page.text("continue")) }];
            view.forms = vec![form];
            return page.complete(view);
        }
        if let Some((_, Step::AddPasskey { options })) = page.progress() {
            view.intro.push(page.text("passkey-intro"));
            form.hidden.push(("credential", String::new()));
            form.passkey = Some(PasskeyRequest {
                verb: "create",
                options: options.to_string(),
                problem: page.text("add-passkey-problem"),
                without_script: page.text("passkey-without-script"),
            });
        } else {
            view.intro.push(page.text("add-passkey-intro"));
        }
        view.forms = vec![form];
        view.links = vec![Link { href: page.on_to_app(), text: page.text("not-now-link") }];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        if form.is_sent(DONE) {
            return Answer::authorize();
        }
        match (page.progress(), form.find("credential").ok().flatten()) {
            (Some((_, Step::AddPasskey { .. })), Some(credential)) => {
                match page.complete_passkey(credential).await {
                    Ok(true) => {
                        Answer::to(ScreenId::AddPasskey).with_flash(Flash::info(ADDED)).without_progress()
                    }
                    Ok(false) => sign_in_first(),
                    Err(refusal) => page.refuse(Flash::refusal(refusal), []).without_progress(),
                }
            }
            _ => match page.start_passkey().await {
                Ok(Some(options)) => {
                    let step = Step::AddPasskey { options };
                    page.begin(Progress::of_user(&page.request.client().id, "", step))
                }
                Ok(None) => sign_in_first(),
                Err(refusal) => page.refuse(Flash::refusal(refusal), []),
            },
        }
    }
}
