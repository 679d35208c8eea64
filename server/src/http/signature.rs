//! Who may ask for an operation: for those that the model marks as signed, whoever signed and may do it; for public
//! ones anybody.
//!
//! A signature on a public operation is not looked at, right or wrong: some clients sign everything. Without a
//! credentials file nobody is known, and so nobody has policies.

use http::{StatusCode, request::Parts};
use lido_runtime::{Auth, Operation as _, answer::front_end_error};

use super::{Answer, asked::Asked, internal_error, source::Source};
use crate::{
    app::App,
    credentials::{
        Credentials, IamUser, SignatureFault, Signer,
        policy::{Decision, Question},
        verify,
        verify::SignedRequest,
    },
    operations::Operation,
    store::StoreError,
};

/// Why somebody may not.
#[derive(Debug)]
pub(super) enum Refused {
    /// The signature is missing or wrong.
    Signature(SignatureFault),
    /// The signer's policies deny it or do not allow it.
    Policy(Box<Denial>),
    /// What the policies look at could not be read.
    Unknown(StoreError),
}

/// What a user is refused.
#[derive(Debug)]
pub(super) struct Denial {
    user: String,
    action: String,
    resource: String,
    is_explicit: bool,
}

/// A request with all that was received of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received<'a> {
    pub(super) operation: Operation,
    pub(super) head: &'a Parts,
    pub(super) body: &'a [u8],
    pub(super) source: Source,
}

impl Received<'_> {
    /// Verifies the signature over exactly what was received, if the operation wants one, and asks the signer's
    /// policies.
    pub(super) async fn check(self, app: &App, credentials: &Credentials) -> Result<(), Refused> {
        match self.operation.auth() {
            Auth::None => return Ok(()),
            Auth::SigV4 => {}
        }
        let Self { head, body, .. } = self;
        let request =
            SignedRequest { method: head.method.as_str(), uri: &head.uri, headers: &head.headers, body };
        let signer = verify(credentials, &request, &app.settings.region, app.clock.real_now());
        match signer.map_err(Refused::Signature)? {
            Signer::Anybody { .. } => Ok(()),
            // What public operations wait for need not hold this too.
            Signer::User(user) => Box::pin(self.check_policies(app, user)).await,
        }
    }

    async fn check_policies(self, app: &App, user: &IamUser) -> Result<(), Refused> {
        let Self { operation, head, body, source } = self;
        let asked = Asked::read(operation, body, &app.settings);
        let facts = asked.facts(app, user, head, source, app.clock.now()).await.map_err(Refused::Unknown)?;
        let action = format!("cognito-idp:{}", operation.name());
        let question = Question { action: &action, resource: &asked.resource, facts: &facts };
        let is_explicit = match user.policies.decide(&question) {
            Decision::Allowed => return Ok(()),
            Decision::Denied => true,
            Decision::NotAllowed => false,
        };
        let user = user.arn(&app.settings.account_id);
        Err(Refused::Policy(Box::new(Denial { user, action, resource: asked.resource, is_explicit })))
    }
}

impl Refused {
    /// What the client reads.
    pub(super) fn into_answer(self) -> Answer {
        let (name, text) = match &self {
            Refused::Signature(fault) => (fault.error_type(), fault.message().to_owned()),
            Refused::Policy(denial) => ("AccessDeniedException", denial.to_string()),
            Refused::Unknown(fault) => {
                tracing::error!(%fault, "the tags that a policy looks at could not be read");
                return internal_error();
            }
        };
        front_end_error(Operation::settings(), StatusCode::BAD_REQUEST, name, Some(&text))
    }
}

/// The service's words (cog-0055, cog-0339); those for an explicit deny are *Documented* by IAM.
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
