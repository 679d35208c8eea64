//! The link of a mail that confirms a sign-up, followed: ConfirmSignUp by the very same steps, asked for by a browser.
//!
//! It is no operation of the API; [`crate::pages`] has the page that the browser shows.

use std::fmt;

use lido_cognito_idp::types::{ClientIdType, ConfirmationCodeType, UsernameType};
use lido_domain::id::ClientId;

use crate::{
    app::App,
    operations::{
        Failure, Operation, Origin, RequestContext,
        sign_up::confirm_sign_up::{self, ConfirmSignUpRequest, Proof},
        standby,
    },
    wire::{auth_event::ClientContext, error::ApiError},
};

/// What a link says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ConfirmationLink {
    /// `client_id`.
    pub client: String,
    /// `user_name`.
    pub username: String,
    /// `confirmation_code`.
    pub code: String,
}

/// Why a link did not confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotConfirmed {
    /// It is not whole: something is missing or of a form that no link of ours has.
    Damaged,
    /// ConfirmSignUp says no, in these words.
    Refused(ApiError),
}

/// Confirms whom the link is for.
pub async fn follow_confirmation_link(
    app: &App,
    origin: &Origin,
    link: &ConfirmationLink,
) -> Result<(), NotConfirmed> {
    let refused = |failure: Failure| NotConfirmed::Refused(failure.into_api_error(Operation::ConfirmSignUp));
    standby::check(app, Operation::ConfirmSignUp).map_err(refused)?;
    let client = ClientIdType::try_from(link.client.as_str()).map_err(|_| NotConfirmed::Damaged)?;
    let username = UsernameType::try_from(link.username.as_str()).map_err(|_| NotConfirmed::Damaged)?;
    let code = ConfirmationCodeType::try_from(link.code.as_str()).map_err(|_| NotConfirmed::Damaged)?;
    let asked = ConfirmSignUpRequest {
        client: ClientId::new(client.into_inner()),
        username: &username,
        code: &code,
        proof: Proof::Link,
        // As with the service, whose page has no such choice: an alias is not taken away by a click.
        force_alias: false,
        session: None,
        client_metadata: None,
        context: ClientContext::default(),
    };
    confirm_sign_up::confirm(RequestContext::new(app, origin), asked).await.map(drop).map_err(refused)
}

impl fmt::Debug for ConfirmationLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfirmationLink({}, hidden)", self.client)
    }
}
