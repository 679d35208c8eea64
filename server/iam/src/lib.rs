//! Verification of SigV4 signatures and evaluation of IAM policies.
//!
//! This crate does not depend on other packages of the workspace, and has no notion of user pools. Its inputs are the
//! head and the body of a request, and the condition keys of the request as [`policy::ContextKeys`]. The server reads
//! the users from its credentials file and decides which operations need a signature.
//!
//! [`authorization`] parses the header, [`canonical`] builds the canonical request, [`mod@verify`] verifies the
//! signature, [`fault`] contains the error types and messages, and [`policy`] evaluates policies.

pub mod authorization;
pub mod canonical;
pub mod fault;
pub mod policy;
mod secret;
pub mod verify;

use std::{collections::BTreeMap, fmt};

use self::policy::Policies;
pub use self::{fault::SignatureFault, secret::Secret, verify::verify};

/// An IAM user whose signature can be verified.
#[derive(Clone)]
pub struct IamUser {
    /// The name, which error messages contain.
    pub name: String,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token of temporary credentials, which requests must contain.
    pub session_token: Option<Secret>,
    /// When the session token expires, if it does.
    pub expires_at: Option<jiff::Timestamp>,
    /// The tags of the user, for the condition keys `aws:PrincipalTag/…`.
    pub tags: BTreeMap<String, String>,
    /// The policies of the user.
    pub policies: Policies,
}

impl IamUser {
    /// Returns the ARN of the user in `account`.
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:user/{}", self.name)
    }
}

impl fmt::Debug for IamUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IamUser({:?}, {:?})", self.name, self.access_key_id)
    }
}

/// The credentials that a server accepts.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Any access key with any well-formed signature. Signatures are not verified.
    AnyWellFormed,
    /// The access keys of these users, by access key id.
    Listed(BTreeMap<String, IamUser>),
}

/// A request with an acceptable signature.
#[derive(Clone, Debug)]
pub struct VerifiedRequest<'a, 'r> {
    /// The signer.
    pub signer: Signer<'a>,
    /// The Region that the signature is for. It is not checked if signatures are not verified.
    pub region: &'r str,
}

/// The signer of a request.
#[derive(Clone, Debug)]
pub enum Signer<'a> {
    /// A caller with a well-formed signature that was not verified.
    Unverified {
        /// The access key id.
        access_key_id: String,
    },
    /// A user whose signature was verified.
    User(&'a IamUser),
}
