//! Who signed a request and what they may do: the credentials file, the verification of SigV4, IAM policies.
//!
//! Operations that the model marks as signed come here first; public ones never do, whatever they carry. It is
//! `http/signature.rs` that asks, and `http/asked.rs` that knows what a request is about.
//!
//! [`authorization`] reads the header, [`canonical`] writes down what was signed, [`mod@verify`] puts them together,
//! [`mod@file`] reads the users, [`fault`] has the words, [`policy`] decides.

pub mod authorization;
pub mod canonical;
pub mod fault;
pub mod file;
pub mod policy;
pub mod verify;

use std::{collections::BTreeMap, fmt};

use lido_domain::{Timestamp, secret::Secret};

use self::policy::Policies;
pub use self::{fault::SignatureFault, verify::verify};

/// An IAM user of the credentials file.
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
    pub expires_at: Option<Timestamp>,
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
    /// Anybody whose signature is well formed: `lido dev` without `--credentials`.
    AnyWellFormed,
    /// The users of the file, by access key id.
    Listed(BTreeMap<String, IamUser>),
}

/// Who signed.
#[derive(Clone, Debug)]
pub enum Signer<'a> {
    /// Somebody with a well-formed signature, which was not verified.
    Anybody {
        /// The access key id.
        access_key_id: String,
    },
    /// A user of the file, verified.
    User(&'a IamUser),
}
