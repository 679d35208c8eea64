//! Verification of SigV4 signatures and evaluation of IAM policies.
//!
//! It knows no user pool and no other package of this workspace: a request comes in as its head and its body, and what
//! policies may look at as [`policy::Facts`]. The server reads the users from its credentials file and decides which
//! operations need a signature.
//!
//! [`authorization`] reads the header, [`canonical`] writes down what was signed, [`mod@verify`] puts them together,
//! [`fault`] has the words, [`policy`] decides.

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
    /// The name, as refusals print it.
    pub name: String,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The token that must come with the request, for temporary credentials.
    pub session_token: Option<Secret>,
    /// When that token expires, if it does.
    pub expires_at: Option<jiff::Timestamp>,
    /// Tags of the user, which conditions may look at.
    pub tags: BTreeMap<String, String>,
    /// What the user may do.
    pub policies: Policies,
}

impl IamUser {
    /// The user's ARN in this account.
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:user/{}", self.name)
    }
}

impl fmt::Debug for IamUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IamUser({:?}, {:?})", self.name, self.access_key_id)
    }
}

/// Who may sign.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Any access key, with any well-formed signature; nothing is verified.
    AnyWellFormed,
    /// These users, by access key id.
    Listed(BTreeMap<String, IamUser>),
}

/// Who signed.
#[derive(Clone, Debug)]
pub enum Signer<'a> {
    /// A caller with a well-formed signature, which was not verified.
    Anybody {
        /// The access key id.
        access_key_id: String,
    },
    /// A listed user, verified.
    User(&'a IamUser),
}
