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
    oauth::page::{Button, Field, Link},
    operations::oauth::sign_in::SignInForm,
};

/// The screen.
pub(super) struct SignIn;

#[async_trait]
impl Screen for SignIn {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let may_go_on = page.request.request.prompt != Prompt::Login && !page.has_flash();
        if let Some(name) = if may_go_on { page.remembered().await } else { None } {
            return remembered(page, &name);
        }
        let mut form = page.form("cognitoSignInForm");
        form.hidden.push(("cognitoAsfData", String::new()));
        let hinted = page.request.request.login_hint.as_deref();
        let typed = page.typed("username").or(hinted).unwrap_or_default();
        let username = fields::username(page, "signInFormUsername");
        form.fields = vec![Field { value: typed.to_owned(), ..username }];
        let mut view = page.view("sign-in-title");
        let forgot = page.link(ScreenId::ForgotPassword, "forgot-password-link");
        let key = if asks_for_username_first(page) {
            view.links.push(forgot);
            "continue"
        } else {
            let label = page.text("password-label");
            let password = Field::password("signInFormPassword", "password", label, "current-password");
            form.fields.push(Field { link: Some(forgot), ..password });
            "sign-in-submit"
        };
        form.buttons = vec![Button { name: "signInSubmitButton", ..Button::submit(page.text(key)) }];
        view.forms = vec![form];
        if !page.request.pool().admin_create_only {
            view.links.push(page.link(ScreenId::SignUp, "sign-up-link"));
        }
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let find = |name| form.find(name).ok().flatten().unwrap_or_default();
        let (username, password) = (find("username"), find("password"));
        // A program that sends both signs in by both.
        let sent = match asks_for_username_first(page) && password.is_empty() {
            true => SignInForm::Username { username, session: None },
            false => SignInForm::Password { username, password },
        };
        page.sign_in(username, &sent, &[("username", username)]).await
    }
}

/// Returns the page for a user whom the browser remembers: to go on, as another one, or to sign out.
fn remembered(page: &Page<'_>, name: &str) -> Answer {
    let mut view = page.view("signed-in-title");
    view.intro = vec![page.language.text_with("signed-in-as", [("name", name.into())])];
    view.main_link = Some(Link { href: page.endpoint("/oauth2/authorize"), text: page.text("continue") });
    view.links = vec![
        Link { href: page.url_to_sign_in_again(), text: page.text("other-account-link") },
        Link { href: page.endpoint("/logout"), text: page.text("sign-out-link") },
    ];
    page.complete(view)
}

/// Returns whether the user chooses the first factor, so that the username is asked for alone: the app client allows USER_AUTH,
/// and the pool has other first factors than the password.
fn asks_for_username_first(page: &Page<'_>) -> bool {
    page.request.client().allows_user_auth() && page.request.pool().is_passwordless()
}
