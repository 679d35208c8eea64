//! Claims: ids that are unique over all pools.

use lido_domain::id::{ClientId, DomainName};

/// The namespace of a claimed id. The numbers are stored, so they are never reused for another namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespace {
    /// Ids of app clients.
    Client = 0,
    /// Names of user pool domains.
    Domain = 1,
}

impl Namespace {
    /// Returns the number of the namespace in storage.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// An id that at most one pool can hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    /// The namespace of the id.
    pub namespace: Namespace,
    /// The id.
    pub id: String,
}

impl Claim {
    /// Returns the claim of an app client's id.
    pub fn client(id: &ClientId) -> Self {
        Self { namespace: Namespace::Client, id: id.as_str().to_owned() }
    }

    /// Returns the claim of a user pool domain.
    pub fn domain(name: &DomainName) -> Self {
        Self { namespace: Namespace::Domain, id: name.as_str().to_owned() }
    }
}

/// A change of a claim by the committing pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimWrite {
    /// The pool takes the claim. It is a conflict if another pool holds it.
    Take(Claim),
    /// The pool releases the claim, if it holds it.
    Release(Claim),
}
