//! The refusals of user pool domains, and of policies of client ID metadata documents.

use crate::pool::Tier;

/// The ways in which a user pool domain, or a request about one, can be invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainFault {
    /// The prefix has characters other than lower-case letters, digits and hyphens, or begins or ends with a hyphen.
    Character,
    /// The prefix contains this word, which is reserved.
    ReservedWord(&'static str),
    /// The custom domain is not the name of a subdomain.
    NotASubdomain,
    /// `ManagedLoginVersion` is neither 1 nor 2.
    LoginVersion,
    /// The pool's feature plan does not include managed login.
    TierTooLow(Tier),
    /// The pool already has a domain of this kind.
    PoolHasOne,
    /// Another pool has the domain.
    Taken,
    /// The pool does not have the domain.
    Unknown,
    /// A certificate is set for a prefix domain.
    CertificateOfPrefix,
    /// Failover is configured for a prefix domain.
    RoutingOfPrefix,
}

/// The reasons for which a policy of client ID metadata documents, or a request about one, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CimdFault {
    /// The pool's feature plan does not include policies.
    TierTooLow(Tier),
    /// The policy does not exist.
    Unknown,
    /// The pool has as many policies as it can have.
    TooMany,
    /// The document is not kept, or is not valid any more.
    NotCached,
    /// The document could not be fetched, or is invalid.
    NotFetched,
}
