//! The operations of a generated service as one enum, and how each is authorised.

use bytes::Bytes;
use http::{HeaderMap, Request};

use crate::{Rejection, Settings, router};

/// The operations of a service: its generated enum.
pub trait Operation: Copy + Send + Sync + Unpin + std::fmt::Debug + 'static {
    /// Every operation, in the order of their indices.
    const ALL: &'static [Self];

    /// What stands before the operation's name in `X-Amz-Target`.
    const SERVICE: &'static str;

    /// The settings of the service.
    fn settings() -> &'static Settings;

    /// The operation of this name, as the model spells it.
    fn find(name: &str) -> Option<Self>;

    /// Its place among all operations.
    fn index(self) -> usize;

    /// Its name in the model.
    fn name(self) -> &'static str;

    /// How its callers are authorised.
    fn auth(self) -> Auth;

    /// Reads and checks the body of a request for it, and keeps nothing of what was read.
    ///
    /// # Errors
    /// The body cannot be read, or violates constraints.
    fn check(self, headers: &HeaderMap, body: &Bytes) -> Result<(), Rejection>;

    /// The operation that `request` asks for.
    fn of<B>(request: &Request<B>) -> Option<Self> {
        let (service, name) = router::target(request)?.split_once('.')?;
        if service == Self::SERVICE { Self::find(name) } else { None }
    }
}

/// How the callers of an operation are authorised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// By an AWS signature, version 4.
    SigV4,
    /// Not at all, or by what the input holds.
    None,
}
