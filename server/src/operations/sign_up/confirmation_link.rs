//! Confirmation links: a browser opens the link of an email, which confirms the user by the steps of ConfirmSignUp.
//!
//! This is not an operation of the API; the page that the browser shows is in [`crate::pages`].

use std::fmt;

use lido_cognito_idp::types::{ClientIdType, ConfirmationCodeType, UsernameType};
use lido_domain::id::ClientId;

use crate::{
    app::App,
    operations::{
        Failure, Operation, Origin, RequestContext,
        sign_up::confirm_sign_up::{self, ClientProof, ConfirmationRequest},
        standby,
    },
    wire::{auth_event::ClientContext, error::ApiError},
};

/// The parameters of a confirmation link.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ConfirmationLink {
    /// `client_id`.
    pub client: String,
    /// `user_name`.
    pub username: String,
    /// `confirmation_code`.
    pub code: String,
}

/// The error of a confirmation link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmationLinkError {
    /// A parameter is missing or has a form that no link of this server has.
    Damaged,
    /// The confirmation was refused, with this error of ConfirmSignUp.
    Refused(ApiError),
}

/// Confirms the user of the link.
///
/// # Errors
/// `Damaged` if the link is incomplete, `Refused` with the error that ConfirmSignUp returns.
pub async fn follow_confirmation_link(
    app: &App,
    origin: &Origin,
    link: &ConfirmationLink,
) -> Result<(), ConfirmationLinkError> {
    let refused =
        |failure: Failure| ConfirmationLinkError::Refused(failure.into_api_error(Operation::ConfirmSignUp));
    standby::check(app, Operation::ConfirmSignUp).map_err(refused)?;
    let client = ClientIdType::try_from(link.client.as_str()).map_err(|_| ConfirmationLinkError::Damaged)?;
    let username =
        UsernameType::try_from(link.username.as_str()).map_err(|_| ConfirmationLinkError::Damaged)?;
    let code =
        ConfirmationCodeType::try_from(link.code.as_str()).map_err(|_| ConfirmationLinkError::Damaged)?;
    let input = ConfirmationRequest {
        client: ClientId::new(client.into_inner()),
        username: &username,
        code: &code,
        proof: ClientProof::Link,
        // As on the service's page, which has no such option: a click does not take an alias from another user.
        force_alias: false,
        session: None,
        // A link that is followed twice says that the user is confirmed (*Reported*, cog-0032).
        hides_status: false,
        client_metadata: None,
        context: ClientContext::default(),
    };
    confirm_sign_up::confirm(RequestContext::new(app, origin), input).await.map(drop).map_err(refused)
}

impl fmt::Debug for ConfirmationLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfirmationLink({}, hidden)", self.client)
    }
}
