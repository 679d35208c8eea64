//! Who signed a request: the credentials file and the verification of SigV4.
//!
//! Operations that the model marks as signed come here first; public ones never do, whatever they carry. What the
//! signer may do (the policies) is kept here and judged elsewhere.
//!
//! [`authorization`] reads the header, [`canonical`] writes down what was signed, [`mod@verify`] puts them together,
//! [`mod@file`] reads the users, [`fault`] has the words.

pub mod authorization;
pub mod canonical;
pub mod fault;
pub mod file;
pub mod verify;

use std::{collections::BTreeMap, fmt};

use lido_domain::secret::Secret;

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
    /// IAM policy documents, as written.
    pub policies: Vec<serde_json::Value>,
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
