//! The sign-in screen: username and password, or the username alone where the user chooses the first factor then.
//!
//! The form goes to the URL of the page, whose query has the request for authorization (oau-0061). Its fields are those of the
//! service's classic page, which programs drive (*Observed*, oau-0264).

use async_trait::async_trait;
use lido_domain::{flow::oauth::authorize::Prompt, oauth::parameters::RequestParameters};

use super::{
    answer::Answer,
    fields,
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::{
    oauth::page::{Button, Field, Link, View},
    operations::oauth::sign_in::SignInForm,
};

/// The screen.
pub(super) struct SignIn;

#[async_trait]
impl Screen for SignIn {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let mut form = page.form("cognitoSignInForm");
        form.hidden.push(("cognitoAsfData", String::new()));
        let hinted = page.request.request.login_hint.as_deref();
        // Who goes back from a later step need not type the name again.
        let under_way = page.username_under_way();
        let typed = page.typed("username").or(hinted).or(under_way).unwrap_or_default();
        let username = fields::username(page, "signInFormUsername");
        form.fields = vec![Field { value: typed.to_owned(), ..username }];
        let mut view = page.view("sign-in-title");
        let key = if asks_for_username_first(page) {
            "continue"
        } else {
            let label = page.text("password-label");
            form.fields.push(Field::password("signInFormPassword", "password", label, "current-password"));
            "sign-in-submit"
        };
        // After the form, so that the next thing after the username is the password, by the keyboard too.
        view.links.push(page.link(ScreenId::ForgotPassword, "forgot-password-link"));
        form.buttons = vec![Button { name: "signInSubmitButton", ..Button::submit(page.text(key)) }];
        view.forms = vec![form];
        if !page.request.pool().admin_create_only {
            view.links.push(page.link(ScreenId::SignUp, "sign-up-link"));
        }
        add_remembered(page, &mut view).await;
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let username = fields::find_name(form, "username").unwrap_or_default();
        let password = form.find("password").ok().flatten().unwrap_or_default();
        // A program that sends both signs in by both.
        let sent = match asks_for_username_first(page) && password.is_empty() {
            true => SignInForm::Username { username, session: None },
            false => SignInForm::Password { username, password },
        };
        page.sign_in(username, &sent, &[("username", username)]).await
    }
}

/// Adds to the page who is signed in already, with the ways on and out. The form stays, for another user and for programs.
async fn add_remembered(page: &Page<'_>, view: &mut View) {
    if page.request.request.prompt == Prompt::Login || page.has_flash() {
        return;
    }
    if let Some(name) = page.remembered().await {
        let named = |key| page.language.text_with(key, [("name", (&*name).into())]);
        view.intro = vec![named("signed-in-as")];
        for button in view.forms.iter_mut().flat_map(|form| &mut form.buttons) {
            button.text = page.text("sign-in-as-another-submit");
        }
        let go_on = Link { href: page.on_to_app(), text: named("go-on-link") };
        let sign_out = Link { href: page.endpoint("/logout"), text: page.text("sign-out-link") };
        let mut links = vec![go_on, sign_out];
        links.append(&mut view.links);
        view.links = links;
    }
}

/// Returns whether the user chooses the first factor, so that the username is asked for alone: the app client allows USER_AUTH,
/// and the pool has other first factors than the password.
fn asks_for_username_first(page: &Page<'_>) -> bool {
    page.request.client().allows_user_auth() && page.request.pool().is_passwordless()
}
