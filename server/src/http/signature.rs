//! Who may ask for an operation: for those that the model marks as signed, whoever signed; for public ones anybody.
//!
//! A signature on a public operation is not looked at, right or wrong: some clients sign everything.

use http::{StatusCode, request::Parts};
use lido_domain::Timestamp;
use lido_runtime::{Auth, Operation as _, answer::front_end_error};

use super::Answer;
use crate::{
    credentials::{Credentials, SignatureFault, Signer, verify, verify::SignedRequest},
    operations::Operation,
};

/// Why somebody may not.
#[derive(Debug)]
pub(super) enum Refused {
    /// The signature is missing or wrong.
    Signature(SignatureFault),
    /// The signer has no policy, and what no policy allows is denied. What the policies say is not judged here.
    NoPolicy {
        /// The user's name.
        name: String,
    },
}

/// Verifies the signature over exactly what was received, if `operation` wants one.
pub(super) fn check(
    operation: Operation,
    credentials: &Credentials,
    head: &Parts,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Refused> {
    match operation.auth() {
        Auth::None => return Ok(()),
        Auth::SigV4 => {}
    }
    let request =
        SignedRequest { method: head.method.as_str(), uri: &head.uri, headers: &head.headers, body };
    match verify(credentials, &request, now).map_err(Refused::Signature)? {
        Signer::User(user) if user.policies.is_empty() => Err(Refused::NoPolicy { name: user.name.clone() }),
        Signer::User(_) | Signer::Anybody { .. } => Ok(()),
    }
}

impl Refused {
    /// What the client reads.
    pub(super) fn into_answer(self, operation: Operation, account: &str) -> Answer {
        let (name, text) = match &self {
            Refused::Signature(fault) => (fault.error_type(), fault.message().to_owned()),
            Refused::NoPolicy { name } => (
                "AccessDeniedException",
                format!(
                    "User: arn:aws:iam::{account}:user/{name} is not authorized to perform: cognito-idp:{action} \
                     on resource: * because no identity-based policy allows the cognito-idp:{action} action",
                    action = operation.name()
                ),
            ),
        };
        front_end_error(Operation::settings(), StatusCode::BAD_REQUEST, name, Some(&text))
    }
}
