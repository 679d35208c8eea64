//! Ids that are unique over all pools.

use lido_domain::id::ClientId;

/// What sort of id is claimed. The numbers are written to disk: they are never given to another namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespace {
    /// Ids of app clients.
    Client = 0,
}

impl Namespace {
    /// The number that stands for the namespace on disk.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// An id that one pool holds, and no other pool can.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    /// What sort of id it is.
    pub namespace: Namespace,
    /// The id.
    pub id: String,
}

impl Claim {
    /// The claim of an app client's id.
    pub fn client(id: &ClientId) -> Self {
        Self { namespace: Namespace::Client, id: id.as_str().to_owned() }
    }
}

/// A change of a claim, by the pool that commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimWrite {
    /// The pool takes the claim; a conflict if another pool holds it.
    Take(Claim),
    /// The pool gives the claim up, if it holds it.
    Release(Claim),
}
