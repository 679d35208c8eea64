//! What becomes of a visit to a screen: a page, another screen, or the way back to the app client.

use http::StatusCode;
use lido_domain::{flow::oauth::authorize::RedirectTarget, oauth::browser_session::BrowserSessionHandle};

use super::{
    kept::{Flash, Progress},
    screens::ScreenId,
};
use crate::{oauth::page::View, operations::oauth::authorize::AuthorizationResponse};

/// The answer of a screen.
pub(super) struct Answer {
    pub(super) next: Next,
    /// What the next screen shows first.
    pub(super) flash: Option<Flash>,
    /// How the progress of the sign-in changes.
    pub(super) progress: Change<Progress>,
    /// The browser session of a user who has signed in.
    pub(super) session: Option<BrowserSessionHandle>,
}

/// Where a browser goes.
pub(super) enum Next {
    /// It shows this page.
    Page(StatusCode, Box<View>),
    /// It opens this screen.
    Screen(ScreenId),
    /// It goes to the authorization endpoint, where its session signs the user in.
    Authorize,
    /// It goes back to the app client.
    Client(RedirectTarget, AuthorizationResponse),
    /// It shows that the server is at fault.
    Fault,
}

/// How something that is kept changes.
pub(super) enum Change<T> {
    Keep,
    Set(T),
    Remove,
}

impl Answer {
    fn new(next: Next) -> Self {
        Self { next, flash: None, progress: Change::Keep, session: None }
    }

    /// Returns the answer with a page.
    pub(super) fn page(view: View) -> Self {
        Self::new(Next::Page(StatusCode::OK, Box::new(view)))
    }

    /// Returns the answer with a page about what is not served.
    pub(super) fn not_served(view: View) -> Self {
        Self::new(Next::Page(StatusCode::NOT_IMPLEMENTED, Box::new(view)))
    }

    /// Returns the answer that leads to a screen.
    pub(super) fn to(screen: ScreenId) -> Self {
        Self::new(Next::Screen(screen))
    }

    /// Returns the answer that leads back to the app client.
    pub(super) fn client(target: RedirectTarget, response: AuthorizationResponse) -> Self {
        Self { progress: Change::Remove, ..Self::new(Next::Client(target, response)) }
    }

    /// Returns the answer that leads a signed-in user on to the app client.
    pub(super) fn authorize() -> Self {
        Self::new(Next::Authorize)
    }

    /// Returns the answer of a fault.
    pub(super) fn fault() -> Self {
        Self::new(Next::Fault)
    }

    /// Adds what the next screen shows first.
    pub(super) fn with_flash(self, flash: Flash) -> Self {
        Self { flash: Some(flash), ..self }
    }

    /// Sets the progress of the sign-in.
    pub(super) fn with_progress(self, progress: Progress) -> Self {
        Self { progress: Change::Set(progress), ..self }
    }

    /// Ends the sign-in that is under way.
    pub(super) fn without_progress(self) -> Self {
        Self { progress: Change::Remove, ..self }
    }
}
