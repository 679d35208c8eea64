//! The trait of the generated enum of operations, and how an operation authorizes its callers.

use bytes::Bytes;
use http::{HeaderMap, Request};

use crate::{Rejection, Settings, router};

/// The operations of a service. Implemented by the generated enum.
pub trait Operation: Copy + Send + Sync + Unpin + std::fmt::Debug + 'static {
    /// Every operation, in the order of their indices.
    const ALL: &'static [Self];

    /// The service name, which precedes the operation's name in `X-Amz-Target`.
    const SERVICE: &'static str;

    /// Returns the settings of the service.
    fn settings() -> &'static Settings;

    /// Returns the operation of this name, spelled as in the model, or `None` if there is none.
    fn find(name: &str) -> Option<Self>;

    /// Returns the position of the operation in [`Operation::ALL`].
    fn index(self) -> usize;

    /// Returns the name of the operation in the model.
    fn name(self) -> &'static str;

    /// Returns how the operation authorizes its callers.
    fn auth(self) -> Auth;

    /// Reads and checks the body of a request for the operation, and discards the input.
    ///
    /// # Errors
    /// Returns a rejection if the body cannot be read or violates constraints.
    fn check(self, headers: &HeaderMap, body: &Bytes) -> Result<(), Rejection>;

    /// Returns the operation that `request` calls, or `None` if its target is not an operation of the service.
    fn of<B>(request: &Request<B>) -> Option<Self> {
        let (service, name) = router::target(request)?.split_once('.')?;
        if service == Self::SERVICE { Self::find(name) } else { None }
    }
}

/// How an operation authorizes its callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// By an AWS Signature Version 4.
    SigV4,
    /// Without a signature: the operation is public, or its input carries a credential.
    None,
}
