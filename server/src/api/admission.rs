//! Admission to an operation: the signature and the policies of the caller, where the model marks it as IAM-signed.
//!
//! Public operations ignore a signature, valid or not, because some clients sign every request. Without a credentials
//! file any well-formed signature is accepted, and no policy applies. *Chosen*: then web pages of other origins are
//! refused, because any page in a browser on the same machine could administer all pools. A page that has to sign needs
//! the secret, and no browser adds a signature by itself, so that with a credentials file pages are served like tools. [`super::iam_request`] makes the request context
//! that policies are evaluated against.

use http::{StatusCode, request::Parts};
use lido_iam::{
    SignatureFault, Signer,
    policy::{AccessRequest, Decision},
    verify,
    verify::SignedRequest,
};
use lido_runtime::{Operation as _, response::front_end_error};

use super::{iam_request::IamRequest, internal_error};
use crate::{
    app::{App, Settings},
    credentials::{Credentials, IamUser},
    operations::{CallerRegion, Operation},
    store::StoreError,
    surface::{HttpResponse, RequestSource, web_page},
};

/// The reason why an operation is refused before its input is read.
#[derive(Debug)]
pub(super) enum AdmissionError {
    /// The signature is missing or wrong.
    Signature(SignatureFault),
    /// The signer's policies deny it or do not allow it.
    Policy(Box<Denial>),
    /// A web page of this origin sent it, and signatures are not verified.
    Page(String),
    /// The tags that the policies need could not be read.
    Store(StoreError),
    /// Too many requests of the operation's category were served within a second.
    Rate,
}

/// An action that the policies of an IAM user deny or do not allow.
#[derive(Debug)]
pub(super) struct Denial {
    user: String,
    action: String,
    resource: String,
    is_explicit: bool,
}

/// A request for an operation as it was received.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReceivedRequest<'a> {
    pub(super) operation: Operation,
    pub(super) head: &'a Parts,
    pub(super) body: &'a [u8],
    pub(super) source: RequestSource,
}

impl ReceivedRequest<'_> {
    /// Verifies the signature over the received bytes and evaluates the signer's policies, if the operation is
    /// IAM-signed. Returns the Region that the caller is limited to.
    pub(super) async fn check(
        self,
        app: &App,
        credentials: &Credentials,
    ) -> Result<Option<CallerRegion>, AdmissionError> {
        if self.operation.is_public() {
            return Ok(None);
        }
        let Self { head, body, .. } = self;
        let request =
            SignedRequest { method: head.method.as_str(), uri: &head.uri, headers: &head.headers, body };
        let now = jiff::Timestamp::from_millisecond(app.clock.real_now().as_millis()).map_err(|_| {
            AdmissionError::Signature(SignatureFault::Unacceptable(
                "The server's clock is out of range.".to_owned(),
            ))
        })?;
        let settings = &app.settings;
        let own_region = settings.has_one_region.then_some(&*settings.region);
        let verified = verify(credentials, &request, own_region, now).map_err(AdmissionError::Signature)?;
        let region = settings.caller_region(verified.region);
        match verified.signer {
            Signer::Unverified { .. } => check_page(head, settings)?,
            // Boxed, so that the future of public operations does not hold this too.
            Signer::User(user) => {
                let region = region.unwrap_or(&settings.region);
                Box::pin(self.check_policies(app, user, region)).await?;
            }
        }
        Ok(region.map(|region| CallerRegion(region.to_owned())))
    }

    async fn check_policies(self, app: &App, user: &IamUser, region: &str) -> Result<(), AdmissionError> {
        let Self { operation, head, body, source } = self;
        let request = IamRequest::read(operation, body, &app.settings);
        let facts = request.facts(app, user, head, source, region).await.map_err(AdmissionError::Store)?;
        let action = format!("cognito-idp:{}", operation.name());
        let question = AccessRequest { action: &action, resource: &request.resource, context: &facts };
        let is_explicit = match user.policies.decide(&question) {
            Decision::Allowed => return Ok(()),
            Decision::Denied => true,
            Decision::NotAllowed => false,
        };
        let user = user.arn(&app.settings.account_id);
        Err(AdmissionError::Policy(Box::new(Denial {
            user,
            action,
            resource: request.resource,
            is_explicit,
        })))
    }
}

/// Refuses web pages, except those of the server itself and of the origins that the settings name.
fn check_page(head: &Parts, settings: &Settings) -> Result<(), AdmissionError> {
    match web_page::foreign_origin(head, settings.public_url.as_deref()) {
        Some(page) if !settings.admin_origins.iter().any(|allowed| allowed == page) => {
            Err(AdmissionError::Page(page.to_owned()))
        }
        _ => Ok(()),
    }
}

impl AdmissionError {
    /// Returns the response to the client.
    pub(super) fn into_response(self) -> HttpResponse {
        let status = match self {
            AdmissionError::Page(_) => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        let (name, text) = match &self {
            AdmissionError::Signature(fault) => (fault.error_type(), fault.message().to_owned()),
            AdmissionError::Policy(denial) => ("AccessDeniedException", denial.to_string()),
            // *Chosen*: status and text. The page may read it, as any response of the API.
            AdmissionError::Page(page) => (
                "ForbiddenException",
                format!(
                    "Signed operations are refused for web pages of {page}, because this server does not verify \
                     signatures; --admin-origin allows them for an origin."
                ),
            ),
            AdmissionError::Store(fault) => {
                tracing::error!(%fault, "the tags that a policy needs could not be read");
                return internal_error();
            }
            // *Observed*: this text, and 400 although the model says 429 (cog-0194, cog-0248).
            AdmissionError::Rate => ("TooManyRequestsException", "Too many requests".to_owned()),
        };
        front_end_error(Operation::settings(), status, name, Some(&text))
    }
}

/// The texts of the service (cog-0055, cog-0339). The text of an explicit deny is *Documented* by IAM.
impl std::fmt::Display for Denial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { user, action, resource, is_explicit } = self;
        write!(f, "User: {user} is not authorized to perform: {action} on resource: {resource}")?;
        if *is_explicit {
            f.write_str(" with an explicit deny in an identity-based policy")
        } else {
            write!(f, " because no identity-based policy allows the {action} action")
        }
    }
}
